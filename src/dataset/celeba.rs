//! CelebA as it is distributed: text files whose first line counts the rows and whose second
//! names the columns, beside a folder of pictures. Any of the files may be missing.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::{BoxSource, Dataset, DatasetError, Problem, Sample, Split, name_of};
use crate::label::{FaceBox, PointLabel, Presence, Schema, TaskKind, TaskLabels};

/// The files of a CelebA folder that are there.
pub struct Files {
    pictures: PathBuf,
    aligned: bool,
    attributes: Option<PathBuf>,
    landmarks: Option<PathBuf>,
    boxes: Option<PathBuf>,
    identities: Option<PathBuf>,
    partition: Option<PathBuf>,
}

impl Files {
    /// Looks for CelebA's files in `root` and in its folders Anno and Eval; `None` where there is
    /// neither a label file nor a partition.
    pub fn find(root: &Path) -> Option<Self> {
        let look = |folders: &[&str], name: &str| {
            folders
                .iter()
                .map(|f| root.join(f).join(name))
                .find(|p| p.is_file())
        };
        let folder = |name: &str| {
            ["Img", "", "img"]
                .iter()
                .map(|f| root.join(f).join(name))
                .find(|p| p.is_dir())
        };
        let (pictures, aligned) = match (folder("img_align_celeba"), folder("img_celeba")) {
            (Some(path), _) => (path, true),
            (None, Some(path)) => (path, false),
            (None, None) => (root.join("Img/img_align_celeba"), true),
        };
        let labels = if aligned {
            "list_landmarks_align_celeba.txt"
        } else {
            "list_landmarks_celeba.txt"
        };
        let anno = ["Anno", ""];
        let files = Self {
            aligned,
            pictures,
            attributes: look(&anno, "list_attr_celeba.txt"),
            landmarks: look(&anno, labels),
            boxes: look(&anno, "list_bbox_celeba.txt").filter(|_| !aligned),
            identities: look(&anno, "identity_CelebA.txt"),
            partition: look(&["Eval", "", "Anno"], "list_eval_partition.txt"),
        };
        (files.attributes.is_some() || files.landmarks.is_some() || files.partition.is_some())
            .then_some(files)
    }
}

/// Points of the mean aligned face (pixel indices): left eye, right eye, nose, mouth corners. All
/// aligned pictures of 178×218 pixels have about these, hence the same box.
const ALIGNED_POINTS: [[f32; 2]; 5] = [
    [69.5, 111.5],
    [107.5, 111.5],
    [88.5, 132.0],
    [71.5, 152.0],
    [105.5, 152.0],
];

/// Whether a table starts with the number of its rows and the names of its columns.
#[derive(Clone, Copy, PartialEq)]
enum Head {
    CountAndNames,
    None,
}

pub fn read(root: &Path, files: &Files, schema: &Schema) -> Result<Dataset, DatasetError> {
    let mut reader = Reader {
        present: listing(&files.pictures)?,
        files,
        schema,
        index: HashMap::new(),
        samples: Vec::new(),
        problems: Vec::new(),
        missing: HashSet::new(),
    };
    if let Some(path) = &files.attributes {
        reader.attributes(path)?;
    }
    if let Some(path) = &files.landmarks {
        reader.landmarks(path)?;
    }
    if let Some(path) = &files.boxes {
        reader.boxes(path)?;
    }
    if let Some(path) = &files.identities {
        reader.table(path, Head::None, 1, |sample, values, _| {
            sample.identity = Some(values[0].into());
            Ok(())
        })?;
    }
    if let Some(path) = &files.partition {
        reader.table(path, Head::None, 1, |sample, values, _| {
            sample.split = Some(match values[0] {
                "0" => Split::Train,
                "1" => Split::Validation,
                "2" => Split::Test,
                other => return Err(format!("partition {other:?} is not 0, 1 or 2")),
            });
            Ok(())
        })?;
    }
    Ok(Dataset {
        name: name_of(root),
        schema: schema.clone(),
        samples: reader.samples,
        columns: Vec::new(),
        problems: reader.problems,
    })
}

/// The names in a folder: one listing is far cheaper than asking for 200,000 files.
fn listing(folder: &Path) -> Result<HashSet<String>, DatasetError> {
    let mut names = HashSet::new();
    for entry in fs::read_dir(folder).map_err(DatasetError::io(folder))? {
        let entry = entry.map_err(DatasetError::io(folder))?;
        if let Ok(name) = entry.file_name().into_string() {
            names.insert(name);
        }
    }
    Ok(names)
}

