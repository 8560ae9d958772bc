//! CSV with a row a face, as data sets and predictions come in: columns are found by their names,
//! between commas, semicolons or tabs, and what cannot be read is known by its line.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;

use super::DatasetError;
use super::box_columns::BoxColumns;
use super::number::{self, missing, shown};
use super::problems::Problems;
use super::schema_items::plain;
use super::text::{self, Lines};
use super::value_error::ValueError;
use crate::humanize::counted;
use crate::label::{FaceBox, Schema, TaskKind};

/// A table of which the header was read.
pub struct Table {
    text: String,
    /// Where the header begins.
    body: usize,
    delimiter: u8,
    names: Vec<String>,
    taken: HashSet<usize>,
    /// Numbers of rows, which pandas writes into a column without a name.
    index: HashSet<usize>,
    /// What is wrong with the header.
    pub problems: Problems,
}

/// Where in a row the things stand that every such table has.
pub struct Columns {
    image: usize,
    face: Option<usize>,
    face_box: Option<BoxColumns>,
    /// Task, point, x and y.
    pub points: Vec<(usize, usize, [usize; 2])>,
    /// Task, attribute and column.
    pub attributes: Vec<(usize, usize, usize)>,
}

/// The fields of a row, one for each column.
pub struct Row<'a>(Vec<Cow<'a, str>>);

/// A row as it stands in the file, without its end of line, and where its cells are in it.
pub struct RawRow<'a> {
    pub line: u64,
    pub text: &'a str,
    pub cells: Vec<Range<usize>>,
}

/// Opens a table, by its header.
pub fn open(path: &Path, schema: &Schema) -> Result<(Table, Columns), DatasetError> {
    let decoded = text::read(path)?;
    let mut problems = Problems::default();
    if let Some(problem) = decoded.problem(path) {
        problems.say(problem.line, problem.what);
    }
    let text = decoded.text;
    let (body, named) = separator_line(&text);
    let names = |delimiter: u8| -> Result<Vec<String>, csv::Error> {
        let header = reader(&text[body..], delimiter).byte_headers()?.clone();
        let name = |field| String::from_utf8_lossy(field).into_owned();
        Ok(header.iter().map(name).collect())
    };
    let error = |e: csv::Error| DatasetError::format(path, e.to_string());
    let mut best = (named.unwrap_or(b','), Vec::new());
    for delimiter in named.map_or(vec![b',', b';', b'\t', b'|'], |named| vec![named]) {
        let names = names(delimiter).map_err(error)?;
        let found = image_column(&names).is_some();
        if found || names.len() > best.1.len() {
            best = (delimiter, names);
        }
        if found {
            break;
        }
    }
    let (delimiter, names) = best;
    let mut table = Table {
        text,
        body,
        delimiter,
        names,
        taken: HashSet::new(),
        index: HashSet::new(),
        problems,
    };
    let columns = table.columns(path, schema)?;
    table.find_index();
    Ok((table, columns))
}

/// The column that names pictures, as other programs call it where none is called image.
fn image_column(names: &[String]) -> Option<&str> {
    const NAMES: [&str; 14] = [
        "image",
        "filename",
        "imagepath",
        "imagename",
        "imagefile",
        "imagefilename",
        "filepath",
        "path",
        "file",
        "img",
        "imgpath",
        "imgname",
        "picture",
        "imageid",
    ];
    let find = |wanted: &&str| names.iter().find(|name| plain(name) == **wanted);
    NAMES.iter().find_map(find).map(String::as_str)
}

/// The line `sep=;` with which spreadsheets begin: where it ends, and what it names.
fn separator_line(text: &str) -> (usize, Option<u8>) {
    let line = text.split_inclusive('\n').next().unwrap_or("");
    let message = line.trim().trim_matches('"').as_bytes();
    match message {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', named] => (line.len(), Some(*named)),
        _ if line
            .trim_matches(['\r', '\n', '"'])
            .eq_ignore_ascii_case("sep=\t") =>
        {
            (line.len(), Some(b'\t'))
        }
        _ => (0, None),
    }
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .delimiter(delimiter)
        .from_reader(text.as_bytes())
}

