//! The plots of a stage, side by side where there is room.

use eframe::egui::Ui;

use crate::app::training::progress::curve::Curve;
use crate::app::training::progress::curve_plot::CurvePlot;
use crate::app::training::progress::options::PlotOptions;
use crate::app::widgets::theme;
use crate::label::Schema;
use crate::train::{RunSnapshot, Series, StageCurves};

/// Room below which plots stand one under the other.
const TWO_COLUMNS: f32 = 620.0;

/// What is kept by all tasks at once.
pub const STAGE_1: &str = "stage1";

/// The plots of a stage. Those of its losses are there before anything is logged, so that no plot
/// changes its place.
pub fn plots_of(
    run: &RunSnapshot,
    number: u8,
    options: &PlotOptions,
    p: theme::Palette,
) -> Vec<CurvePlot> {
    let Some(stage) = run.curves.stages.get(&number) else {
        return Vec::new();
    };
    let tasks = tasks(run);
    let tint = |task: &str| {
        let tints = [p.prediction, p.working, p.waiting, p.label];
        let at = tasks.iter().position(|t| t == task);
        tints[at.unwrap_or(tints.len() - 1) % tints.len()]
    };
    let measured = |percent: bool| -> Vec<Curve> {
        let of = |task: &String| {
            let prefix = format!("{task} ");
            let own = stage.validation.iter();
            let own = own.filter(move |(name, _)| name.starts_with(&prefix));
            let own = own.filter(move |(name, _)| name.ends_with(" nme") != percent);
            let kept = stage.kept.get(task).or(stage.kept.get(STAGE_1)).copied();
            let curves = own.map(move |(name, series)| Curve {
                kept,
                ..Curve::plain(&name.replace(" nme", " NME"), series, tint(task))
            });
            curves.collect::<Vec<_>>()
        };
        tasks.iter().flat_map(of).collect()
    };
    let losses = tasks.iter().map(|task| {
        let none = Series::default();
        let series = stage.loss.get(task).unwrap_or(&none);
        let tint = tint(task);
        let raw = Curve::plain("as logged", series, tint.gamma_multiply(0.3));
        let smooth = Curve {
            points: series.smoothed(options.smoothing),
            // Of what is known it goes on where it was.
            breaks: Vec::new(),
            ..Curve::plain("smoothed", series, tint)
        };
        let title = format!("Loss · {task}");
        (title, vec![raw, smooth], options.logarithmic, "loss")
    });
    let single = |name: &str, series: &Series| vec![Curve::plain(name, series, p.waiting)];
    let rate = single("learning rate", &stage.learning_rate);
    let speed = single("images/s", &stage.images_per_s);
    let plain = |title: &str, curves, unit| (title.to_owned(), curves, false, unit);
    let others = [
        plain("Validation · %", measured(true), "%"),
        plain(
            "Validation · NME in %",
            measured(false),
            "NME [% of L, the eyes' distance]",
        ),
        plain("Learning rate", rate, "learning rate"),
        plain("Images a second", speed, "images a second"),
    ];
    // What another stage of the run has is there from the beginning: no plot changes its place when
    // the stage does.
    let stages = || run.curves.stages.values();
    let measures = || stages().flat_map(|s| s.validation.keys());
    let is_nme = |name: &str| name.ends_with(" nme");
    let any =
        |series: fn(&StageCurves) -> &Series| stages().any(|s| series(s).points().next().is_some());
    let there = [
        measures().any(|m| !is_nme(m)),
        measures().any(|m| is_nme(m)),
        any(|s| &s.learning_rate),
        any(|s| &s.images_per_s),
    ];
    let others = others.into_iter().zip(there);
    let others = others.filter_map(|(plot, there)| there.then_some(plot));
    let all: Vec<_> = losses.chain(others).collect();
    let ends = all.iter().flat_map(|(_, curves, ..)| curves);
    let ends = ends.filter_map(|c| c.points.last()).map(|p| p[0]);
    let end = ends.fold(run.steps(number).unwrap_or(1) as f64, f64::max);
    let plot = |(title, curves, logarithmic, unit)| CurvePlot {
        title,
        curves,
        logarithmic,
        end,
        unit,
    };
    all.into_iter().map(plot).collect()
}

/// The tasks that have curves: in the order of the schema, as everywhere in the window.
fn tasks(run: &RunSnapshot) -> Vec<String> {
    let schema = Schema::face();
    let stages = run.curves.stages.values();
    let named = stages.flat_map(|s| {
        let validated = s.validation.keys().filter_map(|k| k.split(' ').next());
        s.loss.keys().map(String::as_str).chain(validated)
    });
    let mut all: Vec<String> = named.map(String::from).collect();
    let at = |task: &String| schema.position(task).unwrap_or(usize::MAX);
    all.sort_by(|a, b| at(a).cmp(&at(b)).then_with(|| a.cmp(b)));
    all.dedup();
    all
}

pub fn plots_ui(ui: &mut Ui, plots: &[CurvePlot], options: &mut PlotOptions) {
    let columns = match ui.available_width() >= TWO_COLUMNS {
        true => 2,
        false => 1,
    };
    // Names first: where they take several lines, the plots of a row still stand side by side.
    for row in plots.chunks(columns) {
        ui.columns(columns, |uis| {
            for (ui, plot) in uis.iter_mut().zip(row) {
                plot.head_ui(ui, &mut options.hidden);
            }
        });
        ui.columns(columns, |uis| {
            for (ui, plot) in uis.iter_mut().zip(row) {
                plot.ui(ui, &options.hidden);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use eframe::egui;

    use super::*;
    use crate::app::training::progress::example::run;

    #[test]
    fn plots_keep_their_places_and_tasks_their_colours() {
        let (_root, run) = run();
        let p = theme::palette(&egui::Context::default());
        let plots = |stage: u8| plots_of(&run, stage, &PlotOptions::default(), p);
        let titles = |stage: u8| -> Vec<String> {
            plots(stage)
                .iter()
                .take(4)
                .map(|p| p.title.clone())
                .collect()
        };
        assert_eq!(titles(1), titles(2));
        let all = |stage: u8| {
            plots(stage)
                .iter()
                .map(|p| p.title.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(all(1), all(2), "those of which stage 2 has nothing yet too");
        assert_eq!(all(1).len(), 6);
        assert_eq!(titles(2)[0], "Loss · landmarks");
        assert!(!plots(2)[0].has_points() && plots(1)[0].has_points());
        for stage in [1, 2] {
            for plot in plots(stage).iter().take(4) {
                for curve in plot.curves.iter().filter(|c| c.name != "as logged") {
                    let task = format!("{} {}", plot.title, curve.name);
                    let tint = match task.contains("landmarks") {
                        true => p.prediction,
                        false => p.working,
                    };
                    assert_eq!(curve.tint, tint, "{task}");
                }
            }
        }
        // A ring stands where the weights were kept.
        let kept = |stage: u8| -> Vec<Option<f64>> {
            plots(stage)[2].curves.iter().map(|c| c.kept).collect()
        };
        assert_eq!(kept(1), [Some(0.0), Some(0.0)]);
        assert_eq!(kept(2), [Some(0.0), None]);
    }
}
