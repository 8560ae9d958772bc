//! Measuring: labels and predictions of some faces to the figures of a group.

use std::array;
use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};

use super::average::{Rows, average_alike};
use super::types::{
    Group, Measured, Predicted, PredictorEstimates, ProgressFn, Row, RowKind, TaskEstimates, Who,
};
use crate::label::{Annotation, Task, TaskKind, trained_or_all};
use crate::measure::binary::BinaryTerms;
use crate::measure::bootstrap::{Units, resampled};
use crate::measure::estimate::{Estimate, MEASURES, Measure, Options};
use crate::measure::points::PointTerms;

/// Some of the faces, about to be measured.
pub struct MeasuredFaces<'a> {
    pub measured: &'a Measured<'a>,
    /// Of all faces.
    pub labels: &'a [Cow<'a, Annotation>],
    pub faces: &'a [u32],
    pub ced_at: &'a [f64],
    pub progress: &'a Progress<'a>,
}

/// How much is measured, told to whoever waits.
pub struct Progress<'a> {
    /// Told how much is done of how much; false ends it.
    pub tell: ProgressFn<'a>,
    pub done: AtomicU64,
    pub of: u64,
}

impl Progress<'_> {
    /// So many faces were gone through once more; whether to go on.
    fn step(&self, faces: usize) -> bool {
        let done = self.done.fetch_add(faces as u64, Ordering::Relaxed) + faces as u64;
        (self.tell)(done, self.of)
    }
}

/// What is needed to measure one predictor in one task under any weights.
pub enum Terms {
    Points(PointTerms),
    Binary(BinaryTerms),
}

impl Terms {
    /// Row `row` of an item or of whole faces: the faces that it is of.
    fn faces(&self, row: usize) -> Vec<u32> {
        match self {
            Self::Points(terms) => terms.columns[row].faces(),
            Self::Binary(terms) => terms.faces(row).to_vec(),
        }
    }

    fn figures(&self, weights: &[u32], options: &Options) -> Vec<[f64; MEASURES]> {
        match self {
            Self::Points(terms) => terms.figures(weights, options),
            Self::Binary(terms) => terms.figures(weights),
        }
    }
}

