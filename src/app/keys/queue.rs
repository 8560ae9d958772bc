//! Keys are read one after the other, however many come in one frame. On a slow frame a key that
//! opens a field and the words meant for it arrive together, and so do words and the Enter after
//! them. What comes after a key that may change who reads the keys waits for the next frame, in
//! which the field is there.

use eframe::egui::{self, Event, Key};

/// Events that wait, and whether a field is written in.
#[derive(Default)]
pub struct Queue {
    held: Vec<Event>,
    /// Whether someone types, as of the last frame.
    pub typing: bool,
}

impl Queue {
    /// Events of this frame that are to be read in the next one, before those that wait already.
    pub fn hold(&mut self, events: Vec<Event>) {
        self.held.splice(0..0, events);
    }
}

impl egui::Plugin for Queue {
    fn debug_name(&self) -> &'static str {
        "keys"
    }

    fn input_hook(&mut self, ctx: &egui::Context, input: &mut egui::RawInput) {
        let mut events = std::mem::take(&mut self.held);
        events.append(&mut input.events);
        self.held = events.split_off(frame_end(&events, self.typing));
        input.events = events;
        if !self.held.is_empty() {
            ctx.request_repaint();
        }
    }
}

/// Whether an event is something typed.
pub fn is_typed(event: &Event) -> bool {
    matches!(
        event,
        Event::Key { .. }
            | Event::Text(_)
            | Event::Copy
            | Event::Cut
            | Event::Paste(_)
            | Event::Ime(_)
    )
}

/// How many of the events one frame can take. Escape, Tab, Enter and a click may move the focus,
/// and of these the window's toolkit does Escape and Tab before anything that is typed.
fn frame_end(events: &[Event], typing: bool) -> usize {
    let (mut typed, mut moved) = (false, false);
    for (i, event) in events.iter().enumerate() {
        match event {
            Event::PointerButton { pressed: false, .. } => moved = true,
            Event::Key { pressed: false, .. } => {}
            event if is_typed(event) => {
                if moved {
                    return i;
                }
                let key = match event {
                    Event::Key { key, .. } => Some(*key),
                    _ => None,
                };
                if typing && typed && matches!(key, Some(Key::Escape | Key::Tab)) {
                    return i;
                }
                moved = matches!(key, Some(Key::Escape | Key::Tab | Key::Enter));
                typed = true;
            }
            _ => {}
        }
    }
    events.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::{Modifiers, PointerButton, pos2};

    fn key(key: Key, pressed: bool) -> Event {
        Event::Key {
            key,
            physical_key: None,
            pressed,
            repeat: false,
            modifiers: Modifiers::NONE,
        }
    }

    #[test]
    fn a_frame_ends_where_the_focus_may_move() {
        let text = |t: &str| Event::Text(t.into());
        let (enter, up) = (key(Key::Enter, true), key(Key::Enter, false));
        let burst = [text("a"), enter.clone(), up, text("b"), enter];
        assert_eq!(frame_end(&burst, true), 3);
        assert_eq!(frame_end(&burst[3..], true), 2);
        let burst = [text("a"), key(Key::Escape, true), text("b")];
        assert_eq!(frame_end(&burst, true), 1);
        assert_eq!(frame_end(&burst, false), 2);
        assert_eq!(frame_end(&burst[1..], true), 1);
        let click = Event::PointerButton {
            pos: pos2(1.0, 1.0),
            button: PointerButton::Primary,
            pressed: false,
            modifiers: Modifiers::NONE,
        };
        assert_eq!(frame_end(&[click.clone(), text("a")], false), 1);
        assert_eq!(frame_end(&[text("a"), click], false), 2);
        // Held keys come at once.
        let downs = [const { Key::ArrowDown }; 5].map(|k| key(k, true));
        assert_eq!(frame_end(&downs, false), 5);
    }
}
