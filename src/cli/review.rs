//! `smn-studio review`: mended labels without a window.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};
use clap::{Args, Subcommand};
use rayon::prelude::*;

use super::convert::write_set;
use super::files::{Files, Opened, Output};
use super::inputs::warn;
use crate::dataset::Sample;
use crate::dataset::export::{Format, check_target};
use crate::humanize::counted;
use crate::label::Schema;
use crate::review::{
    self, Applied, Contents, EditedFace, EditedValue, Edits, Field, Status, journals, read_journal,
    sequence, suspicions,
};
use crate::terminal::{errln, outln};

/// What became of a data set's labels in the window's Review workspace.
///
/// Each annotator has a journal, DATA/.smn-review/NAME.jsonl (beside a single file,
/// FILE.smn-review/NAME.jsonl), which only grows; the data set itself is never written. A journal is
/// also a data set of its own: data, convert, train, eval and predict take its path for the set with
/// its edits.
#[derive(Args)]
pub struct ReviewArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// How many faces are approved, unsure, excluded and mended, by annotator
    Status(Of),
    /// Each value that differs from the data set: picture, face, what, before, after, by whom
    Diff(Of),
    /// What may be wrong with the labels: exchanged sides, points outside, contradictions
    Checks(Of),
    /// Writes the data set with its mended labels into a new folder
    Export(Export),
}

#[derive(Args)]
struct Of {
    /// A data set, or one annotator's journal
    data: PathBuf,
    /// Whose journal; needed where there are several
    #[arg(long, value_name = "NAME")]
    annotator: Option<String>,
}

#[derive(Args)]
struct Export {
    #[command(flatten)]
    of: Of,
    /// The format to write
    #[arg(long, value_enum)]
    to: Format,
    /// The folder to write
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Copy the pictures into the folder
    #[arg(long)]
    copy_pictures: bool,
    /// Write into a folder that holds something: files of the same names are replaced
    #[arg(long)]
    force: bool,
}

impl ReviewArgs {
    fn of(&self) -> &Of {
        match &self.what {
            What::Status(of) | What::Diff(of) | What::Checks(of) => of,
            What::Export(export) => &export.of,
        }
    }
}

impl Files for ReviewArgs {
    fn data(&self) -> Vec<Vec<PathBuf>> {
        vec![vec![self.of().data.clone()]]
    }

    fn inputs(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    fn outputs(&self) -> Vec<Output> {
        match &self.what {
            What::Export(export) if export.copy_pictures => {
                vec![Output::Folder(export.out.clone())]
            }
            _ => Vec::new(),
        }
    }
}

pub fn run(args: ReviewArgs, opened: &mut Opened) -> Result<()> {
    match args.what {
        What::Status(of) => status(&of),
        What::Diff(of) => diff(&of),
        What::Checks(of) => checks(&of, opened),
        What::Export(export) => {
            let journal = export.of.journal()?;
            let edits = Edits::of(&read(&journal)?.entries);
            if let Some(text) = review::in_the_journal_alone(&edits) {
                errln!("{text}");
            }
            check_target(
                &export.out,
                &review::sources(std::slice::from_ref(&journal)),
                export.force,
            )?;
            write_set(
                (&[journal], opened),
                export.to,
                &export.out,
                (export.copy_pictures, export.force),
            )
        }
    }
}

impl Of {
    /// The journals that there are, by annotator.
    fn journals(&self) -> Result<Vec<(String, PathBuf)>> {
        if review::source(&self.data).is_some() {
            let name = self.data.file_stem().unwrap_or_default();
            return Ok(vec![(
                name.to_string_lossy().into_owned(),
                self.data.clone(),
            )]);
        }
        ensure!(
            self.data.exists(),
            "{}: there is no such data set",
            self.data.display()
        );
        let mut all = journals(&self.data);
        if let Some(wanted) = &self.annotator {
            all.retain(|(name, _)| name == wanted);
        }
        ensure!(
            !all.is_empty(),
            "{}: nobody has mended its labels{}",
            self.data.display(),
            self.annotator
                .as_ref()
                .map_or(String::new(), |n| format!(" by the name of {n}"))
        );
        Ok(all)
    }

