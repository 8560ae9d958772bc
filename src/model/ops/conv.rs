//! Direct convolution, 3×3 with padding 1 or 1×1, of planes in their own layout.
//!
//! Forward and the input's gradient are one kernel: the latter convolves with the weights turned
//! by 180° and their channels exchanged. The weights' gradient sums products of rows.

use rayon::prelude::*;

#[cfg(target_arch = "x86_64")]
use super::lanes::{Avx2, Avx512};
use super::lanes::{Lanes, Plain, Set};

/// Output channels that one pass over the input makes.
const OUT_BLOCK: usize = 8;
/// Pieces into which the samples of a batch are cut where partial sums are kept.
const SUM_PIECES: usize = 8;

/// The sizes of a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    pub samples: usize,
    pub input: usize,
    pub output: usize,
    pub height: usize,
    pub width: usize,
    /// 3 or 1.
    pub kernel: usize,
}

impl Shape {
    fn plane(&self) -> usize {
        self.height * self.width
    }

    fn margin(&self) -> usize {
        self.kernel / 2
    }

    /// Numbers in a row of a padded plane.
    fn stride(&self) -> usize {
        self.width + 2 * self.margin()
    }

    fn padded_plane(&self) -> usize {
        (self.height + 2 * self.margin()) * self.stride()
    }

    fn taps(&self) -> usize {
        self.kernel * self.kernel
    }

    /// The convolution that takes the output's gradient to the input's.
    fn reversed(&self) -> Self {
        Self {
            input: self.output,
            output: self.input,
            ..*self
        }
    }
}

/// y = w ∗ x + b, and max(0, ·) of it if `relu`.
pub fn forward(s: Shape, x: &[f32], weight: &[f32], bias: &[f32], relu: bool) -> Vec<f32> {
    let packed = pack(s, weight, |o, i, tap| (o * s.input + i) * s.taps() + tap);
    convolve(s, x, &packed, Some(bias), relu)
}

/// The gradient of x from that of y.
pub fn input_gradient(s: Shape, weight: &[f32], gradient: &[f32]) -> Vec<f32> {
    let r = s.reversed();
    let packed = pack(r, weight, |o, i, tap| {
        (i * s.input + o) * s.taps() + (s.taps() - 1 - tap)
    });
    convolve(r, gradient, &packed, None, false)
}

/// Weights in the order the kernel reads them: block of output channels, input channel, tap, then
/// the block's channels side by side; zeros fill the last block.
fn pack(s: Shape, weight: &[f32], at: impl Fn(usize, usize, usize) -> usize) -> Vec<f32> {
    let blocks = s.output.div_ceil(OUT_BLOCK);
    let mut packed = vec![0.0; blocks * s.input * s.taps() * OUT_BLOCK];
    for (place, value) in packed.iter_mut().enumerate() {
        let (rest, lane) = (place / OUT_BLOCK, place % OUT_BLOCK);
        let (rest, tap) = (rest / s.taps(), rest % s.taps());
        let (block, i) = (rest / s.input, rest % s.input);
        let o = block * OUT_BLOCK + lane;
        if o < s.output {
            *value = weight[at(o, i, tap)];
        }
    }
    packed
}

fn convolve(s: Shape, x: &[f32], packed: &[f32], bias: Option<&[f32]>, relu: bool) -> Vec<f32> {
    let mut y = vec![0.0; s.samples * s.output * s.plane()];
    let per_sample = s.input * s.plane();
    let block_out = OUT_BLOCK * s.plane();
    let block_weights = s.input * s.taps() * OUT_BLOCK;
    let run_block = |padded: &[f32], block: usize, out: &mut [f32]| {
        let weights = &packed[block * block_weights..(block + 1) * block_weights];
        let mut start = [0.0; OUT_BLOCK];
        if let Some(bias) = bias {
            let own = &bias[block * OUT_BLOCK..(block * OUT_BLOCK + OUT_BLOCK).min(s.output)];
            start[..own.len()].copy_from_slice(own);
        }
        run(s, padded, weights, start, relu, out);
    };
    if s.samples == 1 {
        with_padded(s, x, |padded| {
            y.par_chunks_mut(block_out)
                .enumerate()
                .for_each(|(block, out)| run_block(padded, block, out));
        });
        return y;
    }
    y.par_chunks_mut(s.output * s.plane())
        .zip(x.par_chunks(per_sample))
        .for_each(|(y, x)| {
            with_padded(s, x, |padded| {
                for (block, out) in y.chunks_mut(block_out).enumerate() {
                    run_block(padded, block, out);
                }
            });
        });
    y
}

