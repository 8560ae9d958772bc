use burn::tensor::Device;
use image::{Rgb, RgbImage};
use serde_json::json;

use super::*;
use crate::dataset::Split;
use crate::label::{Annotation, PointLabel, Presence, Schema, TaskLabels};
use crate::measure::ALPHA;
use crate::model::testing::{made, predictor, random};
use crate::model::{Config, TaskStart};

#[test]
fn norms_are_those_of_each_half() {
    for variant in ["ours_concat", "ours_channelwise"] {
        let config = Config::variant(variant).unwrap().sized(2, 3);
        let network = made(&config, |_, place| match place {
            [_, i, _, _] => {
                if *i < 2 {
                    2.0
                } else {
                    1.0
                }
            }
            [_, i] => {
                if *i < 16 * 64 {
                    3.0
                } else {
                    1.0
                }
            }
            _ => 0.0,
        });
        let found = fusion_norms(&Checkpoint::new(network));
        assert_eq!(found.shares.len(), 2 * 10);
        let names: Vec<&str> = found
            .of_task("landmarks")
            .iter()
            .map(|s| &*s.depth)
            .collect();
        assert_eq!((names[0], names[9]), ("conv1_2", "fc"));
        let first = &found.shares[0];
        // Two own and two shared channels in, two out, of 3×3 or 1×1 weights.
        let kernel = if variant == "ours_concat" {
            9.0_f64
        } else {
            1.0
        };
        assert!((first.own_norm - (16.0 * kernel).sqrt()).abs() < 1e-6);
        assert!((first.shared_norm - (4.0 * kernel).sqrt()).abs() < 1e-6);
        assert!((first.shared_part() - 0.2).abs() < 1e-9);
        let last = &found.shares[9];
        if variant == "ours_concat" {
            assert!((last.own_norm / last.shared_norm - 3.0).abs() < 1e-6);
        }
    }
    let hard = Checkpoint::new(random("baseline_fc", 1, 1));
    assert!(fusion_norms(&hard).shares.is_empty());
}

#[test]
fn a_half_without_weights_is_not_missed() {
    let network = random("ours_concat", 2, 3);
    let tensors = network.tensors(true);
    let config = network.config().clone();
    // Nothing of the shared maps is taken in.
    let network = made(&config, |name, place| {
        let tensor = &tensors[name];
        let shape = tensor.shape().to_vec();
        let at = place.iter().zip(&shape).fold(0, |at, (p, s)| at * s + p);
        let joins = !name.starts_with("shared")
            && !name.contains("conv1_1")
            && !name.contains("output")
            && name.ends_with("weight");
        if joins && place[1] >= shape[1] / 2 {
            0.0
        } else {
            tensor.as_slice::<f32>().unwrap()[at]
        }
    });
    let predictor = predictor(network);
    let folder = tempfile::tempdir().unwrap();
    let samples = samples(folder.path(), 3);
    let samples: Vec<&Sample> = samples.iter().collect();
    let (found, problems) = towers(&predictor, ("any", &samples), ALPHA, |_| true);
    assert!(problems.is_empty() && found.faces == 3);
    let base = found.tasks[0].value.unwrap();
    for share in &found.shares {
        assert_eq!(share.shared_part(), 0.0);
        let whole = &found.tasks[usize::from(share.task == "attributes")];
        assert_eq!(share.without_shared, whole.value, "{}", share.depth);
        let unchanged = share.shared_change.unwrap();
        // Three faces are too few for an interval.
        assert_eq!((unchanged.value, unchanged.interval), (0.0, None));
        if share.task == "landmarks" {
            assert_ne!(share.without_own, Some(base), "{}", share.depth);
        }
    }
}

