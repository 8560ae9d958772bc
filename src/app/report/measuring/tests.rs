use super::*;
use crate::app::report::plot_data::Series;
use crate::dataset::Split;
use crate::label::{PointLabel, Presence, TaskLabels, TaskPrediction};
use crate::measure::Measure;

/// Four faces whose nose is off by 0, 1, 2 and 3 of L = 10 pixels, all said to be "Male".
fn question() -> Question {
    let schema = Schema::face();
    let mut found = Findings::none(5);
    let mut samples = Vec::new();
    for i in 0..5 {
        let mut sample = Sample::unlabelled(std::path::Path::new("a.png"), &schema);
        sample.split = Some(if i == 0 { Split::Train } else { Split::Test });
        sample.columns = vec![["", "x", "y", "y", "y"][i].into()];
        let points = [[0.0, 0.0], [10.0, 0.0], [5.0, 5.0], [1.0, 9.0], [9.0, 9.0]];
        let labels = points.map(PointLabel::visible).to_vec();
        sample.annotation.tasks[0] = TaskLabels::Points(labels);
        if let TaskLabels::Binary(values) = &mut sample.annotation.tasks[1] {
            values[20] = Presence::from(i != 2);
        }
        let mut points = points.to_vec();
        points[2][0] += i as f32;
        let mut actual = vec![0.0; 40];
        actual[20] = 0.9;
        let tasks = vec![
            TaskPrediction::Points(points),
            TaskPrediction::Binary(actual),
        ];
        let face_box = FaceBox::new(-5.0, -5.0, 20.0, 20.0);
        let labels = Some(&sample.annotation);
        if i < 4 {
            found.set(
                i,
                Finding::new(labels, &schema, face_box, Prediction { tasks }),
            );
        }
        samples.push(sample);
    }
    Question {
        samples: samples.into(),
        columns: vec!["kind".into()],
        schema,
        found,
        other: None,
        faces: SubsetFaces::All,
        subset: None,
        by: Some(Column::Foreign(0)),
        unread: 1,
        data: "set".into(),
        weights: "bundled".into(),
        network: "cac2".into(),
        trained: Arc::default(),
        untrained: Default::default(),
    }
}

#[test]
fn few_of_many_predicted_faces_are_warned_of() {
    let badge = |faces, missing, of| few_predicted(faces, missing, of).map(|w| w.badge);
    assert_eq!(badge(1, 149, 150).unwrap(), "1 of 150");
    assert_eq!(badge(9, 3, 12).unwrap(), "9 of 12");
    assert_eq!(badge(100, 1100, 1200).unwrap(), "100 of 1,200");
    assert_eq!(badge(15, 135, 150), None);
    assert_eq!(badge(6, 0, 6), None);
    assert_eq!(badge(6, 0, 8), None, "the others cannot be read");
    let mut question = question();
    question.unread = 0;
    let evaluation = all(&question).evaluation.unwrap();
    assert_eq!(evaluation.network, "cac2");
    let notes = evaluation.notes().join("\n");
    assert!(
        notes.contains("warning: only 4 of 5 faces are predicted"),
        "{notes}"
    );
}

fn all(question: &Question) -> Results {
    measure(question, false, &|_, _| true).unwrap()
}

#[test]
fn figures_name_the_faces_behind_them() {
    let Results {
        plots,
        slices,
        unread,
        ..
    } = all(&question());
    assert_eq!(unread, 1);
    assert_eq!((plots.measured, plots.requested), (4, 5));
    let curve = &plots.curves[0];
    // A nose that is 0.2·L off is 0.04 over five points.
    assert_eq!(curve.share(0.05), 0.75);
    assert_eq!(curve.beyond(0.03), [2, 3]);
    assert!((curve.mean().unwrap() - 0.03).abs() < 1e-6);
    let nose = &plots.tasks[0].bars[2];
    assert_eq!((nose.known, nose.values.network), (4, Some(50.0)));
    let male = &plots.tasks[1].bars[0];
    assert_eq!(
        (male.item, male.values.network, male.values.guess),
        (20, Some(75.0), Some(75.0))
    );
    assert!(plots.learned.contains("1 training"));
    // Where there are slices, curves and bars have them.
    let names: Vec<_> = plots.curves.iter().map(|c| (c.series, &*c.name)).collect();
    let expected = [
        (Series::Network, "all (4)"),
        (Series::Slice(0), "x (1)"),
        (Series::Slice(1), "y (2)"),
        (Series::Slice(2), "(none) (1)"),
    ];
    assert_eq!(names, expected);
    assert_eq!(plots.curves[2].beyond(0.05), [3]);
    assert_eq!(nose.slices, [Some(100.0), Some(0.0), Some(100.0)]);
    assert_eq!((plots.slices.len(), plots.slice_count), (3, 3));
    let slices: Vec<_> = slices.iter().map(|s| (&*s.value, &s.faces[..])).collect();
    let expected: [(&str, &[u32]); 3] = [("x", &[1]), ("y", &[2, 3]), ("(none)", &[0])];
    assert_eq!(slices, expected);
}

