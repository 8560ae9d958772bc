//! Below the maps: what is under the pointer, and what the colours stand for.

use eframe::egui::{
    self, Align, Layout, Rect, RichText, Role, Stroke, Ui, UiBuilder, WidgetInfo, vec2,
};

use crate::app::command::{Command, keys};
use crate::app::features::parts::colour_bar::colour_bar_ui;
use crate::app::features::parts::rows::precise;
use crate::app::features::state::comparison::{SETS, Set};
use crate::app::features::view::FeatureView;
use crate::app::model::Context;
use crate::app::widgets::theme;
use crate::humanize::title;

impl FeatureView {
    /// What is under the pointer, and what the colours mean, over all of `ui`.
    pub(super) fn foot_ui(&self, ui: &mut Ui, context: &Context) {
        let p = theme::palette(ui.ctx());
        let area = ui.max_rect();
        ui.painter()
            .hline(area.x_range(), area.top(), Stroke::new(1.0, p.hairline));
        let inside = area.shrink2(vec2(12.0, 0.0));
        let (first, second) = match self.comparison.is_on() {
            true => inside.split_top_bottom_at_fraction(0.5),
            false => (inside, Rect::NOTHING),
        };
        let row = |ui: &mut Ui, row: Rect, layout: Layout| {
            let mut ui = ui.new_child(UiBuilder::new().max_rect(row).layout(layout));
            ui.spacing_mut().interact_size.y = 18.0;
            ui
        };
        let mut key = row(ui, first, Layout::right_to_left(Align::Center));
        self.key_ui(&mut key);
        let room = first.with_max_x(key.min_rect().left() - 12.0);
        let mut left = row(ui, room, Layout::left_to_right(Align::Center));
        left.set_clip_rect(room.intersect(ui.clip_rect()));
        if self.inspector.pointer.is_some() {
            self.pointed_ui(&mut left);
            if self.compared_sets().is_some() {
                self.values_ui(&mut row(ui, second, Layout::left_to_right(Align::Center)));
            }
            return;
        }
        let small = |text: String| RichText::new(text).size(theme::SMALL);
        if self.is_late() {
            let text = format!("computing {}…", self.place.title());
            left.colored_label(p.waiting, small(text));
            return;
        }
        let mut text =
            "point at a map or at the face · click a map · ← → other maps, ↑ ↓ other photos"
                .to_owned();
        for (command, does) in [(Command::Mute, "mutes"), (Command::Solo, "solos")] {
            if let Some(key) = context.keys.of(command) {
                text += &format!(" · {} {does}", keys::shown(ui.ctx(), &key));
            }
        }
        let text = small(text).color(p.quiet);
        left.add(egui::Label::new(text).truncate());
    }

    /// As high as that of the list beside it; in a comparison the values have a row of their own.
    pub(super) fn foot_height(&self) -> f32 {
        // Also while the maps that are compared are still to come.
        match self.comparison.is_on() {
            true => 46.0,
            false => 32.0,
        }
    }

    /// Which value is under the pointer, and what it is where nothing is compared.
    fn pointed_ui(&self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        let Some(at) = self.inspector.pointer else {
            return;
        };
        let place = self.maps.shown.as_ref().map_or(self.place, |s| s.place);
        let (slot, channel) = self.keyed();
        let value = self.compared_sets().is_none().then(|| {
            let value = self.values().first().map(|v| value_text(*v));
            format!("value {}", value.as_deref().unwrap_or("…"))
        });
        let place_of_value = format!("({}, {})", at.x, at.y);
        let names = self.tower_of(slot).map_or(Vec::new(), |tower| {
            let tower = format!("{}{}", title(&tower.maps.tower), self.set_label(slot.set));
            let channel = self.channel_label(slot.tower, channel);
            vec![
                format!("{tower} · {} · {channel}", place.title()),
                format!("{tower} · {channel}"),
                channel,
            ]
        });
        // A number that is cut reads as another one: the words give way, then the place.
        let whole = [Some(place_of_value), value.clone()];
        let whole: Vec<String> = whole.into_iter().flatten().collect();
        let ways = names
            .into_iter()
            .map(|name| [vec![name], whole.clone()].concat());
        let ways = ways.chain([whole.clone(), value.clone().into_iter().collect()]);
        let (gap, room) = (ui.spacing().item_spacing.x, ui.available_width());
        let width = |ui: &Ui, text: &str| {
            let font = theme::font(theme::SMALL);
            let galley = ui.painter().layout_no_wrap(text.to_owned(), font, p.text);
            galley.size().x.ceil() + gap
        };
        let fits = |way: &Vec<String>| way.iter().map(|w| width(ui, w)).sum::<f32>() - gap <= room;
        let mut shown = Vec::new();
        for way in ways {
            shown = way;
            if fits(&shown) {
                break;
            }
        }
        for text in shown {
            let strong = value.as_ref() == Some(&text);
            let text = RichText::new(text).size(theme::SMALL);
            ui.label(if strong { text.strong() } else { text });
        }
        let field = place.field_of(at.x as usize, at.y as usize);
        let (w, h) = (field.right - field.left, field.bottom - field.top);
        // The least of it where all does not fit.
        let text = format!("receptive field {w} × {h}");
        if width(ui, &text) - gap <= ui.available_width() {
            ui.colored_label(p.quiet, RichText::new(text).size(theme::SMALL));
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
            let text = format!("{name}{scaled} {}", value.as_deref().unwrap_or("…"));
            let text = RichText::new(text).size(theme::SMALL);
            match set == slot.set {
                true => ui.label(text.strong()),
                false => ui.label(text.color(p.quiet)),
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
        let text = range.map_or(String::new(), |range| {
            format!("{}: {}", range.whose, range.ends().join(" to "))
        });
        ui.label(RichText::new(&text).size(theme::SMALL).color(p.quiet));
        // It says as much when it is short, and numbers under the pointer need the room.
        let wide = (ui.max_rect().width() * 0.2).clamp(40.0, 150.0);
        let bar = colour_bar_ui(ui, colours, wide);
        bar.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Colour key, {text}")));
    }
}

/// A value under the pointer; one that could not be read says so.
fn value_text(value: Option<f32>) -> String {
    value.map_or_else(|| "not readable".to_owned(), precise)
}
