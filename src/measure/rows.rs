//! A report as rows for other programs: every figure with all that it was measured by.

use super::estimate::{Measure, Options};
use super::normalizer::Normalizer;
use super::paper::PAPER_SOURCE;
use super::report::{Report, RowKind, Who};

/// What was measured, as every row of a CSV says it.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The judged network: its hash and where it comes from.
    pub network: &'a str,
    pub weights: &'a str,
    pub data: &'a str,
    /// Empty for all of the data.
    pub split: &'a str,
    /// Of a file of predictions, by its name here, the network that made them, its weights and the
    /// file's path; empty where one is not known.
    pub files: &'a dyn Fn(&str) -> [&'a str; 3],
    /// In which boxes faces were looked at.
    pub boxes: &'a str,
    /// What is to be beware of, in few words, of a task sliced by a column.
    pub warnings: &'a dyn Fn(&str, Option<&str>) -> String,
}

/// The columns of [`csv`].
const CSV: [&str; 28] = [
    "by",
    "value",
    "task",
    "predictor",
    "item",
    "measure",
    "percent",
    "low",
    "high",
    "interval",
    "known",
    "items",
    "network",
    "weights",
    "predictions",
    "data",
    "split",
    "boxes",
    "faces",
    "alpha",
    "limit",
    "normalizer",
    "bins",
    "resamples",
    "units",
    "unit",
    "trained",
    "warnings",
];

/// By what a measure is taken: α, limit, normalizer and bins, each where it has one.
fn settings(measure: Measure, options: &Options) -> [String; 4] {
    let o = options;
    let [mut alpha, mut limit, mut bins] = [const { String::new() }; 3];
    match measure {
        Measure::Success => alpha = o.alpha.to_string(),
        Measure::Auc | Measure::Failure => limit = o.limit.to_string(),
        Measure::CalibrationError => bins = o.bins.to_string(),
        _ => {}
    }
    let normalizer = match measure {
        Measure::Success => Normalizer::Eyes.key(),
        Measure::Nme | Measure::MedianNme | Measure::Auc | Measure::Failure => o.nme.key(),
        _ => "",
    };
    [alpha, limit, normalizer.into(), bins]
}

/// Every figure of a report as a row: by, value, task, predictor, item, measure, percent, low,
/// high, of which kind the interval is, known, of an average the number of items that it is over, and of the judged network its
/// hash; then on what and how it was measured, and whether the judged network was trained on the item.
pub fn csv(report: &Report, source: &Source, with_paper: bool) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(CSV)?;
    let number = |v: Option<f64>| v.map_or(String::new(), |v| v.to_string());
    let nothing = String::new;
    for group in &report.groups {
        let drawn = group.resampled.zip(report.options.bootstrap);
        let [resamples, units, unit] = drawn.map_or([nothing(), nothing(), nothing()], |(d, b)| {
            [
                b.resamples.to_string(),
                d.units.to_string(),
                d.unit().to_owned(),
            ]
        });
        for figures in &group.tasks {
            let task = &figures.task;
            let warnings = (source.warnings)(&task.name, group.by.as_deref());
            for predictor in &figures.predictors {
                let [network, weights, predictions] = match predictor.who {
                    Who::Network => [source.network, source.weights, ""],
                    Who::File => (source.files)(&predictor.name),
                    Who::Trivial => [""; 3],
                };
                for row in &predictor.rows {
                    let item = row.kind == RowKind::Item && predictor.who == Who::Network;
                    let trained = item.then(|| row.untrained.is_none().to_string());
                    let trained = trained.unwrap_or_default();
                    for (measure, figure) in &row.figures {
                        let [alpha, limit, normalizer, bins] = settings(*measure, &report.options);
                        out.write_record([
                            group.by.as_deref().unwrap_or_default(),
                            &group.value,
                            &task.name,
                            &predictor.name,
                            &row.name,
                            measure.key(),
                            &number(figure.value),
                            &number(figure.interval.map(|i| i[0])),
                            &number(figure.interval.map(|i| i[1])),
                            match figure.interval {
                                None => "",
                                Some(_) if figure.wilson => "wilson",
                                Some(_) => "bootstrap",
                            },
                            &row.known.to_string(),
                            &figure.items.map_or(String::new(), |n| n.to_string()),
                            network,
                            weights,
                            predictions,
                            source.data,
                            source.split,
                            source.boxes,
                            &group.faces.to_string(),
                            &alpha,
                            &limit,
                            &normalizer,
                            &bins,
                            &resamples,
                            &units,
                            &unit,
                            &trained,
                            &warnings,
                        ])?;
                    }
                }
            }
        }
    }
    let tasks = report.groups.first().map_or(&[][..], |g| &g.tasks);
    for figures in tasks.iter().filter(|_| with_paper) {
        let task = &figures.task;
        let measure = Measure::of(task)[0];
        // Its rows stand only where they are for the same.
        let [alpha, _, normalizer, _] = settings(measure, &report.options);
        for row in report.paper(figures) {
            let name = format!("{PAPER_SOURCE}, {}: {}", row.table, row.network);
            let average = std::iter::once(("average", Some(row.average)));
            for (item, value) in task.items().zip(row.values).chain(average) {
                let mut cells = CSV.map(|_| nothing());
                let known = [
                    ("value", "paper".to_owned()),
                    ("task", task.name.clone()),
                    ("predictor", name.clone()),
                    ("item", item.to_owned()),
                    ("measure", measure.key().to_owned()),
                    ("percent", number(value)),
                    ("data", "CelebA".to_owned()),
                    ("split", "test".to_owned()),
                    ("alpha", alpha.clone()),
                    ("normalizer", normalizer.clone()),
                ];
                for (column, text) in known {
                    if let Some(at) = CSV.iter().position(|c| *c == column) {
                        cells[at] = text;
                    }
                }
                out.write_record(&cells)?;
            }
        }
    }
    out.into_inner().map_err(|e| e.into_error().into())
}
