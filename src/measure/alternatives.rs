//! What alternatives to a prediction change in the measures of [`super::measure`], with intervals
//! over resamples of the same faces.

use super::normalizer::{apart, length};
use super::paired::{Changes, Resampling};
use crate::label::{
    Annotation, Prediction, Schema, Task, TaskKind, TaskLabels, TaskPrediction, Untrained,
};

/// For each task and each alternative the interval of what it changes: of the NME or, for
/// attributes, of the average accuracy, in percent, without what is `untrained`. `said` has the predictions for the faces of
/// `labels`, those of the alternatives after those that they stand for.
pub fn change_intervals(
    schema: &Schema,
    untrained: &Untrained,
    labels: &[&Annotation],
    said: &[Vec<Prediction>],
    resampling: &Resampling,
) -> Vec<Vec<Option<[f64; 2]>>> {
    let Some((whole, others)) = said.split_first() else {
        return Vec::new();
    };
    let tasks = schema.tasks.iter().enumerate();
    let interval = |(t, task): (usize, &Task)| {
        let columns = columns((t, task), &untrained.trained(task), labels, whole, others);
        let known = |face: usize| columns.iter().any(|c| c.knows(face));
        if !resampling.suffices(known) {
            return vec![None; others.len()];
        }
        resampling.intervals(|weights| average(&columns, others.len(), weights))
    };
    tasks.map(interval).collect()
}

/// The mean over columns of which anything is known, in percent, for each alternative.
fn average(columns: &[Changes], alternatives: usize, weights: &[u32]) -> Vec<f64> {
    let mut sums = vec![0.0; alternatives];
    let mut known = 0_u32;
    for means in columns.iter().filter_map(|c| c.means(weights)) {
        known += 1;
        for (sum, mean) in sums.iter_mut().zip(means) {
            *sum += mean;
        }
    }
    sums.iter().map(|s| 100.0 * s / f64::from(known)).collect()
}

