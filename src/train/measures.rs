//! What validation measures of a network, as numbers for a file and as a sentence for people.

use crate::dataset::Sample;
use crate::label::{Schema, Untrained};
use crate::measure::{ALPHA, TaskReport, TrivialBaseline, measure};
use crate::model::{FacePrediction, Predictor, predict_samples};

/// The measures of a predictor on samples; those that cannot be read do not count.
/// `beat` is called after each group of them.
pub fn validation_reports(
    predictor: &Predictor,
    untrained: &Untrained,
    samples: &[Sample],
    mut beat: impl FnMut(),
) -> Vec<TaskReport> {
    let found = predict_samples(predictor, samples, |_| {
        beat();
        true
    });
    reports(predictor, untrained, samples, &found)
}

/// The same, and those of the guess on the same faces in the same boxes.
pub fn reports_with_baseline(
    predictor: &Predictor,
    untrained: &Untrained,
    samples: &[Sample],
    guess: &TrivialBaseline,
) -> [Vec<TaskReport>; 2] {
    let mut found = predict_samples(predictor, samples, |_| true);
    let own = reports(predictor, untrained, samples, &found);
    for found in found.iter_mut().flatten() {
        found.prediction = guess.predict(&found.face_box.transform());
    }
    [own, reports(predictor, untrained, samples, &found)]
}

fn reports<E>(
    predictor: &Predictor,
    untrained: &Untrained,
    samples: &[Sample],
    found: &[Result<FacePrediction, E>],
) -> Vec<TaskReport> {
    let pairs = samples.iter().zip(found);
    let pairs: Vec<_> = pairs
        .filter_map(|(s, f)| Some((&s.annotation, &f.as_ref().ok()?.prediction)))
        .collect();
    measure(predictor.schema(), untrained, pairs.iter().copied(), ALPHA)
}

/// One number a task (two for points), by name.
pub fn summary(schema: &Schema, reports: &[TaskReport]) -> serde_json::Value {
    let entries = schema.tasks.iter().zip(reports).map(|(task, report)| {
        let value = match report {
            TaskReport::Points { nme_percent, .. } => serde_json::json!({
                "success": report.average(), "nme": nme_percent, "faces": report.faces(),
            }),
            TaskReport::Binary { .. } => serde_json::json!({
                "accuracy": report.average(), "faces": report.faces(),
            }),
        };
        (task.name.clone(), value)
    });
    serde_json::Value::Object(entries.collect())
}

/// The same for people: "landmarks success 93.1 %, NME 5.24 %; attributes accuracy 88.0 %". A task of
/// which nothing is known is left out.
pub fn sentence(schema: &Schema, reports: &[TaskReport]) -> String {
    let tasks = schema.tasks.iter().zip(reports);
    let parts = tasks.filter_map(|(task, report)| {
        let average = report.average()?;
        let name = &task.name;
        Some(match report {
            TaskReport::Points { nme_percent, .. } => {
                let nme = nme_percent.map_or(String::new(), |nme| format!(", NME {nme:.2} %"));
                format!("{name} success {average:.1} %{nme}")
            }
            TaskReport::Binary { .. } => format!("{name} accuracy {average:.1} %"),
        })
    });
    let parts: Vec<String> = parts.collect();
    match parts.is_empty() {
        true => "no label is known in validation".into(),
        false => parts.join("; "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{Annotation, Prediction, Presence, TaskLabels, TaskPrediction};

    #[test]
    fn a_validation_is_a_sentence_with_rounded_numbers() {
        let schema = Schema::face();
        let mut labels = Annotation::unknown(&schema);
        let actual = Prediction {
            tasks: vec![
                TaskPrediction::Points(vec![[1.0, 1.0]; 5]),
                TaskPrediction::Binary(vec![0.9; 40]),
            ],
        };
        let words = |labels: &Annotation| {
            let reports = measure(
                &schema,
                &Untrained::default(),
                [(labels, &actual)].into_iter(),
                ALPHA,
            );
            sentence(&schema, &reports)
        };
        assert_eq!(words(&labels), "no label is known in validation");
        if let TaskLabels::Binary(values) = &mut labels.tasks[1] {
            values[..3].copy_from_slice(&[Presence::Present, Presence::Absent, Presence::Absent]);
        }
        // Each attribute counts alike, so one of three is right.
        assert_eq!(words(&labels), "attributes accuracy 33.3 %");
    }
}
