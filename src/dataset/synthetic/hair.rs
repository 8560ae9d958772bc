//! Hair: thousands of strands from the skull, combed, parted, waved and cut.

use super::appearance::{Appearance, HairCut};
use super::head::{Head, place};
use super::math::{PI, Stream, V3, add, lerp, mix, noise, scale, sin, sin_cos, smooth, sub, unit};
use super::raster::{Material, Mesh, Strands, Vertex};
use super::skin;

/// The skull under the hair.
pub(super) const CENTER: V3 = [0.0, -0.35, -0.12];
pub(super) const RADII: V3 = [1.04, 1.31, 1.33];

/// Positions along a strand.
const LONG: usize = 28;
const SHORT: usize = 9;

pub(super) fn grow(look: &Appearance, head: &Head, detail: f32, strands: &mut Strands) {
    let cut = look.hair.cut;
    if cut == HairCut::Bald {
        return;
    }
    let falls = matches!(cut, HairCut::Long | HairCut::Medium);
    let count = if falls { 6500.0 } else { 7000.0 } * detail;
    let mut dice = Stream(look.grain ^ 0x4a1);
    let mut path = Vec::with_capacity(LONG);
    for _ in 0..count as usize {
        let mut root = Root::draw(&mut dice);
        // What is combed away from the front and the part thins out there.
        if dice.unit() < 0.35 {
            root = Root::on(
                1.35 * dice.signed(),
                lerp(0.3, 0.99, dice.unit()),
                dice.unit(),
            );
        }
        // Roots behind are hidden by the head, unless the hair falls past it.
        if !root.grows(look) || (!falls && root.angle.abs() > 2.2) {
            continue;
        }
        path.clear();
        let fringe = look.traits.bangs && root.angle.abs() < 1.05 && root.at[2] > -0.1;
        if fringe {
            bangs(look, &root, &mut dice, &mut path);
        } else if falls {
            falling(look, &root, &mut dice, &mut path);
        } else {
            short(look, &root, &mut dice, &mut path);
        }
        wave(look, &root, &mut path);
        let in_scene: Vec<V3> = path.iter().map(|p| place(head.turn(), *p)).collect();
        let streak = 0.5 + 0.5 * noise(3.0 * root.at[0] + 7.0, 5.0 * root.angle);
        let shade = lerp(0.72, 1.25, 0.5 * streak + 0.5 * dice.unit());
        let mut colour = scale(look.hair.colour, shade);
        if look.traits.gray_hair && dice.unit() < 0.25 {
            colour = mix(colour, scale(colour, 0.35), 0.7);
        }
        let width = if falls { 0.019 } else { 0.016 } / detail.sqrt();
        strands.push(&in_scene, width, colour, root.layer);
    }
}

struct Root {
    at: V3,
    /// Around the head from the front.
    angle: f32,
    out: V3,
    /// 0 next to the skull to 1 outermost.
    layer: f32,
    clump: f32,
    /// Where in its wave a lock starts.
    phase: f32,
}

impl Root {
    fn draw(dice: &mut Stream) -> Self {
        let (angle, up) = (PI * dice.signed(), 1.0 - 1.75 * dice.unit());
        Self::on(angle, up, dice.unit())
    }

    fn on(angle: f32, up: f32, layer: f32) -> Self {
        let ring = (1.0 - up * up).max(0.0).sqrt();
        let (sin, cos) = sin_cos(angle);
        let out = [sin * ring, -up, cos * ring];
        let at = [0, 1, 2].map(|i| CENTER[i] + RADII[i] * out[i]);
        let cell = |v: f32| (v * 9.0).floor();
        let clump = noise(cell(angle) * 3.7, cell(up) * 5.3);
        let phase = 5.0 * noise(1.7 * angle + 11.0, 1.3 * up) + 0.4 * clump;
        Self {
            at,
            angle,
            out,
            layer,
            clump,
            phase,
        }
    }

