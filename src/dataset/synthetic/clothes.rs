//! What the trunk is dressed in: a pullover cut in one of three ways, or shirt, tie and jacket.

use super::appearance::Appearance;
use super::math::{V3, hill, lerp, mix, noise, scale, sin, smooth};
use super::raster::{Material, Mesh, Vertex};
use super::torso::{chest, skin_below, throat};

/// Colour, gloss and thickness of what covers the trunk there.
pub(super) fn dress(look: &Appearance, x0: f32, y: f32) -> (V3, f32, f32) {
    let worn = &look.worn;
    let x = x0.abs();
    let weave = 1.0 + 0.07 * noise(40.0 * x0, 40.0 * y) + 0.05 * noise(3.0 * x0, 2.0 * y);
    let cloth = scale(worn.cloth, weave);
    if look.traits.necktie {
        let shirt = scale(worn.shirt, 0.97 + 0.03 * weave);
        // A jacket whose lapels meet low.
        let lapel = 0.34 + 0.3 * smooth(3.3, 2.2, y);
        let edge = smooth(lapel - 0.015, lapel + 0.015, x);
        let under = hill(x, lapel, 0.06);
        let collar = smooth(2.25, 2.18, y - 0.2 * x) * smooth(0.5, 0.4, x);
        let colour = mix(
            scale(shirt, 1.0 - 0.4 * under),
            scale(cloth, 1.0 - 0.2 * hill(x, lapel + 0.22, 0.03)),
            edge * (1.0 - collar),
        );
        return (
            colour,
            0.1,
            0.05 + 0.06 * smooth(lapel - 0.1, lapel + 0.1, x),
        );
    }
    let line = match worn.neckline {
        0 => 2.36 - 0.3 * x - 0.12 * x * x,
        1 => 2.72 - 1.0 * x,
        _ => 2.42 - 0.3 * x * x - 0.22 * x,
    };
    let edge = smooth(line - 0.012, line + 0.012, y);
    let hem = hill(y, line + 0.035, 0.05);
    let skin = skin_below(look, [x0, y]);
    let colour = mix(skin, scale(cloth, 1.0 - 0.25 * hem), edge);
    (
        colour,
        lerp(0.3 * look.skin.gloss, 0.08, edge),
        0.045 * edge,
    )
}

/// Collar points, a knot and the tie below it.
pub(super) fn tie(look: &Appearance, detail: f32) -> Vec<Mesh> {
    let worn = &look.worn;
    let rows = (30.0 * detail) as usize + 6;
    let stripes = |x: f32, y: f32| {
        let s = sin(26.0 * (x + y));
        mix(
            worn.accent,
            scale(worn.accent, 2.2),
            0.5 * smooth(0.35, 0.6, s),
        )
    };
    let blade = Mesh::sheet(Material::Cloth, rows, 15, |v, u| {
        let y = lerp(2.36, 4.4, v);
        let s = 2.0 * u - 1.0;
        let x = s * lerp(0.1, 0.34, smooth(2.3, 4.2, y));
        let shade = 1.0 - 0.3 * s.abs() * s.abs();
        Vertex {
            at: chest(look, x, y, 0.14 + 0.05 * (1.0 - s * s)),
            albedo: scale(stripes(x, y), shade),
            gloss: 0.25,
            rest: [x, y],
            normal: [0.0; 3],
        }
    });
    let knot = Mesh::sheet(Material::Cloth, 14, 15, |v, u| {
        let y = lerp(2.16, 2.4, v);
        let s = 2.0 * u - 1.0;
        let x = s * lerp(0.17, 0.1, v);
        let round = (1.0 - s * s) * (0.4 + hill(v, 0.5, 0.9));
        Vertex {
            at: chest(look, x, y, 0.19 + 0.08 * round),
            albedo: scale(stripes(x, -y), 0.95),
            gloss: 0.25,
            rest: [x, y],
            normal: [0.0; 3],
        }
    });
    let mut meshes = vec![blade, knot];
    for side in [-1.0, 1.0] {
        meshes.push(Mesh::sheet(Material::Cloth, 16, 14, |v, u| {
            // From the side of the neck down to a point beside the knot.
            let u = if side < 0.0 { 1.0 - u } else { u };
            let top = [lerp(0.12, 0.62, u), lerp(2.13, 1.88, u)];
            let bottom = [lerp(0.26, 0.7, u), lerp(2.56, 2.06, u)];
            let (x, y) = (lerp(top[0], bottom[0], v), lerp(top[1], bottom[1], v));
            let lift = 0.17 + 0.05 * u + 0.06 * hill(v, 0.4, 0.8);
            let p = throat(look, side * x, y, lift);
            Vertex {
                at: p,
                albedo: scale(worn.shirt, 1.0 - 0.12 * hill(v, 1.0, 0.08)),
                gloss: 0.1,
                rest: [x, y],
                normal: [0.0; 3],
            }
        }));
    }
    meshes
}
