//! The engine's thread: what is asked, in the order of its urgency.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError};
use std::thread;
use std::time::Instant;

use burn::tensor::Device;

use super::cache::{Cache, FileId, Key, Place};
use super::features::{Features, Work};
use super::sweep::{Sweep, recall};
use super::weights::{Weights, bundled, read, warmed};
use super::{NetworkInfo, Reply, Request, Slot, TowerMaps, Wish};
use crate::background::catch_panic;
use crate::compute::SharedGpu;
use crate::dataset::{Sample, picture_box};
use crate::evaluation::Trained;
use crate::label::Prediction;
use crate::logs::error_words;
use crate::map_painter::MapPainter;
use crate::model::{Checkpoint, Predictor, Untrained};
use crate::study::Towers;

/// What comes to the thread: from the window, and from threads that work for it.
pub(super) enum Mail {
    Asked(Request),
    Loaded(Slot, Result<Weights, String>),
    /// The weights of this hash are ready on the GPU, or cannot be.
    Warmed(u64, Option<Predictor>),
    /// The window is gone.
    Closed,
}

/// A network in one of the two places.
struct Loaded {
    predictor: Predictor,
    /// The network as the CPU has it.
    own: Checkpoint,
    hash: u64,
    fingerprint: String,
    norms: Arc<Towers>,
    /// What computes it.
    device: String,
    /// Whether it is getting ready on the GPU.
    warming: bool,
}

pub(super) struct Worker {
    post: Sender<Mail>,
    inbox: Receiver<Mail>,
    say: Arc<dyn Fn(Reply) + Send + Sync>,
    gpu: Option<SharedGpu>,
    painter: Option<Arc<MapPainter>>,
    networks: [Option<Loaded>; 2],
    in_use: Slot,
    cache: Arc<Cache>,
    predict: Option<Wish>,
    compare: Option<Wish>,
    features: Features,
    later: VecDeque<Wish>,
    values: Option<(u64, Vec<TowerMaps>, [u32; 3])>,
    sweep: Option<Sweep>,
}

const CPU: &str = "CPU";

/// Wishes that wait for an idle moment, each with its decoded photo; the oldest go.
const LATER: usize = 512;

impl Worker {
    pub fn new(
        (post, inbox): (Sender<Mail>, Receiver<Mail>),
        say: Arc<dyn Fn(Reply) + Send + Sync>,
        gpu: Option<SharedGpu>,
        painter: Option<Arc<MapPainter>>,
    ) -> Self {
        Self {
            post,
            inbox,
            say,
            gpu,
            painter,
            networks: [None, None],
            in_use: Slot::A,
            cache: Arc::default(),
            predict: None,
            compare: None,
            features: Features::default(),
            later: VecDeque::new(),
            values: None,
            sweep: None,
        }
    }

    pub fn run(mut self, weights: Option<PathBuf>) {
        // Nothing can be answered before there is a network.
        if let Some(path) = weights {
            self.loaded(Slot::A, read(&path));
        }
        if self.networks[0].is_none() {
            self.loaded(Slot::A, bundled());
        }
        while self.receive() {
            if let Some(wish) = self.predict.take() {
                self.predicted(&wish);
            } else if let Some(work) = self.features.next() {
                self.tapped(&work);
            } else if let Some((ticket, towers, place)) = self.values.take() {
                self.value_at(ticket, &towers, place);
            } else if let Some(wish) = self.compare.take() {
                self.compared(&wish);
            } else if let Some(wish) = self.later.pop_front() {
                self.predicted(&wish);
            }
        }
    }