/// Gives `x`'s planes with a margin of zeros around each; without margin, `x` itself.
fn with_padded<R>(s: Shape, x: &[f32], f: impl FnOnce(&[f32]) -> R) -> R {
    thread_local! {
        static SCRATCH: std::cell::Cell<Vec<f32>> = const { std::cell::Cell::new(Vec::new()) };
    }
    if s.margin() == 0 {
        return f(x);
    }
    // Taken out while in use: a thread that waits inside `f` may be given another piece of work.
    let mut scratch = SCRATCH.take();
    let len = s.input * s.padded_plane();
    if scratch.len() < len {
        scratch.resize(len, 0.0);
    }
    let (stride, margin) = (s.stride(), s.margin());
    let planes = scratch[..len].chunks_exact_mut(s.padded_plane());
    for (to, from) in planes.zip(x.chunks_exact(s.plane())) {
        to[..stride * margin].fill(0.0);
        let bottom = to.len() - stride * margin;
        to[bottom..].fill(0.0);
        let rows = to[stride * margin..bottom].chunks_exact_mut(stride);
        for (to, from) in rows.zip(from.chunks_exact(s.width)) {
            to[..margin].fill(0.0);
            to[margin..margin + s.width].copy_from_slice(from);
            to[margin + s.width..].fill(0.0);
        }
    }
    let result = f(&scratch[..len]);
    SCRATCH.set(scratch);
    result
}

