//! Pearson's correlation of every channel of one map with every channel of another, over faces and
//! places, from sums that are added up face by face.

use rayon::prelude::*;

pub struct Correlations {
    channels: [usize; 2],
    values: f64,
    first: Moments,
    second: Moments,
    /// Sums of products, a row for each channel of the first.
    products: Vec<f64>,
}

/// Sums of each channel's values and of their squares.
struct Moments {
    sums: Vec<f64>,
    squares: Vec<f64>,
}

impl Moments {
    fn new(channels: usize) -> Self {
        Self {
            sums: vec![0.0; channels],
            squares: vec![0.0; channels],
        }
    }

    fn add(&mut self, map: &[f32], plane: usize) {
        for (channel, values) in map.chunks_exact(plane).enumerate() {
            self.sums[channel] += values.iter().map(|v| f64::from(*v)).sum::<f64>();
            self.squares[channel] += dot(values, values);
        }
    }

    /// n² times the variance of n values.
    fn spread(&self, channel: usize, n: f64) -> f64 {
        let (sum, squares) = (self.sums[channel], self.squares[channel]);
        let spread = n * squares - sum * sum;
        // Equal values leave what rounding makes of them.
        if spread > 1e-12 * n * squares {
            spread
        } else {
            0.0
        }
    }
}

impl Correlations {
    /// For so many channels of the first and of the second.
    pub fn new(channels: [usize; 2]) -> Self {
        Self {
            channels,
            values: 0.0,
            first: Moments::new(channels[0]),
            second: Moments::new(channels[1]),
            products: vec![0.0; channels[0] * channels[1]],
        }
    }

    pub fn channels(&self) -> [usize; 2] {
        self.channels
    }

    /// Adds both maps of a face, channel by channel.
    pub fn add(&mut self, first: &[f32], second: &[f32]) {
        let plane = first.len() / self.channels[0].max(1);
        if plane == 0 || self.channels[1] == 0 {
            return;
        }
        self.values += plane as f64;
        self.first.add(first, plane);
        self.second.add(second, plane);
        let rows = self.products.par_chunks_mut(self.channels[1]);
        rows.zip(first.par_chunks_exact(plane))
            .for_each(|(row, a)| {
                for (sum, b) in row.iter_mut().zip(second.chunks_exact(plane)) {
                    *sum += dot(a, b);
                }
            });
    }

    /// Of a channel of the first with one of the second, −1 to 1; `None` where one of them never
    /// varies.
    pub fn of(&self, first: usize, second: usize) -> Option<f64> {
        let n = self.values;
        let product = self.products[first * self.channels[1] + second];
        let joint = n * product - self.first.sums[first] * self.second.sums[second];
        let size = (self.first.spread(first, n) * self.second.spread(second, n)).sqrt();
        (size > 0.0 && joint.is_finite()).then(|| (joint / size).clamp(-1.0, 1.0))
    }
}

/// In double precision, eight sums at once for the processor to add side by side.
fn dot(a: &[f32], b: &[f32]) -> f64 {
    const LANES: usize = 8;
    let mut sums = [0.0_f64; LANES];
    let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest = a.remainder().iter().zip(b.remainder());
    let rest: f64 = rest.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
    for (a, b) in a.zip(b) {
        for lane in 0..LANES {
            sums[lane] += f64::from(a[lane]) * f64::from(b[lane]);
        }
    }
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing::noise;

    #[test]
    fn correlations_are_those_of_all_values_together() {
        // Two faces of two channels with seven values each.
        let (a, b) = (noise(28, 1), noise(28, 2));
        let mut sums = Correlations::new([2; 2]);
        for face in 0..2 {
            sums.add(
                &a[14 * face..14 * (face + 1)],
                &b[14 * face..14 * (face + 1)],
            );
        }
        let of = |all: &[f32], channel: usize| -> Vec<f64> {
            let own = |face: usize| &all[14 * face + 7 * channel..14 * face + 7 * (channel + 1)];
            [own(0), own(1)]
                .concat()
                .iter()
                .map(|v| f64::from(*v))
                .collect()
        };
        for i in 0..2 {
            for j in 0..2 {
                let (x, y) = (of(&a, i), of(&b, j));
                let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
                let (mx, my) = (mean(&x), mean(&y));
                let sum = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
                    x.iter().zip(&y).map(|(x, y)| f(x - mx, y - my)).sum()
                };
                let direct = sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt();
                let ours = sums.of(i, j).unwrap();
                assert!((ours - direct).abs() < 1e-9, "{ours} {direct}");
            }
        }
    }

    #[test]
    fn what_never_varies_has_no_correlation() {
        let mut sums = Correlations::new([2; 2]);
        let varying = noise(9, 3);
        let map = [&varying[..], &[0.3; 9]].concat();
        sums.add(&map, &map);
        assert!((sums.of(0, 0).unwrap() - 1.0).abs() < 1e-12);
        assert_eq!(
            (sums.of(0, 1), sums.of(1, 0), sums.of(1, 1)),
            (None, None, None)
        );
    }
}