    /// Takes in all mail there is; waits for some if there is nothing to do. False when the window
    /// is gone.
    fn receive(&mut self) -> bool {
        loop {
            let idle = self.predict.is_none()
                && self.features.is_idle()
                && self.values.is_none()
                && self.compare.is_none()
                && self.later.is_empty();
            let next = if idle {
                self.inbox.recv().map_err(|_| TryRecvError::Disconnected)
            } else {
                self.inbox.try_recv()
            };
            match next {
                Ok(Mail::Asked(request)) => self.asked(request),
                Ok(Mail::Loaded(slot, result)) => self.loaded(slot, result),
                Ok(Mail::Warmed(hash, predictor)) => self.warmed(hash, predictor.as_ref()),
                Err(TryRecvError::Empty) => return true,
                Ok(Mail::Closed) | Err(TryRecvError::Disconnected) => return false,
            }
        }
    }

    fn asked(&mut self, request: Request) {
        match request {
            Request::Predict(wish) => {
                self.later.retain(|w| w.ticket != wish.ticket);
                self.predict = Some(wish);
            }
            Request::PredictLater(wish) => self.predict_later(wish),
            Request::Compare(wish) => self.compare = Some(wish),
            Request::Feature(request) => {
                let loaded = self.networks[self.in_use as usize].as_ref();
                let own = loaded.map(|l| &l.own);
                self.features
                    .take_in(request, own, self.painter.as_ref(), &self.say);
            }
            Request::Values {
                ticket,
                towers,
                channel,
                x,
                y,
            } => self.values = Some((ticket, towers, [channel, x, y])),
            Request::Sweep {
                ticket,
                samples,
                wanted,
            } => self.start_sweep(ticket, samples, wanted),
            Request::StopSweep => self.sweep = None,
            Request::Forget => {
                (self.predict, self.compare, self.sweep) = (None, None, None);
                self.later.clear();
            }
            Request::Recall { ticket, samples } => self.recall(ticket, samples),
            Request::Load { slot, path } => {
                let post = self.post.clone();
                thread::spawn(move || {
                    // The window may be gone; then nobody minds.
                    let _ = post.send(Mail::Loaded(slot, read(&path)));
                });
            }
            Request::LoadBundled(slot) => self.loaded(slot, bundled()),
            Request::Use(slot) => self.use_network(slot),
            Request::Switch => self.use_network(self.in_use.other()),
            Request::Swap => {
                self.networks.swap(0, 1);
                self.in_use = self.in_use.other();
                (self.say)(Reply::Swapped);
            }
        }
    }

    /// The newest wish for a face is the one that counts.
    fn predict_later(&mut self, wish: Wish) {
        self.later.retain(|w| w.ticket != wish.ticket);
        if self.later.len() == LATER {
            self.later.pop_front();
        }
        self.later.push_back(wish);
    }

    fn use_network(&mut self, slot: Slot) {
        if self.networks[slot as usize].is_some() && self.in_use != slot {
            let before = self.hash_in_use();
            self.in_use = slot;
            self.turned_from(before);
            (self.say)(Reply::InUse(slot));
        }
    }

    fn hash_in_use(&self) -> Option<u64> {
        let loaded = self.networks[self.in_use as usize].as_ref();
        loaded.map(|l| l.hash)
    }

    /// Ends what the network that was in use before works on, unless the one in use is the same.
    fn turned_from(&mut self, before: Option<u64>) {
        if self.hash_in_use() != before {
            self.sweep = None;
            self.features.another_network();
        }
    }

    fn start_sweep(&mut self, ticket: u64, samples: Arc<Vec<Sample>>, wanted: Vec<u32>) {
        let Some(loaded) = &self.networks[self.in_use as usize] else {
            return;
        };
        let (say, own) = (self.say.clone(), loaded.own.clone());
        let cache = (self.cache.clone(), loaded.hash);
        let sweep = Sweep::start(own, cache, (ticket, samples, wanted), move |r| say(r));
        self.sweep = Some(sweep);
    }

