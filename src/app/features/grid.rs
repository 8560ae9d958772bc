//! The grids of the towers' maps: each drawn by the GPU in one call, hovered and clicked here.
//! What is drawn over the maps is one mesh, however many channels there are.

use std::sync::Arc;

use eframe::egui::{
    self, Align2, Color32, Mesh, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, vec2,
};
use eframe::egui_wgpu::{Callback, CallbackResources, CallbackTrait, ScreenDescriptor};
use eframe::wgpu;

use crate::app::features::cells::{Cells, star};
use crate::app::features::compare::Slot;
use crate::app::features::muting::{Button, Heard};
use crate::app::features::{FeatureView, PATIENCE, Pointer, Tower, Wish, fit, theme, title};
use crate::app::widgets::buttons::hint_ui;
use crate::figure::GridStyle;
use crate::map_painter::{Grid, MapPainter};
use crate::model::TowerId;

/// Space between maps in pixels of the screen.
const GAP_PX: u32 = 2;
/// Between two towers, and at the sides, in points.
const BETWEEN: f32 = 16.0;
const MARGIN: f32 = 12.0;
/// Maps from this size on say by a letter that they are muted, in points.
const LETTERED: f32 = 20.0;
/// And from this size on which partner they have.
const BADGED: f32 = 30.0;

/// Height of what stands above a tower's maps, and of a second line of it.
const HEAD: f32 = 26.0;
const HEAD_LINE: f32 = 16.0;
/// From the left of the head to the tower's name, and between its parts.
const AFTER_DOT: f32 = 14.0;
const APART: f32 = 8.0;

fn head_height(lines: usize) -> f32 {
    HEAD + HEAD_LINE * lines.saturating_sub(1) as f32
}

/// Words in one line that is no wider; with … in place of what has no room.
fn shortened(
    painter: &egui::Painter,
    words: String,
    (font, tint): (egui::FontId, Color32),
    width: f32,
) -> Arc<egui::Galley> {
    let mut job = egui::text::LayoutJob::simple_singleline(words, font, tint);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width.max(0.0));
    painter.layout_job(job)
}

/// One draw call within egui's pass.
pub(super) struct DrawGrid {
    pub painter: Arc<MapPainter>,
    pub grid: Arc<Grid>,
    /// The grid's first pixel.
    pub origin: [i32; 2],
    pub heat: f32,
}

impl DrawGrid {
    pub fn shape(self, area: Rect) -> Shape {
        Shape::Callback(Callback::new_paint_callback(area, self))
    }
}

impl CallbackTrait for DrawGrid {
    fn prepare(
        &self,
        _device: &wgpu::Device,
        queue: &wgpu::Queue,
        _screen: &ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        _resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        self.grid.place(queue, self.origin, self.heat);
        Vec::new()
    }

    fn paint(
        &self,
        _info: egui::PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        _resources: &CallbackResources,
    ) {
        self.painter.draw(&self.grid, pass);
    }
}

/// What stands side by side.
#[derive(Clone, PartialEq)]
pub(super) enum Column {
    Maps(Slot),
    /// A tower that has no such layer.
    Absent(String),
}

