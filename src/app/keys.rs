//! Which key runs which command: each command's own until someone gives it another.

use std::collections::{BTreeMap, HashMap};

use eframe::egui::{self, Event, Key, KeyboardShortcut, Modifiers};

use super::command::Command;

/// The keys that differ from the commands' own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Keys {
    /// `None` is a command whose key was taken away.
    own: HashMap<Command, Option<KeyboardShortcut>>,
}

impl Keys {
    pub fn of(&self, command: Command) -> Option<KeyboardShortcut> {
        let own = self.own.get(&command).copied();
        own.unwrap_or_else(|| command.first_key())
    }

    pub fn set(&mut self, command: Command, key: Option<KeyboardShortcut>) {
        if key == command.first_key() {
            self.own.remove(&command);
        } else {
            self.own.insert(command, key);
        }
    }

    pub fn is_changed(&self, command: Command) -> bool {
        self.own.contains_key(&command)
    }

    pub fn reset_all(&mut self) {
        self.own.clear();
    }

    /// Another command that has this key.
    pub fn clash(&self, key: KeyboardShortcut, command: Command) -> Option<Command> {
        let mut others = Command::ALL.iter().copied().filter(|c| *c != command);
        others.find(|c| self.of(*c) == Some(key))
    }

    /// The commands whose keys were pressed. While someone types, a text field keeps the keys that
    /// write or move in it.
    pub fn pressed(&self, ctx: &egui::Context, typing: bool) -> Vec<Command> {
        let mut all: Vec<(Command, KeyboardShortcut)> = Command::ALL
            .iter()
            .filter(|c| **c != Command::Paste) // comes as an event of its own
            .filter_map(|c| Some((*c, self.of(*c)?)))
            .filter(|(_, key)| !typing || key.modifiers.command || is_function_key(key.logical_key))
            .collect();
        // Those with more modifiers first: Ctrl+Shift+O is not Ctrl+O.
        all.sort_by_key(|(_, key)| {
            let m = key.modifiers;
            std::cmp::Reverse(u8::from(m.shift) + u8::from(m.alt) + u8::from(m.command))
        });
        let mut pressed = Vec::new();
        ctx.input_mut(|i| {
            for (command, key) in all {
                // A keyboard without a plus key of its own says equals.
                let equals = KeyboardShortcut::new(key.modifiers, Key::Equals);
                if i.consume_shortcut(&key)
                    || (key.logical_key == Key::Plus && i.consume_shortcut(&equals))
                {
                    pressed.push(command);
                }
            }
        });
        pressed
    }

    /// As the settings file has them.
    pub fn to_settings(&self) -> BTreeMap<String, String> {
        let words = |key: &Option<KeyboardShortcut>| key.map_or_else(String::new, words);
        self.own.iter().map(|(c, k)| (c.id(), words(k))).collect()
    }

    /// From the settings file; what this version does not know is left out.
    pub fn from_settings(settings: &BTreeMap<String, String>) -> Self {
        let mut keys = Self::default();
        for (id, words) in settings {
            let key = if words.is_empty() {
                Some(None)
            } else {
                parse(words).map(Some)
            };
            if let (Some(command), Some(key)) = (Command::by_id(id), key) {
                keys.set(command, key);
            }
        }
        keys
    }
}

fn is_function_key(key: Key) -> bool {
    let name = key.name();
    name.len() > 1 && name.starts_with('F') && name[1..].bytes().all(|b| b.is_ascii_digit())
}

/// What was pressed since the last frame, if it can be a command's key.
pub fn captured(ctx: &egui::Context) -> Option<KeyboardShortcut> {
    ctx.input_mut(|i| {
        let at = i
            .events
            .iter()
            .position(|e| matches!(e, Event::Key { pressed: true, .. }))?;
        let Event::Key { key, modifiers, .. } = i.events.remove(at) else {
            return None;
        };
        Some(KeyboardShortcut::new(normal(modifiers, key), key))
    })
}

/// Modifiers as commands name them: Ctrl, or the Mac's command key, is one; shift does not count
/// where it only makes the sign.
fn normal(m: Modifiers, key: Key) -> Modifiers {
    let sign = matches!(
        key,
        Key::Questionmark | Key::Plus | Key::Exclamationmark | Key::Colon
    );
    Modifiers {
        alt: m.alt,
        ctrl: false,
        shift: m.shift && !sign,
        mac_cmd: false,
        command: m.command || m.ctrl,
    }
}

fn words(key: KeyboardShortcut) -> String {
    let m = key.modifiers;
    let named = [(m.command, "Ctrl"), (m.alt, "Alt"), (m.shift, "Shift")];
    let mut parts: Vec<&str> = named.iter().filter(|n| n.0).map(|n| n.1).collect();
    parts.push(key.logical_key.name());
    parts.join("+")
}

fn parse(words: &str) -> Option<KeyboardShortcut> {
    let mut modifiers = Modifiers::NONE;
    let (rest, key) = words.rsplit_once('+').unwrap_or(("", words));
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

    #[test]
    fn keys_come_back_from_settings_and_clashes_are_found() {
        let mut keys = Keys::default();
        let key = KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::J);
        keys.set(Command::Fit, Some(key));
        keys.set(Command::ActualSize, None);
        let mut kept = keys.to_settings();
        assert_eq!(kept["Fit"], "Ctrl+Shift+J");
        kept.insert("NoSuchCommand".into(), "Ctrl+J".into());
        kept.insert("Open".into(), "Hyper+?".into());
        assert_eq!(Keys::from_settings(&kept), keys);
        assert_eq!(keys.clash(key, Command::Open), Some(Command::Fit));
        assert_eq!(keys.clash(key, Command::Fit), None);
        keys.set(Command::Fit, Command::Fit.first_key());
        assert!(!keys.is_changed(Command::Fit));
    }

    #[test]
    fn every_commands_own_key_can_be_written_and_read() {
        for command in Command::ALL {
            if let Some(key) = command.first_key() {
                assert_eq!(parse(&words(key)), Some(key), "{command:?}");
            }
        }
    }

    #[test]
    fn what_is_pressed_is_named_as_commands_name_it() {
        let pressed = Modifiers {
            ctrl: true,
            command: true,
            ..Modifiers::NONE
        };
        let key = KeyboardShortcut::new(normal(pressed, Key::O), Key::O);
        assert_eq!(Some(key), Command::Open.first_key());
        let sign = KeyboardShortcut::new(
            normal(Modifiers::SHIFT, Key::Questionmark),
            Key::Questionmark,
        );
        assert_eq!(Some(sign), Command::Help.first_key());
    }
}
