//! CSV with a row a face, as data sets and predictions come in: columns are found by their names,
//! and a row that cannot be read is known by its line.

use std::collections::HashSet;
use std::fs::File;
use std::path::Path;

use super::DatasetError;
use super::number::{self, CONTINUOUS, shown};
use crate::label::{FaceBox, Schema, TaskKind};

/// A table of which the header was read.
pub struct Table {
    rows: csv::Reader<File>,
    names: Vec<String>,
    taken: HashSet<usize>,
}

/// Where in a row the things stand that every such table has.
pub struct Columns {
    image: usize,
    face: Option<usize>,
    face_box: Option<[usize; 4]>,
    /// Task, point, x and y.
    pub points: Vec<(usize, usize, [usize; 2])>,
    /// Task, attribute and column.
    pub attributes: Vec<(usize, usize, usize)>,
}

/// The fields of a row, one for each column.
pub struct Row<'a>(Vec<&'a str>);

/// Opens a table, by its header.
pub fn open(path: &Path, schema: &Schema) -> Result<(Table, Columns), DatasetError> {
    let file = File::open(path).map_err(DatasetError::io(path))?;
    let mut rows = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(file);
    let header = rows
        .byte_headers()
        .map_err(|e| DatasetError::format(path, e.to_string()))?;
    let name = |field| {
        let name = String::from_utf8_lossy(field);
        name.trim_start_matches('\u{feff}').to_owned()
    };
    let mut table = Table {
        names: header.iter().map(name).collect(),
        rows,
        taken: HashSet::new(),
    };
    let columns = table.columns(schema);
    let columns = columns.map_err(|what| DatasetError::format(path, what))?;
    Ok((table, columns))
}

impl Table {
    /// The column of this name, which is then none of the others.
    pub fn take(&mut self, name: &str) -> Option<usize> {
        let at = self.names.iter().position(|n| n == name)?;
        self.taken.insert(at);
        Some(at)
    }

    /// The columns that nobody took, with their names.
    pub fn others(&self) -> impl Iterator<Item = (usize, &String)> {
        let all = self.names.iter().enumerate();
        all.filter(|(column, _)| !self.taken.contains(column))
    }

    fn columns(&mut self, schema: &Schema) -> Result<Columns, String> {
        let Some(image) = self.take("image") else {
            let names = self.names.join(", ");
            let names = shown(&names);
            return Err(format!("no column \"image\" in the header; it has {names}"));
        };
        let face = self.take("face");
        let face_box = match ["x", "y", "w", "h"].map(|name| self.take(name)) {
            [Some(x), Some(y), Some(w), Some(h)] => Some([x, y, w, h]),
            [None, None, None, None] => None,
            _ => return Err("a box needs the columns x, y, w and h".into()),
        };
        let (mut points, mut attributes) = (Vec::new(), Vec::new());
        for (t, task) in schema.tasks.iter().enumerate() {
            for (i, item) in task.items().enumerate() {
                match task.kind {
                    TaskKind::Binary { .. } => {
                        attributes.extend(self.take(item).map(|c| (t, i, c)));
                    }
                    TaskKind::Points { .. } => {
                        match ["x", "y"].map(|axis| self.take(&format!("{item}_{axis}"))) {
                            [Some(x), Some(y)] => points.push((t, i, [x, y])),
                            [None, None] => {}
                            _ => return Err(format!("{item} needs both {item}_x and {item}_y")),
                        }
                    }
                }
            }
        }
        Ok(Columns {
            image,
            face,
            face_box,
            points,
            attributes,
        })
    }

    /// Hands out each row, or what is wrong with it, with its line.
    pub fn rows(mut self, mut take: impl FnMut(u64, Result<Row, String>)) {
        let mut record = csv::ByteRecord::new();
        loop {
            let start = self.rows.position().line();
            let row = match self.rows.read_byte_record(&mut record) {
                Ok(false) => break,
                Ok(true) => Row::of(&record, self.names.len()),
                Err(e) => Err(e.to_string()),
            };
            take(record.position().map_or(start, csv::Position::line), row);
            if self.rows.is_done() {
                break;
            }
        }
    }
}

impl<'a> Row<'a> {
    fn of(record: &'a csv::ByteRecord, belong: usize) -> Result<Self, String> {
        let count = record.len();
        if count != belong {
            return Err(format!("{count} fields where {belong} belong"));
        }
        let texts = record.iter().map(std::str::from_utf8);
        let texts = texts.collect::<Result<_, _>>();
        Ok(Self(texts.map_err(|_| "not UTF-8")?))
    }

    pub fn text(&self, column: usize) -> &'a str {
        self.0[column]
    }

    /// What stands in a column, if it is there and says anything.
    pub fn filled(&self, column: Option<usize>) -> Option<&'a str> {
        column.map(|c| self.text(c)).filter(|t| !t.is_empty())
    }
}

impl Columns {
    pub fn image<'a>(&self, row: &Row<'a>) -> Result<&'a str, String> {
        let image = row.filled(Some(self.image));
        image.ok_or_else(|| "no image is named".into())
    }

    pub fn face(&self, row: &Row) -> Result<Option<u32>, String> {
        let number = |text: &str| {
            let face = text.parse();
            face.map_err(|_| format!("face {:?} is not a number of a face", shown(text)))
        };
        row.filled(self.face).map(number).transpose()
    }

    pub fn face_box(&self, row: &Row) -> Result<Option<FaceBox>, String> {
        let sides = self.face_box.map(|sides| sides.map(|c| row.text(c)));
        let Some(sides) = sides.filter(|s| s.iter().any(|t| !t.is_empty())) else {
            return Ok(None);
        };
        let [x, y, w, h] = sides.map(|text| number::read(text, CONTINUOUS));
        number::checked(FaceBox::new(x?, y?, w?, h?)).map(Some)
    }
}
