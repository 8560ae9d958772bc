//! The window: the bar, and below it the panes of the workspace at hand.

use eframe::egui::{self, Rect, Sense, Stroke, Ui, vec2};
use egui_tiles::{Behavior, TileId, Tiles, Tree, UiResponse};

use crate::app::command::Command;
use crate::app::command::pane::Pane;
use crate::app::features::{self, FeatureView};
use crate::app::model::{Blocked, Context};
use crate::app::studio::{Panels, Studio};
use crate::app::training::{self, TrainingView};
use crate::app::widgets::buttons::hint_ui;
use crate::app::widgets::menus::closing;
use crate::app::widgets::theme;

struct Draw<'a> {
    studio: &'a mut Studio,
    /// Commands that can do nothing now.
    blocked: Blocked,
    /// A pane that asked to be closed.
    wanted: Option<Command>,
}

/// Height of a pane's header, by which it is dragged.
const HEADER: f32 = 34.0;

impl Draw<'_> {
    /// Draws a pane, which reads the model, and does what somebody did in it.
    fn show<A>(
        &mut self,
        ui: &mut Ui,
        draw: impl FnOnce(&mut Panels, &mut Ui, &Context, &mut Vec<A>),
        apply: impl Fn(&mut Studio, &egui::Context, A),
    ) {
        let context = Context {
            model: &self.studio.model,
            keys: &self.studio.keys,
            blocked: &self.blocked,
            reviewing: self.studio.is_reviewing(),
            news: self.studio.toasts.news(),
            is_opening: self.studio.opening.is_opening(),
        };
        let mut actions = Vec::new();
        draw(&mut self.studio.panels, ui, &context, &mut actions);
        for action in actions {
            apply(self.studio, ui.ctx(), action);
        }
    }

    /// One of the panes of maps.
    fn maps(
        &mut self,
        ui: &mut Ui,
        draw: fn(&mut FeatureView, &mut Ui, &Context, &mut Vec<features::Action>),
    ) {
        self.show(
            ui,
            |p, ui, context, actions| draw(&mut p.features, ui, context, actions),
            |studio, _, action| studio.apply_features(action),
        );
        // What a click changes may have been drawn before it in this frame, and so may the place
        // under the pointer, whose value is asked for after it.
        let asks = self.studio.panels.features.asks_for_value();
        if ui.input(|i| i.pointer.any_click()) || asks {
            ui.ctx().request_repaint();
        }
    }

    /// One of the panes of training.
    fn training(
        &mut self,
        ui: &mut Ui,
        draw: fn(&mut TrainingView, &mut Ui, &Context, &mut Vec<training::Action>),
    ) {
        self.show(
            ui,
            |p, ui, context, actions| draw(&mut p.training, ui, context, actions),
            |studio, _, action| studio.apply_training(action),
        );
    }

    /// A pane is taken by its header: dragged elsewhere, or closed from its menu.
    fn grip_ui(&mut self, ui: &mut Ui, tile: TileId, pane: Pane) -> UiResponse {
        let header = Rect::from_min_size(
            ui.max_rect().min,
            vec2(ui.max_rect().width(), HEADER.min(ui.max_rect().height())),
        );
        let id = ui.scope_id().with(("grip", tile));
        let grip = ui.interact(header, id, Sense::click_and_drag());
        grip.context_menu(|ui| {
            closing(ui, |ui| {
                for (text, command) in [
                    ("Close this pane".to_owned(), Command::Pane(pane)),
                    (Command::ResetPanes.name().to_owned(), Command::ResetPanes),
                ] {
                    if ui.button(text).clicked() {
                        self.wanted = Some(command);
                    }
                }
            });
        });
        let dragged = grip.drag_started();
        grip.on_hover_cursor(egui::CursorIcon::Grab);
        if dragged {
            UiResponse::DragStarted
        } else {
            UiResponse::None
        }
    }
}