struct Reader<'a> {
    files: &'a Files,
    schema: &'a Schema,
    present: HashSet<String>,
    index: HashMap<String, usize>,
    samples: Vec<Sample>,
    problems: Vec<Problem>,
    /// Pictures already reported as missing, so that each is named once.
    missing: HashSet<String>,
}

impl Reader<'_> {
    fn attributes(&mut self, path: &Path) -> Result<(), DatasetError> {
        let schema = self.schema;
        let place = |name: &str| {
            schema.tasks.iter().enumerate().find_map(|(t, task)| {
                let binary = matches!(task.kind, TaskKind::Binary { .. });
                let item = task.items().position(|i| i == name)?;
                binary.then_some((t, item))
            })
        };
        let mut places = None;
        self.table(path, Head::CountAndNames, 0, |sample, values, names| {
            let places =
                places.get_or_insert_with(|| names.iter().map(|n| place(n)).collect::<Vec<_>>());
            if values.len() != places.len() {
                let expected = places.len();
                return Err(format!("{} values where {expected} belong", values.len()));
            }
            let mut read = Vec::with_capacity(values.len());
            for value in values {
                read.push(match *value {
                    "1" => Presence::Present,
                    "-1" => Presence::Absent,
                    "0" => Presence::Unknown,
                    other => return Err(format!("{other:?} is not 1 or -1")),
                });
            }
            for (place, value) in places.iter().zip(read) {
                if let Some((t, item)) = *place
                    && let TaskLabels::Binary(labels) = &mut sample.annotation.tasks[t]
                {
                    labels[item] = value;
                }
            }
            Ok(())
        })
    }

    fn landmarks(&mut self, path: &Path) -> Result<(), DatasetError> {
        let Some(task) = self.schema.position("landmarks") else {
            return Ok(());
        };
        let points = self.schema.tasks[task].len();
        self.table(
            path,
            Head::CountAndNames,
            2 * points,
            |sample, values, _| {
                let numbers = numbers(values)?;
                if let TaskLabels::Points(labels) = &mut sample.annotation.tasks[task] {
                    for (label, xy) in labels.iter_mut().zip(numbers.chunks_exact(2)) {
                        *label = PointLabel::visible([xy[0] + 0.5, xy[1] + 0.5]);
                    }
                }
                Ok(())
            },
        )
    }

    fn boxes(&mut self, path: &Path) -> Result<(), DatasetError> {
        self.table(path, Head::CountAndNames, 4, |sample, values, _| {
            let b = numbers(values)?;
            let face_box = FaceBox::new(b[0], b[1], b[2], b[3]);
            if !face_box.is_valid() {
                return Err(format!("a box of {} by {} pixels", b[2], b[3]));
            }
            sample.face_box = Some((face_box, BoxSource::DataSet));
            Ok(())
        })
    }

    /// Reads a table row by row. `columns` is how many values a row must have after its name; 0
    /// leaves that to `row`, which gets the sample, the values and the column names.
    fn table(
        &mut self,
        path: &Path,
        head: Head,
        columns: usize,
        mut row: impl FnMut(&mut Sample, &[&str], &[&str]) -> Result<(), String>,
    ) -> Result<(), DatasetError> {
        let bytes = fs::read(path).map_err(DatasetError::io(path))?;
        let text = String::from_utf8_lossy(&bytes);
        let mut lines = (1_u64..).zip(text.lines());
        let mut names = Vec::new();
        let mut announced = None;
        if head == Head::CountAndNames {
            let first = lines.next().map(|(_, l)| l.trim()).unwrap_or_default();
            announced = Some(first.parse::<usize>().map_err(|_| {
                DatasetError::format(
                    path,
                    format!("1: {first:?} where the number of rows belongs"),
                )
            })?);
            names = lines
                .next()
                .map(|(_, l)| l.split_whitespace().collect())
                .unwrap_or_default();
        }
        let mut rows = 0;
        let mut values = Vec::new();
        let mut done = HashSet::new();
        for (line, content) in lines {
            values.clear();
            let mut words = content.split_whitespace();
            let Some(name) = words.next() else {
                continue;
            };
            rows += 1;
            values.extend(words);
            if !done.insert(name) {
                let what = format!("{name} is there twice; the first row is kept");
                self.problems.push(Problem::new(path, Some(line), what));
                continue;
            }
            let Some(at) = self.sample(path, line, name) else {
                continue;
            };
            let result = if columns > 0 && values.len() != columns {
                Err(format!("{} values where {columns} belong", values.len()))
            } else {
                row(&mut self.samples[at], &values, &names)
            };
            if let Err(what) = result {
                self.problems
                    .push(Problem::new(path, Some(line), format!("{name}: {what}")));
            }
        }
        if let Some(announced) = announced.filter(|n| *n != rows) {
            let what = format!("the first line announces {announced} rows; there are {rows}");
            self.problems.push(Problem::new(path, Some(1), what));
        }
        Ok(())
    }

    /// The sample of a picture, made at its first mention; `None` if there is no such picture.
    fn sample(&mut self, path: &Path, line: u64, name: &str) -> Option<usize> {
        if let Some(&at) = self.index.get(name) {
            return Some(at);
        }
        if !self.present.contains(name) {
            if self.missing.insert(name.to_owned()) {
                let what = format!(
                    "{name}: no such picture in {}",
                    self.files.pictures.display()
                );
                self.problems.push(Problem::new(path, Some(line), what));
            }
            return None;
        }
        let mut sample = Sample::unlabelled(&self.files.pictures.join(name), self.schema);
        if self.files.aligned && self.files.landmarks.is_none() {
            let centres = ALIGNED_POINTS.map(|p| p.map(|v| v + 0.5));
            sample.face_box = FaceBox::around(&centres).map(|b| (b, BoxSource::Aligned));
        }
        self.index.insert(name.to_owned(), self.samples.len());
        self.samples.push(sample);
        Some(self.samples.len() - 1)
    }
}

