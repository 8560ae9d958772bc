//! The report's pane: every curve, bar and row leads to the faces behind it.

use std::sync::Arc;

use eframe::egui::{self, Ui};

use crate::app::faces::arrangement::{Arrangement, Sort};
use crate::app::model::{Context, Model};
use crate::app::report::action::Action;
use crate::app::report::badges::provenance_ui;
use crate::app::report::measuring::Results;
use crate::app::report::message::message_ui;
use crate::app::report::plots::bars_ui::task_ui;
use crate::app::report::plots::ced_ui::ced_ui;
use crate::app::report::query::{FaceQuery, among};
use crate::app::report::subset::Subset;
use crate::app::report::tables::grid_ui::note_ui;
use crate::app::report::tables::slices_ui::slices_ui;
use crate::app::report::tables::tasks_ui::tasks_ui;
use crate::app::report::view::{ReportView, Tab};
use crate::app::widgets::buttons::primary;
use crate::app::widgets::header::header_ui;
use crate::humanize::thousands;

const UNLABELLED: &str = "Nothing of these faces is labelled, so there is nothing to measure. Open a \
    data set with labels: a faces.csv, or a folder as CelebA, MTFL, COCO or labelme have it.";

impl ReportView {
    pub fn ui(&mut self, ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
        let model = context.model;
        self.update(ui.ctx(), model, actions);
        let results = self.results(model).map(|(r, s)| (Arc::clone(r), s));
        let fact = results.as_ref().map_or("no figures".into(), |(r, subset)| {
            let (faces, of) = (r.plots.measured, r.plots.requested);
            match faces == of {
                true => subset.count_text(of),
                false => format!("{} of {}", thousands(faces), subset.count_text(of)),
            }
        });
        header_ui(ui, "Report", &fact);
        ui.add_space(8.0);
        self.controls_ui(ui, model, actions);
        let Some((results, subset)) = results else {
            let measuring = self.measurement.is_running() || model.faces.info.is_learning();
            return message_ui(
                ui,
                match measuring {
                    true => "measuring…",
                    false => "The figures could not be made; the log says why.",
                },
            );
        };
        if results.plots.measured == 0 {
            let of = results.plots.requested;
            return self.nothing_measured_ui(ui, subset, of, model, actions);
        }
        if !results.plots.any_measured() {
            return message_ui(ui, UNLABELLED);
        }
        self.intervals_ui(ui, &results, model);
        if results.few && model.can_predict() {
            let missing = results.plots.requested - results.plots.measured;
            let missing = missing.saturating_sub(results.unread);
            self.predict_ui(ui, &subset.count_text(missing), model, actions);
            ui.add_space(8.0);
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        if let Some((text, faces)) = provenance_ui(ui, &results) {
            actions.push(Action::ShowFaces(Box::new(Arrangement {
                sort: Sort::Nme,
                among: Some(among(text, faces)),
                ..Arrangement::default()
            })));
        }
        ui.add_space(6.0);
        let mut area = egui::ScrollArea::vertical().auto_shrink([false, false]);
        if std::mem::take(&mut self.scroll_to_top) {
            area = area.vertical_scroll_offset(0.0);
        }
        let query = area.show(ui, |ui| self.results_ui(ui, &results)).inner;
        let action = query.and_then(|query| self.action(&results, subset, query, model));
        actions.extend(action);
    }

    /// What to do where there is nothing to measure.
    fn nothing_measured_ui(
        &self,
        ui: &mut Ui,
        subset: Subset,
        of: usize,
        model: &Model,
        actions: &mut Vec<Action>,
    ) {
        if model.faces.items.is_empty() {
            return message_ui(
                ui,
                "Open a data set to see how good the predictions are: drop it here, or press \
                 Ctrl+O.",
            );
        }
        let faces = subset.count_text(of);
        if let Some(progress) = model.sweep.progress {
            let progress = progress.describe();
            let text =
                format!("Predicting: {progress}. The figures of the {faces} follow at once.");
            return message_ui(ui, &text);
        }
        if of == 0 {
            return message_ui(
                ui,
                "There are no such faces in the list: choose others above.",
            );
        }
        match &model.networks.current {
            Some(_) => message_ui(ui, &format!("None of the {faces} is predicted yet.")),
            None => message_ui(
                ui,
                "There is no network yet that could predict these faces.",
            ),
        }
        if !model.can_predict() {
            return;
        }
        ui.add_space(8.0);
        self.predict_ui(ui, &faces, model, actions);
    }

    fn predict_ui(&self, ui: &mut Ui, faces: &str, model: &Model, actions: &mut Vec<Action>) {
        ui.horizontal(|ui| {
            ui.add_space(12.0);
            if primary(ui, &format!("Predict {faces}")).clicked() {
                actions.push(Action::Predict(self.unpredicted(model)));
            }
        });
    }

    fn results_ui(&mut self, ui: &mut Ui, results: &Results) -> Option<FaceQuery> {
        let intervals = !self.settings.without_intervals;
        // Slices stand first: below the bars nobody would see them.
        let mut query = slices_ui(ui, results, intervals, self.tab == Tab::Tables);
        match self.tab {
            Tab::Plots => {
                let plots = &results.plots;
                query = ced_ui(ui, plots).or(query);
                for task in plots.tasks.iter().filter(|t| !t.bars.is_empty()) {
                    query = task_ui(ui, task, plots, intervals).or(query);
                    let evaluation = results.evaluation.iter();
                    for warning in evaluation.flat_map(|e| e.warnings_about(&task.name, None)) {
                        note_ui(ui, &warning.text);
                    }
                }
            }
            Tab::Tables => {
                if let Some(evaluation) = &results.evaluation {
                    let tables = tasks_ui(ui, evaluation, &mut self.group, intervals);
                    query = tables.or(query);
                }
            }
        }
        ui.add_space(16.0);
        query
    }
}
