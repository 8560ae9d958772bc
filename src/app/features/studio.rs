//! The view of feature maps in the window: what it asks of the list, the engine and the system,
//! and what comes back.

use std::mem;
use std::path::PathBuf;
use std::thread;

use eframe::egui::{self, Key, Ui};

use crate::app::command::Command;
use crate::app::command::keys::Press;
use crate::app::command::pane::{Pane, Workspace};
use crate::app::export::{Made, Target};
use crate::app::faces::item::{Picture, color_image};
use crate::app::features::export::{Chosen, Listing, Sitter, What, photo_provenance};
use crate::app::features::muting::Button;
use crate::app::features::ranking::Ranking;
use crate::app::features::studies::ended_words;
use crate::app::features::{Around, Effect, Favourites, FeatureView, Known, Tab, Wish};
use crate::app::opening::{WEIGHTS, Wanted};
use crate::app::studio::Studio;
use crate::dataset::{FaceSubset, Population, SUBSET_SEED};
use crate::engine::{
    ExportOutcome, ExportRequest, FaceKey, Faces, FeatureReply, FeatureRequest, PhotoFace, Request,
    Study, StudyKind, StudyRequest, StudyResult,
};
use crate::figure::Provenance;
use crate::model::{Layer, TapLayer};
use crate::study::ExplainRequest;

/// Seed of the random weights that an explanation is checked against.
const CHECK_SEED: u64 = 1;
/// Faces by whose maps the channels of two networks are matched.
const MATCH_FACES: usize = 32;

impl Studio {
    pub(in crate::app) fn maps_pane_ui(&mut self, ui: &mut Ui) {
        self.feature_pane_ui(ui, FeatureView::ui);
    }

    pub(in crate::app) fn channel_pane_ui(&mut self, ui: &mut Ui) {
        self.feature_pane_ui(ui, FeatureView::channel_ui);
    }

    fn feature_pane_ui(
        &mut self,
        ui: &mut Ui,
        draw: fn(&mut FeatureView, &mut Ui, &Around, &mut Vec<Wish>),
    ) {
        let around = Around {
            network: self.model.networks.current.as_ref(),
            other: self.model.networks.other(),
            list: &self.model.faces,
            keys: &self.keys,
        };
        let mut wishes = Vec::new();
        draw(&mut self.view.features, ui, &around, &mut wishes);
        // What a click changes may have been drawn before it in this frame, and so may the place
        // under the pointer, whose value is asked for after it.
        if ui.input(|i| i.pointer.any_click()) || self.view.features.asks_for_value() {
            ui.ctx().request_repaint();
        }
        for wish in wishes {
            self.grant(wish);
        }
    }

    fn grant(&mut self, wish: Wish) {
        match wish {
            Wish::Select(index) => self.select(index),
            Wish::Read(index) => self.wish_thumbnail(index),
            Wish::Stop(kind) => self.ask_feature(FeatureRequest::Stop(kind)),
            Wish::Rank => {
                let view = &self.view.features;
                if view.place.is_conv()
                    && let Some(tower) = view.tower().map(|t| t.maps.id)
                {
                    let layer = view.place.layer;
                    let faces = self.some_faces(Some(view.studies.rank_faces), true);
                    self.study_faces(faces, |faces| Study::Rank {
                        tower,
                        layer,
                        faces,
                    });
                }
            }
            Wish::Excite => {
                let place = self.view.features.place;
                let faces = self.some_faces(None, false);
                self.study_faces(faces, |faces| Study::Excite { place, faces });
            }
            Wish::Match => {
                let view = &self.view.features;
                if let Some(second) = view.compared_weights().cloned() {
                    let place = view.place;
                    let faces = self.some_faces(Some(MATCH_FACES), false);
                    self.study_faces(faces, |faces| Study::Match {
                        place,
                        second,
                        faces,
                    });
                }
            }
            Wish::Towers => {
                let faces = self.view.features.studies.tower_faces;
                let faces = self.some_faces(Some(faces), true);
                self.study_faces(faces, |faces| Study::Towers { faces });
            }
            Wish::Explain { check } => {
                let schema = self.schema();
                if let Some(face) = self.looked_at()
                    && let Some((target, method)) = self.view.features.looking(&schema)
                {
                    let request = ExplainRequest {
                        target,
                        method,
                        check: check.then_some(CHECK_SEED),
                    };
                    self.study(Study::Explain { face, request });
                }
            }
            Wish::Pin => {
                if let Some(face) = self.model.faces.shown()
                    && let Some(photo) = face.item.picture().cloned()
                {
                    let (name, from) = (face.name(), photo_provenance(&face));
                    self.view.features.pin(name, photo, from);
                }
            }
            Wish::CompareWith(weights) => self.view.features.compare_with(weights),
            Wish::ChooseSecond => self.choose(
                "Choose weights to compare the maps with".into(),
                Wanted::File(WEIGHTS),
                Chosen::Second,
            ),
            Wish::ChooseFile => self.choose_figure(self.view.features.export.what),
            Wish::CopyFigure => match self.figure(self.view.features.export.what) {
                Ok(made) => self.export(Box::new(made)),
                Err(why) => self.toasts.say(why),
            },
            Wish::ChooseFolder => self.choose_place(
                "Choose a folder for the maps as .npy".into(),
                Wanted::Folder,
                self.numbers(),
            ),
            Wish::List(listing, target) => self.export_listing(listing, target),
        }
    }

