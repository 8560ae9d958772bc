//! Portraits as files in CelebA's layout.
//!
//! It is the layout of the pictures in the wild: `img_align_celeba` promises eyes at the same
//! place in every picture, and these turn, move and vary in size.

use std::fs;
use std::path::Path;

use rayon::prelude::*;

use super::source::{faces, file_name};
use super::{look, paint};
use crate::dataset::export::{ExportedFaces, Format, Layout, Names};
use crate::dataset::{DatasetError, celeba};
use crate::label::Schema;

/// Writes the first `count` portraits of `seed`, `width` pixels wide, into `root`: pictures,
/// labels, boxes, identities and the split. `done` is called after each picture.
///
/// Points are rounded to the pixel in which they lie, since CelebA's files hold integers;
/// attributes are 1 or −1, and 0 where unknown.
pub fn write(
    root: &Path,
    seed: u64,
    count: u64,
    width: u32,
    done: impl Fn() + Sync,
) -> Result<(), DatasetError> {
    let form = celeba::TableFormat::Text;
    let pictures = root.join(celeba::picture_folder(form, false));
    fs::create_dir_all(&pictures).map_err(DatasetError::io(&pictures))?;
    (0..count).into_par_iter().try_for_each(|index| {
        let path = pictures.join(file_name(index));
        paint::paint(&look(seed, index), width)
            .save(&path)
            .map_err(|e| DatasetError::format(&path, e.to_string()))?;
        done();
        Ok(())
    })?;
    let set = faces(seed, count, width, &Schema::face());
    let kept = ExportedFaces {
        every_attribute: true,
        ..ExportedFaces::of(&set, Format::Celeba, None)
    };
    let names = Names::of(&kept.samples, &Layout::default());
    celeba::write(&kept, form, &names, None, root)
}
