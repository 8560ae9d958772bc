//! A journal as a data set: the set that it is about, with its edits.

use std::fs;
use std::path::{Path, PathBuf};

use super::edits::Edits;
use super::entry::Status;
use super::index::PictureIndex;
use super::journal::Contents;
use super::overlay::{Applied, apply};
use super::pictures::Pictures;
use super::place::{FOLDER, beside};
use crate::dataset::{self, Dataset, DatasetError, Problem};
use crate::label::Schema;

const ENDING: &str = "jsonl";

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    #[error("{}: the journal cannot be read: {error}", path.display())]
    Journal {
        path: PathBuf,
        error: std::io::Error,
    },
}

/// The folder or file that a journal is about, by where it lies; `None` of what is no journal.
pub fn source(journal: &Path) -> Option<PathBuf> {
    let is_journal = journal.extension().is_some_and(|e| e == ENDING);
    let folder = journal.parent().filter(|_| is_journal)?;
    let name = folder.file_name()?.to_str()?;
    match name.strip_suffix(FOLDER)? {
        "" => Some(match folder.parent()? {
            root if root.as_os_str().is_empty() => PathBuf::from("."),
            root => root.to_owned(),
        }),
        file => Some(folder.with_file_name(file)),
    }
}

/// What the paths are read from: of a journal, what it is about.
pub fn sources(paths: &[PathBuf]) -> Vec<PathBuf> {
    let each = paths
        .iter()
        .map(|path| source(path).unwrap_or_else(|| path.clone()));
    each.collect()
}

/// Below which folder a journal of a source names its pictures.
pub fn root(source: &Path) -> PathBuf {
    match source.is_dir() {
        true => source.to_owned(),
        false => source.parent().map(Path::to_owned).unwrap_or_default(),
    }
}

/// The journals that lie beside a data set, by their annotators.
pub fn journals(source: &Path) -> Vec<(String, PathBuf)> {
    let folder = beside(&[source.to_owned()]);
    let entries = folder.and_then(|folder| fs::read_dir(folder).ok());
    let entries = entries.into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    let journals = paths.filter(|path| path.extension().is_some_and(|e| e == ENDING));
    let mut named: Vec<(String, PathBuf)> = journals
        .map(|path| {
            let name = path.file_stem().unwrap_or_default();
            (name.to_string_lossy().into_owned(), path)
        })
        .collect();
    named.sort();
    named
}

/// What a journal holds.
///
/// # Errors
/// If it cannot be read.
pub fn read_journal(path: &Path) -> Result<Contents, OpenError> {
    let bytes = fs::read(path).map_err(|error| OpenError::Journal {
        path: path.to_owned(),
        error,
    })?;
    Ok(Contents::of(&bytes))
}

/// The number of a journal's last entry.
pub fn sequence(contents: &Contents) -> u64 {
    contents.entries.last().map_or(0, |entry| entry.sequence)
}

/// Opens data sets as [`dataset::open_all`]; a journal among them stands for what it is about, with
/// its edits: faces that are excluded are left out, drawn ones are in, and values that the set has
/// changed since keep what the set has, which is a problem that is named.
///
/// # Errors
/// As [`dataset::open_all`], and if a journal cannot be read.
pub fn open_all(paths: &[PathBuf], schema: &Schema) -> Result<Dataset, OpenError> {
    if paths.iter().all(|path| source(path).is_none()) {
        return Ok(dataset::open_all(paths, schema)?);
    }
    let mut sets = Vec::new();
    for path in paths {
        sets.push(match source(path) {
            Some(source) => reviewed(path, &source, schema)?,
            None => dataset::open(path, schema)?,
        });
    }
    Ok(match sets.len() {
        1 => sets.remove(0),
        _ => dataset::joined(sets, schema),
    })
}

/// What a journal's edits make of the set that it is about, as that is now.
pub fn applied(set: &Dataset, journal: &Path, edits: &Edits) -> Applied {
    // What is read is not noted: opening a set writes nothing.
    let mut index = PictureIndex::read(journal.parent().unwrap_or(Path::new(".")));
    let source = source(journal).unwrap_or_else(|| journal.to_owned());
    let root = root(&source);
    let pictures = Pictures::find(set.samples.iter(), edits, &root, &mut index);
    apply(set.samples.iter(), (edits, pictures), &root, &set.schema)
}

fn reviewed(journal: &Path, source: &Path, schema: &Schema) -> Result<Dataset, OpenError> {
    let contents = read_journal(journal)?;
    let mut set = dataset::open(source, schema)?;
    let problem = |what: String| Problem::new(journal, None, what);
    set.problems
        .extend(contents.problems.iter().map(|p| problem(p.to_string())));
    let edits = Edits::of(&contents.entries);
    let applied = applied(&set, journal, &edits);
    for at in &applied.lost {
        let picture = &edits.faces[*at].face.picture;
        let what = format!("edits of a face in {picture} find no face in the set");
        set.problems.push(problem(what));
    }
    let changed = applied.pictures.changed_text();
    set.problems.extend(changed.map(problem));
    if let Some(text) = applied.pictures.renamed_text() {
        log::info!("{}: {text}", journal.display());
    }
    for conflict in &applied.conflicts {
        let picture = &edits.faces[conflict.face].face.picture;
        let field = &conflict.field;
        let what = format!(
            "{picture}: {field} has changed in the set since it was edited; the set's value is kept"
        );
        set.problems.push(problem(what));
    }
    take_edits(&mut set, applied, &edits);
    set.name = format!("{} as {}", set.name, annotator(journal));
    Ok(set)
}

fn annotator(journal: &Path) -> String {
    let name = journal.file_stem().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// What no format of labels holds of edits: "4 statuses and 1 note stay in the journal".
pub fn in_the_journal_alone(edits: &Edits) -> Option<String> {
    let faces = || edits.faces.iter();
    let kept = |status: Status| matches!(status, Status::Approved | Status::Unsure);
    let statuses = faces().filter(|face| kept(face.status())).count();
    let notes = faces().filter(|face| !face.note().is_empty()).count();
    let parts = [(statuses, "status of a face"), (notes, "note")];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts
        .map(|(count, what)| match (count, what) {
            (1, what) => format!("1 {what}"),
            (count, "note") => format!("{count} notes"),
            (count, _) => format!("{count} statuses of faces"),
        })
        .collect();
    (!parts.is_empty()).then(|| format!("only the journal has {}", parts.join(" and ")))
}

/// Puts edits into a set; faces that are excluded go.
pub fn take_edits(set: &mut Dataset, applied: Applied, edits: &Edits) {
    let excluded = |at: usize| edits.faces[at].status() == Status::Excluded;
    let mut gone = Vec::new();
    for (index, at, sample) in applied.edited {
        set.samples[index] = sample;
        if excluded(at) {
            gone.push(index);
        }
    }
    let mut keep = vec![true; set.samples.len()];
    gone.into_iter().for_each(|index| keep[index] = false);
    let mut keep = keep.into_iter();
    set.samples.retain(|_| keep.next().unwrap_or(true));
    let added = applied.added.into_iter().filter(|(at, _)| !excluded(*at));
    set.samples.extend(added.map(|(_, sample)| sample));
    // What was added stands with the others of its picture.
    let order: std::collections::HashMap<_, _> = {
        let mut order = std::collections::HashMap::new();
        for sample in &set.samples {
            let next = order.len();
            order.entry(sample.path.clone()).or_insert(next);
        }
        order
    };
    set.samples.sort_by_key(|sample| order[&sample.path]);
    dataset::number_faces(&mut set.samples);
}
