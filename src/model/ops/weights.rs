//! The gradient of a convolution's weights: for every pair of channels and every tap, the sum of
//! products of the shifted input with the output's gradient.
//!
//! Rows of input and gradient are copied into a group that fits the second-level cache, and every
//! pair of channels is multiplied there. A loaded vector serves three taps or three channels.

// The loops of the kernels are over registers; an index says so better than an iterator.
#![allow(clippy::needless_range_loop)]

use rayon::prelude::*;

use super::conv::ConvShape;
use super::lanes::{self, Kernel, Lanes};
use super::planes::{Planes, build, with_scratch};

/// Numbers of a plane that make a group. Sums over a vector's lanes are taken once for each.
const GROUP: usize = 1024;
/// Numbers of input that are held at once: 256 KiB.
const INPUT_HELD: usize = 1 << 16;
/// Numbers in all partial sums together, which bounds into how many pieces a batch is cut,
const PARTIAL: usize = 1 << 20;
/// within these numbers. They do not depend on the threads, so neither do the results.
const PIECES: (usize, usize) = (8, 32);

/// The longest vector's.
const MOST_LANES: usize = 16;

/// Rows of some samples: a whole number of samples, or a part of one.
#[derive(Clone, Copy, Debug)]
struct Group {
    sample: usize,
    samples: usize,
    first: usize,
    rows: usize,
}

fn groups(s: ConvShape) -> Vec<Group> {
    let mut groups = Vec::new();
    let at_once = (GROUP / s.plane().max(1)).max(1);
    let rows = (GROUP / s.width.max(1)).clamp(1, s.height.max(1));
    for sample in (0..s.samples).step_by(at_once) {
        let samples = at_once.min(s.samples - sample);
        for first in (0..s.height).step_by(rows) {
            let rows = rows.min(s.height - first);
            groups.push(Group {
                sample,
                samples,
                first,
                rows,
            });
        }
    }
    groups
}

/// The gradients of weight `[O, I, k, k]` and bias `[O]` from x and the gradient of y.
pub fn gradient(s: ConvShape, x: Planes, gradient: Planes) -> (Vec<f32>, Vec<f32>) {
    let len = s.output * s.input * s.taps();
    let groups = groups(s);
    let pieces = (PARTIAL / len.max(1)).clamp(PIECES.0, PIECES.1);
    let partial: Vec<(Vec<f32>, Vec<f32>)> = groups
        .par_chunks(groups.len().div_ceil(pieces).max(1))
        .map(|groups| {
            let (mut dw, mut db) = (vec![0.0; len], vec![0.0; s.output]);
            for group in groups {
                add_group(s, *group, x, gradient, &mut dw, &mut db);
            }
            (dw, db)
        })
        .collect();
    let mut db = vec![0.0; s.output];
    for (_, partial) in &partial {
        db.iter_mut().zip(partial).for_each(|(sum, v)| *sum += v);
    }
    const CHUNK: usize = 4096;
    let dw = build(len, CHUNK, |place, sum| {
        for (partial, _) in &partial {
            let own = partial[place * CHUNK..].iter();
            sum.iter_mut().zip(own).for_each(|(sum, v)| *sum += v);
        }
    });
    (dw, db)
}

/// How a group's rows lie in memory. Input and gradient have the same stride, and there are zeros
/// after each row of both: so one run over the numbers, whole vectors at a time and regardless
/// of rows, sums up the right products, and else zeros.
#[derive(Clone, Copy)]
struct Strip {
    stride: usize,
    margin: usize,
    rows: usize,
    /// Places at which the kernel is applied: those of all rows, rounded up to whole vectors.
    places: usize,
}

impl Strip {
    fn new(s: ConvShape, rows: usize) -> Self {
        Self {
            stride: s.stride(),
            margin: s.margin(),
            rows,
            places: (rows * s.stride()).next_multiple_of(MOST_LANES),
        }
    }

    /// Numbers of the input: the places, and one more before and after.
    fn input(&self) -> usize {
        self.places + 2 * self.margin
    }

    /// Numbers of the gradient: the places, and a row more above and below.
    fn gradient(&self) -> usize {
        self.places + 2 * self.margin * self.stride
    }
}

