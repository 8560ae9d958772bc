use std::path::Path;

use burn::tensor::Device;
use image::RgbImage;

use super::*;
use crate::dataset::{Sample, Samples};
use crate::label::{FaceBox, Prediction, Schema};
use crate::model::{Checkpoint, Config, Network};

fn wait<T>(engine: &Engine, mut take: impl FnMut(Reply) -> Option<T>) -> T {
    loop {
        let reply = engine
            .replies
            .recv_timeout(Duration::from_secs(60))
            .unwrap();
        if let Some(found) = take(reply) {
            return found;
        }
    }
}

fn wish(index: usize, file: Option<&Path>) -> PredictRequest {
    PredictRequest {
        ticket: FaceTicket::listed(ListTicket(1), index),
        photo: Arc::new(RgbImage::from_fn(64, 64, |x, y| {
            image::Rgb([x as u8, y as u8, 9])
        })),
        face_box: FaceBox::new(0.0, 0.0, 64.0, 64.0),
        file: file.map(Arc::from),
    }
}

/// The prediction, and whether it was made now.
fn predicted(engine: &Engine, index: usize) -> (Arc<Prediction>, bool) {
    wait(engine, |r| match r {
        Reply::Predicted {
            ticket,
            prediction,
            latency,
            ..
        } if ticket.face == FaceId::Listed(index) => Some((prediction, latency.is_some())),
        _ => None,
    })
}

#[test]
fn the_newest_request_is_answered_and_a_bad_file_is_named() {
    let engine = Engine::start((None, None), None, None, || {});
    for i in 0..20 {
        engine.ask(Request::Predict(wish(i, None)));
    }
    predicted(&engine, 19);
    engine.ask(Request::Load {
        slot: Slot::B,
        path: "no/such.safetensors".into(),
    });
    let actual = wait(&engine, |r| match r {
        Reply::NotLoaded(Slot::B, actual) => Some(actual),
        _ => None,
    });
    assert!(actual.contains("no/such.safetensors"), "{actual}");
}

/// What a sweep over one picture says, and whose answer that is.
fn swept(engine: &Engine, ticket: SweepTicket, picture: &Path) -> SweepNews {
    let sample = Sample::unlabelled(picture, &Schema::face());
    engine.ask(Request::Sweep {
        ticket,
        samples: vec![sample].into(),
        wanted: vec![0],
    });
    wait(engine, |r| match r {
        Reply::Swept(swept) if swept.ticket == ticket => Some(swept),
        _ => None,
    })
}

#[test]
fn a_sweep_says_whose_answers_it_brings() {
    let folder = tempfile::tempdir().unwrap();
    let weights = folder.path().join("other.safetensors");
    let picture = folder.path().join("picture.png");
    RgbImage::new(40, 40).save(&picture).unwrap();
    let config = Config::variant("ours_concat").unwrap().sized(1, 4);
    let network = Network::new(&config, &Schema::face(), 1, &Device::flex());
    Checkpoint::new(network).save(&weights).unwrap();

    let engine = Engine::start((None, None), None, None, || {});
    let load = |slot| {
        engine.ask(Request::Load {
            slot,
            path: weights.clone(),
        });
        wait(&engine, |r| match r {
            Reply::Network(info) if info.slot == slot && info.origin != "bundled" => {
                Some(info.hash)
            }
            _ => None,
        })
    };
    let bundled = swept(&engine, SweepTicket(1), &picture);
    let other = load(Slot::B);
    assert_ne!(bundled.network, other);
    engine.ask(Request::Switch);
    let theirs = swept(&engine, SweepTicket(2), &picture);
    assert_eq!((theirs.network, theirs.done, theirs.of), (other, 1, 1));
    assert_ne!(theirs.found[0].2, bundled.found[0].2);
    let samples = Samples::from(vec![Sample::unlabelled(&picture, &Schema::face())]);
    engine.ask(Request::Recall {
        ticket: ListTicket(3),
        samples,
        wanted: None,
    });
    let recalled = wait(&engine, |r| match r {
        Reply::Recalled { network, found, .. } => Some((network, found.len())),
        _ => None,
    });
    assert_eq!(recalled, (other, 1));
}

/// Of a picture about whose faces nothing is known, which a list asks for before it is read.
#[test]
fn what_was_looked_at_is_recalled_like_what_was_swept() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("picture.png");
    RgbImage::new(64, 64).save(&picture).unwrap();
    let engine = Engine::start((None, None), None, None, || {});
    engine.ask(Request::Predict(wish(1, Some(&picture))));
    let (actual, new) = predicted(&engine, 1);
    assert!(new);
    let samples = Samples::from(vec![Sample::unlabelled(&picture, &Schema::face())]);
    engine.ask(Request::Recall {
        ticket: ListTicket(2),
        samples,
        wanted: None,
    });
    let found = wait(&engine, |r| match r {
        Reply::Recalled { found, .. } => Some(found),
        _ => None,
    });
    assert_eq!(found, [(0, FaceBox::new(0.0, 0.0, 64.0, 64.0), actual)]);
}

