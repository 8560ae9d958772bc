//! The colour of skin: where blood shines through, where hair grows or was shaved, and what is
//! painted on.

use super::appearance::{Appearance, HairCut, srgb};
use super::math::{V3, bump, hill, lerp, mix, noise, scale, smooth, spline, times};
use super::{eyes, mouth};

/// The hairline's height, from over the nose in steps of 0.25 rad to behind the ear.
const HAIRLINE: [f32; 11] = [
    0.0, 0.01, 0.05, 0.14, 0.36, 0.78, 1.02, 1.12, 1.3, 1.6, 1.85,
];

/// Where the hair begins at an angle from the front (y; hair is above, so at smaller y).
pub(super) fn hairline(look: &Appearance, angle: f32) -> f32 {
    let a = angle.abs();
    let keys = HAIRLINE.map(|v| [v]);
    let [drop] = spline(&keys, a / 0.25);
    // Wherever the front starts, the sides are the same.
    let front = lerp(look.hair.line, -0.98, smooth(0.35, 1.0, a));
    front + drop - look.hair.temples * hill(a, 0.55, 0.42)
}

/// Colour and gloss of the head at a place of the plain head.
pub(super) fn paint(look: &Appearance, base: V3, angle: f32, relief: f32) -> (V3, f32) {
    let [x0, y, _] = base;
    let x = x0.abs();
    let skin = &look.skin;
    let mut colour = skin.base;
    let front = smooth(1.7, 1.2, angle.abs());
    let flush = bump(x, y, [0.56, 0.48], [0.42, 0.36])
        + 0.9 * bump(x, y, [0.0, 0.58], [0.26, 0.22])
        + 0.5 * bump(x, y, [0.0, 1.48], [0.3, 0.2])
        + 0.4 * smooth(0.85, 1.0, x);
    colour = mix(
        colour,
        times(colour, [1.02, 0.76, 0.74]),
        0.5 * skin.ruddy * flush.min(1.0) * front,
    );
    // The forehead is yellower, what lies deep darker.
    let forehead = bump(x, y, [0.0, -0.6], [0.9, 0.5]);
    colour = mix(colour, times(colour, [1.0, 0.985, 0.92]), forehead);
    colour = eyes::tint(look, x, y, colour);
    if skin.rosy > 0.0 {
        let apple = bump(x, y, [0.6, 0.45], [0.44, 0.36]) * smooth(0.0, 0.4, x);
        let fair = smooth(0.1, 0.5, skin.base[0]);
        let rose = mix(srgb(150, 40, 44), srgb(226, 84, 92), fair);
        colour = mix(
            colour,
            rose,
            0.46 * skin.rosy * apple.sqrt() * apple.sqrt().sqrt() * front,
        );
    }
    let deep = (-relief * 2.0).clamp(0.0, 0.25);
    colour = scale(colour, 1.0 - deep);
    let nostril = bump(x, y, [0.098 * look.form.nose_width, 0.69], [0.07, 0.036]);
    colour = mix(
        colour,
        times(colour, [0.08, 0.035, 0.03]),
        smooth(0.1, 0.75, nostril) * front,
    );
    let oily = 0.55
        + 0.5 * bump(x, y, [0.0, -0.55], [0.6, 0.4])
        + 0.9 * bump(x, y, [0.0, 0.45], [0.22, 0.4])
        + 0.3 * bump(x, y, [0.6, 0.25], [0.3, 0.2]);
    if look.hair.cut != HairCut::Bald {
        let under_hat = look.traits.hat && y < -0.7;
        let soft = 0.05 + 0.03 * noise(9.0 * x0, 9.0 * y);
        let edge = smooth(
            soft,
            -soft,
            y - hairline(look, angle) - 0.04 * noise(14.0 * x0, 14.0 * y),
        );
        if !under_hat {
            colour = mix(colour, scale(look.hair.colour, 0.55), 0.94 * edge);
        }
    }
    (colour, oily * skin.gloss)
}

/// Where a beard grows, 0 to 1: what is shaved in the five o'clock shadow.
pub(super) fn beard(x: f32, y: f32) -> f32 {
    jaw(x, y)
        .max(mustache(x, y))
        .max(smooth(0.0, 0.4, bump(x, y, [0.0, 1.45], [0.5, 0.42])))
}

/// Cheeks and jaw below a line from the ear to the corner of the mouth.
pub(super) fn jaw(x: f32, y: f32) -> f32 {
    let line = 1.0 - 0.38 * smooth(0.45, 0.95, x) - 0.3 * smooth(0.86, 1.0, x);
    let lips = smooth(0.1, 0.3, bump(x, y, [0.0, 1.02], [0.48, 0.27]));
    smooth(line - 0.08, line + 0.12, y) * (1.0 - lips) * smooth(0.28, 0.46, x.max(y - 0.85))
}

pub(super) fn mustache(x: f32, y: f32) -> f32 {
    let center = 0.835 + 0.32 * x * x + 0.1 * x;
    hill(y, center, 0.115).sqrt() * smooth(0.5, 0.42, x)
}