    fn recall(&self, ticket: u64, samples: Arc<Vec<Sample>>) {
        if let Some(loaded) = &self.networks[self.in_use as usize] {
            let (say, cache, hash) = (self.say.clone(), self.cache.clone(), loaded.hash);
            thread::spawn(move || {
                let found = recall(&cache, hash, &samples);
                if !found.is_empty() {
                    say(Reply::Recalled {
                        ticket,
                        network: hash,
                        found,
                    });
                }
            });
        }
    }

    /// Puts a checkpoint to use on the CPU, and starts getting it ready on the GPU if there is one.
    fn loaded(&mut self, slot: Slot, result: Result<Weights, String>) {
        let read = match result {
            Ok(read) => read,
            Err(error) => return (self.say)(Reply::NotLoaded(slot, error)),
        };
        let (own, hash) = (read.checkpoint, read.hash);
        if let Some(gpu) = &self.gpu {
            let (post, gpu, own) = (self.post.clone(), gpu.clone(), own.clone());
            let counter = self.painter.as_ref().map(|p| p.counter());
            thread::spawn(move || {
                let warmed = catch_unwind(AssertUnwindSafe(|| warmed(&own, &gpu, counter)));
                let ready = match warmed {
                    Ok(Ok(predictor)) => Some(predictor),
                    Ok(Err(error)) => {
                        log::warn!("the GPU cannot take the network: {error}");
                        None
                    }
                    Err(_) => {
                        log::warn!("the GPU failed while getting ready; the CPU goes on");
                        None
                    }
                };
                let _ = post.send(Mail::Warmed(hash, ready));
            });
        }
        let before = self.hash_in_use();
        self.networks[slot as usize] = Some(Loaded {
            predictor: Predictor::new(own.clone(), Device::flex()),
            own,
            hash,
            fingerprint: read.fingerprint,
            norms: read.norms,
            device: CPU.into(),
            warming: self.gpu.is_some(),
        });
        self.turned_from(before);
        self.introduce(slot);
    }

    /// A network is ready on the GPU, or cannot be; if it is still there, it moves.
    fn warmed(&mut self, hash: u64, predictor: Option<&Predictor>) {
        let Some(gpu) = &self.gpu else {
            return;
        };
        let name = gpu.name.clone();
        for slot in [Slot::A, Slot::B] {
            if let Some(loaded) = &mut self.networks[slot as usize]
                && loaded.hash == hash
            {
                loaded.warming = false;
                if let Some(predictor) = predictor {
                    loaded.predictor = predictor.clone();
                    loaded.device.clone_from(&name);
                }
                self.introduce(slot);
            }
        }
    }

    fn introduce(&self, slot: Slot) {
        let Some(loaded) = &self.networks[slot as usize] else {
            return;
        };
        let network = loaded.predictor.network();
        (self.say)(Reply::Network(NetworkInfo {
            slot,
            hash: loaded.hash,
            fingerprint: loaded.fingerprint.clone(),
            schema: loaded.predictor.schema().clone(),
            title: network.config().title(),
            origin: loaded.own.origin.clone(),
            license: loaded.own.license.clone(),
            trained: Arc::new(Trained::of(&loaded.own.training)),
            parameters: network.parameters(),
            places: network.tap_layers(),
            untrained: Arc::new(Untrained::noted(&loaded.own.training)),
            norms: loaded.norms.clone(),
            device: loaded.device.clone(),
            warming: loaded.warming,
        }));
    }

    fn key(&self, slot: Slot, wish: &Wish) -> Option<Key> {
        let hash = self.networks[slot as usize].as_ref()?.hash;
        let picture = FileId::of(wish.file.as_ref()?)?;
        Some((hash, picture, wish.face_box.into()))
    }

    /// Keeps a prediction for the session. The box that a picture has by its size is found again
    /// before the picture is read.
    fn keep(&self, key: Key, wish: &Wish, prediction: &Arc<Prediction>) {
        let (width, height) = wish.photo.dimensions();
        let is_pictures = picture_box(width, height).0 == wish.face_box;
        let (hash, picture, _) = key;
        let second = is_pictures.then_some((hash, picture, Place::Picture));
        let keys = std::iter::once(key).chain(second);
        self.cache.put(keys, wish.face_box, prediction);
    }

