//! An evaluation as a document: what was measured how, and the figures.

use serde_json::{Map, Value, json};

use super::question::Evaluation;
use super::trained::Warning;
use crate::dataset::BoxSource;
use crate::dataset::predictions::MadeBy;
use crate::humanize::{counted, counted_of};
use crate::measure::{Document, Options, PAPER_SOURCE, Source, Table, csv, tables};

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
    pub text: String,
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
        let (document, begin) = match format {
            Format::Json => return self.json(),
            Format::Csv => return Ok(self.csv()?),
            Format::Table => (Document::Text, ""),
            Format::Markdown => (Document::Markdown, "- "),
            Format::Latex => (Document::Latex, "% "),
        };
        let (on, faces) = (self.measured_on(), counted(self.faces, "face"));
        let on = format!("{on} ({faces})");
        let tables = tables(&self.report, self.paper.then_some(&*on));
        // What stands below a table is not said above all of them too.
        let is_about = |w: &Warning, table: &Table| is_about(w, &table.task, table.by.as_deref());
        let below = |w: &Warning| tables.iter().any(|table| is_about(w, table));
        let told_below = |w: &Warning| document != Document::Latex && below(w);
        let mut text = String::new();
        for note in self.notes_without(&told_below) {
            text += &format!("{begin}{note}\n");
        }
        for table in &tables {
            text.push('\n');
            if document == Document::Latex {
                let notes = self.figure_notes(&table.task, table.by.as_deref(), true);
                let notes: Vec<String> = notes.into_iter().map(|note| note.text).collect();
                text += &table.latex(&notes);
                continue;
            }
            text += &table.write(document);
            let about = self.warnings.iter().filter(|w| is_about(w, table));
            for (n, note) in about.map(warning).enumerate() {
                if n == 0 && document == Document::Markdown {
                    text.push('\n');
                }
                text += &format!("{begin}{note}\n");
            }
        }
        Ok(text.into_bytes())
    }

    /// What is to be beware of in the figures of a task, sliced by a column.
    fn warnings_of<'a>(
        &'a self,
        task: &'a str,
        by: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Warning> {
        self.warnings.iter().filter(move |w| {
            let column = w.by.as_deref();
            w.task.as_ref().is_none_or(|of| of == task) && (column.is_none() || column == by)
        })
    }

    /// What is to be read below the table of a task, sliced by a column: the warnings that are of it
    /// and not of all figures.
    pub fn warnings_about<'a>(
        &'a self,
        task: &'a str,
        by: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Warning> {
        self.warnings.iter().filter(move |w| is_about(w, task, by))
    }

    fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        let warnings = |task: &str, by: Option<&str>| {
            let badges = self.warnings_of(task, by).map(|w| w.badge.as_str());
            badges.collect::<Vec<_>>().join("; ")
        };
        let file = |name: &str| {
            let mut files = self.predictions.iter();
            let file = files.find(|file| file.name == name)?;
            let MadeBy { weights, network } = &file.made_by;
            Some([
                network.as_deref().unwrap_or_default(),
                weights.as_deref().unwrap_or_default(),
                &file.path,
            ])
        };
        let files = |name: &str| file(name).unwrap_or_default();
        let boxes: Vec<String> = self.boxes_text().map(|(text, _)| text).collect();
        let source = Source {
            network: &self.network,
            weights: &self.weights,
            data: &self.data,
            split: self.split.as_deref().unwrap_or_default(),
            boxes: &boxes.join("; "),
            files: &files,
            warnings: &warnings,
        };
        csv(&self.report, &source, self.paper)
    }

    /// What a reader must know beside the figures.
    pub fn notes(&self) -> Vec<String> {
        self.notes_without(&|_| false)
    }

    /// The notes, without the warnings that are told elsewhere.
    fn notes_without(&self, told: &dyn Fn(&Warning) -> bool) -> Vec<String> {
        let mut notes = vec![self.measured()];
        notes.extend(self.predictions_text());
        notes.extend(self.boxes_text().map(|(text, _)| format!("box: {text}")));
        notes.push(self.learned(None));
        let whole = self.report.groups.first();
        if let Some(drawn) = whole.and_then(|g| g.resampled) {
            let why = match self.identified {
                0 => "since no identity is known".to_owned(),
                n if n == self.faces => "since those of all faces are known".to_owned(),
                n => format!(
                    "since those of {} are known; a face without one is drawn by itself",
                    counted_of(n, self.faces, "face")
                ),
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
        notes.extend(self.warnings.iter().filter(|w| !told(w)).map(warning));
        notes
    }

    /// Which network was measured on what.
    fn measured(&self) -> String {
        let (on, faces) = (self.measured_on(), counted(self.faces, "face"));
        format!(
            "{} (network {}) on {on}: {faces}",
            self.weights, self.network
        )
    }

    /// The data and their part.
    fn measured_on(&self) -> String {
        match &self.split {
            Some(split) => format!("{}, {split}", self.data),
            None => self.data.clone(),
        }
    }

    /// Where the predictions of other programs come from.
    fn predictions_text(&self) -> impl Iterator<Item = String> {
        self.predictions.iter().map(|file| {
            let mut text = format!("predictions {}: {}", file.name, file.path);
            match (&file.made_by.weights, &file.made_by.network) {
                (Some(weights), Some(network)) => {
                    text += &format!(", by {weights} (network {network})");
                }
                (Some(one), None) | (None, Some(one)) => text += &format!(", by {one}"),
                (None, None) => {}
            }
            let of = match &self.split {
                Some(_) => format!("other splits of {}", self.data),
                None => format!("faces of {} that are not measured", self.data),
            };
            match file.not_measured {
                0 => text,
                n => format!("{text}; {} of {of}", counted(n, "prediction")),
            }
        })
    }

    /// In which boxes how many faces were looked at, and whether such a box flatters.
    fn boxes_text(&self) -> impl Iterator<Item = (String, bool)> {
        let jitter = self.jitter.map_or(String::new(), |j| format!(", {j}"));
        self.boxes.iter().map(move |(source, count)| {
            let flatters = *source == BoxSource::Labels;
            let told = match flatters {
                true => ", which tells where the points are and so flatters them",
                false => "",
            };
            (format!("{source}{jitter} ({count}){told}"), flatters)
        })
    }

    /// Where the guess of one task comes from, or of all that are measured.
    fn learned(&self, task: Option<&str>) -> String {
        format!("{} learned from {}", self.baseline_text(task), self.guess)
    }

    /// What the guess is: the mean face of points, the majority of attributes.
    pub fn baseline_text(&self, task: Option<&str>) -> &'static str {
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

    /// What is to be read below a single table or figure of a task: who was measured on what and in
    /// which boxes, where the guess comes from if it is shown, and the warnings that are not of other tasks or other
    /// slices than those by the column `by`.
    pub fn figure_notes(&self, task: &str, by: Option<&str>, guess: bool) -> Vec<FigureNote> {
        let plain = |text| FigureNote { text, warns: false };
        let learned = guess.then(|| plain(self.learned(Some(task))));
        let warnings = self.warnings_of(task, by).map(|w| FigureNote {
            text: warning(w),
            warns: true,
        });
        let boxes = self.boxes_text().map(|(text, warns)| FigureNote {
            text: format!("box: {text}"),
            warns,
        });
        let others = self.predictions_text().map(plain);
        let first = std::iter::once(plain(self.measured())).chain(others);
        let first = first.chain(boxes);
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

/// Whether a warning is of the table of a task, sliced by a column, and not of all figures.
fn is_about(warning: &Warning, task: &str, by: Option<&str>) -> bool {
    let own = warning.task.as_deref();
    (own.is_some() || warning.by.is_some())
        && own.is_none_or(|own| own == task)
        && warning.by.as_deref() == by
}

fn warning(warning: &Warning) -> String {
    format!("warning: {}", warning.text)
}
