//! What comes from other threads, folded into the window's state.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui;

use crate::app::command::pane::{Pane, Workspace};
use crate::app::faces::item::Picture;
use crate::app::faces::list::{List, Then};
use crate::app::model::SweepProgress;
use crate::app::opening::{Arrival, FaceSet, Opened};
use crate::app::studio::{PREDICT_ALL, Studio};
use crate::app::widgets::toasts::ON_CLIPBOARD;
use crate::background::in_background;
use crate::engine::{FaceId, FaceTicket, ListTicket, Reply, Request, Slot, SweepNews};
use crate::humanize::counted;
use crate::label::{FaceBox, Prediction};
use crate::logs;

/// Paths in the menu of what was opened lately.
const RECENT: usize = 12;

impl Studio {
    /// Takes in everything that has come since the last frame.
    pub(super) fn receive(&mut self, ctx: &egui::Context) {
        while let Ok(arrival) = self.opening.arrivals.try_recv() {
            self.arrived(ctx, arrival);
        }
        while let Ok(read) = self.reader.done.try_recv() {
            self.take_read(ctx, read);
        }
        while let Ok(reply) = self.engine.replies.try_recv() {
            self.replied(ctx, reply);
        }
        self.ask_outdated();
        self.take_arriving(ctx);
        if self.model.arriving.is_empty() {
            self.sweep_again();
        }
        for record in logs::since(self.toasts.unread) {
            self.toasts.unread = record.number + 1;
            self.toasts.logged(&record);
        }
        self.model.runs.receive();
        let schema = || self.model.networks.schema();
        if self.model.faces.follow_boxes() {
            let wake = self.opening.wake.clone();
            self.model.faces.arrange(schema(), wake, Then::Stay);
        }
        if let Some(first) = self.model.faces.keep_arranged(schema, &self.opening.wake) {
            self.select(first);
        }
        let (faces, now) = (&mut self.model.faces, Instant::now());
        let waits = [faces.is_waiting(), faces.is_other_waiting()];
        let moments = [
            faces.waiting.note(waits[0], now),
            faces.other_waiting.note(waits[1], now),
        ];
        for moment in moments.into_iter().flatten() {
            ctx.request_repaint_after(moment);
        }
        self.draw_waiting_sheet();
        self.guard_files();
    }

    fn arrived(&mut self, ctx: &egui::Context, arrival: Arrival) {
        match arrival {
            Arrival::List(set) => self.show_set(set),
            Arrival::Table(path, set) => self.table_came(path, set),
            Arrival::Question(question) => self.overlays.question = Some(question),
            Arrival::Decoded {
                number,
                name,
                pictures,
                bundled,
            } => {
                if !self.opening.shows(number) {
                    return;
                }
                if !bundled {
                    self.show_faces();
                }
                self.model.opened.clear();
                self.show_list(List::of_decoded(
                    name,
                    pictures,
                    self.model.faces.number + 1,
                ));
                self.select(0);
                self.predict_short_list();
            }
            Arrival::Compared { list, other } => self.take_other(list, other),
            Arrival::Compare { list, path } if list == self.model.faces.number => {
                self.compare_with(path)
            }
            Arrival::Compare { .. } => {}
            Arrival::CopiedPicture(picture) => {
                ctx.copy_image((*picture).clone());
                self.toasts.say(format!("The picture is {ON_CLIPBOARD}"));
            }
            Arrival::CopiedText(text) => {
                ctx.copy_text(text);
                self.toasts.say(format!("The table is {ON_CLIPBOARD}"));
            }
            Arrival::Opened(opened) => self.opened(opened),
            Arrival::WeightsFor(slot, path) => self.load(slot, path),
            Arrival::SecondWeights(path) => self.load(self.in_use().other(), path),
            Arrival::Recent(paths) => self.remember(paths),
            Arrival::Hovered(message) => self.overlays.hovered.1 = message,
            Arrival::FormPaths(form, paths) => self.panels.training.form.chosen(form, paths),
            Arrival::MapsOf(weights) => self.compare_maps_with(weights),
            Arrival::Export(request) => self.export_maps(*request),
            Arrival::Review(opened) => self.take_review(*opened),
            Arrival::Dropped(format, dropped, beside) => self.take_dropped(format, dropped, beside),
            Arrival::NoJournal(list) => self.no_journal(list),
            Arrival::InDoubt(list, faces) => self.take_doubts(list, faces),
            Arrival::NoReview(list, why) => self.no_review(list, why),
            Arrival::Said(message) => self.toasts.say(message),
            Arrival::Failed(message) => self.toasts.warn(message),
        }
    }

