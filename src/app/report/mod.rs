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
use crate::engine::caught;
use crate::figure::Page;
use crate::words::counted;
pub use figures::{By, Figures};
use figures::{Question, figures};

/// While predictions come, the figures are made anew this often.
const EVERY: Duration = Duration::from_secs(3);

/// What is asked of the report, and what is known.
#[derive(Default)]
pub struct ReportView {
    split: Option<Split>,
    by: Option<By>,
    /// `None` where they could not be made.
    figures: Option<Arc<Figures>>,
    of: Option<Key>,
    computing: Option<(Key, Receiver<Result<Figures, String>>)>,
    asked: Option<Instant>,
}

/// What figures are of.
#[derive(Clone, Copy, PartialEq)]
struct Key {
    about: About,
    /// Of the list's findings.
    version: u64,
    split: Option<Split>,
    by: Option<By>,
}

/// Figures of another list, or of what another network says, are no figures of these faces.
#[derive(Clone, Copy, PartialEq)]
struct About {
    list: u64,
    /// Hash of the weights.
    network: Option<u64>,
}

impl Studio {
    /// Asks for new figures where what they are of has changed, and takes in those that came.
    fn keep_report(&mut self, ctx: &eframe::egui::Context) {
        let key = self.report_key();
        let view = &mut self.view.report;
        if let Some((key, result)) = &view.computing {
            match result.try_recv() {
                Ok(made) => {
                    view.of = Some(*key);
                    view.computing = None;
                    view.figures = match made {
                        Ok(figures) => Some(Arc::new(figures)),
                        Err(why) => {
                            self.toasts.warn(format!("The report: {why}"));
                            None
                        }
                    };
                }
                Err(std::sync::mpsc::TryRecvError::Empty) => return,
                Err(std::sync::mpsc::TryRecvError::Disconnected) => view.computing = None,
            }
        }
        let Some(of) = view.of else {
            return self.ask_report(key);
        };
        // What a person changed is answered at once; what comes by itself, from time to time.
        let by_hand = (of.about, of.split, of.by) != (key.about, key.split, key.by);
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
            split: key.split,
            by: key.by,
        };
        let (done, result) = channel();
        let wake = self.opening.wake.clone();
        rayon::spawn(move || {
            let _ = done.send(caught(|| figures(&question)));
            wake();
        });
        self.view.report.computing = Some((key, result));
        self.view.report.asked = Some(Instant::now());
    }

    fn report_key(&self) -> Key {
        Key {
            about: About {
                list: self.list.number,
                network: self.network.as_ref().map(|n| n.hash),
            },
            version: self.list.version,
            split: self.view.report.split,
            by: self.view.report.by,
        }
    }

    /// The figures of the list that is open and the network in use, and of which part they are.
    fn report(&self) -> Option<(&Arc<Figures>, Option<Split>)> {
        let (about, view) = (self.report_key().about, &self.view.report);
        let of = view.of.filter(|of| of.about == about)?;
        Some((view.figures.as_ref()?, of.split))
    }

    /// Whether there are figures of the list that is open and the network in use.
    pub fn has_report(&self) -> bool {
        self.report().is_some()
    }

    pub(super) fn report_drawing(&self) -> Option<Page> {
        let (figures, part) = self.report()?;
        Some(plots::sheet(&self.report_title(figures, part), figures))
    }

    fn report_title(&self, figures: &Figures, part: Option<Split>) -> String {
        let part = part.map_or(String::new(), |s| format!(", {s}"));
        format!(
            "{}{part}: {}",
            self.list.name,
            counted(figures.faces, "face")
        )
    }
}
