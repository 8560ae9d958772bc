//! Batch normalisation with the batch's statistics, and ReLU, in as few passes as there can be:
//! one for each statistic and one to write.

use rayon::prelude::*;

/// Sizes of the input.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub samples: usize,
    pub channels: usize,
    pub plane: usize,
}

impl Shape {
    fn per_channel(&self) -> f64 {
        (self.samples * self.plane) as f64
    }
}

/// Mean and 1/√(variance + ε) of each channel.
#[derive(Clone, Debug)]
pub struct Statistics {
    pub mean: Vec<f32>,
    pub variance: Vec<f32>,
    pub inverse: Vec<f32>,
}

/// The planes of channel `c`, one a sample.
fn planes(s: Shape, x: &[f32], c: usize) -> impl Iterator<Item = &[f32]> {
    x.chunks_exact(s.channels * s.plane)
        .map(move |sample| &sample[c * s.plane..(c + 1) * s.plane])
}

/// Sums in stretches short enough for f32, then in f64.
fn sum(values: &[f32], f: impl Fn(f32) -> f32) -> f64 {
    values
        .chunks(256)
        .map(|stretch| {
            let mut lanes = [0.0_f32; 16];
            let (whole, rest) = stretch.as_chunks::<16>();
            for chunk in whole {
                for (lane, v) in lanes.iter_mut().zip(chunk) {
                    *lane += f(*v);
                }
            }
            f64::from(lanes.iter().sum::<f32>() + rest.iter().map(|v| f(*v)).sum::<f32>())
        })
        .sum()
}

pub fn statistics(s: Shape, x: &[f32], epsilon: f64) -> Statistics {
    let each: Vec<(f32, f32, f32)> = (0..s.channels)
        .into_par_iter()
        .map(|c| {
            let total: f64 = planes(s, x, c).map(|p| sum(p, |v| v)).sum();
            let mean = (total / s.per_channel()) as f32;
            let squares: f64 = planes(s, x, c)
                .map(|p| sum(p, |v| (v - mean) * (v - mean)))
                .sum();
            let variance = squares / s.per_channel();
            (
                mean,
                variance as f32,
                (1.0 / (variance + epsilon).sqrt()) as f32,
            )
        })
        .collect();
    Statistics {
        mean: each.iter().map(|e| e.0).collect(),
        variance: each.iter().map(|e| e.1).collect(),
        inverse: each.iter().map(|e| e.2).collect(),
    }
}

/// max(0, γ·(x − μ)/σ + β)
pub fn forward(s: Shape, x: &[f32], stats: &Statistics, gamma: &[f32], beta: &[f32]) -> Vec<f32> {
    let mut y = vec![0.0; x.len()];
    y.par_chunks_mut(s.channels * s.plane)
        .zip(x.par_chunks(s.channels * s.plane))
        .for_each(|(y, x)| {
            let channels = y.chunks_exact_mut(s.plane).zip(x.chunks_exact(s.plane));
            for (c, (y, x)) in channels.enumerate() {
                let scale = gamma[c] * stats.inverse[c];
                let shift = beta[c] - stats.mean[c] * scale;
                for (y, x) in y.iter_mut().zip(x) {
                    *y = (x * scale + shift).max(0.0);
                }
            }
        });
    y
}

/// What flows back through [`forward`].
pub struct Gradients {
    pub x: Vec<f32>,
    pub gamma: Vec<f32>,
    pub beta: Vec<f32>,
}

/// With g the gradient of y where y > 0, x̂ = (x − μ)/σ and M numbers a channel:
/// dβ = Σ g, dγ = Σ g·x̂, dx = γ/σ · (g − dβ/M − x̂·dγ/M).
pub fn gradient(
    s: Shape,
    x: &[f32],
    y: &[f32],
    dy: &[f32],
    stats: &Statistics,
    gamma: &[f32],
) -> Gradients {
    let sums: Vec<(f64, f64)> = (0..s.channels)
        .into_par_iter()
        .map(|c| {
            let (mean, inverse) = (stats.mean[c], stats.inverse[c]);
            let (mut beta, mut gamma) = (0.0, 0.0);
            let all = planes(s, x, c).zip(planes(s, y, c)).zip(planes(s, dy, c));
            for ((x, y), dy) in all {
                let (b, g) = sum_products(x, y, dy, mean);
                beta += b;
                gamma += g * f64::from(inverse);
            }
            (beta, gamma)
        })
        .collect();
    let mut dx = vec![0.0; x.len()];
    let sample = s.channels * s.plane;
    dx.par_chunks_mut(sample)
        .zip(x.par_chunks(sample))
        .zip(y.par_chunks(sample))
        .zip(dy.par_chunks(sample))
        .for_each(|(((dx, x), y), dy)| {
            for c in 0..s.channels {
                let own = c * s.plane..(c + 1) * s.plane;
                let (beta, gamma_sum) = sums[c];
                let (mean, inverse) = (stats.mean[c], stats.inverse[c]);
                let scale = gamma[c] * inverse;
                let level = (beta / s.per_channel()) as f32;
                let slope = (gamma_sum / s.per_channel()) as f32 * inverse;
                let inputs = x[own.clone()]
                    .iter()
                    .zip(&y[own.clone()])
                    .zip(&dy[own.clone()]);
                for (dx, ((x, y), dy)) in dx[own].iter_mut().zip(inputs) {
                    let g = if *y > 0.0 { *dy } else { 0.0 };
                    *dx = scale * (g - level - (x - mean) * slope);
                }
            }
        });
    Gradients {
        x: dx,
        gamma: sums.iter().map(|s| s.1 as f32).collect(),
        beta: sums.iter().map(|s| s.0 as f32).collect(),
    }
}

/// Σ g and Σ g·(x − μ) over one plane.
fn sum_products(x: &[f32], y: &[f32], dy: &[f32], mean: f32) -> (f64, f64) {
    let (mut beta, mut gamma) = (0.0, 0.0);
    let stretches = x.chunks(256).zip(y.chunks(256)).zip(dy.chunks(256));
    for ((x, y), dy) in stretches {
        let (mut b, mut g) = ([0.0_f32; 16], [0.0_f32; 16]);
        let lanes = x.chunks(16).zip(y.chunks(16)).zip(dy.chunks(16));
        for ((x, y), dy) in lanes {
            for (i, ((x, y), dy)) in x.iter().zip(y).zip(dy).enumerate() {
                let masked = if *y > 0.0 { *dy } else { 0.0 };
                b[i] += masked;
                g[i] += masked * (x - mean);
            }
        }
        beta += f64::from(b.iter().sum::<f32>());
        gamma += f64::from(g.iter().sum::<f32>());
    }
    (beta, gamma)
}
