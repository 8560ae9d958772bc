//! The figures of an evaluation as tables: a task's points or attributes, and slices.

use crate::app::report::grid::{Cell, Column, Grid, Row};
use crate::label::{Task, TaskKind};
use crate::measure::{
    Group, Measure, Options, PredictorEstimates, Report, RowKind, TaskEstimates, Who,
    few_in_slices, fewer_items, heading, intervals_words, measured_words,
};

/// A column of a task: whose figure it is, and which.
#[derive(Clone)]
struct Wanted<'a> {
    /// Position among the predictors.
    predictor: usize,
    figures: &'a PredictorEstimates,
    measure: Measure,
}

/// What stands in a task's table: the judged network's measures, and beside the first of them
/// what others and the guess reach.
fn wanted<'a>(figures: &'a TaskEstimates, measures: &[Measure]) -> Vec<Wanted<'a>> {
    let mut wanted = Vec::new();
    for &measure in measures {
        let compared = match figures.task.is_points() {
            true => matches!(measure, Measure::Success | Measure::Nme),
            false => measure == Measure::Accuracy,
        };
        for (n, predictor) in figures.predictors.iter().enumerate() {
            let file = predictor.who == Who::File;
            if n == 0 || compared || file && measure == Measure::BalancedAccuracy {
                wanted.push(Wanted {
                    predictor: n,
                    figures: predictor,
                    measure,
                });
            }
        }
    }
    wanted
}

impl Wanted<'_> {
    fn column(&self, task: &Task, options: &Options, intervals: bool) -> Column {
        let measure = heading(self.measure, options);
        let judged = self.predictor == 0;
        Column {
            heading: match judged {
                true => measure.clone(),
                false => self.figures.name.clone(),
            },
            about: match judged {
                true => about(self.measure, task, options),
                false => format!("{measure} of {}", self.figures.name),
            },
            intervals: judged && intervals && self.measure.has_interval(),
            beside: !judged,
            counts: false,
        }
    }

    fn cell(&self, row: usize, interval: bool) -> Cell {
        let row = self.figures.rows.get(row);
        let figure = row.and_then(|r| r.figures.get(&self.measure));
        let figure = figure.copied().unwrap_or_default();
        Cell::Percent(figure.value, figure.interval.filter(|_| interval))
    }
}

/// The points or attributes of task `t`, over the faces of a group.
/// With room for `intervals` if they are there or will be.
pub fn task_grid(report: &Report, group: &Group, t: usize, intervals: bool) -> Option<Grid> {
    let figures = group.tasks.get(t)?;
    let task = &figures.task;
    let judged = figures.predictors.first()?;
    let wanted = wanted(figures, Measure::of(task));
    let mut columns: Vec<Column> = wanted
        .iter()
        .map(|w| w.column(task, &report.options, intervals))
        .collect();
    let rows = judged.rows.iter().enumerate();
    let rows = rows
        .filter(|(r, _)| figures.is_measured(*r))
        .map(|(r, row)| {
            let cells = wanted.iter().zip(&columns);
            let mut cells: Vec<Cell> = cells.map(|(w, c)| w.cell(r, c.intervals)).collect();
            cells.push(match row.kind {
                RowKind::Average => {
                    let items = judged.rows[..task.len()].iter();
                    let known = items.filter(|r| r.known > 0).count();
                    Cell::Words(match known {
                        1 => "1 item".into(),
                        n => format!("{n} items"),
                    })
                }
                _ => Cell::Count(row.known),
            });
            let item = row.kind == RowKind::Item;
            let right = row.figures.get(&Measure::of(task)[0]).and_then(|f| f.value);
            let perfect = right == Some(100.0);
            Row {
                name: row.name.replace('_', " "),
                cells,
                apart: !item,
                leads: item.then_some(r),
                perfect,
                tip: match (item, task.is_points()) {
                    (false, _) => String::new(),
                    (true, true) if perfect => {
                        "no face misses it; right click to find others".into()
                    }
                    (true, false) if perfect => {
                        "label and prediction agree everywhere; right click to find others".into()
                    }
                    (true, true) => {
                        "click to see the faces that miss it, right click to find others".into()
                    }
                    (true, false) => {
                        "click to see the faces where label and prediction differ, right click \
                                      to find others"
                            .into()
                    }
                },
            }
        });
    let rows: Vec<Row> = rows.collect();
    columns.push(Column {
        heading: "known".into(),
        about: "Faces for which label and prediction are known".into(),
        counts: true,
        ..Column::default()
    });
    (!rows.is_empty()).then(|| Grid {
        about: about_grid(report, group, task, intervals),
        names: match task.is_points() {
            true => "point".into(),
            false => "attribute".into(),
        },
        columns,
        rows,
        notes: fewer(task, &report.options, [("", figures)].into_iter()),
    })
}

