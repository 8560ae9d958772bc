//! Batch normalisation with the batch's statistics, and ReLU, in as few passes as there can be:
//! one for each statistic and one to write.

use rayon::prelude::*;

use super::lanes::{self, Kernel, Lanes, relu};
use super::planes::build;

/// Sizes of the input.
#[derive(Clone, Copy, Debug)]
pub struct NormShape {
    pub samples: usize,
    pub channels: usize,
    pub plane: usize,
}

impl NormShape {
    fn per_channel(&self) -> f64 {
        (self.samples * self.plane) as f64
    }

    fn sample(&self) -> usize {
        self.channels * self.plane
    }
}

/// Mean, biased variance and 1/√(variance + ε) of each channel.
#[derive(Clone, Debug)]
pub struct Statistics {
    pub mean: Vec<f32>,
    pub variance: Vec<f32>,
    inverse: Vec<f32>,
}

/// Numbers side by side, and how many of them are summed in f32 before f64 takes over.
const LANES: usize = 32;
const STRETCH: usize = 16 * LANES;

/// The planes of channel `c`, one a sample.
fn planes(s: NormShape, x: &[f32], c: usize) -> impl Iterator<Item = &[f32]> {
    x.chunks_exact(s.sample())
        .map(move |sample| &sample[c * s.plane..(c + 1) * s.plane])
}

/// Σ f(values), summed in stretches short enough for f32.
struct Sum<'a, F>(&'a [f32], F);

impl<F: Fn(f32) -> f32> Kernel for Sum<'_, F> {
    type Output = f64;

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) -> f64 {
        let Self(values, f) = self;
        let mut total = 0.0;
        for stretch in values.chunks(STRETCH) {
            let mut lanes = [0.0_f32; LANES];
            let (whole, rest) = stretch.as_chunks::<LANES>();
            for chunk in whole {
                for (lane, v) in lanes.iter_mut().zip(chunk) {
                    *lane += f(*v);
                }
            }
            let rest = rest.iter().map(|v| f(*v)).sum::<f32>();
            total += f64::from(lanes.iter().sum::<f32>() + rest);
        }
        total
    }
}

fn sum(values: &[f32], f: impl Fn(f32) -> f32) -> f64 {
    lanes::run(LANES, Sum(values, f))
}

pub fn statistics(s: NormShape, x: &[f32], epsilon: f64) -> Statistics {
    let each: Vec<(f64, f64)> = (0..s.channels)
        .into_par_iter()
        .map(|c| {
            let total: f64 = planes(s, x, c).map(|p| sum(p, |v| v)).sum();
            let mean = total / s.per_channel();
            let near = mean as f32;
            let squares: f64 = planes(s, x, c)
                .map(|p| sum(p, |v| (v - near) * (v - near)))
                .sum();
            (mean, squares / s.per_channel())
        })
        .collect();
    let inverse = |variance: f64| (1.0 / (variance + epsilon).sqrt()) as f32;
    Statistics {
        mean: each.iter().map(|e| e.0 as f32).collect(),
        variance: each.iter().map(|e| e.1 as f32).collect(),
        inverse: each.iter().map(|e| inverse(e.1)).collect(),
    }
}

/// y = max(0, scale·x + shift) for one channel.
#[derive(Clone, Copy)]
struct Line {
    scale: f32,
    shift: f32,
}

impl Line {
    fn new(stats: &Statistics, gamma: &[f32], beta: &[f32], c: usize) -> Self {
        let scale = gamma[c] * stats.inverse[c];
        Self {
            scale,
            shift: beta[c] - stats.mean[c] * scale,
        }
    }

    #[inline(always)]
    fn at(self, x: f32) -> f32 {
        x * self.scale + self.shift
    }
}

/// max(0, γ·(x − μ)/σ + β)
pub fn forward(
    s: NormShape,
    x: &[f32],
    stats: &Statistics,
    gamma: &[f32],
    beta: &[f32],
) -> Vec<f32> {
    build(x.len(), s.sample(), |n, y| {
        let x = &x[n * s.sample()..];
        let channels = y.chunks_exact_mut(s.plane).zip(x.chunks_exact(s.plane));
        for (c, (y, x)) in channels.enumerate() {
            let line = Line::new(stats, gamma, beta, c);
            lanes::run(LANES, Forward { line, x, y });
        }
    })
}

struct Forward<'a> {
    line: Line,
    x: &'a [f32],
    y: &'a mut [f32],
}