impl Table {
    /// The column of this name, which is then none of the others; in other case or with other
    /// signs where only one is.
    pub fn take(&mut self, name: &str) -> Option<usize> {
        let wanted = plain(name);
        // With a sign at its end this program writes what is another column of that name.
        let alike = |n: &str| n == name || (plain(n) == wanted && !n.ends_with('_'));
        let free = |c: &usize| !self.taken.contains(c) && alike(&self.names[*c]);
        let alike: Vec<usize> = (0..self.names.len()).filter(free).collect();
        let exact = alike.iter().copied().find(|c| self.names[*c] == name);
        let at = exact.or((alike.len() == 1).then(|| alike.first().copied()).flatten());
        if alike.len() > 1 {
            let names: Vec<String> = alike
                .iter()
                .map(|c| format!("{:?}", self.names[*c]))
                .collect();
            let names = names.join(" and ");
            let what = match at {
                Some(_) => format!("columns {names}: the first {name:?} is read, the rest is text"),
                None => format!("columns {names}: each may be {name}, so none is read"),
            };
            self.problems.say(Some(self.header_line()), what);
        }
        self.taken.extend(at);
        at
    }

    /// The columns that nobody took, with their names.
    pub fn others(&self) -> impl Iterator<Item = (usize, &String)> {
        let all = self.names.iter().enumerate();
        all.filter(|(column, _)| !self.taken.contains(column) && !self.index.contains(column))
    }

    /// The one free column of a name as [`plain`] has it.
    pub fn find(&self, name: &str) -> Option<usize> {
        let is = |c: &usize| {
            !self.taken.contains(c)
                && plain(&self.names[*c]) == name
                && !self.names[*c].ends_with('_')
        };
        let mut alike = (0..self.names.len()).filter(is);
        alike.next().filter(|_| alike.next().is_none())
    }

    fn header_line(&self) -> u64 {
        let rest = self.text[self.body..].trim_start_matches(['\r', '\n']);
        Lines::of(&self.text).line(self.text.len() - rest.len())
    }

    /// Columns without a name that only number the rows.
    fn find_index(&mut self) {
        let unnamed = |name: &str| name.is_empty() || name.starts_with("Unnamed:");
        let columns = self.others().filter(|(_, name)| unnamed(name));
        let mut index: HashSet<usize> = columns.map(|(column, _)| column).collect();
        if !index.is_empty() {
            self.rows(|_, row| {
                if let Ok(row) = row {
                    index.retain(|c| number::integer(row.text(*c)).is_ok());
                }
            });
        }
        self.index = index;
    }