    fn grows(&self, look: &Appearance) -> bool {
        if look.traits.hat && self.at[1] < -0.78 {
            return false;
        }
        let ragged = 0.05 * noise(12.0 * self.at[0], 12.0 * self.angle);
        self.at[1] < skin::hairline(look, self.angle) + ragged - 0.02
    }
}

/// Keeps a place out of the skull, `room` away from it (a fraction).
fn outside(p: V3, room: f32) -> V3 {
    let e = [0, 1, 2].map(|i| (p[i] - CENTER[i]) / RADII[i]);
    let r = super::math::length(e);
    let least = 1.0 + room;
    if r >= least {
        return p;
    }
    let s = least / r.max(1e-3);
    [0, 1, 2].map(|i| CENTER[i] + RADII[i] * e[i] * s)
}

fn room(look: &Appearance, root: &Root) -> f32 {
    let volume = if look.traits.hat {
        0.4
    } else {
        look.hair.volume
    };
    0.02 + 0.1 * volume * root.layer
}

/// Hair that falls from the part over the side of the head and down.
fn falling(look: &Appearance, root: &Root, dice: &mut Stream, path: &mut Vec<V3>) {
    let hair = &look.hair;
    let top = smooth(-0.3, -1.2, root.at[1]);
    let over = root.at[0] + 0.05 * dice.signed() - hair.part * smooth(2.4, 0.4, root.angle.abs());
    let side = if over >= 0.0 { 1.0 } else { -1.0 };
    // From the front to before the ears, from the crown over them, from behind to behind.
    let front = if hair.tucked { 1.8 } else { 1.28 };
    let around = root.angle.abs() / PI;
    let b = lerp(front, 3.0, around * around * 0.8 + 0.2 * around) + 0.12 * dice.signed();
    let (sin_b, cos_b) = sin_cos(b);
    let room = room(look, root);
    let wide = 1.0 + room;
    let beside = [
        side * RADII[0] * wide * sin_b * 1.04,
        lerp(-0.15, 0.15, dice.unit()),
        CENTER[2] + RADII[2] * wide * cos_b,
    ];
    let length = hair.length * lerp(0.82, 1.04, dice.unit());
    let end_y = length - 0.95;
    let forward = smooth(2.2, 1.2, b) * smooth(1.2, 2.0, end_y);
    let flare = 0.06 + 0.1 * room + 0.06 * dice.signed();
    let end = [
        side * (RADII[0] * sin_b * 1.02 + flare + 0.05),
        end_y,
        CENTER[2] + 0.85 * RADII[2] * cos_b + 0.35 * forward,
    ];
    // Over the top the strand keeps close to the skull.
    let middle = {
        let m = mix(root.at, beside, 0.42);
        let ahead = smooth(1.5, 0.5, root.angle.abs());
        let lifted = add(
            m,
            [side * 0.12 * top, -0.3 * top, 0.05 * top + 0.35 * ahead],
        );
        outside(lifted, room)
    };
    for i in 0..LONG {
        let s = i as f32 / (LONG - 1) as f32;
        let keys = [
            root.at,
            middle,
            beside,
            [
                lerp(beside[0], end[0], 0.45),
                lerp(beside[1], end[1], 0.5),
                lerp(beside[2], end[2], 0.4),
            ],
            end,
        ];
        let p = super::math::spline(&keys, 4.0 * s);
        path.push(outside(
            p,
            room.max(0.05) * (0.6 + 0.4 * smooth(0.0, 0.15, s)),
        ));
    }
}

