//! The report as it is looked at, and the results that it shows.

use std::sync::Arc;
use std::time::Duration;

use eframe::egui;

use crate::app::export::plain_name;
use crate::app::faces::item::Picture;
use crate::app::model::Model;
use crate::app::report::action::Action;
use crate::app::report::key::{ResultsKey, Source};
use crate::app::report::measurement::{EVERY, Measurement, When};
use crate::app::report::measuring::{Compared, Question, Results};
use crate::app::report::settings::ReportSettings;
use crate::app::report::subset::Subset;
use crate::evaluation::Evaluation;
use crate::figure::plot;

/// How often the progress is drawn.
const TICK: Duration = Duration::from_millis(200);

#[derive(Default)]
pub struct ReportView {
    pub(super) settings: ReportSettings,
    pub(super) measurement: Measurement,
    pub(super) tab: Tab,
    /// The group of faces that the tables are of.
    pub(super) group: usize,
    /// Whether the pane's beginning is to be seen.
    pub(super) scroll_to_top: bool,
}

/// How results are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    #[default]
    Plots,
    Tables,
}

impl ReportView {
    /// Takes in the results that came, and asks for new ones where what they are of has changed.
    pub(super) fn update(&mut self, ctx: &egui::Context, model: &Model, actions: &mut Vec<Action>) {
        if let Some(why) = self.measurement.poll() {
            actions.push(Action::Warn(format!("The report: {why}")));
        }
        if model.faces.info.is_learning() {
            return;
        }
        if self.measurement.is_running() {
            ctx.request_repaint_after(TICK);
        }
        let key = self.key(model);
        match self.measurement.when(&key) {
            When::Now => {
                let question = self.question(&key, model);
                let ctx = ctx.clone();
                let wake = Arc::new(move || ctx.request_repaint());
                self.measurement.start(key, question, wake);
            }
            When::Later => ctx.request_repaint_after(EVERY),
            When::Done => {}
        }
    }

    fn question(&self, key: &ResultsKey, model: &Model) -> Question {
        let (list, network) = (&model.faces, model.networks.current.as_ref());
        let faces = self.settings.faces(key.subset);
        let unread = |i: &u32| {
            let item = list.items.get(*i as usize);
            let failed = item.is_some_and(|i| matches!(i.state, Picture::Failed(_)));
            failed && list.findings.get(*i as usize).is_none()
        };
        let unread = faces.faces(&list.samples).filter(unread).count();
        Question {
            samples: list.samples.clone(),
            columns: list.info.columns.clone(),
            schema: model.schema(),
            found: list.findings.clone(),
            other: list
                .other
                .as_ref()
                .zip(list.other_found())
                .map(|(other, found)| Compared {
                    name: other.name.clone(),
                    found,
                    file: other.file.clone(),
                    made_by: other.made_by.clone(),
                }),
            faces,
            unread,
            subset: key.subset.name(),
            by: key.by,
            data: list.info.name.clone(),
            weights: network.map_or_else(String::new, |n| n.origin.clone()),
            network: network.map_or_else(String::new, |n| n.fingerprint.clone()),
            trained: network.map(|n| n.trained.clone()).unwrap_or_default(),
            untrained: network.map(|n| n.untrained.clone()).unwrap_or_default(),
        }
    }

    /// What is asked for now.
    fn key(&self, model: &Model) -> ResultsKey {
        let list = &model.faces;
        ResultsKey {
            source: source(model),
            subset: self.settings.subset(list),
            by: self.settings.by(list),
            version: list.version,
            // While predictions come, intervals would be made again and again.
            intervals: !self.settings.without_intervals && model.sweep.progress.is_none(),
        }
    }

    /// The results of the list that is open and the network in use, and of which faces they are.
    pub fn results(&self, model: &Model) -> Option<(&Arc<Results>, Subset)> {
        self.measurement.results(source(model))
    }

    /// What was measured, for files and the clipboard.
    pub fn evaluation(&self, model: &Model) -> Option<&Arc<Evaluation>> {
        self.results(model)?.0.evaluation.as_ref()
    }

    /// Whether the results are of what is known by now.
    pub fn is_current(&self, model: &Model) -> bool {
        self.measurement.is_of(&self.key(model))
    }

    /// Whether the results that are shown have their intervals.
    pub fn has_intervals(&self, model: &Model) -> bool {
        let evaluation = self.evaluation(model);
        evaluation.is_some_and(|e| e.report.options.bootstrap.is_some())
    }

    /// Whether the intervals of the results that are shown are still to come.
    pub fn intervals_pending(&self, model: &Model) -> bool {
        self.measurement.intervals_job().is_some() && !self.has_intervals(model)
    }

    /// What a report is called as a file: after the data set, and the subset of it.
    pub fn file_name(&self, model: &Model) -> String {
        let subset = self.results(model).and_then(|(_, subset)| subset.name());
        let subset = subset.map_or(String::new(), |s| format!("-{s}"));
        let name = plain_name(&model.faces.info.name);
        format!("{name}{subset}-report")
    }

    /// The names of the plots that `eval --plots` draws of what is measured.
    pub(super) fn plot_names(&self, model: &Model) -> Vec<String> {
        let evaluation = self.evaluation(model);
        evaluation.map_or(Vec::new(), |e| plot::plot_names(&e.report))
    }

    /// The measured faces that no prediction is known of; many may have to be gone through.
    pub(super) fn unpredicted(&self, model: &Model) -> Vec<u32> {
        let list = &model.faces;
        let faces = self.settings.faces(self.settings.subset(list));
        let faces = faces.faces(&list.samples);
        faces
            .filter(|i| list.findings.get(*i as usize).is_none())
            .collect()
    }
}

fn source(model: &Model) -> Source {
    Source {
        list: model.faces.number,
        network: model.networks.hash(),
    }
}
