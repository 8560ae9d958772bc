//! What muting does in networks of which the answers are known, and in random ones.

use burn::tensor::Device;

use super::*;
use crate::dataset::BoxSource;
use crate::label::{
    Annotation, FaceBox, PointLabel, Presence, Schema, TaskLabels, TaskPrediction, distance,
};
use crate::measure::Resampled;
use crate::model::testing::{made, noise, predictor, random};
use crate::model::{Checkpoint, Network};

fn subject(salt: usize, labels: bool) -> Subject {
    let mut annotation = Annotation::unknown(&Schema::face());
    annotation.tasks[0] = TaskLabels::Points(
        (0..5)
            .map(|i| PointLabel::visible([20.0 * i as f32, 30.0]))
            .collect(),
    );
    Subject {
        input: noise(3 * 128 * 128, salt),
        transform: FaceBox::new(0.0, 0.0, 128.0, 128.0).transform(),
        source: match labels {
            true => BoxSource::Labels,
            false => BoxSource::WholePicture,
        },
        labels: labels.then_some(annotation),
        identity: None,
    }
}

#[test]
fn effects_are_those_of_muting_one_channel_after_another() {
    let predictor = predictor(random("ours_concat", 2, 4));
    let (tower, layer) = (TowerId::Shared, Layer::Conv4_2);
    let faces = [subject(1, true), subject(2, true)];
    let mut calls = 0;
    let found = channel_effects(&predictor, (tower, layer), faces.clone(), |_, _| {
        calls += 1;
        true
    });
    assert_eq!((found.faces, found.channels.len(), calls), (2, 16, 3));
    assert_eq!(found.labelled, [2, 0]);
    let c = found.ranked(0)[0];
    let mask = Mask::muting(tower, layer, 16, &[c]);
    let (mut nme, mut shift, mut change) = (0.0, 0.0, vec![0.0; 40]);
    for face in &faces {
        let actual = |masks: &[Mask]| predictions(&predictor, face, masks, 1).remove(0);
        let (whole, muted) = (actual(&[]), actual(std::slice::from_ref(&mask)));
        let (TaskPrediction::Points(a), TaskPrediction::Points(b)) =
            (&whole.tasks[0], &muted.tasks[0])
        else {
            unreachable!()
        };
        for i in 0..5 {
            let at = [20.0 * i as f32, 30.0];
            nme += f64::from(distance(at, b[i]) - distance(at, a[i])) / 20.0 / 10.0;
            shift += f64::from(distance(a[i], b[i])) / 20.0 / 10.0;
        }
        if let (TaskPrediction::Binary(a), TaskPrediction::Binary(b)) =
            (&whole.tasks[1], &muted.tasks[1])
        {
            for i in 0..40 {
                change[i] += f64::from((a[i] - b[i]).abs()) / 2.0;
            }
        }
    }
    let TaskEffect::Points {
        shift_percent,
        nme_change_percent,
        ..
    } = found.channels[c][0]
    else {
        unreachable!()
    };
    assert!((shift_percent - 100.0 * shift).abs() < 1e-2 * shift_percent.abs());
    assert!((nme_change_percent.unwrap() - 100.0 * nme).abs() < 1e-2 * shift_percent);
    let TaskEffect::Binary {
        change: mean, most, ..
    } = found.channels[c][1]
    else {
        unreachable!()
    };
    assert!((mean - change.iter().sum::<f64>() / 40.0).abs() < 1e-5);
    assert!(change.iter().all(|v| *v <= change[most] + 1e-6));
    let sizes: Vec<f64> = found
        .ranked(1)
        .iter()
        .map(|c| found.channels[*c][1].size())
        .collect();
    assert!(sizes.is_sorted_by(|a, b| a >= b) && sizes[0] > sizes[15]);
}

