//! What was pressed, as commands name it. Modifiers count exactly: Ctrl+Shift+Z is not Ctrl+Z.
//! Only where Shift (or AltGr) merely makes the sign, as for ? on most layouts and / on many, it
//! does not count.

use eframe::egui::{Event, Key, KeyboardShortcut, Modifiers};

use crate::app::command::keys::names::{is_modifier, sign};

/// A key that went down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Press {
    pub key: KeyboardShortcut,
    /// The digit of the same key, where the layout has another sign there without Shift.
    pub digit: Option<KeyboardShortcut>,
}

impl Press {
    /// `next` is the event that follows, which has what the key writes. Shift and the like alone
    /// are no press: they come before the key that is meant.
    pub fn of(event: &Event, next: Option<&Event>) -> Option<Self> {
        let (key, physical, modifiers) = match event {
            Event::Key {
                key,
                physical_key,
                pressed: true,
                modifiers,
                ..
            } if !is_modifier(*key) => (*key, *physical_key, *modifiers),
            // These come in place of the keys.
            Event::Copy => (Key::C, None, Modifiers::COMMAND),
            Event::Cut => (Key::X, None, Modifiers::COMMAND),
            _ => return None,
        };
        let wrote = match next {
            Some(Event::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        let mut held = named(modifiers);
        if is_made_by_shift(key, physical, wrote) {
            held.shift = false;
            if held.alt && physical != Some(key) {
                // AltGr, which some systems report as Ctrl and Alt together.
                (held.alt, held.command) = (false, false);
            }
        }
        let digit = physical
            .filter(|p| is_digit(*p) && *p != key && sign(key).is_some())
            .filter(|_| held.command && !modifiers.shift)
            .map(|p| KeyboardShortcut::new(held, p));
        Some(Self {
            key: KeyboardShortcut::new(held, key),
            digit,
        })
    }
}

/// Modifiers as commands name them: Ctrl, or the Mac's command key, is one.
fn named(m: Modifiers) -> Modifiers {
    Modifiers {
        alt: m.alt,
        ctrl: false,
        shift: m.shift,
        mac_cmd: false,
        command: m.command || m.ctrl,
    }
}

/// Whether the key was reached as a sign, so that Shift and AltGr are part of it.
fn is_made_by_shift(key: Key, physical: Option<Key>, wrote: Option<&str>) -> bool {
    let Some(sign) = sign(key) else {
        return false;
    };
    if let Some(wrote) = wrote {
        return wrote == sign;
    }
    // With Ctrl nothing is written.
    match key {
        // No keyboard has these without Shift, but on keys of their own.
        Key::Questionmark
        | Key::Exclamationmark
        | Key::Colon
        | Key::Plus
        | Key::Pipe
        | Key::OpenCurlyBracket
        | Key::CloseCurlyBracket => true,
        // Shift and a digit's key come as the digit where the sign has no name here.
        key if is_digit(key) => false,
        key => physical.is_some_and(|p| p != key),
    }
}

fn is_digit(key: Key) -> bool {
    let name = key.name();
    name.len() == 1 && name.as_bytes()[0].is_ascii_digit()
}

fn is_function_key(key: Key) -> bool {
    let name = key.name();
    name.len() > 1 && name.starts_with('F') && name[1..].bytes().all(|b| b.is_ascii_digit())
}

/// Whether a text field that is written in keeps this key: it writes, moves or edits there.
pub fn is_kept_by_fields(key: KeyboardShortcut) -> bool {
    if is_function_key(key.logical_key) {
        return false;
    }
    !key.modifiers.command
        || matches!(
            key.logical_key,
            Key::A
                | Key::C
                | Key::V
                | Key::X
                | Key::Y
                | Key::Z
                | Key::ArrowLeft
                | Key::ArrowRight
                | Key::ArrowUp
                | Key::ArrowDown
                | Key::Home
                | Key::End
                | Key::Backspace
                | Key::Delete
        )
}

/// Whether `text` is what this key writes.
pub fn writes(key: Key, text: &str) -> bool {
    let mut signs = text.chars();
    let (Some(first), None) = (signs.next(), signs.next()) else {
        return false;
    };
    // Keys of other scripts come as the Latin key in the same place.
    !first.is_ascii()
        || sign(key) == Some(text)
        || key.name().eq_ignore_ascii_case(text)
        || (key == Key::Space && first == ' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::command::keys::Keys;
    use crate::app::command::{Command, ListCommand, Scope};

    fn event(key: Key, physical: Option<Key>, modifiers: Modifiers) -> Event {
        Event::Key {
            key,
            physical_key: physical,
            pressed: true,
            repeat: false,
            modifiers,
        }
    }

    /// The command that is run by a key, where the layout has it, with what it writes.
    fn runs(key: Key, physical: Key, m: Modifiers, wrote: &str) -> Option<Command> {
        let text = Event::Text(wrote.into());
        let next = (!wrote.is_empty()).then_some(&text);
        let press = Press::of(&event(key, Some(physical), m), next)?;
        Keys::default().command(&press, &[Scope::Window])
    }

    const NONE: Modifiers = Modifiers::NONE;
    const SHIFT: Modifiers = Modifiers::SHIFT;
    const CTRL: Modifiers = Modifiers {
        ctrl: true,
        command: true,
        ..Modifiers::NONE
    };

    #[test]
    fn shift_that_makes_the_sign_does_not_count() {
        // American, German and French keyboards.
        assert_eq!(
            runs(Key::Questionmark, Key::Slash, SHIFT, "?"),
            Some(Command::Help)
        );
        assert_eq!(
            runs(Key::Questionmark, Key::Minus, SHIFT, "?"),
            Some(Command::Help)
        );
        assert_eq!(
            runs(Key::Questionmark, Key::M, SHIFT, "?"),
            Some(Command::Help)
        );
        assert_eq!(
            runs(Key::Slash, Key::Slash, NONE, "/"),
            Some(Command::List(ListCommand::SearchNames))
        );
        assert_eq!(
            runs(Key::Slash, Key::Num7, SHIFT, "/"),
            Some(Command::List(ListCommand::SearchNames))
        );
        assert_eq!(
            runs(Key::Num1, Key::Num1, SHIFT, "1"),
            Some(Command::ActualSize)
        );
        let larger = Some(Command::ZoomIn);
        assert_eq!(runs(Key::Plus, Key::Equals, CTRL.plus(SHIFT), ""), larger);
        assert_eq!(runs(Key::Equals, Key::Equals, CTRL, ""), larger);
        assert_eq!(runs(Key::Plus, Key::CloseBracket, CTRL, ""), larger);
        // The numpad.
        assert_eq!(runs(Key::Plus, Key::Plus, CTRL, ""), larger);
        assert_eq!(
            runs(Key::Minus, Key::Minus, CTRL, ""),
            Some(Command::ZoomOut)
        );
        assert_eq!(
            runs(Key::Num2, Key::Num2, CTRL, ""),
            Some(Command::Features)
        );
        // AltGr, as it comes on three systems.
        let alt = Modifiers::ALT;
        for m in [NONE, alt, CTRL.plus(alt)] {
            assert_eq!(
                runs(Key::OpenBracket, Key::Num8, m, ""),
                Some(Command::PreviousLayer),
                "{m:?}"
            );
        }
    }

    #[test]
    fn shift_that_does_not_make_the_sign_counts() {
        assert_eq!(runs(Key::Comma, Key::Comma, SHIFT, "<"), None);
        assert_eq!(runs(Key::Num1, Key::Num1, CTRL.plus(SHIFT), ""), None);
        assert_eq!(runs(Key::Num3, Key::Num3, SHIFT, "#"), None);
        assert_eq!(runs(Key::Minus, Key::Minus, CTRL.plus(SHIFT), ""), None);
        assert_eq!(
            runs(Key::OpenBracket, Key::OpenBracket, Modifiers::ALT, "["),
            None
        );
        assert_eq!(runs(Key::M, Key::M, SHIFT, "M"), Some(Command::HearAll));
        assert_eq!(runs(Key::M, Key::M, NONE, "m"), Some(Command::Mute));
        assert_eq!(runs(Key::ArrowLeft, Key::ArrowLeft, SHIFT, ""), None);
        assert_eq!(runs(Key::Q, Key::Q, CTRL.plus(SHIFT), ""), None);
    }

    #[test]
    fn digits_are_reached_where_they_need_shift() {
        // French: the key of 4 writes a quote.
        assert_eq!(runs(Key::Quote, Key::Num4, CTRL, ""), Some(Command::Report));
        assert_eq!(runs(Key::Quote, Key::Num4, NONE, "'"), None);
        // A sign that has a command of its own is that.
        assert_eq!(
            runs(Key::Minus, Key::Num6, CTRL, ""),
            Some(Command::ZoomOut)
        );
    }

    #[test]
    fn a_field_keeps_what_edits_in_it() {
        let keeps = |m, key| is_kept_by_fields(KeyboardShortcut::new(m, key));
        let ctrl = Modifiers::COMMAND;
        for (m, key) in [
            (NONE, Key::F),
            (SHIFT, Key::M),
            (NONE, Key::ArrowDown),
            (NONE, Key::Home),
            (NONE, Key::Delete),
            (ctrl, Key::Z),
            (ctrl.plus(SHIFT), Key::Z),
            (ctrl, Key::Y),
            (ctrl, Key::Backspace),
        ] {
            assert!(keeps(m, key), "{m:?} {key:?}");
        }
        for (m, key) in [(ctrl, Key::P), (ctrl, Key::Enter), (NONE, Key::F11)] {
            assert!(!keeps(m, key), "{m:?} {key:?}");
        }
    }

    #[test]
    fn modifiers_alone_are_no_press() {
        for key in [
            Key::ControlLeft,
            Key::ShiftRight,
            Key::AltRight,
            Key::SuperLeft,
        ] {
            assert_eq!(Press::of(&event(key, Some(key), CTRL), None), None);
        }
        let copied = Press::of(&Event::Copy, None).unwrap();
        assert_eq!(
            copied.key,
            KeyboardShortcut::new(Modifiers::COMMAND, Key::C)
        );
    }

    #[test]
    fn a_key_is_told_by_what_it_writes() {
        assert!(writes(Key::F, "f") && writes(Key::F, "F") && writes(Key::Slash, "/"));
        assert!(writes(Key::F, "а"), "the Cyrillic key in its place");
        assert!(!writes(Key::F, "e") && !writes(Key::F, "ff") && !writes(Key::F, ""));
    }
}
