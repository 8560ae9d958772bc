//! How open to the sky each visible place is: what lies deep among things that stand before it, as
//! eye sockets and the neck do, gets less light from all around.

use super::raster::Frame;

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
