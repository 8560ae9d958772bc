//! Whom to draw: a random look, and the colours it is painted in.

use rand::RngExt;
use rand::rngs::Xoshiro256PlusPlus;
use tiny_skia::Color;

pub(super) type Rgb = [f32; 3];

/// What is drawn. Lengths are in units of half the head's width.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub skin: Rgb,
    pub hair: Rgb,
    pub hair_name: &'static str,
    pub cloth: Rgb,
    pub back: [Rgb; 2],
    pub iris: Rgb,
    pub lips: Rgb,
    pub long_hair: bool,
    pub bangs: bool,
    pub bald: bool,
    pub glasses: bool,
    pub beard: bool,
    /// 0 closed to 1 open.
    pub open: f32,
    /// −0.3 to 1.
    pub smile: f32,
    /// To the picture's right, −1 to 1.
    pub yaw: f32,
    /// Radians, clockwise.
    pub roll: f32,
    /// Light from the picture's left (−1) or right (1).
    pub light: f32,
    pub chin: f32,
    pub size: f32,
    pub brow: f32,
}

impl Look {
    pub fn random(rng: &mut Xoshiro256PlusPlus) -> Self {
        const SKINS: [Rgb; 6] = [
            [244.0, 208.0, 184.0],
            [232.0, 188.0, 158.0],
            [214.0, 164.0, 128.0],
            [184.0, 130.0, 96.0],
            [142.0, 94.0, 68.0],
            [102.0, 66.0, 48.0],
        ];
        const HAIRS: [(&str, Rgb); 4] = [
            ("Black_Hair", [34.0, 28.0, 28.0]),
            ("Brown_Hair", [92.0, 58.0, 38.0]),
            ("Blond_Hair", [206.0, 168.0, 104.0]),
            ("Gray_Hair", [168.0, 166.0, 164.0]),
        ];
        const IRISES: [Rgb; 4] = [
            [86.0, 56.0, 34.0],
            [70.0, 104.0, 138.0],
            [84.0, 112.0, 72.0],
            [52.0, 36.0, 28.0],
        ];
        let skin_tone = rng.random_range(0..SKINS.len());
        // Fair hair on dark skin is rare; keep to what is common.
        let hair = HAIRS[rng.random_range(0..if skin_tone > 3 { 2 } else { 4 })];
        let bearded = rng.random::<f32>() < 0.25;
        let long_hair = !bearded && rng.random::<f32>() < 0.6;
        let hue =
            |rng: &mut Xoshiro256PlusPlus| [0; 3].map(|_: i32| rng.random_range(40.0..200.0_f32));
        let base = mix(hue(rng), [120.0; 3], 0.55);
        let skin = SKINS[skin_tone].map(|v: f32| v + rng.random_range(-6.0..6.0));
        Self {
            skin,
            hair: hair.1.map(|v: f32| v + rng.random_range(-8.0..8.0)),
            hair_name: hair.0,
            cloth: hue(rng),
            back: [base.map(|v| 0.55 * v + 80.0), base.map(|v| 0.45 * v + 20.0)],
            iris: IRISES[if skin_tone > 3 {
                3
            } else {
                rng.random_range(0..4)
            }],
            lips: mix(skin, [176.0, 62.0, 66.0], if bearded { 0.3 } else { 0.5 }),
            long_hair,
            bangs: long_hair && rng.random::<f32>() < 0.4,
            bald: bearded && rng.random::<f32>() < 0.3,
            glasses: rng.random::<f32>() < 0.25,
            beard: bearded,
            open: (rng.random_range(-0.6..1.0_f32)).max(0.0),
            smile: rng.random_range(-0.2..1.0),
            yaw: rng.random_range(-0.6..0.6),
            roll: rng.random_range(-0.14..0.14),
            light: if rng.random::<bool>() { 1.0 } else { -1.0 },
            chin: rng.random_range(0.92..1.1),
            size: rng.random_range(92.0..108.0),
            brow: rng.random_range(0.7..1.3),
        }
    }
}

pub(super) fn mix(a: Rgb, b: Rgb, t: f32) -> Rgb {
    [0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * t)
}

pub(super) fn dark(c: Rgb, t: f32) -> Rgb {
    mix(c, [18.0, 10.0, 12.0], t)
}

pub(super) fn light(c: Rgb, t: f32) -> Rgb {
    mix(c, [255.0, 248.0, 240.0], t)
}

pub(super) fn colour(c: Rgb, alpha: f32) -> Color {
    let [r, g, b] = c.map(|v| v.clamp(0.0, 255.0) as u8);
    Color::from_rgba8(r, g, b, (255.0 * alpha.clamp(0.0, 1.0)) as u8)
}
