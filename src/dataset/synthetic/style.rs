//! The numbers of a [`Appearance`](super::appearance::Appearance) for what is styled or moves: hair, eyes, mouth and
//! what is worn.

use super::appearance::{Accessories, Eyes, Hair, HairCut, Mouth, Pose, srgb};
use super::math::{Random, lerp, mix};
use super::traits::{Traits, melanin};

pub(super) fn hair(t: &Traits, person: Random, picture: Random) -> Hair {
    let tone = person.at("hair tone");
    let colour = if t.gray_hair {
        mix(srgb(150, 148, 146), srgb(206, 204, 202), tone)
    } else if t.blond_hair {
        mix(srgb(196, 156, 96), srgb(226, 196, 140), tone)
    } else if t.brown_hair {
        mix(srgb(92, 58, 36), srgb(118, 76, 48), tone)
    } else {
        mix(srgb(26, 22, 24), srgb(38, 30, 28), tone)
    };
    let brows = if t.gray_hair {
        srgb(112, 108, 106)
    } else if t.blond_hair {
        srgb(134, 98, 58)
    } else if t.bald {
        mix(srgb(70, 46, 32), srgb(30, 24, 22), melanin(person))
    } else {
        mix(colour, srgb(30, 20, 16), 0.35)
    };
    let cut = if t.bald {
        HairCut::Bald
    } else if t.male {
        // Sideburns are seen beside short hair only.
        if !t.sideburns && picture.chance("medium", if t.young { 0.3 } else { 0.12 }) {
            HairCut::Medium
        } else {
            HairCut::Short
        }
    } else if picture.chance("her cut", 0.2) {
        HairCut::Medium
    } else {
        HairCut::Long
    };
    let length = match cut {
        HairCut::Bald => 0.0,
        HairCut::Short => picture.between("hair length", 0.38, 0.62),
        HairCut::Medium => picture.between("hair length", 1.0, 1.5),
        HairCut::Long => picture.between("hair length", 2.4, 3.6),
    };
    Hair {
        colour,
        brows,
        beard: if t.gray_hair {
            mix(colour, srgb(120, 116, 112), 0.5)
        } else {
            mix(brows, colour, 0.4)
        },
        cut,
        length,
        wave: if t.wavy_hair {
            picture.between("waves", 0.85, 1.1)
        } else if t.straight_hair {
            0.0
        } else {
            picture.between("waves", 0.25, 0.35)
        },
        part: picture.between("part", 0.1, 0.45) * sign(picture, "part side"),
        line: if t.receding {
            -1.26
        } else {
            person.between("hairline", -1.0, -0.92)
        },
        temples: if t.receding {
            0.34
        } else {
            person.between("temples", 0.0, 0.06)
        },
        volume: picture.between("volume", 0.85, 1.2),
        tucked: t.earrings || picture.chance("tucked", 0.3),
        brow_thickness: if t.bushy_brows {
            person.between("brow", 2.0, 2.3)
        } else {
            person.between("brow", 0.8, 1.0) * if t.male { 1.1 } else { 0.85 }
        },
        brow_arch: if t.arched_brows { 1.0 } else { 0.12 },
    }
}

pub(super) fn eyes(t: &Traits, person: Random, picture: Random, pose: &Pose) -> Eyes {
    const IRISES: [[u8; 3]; 6] = [
        [96, 62, 36],
        [64, 42, 28],
        [88, 122, 158],
        [104, 128, 92],
        [126, 138, 144],
        [132, 98, 54],
    ];
    let dark = !t.pale && melanin(person) > 0.55;
    let iris = if dark {
        [56, 36, 24]
    } else {
        person.pick("iris", &IRISES)
    };
    let squint = if t.smiling { 0.88 } else { 1.0 };
    let open = if t.narrow_eyes {
        person.between("lids", 0.04, 0.047)
    } else {
        squint * person.between("lids", 0.088, 0.1) * if t.male { 0.94 } else { 1.05 }
    };
    // Towards the camera, nearly.
    let stray = |name| picture.between(name, -0.09, 0.09);
    Eyes {
        iris: srgb(iris[0], iris[1], iris[2]),
        open,
        half_width: person.between("eye width", 0.212, 0.23),
        distance: person.between("eye distance", 0.425, 0.46),
        tilt: person.between("eye tilt", -0.02, 0.07),
        lashes: match (t.makeup, t.male) {
            (true, _) => 1.7,
            (_, true) => 0.6,
            _ => 1.0,
        },
        gaze: [
            (-0.75 * pose.yaw + stray("gaze x")).clamp(-0.34, 0.34),
            (-0.75 * pose.pitch + stray("gaze y")).clamp(-0.16, 0.16),
        ],
    }
}

pub(super) fn mouth(t: &Traits, person: Random, picture: Random) -> Mouth {
    let full = if t.big_lips {
        person.between("lips", 1.5, 1.7)
    } else {
        person.between("lips", 0.78, 0.92)
    };
    let old = if t.young { 1.0 } else { 0.88 };
    let softness = if t.male { 0.92 } else { 1.06 };
    Mouth {
        half_width: person.between("mouth", 0.34, 0.385) + if t.male { 0.02 } else { 0.0 },
        upper: 0.082 * full * old * softness,
        lower: 0.115 * full * old * softness,
        smile: if t.smiling {
            picture.between("smile", 0.75, 1.0)
        } else {
            picture.between("smile", -0.2, 0.05)
        },
        open: if t.mouth_open {
            picture.between("gap", 0.075, 0.125)
        } else {
            0.0
        },
    }
}

pub(super) fn worn(d: Random) -> Accessories {
    const CLOTHS: [[u8; 3]; 10] = [
        [38, 44, 60],
        [120, 40, 44],
        [44, 74, 66],
        [176, 168, 156],
        [70, 62, 84],
        [28, 28, 32],
        [150, 112, 70],
        [64, 96, 138],
        [196, 132, 120],
        [110, 118, 92],
    ];
    const FRAMES: [[u8; 3]; 4] = [[22, 20, 22], [64, 38, 24], [70, 70, 76], [96, 24, 30]];
    let c = |name, from: &[[u8; 3]]| {
        let [r, g, b] = d.pick(name, from);
        srgb(r, g, b)
    };
    let gold = srgb(222, 176, 96);
    let silver = srgb(206, 208, 214);
    Accessories {
        cloth: c("cloth", &CLOTHS),
        shirt: mix(
            srgb(236, 238, 242),
            c("shirt", &CLOTHS),
            d.between("tinted", 0.0, 0.16),
        ),
        accent: c(
            "tie",
            &[
                [140, 30, 40],
                [36, 62, 120],
                [88, 40, 96],
                [30, 96, 82],
                [196, 140, 44],
            ],
        ),
        metal: if d.chance("gold", 0.6) { gold } else { silver },
        hat: c("hat colour", &CLOTHS),
        hat_kind: (d.at("hat kind") * 3.0) as u8,
        frame: c("frame", &FRAMES),
        frame_kind: (d.at("frame kind") * 3.0) as u8,
        frame_thickness: lerp(0.036, 0.06, d.at("frame thickness")),
        earring_kind: (d.at("earring kind") * 3.0) as u8,
        necklace_kind: (d.at("necklace kind") * 3.0) as u8,
        neckline: (d.at("neckline") * 3.0) as u8,
    }
}

pub(super) fn sign(d: Random, name: &str) -> f32 {
    if d.chance(name, 0.5) { 1.0 } else { -1.0 }
}