/// A fringe over the forehead down to the brows.
fn bangs(look: &Appearance, root: &Root, dice: &mut Stream, path: &mut Vec<V3>) {
    let end_y = -0.36 + 0.07 * dice.signed() + 0.12 * root.at[0] * root.at[0];
    let sweep = 0.12 * look.hair.part.signum() + 0.05 * dice.signed();
    let room = 0.05 + 0.5 * room(look, root);
    let x_end = root.at[0] * 1.05 + sweep;
    let z_end = CENTER[2] + (RADII[2] + 0.1) * (1.0 - 0.5 * x_end * x_end).max(0.1).sqrt();
    let end = [x_end, end_y, z_end];
    for i in 0..SHORT + 3 {
        let s = i as f32 / (SHORT + 2) as f32;
        let lift = 0.3 * s * (1.0 - s);
        let p = add(mix(root.at, end, s), [0.0, -lift, 0.6 * lift]);
        path.push(outside(p, room * (0.5 + 0.5 * smooth(0.0, 0.3, s))));
    }
}

/// Cut short and combed aside or back.
fn short(look: &Appearance, root: &Root, dice: &mut Stream, path: &mut Vec<V3>) {
    let hair = &look.hair;
    let top = smooth(-0.55, -1.15, root.at[1]);
    let sides = lerp(0.3, 1.0, top);
    let length = hair.length * sides * lerp(0.75, 1.05, dice.unit());
    let aside = -hair.part.signum();
    let comb = mix([0.0, 0.75, -0.65], [0.9 * aside, -0.15, -0.55], top);
    let comb = add(
        comb,
        scale([dice.signed(), dice.signed(), dice.signed()], 0.16),
    );
    let mut d = unit(add(
        scale(root.out, 0.25 + 0.75 * top * hair.volume),
        scale(comb, 0.6),
    ));
    let mut p = root.at;
    let step = length / (SHORT - 1) as f32;
    let room = 0.015 + 0.6 * room(look, root) * lerp(0.35, 1.0, top);
    for _ in 0..SHORT {
        path.push(p);
        let away = unit(sub(p, CENTER));
        d = unit(add(add(d, scale(comb, 0.35)), scale(away, -0.28)));
        p = outside(add(p, scale(d, step)), room * 0.6);
    }
}

/// Waves run alike through a lock.
fn wave(look: &Appearance, root: &Root, path: &mut [V3]) {
    let much = look.hair.wave;
    let n = path.len();
    let (mut run, mut last) = (0.0, path[0]);
    let (start, turns, high) = match look.hair.cut {
        HairCut::Short => (0.05, 17.0, 0.05),
        _ => (0.15, 8.0, 0.11),
    };
    for p in path.iter_mut().skip(1) {
        let b = *p;
        run += super::math::length(sub(b, last));
        last = b;
        let grown = smooth(start, 5.0 * start, run);
        let phase = turns * run + root.phase;
        let out = unit([b[0], 0.0, b[2] + 0.3]);
        let along = [-out[2], 0.0, out[0]];
        let size = high * much * grown;
        *p = add(
            b,
            add(
                scale(out, size * sin(phase)),
                scale(along, size * sin(phase + 1.9)),
            ),
        );
    }
    // Every hair strays a little.
    let stray = 0.02 * root.clump;
    for (i, p) in path.iter_mut().enumerate() {
        p[0] += stray * i as f32 / n as f32;
    }
}

/// What is seen between the strands that fall behind the neck.
pub(super) fn backing(look: &Appearance, head: &Head, detail: f32) -> Option<Mesh> {
    if !matches!(look.hair.cut, HairCut::Long | HairCut::Medium) {
        return None;
    }
    let bottom = (look.hair.length - 1.15).max(0.2);
    let columns = (40.0 * detail) as usize + 12;
    Some(Mesh::sheet(Material::Cloth, 16, columns, |v, u| {
        let angle = lerp(PI + 1.25, PI - 1.25, u);
        let (sin, cos) = sin_cos(angle);
        let y = lerp(-0.3, bottom, v);
        let p = [1.0 * RADII[0] * sin, y, CENTER[2] + 0.9 * RADII[2] * cos];
        Vertex {
            at: place(head.turn(), p),
            albedo: scale(look.hair.colour, 0.45 + 0.2 * noise(30.0 * u, 2.0 * v)),
            ..Vertex::default()
        }
    }))
}
