//! Many predictions that come at once, kept from another session for instance, are taken in over
//! several frames: what is found of a face is held against its labels, and of a hundred thousand that
//! takes longer than a frame.

use std::time::{Duration, Instant};

use eframe::egui;

use crate::app::model::Found;
use crate::app::studio::Studio;
use crate::dataset::BoxSource;
use crate::engine::{ListTicket, Request};

/// How long they are taken in within a frame.
const A_FRAME: Duration = Duration::from_millis(4);
/// Faces between two looks at the clock.
const PART: usize = 32;

impl Studio {
    /// Takes in what has come, as far as the frame allows.
    pub(in crate::app::studio) fn take_arriving(&mut self, ctx: &egui::Context) {
        let began = Instant::now();
        while let Some((list, network, mut found)) = self.model.arriving.next() {
            let is_wanted = list == ListTicket(self.model.faces.number) && self.is_in_use(network);
            while is_wanted && !found.as_slice().is_empty() {
                if began.elapsed() > A_FRAME {
                    self.model.arriving.put_back((list, network, found));
                    return ctx.request_repaint();
                }
                let part: Vec<Found> = found.by_ref().take(PART).collect();
                self.take_found(part);
            }
        }
    }

    fn take_found(&mut self, found: Vec<Found>) {
        let schema = self.schema();
        for (index, face_box, prediction) in found {
            // The face may have another box since it was asked about.
            if self.model.faces.is_outdated(index, face_box) {
                self.model.sweep.again.insert(index as u32);
                continue;
            }
            // A box that somebody moved has an answer of its own when it is looked at.
            let moved =
                self.model.faces.items.get(index).is_some_and(|item| {
                    item.source == BoxSource::Given && item.face_box != face_box
                });
            if !moved && self.model.faces.findings.get(index).is_none() {
                self.model
                    .faces
                    .predicted(index, &schema, face_box, prediction);
            }
        }
    }

    /// Asks anew about faces whose boxes are others by now: at once where their pictures are there, else
    /// as the list is predicted.
    pub(in crate::app::studio) fn ask_outdated(&mut self) {
        let outdated = self.model.faces.take_outdated();
        if outdated.is_empty() {
            return;
        }
        let mut unread = Vec::new();
        for index in outdated {
            let item = self.model.faces.items.get(index);
            match item.is_some_and(|item| item.picture().is_some()) {
                true => self.predict(index, index == self.model.faces.selected()),
                false => unread.push(index as u32),
            }
        }
        if unread.is_empty() {
            return;
        }
        let sweeps = self.model.sweep.progress.is_some();
        if sweeps || self.is_short_list() {
            self.model.sweep.again.extend(unread);
            self.sweep_again();
            return;
        }
        self.engine.ask(Request::Recall {
            ticket: ListTicket(self.model.faces.number),
            samples: self.model.faces.samples.clone(),
            wanted: Some(unread),
        });
    }

    /// Predicts the faces whose answers were out of date when they came, once nothing else is
    /// predicted; whether there are some.
    pub(in crate::app::studio) fn sweep_again(&mut self) -> bool {
        if self.model.sweep.progress.is_some() || self.model.networks.current.is_none() {
            return false;
        }
        let again = std::mem::take(&mut self.model.sweep.again).into_iter();
        let findings = &self.model.faces.findings;
        let again: Vec<u32> = again
            .filter(|i| findings.get(*i as usize).is_none())
            .collect();
        let some = !again.is_empty();
        if some {
            self.start_sweep(again, true);
        }
        some
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::opening::FaceSet;
    use crate::app::studio::start::Start;
    use crate::dataset::Sample;
    use crate::engine::FaceTicket;
    use crate::label::{FaceBox, Schema};

    /// As when a journal mends a box after its list was asked about.
    #[test]
    fn an_answer_for_a_box_that_is_the_faces_no_more_is_asked_for_anew() {
        let ctx = egui::Context::default();
        let mut studio = Studio::new(&ctx, None, None, "test".into(), &Start::default());
        let folder = tempfile::tempdir().unwrap();
        let [old, mended] = [0.0, 5.0].map(|x| FaceBox::new(x, 0.0, 30.0, 30.0));
        let place = |face_box| Some((face_box, BoxSource::DataSet));
        let samples = ["a.png", "b.png"].map(|name| {
            let path = folder.path().join(name);
            image::RgbImage::new(40, 40).save(&path).unwrap();
            Sample {
                face_box: place(old),
                ..Sample::unlabelled(&path, &Schema::face())
            }
        });
        let until = |studio: &mut Studio, done: &dyn Fn(&Studio) -> bool| {
            let since = Instant::now();
            while !done(studio) {
                assert!(since.elapsed() < Duration::from_secs(60));
                studio.receive(&ctx);
                std::thread::sleep(Duration::from_millis(2));
            }
        };
        until(&mut studio, &|s| s.model.networks.current.is_some());
        let number = studio.opening.next_number();
        let found = |studio: &Studio, index| {
            let found = studio.model.faces.findings.get(index);
            found.map(|found| found.face_box)
        };
        let set = FaceSet {
            key: 1,
            number,
            name: "set".into(),
            samples: samples.to_vec(),
            columns: Vec::new(),
            paths: vec![folder.path().to_owned()],
            problems: None,
            log: Vec::new(),
            predictions: Vec::new(),
        };
        studio.show_set(set);
        // The list is being predicted when the journal comes.
        let sample = Sample {
            face_box: place(mended),
            ..samples[1].clone()
        };
        studio.model.faces.relabel(1, sample, &Schema::face());
        until(&mut studio, &|s| found(s, 1) == Some(mended));
        // And once it is, answers that come late change nothing.
        let prediction = studio
            .model
            .faces
            .findings
            .get(1)
            .unwrap()
            .prediction
            .clone();
        let ticket = FaceTicket::listed(ListTicket(studio.model.faces.number), 1);
        studio.predicted(ticket, old, prediction.clone(), None);
        assert_eq!(found(&studio, 1), Some(mended));
        studio.model.faces.findings.remove(1);
        studio.predicted(ticket, old, prediction, None);
        assert_eq!(found(&studio, 1), None);
        // What was found before in the old box is forgotten.
        until(&mut studio, &|s| s.model.sweep.progress.is_none());
        studio.model.faces.relabel(
            0,
            Sample {
                face_box: place(mended),
                ..samples[0].clone()
            },
            &Schema::face(),
        );
        until(&mut studio, &|s| found(s, 0) == Some(mended));
    }
}
