//! What is above the photo: its name, and what can be done with it. Where there is little room,
//! the buttons of layers go first and those of the box become a menu, so that the name stays.

use eframe::egui::{self, Align, Color32, Layout, Stroke, Ui, vec2};

use crate::app::canvas::pane::inside;
use crate::app::command::Command;
use crate::app::studio::Studio;
use crate::app::widgets::buttons::face_name;
use crate::app::widgets::chips;
use crate::app::widgets::chips::{lasting_menu, toggle_chip};
use crate::app::widgets::theme;

const HEADER: f32 = 36.0;
const EDGE: f32 = 12.0;
const GAP: f32 = 5.0;
/// Room that is kept for the name; a longer one may be cut to it. Not the name's own width: the
/// same buttons stand above every photo.
const NAME: f32 = 72.0;

/// Which buttons have room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Buttons {
    All,
    /// The layers are in their menu alone.
    WithoutLayers,
    /// What is done with the box is in a menu too.
    Few,
}

impl Buttons {
    fn fitting(ui: &Ui, bar: f32) -> Self {
        let room = bar - 2.0 * EDGE - NAME - GAP;
        let fits = |buttons: &Self| buttons.width(ui) <= room;
        let all = [Self::All, Self::WithoutLayers];
        all.into_iter().find(fits).unwrap_or(Self::Few)
    }

    fn width(self, ui: &Ui) -> f32 {
        let layers = ["labels", "prediction", "α·L", "names"];
        let boxes = ["− box", "+ box", "Reset box"];
        let few = ["Layers", "Export", "Fit", "1:1"];
        let words = match self {
            Self::All => [&few[..], &boxes, &layers].concat(),
            Self::WithoutLayers => [&few[..], &boxes].concat(),
            Self::Few => [&few[..], &["Box"]].concat(),
        };
        let button =
            |words: &&str| width(ui, words, theme::font(theme::SMALL)) + 2.0 * chips::PADDING + GAP;
        words.iter().map(button).sum()
    }
}

/// What is said of a face that the filters leave out.
const LEFT_OUT: &str = "not in the list";

/// The name of the face, in the room that there is.
fn title_ui(ui: &mut Ui, parts: [String; 2], name: &str, tint: Color32) -> egui::Response {
    let font = theme::strong(theme::BODY);
    let [photo, which] = face_name(ui.painter(), parts, (font, tint), ui.available_width());
    let size = photo.size().max(which.size());
    let size = vec2(photo.size().x + which.size().x, size.y);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, name));
    let behind = rect.left_top() + vec2(photo.size().x, 0.0);
    ui.painter().galley(rect.left_top(), photo, tint);
    ui.painter().galley(behind, which, tint);
    response
}

fn width(ui: &Ui, words: &str, font: egui::FontId) -> f32 {
    let painter = ui.painter();
    let galley = painter.layout_no_wrap(words.to_owned(), font, Color32::WHITE);
    galley.size().x
}

