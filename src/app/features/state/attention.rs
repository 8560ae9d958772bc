//! What is asked of where the network looked, and the answers about the faces that were looked at.

use std::collections::VecDeque;

use eframe::egui::TextureHandle;

use crate::engine::{Explained, FaceKey};
use crate::study::Occlusion;

/// What is asked, and what was answered last.
#[derive(Default)]
pub struct Attention {
    /// Task and item.
    pub of: (usize, usize),
    pub grad_cam: bool,
    /// Whether Grad-CAM takes the layer and tower that are looked at, not the task's last.
    pub of_shown: bool,
    pub occlusion: Occlusion,
    /// Of the face and box that are looked at.
    pub found: Option<Box<Explained>>,
    pub pictures: Vec<TextureHandle>,
    /// The face and box that are looked at, as the window numbers it.
    pub here: Option<FaceKey>,
    /// The fingerprint of the network that is asked.
    pub network: String,
    /// The newest answers about other faces, boxes and networks, one each, with the network.
    pub kept: VecDeque<(String, Box<Explained>)>,
}

/// Answers that are kept for when their face is looked at again.
const KEPT: usize = 40;

impl Attention {
    /// Another face or box is looked at: its answer comes back, where it has one.
    pub fn turn_to(&mut self, here: Option<FaceKey>) {
        if self.here == here {
            return;
        }
        self.here = here;
        self.pictures.clear();
        if let Some(found) = self.found.take() {
            self.keep(found);
        }
        let of_here = |e: &Explained| Some(e.key) == here;
        let mut kept = self.kept.iter();
        let at = kept.position(|(network, e)| *network == self.network && of_here(e));
        let back = at.and_then(|at| self.kept.remove(at));
        self.found = back.map(|(_, found)| found);
    }

    /// Another network is asked: what it answered before comes back with its face.
    pub fn turn_to_network(&mut self, network: &str) {
        self.turn_to(None);
        self.network = network.to_owned();
    }

    fn keep(&mut self, found: Box<Explained>) {
        self.kept
            .retain(|(network, e)| *network != self.network || e.key != found.key);
        self.kept.push_front((self.network.clone(), found));
        self.kept.truncate(KEPT);
    }

    /// Whether it is about the face and box that are looked at.
    pub fn take(&mut self, found: Box<Explained>) -> bool {
        if self.here != Some(found.key) {
            self.keep(found);
            return false;
        }
        self.pictures.clear();
        self.found = Some(found);
        true
    }
}