/// One block of output channels of one sample. `out` has up to [`OUT_BLOCK`] planes.
fn run(
    s: Shape,
    padded: &[f32],
    weights: &[f32],
    start: [f32; OUT_BLOCK],
    relu: bool,
    out: &mut [f32],
) {
    assert_eq!(padded.len(), s.input * s.padded_plane());
    assert_eq!(weights.len(), s.input * s.taps() * OUT_BLOCK);
    assert!(out.len().is_multiple_of(s.plane()) && out.len() <= OUT_BLOCK * s.plane());
    // SAFETY: the set was found on this processor; the lengths are those the kernels count on.
    match Set::choose(s.width) {
        #[cfg(target_arch = "x86_64")]
        Some(Set::Avx512) => unsafe { run_avx512(s, padded, weights, start, relu, out) },
        #[cfg(target_arch = "x86_64")]
        Some(Set::Avx2) => unsafe { run_avx2(s, padded, weights, start, relu, out) },
        Some(Set::Plain) => unsafe {
            run_with::<Plain>(s, padded, weights, start, relu, out);
        },
        None => run_scalar(s, padded, weights, start, relu, out),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
unsafe fn run_avx512(
    s: Shape,
    padded: &[f32],
    weights: &[f32],
    start: [f32; OUT_BLOCK],
    relu: bool,
    out: &mut [f32],
) {
    unsafe { run_with::<Avx512>(s, padded, weights, start, relu, out) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn run_avx2(
    s: Shape,
    padded: &[f32],
    weights: &[f32],
    start: [f32; OUT_BLOCK],
    relu: bool,
    out: &mut [f32],
) {
    unsafe { run_with::<Avx2>(s, padded, weights, start, relu, out) }
}

/// # Safety
/// The processor has `L`; `s.width` is a multiple of `L::N`; lengths as asserted in [`run`].
#[inline(always)]
unsafe fn run_with<L: Lanes>(
    s: Shape,
    padded: &[f32],
    weights: &[f32],
    start: [f32; OUT_BLOCK],
    relu: bool,
    out: &mut [f32],
) {
    let per_row = s.width / L::N;
    let total = s.height * per_row;
    let mut at = 0;
    // Two vectors at a time share each weight that is read.
    while at + 2 <= total {
        unsafe { tile::<L, 2>(s, padded, weights, start, relu, out, at) };
        at += 2;
    }
    if at < total {
        unsafe { tile::<L, 1>(s, padded, weights, start, relu, out, at) };
    }
}

/// `T` vectors of every plane of the block, from the vector number `at` on.
///
/// # Safety
/// As for [`run_with`], and `at + T` vectors are in the plane.
#[inline(always)]
unsafe fn tile<L: Lanes, const T: usize>(
    s: Shape,
    padded: &[f32],
    weights: &[f32],
    start: [f32; OUT_BLOCK],
    relu: bool,
    out: &mut [f32],
    at: usize,
) {
    let per_row = s.width / L::N;
    let (stride, kernel) = (s.stride(), s.kernel);
    let mut from = [padded.as_ptr(); T];
    let mut to = [0; T];
    for t in 0..T {
        let (y, x) = ((at + t) / per_row, (at + t) % per_row * L::N);
        // SAFETY: the tap (0, 0) of row y, which the margin makes part of the plane.
        from[t] = unsafe { padded.as_ptr().add(y * stride + x) };
        to[t] = y * s.width + x;
    }
    let mut sums = [[unsafe { L::splat(0.0) }; T]; OUT_BLOCK];
    for (sum, value) in sums.iter_mut().zip(start) {
        *sum = [unsafe { L::splat(value) }; T];
    }
    let mut weight = weights.as_ptr();
    for channel in 0..s.input {
        let plane = channel * s.padded_plane();
        for ky in 0..kernel {
            for kx in 0..kernel {
                let mut values = [sums[0][0]; T];
                for t in 0..T {
                    // SAFETY: rows y..y+kernel and columns x..x+N+kernel−1 are in the plane.
                    values[t] = unsafe { L::load(from[t].add(plane + ky * stride + kx)) };
                }
                for (o, sum) in sums.iter_mut().enumerate() {
                    // SAFETY: OUT_BLOCK weights for each channel and tap.
                    let w = unsafe { L::splat(*weight.add(o)) };
                    for t in 0..T {
                        sum[t] = unsafe { L::fma(values[t], w, sum[t]) };
                    }
                }
                weight = unsafe { weight.add(OUT_BLOCK) };
            }
        }
    }
    for (plane, sum) in out.chunks_exact_mut(s.plane()).zip(sums) {
        for t in 0..T {
            let row = &mut plane[to[t]..to[t] + L::N];
            unsafe { L::store(row.as_mut_ptr(), sum[t]) };
            if relu {
                row.iter_mut().for_each(|v| *v = v.max(0.0));
            }
        }
    }
}

/// For widths that no vector divides.
fn run_scalar(
    s: Shape,
    padded: &[f32],
    weights: &[f32],
    start: [f32; OUT_BLOCK],
    relu: bool,
    out: &mut [f32],
) {
    for (o, plane) in out.chunks_exact_mut(s.plane()).enumerate() {
        for (at, value) in plane.iter_mut().enumerate() {
            let (y, x) = (at / s.width, at % s.width);
            let mut sum = start[o];
            for channel in 0..s.input {
                for tap in 0..s.taps() {
                    let (ky, kx) = (tap / s.kernel, tap % s.kernel);
                    let from = channel * s.padded_plane() + (y + ky) * s.stride() + x + kx;
                    sum += padded[from] * weights[(channel * s.taps() + tap) * OUT_BLOCK + o];
                }
            }
            *value = if relu { sum.max(0.0) } else { sum };
        }
    }
}

/// The gradients of weight and bias from x and the gradient of y.
pub fn weight_gradient(s: Shape, x: &[f32], gradient: &[f32]) -> (Vec<f32>, Vec<f32>) {
    let weights = s.output * s.input * s.taps();
    let per_piece = s.samples.div_ceil(SUM_PIECES).max(1);
    let partial: Vec<(Vec<f32>, Vec<f32>)> = x
        .par_chunks(per_piece * s.input * s.plane())
        .zip(gradient.par_chunks(per_piece * s.output * s.plane()))
        .map(|(x, gradient)| {
            let mut dw = vec![0.0; weights];
            let mut db = vec![0.0; s.output];
            let samples = x.chunks(s.input * s.plane());
            for (x, gradient) in samples.zip(gradient.chunks(s.output * s.plane())) {
                with_padded(s, x, |padded| sum_products(s, padded, gradient, &mut dw));
                for (db, plane) in db.iter_mut().zip(gradient.chunks_exact(s.plane())) {
                    let rows = plane.chunks_exact(s.width);
                    *db += rows.map(|row| row.iter().sum::<f32>()).sum::<f32>();
                }
            }
            (dw, db)
        })
        .collect();
    let (mut dw, mut db) = (vec![0.0; weights], vec![0.0; s.output]);
    for (w, b) in partial {
        dw.iter_mut().zip(w).for_each(|(sum, v)| *sum += v);
        db.iter_mut().zip(b).for_each(|(sum, v)| *sum += v);
    }
    (dw, db)
}

/// Adds one sample's weight gradient to `dw`, `[O, I, taps]`.
fn sum_products(s: Shape, padded: &[f32], gradient: &[f32], dw: &mut [f32]) {
    assert_eq!(padded.len(), s.input * s.padded_plane());
    assert_eq!(gradient.len(), s.output * s.plane());
    // SAFETY: as in `run`.
    match Set::choose(s.width) {
        #[cfg(target_arch = "x86_64")]
        Some(Set::Avx512) => unsafe { sum_avx512(s, padded, gradient, dw) },
        #[cfg(target_arch = "x86_64")]
        Some(Set::Avx2) => unsafe { sum_avx2(s, padded, gradient, dw) },
        Some(Set::Plain) => unsafe { sum_with::<Plain, 1>(s, padded, gradient, dw) },
        None => sum_scalar(s, padded, gradient, dw),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
unsafe fn sum_avx512(s: Shape, padded: &[f32], gradient: &[f32], dw: &mut [f32]) {
    unsafe { sum_with::<Avx512, 2>(s, padded, gradient, dw) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn sum_avx2(s: Shape, padded: &[f32], gradient: &[f32], dw: &mut [f32]) {
    unsafe { sum_with::<Avx2, 1>(s, padded, gradient, dw) }
}

/// # Safety
/// As for [`run_with`].
#[inline(always)]
unsafe fn sum_with<L: Lanes, const O: usize>(
    s: Shape,
    padded: &[f32],
    gradient: &[f32],
    dw: &mut [f32],
) {
    let mut output = 0;
    while output < s.output {
        let block = O.min(s.output - output);
        for input in 0..s.input {
            let plane = &padded[input * s.padded_plane()..(input + 1) * s.padded_plane()];
            let rows = &gradient[output * s.plane()..(output + block) * s.plane()];
            let mut add = |o: usize, tap: usize, sum: f32| {
                dw[((output + o) * s.input + input) * s.taps() + tap] += sum;
            };
            // SAFETY: whole planes, and as many gradient planes as the block says.
            unsafe {
                match (s.kernel, block == O) {
                    (3, true) => products::<L, O, 3, 9>(s, plane, rows, &mut add),
                    (3, false) => products::<L, 1, 3, 9>(s, plane, rows, &mut add),
                    (_, true) => products::<L, O, 1, 1>(s, plane, rows, &mut add),
                    (_, false) => products::<L, 1, 1, 1>(s, plane, rows, &mut add),
                }
            }
        }
        output += block;
    }
}

/// The sums of products of one input plane with `O` gradient planes, for every tap.
///
/// # Safety
/// As for [`run_with`]; `plane` is padded and `rows` has `O` planes.
#[inline(always)]
unsafe fn products<L: Lanes, const O: usize, const K: usize, const TAPS: usize>(
    s: Shape,
    plane: &[f32],
    rows: &[f32],
    add: &mut impl FnMut(usize, usize, f32),
) {
    let stride = s.stride();
    let mut sums = [[unsafe { L::splat(0.0) }; TAPS]; O];
    for y in 0..s.height {
        for x in (0..s.width).step_by(L::N) {
            let mut values = [sums[0][0]; TAPS];
            for ky in 0..K {
                for kx in 0..K {
                    let at = (y + ky) * stride + x + kx;
                    values[ky * K + kx] = unsafe { L::load(plane.as_ptr().add(at)) };
                }
            }
            for (o, sums) in sums.iter_mut().enumerate() {
                let at = o * s.plane() + y * s.width + x;
                let g = unsafe { L::load(rows.as_ptr().add(at)) };
                for tap in 0..TAPS {
                    sums[tap] = unsafe { L::fma(g, values[tap], sums[tap]) };
                }
            }
        }
    }
    for (o, sums) in sums.into_iter().enumerate() {
        for (tap, sum) in sums.into_iter().enumerate() {
            add(o, tap, unsafe { L::sum(sum) });
        }
    }
}

fn sum_scalar(s: Shape, padded: &[f32], gradient: &[f32], dw: &mut [f32]) {
    for (place, dw) in dw.iter_mut().enumerate() {
        let (rest, tap) = (place / s.taps(), place % s.taps());
        let (output, input) = (rest / s.input, rest % s.input);
        let (ky, kx) = (tap / s.kernel, tap % s.kernel);
        for at in 0..s.plane() {
            let (y, x) = (at / s.width, at % s.width);
            let from = input * s.padded_plane() + (y + ky) * s.stride() + x + kx;
            *dw += padded[from] * gradient[output * s.plane() + at];
        }
    }
}
