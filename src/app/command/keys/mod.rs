//! Which keys run which command: each command's own until someone gives it others. What was
//! pressed is in [`press`], how keys are written in [`names`], and the order in which a burst of
//! them is read in [`queue`].

mod names;
mod press;
mod queue;

use std::collections::{BTreeMap, HashMap};

use eframe::egui::{Key, KeyboardShortcut};

use crate::app::command::{Command, Scope};
pub use names::{is_modifier, shown};
use names::{parse, shortcut_text};
pub use press::{Press, is_kept_by_fields, writes};
pub use queue::{Queue, is_typed};

/// The keys that differ from the commands' own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Keys {
    /// The first is the one that menus show; none where all were taken away.
    own: HashMap<Command, Vec<KeyboardShortcut>>,
}

impl Keys {
    /// The key that menus and tooltips show.
    pub fn of(&self, command: Command) -> Option<KeyboardShortcut> {
        self.all(command).first().copied()
    }

    /// All keys of a command.
    pub fn all(&self, command: Command) -> Vec<KeyboardShortcut> {
        let own = self.own.get(&command).cloned();
        own.unwrap_or_else(|| command.first_keys())
    }

    fn set(&mut self, command: Command, keys: Vec<KeyboardShortcut>) {
        if keys == command.first_keys() {
            self.own.remove(&command);
        } else {
            self.own.insert(command, keys);
        }
    }

    /// Gives a command a key, in the place of its `nth` one or as one more. Whoever had it loses it.
    pub fn give(&mut self, command: Command, nth: usize, key: KeyboardShortcut) {
        if let Some(other) = self.clash(key, command) {
            self.remove(other, key);
        }
        let mut keys = self.all(command);
        match keys.get_mut(nth) {
            Some(place) => *place = key,
            None => keys.push(key),
        }
        // Given twice, it is one key.
        let mut seen = Vec::new();
        keys.retain(|k| {
            !seen.contains(k) && {
                seen.push(*k);
                true
            }
        });
        self.set(command, keys);
    }

    /// Takes the `nth` key of a command away.
    pub fn take(&mut self, command: Command, nth: usize) {
        let mut keys = self.all(command);
        if nth < keys.len() {
            keys.remove(nth);
            self.set(command, keys);
        }
    }

    fn remove(&mut self, command: Command, key: KeyboardShortcut) {
        let mut keys = self.all(command);
        keys.retain(|k| *k != key);
        self.set(command, keys);
    }

    pub fn reset(&mut self, command: Command) {
        self.own.remove(&command);
    }

    pub fn reset_all(&mut self) {
        self.own.clear();
    }

    pub fn is_changed(&self, command: Command) -> bool {
        self.own.contains_key(&command)
    }

    /// Another command that has this key where this one has its own.
    pub fn clash(&self, key: KeyboardShortcut, command: Command) -> Option<Command> {
        let others = Command::ALL.iter().copied().filter(|c| *c != command);
        let mut others = others.filter(|c| c.scope() == command.scope());
        others.find(|c| self.all(*c).contains(&key))
    }

    /// The command that a press runs where these scopes count, the narrowest first.
    pub fn command(&self, press: &Press, scopes: &[Scope]) -> Option<Command> {
        let with = |key: KeyboardShortcut, scope: Scope| {
            let mut all = Command::ALL.iter().copied().filter(|c| c.scope() == scope);
            all.find(|c| self.all(*c).contains(&key))
        };
        let mut scopes = scopes.iter();
        scopes.find_map(|scope| with(press.key, *scope).or_else(|| with(press.digit?, *scope)))
    }

    /// As the settings file has them: several keys of a command stand with spaces between.
    pub fn to_settings(&self) -> BTreeMap<String, String> {
        let line = |keys: &Vec<KeyboardShortcut>| {
            let keys: Vec<String> = keys.iter().map(|k| shortcut_text(*k)).collect();
            keys.join(" ")
        };
        self.own.iter().map(|(c, k)| (c.id(), line(k))).collect()
    }

    /// From the settings file; what this version does not know is left out.
    pub fn from_settings(settings: &BTreeMap<String, String>) -> Self {
        let mut keys = Self::default();
        for (id, line) in settings {
            let read: Option<Vec<KeyboardShortcut>> = line.split_whitespace().map(parse).collect();
            if let (Some(command), Some(read)) = (Command::by_id(id), read) {
                keys.set(command, read);
            }
        }
        keys
    }
}

/// What a key that was pressed for a command means.
pub enum Capture {
    /// It stays as it is.
    Leave,
    /// Its key is taken away.
    Remove,
    Take(KeyboardShortcut),
}

