//! How good the predictions of the open list are, as plots that lead to the faces behind them.

mod figures;
mod pane;
mod plots;
mod table;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::Studio;
use crate::dataset::Split;
use crate::figure::Page;
pub use figures::{By, Figures};
use figures::{Question, figures};

/// While predictions come, the figures are made anew this often.
const EVERY: Duration = Duration::from_secs(3);

/// What is asked of the report, and what is known.
#[derive(Default)]
pub struct ReportView {
    split: Option<Split>,
    by: Option<By>,
    figures: Option<Arc<Figures>>,
    /// What the figures are of: list, its findings, and what was asked.
    of: Option<Key>,
    computing: Option<(Key, Receiver<Figures>)>,
    asked: Option<Instant>,
}

type Key = (u64, u64, Option<Split>, Option<By>);

impl Studio {
    /// Asks for new figures where what they are of has changed, and takes in those that came.
    fn keep_report(&mut self, ctx: &eframe::egui::Context) {
        let view = &mut self.view.report;
        if let Some((key, result)) = &view.computing {
            match result.try_recv() {
                Ok(figures) => {
                    (view.figures, view.of) = (Some(Arc::new(figures)), Some(*key));
                    view.computing = None;
                }
                Err(std::sync::mpsc::TryRecvError::Empty) => return,
                Err(std::sync::mpsc::TryRecvError::Disconnected) => view.computing = None,
            }
        }
        let key = (self.list.number, self.list.version, view.split, view.by);
        let Some(of) = view.of else {
            return self.ask_report(key);
        };
        // What a person changed is answered at once; what comes by itself, from time to time.
        let by_hand = (of.0, of.2, of.3) != (key.0, key.2, key.3);
        let due = view.asked.is_none_or(|t| t.elapsed() > EVERY);
        if of != key && (by_hand || due) {
            self.ask_report(key);
        } else if of != key {
            ctx.request_repaint_after(EVERY);
        }
    }

    fn ask_report(&mut self, key: Key) {
        let question = Question {
            samples: self.list.samples.clone(),
            schema: self.schema(),
            found: self.list.findings.clone(),
            other: self
                .list
                .other
                .as_ref()
                .map(|o| (o.name.clone(), o.findings.clone())),
            split: key.2,
            by: key.3,
        };
        let (done, result) = channel();
        let wake = self.opening.wake.clone();
        rayon::spawn(move || {
            let _ = done.send(figures(&question));
            wake();
        });
        self.view.report.computing = Some((key, result));
        self.view.report.asked = Some(Instant::now());
    }

    /// Whether there are figures of the list that is open.
    pub fn has_report(&self) -> bool {
        let of = self.view.report.of.map(|k| k.0);
        of == Some(self.list.number) && self.view.report.figures.is_some()
    }

    pub(super) fn report_drawing(&self) -> Option<Page> {
        let figures = self.view.report.figures.as_ref()?;
        Some(plots::sheet(&self.report_title(figures), figures))
    }

    fn report_title(&self, figures: &Figures) -> String {
        let thousands = super::gallery::thousands;
        let part = self.view.report.split;
        let part = part.map_or(String::new(), |s| format!(", {s}"));
        format!(
            "{}{part}: {} faces",
            self.list.name,
            thousands(figures.faces)
        )
    }
}
