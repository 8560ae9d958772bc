//! The grids of the towers' maps: each drawn by the GPU in one call, hovered and clicked here.

use std::sync::Arc;

use eframe::egui::{self, Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::app::features::action::Action;
use crate::app::features::compared::Column;
use crate::app::features::heads::{HEAD, head_height, shortened};
use crate::app::features::parts::cells::Cells;
use crate::app::features::parts::fit::{Fit, fit};
use crate::app::features::parts::gpu::DrawGrid;
use crate::app::features::state::comparison::Slot;
use crate::app::features::state::inspector::Pointer;
use crate::app::features::state::maps::PATIENCE;
use crate::app::features::state::muting::MuteButton;
use crate::app::features::view::FeatureView;
use crate::app::widgets::buttons::hint_ui;
use crate::app::widgets::menus::closing;
use crate::app::widgets::theme;
use crate::figure::GridStyle;
use crate::humanize::title;
use crate::map_painter::MapPainter;

/// Space between maps in pixels of the screen.
const GAP_PX: u32 = 2;
/// Between two towers, and at the sides, in points.
const BETWEEN: f32 = 16.0;
const MARGIN: f32 = 12.0;

impl FeatureView {
    /// All towers, side by side.
    pub(super) fn maps_ui(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let Some(painter) = self.maps.painter.clone() else {
            return hint_ui(ui, "There is no graphics device to draw maps with.");
        };
        if let Some(why) = self.maps.problem() {
            return hint_ui(ui, why);
        }
        if self.maps.shown.is_none() {
            return hint_ui(ui, "Computing the maps of this layer…");
        }
        let waited = self.maps.waiting.is_some() || self.comparison.waiting.is_some();
        if waited && !self.is_late() {
            ui.ctx().request_repaint_after(PATIENCE);
        }
        self.compare_bar_ui(ui, actions);
        let Some(shown) = &self.maps.shown else {
            return;
        };
        let all = self.columns_shown(shown);
        let n = all.len().max(1) as f32;
        let width = (ui.available_width() - 2.0 * MARGIN - 4.0 - BETWEEN * (n - 1.0)) / n;
        // Of two networks that are compared the second may have more.
        let most = all.iter().filter_map(|column| match column {
            Column::Maps(slot) => self.tower_of(*slot).map(|t| t.order.len()),
            Column::Absent(_) | Column::Alone(_) => None,
        });
        let most = most.max();
        let room = ui.available_height() - 10.0;
        let head = self.head_lines(ui, &all, width);
        let fit = fit(
            most.unwrap_or(1),
            width,
            room - head_height(head),
            self.display.zoom,
        );
        let mut pointer = None;
        let area = egui::ScrollArea::vertical().auto_shrink([false, false]);
        let out = area.show(ui, |ui| {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                ui.add_space(MARGIN);
                ui.spacing_mut().item_spacing.x = BETWEEN;
                for column in &all {
                    ui.vertical(|ui| {
                        ui.set_width(width);
                        let found = match column {
                            Column::Maps(slot) => {
                                self.tower_ui(ui, &painter, *slot, (width, head, fit))
                            }
                            Column::Absent(name) => {
                                let layer = self.place.title();
                                let text = format!(
                                    "The {} tower of this network has no {layer}.",
                                    title(name)
                                );
                                absent_ui(ui, name, &text, (width, head));
                                None
                            }
                            Column::Alone(name) => {
                                let text = format!(
                                    "{} has no {} tower here: only towers that both have are \
                                     compared.",
                                    self.comparison.name,
                                    title(name)
                                );
                                absent_ui(ui, name, &text, (width, head));
                                None
                            }
                        };
                        pointer = pointer.or(found);
                    });
                }
            });
        });
        self.zoom_ui(ui, out.inner_rect);
        // A pointer on the face stands until the next frame's pane replaces it.
        if pointer.is_some() || self.inspector.pointer.is_some_and(|at| at.map.is_some()) {
            self.inspector.pointer = pointer;
        }
    }

    /// Ctrl and the wheel, or two fingers, make maps larger or smaller.
    fn zoom_ui(&mut self, ui: &Ui, area: Rect) {
        if !ui.rect_contains_pointer(area) {
            return;
        }
        let by = ui.input(|i| i.zoom_delta());
        if by != 1.0 {
            self.display.zoom = (self.display.zoom * by).clamp(0.5, 8.0);
            if let Some((slot, channel)) = self.inspector.pointer.and_then(|at| at.map) {
                self.inspector.reveal = Some((slot.tower, channel));
            }
        }
    }

    /// Head and grid of a tower; returns where the pointer is in it.
    fn tower_ui(
        &mut self,
        ui: &mut Ui,
        painter: &Arc<MapPainter>,
        slot: Slot,
        (width, head, fit): (f32, usize, Fit),
    ) -> Option<Pointer> {
        let scale = ui.pixels_per_point();
        let gap = (GAP_PX as f32 * scale).round() as u32;
        let columns = fit.columns.max(1);
        let cell = ((width * scale) as u32 + gap) / columns;
        let cell = cell.min((fit.cell * scale) as u32).saturating_sub(gap);
        let (colours, how) = (self.colours(slot.set), self.scale(slot.set));
        let tower = self.tower_mut(slot)?;
        let look = GridStyle {
            columns,
            cell: cell.max(1),
            pitch: cell.max(1) + gap,
            order: tower.order.clone(),
            scale: how,
            colours,
            joint: tower.maps.is_joint(),
        };
        if tower.grid.as_ref().is_none_or(|g| *g.look() != look) {
            tower.grid = Some(Arc::new(painter.grid(&tower.maps.buffer, look.clone())));
        }
        let grid = tower.grid.clone()?;
        self.head_ui(ui, slot, (width, head));

        let points = |px: u32| px as f32 / scale;
        let size = vec2(width, points(look.rows() * look.pitch).max(40.0));
        let (area, response) = ui.allocate_exact_size(size, Sense::click());
        let tower = self.tower_of(slot)?;
        let place = self.maps.shown.as_ref()?.place;
        response.widget_info(|| {
            let facts = tower.facts.first().map_or("", String::as_str);
            let (name, set) = (&tower.maps.tower, self.set_label(slot.set));
            let accessible_name = format!("{name} feature maps of {place}{set}, {facts}");
            WidgetInfo::labeled(Role::Image, true, accessible_name)
        });
        let side = tower.maps.side() as u32;
        if look.order.is_empty() {
            let p = theme::palette(ui.ctx());
            let font = theme::font(theme::SMALL);
            let text = "no channel is let through by the filter";
            ui.painter()
                .text(area.left_top(), Align2::LEFT_TOP, text, font, p.quiet);
            return None;
        }
        let origin = [area.left(), area.top()].map(|v| (v * scale).round() as i32);
        let draw = DrawGrid {
            painter: painter.clone(),
            grid,
            origin,
            heat: 0.0,
        };
        ui.painter().add(draw.shape(area));
        let cells = Cells {
            corner: pos2(origin[0] as f32 / scale, origin[1] as f32 / scale),
            cell: points(look.cell),
            pitch: points(look.pitch),
            look: &look,
        };
        self.marks_ui(ui, slot, &cells, side);
        if self.is_late() {
            // Of another face or layer than the one that is asked for.
            let p = theme::palette(ui.ctx());
            ui.painter()
                .rect_filled(area, 0, p.canvas.gamma_multiply(0.6));
        }
        self.focus_ui(ui, &response, slot);
        let found = response.hover_pos().and_then(|at| cells.at(at, side));
        if response.secondary_clicked()
            && let Some((channel, ..)) = found
        {
            self.inspector.menu = (slot.tower, channel);
            self.inspect(slot, channel);
        }
        response.context_menu(|ui| closing(ui, |ui| self.menu_ui(ui)));
        let (channel, x, y) = found?;
        if response.clicked() {
            self.inspect(slot, channel);
        }
        ui.ctx().set_cursor_icon(egui::CursorIcon::Crosshair);
        Some(Pointer {
            map: Some((slot, channel)),
            x,
            y,
        })
    }

    /// A grid that is reached by keys takes the arrows for its channels.
    fn focus_ui(&mut self, ui: &Ui, response: &egui::Response, slot: Slot) {
        if response.gained_focus() {
            self.inspect(slot, self.inspector.selected.1);
        }
        if response.has_focus() {
            let filter = egui::EventFilter {
                horizontal_arrows: true,
                vertical_arrows: true,
                ..egui::EventFilter::default()
            };
            ui.memory_mut(|m| m.set_focus_lock_filter(response.id, filter));
        }
    }

    /// What one can do with the map that was clicked.
    fn menu_ui(&mut self, ui: &mut Ui) {
        let (at, channel) = (self.inspector.menu, self.inspector.menu.1);
        let conv = self.maps.shown.as_ref().is_some_and(|s| s.place.is_conv());
        let named = |ui: &mut Ui, text: String, enabled: bool| {
            ui.add_enabled(enabled, egui::Button::new(text)).clicked()
        };
        if named(ui, format!("Mute channel {channel}"), conv) {
            self.press(MuteButton::Mute, at);
        }
        if named(ui, format!("Solo channel {channel}"), conv) {
            self.press(MuteButton::Solo, at);
        }
        let star = match self.is_starred(at.0, channel) {
            true => "Take the star away",
            false => "Give it a star",
        };
        if named(ui, star.into(), true) {
            self.star(at);
        }
        if !self.muting.is_empty() && named(ui, "Hear all channels".into(), true) {
            self.muting.hear_all();
        }
    }
}

/// A column without maps: the tower's name, and why there are none.
fn absent_ui(ui: &mut Ui, name: &str, text: &str, (width, lines): (f32, usize)) {
    let p = theme::palette(ui.ctx());
    let size = vec2(width, head_height(lines));
    let (head, _) = ui.allocate_exact_size(size, Sense::hover());
    let font = theme::font(theme::BODY);
    let name_at = pos2(head.left(), head.top() + HEAD / 2.0);
    let galley = shortened(ui.painter(), title(name), (font, p.quiet), width);
    let at = name_at - vec2(0.0, galley.size().y / 2.0);
    ui.painter().galley(at, galley, p.quiet);
    ui.add(egui::Label::new(egui::RichText::new(text).color(p.quiet)).wrap());
}
