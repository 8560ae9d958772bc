//! Maps as numbers for Python.

use std::fs;
use std::path::{Path, PathBuf};

use super::FaceMaps;
use crate::atomic::write_atomic;
use crate::npy::npy;
use crate::study::error::StudyError;

impl FaceMaps {
    /// Writes `FOLDER/TOWER_LAYER.npy` for each map, of the shape (channels, side, side); of a
    /// comparison also `TOWER_LAYER_second.npy` and, where both have as many channels,
    /// `TOWER_LAYER_difference.npy`, second − first. A channel without a partner is NaN in these.
    /// Says what was written.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write_npy(&self, folder: &Path) -> Result<Vec<PathBuf>, StudyError> {
        let failed = |path: &Path, source| StudyError::Write {
            path: path.to_owned(),
            source,
        };
        let difference = self.difference(false);
        let second = self.second.as_ref().map_or(&[][..], |second| &second.maps);
        let sets = [
            ("", &self.first.maps[..]),
            ("_second", second),
            ("_difference", &difference),
        ];
        fs::create_dir_all(folder).map_err(|e| failed(folder, e))?;
        let mut written = Vec::new();
        for (suffix, maps) in sets {
            for map in maps {
                let path = folder.join(format!("{}_{}{suffix}.npy", map.tower, map.layer));
                let bytes = npy(&[map.channels, map.side, map.side], &map.data);
                write_atomic(&path, &bytes).map_err(|e| failed(&path, e))?;
                written.push(path);
            }
        }
        Ok(written)
    }
}
