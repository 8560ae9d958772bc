//! What the window is about: the faces that are open, the networks that look at them
//! and the runs that train others. Panes read
//! it; only the studio's actions change it.

mod arriving;
mod context;
mod networks;
mod sweep;

use std::path::PathBuf;

use crate::app::faces::arrangement::AttributeIndex;
use crate::app::faces::item::Face;
use crate::app::faces::kept_boxes::KeptBoxes;
use crate::app::faces::list::List;
use crate::app::faces::review::Review;
use crate::app::runs::Runs;
use crate::label::Schema;
use crate::review::Status;
pub use arriving::{Arriving, Found};
pub use context::{Blocked, Context};
pub use networks::Networks;
pub use sweep::{Sweep, SweepProgress, WaitingSheet};

pub struct Model {
    pub faces: List,
    /// Boxes of lists that were open earlier.
    pub kept_boxes: KeptBoxes,
    /// The paths that the faces came from.
    pub opened: Vec<PathBuf>,
    pub networks: Networks,
    pub sweep: Sweep,
    pub arriving: Arriving,
    /// The point or attribute that is selected for review, by its task and place in it.
    pub item: Option<AttributeIndex>,
    /// Whether predictions are hidden in the review until a face is approved.
    pub blind: bool,
    /// Whether labels are mended now: the Review workspace is shown.
    pub reviewing: bool,
    /// Labels that are mended.
    pub review: Review,
    /// The training runs that are watched.
    pub runs: Runs,
    /// Pixels of an exported picture to a pixel of the photo.
    pub export_scale: f32,
}

impl Model {
    /// Nothing is open yet.
    pub fn new(runs: Runs) -> Self {
        Self {
            faces: List::default(),
            kept_boxes: KeptBoxes::default(),
            opened: Vec::new(),
            networks: Networks::default(),
            sweep: Sweep::default(),
            arriving: Arriving::default(),
            item: None,
            blind: false,
            reviewing: false,
            review: Review::default(),
            runs,
            export_scale: 2.0,
        }
    }

    /// Whether faces of the list can be predicted that are not.
    pub fn can_predict(&self) -> bool {
        let complete = self.faces.findings.is_complete();
        !complete && self.sweep.progress.is_none() && self.networks.current.is_some()
    }

    /// The face that is looked at, without predictions where these are hidden.
    pub fn shown(&self) -> Option<Face<'_>> {
        let face = self.faces.shown()?;
        Some(self.seen(face, self.faces.selected()))
    }

    /// A face of the list as it may be seen.
    pub fn seen<'a>(&self, face: Face<'a>, index: usize) -> Face<'a> {
        match self.hides(index) {
            true => Face {
                finding: None,
                other: None,
                ..face
            },
            false => face,
        }
    }

    /// Whether predictions of a face are hidden.
    pub fn hides(&self, index: usize) -> bool {
        self.reviewing && self.blind && self.review.status(index) == Status::Todo
    }

    /// What the predictor that is compared with is called: a network with the slot that it is in.
    pub fn other_title(&self) -> Option<String> {
        let other = self.faces.other.as_ref()?;
        let network = other.network.and_then(|_| self.networks.other_title());
        Some(network.unwrap_or_else(|| other.name.clone()))
    }

    pub fn schema(&self) -> Schema {
        self.networks.schema()
    }
}
