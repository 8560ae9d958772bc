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
    /// Whether the answer that was looked at last was checked against random weights, which that
    /// about the next face is too; `None` until there was one.
    pub looked: Option<bool>,
    /// The face and network that were asked about last without a press.
    followed: Option<(FaceKey, String)>,
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
        self.looked = self.shows_check().or(self.looked);
        if let Some(found) = self.found.take() {
            self.keep(found);
        }
        let of_here = |e: &Explained| Some(e.key) == here;
        let mut kept = self.kept.iter();
        let at = kept.position(|(network, e)| *network == self.network && of_here(e));
        let back = at.and_then(|at| self.kept.remove(at));
        self.found = back.map(|(_, found)| found);
    }

    fn shows_check(&self) -> Option<bool> {
        let found = self.found.as_ref()?;
        Some(found.explanation.random.is_some())
    }

    /// Whether the face at hand has no answer yet where that before it had one: Grad-CAM is asked
    /// again by itself, and occlusion, which takes its time, waits for a press.
    pub fn has_fallen_behind(&self) -> bool {
        self.found.is_none() && self.here.is_some() && self.looked.is_some()
    }

    /// What to ask of the face at hand without a press, once: whether to check it.
    pub fn follow(&mut self) -> Option<bool> {
        let check = self
            .looked
            .filter(|_| self.grad_cam && self.has_fallen_behind())?;
        let of = (self.here?, self.network.clone());
        if self.followed.as_ref() == Some(&of) {
            return None; // it was stopped, or came to nothing
        }
        self.followed = Some(of);
        Some(check)
    }

    /// Whether nobody pressed for the answer about a face.
    pub fn follows(&self, key: FaceKey) -> bool {
        let followed = self.followed.as_ref();
        followed.is_some_and(|of| of.0 == key && of.1 == self.network)
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

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::*;
    use crate::engine::{FaceTicket, ListTicket};
    use crate::label::FaceBox;
    use crate::study::{Explanation, HeatMap, Method, Target};

    fn key(index: usize) -> FaceKey {
        FaceKey {
            ticket: FaceTicket::listed(ListTicket(0), index),
            face_box: FaceBox::new(0.0, 0.0, 4.0, 4.0),
        }
    }

    fn found(index: usize) -> Box<Explained> {
        Box::new(Explained {
            key: key(index),
            explanation: Explanation {
                target: Target::Point { task: 0, item: 2 },
                method: Method::GradCam(None),
                method_title: "Grad-CAM".into(),
                face_box: FaceBox::new(0.0, 0.0, 4.0, 4.0),
                input: RgbImage::new(1, 1),
                heat: HeatMap {
                    values: Vec::new(),
                    grid: Vec::new(),
                    grid_side: 0,
                    signed: false,
                    unit: "",
                },
                at: None,
                probability: None,
                random: None,
            },
        })
    }

    #[test]
    fn grad_cam_follows_the_face_once_and_occlusion_waits_for_a_press() {
        let mut attention = Attention {
            grad_cam: true,
            ..Attention::default()
        };
        attention.turn_to(Some(key(1)));
        assert_eq!(attention.follow(), None, "nobody has asked for any");
        assert!(attention.take(found(1)));
        assert_eq!(attention.follow(), None, "it is there");
        attention.turn_to(Some(key(2)));
        assert!(attention.found.is_none() && attention.has_fallen_behind());
        assert_eq!(attention.follow(), Some(false));
        assert!(attention.follows(key(2)) && !attention.follows(key(1)));
        assert_eq!(attention.follow(), None, "once");
        assert!(attention.take(found(2)));
        // The answers of before come back with their faces.
        attention.turn_to(Some(key(1)));
        assert!(attention.found.is_some() && attention.follow().is_none());
        attention.grad_cam = false;
        attention.turn_to(Some(key(3)));
        assert!(attention.has_fallen_behind());
        assert_eq!(attention.follow(), None, "occlusion takes long");
        // While no face is there, none is asked about.
        attention.grad_cam = true;
        attention.turn_to(None);
        assert_eq!(attention.follow(), None);
        attention.turn_to_network("another");
        attention.turn_to(Some(key(3)));
        assert_eq!(attention.follow(), Some(false), "of another network");
    }
}
