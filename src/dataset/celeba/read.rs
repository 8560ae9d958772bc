//! CelebA's tables to samples. Each is read on all cores; then one pass finds out which rows are
//! about the same picture, and the samples are made on all cores again.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::table::{Listing, Row, Table, Values};
use super::{ALIGNED, Files, WILD};
use crate::dataset::folders::Words;
use crate::dataset::number::{self, FROM_ZERO};
use crate::dataset::{
    BoxSource, Dataset, DatasetError, Problem, Sample, Split, attribute, face_points, name_of,
};
use crate::label::{FaceBox, PointLabel, Presence, Schema, TaskLabels};

/// Points of the mean aligned face (pixel indices): left eye, right eye, nose, mouth corners. All
/// aligned pictures of 178×218 pixels have about these, hence the same box.
const ALIGNED_POINTS: [[f32; 2]; 5] = [
    [69.5, 111.5],
    [107.5, 111.5],
    [88.5, 132.0],
    [71.5, 152.0],
    [105.5, 152.0],
];

fn aligned_box() -> Option<FaceBox> {
    FaceBox::around(&ALIGNED_POINTS.map(|p| p.map(|v| v + 0.5)))
}

pub fn read(files: &Files, schema: &Schema) -> Result<Dataset, DatasetError> {
    let pictures = Listing::of(&files.pictures)?;
    let mut problems = Vec::new();
    if files.both {
        let (one, other) = match files.aligned {
            true => ("aligned pictures", WILD),
            false => ("pictures in the wild", ALIGNED),
        };
        let what = format!(
            "both kinds of pictures are here; the {one} are read (open the folder {other} for the others)"
        );
        problems.push(Problem::new(&files.root, None, what));
    }
    let attributes = open(&files.attributes, true, &mut problems)?;
    let landmarks = open(&files.landmarks, true, &mut problems)?;
    let boxes = open(&files.boxes, true, &mut problems)?;
    let identities = open(&files.identities, false, &mut problems)?;
    let partition = open(&files.partition, false, &mut problems)?;

    let columns = attributes
        .as_ref()
        .map(|(_, table)| Columns::of(&table.names, schema))
        .unwrap_or_default();
    let points = face_points(schema);
    let mut faces = Faces::new(&pictures, &files.pictures, problems);
    let attributes = faces.add(&attributes, |values| columns.row(values));
    let landmarks = match points {
        Some(_) => faces.add(&landmarks, |values| numbers::<10>(values, FROM_ZERO)),
        None => Rows::default(),
    };
    let boxes = faces.add(&boxes, box_row);
    let identities = faces.add(&identities, one_value);
    let partition = faces.add(&partition, |values| split(one_value(values)?));

    let names = identities.words();
    let other_words = [
        (Presence::Present, Arc::from("1")),
        (Presence::Absent, Arc::from("-1")),
        (Presence::Unknown, Arc::from("")),
    ];
    let aligned = aligned_box().filter(|_| files.aligned);
    let samples = (0..faces.order.len())
        .into_par_iter()
        .map(|i| {
            let path = files.pictures.join(pictures.name(faces.order[i]));
            let mut sample = Sample::unlabelled(&path, schema);
            if let Some(row) = attributes.of(i) {
                columns.label(row, &mut sample, &other_words);
            } else {
                sample.columns = vec![other_words[2].1.clone(); columns.foreign.len()];
            }
            match (landmarks.of(i), points) {
                (Some(row), Some((task, items))) => {
                    if let TaskLabels::Points(labels) = &mut sample.annotation.tasks[task] {
                        for (item, xy) in items.iter().zip(row.chunks_exact(2)) {
                            labels[*item] = PointLabel::visible([xy[0], xy[1]]);
                        }
                    }
                }
                _ => sample.face_box = aligned.map(|b| (b, BoxSource::Aligned)),
            }
            if let Some(face_box) = boxes.of(i) {
                sample.face_box = Some((*face_box, BoxSource::DataSet));
            }
            sample.identity = identities.of(i).and_then(|name| names.get(*name)).cloned();
            sample.split = partition.of(i).copied();
            sample
        })
        .collect();
    Ok(Dataset {
        name: name_of(&files.root),
        schema: schema.clone(),
        samples,
        columns: columns.foreign,
        problems: faces.problems,
    })
}

fn open<'a>(
    path: &'a Option<PathBuf>,
    named: bool,
    problems: &mut Vec<Problem>,
) -> Result<Option<(&'a Path, Table)>, DatasetError> {
    let open = |path: &'a PathBuf| Ok((path.as_path(), Table::open(path, named, problems)?));
    path.as_ref().map(open).transpose()
}

/// Where the attributes of the table stand in the schema.
#[derive(Default)]
struct Columns {
    /// (task, item) for each column; the others are foreign.
    places: Vec<Option<(usize, usize)>>,
    foreign: Vec<String>,
}

impl Columns {
    fn of(names: &[String], schema: &Schema) -> Self {
        let places: Vec<_> = names.iter().map(|name| attribute(schema, name)).collect();
        let foreign = names.iter().zip(&places).filter(|(_, p)| p.is_none());
        Self {
            foreign: foreign.map(|(name, _)| name.clone()).collect(),
            places,
        }
    }

    fn row(&self, values: Values) -> Result<Vec<Presence>, String> {
        let mut row = Vec::with_capacity(self.places.len());
        let mut count = 0;
        for value in values {
            count += 1;
            if count > self.places.len() {
                continue;
            }
            row.push(match value {
                "1" => Presence::Present,
                "-1" => Presence::Absent,
                "0" => Presence::Unknown,
                other => return Err(format!("{:?} is not 1 or -1", number::shown(other))),
            });
        }
        expect(count, self.places.len())?;
        Ok(row)
    }

