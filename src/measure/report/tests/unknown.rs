//! What is not known of labels, predictions or the network is in no number.

use super::*;

#[test]
fn what_is_labelled_or_said_under_another_schema_is_unknown() {
    let schema = Schema::face();
    let other = Schema {
        tasks: schema.tasks[1..].to_vec(),
    };
    let labels = Annotation::unknown(&other);
    let actual = Prediction {
        tasks: vec![TaskPrediction::Binary(vec![0.9; 3])],
    };
    let face = Face {
        labels: &labels,
        box_length: None,
        identity: None,
    };
    let measured = Measured {
        schema: &schema,
        faces: &[face.clone(), face],
        predicted: &[Predicted {
            name: "network",
            who: Who::Network,
            faces: &[Some(&actual), None],
        }],
        slices: &[],
        untrained: &Untrained::default(),
        is_judged: &|_| false,
        options: Options::default(),
    };
    let report = Report::new(&measured, &|_, _| true).unwrap();
    let tasks = &report.groups[0].tasks;
    assert!(
        tasks
            .iter()
            .all(|t| (0..t.task.len()).all(|i| !t.is_measured(i)))
    );
}

#[test]
fn what_the_network_was_never_trained_on_is_marked_and_in_no_average() {
    let schema = Schema::face();
    let mut labels = Annotation::unknown(&schema);
    let points = [[0.0, 0.0], [10.0, 0.0], [5.0, 5.0], [1.0, 9.0], [9.0, 9.0]];
    labels.tasks[0] = TaskLabels::Points(points.map(PointLabel::visible).to_vec());
    let TaskLabels::Binary(values) = &mut labels.tasks[1] else {
        unreachable!()
    };
    values[..3].fill(Presence::Present);
    // Smiling is right, the others are not; the nose alone is off.
    let mut actual = vec![0.1; 40];
    actual[0] = 0.9;
    let mut found = points.to_vec();
    found[2][0] += 5.0;
    let tasks = vec![
        TaskPrediction::Points(found),
        TaskPrediction::Binary(actual),
    ];
    let actual = Prediction { tasks };
    let measured = |untrained: &Untrained, who: [Who; 2]| {
        let faces = [Some(&actual)];
        let predicted = who.map(|who| Predicted {
            name: "one",
            who,
            faces: &faces,
        });
        let measured = Measured {
            schema: &schema,
            faces: &[Face {
                labels: &labels,
                box_length: None,
                identity: None,
            }],
            predicted: &predicted,
            slices: &[],
            untrained,
            is_judged: &|_| false,
            options: Options::default(),
        };
        Report::new(&measured, &|_, _| true).unwrap()
    };
    let name = |task: usize, item: usize| schema.tasks[task].items().nth(item).unwrap();
    let mut untrained = Untrained::default();
    let why = UntrainedReason::NoLabel;
    untrained.set("attributes", [(name(1, 1).to_owned(), why)].into());
    untrained.set("landmarks", [(name(0, 2).to_owned(), why)].into());
    let report = measured(&untrained, [Who::Network, Who::Trivial]);
    let [points, attributes] = &report.groups[0].tasks[..] else {
        unreachable!()
    };
    let value = |figures: &TaskEstimates, p: usize, r: usize, measure: Measure| {
        figures.predictors[p].rows[r].figures[&measure].value
    };
    for p in [0, 1] {
        // One of two is right, one of three with the one that nothing taught.
        assert_eq!(value(attributes, p, 40, Measure::Accuracy), Some(50.0));
        assert_eq!(value(points, p, 5, Measure::Nme), Some(0.0));
        assert_eq!(value(points, p, 6, Measure::Nme), Some(0.0), "whole faces");
    }
    assert_eq!(value(attributes, 0, 1, Measure::Accuracy), Some(0.0));
    let marked = |p: usize| attributes.predictors[p].rows[1].untrained;
    assert_eq!([marked(0), marked(1)], [Some(why), None]);
    assert_eq!(attributes.measured_items(), 2);
    let text = attributes.untrained_text().unwrap();
    assert!(
        text.starts_with("averages over 2 of 3 attributes; never trained: "),
        "{text}"
    );
    assert!(text.ends_with(&name(1, 1).replace('_', " ")), "{text}");
    let tables = tables(&report, None);
    assert!(tables[1].title.contains(&text), "{}", tables[1].title);
    let rows: Vec<&Vec<String>> = tables[1].groups.iter().flatten().collect();
    assert_eq!(rows[2][0], format!("{} (untrained)", name(1, 1)));
    assert_eq!(rows.last().unwrap().last().unwrap(), "2 items");

    // Of a task that it was not trained on at all, it has no average; others have theirs.
    untrained.leave_out(&schema.tasks[1], UntrainedReason::LeftOut);
    let report = measured(&untrained, [Who::Network, Who::File]);
    let attributes = &report.groups[0].tasks[1];
    let average = |p: usize| value(attributes, p, 40, Measure::Accuracy);
    assert_eq!(average(0), None);
    assert!((average(1).unwrap() - 100.0 / 3.0).abs() < 1e-9);
    let text = attributes.untrained_text().unwrap();
    assert_eq!(text, "the network was never trained on attributes");
}
