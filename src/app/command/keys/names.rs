//! How keys are written: for people with the signs on their keys, in the settings file with names
//! that no sign can be taken for.

use eframe::egui::{self, Key, KeyboardShortcut, ModifierNames, Modifiers};

/// A key as it stands on the keyboard: "Ctrl+[", "Page Up", "↑".
pub fn shown(ctx: &egui::Context, key: &KeyboardShortcut) -> String {
    let mac = ctx.os().is_mac();
    let names = match mac {
        true => ModifierNames::SYMBOLS,
        false => ModifierNames::NAMES,
    };
    let modifiers = names.format(&key.modifiers, mac);
    let between = match modifiers.is_empty() {
        true => "",
        false => names.concat,
    };
    format!("{modifiers}{between}{}", on_keyboard(key.logical_key))
}

/// The sign or the words on a key.
fn on_keyboard(key: Key) -> &'static str {
    match key {
        Key::ArrowUp => "↑",
        Key::ArrowDown => "↓",
        Key::ArrowLeft => "←",
        Key::ArrowRight => "→",
        Key::PageUp => "Page Up",
        Key::PageDown => "Page Down",
        Key::Escape => "Esc",
        Key::CapsLock => "Caps Lock",
        Key::NumLock => "Num Lock",
        Key::ScrollLock => "Scroll Lock",
        Key::PrintScreen => "Print Screen",
        other => sign(other).unwrap_or(other.name()),
    }
}

/// The sign that a key writes, for those that write one and are no letters.
pub fn sign(key: Key) -> Option<&'static str> {
    Some(match key {
        Key::Colon => ":",
        Key::Comma => ",",
        Key::Minus => "-",
        Key::Period => ".",
        Key::Plus => "+",
        Key::Equals => "=",
        Key::Semicolon => ";",
        Key::Backslash => "\\",
        Key::Slash => "/",
        Key::Pipe => "|",
        Key::Questionmark => "?",
        Key::Exclamationmark => "!",
        Key::OpenBracket => "[",
        Key::CloseBracket => "]",
        Key::OpenCurlyBracket => "{",
        Key::CloseCurlyBracket => "}",
        Key::Backtick => "`",
        Key::Quote => "'",
        Key::Num0
        | Key::Num1
        | Key::Num2
        | Key::Num3
        | Key::Num4
        | Key::Num5
        | Key::Num6
        | Key::Num7
        | Key::Num8
        | Key::Num9 => key.name(),
        _ => return None,
    })
}

/// Whether it is Shift or the like, which is no key of its own.
pub fn is_modifier(key: Key) -> bool {
    matches!(
        key,
        Key::ShiftLeft
            | Key::ShiftRight
            | Key::ControlLeft
            | Key::ControlRight
            | Key::AltLeft
            | Key::AltRight
            | Key::SuperLeft
            | Key::SuperRight
            | Key::CapsLock
            | Key::NumLock
            | Key::Fn
    )
}

/// As the settings file has a key.
pub fn shortcut_text(key: KeyboardShortcut) -> String {
    let m = key.modifiers;
    let named = [(m.command, "Ctrl"), (m.alt, "Alt"), (m.shift, "Shift")];
    let mut parts: Vec<&str> = named.iter().filter(|n| n.0).map(|n| n.1).collect();
    parts.push(key.logical_key.name());
    parts.join("+")
}

/// From the settings file, which may have been written by hand with signs.
pub fn parse(text: &str) -> Option<KeyboardShortcut> {
    let (rest, key) = match text.strip_suffix("++") {
        Some(rest) => (rest, "+"),
        None if text == "+" => ("", "+"),
        None => text.rsplit_once('+').unwrap_or(("", text)),
    };
    let mut modifiers = Modifiers::NONE;
    for part in rest.split('+').filter(|p| !p.is_empty()) {
        modifiers = modifiers.plus(match part {
            "Ctrl" => Modifiers::COMMAND,
            "Alt" => Modifiers::ALT,
            "Shift" => Modifiers::SHIFT,
            _ => return None,
        });
    }
    Some(KeyboardShortcut::new(modifiers, Key::from_name(key)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::command::Command;

    #[test]
    fn every_key_can_be_written_and_read() {
        let all = [Modifiers::COMMAND, Modifiers::ALT, Modifiers::SHIFT];
        for key in Key::ALL {
            for held in 0..8 {
                let held = (0..3).filter(|n| held & (1 << n) != 0);
                let modifiers = held.fold(Modifiers::NONE, |m, n| m.plus(all[n]));
                let key = KeyboardShortcut::new(modifiers, *key);
                let written = shortcut_text(key);
                assert!(!written.contains(' '), "{written}");
                assert_eq!(parse(&written), Some(key), "{written}");
            }
        }
        for command in Command::ALL {
            for key in command.first_keys() {
                assert_eq!(parse(&shortcut_text(key)), Some(key), "{command:?}");
            }
        }
    }

    #[test]
    fn what_was_written_by_hand_with_signs_is_read() {
        let ctrl = |key| Some(KeyboardShortcut::new(Modifiers::COMMAND, key));
        assert_eq!(parse("Ctrl+["), ctrl(Key::OpenBracket));
        assert_eq!(parse("Ctrl++"), ctrl(Key::Plus));
        assert_eq!(
            parse("+"),
            Some(KeyboardShortcut::new(Modifiers::NONE, Key::Plus))
        );
        assert_eq!(parse("Ctrl+OpenBracket"), ctrl(Key::OpenBracket));
        assert_eq!(parse("Hyper+A"), None);
        assert_eq!(parse("Ctrl+"), None, "no key at all is none");
    }

    #[test]
    fn people_read_what_stands_on_the_keys() {
        let ctx = egui::Context::default();
        ctx.set_os(egui::os::OperatingSystem::Nix);
        let shown = |m, key| shown(&ctx, &KeyboardShortcut::new(m, key));
        let none = Modifiers::NONE;
        assert_eq!(shown(none, Key::OpenBracket), "[");
        assert_eq!(shown(none, Key::Comma), ",");
        assert_eq!(shown(Modifiers::COMMAND, Key::Period), "Ctrl+.");
        assert_eq!(shown(none, Key::PageUp), "Page Up");
        assert_eq!(shown(Modifiers::SHIFT, Key::ArrowUp), "Shift+↑");
        assert_eq!(
            shown(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z),
            "Ctrl+Shift+Z"
        );
        // No name of two words run together stays, whatever the key.
        for key in Key::ALL {
            let name = on_keyboard(*key);
            let inner = name.chars().skip(1).collect::<String>();
            let run_together = inner.chars().any(char::is_uppercase);
            let rare = ["Browser", "Media", "Audio", "Launch"];
            let is_rare = rare.iter().any(|r| name.starts_with(r)) || name == "IntlBackslash";
            let spaced = name.contains(' ') || is_modifier(*key);
            assert!(!run_together || is_rare || spaced, "{name}");
        }
    }
}
