//! What the view asks the engine for the face at hand.

use std::time::Instant;

use crate::app::features::state::display::ScaleChoice;
use crate::app::features::state::effect::Effect;
use crate::app::features::state::key::{EffectKey, EffectOf, MapsKey};
use crate::app::features::view::FeatureView;
use crate::engine::{EffectRequest, FaceTicket, FeatureRequest, LayerMapsRequest, PhotoFace};
use crate::model::Mask;

impl FeatureView {
    /// What to ask the engine for the face at hand, as far as that has not been asked.
    pub fn requests(&mut self, face: PhotoFace) -> Vec<FeatureRequest> {
        let mut ask = Vec::new();
        self.attention.turn_to(Some(face.key));
        let before = self.maps.face.replace(face.key);
        if before.is_none_or(|key| key.ticket != face.key.ticket) {
            self.muting.effect = Effect::default();
        }
        self.maps.absent = None;
        let key = self.maps_key(&face);
        if self.maps.asked != Some(key) {
            self.maps.failed = None;
            self.maps.waiting.get_or_insert_with(Instant::now);
            ask.push(FeatureRequest::Maps(LayerMapsRequest {
                face: face.clone(),
                place: key.place,
                masks: self.muting.masks(),
            }));
            self.maps.asked = Some(key);
        }
        let own_ranges = self.display.scale == ScaleChoice::Own;
        let masks = || self.muting.masks();
        ask.extend(self.comparison.request(&face, key, masks, own_ranges));
        ask.extend(self.effect_request(face));
        ask
    }

    /// What muting does to the face, unless that has been asked.
    fn effect_request(&mut self, face: PhotoFace) -> Option<FeatureRequest> {
        let Some(of) = self.effect_of() else {
            self.muting.effect = Effect::default();
            return None;
        };
        let asked = self.muting.effect.asked.as_ref();
        if asked.is_some_and(|asked| asked.face == face.key && asked.of == of) {
            return None;
        }
        let masks = match of {
            EffectOf::Muted(_) => self.muting.masks(),
            EffectOf::Channel {
                tower,
                layer,
                channel,
                channels,
            } => vec![Mask::muting(tower, layer, channels, &[channel])],
        };
        self.muting.effect.answered = false;
        self.muting.effect.asked = Some(EffectKey {
            face: face.key,
            of,
            masks: masks.clone(),
        });
        Some(FeatureRequest::Effect(EffectRequest { face, masks }))
    }

    /// What is to be asked for now.
    pub(super) fn maps_key(&self, face: &PhotoFace) -> MapsKey {
        MapsKey {
            face: face.key,
            place: self.place,
            muting: self.muting.version,
        }
    }

    /// There is no face to look at: its picture is still read, or `why` it never will be.
    pub fn has_no_face(&mut self, ticket: FaceTicket, why: Option<String>) {
        if self.maps.face.is_some_and(|key| key.ticket != ticket) {
            self.attention.turn_to(None);
        }
        self.maps.absent = why;
        // What comes meanwhile is of no face that is looked at.
        self.ask_anew();
        self.maps.waiting = match self.maps.absent {
            Some(_) => None,
            None => self.maps.waiting.or_else(|| Some(Instant::now())),
        };
        self.inspector.pointer = None;
    }

    /// What has been asked is asked again, and what is still answered to it is not taken: another
    /// network answers, or the same one on another device.
    pub fn ask_anew(&mut self) {
        self.maps.asked = None;
        self.muting.effect.asked = None;
        self.comparison.asked = None;
    }

    /// Asks again for what could not be made.
    pub fn ask_failed(&mut self) {
        if self.maps.failed.is_some() {
            self.maps.asked = None;
        }
        if self.comparison.problem.is_some() {
            self.comparison.asked = None;
        }
    }

