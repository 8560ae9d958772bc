//! In which boxes faces are measured. A box from labels tells where the face is, so a measure
//! says which it was, and how far a network relies on it is seen by moving boxes by chance.

use std::fmt;
use std::str::FromStr;

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use rand_distr::StandardNormal;
use serde::Serialize;

use super::error::EvaluationError;
use crate::dataset::{BoxPolicy, BoxSource, Sample, picture_box};
use crate::hash::StableHasher;
use crate::label::FaceBox;

/// How far boxes are moved by chance; normally distributed up to three standard deviations, as in
/// training.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Jitter {
    /// In half sides.
    pub shift: f32,
    /// As a fraction of the side.
    pub scale: f32,
    /// In radians.
    pub rotation: f32,
    pub seed: u64,
}

impl FromStr for Jitter {
    type Err = EvaluationError;

    fn from_str(text: &str) -> Result<Self, EvaluationError> {
        let parts: Vec<&str> = text.split(',').map(str::trim).collect();
        let [shift, scale, rotation, seed] = parts[..] else {
            return Err(EvaluationError::Jitter(text.to_owned()));
        };
        let spread = |part: &str| match part.parse::<f32>() {
            Ok(v) if (0.0..=10.0).contains(&v) => Ok(v),
            _ => Err(EvaluationError::Spread(part.to_owned())),
        };
        Ok(Self {
            shift: spread(shift)?,
            scale: spread(scale)?,
            rotation: spread(rotation)?,
            seed: seed
                .parse()
                .map_err(|_| EvaluationError::Seed(seed.to_owned()))?,
        })
    }
}

impl fmt::Display for Jitter {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self {
            shift,
            scale,
            rotation,
            seed,
        } = self;
        write!(
            f,
            "moved by chance (standard deviations: {shift} half sides, {scale} of the size, \
             {rotation} radians; seed {seed})"
        )
    }
}

impl Jitter {
    /// A face's box, moved. Depends on the seed, the picture's name and the face's number alone, so
    /// neither on the folder nor on which other faces there are.
    fn moved(&self, face: FaceBox, sample: &Sample) -> FaceBox {
        let name = sample.path.file_name().unwrap_or_default();
        let mut key = StableHasher::default();
        key.add(name.as_encoded_bytes());
        key.add(&sample.face.to_le_bytes());
        let mixed = self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(key.finish().wrapping_add(mixed));
        let mut normal = || rng.sample::<f32, _>(StandardNormal).clamp(-3.0, 3.0);
        let half = face.side() / 2.0;
        let [x, y] = face.center();
        let center = [
            x + self.shift * half * normal(),
            y + self.shift * half * normal(),
        ];
        let half = half * (1.0 + self.scale * normal()).max(0.3);
        FaceBox {
            angle: face.angle + self.rotation * normal(),
            ..FaceBox::square(center, half)
        }
    }
}

/// Where faces are looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Placing {
    pub boxes: BoxPolicy,
    pub jitter: Option<Jitter>,
}

impl Placing {
    /// The box of a face in a picture of this size.
    pub fn place(&self, sample: &Sample, width: u32, height: u32) -> (FaceBox, BoxSource) {
        let picture = || self.jittered(picture_box(width, height), sample);
        self.without_picture(sample).unwrap_or_else(picture)
    }

    /// The box of a face, if it does not depend on the picture.
    pub fn without_picture(&self, sample: &Sample) -> Option<(FaceBox, BoxSource)> {
        let face = self.boxes.without_picture(sample)?;
        Some(self.jittered(face, sample))
    }

    fn jittered(&self, face: (FaceBox, BoxSource), sample: &Sample) -> (FaceBox, BoxSource) {
        match &self.jitter {
            Some(jitter) => (jitter.moved(face.0, sample), face.1),
            None => face,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{PointLabel, Schema, TaskLabels};
    use std::path::Path;

    fn sample(path: &str) -> Sample {
        let mut sample = Sample::unlabelled(Path::new(path), &Schema::face());
        sample.face_box = Some((FaceBox::new(1.0, 2.0, 30.0, 30.0), BoxSource::DataSet));
        if let TaskLabels::Points(points) = &mut sample.annotation.tasks[0] {
            for (i, point) in points.iter_mut().enumerate() {
                *point = PointLabel::visible([10.0 + i as f32, 20.0]);
            }
        }
        sample
    }

    #[test]
    fn jitter_depends_on_seed_and_face_alone() {
        let placed = |path: &str, face: u32, jitter: &str| {
            let placing = Placing {
                boxes: BoxPolicy::Dataset,
                jitter: Some(jitter.parse().unwrap()),
            };
            let sample = Sample {
                face,
                ..sample(path)
            };
            placing.place(&sample, 100, 100).0
        };
        let one = placed("a/1.jpg", 0, "0.1,0.1,0.1,7");
        assert_eq!(one, placed("b/c/1.jpg", 0, "0.1, 0.1, 0.1, 7"));
        assert_ne!(one, placed("a/1.jpg", 1, "0.1,0.1,0.1,7"));
        assert_ne!(one, placed("a/2.jpg", 0, "0.1,0.1,0.1,7"));
        assert_ne!(one, placed("a/1.jpg", 0, "0.1,0.1,0.1,8"));
        let still = placed("a/1.jpg", 0, "0,0,0,7");
        assert_eq!(still, FaceBox::new(1.0, 2.0, 30.0, 30.0));
        for bad in ["", "1,2,3", "1,2,3,x", "-1,0,0,1", "nan,0,0,1", "0,0,0,1.5"] {
            assert!(bad.parse::<Jitter>().is_err(), "{bad}");
        }
    }
}
