//! What is put on: glasses, hats, earrings and necklaces.

use super::appearance::Appearance;
use super::hair::{CENTER, RADII};
use super::head::{Head, place};
use super::math::{PI, V3, add, hill, lerp, mix, noise, scale, sin, sin_cos, smooth};
use super::raster::{Material, Mesh, Strands, Vertex};
use super::torso::around_neck;

pub(super) fn build(
    look: &Appearance,
    head: &Head,
    detail: f32,
    strands: &mut Strands,
) -> Vec<Mesh> {
    let mut meshes = Vec::new();
    if look.traits.hat {
        meshes.extend(hat(look, head, detail));
    }
    if look.traits.earrings {
        for side in [-1.0, 1.0] {
            earring(look, head, side, &mut meshes, strands);
        }
    }
    if look.traits.necklace {
        necklace(look, &mut meshes, strands);
    }
    if look.traits.glasses {
        glasses(look, head, strands);
    }
    meshes
}

/// Where the rim of a lens is at `angle`, and what is inside it at a smaller `r`.
fn lens(look: &Appearance, head: &Head, side: f32, angle: f32, r: f32) -> V3 {
    let (s, c) = sin_cos(angle);
    let (w, h) = match look.worn.frame_kind {
        0 => (0.285, 0.27),
        1 => (0.315, 0.215),
        _ => (0.325, 0.25),
    };
    // Between an ellipse and a rectangle.
    let square = match look.worn.frame_kind {
        0 => 1.0,
        _ => 1.0 + 0.22 * (2.0 * s * c) * (2.0 * s * c),
    };
    let x = look.eyes.distance + 0.02 + w * r * square * c;
    let y = 0.05 + h * r * square * s;
    let bow = 0.16 * (x - 0.25).max(0.0) * (x - 0.25).max(0.0) + 0.05 * x;
    place(head.turn(), [side * x, y, 1.27 - bow])
}

fn glasses(look: &Appearance, head: &Head, strands: &mut Strands) {
    let worn = &look.worn;
    let width = worn.frame_thickness;
    for side in [-1.0, 1.0] {
        let rim: Vec<V3> = (0..=40)
            .map(|i| lens(look, head, side, 2.0 * PI * i as f32 / 40.0, 1.0))
            .collect();
        solid(strands, &rim, width, worn.frame);
        let hinge = lens(look, head, side, -0.35, 1.04);
        let ear = place(head.turn(), [side * 1.06 * look.form.face_width, 0.02, 0.0]);
        let middle = add(
            mix(hinge, ear, 0.5),
            scale(head.turn().apply([side, 0.0, 0.0]), 0.05),
        );
        solid(strands, &[hinge, middle, ear], width, worn.frame);
    }
    let inner = |side: f32| lens(look, head, side, PI + 0.35, 1.0);
    let (a, b) = (inner(-1.0), inner(1.0));
    let up = head.turn().apply([0.0, -0.05, 0.05]);
    let bridge: Vec<V3> = (0..=8)
        .map(|i| {
            let t = i as f32 / 8.0;
            add(mix(a, b, t), scale(up, 4.0 * t * (1.0 - t)))
        })
        .collect();
    solid(strands, &bridge, width, worn.frame);
}

/// A rod: dark, with a thin light along its upper side.
fn solid(strands: &mut Strands, path: &[V3], width: f32, colour: V3) {
    strands.push(path, width, colour, 0.9);
    let lit: Vec<V3> = path
        .iter()
        .map(|p| add(*p, [0.0, -0.25 * width, 0.4 * width]))
        .collect();
    strands.push(&lit, 0.3 * width, add(scale(colour, 2.4), [0.1; 3]), 1.0);
}

