//! The maps of a face as a folder of numbers, and beside them what they are: arrays say nothing of
//! where they come from, and those of a network with muted channels look like any others.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use super::page::SOFTWARE;
use super::provenance::Provenance;
use super::tables::write_matches;
use crate::atomic::write_atomic;
use crate::study::{FaceMaps, Matched};

/// What describes the arrays of a folder.
const DESCRIPTION: &str = "maps.json";

/// Writes what [`FaceMaps::write_npy`] does, the pairs as `matches.csv` where channels are matched,
/// and `maps.json`: by the name of each array the facts that a figure of it has, and its layer. What
/// it says of arrays that were written before stays. The network is given by its origin and its
/// fingerprint. Says what was written.
///
/// # Errors
/// If a file cannot be written, or `maps.json` is another one's.
pub fn write_maps(
    folder: &Path,
    (maps, matched): (&FaceMaps, Option<&Matched>),
    provenance: &Provenance,
    network: (&str, &str),
) -> Result<Vec<PathBuf>> {
    let path = folder.join(DESCRIPTION);
    let mut all = described(&path).with_context(|| path.display().to_string())?;
    let mut written = maps.write_npy(folder)?;
    let place = [("Layer", maps.place.name()), ("Software", SOFTWARE.into())];
    let facts = place.into_iter().chain(provenance.facts(network));
    let facts: Map<String, Value> = facts
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    for file in &written {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        all.insert(name.into_owned(), facts.clone().into());
    }
    if let Some(matched) = matched {
        written.push(write_matches(folder, matched)?);
    }
    let text = serde_json::to_vec_pretty(&all)?;
    write_atomic(&path, &text).with_context(|| path.display().to_string())?;
    written.push(path);
    Ok(written)
}

/// What the folder says already.
fn described(path: &Path) -> Result<Map<String, Value>> {
    match fs::read(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Map::new()),
        read => serde_json::from_slice(&read?).context("it describes no maps, and is left alone"),
    }
}
