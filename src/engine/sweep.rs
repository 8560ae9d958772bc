//! Predictions over a whole list in the background: on a thread and, where there is one, a device
//! of their own, so that the face at hand never waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use burn::tensor::Device;

use super::Reply;
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
    /// Predicts the samples at `wanted`, in that order.
    pub(super) fn start(
        checkpoint: Checkpoint,
        ticket: u64,
        samples: Arc<Vec<Sample>>,
        wanted: Vec<u32>,
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
                let chosen = part.iter().filter_map(|i| samples.get(*i as usize));
                let results = predict_samples(&predictor, chosen, |_| true);
                done += part.len();
                let (mut found, mut failed) = (Vec::new(), Vec::new());
                for (index, result) in part.iter().zip(results) {
                    match result {
                        Ok(f) => found.push((*index as usize, f.face_box, f.prediction)),
                        Err(error) => failed.push((*index as usize, error.to_string())),
                    }
                }
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

impl Drop for Sweep {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}