/// The lenses' glass, to be laid over what is behind it.
pub(super) fn panes(look: &Appearance, head: &Head) -> Vec<Mesh> {
    if !look.traits.glasses {
        return Vec::new();
    }
    [-1.0, 1.0]
        .map(|side| {
            Mesh::sheet(Material::Metal, 3, 41, |v, u| Vertex {
                at: lens(look, head, side, 2.0 * PI * u, v.max(0.01)),
                rest: [
                    side * v * sin(2.0 * PI * u + PI / 2.0),
                    v * sin(2.0 * PI * u),
                ],
                ..Vertex::default()
            })
        })
        .into()
}

/// A dome over the skull, from the crown down to the brim's height.
fn dome(
    look: &Appearance,
    head: &Head,
    detail: f32,
    tall: f32,
    room: f32,
    relief: impl Fn(f32, f32) -> (f32, f32),
) -> Mesh {
    let (rows, columns) = ((60.0 * detail) as usize + 8, (140.0 * detail) as usize + 20);
    Mesh::sheet(Material::Cloth, rows, columns, |v, u| {
        let angle = PI * (2.0 * u - 1.0);
        let (sin_a, cos_a) = sin_cos(angle);
        // From the pole to the band, where the dome is vertical.
        let polar = lerp(0.02, PI / 2.0, v);
        let (sin_p, cos_p) = sin_cos(polar);
        let (out, shade) = relief(angle, v);
        let r = 1.0 + room + out;
        let band_y = -0.5 - 0.12 * (0.5 + 0.5 * cos_a);
        let p = [
            RADII[0] * r * sin_p * sin_a,
            band_y - (RADII[1] * tall + room) * (1.0 + out) * cos_p,
            CENTER[2] + RADII[2] * r * sin_p * cos_a,
        ];
        Vertex {
            at: place(head.turn(), p),
            albedo: scale(look.worn.hat, shade),
            gloss: 0.05,
            rest: [angle, v],
            normal: [0.0; 3],
        }
    })
}

fn hat(look: &Appearance, head: &Head, detail: f32) -> Vec<Mesh> {
    match look.worn.hat_kind {
        // A knitted cap with a turned-up edge.
        0 => vec![dome(look, head, detail, 0.86, 0.13, |angle, v| {
            let edge = smooth(0.72, 0.76, v) * smooth(1.04, 0.97, v);
            let ribs = sin(46.0 * angle);
            let knit = 1.0 + 0.16 * ribs + 0.05 * noise(30.0 * angle, 40.0 * v);
            (
                0.05 * edge + 0.006 * ribs,
                knit * (1.0 - 0.3 * hill(v, 0.74, 0.03)),
            )
        })],
        // A felt hat with a band and a wide brim.
        1 => {
            let crown = dome(look, head, detail, 0.95, 0.1, |angle, v| {
                let dent = -0.12 * hill(v, 0.0, 0.6)
                    - 0.03 * hill(angle.abs(), 0.5, 0.5) * smooth(0.9, 0.4, v);
                let band = smooth(0.78, 0.8, v);
                (
                    dent,
                    lerp(1.0 + 0.06 * noise(20.0 * angle, 20.0 * v), 0.28, band),
                )
            });
            vec![crown, brim(look, head, detail, |_| 0.62)]
        }
        // A cap with a peak.
        _ => {
            let crown = dome(look, head, detail, 0.82, 0.1, |angle, v| {
                let seam = 0.55
                    * hill(
                        (angle * 3.0 / PI) - (angle * 3.0 / PI + 0.5).floor(),
                        0.0,
                        0.03,
                    );
                (
                    0.0,
                    (1.0 + 0.05 * noise(40.0 * angle, 40.0 * v)) * (1.0 - 0.5 * seam),
                )
            });
            vec![
                crown,
                brim(look, head, detail, |angle| {
                    0.85 * smooth(1.15, 0.35, angle.abs())
                }),
            ]
        }
    }
}

