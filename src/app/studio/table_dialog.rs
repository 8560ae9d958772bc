//! A table that was opened, and that says nothing of faces but much that predictors say: before
//! anything is done with it, somebody is asked whether it is to be compared with what is open.

use std::path::PathBuf;

use eframe::egui;

use crate::app::faces::compare;
use crate::app::faces::compare::Unusable;
use crate::app::opening::{Arrival, FaceSet, TableQuestion};
use crate::app::studio::Studio;
use crate::app::widgets::buttons;
use crate::app::widgets::theme;
use crate::dataset::name_of;
use crate::humanize::{counted, counted_of};

enum Answer {
    Compare,
    Open,
    Cancel,
}

impl Studio {
    /// Looks whether a table is about the faces that are open.
    pub(super) fn table_came(&mut self, path: PathBuf, set: FaceSet) {
        let (samples, schema) = (self.model.faces.samples.clone(), self.schema());
        let list = self.model.faces.number;
        self.opening.away(move |say| {
            let (other, said) = match compare::read(&path, &samples, &schema) {
                Ok(read) => read,
                Err(_) if !set.samples.is_empty() => {
                    set.log_problems();
                    return say(Arrival::List(set));
                }
                // What it is says more than what it is not.
                Err(Unusable::OfOthers {
                    text,
                    probable: true,
                }) => return say(Arrival::Failed(text)),
                Err(_) => {
                    set.log_problems();
                    return say(Arrival::Failed(set.problems.unwrap_or_default()));
                }
            };
            say(Arrival::Question(Box::new(TableQuestion {
                path,
                list,
                other,
                said,
                set,
            })));
        });
    }

    /// The question, while it is asked.
    pub(super) fn question_about_table_ui(&mut self, ctx: &egui::Context) {
        let Some(question) = &self.overlays.question else {
            return;
        };
        let mut answer = None;
        let modal = egui::Modal::new(egui::Id::unique("table question")).show(ctx, |ui| {
            ui.set_width(440.0);
            answer = question_ui(ui, question);
        });
        if modal.should_close() {
            answer.get_or_insert(Answer::Cancel);
        }
        if let Some(answer) = answer {
            self.answered(answer);
        }
    }

    fn answered(&mut self, answer: Answer) {
        let Some(question) = self.overlays.question.take() else {
            return;
        };
        match answer {
            Answer::Cancel => {}
            Answer::Compare if question.list == self.model.faces.number => {
                self.remember(vec![question.path]);
                self.take_other(question.list, question.other);
                self.toasts.say(question.said);
            }
            Answer::Compare => self.toasts.warn(format!(
                "{} is about faces that are not open any more",
                name_of(&question.path)
            )),
            Answer::Open => {
                question.set.log_problems();
                let number = self.opening.next_number();
                self.show_set(FaceSet {
                    number,
                    ..question.set
                });
            }
        }
    }
}

fn question_ui(ui: &mut egui::Ui, question: &TableQuestion) -> Option<Answer> {
    let p = theme::palette(ui.ctx());
    let mut answer = None;
    let name = name_of(&question.path);
    let title = format!("{name} holds predictions. Compare instead?");
    ui.label(egui::RichText::new(title).font(theme::strong(15.0)));
    ui.add_space(4.0);
    let findings = &question.other.findings;
    let (found, of) = (findings.found(), findings.len());
    ui.label(format!(
        "It says something of {}. Comparing shows it beside the network's answers, and what is \
         open stays.",
        counted_of(found, of, "open face")
    ));
    let faces = question.set.samples.len();
    let about = match faces {
        0 => "As a data set it has no face that can be used.".to_owned(),
        n => format!("As a data set it has {}.", counted(n, "face")),
    };
    ui.colored_label(p.quiet, about);
    ui.add_space(10.0);
    ui.horizontal(|ui| {
        if buttons::primary_or_enter(ui, "Compare") {
            answer = Some(Answer::Compare);
        }
        if faces > 0 && ui.button("Open anyway").clicked() {
            answer = Some(Answer::Open);
        }
        if ui.button("Cancel").clicked() {
            answer = Some(Answer::Cancel);
        }
    });
    answer
}
