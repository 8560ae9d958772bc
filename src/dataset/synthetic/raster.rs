//! Triangles and strands to pixels: a depth buffer that remembers what is nearest at each of the
//! 2×2 places within a pixel. What it looks like is decided afterwards, once for what is seen.

use super::math::{V3, add, cross, scale, sub, unit};

/// Places along each side of a pixel.
pub(super) const PLACES: usize = 2;

/// Nothing but the background.
pub(super) const NOTHING: u32 = u32::MAX;
/// Identities from here on are strand pieces.
pub(super) const STRANDS: u32 = 1 << 31;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Vertex {
    /// In the scene.
    pub at: V3,
    pub normal: V3,
    /// Where on the unmoved, plain head this is: what is drawn on it goes by that.
    pub rest: [f32; 2],
    pub albedo: V3,
    pub gloss: f32,
}

/// What a surface is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Material {
    /// The face, with eyes and a mouth on it.
    Face,
    Skin,
    /// The trunk: skin or cloth by where it is.
    Trunk,
    Cloth,
    Metal,
}

/// A sheet of rows × columns vertices.
pub(super) struct Mesh {
    pub stuff: Material,
    pub columns: usize,
    pub vertices: Vec<Vertex>,
}

impl Mesh {
    /// A sheet from `make(row, column)`, both 0 to 1, with its normals.
    pub fn sheet(
        stuff: Material,
        rows: usize,
        columns: usize,
        mut make: impl FnMut(f32, f32) -> Vertex,
    ) -> Self {
        let mut vertices = Vec::with_capacity(rows * columns);
        for i in 0..rows {
            let v = i as f32 / (rows - 1) as f32;
            for j in 0..columns {
                vertices.push(make(v, j as f32 / (columns - 1) as f32));
            }
        }
        let mut mesh = Self {
            stuff,
            columns,
            vertices,
        };
        mesh.find_normals();
        mesh
    }

    pub fn rows(&self) -> usize {
        self.vertices.len() / self.columns
    }

    /// From neighbours; rows go down and columns to the right of what is seen from outside.
    pub fn find_normals(&mut self) {
        let (rows, columns) = (self.rows(), self.columns);
        for i in 0..rows {
            for j in 0..columns {
                let at = |i: usize, j: usize| self.vertices[i * columns + j].at;
                let down = sub(at((i + 1).min(rows - 1), j), at(i.saturating_sub(1), j));
                let right = sub(at(i, (j + 1).min(columns - 1)), at(i, j.saturating_sub(1)));
                self.vertices[i * columns + j].normal = unit(cross(right, down));
            }
        }
    }

    /// The vertices of triangle `n`.
    pub fn triangle(&self, n: usize) -> [usize; 3] {
        let (quad, second) = (n / 2, n % 2 == 1);
        let across = self.columns - 1;
        let corner = quad / across * self.columns + quad % across;
        let below = corner + self.columns;
        if second {
            [corner + 1, below, below + 1]
        } else {
            [corner, below, corner + 1]
        }
    }

    pub fn triangles(&self) -> usize {
        2 * (self.columns - 1) * (self.rows() - 1)
    }
}

/// A hair: positions along it, and how thick it is at its root.
#[derive(Clone, Copy, Debug)]
pub(super) struct Strand {
    /// Its first position and how many there are.
    pub start: usize,
    pub len: usize,
    pub width: f32,
    pub colour: V3,
    /// 0 deep under others to 1 outermost.
    pub layer: f32,
}

#[derive(Default)]
pub(super) struct Strands {
    pub positions: Vec<V3>,
    pub all: Vec<Strand>,
}

impl Strands {
    pub fn push(&mut self, positions: &[V3], width: f32, colour: V3, layer: f32) {
        let start = self.positions.len();
        self.positions.extend_from_slice(positions);
        self.all.push(Strand {
            start,
            len: positions.len(),
            width,
            colour,
            layer,
        });
    }

    pub fn positions(&self, strand: &Strand) -> &[V3] {
        &self.positions[strand.start..strand.start + strand.len]
    }
}

/// How the scene is seen.
#[derive(Clone, Copy)]
pub(super) struct Camera {
    /// Units from the origin; nearer things are larger.
    pub distance: f32,
    /// Buffer places a unit.
    pub unit: f32,
    pub center: [f32; 2],
    pub axes: [V3; 3],
}

