//! The view of feature maps in the window: what it asks of the engine, what comes back, and what
//! commands do to it.

use eframe::egui::{self, Key};

use crate::app::command::Command;
use crate::app::command::keys::Press;
use crate::app::command::pane::{Pane, Workspace};
use crate::app::faces::item::{Picture, color_image};
use crate::app::features::{Favourites, Notice, What};
use crate::app::studio::Studio;
use crate::app::widgets::toasts::ON_CLIPBOARD;
use crate::engine::FeatureReply;
use crate::model::{Layer, TapLayer};

impl Studio {
    /// Asks for what the view needs of the face at hand, once.
    pub(super) fn ask_features(&mut self) {
        if ![Pane::Maps, Pane::Channel]
            .iter()
            .any(|p| self.layout.has(*p))
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
            return self.panels.features.has_no_face(ticket, why);
        };
        for request in self.panels.features.requests(face) {
            self.ask_feature(request);
        }
        if let Some(request) = self.panels.features.value_request() {
            self.engine.ask(request);
        }
    }

    /// Puts aside what was found out about another network or another list.
    pub(super) fn about_what(&mut self) {
        let Some(network) = &self.model.networks.current else {
            return;
        };
        let (another, message) = self.panels.features.turn_to(network, &self.model.faces);
        if another {
            message.into_iter().for_each(|text| self.toasts.say(text));
            self.stop_studies();
        }
    }

    pub(super) fn feature_reply(&mut self, ctx: &egui::Context, reply: FeatureReply) {
        let view = &mut self.panels.features;
        match reply {
            FeatureReply::Maps(maps) => view.take(ctx, maps),
            FeatureReply::Effect(answer) => view.take_effect(&self.model.schema(), &answer),
            FeatureReply::Compared(ticket, result) => view.take_compared(ctx, ticket, result),
            FeatureReply::Study(news) => {
                let notice = view.take_study(news);
                self.tell(ctx, notice);
            }
            FeatureReply::Export(news) => {
                let notice = view.take_export(news);
                self.tell(ctx, notice);
            }
            FeatureReply::Failed(place, ticket, why) => view.fail(place, ticket, &why),
        }
    }

    fn tell(&mut self, ctx: &egui::Context, notice: Option<Notice>) {
        match notice {
            Some(Notice::Message(text)) => self.toasts.say(text),
            Some(Notice::Picture(picture)) => {
                ctx.copy_image(color_image(&picture));
                self.toasts.say(format!("The figure is {ON_CLIPBOARD}"));
            }
            None => {}
        }
    }

    /// Left and right mean the maps while these are looked at, whatever was clicked before; up and
    /// down stay those of the list. Whether this was one.
    pub(super) fn moves_in_maps(&mut self, press: &Press) -> bool {
        let panes = [Pane::Maps, Pane::Channel];
        let seen = panes.iter().any(|pane| self.layout.sees(*pane));
        let here = seen && self.layout.workspace == Workspace::Features;
        if !here || !press.key.modifiers.is_none() {
            return false;
        }
        self.panels.features.step(match press.key.logical_key {
            Key::ArrowLeft => -1,
            Key::ArrowRight => 1,
            _ => return false,
        });
        true
    }

    /// Does what a command about maps says.
    pub(super) fn feature_command(&mut self, command: Command) {
        if self.panels.features.show_tab(command) {
            self.layout.workspace = Workspace::Features;
            self.layout.show(Pane::Maps);
        } else if command == Command::Figure6 {
            self.choose_figure(What::Figure6);
        } else {
            let network = self.model.networks.current.as_ref();
            self.panels.features.run(command, network);
        }
    }

    /// The channels with a star, for whoever keeps them.
    pub fn favourites(&self) -> &Favourites {
        self.panels.features.favourites()
    }

    /// Puts back what was kept.
    pub fn set_favourites(&mut self, favourites: Favourites) {
        self.panels.features.restore(favourites);
    }

    /// The layer whose maps are shown, once they are there.
    pub fn shown_layer(&self) -> Option<Layer> {
        self.panels.features.shown_layer()
    }

    /// Whether maps of the face at hand are waited for.
    pub fn waits_for_maps(&self) -> bool {
        self.panels
            .features
            .waits_for_maps(self.looked_at().as_ref())
    }

    /// Shows the maps of a layer, as its button does.
    pub fn show_layer(&mut self, layer: Layer) {
        self.panels.features.go(TapLayer::conv(layer));
    }

    /// Whether the pane of the maps shows them, or nothing.
    pub fn show_maps(&mut self, shown: bool) {
        self.panels.features.draw_maps(shown);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;
    use std::thread;
    use std::time::Duration;

    use image::RgbImage;

    use super::*;
    use crate::app::faces::item::Decoded;
    use crate::app::faces::list::List;
    use crate::app::studio::start::Start;
    use crate::dataset::{Sample, picture_box};
    use crate::engine::LayerMaps;
    use crate::label::Schema;

    /// The window with two faces, whose maps it looks at.
    fn studio(ctx: &egui::Context) -> Studio {
        let start = Start {
            paths: vec!["nothing of this name".into()],
            ask: Some(Arc::new(|_| None)),
            ..Start::default()
        };
        let mut studio = Studio::new(ctx, None, None, "test".into(), &start);
        let face = |name: &str| {
            let mut sample = Sample::unlabelled(Path::new(name), &Schema::face());
            sample.face_box = Some(picture_box(16, 16));
            (sample, Decoded::new(RgbImage::new(16, 16)))
        };
        let pictures = vec![face("a.png"), face("b.png")];
        studio.model.faces = List::of_decoded("two faces".into(), pictures, 1);
        studio.layout.workspace = Workspace::Features;
        studio
    }

    #[test]
    fn maps_that_come_while_another_face_is_looked_at_elsewhere_are_there_on_the_way_back() {
        let ctx = egui::Context::default();
        let mut studio = studio(&ctx);
        studio.ask_features();
        assert!(studio.waits_for_maps());
        let key = studio.looked_at().unwrap().key;
        studio.layout.workspace = Workspace::Photos;
        studio.select(1);
        studio.ask_features();
        let maps = LayerMaps {
            key,
            place: TapLayer::conv(Layer::Conv1_2),
            input: RgbImage::new(128, 128),
            towers: Vec::new(),
            all: Vec::new(),
        };
        studio.feature_reply(&ctx, FeatureReply::Maps(maps));
        studio.layout.workspace = Workspace::Features;
        studio.select(0);
        studio.ask_features();
        assert!(!studio.waits_for_maps());
    }

    #[test]
    fn maps_that_failed_are_asked_for_again_by_selecting_the_face_and_by_another_network() {
        let ctx = egui::Context::default();
        let mut studio = studio(&ctx);
        let fail = |studio: &mut Studio| {
            studio.ask_features();
            let face = studio.looked_at().unwrap().key.ticket;
            let place = TapLayer::conv(Layer::Conv1_2);
            let failed = FeatureReply::Failed(place, face, "the GPU is lost".into());
            studio.feature_reply(&ctx, failed);
            studio.ask_features();
            assert!(!studio.waits_for_maps(), "not in every frame");
        };
        fail(&mut studio);
        studio.select(0);
        assert!(studio.waits_for_maps());
        fail(&mut studio);
        while studio.model.networks.current.is_none() {
            studio.receive(&ctx);
            thread::sleep(Duration::from_millis(5));
        }
        assert!(studio.waits_for_maps());
    }
}
