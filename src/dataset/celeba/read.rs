//! CelebA's tables to samples. Each is read on all cores; then one pass finds out which rows are
//! about the same picture, and the samples are made on all cores again.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::table::{Listing, Lost, Row, Table, Values};
use super::write::{BOXES, LANDMARKS};
use super::{ALIGNED, Files, WILD};
use crate::dataset::folders::Words;
use crate::dataset::marks::{Mark, Marks, Zero};
use crate::dataset::number::{self, CONTINUOUS, FROM_ZERO, shown};
use crate::dataset::places::{attribute_like, plain};
use crate::dataset::problems::Problems;
use crate::dataset::{
    BoxSource, Dataset, DatasetError, Problem, Sample, Split, face_points, name_of,
};
use crate::label::{FaceBox, PointLabel, Presence, Schema, TaskLabels};
use crate::words::counted;

/// Points of the mean aligned face (pixel indices): left eye, right eye, nose, mouth corners. All
/// aligned pictures have about these, hence the same box.
const ALIGNED_POINTS: [[f32; 2]; 5] = [
    [69.5, 111.5],
    [107.5, 111.5],
    [88.5, 132.0],
    [71.5, 152.0],
    [105.5, 152.0],
];
/// CelebA's names of the points, without those of their axes.
const POINTS: [&str; 5] = ["lefteye", "righteye", "nose", "leftmouth", "rightmouth"];
/// The pictures in which aligned faces are.
const ALIGNED_SIZE: (u32, u32) = (178, 218);

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
    let own = own_attributes();
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    let attributes = open(&files.attributes, &own, &mut problems)?;
    let landmarks = open(&files.landmarks, &LANDMARKS, &mut problems)?;
    let boxes = open(&files.boxes, &BOXES, &mut problems)?;
    let identities = open(&files.identities, &[], &mut problems)?;
    let partition = open(&files.partition, &[], &mut problems)?;

    let mut columns = match &attributes {
        Some((path, table)) => Columns::of(path, &table.names, schema, &mut problems),
        None => Columns::default(),
    };
    let points = face_points(schema);
    let mut faces = Faces::new(&pictures, &files.pictures, problems);
    let names = |table: &Option<(&Path, Table)>| {
        table.as_ref().map_or(Vec::new(), |(_, t)| t.names.clone())
    };
    let (point_order, box_order) = (
        Order::of(&names(&landmarks), &LANDMARKS),
        Order::of(&names(&boxes), &BOXES),
    );
    let attributes = faces.add(&attributes, &columns.names[..], |values, lost| {
        columns.row(values, lost)
    });
    columns.understand(&attributes);
    if let Some((path, notice)) = files.attributes.as_ref().zip(columns.marks.notice()) {
        faces.problems.push(Problem::new(path, None, notice));
    }
    let landmarks = match points {
        Some(_) => faces.add(&landmarks, &POINTS[..], |values, lost| {
            Ok(five_points(point_order.take(values)?, lost))
        }),
        None => Rows::default(),
    };
    let boxes = faces.add(&boxes, &[""][..], |values, lost| {
        Ok(box_row(box_order.take(values)?, lost))
    });
    let identities = faces.add(&identities, &[""][..], |values, _| one_value(values));
    let partition = faces.add(&partition, &[""][..], |values, lost| {
        let value = one_value(values)?;
        let split = Split::of_code(value);
        Ok(split.unwrap_or_else(|what| {
            Split::parse(value).unwrap_or_else(|_| {
                lost.push((0, what));
                None
            })
        }))
    });

    let names = identities.words();
    let other_words = [
        (Presence::Present, Arc::from("1")),
        (Presence::Absent, Arc::from("-1")),
        (Presence::Unknown, Arc::from("")),
    ];
    let aligned = faces.aligned_box(files);
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
            if let (Some(row), Some((task, items))) = (landmarks.of(i), points)
                && let TaskLabels::Points(labels) = &mut sample.annotation.tasks[task]
            {
                for (item, at) in items.iter().zip(row) {
                    labels[*item] = at.map_or_else(PointLabel::default, PointLabel::visible);
                }
            }
            // Also where points are known: a box from them would tell where they are.
            sample.face_box = aligned.map(|b| (b, BoxSource::Aligned));
            if let Some(Some(face_box)) = boxes.of(i) {
                sample.face_box = Some((*face_box, BoxSource::DataSet));
            }
            sample.identity = identities.of(i).and_then(|name| names.get(*name)).cloned();
            sample.split = partition.of(i).copied().flatten();
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
    own: &[&str],
    problems: &mut Vec<Problem>,
) -> Result<Option<(&'a Path, Table)>, DatasetError> {
    let open = |path: &'a PathBuf| Ok((path.as_path(), Table::open(path, own, problems)?));
    path.as_ref().map(open).transpose()
}

