//! Augmentation that depends on (seed, epoch, sample) alone, never on a running stream: a run that
//! is resumed, or loads on more threads, sees the same pictures.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use rand_distr::StandardNormal;
use serde::{Deserialize, Serialize};

use crate::label::{BoxTransform, FaceBox};

/// How much a training picture is varied. The default is that of the `compact` preset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Augmentation {
    /// Standard deviation of the box's centre, in half sides.
    pub shift: f32,
    /// Standard deviation of the box's size, as a fraction.
    pub scale: f32,
    /// Standard deviation of the turn, in radians.
    pub rotation: f32,
    /// Whether half of the pictures are mirrored.
    pub flip: bool,
    /// Brightness is multiplied by 1 ± this, uniformly.
    pub contrast: f32,
    /// And this many levels of 255 are added or taken, uniformly.
    pub brightness: f32,
}

impl Default for Augmentation {
    fn default() -> Self {
        Self {
            shift: 0.06,
            scale: 0.1,
            rotation: 0.17,
            flip: true,
            contrast: 0.3,
            brightness: 25.0,
        }
    }
}

impl Augmentation {
    pub fn none() -> Self {
        Self {
            shift: 0.0,
            scale: 0.0,
            rotation: 0.0,
            flip: false,
            contrast: 0.0,
            brightness: 0.0,
        }
    }

    /// Draws how sample `index` is cropped in `epoch`.
    pub fn draw(&self, face: FaceBox, seed: u64, epoch: u64, index: u64) -> AugmentedCrop {
        let mut rng = stream(seed, epoch, index);
        let mut normal = || rng.sample::<f32, _>(StandardNormal).clamp(-3.0, 3.0);
        let half = face.side() / 2.0;
        let center = face.center();
        let moved = [
            center[0] + self.shift * half * normal(),
            center[1] + self.shift * half * normal(),
        ];
        let half = half * (1.0 + self.scale * normal()).max(0.3);
        let angle = face.angle + self.rotation * normal();
        let turned = FaceBox {
            angle,
            ..FaceBox::square(moved, half)
        };
        let mut uniform = || 2.0 * rng.random::<f32>() - 1.0;
        let gain = 1.0 + self.contrast * uniform();
        let offset = self.brightness * uniform();
        let mirrored = self.flip && rng.random::<bool>();
        let transform = turned.transform();
        AugmentedCrop {
            transform: if mirrored {
                transform.mirrored()
            } else {
                transform
            },
            gain,
            offset,
        }
    }
}

/// Which square of a picture is cropped, and how its brightness is changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AugmentedCrop {
    pub transform: BoxTransform,
    /// Levels 0 to 255 are multiplied by this,
    pub gain: f32,
    /// and this is added, before they are clamped to 0 to 255 again.
    pub offset: f32,
}

impl AugmentedCrop {
    pub fn plain(face: FaceBox) -> Self {
        Self {
            transform: face.transform(),
            gain: 1.0,
            offset: 0.0,
        }
    }
}

/// A stream of its own for each (seed, epoch, index).
pub(super) fn stream(seed: u64, epoch: u64, index: u64) -> Xoshiro256PlusPlus {
    // Odd constants of SplitMix64 keep neighbouring numbers apart.
    let mixed = seed
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(epoch.wrapping_mul(0xbf58_476d_1ce4_e5b9))
        .wrapping_add(index.wrapping_mul(0x94d0_49bb_1331_11eb));
    Xoshiro256PlusPlus::seed_from_u64(mixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_depend_on_seed_epoch_and_sample_alone() {
        let face = FaceBox::new(10.0, 20.0, 100.0, 100.0);
        let view = |s, e, i| Augmentation::default().draw(face, s, e, i);
        assert_eq!(view(1, 2, 3), view(1, 2, 3));
        assert_ne!(view(1, 2, 3), view(1, 2, 4));
        assert_ne!(view(1, 2, 3), view(1, 3, 3));
        assert_ne!(view(1, 2, 3), view(2, 2, 3));
        let none = Augmentation::none().draw(face, 1, 2, 3);
        assert_eq!(none, AugmentedCrop::plain(face));
    }
}
