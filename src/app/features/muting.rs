//! Channels held at zero, as at a mixing desk, and what that does to landmarks and attributes.

use std::collections::BTreeSet;

use crate::engine::MutedAnswer;
use crate::humanize::plural;
use crate::label::{Point, Schema, TaskPrediction, distance};
use crate::model::{Layer, Mask, TapLayer, TowerId};

/// How a channel is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    Plain,
    Muted,
    Solo,
    /// Others of its layer are solo.
    Drowned,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Button {
    Mute,
    Solo,
}

impl Heard {
    /// Whether it is held at zero.
    pub fn is_silent(self) -> bool {
        matches!(self, Self::Muted | Self::Drowned)
    }
}

/// Which channels are muted or solo, in any layer of any tower.
#[derive(Default)]
pub struct Muting {
    layers: Vec<Desk>,
    /// Counts changes.
    pub version: u64,
}

/// A layer of a tower.
struct Desk {
    tower: TowerId,
    layer: Layer,
    channels: u32,
    muted: BTreeSet<u32>,
    solo: BTreeSet<u32>,
}

impl Desk {
    fn keeps(&self, channel: u32) -> bool {
        !self.muted.contains(&channel) && (self.solo.is_empty() || self.solo.contains(&channel))
    }
}

impl Muting {
    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    /// Presses a channel's button; `channels` is how many its layer has.
    pub fn press(
        &mut self,
        button: Button,
        (tower, layer, channels): (TowerId, Layer, u32),
        channel: u32,
    ) {
        let here = |d: &Desk| (d.tower, d.layer) == (tower, layer);
        let at = self.layers.iter().position(here).unwrap_or_else(|| {
            self.layers.push(Desk {
                tower,
                layer,
                channels,
                muted: BTreeSet::new(),
                solo: BTreeSet::new(),
            });
            self.layers.len() - 1
        });
        let desk = &mut self.layers[at];
        let (pressed, other) = match button {
            Button::Mute => (&mut desk.muted, &mut desk.solo),
            Button::Solo => (&mut desk.solo, &mut desk.muted),
        };
        if !pressed.remove(&channel) {
            pressed.insert(channel);
            other.remove(&channel);
        }
        self.layers
            .retain(|d| !(d.muted.is_empty() && d.solo.is_empty()));
        self.version += 1;
    }

    pub fn reset(&mut self) {
        self.layers.clear();
        self.version += 1;
    }

    pub fn heard(&self, tower: TowerId, layer: Layer, channel: u32) -> Heard {
        let here = |d: &&Desk| (d.tower, d.layer) == (tower, layer);
        match self.layers.iter().find(here) {
            None => Heard::Plain,
            Some(d) if d.muted.contains(&channel) => Heard::Muted,
            Some(d) if d.solo.contains(&channel) => Heard::Solo,
            Some(d) if !d.solo.is_empty() => Heard::Drowned,
            Some(_) => Heard::Plain,
        }
    }

    pub fn masks(&self) -> Vec<Mask> {
        let mask = |d: &Desk| Mask {
            tower: d.tower,
            layer: d.layer,
            keep: (0..d.channels).map(|c| d.keeps(c)).collect(),
        };
        self.layers.iter().map(mask).collect()
    }

    /// "2 muted, 1 solo"; nothing where all are heard.
    pub fn words(&self) -> String {
        let count = |of: fn(&Desk) -> usize| self.layers.iter().map(of).sum::<usize>();
        let (muted, solo) = (count(|d| d.muted.len()), count(|d| d.solo.len()));
        match (muted, solo) {
            (0, 0) => String::new(),
            (m, 0) => format!("{m} muted"),
            (0, s) => format!("{s} solo"),
            (m, s) => format!("{m} muted, {s} solo"),
        }
    }

    /// "Shared Conv1-2: channels 1 and 5 muted; Landmarks Conv2-1: channel 3 solo", for whoever reads
    /// a figure.
    pub fn details(&self, schema: &Schema) -> String {
        let mut parts = Vec::new();
        for desk in &self.layers {
            let tower = super::title(desk.tower.name(schema));
            let place = format!("{tower} {}", TapLayer::conv(desk.layer).title());
            for (what, channels) in [("muted", &desk.muted), ("solo", &desk.solo)] {
                let numbers: Vec<String> = channels.iter().map(u32::to_string).collect();
                let Some((last, others)) = numbers.split_last() else {
                    continue;
                };
                let noun = plural(numbers.len(), "channel");
                let numbers = match others {
                    [] => last.clone(),
                    others => format!("{} and {last}", others.join(", ")),
                };
                parts.push(format!("{place}: {noun} {numbers} {what}"));
            }
        }
        parts.join("; ")
    }
}

