//! The pane of the maps as a whole.

use eframe::egui::{self, Ui, vec2};

use crate::app::features::action::Action;
use crate::app::features::view::{FeatureView, Tab};
use crate::app::model::Context;

impl FeatureView {
    /// Draws the pane; what it wants done is in `actions`.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
        self.go_near(context.model.networks.places());
        self.display.dark = ui.ctx().theme() == egui::Theme::Dark;
        self.arrange();
        self.toolbar_ui(ui, context, actions);
        let foot = if self.tab == Tab::Maps {
            self.foot_height()
        } else {
            0.0
        };
        let room = ui.available_size() - vec2(0.0, foot);
        ui.allocate_ui(room, |ui| {
            ui.set_min_size(room);
            match self.tab {
                Tab::Maps if self.maps.hidden => {}
                Tab::Maps => self.maps_ui(ui, actions),
                Tab::Effects => self.ranking_ui(ui, context, actions),
                Tab::Towers => self.towers_ui(ui, context, actions),
                Tab::Attention => self.attention_ui(ui, context, actions),
            }
        });
        match self.tab {
            Tab::Maps => self.foot_ui(ui, context),
            // What the pointer was on is not drawn.
            _ if self.inspector.pointer.is_some_and(|at| at.map.is_some()) => {
                self.inspector.pointer = None
            }
            _ => {}
        }
        self.export_ui(ui.ctx(), context, actions);
    }
}