/// The changes of all points together, or of each attribute.
fn columns(
    (t, task): (usize, &Task),
    trained: &[bool],
    labels: &[&Annotation],
    whole: &[Prediction],
    others: &[Vec<Prediction>],
) -> Vec<Changes> {
    let columns = if task.is_points() { 1 } else { task.len() };
    let mut columns: Vec<Changes> = (0..columns).map(|_| Changes::new(others.len())).collect();
    for (face, (labels, whole)) in labels.iter().zip(whole).enumerate() {
        let (Some(labels), Some(whole)) = (labels.of(t, task), whole.of(t, task)) else {
            continue;
        };
        let others = others.iter().enumerate();
        let others = others.filter_map(|(k, said)| Some((k, said.get(face)?.of(t, task)?)));
        match (labels, whole, &task.kind) {
            (
                TaskLabels::Points(labels),
                TaskPrediction::Points(whole),
                TaskKind::Points { reference, .. },
            ) => {
                let Some(length) = length(labels, *reference) else {
                    continue;
                };
                let off = |said: &[[f32; 2]]| -> f64 {
                    let pairs = labels.iter().zip(said).zip(trained);
                    let pairs = pairs.filter(|(_, trained)| **trained).map(|(pair, _)| pair);
                    let off = pairs.filter_map(|(l, found)| Some(apart(l.known()?, *found)));
                    off.sum::<f64>() / length
                };
                let known = labels.iter().zip(trained);
                let known = known.filter(|(l, trained)| **trained && l.known().is_some());
                let known = known.count();
                columns[0].know(face, known);
                let before = off(whole);
                for (k, said) in others {
                    if let TaskPrediction::Points(said) = said {
                        columns[0].change(k, face, off(said) - before);
                    }
                }
            }
            (TaskLabels::Binary(labels), TaskPrediction::Binary(whole), _) => {
                let present = labels.iter().zip(trained);
                let present = present.map(|(l, trained)| l.known().filter(|_| *trained));
                let present: Vec<Option<bool>> = present.collect();
                for (column, present) in columns.iter_mut().zip(&present) {
                    column.know(face, usize::from(present.is_some()));
                }
                for (k, said) in others {
                    let TaskPrediction::Binary(said) = said else {
                        continue;
                    };
                    let pairs = whole.iter().zip(said).zip(&present);
                    for (column, ((before, after), present)) in columns.iter_mut().zip(pairs) {
                        let Some(present) = *present else { continue };
                        let right = |p: f32| f64::from(u8::from((p >= 0.5) == present));
                        column.change(k, face, right(*after) - right(*before));
                    }
                }
            }
            _ => {}
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use rand::rngs::Xoshiro256PlusPlus;
    use rand::{RngExt, SeedableRng};

    use super::*;
    use crate::label::{PointLabel, Presence};
    use crate::measure::bootstrap::{Units, interval};
    use crate::measure::{ALPHA, PAIRED, TaskReport, measure};

    /// Faces with some labels unknown, and predictions of three kinds: some, the same but with one
    /// worse in all points, and one other in a few attributes.
    fn faces(count: usize) -> (Vec<Annotation>, Vec<Vec<Prediction>>) {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(3);
        let mut labels = Vec::new();
        let mut actual = vec![Vec::new(); 3];
        for face in 0..count {
            let mut own = Annotation::unknown(&Schema::face());
            let at = |i: usize| [20.0 * i as f32, 10.0 * (i % 3) as f32];
            own.tasks[0] = TaskLabels::Points(
                (0..5)
                    .map(|i| match (face + i) % 11 {
                        0 => PointLabel::default(),
                        _ => PointLabel::visible(at(i)),
                    })
                    .collect(),
            );
            let known = [Presence::Present, Presence::Absent, Presence::Unknown];
            own.tasks[1] =
                TaskLabels::Binary((0..40).map(|_| known[rng.random_range(0..3)]).collect());
            labels.push(own);
            let off: Vec<f32> = (0..5).map(|_| rng.random_range(0.0..4.0)).collect();
            let points = |more: f32| {
                let found = (0..5).map(|i| [at(i)[0] + off[i] + more, at(i)[1]]);
                TaskPrediction::Points(found.collect())
            };
            let p: Vec<f32> = (0..40).map(|_| rng.random_range(0.0..1.0)).collect();
            let turned: Vec<f32> = p.iter().map(|p| if *p < 0.1 { 1.0 } else { *p }).collect();
            let worse: f32 = rng.random_range(0.5..1.5);
            for (actual, (points, p)) in actual.iter_mut().zip([
                (points(0.0), p.clone()),
                (points(worse), p),
                (points(0.0), turned),
            ]) {
                let tasks = vec![points, TaskPrediction::Binary(p)];
                actual.push(Prediction { tasks });
            }
        }
        (labels, actual)
    }

    fn intervals(
        labels: &[&Annotation],
        said: &[Vec<Prediction>],
        resampling: &Resampling,
    ) -> Vec<Vec<Option<[f64; 2]>>> {
        let (schema, untrained) = (Schema::face(), Untrained::default());
        change_intervals(&schema, &untrained, labels, said, resampling)
    }

    #[test]
    fn intervals_are_those_of_measuring_resampled_faces_again() {
        const FACES: usize = 25;
        let (labels, said) = faces(FACES);
        let labels: Vec<&Annotation> = labels.iter().collect();
        let resampling = Resampling::new((0..FACES).map(|_| None), PAIRED);
        let found = intervals(&labels, &said, &resampling);
        // Each resample measured as a list of faces, some of them several times.
        let units = Units::new((0..FACES).map(|_| None));
        let value = |said: &[Prediction], weights: &[u32], task: usize| {
            let faces = labels.iter().copied().zip(said).zip(weights);
            let pairs = faces.flat_map(|(pair, n)| (0..*n).map(move |_| pair));
            match &measure(&Schema::face(), &Untrained::default(), pairs, ALPHA)[task] {
                TaskReport::Points { nme_percent, .. } => nme_percent.unwrap(),
                binary => binary.average().unwrap(),
            }
        };
        for (task, found) in found.iter().enumerate() {
            for k in 0..2 {
                let differences = (0..PAIRED.resamples).map(|number| {
                    let weights = units.weights(PAIRED.seed, number);
                    value(&said[1 + k], &weights, task) - value(&said[0], &weights, task)
                });
                let direct = interval(differences.collect()).unwrap();
                let ours = found[k].unwrap();
                for (a, b) in ours.iter().zip(direct) {
                    assert!((a - b).abs() < 1e-4, "{task} {k}: {ours:?} {direct:?}");
                }
            }
        }
        // Only points move under the first, only attributes under the second.
        let differs = |task: usize, k: usize| {
            let [low, high] = found[task][k].unwrap();
            low > 0.0 || high < 0.0
        };
        assert!(differs(0, 0) && !differs(0, 1) && !differs(1, 0));
    }

    #[test]
    fn too_few_labelled_faces_give_no_interval() {
        let (mut labels, actual) = faces(12);
        for label in &mut labels[5..] {
            label.tasks[0] = Annotation::unknown(&Schema::face()).tasks[0].clone();
        }
        let labels: Vec<&Annotation> = labels.iter().collect();
        let resampling = Resampling::new((0..12).map(|_| None), PAIRED);
        let found = intervals(&labels, &actual, &resampling);
        assert_eq!(found[0], [None, None]);
        assert!(found[1].iter().all(Option::is_some));
    }
}
