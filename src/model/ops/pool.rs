//! 2×2 max pooling. The gradient goes to the first of equal maxima, as PyTorch does it.

use rayon::prelude::*;

/// Sizes of the input; both sides even.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub height: usize,
    pub width: usize,
}

impl Shape {
    fn plane(&self) -> usize {
        self.height * self.width
    }
}

/// Planes handed to a thread at once.
const PLANES: usize = 8;

pub fn forward(s: Shape, x: &[f32]) -> Vec<f32> {
    let mut y = vec![0.0; x.len() / 4];
    y.par_chunks_mut(PLANES * s.plane() / 4)
        .zip(x.par_chunks(PLANES * s.plane()))
        .for_each(|(y, x)| {
            for (out, pair) in y.chunks_mut(s.width / 2).zip(x.chunks(2 * s.width)) {
                let (upper, lower) = pair.split_at(s.width);
                let cells = upper.chunks_exact(2).zip(lower.chunks_exact(2));
                for (out, (a, b)) in out.iter_mut().zip(cells) {
                    *out = a[0].max(a[1]).max(b[0].max(b[1]));
                }
            }
        });
    y
}

pub fn gradient(s: Shape, x: &[f32], y: &[f32], dy: &[f32]) -> Vec<f32> {
    let mut dx = vec![0.0; x.len()];
    dx.par_chunks_mut(PLANES * s.plane())
        .zip(x.par_chunks(PLANES * s.plane()))
        .zip(y.par_chunks(PLANES * s.plane() / 4))
        .zip(dy.par_chunks(PLANES * s.plane() / 4))
        .for_each(|(((dx, x), y), dy)| {
            let rows = dx.chunks_mut(2 * s.width).zip(x.chunks(2 * s.width));
            let pooled = y.chunks(s.width / 2).zip(dy.chunks(s.width / 2));
            for ((dx, x), (y, dy)) in rows.zip(pooled) {
                let (upper, lower) = dx.split_at_mut(s.width);
                for (cell, (y, dy)) in y.iter().zip(dy).enumerate() {
                    let left = 2 * cell;
                    let values = [
                        x[left],
                        x[left + 1],
                        x[s.width + left],
                        x[s.width + left + 1],
                    ];
                    let first = values.iter().position(|v| v == y).unwrap_or(0);
                    upper[left] = if first == 0 { *dy } else { 0.0 };
                    upper[left + 1] = if first == 1 { *dy } else { 0.0 };
                    lower[left] = if first == 2 { *dy } else { 0.0 };
                    lower[left + 1] = if first == 3 { *dy } else { 0.0 };
                }
            }
        });
    dx
}
