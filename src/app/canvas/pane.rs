//! The canvas's pane: the photo between its header and its foot.

use eframe::egui::{self, Layout, Rect, Stroke, Ui, vec2};

use crate::app::canvas::Act;
use crate::app::canvas::Scene;
use crate::app::faces::item::Picture;
use crate::app::studio::Studio;
use crate::app::widgets::buttons::hint_ui;
use crate::app::widgets::header::header_ui;
use crate::app::widgets::theme;

const FOOT: f32 = 32.0;

impl Studio {
    pub(in crate::app) fn canvas_pane_ui(&mut self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        let Some(face) = self.model.faces.shown() else {
            header_ui(ui, "No photo", "");
            hint_ui(
                ui,
                crate::app::studio::window::EMPTY_HINT[usize::from(self.drops_files)],
            );
            return;
        };
        if let Picture::Failed(why) = &face.item.state {
            let (name, why) = (face.name(), why.clone());
            header_ui(ui, &name, "");
            hint_ui(ui, &why);
            return;
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        self.canvas_header_ui(ui);
        let comparing = self.model.faces.other.is_some();
        let foot = if comparing { 2.0 * FOOT - 8.0 } else { FOOT };
        let Some(texture) = self.texture(ui.ctx()) else {
            hint_ui(ui, "reading the photo…");
            return;
        };
        let size = vec2(
            ui.available_width(),
            (ui.available_height() - foot).max(50.0),
        );
        let (schema, mut canvas) = (self.schema(), std::mem::take(&mut self.view.canvas));
        let faces = self.model.faces.in_photo();
        let scene = Scene {
            faces: &faces,
            texture: &texture,
            schema: &schema,
            layers: self.view.layers,
        };
        let shown = ui.allocate_ui(size, |ui| canvas.ui(ui, &scene));
        let (act, percent) = shown.inner;
        let taken = std::mem::take(&mut canvas.taken);
        self.view.canvas = canvas;
        self.view.zoom_percent = percent;
        if taken {
            self.box_is_taken();
        }
        match act {
            Some(Act::Move(face_box)) => self.move_box(face_box),
            Some(Act::Add(face_box)) => self.add_box(face_box),
            Some(Act::Activate(which)) => self.activate(which),
            None => {}
        }
        let (line, y) = (Stroke::new(1.0, p.hairline), ui.cursor().top());
        ui.painter().hline(ui.max_rect().x_range(), y, line);
        self.foot_ui(ui);
    }
}

/// Draws in a place of its own: what has no room there moves nothing else.
pub(super) fn inside(ui: &mut Ui, place: Rect, layout: Layout, content: impl FnOnce(&mut Ui)) {
    let mut own = ui.new_child(egui::UiBuilder::new().max_rect(place).layout(layout));
    own.shrink_clip_rect(place);
    content(&mut own);
}
