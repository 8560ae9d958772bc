//! Light: a key light that throws soft shadows, sky and ground, and a rim from behind. Skin lets
//! red light through, hair shines along its strands.

use super::appearance::{Appearance, Light};
use super::math::{V3, add, cross, dot, power, scale, smooth, sub, times, unit};
use super::raster::{Camera, Frame, Material, Mesh, Strands};

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
    pub stuff: Material,
    /// Of the sky, how much is open, 0 to 1.
    pub open: f32,
}

impl Lighting {
    pub fn new(look: &Appearance, meshes: &[Mesh], strands: &Strands) -> Self {
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
        let skin = matches!(spot.stuff, Material::Face | Material::Skin);
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
        let metal = spot.stuff == Material::Metal;
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

/// The direction away from a centre.
pub(super) fn outward(at: V3, center: V3) -> V3 {
    unit(sub(at, center))
}
