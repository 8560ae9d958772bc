//! What speaks against a result, said at the end of its run: a stage that brought nothing, and a
//! network that is worse than knowing nothing. Both end as "done", and both look like success.

use std::cmp::Ordering;

use serde_json::Value;

use crate::label::{Schema, Task};
use crate::measure::TaskReport;

/// Under which name a checkpoint's `training` holds them.
pub const KEY: &str = "findings";

/// That stage 2 found nothing better for a task than what it began with, if so; `kept` is what the
/// checkpoint of the task's best weights says of itself.
pub fn stage2_without_gain(task: &str, kept: &Value) -> Option<String> {
    let by_validation = kept["chosen_by"] == "validation";
    if !(by_validation && kept["stage"] == 2 && kept["step"] == 0) {
        return None;
    }
    let measured = &kept["validation"][task];
    let number = |name: &str| measured[name].as_f64();
    let measured = [
        ("success", number("success")),
        ("NME", number("nme")),
        ("accuracy", number("accuracy")),
    ];
    let measured = measured.iter().filter_map(|(name, v)| Some((name, (*v)?)));
    let measured = measured.map(|(name, v)| format!(", {name} {v:.2} %"));
    let measured: String = measured.collect();
    Some(format!(
        "{task}: stage 2 brought nothing better than its start (step 0{measured}), so this task's \
         tower is the one that it began with"
    ))
}

/// That a task's tower is not of stage 2, and why; `own` where stage 1 was part of the run.
pub fn left_at_start(task: &str, why: &str, own: bool) -> String {
    let of = match own {
        true => "stage 1",
        false => "the weights that the run began with",
    };
    format!("{task}: not trained in stage 2 ({why}), so this task's tower is that of {of}")
}

/// Of which tasks the result is worse than the guess in a measure, on the same faces; in which others
/// it is better is said too.
pub fn worse_than_baseline(
    schema: &Schema,
    result: &[TaskReport],
    guess: &[TaskReport],
) -> Vec<String> {
    let tasks = schema.tasks.iter().zip(result).zip(guess);
    tasks
        .filter_map(|((task, result), guess)| worse(task, result, guess))
        .collect()
}

fn worse(task: &Task, result: &TaskReport, guess: &TaskReport) -> Option<String> {
    let [own, other] = [result.average()?, guess.average()?];
    let (measure, knowing_nothing) = match task.is_points() {
        true => ("success", "the mean face"),
        false => ("accuracy", "the majority guess"),
    };
    let mut measured = vec![Beside::of(measure, own, other, 1)];
    if let (
        TaskReport::Points { nme_percent, .. },
        TaskReport::Points {
            nme_percent: of, ..
        },
    ) = (result, guess)
        && let (Some(own), Some(other)) = (nme_percent, of)
    {
        // An error is better where it is smaller.
        let nme = Beside::of("NME", *own, *other, 2);
        measured.push(Beside {
            order: nme.order.reverse(),
            ..nme
        });
    }
    let names = |wanted: Ordering| {
        let of = measured.iter().filter(|m| m.order == wanted);
        of.map(|m| m.measure).collect::<Vec<_>>().join(" and ")
    };
    let (worse, better) = (names(Ordering::Less), names(Ordering::Greater));
    let better = match better.is_empty() {
        true => better,
        false => format!(", better in {better}"),
    };
    let values: Vec<&str> = measured.iter().map(|m| m.values.as_str()).collect();
    // What follows in brackets is left out where there is little room.
    (!worse.is_empty()).then(|| {
        format!(
            "{}: worse in validation than {knowing_nothing} in {worse}{better} ({})",
            task.name,
            values.join(", ")
        )
    })
}

/// A measure of the result beside that of the guess.
struct Beside {
    measure: &'static str,
    /// `Less` where the result is lower than the guess.
    order: Ordering,
    values: String,
}