    fn ask_feature(&self, request: FeatureRequest) {
        self.engine.ask(Request::Feature(request));
    }

    /// Asks for a path, off the window's thread.
    fn choose(
        &self,
        title: String,
        wanted: Wanted,
        chosen: impl FnOnce(PathBuf) -> Chosen + Send + 'static,
    ) {
        let dialogs = self.opening.dialogs.clone();
        let sender = self.view.features.export.sender.clone();
        let wake = self.opening.wake.clone();
        thread::spawn(move || {
            if let Some(path) = dialogs.path(title, wanted) {
                let _ = sender.send(chosen(path));
                wake();
            }
        });
    }

    fn choose_figure(&mut self, what: What) {
        let export = &self.view.features.export;
        let name = export.name(what, self.view.features.place);
        let title = format!("Save {name}");
        let wanted = Wanted::NewFile(name, vec![("Figure", export.ending())]);
        self.choose_place(title, wanted, self.figure(what));
    }

    /// Asks where something goes that is as it is now, whatever is looked at until the answer.
    fn choose_place(&mut self, title: String, wanted: Wanted, made: Result<ExportRequest, String>) {
        match made {
            Ok(made) => self.choose(title, wanted, move |out| {
                let out = Some(out);
                Chosen::File(Box::new(ExportRequest { out, ..made }))
            }),
            Err(why) => self.toasts.say(why),
        }
    }

    /// The face at hand, once its picture is there.
    fn looked_at(&self) -> Option<PhotoFace> {
        let face = self.model.faces.shown()?;
        Some(PhotoFace {
            key: FaceKey {
                ticket: self.ticket(self.model.faces.selected()),
                face_box: face.face_box,
            },
            photo: face.item.picture()?.clone(),
        })
    }

    /// So many faces of the list, or all of them, whatever it is sorted by; of those that it shows
    /// where that is wanted.
    fn some_faces(&self, at_most: Option<usize>, labelled: bool) -> FaceSubset {
        let list = &self.model.faces;
        let of_shown = self.view.features.studies.of_shown && list.is_filtered();
        let population = Population {
            data: &list.info.name,
            shown: of_shown.then_some(&list.order.shown),
            labelled,
        };
        FaceSubset::draw(&list.samples, population, at_most, SUBSET_SEED)
    }

    /// Starts a study over faces of the list.
    fn study_faces(&mut self, choice: FaceSubset, study: impl FnOnce(Faces) -> Study) {
        let faces = Faces {
            samples: self.model.faces.samples.clone(),
            indices: choice.indices.clone(),
        };
        self.start_study(study(faces), choice);
    }

    /// Starts a study over no faces of the list.
    fn study(&mut self, study: Study) {
        self.start_study(study, FaceSubset::none());
    }

    fn export(&mut self, request: Box<ExportRequest>) {
        let ticket = self.view.features.export.starts();
        self.ask_feature(FeatureRequest::Export(ticket, request));
    }

    fn start_study(&mut self, study: Study, faces: FaceSubset) {
        let ticket = self.view.features.studies.starts(study.kind(), faces);
        self.ask_feature(FeatureRequest::Study(StudyRequest { ticket, study }));
    }

    /// Asks for what the view needs of the face at hand, once.
    pub(in crate::app) fn ask_features(&mut self) {
        while let Ok(chosen) = self.view.features.export.chosen.try_recv() {
            match chosen {
                Chosen::Second(path) => self.compare_maps_with(path),
                Chosen::File(request) => self.export(request),
            }
        }
        if ![Pane::Maps, Pane::Channel]
            .iter()
            .any(|p| self.panes.has(*p))
        {
            return;
        }
        let Some(face) = self.looked_at() else {
            let why = match self.model.faces.shown().map(|face| &face.item.state) {
                Some(Picture::Failed(why)) => Some(format!("This photo cannot be shown: {why}")),
                Some(_) => None,
                None => Some("There is no face to look at. Drop photos here, or open some.".into()),
            };
            let ticket = self.ticket(self.model.faces.selected());
            return self.view.features.has_no_face(ticket, why);
        };
        for request in self.view.features.requests(face) {
            self.ask_feature(request);
        }
        if let Some(request) = self.view.features.value_request() {
            self.engine.ask(request);
        }
    }