impl Camera {
    /// Column, row and depth (larger is nearer).
    pub fn project(&self, v: V3) -> V3 {
        let [x, y, z] = self.axes.map(|axis| super::math::dot(axis, v));
        let s = self.unit * self.distance / (self.distance - z);
        [self.center[0] + s * x, self.center[1] + s * y, z]
    }
}

pub(super) struct Frame {
    pub width: usize,
    pub height: usize,
    pub depth: Vec<f32>,
    pub id: Vec<u32>,
}

impl Frame {
    pub fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            depth: vec![-1e9; width * height],
            id: vec![NOTHING; width * height],
        }
    }

    /// Draws a mesh whose triangles are numbered from `first`.
    pub fn mesh(&mut self, mesh: &Mesh, camera: &Camera, first: u32) {
        let seen: Vec<V3> = mesh.vertices.iter().map(|v| camera.project(v.at)).collect();
        for n in 0..mesh.triangles() {
            let corners = mesh.triangle(n).map(|i| seen[i]);
            self.triangle(corners, first + n as u32);
        }
    }

    fn triangle(&mut self, [a, b, c]: [V3; 3], id: u32) {
        let area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
        if area == 0.0 {
            return;
        }
        let low = |i: usize, end: usize| {
            let v = (a[i].min(b[i]).min(c[i]) - 0.5).ceil().max(0.0) as usize;
            v.min(end)
        };
        let high = |i: usize, end: usize| {
            let v = (a[i].max(b[i]).max(c[i]) - 0.5).floor() + 1.0;
            (v.max(0.0) as usize).min(end)
        };
        let (x0, x1) = (low(0, self.width), high(0, self.width));
        let (y0, y1) = (low(1, self.height), high(1, self.height));
        let by_area = 1.0 / area;
        for y in y0..y1 {
            let py = y as f32 + 0.5;
            for x in x0..x1 {
                let px = x as f32 + 0.5;
                let u = ((b[0] - px) * (c[1] - py) - (b[1] - py) * (c[0] - px)) * by_area;
                let v = ((c[0] - px) * (a[1] - py) - (c[1] - py) * (a[0] - px)) * by_area;
                let w = 1.0 - u - v;
                if u < 0.0 || v < 0.0 || w < 0.0 {
                    continue;
                }
                let z = u * a[2] + v * b[2] + w * c[2];
                let at = y * self.width + x;
                if z > self.depth[at] {
                    self.depth[at] = z;
                    self.id[at] = id;
                }
            }
        }
    }

    /// Draws a piece of a strand between two seen places, `width` places thick.
    pub fn piece(&mut self, a: V3, b: V3, width: [f32; 2], id: u32) {
        let d = sub(b, a);
        let upright = d[1].abs() > d[0].abs();
        let (main, side) = if upright { (1, 0) } else { (0, 1) };
        let (a, b) = if d[main] < 0.0 { (b, a) } else { (a, b) };
        let d = sub(b, a);
        let end = if upright { self.height } else { self.width };
        let across = if upright { self.width } else { self.height };
        let from = (a[main] - 0.5).ceil().max(0.0) as usize;
        let to = (((b[main] - 0.5).floor() + 1.0).max(0.0) as usize).min(end);
        // Thick as seen across the line, not along an axis.
        let slant = (1.0 + (d[side] / d[main].max(1e-6)) * (d[side] / d[main].max(1e-6))).sqrt();
        let by_length = 1.0 / d[main].max(1e-6);
        for step in from..to {
            let t = (step as f32 + 0.5 - a[main]) * by_length;
            let p = add(a, scale(d, t));
            let half = 0.5 * slant.min(2.0) * (width[0] + (width[1] - width[0]) * t).max(1.0);
            let low = (p[side] - half + 0.5).floor().max(0.0) as usize;
            let high = ((p[side] + half + 0.5).floor().max(0.0) as usize).min(across);
            for other in low..high {
                let at = if upright {
                    step * self.width + other
                } else {
                    other * self.width + step
                };
                if p[2] > self.depth[at] {
                    self.depth[at] = p[2];
                    self.id[at] = id;
                }
            }
        }
    }
}
