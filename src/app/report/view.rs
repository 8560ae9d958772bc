//! What is asked of a report and what is known: figures are kept as long as they are of what is
//! asked.

use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui;

use crate::app::export::plain_name;
use crate::app::faces::item::Picture;
use crate::app::report::measuring::{Measured, Question};
use crate::app::report::part::{Chosen, Part};
use crate::app::report::work::{News, Work};
use crate::app::studio::Studio;
use crate::evaluation::Column;
use crate::figure::plot;

/// While predictions come, the figures are made anew this often.
pub const EVERY: Duration = Duration::from_secs(3);
/// How often the progress is drawn.
pub const TICK: Duration = Duration::from_millis(200);

/// What is asked of the report, and what is known.
#[derive(Default)]
pub struct ReportView {
    /// What somebody chose, and of which list.
    pub part: Option<(u64, Part)>,
    /// Faces that were shown when somebody asked for these, and the number of that time.
    pub shown: Option<(u64, Arc<[u32]>)>,
    pub by: Option<(u64, Column)>,
    /// Whether somebody stopped the intervals.
    pub no_intervals: bool,
    pub show: Show,
    /// The group of faces that the tables are of.
    pub group: usize,
    /// Whether the pane's beginning is to be seen.
    pub scroll_up: bool,
    /// `None` where they could not be made.
    pub made: Option<Arc<Measured>>,
    pub of: Option<Key>,
    pub work: Option<(Key, Work)>,
    pub asked: Option<Instant>,
}

/// How the figures are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    #[default]
    Plots,
    Tables,
}

/// What figures are of.
#[derive(Clone, Copy, PartialEq)]
pub struct Key {
    pub asked: Asked,
    /// Of the list's findings.
    pub version: u64,
    pub intervals: bool,
}

/// What a person changes.
#[derive(Clone, Copy, PartialEq)]
pub struct Asked {
    pub about: About,
    pub part: Part,
    pub by: Option<Column>,
}

/// Figures of another list, or of what another network says, are no figures of these faces.
#[derive(Clone, Copy, PartialEq)]
pub struct About {
    pub list: u64,
    /// Hash of the weights.
    pub network: Option<u64>,
}

impl Studio {
    /// Takes in the figures that came, and asks for new ones where what they are of has changed.
    pub(super) fn keep_report(&mut self, ctx: &egui::Context) {
        self.take_report();
        if self.model.faces.info.is_learning() {
            return;
        }
        let key = self.report_key();
        let view = &self.view.report;
        let current = match (&view.work, view.of) {
            (Some((of, _)), _) => Some(*of),
            (None, of) => of,
        };
        if view.work.is_some() {
            ctx.request_repaint_after(TICK);
        }
        let Some(current) = current else {
            return self.ask_report(key);
        };
        if current == key {
            return;
        }
        // What a person changed is answered at once; what comes by itself, from time to time, and
        // not before the figures that were asked for last are there.
        let by_hand = current.asked != key.asked || current.intervals != key.intervals;
        let due = view.asked.is_none_or(|t| t.elapsed() > EVERY);
        let seen = view.work.is_none() || view.of == Some(current);
        if by_hand || due && seen {
            self.ask_report(key);
        } else {
            ctx.request_repaint_after(EVERY);
        }
    }

    fn take_report(&mut self) {
        let view = &mut self.view.report;
        while let Some((key, work)) = &view.work {
            let key = *key;
            match work.take() {
                (Some(News::Made(made)), _) => {
                    view.of = Some(key);
                    view.made = Some(made);
                }
                (Some(News::Failed(why)), _) => {
                    view.of = Some(key);
                    view.made = None;
                    self.toasts.warn(format!("The report: {why}"));
                }
                (None, true) => return,
                (None, false) => view.work = None,
            }
        }
    }