/// The attributes of CelebA's own table, in its order.
pub fn own_attributes() -> Vec<String> {
    let schema = Schema::face();
    let tasks = schema.tasks.iter().filter(|task| !task.is_points());
    tasks
        .flat_map(|task| task.items().map(str::to_owned))
        .collect()
}

/// Where the attributes of the table stand in the schema.
#[derive(Default)]
struct Columns {
    names: Vec<String>,
    /// (task, item) for each column; the others are foreign.
    places: Vec<Option<(usize, usize)>>,
    foreign: Vec<String>,
    /// Which of the foreign ones have nothing but marks; the others are text.
    marked: Vec<bool>,
    marks: Marks,
}

/// What a row says of the attributes, and the texts of its foreign columns.
struct Attributes<'a> {
    marks: Vec<Mark>,
    foreign: Vec<&'a str>,
}

impl Columns {
    fn of(path: &Path, names: &[String], schema: &Schema, problems: &mut Vec<Problem>) -> Self {
        let mut seen = HashSet::new();
        let mut place = |name: &String| {
            let place = attribute_like(schema, name)?;
            if seen.insert(place) {
                return Some(place);
            }
            let what = format!("the column {name:?} is there twice; the first one is read");
            problems.push(Problem::new(path, None, what));
            None
        };
        let places: Vec<_> = names.iter().map(&mut place).collect();
        let foreign = names.iter().zip(&places).filter(|(_, p)| p.is_none());
        Self {
            names: names.to_vec(),
            foreign: foreign.map(|(name, _)| name.clone()).collect(),
            places,
            ..Self::default()
        }
    }

    fn row<'a>(&self, values: Values<'a>, lost: &mut Vec<Lost>) -> Result<Attributes<'a>, String> {
        let belong = self.places.len();
        let mut row = Attributes {
            marks: Vec::with_capacity(belong - self.foreign.len()),
            foreign: Vec::with_capacity(self.foreign.len()),
        };
        let mut count = 0;
        for value in values {
            match self.places.get(count) {
                Some(Some(_)) => row.marks.push(Mark::parse(value).unwrap_or_else(|what| {
                    lost.push((count, what));
                    Mark::Missing
                })),
                Some(None) => row.foreign.push(value),
                None if value.is_empty() => continue,
                None => {}
            }
            count += 1;
        }
        expect(count, belong)?;
        Ok(row)
    }

    /// Decides what the marks of the whole table mean.
    fn understand(&mut self, rows: &Rows<Attributes>) {
        self.marked = vec![true; self.foreign.len()];
        let all = || rows.rows.iter().filter_map(|row| row.values.as_ref().ok());
        for row in all() {
            for (marked, text) in self.marked.iter_mut().zip(&row.foreign) {
                *marked = *marked && Mark::parse(text).is_ok();
            }
        }
        for row in all() {
            let marked = row.foreign.iter().zip(&self.marked);
            let foreign = marked.filter(|(_, marked)| **marked);
            let foreign = foreign.filter_map(|(text, _)| Mark::parse(text).ok());
            for mark in row.marks.iter().copied().chain(foreign) {
                self.marks.count(mark);
            }
        }
    }

    fn label(&self, row: &Attributes, sample: &mut Sample, words: &[(Presence, Arc<str>)]) {
        let zero: Zero = self.marks.zero();
        let places = self.places.iter().flatten();
        for (&(task, item), mark) in places.zip(&row.marks) {
            if let TaskLabels::Binary(labels) = &mut sample.annotation.tasks[task] {
                labels[item] = zero.presence(*mark);
            }
        }
        for (text, marked) in row.foreign.iter().zip(&self.marked) {
            let mark = Mark::parse(text).ok().filter(|_| *marked);
            let value = mark.map(|mark| zero.presence(mark));
            let word = words.iter().find(|(v, _)| Some(*v) == value);
            let word = word.map_or_else(|| Arc::from(*text), |(_, word)| word.clone());
            sample.columns.push(word);
        }
    }
}

