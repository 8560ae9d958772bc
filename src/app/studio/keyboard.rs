//! What is typed, key by key in the order in which it came: the key of a command, a key of what
//! lies over the panes, or something for the field that is written in. When a key changes who
//! reads the keys, those after it wait for the next frame.

use std::collections::VecDeque;

use eframe::egui::{self, Event, FocusDirection, Key, LayerId, Popup};

use crate::app::command::Command;
use crate::app::command::keys;
use crate::app::command::keys::{Press, Queue};
use crate::app::command::pane::Pane;
use crate::app::features::EXPORT;
use crate::app::studio::Studio;
use crate::app::studio::overlays::{ABOUT, KEYS, Reader};
use crate::app::studio::palette;
use crate::app::widgets::dialog::window_id;

impl Studio {
    /// Does what was typed, and leaves to the fields what is meant for them.
    pub(super) fn take_keys(&mut self, ctx: &egui::Context) {
        self.overlays.fields_wait = false;
        let events = ctx.input_mut(|i| std::mem::take(&mut i.events));
        let mut events = VecDeque::from(events);
        let mut left = Vec::new();
        while let Some(event) = events.pop_front() {
            let before = (self.reader(ctx), self.reviewed());
            if self.overlays.has_moves() && is_written(&event) {
                events.push_front(event);
                hold(ctx, &mut events, &mut left);
                break;
            }
            if !self.take(ctx, &event, events.front()) {
                left.push(event);
                continue;
            }
            // What the key writes is not for the field that it opened.
            if let (Event::Key { key, .. }, Some(Event::Text(text))) = (&event, events.front())
                && keys::writes(*key, text)
            {
                events.pop_front();
            }
            // Nor is a key for a face that was not drawn yet.
            if (self.reader(ctx), self.reviewed()) != before {
                hold(ctx, &mut events, &mut left);
                break;
            }
        }
        ctx.input_mut(|i| i.events = left);
    }

    /// The face whose labels are mended.
    fn reviewed(&self) -> Option<usize> {
        let index = self.model.faces.selected();
        self.is_reviewing().then_some(index)
    }

    /// Tells the queue of keys who will read those of the next frame.
    pub(super) fn tell_reader(&self, ctx: &egui::Context) {
        let typing = self.reader(ctx).is_some();
        ctx.with_plugin(|queue: &mut Queue| queue.typing = typing);
    }

    /// Who reads what is typed; commands, where that is nobody.
    fn reader(&self, ctx: &egui::Context) -> Option<Reader> {
        // The palette's field has the focus a frame longer than it is there.
        let gone = || ctx.memory(|m| m.focused()) == Some(palette::field_id());
        let field = || (ctx.text_edit_focused() && !gone()).then_some(Reader::Field);
        self.overlays.reader().or_else(field)
    }

    /// Whether this was done; what was not is for whoever has the focus.
    fn take(&mut self, ctx: &egui::Context, event: &Event, next: Option<&Event>) -> bool {
        let typing = self.reader(ctx).is_some();
        match event {
            Event::Paste(text) if !typing && !self.is_covered(ctx) => {
                self.opening.paste(text.clone(), self.schema());
                return true;
            }
            Event::PasteImage(picture) if !self.is_covered(ctx) => {
                self.opening.paste_picture(picture.clone());
                return true;
            }
            _ => {}
        }
        let Some(press) = Press::of(event, next) else {
            return false;
        };
        if self.overlays.press(&press, &mut self.keys) {
            return true;
        }
        if press.key.logical_key == Key::Escape && press.key.modifiers.is_none() {
            return self.escape(ctx);
        }
        let kept = typing && keys::is_kept_by_fields(press.key);
        // What a question over the window is about must not change under it, and a list that is
        // open is what keys are meant for.
        if kept || self.is_asking(ctx) || Popup::is_any_open(ctx) {
            return false;
        }
        let dialog = self.dialogs().next().is_some();
        if !dialog && self.moves_in_maps(&press) {
            return true;
        }
        let Some(command) = self.keys.command(&press, &self.scopes()) else {
            return false;
        };
        if dialog && !lies_above(command) {
            return false;
        }
        if let (Event::Key { repeat: true, .. }, Command::Mend(mend)) = (event, command)
            && mend.is_once_a_press()
        {
            return true;
        }
        self.run(ctx, command);
        // The toolkit has seen the key already, and would move the focus for Tab and arrows.
        ctx.memory_mut(|m| m.move_focus(FocusDirection::None));
        true
    }