/// What the numbers of a table are, and of what its intervals, as the tables of `eval` say it.
fn about_grid(report: &Report, group: &Group, task: &Task, intervals: bool) -> String {
    let measured = measured_words(&report.options, task);
    match intervals_words(report, group).filter(|_| intervals) {
        Some(words) => format!("{measured}; [95 % intervals] of {words}"),
        None => measured,
    }
}

/// Which averages are over fewer items than are known: some measures have no value for some.
fn fewer<'a>(
    task: &Task,
    options: &Options,
    groups: impl Iterator<Item = (&'a str, &'a TaskEstimates)>,
) -> Vec<String> {
    const NAMED: usize = 6;
    let measures = Measure::of(task);
    let all = groups.flat_map(|(value, figures)| {
        let average = figures
            .predictors
            .first()
            .and_then(|p| p.rows.get(figures.task.len()));
        let parts = measures.iter().filter_map(move |m| {
            let items = fewer_items(average?.figures.get(m)?, figures)?;
            let of = if value.is_empty() { "" } else { " of " };
            Some(format!("{}{of}{value} over {items}", heading(*m, options)))
        });
        parts.collect::<Vec<_>>()
    });
    let all: Vec<String> = all.collect();
    let more = match all.len() {
        0 => return Vec::new(),
        n if n > NAMED => format!(" and {} more", n - NAMED),
        _ => String::new(),
    };
    let named = all[..all.len().min(NAMED)].join(", ");
    vec![format!(
        "averages of {}, since the others have no value: {named}{more}; the guess's over the same",
        task.name
    )]
}

/// The averages of task `t`, or whole faces, over all faces and over each value of a column. Rows
/// lead to slices by their number.
pub fn slice_grid(report: &Report, t: usize, kind: RowKind, intervals: bool) -> Option<Grid> {
    let (whole, parts) = report.groups.split_first()?;
    let by = parts.iter().find_map(|g| slice_of(g, report))?;
    let figures = whole.tasks.get(t)?;
    let task = &figures.task;
    if !figures.any_measured() {
        return None;
    }
    let measures = Measure::of(task);
    let mut columns = vec![Column {
        heading: "faces".into(),
        about: "Measured faces".into(),
        counts: true,
        ..Column::default()
    }];
    columns.extend(wanted(figures, measures).iter().map(|w| {
        let mut column = w.column(task, &report.options, intervals);
        column.about = match kind {
            RowKind::WholeFace => format!("{}; of the mean error of a face", column.about),
            _ => format!("{}; average over {}", column.about, task.name),
        };
        column
    }));
    let mut slices = 0;
    let rows = report.groups.iter().enumerate().map(|(n, group)| {
        let wanted = wanted(&group.tasks[t], measures);
        let averages = wanted.iter().zip(&columns[1..]);
        let r = match kind {
            RowKind::WholeFace => task.len() + 1,
            _ => task.len(),
        };
        let averages = averages.map(|(w, c)| w.cell(r, c.intervals));
        let cells = std::iter::once(Cell::Count(group.faces as u64)).chain(averages);
        let slice = slice_of(group, report).is_some();
        let lead = slice.then_some(slices);
        slices += usize::from(slice);
        Row {
            name: group.value.clone(),
            cells: cells.collect(),
            apart: n == 0,
            leads: lead,
            perfect: false,
            tip: match slice {
                true => "Show these faces in the gallery".into(),
                false => String::new(),
            },
        }
    });
    let rows = rows.collect();
    let groups = report.groups.iter();
    let groups = groups.map(|g| (g.value.as_str(), &g.tasks[t]));
    let mut notes = fewer(task, &report.options, groups);
    notes.extend(few_in_slices(parts).filter(|_| intervals));
    Some(Grid {
        about: about_grid(report, whole, task, intervals),
        names: by.replace('_', " "),
        rows,
        notes,
        columns,
    })
}

/// The column of which a group is a slice; all faces are none, nor are those with accepted labels.
pub fn slice_of<'a>(group: &'a Group, report: &Report) -> Option<&'a str> {
    let by = group.by.as_deref()?;
    let accepted =
        report.accepted > 0 && report.groups.get(1).is_some_and(|g| std::ptr::eq(g, group));
    (!accepted).then_some(by)
}

