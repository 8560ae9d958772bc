//! The view of feature maps in the window: what it asks of the engine, what comes back, and what
//! commands do to it.

use eframe::egui::{self, Key};

use crate::app::command::Command;
use crate::app::command::keys::Press;
use crate::app::command::pane::{Pane, Workspace};
use crate::app::faces::item::{Picture, color_image};
use crate::app::features::{Favourites, Notice, What};
use crate::app::studio::Studio;
use crate::engine::FeatureReply;
use crate::model::{Layer, TapLayer};

impl Studio {
    /// Asks for what the view needs of the face at hand, once.
    pub(super) fn ask_features(&mut self) {
        self.take_chosen();
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
        let network = self.model.networks.current.as_ref();
        for request in self.panels.features.requests(face, network) {
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
        let here = self.ticket(self.model.faces.selected());
        let view = &mut self.panels.features;
        match reply {
            FeatureReply::Maps(maps) if maps.key.ticket == here => view.take(ctx, maps),
            FeatureReply::Effect(answer) if answer.key.ticket == here => {
                view.take_effect(&self.model.schema(), &answer);
            }
            FeatureReply::Compared {
                face,
                ticket,
                result,
            } if face == here => view.take_compared(ctx, ticket, result),
            FeatureReply::Study(news) => {
                let notice = view.take_study(news);
                self.tell(ctx, notice);
            }
            FeatureReply::Export(news) => {
                let notice = view.take_export(news);
                self.tell(ctx, notice);
            }
            FeatureReply::Failed(place, ticket, why) if ticket == here => view.fail(place, &why),
            // Of a face that is no longer looked at.
            FeatureReply::Maps(_)
            | FeatureReply::Effect(_)
            | FeatureReply::Compared { .. }
            | FeatureReply::Failed(..) => {}
        }
    }

    fn tell(&mut self, ctx: &egui::Context, notice: Option<Notice>) {
        match notice {
            Some(Notice::Message(text)) => self.toasts.say(text),
            Some(Notice::Picture(picture)) => {
                ctx.copy_image(color_image(&picture));
                self.toasts.say("The figure is on the clipboard");
            }
            None => {}
        }
    }

    /// Left and right mean the maps while these are looked at, whatever was clicked before; up and
    /// down stay those of the list. Whether this was one.
    pub(super) fn moves_in_maps(&mut self, press: &Press) -> bool {
        let here = self.layout.workspace == Workspace::Features;
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
        } else if command == Command::Figure6 {
            self.choose_figure(What::Figure6);
        } else if self.layout.workspace == Workspace::Features {
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
        let network = self.model.networks.current.as_ref();
        self.panels
            .features
            .waits_for_maps(self.looked_at(), network)
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
