use super::*;
use crate::label::{Annotation, PointLabel, Prediction, Presence, Schema};
use crate::label::{TaskLabels, TaskPrediction};
use crate::measure::{Bootstrap, Face, Measured, Predicted, Slice, Who};

/// Two faces of which the nose and "Male" are known; the second is off, and no man.
fn report(bootstrap: Option<Bootstrap>, slices: &[Slice]) -> Report {
    report_beside(("theirs", true), bootstrap, slices)
}

/// The same beside the predictions of a name, if there are any.
fn report_beside(
    (theirs, any): (&str, bool),
    bootstrap: Option<Bootstrap>,
    slices: &[Slice],
) -> Report {
    let schema = Schema::face();
    let faces: Vec<(Annotation, Prediction)> = [(0.0, true), (30.0, false)]
        .map(|(off, male)| {
            let mut labels = Annotation::unknown(&schema);
            let mut points = vec![PointLabel::default(); 5];
            points[0] = PointLabel::visible([0.0, 0.0]);
            points[1] = PointLabel::visible([100.0, 0.0]);
            points[2] = PointLabel::visible([50.0, 50.0]);
            labels.tasks[0] = TaskLabels::Points(points);
            if let TaskLabels::Binary(values) = &mut labels.tasks[1] {
                values[20] = Presence::from(male);
            }
            let mut points = vec![[0.0, 0.0]; 5];
            points[1] = [100.0, 0.0];
            points[2] = [50.0, 50.0 + off];
            let tasks = vec![
                TaskPrediction::Points(points),
                TaskPrediction::Binary(vec![0.9; 40]),
            ];
            (labels, Prediction { tasks })
        })
        .to_vec();
    let measured: Vec<Face> = faces
        .iter()
        .map(|(labels, _)| Face {
            labels,
            box_length: None,
            identity: None,
        })
        .collect();
    let said: Vec<Option<&Prediction>> = faces.iter().map(|f| Some(&f.1)).collect();
    let predicted = [
        ("network", Who::Network),
        (theirs, Who::File),
        ("guess", Who::Trivial),
    ];
    let none = vec![None; said.len()];
    let predicted = predicted.map(|(name, who)| Predicted {
        name,
        who,
        faces: match who == Who::File && !any {
            true => &none,
            false => &said,
        },
    });
    let measured = Measured {
        schema: &schema,
        faces: &measured,
        predicted: &predicted,
        slices,
        untrained: &crate::label::Untrained::default(),
        is_judged: &|_| false,
        options: Options {
            bootstrap,
            ..Options::default()
        },
    };
    Report::new(&measured, &|_, _| true).unwrap()
}

fn headings(grid: &Grid) -> Vec<&str> {
    grid.columns.iter().map(|c| c.heading.as_str()).collect()
}

#[test]
fn what_another_has_not_predicted_takes_no_width() {
    let name = "run-1/best-stage1.safetensors";
    let of = |any| {
        let report = report_beside((name, any), None, &[]);
        let grid = task_grid(&report, &report.groups[0], 0, false).unwrap();
        let tips = grid.columns.iter().map(|c| c.description.clone());
        (tips.collect::<Vec<_>>(), headings(&grid).join(" "))
    };
    let (tips, heads) = of(true);
    assert!(
        heads.starts_with(
            "success@0.1 best-stage1 mean face NME best-stage1 mean face median NME \
                           best-stage1 AUC@0.1 best-stage1 failure@0.1 best-stage1"
        ),
        "{heads}"
    );
    assert_eq!(tips[4], format!("NME of {name}"));
    let (_, heads) = of(false);
    assert!(
        heads.starts_with("success@0.1 mean face NME mean face median"),
        "{heads}"
    );
}

