//! What somebody is asked for by a file dialog.

use std::path::PathBuf;
use std::sync::Arc;

/// Name and extensions of what is asked for.
pub type Filter = (&'static str, &'static [&'static str]);

pub const WEIGHTS: Filter = ("Weights", &["safetensors", "pth", "pt"]);

pub const DATA_SETS: Filter = ("Data sets", &["csv", "json", "pts", "txt"]);

/// What someone is asked for.
#[derive(Clone, Debug)]
pub enum Wanted {
    File(Filter),
    Files(Filter),
    /// To write into.
    Folder,
    Folders,
    /// A file to write, which is called this at first; names and extensions of what it can be.
    NewFile(String, Vec<(&'static str, &'static str)>),
}

impl Wanted {
    pub fn is_written(&self) -> bool {
        matches!(self, Self::Folder | Self::NewFile(..))
    }
}

/// A dialog to open.
#[derive(Clone, Debug)]
pub struct Dialog {
    pub title: String,
    pub wanted: Wanted,
    /// Where it begins; where the system likes, unless said.
    pub folder: Option<PathBuf>,
}

/// How someone is asked for paths; waits for the answer.
pub type Ask = Arc<dyn Fn(Dialog) -> Option<Vec<PathBuf>> + Send + Sync>;

/// All that can be opened.
pub const EVERYTHING: Filter = (
    "Photos, data sets, predictions, weights",
    &[
        "jpg",
        "jpeg",
        "png",
        "webp",
        "bmp",
        "gif",
        "tif",
        "tiff",
        "csv",
        "json",
        "jsonl",
        "pts",
        "txt",
        "safetensors",
        "pth",
        "pt",
    ],
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_can_be_opened_has_weights_and_data_sets() {
        for kind in [WEIGHTS, DATA_SETS] {
            assert!(kind.1.iter().all(|e| EVERYTHING.1.contains(e)), "{kind:?}");
        }
    }
}
