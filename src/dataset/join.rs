//! Several sets as one: what each says of a face, filled together.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Dataset, Problem, Sample};
use crate::humanize::counted;
use crate::label::Schema;

/// Joins sets as [`open_all`] does.
pub fn join(name: String, sets: Vec<Dataset>, schema: &Schema) -> Dataset {
    let nothing: Arc<str> = "".into();
    let mut joined = Dataset {
        name,
        schema: schema.clone(),
        samples: Vec::new(),
        columns: Vec::new(),
        problems: Vec::new(),
    };
    let mut seen: HashMap<(PathBuf, u32), usize> = HashMap::new();
    let mut folders = HashMap::new();
    // The path by which a picture was named first is that of all its faces.
    let mut paths: HashMap<PathBuf, Arc<Path>> = HashMap::new();
    // Faces that only a list of pictures has, and pictures of which other sets have faces.
    let mut listed: HashMap<usize, PathBuf> = HashMap::new();
    let mut told: HashSet<PathBuf> = HashSet::new();
    for set in sets {
        let is_list = set.samples.iter().all(says_nothing);
        let columns: Vec<usize> = set
            .columns
            .iter()
            .map(|name| position_or_push(&mut joined.columns, name))
            .collect();
        joined.problems.extend(set.problems);
        for mut sample in set.samples {
            let mut values = vec![nothing.clone(); joined.columns.len()];
            for (&at, value) in columns.iter().zip(sample.columns) {
                values[at] = value;
            }
            sample.columns = values;
            let picture = real_path(&sample.path, &mut folders);
            let path = paths.entry(picture.clone());
            sample.path = path.or_insert_with(|| sample.path.clone()).clone();
            if !is_list {
                told.insert(picture.clone());
            }
            let key = (picture, sample.face);
            match seen.get(&key) {
                None => {
                    if is_list {
                        listed.insert(joined.samples.len(), key.0.clone());
                    }
                    seen.insert(key, joined.samples.len());
                    joined.samples.push(sample);
                }
                Some(&at) => {
                    if !is_list {
                        listed.remove(&at);
                    }
                    let clashes = merge(&mut joined.samples[at], sample);
                    if clashes > 0 {
                        let what = format!(
                            "an earlier set has other values, which are kept: {}",
                            counted(clashes, "label")
                        );
                        joined.problems.push(Problem::new(&key.0, None, what));
                    }
                }
            }
        }
    }
    // Label files may count faces from 1, or have none of that number.
    let mut at = 0..;
    joined.samples.retain(|_| {
        let picture = at.next().and_then(|at| listed.get(&at));
        picture.is_none_or(|picture| !told.contains(picture))
    });
    let columns = joined.columns.len();
    for sample in &mut joined.samples {
        sample.columns.resize(columns, nothing.clone());
    }
    joined
}

/// Whether a sample is nothing but its picture's name.
fn says_nothing(sample: &Sample) -> bool {
    let labels = (0..sample.annotation.tasks.len()).any(|t| sample.annotation.known(t) > 0);
    let more = sample.face_box.is_some() || sample.identity.is_some();
    sample.face == 0 && !labels && !more && sample.columns.iter().all(|c| c.is_empty())
}

/// The one path of a picture that has several: relative, through links. Folders are asked for once.
fn real_path(path: &Path, folders: &mut HashMap<PathBuf, PathBuf>) -> PathBuf {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return path.to_owned();
    };
    let real = |folder: &Path| std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let folder = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    };
    folders
        .entry(folder.to_owned())
        .or_insert_with(|| real(folder))
        .join(name)
}

/// The place of a name in a list, at whose end it is put where it is new.
pub fn position_or_push(names: &mut Vec<String>, name: &str) -> usize {
    names.iter().position(|n| n == name).unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    })
}

/// Fills what `into` lacks; returns how many labels disagreed.
fn merge(into: &mut Sample, from: Sample) -> usize {
    let boxes = into.face_box.zip(from.face_box);
    let other_box = boxes.is_some_and(|(ours, theirs)| ours.0 != theirs.0);
    into.number = into.number.or(from.number);
    into.labelled_at = into.labelled_at.take().or(from.labelled_at);
    into.stated_size = into.stated_size.or(from.stated_size);
    into.face_box = into.face_box.or(from.face_box);
    into.split = into.split.or(from.split);
    into.identity = into.identity.take().or(from.identity);
    into.columns
        .resize(into.columns.len().max(from.columns.len()), Arc::from(""));
    for (ours, theirs) in into.columns.iter_mut().zip(from.columns) {
        if ours.is_empty() {
            *ours = theirs;
        }
    }
    into.annotation.fill_from(&from.annotation) + usize::from(other_box)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{Presence, TaskLabels};

    fn set(samples: Vec<Sample>) -> Dataset {
        Dataset {
            name: String::new(),
            schema: Schema::face(),
            samples,
            columns: Vec::new(),
            problems: Vec::new(),
        }
    }

    fn face(path: &str, face: u32, labelled: bool) -> Sample {
        let mut sample = Sample::unlabelled(Path::new(path), &Schema::face());
        sample.face = face;
        if let (TaskLabels::Binary(values), true) = (&mut sample.annotation.tasks[1], labelled) {
            values[0] = Presence::Present;
        }
        sample
    }

    #[test]
    fn a_listed_picture_gives_way_to_faces_of_any_number() {
        let faces = |sets: Vec<Vec<Sample>>| {
            let sets = sets.into_iter().map(set).collect();
            let joined = join(String::new(), sets, &Schema::face());
            let faces = joined.samples.iter();
            let faces = faces.map(|s| (s.path.display().to_string(), s.face));
            faces.collect::<Vec<_>>()
        };
        let list = || vec![face("/x/a.png", 0, false), face("/x/b.png", 0, false)];
        let numbered = || vec![face("/x/./a.png", 1, true), face("/x/./a.png", 2, true)];
        let both = [("/x/a.png", 1), ("/x/a.png", 2), ("/x/b.png", 0)];
        let both = both.map(|(path, face)| (path.to_owned(), face));
        let mut found = faces(vec![list(), numbered()]);
        found.sort();
        assert_eq!(found, both);
        let mut found = faces(vec![numbered(), list()]);
        found.iter_mut().for_each(|f| f.0 = f.0.replace("/./", "/"));
        found.sort();
        assert_eq!(found, both, "in any order");
        // A face of that number, also one of which a table says nothing, is a face.
        let whole = vec![face("/x/a.png", 0, false), face("/x/a.png", 1, true)];
        assert_eq!(faces(vec![list(), whole]).len(), 3);
        assert_eq!(faces(vec![list(), list()]).len(), 2);
    }
}