    fn predicted(&mut self, wish: &Wish) {
        let (ticket, face_box) = (wish.ticket, wish.face_box);
        let key = self.key(self.in_use, wish);
        if let Some((_, prediction)) = key.and_then(|k| self.cache.get(&k)) {
            return (self.say)(Reply::Predicted {
                ticket,
                face_box,
                prediction,
                latency: None,
            });
        }
        let began = Instant::now();
        let predict = |p: &Predictor| p.predict(&wish.photo, &[face_box]).pop();
        let found = self.guarded(self.in_use, predict, Reply::Failed);
        if let Some(prediction) = found.flatten().map(Arc::new) {
            let latency = Some(began.elapsed());
            if let Some(key) = key {
                self.keep(key, wish, &prediction);
            }
            (self.say)(Reply::Predicted {
                ticket,
                face_box,
                prediction,
                latency,
            });
        }
    }

    fn compared(&mut self, wish: &Wish) {
        let (ticket, face_box) = (wish.ticket, wish.face_box);
        let other = self.in_use.other();
        let key = self.key(other, wish);
        let prediction = match key.and_then(|k| self.cache.get(&k)) {
            Some((_, kept)) => Some(kept),
            None => {
                let predict = |p: &Predictor| p.predict(&wish.photo, &[face_box]).pop();
                let found = self.guarded(other, predict, Reply::Failed);
                let found = found.flatten().map(Arc::new);
                if let (Some(key), Some(found)) = (key, &found) {
                    self.keep(key, wish, found);
                }
                found
            }
        };
        if let Some(prediction) = prediction {
            (self.say)(Reply::Compared {
                ticket,
                face_box,
                prediction,
            });
        }
    }

    fn tapped(&mut self, work: &Work) {
        let Some(loaded) = &self.networks[self.in_use as usize] else {
            return;
        };
        let (painter, shared) = (self.painter.clone(), loaded.device != CPU);
        let done = |p: &Predictor| work.done(p, painter.as_deref(), shared);
        let done = self.guarded(self.in_use, done, |why| work.failed(why));
        match done.flatten() {
            Some(Ok(reply)) => {
                self.features.remember(&reply);
                (self.say)(Reply::Feature(reply));
            }
            Some(Err(error)) => (self.say)(work.failed(error_words(&error))),
            None => {}
        }
    }

    fn value_at(&self, ticket: u64, towers: &[TowerMaps], [channel, x, y]: [u32; 3]) {
        let Some(painter) = &self.painter else {
            return;
        };
        let value = |t: &TowerMaps| read_value(|| t.value(painter, channel, x, y));
        (self.say)(Reply::Values {
            ticket,
            values: towers.iter().map(value).collect(),
        });
    }

    /// Runs `work` on a network; a GPU error, which burn turns into a panic, moves both networks
    /// to the CPU, whose introduction lets the window ask anew. Any other panic is told by
    /// `failed`.
    fn guarded<T>(
        &mut self,
        slot: Slot,
        work: impl Fn(&Predictor) -> T,
        failed: impl FnOnce(String) -> Reply,
    ) -> Option<T> {
        let loaded = self.networks[slot as usize].as_ref()?;
        let done = catch_unwind(AssertUnwindSafe(|| work(&loaded.predictor)));
        let gpu = self.gpu.as_ref().filter(|_| loaded.device != CPU);
        let failure = gpu.and_then(|gpu| gpu.errors.failure());
        match done {
            Ok(result) if failure.is_none() => return Some(result),
            _ if gpu.is_none() => {
                (self.say)(failed("the network failed on this picture".into()));
                return None;
            }
            _ => {}
        }
        (self.say)(Reply::Failed(format!(
            "{} failed; the CPU goes on{}",
            loaded.device,
            failure.map_or_else(String::new, |why| format!(": {why}"))
        )));
        self.gpu = None;
        for slot in [Slot::A, Slot::B] {
            if let Some(loaded) = &mut self.networks[slot as usize] {
                loaded.predictor = Predictor::new(loaded.own.clone(), Device::flex());
                loaded.device = CPU.into();
                loaded.warming = false;
                self.introduce(slot);
            }
        }
        None
    }
}

