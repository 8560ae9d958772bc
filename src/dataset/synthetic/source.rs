//! `synthetic:N` and `synthetic:N@SEED` as data sets: labels at once, each picture drawn when it
//! is asked for.

use std::path::Path;

use rayon::prelude::*;

use super::{SET_WIDTH, annotation, face_box, look, paint, person, split};
use crate::dataset::{BoxSource, Dataset, DatasetError, PictureSource, Sample, name_of};
use crate::label::Schema;
use crate::photo::Photo;

/// What the names of such data sets and their pictures start with.
pub const SCHEME: &str = "synthetic:";

/// Portraits are numbered with six digits.
pub(super) const MOST: u64 = 999_999;

/// The name of a portrait's picture, counted from 1 as CelebA's are.
pub(super) fn file_name(index: u64) -> String {
    format!("{:06}.png", index + 1)
}

/// Opens `synthetic:N` (seed 1) or `synthetic:N@SEED`.
pub fn open(path: &Path, text: &str, schema: &Schema) -> Result<Dataset, DatasetError> {
    let (count, seed) = text.split_once('@').unwrap_or((text, "1"));
    let count = count.parse().ok().filter(|n| (1..=MOST).contains(n));
    let (Some(count), Ok(seed)) = (count, seed.parse::<u64>()) else {
        let what = format!("drawn portraits are {SCHEME}N or {SCHEME}N@SEED, N from 1 to {MOST}");
        return Err(DatasetError::format(path, what));
    };
    Ok(Dataset {
        name: name_of(path),
        ..faces(seed, count, SET_WIDTH, schema)
    })
}

/// What is known of the first `count` portraits of `seed`, `width` pixels wide.
pub(super) fn faces(seed: u64, count: u64, width: u32, schema: &Schema) -> Dataset {
    let name = format!("{SCHEME}{seed}");
    let sample = |index| {
        let look = look(seed, index);
        Sample {
            source: PictureSource::Drawn { seed, index },
            face_box: Some((face_box(seed, index, &look, width), BoxSource::DataSet)),
            annotation: annotation(&look, width, schema),
            split: Some(split(index)),
            identity: Some((person(index) + 1).to_string().into()),
            ..Sample::unlabelled(&Path::new(&name).join(file_name(index)), schema)
        }
    };
    Dataset {
        samples: (0..count).into_par_iter().map(sample).collect(),
        name,
        schema: schema.clone(),
        columns: Vec::new(),
        problems: Vec::new(),
    }
}

/// Whether a path names drawn portraits, or a picture of theirs.
pub fn is_drawn(path: &Path) -> bool {
    path.to_str().is_some_and(|text| text.starts_with(SCHEME))
}

/// Width and height of the pictures of [`open`].
pub const SET_SIZE: (u32, u32) = (SET_WIDTH, SET_WIDTH / 4 * 5);

/// Draws a picture of [`open`].
pub(in crate::dataset) fn picture(seed: u64, index: u64) -> Photo {
    Photo {
        image: paint::paint(&look(seed, index), SET_WIDTH),
    }
}