/// One thing that muting changes; a whole task where nothing of it changes that could be read.
#[derive(Debug, PartialEq)]
pub struct Change {
    pub name: String,
    /// Photo pixels that a point moves, or how much a probability grows.
    pub value: f32,
    pub is_point: bool,
    /// Whether any of the muted channels is on the way to the task at all.
    pub is_reached: bool,
}

/// What the last decimal of a change rounds to zero below.
const LEAST_PX: f32 = 0.05;
const LEAST_PROBABILITY: f32 = 0.005;

impl Change {
    /// "4.1 photo px", "−0.19", "less than 0.005"; "unchanged" where nothing could change.
    pub fn words(&self) -> String {
        match (self.is_read(), self.is_reached, self.is_point) {
            (true, _, true) => format!("{:.1} photo px", self.value),
            (true, _, false) => {
                let sign = if self.value < 0.0 { '−' } else { '+' };
                format!("{sign}{:.2}", self.value.abs())
            }
            (false, false, _) => "unchanged".into(),
            (false, true, true) => format!("less than {LEAST_PX} photo px"),
            (false, true, false) => format!("less than {LEAST_PROBABILITY}"),
        }
    }

    /// Whether more than zeros would stand there; what is no number is told, not hidden.
    fn is_read(&self) -> bool {
        let least = match self.is_point {
            true => LEAST_PX,
            false => LEAST_PROBABILITY,
        };
        self.value.is_nan() || self.value.abs() >= least
    }
}

/// The points that move most and the attributes that change most: at most `most` of each task.
pub fn changes(schema: &Schema, answer: &MutedAnswer, most: usize) -> Vec<Change> {
    let mut all = Vec::new();
    for (t, task) in schema.tasks.iter().enumerate() {
        let values: Vec<f32> = match (answer.whole.tasks.get(t), answer.muted.tasks.get(t)) {
            (Some(TaskPrediction::Points(a)), Some(TaskPrediction::Points(b))) => {
                a.iter().zip(b).map(|(a, b)| distance(*a, *b)).collect()
            }
            (Some(TaskPrediction::Binary(a)), Some(TaskPrediction::Binary(b))) => {
                a.iter().zip(b).map(|(a, b)| b - a).collect()
            }
            _ => continue,
        };
        // The towers of other tasks are not on the way.
        let reaches = |tower| tower == TowerId::Shared || tower == TowerId::Task(t);
        let is_reached = answer.masks.iter().any(|mask| reaches(mask.tower));
        let change = |name: &str, value: f32| Change {
            name: name.replace('_', " "),
            value,
            is_point: task.is_points(),
            is_reached,
        };
        let rows = task.items().zip(values).map(|(name, v)| change(name, v));
        let mut rows: Vec<Change> = rows.filter(Change::is_read).collect();
        rows.sort_by(|a, b| b.value.abs().total_cmp(&a.value.abs()));
        rows.truncate(most);
        if rows.is_empty() {
            rows.push(change(&super::title(&task.name), 0.0));
        }
        all.extend(rows);
    }
    all
}