fn expect(count: usize, belong: usize) -> Result<(), String> {
    match count == belong {
        true => Ok(()),
        false => Err(format!("{} where {belong} belong", counted(count, "value"))),
    }
}

/// In which columns the numbers stand: by their names, where the table has CelebA's, else as
/// CelebA has them.
struct Order<const N: usize> {
    columns: [usize; N],
    count: usize,
}

impl<const N: usize> Order<N> {
    fn of(names: &[String], own: &[&str; N]) -> Self {
        let place = |wanted: &&str| names.iter().position(|n| plain(n) == plain(wanted));
        let found: Option<Vec<usize>> = own.iter().map(place).collect();
        let columns = found.and_then(|found| found.try_into().ok());
        match columns {
            Some(columns) => Self {
                columns,
                count: names.len(),
            },
            None => Self {
                columns: std::array::from_fn(|i| i),
                count: N,
            },
        }
    }

    fn take<'a>(&self, values: Values<'a>) -> Result<[&'a str; N], String> {
        let mut taken = [""; N];
        let mut count = 0;
        for value in values {
            if count >= self.count && value.is_empty() {
                continue;
            }
            if let Some(at) = self.columns.iter().position(|column| *column == count) {
                taken[at] = value;
            }
            count += 1;
        }
        expect(count, self.count)?;
        Ok(taken)
    }
}

/// The points of a row; those that cannot be read are unknown.
fn five_points(row: [&str; 10], lost: &mut Vec<Lost>) -> [Option<[f32; 2]>; 5] {
    std::array::from_fn(|i| {
        let at = number::point(row[2 * i], row[2 * i + 1], FROM_ZERO);
        at.unwrap_or_else(|what| {
            lost.push((i, what));
            None
        })
    })
}

fn box_row(sides: [&str; 4], lost: &mut Vec<Lost>) -> Option<FaceBox> {
    if sides.iter().all(|side| number::missing(side)) {
        return None;
    }
    let read = || {
        let [x, y, w, h] = sides.map(|side| number::read(side, CONTINUOUS));
        number::checked(FaceBox::new(x?, y?, w?, h?))
    };
    read().map_err(|what| lost.push((0, what))).ok()
}