    fn opened(&mut self, opened: Opened) {
        match opened {
            Opened::Weights(path) => self.load(self.in_use(), path),
            Opened::Predictions(path) => self.compare_with(path),
            Opened::Run(path) => {
                self.panels.training.select(path.clone());
                self.model.runs.watch(path);
                self.layout.workspace = Workspace::Training;
                self.layout.show(Pane::Plots);
            }
        }
    }

    /// Loads weights in the background; the network in use answers until they are there.
    pub(super) fn load(&mut self, slot: Slot, path: PathBuf) {
        self.remember(vec![path.clone()]);
        self.model.networks.loading[slot as usize] = Some(crate::dataset::name_of(&path));
        self.engine.ask(Request::Load { slot, path });
    }

    /// Keeps paths for the menu of what was opened lately.
    pub(super) fn remember(&mut self, paths: Vec<PathBuf>) {
        let recent = &mut self.session.settings.recent;
        for path in paths.into_iter().rev() {
            let path = crate::dataset::absolute(&path);
            // A name that is no text cannot be kept in the settings.
            if path.to_str().is_some() {
                recent.retain(|r| *r != path);
                recent.insert(0, path);
            }
        }
        recent.truncate(RECENT);
    }

    /// Shows a data set in place of what is open, where its faces can be seen; not one that was
    /// asked for before what is open.
    pub(super) fn show_set(&mut self, set: FaceSet) {
        if !self.opening.shows(set.number) {
            log::info!("{} was read after what was asked for later", set.name);
            return;
        }
        self.toasts.warn_of_set(set.problems);
        self.show_faces();
        self.model.opened = set.paths;
        let number = self.model.faces.number + 1;
        let mut list = List::new(set.name, set.samples, set.columns, number);
        list.info.key = set.key;
        self.show_list(list);
        self.select(0);
        // What this network said of them earlier.
        self.engine.ask(Request::Recall {
            ticket: ListTicket(number),
            samples: self.model.faces.samples.clone(),
            wanted: None,
        });
        self.predict_short_list();
        for path in set.predictions {
            self.compare_with(path);
        }
    }

    /// Turns to where photos can be seen, unless they can be in the workspace at hand.
    fn show_faces(&mut self) {
        if std::mem::take(&mut self.session.keeps_workspace) {
            return;
        }
        if [Pane::Canvas, Pane::Maps]
            .iter()
            .any(|p| self.layout.has(*p))
        {
            return;
        }
        self.layout.workspace = Workspace::Photos;
        self.layout.show(Pane::Canvas);
    }

    fn show_list(&mut self, list: List) {
        self.close_review();
        self.engine.ask(Request::Forget);
        self.model.sweep.progress = None;
        self.model.sweep.again.clear();
        let old = std::mem::replace(&mut self.model.faces, list);
        let (paths, samples) = (self.model.opened.clone(), self.model.faces.samples.clone());
        self.opening.dialogs.guard(paths, samples);
        let network = self.model.networks.hash();
        self.model.kept_boxes.keep(&old, network);
        let restored = self
            .model
            .kept_boxes
            .restore(&mut self.model.faces, network);
        if restored > 0 {
            let boxes = counted(restored, "box");
            let are = if restored == 1 { "is" } else { "are" };
            let text = format!("{boxes} of these faces moved or drawn earlier {are} back");
            self.toasts.say(text);
        }
        // A long list takes a while to let go; its textures belong to this thread.
        let (samples, findings) = (old.samples, old.findings);
        in_background(move || drop((samples, findings)));
        self.model.faces.learn(self.opening.wake.clone());
        self.open_review(false);
    }

