//! Which picture of a set an edited one is, when the set is opened again: the one of its name, and
//! where that is gone or is another picture by now, the one of its content. Of pictures whose names
//! are there only what the system says of the file is read, and of a set that has all of them nothing
//! else is.

use std::collections::{HashMap, HashSet};
use std::fs::{self, Metadata};
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::edits::Edits;
use super::entry::FaceRef;
use super::index::{Indexed, PictureIndex};
use crate::dataset::Sample;
use crate::photo::PictureFile;

/// Bytes that are read at most to find pictures: one that is gone for good must not cost all of a
/// large set.
const READ_AT_MOST: u64 = 2 << 30;

/// A picture's path below the set's folder, with `/` between folders; the whole path of one that
/// lies elsewhere.
pub fn picture_name(path: &Path, root: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts = below.components().map(|c| c.as_os_str().to_string_lossy());
    let name = parts.collect::<Vec<_>>().join("/");
    name.replace("//", "/")
}

/// What became of the pictures that were edited.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pictures {
    /// By the journal's name for a picture and its hash: what it is called in the set; `None` where it
    /// is not there, and another picture has its name.
    elsewhere: HashMap<String, Vec<(String, Option<String>)>>,
    /// The journal's names of those whose content is another now; their edits stay with the name.
    pub changed: Vec<String>,
    /// Files that were read, or known already, to find that out.
    pub read: Vec<(Arc<Path>, PictureFile)>,
}

/// A picture as the journal knows it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Edited<'a> {
    name: &'a str,
    hash: &'a str,
    bytes: u64,
}

/// A picture of the set that is in a file.
struct InSet {
    name: String,
    path: Arc<Path>,
}