fn numbers(values: &[&str]) -> Result<Vec<f32>, String> {
    values
        .iter()
        .map(|v| match v.parse::<f32>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => Err(format!("{v:?} is not a number")),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    fn open(root: &tempfile::TempDir) -> Dataset {
        super::super::open(root.path(), &Schema::face()).unwrap()
    }

    const LANDMARKS: &str = "2\nlefteye_x lefteye_y righteye_x righteye_y nose_x nose_y \
        leftmouth_x leftmouth_y rightmouth_x rightmouth_y\n\
        1.jpg 10 10 20 10 15 15 11 20 19 20\n2.jpg 10 10 20 ten 15 15 11 20 19 20\n";

    #[test]
    fn files_are_joined_and_broken_rows_are_named() {
        let root = folder(&[
            ("Img/img_align_celeba/1.jpg", ""),
            ("Img/img_align_celeba/2.jpg", ""),
            ("Anno/list_landmarks_align_celeba.txt", LANDMARKS),
            (
                "Anno/list_attr_celeba.txt",
                "3\nSmiling Foreign\n1.jpg 1 -1\n3.jpg 1 1\n",
            ),
            (
                "Eval/list_eval_partition.txt",
                "1.jpg 0\n2.jpg 1\n1.jpg 2\n",
            ),
        ]);
        let set = open(&root);
        assert_eq!(set.samples.len(), 2);
        let first = &set.samples[0];
        assert_eq!(first.split, Some(Split::Train));
        let TaskLabels::Points(points) = &first.annotation.tasks[0] else {
            unreachable!()
        };
        assert_eq!(points[0].known(), Some([10.5, 10.5]));
        assert_eq!(
            (first.annotation.known(1), first.region().unwrap().1),
            (1, BoxSource::Labels)
        );
        let problems: Vec<_> = set.problems.iter().map(|p| p.to_string()).collect();
        let all = problems.join("\n");
        assert!(
            all.contains("list_landmarks_align_celeba.txt:4: 2.jpg: \"ten\""),
            "{all}"
        );
        assert!(
            all.contains("list_attr_celeba.txt:4: 3.jpg: no such picture"),
            "{all}"
        );
        assert!(
            all.contains("list_attr_celeba.txt:1: the first line announces 3"),
            "{all}"
        );
        assert!(
            all.contains("list_eval_partition.txt:3: 1.jpg is there twice"),
            "{all}"
        );
        assert_eq!(problems.len(), 4);
    }

    #[test]
    fn aligned_pictures_have_a_box_without_landmarks() {
        let root = folder(&[
            ("Img/img_align_celeba/1.jpg", ""),
            ("Eval/list_eval_partition.txt", "1.jpg 0\n"),
        ]);
        let (face_box, source) = open(&root).samples[0].region().unwrap();
        assert_eq!(source, BoxSource::Aligned);
        assert!((face_box.side() - 162.0).abs() < 0.1);
    }

    proptest! {
        #[test]
        fn mutated_files_never_panic(
            at in any::<prop::sample::Index>(), with in "[0-9a-z .\\-\n]{0,8}", bytes: [u8; 3],
        ) {
            let mut text = LANDMARKS.as_bytes().to_vec();
            let at = at.index(text.len());
            text.splice(at..(at + 2).min(text.len()), with.bytes().chain(bytes));
            let root = folder(&[("img_align_celeba/1.jpg", "")]);
            fs::write(root.path().join("list_landmarks_align_celeba.txt"), text).unwrap();
            let _ = super::super::open(root.path(), &Schema::face());
        }
    }
}
