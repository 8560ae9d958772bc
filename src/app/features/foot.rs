//! Below the maps: what is under the pointer, and what the colours stand for.

use eframe::egui::{self, Align, Layout, RichText, Role, Sense, Stroke, Ui, WidgetInfo, vec2};

use crate::app::command::{Command, keys};
use crate::app::features::parts::colour_bar::colour_bar_ui;
use crate::app::features::parts::rows::precise;
use crate::app::features::state::comparison::{SETS, Set};
use crate::app::features::view::FeatureView;
use crate::app::model::Context;
use crate::app::widgets::theme;
use crate::humanize::title;

impl FeatureView {
    /// What is under the pointer, and what the colours mean.
    pub(super) fn foot_ui(&self, ui: &mut Ui, context: &Context) {
        let p = theme::palette(ui.ctx());
        let (area, _) = ui.allocate_exact_size(
            vec2(ui.available_width(), self.foot_height() - 2.0),
            Sense::hover(),
        );
        ui.painter()
            .hline(area.x_range(), area.top(), Stroke::new(1.0, p.hairline));
        let inside = area.shrink2(vec2(12.0, 0.0));
        let builder = egui::UiBuilder::new().max_rect(inside);
        let mut key = ui.new_child(builder.layout(Layout::right_to_left(Align::Center)));
        self.key_ui(&mut key);
        let room = inside.with_max_x(key.min_rect().left() - 12.0);
        let builder = egui::UiBuilder::new().max_rect(room);
        let two_rows = self.compared_sets().is_some() && self.inspector.pointer.is_some();
        let layout = match two_rows {
            true => Layout::top_down(Align::Min),
            false => Layout::left_to_right(Align::Center),
        };
        let mut ui = ui.new_child(builder.layout(layout));
        ui.set_clip_rect(room.intersect(ui.clip_rect()));
        if two_rows {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.spacing_mut().interact_size.y = 18.0;
            ui.add_space(4.0);
            ui.horizontal(|ui| self.pointed_ui(ui));
            ui.horizontal(|ui| self.values_ui(ui));
            return;
        }
        let small = |words: String| RichText::new(words).size(theme::SMALL);
        if self.inspector.pointer.is_some() {
            self.pointed_ui(&mut ui);
        } else if self.is_late() {
            let words = format!("computing {}…", self.place.title());
            ui.colored_label(p.waiting, small(words));
        } else {
            let mut words =
                "point at a map or at the face · click a map · ← → other maps, ↑ ↓ other photos"
                    .to_owned();
            for (command, does) in [(Command::Mute, "mutes"), (Command::Solo, "solos")] {
                if let Some(key) = context.keys.of(command) {
                    words += &format!(" · {} {does}", keys::shown(ui.ctx(), &key));
                }
            }
            let words = small(words).color(p.quiet);
            ui.add(egui::Label::new(words).truncate());
        }
    }

    /// In a comparison the values have a row of their own.
    pub(super) fn foot_height(&self) -> f32 {
        match self.compared_sets() {
            Some(_) => 46.0,
            None => 30.0,
        }
    }

    /// Which value is under the pointer, and what it is where nothing is compared.
    fn pointed_ui(&self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        let Some(at) = self.inspector.pointer else {
            return;
        };
        let small = |words: String| RichText::new(words).size(theme::SMALL);
        let place = self.maps.shown.as_ref().map_or(self.place, |s| s.place);
        let (slot, channel) = self.keyed();
        if let Some(tower) = self.tower_of(slot) {
            ui.label(small(format!(
                "{}{} · {} · {}",
                title(&tower.maps.tower),
                self.set_label(slot.set),
                place.title(),
                self.channel_label(slot.tower, channel),
            )));
        }
        ui.label(small(format!("({}, {})", at.x, at.y)));
        if self.compared_sets().is_none() {
            let value = self.values().first().map(|v| value_text(*v));
            let words = format!("value {}", value.as_deref().unwrap_or("…"));
            ui.label(small(words).strong());
        }
        let field = place.field_of(at.x as usize, at.y as usize);
        let (w, h) = (field.right - field.left, field.bottom - field.top);
        // The least of it where all does not fit.
        let words = format!("receptive field {w} × {h}");
        let font = theme::font(theme::SMALL);
        let galley = ui.painter().layout_no_wrap(words.clone(), font, p.quiet);
        if galley.size().x <= ui.available_width() {
            ui.colored_label(p.quiet, small(words));
        }
    }

    /// The values of both sides and their difference, the one under the pointer standing out.
    fn values_ui(&self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        let (slot, _) = self.keyed();
        let sets = match self.compared_sets() {
            Some(sets) if !sets.have_difference() => vec![slot.set],
            _ => SETS.to_vec(),
        };
        for (n, set) in sets.into_iter().enumerate() {
            let value = self.values().get(n).map(|v| value_text(*v));
            let name = self.comparison.set_name(set);
            let scaled = match set == Set::Difference && self.has_own_ranges() {
                true => " of each ÷ its maximum",
                false => "",
            };
            let words = format!("{name}{scaled} {}", value.as_deref().unwrap_or("…"));
            let words = RichText::new(words).size(theme::SMALL);
            match set == slot.set {
                true => ui.label(words.strong()),
                false => ui.label(words.color(p.quiet)),
            };
        }
    }

    /// The colours from the lowest to the highest value, and which values those are.
    fn key_ui(&self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        if self.maps.shown.is_none() {
            return;
        }
        let (slot, channel) = self.keyed();
        let colours = self.colours(slot.set);
        let range = self.range(slot, channel);
        let words = range.map_or(String::new(), |range| {
            format!("{}: {}", range.whose, range.ends().join(" to "))
        });
        ui.label(RichText::new(&words).size(theme::SMALL).color(p.quiet));
        let wide = ui.available_width().min(150.0);
        let bar = colour_bar_ui(ui, colours, wide);
        bar.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Colour key, {words}")));
    }
}

/// A value under the pointer; one that could not be read says so.
fn value_text(value: Option<f32>) -> String {
    value.map_or_else(|| "not readable".to_owned(), precise)
}
