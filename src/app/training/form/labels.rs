//! What the chosen data sets teach, counted away from the window's thread: a run without labels
//! would be refused, and whoever starts one sees it before.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;

use eframe::egui::{self, Ui};

use crate::app::widgets::theme;
use crate::background::catch_panic;
use crate::dataset;
use crate::humanize::{counted, thousands};
use crate::label::Schema;
use crate::train::{Labels, TrainConfig};

/// The labels of some data sets, or why they cannot be trained on.
#[derive(Default)]
pub struct LabelCounts {
    paths: Vec<PathBuf>,
    pending: Option<Receiver<Result<Labels, String>>>,
    result: Option<Result<Labels, String>>,
}

impl LabelCounts {
    /// Counts anew where other data sets are chosen; takes in what was counted.
    pub fn update(&mut self, ctx: &egui::Context, paths: &[PathBuf]) {
        if self.paths != paths {
            self.paths = paths.to_vec();
            self.result = None;
            self.pending = (!paths.is_empty()).then(|| count(ctx, paths.to_vec()));
        }
        let Some(pending) = &self.pending else { return };
        match pending.try_recv() {
            Ok(result) => self.result = Some(result),
            Err(TryRecvError::Empty) => return,
            Err(TryRecvError::Disconnected) => {}
        }
        self.pending = None;
    }

    /// Whether the labels are not known yet.
    pub fn is_counting(&self) -> bool {
        self.pending.is_some()
    }

    /// What is known of the labels.
    pub fn known(&self) -> Option<&Labels> {
        self.result.as_ref()?.as_ref().ok()
    }

    /// Why a run on these data would be refused, as far as that is known.
    pub fn refused(&self) -> Option<&str> {
        self.result.as_ref()?.as_ref().err().map(String::as_str)
    }

    /// What is known, in a place that has its height before the labels are counted: what stands
    /// below must not move away from a pointer.
    pub fn ui(&self, ui: &mut Ui) {
        if self.pending.is_none() && self.result.is_none() {
            return;
        }
        ui.scope(|ui| {
            let line = ui.text_style_height(&egui::TextStyle::Body) + ui.spacing().item_spacing.y;
            // A line for the faces and one for each task.
            let lines = 1 + Schema::face().tasks.len();
            ui.set_min_height(lines as f32 * line - ui.spacing().item_spacing.y);
            self.lines_ui(ui);
        });
    }

    fn lines_ui(&self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        let labels = match &self.result {
            None => {
                ui.colored_label(p.quiet, "counting labels…");
                return;
            }
            Some(Err(why)) => {
                ui.colored_label(p.label, why);
                return;
            }
            Some(Ok(labels)) => labels,
        };
        let mut lines = vec![format!(
            "faces to train on: {}, for validation: {}",
            thousands(labels.train),
            thousands(labels.validation)
        )];
        lines.extend(
            labels
                .tasks
                .iter()
                .zip(&labels.validated)
                .zip(&labels.schema.tasks)
                .map(|((known, validated), task)| {
                    let counts = known.points.iter().map(|p| p.known);
                    let counts = counts.chain(known.attributes.iter().map(|a| a.known));
                    let items = counts.filter(|n| *n > 0).count();
                    let (name, all) = (&task.name, task.len());
                    // In the order of the line above, and short: a line more would move what is
                    // below.
                    let faces = match labels.validation {
                        0 => counted(known.faces, "face"),
                        _ => format!(
                            "{} + {}",
                            thousands(known.faces),
                            counted(validated.faces, "face")
                        ),
                    };
                    format!("{name}: {faces}, {items} of {all} known")
                }),
        );
        for line in lines {
            ui.colored_label(p.quiet, line).on_hover_ui(|ui| {
                let text = labels.to_string();
                ui.label(
                    egui::RichText::new(text.trim_end())
                        .monospace()
                        .size(theme::CAPTION),
                );
            });
        }
    }

    /// What of the labels will not be learned under these settings; shown where it moves nothing that is clicked.
    pub fn warnings_ui(&self, ui: &mut Ui, config: &TrainConfig) {
        let p = theme::palette(ui.ctx());
        if let Some(Ok(labels)) = &self.result {
            for warning in labels.clone().weighted(config).warnings() {
                ui.colored_label(p.waiting, warning);
            }
        }
    }
}

fn count(ctx: &egui::Context, paths: Vec<PathBuf>) -> Receiver<Result<Labels, String>> {
    let (sender, receiver) = channel();
    let ctx = ctx.clone();
    thread::spawn(move || {
        let counted = catch_panic(|| labels(&paths)).unwrap_or_else(|e| Err(e.to_string()));
        // The form may be gone.
        let _ = sender.send(counted);
        ctx.request_repaint();
    });
    receiver
}

fn labels(paths: &[PathBuf]) -> Result<Labels, String> {
    let missing = paths.iter().find(|p| !dataset::exists(p));
    if let Some(path) = missing {
        return Err(format!("{}: there is no such file", shown(path)));
    }
    let set = dataset::open_all(paths, &Schema::face()).map_err(|e| e.to_string())?;
    let labels = Labels::of(&set);
    labels.check(None).map_err(|e| e.to_string())?;
    Ok(labels)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