#[test]
fn without_labels_the_shift_counts_and_a_channel_without_signal_does_nothing() {
    let network: Network = random("ours_concat", 2, 4);
    let tensors = network.tensors(true);
    let network = made(network.config(), |name, place| {
        let tensor = &tensors[name];
        let shape = tensor.shape().to_vec();
        let at = place.iter().zip(&shape).fold(0, |at, (p, s)| at * s + p);
        let dead = name.starts_with("attributes.conv2_1.") && place[0] == 3;
        if dead {
            0.0
        } else {
            tensor.as_slice::<f32>().unwrap()[at]
        }
    });
    let predictor = predictor(network);
    let place = (TowerId::Task(1), Layer::Conv2_1);
    let found = channel_effects(&predictor, place, [subject(3, false)], |_, _| true);
    for (c, tasks) in found.channels.iter().enumerate() {
        let TaskEffect::Points {
            shift_percent,
            nme_change_percent,
            ..
        } = tasks[0]
        else {
            unreachable!()
        };
        assert_eq!((shift_percent, nme_change_percent), (0.0, None));
        // Rounding depends on how many faces are in a batch, and counts for nothing.
        assert_eq!(tasks[1].is_nothing(), c == 3, "{c}");
        assert_eq!(tasks[1].differs(), None, "no labels tell what is worse");
    }
    assert_eq!(found.ranked(1)[3], 3);
}

#[test]
fn a_cancelled_ranking_keeps_the_finished_faces() {
    let predictor = predictor(random("ours_concat", 2, 4));
    let place = (TowerId::Shared, Layer::Conv4_3);
    let faces = || (0..3).map(|i| subject(i, true));
    let found = channel_effects(&predictor, place, faces(), |done, _| done < 1);
    assert_eq!(found.boxes, BTreeMap::from([(BoxSource::Labels, 1)]));
    let one = channel_effects(&predictor, place, faces().take(1), |_, _| true);
    assert_eq!(found, one);
    assert_eq!(found.faces, 1);
}

#[test]
fn only_faces_with_a_labelled_length_tell_of_the_nme() {
    let predictor = predictor(random("ours_concat", 2, 4));
    let place = (TowerId::Shared, Layer::Conv4_2);
    let effects = |faces: Vec<Subject>| channel_effects(&predictor, place, faces, |_, _| true);
    let other = |change: &dyn Fn(&mut Vec<TaskLabels>)| {
        let mut face = subject(2, true);
        change(&mut face.labels.as_mut().unwrap().tasks);
        face
    };
    let point = |tasks: &mut Vec<TaskLabels>, i: usize, label| match &mut tasks[0] {
        TaskLabels::Points(points) => points[i] = label,
        TaskLabels::Binary(_) => unreachable!(),
    };
    let nme = |found: &Effects| -> Vec<Option<f64>> {
        let of = |c: &Vec<TaskEffect>| match c[0] {
            TaskEffect::Points {
                nme_change_percent, ..
            } => nme_change_percent,
            TaskEffect::Binary { .. } => None,
        };
        found.channels.iter().map(of).collect()
    };
    let alone = effects(vec![subject(1, true)]);
    for odd in [
        // An eye is not known, or both are in one place.
        other(&|t| point(t, 0, PointLabel::default())),
        other(&|t| point(t, 0, PointLabel::visible([20.0, 30.0]))),
        // Labels of another schema.
        other(&|t| t.clear()),
        other(&|t| t.reverse()),
        other(&|t| t[0] = TaskLabels::Points(vec![PointLabel::visible([1.0, 2.0])])),
        other(&|t| t[0] = TaskLabels::Points(vec![PointLabel::visible([1.0, 2.0]); 7])),
    ] {
        let found = effects(vec![subject(1, true), odd]);
        assert_eq!((found.faces, &found.labelled[..]), (2, &[1, 0][..]));
        assert_eq!(nme(&found), nme(&alone));
    }
    let both = effects(vec![subject(1, true), subject(2, false), subject(3, true)]);
    let boxes = [(BoxSource::Labels, 2), (BoxSource::WholePicture, 1)];
    assert_eq!((both.faces, both.boxes), (3, BTreeMap::from(boxes)));
    let more = other(&|t| t.push(t[1].clone()));
    assert_eq!(effects(vec![more]).labelled, [1, 0]);
}

#[test]
fn a_task_that_was_not_looked_at_ranks_nothing() {
    let effects = Effects {
        tower: TowerId::Shared,
        layer: Layer::Conv1_1,
        faces: 1,
        boxes: BTreeMap::new(),
        resampled: Resampled {
            by_identity: false,
            units: 1,
        },
        labelled: Vec::new(),
        channels: vec![Vec::new(); 3],
        warnings: Vec::new(),
    };
    assert_eq!(effects.ranked(7), [0, 1, 2]);
    assert_eq!(effects.largest(7), f64::MIN_POSITIVE);
}

