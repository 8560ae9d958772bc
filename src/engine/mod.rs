//! The one thread that owns the loaded network: requests in, replies out, newest wins.
//!
//! The window must never wait, so it only sends and receives. A request that a newer one
//! supersedes is dropped unanswered: while a box is dragged, only its newest place counts. Work
//! that nobody is waiting for (the other photos of a list) is done when nothing else is asked.
//!
//! A GPU compiles its kernels at the first use of each shape, which takes seconds. Until that is
//! done the CPU answers; and if the GPU fails, it goes on answering.

mod features;
mod sweep;

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

use burn::tensor::Device;
use image::RgbImage;

pub use features::{
    Against, CompareWanted, Compared, Drawing, EffectWanted, Explained, FeatureReply,
    FeatureRequest, FigureWanted, Finding, LayerMaps, LookedAt, Looking, MapFigure, MapsWanted,
    MutedAnswer, Studied, Study, StudyKind, StudyWanted, TowerMaps,
};
pub use sweep::{Sweep, Swept};

use crate::compute::MapPainter;
use crate::dataset::Sample;
use crate::label::{FaceBox, Prediction, Schema};
use crate::model::{self, Checkpoint, Place, Predictor};
use features::{Features, Work};

/// What the window asks. `ticket` is its own name for what it asks about.
pub enum Request {
    /// Predict a face that somebody is looking at.
    Predict {
        ticket: u64,
        photo: Arc<RgbImage>,
        face_box: FaceBox,
    },
    /// Predict a face when there is nothing better to do.
    PredictLater {
        ticket: u64,
        photo: Arc<RgbImage>,
        face_box: FaceBox,
    },
    /// About feature maps.
    Feature(FeatureRequest),
    /// The value at a place of a channel in each of these towers.
    Values {
        towers: Vec<TowerMaps>,
        channel: u32,
        x: u32,
        y: u32,
    },
    /// Predict these samples in the background, in this order; ends another such sweep.
    Sweep {
        ticket: u64,
        samples: Arc<Vec<Sample>>,
        wanted: Vec<u32>,
    },
    StopSweep,
    /// Use other weights.
    Load(PathBuf),
}

/// What the engine answers.
pub enum Reply {
    /// A network is ready; also sent when it moves to another device.
    Network(NetworkInfo),
    Predicted {
        ticket: u64,
        face_box: FaceBox,
        prediction: Prediction,
        latency: Duration,
    },
    Feature(FeatureReply),
    Values {
        channel: u32,
        x: u32,
        y: u32,
        /// One for each tower.
        values: Vec<f32>,
    },
    Swept(Swept),
    Failed(String),
}

/// What there is to say about the network in use.
#[derive(Clone, Debug)]
pub struct NetworkInfo {
    pub schema: Schema,
    /// "separation, channelwise".
    pub title: String,
    /// "bundled", or the file.
    pub origin: String,
    pub license: String,
    pub parameters: usize,
    /// Every map that some tower has, from the input to the output.
    pub places: Vec<Place>,
    /// What computes it now.
    pub device: String,
}

/// The window's end.
pub struct Engine {
    requests: Sender<Request>,
    pub replies: Receiver<Reply>,
}

impl Engine {
    /// Starts the thread. `gpu` is the window's device with its name, where the network belongs
    /// there; `painter` makes feature maps ready for the window; `wake` is called after each reply.
    pub fn start(
        weights: Option<PathBuf>,
        gpu: Option<(Device, String)>,
        painter: Option<Arc<MapPainter>>,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let (requests, inbox) = channel();
        let (outbox, replies) = channel();
        let say = move |reply| {
            // The window may be gone; then nobody minds.
            let _ = outbox.send(reply);
            wake();
        };
        thread::spawn(move || Worker::new(inbox, Arc::new(say), gpu, painter).run(weights));
        Self { requests, replies }
    }

    pub fn ask(&self, request: Request) {
        if self.requests.send(request).is_err() {
            log::error!("the network's thread has ended; restart the program");
        }
    }
}

struct Worker {
    inbox: Receiver<Request>,
    say: Arc<dyn Fn(Reply) + Send + Sync>,
    gpu: Option<(Device, String)>,
    painter: Option<Arc<MapPainter>>,
    /// A network that is getting ready on the GPU.
    warming: Option<Receiver<Predictor>>,
    device: String,
    /// The network as the CPU has it.
    checkpoint: Option<Checkpoint>,
    predict: Option<(u64, Arc<RgbImage>, FaceBox)>,
    features: Features,
    later: VecDeque<(u64, Arc<RgbImage>, FaceBox)>,
    values: Option<(Vec<TowerMaps>, u32, u32, u32)>,
    load: Option<PathBuf>,
    sweep: Option<Sweep>,
}

const CPU: &str = "CPU";

