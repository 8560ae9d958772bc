//! The one thread that owns the loaded network: requests in, replies out, newest wins.
//!
//! The window must never wait, so it only sends and receives. A request that a newer one
//! supersedes is dropped unanswered: while a box is dragged, only its newest place counts. Work
//! that nobody is waiting for (the other photos of a list) is done when nothing else is asked.
//!
//! Two networks can be loaded, and both stay ready: switching between them is instant. Weights are
//! read on a thread of their own while the network in use goes on answering. What a network has
//! found is kept for the session (see [`cache`]).
//!
//! A GPU compiles its kernels at the first use of each shape, which takes seconds. Until that is
//! done the CPU answers; and if the GPU fails, it goes on answering.

mod cache;
mod error;
mod features;
mod sweep;
mod tickets;
mod weights;
mod worker;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use image::RgbImage;

pub use error::EngineError;
pub use features::{
    Against, Compare, CompareRequest, Compared, EffectRequest, Explained, ExportContent,
    ExportNews, ExportOutcome, ExportRequest, Faces, FeatureReply, FeatureRequest, LayerMaps,
    LayerMapsRequest, MapsFigure, MapsOf, MutedAnswer, PhotoFace, Study, StudyKind, StudyNews,
    StudyRequest, StudyResult, TowerMaps,
};
pub use sweep::{Sweep, SweepNews};
pub use tickets::{
    CompareTicket, ExportTicket, FaceId, FaceKey, FaceTicket, ListTicket, StudyTicket, SweepTicket,
    ValuesTicket,
};

use crate::compute::SharedGpu;
use crate::dataset::Sample;
use crate::evaluation::Trained;
use crate::label::{FaceBox, Prediction, Schema};
use crate::map_painter::MapPainter;
use crate::model::{TapLayer, Untrained, weights_name};
use crate::study::Towers;

use worker::{Mail, Worker};

/// The places of the two networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    A,
    B,
}

impl Slot {
    pub fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
        }
    }
}

/// What the window asks. `ticket` is its own name for what it asks about.
pub enum Request {
    /// Predict a face that somebody is looking at.
    Predict(PredictRequest),
    /// Predict a face when there is nothing better to do.
    PredictLater(PredictRequest),
    /// What the network that is not in use says about a face.
    Compare(PredictRequest),
    /// About feature maps.
    Feature(FeatureRequest),
    /// The value at a place of a channel in each of these towers.
    Values {
        ticket: ValuesTicket,
        towers: Vec<TowerMaps>,
        channel: u32,
        x: u32,
        y: u32,
    },
    /// Predict these samples in the background, in this order; ends another such sweep. Each has a
    /// ticket of its own.
    Sweep {
        ticket: SweepTicket,
        samples: Arc<Vec<Sample>>,
        wanted: Vec<u32>,
    },
    StopSweep,
    /// Nothing that was asked about faces is wanted any more: another list is open.
    Forget,
    /// What the network in use has found before about these samples.
    Recall {
        ticket: ListTicket,
        samples: Arc<Vec<Sample>>,
    },
    /// Read weights into a place; if it is the one in use, use them.
    Load {
        slot: Slot,
        path: PathBuf,
    },
    /// Put the bundled weights into a place.
    LoadBundled(Slot),
    /// Use the network in this place, if there is one.
    Use(Slot),
    /// Use the other network, if there is one.
    Switch,
    /// Let the two change places; the one in use stays in use.
    Swap,
}

/// A face to predict.
#[derive(Clone)]
pub struct PredictRequest {
    pub ticket: FaceTicket,
    pub photo: Arc<RgbImage>,
    pub face_box: FaceBox,
    /// The picture's file, by which its prediction is found again; `None` for one without a file.
    pub file: Option<Arc<Path>>,
}

/// What the engine answers.
pub enum Reply {
    /// A network is ready; also sent when it moves to another device.
    Network(NetworkInfo),
    /// What was to be loaded into this place cannot be.
    NotLoaded(Slot, String),
    /// The network in this place is in use from now on.
    InUse(Slot),
    /// The networks have changed places.
    Swapped,
    Predicted {
        ticket: FaceTicket,
        face_box: FaceBox,
        prediction: Arc<Prediction>,
        /// `None` for what was found before.
        latency: Option<Duration>,
    },
    /// What the other network says.
    Compared {
        ticket: FaceTicket,
        face_box: FaceBox,
        prediction: Arc<Prediction>,
    },
    Recalled {
        ticket: ListTicket,
        /// Hash of the weights that had answered.
        network: u64,
        found: Vec<(usize, FaceBox, Arc<Prediction>)>,
    },
    Feature(FeatureReply),
    Values {
        ticket: ValuesTicket,
        /// One for each tower; none where it could not be read.
        values: Vec<Option<f32>>,
    },
    Swept(SweepNews),
    Failed(String),
}

