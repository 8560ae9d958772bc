//! Below and beside the face: ears, neck, a second chin, shoulders and what they are dressed in.

use super::clothes;
use super::head::{Head, place};
use super::look::{Look, srgb};
use super::math::{
    V3, add, bump, hill, lerp, mix, noise, scale, sin, sin_cos, smooth, spline, times,
};
use super::raster::{Mesh, Stuff, Vertex};

/// Height (y), half width and front (z) of the trunk, from the neck down.
const TRUNK: [[f32; 3]; 9] = [
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
const BACK: f32 = -0.42;

pub(super) fn build(look: &Look, head: &Head, detail: f32) -> Vec<Mesh> {
    let mut meshes = vec![neck(look, detail), trunk(look, detail)];
    for side in [-1.0, 1.0] {
        meshes.push(ear(look, head, side, detail));
    }
    if look.form.double_chin > 0.0 {
        meshes.push(second_chin(look, head, detail));
    }
    if look.traits.necktie {
        meshes.extend(clothes::tie(look, detail));
    }
    meshes
}

fn turned(look: &Look, p: V3) -> V3 {
    let (sin, cos) = sin_cos(0.35 * look.pose.yaw);
    [cos * p[0] + sin * p[2], p[1], cos * p[2] - sin * p[0]]
}

/// The front of the trunk at (x, y).
pub(super) fn chest(look: &Look, x: f32, y: f32, lift: f32) -> V3 {
    let (wide, front) = at_height(y);
    let s = (x / wide).clamp(-1.0, 1.0);
    let z = BACK + (front - BACK) * (1.0 - s * s).sqrt();
    turned(look, [x, y, z + lift])
}

/// A place on a chain about the neck, `angle` from the front, which hangs `drop` lower in front.
pub(super) fn around_neck(look: &Look, angle: f32, drop: f32, lift: f32) -> V3 {
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
pub(super) fn throat(look: &Look, x: f32, y: f32, lift: f32) -> V3 {
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
fn neck_ring(look: &Look, y: f32) -> V3 {
    let flare = smooth(1.75, 2.35, y);
    let w = look.form.neck;
    [
        w + 0.22 * flare,
        lerp(-0.28, -0.42, flare),
        0.52 + 0.12 * (w - 0.6) + 0.05 * flare,
    ]
}

fn neck(look: &Look, detail: f32) -> Mesh {
    let (rows, columns) = ((50.0 * detail) as usize + 8, (60.0 * detail) as usize + 8);
    Mesh::sheet(Stuff::Skin, rows, columns, |v, u| {
        let angle = lerp(-2.0, 2.0, u);
        let (sin, cos) = sin_cos(angle);
        let y = lerp(0.9, 2.6, v);
        let [w, z, d] = neck_ring(look, y);
        // Two cords run from behind the ears to the pit of the throat.
        let cord = 0.045 * hill(angle.abs(), lerp(1.1, 0.22, smooth(1.1, 2.2, y)), 0.26);
        let apple =
            if look.traits.male { 0.05 } else { 0.0 } * bump(angle, y, [0.0, 1.86], [0.2, 0.14]);
        let lines = 0.012 * look.skin.age * hill(sin_line(y + 0.1 * cos), 0.0, 0.3);
        let d = d + cord + apple - lines;
        let rest = [w * sin, y];
        let shift = smooth(2.2, 0.9, y);
        let p = [
            (w + cord) * sin + 0.22 * look.pose.yaw * shift,
            y,
            z + d * cos,
        ];
        let colour = skin_below(look, rest);
        Vertex {
            at: turned(look, p),
            rest,
            albedo: colour,
            gloss: 0.35 * look.skin.gloss,
            normal: [0.0; 3],
        }
    })
}

/// −1 to 1 across evenly spaced lines.
fn sin_line(y: f32) -> f32 {
    sin(18.0 * y)
}

pub(super) fn skin_below(look: &Look, rest: [f32; 2]) -> V3 {
    let tone = times(look.skin.base, [0.97, 0.93, 0.9]);
    scale(tone, 1.0 + 0.03 * noise(6.0 * rest[0], 6.0 * rest[1]))
}

fn trunk(look: &Look, detail: f32) -> Mesh {
    let (rows, columns) = (
        (90.0 * detail) as usize + 10,
        2 * (60.0 * detail) as usize + 21,
    );
    Mesh::sheet(Stuff::Trunk, rows, columns, |v, u| {
        let angle = lerp(-1.75, 1.75, u);
        let (sin, cos) = sin_cos(angle);
        let [y, wide, front] = spline(&TRUNK, v * (TRUNK.len() - 1) as f32);
        let x = wide * sin;
        let bone = 0.03 * hill(y - 2.17 + 0.05 * x.abs(), 0.0, 0.06) * smooth(0.1, 0.3, x.abs());
        let (albedo, gloss, thick) = clothes::dress(look, x, y);
        let fold = if thick > 0.0 {
            0.02 * noise(2.2 * x + 3.0, 1.3 * y)
        } else {
            bone
        };
        let p = [
            x * (1.0 + 0.5 * thick),
            y,
            BACK + (front - BACK + thick + fold) * cos,
        ];
        Vertex {
            at: turned(look, p),
            rest: [x, y],
            albedo,
            gloss,
            normal: [0.0; 3],
        }
    })
}

fn ear(look: &Look, head: &Head, side: f32, detail: f32) -> Mesh {
    let (rings, around) = ((22.0 * detail) as usize + 6, (36.0 * detail) as usize + 8);
    let w = look.form.face_width;
    let skin = times(look.skin.base, [1.0, 0.86, 0.84]);
    Mesh::sheet(Stuff::Skin, rings, around, |v, u| {
        let turn = side * 2.0 * super::math::PI * u;
        let (sin, cos) = sin_cos(turn);
        // An egg, narrower towards the lobe.
        let narrow = 1.0 - 0.3 * smooth(-0.1, 1.0, cos) + 0.1 * smooth(0.0, -1.0, cos);
        let (a, b) = (0.165 * narrow * v * sin, 0.325 * v * cos);
        let rim = 0.06 * hill(v, 0.84, 0.2) * smooth(0.75, 0.3, cos) - 0.075 * hill(v, 0.25, 0.6);
        let inner = 0.035 * hill(v, 0.5, 0.14) * smooth(0.5, 0.0, cos);
        let h = rim + inner - 0.05 * smooth(0.9, 1.0, v);
        // Back and outwards from the head; what is outside looks out and forwards.
        let back = [side * 0.55, 0.1, -0.83];
        let out = [side * 0.83, 0.0, 0.55];
        let center = [side * (0.985 * w + 0.045), 0.27, -0.06];
        let mut p = add(center, add(scale(back, a), scale(out, h)));
        p[1] += b;
        p[2] -= 0.1 * b;
        let deep = smooth(0.45, 0.1, v);
        let red = bump(v, cos, [1.0, 0.9], [0.5, 0.5]);
        let colour = mix(skin, times(skin, [0.55, 0.38, 0.36]), 0.8 * deep);
        let colour = mix(colour, times(skin, [1.0, 0.85, 0.85]), red);
        Vertex {
            at: place(head.turn(), p),
            albedo: colour,
            gloss: 0.5 * look.skin.gloss,
            rest: [0.0, 3.0],
            normal: [0.0; 3],
        }
    })
}

fn second_chin(look: &Look, head: &Head, detail: f32) -> Mesh {
    let much = look.form.double_chin;
    let (rows, columns) = ((40.0 * detail) as usize + 8, (56.0 * detail) as usize + 8);
    let long = look.form.chin_length;
    Mesh::sheet(Stuff::Skin, rows, columns, |v, u| {
        let (sin_a, cos_a) = sin_cos(lerp(-1.7, 1.7, u));
        let (sin_b, cos_b) = sin_cos(lerp(-1.5, 1.5, v));
        let p = [
            0.63 * cos_b * sin_a,
            1.5 + long + 0.34 * much * sin_b,
            0.1 + 0.73 * cos_b * cos_a,
        ];
        let mut colour = skin_below(look, [p[0], p[1]]);
        if look.traits.stubble {
            colour = mix(colour, srgb(60, 58, 62), 0.3);
        }
        Vertex {
            at: place(head.turn(), p),
            albedo: colour,
            gloss: 0.35 * look.skin.gloss,
            rest: [p[0], p[1]],
            normal: [0.0; 3],
        }
    })
}
