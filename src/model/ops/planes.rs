//! The planes that kernels read, and the memory that they write.

use std::cell::Cell;
use std::mem::MaybeUninit;

use rayon::prelude::*;

use super::lanes::{self, Kernel, Lanes};

/// Planes of `[N, C, H, W]`, or of two such tensors side by side as if joined along C.
#[derive(Clone, Copy)]
pub struct Planes<'a> {
    parts: [(&'a [f32], usize); 2],
    /// Numbers in a plane.
    plane: usize,
    /// Values count as zero where this is not above zero: how ReLU's gradient is taken.
    gate: Option<&'a [f32]>,
}

impl<'a> Planes<'a> {
    pub fn new(x: &'a [f32], channels: usize, plane: usize) -> Self {
        Self::pair((x, channels), (&[], 0), plane)
    }

    /// Each with its number of channels.
    pub fn pair(a: (&'a [f32], usize), b: (&'a [f32], usize), plane: usize) -> Self {
        Self {
            parts: [a, b],
            plane,
            gate: None,
        }
    }

    /// Zero where `gate`, of the same shape, is not above zero. Only for one tensor.
    pub fn gated(self, gate: Option<&'a [f32]>) -> Self {
        Self { gate, ..self }
    }

    /// The rows from `first` on, of a plane with rows of `width`, as many as fit into `to`. After
    /// each come `gap` zeros.
    pub fn copy_rows(
        &self,
        (sample, channel): (usize, usize),
        first: usize,
        width: usize,
        gap: usize,
        to: &mut [f32],
    ) {
        let [(a, a_channels), (b, b_channels)] = self.parts;
        let (values, place) = if channel < a_channels {
            (a, sample * a_channels + channel)
        } else {
            (b, sample * b_channels + channel - a_channels)
        };
        let own = place * self.plane + first * width..(place + 1) * self.plane;
        let rows = to.chunks_exact_mut(width + gap);
        let from = values[own.clone()].chunks_exact(width);
        match self.gate {
            None => {
                for (to, from) in rows.zip(from) {
                    to[..width].copy_from_slice(from);
                    to[width..].fill(0.0);
                }
            }
            Some(gate) => {
                let gate = gate[own].chunks_exact(width);
                for ((to, from), gate) in rows.zip(from).zip(gate) {
                    let (to, gap) = to.split_at_mut(width);
                    gap.fill(0.0);
                    lanes::run(width, Gated { from, gate, to });
                }
            }
        }
    }
}

/// Copies a row, zero where the gate is not above zero.
struct Gated<'a> {
    from: &'a [f32],
    gate: &'a [f32],
    to: &'a mut [f32],
}

impl Kernel for Gated<'_> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) {
        for (to, (v, g)) in self.to.iter_mut().zip(self.from.iter().zip(self.gate)) {
            *to = if *g > 0.0 { *v } else { 0.0 };
        }
    }
}

/// Runs `f` on `len` numbers of this thread's own memory. They hold whatever was there.
pub fn with_scratch<R>(len: usize, f: impl FnOnce(&mut [f32]) -> R) -> R {
    thread_local! {
        static SCRATCH: Cell<Vec<f32>> = const { Cell::new(Vec::new()) };
    }
    // Taken out while in use: a thread that waits inside `f` may be given another piece of work.
    let mut scratch = SCRATCH.take();
    if scratch.len() < len {
        scratch.resize(len, 0.0);
    }
    let result = f(&mut scratch[..len]);
    SCRATCH.set(scratch);
    result
}

/// A vector whose chunks of `chunk` numbers (the last may be shorter) are made by `f` from their
/// place, in parallel. `f` finds zeros, written by its own thread: `vec![0.0; len]` would write
/// them all on one.
pub fn build(len: usize, chunk: usize, f: impl Fn(usize, &mut [f32]) + Sync) -> Vec<f32> {
    let mut values = Vec::with_capacity(len);
    let spare = &mut values.spare_capacity_mut()[..len];
    spare
        .par_chunks_mut(chunk.max(1))
        .enumerate()
        .for_each(|(place, chunk)| f(place, zeroed(chunk)));
    // SAFETY: each of the chunks, which are the first `len` numbers, was filled.
    unsafe { values.set_len(len) };
    values
}

fn zeroed(memory: &mut [MaybeUninit<f32>]) -> &mut [f32] {
    memory.fill(MaybeUninit::new(0.0));
    // SAFETY: just filled.
    unsafe { memory.assume_init_mut() }
}