impl Behavior<Pane> for Draw<'_> {
    fn pane_ui(&mut self, ui: &mut Ui, tile: TileId, pane: &mut Pane) -> UiResponse {
        let p = theme::palette(ui.ctx());
        let fill = if *pane == Pane::Canvas {
            p.canvas
        } else {
            p.pane
        };
        ui.painter().rect_filled(ui.max_rect(), 0, fill);
        let response = self.grip_ui(ui, tile, *pane);
        // By its own name, not its place: else panes of two workspaces share how far they are scrolled.
        ui.push_id(pane.title(), |ui| match pane {
            Pane::Gallery => self.show(
                ui,
                |p, ui, context, actions| p.gallery.ui(ui, context, actions),
                Studio::apply_gallery,
            ),
            Pane::Canvas => self.show(
                ui,
                |p, ui, context, actions| p.canvas.ui(ui, context, actions),
                Studio::apply_canvas,
            ),
            Pane::Attributes => self.show(
                ui,
                |p, ui, context, actions| p.attributes.ui(ui, context, actions),
                Studio::apply_attributes,
            ),
            Pane::Report => self.show(
                ui,
                |p, ui, context, actions| p.report.ui(ui, context, actions),
                |studio, _, action| studio.apply_report(action),
            ),
            Pane::Maps => self.maps(ui, FeatureView::ui),
            Pane::Channel => self.maps(ui, FeatureView::channel_ui),
            Pane::Runs => self.training(ui, TrainingView::runs_ui),
            Pane::NewRun => self.training(ui, TrainingView::new_run_ui),
            Pane::Plots => self.training(ui, TrainingView::progress_ui),
            Pane::Log => self.studio.panels.log.ui(ui),
        });
        response
    }

    fn tab_title_for_pane(&mut self, pane: &Pane) -> egui::WidgetText {
        pane.title().into()
    }

    fn is_tab_closable(&self, _tiles: &Tiles<Pane>, _tile: TileId) -> bool {
        true
    }

    fn tab_bar_height(&self, _style: &egui::Style) -> f32 {
        30.0
    }

    fn tab_bar_color(&self, visuals: &egui::Visuals) -> egui::Color32 {
        visuals.panel_fill
    }

    fn tab_bg_color(
        &self,
        visuals: &egui::Visuals,
        _tiles: &Tiles<Pane>,
        _tile: TileId,
        state: &egui_tiles::TabState,
    ) -> egui::Color32 {
        if state.active {
            visuals.window_fill
        } else {
            egui::Color32::TRANSPARENT
        }
    }

    fn gap_width(&self, _style: &egui::Style) -> f32 {
        1.0
    }

    fn resize_stroke(&self, style: &egui::Style, state: egui_tiles::ResizeState) -> Stroke {
        let line = style.visuals.widgets.noninteractive.bg_stroke;
        match state {
            egui_tiles::ResizeState::Idle => line,
            _ => Stroke::new(2.0, style.visuals.selection.bg_fill),
        }
    }

    fn drag_preview_stroke(&self, visuals: &egui::Visuals) -> Stroke {
        Stroke::new(1.5, visuals.selection.bg_fill)
    }

    fn drag_preview_color(&self, visuals: &egui::Visuals) -> egui::Color32 {
        visuals.selection.bg_fill.gamma_multiply(0.5)
    }

    fn min_size(&self) -> f32 {
        90.0
    }

    fn simplification_options(&self) -> egui_tiles::SimplificationOptions {
        egui_tiles::SimplificationOptions {
            all_panes_must_have_tabs: false,
            ..Default::default()
        }
    }
}

impl Studio {
    pub(in crate::app::studio) fn window_ui(&mut self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        let bar = egui::Frame::new()
            .fill(p.window)
            .inner_margin(egui::Margin::symmetric(12, 8));
        egui::Panel::top("bar")
            .frame(bar)
            .show(ui, |ui| self.bar_ui(ui));
        let plain = egui::Frame::new().fill(p.hairline);
        egui::CentralPanel::default().frame(plain).show(ui, |ui| {
            let blocked = Blocked::new(|command| self.blocked(command));
            let comparing = self.model.faces.other.is_some();
            let widened = self.layout.widen(ui.max_rect().width(), comparing);
            let shown = self.layout.workspace as usize;
            let moved = Tree::empty(egui::Id::unique("moved"));
            let mut tree = std::mem::replace(&mut self.layout.trees[shown], moved);
            self.layout.drawing = true;
            let mut draw = Draw {
                studio: self,
                blocked,
                wanted: None,
            };
            tree.ui(&mut draw, ui);
            let wanted = draw.wanted;
            self.layout.trees[shown] = tree;
            if let Some(shares) = widened {
                self.layout.give_back(shares);
            }
            self.layout.drawing = false;
            if self.layout.tree().root.is_none() {
                ui.painter().rect_filled(ui.max_rect(), 0, p.canvas);
                hint_ui(
                    ui,
                    "All panes are closed.\nThe View menu opens them, Reset panes puts them back.",
                );
            }
            self.later.extend(wanted);
        });
        for command in std::mem::take(&mut self.later) {
            self.run(&ui.ctx().clone(), command);
        }
    }
}
