//! Vectors of f32 for the instruction sets that the kernels are compiled for, and the choice
//! among them at run time.

/// A vector of `N` numbers.
///
/// # Safety
/// The methods may only run on a processor with the instruction set; `load` and `store` access
/// `N` numbers from the pointer on, which need no alignment.
pub trait Lanes {
    const N: usize;
    /// Whether there are 32 registers to hold sums in, and not 16.
    const MANY: bool;
    type V: Copy;
    unsafe fn splat(value: f32) -> Self::V;
    unsafe fn load(from: *const f32) -> Self::V;
    unsafe fn store(to: *mut f32, v: Self::V);
    /// a·b + c
    unsafe fn fma(a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// Zero where `v` is below it.
    unsafe fn relu(v: Self::V) -> Self::V;
    unsafe fn sum(v: Self::V) -> f32;
}

/// `N` numbers in plain Rust, which every processor's compiler turns into its own vectors.
pub struct Plain<const N: usize>;

impl<const N: usize> Lanes for Plain<N> {
    const N: usize = N;
    const MANY: bool = cfg!(target_arch = "aarch64");
    type V = [f32; N];

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self::V {
        [value; N]
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self::V {
        // SAFETY: the caller's promise; an array of f32 read without alignment.
        unsafe { from.cast::<[f32; N]>().read_unaligned() }
    }

    #[inline(always)]
    unsafe fn store(to: *mut f32, v: Self::V) {
        // SAFETY: as for `load`.
        unsafe { to.cast::<[f32; N]>().write_unaligned(v) }
    }

    #[inline(always)]
    unsafe fn fma(a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        std::array::from_fn(|i| {
            if cfg!(target_arch = "aarch64") {
                a[i].mul_add(b[i], c[i]) // one instruction there, a library call elsewhere
            } else {
                a[i] * b[i] + c[i]
            }
        })
    }

    #[inline(always)]
    unsafe fn relu(v: Self::V) -> Self::V {
        v.map(relu)
    }

    #[inline(always)]
    unsafe fn sum(v: Self::V) -> f32 {
        v.iter().sum()
    }
}

/// max(0, v), or NaN for NaN.
#[inline(always)]
pub fn relu(v: f32) -> f32 {
    if v < 0.0 { 0.0 } else { v }
}

#[cfg(target_arch = "x86_64")]
pub use x86::{Avx2, Avx512};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use crate::model::ops::lanes::Lanes;
    use std::arch::x86_64::*;

    pub struct Avx2;

    impl Lanes for Avx2 {
        const N: usize = 8;
        const MANY: bool = false;
        type V = __m256;

        #[inline(always)]
        unsafe fn splat(value: f32) -> Self::V {
            // SAFETY: the processor has AVX2 and FMA.
            unsafe { _mm256_set1_ps(value) }
        }

        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self::V {
            // SAFETY: the processor has AVX2 and FMA, and `N` numbers are there.
            unsafe { _mm256_loadu_ps(from) }
        }

        #[inline(always)]
        unsafe fn store(to: *mut f32, v: Self::V) {
            // SAFETY: the processor has AVX2 and FMA, and `N` numbers are there.
            unsafe { _mm256_storeu_ps(to, v) }
        }

        #[inline(always)]
        unsafe fn fma(a: Self::V, b: Self::V, c: Self::V) -> Self::V {
            // SAFETY: the processor has AVX2 and FMA.
            unsafe { _mm256_fmadd_ps(a, b, c) }
        }

        #[inline(always)]
        unsafe fn relu(v: Self::V) -> Self::V {
            // Of a NaN and a number, the instruction gives the second.
            // SAFETY: the processor has AVX2 and FMA.
            unsafe { _mm256_max_ps(_mm256_setzero_ps(), v) }
        }

        #[inline(always)]
        unsafe fn sum(v: Self::V) -> f32 {
            // SAFETY: the processor has AVX2 and FMA.
            unsafe {
                let half = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps::<1>(v));
                let pair = _mm_add_ps(half, _mm_movehl_ps(half, half));
                _mm_cvtss_f32(_mm_add_ss(pair, _mm_shuffle_ps::<1>(pair, pair)))
            }
        }
    }

    pub struct Avx512;

    impl Lanes for Avx512 {
        const N: usize = 16;
        const MANY: bool = true;
        type V = __m512;

        #[inline(always)]
        unsafe fn splat(value: f32) -> Self::V {
            // SAFETY: the processor has AVX-512F.
            unsafe { _mm512_set1_ps(value) }
        }

        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self::V {
            // SAFETY: the processor has AVX-512F, and `N` numbers are there.
            unsafe { _mm512_loadu_ps(from) }
        }

        #[inline(always)]
        unsafe fn store(to: *mut f32, v: Self::V) {
            // SAFETY: the processor has AVX-512F, and `N` numbers are there.
            unsafe { _mm512_storeu_ps(to, v) }
        }

        #[inline(always)]
        unsafe fn fma(a: Self::V, b: Self::V, c: Self::V) -> Self::V {
            // SAFETY: the processor has AVX-512F.
            unsafe { _mm512_fmadd_ps(a, b, c) }
        }

        #[inline(always)]
        unsafe fn relu(v: Self::V) -> Self::V {
            // SAFETY: the processor has AVX-512F.
            unsafe { _mm512_max_ps(_mm512_setzero_ps(), v) }
        }

        #[inline(always)]
        unsafe fn sum(v: Self::V) -> f32 {
            // SAFETY: the processor has AVX-512F.
            unsafe { _mm512_reduce_add_ps(v) }
        }
    }
}

/// A computation that is compiled for every instruction set.
pub trait Kernel {
    type Output;
    /// To be marked `#[inline(always)]`, or it is compiled for the poorest set.
    ///
    /// # Safety
    /// The processor has `L`.
    unsafe fn run<L: Lanes>(self) -> Self::Output;
}

/// Runs `kernel` with the widest vectors of which a whole number make `width`.
///
/// Each kernel becomes a function of its own for each set. It should hold one loop that matters:
/// in a function of many, the compiler runs out of registers.
pub fn run<K: Kernel>(width: usize, kernel: K) -> K::Output {
    #[cfg(target_arch = "x86_64")]
    {
        if width.is_multiple_of(Avx512::N) && is_x86_feature_detected!("avx512f") {
            // SAFETY: detected.
            return unsafe { on_avx512(kernel) };
        }
        let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        if width.is_multiple_of(Avx2::N) && avx2 {
            // SAFETY: detected.
            return unsafe { on_avx2(kernel) };
        }
    }
    // SAFETY: every processor has plain Rust.
    unsafe {
        if width.is_multiple_of(4) {
            kernel.run::<Plain<4>>()
        } else {
            kernel.run::<Plain<1>>()
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
unsafe fn on_avx512<K: Kernel>(kernel: K) -> K::Output {
    // SAFETY: the function is compiled for a processor with AVX-512F.
    unsafe { kernel.run::<Avx512>() }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn on_avx2<K: Kernel>(kernel: K) -> K::Output {
    // SAFETY: the function is compiled for a processor with AVX2 and FMA.
    unsafe { kernel.run::<Avx2>() }
}

/// Whether the vectors for `width` have many registers: [`Lanes::MANY`].
pub fn many(width: usize) -> bool {
    struct Many;
    impl Kernel for Many {
        type Output = bool;

        #[inline(always)]
        unsafe fn run<L: Lanes>(self) -> bool {
            L::MANY
        }
    }
    run(width, Many)
}