    /// What is muted, or else the selected channel alone.
    fn effect_of(&self) -> Option<EffectOf> {
        if !self.muting.is_empty() {
            return Some(EffectOf::Muted(self.muting.version));
        }
        let shown = self.maps.shown.as_ref().filter(|s| s.place == self.place)?;
        let tower = &self.tower()?.maps;
        let (channel, channels) = (self.inspector.selected.1 as usize, tower.channels());
        // One of a wider network beside this one is not there.
        (shown.place.is_conv() && channel < channels).then_some(EffectOf::Channel {
            tower: tower.id,
            layer: shown.place.layer,
            channel,
            channels,
        })
    }

    /// Whether the effect that is shown is of what is selected or muted now.
    pub(super) fn effect_is_current(&self) -> bool {
        let effect = &self.muting.effect;
        let asked = effect.asked.as_ref().map(|key| key.of);
        effect.answered && asked.is_some() && asked == self.effect_of()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use image::RgbImage;

    use super::*;
    use crate::app::features::state::muting::MuteButton;
    use crate::engine::{EngineError, FaceKey, ListTicket, MutedAnswer};
    use crate::label::{FaceBox, Prediction, Schema, TaskPrediction};
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
        let all = view.requests(face);
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

    /// What muting is asked for, if it is.
    fn effect_asked(view: &mut FeatureView, face: PhotoFace) -> Option<EffectRequest> {
        let effect = |r| match r {
            FeatureRequest::Effect(wanted) => Some(wanted),
            _ => None,
        };
        view.requests(face).into_iter().find_map(effect)
    }

    fn answer(wanted: EffectRequest) -> MutedAnswer {
        let actual = Prediction {
            tasks: vec![
                TaskPrediction::Points(vec![[1.0, 2.0]; 5]),
                TaskPrediction::Binary(vec![0.5; 40]),
            ],
        };
        MutedAnswer {
            key: wanted.face.key,
            masks: wanted.masks,
            whole: actual.clone(),
            muted: actual,
        }
    }

    #[test]
    fn what_muting_does_is_taken_of_what_was_asked_and_gone_once_all_is_heard() {
        let (mut view, schema) = (FeatureView::new(None), Schema::face());
        view.go(TapLayer::fused(Layer::Conv2_1));
        let channel = (TowerId::Shared, Layer::Conv1_2, 4);
        view.muting.press(MuteButton::Mute, channel, 1);
        let first = effect_asked(&mut view, face(1, 0.0)).unwrap();
        assert!(effect_asked(&mut view, face(1, 0.0)).is_none(), "once");
        view.muting.press(MuteButton::Mute, channel, 2);
        let second = effect_asked(&mut view, face(1, 0.0)).unwrap();
        view.take_effect(&schema, &answer(first));
        assert!(
            view.muting.effect.rows.is_empty(),
            "of what is no longer muted"
        );
        view.take_effect(&schema, &answer(second));
        assert!(view.effect_is_current() && !view.muting.effect.rows.is_empty());
        let moved = effect_asked(&mut view, face(1, 1.0)).unwrap();
        assert!(!view.effect_is_current(), "of another box");
        // Fused maps have no channel that could be muted alone.
        view.muting.reset();
        assert!(effect_asked(&mut view, face(1, 1.0)).is_none());
        assert!(view.muting.effect.rows.is_empty());
        view.take_effect(&schema, &answer(moved));
        assert!(view.muting.effect.rows.is_empty());
    }

    #[test]
    fn what_failed_is_asked_for_again_when_it_is_wanted_again() {
        let ctx = eframe::egui::Context::default();
        let mut view = FeatureView::new(None);
        view.compare_with(None);
        let here = face(1, 0.0);
        assert_eq!(asked(&mut view, here.clone()), (true, true));
        view.ask_failed();
        assert_eq!(asked(&mut view, here.clone()), (false, false), "awaited");
        view.fail(TapLayer::conv(Layer::Conv1_2), here.key.ticket, "lost");
        let newest = view.comparison.ticket;
        view.take_compared(&ctx, newest, Err(EngineError::NoSecond));
        assert_eq!(asked(&mut view, here.clone()), (false, false), "by itself");
        view.ask_failed();
        assert_eq!(asked(&mut view, here.clone()), (true, true));
        view.ask_anew();
        assert_eq!(
            asked(&mut view, here.clone()),
            (true, true),
            "of another network"
        );
    }
}