    /// Puts aside what was found out about another network or another list.
    pub(in crate::app) fn about_what(&mut self) {
        let Some(network) = &self.model.networks.current else {
            return;
        };
        let view = &mut self.view.features;
        let same_network = view.known.network == network.fingerprint;
        if same_network && view.known.list == self.model.faces.number {
            return;
        }
        let before = mem::replace(
            &mut view.known,
            Known {
                network: network.fingerprint.clone(),
                origin: network.origin.clone(),
                list: self.model.faces.number,
            },
        );
        let about = (network.fingerprint.clone(), self.model.faces.info.key);
        let ended = view.studies.turn_to(about);
        view.ranking.forget();
        view.comparison.pairs.forget();
        if !same_network {
            view.muting.reset();
            view.effect = Effect::default();
            view.attention.turn_to_network(&network.fingerprint);
            view.ranking = Ranking::default();
            view.compare_after_switch(&before.origin);
            view.starred += 1;
            view.asked = false;
        }
        let because = match same_network {
            true => "another list is open now",
            false => "another network is in use now",
        };
        if let Some(said) = ended_words(&ended, because) {
            self.toasts.say(said);
        }
        for kind in [
            StudyKind::Rank,
            StudyKind::Excite,
            StudyKind::Match,
            StudyKind::Towers,
            StudyKind::Explain,
        ] {
            self.ask_feature(FeatureRequest::Stop(kind));
        }
    }

    pub(in crate::app) fn feature_reply(&mut self, ctx: &egui::Context, reply: FeatureReply) {
        let here = self.ticket(self.model.faces.selected());
        match reply {
            FeatureReply::Maps(maps) if maps.key.ticket == here => {
                self.view.features.take(ctx, maps);
            }
            FeatureReply::Effect(answer) if answer.key.ticket == here => {
                let schema = self.schema();
                self.view.features.take_effect(&schema, &answer);
            }
            FeatureReply::Compared {
                face,
                ticket,
                result,
            } if face == here => {
                self.view.features.take_compared(ctx, ticket, result);
            }
            FeatureReply::Study(news) => {
                let view = &mut self.view.features;
                match news.kind {
                    StudyKind::Rank => view.ranking.forget(),
                    // Which channels are dead is known now.
                    StudyKind::Excite => {
                        if let Some(shown) = &mut view.shown {
                            shown.arranged = None;
                        }
                    }
                    StudyKind::Match | StudyKind::Towers | StudyKind::Explain => {}
                }
                match view.studies.take(news) {
                    Some(StudyResult::Matched {
                        place,
                        second,
                        found,
                        networks,
                    }) => view.take_matched(place, &second, (found, networks)),
                    Some(StudyResult::Explained(found)) => {
                        let is_shown = view.take_explained(found);
                        let words = "Where the network looked is found, for the face that was \
                                     asked about: look at it again to see it";
                        let late = (!is_shown).then_some(words);
                        late.into_iter().for_each(|words| self.toasts.say(words));
                    }
                    Some(StudyResult::Failed(why)) => self.toasts.say(why),
                    // What the studies have kept, and what came to nothing.
                    Some(
                        StudyResult::Progress { .. }
                        | StudyResult::Effects(_)
                        | StudyResult::Excitement { .. }
                        | StudyResult::Towers(_)
                        | StudyResult::LeftOut(..)
                        | StudyResult::Nothing,
                    )
                    | None => {}
                }
            }
            FeatureReply::Export(news) => {
                self.view.features.export.ends(news.ticket);
                match news.outcome {
                    ExportOutcome::Written(files) => {
                        let names: Vec<String> =
                            files.iter().map(|f| f.display().to_string()).collect();
                        self.toasts.say(format!("Saved {}", names.join(", ")));
                    }
                    ExportOutcome::Drawn(picture) => {
                        ctx.copy_image(color_image(&picture));
                        self.toasts.say("The figure is on the clipboard");
                    }
                    ExportOutcome::Failed(why) => self.toasts.say(why),
                    ExportOutcome::Stopped => {}
                }
            }
            FeatureReply::Failed(place, ticket, why) if ticket == here => {
                self.view.features.fail(place, &why);
            }
            // Of a face that is no longer looked at.
            FeatureReply::Maps(_)
            | FeatureReply::Effect(_)
            | FeatureReply::Compared { .. }
            | FeatureReply::Failed(..) => {}
        }
    }

    /// Left and right mean the maps while these are looked at, whatever was clicked before; up and
    /// down stay those of the list. Whether this was one.
    pub(in crate::app) fn moves_in_maps(&mut self, press: &Press) -> bool {
        let here = self.panes.workspace == Workspace::Features;
        if !here || !press.key.modifiers.is_none() {
            return false;
        }
        self.view.features.step(match press.key.logical_key {
            Key::ArrowLeft => -1,
            Key::ArrowRight => 1,
            _ => return false,
        });
        true
    }

