//! Predictions over a whole list in the background: on a thread and, where there is one, a device
//! of their own, so that the face at hand never waits.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use burn::tensor::Device;

use super::cache::{Cache, Key};
use super::gate::Gate;
use super::place::{BoxKey, FileId, Place};
use super::tickets::SweepTicket;
use crate::background::catch_panic;
use crate::dataset::{Sample, Samples};
use crate::label::{FaceBox, Prediction};
use crate::model::{Checkpoint, Predictor, predict_samples};

/// Faces between two reports.
const PART: usize = 64;
/// Faces between two moments at which more urgent work goes first, at least; no fewer than keep all
/// processors busy.
const PIECE: usize = 8;

/// A sweep that runs, until it is done or dropped.
pub struct Sweep {
    stop: Arc<AtomicBool>,
}

/// How far a sweep is.
pub struct SweepNews {
    /// The sweep's own.
    pub ticket: SweepTicket,
    /// Hash of the weights that answered.
    pub network: u64,
    /// What has been found since the last report, by the samples' indices.
    pub found: Vec<(usize, FaceBox, Arc<Prediction>)>,
    /// Pictures that could not be read since then.
    pub failed: Vec<(usize, String)>,
    pub done: usize,
    pub of: usize,
    pub elapsed: Duration,
}

impl Sweep {
    /// Predicts the samples at `wanted`, in that order; what the cache has under `hash`, in memory or on
    /// disk, is not computed again, and comes first.
    pub(super) fn start(
        checkpoint: Checkpoint,
        (cache, hash): (Arc<Cache>, u64),
        gate: Arc<Gate>,
        (ticket, samples, wanted): (SweepTicket, Samples, Vec<u32>),
        send: impl Fn(SweepNews) + Send + 'static,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let job = Job {
            predictor: Predictor::new(checkpoint, Device::flex()),
            cache,
            hash,
            gate,
            samples,
            stopped: stop.clone(),
        };
        thread::spawn(move || {
            let began = Instant::now();
            let news = |(found, failed), done| SweepNews {
                ticket,
                network: hash,
                found,
                failed,
                done,
                of: wanted.len(),
                elapsed: began.elapsed(),
            };
            let known = || recall(&job.cache, hash, &job.samples, Some(&wanted));
            let known = catch_panic(known).unwrap_or_default();
            if job.is_stopped() {
                return;
            }
            let mut done = known.len();
            let is_known: HashSet<usize> = known.iter().map(|(index, ..)| *index).collect();
            let left = wanted.iter().copied();
            let left: Vec<u32> = left
                .filter(|i| !is_known.contains(&(*i as usize)))
                .collect();
            if done > 0 {
                send(news((known, Vec::new()), done));
            }
            for part in left.chunks(PART) {
                let part = (
                    part,
                    piecewise(part, &|part| job.predict(part), &|i, why| {
                        job.failure(i, why)
                    }),
                );
                // Whoever stopped it may have turned to another network meanwhile.
                if job.is_stopped() {
                    return;
                }
                done += part.0.len();
                send(news(part.1, done));
            }
        });
        Self { stop }
    }
}

type Failure = (usize, String);
type PartResult = (Vec<(usize, FaceBox, Arc<Prediction>)>, Vec<Failure>);

/// Does a part's work; where that panics, its halves', so that only the face that makes it panic
/// goes without an answer.
fn piecewise(
    part: &[u32],
    work: &dyn Fn(&[u32]) -> PartResult,
    failure: &dyn Fn(u32, &str) -> Failure,
) -> PartResult {
    match (catch_panic(|| work(part)), part) {
        (Ok(done), _) => done,
        (Err(_), []) => PartResult::default(),
        (Err(why), [one]) => (Vec::new(), vec![failure(*one, &why.to_string())]),
        (Err(_), _) => {
            let (front, back) = part.split_at(part.len() / 2);
            let mut done = piecewise(front, work, failure);
            let rest = piecewise(back, work, failure);
            done.0.extend(rest.0);
            done.1.extend(rest.1);
            done
        }
    }
}

/// What a sweep works with.
struct Job {
    predictor: Predictor,
    cache: Arc<Cache>,
    hash: u64,
    gate: Arc<Gate>,
    samples: Samples,
    stopped: Arc<AtomicBool>,
}

impl Job {
    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    fn failure(&self, index: u32, why: &str) -> Failure {
        let index = index as usize;
        let path = self.samples.get(index).map(|s| s.path.display());
        (index, path.map_or(why.into(), |p| format!("{p}: {why}")))
    }