    /// The one that is meant.
    fn journal(&self) -> Result<PathBuf> {
        let mut all = self.journals()?;
        if let [_, _, ..] = all[..] {
            let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
            bail!(
                "there are journals of {}: --annotator says which",
                names.join(", ")
            );
        }
        Ok(all.remove(0).1)
    }
}

fn read(path: &Path) -> Result<Contents> {
    let contents = read_journal(path)?;
    for problem in &contents.problems {
        errln!("{}: {problem}", path.display());
    }
    Ok(contents)
}

fn status(of: &Of) -> Result<()> {
    for (name, path) in of.journals()? {
        let contents = read(&path)?;
        let edits = Edits::of(&contents.entries);
        let mut counts = BTreeMap::new();
        for face in &edits.faces {
            *counts.entry(face.status().name()).or_insert(0) += 1;
        }
        let mended = edits.faces.iter().filter(|face| face.is_mended()).count();
        outln!("{name}: {}, entry {}", path.display(), sequence(&contents));
        outln!(
            "  {} looked at, {} mended in {}",
            counted(edits.faces.len(), "face"),
            counted(edits.mended(), "value"),
            counted(mended, "face")
        );
        // Of those that nobody has looked at a journal knows nothing.
        counts.remove(Status::Todo.name());
        for (status, count) in counts {
            outln!("  {count} {status}");
        }
        match review::applied(&path, &edits, &Schema::face()) {
            Ok(applied) => standing(&applied),
            Err(error) => errln!("what the set has of it is not known: {error}"),
        }
    }
    Ok(())
}

/// How the edits fit the set as it is now.
fn standing(applied: &Applied) {
    let lost = match applied.lost.len() {
        0 => None,
        1 => Some("1 edited face is not in the set any more".to_owned()),
        count => Some(format!("{count} edited faces are not in the set any more")),
    };
    let pictures = &applied.pictures;
    let all = [pictures.renamed_text(), pictures.changed_text(), lost];
    for text in all.into_iter().flatten() {
        outln!("  {text}");
    }
}

fn diff(of: &Of) -> Result<()> {
    let journal = of.journal()?;
    let edits = Edits::of(&read(&journal)?.entries);
    for face in &edits.faces {
        for (field, value) in face.mended() {
            outln!("{}", line(face, field, value));
        }
    }
    Ok(())
}

/// "a/b.jpg face 2: Bald: present → absent (person)".
fn line(face: &EditedFace, field: &Field, value: &EditedValue) -> String {
    let which = match (face.face.id, face.face.place) {
        (Some(id), _) => format!(" face {id}"),
        (None, 1) => String::new(),
        (None, place) => format!(" face {place}"),
    };
    format!(
        "{}{which}: {field}: {} → {} ({})",
        face.face.picture, value.base.value, value.now.value, value.now.source
    )
}

fn checks(of: &Of, opened: &mut Opened) -> Result<()> {
    let paths = match of.journals() {
        Ok(_) => vec![of.journal()?],
        // Labels that nobody has mended can be wrong too.
        Err(_) => vec![of.data.clone()],
    };
    let set = opened.take(&paths, &Schema::face())?;
    warn(&set.problems);
    let found: Vec<(&Sample, Vec<review::Suspicion>)> = set
        .samples
        .par_iter()
        .filter_map(|sample| {
            let size = sample.stated_size.map(|[w, h]| (w, h));
            let size = size.or_else(|| sample.picture_size().ok());
            let found = suspicions(sample, &set.schema, size);
            (!found.is_empty()).then_some((sample, found))
        })
        .collect();
    for (sample, suspicions) in &found {
        for suspicion in suspicions {
            outln!("{}: {suspicion}", sample.full_name());
        }
    }
    errln!(
        "{} of {} may be labelled wrongly",
        counted(found.len(), "face"),
        set.samples.len()
    );
    Ok(())
}