    fn label(&self, row: &[Presence], sample: &mut Sample, words: &[(Presence, Arc<str>)]) {
        for (place, value) in self.places.iter().zip(row) {
            match *place {
                Some((task, item)) => {
                    if let TaskLabels::Binary(labels) = &mut sample.annotation.tasks[task] {
                        labels[item] = *value;
                    }
                }
                None => {
                    let word = words.iter().find(|(v, _)| v == value);
                    sample.columns.extend(word.map(|(_, w)| w.clone()));
                }
            }
        }
    }
}

fn expect(count: usize, belong: usize) -> Result<(), String> {
    match count == belong {
        true => Ok(()),
        false => Err(format!("{count} values where {belong} belong")),
    }
}

fn numbers<const N: usize>(values: Values, shift: f64) -> Result<[f32; N], String> {
    let mut row = [0.0; N];
    let mut count = 0;
    for value in values {
        if let Some(number) = row.get_mut(count) {
            *number = number::read(value, shift)?;
        }
        count += 1;
    }
    expect(count, N)?;
    Ok(row)
}

fn box_row(values: Values) -> Result<FaceBox, String> {
    let [x, y, w, h] = numbers(values, number::CONTINUOUS)?;
    number::checked(FaceBox::new(x, y, w, h))
}

fn one_value(mut values: Values<'_>) -> Result<&str, String> {
    match (values.next(), values.next()) {
        (Some(value), None) if !value.is_empty() => Ok(value),
        (_, Some(_)) => Err("more than one value".into()),
        _ => Err("no value".into()),
    }
}

fn split(value: &str) -> Result<Split, String> {
    match value {
        "0" => Ok(Split::Train),
        "1" => Ok(Split::Validation),
        "2" => Ok(Split::Test),
        other => Err(format!(
            "partition {:?} is not 0, 1 or 2",
            number::shown(other)
        )),
    }
}

/// The rows of one table, by the number of the face they are about.
struct Rows<'a, T> {
    rows: Vec<Row<'a, T>>,
    /// The row of each face; [`NONE`] where there is none.
    of: Vec<u32>,
}

const NONE: u32 = u32::MAX;

impl<T> Default for Rows<'_, T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            of: Vec::new(),
        }
    }
}

impl<T> Rows<'_, T> {
    fn of(&self, face: usize) -> Option<&T> {
        let row = *self.of.get(face)?;
        self.rows.get(row as usize)?.values.as_ref().ok()
    }
}

impl<'a> Rows<'a, &'a str> {
    /// Each text once: there are 10,177 identities.
    fn words(&self) -> HashMap<&'a str, Arc<str>> {
        let mut words = Words::default();
        let values = self.rows.iter().filter_map(|r| r.values.as_ref().ok());
        values.map(|v| (*v, words.get(v))).collect()
    }
}

/// The faces in the order in which the tables first name them.
struct Faces<'a> {
    pictures: &'a Listing,
    folder: &'a Path,
    /// The picture of each face.
    order: Vec<u32>,
    /// The face of each picture.
    face: Vec<u32>,
    problems: Vec<Problem>,
    /// Pictures already reported as missing, so that each is named once.
    missing: HashSet<String>,
}

impl<'a> Faces<'a> {
    fn new(pictures: &'a Listing, folder: &'a Path, problems: Vec<Problem>) -> Self {
        Self {
            face: vec![NONE; pictures.len()],
            order: Vec::new(),
            missing: HashSet::new(),
            pictures,
            folder,
            problems,
        }
    }

    /// Reads a table and finds out what each row is about.
    fn add<'t, T: Send>(
        &mut self,
        table: &'t Option<(&Path, Table)>,
        parse: impl Fn(Values<'t>) -> Result<T, String> + Sync,
    ) -> Rows<'t, T> {
        let Some((path, table)) = table else {
            return Rows::default();
        };
        let rows = table.rows(self.pictures, parse);
        let mut of = vec![NONE; self.order.len()];
        let mut gone = HashSet::new();
        for (number, row) in (0..).zip(&rows) {
            let Some(what) = self.place(row, number, &mut of, &mut gone) else {
                continue;
            };
            self.problems.push(Problem::new(path, Some(row.line), what));
        }
        self.problems.extend(table.miscount(path, rows.len()));
        Rows { rows, of }
    }

    /// Enters row `number` for its face; says what stands against it.
    fn place<'t, T>(
        &mut self,
        row: &Row<'t, T>,
        number: u32,
        of: &mut Vec<u32>,
        gone: &mut HashSet<&'t str>,
    ) -> Option<String> {
        let twice = || {
            Some(format!(
                "{} is there twice; the first row is kept",
                number::shown(row.name)
            ))
        };
        let Some(picture) = row.picture else {
            if !gone.insert(row.name) {
                return twice();
            }
            let new = self.missing.insert(row.name.to_owned());
            let folder = self.folder.display();
            let name = number::shown(row.name);
            return new.then(|| format!("{name}: no such picture in {folder}"));
        };
        let face = &mut self.face[picture as usize];
        if let Some(&known) = of.get(*face as usize)
            && known != NONE
        {
            return twice();
        }
        if let Err(what) = &row.values {
            return Some(format!("{}: {what}", number::shown(row.name)));
        }
        if *face == NONE {
            *face = self.order.len() as u32;
            self.order.push(picture);
        }
        let at = *face as usize;
        if of.len() <= at {
            of.resize(at + 1, NONE);
        }
        of[at] = number;
        None
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;

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
        crate::dataset::open(root.path(), &Schema::face()).unwrap()
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
            let _ = crate::dataset::open(root.path(), &Schema::face());
        }
    }
}
