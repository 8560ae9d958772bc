//! The formats that data sets are written in.

use crate::dataset::celeba;

/// A format that data sets are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// CelebA's folder with its text tables
    Celeba,
    /// The same with CSV tables
    CelebaCsv,
    /// MTFL's training.txt and testing.txt
    Mtfl,
    /// A 300-W .pts file of five points beside each picture
    Pts,
    /// COCO keypoints, one JSON file
    Coco,
    /// labelme, a JSON file a picture
    Labelme,
    /// faces.csv, one row a face
    FacesCsv,
}

impl Format {
    pub const ALL: [Format; 7] = [
        Self::Celeba,
        Self::CelebaCsv,
        Self::Mtfl,
        Self::Pts,
        Self::Coco,
        Self::Labelme,
        Self::FacesCsv,
    ];

    pub fn celeba_form(self) -> Option<celeba::TableFormat> {
        match self {
            Self::Celeba => Some(celeba::TableFormat::Text),
            Self::CelebaCsv => Some(celeba::TableFormat::Csv),
            _ => None,
        }
    }

    /// Whether there is room for one face a picture only.
    pub(super) fn one_face(self) -> bool {
        matches!(
            self,
            Self::Celeba | Self::CelebaCsv | Self::Mtfl | Self::Pts
        )
    }
}
