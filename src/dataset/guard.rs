//! What is read is not written over: a figure saved under a photo's own name would be the end of
//! the photo.

use std::fmt;
use std::path::{Path, PathBuf};

use super::{Samples, celeba, recognise};

/// The files that are read.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// Data sets as they were opened: files and folders.
    pub paths: Vec<PathBuf>,
    /// Their faces, whose pictures may lie elsewhere.
    pub samples: Samples,
    /// Other files: a photo, weights, predictions, settings.
    pub files: Vec<PathBuf>,
}

/// As what a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputFile {
    Picture,
    DataSet,
    Other,
}

impl fmt::Display for InputFile {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Picture => "a picture that is open",
            Self::DataSet => "a file of the open data set",
            Self::Other => "a file that is read",
        })
    }
}

impl Guard {
    /// Why nothing may be written to a path, if that is so.
    pub fn refuses(&self, path: &Path) -> Option<String> {
        let what = self.input(path)?;
        Some(format!(
            "{} is {what} and was not written over; choose another name",
            path.display()
        ))
    }

    /// Why nothing may be written into a folder where the names of what is written are not known
    /// beforehand: something that is read lies in it.
    pub fn refuses_folder(&self, folder: &Path) -> Option<String> {
        let folder = folder.canonicalize().ok()?;
        let within = |path: &Path| path.canonicalize().is_ok_and(|p| p.starts_with(&folder));
        let pictures = self.samples.iter().map(|sample| &*sample.path);
        let files = self.paths.iter().filter(|path| path.is_file());
        let mut files = files.chain(&self.files).map(PathBuf::as_path);
        let found = files.find(|path| within(path));
        let found = found.or_else(|| pictures.into_iter().find(|path| within(path)))?;
        Some(format!(
            "{} is read and lies in {}, which is written to; choose another folder",
            found.display(),
            folder.display()
        ))
    }

    /// As what the file of this path is read, if it is.
    fn input(&self, path: &Path) -> Option<InputFile> {
        // What is not there yet is nobody's.
        let path = path.canonicalize().ok()?;
        let is = |open: &Path| open.canonicalize().is_ok_and(|open| open == path);
        // A data set may have a hundred thousand pictures: most have another name.
        let picture = |open: &Path| open.file_name() == path.file_name() && is(open);
        if self.samples.iter().any(|sample| picture(&sample.path)) {
            Some(InputFile::Picture)
        } else if self.paths.iter().any(|open| is(open)) || self.has_labels(&path) {
            Some(InputFile::DataSet)
        } else {
            let other = self.files.iter().any(|open| is(open));
            other.then_some(InputFile::Other)
        }
    }

    /// Whether a file has labels and lies in one of the data sets. What else lies there, such as
    /// an earlier report, may be written again.
    fn has_labels(&self, path: &Path) -> bool {
        let mut folders = self.paths.iter().filter_map(|open| {
            // One table of CelebA's, or its folder of pictures, stands for the whole set.
            let root = celeba::Files::at(open).map(celeba::Files::into_root);
            root.unwrap_or_else(|| open.clone()).canonicalize().ok()
        });
        folders.any(|folder| folder.is_dir() && path.starts_with(folder))
            && recognise::has_labels(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Sample;
    use crate::label::Schema;

    fn file(root: &Path, name: &str, text: &str) -> PathBuf {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn pictures_and_labels_of_what_is_open_are_refused() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let me = file(root, "set/me.png", "");
        let faces = file(root, "set/Anno/faces.CSV", "image,Smiling\nme.png,1\n");
        let labels = [
            ("set/a.json", "{\"shapes\": []}"),
            ("set/broken.json", "{\"shapes\": ["),
            ("set/a.pts", "version: 1"),
            ("set/list_attr_celeba.txt", "0\nSmiling\n"),
            ("set/training.txt", "a.jpg 1 2 3 4 5 6 7 8 9 10 1 1 1 1\n"),
        ];
        let guard = Guard {
            paths: vec![root.join("set/../set")],
            samples: vec![Sample::unlabelled(&me, &Schema::face())].into(),
            files: Vec::new(),
        };
        let actual = |path: &Path| guard.refuses(path).unwrap_or_default();
        assert!(actual(&me).contains("a picture that is open"));
        let same = root.join("reports/../set/me.png");
        std::fs::create_dir(root.join("reports")).unwrap();
        assert!(guard.refuses(&same).is_some(), "under another name");
        assert!(actual(&faces).contains("a file of the open data set"));
        for (name, text) in labels {
            let path = file(root, name, text);
            assert!(actual(&path).contains("open data set"), "{name}");
        }
        // What this program wrote there before is no label file.
        for (name, text) in [
            ("set/sheet.png", ""),
            ("reports/faces.csv", "image,Smiling\n"),
            ("set/measures.csv", "task,item,success\n"),
            ("set/summary.json", "{\"faces\": 1}"),
            ("set/out/predictions.jsonl", "{\"image\": \"me.png\"}\n"),
        ] {
            assert_eq!(guard.refuses(&file(root, name, text)), None, "{name}");
        }
        assert_eq!(guard.refuses(&root.join("set/new.csv")), None);
        let file_alone = Guard {
            paths: vec![faces.clone()],
            ..Guard::default()
        };
        assert!(file_alone.refuses(&faces).is_some());
        assert_eq!(file_alone.refuses(&me), None);
        assert!(file_alone.refuses_folder(&root.join("set")).is_some());
        assert_eq!(file_alone.refuses_folder(&root.join("reports")), None);
    }

    #[test]
    fn one_table_of_celeba_stands_for_all() {
        let root = tempfile::tempdir().unwrap();
        let table = file(root.path(), "Anno/list_attr_celeba.txt", "0\nSmiling\n");
        let split = file(root.path(), "Eval/list_eval_partition.txt", "a.jpg 0\n");
        let pictures = root.path().join("Img/img_align_celeba");
        std::fs::create_dir_all(&pictures).unwrap();
        for opened in [&table, &pictures] {
            let guard = Guard {
                paths: vec![opened.clone()],
                ..Guard::default()
            };
            assert!(guard.refuses(&split).is_some(), "{}", opened.display());
        }
    }
}