fn one_value(mut values: Values<'_>) -> Result<&str, String> {
    let value = values.next().unwrap_or("");
    match values.all(str::is_empty) {
        true => Ok(value),
        false => Err("more than one value".into()),
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
        let values = || {
            let values = self.rows.iter().filter_map(|r| r.values.as_ref().ok());
            values.filter(|v| !number::missing(v))
        };
        // What pandas has made numbers with decimals of were whole ones.
        let whole = values().all(|v| number::without_decimals(v).is_some());
        let name = |v: &'a str| number::without_decimals(v).filter(|_| whole).unwrap_or(v);
        values().map(|v| (*v, words.get(name(v)))).collect()
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

    /// Reads a table and finds out what each row is about. `columns` are the names under which
    /// values that cannot be read are told.
    fn add<'t, T: Send, N: AsRef<str>>(
        &mut self,
        table: &'t Option<(&Path, Table)>,
        columns: &[N],
        parse: impl Fn(Values<'t>, &mut Vec<Lost>) -> Result<T, String> + Sync,
    ) -> Rows<'t, T> {
        let Some((path, table)) = table else {
            return Rows::default();
        };
        let rows = table.rows(self.pictures, parse);
        let mut of = vec![NONE; self.order.len()];
        let mut gone = HashSet::new();
        let mut problems = Problems::default();
        for (number, row) in (0..).zip(&rows) {
            if let Some(what) = self.place(row, number, &mut of, &mut gone) {
                match &row.values {
                    Err(kind) if row.picture.is_some() => {
                        problems.note(row.line, kind, || what);
                    }
                    _ => problems.say(Some(row.line), what),
                }
                continue;
            }
            for (column, what) in row.lost.iter().filter(|_| row.picture.is_some()) {
                let column = columns.get(*column).map_or("", AsRef::as_ref);
                let name = shown(row.name);
                problems.note(row.line, column, || match column {
                    "" => format!("{name}: {what}: unknown"),
                    _ => format!("{name}: {column}: {what}: unknown"),
                });
            }
        }
        if let Some(what) = table.miscount(rows.len()) {
            problems.say(Some(1), what);
        }
        self.problems.extend(problems.of(path));
        Rows { rows, of }
    }

    /// The box of all aligned pictures, unless these are of another size.
    fn aligned_box(&mut self, files: &Files) -> Option<FaceBox> {
        let face_box = aligned_box().filter(|_| files.aligned)?;
        let first = self.order.first()?;
        let path = self.folder.join(self.pictures.name(*first));
        let size = image::image_dimensions(path).unwrap_or(ALIGNED_SIZE);
        if size == ALIGNED_SIZE {
            return Some(face_box);
        }
        let (w, h) = size;
        let what = format!(
            "aligned pictures are of 178 by 218 pixels and these of {w} by {h}: \
             the place of their faces is not known"
        );
        self.problems.push(Problem::new(self.folder, None, what));
        None
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
                shown(row.name)
            ))
        };
        let Some(picture) = row.picture else {
            if !gone.insert(row.name) {
                return twice();
            }
            let new = self.missing.insert(row.name.to_owned());
            let folder = self.folder.display();
            let name = shown(row.name);
            return new.then(|| format!("{name}: no such picture in {folder}"));
        };
        let face = &mut self.face[picture as usize];
        if let Some(&known) = of.get(*face as usize)
            && known != NONE
        {
            return twice();
        }
        if let Err(what) = &row.values {
            return Some(format!("{}: {what}", shown(row.name)));
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
            (1, BoxSource::Aligned),
            "no box that would tell where the points are"
        );
        assert_eq!(set.samples[1].annotation.known(0), 4, "\"ten\" is no place");
        let problems: Vec<_> = set.problems.iter().map(|p| p.to_string()).collect();
        let all = problems.join("\n");
        assert!(
            all.contains("list_landmarks_align_celeba.txt:4: 2.jpg: righteye: \"ten\" is not"),
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

    /// What is known of the attributes of each sample: of the first three of CelebA's own order.
    fn attributes(set: &Dataset) -> Vec<[Option<bool>; 3]> {
        let of = |s: &Sample| match &s.annotation.tasks[1] {
            TaskLabels::Binary(values) => [0, 1, 2].map(|i| values[i].known()),
            TaskLabels::Points(_) => unreachable!(),
        };
        set.samples.iter().map(of).collect()
    }

    fn said(set: &Dataset) -> Vec<String> {
        let all = set.problems.iter();
        all.map(|p| format!("{}:{}", p.line.unwrap_or(0), p.what))
            .collect()
    }

    const PICTURES: [(&str, &str); 2] = [
        ("img_align_celeba/000001.jpg", ""),
        ("img_align_celeba/000002.jpg", ""),
    ];
    const NAMES: &str = "5_o_Clock_Shadow Arched_Eyebrows Attractive";

    #[test]
    fn attributes_of_every_way_of_writing_are_understood() {
        let (yes, no) = (Some(true), Some(false));
        let csv = |rows: &str| format!("image_id,{}\n{rows}", NAMES.replace(' ', ","));
        let text = |rows: &str| format!("2\n{NAMES}\n{rows}");
        for (name, table, expected, notice) in [
            // 0 and 1 and no -1, in one of the columns not even 0.
            (
                "txt",
                text("000001.jpg 1 0 1\n000002.jpg 0 1 1\n"),
                [[yes, no, yes], [no, yes, yes]],
                "0 is absent",
            ),
            (
                "csv",
                csv("000001.jpg,1.0,0.0,1\n000002.jpg,0.0,1.0,\n"),
                [[yes, no, yes], [no, yes, None]],
                "0 is absent",
            ),
            // As this program writes what is unknown.
            (
                "txt",
                text("000001.jpg 1 0 -1\n000002.jpg 0 1 1\n"),
                [[yes, None, no], [None, yes, yes]],
                "",
            ),
            (
                "txt",
                text("000001.jpg 1 nan 1\n000002.jpg nan 1 1\n"),
                [[yes, None, yes], [None, yes, yes]],
                "",
            ),
            (
                "csv",
                csv("000001.jpg,1.0,-1.0,nan\n000002.jpg,True,False,NA\n"),
                [[yes, no, None], [yes, no, None]],
                "",
            ),
            (
                "txt",
                text("000001.jpg 0 0 0\n000002.jpg 0 0 0\n"),
                [[None; 3], [None; 3]],
                "nothing is known",
            ),
            // As spreadsheets and pandas' own numbering have it.
            (
                "csv",
                csv("000001.jpg,1,-1,1\n000002.jpg,-1,1,-1\n")
                    .replace(',', ";")
                    .replace('\n', "\r\n"),
                [[yes, no, yes], [no, yes, no]],
                "",
            ),
            (
                "csv",
                format!(
                    ",image_id,{}\n0,000001.jpg,1,-1,1,,\n1,000002.jpg,-1,1,-1\n",
                    NAMES.replace(' ', ",")
                ),
                [[yes, no, yes], [no, yes, no]],
                "",
            ),
            (
                "csv",
                csv("000001.jpg,1,-1,1\n000002.jpg,-1,1,-1\n")
                    .to_lowercase()
                    .replace("5_o_", "5 o "),
                [[yes, no, yes], [no, yes, no]],
                "",
            ),
            (
                "txt",
                csv("img\\000001.JPG,1,-1,1\nC:\\x\\000002.jpg,-1,1,-1\n"),
                [[yes, no, yes], [no, yes, no]],
                "",
            ),
            (
                "txt",
                format!(
                    "\u{feff}{}",
                    text("000001.jpg 1 -1 1\n\n000002.jpg -1 1 -1\n").replace('\n', "\r")
                ),
                [[yes, no, yes], [no, yes, no]],
                "",
            ),
            (
                "TXT",
                text("000001.jpg 1 -1 x\n000002.jpg -1 1 2\n"),
                [[yes, no, None], [no, yes, None]],
                "3:000001.jpg: Attractive: \"x\" is not 1, -1, True or False: unknown (2 times, also on line 4)",
            ),
        ] {
            let file = format!("Anno/List_attr_celeba.{name}");
            let root = folder(&PICTURES);
            fs::create_dir(root.path().join("Anno")).unwrap();
            fs::write(root.path().join(file), &table).unwrap();
            let set = open(&root);
            assert_eq!(attributes(&set), expected, "{table}");
            let said = said(&set);
            assert_eq!(
                said.len(),
                usize::from(!notice.is_empty()),
                "{table} {said:?}"
            );
            assert!(said.iter().all(|s| s.contains(notice)), "{table} {said:?}");
        }
    }

    #[test]
    fn foreign_columns_are_text_unless_they_are_marks() {
        let names = "image_id,Smiling,age,Masked,Young,smiling";
        let table = format!("{names}\n000001.jpg,1,35,1,0,1\n000002.jpg,0,0,0,1,0\n");
        let root = folder(&[&PICTURES[..], &[("list_attr_celeba.csv", &table)]].concat());
        let set = open(&root);
        assert_eq!(set.columns, ["age", "Masked", "smiling"]);
        let columns: Vec<Vec<&str>> = set
            .samples
            .iter()
            .map(|s| s.columns.iter().map(|c| &**c).collect())
            .collect();
        assert_eq!(columns, [["35", "1", "1"], ["0", "-1", "-1"]]);
        assert_eq!(set.samples[1].annotation.known(1), 2);
        assert!(
            said(&set)[0].contains("\"smiling\" is there twice"),
            "{:?}",
            said(&set)
        );
    }

    #[test]
    fn tables_without_first_lines_are_read_in_celebas_own_order() {
        let row = |name: &str, value: &str| format!("{name}{}\n", format!(" {value}").repeat(40));
        let rows = row("000001.jpg", "1") + &row("000002.jpg", "-1");
        let points = "000001.jpg 69 110 108 111 88 130 73 152 105 151\n\
            000002.jpg 70 x 108 111 88 131 73 152 105 151\n000002.jpg 1 2\n";
        let partition = "image_id,partition\n000001.jpg,0.0\n000002.jpg,2.0\n";
        let identities = "000001.jpg 17.0\n000002.jpg 18.0\n";
        let csv = rows.replace(' ', ",");
        let short = "000001.jpg 1 -1\n".to_owned() + &row("000002.jpg", "1");
        for (name, table, count, begins, faces) in [
            (
                "list_attr_celeba.txt",
                &rows,
                [40, 40],
                "1:neither a number of rows nor names",
                2,
            ),
            (
                "list_attr_celeba.txt",
                &format!("2\n{rows}"),
                [40, 40],
                "2:no names of columns",
                2,
            ),
            (
                "list_attr_celeba.csv",
                &csv,
                [40, 40],
                "1:no names of columns",
                2,
            ),
            ("list_attr_celeba.txt", &short, [0, 40], "1:neither", 2),
        ] {
            let root = folder(
                &[
                    &PICTURES[..],
                    &[
                        (name, table),
                        ("list_landmarks_align_celeba.txt", points),
                        ("list_eval_partition.csv", partition),
                        ("identity_CelebA.txt", identities),
                    ],
                ]
                .concat(),
            );
            let set = open(&root);
            assert_eq!(set.samples.len(), faces, "{:?}", said(&set));
            let mut samples = set.samples.clone();
            samples.sort_by(|a, b| a.path.cmp(&b.path));
            let known: Vec<_> = samples.iter().map(|s| s.annotation.known(1)).collect();
            assert_eq!(known, count, "{table}");
            let points: Vec<_> = samples.iter().map(|s| s.annotation.known(0)).collect();
            assert_eq!(points, [5, 4]);
            let identities: Vec<_> = samples.iter().map(|s| s.identity.as_deref()).collect();
            assert_eq!(identities, [Some("17"), Some("18")]);
            let splits: Vec<_> = samples.iter().map(|s| s.split).collect();
            assert_eq!(splits, [Some(Split::Train), Some(Split::Test)]);
            let said = said(&set);
            assert!(said[0].starts_with(begins), "{begins} {said:?}");
            for part in [
                "2:000002.jpg: lefteye: \"x\" is not a number: unknown",
                "3:000002.jpg is there twice",
            ] {
                assert!(said.iter().any(|s| s.starts_with(part)), "{part}: {said:?}");
            }
            let lost = said
                .iter()
                .any(|s| s == "1:000001.jpg: 2 values where 40 belong");
            assert_eq!(lost, count[0] == 0, "{said:?}");
        }
    }

    #[test]
    fn columns_of_points_and_boxes_are_found_by_their_names() {
        let names = "image_id,nose_y,nose_x,lefteye_x,lefteye_y,righteye_x,righteye_y,\
            leftmouth_x,leftmouth_y,rightmouth_x,rightmouth_y,score";
        let points = format!("{names}\n1.jpg,132,88,69,110,108,111,73,152,105,151,0.9\n");
        let boxes = "image_id,width,height,x_1,y_1\n1.jpg,30,40,1,2\n";
        let root = folder(&[
            ("img_celeba/1.jpg", ""),
            ("list_landmarks_celeba.csv", &points),
            ("list_bbox_celeba.csv", boxes),
        ]);
        let set = open(&root);
        let TaskLabels::Points(points) = &set.samples[0].annotation.tasks[0] else {
            unreachable!()
        };
        let at: Vec<_> = points.iter().map(|p| p.at).collect();
        assert_eq!(at[..3], [[69.5, 110.5], [108.5, 111.5], [88.5, 132.5]]);
        let face_box = set.samples[0].face_box.map(|(b, _)| b);
        assert_eq!(face_box, Some(FaceBox::new(1.0, 2.0, 30.0, 40.0)));
        assert!(set.problems.is_empty(), "{:?}", said(&set));
    }

    #[test]
    fn pictures_of_another_size_are_not_aligned_as_celebas() {
        let landmarks = LANDMARKS.replace("ten", "10");
        let landmarks = ("list_landmarks_align_celeba.txt", &*landmarks);
        for (size, source, problems) in [
            ((178, 218), BoxSource::Aligned, 0),
            ((64, 64), BoxSource::Labels, 1),
        ] {
            let root = folder(&[("img_align_celeba/2.jpg", ""), landmarks]);
            let picture = root.path().join("img_align_celeba/1.jpg");
            image::RgbImage::new(size.0, size.1).save(picture).unwrap();
            let set = open(&root);
            let sources: Vec<_> = set.samples.iter().map(|s| s.region().unwrap().1).collect();
            assert_eq!(sources, [source; 2]);
            assert_eq!(set.problems.len(), problems, "{:?}", said(&set));
        }
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