/// What a pixel of the face shows: the painted colour, with what is too fine for vertices.
pub(super) struct Detail {
    pub albedo: V3,
    pub gloss: f32,
    /// Replaces the surface's normal, in the head's own directions.
    pub normal: Option<V3>,
    /// Already shaded by where it lies: no shadow, no gloss of skin.
    pub enclosed: bool,
}

pub(super) fn detail(look: &Appearance, rest: [f32; 2], albedo: V3, gloss: f32) -> Detail {
    let [x0, y] = rest;
    let x = x0.abs();
    let plain = |albedo, gloss| Detail {
        albedo,
        gloss,
        normal: None,
        enclosed: false,
    };
    if (x - look.eyes.distance).abs() < 0.4 && y.abs() < 0.4 {
        let much = eyes::inside(look, x, y);
        let lids = eyes::lids(look, x, y, albedo).unwrap_or(albedo);
        if much <= 0.0 {
            return plain(grained(look, x0, y, lids), gloss);
        }
        let (ball, normal, shine) = eyes::ball(look, x0, y);
        return Detail {
            albedo: mix(lids, ball, much),
            gloss: lerp(gloss, 3.0 * shine, much),
            normal: (much > 0.5).then_some(normal),
            enclosed: false,
        };
    }
    match mouth::part(look, x0, y) {
        Some(mouth::Surface::Inside(colour, gloss)) => Detail {
            albedo: colour,
            gloss,
            normal: None,
            enclosed: true,
        },
        Some(mouth::Surface::Lip(colour, shine, much)) => {
            let around = grained(look, x0, y, albedo);
            plain(mix(around, colour, much), lerp(gloss, shine, much))
        }
        None => plain(grained(look, x0, y, albedo), gloss),
    }
}

/// Mottled, freckled, shaved or lined skin.
fn grained(look: &Appearance, x: f32, y: f32, albedo: V3) -> V3 {
    let skin = &look.skin;
    let patches = noise(7.0 * x + 3.0, 7.0 * y);
    let pores = noise(55.0 * x, 55.0 * y);
    let smoothness = if look.traits.makeup { 0.4 } else { 1.0 };
    let much = smoothness * (0.022 * patches + 0.028 * pores);
    let mut colour = times(
        albedo,
        [1.0 + 0.6 * much, 1.0 + 1.2 * much, 1.0 + 1.2 * much],
    );
    if skin.freckles > 0.0 {
        let spots = smooth(0.42, 0.62, noise(24.0 * x + 9.0, 24.0 * y));
        let where_ = bump(x.abs(), y, [0.35, 0.4], [0.6, 0.4]);
        colour = mix(
            colour,
            times(colour, [0.72, 0.55, 0.42]),
            0.65 * spots * where_,
        );
    }
    if skin.age > 0.5 {
        let spots = smooth(0.55, 0.7, noise(8.0 * x + 40.0, 8.0 * y + 7.0));
        colour = mix(
            colour,
            times(colour, [0.8, 0.66, 0.55]),
            0.4 * spots * skin.age,
        );
        colour = scale(colour, 1.0 - skin.age * lines(look, x.abs(), y));
    }
    if look.traits.stubble {
        let hairs = 0.6 + 0.55 * noise(75.0 * x, 75.0 * y);
        let much = 0.72 * beard(x.abs(), y) * hairs.clamp(0.0, 1.0);
        colour = mix(colour, mix(look.hair.beard, srgb(44, 44, 52), 0.5), much);
    }
    colour
}

/// Darkness of fine lines: crow's feet and what lies under the eyes.
fn lines(look: &Appearance, x: f32, y: f32) -> f32 {
    let d = look.eyes.distance + look.eyes.half_width;
    let out = x - d;
    let mut dark = 0.0_f32;
    if (0.0..0.34).contains(&out) {
        let fan = (y + 0.02) / (out + 0.12);
        let rays = fan * 2.6;
        let near = (rays - (rays + 0.5).floor()).abs();
        dark = 0.3
            * hill(near, 0.0, 0.2)
            * smooth(0.02, 0.08, out)
            * smooth(0.34, 0.16, out)
            * smooth(1.25, 0.8, fan.abs());
    }
    let bow = 0.12 * (x - look.eyes.distance) * (x - look.eyes.distance) / 0.06;
    for at in [0.2, 0.27] {
        dark += 0.16 * hill(y + bow, at, 0.018) * smooth(0.3, 0.15, (x - look.eyes.distance).abs());
    }
    for (i, at) in [-0.5_f32, -0.63, -0.77].into_iter().enumerate() {
        let wave = 0.018 * super::math::sin(5.0 * x + i as f32 * 1.7);
        dark += 0.26 * hill(y, at + wave, 0.02) * smooth(0.72, 0.3, x);
    }
    dark + 0.25 * bump(x, y, [0.085, -0.2], [0.02, 0.12])
}
