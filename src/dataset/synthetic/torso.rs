//! The form of neck and trunk, on which clothes and chains lie.

use super::appearance::Appearance;
use super::math::{V3, lerp, noise, scale, sin_cos, smooth, times};

/// Height (y), half width and front (z) of the trunk, from the neck down.
pub(super) const TRUNK: [[f32; 3]; 9] = [
    [1.7, 0.5, 0.0],
    [1.92, 0.62, 0.02],
    [2.08, 0.84, 0.08],
    [2.22, 1.22, 0.17],
    [2.38, 1.62, 0.26],
    [2.6, 1.95, 0.35],
    [3.0, 2.16, 0.47],
    [4.0, 2.3, 0.65],
    [6.0, 2.36, 0.8],
];

/// How far the trunk's middle lies behind the head's.
pub(super) const BACK: f32 = -0.42;

pub(super) fn turned(look: &Appearance, p: V3) -> V3 {
    let (sin, cos) = sin_cos(0.35 * look.pose.yaw);
    [cos * p[0] + sin * p[2], p[1], cos * p[2] - sin * p[0]]
}

/// The front of the trunk at (x, y).
pub(super) fn chest(look: &Appearance, x: f32, y: f32, lift: f32) -> V3 {
    let (wide, front) = at_height(y);
    let s = (x / wide).clamp(-1.0, 1.0);
    let z = BACK + (front - BACK) * (1.0 - s * s).sqrt();
    turned(look, [x, y, z + lift])
}

/// A place on a chain about the neck, `angle` from the front, which hangs `drop` lower in front.
pub(super) fn around_neck(look: &Appearance, angle: f32, drop: f32, lift: f32) -> V3 {
    let (sin, cos) = sin_cos(angle);
    let y = 1.9 + (0.3 + drop) * cos;
    let [wide, middle, deep] = neck_ring(look, y);
    let x = (wide + lift) * sin * (1.0 + 0.12 * drop);
    let on_neck = middle + (deep + lift) * cos;
    let on_chest = chest(look, x, y, lift);
    if on_neck > on_chest[2] {
        [x, y, on_neck]
    } else {
        on_chest
    }
}

/// The front of neck or trunk, whichever is before the other.
pub(super) fn throat(look: &Appearance, x: f32, y: f32, lift: f32) -> V3 {
    let on_chest = chest(look, x, y, lift);
    let n = neck_ring(look, y);
    let s = x / n[0];
    if s.abs() >= 1.0 {
        return on_chest;
    }
    let z = n[1] + n[2] * (1.0 - s * s).sqrt() + lift;
    if z > on_chest[2] { [x, y, z] } else { on_chest }
}

fn at_height(y: f32) -> (f32, f32) {
    let last = TRUNK.len() - 2;
    let i = (0..=last).rev().find(|i| TRUNK[*i][0] <= y).unwrap_or(0);
    let t = ((y - TRUNK[i][0]) / (TRUNK[i + 1][0] - TRUNK[i][0])).clamp(0.0, 1.0);
    (
        lerp(TRUNK[i][1], TRUNK[i + 1][1], t),
        lerp(TRUNK[i][2], TRUNK[i + 1][2], t),
    )
}

/// Half width, middle z and half depth of the neck.
pub(super) fn neck_ring(look: &Appearance, y: f32) -> V3 {
    let flare = smooth(1.75, 2.35, y);
    let w = look.form.neck;
    [
        w + 0.22 * flare,
        lerp(-0.28, -0.42, flare),
        0.52 + 0.12 * (w - 0.6) + 0.05 * flare,
    ]
}

pub(super) fn skin_below(look: &Appearance, rest: [f32; 2]) -> V3 {
    let tone = times(look.skin.base, [0.97, 0.93, 0.9]);
    scale(tone, 1.0 + 0.03 * noise(6.0 * rest[0], 6.0 * rest[1]))
}
