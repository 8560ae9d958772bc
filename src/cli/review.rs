//! `smn-studio review`: mended labels without a window.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};
use clap::{Args, Subcommand};
use rayon::prelude::*;

use super::convert::Target;
use super::files::{Files, Opened, Output};
use super::inputs::warn;
use crate::dataset::{self, Dataset, PixelOrigin, Sample};
use crate::humanize::{counted, thousands};
use crate::label::{PointState, Schema};
use crate::review::{
    self, Contents, Counts, Edits, FaceRef, Field, Labelled, Status, Value, journals, read_journal,
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
    /// How many faces the data set has, how far their review is and what is mended, by annotator
    Status(Of),
    /// What export writes otherwise than the data set has it: picture, face, what, before, after, by
    /// whom
    ///
    /// Values that became the same together stand in one line. Points are as the face's label file has
    /// them: faces.csv, COCO and CelebA count a picture's pixels from 0, MTFL and .pts from 1, and in
    /// labelme's files, as without a label file, a pixel's centre ends in .5. Edits that are not
    /// written are listed last.
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
    #[command(flatten)]
    target: Target,
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
            What::Export(export) => export.target.outputs(),
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
            export.target.write(&[journal], opened, false)
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

/// What a journal is about, as it is now; without it the journal is all there is to say.
fn set_of(journal: &Path) -> Option<Dataset> {
    let source = review::source(journal)?;
    match dataset::open(&source, &Schema::face()) {
        Ok(set) => Some(set),
        Err(error) => {
            errln!("{error}");
            errln!("without the data set, this is what the journal says of it:");
            None
        }
    }
}

fn status(of: &Of) -> Result<()> {
    for (name, path) in of.journals()? {
        let contents = read(&path)?;
        let edits = Edits::of(&contents.entries);
        outln!("{name}: {}, entry {}", path.display(), sequence(&contents));
        let Some(set) = set_of(&path) else {
            journal_status(&edits);
            continue;
        };
        let applied = review::applied(&set, &path, &edits);
        let counts = Counts::of(&set, &edits, &applied);
        let drawn = match counts.drawn {
            0 => String::new(),
            drawn => format!(" and {} drawn", thousands(drawn)),
        };
        let statuses = Status::ALL.map(|status| {
            let count = counts.statuses[status as usize];
            format!("{} {}", thousands(count), status.name())
        });
        let faces = counted(counts.faces, "face");
        outln!("  {faces} in the set{drawn}: {}", statuses.join(", "));
        outln!(
            "  {} mended in {}",
            counted(counts.mended, "value"),
            counted(counts.mended_faces, "face")
        );
        for (count, one, text) in [
            (
                counts.conflicts,
                "value",
                "changed in the set since, to be decided in the window; the set's holds",
            ),
            (
                counts.lost,
                "edited face",
                "not in the set any more, kept in the journal",
            ),
        ] {
            if count > 0 {
                outln!("  {}: {text}", counted(count, one));
            }
        }
        let pictures = [
            applied.pictures.renamed_text(),
            applied.pictures.changed_text(),
        ];
        for text in pictures.into_iter().flatten() {
            outln!("  {text}");
        }
    }
    Ok(())
}

fn journal_status(edits: &Edits) {
    let edited = || edits.faces.iter().filter(|face| !face.is_untouched());
    let mended = edited().filter(|face| face.is_mended()).count();
    outln!(
        "  {} edited, {} mended in {}",
        counted(edited().count(), "face"),
        counted(edits.mended(), "value"),
        counted(mended, "face")
    );
    // Of those that nobody has edited a journal knows nothing.
    for status in &Status::ALL[1..] {
        let count = edited().filter(|face| face.status() == *status).count();
        if count > 0 {
            outln!("  {} {}", thousands(count), status.name());
        }
    }
}

fn diff(of: &Of) -> Result<()> {
    let journal = of.journal()?;
    let edits = Edits::of(&read(&journal)?.entries);
    let Some(set) = set_of(&journal) else {
        for face in &edits.faces {
            let labels = face.mended().map(|(field, value)| {
                let (before, after) = (&value.base.value, &value.now);
                (field, before, after)
            });
            say_labels(&face.face, labels, PixelOrigin::default());
            say_status(&face.face, face.status(), face.note());
        }
        return Ok(());
    };
    let applied = review::applied(&set, &journal, &edits);
    let mut origins = HashMap::new();
    let mut origin = |sample: &Sample| {
        let file = sample.labelled_at.as_ref().map(|at| at.file.clone())?;
        let origin = *origins
            .entry(file.clone())
            .or_insert_with(|| PixelOrigin::of(&file));
        Some(origin)
    };
    // A face that no file labels is among others.
    let common = set.samples.iter().find_map(&mut origin);
    for face in review::differences(&set, &edits, &applied) {
        let labels = face.labels.iter();
        let labels = labels.map(|label| (&label.field, &label.before, &label.after));
        let origin = face.sample.and_then(&mut origin).or(common);
        say_labels(face.face, labels, origin.unwrap_or_default());
        say_status(face.face, face.status, face.note);
    }
    for conflict in &applied.conflicts {
        let face = &edits.faces[conflict.face].face;
        let (name, field) = (named(face), &conflict.field);
        let origin = common.unwrap_or_default();
        let [base, present, edited] = [&conflict.base, &conflict.present, &conflict.edited]
            .map(|label| shown(&label.value, origin));
        outln!(
            "not written: {name}: {field}: {base} → {edited} ({}), but the set has {present} by now",
            conflict.edited.source
        );
    }
    for at in &applied.lost {
        let face = &edits.faces[*at];
        let count = counted(face.values.len(), "value");
        let name = named(&face.face);
        outln!("not written: {name}: {count} of a face that the set does not have any more");
    }
    Ok(())
}

/// "a/b.jpg face 2".
fn named(face: &FaceRef) -> String {
    match (face.id, face.place) {
        (Some(id), _) => format!("{} face {id}", face.picture),
        (None, 1) => face.picture.clone(),
        (None, place) => format!("{} face {place}", face.picture),
    }
}

/// "a/b.jpg face 2: Bald, Young: present → absent (by a person)": labels that became the same
/// together, each point by itself.
fn say_labels<'a>(
    face: &FaceRef,
    labels: impl Iterator<Item = (&'a Field, &'a Value, &'a Labelled)>,
    origin: PixelOrigin,
) {
    let mut alike: Vec<(Vec<String>, String)> = Vec::new();
    for (field, before, after) in labels {
        let [from, to] = [before, &after.value].map(|value| shown(value, origin));
        let became = format!("{from} → {to} ({})", after.source);
        let known = alike.iter_mut().find(|(_, other)| *other == became);
        match known {
            Some((fields, _)) => fields.push(field.to_string()),
            None => alike.push((vec![field.to_string()], became)),
        }
    }
    for (fields, became) in alike {
        outln!("{}: {}: {became}", named(face), fields.join(", "));
    }
}

fn say_status(face: &FaceRef, status: Status, note: &str) {
    match status {
        Status::Todo => {}
        Status::Excluded => outln!("{}: excluded, and left out", named(face)),
        status => outln!("{}: {}, in the journal alone", named(face), status.name()),
    }
    if !note.is_empty() {
        outln!("{}: note {note:?}, in the journal alone", named(face));
    }
}

/// A value as the label files of a set have it.
fn shown(value: &Value, origin: PixelOrigin) -> String {
    match value {
        Value::Point(point) => match (point.known(), point.state) {
            (Some(at), PointState::Occluded) => format!("{} (occluded)", origin.text(at)),
            (Some(at), _) => origin.text(at),
            (None, _) => "unknown".into(),
        },
        value => value.to_string(),
    }
}

fn checks(of: &Of, opened: &mut Opened) -> Result<()> {
    let schema = Schema::face();
    let mut statuses = HashMap::new();
    let set = match of.journals() {
        Ok(_) => {
            let journal = of.journal()?;
            let edits = Edits::of(&read(&journal)?.entries);
            let source = review::sources(std::slice::from_ref(&journal));
            let mut set = dataset::open_all(&source, &schema)?;
            let applied = review::applied(&set, &journal, &edits);
            // Nobody trains on those that are excluded.
            let mut gone = HashSet::new();
            for (index, at, sample) in applied.edited {
                match edits.faces[at].status() {
                    Status::Excluded => drop(gone.insert(index)),
                    status => drop(statuses.insert(index, status)),
                }
                set.samples[index] = sample;
            }
            let added = applied.added.into_iter();
            for (at, sample) in
                added.filter(|(at, _)| edits.faces[*at].status() != Status::Excluded)
            {
                statuses.insert(set.samples.len(), edits.faces[at].status());
                set.samples.push(sample);
            }
            (set, gone)
        }
        // Labels that nobody has mended can be wrong too.
        Err(_) => {
            let set = opened.take(std::slice::from_ref(&of.data), &schema)?;
            (set, HashSet::new())
        }
    };
    let (set, gone) = set;
    warn(&set.problems);
    let found: Vec<(&Sample, Vec<review::Suspicion>)> = set
        .samples
        .par_iter()
        .enumerate()
        .filter(|(index, _)| !gone.contains(index))
        .filter_map(|(index, sample)| {
            let size = sample.stated_size.map(|[w, h]| (w, h));
            let size = size.or_else(|| sample.picture_size().ok());
            let status = statuses.get(&index).copied().unwrap_or_default();
            let found = suspicions(sample, status, &set.schema, size);
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
        thousands(set.samples.len() - gone.len())
    );
    Ok(())
}