/// The intervals of a channel against the means of resampled faces, worked out face by face.
#[test]
fn intervals_are_those_of_the_means_of_resampled_faces() {
    const FACES: usize = 9;
    let predictor = predictor(random("ours_concat", 2, 4));
    let place = (TowerId::Shared, Layer::Conv4_2);
    let face = |i: usize| subject(i, i != 4);
    let found = channel_effects(&predictor, place, (0..FACES).map(face), |_, _| true);
    let channel = found.ranked(0)[0];
    let alone: Vec<Effects> = (0..FACES)
        .map(|i| channel_effects(&predictor, place, [face(i)], |_, _| true))
        .collect();
    assert!(
        alone[0].channels[channel][0].interval().is_none(),
        "one face"
    );
    let resampling = Resampling::new((0..FACES).map(|_| None), PAIRED);
    let direct = resampling.intervals(|weights| {
        let mut sums = [0.0; 5];
        for (effects, weight) in alone.iter().zip(weights) {
            let w = f64::from(*weight);
            let [
                TaskEffect::Points {
                    shift_percent,
                    nme_change_percent,
                    ..
                },
                TaskEffect::Binary { change, .. },
            ] = &effects.channels[channel][..]
            else {
                unreachable!()
            };
            sums[0] += w;
            sums[1] += w * shift_percent;
            sums[2] += w * change;
            if let Some(nme) = nme_change_percent {
                sums[3] += w;
                sums[4] += w * nme;
            }
        }
        vec![sums[1] / sums[0], sums[2] / sums[0], sums[4] / sums[3]]
    });
    let [points, binary] = &found.channels[channel][..] else {
        unreachable!()
    };
    let TaskEffect::Points {
        shift_interval,
        nme_change_interval,
        ..
    } = points
    else {
        unreachable!()
    };
    let ours = [*shift_interval, binary.interval(), *nme_change_interval];
    for (ours, direct) in ours.into_iter().zip(direct) {
        let (ours, direct) = (ours.unwrap(), direct.unwrap());
        for (a, b) in ours.into_iter().zip(direct) {
            assert!((a - b).abs() < 1e-3 * b.abs().max(1e-3), "{a} {b}");
        }
    }
    assert_eq!(found.resampled.units, FACES);
    assert_eq!(
        points.interval(),
        *nme_change_interval,
        "labels tell the loss"
    );
}

#[test]
fn faces_of_too_few_persons_have_no_interval() {
    let predictor = predictor(random("ours_concat", 2, 4));
    let place = (TowerId::Shared, Layer::Conv4_3);
    let faces = (0..8).map(|i| Subject {
        identity: Some(["a", "b"][i % 2].into()),
        ..subject(i, true)
    });
    let found = channel_effects(&predictor, place, faces, |_, _| true);
    assert!(found.resampled.by_identity && found.resampled.units == 2);
    for effect in found.channels.iter().flatten() {
        assert!(effect.interval().is_none() && effect.differs() != Some(true));
    }
    assert_eq!(found.differing(0).map(|d| d.channels), Some(0));
    assert_eq!(found.differing(1), None, "no attribute is labelled");
}