#[test]
fn a_task_has_its_measures_beside_what_others_and_the_guess_reach() {
    let bootstrap = Bootstrap {
        resamples: 30,
        seed: 1,
    };
    let report = report(Some(bootstrap), &[]);
    let group = &report.groups[0];
    let points = task_grid(&report, group, 0, true).unwrap();
    let expected = [
        "success@0.1",
        "theirs",
        "mean face",
        "NME",
        "theirs",
        "mean face",
        "median NME",
        "theirs",
        "AUC@0.1",
        "theirs",
        "failure@0.1",
        "theirs",
        "known",
    ];
    assert_eq!(headings(&points), expected);
    let names: Vec<&str> = points.rows.iter().map(|r| r.name.as_str()).collect();
    let expected = ["left eye", "right eye", "nose", "average", "whole face"];
    assert_eq!(names, expected, "corners of the mouth are not known");
    let nose = &points.rows[2];
    assert_eq!(nose.link, Some(2));
    let Cell::Percent(Some(success), Some([low, high])) = nose.cells[0] else {
        panic!("{:?}", nose.cells);
    };
    assert!(success == 50.0 && low < 50.0 && high > 50.0);
    assert!(
        matches!(nose.cells[3], Cell::Percent(Some(nme), Some(_)) if (nme - 15.0).abs() < 1e-6)
    );
    assert!(
        points
            .description
            .contains("L: distance between labels of left eye and right eye")
    );
    assert!(
        points.description.ends_with(
            "30 resamples of 2 faces, which are few: the intervals may be too narrow, at 0 and 100 \
             % Wilson's"
        ),
        "{}",
        points.description
    );
    // The same as the tables of `eval`, of every measure of the judged network and of others.
    let all = [
        (0, Measure::Success),
        (3, Measure::Nme),
        (6, Measure::MedianNme),
        (8, Measure::Auc),
        (10, Measure::Failure),
    ];
    for (n, measure) in all {
        for predictor in 0..2 {
            let figure = group.tasks[0].predictors[predictor].rows[2].figures[&measure];
            assert!(figure.interval.is_some());
            let cell = &nose.cells[n + predictor];
            assert_eq!(*cell, Cell::Percent(figure.value, figure.interval));
            assert!(points.columns[n + predictor].intervals);
        }
    }
    assert!(
        matches!(nose.cells[2], Cell::Percent(Some(_), None)),
        "the guess"
    );
    let attributes = task_grid(&report, group, 1, true).unwrap();
    let expected = [
        "accuracy", "theirs", "majority", "balanced", "theirs", "F1", "theirs", "ECE", "theirs",
        "known",
    ];
    assert_eq!(headings(&attributes), expected);
    assert!(attributes.description.contains("ECE in 10 equal bins"));
    assert!(!attributes.columns[7].intervals, "the ECE has none");
    assert_eq!(attributes.rows.len(), 2, "one attribute and the average");
    assert_eq!(attributes.rows[1].cells[9], Cell::Text("1 item".into()));
}

#[test]
fn slices_stand_below_all_faces_and_lead_by_their_number() {
    assert_eq!(
        slice_grid(&report(None, &[]), 1, RowKind::Average, true),
        None
    );
    let slices = [("absent", vec![1]), ("present", vec![0])];
    let slices = slices.map(|(value, faces)| Slice {
        by: "Male".into(),
        value: value.into(),
        faces,
    });
    let grid = slice_grid(&report(None, &slices), 1, RowKind::Average, true).unwrap();
    assert_eq!(grid.names, "Male");
    let link: Vec<_> = grid.rows.iter().map(|r| (&*r.name, r.link)).collect();
    let expected = [("all", None), ("absent", Some(0)), ("present", Some(1))];
    assert_eq!(link, expected);
    let heads = headings(&grid);
    let accuracy = heads.iter().position(|h| *h == "accuracy").unwrap();
    let percent = |n: usize| match grid.rows[n].cells[accuracy] {
        Cell::Percent(value, _) => value,
        _ => None,
    };
    let values = [percent(0), percent(1), percent(2)];
    assert_eq!(values, [Some(50.0), Some(0.0), Some(100.0)]);
    assert_eq!(grid.rows[1].cells[0], Cell::Count(1));
    assert!(grid.notes.is_empty(), "{:?}", grid.notes);
}

#[test]
fn an_untrained_row_is_grey_and_in_no_average() {
    let mut report = report(None, &[]);
    let row = &mut report.groups[0].tasks[1].predictors[0].rows[20];
    row.untrained = Some(crate::label::UntrainedReason::NoLabel);
    let grid = task_grid(&report, &report.groups[0], 1, false).unwrap();
    let faint = grid.rows.iter().filter(|r| r.faint);
    let faint: Vec<&str> = faint.map(|r| &*r.name).collect();
    assert_eq!(faint, ["Male (untrained)"]);
    let tip = &grid.rows[0].tip;
    assert!(
        tip.contains("never trained on it (no label known)"),
        "{tip}"
    );
    assert_eq!(grid.notes, ["the network was never trained on attributes"]);
    let average = grid.rows.last().unwrap();
    assert_eq!(average.cells.last(), Some(&Cell::Text("0 items".into())));
    let points = task_grid(&report, &report.groups[0], 0, false).unwrap();
    assert!(points.notes.is_empty() && points.rows.iter().all(|r| !r.faint));
}