    fn replied(&mut self, ctx: &egui::Context, reply: Reply) {
        match reply {
            Reply::Network(info) => {
                let slot = info.slot;
                self.model.networks.loading[slot as usize] = None;
                if let Some(text) = self.model.runs.loaded(&info.origin) {
                    self.toasts.say(text);
                }
                self.model.networks.slots[slot as usize] = Some(info);
                if self.model.networks.current.is_none() || slot == self.in_use() {
                    self.use_network(slot);
                } else {
                    self.forget_replaced();
                    self.predict(self.model.faces.selected(), true);
                }
            }
            Reply::NotLoaded(slot, text) => {
                self.model.networks.loading[slot as usize] = None;
                self.toasts.warn(text);
            }
            Reply::InUse(slot) => self.use_network(slot),
            Reply::Swapped => {
                self.model.networks.slots.swap(0, 1);
                for (slot, network) in [Slot::A, Slot::B]
                    .into_iter()
                    .zip(&mut self.model.networks.slots)
                {
                    if let Some(network) = network {
                        network.slot = slot;
                    }
                }
                let other = self.in_use().other();
                self.model.networks.current = self.model.networks.slots[other as usize].clone();
            }
            Reply::Compared {
                ticket,
                face_box,
                prediction,
            } => self.other_predicted(ticket, face_box, prediction),
            Reply::Recalled {
                ticket,
                network,
                found,
            } => self.model.arriving.push((ticket, network), found),
            Reply::Predicted {
                ticket,
                face_box,
                prediction,
                latency,
            } => self.predicted(ticket, face_box, prediction, latency),
            Reply::Feature(reply) => self.feature_reply(ctx, reply),
            Reply::Values { ticket, values } => self.panels.features.take_value(ticket, &values),
            Reply::Swept(swept) => self.swept(swept),
            Reply::Failed(text) => self.toasts.warn(text),
        }
    }

    /// A network is in use from now on: what another one found is forgotten, and asked anew. What
    /// this one has found before comes from the engine's cache.
    fn use_network(&mut self, slot: Slot) {
        let Some(info) = self.model.networks.slots[slot as usize].clone() else {
            return;
        };
        let before = self.model.networks.current.replace(info.clone());
        self.panels.features.ask_anew();
        let changed = before.is_some_and(|b| b.hash != info.hash);
        if changed {
            self.model.sweep.progress = None;
            self.model.sweep.again.clear();
            self.model.faces.forget_findings();
            self.lifetime.latency = None;
            if self.model.faces.items.len() > PREDICT_ALL {
                self.engine.ask(Request::Recall {
                    ticket: ListTicket(self.model.faces.number),
                    samples: self.model.faces.samples.clone(),
                    wanted: None,
                });
            }
        }
        self.forget_replaced();
        self.predict(self.model.faces.selected(), true);
        self.predict_others();
        if self.model.sweep.progress.is_none() && !self.model.faces.findings.is_complete() {
            self.predict_short_list();
        }
    }

    /// Whether what a thread of its own brings is of the network that is in use by now.
    pub(super) fn is_in_use(&self, hash: u64) -> bool {
        self.model
            .networks
            .current
            .as_ref()
            .is_some_and(|n| n.hash == hash)
    }

