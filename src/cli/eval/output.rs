//! An evaluation as a document: what was measured how, and the figures.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::boxes::Jitter;
use crate::atomic::write_atomic;
use crate::dataset::{BoxSource, Split};
use crate::measure::{Document, Options, PAPER_SOURCE, Report, csv, tables};
use crate::terminal::{self, errln, outln};
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
    /// Tables for a paper; they need the package booktabs
    Latex,
}

/// What was measured, and how.
#[derive(Serialize)]
pub struct Evaluation {
    pub weights: String,
    pub data: String,
    pub split: Option<Split>,
    pub faces: usize,
    /// How many faces were looked at in which box.
    pub boxes: BTreeMap<BoxSource, usize>,
    pub jitter: Option<Jitter>,
    /// What the guess learned from.
    pub guess: String,
    pub warnings: Vec<String>,
    /// Whether the paper's rows are wanted.
    #[serde(skip)]
    pub paper: bool,
    pub report: Report,
}

/// Writes the document to `out` or the standard output, and as JSON to `json_too`.
pub fn write(
    evaluation: &Evaluation,
    format: Format,
    out: Option<&Path>,
    json_too: Option<&Path>,
) -> Result<()> {
    let bytes = evaluation.document(format)?;
    match out {
        Some(path) => {
            write_atomic(path, &bytes).with_context(|| path.display().to_string())?;
            for line in evaluation.notes() {
                errln!("{line}");
            }
            outln!("{}", path.display());
        }
        None => {
            // A table of figures alone has no room for what they are about.
            if format == Format::Csv {
                for line in evaluation.notes() {
                    errln!("{line}");
                }
            }
            terminal::out(format_args!("{}", String::from_utf8_lossy(&bytes)));
        }
    }
    if let Some(path) = json_too {
        write_atomic(path, &evaluation.json()?).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

impl Evaluation {
    fn document(&self, format: Format) -> Result<Vec<u8>> {
        let (document, begin, end) = match format {
            Format::Json => return self.json(),
            Format::Csv => return Ok(csv(&self.report, self.paper)?),
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
            text += &table.write(document);
        }
        Ok(text.into_bytes())
    }

    /// What a reader must know beside the figures.
    fn notes(&self) -> Vec<String> {
        let split = self.split.map_or(String::new(), |s| format!(", {s}"));
        let mut notes = vec![format!(
            "{} on {}{split}: {}",
            self.weights,
            self.data,
            counted(self.faces, "face")
        )];
        let jitter = self.jitter.map_or(String::new(), |j| format!(", {j}"));
        for (source, count) in &self.boxes {
            notes.push(format!("box: {source}{jitter} ({count})"));
        }
        notes.push(format!("guess learned from {}", self.guess));
        let whole = self.report.groups.first();
        if let Some(drawn) = whole.and_then(|g| g.resampled) {
            let what = match drawn.by_identity {
                true => "identities, since some are known; a face without one is drawn by itself",
                false => "faces, since no identity is known",
            };
            notes.push(format!("resampled: {} {what}", drawn.units));
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
        let warnings = self.warnings.iter().map(|w| format!("warning: {w}"));
        notes.extend(warnings);
        notes
    }

    fn json(&self) -> Result<Vec<u8>> {
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
