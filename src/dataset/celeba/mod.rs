//! CelebA as it is distributed, and as it is also spread: text tables, or the same as CSV, beside
//! a folder of aligned pictures or of pictures in the wild. Any of the files may be missing.

mod attributes;
mod columns;
mod coverage;
mod faces;
mod pictures;
mod read;
mod table;
mod values;
mod write;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::folders::{folder_of, here};
use super::paths::folded;
pub use coverage::{aligned, has_row, picture_folder};
pub use read::read;
pub use table::TableFormat;
pub use write::write;

/// The files of a CelebA folder that are there.
pub struct Files {
    root: PathBuf,
    pictures: PathBuf,
    aligned: bool,
    /// There are pictures of the other kind too.
    both: bool,
    attributes: Option<PathBuf>,
    landmarks: Option<PathBuf>,
    boxes: Option<PathBuf>,
    identities: Option<PathBuf>,
    partition: Option<PathBuf>,
    /// Tables of places in pictures of the other kind, which these do not have themselves.
    of_others: Vec<PathBuf>,
}

const ALIGNED: &str = "img_align_celeba";
const WILD: &str = "img_celeba";

/// The names of the tables, without their ending.
mod tables {
    pub const ATTRIBUTES: &str = "list_attr_celeba";
    pub const ALIGNED_LANDMARKS: &str = "list_landmarks_align_celeba";
    pub const WILD_LANDMARKS: &str = "list_landmarks_celeba";
    pub const BOXES: &str = "list_bbox_celeba";
    pub const IDENTITIES: &str = "identity_CelebA";
    pub const PARTITION: &str = "list_eval_partition";
}

impl Files {
    /// What `path` is a part of: CelebA's folder, one of its tables, or one of its two folders of
    /// pictures, which is how to choose where both are there; else the aligned ones are taken.
    pub fn at(path: &Path) -> Option<Self> {
        if path.is_file() {
            let stem = path.file_stem()?.to_str()?;
            let is = |names: &[&str]| names.iter().any(|n| n.eq_ignore_ascii_case(stem));
            let of_wild = is(&[tables::WILD_LANDMARKS, tables::BOXES]);
            let known = [
                tables::ATTRIBUTES,
                tables::ALIGNED_LANDMARKS,
                tables::IDENTITIES,
                tables::PARTITION,
            ];
            if !of_wild && !is(&known) {
                return None;
            }
            let folder = folder_of(path);
            let folder = fs::canonicalize(folder).ok()?;
            let found = folder
                .ancestors()
                .take(2)
                .filter_map(|root| Self::find(root, of_wild.then_some(false)));
            let mut found: Vec<Self> = found.collect();
            let whole = found.iter().position(|files| files.pictures.is_dir());
            return (!found.is_empty()).then(|| found.swap_remove(whole.unwrap_or(0)));
        }
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or("");
        let name = folded(name);
        if name == WILD || name.starts_with(ALIGNED) {
            let path = fs::canonicalize(path).ok()?;
            let mut above = path.ancestors().skip(1).take(3);
            return above.find_map(|root| Self::find(root, Some(name != WILD)));
        }
        Self::find(path, None)
    }

    /// The folder that they are all in.
    pub fn into_root(self) -> PathBuf {
        self.root
    }

    /// Looks for CelebA's files in `root` and in its folders Anno, Eval and Img; `None` where
    /// none of its tables is. `aligned` asks for one kind of pictures.
    fn find(root: &Path, aligned: Option<bool>) -> Option<Self> {
        let here = Entries::of(root);
        let inner = |name: &str| here.get(name).map(|path| Entries::of(&path));
        let (anno, eval, img) = (inner("Anno"), inner("Eval"), inner("Img"));
        let look = |name: &str| {
            let places = [anno.as_ref(), eval.as_ref(), Some(&here)];
            let files = places.into_iter().flatten().flat_map(|entries| {
                ["txt", "csv"].map(|ending| entries.get(&format!("{name}.{ending}")))
            });
            files.flatten().find(|path| path.is_file())
        };
        let [aligned_points, wild_points] =
            [tables::ALIGNED_LANDMARKS, tables::WILD_LANDMARKS].map(look);
        let [attributes, boxes, identities, partition] = [
            tables::ATTRIBUTES,
            tables::BOXES,
            tables::IDENTITIES,
            tables::PARTITION,
        ]
        .map(look);
        let all = [
            &attributes,
            &boxes,
            &identities,
            &partition,
            &aligned_points,
            &wild_points,
        ];
        if all.iter().all(|table| table.is_none()) {
            return None;
        }
        let folder = |name: &str| {
            let places = [img.as_ref(), Some(&here)].into_iter().flatten();
            let found = places
                .filter_map(|entries| entries.get(name))
                .find(|path| path.is_dir())?;
            // Unpacked into a folder of its own name, as archives of the CSV form are.
            let inner = found.join(name);
            Some(if inner.is_dir() { inner } else { found })
        };
        let aligned_folder = folder(ALIGNED).or_else(|| folder("img_align_celeba_png"));
        let wild_folder = folder(WILD);
        let both = aligned_folder.is_some() && wild_folder.is_some();
        let neither = aligned_folder.is_none() && wild_folder.is_none();
        let unnamed = neither.then(|| pictures::elsewhere(root)).flatten();
        let aligned = match (aligned, &unnamed) {
            (Some(aligned), _) => aligned,
            (None, _) if !neither => aligned_folder.is_some(),
            // By the pictures, else by what the tables have.
            (None, folder) => folder
                .as_deref()
                .and_then(pictures::are_aligned)
                .unwrap_or_else(|| {
                    aligned_points.is_some() || (boxes.is_none() && wild_points.is_none())
                }),
        };
        let pictures = if aligned { aligned_folder } else { wild_folder };
        let ([landmarks, other_points], [boxes, other_boxes]) = match aligned {
            true => ([aligned_points, wild_points], [None, boxes]),
            false => ([wild_points, aligned_points], [boxes, None]),
        };
        // Where each kind has its own, that of the other is not missed.
        let other_points = other_points.filter(|_| landmarks.is_none());
        Some(Self {
            root: root.to_owned(),
            pictures: pictures
                .or(unnamed)
                .unwrap_or_else(|| root.join("Img").join(if aligned { ALIGNED } else { WILD })),
            aligned,
            both,
            attributes,
            landmarks,
            boxes,
            identities,
            partition,
            of_others: other_points.into_iter().chain(other_boxes).collect(),
        })
    }
}

/// What a folder has that may be CelebA's, found in any case of its name.
struct Entries(HashMap<String, Vec<PathBuf>>);

impl Entries {
    fn of(folder: &Path) -> Self {
        let mut all: HashMap<String, Vec<PathBuf>> = HashMap::new();
        let entries = fs::read_dir(here(folder));
        for entry in entries.into_iter().flatten().flatten() {
            let name = folded(&entry.file_name().to_string_lossy());
            let ours = ["list_", "identity_", "img", "anno", "eval"];
            if ours.iter().any(|begin| name.starts_with(begin)) {
                all.entry(name)
                    .or_default()
                    .push(folder.join(entry.file_name()));
            }
        }
        Self(all)
    }

    /// The entry of this name, else the only one of it in other case.
    fn get(&self, name: &str) -> Option<PathBuf> {
        let alike = self.0.get(&folded(name))?;
        let exact = alike.iter().find(|path| path.ends_with(name));
        match (exact, &alike[..]) {
            (Some(exact), _) => Some(exact.clone()),
            (None, [one]) => Some(one.clone()),
            _ => None,
        }
    }
}
