//! Below and beside the face: ears, neck, a second chin, shoulders and what they are dressed in.

use super::appearance::{Appearance, srgb};
use super::clothes;
use super::head::{Head, place};
use super::math::{add, bump, hill, lerp, mix, noise, scale, sin, sin_cos, smooth, spline, times};
use super::raster::{Material, Mesh, Vertex};
use super::torso::{BACK, TRUNK, neck_ring, skin_below, turned};

pub(super) fn build(look: &Appearance, head: &Head, detail: f32) -> Vec<Mesh> {
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

fn neck(look: &Appearance, detail: f32) -> Mesh {
    let (rows, columns) = ((50.0 * detail) as usize + 8, (60.0 * detail) as usize + 8);
    Mesh::sheet(Material::Skin, rows, columns, |v, u| {
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

fn trunk(look: &Appearance, detail: f32) -> Mesh {
    let (rows, columns) = (
        (90.0 * detail) as usize + 10,
        2 * (60.0 * detail) as usize + 21,
    );
    Mesh::sheet(Material::Trunk, rows, columns, |v, u| {
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

fn ear(look: &Appearance, head: &Head, side: f32, detail: f32) -> Mesh {
    let (rings, around) = ((22.0 * detail) as usize + 6, (36.0 * detail) as usize + 8);
    let w = look.form.face_width;
    let skin = times(look.skin.base, [1.0, 0.86, 0.84]);
    Mesh::sheet(Material::Skin, rings, around, |v, u| {
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

fn second_chin(look: &Appearance, head: &Head, detail: f32) -> Mesh {
    let much = look.form.double_chin;
    let (rows, columns) = ((40.0 * detail) as usize + 8, (56.0 * detail) as usize + 8);
    let long = look.form.chin_length;
    Mesh::sheet(Material::Skin, rows, columns, |v, u| {
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
