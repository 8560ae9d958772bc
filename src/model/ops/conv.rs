//! Direct convolution, 3×3 with padding 1 or 1×1, of planes in their own layout.
//!
//! Forward and the input's gradient are one kernel: the latter convolves with the weights turned
//! by 180° and their channels exchanged.

use std::ops::Range;

use rayon::prelude::*;

use super::lanes::{self, Kernel, Lanes};
use super::planes::{Planes, build, with_scratch};

/// Output channels that one pass over the input makes.
const BLOCK: usize = 8;
/// Rows below which a piece of a plane is not worth another thread.
const LEAST_ROWS: usize = 8;

/// The sizes of a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvShape {
    pub samples: usize,
    pub input: usize,
    pub output: usize,
    pub height: usize,
    pub width: usize,
    /// 3 or 1.
    pub kernel: usize,
}

impl ConvShape {
    pub fn plane(&self) -> usize {
        self.height * self.width
    }

    pub fn margin(&self) -> usize {
        self.kernel / 2
    }

    /// Numbers from one row of a padded plane to the next: the zeros after a row are also those
    /// before the next one.
    pub fn stride(&self) -> usize {
        self.width + self.margin()
    }

    /// Zeros before the first row, too.
    fn padded_plane(&self) -> usize {
        self.margin() + (self.height + 2 * self.margin()) * self.stride()
    }

    pub fn taps(&self) -> usize {
        self.kernel * self.kernel
    }
}

/// y = w ∗ x + b, and max(0, ·) of it if `relu`.
pub fn forward(s: ConvShape, x: Planes, weight: &[f32], bias: &[f32], relu: bool) -> Vec<f32> {
    let packed = pack(s, weight, |o, i, tap| (o * s.input + i) * s.taps() + tap);
    convolve(s, x, &packed, Some(bias), relu)
}

/// The gradient of some channels of x from that of y.
pub fn input_gradient(
    s: ConvShape,
    weight: &[f32],
    gradient: Planes,
    channels: Range<usize>,
) -> Vec<f32> {
    let reversed = ConvShape {
        input: s.output,
        output: channels.len(),
        ..s
    };
    let packed = pack(reversed, weight, |o, i, tap| {
        (i * s.input + channels.start + o) * s.taps() + (s.taps() - 1 - tap)
    });
    convolve(reversed, gradient, &packed, None, false)
}

/// Weights in the order the kernel reads them: block of output channels, input channel, tap, then
/// the block's channels side by side; zeros fill the last block.
fn pack(
    s: ConvShape,
    weight: &[f32],
    at: impl Fn(usize, usize, usize) -> usize + Sync,
) -> Vec<f32> {
    let taps = s.taps();
    let block_len = s.input * taps * BLOCK;
    build(
        s.output.div_ceil(BLOCK) * block_len,
        block_len,
        |block, packed| {
            for lane in 0..BLOCK.min(s.output - block * BLOCK) {
                for i in 0..s.input {
                    let to = packed[i * taps * BLOCK..]
                        .iter_mut()
                        .skip(lane)
                        .step_by(BLOCK);
                    for (tap, to) in to.take(taps).enumerate() {
                        *to = weight[at(block * BLOCK + lane, i, tap)];
                    }
                }
            }
        },
    )
}

/// The weights of one block, and what its sums start from.
#[derive(Clone, Copy)]
struct Weights<'a> {
    packed: &'a [f32],
    start: [f32; BLOCK],
    relu: bool,
}

fn convolve(s: ConvShape, x: Planes, packed: &[f32], bias: Option<&[f32]>, relu: bool) -> Vec<f32> {
    let weights = |block: usize| {
        let len = s.input * s.taps() * BLOCK;
        let mut start = [0.0; BLOCK];
        if let Some(bias) = bias {
            let own = &bias[block * BLOCK..(block * BLOCK + BLOCK).min(s.output)];
            start[..own.len()].copy_from_slice(own);
        }
        Weights {
            packed: &packed[block * len..(block + 1) * len],
            start,
            relu,
        }
    };
    if s.samples >= 2 * rayon::current_num_threads() {
        return by_sample(s, x, weights);
    }
    // In a scope, all of it runs on the pool's threads, which are woken once.
    rayon::scope(|_| by_piece(s, x, weights))
}

