//! The sheet of chosen faces waits until all of them are predicted: one that shows some with and
//! some without points would say that nothing was found. It shows no points of a box from which a
//! face was moved either.

use std::collections::HashSet;
use std::path::Path;

use crate::app::canvas::sheet;
use crate::app::export::{Made, Target};
use crate::app::faces::boxes::PhotoFace;
use crate::app::faces::item::{Item, Picture};
use crate::app::model::WaitingSheet;
use crate::app::studio::Studio;
use crate::app::studio::actions::export::STILL_TO_COME;
use crate::humanize::counted;

fn is_unreadable(item: &Item) -> bool {
    matches!(item.state, Picture::Failed(_))
}

impl Studio {
    /// Draws the chosen faces, after predicting those that are not predicted yet.
    pub(in crate::app::studio) fn export_sheet(&mut self, target: Target) {
        let faces = match sheet::sheet_faces(&self.model) {
            Ok(faces) => faces,
            Err(why) => return self.toasts.say(why.to_string()),
        };
        if self.model.faces.selection.chosen.is_empty() && self.model.faces.order.shown.len() > 1 {
            let text = "The sheet has the face that is shown: no others are chosen";
            self.toasts.say(text);
        }
        let drawn = self.drawn_beside(&faces);
        if drawn > 0 {
            let boxes = match drawn {
                1 => "1 drawn box".to_owned(),
                count => format!("{count} drawn boxes"),
            };
            let text = "it has the faces of the list; Review makes faces of drawn boxes";
            self.toasts
                .warn(format!("The sheet is without {boxes}: {text}"));
        }
        if !self.panels.canvas.layers.prediction.on {
            return self.draw_sheet(&faces, target);
        }
        let missing = self.unpredicted(&faces);
        let count = counted(missing.len(), "face");
        if self.model.networks.current.is_none() && !missing.is_empty() {
            let text = format!("The sheet has {count} without points: there is no network yet");
            self.toasts.warn(text);
            return self.draw_sheet(&faces, target);
        }
        if self.asks_for_boxes(&faces) {
            return self.toasts.say(STILL_TO_COME);
        }
        if missing.is_empty() {
            return self.draw_sheet(&faces, target);
        }
        self.toasts
            .say(format!("Predicting {count} for the sheet first"));
        self.model.sweep.sheet = Some(WaitingSheet {
            list: self.model.faces.number,
            faces,
            target,
            answered: false,
        });
        let mut wanted: Vec<u32> = missing.iter().map(|i| *i as u32).collect();
        let quiet = self.model.sweep.progress.is_none_or(|s| s.quiet);
        if self.model.sweep.progress.is_some() {
            // What was being predicted goes on after these.
            let new = |i: &u32| self.model.faces.findings.get(*i as usize).is_none();
            let first: HashSet<u32> = wanted.iter().copied().collect();
            let all = 0..self.model.faces.items.len() as u32;
            wanted.extend(all.filter(|i| new(i) && !first.contains(i)));
        }
        self.start_sweep(wanted, quiet);
    }

    /// Draws the sheet that waits as soon as its faces are predicted, or says why it does not come.
    pub(in crate::app::studio) fn draw_waiting_sheet(&mut self) {
        // What has come is taken in first.
        if !self.model.arriving.is_empty() {
            return;
        }
        let Some(waiting) = self.model.sweep.sheet.take() else {
            return;
        };
        if waiting.list != self.model.faces.number {
            return self
                .toasts
                .warn("The sheet was not drawn: its faces are not open any more");
        }
        let missing = self.unpredicted(&waiting.faces).len();
        if missing > 0 && !waiting.answered {
            if self.model.sweep.progress.is_some() {
                self.model.sweep.sheet = Some(waiting);
            } else {
                self.toasts
                    .warn("The sheet was not drawn: predicting its faces was stopped");
            }
            return;
        }
        if self.asks_for_boxes(&waiting.faces) {
            let text = format!("The sheet was not drawn. {STILL_TO_COME}");
            return self.toasts.warn(text);
        }
        if missing > 0 {
            let count = counted(missing, "face");
            let text =
                format!("The sheet has {count} without points, which could not be predicted");
            self.toasts.warn(text);
        }
        self.draw_sheet(&waiting.faces, waiting.target);
    }

    /// How many boxes were drawn in the photos of these faces and are not on their sheet.
    fn drawn_beside(&self, faces: &[usize]) -> usize {
        let list = &self.model.faces;
        let samples = faces.iter().filter_map(|i| list.samples.get(*i));
        let photos: HashSet<&Path> = samples.map(|sample| &*sample.path).collect();
        let hands = list.boxes.hands.iter();
        let drawn = hands.filter(|hand| photos.contains(&*hand.path)).count();
        let shown = faces.iter().any(|i| {
            let which = sheet::which_to_draw(&self.model, *i);
            matches!(which, PhotoFace::Drawn(_))
        });
        drawn - usize::from(shown && drawn > 0)
    }