impl MeasuredFaces<'_> {
    /// `None` where nobody wants it any more.
    pub fn group(&self, by: Option<String>, value: &str) -> Option<Group> {
        let options = &self.measured.options;
        let tasks = &self.measured.schema.tasks;
        let predicted = self.measured.predicted;
        let terms: Vec<Vec<Terms>> = (0..tasks.len())
            .map(|t| predicted.iter().map(|p| self.terms(t, p)).collect())
            .collect();
        let who: Vec<Who> = predicted.iter().map(|p| p.who).collect();
        let untrained = self.measured.untrained;
        let trained: Vec<Vec<bool>> = tasks.iter().map(|t| untrained.trained(t)).collect();
        let identities = self.faces.iter();
        let identities = identities.map(|&f| self.measured.faces[f as usize].identity);
        let units = options.bootstrap.map(|b| (b, Units::new(identities)));
        let intervals = match &units {
            Some((bootstrap, units)) => {
                let weights = |number| units.weights(bootstrap.seed, number);
                let watch = || self.progress.step(self.faces.len());
                let figures = |weights: &[u32]| -> Vec<f64> {
                    let tasks = terms.iter().zip(&trained);
                    let figures =
                        tasks.flat_map(|(t, own)| figures(t, &who, own, weights, options));
                    figures.flat_map(|(rows, _)| rows).flatten().collect()
                };
                intervals(figures, bootstrap.resamples, weights, &watch)?
            }
            None => Vec::new(),
        };
        if !self.progress.step(self.faces.len()) {
            return None;
        }
        let once = vec![1; self.faces.len()];
        let mut intervals = intervals.into_iter();
        let units = units.map(|(_, units)| units);
        let tasks = tasks.iter().zip(terms).zip(&trained);
        let tasks = tasks.map(|((task, terms), trained)| {
            let figures = figures(&terms, &who, trained, &once, options);
            let all = predicted.iter().zip(terms).zip(figures);
            let predictors = all.map(|((p, terms), figures)| PredictorEstimates {
                name: name(p, task).to_owned(),
                who: p.who,
                rows: self.rows(
                    task,
                    (p.who, terms),
                    figures,
                    units.as_ref(),
                    &mut intervals,
                ),
            });
            TaskEstimates {
                task: task.clone(),
                predictors: predictors.collect(),
            }
        });
        let tasks = tasks.collect();
        Some(Group {
            by,
            value: value.to_owned(),
            faces: self.faces.len(),
            resampled: units.map(|u| u.resampled),
            tasks,
        })
    }

    pub fn terms(&self, t: usize, predicted: &Predicted) -> Terms {
        let task = &self.measured.schema.tasks[t];
        let options = &self.measured.options;
        let faces = self.faces.iter().map(|&f| f as usize);
        // What was labelled or said under another schema is unknown.
        let pairs = faces.clone().map(|f| {
            let labels = self.labels[f].of(t, task)?;
            Some((labels, predicted.faces[f]?.of(t, task)?))
        });
        match &task.kind {
            TaskKind::Points {
                points, reference, ..
            } => {
                let lengths: Vec<_> = faces.map(|f| self.measured.faces[f].box_length).collect();
                let whole = self.counted(task, predicted.who);
                debug_assert_eq!(whole.len(), points.len());
                Terms::Points(PointTerms::new(
                    &whole, *reference, options, pairs, &lengths,
                ))
            }
            TaskKind::Binary { attributes } => {
                Terms::Binary(BinaryTerms::new(attributes.len(), options, pairs))
            }
        }
    }

    /// The points that count for whole faces: those that the network was trained on; if it was on
    /// none, all of the others' points.
    fn counted(&self, task: &Task, who: Who) -> Vec<bool> {
        let trained = self.measured.untrained.trained(task);
        match who {
            Who::Network => trained,
            Who::File | Who::Trivial => trained_or_all(trained),
        }
    }

    fn rows(
        &self,
        task: &Task,
        (who, terms): (Who, Terms),
        (figures, averaged): (Rows, [usize; MEASURES]),
        units: Option<&Units>,
        intervals: &mut impl Iterator<Item = Option<[f64; 2]>>,
    ) -> Vec<Row> {
        let names = task.items().chain(["average", "whole face"]);
        let mut rows: Vec<Row> = names
            .zip(figures)
            .enumerate()
            .map(|(i, (name, figures))| {
                // There is one for each, also for what the task has no measure of.
                let intervals: [_; MEASURES] = array::from_fn(|_| intervals.next().flatten());
                Row {
                    name: name.to_owned(),
                    kind: match i.checked_sub(task.len()) {
                        None => RowKind::Item,
                        Some(0) => RowKind::Average,
                        Some(_) => RowKind::WholeFace,
                    },
                    known: 0,
                    untrained: match who {
                        Who::Network if i < task.len() => {
                            self.measured.untrained.reason(&task.name, name)
                        }
                        _ => None,
                    },
                    figures: figures
                        .into_iter()
                        .zip(averaged)
                        .zip(intervals)
                        .zip(Measure::of(task))
                        .map(|(((v, averaged), interval), &measure)| {
                            let figure = Estimate {
                                value: v.is_finite().then_some(v),
                                interval: interval.filter(|_| measure.has_interval()),
                                wilson: false,
                                items: (i == task.len()).then_some(averaged),
                            };
                            (measure, figure)
                        })
                        .collect(),
                    ced: Vec::new(),
                    errors: Vec::new(),
                }
            })
            .collect();
        let single = |rows: &mut Vec<Row>| -> Vec<usize> {
            (0..rows.len())
                .filter(|&r| rows[r].kind != RowKind::Average)
                .collect()
        };
        if let Some(units) = units {
            let items = 0..task.len();
            for (r, row) in rows.iter_mut().enumerate() {
                let faces: Vec<u32> = match row.kind {
                    RowKind::Item => terms.faces(r),
                    RowKind::Average => items.clone().flat_map(|i| terms.faces(i)).collect(),
                    RowKind::WholeFace => terms.faces(r - 1),
                };
                let several = units.several(faces.iter().copied());
                for (measure, figure) in &mut row.figures {
                    if !several {
                        figure.interval = None;
                    } else if figure.value.is_some_and(|v| v == 0.0 || v == 100.0) {
                        figure.settle_at_bounds(*measure, units.count(faces.iter().copied()));
                    }
                }
            }
        }
        match terms {
            Terms::Points(terms) => {
                for (r, column) in single(&mut rows).into_iter().zip(terms.columns) {
                    rows[r].known = column.known();
                    rows[r].ced = column.ced(self.ced_at);
                    let global = |(face, error)| (self.faces[face as usize], error);
                    rows[r].errors = column.error.into_iter().map(global).collect();
                }
            }
            Terms::Binary(terms) => {
                for (i, r) in single(&mut rows).into_iter().enumerate() {
                    rows[r].known = terms.known(i);
                }
            }
        }
        let items = &rows[..task.len()];
        let items = items.iter().filter(|r| r.untrained.is_none());
        rows[task.len()].known = items.map(|r| r.known).sum();
        rows
    }
}

/// The name of a predictor in a task: a guess is something else in each.
fn name<'a>(predicted: &Predicted<'a>, task: &Task) -> &'a str {
    match predicted.who {
        Who::Trivial if task.is_points() => "mean face",
        Who::Trivial => "majority",
        _ => predicted.name,
    }
}

/// The figures of each predictor of a task, and over how many items its averages are.
pub fn figures(
    terms: &[Terms],
    who: &[Who],
    trained: &[bool],
    weights: &[u32],
    options: &Options,
) -> Vec<(Rows, [usize; MEASURES])> {
    let rows = terms.iter().map(|t| t.figures(weights, options));
    let mut rows: Vec<Rows> = rows.collect();
    let counts = average_alike(&mut rows, who, trained);
    rows.into_iter().zip(counts).collect()
}

/// The interval of each of the `figures` under some weights; `None` where `go_on` says that nobody
/// wants them any more.
pub fn intervals(
    figures: impl Fn(&[u32]) -> Vec<f64> + Sync + Send,
    resamples: u32,
    weights: impl Fn(u32) -> Vec<u32> + Sync + Send,
    go_on: &(dyn Fn() -> bool + Sync),
) -> Option<Vec<Option<[f64; 2]>>> {
    resampled(resamples, |number| {
        let figures = figures(&weights(number));
        go_on().then_some(figures)
    })
}
