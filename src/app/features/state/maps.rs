//! The maps of the face at hand, as far as they have come.

use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui::{self, ColorImage, TextureHandle, TextureOptions};

use crate::app::features::state::key::MapsKey;
use crate::app::features::state::muting::ChannelState;
use crate::app::features::state::order::Find;
use crate::engine::{FaceKey, FaceTicket, TowerMaps};
use crate::figure::GridStyle;
use crate::map_painter::{Grid, MapBuffer, MapPainter};
use crate::model::{TapLayer, TowerId};

/// Waiting is worth a word from here on.
pub const PATIENCE: Duration = Duration::from_millis(150);

/// The maps of the face at hand, as far as they have come.
#[derive(Default)]
pub struct Maps {
    /// What was asked for last.
    pub asked: Option<MapsKey>,
    pub painter: Option<Arc<MapPainter>>,
    pub shown: Option<Shown>,
    /// Since when maps are waited for.
    pub waiting: Option<Instant>,
    /// Counts the maps that have come.
    pub received: u64,
    /// The face at hand in its box: an answer for another key is out of date.
    pub face: Option<FaceKey>,
    /// Why there is no face to look at.
    pub absent: Option<String>,
    /// Why the newest maps could not be made.
    pub failed: Option<String>,
    /// Whether no maps are drawn, to measure what they cost.
    pub hidden: bool,
}

pub struct Shown {
    pub place: TapLayer,
    pub towers: Vec<Tower>,
    /// All towers of the network, those without this layer too.
    pub all: Vec<String>,
    pub input: TextureHandle,
    /// The selected channel over the face, with what it was made for.
    pub heat: Option<(GridStyle, Arc<MapBuffer>, Arc<Grid>)>,
    /// What the channels are in order for.
    pub arranged: Option<(Find, u64, u64)>,
}

/// What is drawn of a tower, and what was worked out once for it.
pub struct Tower {
    pub maps: TowerMaps,
    pub grid: Option<Arc<Grid>>,
    pub order: Vec<u32>,
    /// "64 channels · 128 × 128", and shorter and shorter.
    pub facts: Vec<String>,
    /// Of the values of the maps in sight, whatever the colours span.
    pub range: String,
    /// Cells that are muted, solo or starred.
    pub marks: Vec<(usize, ChannelState, bool)>,
}

impl Maps {
    pub fn towers(&self) -> &[Tower] {
        self.shown.as_ref().map_or(&[], |s| &s.towers)
    }

    /// The names of the towers that have maps.
    pub fn names(&self) -> Vec<String> {
        self.towers().iter().map(|t| t.maps.tower.clone()).collect()
    }

    /// Where a tower stands; the first where there are no maps of it.
    pub fn index_of(&self, tower: TowerId) -> usize {
        let at = self.towers().iter().position(|t| t.maps.id == tower);
        at.unwrap_or(0)
    }

    /// Whether the maps that are shown are of a convolution.
    pub fn are_conv(&self) -> bool {
        self.shown.as_ref().is_some_and(|s| s.place.is_conv())
    }

    /// Whether an answer is to what was asked last, if in another box: whatever is selected by now,
    /// nothing else has been asked since.
    pub fn are_asked(&self, face: FaceTicket, place: TapLayer) -> bool {
        let asked = self.asked.as_ref();
        asked.is_some_and(|asked| (asked.face.ticket, asked.place) == (face, place))
    }

    /// Whether an answer is for the face at hand, in the box where it is now.
    pub fn is_fresh(&self, key: FaceKey) -> bool {
        self.face == Some(key)
    }

    /// Why there is nothing to see.
    pub fn problem(&self) -> Option<&String> {
        self.absent.as_ref().or(self.failed.as_ref())
    }
}

impl Tower {
    pub fn new(maps: TowerMaps) -> Self {
        Self {
            range: String::new(),
            facts: Vec::new(),
            order: Vec::new(),
            marks: Vec::new(),
            grid: None,
            maps,
        }
    }
}

pub fn late(since: Option<Instant>) -> bool {
    since.is_some_and(|since| since.elapsed() > PATIENCE)
}

pub fn texture(ctx: &egui::Context, name: &str, picture: &image::RgbImage) -> TextureHandle {
    let size = [picture.width() as usize, picture.height() as usize];
    let image = ColorImage::from_rgb(size, picture.as_raw());
    ctx.load_texture(name, image, TextureOptions::LINEAR)
}
