//! What the view asks the engine for the face at hand.

use std::time::Instant;

use crate::app::features::state::display::ScaleChoice;
use crate::app::features::state::effect::Effect;
use crate::app::features::state::key::MapsKey;
use crate::app::features::view::FeatureView;
use crate::engine::{
    EffectRequest, FaceTicket, FeatureRequest, LayerMapsRequest, NetworkInfo, PhotoFace,
};
use crate::model::Mask;

impl FeatureView {
    /// What to ask the engine for the face at hand, as far as that has not been asked.
    pub fn requests(
        &mut self,
        face: PhotoFace,
        network: Option<&NetworkInfo>,
    ) -> Vec<FeatureRequest> {
        let mut ask = Vec::new();
        self.attention.turn_to(Some(face.key));
        let before = self.maps.face.replace(face.key);
        if before.is_none_or(|key| key.ticket != face.key.ticket) {
            self.muting.effect = Effect::default();
        }
        self.maps.absent = None;
        let key = self.maps_key(&face, network);
        if self.maps.asked.as_ref() != Some(&key) {
            self.maps.failed = None;
            self.maps.waiting.get_or_insert_with(Instant::now);
            ask.push(FeatureRequest::Maps(LayerMapsRequest {
                face: face.clone(),
                place: key.place,
                masks: key.masks.clone(),
            }));
            self.maps.asked = Some(key.clone());
        }
        let own_ranges = self.display.scale == ScaleChoice::Own;
        ask.extend(self.comparison.request(&face, &key, own_ranges));
        // Maps of another network may have come since, whose channels are others.
        if let Some(masks) = self.effect_masks() {
            let key = MapsKey { masks, ..key };
            if self.muting.effect.asked.as_ref() != Some(&key) {
                self.muting.effect.answered = false;
                let masks = key.masks.clone();
                ask.push(FeatureRequest::Effect(EffectRequest { face, masks }));
                self.muting.effect.asked = Some(key);
            } else if self.muting.effect.answered {
                // What would be, muted alone, is what is once it is muted.
                self.muting.effect.of_all = !self.muting.is_empty();
            }
        }
        ask
    }

    /// What is to be asked for now.
    pub(super) fn maps_key(&self, face: &PhotoFace, network: Option<&NetworkInfo>) -> MapsKey {
        MapsKey {
            face: face.key,
            place: self.place,
            masks: self.muting.masks(),
            network: network.map(|n| (n.hash, n.device.clone())),
        }
    }

    /// There is no face to look at: its picture is still read, or `why` it never will be.
    pub fn has_no_face(&mut self, ticket: FaceTicket, why: Option<String>) {
        if self.maps.face.is_some_and(|key| key.ticket != ticket) {
            self.attention.turn_to(None);
        }
        self.maps.absent = why;
        // What comes meanwhile is of no face that is looked at, and is dropped: all is asked anew.
        self.maps.asked = None;
        self.muting.effect.asked = None;
        self.comparison.asked = None;
        self.maps.waiting = match self.maps.absent {
            Some(_) => None,
            None => self.maps.waiting.or_else(|| Some(Instant::now())),
        };
        self.inspector.pointer = None;
    }

    /// What is muted, or else the selected channel alone.
    pub(super) fn effect_masks(&self) -> Option<Vec<Mask>> {
        if !self.muting.is_empty() {
            return Some(self.muting.masks());
        }
        let shown = self.maps.shown.as_ref().filter(|s| s.place == self.place)?;
        let (tower, channel) = (self.tower()?, self.inspector.selected.1 as usize);
        let layer = Some(shown.place.layer).filter(|_| shown.place.is_conv())?;
        let channels = tower.maps.channels();
        if channel >= channels {
            return None; // of a wider network beside this one
        }
        Some(vec![Mask::muting(
            tower.maps.id,
            layer,
            channels,
            &[channel],
        )])
    }

    /// Whether the effect that is shown is of what is selected or muted now.
    pub(super) fn effect_is_current(&self) -> bool {
        let effect = &self.muting.effect;
        let asked = effect.asked.as_ref().map(|key| &key.masks);
        effect.answered && asked.is_some() && asked == self.effect_masks().as_ref()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use image::RgbImage;

    use super::*;
    use crate::app::features::state::muting::MuteButton;
    use crate::engine::{FaceKey, ListTicket};
    use crate::label::FaceBox;
    use crate::model::{Layer, TapLayer, TowerId};

    fn face(index: usize, left: f32) -> PhotoFace {
        PhotoFace {
            key: FaceKey {
                ticket: FaceTicket::listed(ListTicket(0), index),
                face_box: FaceBox::new(left, 0.0, left + 4.0, 4.0),
            },
            photo: Arc::new(RgbImage::new(8, 8)),
        }
    }

    /// Whether maps and a comparison are asked for.
    fn asked(view: &mut FeatureView, face: PhotoFace) -> (bool, bool) {
        let all = view.requests(face, None);
        let maps = |r: &FeatureRequest| matches!(r, FeatureRequest::Maps(_));
        let compare = |r: &FeatureRequest| matches!(r, FeatureRequest::Compare(..));
        (all.iter().any(maps), all.iter().any(compare))
    }

    #[test]
    fn maps_are_asked_for_once_and_again_as_soon_as_anything_is_another() {
        let mut view = FeatureView::new(None);
        assert_eq!(asked(&mut view, face(1, 0.0)), (true, false));
        assert_eq!(asked(&mut view, face(1, 0.0)), (false, false), "once");
        assert!(asked(&mut view, face(1, 1.0)).0, "another box");
        assert!(asked(&mut view, face(2, 1.0)).0, "another face");
        view.go(TapLayer::conv(Layer::Conv2_1));
        assert!(asked(&mut view, face(2, 1.0)).0, "another layer");
        let channel = (TowerId::Shared, Layer::Conv1_2, 4);
        for muted in [true, false] {
            view.muting.press(MuteButton::Mute, channel, 1);
            assert!(asked(&mut view, face(2, 1.0)).0, "muted: {muted}");
        }
        assert!(!asked(&mut view, face(2, 1.0)).0);
        view.has_no_face(face(2, 1.0).key.ticket, None);
        assert!(asked(&mut view, face(2, 1.0)).0, "read again");
    }

    #[test]
    fn a_comparison_is_asked_for_with_its_maps_and_when_it_is_another() {
        let mut view = FeatureView::new(None);
        asked(&mut view, face(1, 0.0));
        view.compare_with(None);
        assert_eq!(asked(&mut view, face(1, 0.0)), (false, true));
        assert_eq!(asked(&mut view, face(1, 0.0)), (false, false));
        assert_eq!(asked(&mut view, face(1, 1.0)), (true, true));
        view.display.scale = ScaleChoice::Own;
        assert_eq!(asked(&mut view, face(1, 1.0)), (false, true));
        view.compare_with(Some("other.safetensors".into()));
        assert_eq!(asked(&mut view, face(1, 1.0)), (false, true));
        view.comparison.end();
        assert_eq!(asked(&mut view, face(1, 1.0)), (false, false));
    }
}