    /// Those that have no prediction and may get one.
    fn unpredicted(&self, faces: &[usize]) -> Vec<usize> {
        let missing = faces.iter().copied().filter(|i| {
            let face = sheet::face_to_draw(&self.model, *i);
            face.is_some_and(|f| f.finding.is_none() && !is_unreadable(f.item))
        });
        missing.collect()
    }

    /// Asks for the predictions of boxes that somebody moved or drew, as far as they are still to
    /// come; whether any is.
    fn asks_for_boxes(&mut self, faces: &[usize]) -> bool {
        let all = faces.iter();
        let all = all.map(|i| (*i, sheet::which_to_draw(&self.model, *i)));
        self.asks_for(all.collect())
    }

    /// The same of these, each with the face of the list in whose photo it is.
    pub(in crate::app::studio) fn asks_for(&mut self, boxes: Vec<(usize, PhotoFace)>) -> bool {
        let list = &self.model.faces;
        let unanswered: Vec<(usize, PhotoFace)> = boxes
            .into_iter()
            .filter(|(i, which)| list.is_unanswered(*which) && !is_unreadable(&list.items[*i]))
            .collect();
        for (_, which) in &unanswered {
            match *which {
                PhotoFace::Listed(index) => self.predict(index, false),
                PhotoFace::Drawn(number) => self.predict_hand(number),
            }
        }
        // Those whose pictures are not at hand are asked about once they are read.
        let faces: Vec<usize> = unanswered.iter().map(|(i, _)| *i).collect();
        if !faces.is_empty() {
            self.wish_pictures(&faces);
        }
        !faces.is_empty()
    }

