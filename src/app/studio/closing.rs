//! What is asked before the window closes: what becomes of training runs, and of boxes that nobody
//! could put back.

use eframe::egui;

use super::Studio;
use super::overlays::Closing;
use crate::app::widgets::buttons;
use crate::app::widgets::theme;
use crate::humanize::counted;
use crate::review::Saving;

/// Photos that are named; the others are counted.
const NAMED: usize = 6;

fn photos_text(names: &[String]) -> String {
    let named = names[..NAMED.min(names.len())].join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => format!("In {named}."),
        more => format!("In {named}, and in {more} more."),
    }
}

/// What becomes of so many runs, of which so many are paused, without the window.
fn runs_text(runs: usize, paused: usize) -> Vec<(String, &'static str)> {
    let are = |n: usize, how: &str| match n {
        1 => format!("A training run is {how}."),
        n => format!("{n} training runs are {how}."),
    };
    let mut text = Vec::new();
    if runs > paused {
        let about = match runs - paused {
            1 => "It is a process of its own and can go on without the window.",
            _ => "They are processes of their own and can go on without the window.",
        };
        text.push((are(runs - paused, "running"), about));
    }
    if paused > 0 {
        let about = match paused {
            1 => {
                "Its process waits without the window too, and holds its memory, until the run is \
                 opened here again and told to go on. Stopped, it ends with a checkpoint, from which \
                 it can go on as well."
            }
            _ => {
                "Their processes wait without the window too, and hold their memory, until the runs \
                 are opened here again and told to go on. Stopped, they end with a checkpoint, from \
                 which they can go on as well."
            }
        };
        text.push((are(paused, "paused"), about));
    }
    text
}

impl Studio {
    /// Asks, where there is something to ask about.
    pub(super) fn close_ui(&mut self, ctx: &egui::Context) {
        let asked = ctx.input(|i| i.viewport().close_requested());
        if asked && self.overlays.closing.is_none() {
            let boxes = self.keep_boxes();
            let unsaved = self
                .model
                .review
                .open()
                .and_then(|open| match open.saving() {
                    Saving::Failed(count, why) => Some((count, why)),
                    _ => None,
                });
            if boxes > 0 || unsaved.is_some() || self.model.runs.running_count() > 0 {
                ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
                let photos = photos_text(&self.model.kept_boxes.photos());
                self.overlays.closing = Some(Closing {
                    boxes,
                    unsaved,
                    photos,
                });
            }
        }
        let Some(Closing {
            boxes,
            unsaved,
            photos,
        }) = self.overlays.closing.as_ref()
        else {
            return;
        };
        let (boxes, unsaved, photos) = (*boxes, unsaved.clone(), photos.clone());
        let runs = self.model.runs.running_count();
        let paused = self.model.runs.paused_count();
        let (mut close, mut stay, mut stop_runs) = (false, false, false);
        let modal = egui::Modal::new(egui::Id::unique("closing")).show(ctx, |ui| {
            ui.set_width(420.0);
            let heading = |text: String| egui::RichText::new(text).font(theme::strong(15.0));
            if runs > 0 {
                for (text, about) in runs_text(runs, paused) {
                    ui.label(heading(text));
                    ui.label(about);
                    ui.add_space(6.0);
                }
            }
            if let Some((count, why)) = &unsaved {
                let edits = counted(*count, "edit");
                ui.label(heading(format!("{edits} of labels could not be saved.")));
                ui.label(format!("{why}. They are lost when the window closes."));
                ui.add_space(6.0);
            }
            if boxes > 0 {
                let was = if boxes == 1 { "was" } else { "were" };
                let boxes = counted(boxes, "box");
                ui.label(heading(format!("{boxes} {was} moved or drawn.")));
                ui.label(&photos);
                ui.label("Boxes are kept until the window closes, and are in no file.");
            }
            ui.add_space(10.0);
            ui.horizontal(|ui| {
                // Enter never loses anything: a run goes on, boxes would be gone.
                let [going_on, stopping] = match (runs, paused) {
                    (0, _) => ["Close", ""],
                    (1, 1) => ["Close, the run stays paused", "Close, stop the run"],
                    (1, _) => ["Close, the run goes on", "Close, stop the run"],
                    (n, p) if n == p => ["Close, the runs stay paused", "Close, stop the runs"],
                    (_, 0) => ["Close, the runs go on", "Close, stop the runs"],
                    _ => ["Close, the runs stay as they are", "Close, stop the runs"],
                };
                let staying = "Do not close";
                let loses = boxes > 0 || unsaved.is_some();
                if loses {
                    stay |= buttons::primary_or_enter(ui, staying);
                    close |= ui.button(going_on).clicked();
                } else {
                    close |= buttons::primary_or_enter(ui, going_on);
                }
                stop_runs = runs > 0
                    && ui
                        .button(stopping)
                        .on_hover_text("It ends with a checkpoint, from which it can go on later")
                        .clicked();
                if !loses {
                    stay |= ui.button(staying).clicked();
                }
            });
        });
        if close || stop_runs {
            self.leave(stop_runs);
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
            self.overlays.closing = None;
        } else if stay || modal.should_close() || runs == 0 && boxes == 0 && unsaved.is_none() {
            self.overlays.closing = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_becomes_of_running_and_of_paused_runs_is_said() {
        let heads = |runs, paused| -> Vec<String> {
            let text = runs_text(runs, paused).into_iter();
            text.map(|(head, _)| head).collect()
        };
        assert!(heads(0, 0).is_empty());
        assert_eq!(heads(1, 0), ["A training run is running."]);
        assert_eq!(heads(1, 1), ["A training run is paused."]);
        let both = ["2 training runs are running.", "A training run is paused."];
        assert_eq!(heads(3, 1), both);
        assert!(runs_text(2, 2)[0].1.contains("wait without the window"));
    }

    #[test]
    fn the_first_photos_are_named_and_the_others_counted() {
        let names: Vec<String> = (0..8).map(|n| format!("{n}.jpg")).collect();
        assert_eq!(photos_text(&names[..2]), "In 0.jpg, 1.jpg.");
        let many = photos_text(&names);
        assert!(many.ends_with("5.jpg, and in 2 more."), "{many}");
    }
}
