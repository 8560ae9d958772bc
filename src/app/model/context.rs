//! What a pane is given to read while it is drawn.

use std::collections::HashMap;

use eframe::egui::Response;

use super::Model;
use crate::app::command::keys::Keys;
use crate::app::command::{Command, hint};

/// The window as a pane sees it; it answers with actions.
pub struct Context<'a> {
    pub model: &'a Model,
    pub keys: &'a Keys,
    pub blocked: &'a Blocked,
    /// Whether labels are mended here: the Review workspace is shown.
    pub reviewing: bool,
    /// What was said last, where the review says it beside the photo.
    pub news: Option<&'a str>,
    /// Whether something is being opened.
    pub is_opening: bool,
}

impl Context<'_> {
    /// A command's sentence and key under the pointer, and why it can do nothing now.
    pub fn explained(&self, response: Response, command: Command) -> Response {
        let response = hint::hint(response, command, self.keys);
        if response.enabled() {
            return response;
        }
        let about = hint::about(&response.ctx, command, self.keys.of(command));
        let why = self.blocked.why(command).unwrap_or("not now");
        response.on_disabled_hover_text(format!("{about}\n{why}"))
    }
}

/// The commands that can do nothing now, and why.
#[derive(Default)]
pub struct Blocked(HashMap<Command, &'static str>);

impl Blocked {
    pub fn new(why: impl Fn(Command) -> Option<&'static str>) -> Self {
        let all = Command::ALL.iter().copied();
        Self(all.filter_map(|c| Some((c, why(c)?))).collect())
    }

    pub fn why(&self, command: Command) -> Option<&'static str> {
        self.0.get(&command).copied()
    }
}
