//! One channel looked at closely: over the face or large, its numbers, what muting it does, and
//! the photos that excite it most.

use std::sync::Arc;

use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{
    self, Align, Color32, Label, Layout, Rect, RichText, Role, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};

use crate::app::command::Command;
use crate::app::command::hint::hint;
use crate::app::command::keys::Keys;
use crate::app::faces::item::Picture;
use crate::app::features::cells::star;
use crate::app::features::compare::{Set, Slot};
use crate::app::features::foot::{colour_bar_ui, heat_bar_ui};
use crate::app::features::grid::DrawGrid;
use crate::app::features::muting::{Button, Heard};
use crate::app::features::ranking::of_which_ui;
use crate::app::features::{
    Around, FeatureView, Pointer, Shown, Wish, late, part_of, theme, title,
};
use crate::app::widgets::header::header_ui;
use crate::engine::{StudyKind, TowerMaps};
use crate::figure::{GridStyle, HeatScale, Stats, short, span};
use crate::humanize::counted;
use crate::label::INPUT_SIZE;
use crate::map_painter::{Grid, MapBuffer, MapPainter};
use crate::measure::FEW_UNITS;

/// Photo pixels from which a point's move is drawn and said loudly.
const MOVED_PX: f32 = 0.5;
/// Growth of a probability that is said loudly.
const CHANGED: f32 = 0.02;
const THUMBNAIL: f32 = 44.0;
/// Of what is no longer, or not yet, of the face and layer at hand.
const FAINT: f32 = 0.35;
/// Side of the face, in points.
const LARGEST: f32 = 480.0;

impl FeatureView {
    /// The pane beside the maps.
    pub(super) fn channel_ui(&mut self, ui: &mut Ui, around: &Around, wishes: &mut Vec<Wish>) {
        let (slot, channel) = self.inspected();
        let found = self.painter.clone().zip(self.tower_of(slot).map(|t| {
            let stats = t.maps.stats.get(channel as usize);
            (t.maps.tower.clone(), stats.copied().unwrap_or_default())
        }));
        let found = found.filter(|_| self.absent.is_none() && self.failed.is_none());
        let Some((painter, (tower, stats))) = found else {
            header_ui(ui, "Channel", "");
            return;
        };
        let named = self.channel_head_ui(ui, &tower, around.keys);
        ui.add_space(8.0);
        egui::ScrollArea::vertical()
            .auto_shrink([false, false])
            .show(ui, |ui| {
                egui::Frame::new()
                    .inner_margin(egui::Margin::symmetric(12, 0))
                    .show(ui, |ui| {
                        if late(self.waiting) {
                            // Of another face or layer than the one that is asked for.
                            ui.set_opacity(FAINT);
                        }
                        self.set_ui(ui, &tower, named);
                        self.face_ui(ui, &painter);
                        self.scale_key_ui(ui);
                        self.overlay_ui(ui);
                        ui.add_space(6.0);
                        let silenced = self.silenced(slot);
                        match silenced.filter(|_| slot.set == Set::Difference) {
                            Some(muted) => {
                                let p = theme::palette(ui.ctx());
                                let words = format!("{muted}: there is no difference to see");
                                ui.add(Label::new(RichText::new(words).color(p.waiting)).wrap());
                            }
                            None => numbers_ui(ui, &stats),
                        }
                        let face = around.list.shown();
                        if let Some(face) = face.filter(|f| f.item.picture().is_some()) {
                            let p = theme::palette(ui.ctx());
                            row_ui(ui, "face box", &face.source.to_string(), Some(p.quiet));
                        }
                        if stats.is_zero() && silenced.is_none() && self.waiting.is_none() {
                            let p = theme::palette(ui.ctx());
                            let words = match (slot.set, self.comparison.is_of_photos()) {
                                (Set::Difference, _) => "the same everywhere",
                                (Set::Second, true) => "zero everywhere on the pinned photo",
                                _ => "zero everywhere on this photo",
                            };
                            ui.colored_label(p.waiting, words);
                        }
                        self.effect_ui(ui);
                        self.looked_ui(ui, around, wishes);
                        self.examples_ui(ui, around, wishes);
                        ui.add_space(12.0);
                    });
            });
    }