/// A thread for each sample.
fn by_sample<'a>(
    s: ConvShape,
    x: Planes,
    weights: impl Fn(usize) -> Weights<'a> + Sync,
) -> Vec<f32> {
    let sample_len = s.output * s.plane();
    build(s.samples * sample_len, sample_len, |sample, y| {
        with_scratch(s.input * s.padded_plane(), |padded| {
            let planes = padded.chunks_exact_mut(s.padded_plane());
            for (channel, plane) in planes.enumerate() {
                pad(s, x, sample, channel, plane);
            }
            for (block, out) in y.chunks_mut(BLOCK * s.plane()).enumerate() {
                let mut rows: Vec<&mut [f32]> = out.chunks_mut(s.plane()).collect();
                run(s, padded, weights(block), 0, &mut rows);
            }
        });
    })
}

/// A thread for each block of channels and band of rows: for fewer samples than threads.
fn by_piece<'a>(
    s: ConvShape,
    x: Planes,
    weights: impl Fn(usize) -> Weights<'a> + Sync,
) -> Vec<f32> {
    let mut y = vec![0.0; s.samples * s.output * s.plane()];
    let blocks = s.output.div_ceil(BLOCK);
    let bands = (4 * rayon::current_num_threads()).div_ceil(blocks.max(1));
    let band = s.height.div_ceil(bands).max(LEAST_ROWS);
    for (sample, y) in y.chunks_mut(s.output * s.plane()).enumerate() {
        with_scratch(s.input * s.padded_plane(), |padded| {
            padded
                .par_chunks_exact_mut(s.padded_plane())
                .enumerate()
                .for_each(|(channel, plane)| pad(s, x, sample, channel, plane));
            let padded = &*padded;
            let mut pieces = Vec::new();
            for (block, out) in y.chunks_mut(BLOCK * s.plane()).enumerate() {
                let mut planes: Vec<_> = out
                    .chunks_mut(s.plane())
                    .map(|plane| plane.chunks_mut(band * s.width))
                    .collect();
                for first in (0..s.height).step_by(band) {
                    let rows: Vec<_> = planes.iter_mut().filter_map(Iterator::next).collect();
                    pieces.push((block, first, rows));
                }
            }
            pieces.into_par_iter().for_each(|(block, first, mut rows)| {
                run(s, padded, weights(block), first, &mut rows);
            });
        });
    }
    y
}

/// One plane with a margin of zeros around it.
fn pad(s: ConvShape, x: Planes, sample: usize, channel: usize, to: &mut [f32]) {
    let edge = s.margin() * s.stride();
    let (top, bottom) = (s.margin() + edge, to.len() - edge);
    to[..top].fill(0.0);
    to[bottom..].fill(0.0);
    x.copy_rows(
        (sample, channel),
        0,
        s.width,
        s.margin(),
        &mut to[top..bottom],
    );
}

/// The rows from `first` on of one block's planes of one sample: `rows` has up to [`BLOCK`]
/// slices, all of the same number of rows.
fn run(s: ConvShape, padded: &[f32], weights: Weights, first: usize, rows: &mut [&mut [f32]]) {
    let Some(len) = rows.first().map(|r| r.len()) else {
        return;
    };
    assert!(rows.len() <= BLOCK && rows.iter().all(|r| r.len() == len));
    assert!(len.is_multiple_of(s.width) && first + len / s.width <= s.height);
    assert_eq!(padded.len(), s.input * s.padded_plane());
    assert_eq!(weights.packed.len(), s.input * s.taps() * BLOCK);
    let tiles = Tiles {
        s,
        padded,
        weights,
        first,
        len,
        rows,
    };
    lanes::run(s.width, tiles);
}

/// What [`run`] has checked.
struct Tiles<'a, 'b> {
    s: ConvShape,
    padded: &'a [f32],
    weights: Weights<'a>,
    first: usize,
    /// Numbers in each slice of `rows`.
    len: usize,
    rows: &'a mut [&'b mut [f32]],
}

