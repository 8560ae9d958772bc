//! What a figure of a run's curves says of the run.

use crate::figure::plot::Curves;
use crate::humanize::counted;
use crate::train::RunSnapshot;

/// Adds of which network and faces the curves are, below them and in the file's own metadata.
pub fn describe(plot: &mut Curves, run: &RunSnapshot) {
    plot.metadata.push(("Run".into(), run.name()));
    if let Some(file) = &run.file {
        let title = file.config.network.title();
        let data = file.data.names().join(" + ");
        let [train, validation] =
            [file.data.train, file.data.validation].map(|n| counted(n, "face"));
        plot.notes.push(format!(
            "{title}, trained on {train} of {data}, validated on {validation}"
        ));
        let metadata = [
            ("Network", title),
            ("Data", data),
            ("DataFingerprint", file.data.fingerprint.clone()),
            ("TrainingFaces", file.data.train.to_string()),
            ("ValidationFaces", file.data.validation.to_string()),
            ("Seed", file.config.seed.to_string()),
        ];
        let metadata = metadata.into_iter();
        plot.metadata
            .extend(metadata.map(|(k, v)| (k.to_owned(), v)));
    }
    if plot.curves.iter().any(|c| c.ringed.is_some()) {
        plot.notes
            .push("ring: the validation whose weights were kept".into());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use eframe::egui;

    use super::*;
    use crate::app::training::progress::curve_plot::Hidden;
    use crate::app::training::progress::example::run;
    use crate::app::training::progress::options::PlotOptions;
    use crate::app::training::progress::plots::plots_of;
    use crate::app::widgets::theme;
    use crate::train::{Data, InitialWeights, Preset, RunFile, TrainConfig};

    #[test]
    fn a_figure_of_curves_says_what_was_trained_on_what() {
        let (_root, mut run) = run();
        let figure = |run: &RunSnapshot| {
            let p = theme::palette(&egui::Context::default());
            let plots = plots_of(run, 1, &PlotOptions::default(), p);
            let mut figure = plots[2].figure(&Hidden::new(), "run");
            describe(&mut figure, run);
            figure
        };
        let ring = "ring: the validation whose weights were kept";
        assert_eq!(figure(&run).notes, [ring]);
        run.file = Some(Arc::new(RunFile {
            program: String::new(),
            device: "cpu".into(),
            config: TrainConfig::preset(Preset::Compact),
            data: Data {
                paths: vec!["/some/where/faces".into(), "/else/more".into()],
                train: 1200,
                validation: 1,
                fingerprint: "abc".into(),
            },
            initial_weights: InitialWeights::default(),
            license: String::new(),
        }));
        let figure = figure(&run);
        let actual = "trained on 1,200 faces of faces + more, validated on 1 face";
        assert!(figure.notes[0].ends_with(actual), "{:?}", figure.notes);
        assert_eq!(figure.notes[1], ring);
        let fact = |name: &str| figure.metadata.iter().find(|f| f.0 == name).map(|f| &*f.1);
        assert_eq!(fact("Data"), Some("faces + more"));
        assert_eq!(fact("TrainingFaces"), Some("1200"));
    }
}
