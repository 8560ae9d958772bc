//! 2×2 max pooling. The gradient goes to the first of equal maxima, as PyTorch does it; a NaN is
//! larger than any number.

use super::lanes::{self, Kernel, Lanes};
use super::planes::build;

/// Sizes of the input; both sides even.
#[derive(Clone, Copy, Debug)]
pub struct PoolShape {
    pub height: usize,
    pub width: usize,
}

impl PoolShape {
    fn plane(&self) -> usize {
        self.height * self.width
    }
}

/// Planes handed to a thread at once.
const PLANES: usize = 4;

pub fn forward(s: PoolShape, x: &[f32]) -> Vec<f32> {
    let chunk = PLANES * s.plane();
    build(x.len() / 4, chunk / 4, |place, y| {
        let x = &x[place * chunk..];
        lanes::run(s.plane(), Forward { s, x, y });
    })
}

struct Forward<'a> {
    s: PoolShape,
    x: &'a [f32],
    y: &'a mut [f32],
}

impl Kernel for Forward<'_> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) {
        let width = self.s.width;
        let rows = self.y.chunks_exact_mut(width / 2);
        for (out, pair) in rows.zip(self.x.chunks_exact(2 * width)) {
            let (upper, lower) = pair.split_at(width);
            let cells = upper
                .as_chunks::<2>()
                .0
                .iter()
                .zip(lower.as_chunks::<2>().0);
            for (out, (a, b)) in out.iter_mut().zip(cells) {
                *out = larger(larger(a[0], a[1]), larger(b[0], b[1]));
            }
        }
    }
}

#[inline(always)]
fn larger(a: f32, b: f32) -> f32 {
    if a >= b || a.is_nan() { a } else { b }
}

pub fn gradient(s: PoolShape, x: &[f32], y: &[f32], dy: &[f32]) -> Vec<f32> {
    let chunk = PLANES * s.plane();
    build(x.len(), chunk, |place, dx| {
        let (x, at) = (&x[place * chunk..], place * chunk / 4);
        let (y, dy) = (&y[at..], &dy[at..]);
        lanes::run(s.plane(), Backward { s, x, y, dy, dx });
    })
}

struct Backward<'a> {
    s: PoolShape,
    x: &'a [f32],
    y: &'a [f32],
    dy: &'a [f32],
    dx: &'a mut [f32],
}

impl Kernel for Backward<'_> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) {
        let width = self.s.width;
        let rows = self
            .dx
            .chunks_exact_mut(2 * width)
            .zip(self.x.chunks_exact(2 * width));
        let pooled = self
            .y
            .chunks_exact(width / 2)
            .zip(self.dy.chunks_exact(width / 2));
        for ((dx, x), (y, dy)) in rows.zip(pooled) {
            let (upper, lower) = x.split_at(width);
            let x = upper
                .as_chunks::<2>()
                .0
                .iter()
                .zip(lower.as_chunks::<2>().0);
            let (upper, lower) = dx.split_at_mut(width);
            let dx = upper
                .as_chunks_mut::<2>()
                .0
                .iter_mut()
                .zip(lower.as_chunks_mut::<2>().0);
            for (((upper, lower), (a, b)), (y, dy)) in dx.zip(x).zip(y.iter().zip(dy)) {
                let first = a[0] == *y;
                let second = !first & (a[1] == *y);
                let third = !first & !second & (b[0] == *y);
                let fourth = !first & !second & !third;
                *upper = [taken(first, *dy), taken(second, *dy)];
                *lower = [taken(third, *dy), taken(fourth, *dy)];
            }
        }
    }
}

/// `value` or zero, without a branch.
#[inline(always)]
fn taken(here: bool, value: f32) -> f32 {
    f32::from_bits(value.to_bits() & u32::from(here).wrapping_neg())
}