impl FeatureView {
    /// All towers, side by side.
    pub(super) fn maps_ui(&mut self, ui: &mut Ui, wishes: &mut Vec<Wish>) {
        let Some(painter) = self.painter.clone() else {
            return hint_ui(ui, "There is no graphics device to draw maps with.");
        };
        if let Some(why) = self.absent.as_ref().or(self.failed.as_ref()) {
            return hint_ui(ui, why);
        }
        if self.shown.is_none() {
            return hint_ui(ui, "Computing the maps of this layer…");
        }
        let waited = self.waiting.is_some() || self.comparison.waiting.is_some();
        if waited && !self.is_late() {
            ui.ctx().request_repaint_after(PATIENCE);
        }
        self.compare_bar_ui(ui, wishes);
        let Some(shown) = &self.shown else {
            return;
        };
        let all = self.columns_shown(shown);
        let n = all.len().max(1) as f32;
        let width = (ui.available_width() - 2.0 * MARGIN - 4.0 - BETWEEN * (n - 1.0)) / n;
        // Of two networks that are compared the second may have more.
        let most = all.iter().filter_map(|column| match column {
            Column::Maps(slot) => self.tower_of(*slot).map(|t| t.order.len()),
            Column::Absent(_) => None,
        });
        let most = most.max();
        let room = ui.available_height() - 10.0;
        let head = self.head_lines(ui, &all, width);
        self.fit = fit(
            most.unwrap_or(1),
            width,
            room - head_height(head),
            self.look.zoom,
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
                            Column::Maps(slot) => self.tower_ui(ui, &painter, *slot, (width, head)),
                            Column::Absent(name) => {
                                self.absent_ui(ui, name, (width, head));
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
        if pointer.is_some() || self.pointer.is_some_and(|at| at.map.is_some()) {
            self.pointer = pointer;
        }
    }

    /// Ctrl and the wheel, or two fingers, make maps larger or smaller.
    fn zoom_ui(&mut self, ui: &Ui, area: Rect) {
        if !ui.rect_contains_pointer(area) {
            return;
        }
        let by = ui.input(|i| i.zoom_delta());
        if by != 1.0 {
            self.look.zoom = (self.look.zoom * by).clamp(0.5, 8.0);
            if let Some((slot, channel)) = self.pointer.and_then(|at| at.map) {
                self.reveal = Some((slot.tower, channel));
            }
        }
    }

    fn absent_ui(&self, ui: &mut Ui, name: &str, (width, lines): (f32, usize)) {
        let p = theme::palette(ui.ctx());
        let size = vec2(width, head_height(lines));
        let (head, _) = ui.allocate_exact_size(size, Sense::hover());
        let font = theme::font(theme::BODY);
        let name_at = pos2(head.left(), head.top() + HEAD / 2.0);
        let galley = shortened(ui.painter(), title(name), (font, p.quiet), width);
        let at = name_at - vec2(0.0, galley.size().y / 2.0);
        ui.painter().galley(at, galley, p.quiet);
        let layer = self
            .shown
            .as_ref()
            .map_or(String::new(), |s| s.place.title());
        let words = format!("The {} tower of this network has no {layer}.", title(name));
        ui.add(egui::Label::new(egui::RichText::new(words).color(p.quiet)).wrap());
    }

    /// Head and grid of a tower; returns where the pointer is in it.
    fn tower_ui(
        &mut self,
        ui: &mut Ui,
        painter: &Arc<MapPainter>,
        slot: Slot,
        (width, head): (f32, usize),
    ) -> Option<Pointer> {
        let scale = ui.pixels_per_point();
        let gap = (GAP_PX as f32 * scale).round() as u32;
        let columns = self.fit.columns.max(1);
        let cell = ((width * scale) as u32 + gap) / columns;
        let cell = cell.min((self.fit.cell * scale) as u32).saturating_sub(gap);
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
        let place = self.shown.as_ref()?.place;
        response.widget_info(|| {
            let facts = tower.facts.first().map_or("", String::as_str);
            let (name, set) = (&tower.maps.tower, self.set_said(slot.set));
            let said = format!("{name} feature maps of {place}{set}, {facts}");
            WidgetInfo::labeled(Role::Image, true, said)
        });
        let side = tower.maps.side() as u32;
        if look.order.is_empty() {
            let p = theme::palette(ui.ctx());
            let font = theme::font(theme::SMALL);
            let words = "no channel is let through by the filter";
            ui.painter()
                .text(area.left_top(), Align2::LEFT_TOP, words, font, p.quiet);
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
            self.menu = (slot.tower, channel);
            self.inspect(slot, channel);
        }
        response.context_menu(|ui| self.menu_ui(ui));
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
            self.inspect(slot, self.selected.1);
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

    /// Looks closely at a channel, in the maps of the set that was chosen.
    fn inspect(&mut self, slot: Slot, channel: u32) {
        self.select(slot.tower, channel);
        self.comparison.inspected = slot.set;
    }

    /// What one can do with the map that was clicked.
    fn menu_ui(&mut self, ui: &mut Ui) {
        let (at, channel) = (self.menu, self.menu.1);
        let conv = self.shown.as_ref().is_some_and(|s| s.place.is_conv());
        let named = |ui: &mut Ui, words: String, enabled: bool| {
            ui.add_enabled(enabled, egui::Button::new(words)).clicked()
        };
        if named(ui, format!("Mute channel {channel}"), conv) {
            self.press(Button::Mute, at);
            ui.close();
        }
        if named(ui, format!("Solo channel {channel}"), conv) {
            self.press(Button::Solo, at);
            ui.close();
        }
        let star = match self.is_starred(at.0, channel) {
            true => "Take the star away",
            false => "Give it a star",
        };
        if named(ui, star.into(), true) {
            self.star(at);
            ui.close();
        }
        if !self.muting.is_empty() && named(ui, "Hear all channels".into(), true) {
            self.hear_all();
            ui.close();
        }
    }

    /// What stands above a tower's maps: "Landmarks, this photo".
    fn head_name(&self, slot: Slot) -> String {
        let tower = self.tower_of(slot).map_or("", |t| &t.maps.tower);
        format!("{}{}", title(tower), self.set_said(slot.set))
    }

    /// In how many lines the heads of columns are: in two where a name and a range have no room
    /// beside each other in any of them.
    fn head_lines(&self, ui: &Ui, columns: &[Column], width: f32) -> usize {
        let measured = |words: String, size: f32| {
            let galley = ui
                .painter()
                .layout_no_wrap(words, theme::font(size), Color32::WHITE);
            galley.size().x
        };
        let fits = |column: &Column| {
            let Column::Maps(slot) = column else {
                return true;
            };
            let range = self.tower_of(*slot).map_or("", |t| &t.range);
            let name = measured(self.head_name(*slot), theme::BODY);
            let range = measured(range.to_owned(), theme::SMALL);
            AFTER_DOT + name + APART + range <= width
        };
        2 - usize::from(columns.iter().all(fits))
    }

    /// The tower's name, what its maps are, and their range: in one line, or below the name.
    fn head_ui(&self, ui: &mut Ui, slot: Slot, (width, lines): (f32, usize)) {
        let p = theme::palette(ui.ctx());
        let Some(tower) = self.tower_of(slot) else {
            return;
        };
        let size = vec2(width, head_height(lines));
        let (head, response) = ui.allocate_exact_size(size, Sense::hover());
        let (facts, name) = (
            tower.facts.first().map_or("", String::as_str),
            self.head_name(slot),
        );
        response.on_hover_text(format!("{name}: {facts}; values {}", tower.range));
        let painter = ui.painter().with_clip_rect(head.intersect(ui.clip_rect()));
        let dot = match tower.maps.id {
            TowerId::Shared => p.quiet,
            TowerId::Task(task) => [p.prediction, p.working, p.waiting][task.min(2)],
        };
        let top = pos2(head.left(), head.top() + HEAD / 2.0);
        painter.circle_filled(top + vec2(4.0, 0.0), 3.5, dot);
        let (body, small) = (theme::font(theme::BODY), theme::font(theme::SMALL));
        let name = shortened(&painter, name, (body, p.text), width - AFTER_DOT);
        let place = top + vec2(AFTER_DOT, -name.size().y / 2.0);
        let after = place.x + name.size().x;
        painter.galley(place, name, p.text);
        let (left, middle) = match lines {
            1 => (after + APART, top.y),
            _ => (
                head.left() + AFTER_DOT,
                head.bottom() - HEAD_LINE / 2.0 - 2.0,
            ),
        };
        let range = shortened(
            &painter,
            tower.range.clone(),
            (small.clone(), p.quiet),
            width,
        );
        let from = head.right() - range.size().x;
        painter.galley(pos2(from, middle - range.size().y / 2.0), range, p.quiet);
        // In a narrow column less and less of it.
        for words in &tower.facts {
            let galley = painter.layout_no_wrap(words.clone(), small.clone(), p.quiet);
            if left + galley.size().x <= from - APART {
                let at = pos2(left, middle - galley.size().y / 2.0);
                painter.galley(at, galley, p.quiet);
                break;
            }
        }
    }

    /// The selected map's frame, what is muted or starred, and the place under the pointer in
    /// this tower's maps.
    fn marks_ui(&mut self, ui: &Ui, slot: Slot, cells: &Cells, side: u32) {
        let p = theme::palette(ui.ctx());
        let Some(tower) = self.tower_of(slot) else {
            return;
        };
        let (painter, seen) = (ui.painter(), ui.clip_rect());
        let (mut mesh, mut letters) = (Mesh::default(), Vec::<Shape>::new());
        for (n, heard, starred) in &tower.marks {
            let cell = cells.rect(*n);
            if !seen.intersects(cell) {
                continue;
            }
            if heard.is_silent() {
                mesh.add_colored_rect(cell, p.canvas.gamma_multiply(0.72));
            }
            let (letter, tint) = match heard {
                Heard::Muted => ("M", p.label),
                Heard::Solo => ("S", p.waiting),
                _ => ("", p.quiet),
            };
            if !letter.is_empty() {
                let size = (0.32 * cells.cell).clamp(5.0, 13.0);
                let badge = Rect::from_min_size(cell.min, vec2(size, size));
                mesh.add_colored_rect(badge, tint);
                if cells.cell >= LETTERED {
                    let font = theme::font(0.8 * size);
                    let shape = painter.layout_no_wrap(letter.into(), font, Color32::BLACK);
                    let at = badge.center() - shape.size() / 2.0;
                    letters.push(egui::epaint::TextShape::new(at, shape, Color32::BLACK).into());
                }
            }
            if *starred {
                let radius = (0.14 * cells.cell).clamp(2.5, 7.0);
                star(
                    &mut mesh,
                    cell.right_top() + vec2(-1.3, 1.3) * radius,
                    radius,
                    p.waiting,
                );
            }
        }
        self.badges_ui(slot, cells, seen, (&mut mesh, &mut letters), painter);
        if let Some(at) = self.pointer {
            let share = vec2(at.x as f32 + 0.5, at.y as f32 + 0.5) / side.max(1) as f32;
            let dot = vec2(3.0, 3.0);
            let rows = cells.rows_in(seen);
            for n in rows {
                let cell = cells.rect(n);
                let place = cell.min + share * cell.size();
                mesh.add_colored_rect(
                    Rect::from_center_size(place, dot + vec2(2.0, 2.0)),
                    Color32::from_black_alpha(150),
                );
                mesh.add_colored_rect(Rect::from_center_size(place, dot), p.prediction);
            }
        }
        if !mesh.is_empty() {
            painter.add(Shape::mesh(mesh));
            painter.extend(letters);
        }
        let chosen = tower.order.iter().position(|c| *c == self.selected.1);
        if let Some(n) = chosen {
            let inspected = (self.place_selected().0, self.inspected_set());
            let own = (slot.tower, slot.set) == inspected;
            let (cell, wide) = (cells.rect(n), if own { 2.0 } else { 1.0 });
            // Maps are dark in both themes or light, so that the frame is bright within a dark rim.
            let tint = if own {
                theme::MARK
            } else {
                Color32::from_gray(130)
            };
            let rim = Stroke::new(1.0, Color32::from_black_alpha(190));
            painter.rect_stroke(cell.expand(wide), 0, rim, StrokeKind::Outside);
            painter.rect_stroke(cell, 0, Stroke::new(wide, tint), StrokeKind::Outside);
            painter.rect_stroke(cell, 0, rim, StrokeKind::Inside);
        }
        if let Some((of, channel)) = self.reveal
            && of == slot.tower
            && let Some(n) = tower.order.iter().position(|c| *c == channel)
        {
            ui.scroll_to_rect(cells.rect(n).expand(6.0), None);
            self.reveal = None;
        }
    }

    /// The partner's number and the correlation on maps that stand beside those of another network.
    fn badges_ui(
        &self,
        slot: Slot,
        cells: &Cells,
        seen: Rect,
        (mesh, letters): (&mut Mesh, &mut Vec<Shape>),
        painter: &egui::Painter,
    ) {
        if cells.cell < BADGED {
            return;
        }
        let size = (0.2 * cells.cell).clamp(8.0, theme::CAPTION);
        for n in cells.rows_in(seen) {
            let channel = cells.look.order[n];
            let Some(words) = self.badge(slot, channel) else {
                continue;
            };
            let galley = painter.layout_no_wrap(words, theme::font(size), Color32::WHITE);
            let cell = cells.rect(n);
            let at = cell.left_bottom() - vec2(0.0, galley.size().y);
            let ground = Rect::from_min_size(at, galley.size() + vec2(4.0, 0.0));
            if ground.width() <= cell.width() {
                mesh.add_colored_rect(ground, Color32::from_black_alpha(150));
                let text =
                    egui::epaint::TextShape::new(at + vec2(2.0, 0.0), galley, Color32::WHITE);
                letters.push(text.into());
            }
        }
    }

    pub(super) fn tower_of(&self, slot: Slot) -> Option<&Tower> {
        match self.compared_sets() {
            Some(sets) => sets.towers[slot.set as usize].get(slot.tower),
            None => self.shown.as_ref()?.towers.get(slot.tower),
        }
    }

    fn tower_mut(&mut self, slot: Slot) -> Option<&mut Tower> {
        if self.compared_sets().is_some() {
            let sets = self.comparison.sets.as_mut()?;
            return sets.towers[slot.set as usize].get_mut(slot.tower);
        }
        self.shown.as_mut()?.towers.get_mut(slot.tower)
    }
}
