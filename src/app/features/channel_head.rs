//! The channel's name, and what one can do with it.

use eframe::egui::{self, Align, Layout, RichText, Role, Sense, Stroke, Ui, WidgetInfo, vec2};

use crate::app::command::Command;
use crate::app::command::hint::hint;
use crate::app::command::keys::Keys;
use crate::app::features::parts::cells::star;
use crate::app::features::state::muting::{ChannelState, MuteButton};
use crate::app::features::view::FeatureView;
use crate::app::widgets::theme;
use crate::humanize::title;

impl FeatureView {
    /// The channel, its tower where there is room for that, and what one can do with it; returns
    /// whether the tower is named.
    pub(super) fn channel_head_ui(&mut self, ui: &mut Ui, tower: &str, keys: &Keys) -> bool {
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
                self.mute_buttons_ui(ui, keys);
                self.star_ui(ui, keys);
                named = self.name_ui(ui, tower);
            });
        });
        named
    }

    fn mute_buttons_ui(&mut self, ui: &mut Ui, keys: &Keys) {
        let p = theme::palette(ui.ctx());
        let conv = self.maps.are_conv();
        let state = self.selected_state();
        let buttons = [
            (
                MuteButton::Solo,
                "solo",
                "Solo",
                state == ChannelState::Solo,
                p.waiting,
                Command::Solo,
            ),
            (
                MuteButton::Mute,
                "mute",
                "Mute",
                state == ChannelState::Muted,
                p.label,
                Command::Mute,
            ),
        ];
        for (button, message, accessible_name, on, tint, command) in buttons {
            let text =
                RichText::new(message)
                    .size(theme::SMALL)
                    .color(if on { tint } else { p.text });
            let (fill, line) = match on {
                true => (tint.gamma_multiply(0.16), tint.gamma_multiply(0.5)),
                false => (p.raised, p.hairline),
            };
            let button_ui = egui::Button::new(text)
                .fill(fill)
                .stroke(Stroke::new(1.0, line));
            let response = ui.add_enabled(conv, button_ui);
            response.widget_info(|| WidgetInfo::selected(Role::Button, conv, on, accessible_name));
            let response = hint(response, command, keys).on_disabled_hover_text(
                "Mute channels of the convolutions: a fused map is their sum",
            );
            if response.clicked() {
                self.press(button, self.place_selected());
            }
        }
    }

    /// Returns whether there is room for the tower's name.
    fn name_ui(&self, ui: &mut Ui, tower: &str) -> bool {
        let p = theme::palette(ui.ctx());
        let (slot, channel) = self.inspected();
        let number = match self.pair_of(slot.tower, channel) {
            Some(pair) => format!("{channel} ↔ {}", pair.partner),
            None => channel.to_string(),
        };
        // What has no room whole stands below.
        let ways = [
            ("Channel ", true),
            ("Channel ", false),
            ("Ch ", false),
            ("", false),
        ];
        let room = ui.available_width();
        let measured = |text: &str| {
            let font = egui::TextStyle::Body.resolve(ui.style());
            let galley = ui.painter().layout_no_wrap(text.to_owned(), font, p.text);
            galley.size().x + ui.spacing().item_spacing.x
        };
        let name = title(tower);
        let fits = |(word, named): &(&str, bool)| {
            let own = measured(&format!("{word}{number}"));
            let tower = if *named { measured(&name) } else { 0.0 };
            own + tower <= room
        };
        let (word, named) = ways.into_iter().find(fits).unwrap_or(ways[3]);
        let channel = RichText::new(format!("{word}{number}")).strong();
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add(egui::Label::new(channel).truncate());
            if named {
                ui.label(RichText::new(name).color(p.quiet));
            }
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
}
