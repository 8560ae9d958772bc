//! The faces that the tables are about, in the order in which they first name them.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use super::Files;
use super::pictures::ALIGNED_SIZE;
use super::table::{BadValue, Listing, Row, Table, Values};
use crate::dataset::Problem;
use crate::dataset::folders::Interner;
use crate::dataset::number::{self, shown};
use crate::dataset::problems::{Problems, kept_row};
use crate::dataset::value_error::ValueError;
use crate::label::FaceBox;

/// Points of the mean aligned face (pixel indices): left eye, right eye, nose, mouth corners. All
/// aligned pictures have about these, hence the same box.
const ALIGNED_POINTS: [[f32; 2]; 5] = [
    [69.5, 111.5],
    [107.5, 111.5],
    [88.5, 132.0],
    [71.5, 152.0],
    [105.5, 152.0],
];

fn aligned_box() -> Option<FaceBox> {
    let whole = FaceBox::around(&ALIGNED_POINTS.map(|p| p.map(|v| v + 0.5)))?;
    // 51.3 and not 51.300003, as which label files would have it.
    let [x, y, w, h] = [whole.x, whole.y, whole.w, whole.h].map(|v| (10.0 * v).round() / 10.0);
    Some(FaceBox::new(x, y, w, h))
}

/// The rows of one table, by the number of the face they are about.
pub struct Rows<'a, T> {
    pub rows: Vec<Row<'a, T>>,
    /// The row of each face; [`NONE`] where there is none.
    pub of: Vec<u32>,
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
    pub fn of(&self, face: usize) -> Option<&T> {
        let row = *self.of.get(face)?;
        self.rows.get(row as usize)?.values.as_ref().ok()
    }

    pub fn line(&self, face: usize) -> Option<u64> {
        let row = *self.of.get(face)?;
        self.rows.get(row as usize).map(|row| row.line)
    }
}

impl<'a> Rows<'a, &'a str> {
    /// Each text once: there are 10,177 identities.
    pub fn describe(&self) -> HashMap<&'a str, Arc<str>> {
        let mut text = Interner::default();
        let values = || {
            let values = self.rows.iter().filter_map(|r| r.values.as_ref().ok());
            values.filter(|v| !number::missing(v))
        };
        // What pandas has made numbers with decimals of were whole ones.
        let whole = values().all(|v| number::without_decimals(v).is_some());
        let name = |v: &'a str| number::without_decimals(v).filter(|_| whole).unwrap_or(v);
        values().map(|v| (*v, text.get(name(v)))).collect()
    }
}

/// The faces in the order in which the tables first name them.
pub struct Faces<'a> {
    pub pictures: &'a Listing,
    pub folder: &'a Path,
    /// The picture of each face.
    pub order: Vec<u32>,
    /// The face of each picture.
    pub face: Vec<u32>,
    pub problems: Vec<Problem>,
    /// Pictures already reported as missing, so that each is named once.
    pub missing: HashSet<String>,
}

impl<'a> Faces<'a> {
    pub fn new(pictures: &'a Listing, folder: &'a Path, problems: Vec<Problem>) -> Self {
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
    pub fn add<'t, T: PartialEq + Send, N: AsRef<str>>(
        &mut self,
        table: &'t Option<(&Path, Table)>,
        columns: &[N],
        parse: impl Fn(Values<'t>, &mut Vec<BadValue>) -> Result<T, ValueError> + Sync,
    ) -> Rows<'t, T> {
        let Some((path, table)) = table else {
            return Rows::default();
        };
        let rows = table.rows(self.pictures, parse);
        let mut of = vec![NONE; self.order.len()];
        let mut gone = HashSet::new();
        let mut problems = Problems::default();
        for (number, row) in (0..).zip(&rows) {
            if let Some(what) = self.place(&rows, number, &mut of, &mut gone) {
                match &row.values {
                    Err(kind) if row.picture.is_some() => {
                        problems.note(row.line, &kind.to_string(), || what);
                    }
                    _ => problems.say(Some(row.line), what),
                }
                continue;
            }
            for (column, what) in row.bad.iter().filter(|_| row.picture.is_some()) {
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
    pub fn aligned_box(&mut self, files: &Files) -> Option<FaceBox> {
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
    fn place<'t, T: PartialEq>(
        &mut self,
        rows: &[Row<'t, T>],
        number: u32,
        of: &mut Vec<u32>,
        gone: &mut HashSet<&'t str>,
    ) -> Option<String> {
        let row = &rows[number as usize];
        let twice = |kept: &str| Some(format!("{} is there twice; {kept}", shown(row.name)));
        let Some(picture) = row.picture else {
            if !gone.insert(row.name) {
                return twice("neither row has a picture");
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
            let first = &rows[known as usize].values;
            let agree = matches!((first, &row.values), (Ok(a), Ok(b)) if a == b);
            return twice(kept_row(agree));
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
