//! An appearance drawn at random, with the traits that it has to have.

use super::appearance::{Appearance, FaceShape, Light, Pose, Skin, srgb};
use super::math::{Random, mix};
use super::style::{self, sign};
use super::traits::{Traits, melanin};

impl Appearance {
    /// `person` gives what stays with the person, `picture` what changes.
    pub fn new(traits: Traits, person: Random, picture: Random) -> Self {
        let skin = skin(&traits, person, picture);
        let hair = style::hair(&traits, person, picture);
        let pose = pose(picture);
        Self {
            pose,
            light: light(picture),
            skin,
            form: form(&traits, person),
            hair,
            eyes: style::eyes(&traits, person, picture, &pose),
            mouth: style::mouth(&traits, person, picture),
            worn: style::worn(picture),
            traits,
            grain: picture.0,
        }
    }
}

fn pose(d: Random) -> Pose {
    // Most people look about ahead: the mean of two throws.
    let two = |a, b, reach: f32| reach * (d.at(a) + d.at(b) - 1.0);
    Pose {
        yaw: two("yaw", "yaw 2", 0.62),
        pitch: two("pitch", "pitch 2", 0.2),
        roll: two("roll", "roll 2", 0.26),
        size: d.between("size", 0.225, 0.262),
        shift: [two("shift x", "", 0.04), two("shift y", "shift y 2", 0.05)],
    }
}

fn light(d: Random) -> Light {
    let side = sign(d, "light side");
    let across = side * d.between("light across", 0.15, 0.95);
    let key = super::math::unit([across, -d.between("light height", 0.25, 0.85), 0.85]);
    let warm = d.between("warmth", -1.0, 1.0);
    let strength = d.between("key", 1.35, 1.85);
    let tint = [1.0 + 0.09 * warm, 1.0, 1.0 - 0.12 * warm];
    let fill = d.between("fill", 0.34, 0.6);
    Light {
        key,
        key_colour: tint.map(|v| v * strength),
        sky: [fill * (1.0 - 0.06 * warm), fill, fill * (1.0 + 0.1 * warm)],
        ground: [fill * 0.62, fill * 0.5, fill * 0.44],
        rim_colour: [1.0, 0.98, 0.94].map(|v| v * d.between("rim", 0.1, 0.9)),
        rim_side: -side,
    }
}

fn skin(t: &Traits, person: Random, picture: Random) -> Skin {
    const TONES: [[u8; 3]; 6] = [
        [226, 180, 150],
        [216, 168, 136],
        [202, 150, 116],
        [176, 122, 90],
        [134, 88, 62],
        [92, 58, 42],
    ];
    let m = melanin(person);
    let place = m * 4.999;
    let at = place as usize;
    let tone = |i: usize| srgb(TONES[i][0], TONES[i][1], TONES[i][2]);
    let mut base = mix(tone(at), tone(at + 1), place - at as f32);
    let undertone = person.between("undertone", -1.0, 1.0);
    base = [
        base[0],
        base[1] * (1.0 + 0.04 * undertone),
        base[2] * (1.0 - 0.07 * undertone),
    ];
    if t.pale {
        base = mix(
            srgb(244, 214, 196),
            srgb(240, 208, 190),
            person.at("pale tone"),
        );
    }
    let dark = if t.pale { 0.0 } else { m };
    let natural = mix(srgb(196, 118, 108), srgb(112, 62, 56), dark);
    const LIPSTICKS: [[u8; 3]; 5] = [
        [176, 24, 44],
        [196, 44, 78],
        [150, 18, 52],
        [206, 66, 62],
        [128, 26, 66],
    ];
    let stick = picture.pick("lipstick tone", &LIPSTICKS);
    let lips = if t.lipstick {
        mix(srgb(stick[0], stick[1], stick[2]), natural, 0.12)
    } else {
        mix(base, natural, if t.male { 0.42 } else { 0.6 })
    };
    const SHADOWS: [[u8; 3]; 5] = [
        [92, 64, 84],
        [70, 72, 110],
        [110, 70, 52],
        [60, 92, 96],
        [84, 52, 60],
    ];
    let shadow = picture.pick("eye shadow", &SHADOWS);
    Skin {
        base,
        lips,
        ruddy: if t.pale {
            0.5
        } else {
            person.between("ruddy", 0.5, 1.0)
        },
        rosy: if t.rosy {
            picture.between("rosiness", 0.85, 1.0)
        } else {
            0.0
        },
        freckles: if dark < 0.3 && !t.makeup && person.chance("freckled", 0.22) {
            1.0
        } else {
            0.0
        },
        age: if t.young {
            person.between("age", 0.0, 0.12)
        } else {
            person.between("age", 0.75, 1.0)
        },
        gloss: picture.between("gloss", 0.7, 1.2) * if t.makeup { 0.8 } else { 1.0 },
        shadow: srgb(shadow[0], shadow[1], shadow[2]),
        eye_shadow: if t.makeup { 1.0 } else { 0.0 },
    }
}

fn form(t: &Traits, d: Random) -> FaceShape {
    let chubby = f32::from(u8::from(t.chubby));
    let oval = f32::from(u8::from(t.oval));
    let male = f32::from(u8::from(t.male));
    FaceShape {
        jaw: d.between("jaw", -0.03, 0.03) - 0.05 + 0.09 * male + 0.1 * chubby - 0.085 * oval,
        chin_length: d.between("chin", -0.05, 0.04) + 0.05 * male + 0.07 * oval,
        chin_width: d.between("chin width", 0.86, 1.0) + 0.3 * male - 0.2 * oval + 0.2 * chubby,
        face_width: d.between("width", 0.975, 1.015) + 0.06 * chubby - 0.05 * oval,
        brow_ridge: d.between("ridge", -0.015, 0.0) + 0.06 * male,
        cheeks: d.between("cheeks", 0.0, 0.03) + 0.13 * chubby,
        cheekbones: if t.cheekbones {
            d.between("bones", 0.85, 1.0)
        } else {
            d.between("bones", 0.0, 0.12)
        },
        double_chin: if t.double_chin {
            d.between("second chin", 0.85, 1.0)
        } else {
            0.0
        },
        bags: if t.eye_bags {
            d.between("bags", 0.85, 1.0)
        } else {
            0.0
        },
        nose_length: d.between("nose", -0.03, 0.03) + 0.02 * male,
        nose_width: match (t.big_nose, t.pointy_nose) {
            (true, _) => d.between("nose width", 1.36, 1.5),
            (_, true) => d.between("nose width", 0.74, 0.82),
            _ => d.between("nose width", 0.94, 1.06),
        } * (0.93 + 0.07 * male),
        nose_tip: match (t.big_nose, t.pointy_nose) {
            (true, _) => 1.35,
            (_, true) => 0.62,
            _ => 1.0,
        },
        nose_height: match (t.big_nose, t.pointy_nose) {
            (true, _) => d.between("nose height", 1.1, 1.2),
            (_, true) => d.between("nose height", 1.16, 1.26),
            _ => d.between("nose height", 0.86, 1.0),
        } * (0.84 + 0.12 * male),
        neck: 0.6 + 0.08 * male + 0.07 * chubby,
    }
}
