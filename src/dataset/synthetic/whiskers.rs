//! Short hair of the face: brows, lashes and beards.

use super::appearance::Appearance;
use super::head::Head;
use super::math::{Stream, V3, add, lerp, mix, noise, scale, smooth, unit};
use super::raster::{Strands, Vertex};
use super::skin;

pub(super) fn grow(look: &Appearance, head: &Head, detail: f32, strands: &mut Strands) {
    let mut dice = Stream(look.grain ^ 0x77b);
    for side in [-1.0, 1.0] {
        brow(look, head, detail, side, &mut dice, strands);
        lashes(look, head, side, strands);
    }
    beard(look, head, detail, &mut dice, strands);
}

/// A hair that leaves the skin at a place towards another place, and lifts off by `lift`.
fn hair(head: &Head, from: [f32; 2], to: [f32; 2], lift: f32) -> Option<[V3; 4]> {
    let (a, b) = (head.find(from), head.find(to));
    let raised = |v: &Vertex, by: f32| add(v.at, scale(v.normal, by));
    let (a, b) = (raised(&a, 0.004), raised(&b, lift));
    let between = |t: f32| add(mix(a, b, t), [0.0, 0.0, 0.3 * lift * t * (1.0 - t)]);
    Some([a, between(0.35), between(0.7), b])
}

/// Hair so thin that the skin shows through.
fn softened(look: &Appearance, colour: V3, shade: f32) -> V3 {
    mix(scale(colour, shade), look.skin.base, 0.1 + 0.1 * shade)
}

/// Along a brow, 0 at the nose to 1 at the temple: its middle and half its thickness.
fn brow_line(look: &Appearance, s: f32) -> ([f32; 2], f32) {
    let hair = &look.hair;
    let x = look.eyes.distance + lerp(-0.29, 0.27, s);
    let rise = smooth(0.0, 0.62, s) - 0.8 * smooth(0.62, 1.0, s);
    let flat = 0.045 * smooth(0.0, 0.4, s) - 0.05 * smooth(0.65, 1.0, s);
    let y = -0.215 - 0.105 * hair.brow_arch * rise - flat - 0.02 * (hair.brow_thickness - 1.0);
    let taper = smooth(-0.12, 0.25, s) * (1.0 - 0.8 * smooth(0.45, 1.05, s));
    ([x, y], 0.031 * hair.brow_thickness * taper)
}

fn brow(
    look: &Appearance,
    head: &Head,
    detail: f32,
    side: f32,
    dice: &mut Stream,
    strands: &mut Strands,
) {
    let bushy = look.traits.bushy_brows;
    let count = (300.0 * look.hair.brow_thickness * detail) as usize;
    for _ in 0..count {
        let s = dice.unit();
        let ([x, y], half) = brow_line(look, s);
        let off = half * dice.signed();
        let long = if bushy { 0.115 } else { 0.085 };
        // Upwards near the nose, outwards along the rest, upper and lower ones towards the middle.
        let up = lerp(0.95, -0.12, smooth(0.0, 0.5, s)) - 3.0 * off + 0.1 * dice.signed();
        let d = unit([1.0, -up, 0.0]);
        let from = [side * x, y + off];
        let to = [side * (x + long * d[0]), y + off + long * d[1] * 0.8];
        if let Some(path) = hair(head, from, to, if bushy { 0.022 } else { 0.012 }) {
            let shade = lerp(0.7, 1.2, dice.unit());
            strands.push(
                &path,
                0.0085 / detail.sqrt(),
                softened(look, look.hair.brows, shade),
                0.85,
            );
        }
    }
}

fn lashes(look: &Appearance, head: &Head, side: f32, strands: &mut Strands) {
    let eyes = &look.eyes;
    let ink = [0.01, 0.008, 0.008];
    let count = 20;
    for i in 0..count {
        let along = lerp(-0.75, 0.97, i as f32 / (count - 1) as f32);
        let t = 1.0 - along * along;
        let arch = (t * t.sqrt()).sqrt();
        let x = eyes.distance + along * eyes.half_width;
        let y = -eyes.open * arch * (1.0 - 0.12 * along) - eyes.tilt * along * eyes.half_width;
        let long = 0.036 * eyes.lashes * (0.7 + 0.5 * along.max(0.0));
        let from = [side * x, y - 0.006];
        let to = [side * (x + long * 0.9 * along), y - 0.006 - long];
        if let Some(path) = hair(head, from, to, 0.05 * eyes.lashes) {
            strands.push(&path, 0.007 * eyes.lashes, ink, 0.8);
        }
    }
}

/// Where hair of a beard grows and how long it is there, as a fraction.
fn growth(look: &Appearance, x: f32, y: f32) -> f32 {
    let t = &look.traits;
    let mut much = 0.0_f32;
    let full = t.goatee && t.mustache && t.sideburns;
    if full {
        much = skin::beard(x, y);
    }
    if t.mustache {
        much = much.max(skin::mustache(x, y));
    }
    if t.goatee {
        let chin = smooth(0.06, 0.3, super::math::bump(x, y, [0.0, 1.5], [0.36, 0.36]));
        let below_lip = smooth(0.1, 0.5, super::math::bump(x, y, [0.0, 1.25], [0.1, 0.12]));
        much = much
            .max(chin * smooth(1.24, 1.3, y + 0.3 * x))
            .max(below_lip);
    }
    if t.sideburns {
        let width = smooth(0.78, 0.84, x);
        much = much.max(width * smooth(0.86, 0.74, y) * smooth(-0.45, -0.3, y));
    }
    much
}

fn beard(look: &Appearance, head: &Head, detail: f32, dice: &mut Stream, strands: &mut Strands) {
    let t = &look.traits;
    if !(t.goatee || t.mustache || t.sideburns) {
        return;
    }
    let long = if t.goatee && t.mustache && t.sideburns {
        0.12
    } else {
        0.09
    };
    let count = (20_000.0 * detail) as usize;
    for _ in 0..count {
        let (x, y) = (1.02 * dice.signed(), lerp(-0.45, 1.66, dice.unit()));
        let ragged = 0.12 * noise(11.0 * x, 11.0 * y);
        let much = growth(look, x.abs(), y);
        if much + ragged < 0.3 || (much < 0.6 && dice.unit() > much) {
            continue;
        }
        let sideways = if y < 0.96 && x.abs() < 0.5 {
            0.75
        } else {
            0.25
        };
        let d = unit([
            sideways * x.signum() * x.abs().min(0.4) * 2.5 + 0.3 * dice.signed(),
            1.0,
            0.0,
        ]);
        let l = long * (0.6 + 0.4 * dice.unit()) * much.min(1.0);
        let to = [x + l * d[0], (y + l * d[1]).min(1.67)];
        if let Some(path) = hair(head, [x, y], to, 0.06 + 0.05 * dice.unit()) {
            let shade = lerp(0.6, 1.25, dice.unit());
            strands.push(
                &path,
                0.0085 / detail.sqrt(),
                softened(look, look.hair.beard, shade),
                0.3 + 0.7 * dice.unit(),
            );
        }
    }
}
