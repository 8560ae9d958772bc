//! Predictions over a whole list in the background: on a thread and, where there is one, a device
//! of their own, so that the face at hand never waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use burn::tensor::Device;

use super::Reply;
use super::cache::{Cache, Key, PictureId, Place};
use crate::dataset::Sample;
use crate::label::{FaceBox, Prediction};
use crate::model::{Checkpoint, Predictor, predict_samples};

/// Faces between two reports.
const PART: usize = 64;

/// A sweep that runs, until it is done or dropped.
pub struct Sweep {
    stop: Arc<AtomicBool>,
}

/// How far a sweep is.
pub struct Swept {
    /// The list it is for.
    pub ticket: u64,
    /// What has been found since the last report, by the samples' indices.
    pub found: Vec<(usize, FaceBox, Prediction)>,
    /// Pictures that could not be read since then.
    pub failed: Vec<(usize, String)>,
    pub done: usize,
    pub of: usize,
    pub elapsed: Duration,
}

impl Sweep {
    /// Predicts the samples at `wanted`, in that order; what the cache has under `hash` is not
    /// computed again.
    pub(super) fn start(
        checkpoint: Checkpoint,
        (cache, hash): (Arc<Cache>, u64),
        (ticket, samples, wanted): (u64, Arc<Vec<Sample>>, Vec<u32>),
        say: impl Fn(Reply) + Send + 'static,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        thread::spawn(move || {
            let predictor = Predictor::new(checkpoint, Device::flex());
            let began = Instant::now();
            let mut done = 0;
            for part in wanted.chunks(PART) {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                let chosen = part.iter().filter_map(|i| {
                    let index = *i as usize;
                    Some((index, samples.get(index)?))
                });
                let (found, failed) = predict_part(&predictor, &cache, hash, chosen);
                done += part.len();
                say(Reply::Swept(Swept {
                    ticket,
                    found,
                    failed,
                    done,
                    of: wanted.len(),
                    elapsed: began.elapsed(),
                }));
            }
        });
        Self { stop }
    }
}

type Part = (Vec<(usize, FaceBox, Prediction)>, Vec<(usize, String)>);

fn predict_part<'a>(
    predictor: &Predictor,
    cache: &Cache,
    hash: u64,
    chosen: impl Iterator<Item = (usize, &'a Sample)>,
) -> Part {
    let (mut found, mut failed, mut new) = (Vec::new(), Vec::new(), Vec::new());
    for (index, sample) in chosen {
        let key = key(hash, sample);
        match key.and_then(|k| cache.get(&k)) {
            Some((face_box, prediction)) => found.push((index, face_box, prediction)),
            None => new.push((index, key, sample)),
        }
    }
    let results = predict_samples(predictor, new.iter().map(|n| n.2), |_| true);
    for ((index, key, _), result) in new.into_iter().zip(results) {
        match result {
            Ok(f) => {
                if let Some((hash, picture, place)) = key {
                    cache.put((hash, picture, place), f.face_box, f.prediction.clone());
                    let exact = (hash, picture, f.face_box.into());
                    cache.put(exact, f.face_box, f.prediction.clone());
                }
                found.push((index, f.face_box, f.prediction));
            }
            Err(error) => failed.push((index, error.to_string())),
        }
    }
    (found, failed)
}

/// Under what a sample's prediction in its own box is kept.
fn key(hash: u64, sample: &Sample) -> Option<Key> {
    let place = sample.region().map_or(Place::Picture, |(b, _)| b.into());
    Some((hash, PictureId::of(&sample.path)?, place))
}

/// What the cache has of these samples.
pub(super) fn recall(
    cache: &Cache,
    hash: u64,
    samples: &[Sample],
) -> Vec<(usize, FaceBox, Prediction)> {
    let all = samples.iter().enumerate();
    all.filter_map(|(index, sample)| {
        let (face_box, prediction) = cache.get(&key(hash, sample)?)?;
        Some((index, face_box, prediction))
    })
    .collect()
}

impl Drop for Sweep {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}