impl Kernel for Forward<'_> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) {
        for (y, x) in self.y.iter_mut().zip(self.x) {
            *y = relu(self.line.at(*x));
        }
    }
}

/// What flows back through [`forward`].
pub struct Gradients {
    pub x: Vec<f32>,
    pub gamma: Vec<f32>,
    pub beta: Vec<f32>,
}

/// With g the gradient of y where y > 0, x̂ = (x − μ)/σ and M numbers a channel:
/// dβ = Σ g, dγ = Σ g·x̂, dx = γ/σ · (g − dβ/M − x̂·dγ/M).
///
/// Whether y > 0 is found from x again, which costs less than reading y.
pub fn gradient(
    s: NormShape,
    x: &[f32],
    dy: &[f32],
    stats: &Statistics,
    gamma: &[f32],
    beta: &[f32],
) -> Gradients {
    let sums: Vec<(f64, f64)> = (0..s.channels)
        .into_par_iter()
        .map(|c| {
            let (line, mean) = (Line::new(stats, gamma, beta, c), stats.mean[c]);
            let (mut level, mut slope) = (0.0, 0.0);
            for (x, dy) in planes(s, x, c).zip(planes(s, dy, c)) {
                let (l, s) = lanes::run(LANES, Sums { line, mean, x, dy });
                level += l;
                slope += s;
            }
            (level, slope * f64::from(stats.inverse[c]))
        })
        .collect();
    let dx = build(x.len(), s.sample(), |n, dx| {
        let own = n * s.sample();
        let inputs = x[own..]
            .chunks_exact(s.plane)
            .zip(dy[own..].chunks_exact(s.plane));
        for (c, (dx, (x, dy))) in dx.chunks_exact_mut(s.plane).zip(inputs).enumerate() {
            let (level, slope) = sums[c];
            let backward = Backward {
                line: Line::new(stats, gamma, beta, c),
                mean: stats.mean[c],
                level: (level / s.per_channel()) as f32,
                slope: (slope / s.per_channel()) as f32 * stats.inverse[c],
                x,
                dy,
                dx,
            };
            lanes::run(LANES, backward);
        }
    });
    Gradients {
        x: dx,
        gamma: sums.iter().map(|s| s.1 as f32).collect(),
        beta: sums.iter().map(|s| s.0 as f32).collect(),
    }
}

/// Σ g and Σ g·(x − μ) over one plane.
struct Sums<'a> {
    line: Line,
    mean: f32,
    x: &'a [f32],
    dy: &'a [f32],
}

impl Sums<'_> {
    #[inline(always)]
    fn terms(&self, x: f32, dy: f32) -> (f32, f32) {
        let g = if self.line.at(x) > 0.0 { dy } else { 0.0 };
        (g, g * (x - self.mean))
    }
}

impl Kernel for Sums<'_> {
    type Output = (f64, f64);

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) -> (f64, f64) {
        let mut total = (0.0, 0.0);
        for (x, dy) in self.x.chunks(STRETCH).zip(self.dy.chunks(STRETCH)) {
            let (mut level, mut slope) = ([0.0_f32; LANES], [0.0_f32; LANES]);
            let (x, x_rest) = x.as_chunks::<LANES>();
            let (dy, dy_rest) = dy.as_chunks::<LANES>();
            for (x, dy) in x.iter().zip(dy) {
                for i in 0..LANES {
                    let (l, s) = self.terms(x[i], dy[i]);
                    level[i] += l;
                    slope[i] += s;
                }
            }
            for (i, (x, dy)) in x_rest.iter().zip(dy_rest).enumerate() {
                let (l, s) = self.terms(*x, *dy);
                level[i] += l;
                slope[i] += s;
            }
            total.0 += f64::from(level.iter().sum::<f32>());
            total.1 += f64::from(slope.iter().sum::<f32>());
        }
        total
    }
}

struct Backward<'a> {
    line: Line,
    mean: f32,
    level: f32,
    slope: f32,
    x: &'a [f32],
    dy: &'a [f32],
    dx: &'a mut [f32],
}

impl Kernel for Backward<'_> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) {
        let Self {
            line,
            mean,
            level,
            slope,
            ..
        } = self;
        for (dx, (x, dy)) in self.dx.iter_mut().zip(self.x.iter().zip(self.dy)) {
            let g = if line.at(*x) > 0.0 { *dy } else { 0.0 };
            *dx = line.scale * (g - level - (*x - mean) * slope);
        }
    }
}