impl Pictures {
    /// Looks for the pictures that were edited among those of a set; `root` is its folder.
    pub fn find<'a>(
        samples: impl Iterator<Item = &'a Sample>,
        edits: &Edits,
        root: &Path,
        index: &mut PictureIndex,
    ) -> Self {
        let (edited, by_name_alone) = edited(edits);
        let mut found = Self::default();
        if edited.is_empty() {
            return found;
        }
        let set = in_files(samples, root);
        let places: HashMap<&str, usize> = (0..set.len()).map(|i| (&*set[i].name, i)).collect();
        let looked: Vec<(bool, Option<PictureFile>)> = edited
            .par_iter()
            .map(|picture| match places.get(picture.name) {
                Some(at) => is_at_its_name(picture, &set[*at], index),
                None => (false, None),
            })
            .collect();
        let mut claimed: HashSet<usize> = by_name_alone
            .iter()
            .filter_map(|name| places.get(name).copied())
            .collect();
        let mut open = Vec::new();
        for (picture, (is_there, file)) in edited.iter().zip(looked) {
            let at = places.get(picture.name).copied();
            if let (Some(at), Some(file)) = (at, file) {
                found.learn(&set[at], file, index);
            }
            match at.filter(|_| is_there) {
                Some(at) => {
                    claimed.insert(at);
                }
                None => open.push((*picture, at)),
            }
        }
        if open.is_empty() {
            return found;
        }
        let wanted: Vec<Edited> = open.iter().map(|(picture, _)| *picture).collect();
        let of = found.by_content(&wanted, (&set, &claimed), index);
        let taken: HashSet<usize> = of.iter().flatten().copied().collect();
        for ((picture, at), of) in open.into_iter().zip(of) {
            match (of, at) {
                (Some(of), _) => found.is_at(picture, Some(set[of].name.clone())),
                (None, Some(at)) if taken.contains(&at) => found.is_at(picture, None),
                (None, Some(_)) => found.changed.push(picture.name.to_owned()),
                (None, None) => {}
            }
            // What has its name now is told from it by its own hash.
            if let Some(at) = at.filter(|at| of.is_some() && !taken.contains(at))
                && let Ok(file) = PictureFile::read(&set[at].path)
            {
                found.learn(&set[at], file, index);
            }
        }
        found
    }

    /// What a face's picture is called in the set; `None` where it is not there.
    pub fn name<'a>(&'a self, face: &'a FaceRef) -> Option<&'a str> {
        let own = Some(&*face.picture);
        let Some(all) = self.elsewhere.get(&face.picture) else {
            return own;
        };
        match (&face.picture_hash, &all[..]) {
            (Some(hash), all) => match all.iter().find(|(of, _)| of == hash) {
                Some((_, name)) => name.as_deref(),
                None => own,
            },
            // A face that was edited before its picture was read goes with the others of it.
            (None, [(_, name)]) => name.as_deref(),
            (None, _) => own,
        }
    }

    /// Pictures with other names than the journal has: the set's name, the journal's, and the hash.
    pub fn renamed(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        let all = self.elsewhere.iter();
        all.flat_map(|(name, all)| {
            let there = all
                .iter()
                .filter_map(|(hash, now)| Some((hash, now.as_deref()?)));
            there.map(|(hash, now)| (now, &**name, &**hash))
        })
    }

    /// "a.jpg has changed since it was edited".
    pub fn changed_text(&self) -> Option<String> {
        changed_text(&self.changed)
    }

    /// "3 pictures were found again under other names".
    pub fn renamed_text(&self) -> Option<String> {
        match self.renamed().count() {
            0 => None,
            1 => Some("1 picture was found again under another name".into()),
            count => Some(format!(
                "{count} pictures were found again under other names"
            )),
        }
    }

    fn is_at(&mut self, picture: Edited, name: Option<String>) {
        let all = self.elsewhere.entry(picture.name.to_owned()).or_default();
        all.push((picture.hash.to_owned(), name));
    }

    fn learn(&mut self, picture: &InSet, file: PictureFile, index: &mut PictureIndex) {
        index.note(&picture.name, &file);
        self.read.push((picture.path.clone(), file));
    }

    /// For each picture that is wanted the one of the set that has its content; of several the one
    /// whose path ends most like its own. None is two pictures.
    fn by_content(
        &mut self,
        wanted: &[Edited],
        (set, claimed): (&[InSet], &HashSet<usize>),
        index: &mut PictureIndex,
    ) -> Vec<Option<usize>> {
        let sizes: HashSet<u64> = wanted.iter().map(|picture| picture.bytes).collect();
        let candidates: Vec<(usize, Metadata)> = (0..set.len())
            .into_par_iter()
            .filter(|at| !claimed.contains(at))
            .filter_map(|at| Some((at, fs::metadata(&set[at].path).ok()?)))
            .filter(|(_, meta)| sizes.contains(&meta.len()))
            .collect();
        // Moved files keep their names mostly, and then no others are read.
        let names: HashSet<&str> = wanted.iter().map(|picture| last(picture.name)).collect();
        let (first, others): (Vec<_>, Vec<_>) = candidates
            .into_iter()
            .partition(|(at, _)| names.contains(last(&set[*at].name)));
        let (mut hashes, mut budget) = (Vec::new(), READ_AT_MOST);
        let mut of = Vec::new();
        for part in [first, others] {
            let known: Vec<(usize, String, Option<PictureFile>)> = within(part, &mut budget)
                .into_par_iter()
                .filter_map(|(at, meta)| hash_of(&set[at], &meta, index).map(|(h, f)| (at, h, f)))
                .collect();
            for (at, hash, file) in known {
                if let Some(file) = file {
                    self.learn(&set[at], file, index);
                }
                hashes.push((at, hash));
            }
            of = paired(wanted, set, &hashes);
            if of.iter().all(Option::is_some) {
                break;
            }
        }
        of
    }
}

/// What is said of pictures whose contents are others than when they were edited.
pub fn changed_text(pictures: &[String]) -> Option<String> {
    match pictures {
        [] => None,
        [one] => Some(format!("{one} has changed since it was edited")),
        [first, ..] => Some(format!(
            "{} pictures have changed since they were edited, {first} among them",
            pictures.len()
        )),
    }
}