    /// Whether a question lies over the window.
    fn is_asking(&self, ctx: &egui::Context) -> bool {
        let above = ctx.memory(|m| m.top_modal_layer());
        // One that was closed by the last key is none either.
        let dialogs = [KEYS, ABOUT, EXPORT].map(window_id);
        let dialog = |layer: LayerId| dialogs.contains(&layer.id);
        self.overlays.question.is_some() || above.is_some_and(|layer| !dialog(layer))
    }

    /// The dialogs that are open, by their titles.
    fn dialogs(&self) -> impl Iterator<Item = &'static str> {
        let export = self.panels.features.export_is_open();
        let export = (export && self.layout.sees(Pane::Maps)).then_some(EXPORT);
        self.overlays.windows().chain(export)
    }

    /// Whether something lies over the panes that what is typed is meant for.
    fn is_covered(&self, ctx: &egui::Context) -> bool {
        let dialog = self.dialogs().next().is_some();
        dialog || self.is_asking(ctx) || Popup::is_any_open(ctx)
    }

    /// Closes what lies on top, or ends what was begun; whether there was something.
    fn escape(&mut self, ctx: &egui::Context) -> bool {
        if self.is_asking(ctx) || Popup::is_any_open(ctx) {
            return false; // these close themselves
        }
        if self.overlays.close_palette() {
            return true;
        }
        let open: Vec<&str> = self.dialogs().collect();
        if let Some(title) = topmost(ctx, &open) {
            match title == EXPORT {
                true => self.panels.features.close_export(),
                false => self.overlays.close_window(title),
            }
            return true;
        }
        // It has left the field that was written in.
        let was_typing = ctx.with_plugin(|queue: &mut Queue| queue.typing);
        if was_typing == Some(true) {
            return false;
        }
        std::mem::take(&mut self.panels.canvas.photo.adding)
            || std::mem::take(&mut self.panels.canvas.photo.placing)
            || self.model.item.take().is_some()
            || self.toasts.dismiss()
            || self.end_search()
    }
}

/// Whether a command is done while a dialog is open: those that open and close what lies over the
/// panes, and the end of the program.
fn lies_above(command: Command) -> bool {
    use Command::{About, ExportFigure, Help, Palette, Quit};
    matches!(command, About | ExportFigure | Help | Palette | Quit)
}

/// The window that lies above the others.
fn topmost<'a>(ctx: &egui::Context, titles: &[&'a str]) -> Option<&'a str> {
    let layers: Vec<egui::Id> = ctx.memory(|m| m.layer_ids().map(|l| l.id).collect());
    let height = |title: &&&str| {
        let id = window_id(title);
        layers.iter().position(|l| *l == id)
    };
    titles.iter().max_by_key(height).copied()
}

/// Whether something is typed that is not a key of the palette's.
fn is_written(event: &Event) -> bool {
    match event {
        Event::Key { key, pressed, .. } if !keys::is_modifier(*key) => {
            let moves = [
                Key::ArrowDown,
                Key::ArrowUp,
                Key::PageDown,
                Key::PageUp,
                Key::Enter,
            ];
            *pressed && !moves.contains(key)
        }
        Event::Key { .. } => false,
        event => keys::is_typed(event),
    }
}

/// What is typed from here on waits for the next frame; all else is for this one.
fn hold(ctx: &egui::Context, events: &mut VecDeque<Event>, left: &mut Vec<Event>) {
    let (typed, rest): (Vec<_>, Vec<_>) = events.drain(..).partition(keys::is_typed);
    left.extend(rest);
    if typed.is_empty() {
        return;
    }
    ctx.with_plugin(|queue: &mut Queue| queue.hold(typed));
    // The toolkit has seen them already, and would move the focus for them.
    ctx.memory_mut(|m| m.move_focus(FocusDirection::None));
    ctx.request_repaint();
}
