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

/// A pointer that moves by more than this between press and release drags, in points.
const CLICK: f32 = 6.0;

/// How many of the events one frame can take. Escape, Tab, Enter and a click may move the focus,
/// and of these the window's toolkit does Escape and Tab before anything that is typed. It also
/// takes a press and a click for where the pointer is at the frame's end, and with the modifiers
/// that are held then. A press takes the focus from a field before the field has read its letters,
/// which would be lost.
fn frame_end(events: &[Event], typing: bool) -> usize {
    let (mut typed, mut moved) = (false, false);
    for (i, event) in events.iter().enumerate() {
        match event {
            Event::PointerButton { pressed: true, .. } if typed => return i,
            Event::PointerButton { .. } if is_left_behind(event, &events[i + 1..]) => {
                return i + 1;
            }
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

/// Whether the pointer or the modifiers are others at the end of `rest`, before the next click is
/// done, than when this button went down or up. Two clicks in one place are a double click, for
/// which they have to stay together.
fn is_left_behind(button: &Event, rest: &[Event]) -> bool {
    let Event::PointerButton {
        pos,
        modifiers,
        pressed,
        ..
    } = button
    else {
        return false;
    };
    for event in rest {
        match event {
            Event::PointerMoved(to) | Event::PointerButton { pos: to, .. }
                if to.distance(*pos) > CLICK =>
            {
                return true;
            }
            Event::ModifiersChanged(now) if now != modifiers => return true,
            Event::PointerButton { pressed: false, .. } => return false,
            Event::MouseWheel { .. } if !pressed => return true,
            _ => {}
        }
    }
    false
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
        assert_eq!(frame_end(&[text("a"), click.clone()], false), 2);
        assert_eq!(frame_end(&[click.clone(), key(Key::A, false)], false), 2);
        // The last letters of a path, and the click on what takes it.
        let mut press = click.clone();
        if let Event::PointerButton { pressed, .. } = &mut press {
            *pressed = true;
        }
        let burst = [key(Key::A, true), text("a"), press, click];
        assert_eq!(frame_end(&burst, true), 2);
        assert_eq!(frame_end(&burst[2..], true), 2);
        // Held keys come at once.
        let downs = [const { Key::ArrowDown }; 5].map(|k| key(k, true));
        assert_eq!(frame_end(&downs, false), 5);
    }
    #[test]
    fn a_click_counts_where_it_was_made_and_with_what_was_held() {
        const CTRL: Modifiers = Modifiers::COMMAND;
        let none = Modifiers::NONE;
        let button = |x: f32, pressed, modifiers| Event::PointerButton {
            pos: pos2(x, 1.0),
            button: PointerButton::Primary,
            pressed,
            modifiers,
        };
        let to = |x: f32| Event::PointerMoved(pos2(x, 1.0));
        let held = Event::ModifiersChanged;
        let one = |x: f32| {
            [
                to(x),
                held(CTRL),
                button(x, true, CTRL),
                button(x, false, CTRL),
                held(none),
            ]
        };
        // Two Ctrl-clicks in two places: each with its Ctrl.
        let burst = [one(1.0), one(40.0)].concat();
        assert_eq!(frame_end(&burst, false), 4);
        assert_eq!(frame_end(&burst[4..], false), 5);
        // Plain ones, and the Ctrl that comes after them.
        let click = |x: f32| [button(x, true, none), button(x, false, none)];
        let burst = [click(1.0), click(40.0)].concat();
        assert_eq!(frame_end(&burst, false), 2);
        let burst = [click(1.0).to_vec(), vec![held(Modifiers::SHIFT)]].concat();
        assert_eq!(frame_end(&burst, false), 2);
        // A hand that trembles still clicks twice in one place.
        let twice = [button(1.0, true, none), to(3.0), button(2.0, false, none)];
        let burst = [twice.clone(), twice].concat();
        assert_eq!(frame_end(&burst, false), 6);
        // What is dragged is what lay under the pointer first.
        let burst = [
            to(1.0),
            button(1.0, true, none),
            to(3.0),
            to(90.0),
            button(90.0, false, none),
        ];
        assert_eq!(frame_end(&burst, false), 2);
        assert_eq!(frame_end(&burst[2..], false), 3);
    }
}