    /// Some of the answers where it is stopped meanwhile.
    fn predict(&self, part: &[u32]) -> PartResult {
        let (mut found, mut failed, mut new) = (Vec::new(), Vec::new(), Vec::new());
        for index in part.iter().map(|i| *i as usize) {
            let Some(sample) = self.samples.get(index) else {
                continue;
            };
            let key = key(self.hash, sample);
            match key.and_then(|k| self.cache.get(&k)) {
                Some((face_box, prediction)) => found.push((index, face_box, prediction)),
                None => new.push((index, key, sample)),
            }
        }
        let mut results = Vec::with_capacity(new.len());
        for piece in new.chunks(PIECE.max(2 * rayon::current_num_threads())) {
            self.gate.pass();
            if self.is_stopped() {
                break;
            }
            let wanted = piece.iter().map(|n| n.2);
            let predicted = predict_samples(&self.predictor, wanted, |_| !self.is_stopped());
            results.extend(predicted);
        }
        for ((index, key, _), result) in new.into_iter().zip(results) {
            match result {
                Ok(mut f) => {
                    self.predictor.hide_untrained_points(&mut f.prediction);
                    let prediction = Arc::new(f.prediction);
                    if let Some((hash, file, at)) = key {
                        let place = Place {
                            file,
                            face_box: f.face_box,
                            is_pictures: at == BoxKey::Picture,
                        };
                        self.cache.put(hash, place, &prediction);
                    }
                    found.push((index, f.face_box, prediction));
                }
                Err(error) => failed.push((index, error.to_string())),
            }
        }
        (found, failed)
    }
}

/// Under what a sample's prediction in its own box is kept.
fn key(hash: u64, sample: &Sample) -> Option<Key> {
    if !sample.source.is_file() {
        return None;
    }
    let place = sample.region().map_or(BoxKey::Picture, |(b, _)| b.into());
    Some((hash, FileId::of(&sample.path)?, place))
}

/// What the cache has of these samples, of all unless some are `wanted`: in memory, else on disk.
pub(super) fn recall(
    cache: &Cache,
    hash: u64,
    samples: &Samples,
    wanted: Option<&[u32]>,
) -> Vec<(usize, FaceBox, Arc<Prediction>)> {
    let all = || (0..samples.len()).collect();
    let wanted: Vec<usize> =
        wanted.map_or_else(all, |wanted| wanted.iter().map(|i| *i as usize).collect());
    // What the system says of files is waited for here, and not by threads that a network wants.
    let keys = wanted.into_iter().filter_map(|index| {
        let key = key(hash, samples.get(index)?)?;
        Some((index, key))
    });
    let mut found = Vec::new();
    let mut missing: HashMap<FileId, Vec<(BoxKey, usize)>> = HashMap::new();
    for (index, key) in keys {
        match cache.get(&key) {
            Some((face_box, prediction)) => found.push((index, face_box, prediction)),
            None => missing.entry(key.1).or_default().push((key.2, index)),
        }
    }
    let Some(on_disk) = cache.on_disk.as_ref().filter(|_| !missing.is_empty()) else {
        return found;
    };
    // What was kept last counts.
    let mut read: HashMap<usize, (Place, Arc<Prediction>)> = HashMap::new();
    let is_missing = |file| missing.contains_key(&file);
    on_disk.read(hash, is_missing, |record| {
        for at in record.place.keys() {
            let faces = missing.get(&record.place.file).into_iter().flatten();
            for (_, index) in faces.filter(|(wanted, _)| *wanted == at) {
                read.insert(*index, (record.place, record.prediction.clone()));
            }
        }
    });
    let mut read: Vec<_> = read.into_iter().collect();
    read.sort_by_key(|(index, _)| *index);
    for (index, (place, prediction)) in read {
        cache.remember(hash, place, &prediction);
        found.push((index, place.face_box, prediction));
    }
    found
}

impl Drop for Sweep {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_face_that_makes_it_panic_goes_without_an_answer() {
        let work = |part: &[u32]| {
            assert!(!part.contains(&13), "hostile");
            let face = FaceBox::new(0.0, 0.0, 1.0, 1.0);
            let actual = |i: &u32| {
                let prediction = Prediction { tasks: Vec::new() };
                (*i as usize, face, Arc::new(prediction))
            };
            (part.iter().map(actual).collect(), Vec::new())
        };
        let part: Vec<u32> = (10..20).collect();
        let (found, failed) = piecewise(&part, &work, &|i, why| (i as usize, why.into()));
        let found: Vec<usize> = found.iter().map(|f| f.0).collect();
        assert_eq!(found, [10, 11, 12, 14, 15, 16, 17, 18, 19]);
        assert_eq!(failed, [(13, "the program erred: hostile".into())]);
    }
}
