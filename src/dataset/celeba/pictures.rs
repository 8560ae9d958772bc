//! Pictures beside CelebA's tables in a folder that has none of CelebA's names.

use std::path::{Path, PathBuf};

use crate::dataset::folders::here;
use crate::photo::is_picture;

/// The pictures in which aligned faces are.
pub const ALIGNED_SIZE: (u32, u32) = (178, 218);

/// Where pictures lie beside or below the tables: in their folder itself, in `Img`, else in the one
/// folder that has any.
pub fn elsewhere(root: &Path) -> Option<PathBuf> {
    let below = folders(root);
    let img = below.iter().find(|folder| is_img(folder)).cloned();
    let first = [Some(root.to_owned()), img.clone()].into_iter().flatten();
    if let Some(found) = first
        .into_iter()
        .find(|folder| first_picture(folder).is_some())
    {
        return Some(found);
    }
    let inner = img.map_or(Vec::new(), |img| folders(&img));
    let all = below.into_iter().chain(inner);
    let mut with_pictures = all.filter(|folder| first_picture(folder).is_some());
    match (with_pictures.next(), with_pictures.next()) {
        (Some(one), None) => Some(one),
        _ => None,
    }
}

/// Whether pictures have the size of CelebA's aligned ones, by the first; `None` where it cannot be
/// read.
pub fn are_aligned(folder: &Path) -> Option<bool> {
    let size = image::image_dimensions(first_picture(folder)?).ok()?;
    Some(size == ALIGNED_SIZE)
}

fn is_img(folder: &Path) -> bool {
    folder
        .file_name()
        .is_some_and(|name| name.eq_ignore_ascii_case("Img"))
}

/// The folders in one, but for hidden ones.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(here(folder)).into_iter().flatten();
    let entries = entries.flatten().filter(|entry| {
        let name = entry.file_name();
        !name.to_string_lossy().starts_with('.') && entry.path().is_dir()
    });
    let mut all: Vec<PathBuf> = entries.map(|e| folder.join(e.file_name())).collect();
    all.sort();
    all
}

fn first_picture(folder: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(here(folder)).ok()?;
    let names = entries.flatten().map(|entry| entry.file_name());
    let shown = names.filter(|name| !name.to_string_lossy().starts_with('.'));
    let pictures = shown.filter(|name| is_picture(Path::new(name)));
    let paths = pictures.map(|name| folder.join(name));
    paths.filter(|path| path.is_file()).min()
}