    fn draw_sheet(&mut self, faces: &[usize], target: Target) {
        let faces = sheet::faces_to_draw(&self.model, faces);
        let (schema, layers) = (self.schema(), self.panels.canvas.layers);
        let make = move || Ok(Made::Drawing(sheet::drawing(&faces, &schema, &layers)?));
        self.deliver(Box::new(make), self.model.export_scale, target);
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use eframe::egui;
    use image::{Rgb, RgbImage};

    use super::*;
    use crate::app::studio::start::Start;
    use crate::dataset::BoxSource;
    use crate::figure::Format;
    use crate::label::FaceBox;

    /// Takes in what comes until something is so.
    fn until(studio: &mut Studio, what: &str, is_so: impl Fn(&Studio) -> bool) {
        let (ctx, since) = (egui::Context::default(), Instant::now());
        while !is_so(studio) {
            let waited = since.elapsed();
            assert!(waited.as_secs() < 120, "waited in vain for {what}");
            studio.receive(&ctx);
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Three photos of a face each, all predicted.
    fn studio(folder: &Path) -> Studio {
        for n in 0..3_u8 {
            let picture = RgbImage::from_fn(40, 40, |x, y| Rgb([x as u8 * 6, y as u8 * 5, n * 40]));
            picture.save(folder.join(format!("{n}.png"))).unwrap();
        }
        let start = Start {
            paths: vec![folder.to_owned()],
            ask: Some(Arc::new(|_| None)),
            ..Start::default()
        };
        let ctx = egui::Context::default();
        let mut studio = Studio::new(&ctx, None, None, "test".into(), &start);
        until(&mut studio, "the predictions", |s| {
            let list = &s.model.faces;
            list.items.len() == 3 && list.findings.is_complete() && !list.is_waiting()
        });
        studio
    }

    fn says(studio: &Studio, text: &str) -> bool {
        studio
            .toasts
            .describe()
            .iter()
            .any(|actual| actual.contains(text))
    }

    fn is_predicted_in(studio: &Studio, index: usize, face_box: FaceBox) -> bool {
        let found = studio.model.faces.findings.get(index);
        found.is_some_and(|f| f.face_box == face_box)
    }

    #[test]
    fn no_sheet_shows_a_box_that_was_moved_before_it_is_predicted() {
        let [photos, sheets] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let file = |name: &str| -> PathBuf { sheets.path().join(name) };
        let mut studio = studio(photos.path());
        let moved = FaceBox::new(4.0, 6.0, 20.0, 20.0);
        studio.add_box(moved); // in place of the guess
        studio.save_sheet(file("early.png"));
        assert!(says(&studio, STILL_TO_COME));
        until(&mut studio, "the answer", |s| is_predicted_in(s, 0, moved));
        // A box that was drawn has no points yet either.
        studio.add_box(FaceBox::new(20.0, 20.0, 15.0, 15.0));
        studio.toasts.dismiss();
        studio.save_sheet(file("early.png"));
        assert!(says(&studio, STILL_TO_COME));
        until(&mut studio, "the drawn box's answer", |s| {
            s.model.faces.shown().is_some_and(|f| f.finding.is_some())
        });
        studio.save_sheet(file("late.png"));
        until(&mut studio, "the sheet", |_| file("late.png").exists());
        assert!(!file("early.png").exists());
    }

    #[test]
    fn a_sheet_says_which_drawn_boxes_it_is_without() {
        let [photos, sheets] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let mut studio = studio(photos.path());
        // In place of the guess, which is the face of the list.
        studio.add_box(FaceBox::new(4.0, 6.0, 20.0, 20.0));
        studio.add_box(FaceBox::new(20.0, 20.0, 15.0, 15.0));
        studio.model.faces.selection.chosen.extend([0, 1]);
        studio.activate(PhotoFace::Listed(0));
        studio.toasts.dismiss();
        studio.save_sheet(sheets.path().join("sheet.png"));
        assert!(says(&studio, "The sheet is without 1 drawn box"));
    }

    #[test]
    fn no_photo_table_or_report_has_an_answer_of_the_box_before() {
        let [photos, files] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let file = |name: &str| -> PathBuf { files.path().join(name) };
        let mut studio = studio(photos.path());
        studio.add_box(FaceBox::new(4.0, 6.0, 20.0, 20.0)); // in place of the guess
        until(&mut studio, "its answer", |s| !s.model.faces.is_waiting());
        // The first of two boxes is moved, and then the other one is looked at.
        let second = FaceBox::new(20.0, 20.0, 15.0, 15.0);
        studio.add_box(second);
        studio.activate(PhotoFace::Listed(0));
        let moved = FaceBox::new(5.0, 6.0, 20.0, 20.0);
        studio.move_box(moved);
        let refuses = |studio: &mut Studio, save: &dyn Fn(&mut Studio)| {
            studio.toasts.dismiss();
            save(studio);
            assert!(
                says(studio, STILL_TO_COME),
                "{:?}",
                studio.toasts.describe()
            );
        };
        refuses(&mut studio, &|s| s.save_picture(file("early.png")));
        refuses(&mut studio, &|s| s.save_table(file("early.csv")));
        refuses(&mut studio, &|s| s.save_report(file("early.md")));
        refuses(&mut studio, &|s| s.save_plots(file("early"), Format::Svg));
        let number = studio.model.faces.boxes.hands[0].number;
        studio.activate(PhotoFace::Drawn(number));
        refuses(&mut studio, &|s| s.save_picture(file("early.png")));
        until(&mut studio, "both answers", |s| {
            let all = [PhotoFace::Listed(0), PhotoFace::Drawn(number)];
            all.iter().all(|which| !s.model.faces.is_unanswered(*which))
        });
        studio.save_picture(file("late.png"));
        studio.save_table(file("late.csv"));
        until(&mut studio, "both files", |_| {
            file("late.png").exists() && file("late.csv").exists()
        });
        let mut written: Vec<_> = std::fs::read_dir(files.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        written.sort();
        assert_eq!(written, ["late.csv", "late.png"]);
    }

    /// A sweep predicts in the boxes of the data set, and so brings no answer for one that was
    /// moved.
    #[test]
    fn a_moved_box_of_another_photo_is_asked_about_for_the_sheet() {
        let [photos, sheets] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let file = |name: &str| -> PathBuf { sheets.path().join(name) };
        let mut studio = studio(photos.path());
        // Moved earlier; since then another network is in use, and the picture was let go.
        let moved = FaceBox::new(4.0, 6.0, 20.0, 20.0);
        let list = &mut studio.model.faces;
        list.forget_findings();
        (list.items[2].face_box, list.items[2].source) = (moved, BoxSource::Given);
        list.items[2].state = Picture::Unread;
        list.selection.chosen.extend([0, 2]);
        studio.save_sheet(file("early.png"));
        assert!(says(&studio, STILL_TO_COME));
        assert!(studio.model.sweep.sheet.is_none());
        until(&mut studio, "the answer", |s| is_predicted_in(s, 2, moved));
        studio.save_sheet(file("late.png"));
        until(&mut studio, "the sheet", |_| file("late.png").exists());
        assert!(!file("early.png").exists());

        // One that is moved while the sheet waits for others.
        studio.model.sweep.sheet = Some(WaitingSheet {
            list: studio.model.faces.number,
            faces: vec![0, 2],
            target: Target::File(file("moved.png")),
            answered: true,
        });
        studio.move_box(moved);
        studio.draw_waiting_sheet();
        assert!(says(&studio, "The sheet was not drawn. "));
        until(&mut studio, "the answer", |s| is_predicted_in(s, 0, moved));
        assert!(!file("moved.png").exists());
    }
}