impl Beside {
    /// In percent. What is printed alike is equal: less is not told from rounding.
    fn of(measure: &'static str, own: f64, other: f64, digits: usize) -> Self {
        let [printed, beside] = [own, other].map(|v| format!("{v:.digits$}"));
        Self {
            measure,
            order: match printed == beside {
                true => Ordering::Equal,
                false => own.total_cmp(&other),
            },
            values: format!("{measure} {printed} % against {beside} %"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::label::{
        Annotation, PointLabel, Prediction, Presence, TaskLabels, TaskPrediction, Untrained,
    };
    use crate::measure::{ALPHA, Rate, measure};

    #[test]
    fn a_start_that_was_kept_is_said() {
        let kept = |stage: u8, step: u64, by: &str| {
            json!({"stage": stage, "step": step, "chosen_by": by,
                   "validation": {"landmarks": {"success": 52.4, "nme": 12.018}}})
        };
        let actual = stage2_without_gain("landmarks", &kept(2, 0, "validation")).unwrap();
        assert!(
            actual.starts_with(
                "landmarks: stage 2 brought nothing better than its start (step 0, success 52.40 %, NME 12.02 %)"
            ),
            "{actual}"
        );
        for other in [
            kept(2, 4, "validation"),
            kept(1, 0, "validation"),
            kept(2, 0, "being the last"),
            Value::Null,
        ] {
            assert_eq!(stage2_without_gain("landmarks", &other), None, "{other}");
        }
    }

    #[test]
    fn a_result_below_the_guess_is_said_of_its_task() {
        let schema = Schema::face();
        let mut labels = Annotation::unknown(&schema);
        if let TaskLabels::Points(points) = &mut labels.tasks[0] {
            let at = [
                [30.0, 30.0],
                [60.0, 30.0],
                [45.0, 45.0],
                [35.0, 60.0],
                [55.0, 60.0],
            ];
            *points = at.map(PointLabel::visible).to_vec();
        }
        if let TaskLabels::Binary(values) = &mut labels.tasks[1] {
            values[..2].copy_from_slice(&[Presence::Present, Presence::Absent]);
        }
        let actual = |off: f32, present: f32| Prediction {
            tasks: vec![
                TaskPrediction::Points(
                    [
                        [30.0, 30.0],
                        [60.0, 30.0],
                        [45.0, 45.0],
                        [35.0, 60.0],
                        [55.0, 60.0],
                    ]
                    .map(|[x, y]| [x + off, y])
                    .to_vec(),
                ),
                TaskPrediction::Binary(vec![present; 40]),
            ],
        };
        let report = |p: &Prediction| {
            measure(
                &schema,
                &Untrained::default(),
                [(&labels, p)].into_iter(),
                ALPHA,
            )
        };
        let text = |own: &Prediction, guess: &Prediction| {
            worse_than_baseline(&schema, &report(own), &report(guess))
        };
        // Each has one of two attributes right.
        assert_eq!(
            text(&actual(6.0, 0.9), &actual(1.5, 0.1)),
            [
                "landmarks: worse in validation than the mean face in success and NME (success 0.0 % against 100.0 %, NME 20.00 % against 5.00 %)"
            ]
        );
        assert!(text(&actual(1.5, 0.9), &actual(6.0, 0.1)).is_empty());
        // Both are found, and one lies nearer.
        let nearer = text(&actual(1.5, 0.9), &actual(0.6, 0.9));
        assert_eq!(
            nearer,
            [
                "landmarks: worse in validation than the mean face in NME (success 100.0 % against 100.0 %, NME 5.00 % against 2.00 %)"
            ]
        );
        // What is printed alike is not worse.
        assert!(text(&actual(1.5001, 0.9), &actual(1.5, 0.9)).is_empty());
        // One is lower and the other better.
        let points = |right: u64, nme: f64| TaskReport::Points {
            alpha: ALPHA,
            success: vec![Rate { right, of: 1000 }; 5],
            nme_percent: Some(nme),
            faces: 1000,
        };
        let beside = |own: TaskReport| worse(&schema.tasks[0], &own, &points(716, 9.17));
        assert_eq!(
            beside(points(696, 8.78)).unwrap(),
            "landmarks: worse in validation than the mean face in success, better in NME (success \
             69.6 % against 71.6 %, NME 8.78 % against 9.17 %)"
        );
        assert_eq!(beside(points(716, 8.78)), None);
        let nothing = Annotation::unknown(&schema);
        let none = |p: &Prediction| {
            measure(
                &schema,
                &Untrained::default(),
                [(&nothing, p)].into_iter(),
                ALPHA,
            )
        };
        let (own, guess) = (actual(6.0, 0.9), actual(0.0, 0.9));
        assert!(worse_than_baseline(&schema, &none(&own), &none(&guess)).is_empty());
    }
}
