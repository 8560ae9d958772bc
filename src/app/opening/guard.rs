//! What is open is not written over: a figure saved under a photo's own name would be the end of
//! the photo.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::dataset::Sample;

/// The files that are open.
pub struct Guard {
    /// As they were opened: files, and folders of data sets.
    pub paths: Vec<PathBuf>,
    pub samples: Arc<Vec<Sample>>,
}

/// Endings of files in which data sets have their labels.
const LABELS: [&str; 5] = ["csv", "json", "jsonl", "pts", "txt"];

impl Guard {
    /// Why nothing may be written to a path, if that is so.
    pub fn refuses(&self, path: &Path) -> Option<String> {
        // What is not there yet is nobody's.
        let path = path.canonicalize().ok()?;
        let is = |open: &Path| {
            open.file_name() == path.file_name() && open.canonicalize().is_ok_and(|o| o == path)
        };
        let what = if self.samples.iter().any(|sample| is(&sample.path)) {
            "a picture that is open"
        } else if self.paths.iter().any(|open| is(open)) || self.has_labels(&path) {
            "a file of the open data set"
        } else {
            return None;
        };
        Some(format!(
            "{} is {what} and was not written over; choose another name",
            path.display()
        ))
    }

    fn has_labels(&self, path: &Path) -> bool {
        let ending = path.extension().unwrap_or_default();
        let mut folders = self
            .paths
            .iter()
            .filter_map(|open| open.canonicalize().ok());
        LABELS
            .iter()
            .any(|label| ending.eq_ignore_ascii_case(label))
            && folders.any(|folder| folder.is_dir() && path.starts_with(folder))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Schema;

    #[test]
    fn pictures_and_labels_of_what_is_open_are_refused() {
        let root = tempfile::tempdir().unwrap();
        let file = |name: &str| {
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "").unwrap();
            path
        };
        let (me, faces) = (file("set/me.png"), file("set/Anno/faces.CSV"));
        let (sheet, report) = (file("set/sheet.png"), file("reports/faces.csv"));
        let guard = Guard {
            paths: vec![root.path().join("set/../set")],
            samples: Arc::new(vec![Sample::unlabelled(&me, &Schema::face())]),
        };
        assert!(
            guard
                .refuses(&me)
                .unwrap()
                .contains("a picture that is open")
        );
        let same = root.path().join("reports/../set/me.png");
        assert!(guard.refuses(&same).is_some(), "under another name");
        assert!(
            guard
                .refuses(&faces)
                .unwrap()
                .contains("a file of the open data set")
        );
        for free in [sheet, report, root.path().join("set/new.csv")] {
            assert_eq!(guard.refuses(&free), None);
        }
        let file_alone = Guard {
            paths: vec![faces.clone()],
            samples: Arc::default(),
        };
        assert!(file_alone.refuses(&faces).is_some());
        assert_eq!(file_alone.refuses(&me), None);
    }
}
