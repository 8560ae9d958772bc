//! What stands under the pointer at a command's button: its sentence and its key.

use eframe::egui::{self, Response, Role, WidgetInfo};

use super::Command;
use super::keys::{self, Keys};

/// A command's sentence and key under the pointer, and its name for screen readers.
pub fn tooltip(response: Response, command: Command, keys: &Keys) -> Response {
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, command.name()));
    hint(response, command, keys)
}

/// As [`tooltip`], for what has a name of its own.
pub fn hint(response: Response, command: Command, keys: &Keys) -> Response {
    let key = keys.of(command);
    response.on_hover_ui(move |ui| {
        ui.label(about(ui.ctx(), command, key));
    })
}

/// A command's sentence and its key.
pub fn about(ctx: &egui::Context, command: Command, key: Option<egui::KeyboardShortcut>) -> String {
    let about = command.about();
    match key {
        Some(key) => format!("{about}  ({})", keys::shown(ctx, &key)),
        None => about.to_owned(),
    }
}
