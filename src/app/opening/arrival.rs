//! What comes from the background: what was opened, asked for or made.

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::ColorImage;

use super::recognise::Opened;
use crate::app::faces::compare::ComparedPredictor;
use crate::app::faces::item::Decoded;
use crate::app::faces::review::OpenedReview;
use crate::dataset::Sample;
use crate::dataset::export::Format;
use crate::engine::{ExportRequest, Slot};

/// What has come from the background.
pub enum Arrival {
    /// Faces to show in place of those there are.
    List(FaceSet),
    /// A table of which little or nothing can be used as faces: it may be predictions of the faces
    /// that are open.
    Table(PathBuf, FaceSet),
    /// What is to become of such a table.
    Question(Box<TableQuestion>),
    /// Pictures that are decoded and in no file, with what is known of them.
    Decoded {
        /// Of the opening.
        number: u64,
        name: String,
        pictures: Vec<(Sample, Decoded)>,
        /// Whether they are the bundled samples, and nobody asked for them.
        bundled: bool,
    },
    /// What another predictor says of the faces of a list.
    Compared {
        list: u64,
        other: ComparedPredictor,
    },
    /// A file to compare the faces of a list with.
    Compare {
        list: u64,
        path: PathBuf,
    },
    /// For the clipboard.
    CopiedPicture(Arc<ColorImage>),
    CopiedText(String),
    /// Words for the person who asked for something.
    Said(String),
    Opened(Opened),
    /// Weights for the network beside the one in use.
    SecondWeights(PathBuf),
    /// Weights that were chosen for one of the two places.
    WeightsFor(Slot, PathBuf),
    /// Paths that were opened and may be wanted again.
    Recent(Vec<PathBuf>),
    /// What a drop would do.
    Hovered(String),
    /// Paths that were chosen for a field of a form, by the form's own number for it.
    FormPaths(u32, Vec<PathBuf>),
    /// Weights whose maps are compared with those at hand.
    MapsOf(PathBuf),
    /// Maps that are written as they were when the dialog opened.
    Export(Box<ExportRequest>),
    /// A journal, and what it says of the faces of a list.
    Review(Box<OpenedReview>),
    /// There is no journal of this list, and none was to be made.
    NoJournal(u64),
    /// Faces of this list whose labels may be wrong by themselves.
    InDoubt(u64, Vec<u32>),
    /// Why the journal of this list cannot be opened.
    NoReview(u64, String),
    /// What a format of labels cannot hold, and what of it is written beside.
    Dropped(Format, Vec<String>, Option<String>),
    /// What went wrong.
    Failed(String),
}

/// Faces that were read.
pub struct FaceSet {
    /// By which these faces are known again.
    pub key: u64,
    /// Of the opening: of two sets, the one that was asked for last is shown.
    pub number: u64,
    pub name: String,
    pub samples: Vec<Sample>,
    pub columns: Vec<String>,
    /// What they were read from.
    pub paths: Vec<PathBuf>,
    /// What could not be used, in one sentence.
    pub problems: Option<String>,
    /// What is wrong one by one, as far as it is logged once the set is taken for one of faces.
    pub log: Vec<String>,
    /// Predictions that were opened together with them.
    pub predictions: Vec<PathBuf>,
}

impl FaceSet {
    pub fn log_problems(&self) {
        for problem in &self.log {
            log::info!("{problem}");
        }
    }
}

/// What was found in such a table.
pub struct TableQuestion {
    pub path: PathBuf,
    /// Number of the list whose faces it is about.
    pub list: u64,
    pub other: ComparedPredictor,
    /// How much it says of the list, and what in it cannot be used.
    pub said: String,
    /// The faces that it has when it is taken for a data set; there may be none.
    pub set: FaceSet,
}
