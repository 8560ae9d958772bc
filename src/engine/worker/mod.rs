//! The engine's thread: what is asked, in the order of its urgency.

mod answers;
mod networks;

#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError};
use std::thread;

use super::cache::Cache;
use super::error::EngineError;
use super::features::{Features, SendReply};
use super::gate::Gate;
use super::kept::Kept;
use super::sweep::Sweep;
use super::weights::{Weights, bundled, read};
use super::{PredictRequest, Reply, Request, Slot, TowerMaps, ValuesTicket};
use crate::compute::SharedGpu;
use crate::map_painter::MapPainter;
use crate::model::Predictor;
use networks::Loaded;

/// What comes to the thread: from the window, and from threads that work for it.
pub(super) enum Mail {
    Asked(Request),
    Loaded(Slot, Result<Weights, EngineError>),
    /// The weights of this hash are ready on the GPU, or cannot be.
    Warmed(u64, Option<Predictor>),
    /// The window is gone.
    Closed,
}

pub(super) struct Worker {
    post: Sender<Mail>,
    inbox: Receiver<Mail>,
    send: Arc<dyn Fn(Reply) + Send + Sync>,
    gpu: Option<SharedGpu>,
    painter: Option<Arc<MapPainter>>,
    networks: [Option<Loaded>; 2],
    in_use: Slot,
    cache: Arc<Cache>,
    predict: Option<PredictRequest>,
    compare: Option<PredictRequest>,
    features: Features,
    later: VecDeque<PredictRequest>,
    values: Option<(ValuesTicket, Vec<TowerMaps>, [u32; 3])>,
    sweep: Option<Sweep>,
    /// Shut while something is answered that somebody looks at.
    gate: Arc<Gate>,
}

const CPU: &str = "CPU";

/// Requests that wait for an idle moment, each with its decoded photo; the oldest go.
const LATER: usize = 512;
/// Bytes of the photos that they hold; a camera's has some 36 million.
const LATER_BYTES: usize = 256 << 20;

impl Worker {
    pub fn new(
        (post, inbox): (Sender<Mail>, Receiver<Mail>),
        send: Arc<dyn Fn(Reply) + Send + Sync>,
        gpu: Option<SharedGpu>,
        painter: Option<Arc<MapPainter>>,
    ) -> Self {
        Self {
            post,
            inbox,
            send,
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
            gate: Arc::default(),
        }
    }

    /// Predictions are kept in this folder for other sessions.
    pub fn keeping(mut self, folder: Option<PathBuf>) -> Self {
        self.cache = Arc::new(Cache::new(folder.map(Kept::new)));
        self
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
            let gate = self.gate.clone();
            let urgent = !self.features.is_idle()
                || self.predict.is_some()
                || self.values.is_some()
                || self.compare.is_some();
            let _first = urgent.then(|| gate.shut());
            if let Some(request) = self.predict.take() {
                self.predicted(&request);
            } else if let Some(work) = self.features.next() {
                self.tapped(&work);
            } else if let Some((ticket, towers, place)) = self.values.take() {
                self.value_at(ticket, &towers, place);
            } else if let Some(request) = self.compare.take() {
                self.compared(&request);
            } else if let Some(request) = self.later.pop_front() {
                self.predicted(&request);
            }
        }
        self.sweep = None;
        if let Some(on_disk) = &self.cache.on_disk {
            on_disk.finish();
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
            Request::Predict(request) => {
                let ticket = request.ticket;
                self.later.retain(|w| w.ticket != ticket);
                // Of a box that is dragged only the newest place counts; another face has its
                // answer when there is time.
                let replaced = self.predict.replace(request);
                if let Some(other) = replaced.filter(|r| r.ticket != ticket) {
                    self.predict_later(other);
                }
            }
            Request::PredictLater(request) => self.predict_later(request),
            Request::Compare(request) => self.compare = Some(request),
            Request::Feature(request) => {
                let loaded = self.networks[self.in_use as usize].as_ref();
                let cpu_copy = loaded.map(|l| &l.cpu_copy);
                let send = self.send.clone();
                let send: SendReply = Arc::new(move |reply| send(Reply::Feature(reply)));
                self.features
                    .take_in(request, cpu_copy, self.painter.as_ref(), send);
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
            Request::Recall {
                ticket,
                samples,
                wanted,
            } => self.recall(ticket, samples, wanted),
            Request::ForgetKept => self.forget_kept(),
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
                (self.send)(Reply::Swapped);
            }
        }
    }

    /// The newest request for a face is the one that counts.
    fn predict_later(&mut self, request: PredictRequest) {
        self.later.retain(|w| w.ticket != request.ticket);
        self.later.push_back(request);
        while self.later.len() > LATER || (self.later.len() > 1 && self.later_bytes() > LATER_BYTES)
        {
            self.later.pop_front();
        }
    }

    /// What the photos of requests that wait take; those of one photo share it.
    fn later_bytes(&self) -> usize {
        let photos = self.later.iter().map(|request| &request.photo);
        let photos: HashMap<_, _> = photos
            .map(|photo| (Arc::as_ptr(photo), photo.as_raw().len()))
            .collect();
        photos.values().sum()
    }
}