/// Where each point is with all channels and with those that are left, in input pixels.
pub fn moves(answer: &MutedAnswer) -> Vec<(Point, Point)> {
    let transform = answer.key.face_box.transform();
    let both = answer.whole.tasks.iter().zip(&answer.muted.tasks);
    both.filter_map(|both| match both {
        (TaskPrediction::Points(a), TaskPrediction::Points(b)) => Some(a.iter().zip(b)),
        _ => None,
    })
    .flatten()
    .map(|(a, b)| (transform.to_input(*a), transform.to_input(*b)))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{FaceKey, FaceTicket, ListTicket};
    use crate::label::{FaceBox, Prediction};

    const AT: (TowerId, Layer, u32) = (TowerId::Shared, Layer::Conv1_2, 4);

    #[test]
    fn buttons_work_as_at_a_mixing_desk() {
        let mut desk = Muting::default();
        desk.press(Button::Mute, AT, 1);
        assert_eq!(desk.masks()[0].keep, [true, false, true, true]);
        desk.press(Button::Solo, AT, 2);
        assert_eq!(desk.masks()[0].keep, [false, false, true, false]);
        assert_eq!(desk.words(), "1 muted, 1 solo");
        let heard = |d: &Muting, c| d.heard(AT.0, AT.1, c);
        assert_eq!(heard(&desk, 0), Heard::Drowned);
        desk.press(Button::Solo, AT, 1);
        assert_eq!(heard(&desk, 1), Heard::Solo, "no longer muted");
        desk.press(Button::Solo, AT, 1);
        desk.press(Button::Solo, AT, 2);
        assert!(desk.is_empty() && desk.masks().is_empty());
        desk.press(Button::Mute, AT, 0);
        desk.reset();
        assert_eq!(heard(&desk, 0), Heard::Plain);
    }

    #[test]
    fn numbers_of_channels_do_not_read_as_counts() {
        let (mut desk, schema) = (Muting::default(), Schema::face());
        desk.press(Button::Mute, AT, 0);
        assert_eq!(desk.details(&schema), "Shared Conv1-2: channel 0 muted");
        let landmarks = (TowerId::Task(0), Layer::Conv2_1, 8);
        for channel in [0, 3, 5] {
            desk.press(Button::Mute, landmarks, channel);
        }
        desk.press(Button::Solo, landmarks, 4);
        assert_eq!(
            desk.details(&schema),
            "Shared Conv1-2: channel 0 muted; Landmarks Conv2-1: channels 0, 3 and 5 muted; \
             Landmarks Conv2-1: channel 4 solo"
        );
    }

    #[test]
    fn what_changes_most_stands_first() {
        let answer = |x: f32, p: f32| Prediction {
            tasks: vec![
                TaskPrediction::Points((0..5).map(|i| [x * i as f32, 0.0]).collect()),
                TaskPrediction::Binary((0..40).map(|i| if i == 7 { p } else { 0.5 }).collect()),
            ],
        };
        let answer = MutedAnswer {
            key: FaceKey {
                ticket: FaceTicket::listed(ListTicket(0), 0),
                face_box: FaceBox::new(0.0, 0.0, 128.0, 128.0),
            },
            masks: Vec::new(),
            whole: answer(1.0, 0.5),
            muted: answer(2.0, 0.2),
        };
        let found = changes(&Schema::face(), &answer, 3);
        let said: Vec<_> = found.iter().map(|c| (&*c.name, c.words())).collect();
        assert_eq!(said.len(), 4, "only what changes");
        assert_eq!(said[0], ("right mouth", "4.0 photo px".into()));
        assert_eq!(said[3], ("Big Nose", "−0.30".into()));
        let moved = moves(&answer);
        assert_eq!(moved.len(), 5);
        assert!((moved[4].1[0] - moved[4].0[0] - 4.0).abs() < 1e-3);
        let muted = TaskPrediction::Binary(vec![0.5; 40]);
        let mut answer = answer;
        answer.muted.tasks[1] = muted;
        // What cannot change and what hardly does are told apart.
        for (tower, said) in [
            (TowerId::Task(0), "unchanged"),
            (TowerId::Task(1), "less than 0.005"),
            (TowerId::Shared, "less than 0.005"),
        ] {
            answer.masks = vec![Mask::muting(tower, Layer::Conv1_2, 4, &[1])];
            let found = changes(&Schema::face(), &answer, 3);
            assert_eq!(
                (found[3].words().as_str(), &*found[3].name),
                (said, "Attributes")
            );
        }
        answer.muted.tasks[0] = answer.whole.tasks[0].clone();
        answer.masks[0].tower = TowerId::Task(1);
        let found = changes(&Schema::face(), &answer, 3);
        assert_eq!(found[0].words(), "unchanged");
        answer.masks[0].tower = TowerId::Task(0);
        let found = changes(&Schema::face(), &answer, 3);
        assert_eq!(
            (found[0].words().as_str(), &*found[0].name),
            ("less than 0.05 photo px", "Landmarks")
        );
    }
}