#[test]
fn another_session_has_what_was_predicted_of_the_same_picture_and_box() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("kept");
    let names = ["a.png", "b.png", "c.png"];
    for name in names {
        let picture = RgbImage::from_fn(64, 64, |x, y| image::Rgb([x as u8, y as u8, 9]));
        picture.save(folder.path().join(name)).unwrap();
    }
    let mut samples: Vec<Sample> = names
        .iter()
        .map(|name| Sample::unlabelled(&folder.path().join(name), &Schema::face()))
        .collect();
    let own = FaceBox::new(3.0, 4.0, 40.0, 41.0);
    samples[1].face_box = Some((own, crate::dataset::BoxSource::DataSet));
    let start = || Engine::start((None, Some(kept.clone())), None, None, || {});
    let sweep = |engine: &Engine, samples: &[Sample]| {
        engine.ask(Request::Sweep {
            ticket: SweepTicket(1),
            samples: samples.to_vec().into(),
            wanted: (0..samples.len() as u32).collect(),
        });
        let mut news = Vec::new();
        while news.last().is_none_or(|n: &SweepNews| n.done < n.of) {
            news.push(wait(engine, |r| match r {
                Reply::Swept(swept) => Some(swept),
                _ => None,
            }));
        }
        news
    };
    let first = {
        let engine = start();
        sweep(&engine, &samples).remove(0).found
    };
    assert_eq!(first.len(), 3);

    // Another box, and a file that was written again, are asked anew.
    let moved = FaceBox { x: 9.0, ..own };
    let mut other = samples.clone();
    other[1].face_box = Some((moved, crate::dataset::BoxSource::DataSet));
    RgbImage::new(70, 64)
        .save(folder.path().join("c.png"))
        .unwrap();
    let engine = start();
    engine.ask(Request::Recall {
        ticket: ListTicket(3),
        samples: other.clone().into(),
        wanted: None,
    });
    let recalled = wait(&engine, |r| match r {
        Reply::Recalled { found, .. } => Some(found),
        _ => None,
    });
    assert_eq!(recalled, first[..1], "to the bit");
    let news = sweep(&engine, &other);
    assert_eq!(news.len(), 2, "what was kept, and what was not");
    assert_eq!((news[0].done, &news[0].found[..]), (1, &first[..1]));
    let new: Vec<_> = news[1].found.iter().map(|f| (f.0, f.1)).collect();
    assert_eq!(new[0], (1, moved));
    assert_eq!(new[1].0, 2);

    // Nothing of another session is left where that was wished.
    engine.ask(Request::ForgetKept);
    let since = Instant::now();
    while std::fs::read_dir(&kept).unwrap().count() > 0 {
        assert!(since.elapsed() < Duration::from_secs(60));
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn two_networks_are_kept_and_what_they_found_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let weights = folder.path().join("other.safetensors");
    let picture = folder.path().join("picture");
    std::fs::write(&picture, "any bytes").unwrap();
    let config = Config::variant("ours_concat").unwrap().sized(1, 4);
    let network = Network::new(&config, &Schema::face(), 1, &Device::flex());
    Checkpoint::new(network).save(&weights).unwrap();

    let engine = Engine::start((None, None), None, None, || {});
    engine.ask(Request::Use(Slot::B)); // there is none yet
    engine.ask(Request::Predict(wish(1, Some(&picture))));
    let (first, new) = predicted(&engine, 1);
    assert!(new);
    engine.ask(Request::Load {
        slot: Slot::B,
        path: weights,
    });
    let info = wait(&engine, |r| match r {
        Reply::Network(info) if info.slot == Slot::B => Some(info),
        _ => None,
    });
    assert_eq!(info.name(), "other.safetensors");
    engine.ask(Request::Compare(wish(2, Some(&picture))));
    let compared = wait(&engine, |r| match r {
        Reply::Compared { prediction, .. } => Some(prediction),
        _ => None,
    });
    assert_ne!(compared, first);
    engine.ask(Request::Use(Slot::B));
    engine.ask(Request::Predict(wish(3, Some(&picture))));
    assert_eq!(predicted(&engine, 3), (compared, false));
    engine.ask(Request::Swap);
    engine.ask(Request::Use(Slot::B));
    engine.ask(Request::Predict(wish(4, Some(&picture))));
    assert_eq!(predicted(&engine, 4), (first.clone(), false));
    // Another file at the same place is another picture.
    std::fs::write(&picture, "other bytes").unwrap();
    engine.ask(Request::Predict(wish(5, Some(&picture))));
    assert_eq!(predicted(&engine, 5), (first, true));
}