    /// Does what a command about maps says.
    pub(in crate::app) fn feature_command(&mut self, command: Command) {
        if let Some(tab) = Tab::of(command) {
            self.view.features.tab = tab;
            self.panes.workspace = Workspace::Features;
            return;
        }
        if command == Command::Figure6 {
            return self.choose_figure(What::Figure6);
        }
        if self.panes.workspace != Workspace::Features {
            return;
        }
        let places = self
            .model
            .networks
            .current
            .as_ref()
            .map_or(&[][..], |n| &n.places);
        let view = &mut self.view.features;
        match command {
            Command::NextLayer => view.step_layer(places, 1),
            Command::PreviousLayer => view.step_layer(places, -1),
            Command::FusedMaps => view.toggle_fused(places),
            Command::NextTower => view.step_tower(),
            Command::NextScale => view.choose_scale(view.look.scale.next(view.comparison.is_on())),
            Command::Mute => view.press(Button::Mute, view.place_selected()),
            Command::Solo => view.press(Button::Solo, view.place_selected()),
            Command::HearAll => view.hear_all(),
            Command::Favourite => view.star(view.place_selected()),
            Command::ExportFigure => view.turn_export(self.model.networks.current.as_ref()),
            _ => {}
        }
    }

    /// The channels with a star, for whoever keeps them.
    pub fn favourites(&self) -> &Favourites {
        &self.view.features.favourites
    }

    /// Puts back what was kept.
    pub fn set_favourites(&mut self, favourites: Favourites) {
        self.view.features.favourites = favourites;
        self.view.features.starred += 1;
    }

    /// The layer whose maps are shown, once they are there.
    pub fn shown_layer(&self) -> Option<Layer> {
        let shown = self.view.features.shown.as_ref()?;
        Some(shown.place.layer)
    }

    /// Whether maps of the face at hand are waited for.
    pub fn waits_for_maps(&self) -> bool {
        let view = &self.view.features;
        view.waiting.is_some() || !view.asked
    }

    /// Shows the maps of a layer, as its button does.
    pub fn show_layer(&mut self, layer: Layer) {
        self.view.features.go(TapLayer::conv(layer));
    }

    /// Whether the pane of the maps shows them, or nothing.
    pub fn show_maps(&mut self, shown: bool) {
        self.view.features.empty = !shown;
    }

    /// Shows the maps of other weights beside those at hand.
    pub fn compare_maps_with(&mut self, path: PathBuf) {
        self.view.features.compare_with(Some(path));
    }

    /// Writes the maps that are looked at as a figure, as if the file had been chosen.
    pub fn export_figure(&mut self, path: PathBuf) {
        self.write(path, self.figure(self.view.features.export.what));
    }

    /// Writes the paper's Figure 6 of the face at hand.
    pub fn export_figure6(&mut self, path: PathBuf) {
        self.write(path, self.figure(What::Figure6));
    }

    /// Writes the maps of the layer at hand into a folder, as [`crate::study::FaceMaps::write_npy`] does.
    pub fn write_maps(&mut self, folder: PathBuf) {
        self.write(folder, self.numbers());
    }

    fn write(&mut self, out: PathBuf, made: Result<ExportRequest, String>) {
        match made {
            Ok(made) => {
                let out = Some(out);
                self.export(Box::new(ExportRequest { out, ..made }));
            }
            Err(why) => self.toasts.say(why),
        }
    }

    fn figure(&self, what: What) -> Result<ExportRequest, String> {
        let network = self
            .model
            .networks
            .current
            .as_ref()
            .ok_or("There is no network yet")?;
        let shown = self.looked_at().zip(self.model.faces.shown());
        let sitter = shown.map(|(looked_at, face)| Sitter {
            face: looked_at,
            name: face.name(),
            provenance: Provenance {
                photo: Some(photo_provenance(&face)),
                data: self.model.faces.info.name.clone(),
                ..Provenance::default()
            },
        });
        self.view.features.figure(what, sitter, network)
    }

    fn numbers(&self) -> Result<ExportRequest, String> {
        let face = self
            .looked_at()
            .ok_or("There is no face to write maps of")?;
        Ok(self.view.features.numbers(face))
    }

    fn export_listing(&mut self, listing: Listing, target: Target) {
        let network = self.model.networks.current.as_ref();
        match network.and_then(|network| self.view.features.table(listing, network)) {
            Some(table) => self.deliver(Box::new(move || Ok(Made::Table(table))), 1.0, target),
            None => self.toasts.say("Nothing has been measured"),
        }
    }
}