impl Studio {
    pub(super) fn canvas_header_ui(&mut self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        let Some(face) = self.model.faces.shown() else {
            return;
        };
        let filtered_out = self.model.faces.row().is_none();
        let size = face
            .item
            .picture()
            .map_or(String::new(), |i| format!("{} × {}", i.width(), i.height()));
        let (name, parts) = (face.name(), face.name_in_two());
        let room = vec2(ui.available_width(), HEADER);
        let (bar, _) = ui.allocate_exact_size(room, egui::Sense::hover());
        ui.painter().rect_filled(bar, 0, p.pane);
        let line = Stroke::new(1.0, p.hairline);
        ui.painter().hline(bar.x_range(), bar.bottom(), line);
        inside(ui, bar, Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            ui.add_space(EDGE);
            self.canvas_buttons_ui(ui, Buttons::fitting(ui, bar.width()));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add_space(EDGE);
                let whole = width(ui, &name, theme::strong(theme::BODY));
                let (more, ink) = match filtered_out {
                    true => (LEFT_OUT, p.waiting),
                    false => (size.as_str(), p.quiet),
                };
                let beside = width(ui, more, theme::font(theme::SMALL)) + 2.0 * GAP;
                let has_room = whole + beside < ui.available_width();
                // Where there is no room for words, the name's colour says that something is amiss.
                let tint = match filtered_out && !has_room {
                    true => p.waiting,
                    false => p.text,
                };
                let title = title_ui(ui, parts, &name, tint);
                if has_room {
                    let words = egui::RichText::new(more).size(theme::SMALL).color(ink);
                    ui.add(egui::Label::new(words).selectable(false));
                }
                title.on_hover_ui(|ui| {
                    ui.label(&name);
                    ui.colored_label(p.quiet, &size);
                    if filtered_out {
                        ui.colored_label(p.waiting, LEFT_OUT);
                        ui.label(
                            "The filters leave this face out; it stays until another is chosen",
                        );
                    }
                });
            });
        });
    }

    /// From the right to the left.
    fn canvas_buttons_ui(&mut self, ui: &mut Ui, buttons: Buttons) {
        let mut wanted = None;
        for command in [Command::ActualSize, Command::Fit] {
            let button = chips::chip(ui, command.name(), command.name());
            if self.explained(button, command).clicked() {
                wanted = Some(command);
            }
        }
        if buttons == Buttons::Few {
            self.export_menu_ui(ui);
            let title = egui::RichText::new("Box").size(theme::SMALL);
            ui.menu_button(title, |ui| {
                for command in [Command::AddBox, Command::RemoveBox, Command::ResetBox] {
                    let enabled = self.can_change_box(command);
                    let button = ui.add_enabled(enabled, egui::Button::new(command.name()));
                    if self.explained(button, command).clicked() {
                        wanted = Some(command);
                    }
                }
            });
        } else if let Some(command) = self.box_buttons_ui(ui) {
            wanted = Some(command);
        }
        let layers = &mut self.view.layers;
        lasting_menu(ui, "Layers", |ui| layers.menu_ui(ui))
            .on_hover_text("What is drawn over the photo, how large and how strong");
        for (command, on, words) in [
            (Command::ToggleNames, layers.names.on, "names"),
            (Command::ToggleCircles, layers.circles.on, "α·L"),
            (
                Command::TogglePrediction,
                layers.prediction.on,
                "prediction",
            ),
            (Command::ToggleLabels, layers.labels.on, "labels"),
        ]
        .into_iter()
        .filter(|_| buttons == Buttons::All)
        {
            let button = toggle_chip(ui, on, words, command.name());
            if self.explained(button, command).clicked() {
                wanted = Some(command);
            }
        }
        if let Some(command) = wanted {
            self.run(&ui.ctx().clone(), command);
        }
    }

    /// What cannot be used now keeps its place, so that no button stands where another did.
    fn box_buttons_ui(&mut self, ui: &mut Ui) -> Option<Command> {
        let mut wanted = None;
        let reset = Command::ResetBox;
        let place = placed(ui, self.can_change_box(reset), reset.name(), reset.name());
        if self.explained(place, reset).clicked() {
            wanted = Some(reset);
        }
        self.export_menu_ui(ui);
        let adding = self.view.canvas.adding;
        let add = toggle_chip(ui, adding, "+ box", Command::AddBox.name());
        if self.explained(add, Command::AddBox).clicked() {
            wanted = Some(Command::AddBox);
        }
        let remove = Command::RemoveBox;
        let place = placed(ui, self.can_change_box(remove), "− box", remove.name());
        if self.explained(place, remove).clicked() {
            wanted = Some(remove);
        }
        wanted
    }

    /// Whether there is something that a command of the box could do.
    fn can_change_box(&self, command: Command) -> bool {
        match command {
            Command::RemoveBox => self.model.faces.active_hand().is_some(),
            Command::ResetBox => self.model.faces.shown().is_some_and(|face| {
                let moved = (face.face_box, face.source) != face.item.first_box;
                face.hand.is_none() && moved && face.item.picture().is_some()
            }),
            _ => true,
        }
    }
}

/// A chip that keeps its place while it can do nothing.
fn placed(ui: &mut Ui, enabled: bool, words: &str, name: &str) -> egui::Response {
    ui.add_enabled_ui(enabled, |ui| chips::chip(ui, words, name))
        .inner
}
