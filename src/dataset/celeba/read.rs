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
    let whole = FaceBox::around(&ALIGNED_POINTS.map(|p| p.map(|v| v + 0.5)))?;
    // 51.3 and not 51.300003, as which label files would have it.
    let [x, y, w, h] = [whole.x, whole.y, whole.w, whole.h].map(|v| (10.0 * v).round() / 10.0);
    Some(FaceBox::new(x, y, w, h))
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
mod tests;
