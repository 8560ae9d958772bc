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

fn photos_words(names: &[String]) -> String {
    let named = names[..NAMED.min(names.len())].join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => format!("In {named}."),
        more => format!("In {named}, and in {more} more."),
    }
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
                let photos = photos_words(&self.model.kept_boxes.photos());
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
        let (mut close, mut stay, mut stop_runs) = (false, false, false);
        let modal = egui::Modal::new(egui::Id::unique("closing")).show(ctx, |ui| {
            ui.set_width(420.0);
            let heading = |words: String| egui::RichText::new(words).font(theme::strong(15.0));
            if runs > 0 {
                ui.label(heading(match runs {
                    1 => "A training run is running.".to_owned(),
                    n => format!("{n} training runs are running."),
                }));
                ui.label("It is a process of its own and can go on without the window.");
                ui.add_space(6.0);
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
                let [going_on, stopping] = match runs {
                    0 => ["Close", ""],
                    1 => ["Close, the run goes on", "Close, stop the run"],
                    _ => ["Close, the runs go on", "Close, stop the runs"],
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
    fn the_first_photos_are_named_and_the_others_counted() {
        let names: Vec<String> = (0..8).map(|n| format!("{n}.jpg")).collect();
        assert_eq!(photos_words(&names[..2]), "In 0.jpg, 1.jpg.");
        let many = photos_words(&names);
        assert!(many.ends_with("5.jpg, and in 2 more."), "{many}");
    }
}