#[test]
fn a_part_is_measured_alone_and_another_predictor_stands_beside() {
    let mut part = question();
    part.faces = SubsetFaces::Split(Split::Test);
    part.other = Some(Compared {
        name: "theirs".into(),
        found: part.found.clone(),
        file: Some("a/theirs.csv".into()),
        made_by: MadeBy::default(),
    });
    part.by = None;
    let measured = all(&part);
    // As eval says it: the file, and what of it is of other splits.
    let evaluation = measured.evaluation.as_ref().unwrap();
    let [file] = &evaluation.predictions[..] else {
        panic!("{:?}", evaluation.predictions)
    };
    assert_eq!(file.path, "a/theirs.csv");
    assert_eq!(file.not_measured, part.found.found() - 3);
    let plots = measured.plots;
    assert_eq!((plots.measured, plots.requested), (3, 4));
    let series: Vec<_> = plots.curves.iter().map(|c| c.series).collect();
    assert_eq!(series, [Series::Network, Series::Other, Series::Trivial]);
    let nose = plots.tasks[0].bars[2].values;
    assert_eq!(nose.network, nose.other);
}

#[test]
fn shown_faces_are_measured_and_training_faces_are_told() {
    let mut shown = question();
    shown.faces = SubsetFaces::Shown(vec![0, 2, 4].into());
    shown.by = Some(Column::Attribute(1, 20));
    let measured = all(&shown);
    assert_eq!((measured.plots.measured, measured.plots.requested), (2, 3));
    let slices: Vec<_> = measured
        .slices
        .iter()
        .map(|s| (&*s.value, &s.faces[..]))
        .collect();
    let expected: [(&str, &[u32]); 2] = [("absent", &[2]), ("present", &[0])];
    assert_eq!(slices, expected);
    let evaluation = measured.evaluation.unwrap();
    assert!(evaluation.warnings[0].badge.contains("1 of the training"));
    shown.faces = SubsetFaces::Split(Split::Test);
    let evaluation = all(&shown).evaluation.unwrap();
    let warnings = &evaluation.warnings;
    let badges: Vec<&str> = warnings.iter().map(|w| w.badge.as_str()).collect();
    let expected = [
        "landmarks: 3 labelled faces",
        "attributes: 3 labelled faces",
    ];
    assert_eq!(badges, expected);
}

#[test]
fn intervals_come_where_they_are_asked_for_and_end_where_nobody_wants_them() {
    let question = question();
    let made = measure(&question, true, &|_, _| true).unwrap();
    let evaluation = made.evaluation.unwrap();
    let groups = &evaluation.report.groups;
    let nose = &groups[0].tasks[0].predictors[0].rows[2];
    let success = nose.figures[&Measure::Success];
    assert_eq!(success.value, Some(50.0));
    let [low, high] = success.interval.unwrap();
    assert!(low < 50.0 && high > 50.0);
    assert!(measure(&question, true, &|_, _| false).is_none());
}

#[test]
fn a_column_of_names_is_measured_whole_and_said() {
    let mut question = question();
    let mut samples = question.samples.iter().cloned().collect::<Vec<Sample>>();
    let mut found = Findings::none(300);
    for i in 0..300 {
        samples.push(samples[0].clone());
        samples[i].columns = vec![i.to_string().into()];
        found.set(i, question.found.get(0).unwrap().clone());
    }
    (question.samples, question.found) = (samples.into(), found);
    let measured = all(&question);
    assert_eq!(measured.plots.measured, 300);
    assert!(measured.slices.is_empty());
    let why = measured.unsliced.unwrap();
    assert!(why.contains("kind has 300 values"), "{why}");
}
