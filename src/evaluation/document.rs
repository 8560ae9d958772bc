//! An evaluation as a document: what was measured how, and the figures.

use serde_json::{Map, Value, json};

use super::{Evaluation, Warning};
use crate::dataset::BoxSource;
use crate::measure::{Document, Options, PAPER_SOURCE, csv, tables};
use crate::words::counted;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For reading here
    #[default]
    Table,
    /// Everything, for programs
    Json,
    /// A row a figure, for spreadsheets and statistics
    Csv,
    Markdown,
    /// Tables for a paper; they need the package booktabs, and long ones longtable
    Latex,
}

/// What is to be read below a table or figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureNote {
    pub words: String,
    pub warns: bool,
}

/// Why a document could not be made.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error(transparent)]
    Csv(#[from] csv::Error),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

impl Evaluation {
    /// As `eval` writes it and the window saves it.
    pub fn document(&self, format: Format) -> Result<Vec<u8>, WriteError> {
        let (document, begin, end) = match format {
            Format::Json => return self.json(),
            Format::Csv => return Ok(csv(&self.report, &self.network, self.paper)?),
            Format::Table => (Document::Text, "", ""),
            Format::Markdown => (Document::Markdown, "- ", ""),
            Format::Latex => (Document::Latex, "% ", ""),
        };
        let mut text = String::new();
        for note in self.notes() {
            text += &format!("{begin}{note}{end}\n");
        }
        for table in tables(&self.report, self.paper) {
            text.push('\n');
            text += &match document {
                Document::Latex => {
                    let notes = self.figure_notes(&table.task, true).into_iter();
                    table.latex(&notes.map(|note| note.words).collect::<Vec<_>>())
                }
                _ => table.write(document),
            };
        }
        Ok(text.into_bytes())
    }

    /// What a reader must know beside the figures.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = vec![self.measured()];
        let jitter = self.jitter.map_or(String::new(), |j| format!(", {j}"));
        for (source, count) in &self.boxes {
            let told = match source {
                BoxSource::Labels => ", which tells where the points are and so flatters them",
                _ => "",
            };
            notes.push(format!("box: {source}{jitter} ({count}){told}"));
        }
        notes.push(self.learned(None));
        let whole = self.report.groups.first();
        if let Some(drawn) = whole.and_then(|g| g.resampled) {
            let why = match drawn.by_identity {
                true => "since some are known; a face without one is drawn by itself",
                false => "since no identity is known",
            };
            notes.push(format!("resampled: {}, {why}", drawn.drawn()));
        }
        for figures in whole.into_iter().flat_map(|g| &g.tasks) {
            if !figures.any_measured() {
                let task = &figures.task.name;
                notes.push(format!(
                    "{task}: no label is known of these faces, nothing to measure"
                ));
            }
        }
        if self.report.accepted > 0 {
            let left_out = counted(self.report.accepted, "label");
            notes.push(format!(
                "accepted from these weights, and so counted only under \"with accepted labels\": \
                 {left_out}"
            ));
        }
        if self.paper && self.report.options.alpha != Options::default().alpha {
            notes.push("the paper's landmark rows are for another α and left out".into());
        }
        notes.extend(self.warnings.iter().map(warning));
        notes
    }

    /// Which network was measured on what.
    fn measured(&self) -> String {
        let split = self.split.as_ref();
        let split = split.map_or(String::new(), |s| format!(", {s}"));
        format!(
            "{} (network {}) on {}{split}: {}",
            self.weights,
            self.network,
            self.data,
            counted(self.faces, "face")
        )
    }

    /// Where the guess of one task comes from, or of all that are measured.
    fn learned(&self, task: Option<&str>) -> String {
        format!("{} learned from {}", self.guess_words(task), self.guess)
    }

    /// What the guess is: the mean face of points, the majority of attributes.
    pub fn guess_words(&self, task: Option<&str>) -> &'static str {
        let tasks = self.report.groups.first().map_or(&[][..], |g| &g.tasks);
        let shown = |points: bool| {
            let mut tasks = tasks.iter().filter(|t| t.task.is_points() == points);
            tasks.any(|t| match task {
                Some(name) => t.task.name == name,
                None => t.any_measured(),
            })
        };
        match (shown(true), shown(false)) {
            (true, false) => "mean face",
            (false, true) => "majority",
            _ => "mean face and majority",
        }
    }

    /// What is to be read below a single table or figure of a task: who was measured on what, where
    /// the guess comes from if it is shown, and the warnings that are not of other tasks.
    pub fn figure_notes(&self, task: &str, guess: bool) -> Vec<FigureNote> {
        let plain = |words| FigureNote {
            words,
            warns: false,
        };
        let learned = guess.then(|| plain(self.learned(Some(task))));
        let of_it = |w: &&Warning| w.task.as_ref().is_none_or(|of| of == task);
        let warnings = self.warnings.iter().filter(of_it).map(|w| FigureNote {
            words: warning(w),
            warns: true,
        });
        let first = std::iter::once(plain(self.measured()));
        first.chain(learned).chain(warnings).collect()
    }

    pub fn json(&self) -> Result<Vec<u8>, WriteError> {
        let mut value = serde_json::to_value(self)?;
        let tasks = self.report.groups.first().map_or(&[][..], |g| &g.tasks);
        if self.paper
            && let Value::Object(entries) = &mut value
        {
            let rows: Map<String, Value> = tasks
                .iter()
                .map(|f| (f.task.name.clone(), json!(self.report.paper(f))))
                .collect();
            let paper = json!({"source": PAPER_SOURCE, "tasks": rows});
            entries.insert("paper".into(), paper);
        }
        Ok(serde_json::to_vec_pretty(&value)?)
    }
}

fn warning(warning: &Warning) -> String {
    format!("warning: {}", warning.words)
}