fn add_group(s: ConvShape, g: Group, x: Planes, gradient: Planes, dw: &mut [f32], db: &mut [f32]) {
    let strip = Strip::new(s, g.rows);
    let (out_len, in_len) = (g.samples * strip.gradient(), g.samples * strip.input());
    let held = (INPUT_HELD / in_len).clamp(1, s.input.max(1));
    with_scratch(s.output * out_len + held * in_len, |scratch| {
        let (outs, ins) = scratch.split_at_mut(s.output * out_len);
        for (channel, out) in outs.chunks_exact_mut(out_len).enumerate() {
            for (n, out) in out.chunks_exact_mut(strip.gradient()).enumerate() {
                copy_gradient(s, strip, g.first, gradient, (g.sample + n, channel), out);
                let edge = strip.margin * strip.stride;
                db[channel] += sum(&out[edge..edge + g.rows * strip.stride]);
            }
        }
        for first in (0..s.input).step_by(held) {
            let held = held.min(s.input - first);
            for (place, to) in ins.chunks_exact_mut(in_len).take(held).enumerate() {
                for (n, to) in to.chunks_exact_mut(strip.input()).enumerate() {
                    let (before, to) = to.split_at_mut(strip.margin);
                    let (to, after) = to.split_at_mut(g.rows * strip.stride);
                    before.fill(0.0);
                    after.fill(0.0);
                    let of = (g.sample + n, first + place);
                    x.copy_rows(of, g.first, s.width, strip.margin, to);
                }
            }
            let products = Products {
                s,
                strip,
                samples: g.samples,
                first,
                held,
                ins: &ins[..held * in_len],
                outs,
                dw,
            };
            products.run();
        }
    });
}

/// The gradient's rows from `first` on with the rows above and below, as far as the kernel
/// reaches: so every row of the input finds its partners.
fn copy_gradient(
    s: ConvShape,
    strip: Strip,
    first: usize,
    gradient: Planes,
    of: (usize, usize),
    to: &mut [f32],
) {
    let from = first.saturating_sub(strip.margin);
    let until = (first + strip.rows + strip.margin).min(s.height);
    let above = (strip.margin - (first - from)) * strip.stride;
    let (before, to) = to.split_at_mut(above);
    let (to, after) = to.split_at_mut((until - from) * strip.stride);
    before.fill(0.0);
    after.fill(0.0);
    gradient.copy_rows(of, from, s.width, strip.margin, to);
}

/// The sum, in 16 lanes.
fn sum(values: &[f32]) -> f32 {
    let mut lanes = [0.0; 16];
    let (chunks, rest) = values.as_chunks::<16>();
    for chunk in chunks {
        lanes.iter_mut().zip(chunk).for_each(|(lane, v)| *lane += v);
    }
    lanes.iter().chain(rest).sum()
}

/// The products of all output channels with `held` input channels from `first` on.
struct Products<'a> {
    s: ConvShape,
    strip: Strip,
    samples: usize,
    first: usize,
    held: usize,
    /// `[held, samples, strip.input()]`
    ins: &'a [f32],
    /// `[O, samples, strip.gradient()]`
    outs: &'a [f32],
    /// `[O, I, taps]`
    dw: &'a mut [f32],
}

impl Products<'_> {
    fn run(self) {
        let (s, strip) = (self.s, self.strip);
        assert_eq!(self.ins.len(), self.held * self.samples * strip.input());
        assert_eq!(self.outs.len(), s.output * self.samples * strip.gradient());
        assert_eq!(self.dw.len(), s.output * s.input * s.taps());
        assert!(self.first + self.held <= s.input && strip.margin == s.margin());
        assert!(strip.places.is_multiple_of(MOST_LANES));
        if s.kernel == 3 {
            self.blocks();
        } else {
            lanes::run(strip.places, self);
        }
    }

    fn blocks(mut self) {
        let at_once = if lanes::many(self.strip.places) { 3 } else { 1 };
        let mut output = 0;
        while output < self.s.output {
            let block = at_once.min(self.s.output - output);
            for input in 0..self.held {
                match block {
                    1 => self.nine::<1>(output, input),
                    2 => self.nine::<2>(output, input),
                    _ => self.nine::<3>(output, input),
                }
            }
            output += block;
        }
    }

    /// All nine taps of one input channel and `O` output channels.
    fn nine<const O: usize>(&mut self, output: usize, input: usize) {
        let (s, strip, samples) = (self.s, self.strip, self.samples);
        let (ins, outs) = (samples * strip.input(), samples * strip.gradient());
        let mut sums = [[[0.0; MOST_LANES]; 9]; O];
        let nine = Nine {
            strip,
            samples,
            ins: &self.ins[input * ins..(input + 1) * ins],
            outs: &self.outs[output * outs..(output + O) * outs],
            sums: &mut sums,
        };
        lanes::run(strip.places, nine);
        for (o, sums) in sums.iter().enumerate() {
            let at = ((output + o) * s.input + self.first + input) * 9;
            let dw = self.dw[at..at + 9].iter_mut();
            let totals = lanes::run(strip.places, Totals(sums));
            dw.zip(totals).for_each(|(dw, total)| *dw += total);
        }
    }
}

/// 1×1 kernels.
impl Kernel for Products<'_> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<L: Lanes>(mut self) {
        // The most sums that the registers hold beside what is multiplied.
        // SAFETY: [`Products::run`] asserted the lengths; other kernels go to `blocks`.
        unsafe {
            if L::MANY {
                self.points::<L, 4, 4>();
            } else {
                self.points::<L, 2, 4>();
            }
        }
    }
}

