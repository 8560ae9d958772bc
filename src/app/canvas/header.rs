//! What is above the photo: its name, and what can be done with it. Where there is little room,
//! the buttons of layers go first and those of the box become a menu, so that the name stays.

use eframe::egui::{self, Align, Color32, Layout, Stroke, Ui, vec2};

use super::export_menu::export_menu_ui;
use super::place::inside;
use super::{Action, CanvasView};
use crate::app::command::Command;
use crate::app::faces::item::Face;
use crate::app::model::Context;
use crate::app::widgets::buttons::{face_name, shared_start};
use crate::app::widgets::chips;
use crate::app::widgets::chips::{lasting_menu, toggle_chip};
use crate::app::widgets::menus::choice_menu;
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
    /// So is all but the layers.
    Fewest,
}

impl Buttons {
    fn fitting(ui: &Ui, bar: f32) -> Self {
        let room = bar - 2.0 * EDGE - NAME - GAP;
        let fits = |buttons: &Self| buttons.width(ui) <= room;
        let all = [Self::All, Self::WithoutLayers, Self::Few];
        all.into_iter().find(fits).unwrap_or(Self::Fewest)
    }

    fn width(self, ui: &Ui) -> f32 {
        let layers = ["labels", "prediction", "α·L", "names"];
        let boxes = ["− box", "+ box", "Reset box"];
        let few = ["Layers", "Export", "Fit", "1:1"];
        let words = match self {
            Self::All => [&few[..], &boxes, &layers].concat(),
            Self::WithoutLayers => [&few[..], &boxes].concat(),
            Self::Few => [&few[..], &["Box"]].concat(),
            Self::Fewest => vec!["Layers", MORE],
        };
        let button =
            |words: &&str| width(ui, words, theme::font(theme::SMALL)) + 2.0 * chips::PADDING + GAP;
        words.iter().map(button).sum()
    }
}

/// The menu of what has no room.
const MORE: &str = "More";

/// What is said of a face that the filters leave out.
const LEFT_OUT: &str = "not in the list";

