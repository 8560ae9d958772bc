//! Vectors of f32 for the instruction sets that the kernels are compiled for, and the choice
//! among them at run time.

/// A vector of `N` numbers.
///
/// # Safety
/// The methods may only run on a processor with the instruction set; `load` and `store` access
/// `N` numbers from the pointer on, which need no alignment.
pub trait Lanes {
    const N: usize;
    type V: Copy;
    unsafe fn splat(value: f32) -> Self::V;
    unsafe fn load(from: *const f32) -> Self::V;
    unsafe fn store(to: *mut f32, v: Self::V);
    /// a·b + c
    unsafe fn fma(a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    unsafe fn sum(v: Self::V) -> f32;
}

/// Four numbers in plain Rust, which every processor's compiler turns into its own vectors.
pub struct Plain;

impl Lanes for Plain {
    const N: usize = 4;
    type V = [f32; 4];

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self::V {
        [value; 4]
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self::V {
        // SAFETY: the caller's promise; an array of f32 read without alignment.
        unsafe { from.cast::<[f32; 4]>().read_unaligned() }
    }

    #[inline(always)]
    unsafe fn store(to: *mut f32, v: Self::V) {
        // SAFETY: as for `load`.
        unsafe { to.cast::<[f32; 4]>().write_unaligned(v) }
    }

    #[inline(always)]
    unsafe fn fma(a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        [0, 1, 2, 3].map(|i| a[i] * b[i] + c[i])
    }

    #[inline(always)]
    unsafe fn sum(v: Self::V) -> f32 {
        (v[0] + v[1]) + (v[2] + v[3])
    }
}

#[cfg(target_arch = "x86_64")]
pub use x86::{Avx2, Avx512};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::Lanes;
    use std::arch::x86_64::*;

    pub struct Avx2;

    impl Lanes for Avx2 {
        const N: usize = 8;
        type V = __m256;

        #[inline(always)]
        unsafe fn splat(value: f32) -> Self::V {
            // SAFETY: here and below, the caller's promises.
            unsafe { _mm256_set1_ps(value) }
        }

        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self::V {
            unsafe { _mm256_loadu_ps(from) }
        }

        #[inline(always)]
        unsafe fn store(to: *mut f32, v: Self::V) {
            unsafe { _mm256_storeu_ps(to, v) }
        }

        #[inline(always)]
        unsafe fn fma(a: Self::V, b: Self::V, c: Self::V) -> Self::V {
            unsafe { _mm256_fmadd_ps(a, b, c) }
        }

        #[inline(always)]
        unsafe fn sum(v: Self::V) -> f32 {
            let mut parts = [0.0; 8];
            unsafe { _mm256_storeu_ps(parts.as_mut_ptr(), v) };
            parts.iter().sum()
        }
    }

    pub struct Avx512;

    impl Lanes for Avx512 {
        const N: usize = 16;
        type V = __m512;

        #[inline(always)]
        unsafe fn splat(value: f32) -> Self::V {
            unsafe { _mm512_set1_ps(value) }
        }

        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self::V {
            unsafe { _mm512_loadu_ps(from) }
        }

        #[inline(always)]
        unsafe fn store(to: *mut f32, v: Self::V) {
            unsafe { _mm512_storeu_ps(to, v) }
        }

        #[inline(always)]
        unsafe fn fma(a: Self::V, b: Self::V, c: Self::V) -> Self::V {
            unsafe { _mm512_fmadd_ps(a, b, c) }
        }

        #[inline(always)]
        unsafe fn sum(v: Self::V) -> f32 {
            unsafe { _mm512_reduce_add_ps(v) }
        }
    }
}

/// The widest instruction set that this processor and the row width allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    Plain,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Set {
    /// For rows of `width` numbers; `None` where no set divides it.
    pub fn choose(width: usize) -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        {
            if width.is_multiple_of(Avx512::N) && is_x86_feature_detected!("avx512f") {
                return Some(Self::Avx512);
            }
            let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            if width.is_multiple_of(Avx2::N) && avx2 {
                return Some(Self::Avx2);
            }
        }
        width.is_multiple_of(Plain::N).then_some(Self::Plain)
    }
}
