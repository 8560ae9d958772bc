//! In which boxes faces are looked at, where more than one can be had.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{BoxSource, Sample, picture_box};
use crate::label::FaceBox;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum BoxPolicy {
    /// The data set's own, else from the labelled points, else the picture
    #[default]
    Dataset,
    /// From the labelled points, else the data set's own, else the picture; such a box tells where
    /// the points are
    Labels,
    /// The whole picture if it is about square, else its centre square
    Picture,
}

impl BoxPolicy {
    /// The box of a face in a picture of this size.
    pub fn box_of(self, sample: &Sample, width: u32, height: u32) -> (FaceBox, BoxSource) {
        let picture = || picture_box(width, height);
        self.without_picture(sample).unwrap_or_else(picture)
    }

    /// The box of a face, if it does not depend on the picture.
    pub fn without_picture(self, sample: &Sample) -> Option<(FaceBox, BoxSource)> {
        let labels = || Some((sample.annotation.box_from_points()?, BoxSource::Labels));
        match self {
            Self::Dataset => sample.region(),
            Self::Labels => labels().or(sample.face_box),
            Self::Picture => None,
        }
    }

    /// Gives faces these boxes for their own. A picture that cannot be read keeps what it has.
    pub fn apply(self, samples: &mut [Sample]) {
        if self == Self::Dataset {
            return;
        }
        samples.par_iter_mut().for_each(|sample| {
            let picture = || {
                let photo = sample.load().ok()?;
                Some(picture_box(photo.width(), photo.height()))
            };
            let face_box = match self {
                Self::Picture => picture(),
                _ => self.without_picture(sample),
            };
            sample.face_box = face_box.or(sample.face_box);
        });
    }

    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{PointLabel, Schema, TaskLabels};

    #[test]
    fn a_policy_decides_which_box() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a.png");
        image::RgbImage::new(100, 100).save(&path).unwrap();
        let mut with_points = Sample::unlabelled(&path, &Schema::face());
        with_points.face_box = Some((FaceBox::new(1.0, 2.0, 30.0, 30.0), BoxSource::Aligned));
        let bare = with_points.clone();
        if let TaskLabels::Points(points) = &mut with_points.annotation.tasks[0] {
            for (i, point) in points.iter_mut().enumerate() {
                *point = PointLabel::visible([10.0 + i as f32, 20.0]);
            }
        }
        use BoxSource::{Aligned, Labels, WholePicture};
        for (boxes, sources) in [
            (BoxPolicy::Dataset, [Aligned, Aligned]),
            (BoxPolicy::Labels, [Labels, Aligned]),
            (BoxPolicy::Picture, [WholePicture, WholePicture]),
        ] {
            let mut samples = [with_points.clone(), bare.clone()];
            let placed = samples.each_ref().map(|s| boxes.box_of(s, 100, 100));
            assert_eq!(placed.map(|p| p.1), sources);
            boxes.apply(&mut samples);
            assert_eq!(samples.map(|s| s.face_box), placed.map(Some));
        }
    }
}