#[test]
fn a_stopped_measurement_is_over_whole_groups_and_says_how_many_faces_are_labelled() {
    let predictor = predictor(random("ours_concat", 1, 2));
    let folder = tempfile::tempdir().unwrap();
    let mut all = samples(folder.path(), GROUP as u8 + 3);
    let points = |n| TaskLabels::Points(vec![PointLabel::visible([1.0, 2.0]); n]);
    // Without labels, and with those of other schemas.
    all[1].annotation = Annotation::unknown(&Schema::face());
    all[2].annotation.tasks.pop();
    all[3].annotation.tasks.reverse();
    all[4].annotation.tasks[0] = points(4);
    all[5].annotation.tasks[0] = points(9);
    all[6].annotation.tasks.push(points(2));
    let all: Vec<&Sample> = all.iter().collect();
    let mut calls = 0;
    let (none, _) = towers(&predictor, ("any", &all), ALPHA, |_| {
        calls += 1;
        calls < 3
    });
    assert_eq!((none.faces, none.tasks[0].value), (0, None));
    let (found, _) = towers(&predictor, ("any", &all), ALPHA, |done| done <= GROUP);
    let (first, _) = towers(&predictor, ("any", &all[..GROUP]), ALPHA, |_| true);
    assert_eq!(found, first);
    let labelled: Vec<usize> = found.tasks.iter().map(|b| b.labelled).collect();
    assert_eq!((found.faces, &labelled[..]), (GROUP, &[4, 5][..]));
    // The faces of the group that was not finished do not count.
    let boxes = [(BoxSource::Labels, 5), (BoxSource::WholePicture, 3)];
    assert_eq!(found.boxes, BTreeMap::from(boxes));
    let text = "5 in boxes from the labelled points, 3 in the whole picture";
    assert_eq!(crate::dataset::describe_boxes(&found.boxes), text);
}

#[test]
fn what_flatters_the_faces_and_speaks_against_the_weights_is_said() {
    let config = Config::variant("ours_concat").unwrap().sized(1, 8);
    let hard = random("baseline_fc", 1, 3);
    let device = Device::flex();
    let start = |start| {
        let network = Network::separate(&hard, &config, start, 5, &device).unwrap();
        let mut checkpoint = Checkpoint::new(network);
        checkpoint.training = json!({
            "data": ["own"], "chosen_by": "validation",
            "findings": ["landmarks: stage 2 brought nothing better than its start (step 0)"],
        });
        checkpoint
    };
    let badges = |found: &Towers| -> Vec<String> {
        found.warnings.iter().map(|w| w.badge.clone()).collect()
    };
    let found = "landmarks: stage 2 brought nothing better than its start";
    let halves = ["landmarks", "attributes"].map(|t| format!("{t}: 50 % each by construction"));
    let warm = start(TaskStart::Warm);
    let all = [found, &halves[0], &halves[1]];
    assert_eq!(badges(&fusion_norms(&warm)), all);
    assert_eq!(badges(&fusion_norms(&start(TaskStart::Fresh))), [found]);
    let predictor = Predictor::new(warm, device);
    let folder = tempfile::tempdir().unwrap();
    let mut own = samples(folder.path(), GROUP as u8 + 2);
    own[1].split = Some(Split::Validation);
    own[2].split = Some(Split::Test);
    let own: Vec<&Sample> = own.iter().collect();
    // Of the faces that were measured, not of those that were to be.
    let (found, _) = towers(&predictor, ("own", &own), ALPHA, |done| done <= GROUP);
    let trained = Trained::of(&predictor.checkpoint().training);
    let actual = trained.warnings("own", own[..GROUP].iter().copied());
    assert_eq!((found.faces, actual.len()), (GROUP, 3));
    assert_eq!(found.warnings[..3], actual[..]);
    assert_eq!(badges(&found)[..1], ["6 training faces"]);
    assert_eq!(badges(&found)[3..], halves);
    let others = towers(&predictor, ("another", &own[2..3]), ALPHA, |_| true).0;
    assert_eq!(badges(&others), all);
}

fn samples(folder: &std::path::Path, count: u8) -> Vec<Sample> {
    let sample = |i: u8| {
        let path = folder.join(format!("{i}.png"));
        let draw = |x, y| Rgb([(x as u8).wrapping_mul(i), y as u8, (x * y) as u8]);
        RgbImage::from_fn(128, 128, draw).save(&path).unwrap();
        let mut sample = Sample::unlabelled(&path, &Schema::face());
        sample.annotation = labels();
        sample
    };
    (0..count).map(sample).collect()
}

fn labels() -> Annotation {
    let mut labels = Annotation::unknown(&Schema::face());
    let at = |i: u8| PointLabel::visible([10.0 + 20.0 * f32::from(i), 40.0]);
    labels.tasks[0] = TaskLabels::Points((0..5).map(at).collect());
    labels.tasks[1] = TaskLabels::Binary(vec![Presence::Present; 40]);
    labels
}