/// Attributes whose labels are drawn apart from what the network says: muting changes every
/// probability, so the mean of absolute changes is far from zero, while the loss hardly is.
#[test]
fn attributes_are_told_from_zero_by_how_much_worse_they_get() {
    const FACES: usize = 8;
    let predictor = predictor(random("ours_concat", 2, 4));
    let place = (TowerId::Shared, Layer::Conv4_2);
    let face = |i: usize| {
        let mut face = subject(i, true);
        let labels = face.labels.as_mut().unwrap();
        let TaskLabels::Binary(all) = &mut labels.tasks[1] else {
            unreachable!()
        };
        for (a, label) in all.iter_mut().enumerate().take(40 * (i % 2)) {
            *label = Presence::from((a * 7 + i * 3) % 5 < 2);
        }
        face
    };
    let faces: Vec<Subject> = (0..2 * FACES).map(face).collect();
    let found = channel_effects(&predictor, place, faces.clone(), |_, _| true);
    assert_eq!(found.labelled, [2 * FACES, FACES], "half have attributes");
    let mut signs = [0, 0];
    let looked_at = found.ranked(1)[0];
    for (channel, effects) in found.channels.iter().enumerate() {
        let TaskEffect::Binary {
            change,
            change_interval,
            loss_change,
            loss_change_interval,
            ..
        } = &effects[1]
        else {
            unreachable!()
        };
        let (loss, [low, high]) = (loss_change.unwrap(), loss_change_interval.unwrap());
        if effects[1].is_nothing() {
            continue;
        }
        assert!(*change > 0.0 && change_interval.unwrap()[0] >= 0.0);
        assert!(low <= loss && loss <= high);
        assert_eq!(effects[1].size(), loss);
        assert_eq!(effects[1].interval(), *loss_change_interval);
        assert_eq!(effects[1].differs(), Some(low > 0.0 || high < 0.0));
        signs[usize::from(loss > 0.0)] += 1;
        if channel != looked_at {
            continue;
        }
        // Once more, face by face.
        let mask = Mask::muting(place.0, place.1, 16, &[channel]);
        let (mut sum, mut known) = (0.0, 0);
        for face in &faces {
            let actual = |masks: &[Mask]| match predictions(&predictor, face, masks, 1)
                .remove(0)
                .tasks
                .remove(1)
            {
                TaskPrediction::Binary(p) => p,
                TaskPrediction::Points(_) => unreachable!(),
            };
            let (whole, muted) = (actual(&[]), actual(std::slice::from_ref(&mask)));
            let TaskLabels::Binary(all) = &face.labels.as_ref().unwrap().tasks[1] else {
                unreachable!()
            };
            for (i, label) in all.iter().enumerate() {
                let right = |p: f32| match label {
                    Presence::Present => Some(f64::from(p)),
                    Presence::Absent => Some(1.0 - f64::from(p)),
                    Presence::Unknown => None,
                };
                if let (Some(before), Some(after)) = (right(whole[i]), right(muted[i])) {
                    sum += before.ln() - after.ln();
                    known += 1;
                }
            }
        }
        let mean = sum / f64::from(known);
        assert!(
            (loss - mean).abs() < 1e-5 + 1e-2 * mean.abs(),
            "{loss} {mean}"
        );
    }
    assert!(signs[0] > 0 && signs[1] > 0, "worse and better: {signs:?}");
    let differing = found.differing(1).unwrap();
    let tested = signs[0] + signs[1];
    assert_eq!((differing.of, differing.tested), (16, tested));
    let chance = differing.by_chance();
    assert!(differing.channels < tested && (chance - 0.05 * tested as f64).abs() < 1e-9);
}

#[test]
fn what_flatters_the_faces_that_were_measured_is_said() {
    let mut checkpoint = Checkpoint::new(random("ours_concat", 1, 4));
    checkpoint.training = serde_json::json!({"data": ["own"], "findings": ["landmarks: poor"]});
    let predictor = Predictor::new(checkpoint, Device::flex());
    let folder = tempfile::tempdir().unwrap();
    let sample = |name: &str| {
        let path = folder.path().join(name);
        if name != "lost.png" {
            image::RgbImage::new(64, 64).save(&path).unwrap();
        }
        Sample::unlabelled(&path, &Schema::face())
    };
    let samples = ["lost.png", "a.png", "b.png", "c.png"].map(sample);
    let samples: Vec<&Sample> = samples.iter().collect();
    let place = (TowerId::Shared, Layer::Conv1_1);
    let actual = |data: &str, faces: usize| {
        let done = |face: usize, _| face < faces;
        let (found, problems) = effects_over(&predictor, place, (data, &samples), done);
        assert_eq!((found.faces, problems.len()), (faces, 1));
        let text = found.warnings.into_iter().map(String::from);
        text.collect::<Vec<_>>()
    };
    let own = actual("own", 2);
    assert_eq!(own.len(), 2);
    assert!(
        own[0].starts_with("2 faces trained these weights (on own)"),
        "{own:?}"
    );
    assert!(own[1].ends_with("found: landmarks: poor"), "{own:?}");
    assert_eq!(actual("another", 3), own[1..]);
}