    pub(super) fn predicted(
        &mut self,
        ticket: FaceTicket,
        face_box: FaceBox,
        prediction: Arc<Prediction>,
        latency: Option<Duration>,
    ) {
        if let Some(since) = self.lifetime.waiting_since.take() {
            log::info!(
                "first prediction after {:.2} s",
                since.elapsed().as_secs_f64()
            );
        }
        if ticket.list != ListTicket(self.model.faces.number) {
            return;
        }
        let (schema, shown) = (self.schema(), self.is_shown(ticket));
        if shown {
            self.model.faces.waiting.answered();
        }
        if let FaceId::Drawn(number) = ticket.face {
            let found = (prediction, latency);
            let latency = self
                .model
                .faces
                .hand_predicted(number, &schema, face_box, found);
            self.lifetime.latency = latency.or(self.lifetime.latency);
            return;
        }
        let index = self.model.faces.sample_of(ticket);
        let outdated = self.model.faces.is_outdated(index, face_box);
        let Some(item) = self.model.faces.items.get_mut(index) else {
            return;
        };
        // A box that has moved on since gets its own answer, and so does one that is the face's no more.
        let first = self.model.faces.findings.get(index).is_none();
        if (item.face_box == face_box || first) && !outdated {
            item.latency = latency.or(item.latency);
            self.model
                .faces
                .predicted(index, &schema, face_box, prediction);
            if shown {
                self.lifetime.latency = latency.or(self.lifetime.latency);
            }
        }
    }

    fn swept(&mut self, swept: SweepNews) {
        let current = |s: &SweepProgress| s.ticket == swept.ticket;
        let Some(sweep) = self.model.sweep.progress.filter(current) else {
            return;
        };
        if !self.is_in_use(swept.network) {
            return;
        }
        let list = ListTicket(self.model.faces.number);
        self.model.arriving.push((list, swept.network), swept.found);
        for (index, why) in swept.failed {
            // One that is on the screen stays there.
            if let Some(item) = self.model.faces.items.get_mut(index)
                && item.picture().is_none()
            {
                item.state = Picture::Failed(why.into());
            }
        }
        let done = swept.done == swept.of;
        if let (true, Some(sheet)) = (done, &mut self.model.sweep.sheet) {
            sheet.answered = true;
        }
        if done && !sweep.quiet {
            let rate = swept.of as f64 / swept.elapsed.as_secs_f64().max(1e-3);
            self.toasts.say(format!(
                "Predicted {}, {rate:.0} a second",
                counted(swept.of, "face")
            ));
        }
        self.model.sweep.progress = (!done).then_some(SweepProgress {
            done: swept.done,
            of: swept.of,
            elapsed: swept.elapsed,
            ..sweep
        });
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::app::studio::start::Start;
    use crate::dataset::Sample;
    use crate::label::Schema;

    fn set(number: u64, name: &str, faces: usize) -> Arrival {
        let sample = Sample::unlabelled(Path::new(name), &Schema::face());
        Arrival::List(FaceSet {
            key: number,
            number,
            name: name.into(),
            samples: vec![sample; faces],
            columns: Vec::new(),
            paths: vec![name.into()],
            problems: Some(format!("{name}: a row is lost")),
            log: Vec::new(),
            predictions: Vec::new(),
        })
    }

    fn drawn(number: u64) -> Arrival {
        Arrival::Decoded {
            number,
            name: "Samples".into(),
            pictures: Vec::new(),
            bundled: true,
        }
    }

    #[test]
    fn of_openings_read_side_by_side_the_last_asked_for_is_shown() {
        let ctx = egui::Context::default();
        let start = Start {
            paths: vec!["nothing of this name".into()],
            ask: Some(std::sync::Arc::new(|_| None)),
            ..Start::default()
        };
        let mut studio = Studio::new(&ctx, None, None, "test".into(), &start);
        let [samples, large, small, failed, later] =
            std::array::from_fn(|_| studio.opening.next_number());
        studio.arrived(&ctx, set(small, "small", 2));
        studio.arrived(&ctx, set(large, "large", 7));
        assert_eq!(
            studio.model.faces.items.len(),
            2,
            "the small one was asked for last"
        );
        studio.arrived(&ctx, drawn(samples));
        assert_eq!(studio.model.faces.items.len(), 2, "samples replace nothing");
        // What shows no faces takes nobody's place.
        assert!(failed > small);
        studio.arrived(&ctx, Arrival::Failed("it is no data set".into()));
        studio.arrived(&ctx, set(later, "later", 5));
        assert_eq!(studio.model.faces.items.len(), 5);
        assert_eq!(studio.model.opened, [Path::new("later")]);
    }
}
