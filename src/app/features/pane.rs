//! The pane of the maps as a whole.

use eframe::egui::{self, Ui, UiBuilder};

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
        let room = ui.available_rect_before_wrap();
        let [body, foot] = {
            let (body, foot) = room.split_top_bottom_at_y(room.bottom() - foot);
            [body, foot].map(|part| UiBuilder::new().max_rect(part))
        };
        let above = &mut ui.new_child(body);
        match self.tab {
            Tab::Maps if self.maps.hidden => {}
            Tab::Maps => self.maps_ui(above, actions),
            Tab::Effects => self.ranking_ui(above, context, actions),
            Tab::Towers => self.towers_ui(above, context, actions),
            Tab::Attention => self.attention_ui(above, context, actions),
        }
        match self.tab {
            Tab::Maps => self.foot_ui(&mut ui.new_child(foot), context),
            // What the pointer was on is not drawn.
            _ if self.inspector.pointer.is_some_and(|at| at.map.is_some()) => {
                self.inspector.pointer = None
            }
            _ => {}
        }
        ui.advance_cursor_after_rect(room);
        self.export_ui(ui.ctx(), context, actions);
    }
}
