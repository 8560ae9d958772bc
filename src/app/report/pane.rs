//! The report's pane: every curve, bar and row leads to the faces behind it.

use eframe::egui::{self, Ui};

use crate::app::faces::arrange::{Arrangement, Sort};
use crate::app::report::badges::about_ui;
use crate::app::report::lead::Lead;
use crate::app::report::measuring::Measured;
use crate::app::report::message::message_ui;
use crate::app::report::part::Part;
use crate::app::report::plots::bars_ui::task_ui;
use crate::app::report::plots::ced_ui::ced_ui;
use crate::app::report::tables::ui::slices_ui;
use crate::app::report::view::Show;
use crate::app::studio::Studio;
use crate::app::widgets::buttons::primary;
use crate::app::widgets::header::header_ui;
use crate::humanize::thousands;

const UNLABELLED: &str = "Nothing of these faces is labelled, so there is nothing to measure. Open a \
    data set with labels: a faces.csv, or a folder as CelebA, MTFL, COCO or labelme have it.";

impl Studio {
    pub(in crate::app) fn report_pane_ui(&mut self, ui: &mut Ui) {
        self.keep_report(ui.ctx());
        let measured = self.report().map(|(m, part)| (m.clone(), part));
        let fact = measured.as_ref().map_or("no figures".into(), |(m, part)| {
            let (faces, of) = (m.figures.faces, m.figures.of);
            match faces == of {
                true => part.words(of),
                false => format!("{} of {}", thousands(faces), part.words(of)),
            }
        });
        header_ui(ui, "Report", &fact);
        ui.add_space(8.0);
        self.report_controls_ui(ui);
        let Some((measured, part)) = measured else {
            let words = match self.view.report.work.is_some() || self.model.faces.info.is_learning()
            {
                true => "measuring…",
                false => "The figures could not be made; the log says why.",
            };
            return message_ui(ui, words);
        };
        if measured.figures.faces == 0 {
            return self.nothing_measured_ui(ui, part, measured.figures.of);
        }
        if !measured.figures.any_measured() {
            return message_ui(ui, UNLABELLED);
        }
        self.intervals_ui(ui, &measured);
        if measured.few && self.can_predict() {
            let missing = measured.figures.of - measured.figures.faces;
            self.offer_ui(ui, part, missing.saturating_sub(measured.unread));
            ui.add_space(8.0);
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        if let Some((words, faces)) = about_ui(ui, &measured) {
            self.model.faces.order.lead();
            self.model.faces.order.arrangement = Arrangement {
                sort: Sort::Nme,
                ..Arrangement::default()
            };
            self.show_among(words, faces);
        }
        ui.add_space(6.0);
        let mut area = egui::ScrollArea::vertical().auto_shrink([false, false]);
        if std::mem::take(&mut self.view.report.scroll_up) {
            area = area.vertical_scroll_offset(0.0);
        }
        let lead = area.show(ui, |ui| self.measured_ui(ui, &measured)).inner;
        if let Some(lead) = lead {
            self.follow(&measured, part, lead);
        }
    }

    /// What to do where there is nothing to measure.
    fn nothing_measured_ui(&mut self, ui: &mut Ui, part: Part, of: usize) {
        if self.model.faces.items.is_empty() {
            return message_ui(
                ui,
                "Open a data set to see how good the predictions are: drop it here, or press \
                 Ctrl+O.",
            );
        }
        if let Some(sweep) = self.model.sweep.progress {
            let words = format!(
                "Predicting: {}. The figures of the {} follow at once.",
                sweep.words(),
                part.words(of)
            );
            return message_ui(ui, &words);
        }
        if of == 0 {
            return message_ui(
                ui,
                "There are no such faces in the list: choose others above.",
            );
        }
        let words = match self.model.networks.current.is_some() {
            true => format!("None of the {} is predicted yet.", part.words(of)),
            false => "There is no network yet that could predict these faces.".into(),
        };
        message_ui(ui, &words);
        if !self.can_predict() {
            return;
        }
        ui.add_space(8.0);
        self.offer_ui(ui, part, of);
    }

    fn offer_ui(&mut self, ui: &mut Ui, part: Part, of: usize) {
        ui.horizontal(|ui| {
            ui.add_space(12.0);
            let words = format!("Predict {}", part.words(of));
            if primary(ui, &words).clicked() {
                self.predict_faces(self.not_yet_measured(), false);
            }
        });
    }

    fn measured_ui(&mut self, ui: &mut Ui, measured: &Measured) -> Option<Lead> {
        let figures = &measured.figures;
        // Slices stand first: below the bars nobody would see them.
        let tables = self.view.report.show == Show::Tables;
        let mut lead = slices_ui(ui, measured, !self.view.report.no_intervals, tables);
        match self.view.report.show {
            Show::Plots => {
                lead = ced_ui(ui, figures).or(lead);
                let intervals = !self.view.report.no_intervals;
                for task in figures.tasks.iter().filter(|t| !t.bars.is_empty()) {
                    lead = task_ui(ui, task, figures, intervals).or(lead);
                }
            }
            Show::Tables => {
                let evaluation = measured.evaluation.as_ref();
                let tables = evaluation.and_then(|e| self.tables_ui(ui, e));
                lead = tables.or(lead);
            }
        }
        ui.add_space(16.0);
        lead
    }
}