impl Worker {
    fn new(
        inbox: Receiver<Request>,
        say: Arc<dyn Fn(Reply) + Send + Sync>,
        gpu: Option<(Device, String)>,
        painter: Option<Arc<MapPainter>>,
    ) -> Self {
        Self {
            inbox,
            say,
            gpu,
            painter,
            warming: None,
            device: CPU.into(),
            checkpoint: None,
            predict: None,
            features: Features::default(),
            later: VecDeque::new(),
            values: None,
            load: None,
            sweep: None,
        }
    }

    fn run(mut self, weights: Option<PathBuf>) {
        let mut predictor = None;
        if let Some(path) = weights {
            predictor = self.loaded(&path);
        }
        if predictor.is_none() {
            predictor = self.bundled();
        }
        let Some(mut predictor) = predictor else {
            return;
        };
        while self.receive() {
            if let Some(ready) = self.warming.as_ref().and_then(|w| w.try_recv().ok()) {
                self.warming = None;
                self.device = self
                    .gpu
                    .as_ref()
                    .map_or(CPU.into(), |(_, name)| name.clone());
                predictor = ready;
                self.introduce(&predictor);
            }
            if let Some(path) = self.load.take() {
                if let Some(loaded) = self.loaded(&path) {
                    predictor = loaded;
                }
            } else if let Some((ticket, photo, face_box)) = self.predict.take() {
                predictor = self.predicted(predictor, ticket, &photo, face_box);
            } else if let Some(work) = self.features.next() {
                predictor = self.tapped(predictor, &work);
            } else if let Some((towers, channel, x, y)) = self.values.take() {
                self.value_at(&towers, channel, x, y);
            } else if let Some((ticket, photo, face_box)) = self.later.pop_front() {
                predictor = self.predicted(predictor, ticket, &photo, face_box);
            }
        }
    }

