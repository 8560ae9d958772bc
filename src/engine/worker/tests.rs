use std::sync::mpsc::channel;

use image::RgbImage;

use super::answers::{failed, read_value};
use super::*;
use crate::engine::features::Work;
use crate::engine::{
    EffectRequest, FaceId, FaceKey, FaceTicket, FeatureReply, LayerMapsRequest, ListTicket,
    PhotoFace,
};
use crate::label::FaceBox;
use crate::model::Predictor;
use crate::model::{Layer, TapLayer};

fn request(index: usize, x: f32) -> PredictRequest {
    PredictRequest {
        ticket: FaceTicket::listed(ListTicket(1), index),
        photo: Arc::new(RgbImage::new(1, 1)),
        face_box: FaceBox::new(x, 0.0, 1.0, 1.0),
        file: None,
    }
}

#[test]
fn what_can_wait_is_asked_once_and_within_bounds() {
    let mut worker = Worker::new(channel(), Arc::new(|_| ()), None, None);
    for (index, x) in [(1, 0.0), (2, 0.0), (1, 5.0)] {
        worker.asked(Request::PredictLater(request(index, x)));
    }
    let waiting: Vec<_> = worker
        .later
        .iter()
        .map(|w| (w.ticket.face, w.face_box.x))
        .collect();
    assert_eq!(
        waiting,
        [(FaceId::Listed(2), 0.0), (FaceId::Listed(1), 5.0)]
    );
    for index in 0..LATER + 9 {
        worker.asked(Request::PredictLater(request(index, 0.0)));
    }
    assert_eq!(worker.later.len(), LATER);
    worker.asked(Request::Compare(request(3, 0.0)));
    worker.asked(Request::Forget);
    assert!(worker.later.is_empty() && worker.compare.is_none());
}

#[test]
fn large_photos_that_wait_are_held_within_bounds() {
    let mut worker = Worker::new(channel(), Arc::new(|_| ()), None, None);
    let side = 4096;
    let each = 3 * (side * side) as usize;
    let mut add = |index, photo: &Arc<RgbImage>| {
        worker.asked(Request::PredictLater(PredictRequest {
            photo: photo.clone(),
            ..request(index, 0.0)
        }));
        let bytes = worker.later.iter().map(|w| w.photo.as_raw().len());
        (worker.later.len(), bytes.max())
    };
    let shared = Arc::new(RgbImage::new(side, side));
    for index in 0..40 {
        assert_eq!(add(index, &shared), (index + 1, Some(each)), "one photo");
    }
    for index in 40..60 {
        add(index, &Arc::new(RgbImage::new(side, side)));
    }
    assert_eq!(worker.later.len(), LATER_BYTES / each);
}

/// As when one box after another is moved in a photo, and each only once.
#[test]
fn a_face_that_another_takes_the_place_of_is_answered_later() {
    let mut worker = Worker::new(channel(), Arc::new(|_| ()), None, None);
    let places = |worker: &Worker| -> Vec<(FaceId, f32)> {
        let all = worker.predict.iter().chain(&worker.later);
        all.map(|w| (w.ticket.face, w.face_box.x)).collect()
    };
    let [first, second] = [1, 2].map(FaceId::Listed);
    for x in 0..9 {
        worker.asked(Request::Predict(request(1, x as f32)));
    }
    assert_eq!(places(&worker), [(first, 8.0)], "a box that is dragged");
    for x in 0..3 {
        worker.asked(Request::Predict(request(2, x as f32)));
    }
    assert_eq!(places(&worker), [(second, 2.0), (first, 8.0)]);
    worker.asked(Request::Predict(request(1, 9.0)));
    assert_eq!(places(&worker), [(first, 9.0), (second, 2.0)]);
}

#[test]
fn a_value_that_cannot_be_read_is_none() {
    assert_eq!(read_value(|| Ok(2.5)), Some(2.5));
    assert!(read_value(|| anyhow::bail!("no device")).is_none());
    assert!(read_value(|| panic!("no luck")).is_none());
}

#[test]
fn maps_that_cannot_be_made_are_said_of_their_face() {
    let (actual, heard) = channel();
    let send = move |reply| {
        let _ = actual.send(reply);
    };
    let mut worker = Worker::new(channel(), Arc::new(send), None, None);
    worker.loaded(Slot::A, bundled());
    let key = FaceKey {
        ticket: FaceTicket::listed(ListTicket(1), 7),
        face_box: FaceBox::new(0.0, 0.0, 1.0, 1.0),
    };
    let face = PhotoFace {
        key,
        photo: Arc::new(RgbImage::new(1, 1)),
    };
    let masks = Vec::new();
    let effect = Work::Effect(
        EffectRequest {
            face: face.clone(),
            masks: masks.clone(),
        },
        None,
    );
    let maps = Work::Maps(LayerMapsRequest {
        face,
        place: TapLayer::conv(Layer::Conv1_1),
        masks,
    });
    let mut fails = |work: &Work| {
        let panics = |_: &Predictor| panic!("no luck");
        assert!(
            worker
                .guarded::<()>(Slot::A, panics, |why| failed(work, why))
                .is_none()
        );
        heard.try_iter().last()
    };
    let maps = fails(&maps);
    assert!(matches!(
        maps,
        Some(Reply::Feature(FeatureReply::Failed(_, ticket, why))) if ticket == key.ticket && why.contains("failed")
    ));
    assert!(matches!(fails(&effect), Some(Reply::Failed(_))));
}
