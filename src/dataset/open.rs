//! Opening data sets: one by what it is, several as one.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::check_labels::check_labels;
use super::join::join;
use super::paths::name_of;
use super::{Dataset, DatasetError, Problem, Sample, celeba, recognise, synthetic};
use crate::label::Schema;

/// Opens a data set, recognised by what it is: drawn faces (`synthetic:N`), a folder in CelebA's layout (or one of its tables,
/// or one of its folders of pictures), a `faces.csv`, MTFL's text files, a folder of pictures with
/// `.pts` or labelme files beside them, a COCO file, a folder of pictures, or a single picture.
pub fn open(path: &Path, schema: &Schema) -> Result<Dataset, DatasetError> {
    let mut set = open_one(path, schema)?;
    number_faces(&mut set.samples);
    check_labels(&mut set);
    Ok(set)
}

/// The same as its files say it, whether that can be right or not.
pub(super) fn open_as_it_is(path: &Path, schema: &Schema) -> Result<Dataset, DatasetError> {
    open_one(path, schema)
}

/// Sets [`Sample::ordinal`] of all faces, which are in the order of their files.
pub fn number_faces(samples: &mut [Sample]) {
    // Most pictures have one face; only of the others more than a flag is kept.
    let mut faces: HashMap<Arc<Path>, u32> = HashMap::with_capacity(samples.len());
    for sample in &*samples {
        *faces.entry(sample.path.clone()).or_default() += 1;
    }
    faces.retain(|_, faces| std::mem::replace(faces, 0) > 1);
    for sample in samples {
        sample.ordinal = faces.get_mut(&sample.path).map(|place| {
            *place += 1;
            *place
        });
    }
}

fn open_one(path: &Path, schema: &Schema) -> Result<Dataset, DatasetError> {
    if let Some(text) = path
        .to_str()
        .and_then(|p| p.strip_prefix(synthetic::SCHEME))
    {
        return synthetic::open(path, text, schema);
    }
    let meta = std::fs::metadata(path).map_err(DatasetError::io(path))?;
    if let Some(files) = celeba::Files::at(path) {
        return celeba::read(&files, schema);
    }
    if meta.is_file() {
        return recognise::file(path, schema);
    }
    // What a folder is made of is numbered and checked once it is whole.
    recognise::folder(path, schema, open_one)
}

/// The same path from any working folder; drawn portraits lie in none.
pub fn absolute(path: &Path) -> PathBuf {
    match synthetic::is_drawn(path) {
        true => path.to_owned(),
        false => std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
    }
}

/// Opens several data sets as one. Faces of the same picture file are one sample, whose unknown
/// labels each set fills; the first known value of a label is kept. A picture among others that
/// cannot be read is a problem, and ends only what is opened by itself.
pub fn open_all(paths: &[PathBuf], schema: &Schema) -> Result<Dataset, DatasetError> {
    if let [one] = paths {
        return open(one, schema);
    }
    let names: Vec<String> = paths.iter().map(|p| name_of(p)).collect();
    let mut sets = Vec::with_capacity(paths.len());
    let mut broken = Vec::new();
    for path in paths {
        match open(path, schema) {
            Ok(set) => sets.push(set),
            Err(DatasetError::Picture { path, what }) => broken.push((path, what)),
            Err(error) => return Err(error),
        }
    }
    match broken.pop() {
        Some((path, what)) if sets.is_empty() => return Err(DatasetError::Picture { path, what }),
        last => broken.extend(last),
    }
    let mut set = join(names.join("+"), sets, schema);
    let broken = broken.into_iter();
    set.problems
        .extend(broken.map(|(path, what)| Problem::new(&path, None, what)));
    number_faces(&mut set.samples);
    Ok(set)
}

/// Sets that were opened one by one as one, as [`open_all`] joins them.
pub fn joined(sets: Vec<Dataset>, schema: &Schema) -> Dataset {
    let names: Vec<String> = sets.iter().map(|set| set.name.clone()).collect();
    let mut set = join(names.join("+"), sets, schema);
    number_faces(&mut set.samples);
    set
}

/// Whether there is a data set of this name at all, of whatever kind.
pub fn exists(path: &Path) -> bool {
    synthetic::is_drawn(path) || path.exists()
}

#[cfg(test)]
mod tests;