/// The name of the face, in the room that there is.
fn title_ui(
    ui: &mut Ui,
    parts: ([String; 2], impl FnOnce() -> usize),
    name: &str,
    tint: Color32,
) -> egui::Response {
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

/// The names of the photos around the one that is looked at, from which its own has to differ.
fn names_around(context: &Context) -> Vec<String> {
    const AROUND: usize = 8;
    let list = &context.model.faces;
    let row = list.row().unwrap_or(0);
    let rows = list.order.shown.iter().skip(row.saturating_sub(AROUND));
    let faces = rows.take(2 * AROUND + 1);
    let faces = faces.filter_map(|index| list.face(*index as usize));
    faces.map(|face| face.name_in_two()[0].clone()).collect()
}

fn width(ui: &Ui, text: &str, font: egui::FontId) -> f32 {
    let painter = ui.painter();
    let galley = painter.layout_no_wrap(text.to_owned(), font, Color32::WHITE);
    galley.size().x
}

impl CanvasView {
    pub(super) fn header_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context,
        face: &Face,
        actions: &mut Vec<Action>,
    ) {
        let p = theme::palette(ui.ctx());
        let filtered_out = context.model.faces.row().is_none();
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
            let buttons = Buttons::fitting(ui, bar.width());
            self.buttons_ui(ui, context, buttons, actions);
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
                let photo = parts[0].clone();
                let shares = || shared_start(&photo, &names_around(context));
                let title = title_ui(ui, (parts, shares), &name, tint);
                if has_room {
                    let text = egui::RichText::new(more).size(theme::SMALL).color(ink);
                    ui.add(egui::Label::new(text).selectable(false));
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
    fn buttons_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context,
        buttons: Buttons,
        actions: &mut Vec<Action>,
    ) {
        let mut run = None;
        let views = [Command::ActualSize, Command::Fit];
        if buttons != Buttons::Fewest {
            for command in views {
                let button = chips::chip(ui, command.name(), command.name());
                if context.explained(button, command).clicked() {
                    run = Some(command);
                }
            }
        }
        let boxes = [Command::AddBox, Command::RemoveBox, Command::ResetBox];
        let title = |text: &str| egui::RichText::new(text).size(theme::SMALL);
        match buttons {
            Buttons::Fewest => {
                choice_menu(ui, title(MORE), |ui| {
                    run = commands_ui(ui, context, &views).or(run);
                    ui.separator();
                    run = commands_ui(ui, context, &boxes).or(run);
                    ui.separator();
                    export_menu_ui(ui, context, actions);
                });
            }
            Buttons::Few => {
                export_menu_ui(ui, context, actions);
                choice_menu(ui, title("Box"), |ui| {
                    run = commands_ui(ui, context, &boxes).or(run);
                });
            }
            Buttons::All | Buttons::WithoutLayers => {
                run = self.box_buttons_ui(ui, context, actions).or(run);
            }
        }
        let hidden = context.model.hides(context.model.faces.selected());
        let layers = &mut self.layers;
        lasting_menu(ui, "Layers", |ui| layers.menu_ui(ui))
            .on_hover_text("What is drawn over the photo, how large and how strong");
        for (command, on, text) in [
            (Command::ToggleNames, layers.names.on, "names"),
            (Command::ToggleCircles, layers.circles.on, "α·L"),
            (
                Command::TogglePrediction,
                layers.prediction.on && !hidden,
                "prediction",
            ),
            (Command::ToggleLabels, layers.labels.on, "labels"),
        ]
        .into_iter()
        .filter(|_| buttons == Buttons::All)
        {
            let button = toggle_chip(ui, on, text, command.name());
            if context.explained(button, command).clicked() {
                run = Some(command);
            }
        }
        actions.extend(run.map(Action::Run));
    }

    /// What cannot be used now keeps its place, so that no button stands where another did.
    fn box_buttons_ui(
        &self,
        ui: &mut Ui,
        context: &Context,
        actions: &mut Vec<Action>,
    ) -> Option<Command> {
        let mut run = None;
        let reset = Command::ResetBox;
        let place = placed(
            ui,
            can_change_box(context, reset),
            reset.name(),
            reset.name(),
        );
        if context.explained(place, reset).clicked() {
            run = Some(reset);
        }
        export_menu_ui(ui, context, actions);
        let adding = self.photo.adding;
        let add = toggle_chip(ui, adding, "+ box", Command::AddBox.name());
        if context.explained(add, Command::AddBox).clicked() {
            run = Some(Command::AddBox);
        }
        let remove = Command::RemoveBox;
        let place = placed(ui, can_change_box(context, remove), "− box", remove.name());
        if context.explained(place, remove).clicked() {
            run = Some(remove);
        }
        run
    }
}

/// Whether there is something that a command of the box could do.
fn can_change_box(context: &Context, command: Command) -> bool {
    match command {
        Command::RemoveBox => context.blocked.why(command).is_none(),
        Command::ResetBox => context.model.faces.shown().is_some_and(|face| {
            let moved = (face.face_box, face.source) != face.item.first_box;
            face.hand.is_none() && moved && face.item.picture().is_some()
        }),
        _ => true,
    }
}

/// Commands as entries of a menu; the one that was chosen.
fn commands_ui(ui: &mut Ui, context: &Context, commands: &[Command]) -> Option<Command> {
    let mut run = None;
    for command in commands {
        let enabled = can_change_box(context, *command);
        let button = ui.add_enabled(enabled, egui::Button::new(command.name()));
        if context.explained(button, *command).clicked() {
            run = Some(*command);
        }
    }
    run
}

/// A chip that keeps its place while it can do nothing.
fn placed(ui: &mut Ui, enabled: bool, text: &str, name: &str) -> egui::Response {
    ui.add_enabled_ui(enabled, |ui| chips::chip(ui, text, name))
        .inner
}
