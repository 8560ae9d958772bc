//! Words that come by themselves: errors and news in a corner, until they are read or old.

use std::time::{Duration, Instant};

use eframe::egui::{self, Align2, Id};

use super::theme;

const STAYS: Duration = Duration::from_secs(12);
const AT_MOST: usize = 4;

#[derive(Default)]
pub struct Toasts {
    shown: Vec<(Instant, String)>,
}

impl Toasts {
    pub fn say(&mut self, words: impl Into<String>) {
        let words = words.into();
        log::info!("{words}");
        self.shown.retain(|(_, w)| *w != words);
        self.shown.push((Instant::now(), words));
        let excess = self.shown.len().saturating_sub(AT_MOST);
        self.shown.drain(..excess);
    }

    pub fn ui(&mut self, ctx: &egui::Context) {
        self.shown.retain(|(since, _)| since.elapsed() < STAYS);
        if self.shown.is_empty() {
            return;
        }
        ctx.request_repaint_after(Duration::from_secs(1));
        let p = theme::palette(ctx);
        let mut dismissed = None;
        egui::Area::new(Id::unique("toasts"))
            .anchor(Align2::RIGHT_BOTTOM, [-14.0, -44.0])
            .order(egui::Order::Foreground)
            .show(ctx, |ui| {
                for (i, (_, words)) in self.shown.iter().enumerate() {
                    egui::Frame::new()
                        .fill(p.raised)
                        .stroke(egui::Stroke::new(1.0, p.waiting))
                        .corner_radius(theme::RADIUS)
                        .inner_margin(10)
                        .show(ui, |ui| {
                            ui.set_max_width(420.0);
                            ui.horizontal_top(|ui| {
                                ui.add(egui::Label::new(words).wrap());
                                if ui.small_button("×").on_hover_text("Dismiss").clicked() {
                                    dismissed = Some(i);
                                }
                            });
                        });
                }
            });
        if let Some(i) = dismissed {
            self.shown.remove(i);
        }
    }
}