    fn columns(&mut self, path: &Path, schema: &Schema) -> Result<Columns, DatasetError> {
        let image_name = image_column(&self.names).map(str::to_owned);
        let image = image_name.as_ref().and_then(|name| self.take(name));
        let face = self.take("face");
        let face_box = self.box_columns();
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
                            _ => self.incomplete(&format!(
                                "{item} needs both {item}_x and {item}_y: it is not read"
                            )),
                        }
                    }
                }
            }
        }
        // Under another name it is a table of faces only if it says something of them.
        let own = image_name
            .as_ref()
            .is_some_and(|name| plain(name) == "image");
        let says = face_box.is_some() || !points.is_empty() || !attributes.is_empty();
        let Some(image) = image.filter(|_| own || says) else {
            let names = self.names.join(", ");
            let names = shown(&names);
            let what = format!("no column \"image\" in the header; it has {names}");
            return Err(DatasetError::format(path, what));
        };
        if let (false, Some(name)) = (own, image_name) {
            self.incomplete(&format!(
                "no column \"image\": {name:?} is taken for the pictures' names"
            ));
        }
        Ok(Columns {
            image,
            face,
            face_box,
            points,
            attributes,
        })
    }

    /// The columns of boxes, in one of the ways in which programs write them.
    fn box_columns(&mut self) -> Option<BoxColumns> {
        let Some(found) = BoxColumns::find(|name| self.find(name)) else {
            let sides = ["x", "y", "w", "h"].map(|name| self.take(name));
            if sides.iter().any(Option::is_some) {
                self.incomplete(
                    "a box needs the columns x, y, w and h, or xmin, ymin, xmax and ymax: no box is read",
                );
            }
            return None;
        };
        self.taken.extend(found.columns);
        if !found.is_own() {
            let names = found.columns.map(|c| self.names[c].as_str());
            let [a, b, c, d] = names;
            let how = if found.corners { "corners" } else { "sides" };
            let what = format!("boxes are read by the {how} {a}, {b}, {c} and {d}");
            self.incomplete(&what);
        }
        Some(found)
    }

    fn incomplete(&mut self, what: &str) {
        self.problems.say(Some(self.header_line()), what);
    }

    /// Hands out each row, or what is wrong with it, with its line. Rows in which nothing stands
    /// are passed over.
    pub fn rows(&self, mut take: impl FnMut(u64, Result<Row, ValueError>)) {
        self.each(|line, text, record| {
            let breaks = text.trim_end().matches('\n').count();
            take(line, self.row(record, breaks));
        });
    }

    /// The same as they stand in the file.
    fn each<'a>(&'a self, mut take: impl FnMut(u64, &'a str, &csv::ByteRecord)) {
        let mut rows = reader(&self.text[self.body..], self.delimiter);
        let mut lines = Lines::of(&self.text);
        let mut record = csv::ByteRecord::new();
        // The header is read first, so that what comes next is where it ends.
        if rows.byte_headers().is_err() {
            return;
        }
        loop {
            let from = self.body + rows.position().byte() as usize;
            match rows.read_byte_record(&mut record) {
                Ok(true) => {}
                // Reading from memory does not fail.
                Ok(false) | Err(_) => break,
            }
            if record.iter().all(<[u8]>::is_empty) {
                continue;
            }
            // A row begins after the ends of lines that belong to the one before or to none.
            let rest = self.text.get(from..).unwrap_or("");
            let begins = from + rest.len() - rest.trim_start_matches(['\r', '\n']).len();
            let line = lines.line(begins);
            let to = self.body + rows.position().byte() as usize;
            let inside = self.text.get(begins..to).unwrap_or("");
            take(line, inside.trim_end_matches(['\r', '\n']), &record);
        }
    }

    /// What stands before the first row, with the end of its line; and all rows that say something.
    pub fn raw(&self) -> (&str, Vec<RawRow<'_>>) {
        let mut rows = Vec::new();
        let mut head = self.text.as_str();
        self.each(|line, text, _| {
            if rows.is_empty() {
                let begins = text.as_ptr() as usize - self.text.as_ptr() as usize;
                head = &self.text[..begins];
            }
            let cells = cells(text, self.delimiter);
            rows.push(RawRow { line, text, cells });
        });
        (head, rows)
    }

    pub fn width(&self) -> usize {
        self.names.len()
    }

    /// Cells as they stand in a row of this table, between its signs.
    pub fn joined<'a>(&self, cells: impl IntoIterator<Item = &'a str>) -> String {
        let each = cells.into_iter().map(|cell| self.cell(cell));
        each.collect::<Vec<_>>().join(&self.between().to_string())
    }

    /// A text as it stands in a cell.
    pub fn cell(&self, text: &str) -> String {
        let between = self.between();
        let plain = |c: char| c != between && !['"', '\n', '\r'].contains(&c);
        match text.chars().all(plain) && text.trim() == text {
            true => text.to_owned(),
            false => format!("\"{}\"", text.replace('"', "\"\"")),
        }
    }

    /// The sign between columns.
    pub fn between(&self) -> char {
        char::from(self.delimiter)
    }

    fn row<'a>(&self, record: &'a csv::ByteRecord, breaks: usize) -> Result<Row<'a>, ValueError> {
        let (count, belong) = (record.len(), self.names.len());
        if count < belong || record.iter().skip(belong).any(|f| !f.is_empty()) {
            let (found, expected) = (counted(count, "field"), belong);
            return Err(match breaks {
                0 => ValueError::Count { found, expected },
                lines => ValueError::QuotedCount {
                    found,
                    expected,
                    lines,
                },
            });
        }
        let fields = record
            .iter()
            .take(belong)
            .enumerate()
            .map(|(column, field)| {
                let text = String::from_utf8_lossy(field);
                match self.delimiter != b',' && self.taken.contains(&column) {
                    true => with_point(text),
                    false => text,
                }
            });
        Ok(Row(fields.collect()))
    }
}