/// A value that is read from the GPU, whose errors wgpu turns into panics.
fn read_value(read: impl FnOnce() -> anyhow::Result<f32>) -> Option<f32> {
    let read = catch_panic(read).map_err(anyhow::Error::from).flatten();
    read.inspect_err(|e| log::warn!("the value of a map: {}", error_words(e)))
        .ok()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use image::RgbImage;

    use super::*;
    use crate::engine::{EffectWanted, FeatureReply, LookedAt, MapsWanted};
    use crate::label::FaceBox;
    use crate::model::{Layer, TapLayer};

    fn wish(ticket: u64, x: f32) -> Wish {
        Wish {
            ticket,
            photo: Arc::new(RgbImage::new(1, 1)),
            face_box: FaceBox::new(x, 0.0, 1.0, 1.0),
            file: None,
        }
    }

    #[test]
    fn what_can_wait_is_wished_for_once_and_within_bounds() {
        let mut worker = Worker::new(channel(), Arc::new(|_| ()), None, None);
        for (ticket, x) in [(1, 0.0), (2, 0.0), (1, 5.0)] {
            worker.asked(Request::PredictLater(wish(ticket, x)));
        }
        let waiting: Vec<_> = worker
            .later
            .iter()
            .map(|w| (w.ticket, w.face_box.x))
            .collect();
        assert_eq!(waiting, [(2, 0.0), (1, 5.0)]);
        for ticket in 0..LATER as u64 + 9 {
            worker.asked(Request::PredictLater(wish(ticket, 0.0)));
        }
        assert_eq!(worker.later.len(), LATER);
        worker.asked(Request::Compare(wish(3, 0.0)));
        worker.asked(Request::Forget);
        assert!(worker.later.is_empty() && worker.compare.is_none());
    }

    #[test]
    fn a_value_that_cannot_be_read_is_none() {
        assert_eq!(read_value(|| Ok(2.5)), Some(2.5));
        assert!(read_value(|| anyhow::bail!("no device")).is_none());
        assert!(read_value(|| panic!("no luck")).is_none());
    }

    #[test]
    fn maps_that_cannot_be_made_are_said_of_their_face() {
        let (said, heard) = channel();
        let say = move |reply| {
            let _ = said.send(reply);
        };
        let mut worker = Worker::new(channel(), Arc::new(say), None, None);
        worker.loaded(Slot::A, bundled());
        let face = LookedAt {
            ticket: 7,
            photo: Arc::new(RgbImage::new(1, 1)),
            face_box: FaceBox::new(0.0, 0.0, 1.0, 1.0),
        };
        let masks = Vec::new();
        let effect = Work::Effect(
            EffectWanted {
                face: face.clone(),
                masks: masks.clone(),
            },
            None,
        );
        let maps = Work::Maps(MapsWanted {
            face,
            place: TapLayer::conv(Layer::Conv1_1),
            masks,
        });
        let mut fails = |work: &Work| {
            let panics = |_: &Predictor| panic!("no luck");
            assert!(
                worker
                    .guarded::<()>(Slot::A, panics, |why| work.failed(why))
                    .is_none()
            );
            heard.try_iter().last()
        };
        let maps = fails(&maps);
        assert!(matches!(
            maps,
            Some(Reply::Feature(FeatureReply::Failed(_, 7, why))) if why.contains("failed")
        ));
        assert!(matches!(fails(&effect), Some(Reply::Failed(_))));
    }
}
