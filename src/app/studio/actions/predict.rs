//! The engine is asked for predictions: of the face that is looked at, and of many in the background.

use std::sync::Arc;
use std::time::Duration;

use image::RgbImage;

use crate::app::model::SweepProgress;
use crate::app::studio::Studio;
use crate::engine::{FaceId, FaceTicket, ListTicket, PredictRequest, Request, SweepTicket};
use crate::label::FaceBox;

impl Studio {
    pub(in crate::app::studio) fn ticket(&self, index: usize) -> FaceTicket {
        FaceTicket::listed(ListTicket(self.model.faces.number), index)
    }

    pub(in crate::app::studio) fn predict(&self, index: usize, now: bool) {
        let Some(face) = self.model.faces.face(index) else {
            return;
        };
        if let Some(photo) = face.item.picture() {
            self.ask_prediction(self.ticket(index), photo, face.face_box, now);
        }
    }

    /// Asks for a prediction, at once or when there is nothing better to do.
    pub(in crate::app::studio) fn ask_prediction(
        &self,
        ticket: FaceTicket,
        photo: &Arc<RgbImage>,
        face_box: FaceBox,
        now: bool,
    ) {
        let samples = &self.model.faces.samples;
        let sample = samples.get(self.model.faces.sample_of(ticket));
        let request = PredictRequest {
            ticket,
            photo: photo.clone(),
            face_box,
            file: sample
                .filter(|s| s.source.is_file())
                .map(|s| s.path.clone()),
        };
        // Only the newest is compared: the face that somebody looks at.
        if now && self.compares_networks() && matches!(ticket.face, FaceId::Listed(_)) {
            self.engine.ask(Request::Compare(request.clone()));
        }
        self.engine.ask(if now {
            Request::Predict(request)
        } else {
            Request::PredictLater(request)
        });
    }

    /// Predicts every face that has no prediction yet, those that are shown first; says at the
    /// end how fast, unless `quiet`.
    pub(in crate::app::studio) fn predict_all(&mut self, quiet: bool) {
        let list = &self.model.faces;
        let new = |i: &u32| list.findings.get(*i as usize).is_none();
        let mut wanted: Vec<u32> = list.order.shown.iter().copied().filter(new).collect();
        let first: std::collections::HashSet<u32> = wanted.iter().copied().collect();
        wanted.extend((0..list.items.len() as u32).filter(|i| new(i) && !first.contains(i)));
        self.predict_faces(wanted, quiet);
    }

    /// Predicts these faces of the list, in this order.
    pub(in crate::app::studio) fn predict_faces(&mut self, wanted: Vec<u32>, quiet: bool) {
        if wanted.is_empty() {
            return self.toasts.say("Every face is predicted already");
        }
        self.start_sweep(wanted, quiet);
    }

    /// Predicts the faces `wanted` in the background, in their order, in place of what was being
    /// predicted.
    pub(in crate::app::studio) fn start_sweep(&mut self, wanted: Vec<u32>, quiet: bool) {
        self.model.sweep.count += 1;
        self.model.sweep.progress = Some(SweepProgress {
            ticket: SweepTicket(self.model.sweep.count),
            done: 0,
            of: wanted.len(),
            elapsed: Duration::ZERO,
            quiet,
        });
        self.engine.ask(Request::Sweep {
            ticket: SweepTicket(self.model.sweep.count),
            samples: self.model.faces.samples.clone(),
            wanted,
        });
    }
}
