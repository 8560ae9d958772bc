//! Maps as numbers for Python.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::atomic::write_atomic;
use crate::figure::Table;
use crate::model::FeatureMap;
use crate::npy::npy;

/// Writes `FOLDER/matches.csv`: which channel of the second stands in the place of which of the first.
pub fn write_matches(folder: &Path, table: &Table) -> Result<PathBuf> {
    let path = folder.join("matches.csv");
    write_atomic(&path, table.csv().as_bytes()).with_context(|| path.display().to_string())?;
    Ok(path)
}

/// Writes `FOLDER/TOWER_LAYER.npy` for each map, of the shape (channels, side, side); of a
/// comparison also `TOWER_LAYER_second.npy` and, where both have as many channels,
/// `TOWER_LAYER_difference.npy`, second − first. A channel without a partner is NaN in these. Says
/// what was written.
pub fn write_numbers(
    folder: &Path,
    first: &[FeatureMap],
    second: Option<&[FeatureMap]>,
) -> Result<Vec<PathBuf>> {
    let difference: Vec<FeatureMap>;
    let mut sets = vec![("", first)];
    if let Some(second) = second {
        ensure!(
            first
                .iter()
                .map(|m| &m.tower)
                .eq(second.iter().map(|m| &m.tower)),
            "the two have different towers, so they cannot be compared"
        );
        sets.push(("_second", second));
        let pairs = second.iter().zip(first).filter(|(b, a)| b.is_like(a));
        difference = pairs.map(|(b, a)| b.minus(a)).collect();
        sets.push(("_difference", &difference));
    }
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let mut written = Vec::new();
    for (which, maps) in sets {
        for map in maps {
            let path = folder.join(format!("{}_{}{which}.npy", map.tower, map.layer));
            let bytes = npy(&[map.channels, map.side, map.side], &map.data);
            write_atomic(&path, &bytes).with_context(|| path.display().to_string())?;
            written.push(path);
        }
    }
    Ok(written)
}
