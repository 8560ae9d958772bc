//! What the networks answer: predictions, from the cache where they are known, maps and values.

use std::sync::Arc;
use std::thread;
use std::time::Instant;

use super::{CPU, Worker};
use crate::background::{catch_panic, in_background};
use crate::dataset::{Samples, picture_box};
use crate::engine::cache::Key;
use crate::engine::features::Work;
use crate::engine::kept::Kept;
use crate::engine::place::{FileId, Place};
use crate::engine::sweep::{Sweep, recall};
use crate::engine::{
    FeatureReply, ListTicket, PredictRequest, Reply, Slot, SweepTicket, TowerMaps, ValuesTicket,
};
use crate::label::Prediction;
use crate::logs::error_chain;
use crate::model::Predictor;

impl Worker {
    pub(super) fn start_sweep(&mut self, ticket: SweepTicket, samples: Samples, wanted: Vec<u32>) {
        let Some(loaded) = &self.networks[self.in_use as usize] else {
            return;
        };
        let (send, cpu_copy) = (self.send.clone(), loaded.cpu_copy.clone());
        let cache = (self.cache.clone(), loaded.hash);
        let wanted = (ticket, samples, wanted);
        let gate = self.gate.clone();
        let sweep = Sweep::start(cpu_copy, cache, gate, wanted, move |news| {
            send(Reply::Swept(news));
        });
        self.sweep = Some(sweep);
    }

    pub(super) fn recall(&self, ticket: ListTicket, samples: Samples, wanted: Option<Vec<u32>>) {
        if let Some(loaded) = &self.networks[self.in_use as usize] {
            let (send, cache, hash) = (self.send.clone(), self.cache.clone(), loaded.hash);
            thread::spawn(move || {
                let found = recall(&cache, hash, &samples, wanted.as_deref());
                if !found.is_empty() {
                    send(Reply::Recalled {
                        ticket,
                        network: hash,
                        found,
                    });
                }
            });
        }
    }

    fn key(&self, slot: Slot, request: &PredictRequest) -> Option<Key> {
        let hash = self.networks[slot as usize].as_ref()?.hash;
        let picture = FileId::of(request.file.as_ref()?)?;
        Some((hash, picture, request.face_box.into()))
    }

    /// Keeps a prediction. The box that a picture has by its size is found again before the picture
    /// is read.
    fn keep(&self, (hash, file, _): Key, request: &PredictRequest, prediction: &Arc<Prediction>) {
        let (width, height) = request.photo.dimensions();
        let place = Place {
            file,
            face_box: request.face_box,
            is_pictures: picture_box(width, height).0 == request.face_box,
        };
        self.cache.put(hash, place, prediction);
    }

    /// Deletes what is kept on disk.
    pub(super) fn forget_kept(&self) {
        let cache = self.cache.clone();
        in_background(move || {
            if let Some(Err(error)) = cache.on_disk.as_ref().map(Kept::clear) {
                log::warn!("kept predictions cannot be deleted: {error}");
            }
        });
    }

    pub(super) fn predicted(&mut self, request: &PredictRequest) {
        let (ticket, face_box) = (request.ticket, request.face_box);
        let key = self.key(self.in_use, request);
        if let Some((_, prediction)) = key.and_then(|k| self.cache.get(&k)) {
            return (self.send)(Reply::Predicted {
                ticket,
                face_box,
                prediction,
                latency: None,
            });
        }
        let began = Instant::now();
        let predict = |p: &Predictor| p.predict_face(&request.photo, face_box);
        let found = self.guarded(self.in_use, predict, Reply::Failed);
        if let Some(prediction) = found.flatten().map(Arc::new) {
            let latency = Some(began.elapsed());
            if let Some(key) = key {
                self.keep(key, request, &prediction);
            }
            (self.send)(Reply::Predicted {
                ticket,
                face_box,
                prediction,
                latency,
            });
        }
    }

    pub(super) fn compared(&mut self, request: &PredictRequest) {
        let (ticket, face_box) = (request.ticket, request.face_box);
        let other = self.in_use.other();
        let key = self.key(other, request);
        let prediction = match key.and_then(|k| self.cache.get(&k)) {
            Some((_, kept)) => Some(kept),
            None => {
                let predict = |p: &Predictor| p.predict_face(&request.photo, face_box);
                let found = self.guarded(other, predict, Reply::Failed);
                let found = found.flatten().map(Arc::new);
                if let (Some(key), Some(found)) = (key, &found) {
                    self.keep(key, request, found);
                }
                found
            }
        };
        if let Some(prediction) = prediction {
            (self.send)(Reply::Compared {
                ticket,
                face_box,
                prediction,
            });
        }
    }

    pub(super) fn tapped(&mut self, work: &Work) {
        let Some(loaded) = &self.networks[self.in_use as usize] else {
            return;
        };
        let (painter, shared) = (self.painter.clone(), loaded.device != CPU);
        let done = |p: &Predictor| work.done(p, painter.as_deref(), shared);
        let done = self.guarded(self.in_use, done, |why| failed(work, why));
        match done.flatten() {
            Some(Ok(reply)) => {
                self.features.remember(&reply);
                (self.send)(Reply::Feature(reply));
            }
            Some(Err(error)) => (self.send)(failed(work, error_chain(&error))),
            None => {}
        }
    }

    pub(super) fn value_at(
        &self,
        ticket: ValuesTicket,
        towers: &[TowerMaps],
        [channel, x, y]: [u32; 3],
    ) {
        let Some(painter) = &self.painter else {
            return;
        };
        let value = |t: &TowerMaps| read_value(|| t.value(painter, channel, x, y));
        (self.send)(Reply::Values {
            ticket,
            values: towers.iter().map(value).collect(),
        });
    }
}

/// What is said where work cannot be done. Without maps there is nothing to see, so their face is
/// told of it; answers are one line beside them.
pub(super) fn failed(work: &Work, why: String) -> Reply {
    match work {
        Work::Maps(wanted) => {
            let failed = FeatureReply::Failed(wanted.place, wanted.face.key.ticket, why);
            Reply::Feature(failed)
        }
        Work::Effect(..) => Reply::Failed(why),
    }
}

/// A value that is read from the GPU, whose errors wgpu turns into panics.
pub(super) fn read_value(read: impl FnOnce() -> anyhow::Result<f32>) -> Option<f32> {
    let read = catch_panic(read).map_err(anyhow::Error::from).flatten();
    read.inspect_err(|e| log::warn!("the value of a map: {}", error_chain(e)))
        .ok()
}