    fn ask_report(&mut self, key: Key) {
        let list = &self.model.faces;
        let network = self.model.networks.current.as_ref();
        let part = key.asked.part;
        let chosen = self.chosen_faces(part);
        let unread = |i: &u32| {
            let item = list.items.get(*i as usize);
            let failed = item.is_some_and(|i| matches!(i.state, Picture::Failed(_)));
            failed && list.findings.get(*i as usize).is_none()
        };
        let unread = chosen.faces(&list.samples).filter(unread).count();
        let question = Question {
            samples: list.samples.clone(),
            columns: list.info.columns.clone(),
            schema: self.schema(),
            found: list.findings.clone(),
            other: list
                .other
                .as_ref()
                .map(|o| (o.name.clone(), o.findings.clone())),
            chosen,
            unread,
            part: part.word(),
            by: key.asked.by,
            data: list.info.name.clone(),
            weights: network.map_or_else(String::new, |n| n.origin.clone()),
            network: network.map_or_else(String::new, |n| n.fingerprint.clone()),
            trained: network.map(|n| n.trained.clone()).unwrap_or_default(),
            untrained: network.map_or_else(Vec::new, |n| n.untrained.lines(&n.schema)),
        };
        let work = Work::start(question, key.intervals, self.opening.wake.clone());
        // The one before ends by being dropped.
        self.view.report.work = Some((key, work));
        self.view.report.asked = Some(Instant::now());
    }

    pub(super) fn report_key(&self) -> Key {
        let view = &self.view.report;
        let list = self.model.faces.number;
        let by = view.by.filter(|by| by.0 == list);
        Key {
            asked: Asked {
                about: About {
                    list,
                    network: self.model.networks.hash(),
                },
                part: self.report_part(),
                by: by.map(|by| by.1),
            },
            version: self.model.faces.version,
            // While predictions come, intervals would be made again and again.
            intervals: !view.no_intervals && self.model.sweep.progress.is_none(),
        }
    }

    /// Which faces are measured: what somebody chose for this list, else those that trained no
    /// network.
    pub(super) fn report_part(&self) -> Part {
        let chosen = self
            .view
            .report
            .part
            .filter(|p| p.0 == self.model.faces.number);
        chosen.map_or_else(|| Part::usual(&self.model.faces.info.facts.splits), |p| p.1)
    }

    pub(super) fn chosen_faces(&self, part: Part) -> Chosen {
        let shown = self.view.report.shown.as_ref();
        match part {
            Part::All => Chosen::All,
            Part::Split(split) => Chosen::Split(split),
            Part::Shown(_) => Chosen::Shown(shown.map_or_else(|| [].into(), |s| s.1.clone())),
        }
    }

    /// The figures of the list that is open and the network in use, and of which part they are.
    pub(super) fn report(&self) -> Option<(&Arc<Measured>, Part)> {
        let (about, view) = (self.report_key().asked.about, &self.view.report);
        let of = view.of.filter(|of| of.asked.about == about)?;
        Some((view.made.as_ref()?, of.asked.part))
    }

    /// Whether there are figures of the list that is open and the network in use.
    pub fn has_report(&self) -> bool {
        self.report().is_some()
    }

    /// Whether the figures that are shown have their intervals.
    pub fn has_intervals(&self) -> bool {
        let evaluation = self.report().and_then(|(m, _)| m.evaluation.as_ref());
        evaluation.is_some_and(|e| e.report.options.bootstrap.is_some())
    }

    /// Whether the intervals of the figures that are shown are still to come.
    pub(in crate::app) fn intervals_pending(&self) -> bool {
        let work = self.view.report.work.as_ref();
        work.is_some_and(|(key, _)| key.intervals) && !self.has_intervals()
    }

    /// What a report is called as a file: after the data set, and the part of it.
    pub(in crate::app) fn report_file_name(&self) -> String {
        let part = self.report().and_then(|(_, part)| part.word());
        let part = part.map_or(String::new(), |p| format!("-{p}"));
        let name = plain_name(&self.model.faces.info.name);
        format!("{name}{part}-report")
    }

    /// What was measured, for files and the clipboard.
    pub(in crate::app) fn report_measured(&self) -> Option<Arc<Measured>> {
        let (measured, _) = self.report()?;
        measured.evaluation.is_some().then(|| measured.clone())
    }

    /// The names of the plots that `eval --plots` draws of what is measured.
    pub(in crate::app) fn report_plot_names(&self) -> Vec<String> {
        let evaluation = self.report().and_then(|(m, _)| m.evaluation.as_ref());
        evaluation.map_or(Vec::new(), |e| plot::plot_names(&e.report))
    }
}