    /// In which network the selected channel is held at zero by hand, if it is in the one whose map is
    /// looked at; of a difference, in either.
    fn silenced(&self, slot: Slot) -> Option<&'static str> {
        let first = self.heard().is_silent();
        let second = self.compared_sets().is_some_and(|sets| {
            let Some(tower) = sets.towers[0].get(slot.tower) else {
                return false;
            };
            let (id, layer) = (tower.maps.id, self.place.layer);
            let own = match self.pair_of(slot.tower, self.selected.1) {
                Some(pair) => pair.partner as u32,
                None => self.selected.1,
            };
            sets.mutes_second(id, layer) && self.muting.heard(id, layer, own).is_silent()
        });
        match (slot.set, first, second) {
            (Set::First, true, _) => Some("muted"),
            (Set::Second, _, true) => Some("muted"),
            (Set::Difference, true, true) => Some("muted in both"),
            (Set::Difference, true, false) => Some("muted in the first"),
            (Set::Difference, false, true) => Some("muted in the second"),
            _ => None,
        }
    }

    fn heard(&self) -> Heard {
        match (self.tower(), &self.shown) {
            (Some(tower), Some(shown)) if shown.place.is_conv() => {
                self.muting
                    .heard(tower.maps.id, shown.place.layer, self.selected.1)
            }
            _ => Heard::Plain,
        }
    }

    /// The channel, its tower where there is room for that, and what one can do with it; returns
    /// whether the tower is named.
    fn channel_head_ui(&mut self, ui: &mut Ui, tower: &str, keys: &Keys) -> bool {
        let p = theme::palette(ui.ctx());
        let mut named = false;
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 34.0), Sense::hover());
        let line = Stroke::new(1.0, p.hairline);
        ui.painter().hline(rect.x_range(), rect.bottom(), line);
        let builder = egui::UiBuilder::new()
            .max_rect(rect.shrink2(vec2(12.0, 0.0)))
            .layout(Layout::left_to_right(Align::Center));
        ui.scope_builder(builder, |ui| {
            ui.spacing_mut().item_spacing.x = 5.0;
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let conv = self.shown.as_ref().is_some_and(|s| s.place.is_conv());
                let heard = self.heard();
                let buttons = [
                    (
                        Button::Solo,
                        "solo",
                        "Solo",
                        heard == Heard::Solo,
                        p.waiting,
                        Command::Solo,
                    ),
                    (
                        Button::Mute,
                        "mute",
                        "Mute",
                        heard == Heard::Muted,
                        p.label,
                        Command::Mute,
                    ),
                ];
                for (button, words, said, on, tint, command) in buttons {
                    let text = RichText::new(words).size(theme::SMALL).color(if on {
                        tint
                    } else {
                        p.text
                    });
                    let (fill, line) = match on {
                        true => (tint.gamma_multiply(0.16), tint.gamma_multiply(0.5)),
                        false => (p.raised, p.hairline),
                    };
                    let button_ui = egui::Button::new(text)
                        .fill(fill)
                        .stroke(Stroke::new(1.0, line));
                    let response = ui.add_enabled(conv, button_ui);
                    response.widget_info(|| WidgetInfo::selected(Role::Button, conv, on, said));
                    let response = hint(response, command, keys).on_disabled_hover_text(
                        "Mute channels of the convolutions: a fused map is their sum",
                    );
                    if response.clicked() {
                        self.press(button, self.place_selected());
                    }
                }
                self.star_ui(ui, keys);
                let (slot, channel) = self.inspected();
                let number = match self.pair_of(slot.tower, channel) {
                    Some(pair) => format!("{channel} ↔ {}", pair.partner),
                    None => channel.to_string(),
                };
                // What has no room whole stands below.
                let ways = [("Channel", true), ("Channel", false), ("Ch", false)];
                let room = ui.available_width();
                let measured = |words: &str| {
                    let font = egui::TextStyle::Body.resolve(ui.style());
                    let galley = ui.painter().layout_no_wrap(words.to_owned(), font, p.text);
                    galley.size().x + ui.spacing().item_spacing.x
                };
                let name = title(tower);
                let fits = |(word, named): &(&str, bool)| {
                    let own = measured(&format!("{word} {number}"));
                    let tower = if *named { measured(&name) } else { 0.0 };
                    own + tower <= room
                };
                let (word, has_room) = ways.into_iter().find(fits).unwrap_or(ways[2]);
                named = has_room;
                let channel = RichText::new(format!("{word} {number}")).strong();
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(egui::Label::new(channel).truncate());
                    if named {
                        ui.label(RichText::new(name).color(p.quiet));
                    }
                });
            });
        });
        named
    }

    fn star_ui(&mut self, ui: &mut Ui, keys: &Keys) {
        let p = theme::palette(ui.ctx());
        let (tower, channel) = self.place_selected();
        let on = self.is_starred(tower, channel);
        let (rect, response) = ui.allocate_exact_size(vec2(20.0, 22.0), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, on, "Favourite"));
        let tint = match (on, response.hovered()) {
            (true, _) => p.waiting,
            (false, true) => p.text,
            (false, false) => p.quiet,
        };
        let mut mesh = egui::Mesh::default();
        star(&mut mesh, rect.center(), 7.0, tint);
        if !on {
            star(&mut mesh, rect.center(), 4.6, p.pane);
        }
        ui.painter().add(egui::Shape::mesh(mesh));
        if hint(response, Command::Favourite, keys).clicked() {
            self.star((tower, channel));
        }
    }

    /// The map that is looked at closely; in a comparison that of the set which was clicked.
    pub(super) fn inspected(&self) -> (Slot, u32) {
        let (tower, channel) = self.place_selected();
        let set = self.inspected_set();
        (Slot { set, tower }, channel)
    }

    /// Whose map it is, where two are compared or the head had no room for the tower's name.
    fn set_ui(&self, ui: &mut Ui, tower: &str, named: bool) {
        if self.compared_sets().is_some() || !named {
            let p = theme::palette(ui.ctx());
            let words = format!("{}{}", title(tower), self.set_said(self.inspected_set()));
            ui.label(RichText::new(words).size(theme::SMALL).color(p.prediction));
            ui.add_space(2.0);
        }
    }

    /// After what is said of the first of two that are compared, whichever is looked at.
    fn of_first(&self) -> String {
        self.set_said(Set::First).to_uppercase()
    }

    /// The same for a figure, which is on paper.
    pub(super) fn inspected_scale(&self) -> HeatScale {
        let (slot, channel) = self.inspected();
        let (range, whose) = self.range(slot, channel).unwrap_or_default();
        HeatScale {
            colours: self.colours_on_paper(slot.set),
            range,
            whose,
        }
    }

    /// The colours of the channel over the face, and which values their ends are.
    fn scale_key_ui(&self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        let (slot, channel) = self.inspected();
        let Some(((low, high), whose)) = self.range(slot, channel) else {
            return;
        };
        let small = |words: String| RichText::new(words).size(theme::SMALL);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            ui.label(small(short(low)));
            // The words first: a bar says as much when it is short.
            let words = format!("{} {whose}", short(high));
            let font = theme::font(theme::SMALL);
            let galley = ui.painter().layout_no_wrap(words, font, p.quiet);
            let wide = ui.available_width() - galley.size().x - 14.0;
            let wide = wide.clamp(40.0, 160.0);
            let bar = match self.alone || self.heat == 0.0 {
                true => colour_bar_ui(ui, self.colours(slot.set), wide),
                false => heat_bar_ui(ui, self.colours(slot.set), wide, self.heat),
            };
            let said = format!("Channel's colour key, {whose}: {}", span(low, high));
            bar.widget_info(|| WidgetInfo::labeled(Role::Image, true, &said));
            ui.label(small(short(high)));
            let whose = small(whose).color(p.quiet);
            ui.add(egui::Label::new(whose).truncate());
        });
    }

    fn overlay_ui(&mut self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 5.0;
            let tip = "The channel alone, without the face";
            if super::toolbar::choice_ui(ui, self.alone, "map", "Channel alone", tip) {
                self.alone ^= true;
            }
            let room = ui.available_width() - 96.0;
            ui.spacing_mut().slider_width = room.max(40.0);
            if room >= 40.0 {
                ui.colored_label(p.quiet, "overlay");
            }
            let slider = egui::Slider::new(&mut self.heat, 0.0..=1.0).show_value(false);
            let response = ui.add_enabled(!self.alone, slider);
            response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, "Overlay strength"));
            response.on_hover_text("Strength of the channel over the face");
            ui.label(format!("{:.0} %", 100.0 * self.heat));
        });
    }

    /// The network's input with the channel over it; the pointer on it means its place in every map.
    fn face_ui(&mut self, ui: &mut Ui, painter: &Arc<MapPainter>) {
        let p = theme::palette(ui.ctx());
        let side = ui.available_width().min(LARGEST);
        let (area, response) = ui.allocate_exact_size(vec2(side, side), Sense::hover());
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Image, true, "The face as the network sees it")
        });
        let (slot, channel) = self.inspected();
        // As in the grid: in the same colours and range.
        let (colours, scale_choice) = (self.colours(slot.set), self.scale(slot.set));
        let maps = self.tower_of(slot).map(|t| t.maps.clone());
        let second = self.compared_sets().filter(|_| slot.set == Set::Second);
        let second = second.map(|sets| sets.second_input.id());
        let Some(shown) = &mut self.shown else {
            return;
        };
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter().image(
            second.unwrap_or(shown.input.id()),
            area,
            whole,
            Color32::WHITE,
        );
        let scale = ui.pixels_per_point();
        let look = GridStyle {
            columns: 1,
            cell: (side * scale).round() as u32,
            pitch: (side * scale).round() as u32,
            order: vec![channel],
            scale: scale_choice,
            colours,
            joint: maps.as_ref().is_some_and(TowerMaps::is_joint),
        };
        let heat = if self.alone { 0.0 } else { self.heat };
        if (heat > 0.0 || self.alone)
            && let Some(maps) = &maps
            && let grid = heat_grid(shown, painter, &maps.buffer, look)
        {
            let draw = DrawGrid {
                painter: painter.clone(),
                grid,
                origin: [area.left(), area.top()].map(|v| (v * scale).round() as i32),
                heat,
            };
            ui.painter().add(draw.shape(area));
        }
        if let Some(at) = response.hover_pos() {
            let maps = shown.place.side() as f32;
            let value = |v: f32| ((v * maps).max(0.0) as u32).min(maps as u32 - 1);
            let share = (at - area.min) / area.size();
            self.pointer = Some(Pointer {
                map: None,
                x: value(share.x),
                y: value(share.y),
            });
        } else if self.pointer.is_some_and(|at| at.map.is_none()) {
            self.pointer = None;
        }
        let painter = ui.painter().with_clip_rect(area.expand(1.0));
        // What the second finds has not been asked.
        if slot.set == Set::First {
            self.moves_ui(&painter, area);
        }
        if let Some((at, field)) = self.place_on_input() {
            let field = part_of(area, field);
            painter.rect_stroke(
                field,
                0,
                Stroke::new(2.5, Color32::from_black_alpha(120)),
                StrokeKind::Middle,
            );
            painter.rect_stroke(field, 0, Stroke::new(1.5, p.prediction), StrokeKind::Middle);
            painter.circle_filled(area.min + at.to_vec2() * area.size(), 2.0, p.prediction);
        }
    }

    /// The landmarks, and where they go when channels are muted.
    fn moves_ui(&self, painter: &egui::Painter, area: Rect) {
        let p = theme::palette(painter.ctx());
        let place = |at: [f32; 2]| area.min + vec2(at[0], at[1]) / INPUT_SIZE as f32 * area.size();
        let rim = Stroke::new(1.0, Color32::from_black_alpha(170));
        for (whole, muted) in &self.effect.moves {
            let to = if self.effect.is_current() {
                muted
            } else {
                whole
            };
            let (from, to) = (place(*whole), place(*to));
            painter.circle_stroke(from, 3.4, Stroke::new(2.4, Color32::from_black_alpha(110)));
            painter.circle_stroke(from, 3.4, Stroke::new(1.2, Color32::WHITE));
            if from.distance(to) > 1.0 {
                painter.line_segment([from, to], Stroke::new(2.6, Color32::from_black_alpha(110)));
                painter.line_segment([from, to], Stroke::new(1.3, p.prediction));
                painter.circle(to, 3.2, p.prediction, rim);
            }
        }
    }

    /// What muting this channel does, or what those do that are muted.
    fn effect_ui(&self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        let channels = self.tower().map_or(0, |t| t.maps.channels());
        if self.effect.rows.is_empty() || self.selected.1 as usize >= channels {
            return;
        }
        ui.add_space(10.0);
        let words = match self.effect.of_all {
            true => format!("NOW, WITH {}", self.muting.words().to_uppercase()),
            false => "WHEN MUTED".to_owned(),
        };
        let tip = format!(
            "On this face. A point is red where it moves by {MOVED_PX} pixels of the photo or more; \
             a probability is coloured where it changes by {CHANGED} or more, yellow up and blue \
             down. What is grey changes less."
        );
        caption_ui(ui, &format!("{words}{}", self.of_first())).on_hover_text(&tip);
        ui.scope(|ui| {
            if !self.effect.is_current() {
                ui.set_opacity(FAINT);
            }
            for change in &self.effect.rows {
                let tint = match change.is_point {
                    true => (change.value >= MOVED_PX).then_some(p.label),
                    false if change.value.abs() < CHANGED => None,
                    false if change.value < 0.0 => Some(p.working),
                    false => Some(p.waiting),
                };
                let words = change.words();
                let row = row_ui(ui, &change.name, &words, Some(tint.unwrap_or(p.quiet)));
                row.on_hover_text(&tip);
            }
        });
    }

    /// The photos of the list that excite the channel most.
    fn examples_ui(&mut self, ui: &mut Ui, around: &Around, wishes: &mut Vec<Wish>) {
        let p = theme::palette(ui.ctx());
        ui.add_space(10.0);
        ui.horizontal(|ui| {
            let place = self.shown.as_ref().map(|s| s.place);
            caption_ui(ui, &format!("EXCITED MOST BY{}", self.of_first()));
            if let Some((faces, which)) = place.and_then(|p| self.studies.looked_through(p)) {
                let words = format!("of {}", counted(faces, "face"));
                caption_ui(ui, &words).on_hover_text(which);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if self.studies.progress(StudyKind::Excite).is_some() {
                    return;
                }
                let tip = "Look through the faces of the list for those that excite each channel \
                           most; what is zero on all of them is dead";
                let find = ui.small_button("find");
                let said = "Find what excites the channels";
                find.widget_info(|| WidgetInfo::labeled(Role::Button, true, said));
                if find.on_hover_text(tip).clicked() {
                    wishes.push(Wish::Excite);
                }
            });
        });
        self.studies.progress_ui(ui, StudyKind::Excite, wishes);
        let (Some(tower), Some(shown)) = (self.tower(), &self.shown) else {
            return;
        };
        let (place, id, channel) = (shown.place, tower.maps.id, self.selected.1);
        let found = self.studies.examples(place, id, channel);
        let dead = self.studies.dead(place, id);
        let Some(found) = found else {
            if self.studies.progress(StudyKind::Excite).is_none() {
                ui.colored_label(p.quiet, "not looked for yet");
                if !around.list.items.is_empty() {
                    ui.horizontal_wrapped(|ui| {
                        of_which_ui(ui, around.list, &mut self.studies.of_shown);
                    });
                }
            }
            return;
        };
        if found.is_empty() {
            let through = self.studies.looked_through(place);
            let (faces, which) = through.unwrap_or_default();
            let zero = dead.is_some_and(|dead| dead.contains(&channel));
            let (tint, words) = match (zero, faces >= FEW_UNITS) {
                (true, true) => (p.waiting, format!("dead: zero on {which}")),
                (true, false) => (p.quiet, format!("zero on {which}")),
                (false, _) => (p.quiet, "no face excites it".to_owned()),
            };
            ui.add(egui::Label::new(RichText::new(words).color(tint)).wrap());
        }
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(5.0, 5.0);
            for (index, value) in found {
                let Some(face) = around.list.face(index) else {
                    continue;
                };
                let (rect, response) =
                    ui.allocate_exact_size(vec2(THUMBNAIL, THUMBNAIL), Sense::click());
                let name = face.sample.name();
                response.widget_info(|| {
                    WidgetInfo::labeled(Role::Button, true, format!("Excited by {name}"))
                });
                match &face.item.thumbnail {
                    Some(texture) => {
                        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
                        let painter = ui.painter();
                        painter.image(texture.id(), rect, whole, Color32::WHITE);
                    }
                    None => {
                        ui.painter().rect_filled(rect, 4, p.hairline);
                        if !matches!(face.item.state, Picture::Failed(_)) {
                            wishes.push(Wish::Read(index));
                        }
                    }
                }
                if index == around.list.selected() {
                    let line = Stroke::new(1.5, p.prediction);
                    ui.painter().rect_stroke(rect, 2, line, StrokeKind::Outside);
                }
                let tip = format!("{name}: up to {}", short(value));
                if response.on_hover_text(tip).clicked() {
                    wishes.push(Wish::Select(index));
                }
            }
        });
    }
}