    /// Takes in all requests there are; waits for one if there is nothing to do. False when the
    /// window is gone.
    fn receive(&mut self) -> bool {
        loop {
            let idle = self.predict.is_none()
                && self.features.is_idle()
                && self.values.is_none()
                && self.later.is_empty()
                && self.load.is_none();
            let next = if idle && self.warming.is_none() {
                self.inbox.recv().map_err(|_| TryRecvError::Disconnected)
            } else {
                self.inbox.try_recv()
            };
            match next {
                Ok(Request::Predict {
                    ticket,
                    photo,
                    face_box,
                }) => {
                    self.later.retain(|(t, ..)| *t != ticket);
                    self.predict = Some((ticket, photo, face_box));
                }
                Ok(Request::PredictLater {
                    ticket,
                    photo,
                    face_box,
                }) => {
                    self.later.push_back((ticket, photo, face_box));
                }
                Ok(Request::Feature(request)) => self.features.take_in(
                    request,
                    self.checkpoint.as_ref(),
                    self.painter.as_ref(),
                    &self.say,
                ),
                Ok(Request::Values {
                    towers,
                    channel,
                    x,
                    y,
                }) => self.values = Some((towers, channel, x, y)),
                Ok(Request::Sweep {
                    ticket,
                    samples,
                    wanted,
                }) => self.start_sweep(ticket, samples, wanted),
                Ok(Request::StopSweep) => self.sweep = None,
                Ok(Request::Load(path)) => self.load = Some(path),
                Err(TryRecvError::Empty) => {
                    if idle {
                        thread::sleep(Duration::from_millis(5));
                    }
                    return true;
                }
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }

    fn start_sweep(&mut self, ticket: u64, samples: Arc<Vec<Sample>>, wanted: Vec<u32>) {
        let Some(own) = self.checkpoint.clone() else {
            return;
        };
        let say = self.say.clone();
        self.sweep = Some(Sweep::start(own, ticket, samples, wanted, move |r| say(r)));
    }

    fn bundled(&mut self) -> Option<Predictor> {
        match model::bundled(&Device::flex()) {
            Ok(checkpoint) => Some(self.take(checkpoint)),
            Err(error) => {
                (self.say)(Reply::Failed(format!("the bundled weights: {error}")));
                None
            }
        }
    }

    fn loaded(&mut self, path: &std::path::Path) -> Option<Predictor> {
        match Checkpoint::load(path, &Device::flex()) {
            Ok(checkpoint) => Some(self.take(checkpoint)),
            Err(error) => {
                (self.say)(Reply::Failed(error.to_string()));
                None
            }
        }
    }

    /// Puts a checkpoint to use on the CPU, and starts getting it ready on the GPU if there is one.
    fn take(&mut self, checkpoint: Checkpoint) -> Predictor {
        self.device = CPU.into();
        self.warming = self.gpu.as_ref().map(|(gpu, _)| {
            let (ready, receiver) = channel();
            let (gpu, checkpoint) = (gpu.clone(), checkpoint.clone());
            thread::spawn(move || {
                let warmed = catch_unwind(AssertUnwindSafe(|| warmed(&checkpoint, &gpu)));
                match warmed {
                    Ok(Ok(predictor)) => {
                        let _ = ready.send(predictor);
                    }
                    Ok(Err(error)) => log::warn!("the GPU cannot take the network: {error}"),
                    Err(_) => log::warn!("the GPU failed while getting ready; the CPU goes on"),
                }
            });
            receiver
        });
        self.checkpoint = Some(checkpoint.clone());
        self.sweep = None; // it is another network's
        self.features.another_network();
        let predictor = Predictor::new(checkpoint, Device::flex());
        self.introduce(&predictor);
        predictor
    }

    fn introduce(&self, predictor: &Predictor) {
        let checkpoint = predictor.checkpoint();
        (self.say)(Reply::Network(NetworkInfo {
            schema: predictor.schema().clone(),
            title: predictor.network().config().title(),
            origin: checkpoint.origin.clone(),
            license: checkpoint.license.clone(),
            parameters: predictor.network().parameters(),
            places: predictor.network().places(),
            device: self.device.clone(),
        }));
    }

    fn predicted(
        &mut self,
        predictor: Predictor,
        ticket: u64,
        photo: &RgbImage,
        face_box: FaceBox,
    ) -> Predictor {
        let began = Instant::now();
        let (predictor, prediction) =
            self.guarded(predictor, |p| p.predict(photo, &[face_box]).pop());
        if let Some(prediction) = prediction.flatten() {
            (self.say)(Reply::Predicted {
                ticket,
                face_box,
                prediction,
                latency: began.elapsed(),
            });
        }
        predictor
    }

    fn tapped(&mut self, predictor: Predictor, work: &Work) -> Predictor {
        let (painter, shared) = (self.painter.clone(), self.device != CPU);
        let (predictor, done) =
            self.guarded(predictor, |p| work.done(p, painter.as_deref(), shared));
        match done.flatten() {
            Some(Ok(reply)) => (self.say)(Reply::Feature(reply)),
            Some(Err(error)) => (self.say)(Reply::Failed(format!("the feature maps: {error:#}"))),
            None => {}
        }
        predictor
    }

    fn value_at(&self, towers: &[TowerMaps], channel: u32, x: u32, y: u32) {
        let Some(painter) = &self.painter else {
            return;
        };
        let value = |t: &TowerMaps| t.value(painter, channel, x, y).unwrap_or(f32::NAN);
        (self.say)(Reply::Values {
            channel,
            x,
            y,
            values: towers.iter().map(value).collect(),
        });
    }

    /// Runs `work`; a GPU error, which burn turns into a panic, moves the network to the CPU.
    fn guarded<T>(
        &mut self,
        predictor: Predictor,
        work: impl Fn(&Predictor) -> T,
    ) -> (Predictor, Option<T>) {
        if let Ok(result) = catch_unwind(AssertUnwindSafe(|| work(&predictor))) {
            return (predictor, Some(result));
        }
        if self.device == CPU {
            (self.say)(Reply::Failed("the network failed on this picture".into()));
            return (predictor, None);
        }
        (self.say)(Reply::Failed(format!(
            "{} failed; the CPU goes on",
            self.device
        )));
        self.gpu = None;
        match self.checkpoint.clone() {
            Some(own) => (self.take(own), None),
            None => (predictor, None),
        }
    }
}

/// The checkpoint on the GPU, its kernels compiled by one use.
fn warmed(checkpoint: &Checkpoint, gpu: &Device) -> Result<Predictor, model::CheckpointError> {
    let bytes = checkpoint.to_bytes()?;
    let own = Checkpoint::from_bytes(&bytes, &checkpoint.origin, gpu)?;
    let predictor = Predictor::new(own, gpu.clone());
    let blank = RgbImage::new(128, 128);
    predictor.predict(&blank, &[FaceBox::new(0.0, 0.0, 128.0, 128.0)]);
    Ok(predictor)
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn the_newest_request_is_answered_and_a_bad_file_is_named() {
        let engine = Engine::start(None, None, None, || {});
        let photo = Arc::new(RgbImage::new(64, 64));
        for i in 0..20 {
            engine.ask(Request::Predict {
                ticket: i,
                photo: photo.clone(),
                face_box: FaceBox::new(0.0, 0.0, 64.0, 64.0),
            });
        }
        wait(&engine, |r| match r {
            Reply::Predicted { ticket: 19, .. } => Some(()),
            _ => None,
        });
        engine.ask(Request::Load("no/such.safetensors".into()));
        let said = wait(&engine, |r| match r {
            Reply::Failed(said) => Some(said),
            _ => None,
        });
        assert!(said.contains("no/such.safetensors"), "{said}");
    }
}