/// What a measure is.
fn about(measure: Measure, task: &Task, options: &Options) -> String {
    let Options {
        alpha, limit, bins, ..
    } = options;
    match (measure, &task.kind) {
        (
            Measure::Success,
            TaskKind::Points {
                points, reference, ..
            },
        ) => {
            let (a, b) = (&points[reference.0], &points[reference.1]);
            format!(
                "Share of faces whose point is within {alpha}·L of its label, in percent; L is the \
                 distance from {a} to {b}"
            )
        }
        (Measure::Success, _) => String::new(),
        (Measure::Nme, _) => {
            "Normalised mean error: the mean distance from the label over L, in percent".into()
        }
        (Measure::MedianNme, _) => "Half of the errors are at most this, in percent of L: a few \
             large errors move the mean, not this"
            .into(),
        (Measure::Auc, _) => {
            format!("Area under the cumulative error distribution up to {limit}·L, in percent")
        }
        (Measure::Failure, _) => format!("Share of faces with an error above {limit}·L"),
        (Measure::Accuracy, _) => "Share of right answers at a probability of 0.5".into(),
        (Measure::BalancedAccuracy, _) => {
            "Mean of the shares that are right among the present and among the absent".into()
        }
        (Measure::F1, _) => {
            "Harmonic mean of precision and recall of \"present\": 2·TP / (2·TP + FP + FN)".into()
        }
        (Measure::CalibrationError, _) => {
            format!(
                "Expected calibration error: how far probabilities are from how often they are \
                 right, in {bins} equal bins of the probability"
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{Annotation, PointLabel, Prediction, Presence, Schema};
    use crate::label::{TaskLabels, TaskPrediction};
    use crate::measure::{Bootstrap, Face, Measured, Predicted, Slice};

    /// Two faces of which the nose and "Male" are known; the second is off, and no man.
    fn report(bootstrap: Option<Bootstrap>, slices: &[Slice]) -> Report {
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
            ("theirs", Who::File),
            ("guess", Who::Guess),
        ];
        let predicted = predicted.map(|(name, who)| Predicted {
            name,
            who,
            faces: &said,
        });
        let measured = Measured {
            schema: &schema,
            faces: &measured,
            predicted: &predicted,
            slices,
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
            "AUC@0.1",
            "failure@0.1",
            "known",
        ];
        assert_eq!(headings(&points), expected);
        let names: Vec<&str> = points.rows.iter().map(|r| r.name.as_str()).collect();
        let expected = ["left eye", "right eye", "nose", "average", "whole face"];
        assert_eq!(names, expected, "corners of the mouth are not known");
        let nose = &points.rows[2];
        assert_eq!(nose.leads, Some(2));
        let Cell::Percent(Some(success), Some([low, high])) = nose.cells[0] else {
            panic!("{:?}", nose.cells);
        };
        assert!(success == 50.0 && low < 50.0 && high > 50.0);
        assert!(
            matches!(nose.cells[3], Cell::Percent(Some(nme), Some(_)) if (nme - 15.0).abs() < 1e-6)
        );
        assert!(
            points
                .about
                .contains("L: distance between labels of left eye and right eye")
        );
        assert!(
            points.about.ends_with(
                "30 resamples of 2 faces, which are few: the intervals may be too narrow"
            ),
            "{}",
            points.about
        );
        // The same as the tables of `eval`, of every measure of the judged network.
        let rest = [
            (6, Measure::MedianNme),
            (7, Measure::Auc),
            (8, Measure::Failure),
        ];
        for (n, measure) in rest {
            let figure = group.tasks[0].predictors[0].rows[2].figures[&measure];
            assert!(figure.interval.is_some());
            assert_eq!(nose.cells[n], Cell::Percent(figure.value, figure.interval));
        }
        assert!(matches!(nose.cells[1], Cell::Percent(Some(_), None)));
        let attributes = task_grid(&report, group, 1, true).unwrap();
        let expected = [
            "accuracy", "theirs", "majority", "balanced", "theirs", "F1", "ECE", "known",
        ];
        assert_eq!(headings(&attributes), expected);
        assert!(attributes.about.contains("ECE in 10 equal bins"));
        assert!(!attributes.columns[6].intervals, "the ECE has none");
        assert_eq!(attributes.rows.len(), 2, "one attribute and the average");
        assert_eq!(attributes.rows[1].cells[7], Cell::Words("1 item".into()));
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
        let leads: Vec<_> = grid.rows.iter().map(|r| (&*r.name, r.leads)).collect();
        let expected = [("all", None), ("absent", Some(0)), ("present", Some(1))];
        assert_eq!(leads, expected);
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
}
