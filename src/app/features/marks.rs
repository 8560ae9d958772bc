//! What is drawn over a tower's maps: one mesh, however many channels there are.

use eframe::egui::epaint::TextShape;
use eframe::egui::{self, Color32, Mesh, Pos2, Rect, Shape, Stroke, StrokeKind, Ui, vec2};

use crate::app::features::parts::cells::{Cells, star};
use crate::app::features::state::comparison::Slot;
use crate::app::features::state::muting::ChannelState;
use crate::app::features::view::FeatureView;
use crate::app::widgets::theme;

/// Maps from this size on say by a letter that they are muted, in points.
const LETTERED: f32 = 20.0;
/// And from this size on which partner they have.
const BADGED: f32 = 30.0;

impl FeatureView {
    /// The selected map's frame, what is muted or starred, and the place under the pointer in
    /// this tower's maps.
    pub(super) fn marks_ui(&mut self, ui: &Ui, slot: Slot, cells: &Cells, side: u32) {
        let p = theme::palette(ui.ctx());
        let Some(tower) = self.tower_of(slot) else {
            return;
        };
        let (painter, seen) = (ui.painter(), ui.clip_rect());
        let mut overlay = Overlay::default();
        for (n, state, starred) in &tower.marks {
            if seen.intersects(cells.rect(*n)) {
                overlay.mark(painter, cells, (*n, *state, *starred));
            }
        }
        if cells.cell >= BADGED {
            for n in cells.rows_in(seen) {
                if let Some(text) = self.badge(slot, cells.look.order[n]) {
                    overlay.badge(painter, cells, (n, text));
                }
            }
        }
        if let Some(at) = self.inspector.pointer {
            let share = vec2(at.x as f32 + 0.5, at.y as f32 + 0.5) / side.max(1) as f32;
            for n in cells.rows_in(seen) {
                let cell = cells.rect(n);
                overlay.dot(cell.min + share * cell.size(), p.prediction);
            }
        }
        overlay.paint(painter);
        let selected = self.inspector.selected.1;
        if let Some(n) = tower.order.iter().position(|c| *c == selected) {
            let inspected = (self.place_selected().0, self.inspected_set());
            frame(painter, cells.rect(n), (slot.tower, slot.set) == inspected);
        }
        if let Some((of, channel)) = self.inspector.reveal
            && of == slot.tower
            && let Some(n) = tower.order.iter().position(|c| *c == channel)
        {
            ui.scroll_to_rect(cells.rect(n).expand(6.0), None);
            self.inspector.reveal = None;
        }
    }
}

/// The selected map's frame; that of the map which is looked at closely stands out.
fn frame(painter: &egui::Painter, cell: Rect, inspected: bool) {
    // Maps are dark in both themes or light, so that the frame is bright within a dark rim.
    let (wide, tint) = match inspected {
        true => (2.0, theme::MARK),
        false => (1.0, Color32::from_gray(130)),
    };
    let rim = Stroke::new(1.0, Color32::from_black_alpha(190));
    painter.rect_stroke(cell.expand(wide), 0, rim, StrokeKind::Outside);
    painter.rect_stroke(cell, 0, Stroke::new(wide, tint), StrokeKind::Outside);
    painter.rect_stroke(cell, 0, rim, StrokeKind::Inside);
}

/// One mesh over all maps, and the letters above it.
#[derive(Default)]
struct Overlay {
    mesh: Mesh,
    letters: Vec<Shape>,
}

impl Overlay {
    fn mark(
        &mut self,
        painter: &egui::Painter,
        cells: &Cells,
        (n, state, starred): (usize, ChannelState, bool),
    ) {
        let p = theme::palette(painter.ctx());
        let cell = cells.rect(n);
        if state.is_masked() {
            self.mesh
                .add_colored_rect(cell, p.canvas.gamma_multiply(0.72));
        }
        let (letter, tint) = match state {
            ChannelState::Muted => ("M", p.label),
            ChannelState::Solo => ("S", p.waiting),
            ChannelState::Active | ChannelState::Masked => ("", p.quiet),
        };
        if !letter.is_empty() {
            let size = (0.32 * cells.cell).clamp(5.0, 13.0);
            let badge = Rect::from_min_size(cell.min, vec2(size, size));
            self.mesh.add_colored_rect(badge, tint);
            if cells.cell >= LETTERED {
                let font = theme::font(0.8 * size);
                let galley = painter.layout_no_wrap(letter.into(), font, Color32::BLACK);
                let at = badge.center() - galley.size() / 2.0;
                let text = TextShape::new(at, galley, Color32::BLACK);
                self.letters.push(text.into());
            }
        }
        if starred {
            let radius = (0.14 * cells.cell).clamp(2.5, 7.0);
            let at = cell.right_top() + vec2(-1.3, 1.3) * radius;
            star(&mut self.mesh, at, radius, p.waiting);
        }
    }

    /// The partner's number and the correlation on a map that stands beside that of another network.
    fn badge(&mut self, painter: &egui::Painter, cells: &Cells, (n, text): (usize, String)) {
        let cell = cells.rect(n);
        let size = (0.2 * cells.cell).clamp(8.0, theme::CAPTION);
        let galley = painter.layout_no_wrap(text, theme::font(size), Color32::WHITE);
        let at = cell.left_bottom() - vec2(0.0, galley.size().y);
        let ground = Rect::from_min_size(at, galley.size() + vec2(4.0, 0.0));
        if ground.width() <= cell.width() {
            self.mesh
                .add_colored_rect(ground, Color32::from_black_alpha(150));
            let text = TextShape::new(at + vec2(2.0, 0.0), galley, Color32::WHITE);
            self.letters.push(text.into());
        }
    }

    /// A place under the pointer.
    fn dot(&mut self, at: Pos2, tint: Color32) {
        let dot = vec2(3.0, 3.0);
        let rim = Rect::from_center_size(at, dot + vec2(2.0, 2.0));
        self.mesh
            .add_colored_rect(rim, Color32::from_black_alpha(150));
        self.mesh
            .add_colored_rect(Rect::from_center_size(at, dot), tint);
    }

    fn paint(self, painter: &egui::Painter) {
        if !self.mesh.is_empty() {
            painter.add(Shape::mesh(self.mesh));
            painter.extend(self.letters);
        }
    }
}