/// A channel's range, mean and zeros in one line.
fn numbers_ui(ui: &mut Ui, stats: &Stats) {
    let p = theme::palette(ui.ctx());
    let small = |words: String| RichText::new(words).size(theme::SMALL);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let range = span(stats.min, stats.max);
        let zeros = format!("{:.0} %", 100.0 * stats.sparsity);
        ui.label(small(range));
        for (what, value) in [("mean", short(stats.mean)), ("zeros", zeros)] {
            ui.add_space(8.0);
            // A number stays in the row of its word.
            let mut words = LayoutJob::default();
            for (part, tint) in [(what, p.quiet), (" ", p.text), (value.as_str(), p.text)] {
                let font = theme::font(theme::SMALL);
                words.append(part, 0.0, TextFormat::simple(font, tint));
            }
            ui.add(egui::Label::new(words).extend());
        }
    });
}

/// A small heading.
pub(super) fn caption_ui(ui: &mut Ui, words: &str) -> egui::Response {
    let p = theme::palette(ui.ctx());
    ui.label(RichText::new(words).size(theme::CAPTION).color(p.quiet))
}

/// A name and a value at the right; below it where there is no room beside it.
fn row_ui(ui: &mut Ui, name: &str, value: &str, tint: Option<Color32>) -> egui::Response {
    const ROW: f32 = 20.0;
    let p = theme::palette(ui.ctx());
    let font = theme::font(theme::SMALL);
    let loud = if tint.is_some() { p.text } else { p.quiet };
    let layout = |words: &str, tint| {
        let painter = ui.painter();
        painter.layout_no_wrap(words.to_owned(), font.clone(), tint)
    };
    let (name_galley, value_galley) = (layout(name, loud), layout(value, tint.unwrap_or(p.text)));
    let width = ui.available_width();
    let beside = name_galley.size().x + value_galley.size().x + 8.0 <= width;
    let height = if beside { ROW } else { 2.0 * ROW - 4.0 };
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{name}: {value}")));
    let line = |top: f32, size: egui::Vec2| top + (ROW - size.y) / 2.0;
    let at = pos2(rect.left(), line(rect.top(), name_galley.size()));
    ui.painter().galley(at, name_galley, loud);
    let size = value_galley.size();
    let at = pos2(rect.right() - size.x, line(rect.bottom() - ROW, size));
    ui.painter().galley(at, value_galley, loud);
    response
}

/// The channel as one large cell, made anew only when it has changed.
fn heat_grid(
    shown: &mut Shown,
    painter: &Arc<MapPainter>,
    maps: &Arc<MapBuffer>,
    look: GridStyle,
) -> Arc<Grid> {
    if let Some((made, of, grid)) = &shown.heat
        && *made == look
        && Arc::ptr_eq(of, maps)
    {
        return grid.clone();
    }
    let grid = Arc::new(painter.grid(maps, look.clone()));
    shown.heat = Some((look, maps.clone(), grid.clone()));
    grid
}
