//! The head: rings from the crown to under the chin, on which the features stand out.

use super::appearance::Appearance;
use super::face_shape;
use super::math::{Turn, V3, add, lerp, sin_cos, spline, sub};
use super::raster::{Material, Mesh, Vertex};
use super::skin;

/// About what the head turns.
const PIVOT: V3 = [0.0, 0.4, -0.35];

/// Half way round to the back, in radians from the front.
const REACH: f32 = 2.5;

/// Front y, front z, side x, side y, side z, back z of each key ring.
const RINGS: [[f32; 6]; 17] = [
    [-1.66, -0.15, 0.02, -1.66, -0.15, -0.2],
    [-1.58, 0.24, 0.37, -1.58, -0.15, -0.62],
    [-1.4, 0.62, 0.65, -1.39, -0.16, -1.02],
    [-1.14, 0.94, 0.87, -1.14, -0.17, -1.28],
    [-0.82, 1.12, 1.0, -0.83, -0.17, -1.4],
    [-0.47, 1.19, 1.03, -0.5, -0.14, -1.42],
    [-0.17, 1.21, 1.0, -0.22, -0.08, -1.4],
    [0.1, 1.14, 0.98, 0.03, -0.02, -1.34],
    [0.4, 1.14, 0.975, 0.26, 0.02, -1.2],
    [0.72, 1.16, 0.95, 0.5, 0.02, -1.08],
    [1.0, 1.15, 0.91, 0.72, 0.02, -1.0],
    [1.25, 1.09, 0.86, 0.92, 0.02, -0.9],
    [1.46, 1.08, 0.79, 1.08, 0.02, -0.8],
    [1.6, 0.98, 0.7, 1.18, 0.02, -0.8],
    [1.66, 0.8, 0.6, 1.26, 0.0, -0.8],
    [1.65, 0.55, 0.52, 1.36, 0.0, -0.8],
    [1.6, 0.35, 0.46, 1.5, 0.0, -0.8],
];

/// The head of a look, and where things are on it.
pub(super) struct Head {
    pub mesh: Mesh,
    turn: Turn,
}

pub(super) fn turn(look: &Appearance) -> Turn {
    Turn::new(look.pose.yaw, look.pose.pitch, look.pose.roll)
}

/// From the head's own coordinates into the scene.
pub(super) fn place(turn: &Turn, v: V3) -> V3 {
    add(turn.apply(sub(v, PIVOT)), PIVOT)
}

impl Head {
    /// `detail` scales the number of vertices: 1 suits a picture 384 pixels wide.
    pub fn new(look: &Appearance, detail: f32) -> Self {
        let turn = turn(look);
        let rows = (230.0 * detail) as usize;
        let columns = 2 * (90.0 * detail) as usize + 1;
        let mesh = Mesh::sheet(Material::Face, rows, columns, |v, u| {
            // Denser towards the nose.
            let s = 2.0 * u - 1.0;
            let angle = REACH * s * (0.6 + 0.4 * s * s);
            let base = ring(look, v * (RINGS.len() - 1) as f32, angle);
            let (moved, relief) = face_shape::shape(look, base, angle);
            let (albedo, gloss) = skin::paint(look, base, angle, relief);
            Vertex {
                at: place(&turn, moved),
                normal: [0.0; 3],
                rest: if angle.abs() < 1.75 {
                    [base[0], base[1]]
                } else {
                    [9.0 * s, base[1]]
                },
                albedo,
                gloss,
            }
        });
        Self { mesh, turn }
    }

    pub fn turn(&self) -> &Turn {
        &self.turn
    }

    /// The vertex that a place on the plain head has become, on the front half.
    pub fn find(&self, rest: [f32; 2]) -> Vertex {
        let (rows, columns) = (self.mesh.rows(), self.mesh.columns);
        let at = |i: usize, j: usize| &self.mesh.vertices[i * columns + j];
        let front = (columns as f32 * 0.14) as usize..(columns as f32 * 0.86) as usize;
        let (mut i, mut j) = (rows / 2, columns / 2);
        for _ in 0..4 {
            // Rings may curl back under the chin: search above that.
            let mut low = 0;
            let mut high = rows * 13 / 16;
            while high - low > 1 {
                let middle = (low + high) / 2;
                if at(middle, j).rest[1] <= rest[1] {
                    low = middle
                } else {
                    high = middle
                }
            }
            i = low;
            let (mut low, mut high) = (front.start, front.end);
            while high - low > 1 {
                let middle = (low + high) / 2;
                if at(i, middle).rest[0] <= rest[0] {
                    low = middle
                } else {
                    high = middle
                }
            }
            j = low;
        }
        let (a, b, c) = (at(i, j), at(i, j + 1), at(i + 1, j));
        let u = ((rest[0] - a.rest[0]) / (b.rest[0] - a.rest[0]).max(1e-6)).clamp(-1.0, 2.0);
        let v = ((rest[1] - a.rest[1]) / (c.rest[1] - a.rest[1]).max(1e-6)).clamp(-1.0, 2.0);
        let between = |get: fn(&Vertex) -> V3| {
            let (a, b, c) = (get(a), get(b), get(c));
            [0, 1, 2].map(|k| a[k] + u * (b[k] - a[k]) + v * (c[k] - a[k]))
        };
        Vertex {
            at: between(|v| v.at),
            normal: between(|v| v.normal),
            rest,
            ..*a
        }
    }
}

/// Where a place on the front of the plain head has gone in the scene. Unlike [`Head::find`] it
/// needs no mesh, and so is the same whatever the size of the picture.
pub(super) fn surface(look: &Appearance, rest: [f32; 2]) -> V3 {
    const STEPS: usize = 24;
    // The ring and the angle at which the plain head has these coordinates.
    let (mut t, mut angle) = (8.0, 0.0);
    for _ in 0..6 {
        let (mut low, mut high) = (1.0, 13.0);
        for _ in 0..STEPS {
            t = 0.5 * (low + high);
            if ring(look, t, angle)[1] <= rest[1] {
                low = t
            } else {
                high = t
            }
        }
        let (mut low, mut high) = (-1.5, 1.5);
        for _ in 0..STEPS {
            angle = 0.5 * (low + high);
            if ring(look, t, angle)[0] <= rest[0] {
                low = angle
            } else {
                high = angle
            }
        }
    }
    let (moved, _) = face_shape::shape(look, ring(look, t, angle), angle);
    place(&turn(look), moved)
}

/// A place on the plain head: ring `t`, at `angle` from the front.
fn ring(look: &Appearance, t: f32, angle: f32) -> V3 {
    let [front_y, front_z, side_x, side_y, side_z, back_z] = spline(&RINGS, t);
    let (sin, cos) = sin_cos(angle);
    let depth = if cos > 0.0 {
        front_z - side_z
    } else {
        side_z - back_z
    };
    // Faces are flatter in front than an ellipse.
    let low = super::math::smooth(0.4, 1.5, front_y);
    let flat = 1.0 + lerp(0.13, -0.06, low) * cos.max(0.0) * cos.abs();
    let ahead = cos.max(0.0);
    let y = lerp(side_y, front_y, ahead * lerp(1.0, 0.35 + 0.65 * ahead, low));
    let form = &look.form;
    let jaw = super::math::smooth(0.3, 1.2, y);
    let width = form.face_width + form.jaw * jaw;
    [side_x * width * sin * flat, y, side_z + depth * cos]
}
