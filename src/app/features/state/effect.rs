//! What muting does to the landmarks and attributes of the face at hand.

use crate::app::features::state::key::EffectKey;
use crate::engine::MutedAnswer;
use crate::humanize::title;
use crate::label::{Point, Schema, TaskPrediction, distance};
use crate::model::TowerId;

/// What muting does to the face at hand.
#[derive(Default)]
pub struct Effect {
    /// What was asked last.
    pub asked: Option<EffectKey>,
    /// Whether that was answered.
    pub answered: bool,
    pub rows: Vec<Change>,
    pub moves: Vec<(Point, Point)>,
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
    pub fn text(&self) -> String {
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
            rows.push(change(&title(&task.name), 0.0));
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
    use crate::model::{Layer, Mask};

    use crate::engine::{FaceKey, FaceTicket, ListTicket};
    use crate::label::{FaceBox, Prediction};

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
        let said: Vec<_> = found.iter().map(|c| (&*c.name, c.text())).collect();
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
                (found[3].text().as_str(), &*found[3].name),
                (said, "Attributes")
            );
        }
        answer.muted.tasks[0] = answer.whole.tasks[0].clone();
        answer.masks[0].tower = TowerId::Task(1);
        let found = changes(&Schema::face(), &answer, 3);
        assert_eq!(found[0].text(), "unchanged");
        answer.masks[0].tower = TowerId::Task(0);
        let found = changes(&Schema::face(), &answer, 3);
        assert_eq!(
            (found[0].text().as_str(), &*found[0].name),
            ("less than 0.05 photo px", "Landmarks")
        );
    }
}
