//! What a command's button says under the pointer, and why it can do nothing now.

use eframe::egui::Response;

use super::Studio;
use crate::app::command::{Command, hint};

impl Studio {
    /// A command's sentence and key under the pointer.
    pub(in crate::app) fn explained(&self, response: Response, command: Command) -> Response {
        let response = hint::hint(response, command, &self.keys);
        if response.enabled() {
            return response;
        }
        let about = hint::about(&response.ctx, command, self.keys.of(command));
        let why = self.blocked(command).unwrap_or("not now");
        response.on_disabled_hover_text(format!("{about}\n{why}"))
    }
}
