//! Light: a key light that throws soft shadows, sky and ground, and a rim from behind. Skin lets
//! red light through, hair shines along its strands.

use super::look::{Light, Look};
use super::math::{V3, add, cross, dot, power, scale, smooth, sub, times, unit};
use super::raster::{Camera, Frame, Mesh, Strands, Stuff};

/// Side of the shadow map, and how many units it covers.
const SIDE: usize = 256;
const COVERED: f32 = 6.0;

const VIEW: V3 = [0.0, 0.0, 1.0];

pub(super) struct Lighting {
    light: Light,
    shadows: Frame,
    camera: Camera,
    half: V3,
    rim: V3,
}

/// What is lit.
pub(super) struct Spot {
    pub at: V3,
    pub normal: V3,
    pub albedo: V3,
    pub gloss: f32,
    pub stuff: Stuff,
    /// Of the sky, how much is open, 0 to 1.
    pub open: f32,
}

impl Lighting {
    pub fn new(look: &Look, meshes: &[Mesh], strands: &Strands) -> Self {
        let light = look.light;
        let toward = light.key;
        let right = unit(cross([0.0, 1.0, 0.0], toward));
        let camera = Camera {
            distance: 1e6,
            unit: SIDE as f32 / COVERED,
            center: [SIDE as f32 / 2.0; 2],
            axes: [right, cross(toward, right), toward],
        };
        let mut shadows = Frame::new(SIDE, SIDE);
        for mesh in meshes {
            shadows.mesh(mesh, &camera, 0);
        }
        for strand in &strands.all {
            let width = (2.0 * strand.width * camera.unit).max(1.0);
            let seen = strands.positions(strand).iter().map(|p| camera.project(*p));
            let seen: Vec<V3> = seen.step_by(2).collect();
            for pair in seen.windows(2) {
                shadows.piece(pair[0], pair[1], [width; 2], 0);
            }
        }
        Self {
            light,
            shadows,
            camera,
            half: unit(add(light.key, VIEW)),
            rim: unit([0.85 * light.rim_side, -0.3, -0.5]),
        }
    }

    /// How much of the key light arrives, 0 to 1; things nearer than `skip` do not count.
    pub fn arriving(&self, at: V3, skip: f32) -> f32 {
        let [x, y, z] = self.camera.project(at);
        let inside = 2.0..SIDE as f32 - 3.0;
        if !inside.contains(&x) || !inside.contains(&y) {
            return 1.0;
        }
        // A tent over four by four places, so that shadows have no steps.
        let (fx, fy) = ((x - 0.5).floor(), (y - 0.5).floor());
        let tent = |f: f32| [1.0 - f, 2.0 - f, 1.0 + f, f].map(|v| v * 0.25);
        let (across, down) = (tent(x - 0.5 - fx), tent(y - 0.5 - fy));
        let (i, j) = (fx as usize - 1, fy as usize - 1);
        let mut sum = 0.0;
        for (row, weight) in down.iter().enumerate() {
            let start = (j + row) * SIDE + i;
            for (depth, part) in self.shadows.depth[start..start + 4].iter().zip(across) {
                sum += weight * part * (1.0 - ((depth - z - skip) * 12.0).clamp(0.0, 1.0));
            }
        }
        sum
    }

    pub fn surface(&self, spot: &Spot) -> V3 {
        let light = &self.light;
        let n = spot.normal;
        let toward = dot(n, light.key);
        let arriving = if toward > -0.3 {
            self.arriving(
                add(spot.at, scale(n, 0.04)),
                0.025 + 0.14 * (1.0 - toward) * (1.0 - toward),
            )
        } else {
            0.0
        };
        let skin = matches!(spot.stuff, Stuff::Face | Stuff::Skin);
        // Light that enters skin comes out around the corner, the red of it farthest.
        let wrap = if skin { [0.32, 0.14, 0.09] } else { [0.06; 3] };
        let through = arriving * (1.5 - 0.5 * arriving);
        let reached = if skin {
            [through, arriving, arriving * (0.85 + 0.15 * arriving)]
        } else {
            [arriving; 3]
        };
        let key = [0, 1, 2].map(|c| {
            let d = ((toward + wrap[c]) / (1.0 + wrap[c])).max(0.0);
            light.key_colour[c] * d * (0.6 + 0.4 * d.min(1.0)) * reached[c]
        });
        let up = 0.5 - 0.5 * n[1];
        // What is enclosed by skin is lit by skin.
        let closed = 1.0 - spot.open;
        let tint = if skin { [0.34, 0.14, 0.1] } else { [0.1; 3] };
        let sky = [0, 1, 2].map(|c| {
            let open = light.ground[c] + (light.sky[c] - light.ground[c]) * up;
            open * (spot.open + closed * tint[c])
        });
        let behind = dot(n, self.rim).max(0.0);
        let rim = scale(light.rim_colour, behind * behind * spot.open);
        let mut colour = times(spot.albedo, add(add(key, sky), rim));
        let metal = spot.stuff == Stuff::Metal;
        if spot.gloss > 0.0 {
            let facing = dot(n, self.half).max(0.0);
            let wet = spot.gloss > 2.0;
            let sharp = match (metal, wet) {
                (true, _) => power(facing, 6) * 2.2,
                (_, true) => power(facing, 9) * 0.9,
                _ => 0.085 * power(facing, 4),
            };
            let broad = if wet {
                0.0
            } else {
                0.055 * power(facing, 2) * facing
            };
            let edge = power(1.0 - n[2].clamp(0.0, 1.0), 2) * 0.12;
            let shine = spot.gloss * (sharp + broad) * toward.clamp(0.0, 1.0).sqrt() * arriving;
            colour = add(colour, scale(light.key_colour, shine));
            colour = add(colour, scale(sky, spot.gloss * edge * spot.open));
            if metal {
                // A bright band where a room would be mirrored.
                let band = smooth(0.1, 0.5, n[1]) * smooth(0.9, 0.6, n[1]) + power(facing, 3);
                colour = add(colour, scale(spot.albedo, 1.1 * band));
            }
        }
        colour
    }

