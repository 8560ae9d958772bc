//! Numbers to draw by. Each attribute moves its own numbers by a clear margin, so that a portrait
//! never lies between having it and not.
//!
//! Lengths are in units of half the head's width; colours are linear light, 0 to 1.

use super::math::V3;
use super::traits::Traits;

/// A colour as painters' programs have it, in linear light (a gamma of 2).
pub(super) fn srgb(r: u8, g: u8, b: u8) -> V3 {
    [r, g, b].map(|v| {
        let v = f32::from(v) / 255.0;
        v * v
    })
}

#[derive(Clone, Debug)]
pub(super) struct Appearance {
    pub traits: Traits,
    pub pose: Pose,
    pub light: Light,
    pub skin: Skin,
    pub form: FaceShape,
    pub hair: Hair,
    pub eyes: Eyes,
    pub mouth: Mouth,
    pub worn: Accessories,
    /// What the small things derive from: strands, noise, the background.
    pub grain: u64,
}

/// Angles in radians.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pose {
    pub yaw: f32,
    pub pitch: f32,
    pub roll: f32,
    /// Half the head's width over the picture's width.
    pub size: f32,
    /// Of the head's centre, in picture widths from where it usually is.
    pub shift: [f32; 2],
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Light {
    /// Towards the key light.
    pub key: V3,
    pub key_colour: V3,
    pub sky: V3,
    pub ground: V3,
    pub rim_colour: V3,
    /// −1 or 1: on which side the rim light stands.
    pub rim_side: f32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Skin {
    pub base: V3,
    pub lips: V3,
    /// How strongly colour runs through: cheeks, nose, ears.
    pub ruddy: f32,
    pub rosy: f32,
    pub freckles: f32,
    /// 0 smooth to 1 lined.
    pub age: f32,
    pub gloss: f32,
    pub shadow: V3,
    pub eye_shadow: f32,
}

/// The form of the face.
#[derive(Clone, Copy, Debug)]
pub(super) struct FaceShape {
    pub jaw: f32,
    pub chin_length: f32,
    pub chin_width: f32,
    pub face_width: f32,
    pub brow_ridge: f32,
    pub cheeks: f32,
    pub cheekbones: f32,
    pub double_chin: f32,
    pub bags: f32,
    pub nose_length: f32,
    pub nose_width: f32,
    pub nose_tip: f32,
    pub nose_height: f32,
    pub neck: f32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum HairCut {
    Bald,
    Short,
    Medium,
    Long,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Hair {
    pub colour: V3,
    pub brows: V3,
    pub beard: V3,
    pub cut: HairCut,
    pub length: f32,
    pub wave: f32,
    pub part: f32,
    /// The height of the hairline over the nose (y, so smaller is higher).
    pub line: f32,
    pub temples: f32,
    pub volume: f32,
    /// Off the ears and behind them.
    pub tucked: bool,
    pub brow_thickness: f32,
    pub brow_arch: f32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Eyes {
    pub iris: V3,
    /// Half the opening's height.
    pub open: f32,
    pub half_width: f32,
    pub distance: f32,
    pub tilt: f32,
    pub lashes: f32,
    /// Where they look, in radians from straight ahead of the head.
    pub gaze: [f32; 2],
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Mouth {
    pub half_width: f32,
    pub upper: f32,
    pub lower: f32,
    pub smile: f32,
    pub open: f32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Accessories {
    pub cloth: V3,
    pub shirt: V3,
    pub accent: V3,
    pub metal: V3,
    pub hat: V3,
    pub hat_kind: u8,
    pub frame: V3,
    pub frame_kind: u8,
    pub frame_thickness: f32,
    pub earring_kind: u8,
    pub necklace_kind: u8,
    pub neckline: u8,
}
