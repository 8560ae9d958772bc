//! The short form: one rate a point or attribute, and the NME. Training watches these.

use serde::Serialize;

use super::normalizer::{apart, length};
use crate::label::{
    Annotation, Prediction, Presence, Schema, Task, TaskKind, TaskLabels, TaskPrediction, Untrained,
};

/// A count of rights among all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Rate {
    pub right: u64,
    pub of: u64,
}

impl Rate {
    fn count(&mut self, right: bool) {
        self.right += u64::from(right);
        self.of += 1;
    }

    /// In percent; `None` of nothing.
    pub fn percent(&self) -> Option<f64> {
        (self.of > 0).then(|| 100.0 * self.right as f64 / self.of as f64)
    }
}

/// The measures of one task.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TaskReport {
    Points {
        alpha: f32,
        /// Success at α of each point.
        success: Vec<Rate>,
        /// Mean distance over L, over all known points, in percent.
        nme_percent: Option<f64>,
        faces: u64,
    },
    Binary {
        /// Accuracy of each attribute at a probability of 0.5.
        accuracy: Vec<Rate>,
        faces: u64,
    },
}

impl TaskReport {
    pub fn rates(&self) -> &[Rate] {
        match self {
            Self::Points { success, .. } => success,
            Self::Binary { accuracy, .. } => accuracy,
        }
    }

    /// The mean over points or attributes of their rates, in percent, as the paper averages.
    pub fn average(&self) -> Option<f64> {
        let known: Vec<f64> = self.rates().iter().filter_map(Rate::percent).collect();
        (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
    }

    pub fn faces(&self) -> u64 {
        match self {
            Self::Points { faces, .. } | Self::Binary { faces, .. } => *faces,
        }
    }
}

/// Measures predictions against labels, task by task. A face counts for a task if anything of it
/// is known; for points, the reference points must be known too, since they give the scale. What
/// was labelled or said under another schema is unknown, and what is `untrained` is not measured.
pub fn measure<'a>(
    schema: &Schema,
    untrained: &Untrained,
    faces: impl Iterator<Item = (&'a Annotation, &'a Prediction)> + Clone,
    alpha: f32,
) -> Vec<TaskReport> {
    schema
        .tasks
        .iter()
        .enumerate()
        .map(|(t, task)| {
            let pairs = faces.clone();
            let pairs = pairs.filter_map(|(a, p)| Some((a.of(t, task)?, p.of(t, task)?)));
            measure_task(task, &untrained.trained(task), pairs, alpha)
        })
        .collect()
}