    /// A place on a strand: `out` away from the head there, `along` the strand.
    pub fn strand(&self, at: V3, along: V3, out: V3, colour: V3, layer: f32) -> V3 {
        let light = &self.light;
        let arriving = self.arriving(add(at, scale(out, 0.05)), 0.07);
        let across = |d: V3| {
            let c = dot(along, d);
            (1.0 - c * c).max(0.0).sqrt()
        };
        let toward = (0.45 + 0.55 * dot(out, light.key)).max(0.0);
        let key = across(light.key) * toward * (0.25 + 0.75 * arriving);
        let facing = across(self.half);
        let shine = (0.7 * power(facing, 4) + 0.3 * power(facing, 2)) * toward * arriving;
        let up = 0.5 - 0.5 * out[1];
        let depth = 0.35 + 0.65 * layer;
        let sky = [0, 1, 2].map(|c| light.ground[c] + (light.sky[c] - light.ground[c]) * up);
        let rim = dot(out, self.rim).max(0.0);
        let rim = scale(light.rim_colour, 0.7 * rim * rim);
        let lit = add(
            add(scale(light.key_colour, 0.85 * key), scale(sky, 0.9)),
            rim,
        );
        let white = add(scale(colour, 0.7), [0.07; 3]);
        add(
            scale(times(colour, lit), depth),
            scale(times(white, light.key_colour), 0.5 * shine * depth),
        )
    }
}

/// How open to the sky each pixel is, from how much its surroundings stand before it.
pub(super) struct Openness {
    width: usize,
    height: usize,
    values: Vec<f32>,
    /// Frame places a value.
    step: usize,
}

impl Openness {
    /// `unit` is frame places a unit of length.
    pub fn new(frame: &Frame, unit: f32) -> Self {
        let step = ((unit / 24.0) as usize).max(1);
        let (width, height) = (frame.width.div_ceil(step), frame.height.div_ceil(step));
        let mut depth = vec![0.0; width * height];
        let mut there = vec![0.0; width * height];
        for y in 0..height {
            for x in 0..width {
                let at = (y * step + step / 2).min(frame.height - 1) * frame.width
                    + (x * step + step / 2).min(frame.width - 1);
                if frame.depth[at] > -100.0 {
                    depth[y * width + x] = frame.depth[at];
                    there[y * width + x] = 1.0;
                }
            }
        }
        let per_unit = unit / step as f32;
        let mut closed = vec![0.0; width * height];
        for (reach, gain) in [(0.1, 2.4), (0.3, 1.1)] {
            let radius = ((reach * per_unit) as usize).max(1);
            let weights = blurred(&there, width, height, radius);
            let weighted: Vec<f32> = depth.iter().zip(&there).map(|(d, t)| d * t).collect();
            let sums = blurred(&weighted, width, height, radius);
            for (i, closed) in closed.iter_mut().enumerate() {
                if there[i] > 0.0 {
                    let before = sums[i] / weights[i].max(1e-6) - depth[i];
                    *closed += (gain * before).clamp(0.0, 0.5);
                }
            }
        }
        let values = closed.iter().map(|c| 1.0 - c.min(0.85)).collect();
        Self {
            width,
            height,
            values,
            step,
        }
    }

    pub fn at(&self, x: usize, y: usize) -> f32 {
        let fx = ((x as f32 + 0.5) / self.step as f32 - 0.5).max(0.0);
        let fy = ((y as f32 + 0.5) / self.step as f32 - 0.5).max(0.0);
        let (i, j) = (
            (fx as usize).min(self.width - 1),
            (fy as usize).min(self.height - 1),
        );
        let (i1, j1) = ((i + 1).min(self.width - 1), (j + 1).min(self.height - 1));
        let (u, v) = (fx - i as f32, fy - j as f32);
        let get = |i: usize, j: usize| self.values[j * self.width + i];
        let top = get(i, j) + (get(i1, j) - get(i, j)) * u;
        let bottom = get(i, j1) + (get(i1, j1) - get(i, j1)) * u;
        top + (bottom - top) * v
    }
}

/// Two box blurs each way, which is about a tent.
fn blurred(values: &[f32], width: usize, height: usize, radius: usize) -> Vec<f32> {
    let mut a = values.to_vec();
    for _ in 0..2 {
        a = box_rows(&a, width, height, radius);
    }
    a
}

fn box_rows(values: &[f32], width: usize, height: usize, radius: usize) -> Vec<f32> {
    let pass = |from: &[f32], lines: usize, len: usize, line_step: usize, step: usize| {
        let mut to = vec![0.0; from.len()];
        let scale = 1.0 / (2 * radius + 1) as f32;
        for line in 0..lines {
            let at =
                |i: isize| from[line * line_step + i.clamp(0, len as isize - 1) as usize * step];
            let mut sum: f32 = (-(radius as isize)..=radius as isize).map(at).sum();
            for i in 0..len as isize {
                to[line * line_step + i as usize * step] = sum * scale;
                sum += at(i + radius as isize + 1) - at(i - radius as isize);
            }
        }
        to
    };
    let across = pass(values, height, width, width, 1);
    pass(&across, width, height, 1, width)
}

/// The direction away from a centre.
pub(super) fn outward(at: V3, center: V3) -> V3 {
    unit(sub(at, center))
}
