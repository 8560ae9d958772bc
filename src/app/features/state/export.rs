//! What a figure shows, and how it is to be written.

use crate::app::faces::item::Face;
use crate::engine::{ExportTicket, PhotoFace};
use crate::figure::{Format, PhotoProvenance, Provenance};
use crate::label::Annotation;
use crate::model::TapLayer;

/// What a figure shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The layer that is looked at, as it is looked at.
    View,
    /// The paper's Figure 6: all of Conv1-2.
    Figure6,
    /// The selected channel over the face.
    Channel,
    Towers,
    Attention,
}

/// What is found out and kept as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableKind {
    Ranking,
    Towers,
    /// Which channels of two networks answer alike.
    Matches,
}

impl TableKind {
    /// What it is called, and its file until somebody says otherwise.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ranking => "channels",
            Self::Towers => "towers",
            Self::Matches => "matches",
        }
    }
}

/// The face at hand, what it is called, and what a figure of it says.
pub struct FigureFace {
    pub face: PhotoFace,
    pub name: String,
    pub labels: Option<Annotation>,
    pub provenance: Provenance,
}

/// What a figure's file says of a face of the list.
pub fn photo_provenance(face: &Face) -> PhotoProvenance {
    let photo = match face.hand {
        None => face.sample.full_name(),
        Some(_) => face.sample.path.display().to_string(),
    };
    PhotoProvenance {
        photo,
        face_box: face.face_box,
        source: face.source,
    }
}

/// The dialog.
pub struct Export {
    pub open: bool,
    pub what: What,
    /// What the tab showed for which it was opened last, to which the choice belongs.
    pub opened_for: Option<What>,
    pub format: Format,
    pub width_mm: f32,
    pub dpi: f32,
    /// Only the channels in sight, in their order.
    pub in_sight: bool,
    /// The exports that run, and the newest there was.
    pub running: Vec<ExportTicket>,
    newest: ExportTicket,
}

impl Default for Export {
    fn default() -> Self {
        Self {
            open: false,
            what: What::View,
            opened_for: None,
            format: Format::Pdf,
            width_mm: 180.0,
            dpi: 300.0,
            in_sight: false,
            running: Vec::new(),
            newest: ExportTicket::default(),
        }
    }
}

impl Export {
    /// The file's name until somebody gives another.
    pub fn name(&self, what: What, place: TapLayer) -> String {
        let stem = match what {
            What::View => place.name(),
            What::Figure6 => "figure6".into(),
            What::Channel => format!("{}_channel", place.name()),
            What::Towers => "towers".into(),
            What::Attention => "attention".into(),
        };
        format!("{stem}.{}", self.format.extension())
    }

    /// Notes that an export starts; returns its ticket.
    pub fn starts(&mut self) -> ExportTicket {
        self.newest = ExportTicket(self.newest.0 + 1);
        self.running.push(self.newest);
        self.newest
    }

    pub fn ends(&mut self, ticket: ExportTicket) {
        self.running.retain(|running| *running != ticket);
    }

    pub fn ending(&self) -> &'static str {
        self.format.extension()
    }
}