/// The pictures that edits know by their contents, and the names of the others.
fn edited(edits: &Edits) -> (Vec<Edited<'_>>, HashSet<&str>) {
    let (mut known, mut names) = (HashSet::new(), HashSet::new());
    let mut edited = Vec::new();
    for face in edits.faces.iter().map(|edited| &edited.face) {
        names.insert(&*face.picture);
        if let (Some(hash), Some(bytes)) = (&face.picture_hash, face.picture_bytes) {
            let (name, hash) = (&*face.picture, &**hash);
            let picture = Edited { name, hash, bytes };
            if known.insert((name, hash)) {
                edited.push(picture);
            }
        }
    }
    for picture in &edited {
        names.remove(picture.name);
    }
    (edited, names)
}

/// The pictures of a set that are in files, each once.
fn in_files<'a>(samples: impl Iterator<Item = &'a Sample>, root: &Path) -> Vec<InSet> {
    let mut seen = HashSet::new();
    let files = samples.filter(|sample| sample.source.is_file());
    let each = files.filter(|sample| seen.insert(sample.path.clone()));
    each.map(|sample| InSet {
        name: picture_name(&sample.path, root),
        path: sample.path.clone(),
    })
    .collect()
}

/// Whether the picture at an edited one's name is that; what was read to know it.
fn is_at_its_name(
    edited: &Edited,
    there: &InSet,
    index: &PictureIndex,
) -> (bool, Option<PictureFile>) {
    // A file that the system says nothing of is not said to be another.
    let Ok(meta) = fs::metadata(&there.path) else {
        return (true, None);
    };
    if meta.len() != edited.bytes {
        return (false, None);
    }
    match index.get(&there.name, &meta) {
        Indexed::Hash(hash) => (hash == edited.hash, None),
        Indexed::Unknown => (true, None),
        Indexed::Changed => match PictureFile::read(&there.path) {
            Ok(file) => (file.hash.to_string() == edited.hash, Some(file)),
            Err(_) => (true, None),
        },
    }
}

fn hash_of(
    picture: &InSet,
    meta: &Metadata,
    index: &PictureIndex,
) -> Option<(String, Option<PictureFile>)> {
    if let Indexed::Hash(hash) = index.get(&picture.name, meta) {
        return Some((hash.to_owned(), None));
    }
    let file = PictureFile::read(&picture.path).ok()?;
    Some((file.hash.to_string(), Some(file)))
}

/// As many files as may be read.
fn within(files: Vec<(usize, Metadata)>, budget: &mut u64) -> Vec<(usize, Metadata)> {
    let mut files = files;
    files.retain(|(_, meta)| {
        let fits = meta.len() <= *budget;
        *budget -= if fits { meta.len() } else { 0 };
        fits
    });
    files
}

fn paired(wanted: &[Edited], set: &[InSet], hashes: &[(usize, String)]) -> Vec<Option<usize>> {
    let mut by_hash: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, hash) in hashes {
        by_hash.entry(hash).or_default().push(*at);
    }
    let mut pairs = Vec::new();
    for (n, picture) in wanted.iter().enumerate() {
        let same = by_hash.get(picture.hash).into_iter().flatten();
        pairs.extend(same.map(|at| (common_end(picture.name, &set[*at].name), n, *at)));
    }
    pairs.sort_by_key(|(common, n, at)| (std::cmp::Reverse(*common), *n, *at));
    let mut of = vec![None; wanted.len()];
    let mut taken = HashSet::new();
    for (_, n, at) in pairs {
        if of[n].is_none() && taken.insert(at) {
            of[n] = Some(at);
        }
    }
    of
}

/// The file's name at the end of a path below the set.
fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// How many parts at their ends two paths have in common.
fn common_end(a: &str, b: &str) -> usize {
    let pairs = a.rsplit('/').zip(b.rsplit('/'));
    pairs.take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests;