impl Capture {
    pub fn of(press: &Press) -> Self {
        match press.key.logical_key {
            Key::Escape => Self::Leave,
            Key::Backspace | Key::Delete if press.key.modifiers.is_none() => Self::Remove,
            _ => Self::Take(press.key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::command::ReviewCommand;
    use eframe::egui::Modifiers;

    fn ctrl_shift(key: Key) -> KeyboardShortcut {
        KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key)
    }

    #[test]
    fn keys_come_back_from_settings_and_clashes_are_found() {
        let mut keys = Keys::default();
        let key = ctrl_shift(Key::J);
        keys.give(Command::Fit, 0, key);
        keys.take(Command::ActualSize, 0);
        keys.give(
            Command::Redo,
            2,
            KeyboardShortcut::new(Modifiers::NONE, Key::F7),
        );
        let mut kept = keys.to_settings();
        assert_eq!(kept["Fit"], "Ctrl+Shift+J");
        assert_eq!(kept["ActualSize"], "");
        assert_eq!(kept["Redo"], "Ctrl+Shift+Z Ctrl+Y F7");
        kept.insert("NoSuchCommand".into(), "Ctrl+J".into());
        kept.insert("Open".into(), "Hyper+?".into());
        assert_eq!(Keys::from_settings(&kept), keys);
        assert_eq!(keys.clash(key, Command::Open), Some(Command::Fit));
        assert_eq!(keys.clash(key, Command::Fit), None);
        keys.reset(Command::Fit);
        assert!(!keys.is_changed(Command::Fit));
    }

    #[test]
    fn a_key_that_is_given_away_is_lost_and_the_others_stay() {
        let mut keys = Keys::default();
        let [first, second] = keys.all(Command::Redo)[..] else {
            panic!("redo has two keys");
        };
        keys.give(Command::Fit, 0, first);
        assert_eq!(keys.all(Command::Redo), [second]);
        assert_eq!(keys.all(Command::Fit), [first]);
        keys.give(Command::Fit, 1, first);
        assert_eq!(keys.all(Command::Fit), [first], "given twice, it is one");
        keys.take(Command::Redo, 0);
        assert_eq!(keys.of(Command::Redo), None);
        keys.give(Command::Fit, 0, Command::Fit.first_keys()[0]);
        assert!(!keys.is_changed(Command::Fit));
    }

    #[test]
    fn only_the_exact_keys_run_a_command() {
        let keys = Keys::default();
        let within = |scopes: &[Scope], m, key| {
            let key = KeyboardShortcut::new(m, key);
            keys.command(&Press { key, digit: None }, scopes)
        };
        let with = |m, key| within(&[Scope::Window], m, key);
        let (ctrl, shift, alt) = (Modifiers::COMMAND, Modifiers::SHIFT, Modifiers::ALT);
        // No key that has more or fewer modifiers than a command's own runs it.
        for command in Command::ALL {
            for own in keys.all(*command) {
                for m in [
                    Modifiers::NONE,
                    shift,
                    alt,
                    ctrl,
                    ctrl.plus(shift),
                    ctrl.plus(alt),
                    shift.plus(alt),
                    ctrl.plus(shift).plus(alt),
                ] {
                    let runs = within(&[command.scope()], m, own.logical_key) == Some(*command);
                    let is_own = keys.all(*command).contains(&KeyboardShortcut {
                        modifiers: m,
                        ..own
                    });
                    assert_eq!(runs, is_own, "{command:?} {m:?}");
                }
            }
        }
        assert_eq!(with(ctrl.plus(shift), Key::Q), None);
        assert_eq!(with(ctrl.plus(shift), Key::Z), Some(Command::Redo));
        assert_eq!(with(ctrl, Key::Y), Some(Command::Redo));
        // The narrower scope comes first, and what it does not have falls to the wider one.
        let point = [Scope::Point, Scope::Review, Scope::Window];
        let plain = |scopes: &[Scope], key| within(scopes, Modifiers::NONE, key);
        let up = |scopes: &[Scope]| plain(scopes, Key::ArrowUp);
        assert_eq!(up(&point), Some(Command::Mend(ReviewCommand::Up)));
        let list = Command::List(crate::app::command::ListCommand::Previous);
        assert_eq!(up(&point[1..]), Some(list));
        assert_eq!(plain(&point[2..], Key::Num1), Some(Command::ActualSize));
        let first = Command::Mend(ReviewCommand::Point(1));
        assert_eq!(plain(&point, Key::Num1), Some(first));
    }
}