impl Products<'_> {
    /// The one tap of a 1×1 kernel, `O` × `I` channels at a time.
    ///
    /// # Safety
    /// The processor has `L`, `L::N` divides the places, the kernel is 1×1, and the lengths are
    /// those asserted in [`Products::run`].
    #[inline(always)]
    unsafe fn points<L: Lanes, const O: usize, const I: usize>(&mut self) {
        let mut output = 0;
        while output < self.s.output {
            let wide = self.s.output - output >= O;
            let mut input = 0;
            while input < self.held {
                let deep = self.held - input >= I;
                // SAFETY: as many channels are left as are taken.
                unsafe {
                    match (wide, deep) {
                        (true, true) => self.point::<L, O, I>(output, input),
                        (true, false) => self.point::<L, O, 1>(output, input),
                        (false, true) => self.point::<L, 1, I>(output, input),
                        (false, false) => self.point::<L, 1, 1>(output, input),
                    }
                }
                input += if deep { I } else { 1 };
            }
            output += if wide { O } else { 1 };
        }
    }

    /// # Safety
    /// As for [`Products::points`]; the channels exist.
    #[inline(always)]
    unsafe fn point<L: Lanes, const O: usize, const I: usize>(
        &mut self,
        output: usize,
        input: usize,
    ) {
        let plane = self.samples * self.strip.places;
        // SAFETY: the channels exist, and so begin within the slices.
        let ins = unsafe { self.ins.as_ptr().add(input * plane) };
        // SAFETY: as above.
        let outs = unsafe { self.outs.as_ptr().add(output * plane) };
        // SAFETY: the processor has `L`.
        let mut sums = [[unsafe { L::splat(0.0) }; I]; O];
        let mut at = 0;
        while at < plane {
            // SAFETY: the planes of the channels, without margin.
            unsafe {
                let mut values = [sums[0][0]; I];
                for (i, value) in values.iter_mut().enumerate() {
                    *value = L::load(ins.add(i * plane + at));
                }
                for (o, sums) in sums.iter_mut().enumerate() {
                    let d = L::load(outs.add(o * plane + at));
                    for (sum, value) in sums.iter_mut().zip(values) {
                        *sum = L::fma(d, value, *sum);
                    }
                }
            }
            at += L::N;
        }
        for (o, sums) in sums.into_iter().enumerate() {
            let at = (output + o) * self.s.input + self.first + input;
            for (dw, sum) in self.dw[at..at + I].iter_mut().zip(sums) {
                // SAFETY: the processor has `L`.
                *dw += unsafe { L::sum(sum) };
            }
        }
    }
}

/// The products of one input channel with `O` output channels, for nine taps.
struct Nine<'a, const O: usize> {
    strip: Strip,
    samples: usize,
    ins: &'a [f32],
    outs: &'a [f32],
    /// A vector's lanes for each.
    sums: &'a mut [[[f32; MOST_LANES]; 9]; O],
}

impl<const O: usize> Kernel for Nine<'_, O> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) {
        let (stride, places) = (self.strip.stride, self.strip.places);
        let (input, gradient) = (self.strip.input(), self.strip.gradient());
        let plane = self.samples * gradient;
        assert_eq!(self.ins.len(), self.samples * input);
        assert_eq!(self.outs.len(), O * plane);
        assert!(input >= places + 2 && gradient >= places + 2 * stride);
        assert!(places.is_multiple_of(L::N) && L::N <= MOST_LANES);
        // SAFETY: the processor has `L`.
        let mut sums = [[unsafe { L::splat(0.0) }; 9]; O];
        let (mut from, mut partner) = (self.ins.as_ptr(), self.outs.as_ptr());
        for _ in 0..self.samples {
            let mut at = 0;
            while at < places {
                // SAFETY: of its strip, the input is read up to places + 2, the gradient up to
                // two rows beyond the places; the lengths were asserted.
                unsafe {
                    let values = [
                        L::load(from.add(at)),
                        L::load(from.add(at + 1)),
                        L::load(from.add(at + 2)),
                    ];
                    for o in 0..O {
                        for ky in 0..3 {
                            let d = L::load(partner.add(o * plane + (2 - ky) * stride + at));
                            for kx in 0..3 {
                                sums[o][ky * 3 + kx] = L::fma(d, values[kx], sums[o][ky * 3 + kx]);
                            }
                        }
                    }
                }
                at += L::N;
            }
            from = from.wrapping_add(input);
            partner = partner.wrapping_add(gradient);
        }
        for o in 0..O {
            for tap in 0..9 {
                // SAFETY: there is room for the most lanes, which was asserted to be enough.
                unsafe { L::store(self.sums[o][tap].as_mut_ptr(), sums[o][tap]) };
            }
        }
    }
}

/// The sums over the lanes: apart from [`Nine`], in whose function they would take the registers.
struct Totals<'a>(&'a [[f32; MOST_LANES]; 9]);

impl Kernel for Totals<'_> {
    type Output = [f32; 9];

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) -> [f32; 9] {
        let mut totals = [0.0; 9];
        for (total, lanes) in totals.iter_mut().zip(self.0) {
            // SAFETY: as many lanes as any processor has are there.
            *total = unsafe { L::sum(L::load(lanes.as_ptr())) };
        }
        totals
    }
}