impl Kernel for Tiles<'_, '_> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<L: Lanes>(mut self) {
        // The sums of a tile, and what is multiplied, just fill the registers.
        // SAFETY: the lengths were asserted, and the kernel is of the size that is named.
        unsafe {
            match (L::MANY, self.s.kernel) {
                (true, 3) => self.all::<L, 8, 2, 3>(),
                (true, _) => self.all::<L, 8, 2, 1>(),
                (false, 3) => self.all::<L, 4, 3, 3>(),
                (false, _) => self.all::<L, 4, 3, 1>(),
            }
        }
    }
}

impl Tiles<'_, '_> {
    /// # Safety
    /// The processor has `L`, `L::N` divides the width, `K` is the kernel's size, and the lengths
    /// are those asserted in [`run`].
    #[inline(always)]
    unsafe fn all<L: Lanes, const O: usize, const T: usize, const K: usize>(&mut self) {
        let vectors = self.len / L::N;
        for part in (0..self.rows.len()).step_by(O) {
            let mut at = 0;
            while at + T <= vectors {
                // SAFETY: `O` divides the planes of a block, and `T` vectors are left.
                unsafe { self.tile::<L, O, T, K>(part, at) };
                at += T;
            }
            while at < vectors {
                // SAFETY: as above, and one vector is left.
                unsafe { self.tile::<L, O, 1, K>(part, at) };
                at += 1;
            }
        }
    }

    /// `T` vectors of `O` planes, from plane `part` of the block and vector `at` on.
    ///
    /// # Safety
    /// As for [`Tiles::all`]; `part + O` is at most [`BLOCK`], and `at + T` vectors are there.
    #[inline(always)]
    unsafe fn tile<L: Lanes, const O: usize, const T: usize, const K: usize>(
        &mut self,
        part: usize,
        at: usize,
    ) {
        let s = self.s;
        let per_row = s.width / L::N;
        let stride = s.width + K / 2;
        let plane = (s.height + K - 1) * stride + K / 2;
        let mut from = [self.padded.as_ptr(); T];
        for (t, from) in from.iter_mut().enumerate() {
            let (y, x) = ((at + t) / per_row, (at + t) % per_row * L::N);
            // SAFETY: the tap (0, 0) of that row, which the margin makes part of the plane.
            *from = unsafe { from.add((self.first + y) * stride + x) };
        }
        let start = &self.weights.start[part..part + O];
        // SAFETY: here and below, the processor has `L`.
        let mut sums = [[unsafe { L::splat(0.0) }; T]; O];
        for (sum, value) in sums.iter_mut().zip(start) {
            // SAFETY: the processor has `L`.
            *sum = [unsafe { L::splat(*value) }; T];
        }
        // SAFETY: `part` is below the weights of the first tap.
        let mut weight = unsafe { self.weights.packed.as_ptr().add(part) };
        for _ in 0..s.input {
            for ky in 0..K {
                for kx in 0..K {
                    let mut values = [sums[0][0]; T];
                    for (value, from) in values.iter_mut().zip(from) {
                        // SAFETY: rows y..y+K and columns x..x+N+K−1 are in the padded plane.
                        *value = unsafe { L::load(from.add(ky * stride + kx)) };
                    }
                    for (o, sum) in sums.iter_mut().enumerate() {
                        // SAFETY: BLOCK weights for each channel and tap.
                        let w = unsafe { L::splat(*weight.add(o)) };
                        for (sum, value) in sum.iter_mut().zip(values) {
                            // SAFETY: the processor has `L`.
                            *sum = unsafe { L::fma(value, w, *sum) };
                        }
                    }
                    // `wrapping`: after the last channel, these point beyond and are not read.
                    weight = weight.wrapping_add(BLOCK);
                }
            }
            from = from.map(|f| f.wrapping_add(plane));
        }
        for (row, sum) in self.rows[part..].iter_mut().zip(sums) {
            for (t, v) in sum.into_iter().enumerate() {
                let to = &mut row[(at + t) * L::N..(at + t + 1) * L::N];
                let v = if self.weights.relu {
                    // SAFETY: the processor has `L`.
                    unsafe { L::relu(v) }
                } else {
                    v
                };
                // SAFETY: `to` is `L::N` numbers.
                unsafe { L::store(to.as_mut_ptr(), v) };
            }
        }
    }
}
