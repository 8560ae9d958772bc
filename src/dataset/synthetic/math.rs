//! Arithmetic that gives the same bits on every machine: only +, −, ×, ÷ and square roots, which
//! IEEE 754 fixes to the last bit. The sines and powers of a system's library do not.

use crate::hash::stable_hash;

pub(super) type V3 = [f32; 3];

pub(super) const PI: f32 = std::f32::consts::PI;

pub(super) fn add(a: V3, b: V3) -> V3 {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

pub(super) fn sub(a: V3, b: V3) -> V3 {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

pub(super) fn times(a: V3, b: V3) -> V3 {
    [a[0] * b[0], a[1] * b[1], a[2] * b[2]]
}

pub(super) fn scale(a: V3, s: f32) -> V3 {
    [a[0] * s, a[1] * s, a[2] * s]
}

pub(super) fn dot(a: V3, b: V3) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(super) fn cross(a: V3, b: V3) -> V3 {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

pub(super) fn length(a: V3) -> f32 {
    dot(a, a).sqrt()
}

/// Of length 1; the zero vector stays.
pub(super) fn unit(a: V3) -> V3 {
    scale(a, 1.0 / length(a).max(1e-12))
}

pub(super) fn lerp(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

pub(super) fn mix(a: V3, b: V3, t: f32) -> V3 {
    [
        lerp(a[0], b[0], t),
        lerp(a[1], b[1], t),
        lerp(a[2], b[2], t),
    ]
}

/// 0 up to `a`, 1 from `b`, smooth between.
pub(super) fn smooth(a: f32, b: f32, x: f32) -> f32 {
    let t = ((x - a) / (b - a)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// A hill of height 1 about (cx, cy) that ends smoothly at an ellipse.
pub(super) fn bump(x: f32, y: f32, center: [f32; 2], radius: [f32; 2]) -> f32 {
    let (u, v) = ((x - center[0]) / radius[0], (y - center[1]) / radius[1]);
    let inside = (1.0 - u * u - v * v).max(0.0);
    inside * inside
}

/// A hill of height 1 along one axis.
pub(super) fn hill(x: f32, center: f32, radius: f32) -> f32 {
    let u = (x - center) / radius;
    let inside = (1.0 - u * u).max(0.0);
    inside * inside
}

/// Sine and cosine of any angle in radians, to about 1e-5.
pub(super) fn sin_cos(angle: f32) -> (f32, f32) {
    (sin(angle), sin(angle + PI / 2.0))
}

pub(super) fn sin(angle: f32) -> f32 {
    let turns = angle / (2.0 * PI);
    let x = (turns - (turns + 0.5).floor()) * 2.0 * PI;
    // Folded to ±π/2, where the series is short.
    let x = if x > PI / 2.0 {
        PI - x
    } else if x < -PI / 2.0 {
        -PI - x
    } else {
        x
    };
    let x2 = x * x;
    x * (1.0 - x2 / 6.0 * (1.0 - x2 / 20.0 * (1.0 - x2 / 42.0 * (1.0 - x2 / 72.0))))
}

/// x to the power 2ⁿ.
pub(super) fn power(x: f32, n: u32) -> f32 {
    (0..n).fold(x, |p, _| p * p)
}

/// Where a spline through `keys` (Catmull–Rom, ends repeated) is at `t`, counted in keys.
pub(super) fn spline<const N: usize>(keys: &[[f32; N]], t: f32) -> [f32; N] {
    let last = keys.len() - 1;
    let at = (t.max(0.0) as usize).min(last.saturating_sub(1));
    let f = t - at as f32;
    let k = |i: isize| &keys[(at as isize + i).clamp(0, last as isize) as usize];
    let (a, b, c, d) = (k(-1), k(0), k(1), k(2));
    std::array::from_fn(|i| {
        let slope = 0.5 * (c[i] - a[i]);
        let next = 0.5 * (d[i] - b[i]);
        let rise = c[i] - b[i];
        b[i] + f * (slope + f * (3.0 * rise - 2.0 * slope - next + f * (slope + next - 2.0 * rise)))
    })
}

/// Turns about the axes: yaw (the nose to the picture's right), pitch (the nose down), roll
/// (clockwise), each in radians.
#[derive(Clone, Copy)]
pub(super) struct Turn([V3; 3]);

impl Turn {
    pub fn new(yaw: f32, pitch: f32, roll: f32) -> Self {
        let ((sy, cy), (sp, cp), (sr, cr)) = (sin_cos(yaw), sin_cos(pitch), sin_cos(roll));
        let yaw = [[cy, 0.0, sy], [0.0, 1.0, 0.0], [-sy, 0.0, cy]];
        let pitch = [[1.0, 0.0, 0.0], [0.0, cp, sp], [0.0, -sp, cp]];
        let roll = [[cr, -sr, 0.0], [sr, cr, 0.0], [0.0, 0.0, 1.0]];
        Self(product(roll, product(pitch, yaw)))
    }

    pub fn apply(&self, v: V3) -> V3 {
        self.0.map(|row| dot(row, v))
    }
}

fn product(a: [V3; 3], b: [V3; 3]) -> [V3; 3] {
    a.map(|row| [0, 1, 2].map(|j| row[0] * b[0][j] + row[1] * b[1][j] + row[2] * b[2][j]))
}

/// Scrambles 64 bits (splitmix64's finaliser).
pub(super) fn scramble(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Random numbers by name: what one is used for never shifts another.
#[derive(Clone, Copy)]
pub(super) struct Random(pub u64);

impl Random {
    /// From 0 up to 1.
    pub fn at(self, name: &str) -> f32 {
        to_unit(scramble(self.0 ^ stable_hash(name.as_bytes())))
    }

    pub fn between(self, name: &str, low: f32, high: f32) -> f32 {
        lerp(low, high, self.at(name))
    }

    pub fn chance(self, name: &str, probability: f32) -> bool {
        self.at(name) < probability
    }

    pub fn pick<T: Copy>(self, name: &str, from: &[T]) -> T {
        from[((self.at(name) * from.len() as f32) as usize).min(from.len() - 1)]
    }

    /// Random numbers of its own for the `n`th of several like things.
    pub fn nth(self, n: u64) -> Self {
        Self(scramble(self.0 ^ n.wrapping_mul(0xd6e8_feb8_6659_fd93)))
    }
}

/// A stream of random numbers.
pub(super) struct Stream(pub u64);

impl Stream {
    pub fn unit(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(1);
        to_unit(scramble(self.0))
    }

    /// From −1 to 1.
    pub fn signed(&mut self) -> f32 {
        2.0 * self.unit() - 1.0
    }
}

fn to_unit(bits: u64) -> f32 {
    (bits >> 40) as f32 / (1_u64 << 24) as f32
}

/// Smooth noise from −1 to 1 with features of about size 1.
pub(super) fn noise(x: f32, y: f32) -> f32 {
    let (fx, fy) = (x.floor(), y.floor());
    let (u, v) = (x - fx, y - fy);
    let (u, v) = (u * u * (3.0 - 2.0 * u), v * v * (3.0 - 2.0 * v));
    let (i, j) = (fx as i32 as u32, fy as i32 as u32);
    let corner = |i: u32, j: u32| {
        let h = i.wrapping_mul(0x85eb_ca6b) ^ j.wrapping_mul(0xc2b2_ae35);
        let h = (h ^ (h >> 15)).wrapping_mul(0x2c1b_3c6d);
        let h = (h ^ (h >> 12)).wrapping_mul(0x297a_2d39);
        ((h ^ (h >> 15)) >> 8) as f32 / 8_388_608.0 - 1.0
    };
    let (i1, j1) = (i.wrapping_add(1), j.wrapping_add(1));
    lerp(
        lerp(corner(i, j), corner(i1, j), u),
        lerp(corner(i, j1), corner(i1, j1), u),
        v,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sines_are_close_to_the_library() {
        for i in -400..400 {
            let angle = i as f32 * 0.05;
            let (s, c) = sin_cos(angle);
            assert!((s - angle.sin()).abs() < 2e-5, "{angle}: {s}");
            assert!((c - angle.cos()).abs() < 2e-5, "{angle}: {c}");
        }
    }

    #[test]
    fn a_turn_keeps_lengths_and_goes_where_it_says() {
        let turn = Turn::new(0.4, -0.2, 0.1);
        let v = [0.3, -1.2, 0.8];
        let there = turn.apply(v);
        assert!((length(there) - length(v)).abs() < 1e-5);
        assert!(Turn::new(0.4, 0.0, 0.0).apply([0.0, 0.0, 1.0])[0] > 0.3);
        assert!(Turn::new(0.0, 0.3, 0.0).apply([0.0, 0.0, 1.0])[1] > 0.2);
    }

    #[test]
    fn noise_is_smooth_and_within_bounds() {
        for i in 0..1000 {
            let x = i as f32 * 0.0137 - 5.0;
            let (a, b) = (noise(x, 0.3), noise(x + 0.001, 0.3));
            assert!(a.abs() <= 1.0 && (a - b).abs() < 0.01);
        }
    }
}