fn measure_task<'a>(
    task: &Task,
    trained: &[bool],
    pairs: impl Iterator<Item = (&'a TaskLabels, &'a TaskPrediction)>,
    alpha: f32,
) -> TaskReport {
    let mut rates = vec![Rate::default(); task.len()];
    let mut faces = 0;
    match &task.kind {
        TaskKind::Points { reference, .. } => {
            let (mut sum, mut points) = (0.0, 0_u64);
            for pair in pairs {
                let (TaskLabels::Points(labels), TaskPrediction::Points(found)) = pair else {
                    continue;
                };
                let Some(length) = length(labels, *reference) else {
                    continue;
                };
                faces += 1;
                let items = labels.iter().zip(found).zip(&mut rates);
                for ((label, found), rate) in items.zip(trained).filter(|i| *i.1).map(|i| i.0) {
                    if let Some(at) = label.known() {
                        let off = apart(at, *found) / length;
                        // At the precision of α, so that a tie at α·L is one.
                        rate.count(off as f32 <= alpha);
                        sum += off;
                        points += 1;
                    }
                }
            }
            TaskReport::Points {
                alpha,
                success: rates,
                nme_percent: (points > 0).then(|| 100.0 * sum / points as f64),
                faces,
            }
        }
        TaskKind::Binary { .. } => {
            for pair in pairs {
                let (TaskLabels::Binary(labels), TaskPrediction::Binary(found)) = pair else {
                    continue;
                };
                let known = labels.iter().filter_map(|l| Presence::known(*l));
                faces += u64::from(known.count() > 0);
                let items = labels.iter().zip(found).zip(&mut rates);
                for ((label, found), rate) in items.zip(trained).filter(|i| *i.1).map(|i| i.0) {
                    if let Some(present) = label.known() {
                        rate.count((*found >= 0.5) == present);
                    }
                }
            }
            TaskReport::Binary {
                accuracy: rates,
                faces,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ALPHA;
    use super::*;
    use crate::label::PointLabel;

    fn annotation(eyes: f32) -> Annotation {
        let mut a = Annotation::unknown(&Schema::face());
        a.tasks[0] = TaskLabels::Points(vec![
            PointLabel::visible([0.0, 0.0]),
            PointLabel::visible([eyes, 0.0]),
            PointLabel::visible([5.0, 5.0]),
            PointLabel::default(),
            PointLabel::visible([8.0, 9.0]),
        ]);
        a.tasks[1] = TaskLabels::Binary(
            (0..40)
                .map(|i| [Presence::Present, Presence::Absent, Presence::Unknown][i % 3])
                .collect(),
        );
        a
    }

    fn prediction(off: f32) -> Prediction {
        let points = vec![
            [off, 0.0],
            [10.0, off],
            [5.0, 5.0],
            [900.0, 0.0],
            [8.0, 9.0 + 2.0 * off],
        ];
        Prediction {
            tasks: vec![
                TaskPrediction::Points(points),
                TaskPrediction::Binary(vec![0.6; 40]),
            ],
        }
    }

    #[test]
    fn success_nme_and_accuracy_are_as_computed_by_hand() {
        let (a, p) = (annotation(10.0), prediction(0.75));
        let reports = measure(
            &Schema::face(),
            &Untrained::default(),
            [(&a, &p)].into_iter(),
            ALPHA,
        );
        let TaskReport::Points {
            success,
            nme_percent,
            ..
        } = &reports[0]
        else {
            unreachable!()
        };
        let right: Vec<_> = success.iter().map(|r| (r.right, r.of)).collect();
        assert_eq!(right, [(1, 1), (1, 1), (1, 1), (0, 0), (0, 1)]);
        // (0.075 + 0.075 + 0 + 0.15) / 4
        assert!((nme_percent.unwrap() - 7.5).abs() < 1e-4);
        assert_eq!(reports[0].average(), Some(75.0));
        assert_eq!(reports[1].rates()[0].percent(), Some(100.0));
        assert_eq!(reports[1].rates()[1].percent(), Some(0.0));
        assert_eq!(reports[1].rates()[2].percent(), None);
    }

    #[test]
    fn a_face_without_scale_does_not_count() {
        let (a, p) = (annotation(0.0), prediction(0.0));
        let reports = measure(
            &Schema::face(),
            &Untrained::default(),
            [(&a, &p)].into_iter(),
            ALPHA,
        );
        assert_eq!(reports[0].faces(), 0);
        assert_eq!(reports[0].average(), None);
    }

    #[test]
    fn labels_and_predictions_of_another_schema_do_not_count() {
        let schema = Schema::face();
        let whole = (annotation(10.0), prediction(0.75));
        let counted = |a: &Annotation, p: &Prediction| {
            let reports = measure(&schema, &Untrained::default(), [(a, p)].into_iter(), ALPHA);
            [reports[0].faces(), reports[1].faces()]
        };
        let mut odd = Vec::new();
        for len in [0, 1, 4, 6] {
            let mut a = whole.0.clone();
            a.tasks[0] = TaskLabels::Points(vec![PointLabel::visible([1.0, 2.0]); len]);
            odd.push(((a, whole.1.clone()), [0, 1]));
            let mut p = whole.1.clone();
            p.tasks[1] = TaskPrediction::Binary(vec![0.6; len]);
            odd.push(((whole.0.clone(), p), [1, 0]));
        }
        let (mut fewer, mut turned, mut more) = (whole.clone(), whole.clone(), whole.clone());
        fewer.0.tasks.pop();
        fewer.1.tasks.pop();
        turned.0.tasks.reverse();
        more.0.tasks.push(whole.0.tasks[1].clone());
        odd.extend([(fewer, [1, 0]), (turned, [0, 0]), (more, [1, 1])]);
        for ((a, p), faces) in odd {
            assert_eq!(counted(&a, &p), faces, "{a:?}");
        }
    }
}
