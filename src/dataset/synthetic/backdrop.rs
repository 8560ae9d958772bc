//! What is behind: out of focus, so that it may be simple.

use super::appearance::{Appearance, srgb};
use super::math::{Random, V3, add, lerp, mix, noise, scale, smooth};

pub(super) struct Backdrop {
    kind: u8,
    a: V3,
    b: V3,
    c: V3,
    spots: Vec<Spot>,
    offset: f32,
    glow: [f32; 2],
}

struct Spot {
    at: [f32; 2],
    radius: f32,
    colour: V3,
}

impl Backdrop {
    pub fn new(look: &Appearance) -> Self {
        let dice = Random(look.grain).nth(0xbac);
        let kind = (dice.at("kind") * 4.0) as u8;
        const TONES: [[u8; 3]; 9] = [
            [92, 104, 118],
            [128, 112, 98],
            [70, 92, 88],
            [110, 84, 84],
            [150, 148, 142],
            [60, 64, 78],
            [176, 164, 148],
            [96, 110, 84],
            [120, 134, 152],
        ];
        let tone = |name| {
            let [r, g, b] = dice.pick(name, &TONES);
            srgb(r, g, b)
        };
        let a = tone("a");
        let mut spots = Vec::new();
        if kind == 1 || kind == 2 {
            let count = if kind == 1 { 26 } else { 34 };
            for n in 0..count {
                let d = dice.nth(n);
                let warm = mix([1.0, 0.72, 0.4], [0.75, 0.85, 1.0], d.at("hue"));
                let green = mix([0.25, 0.42, 0.12], [0.62, 0.68, 0.28], d.at("hue"));
                spots.push(Spot {
                    at: [d.between("x", -0.1, 1.1), d.between("y", -0.1, 1.2)],
                    radius: d.between("r", 0.03, if kind == 1 { 0.085 } else { 0.16 }),
                    colour: scale(
                        if kind == 1 { warm } else { green },
                        d.between("power", 0.08, 0.4),
                    ),
                });
            }
        }
        let (a, b, c) = match kind {
            1 => (scale(a, 0.22), scale(tone("b"), 0.12), a),
            2 => (srgb(92, 118, 70), srgb(40, 58, 40), srgb(186, 204, 206)),
            _ => (a, scale(a, 0.3), mix(a, tone("b"), 0.6)),
        };
        Self {
            kind,
            a,
            b,
            c,
            spots,
            offset: 20.0 * dice.at("offset"),
            glow: [
                dice.between("glow x", 0.2, 0.8),
                dice.between("glow y", 0.2, 0.6),
            ],
        }
    }

    /// Linear colour at a place in picture widths.
    pub fn at(&self, x: f32, y: f32) -> V3 {
        let soft =
            noise(1.7 * x + self.offset, 1.7 * y) + 0.5 * noise(4.0 * x, 4.0 * y + self.offset);
        let (dx, dy) = (x - self.glow[0], y - self.glow[1]);
        let away = (dx * dx + dy * dy).sqrt();
        let mut colour = match self.kind {
            // A wall or a cloth with a light on it.
            0 => mix(self.a, self.b, (0.9 * away + 0.12 * soft).clamp(0.0, 1.0)),
            1 => mix(self.a, self.b, smooth(0.2, 1.1, y)),
            2 => mix(
                self.c,
                mix(self.a, self.b, smooth(0.35, 1.2, y)),
                smooth(0.0, 0.5, y + 0.16 * soft),
            ),
            // A room: a window, a wall, a shelf, all blurred.
            _ => {
                let edge = 0.22 + 0.4 * (self.offset / 20.0);
                let wall = mix(self.a, self.b, (0.55 * y + 0.25 * away).clamp(0.0, 1.0));
                let pane = smooth(edge - 0.09, edge + 0.09, x)
                    * smooth(edge + 0.42, edge + 0.26, x)
                    * smooth(1.1, 0.8, y);
                mix(
                    wall,
                    add(scale(self.c, 1.1), [0.12, 0.13, 0.14]),
                    0.75 * pane,
                )
            }
        };
        for spot in &self.spots {
            let (dx, dy) = (x - spot.at[0], y - spot.at[1]);
            let r2 = dx * dx + dy * dy;
            if r2 < spot.radius * spot.radius * 1.3 {
                let r = r2.sqrt() / spot.radius;
                let disc = smooth(1.1, 0.85, r) * lerp(0.75, 1.0, smooth(0.3, 0.95, r));
                colour = add(colour, scale(spot.colour, disc));
            }
        }
        colour
    }
}