/// Where the cells of a row are, with their quotes.
fn cells(row: &str, delimiter: u8) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    // Quotes begin at the start of a cell; two of them inside are one of its text.
    let (mut from, mut in_quotes, mut ended) = (0, false, None);
    for (at, byte) in row.bytes().enumerate() {
        match byte {
            b'"' if in_quotes => (in_quotes, ended) = (false, Some(at + 1)),
            b'"' if at == from || ended == Some(at) => in_quotes = true,
            _ if byte == delimiter && !in_quotes => {
                all.push(from..at);
                from = at + 1;
            }
            _ => {}
        }
    }
    all.push(from..row.len());
    all
}

/// A number with a decimal comma, as spreadsheets write it where something else ends columns.
pub fn with_point(text: Cow<str>) -> Cow<str> {
    match text.split_once(',') {
        Some((_, part)) if part.starts_with(|c: char| c.is_ascii_digit()) => {
            let point = text.replacen(',', ".", 1);
            let number = point.parse::<f64>().is_ok();
            if number { point.into() } else { text }
        }
        _ => text,
    }
}

impl Row<'_> {
    pub fn text(&self, column: usize) -> &str {
        &self.0[column]
    }

    /// What stands in a column, if it is there and says anything.
    pub fn filled(&self, column: Option<usize>) -> Option<&str> {
        column.map(|c| self.text(c)).filter(|t| !missing(t))
    }
}

impl Columns {
    pub fn image<'a>(&self, row: &'a Row) -> Result<&'a str, ValueError> {
        let image = row.filled(Some(self.image));
        image.ok_or(ValueError::NoImage)
    }

    /// What a table with these columns says of faces: "boxes, 5 points"; nothing where it says none.
    pub fn describe(&self) -> String {
        let boxes = self.face_box.is_some().then(|| "boxes".to_owned());
        let counts = [
            (self.points.len(), "point"),
            (self.attributes.len(), "attribute"),
        ];
        let counts = counts.into_iter().filter(|(n, _)| *n > 0);
        let counts = counts.map(|(n, one)| counted(n, one));
        boxes
            .into_iter()
            .chain(counts)
            .collect::<Vec<_>>()
            .join(", ")
    }

    pub fn image_column(&self) -> usize {
        self.image
    }

    pub fn face_column(&self) -> Option<usize> {
        self.face
    }

    pub fn box_columns(&self) -> Option<&BoxColumns> {
        self.face_box.as_ref()
    }

    pub fn has_face(&self) -> bool {
        self.face.is_some()
    }

    /// Whether rows with other boxes are other faces: so it is in other programs' tables, which have no
    /// numbers of faces.
    pub fn counts_by_boxes(&self) -> bool {
        let other = |columns: &BoxColumns| !columns.is_own();
        self.face.is_none() && self.face_box.as_ref().is_some_and(other)
    }

    pub fn face(&self, row: &Row) -> Result<Option<u32>, ValueError> {
        let Some(text) = row.filled(self.face) else {
            return Ok(None);
        };
        let number = number::integer(text).ok().flatten();
        let face = number.and_then(|n| u32::try_from(n).ok());
        face.map(Some)
            .ok_or_else(|| ValueError::Face(shown(text).into()))
    }

    pub fn face_box(&self, row: &Row) -> Result<Option<FaceBox>, ValueError> {
        let columns = self.face_box.as_ref();
        columns.map_or(Ok(None), |columns| columns.read(|c| row.text(c)))
    }

    /// The columns with the sizes of pictures that programs write beside the corners of boxes.
    pub fn picture_size(&self, table: &Table) -> Option<[usize; 2]> {
        let corners = self.face_box.as_ref().is_some_and(|b| b.corners);
        let [w, h] = ["width", "height"].map(|name| table.find(name));
        w.zip(h).filter(|_| corners).map(<[usize; 2]>::from)
    }
}

#[cfg(test)]
mod tests;