fn brim(look: &Appearance, head: &Head, detail: f32, width: impl Fn(f32) -> f32) -> Mesh {
    let columns = (140.0 * detail) as usize + 20;
    Mesh::sheet(Material::Cloth, 10, columns, |v, u| {
        let angle = PI * (2.0 * u - 1.0);
        let (sin, cos) = sin_cos(angle);
        let wide = width(angle) * v;
        let curl = 0.1 * v * v * sin * sin - 0.14 * wide * cos.max(0.0);
        let p = [
            (RADII[0] * 1.1 + wide) * sin,
            -0.52 - 0.12 * (0.5 + 0.5 * cos) - curl,
            CENTER[2] + (RADII[2] * 1.1 + wide) * cos,
        ];
        let edge = 1.0 - 0.25 * hill(v, 1.0, 0.12);
        Vertex {
            at: place(head.turn(), p),
            albedo: scale(look.worn.hat, 0.92 * edge),
            gloss: 0.05,
            rest: [angle, v],
            normal: [0.0; 3],
        }
    })
}

fn bead(center: V3, radius: f32, colour: V3) -> Mesh {
    Mesh::sheet(Material::Metal, 9, 13, |v, u| {
        let (sin_a, cos_a) = sin_cos(PI * (2.0 * u - 1.0));
        let (sin_b, cos_b) = sin_cos(PI * v);
        let out = [sin_b * sin_a, -cos_b, sin_b * cos_a];
        Vertex {
            at: add(center, scale(out, radius)),
            albedo: colour,
            gloss: 1.0,
            rest: [0.0, 3.0],
            normal: [0.0; 3],
        }
    })
}

fn earring(
    look: &Appearance,
    head: &Head,
    side: f32,
    meshes: &mut Vec<Mesh>,
    strands: &mut Strands,
) {
    let w = look.form.face_width;
    let lobe = [side * (w + 0.1), 0.6, 0.06];
    // What hangs, hangs straight down however the head is held.
    let at = place(head.turn(), lobe);
    let metal = look.worn.metal;
    match look.worn.earring_kind {
        0 => {
            meshes.push(bead(
                add(at, [0.0, 0.0, 0.04]),
                0.075,
                scale([0.85, 0.83, 0.8], 1.0),
            ));
            meshes.push(bead(add(at, [0.0, 0.14, 0.04]), 0.055, metal));
        }
        1 => {
            let ring: Vec<V3> = (0..=28)
                .map(|i| {
                    let (s, c) = sin_cos(2.0 * PI * i as f32 / 28.0);
                    add(at, [side * 0.06 + 0.13 * s, 0.2 - 0.2 * c, 0.1 * s + 0.04])
                })
                .collect();
            solid(strands, &ring, 0.034, scale(metal, 0.9));
        }
        _ => {
            strands.push(&[at, add(at, [0.0, 0.24, 0.03])], 0.02, metal, 1.0);
            meshes.push(bead(
                add(at, [0.0, 0.3, 0.03]),
                0.085,
                mix(metal, look.worn.accent, 0.75),
            ));
        }
    }
}

fn necklace(look: &Appearance, meshes: &mut Vec<Mesh>, strands: &mut Strands) {
    let at = |t: f32, drop: f32, lift: f32| around_neck(look, 1.6 * t, drop, lift);
    let metal = look.worn.metal;
    match look.worn.necklace_kind {
        0 => {
            for i in 0..25 {
                let t = i as f32 / 12.0 - 1.0;
                meshes.push(bead(
                    at(t, 0.02, 0.06),
                    0.06 - 0.015 * t * t,
                    [0.82, 0.78, 0.72],
                ));
            }
        }
        1 => {
            let chain: Vec<V3> = (0..=40)
                .map(|i| at(i as f32 / 20.0 - 1.0, 0.22, 0.05))
                .collect();
            solid(strands, &chain, 0.036, metal);
            let pendant = at(0.0, 0.22, 0.07);
            meshes.push(bead(
                add(pendant, [0.0, 0.08, 0.02]),
                0.1,
                mix(metal, look.worn.accent, 0.5),
            ));
        }
        _ => {
            for i in 0..41 {
                let t = i as f32 / 20.0 - 1.0;
                meshes.push(bead(at(t, 0.1, 0.05), 0.042, metal));
            }
        }
    }
}
