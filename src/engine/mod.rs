//! The one thread that owns the loaded network: requests in, replies out, newest wins.
//!
//! The window must never wait, so it only sends and receives. A request that a newer one
//! supersedes is dropped unanswered: while a box is dragged, only its newest place counts. A face
//! that another takes the place of, and work that nobody is waiting for (the other photos of a
//! list), come when nothing else is asked.
//!
//! Two networks can be loaded, and both stay ready: switching between them is instant. Weights are
//! read on a thread of their own while the network in use goes on answering. What a network has
//! found is kept for the session (see [`cache`]) and, where there is a folder for it, for others
//! (see [`kept`]).
//!
//! A GPU compiles its kernels at the first use of each shape, which takes seconds. Until that is
//! done the CPU answers; and if the GPU fails, it goes on answering.

mod cache;
mod error;
mod features;
mod gate;
mod kept;
mod messages;
mod place;
mod sweep;
mod tickets;
mod weights;
mod worker;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

pub use error::EngineError;
pub use features::{
    Against, Compare, CompareRequest, Compared, EffectRequest, Explained, ExportContent,
    ExportNews, ExportOutcome, ExportRequest, Faces, FeatureReply, FeatureRequest, LayerMaps,
    LayerMapsRequest, MapsFigure, MapsOf, MutedAnswer, PhotoFace, Study, StudyKind, StudyNews,
    StudyRequest, StudyResult, TowerMaps,
};
pub use messages::{NetworkInfo, PredictRequest, Reply, Request, Slot};
pub use sweep::{Sweep, SweepNews};
pub use tickets::{
    CompareTicket, ExportTicket, FaceId, FaceKey, FaceTicket, ListTicket, StudyTicket, SweepTicket,
    ValuesTicket,
};

use crate::compute::SharedGpu;
use crate::map_painter::MapPainter;
use worker::{Mail, Worker};

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
    /// Predictions are kept in the folder `kept` for other sessions.
    pub fn start(
        (weights, kept): (Option<PathBuf>, Option<PathBuf>),
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
            let worker = Worker::new(mail, Arc::new(send), gpu, painter);
            worker.keeping(kept).run(weights);
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