/// What there is to say about the network in use.
#[derive(Clone, Debug)]
pub struct NetworkInfo {
    pub slot: Slot,
    /// Of the weights' bytes.
    pub hash: u64,
    /// As [`crate::model::Network::fingerprint`].
    pub fingerprint: String,
    pub schema: Schema,
    /// "separation, channelwise".
    pub title: String,
    /// "bundled", or the file.
    pub origin: String,
    pub license: String,
    /// Which faces made it.
    pub trained: Arc<Trained>,
    pub parameters: usize,
    /// Every map that some tower has, from the input to the output.
    pub places: Vec<TapLayer>,
    /// What it was never trained on.
    pub untrained: Arc<Untrained>,
    /// What the joining weights say of the towers; nothing in it is measured.
    pub norms: Arc<Towers>,
    /// What computes it now.
    pub device: String,
    /// Whether the GPU is compiling its kernels, to take it over.
    pub warming: bool,
}

impl NetworkInfo {
    /// "bundled", or what the file is called.
    pub fn name(&self) -> String {
        weights_name(&self.origin)
    }
}

/// The longest that the window's end waits for the engine's.
const CLOSING: Duration = Duration::from_secs(3);

/// The window's end.
pub struct Engine {
    requests: Sender<Mail>,
    pub replies: Receiver<Reply>,
    thread: JoinHandle<()>,
}

impl Engine {
    /// Starts the thread. `gpu` is the window's device with its name, where the network belongs
    /// there; `painter` makes feature maps ready for the window; `wake` is called after each reply.
    pub fn start(
        weights: Option<PathBuf>,
        gpu: Option<SharedGpu>,
        painter: Option<Arc<MapPainter>>,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let (requests, inbox) = channel();
        let (outbox, replies) = channel();
        let send = move |reply| {
            // The window may be gone; then nobody minds.
            let _ = outbox.send(reply);
            wake();
        };
        let post = requests.clone();
        let thread = thread::spawn(move || {
            let mail = (post, inbox);
            Worker::new(mail, Arc::new(send), gpu, painter).run(weights);
        });
        Self {
            requests,
            replies,
            thread,
        }
    }

    pub fn ask(&self, request: Request) {
        if self.requests.send(Mail::Asked(request)).is_err() {
            log::error!("the network's thread has ended; restart the program");
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // The thread may have ended by itself.
        let _ = self.requests.send(Mail::Closed);
        // A driver is not unloaded while a thread works with it; one that hangs is left alone.
        let since = Instant::now();
        while !self.thread.is_finished() && since.elapsed() < CLOSING {
            thread::sleep(Duration::from_millis(2));
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
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
        let engine = Engine::start(None, None, None, || {});
        for i in 0..20 {
            engine.ask(Request::Predict(wish(i, None)));
        }
        predicted(&engine, 19);
        engine.ask(Request::Load {
            slot: Slot::B,
            path: "no/such.safetensors".into(),
        });
        let said = wait(&engine, |r| match r {
            Reply::NotLoaded(Slot::B, said) => Some(said),
            _ => None,
        });
        assert!(said.contains("no/such.safetensors"), "{said}");
    }

    /// What a sweep over one picture says, and whose answer that is.
    fn swept(engine: &Engine, ticket: SweepTicket, picture: &Path) -> SweepNews {
        let sample = Sample::unlabelled(picture, &Schema::face());
        engine.ask(Request::Sweep {
            ticket,
            samples: Arc::new(vec![sample]),
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

        let engine = Engine::start(None, None, None, || {});
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
        let samples = Arc::new(vec![Sample::unlabelled(&picture, &Schema::face())]);
        engine.ask(Request::Recall {
            ticket: ListTicket(3),
            samples,
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
        let engine = Engine::start(None, None, None, || {});
        engine.ask(Request::Predict(wish(1, Some(&picture))));
        let (said, new) = predicted(&engine, 1);
        assert!(new);
        let samples = Arc::new(vec![Sample::unlabelled(&picture, &Schema::face())]);
        engine.ask(Request::Recall {
            ticket: ListTicket(2),
            samples,
        });
        let found = wait(&engine, |r| match r {
            Reply::Recalled { found, .. } => Some(found),
            _ => None,
        });
        assert_eq!(found, [(0, FaceBox::new(0.0, 0.0, 64.0, 64.0), said)]);
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

        let engine = Engine::start(None, None, None, || {});
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
}
