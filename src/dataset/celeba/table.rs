//! The rows of CelebA's tables. There are 202,599 in each, so all cores read them, and a row's
//! picture is found by its place: the tables have the order of the sorted names.

use std::fs;
use std::path::Path;

use rayon::prelude::*;

use crate::dataset::number::shown;
use crate::dataset::{DatasetError, Problem};

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As distributed: words between spaces; a first line with the number of rows and a second
    /// one with the names of the columns, where the table has names.
    Text,
    /// As it is also spread: commas, and a first line `image_id,…` with the names.
    Csv,
}

/// The pictures of a folder, sorted by name.
pub struct Listing(Vec<String>);

impl Listing {
    pub fn of(folder: &Path) -> Result<Self, DatasetError> {
        let mut names = Vec::new();
        for entry in fs::read_dir(folder).map_err(DatasetError::io(folder))? {
            let entry = entry.map_err(DatasetError::io(folder))?;
            if let Ok(name) = entry.file_name().into_string() {
                names.push(name);
            }
        }
        names.par_sort_unstable();
        Ok(Self(names))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn name(&self, picture: u32) -> &str {
        &self.0[picture as usize]
    }

    /// The number of a picture, which is `guess` more often than not. A table of `.jpg` names
    /// also serves the same pictures as PNG, in which form the aligned ones are distributed too.
    fn find(&self, name: &str, guess: usize) -> Option<u32> {
        if self.0.get(guess).is_some_and(|n| n == name) {
            return Some(guess as u32);
        }
        let search = |name: &str| self.0.binary_search_by(|n| n.as_str().cmp(name)).ok();
        let png = || search(&format!("{}.png", name.strip_suffix(".jpg")?));
        search(name).or_else(png).map(|at| at as u32)
    }
}

/// A table that was read, before its rows are.
pub struct Table {
    text: String,
    form: Form,
    /// Where the rows begin.
    body: usize,
    first_line: u64,
    /// How many rows the file says it has.
    announced: Option<usize>,
    /// The names of the columns, without the picture's.
    pub names: Vec<String>,
}

pub struct Row<'a, T> {
    pub line: u64,
    pub name: &'a str,
    /// The picture's number in the listing, if it is there.
    pub picture: Option<u32>,
    pub values: Result<T, String>,
}

/// The values of a row, after the name of the picture.
pub enum Values<'a> {
    Text(std::str::SplitAsciiWhitespace<'a>),
    Csv(std::str::Split<'a, char>),
}

impl<'a> Iterator for Values<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        match self {
            Self::Text(words) => words.next(),
            Self::Csv(fields) => fields.next().map(|f| f.trim().trim_matches('"')),
        }
    }
}

impl Form {
    pub fn of(path: &Path) -> Self {
        match path.extension().is_some_and(|e| e == "csv") {
            true => Self::Csv,
            false => Self::Text,
        }
    }

    pub fn values(self, line: &str) -> Values<'_> {
        match self {
            Self::Text => Values::Text(line.split_ascii_whitespace()),
            Self::Csv => Values::Csv(line.split(',')),
        }
    }
}

impl Table {
    /// Reads a file and its first lines; `named` says whether its columns have names. What is
    /// wrong with these lines and can be done without becomes a problem.
    pub fn open(
        path: &Path,
        named: bool,
        problems: &mut Vec<Problem>,
    ) -> Result<Self, DatasetError> {
        let bytes = fs::read(path).map_err(DatasetError::io(path))?;
        let text = String::from_utf8(bytes)
            .unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned());
        let form = Form::of(path);
        let mut table = Self {
            body: if text.starts_with('\u{feff}') { 3 } else { 0 },
            text,
            form,
            first_line: 1,
            announced: None,
            names: Vec::new(),
        };
        let first = |table: &Self| table.text[table.body..].lines().next().map(str::to_owned);
        if form == Form::Text && named {
            let line = first(&table).unwrap_or_default();
            match line.trim().parse() {
                Ok(number) => {
                    table.announced = Some(number);
                    table.skip_line();
                }
                Err(_) => {
                    let what = format!("{:?} where the number of rows belongs", shown(line.trim()));
                    problems.push(Problem::new(path, Some(1), what));
                }
            }
        }
        let line = first(&table).unwrap_or_default();
        let mut names: Vec<String> = form.values(&line).map(str::to_owned).collect();
        let headed = match form {
            Form::Text => named,
            Form::Csv => named || names.first().is_some_and(|n| n == "image_id"),
        };
        if headed {
            // The table of boxes names the picture's column, the other texts do not.
            if form == Form::Csv || names.first().is_some_and(|n| n == "image_id") {
                names.drain(..names.len().min(1));
            }
            table.names = names;
            table.skip_line();
        }
        Ok(table)
    }

    fn skip_line(&mut self) {
        let rest = &self.text[self.body..];
        self.body += rest.find('\n').map_or(rest.len(), |at| at + 1);
        self.first_line += 1;
    }

    /// Reads all rows, on all cores.
    pub fn rows<'a, T: Send>(
        &'a self,
        pictures: &Listing,
        parse: impl Fn(Values<'a>) -> Result<T, String> + Sync,
    ) -> Vec<Row<'a, T>> {
        let pieces = pieces(&self.text[self.body..]);
        let lines: Vec<u64> = pieces
            .par_iter()
            .map(|p| p.bytes().filter(|b| *b == b'\n').count() as u64)
            .collect();
        let mut next = self.first_line;
        let starts: Vec<u64> = lines
            .iter()
            .map(|n| {
                next += n;
                next - n
            })
            .collect();
        let read: Vec<Vec<Row<T>>> = pieces
            .par_iter()
            .zip(starts)
            .map(|(piece, start)| self.piece(piece, start, pictures, &parse))
            .collect();
        let mut rows = Vec::with_capacity(read.iter().map(Vec::len).sum());
        rows.extend(read.into_iter().flatten());
        rows
    }

    fn piece<'a, T>(
        &self,
        piece: &'a str,
        start: u64,
        pictures: &Listing,
        parse: impl Fn(Values<'a>) -> Result<T, String>,
    ) -> Vec<Row<'a, T>> {
        let mut guess = 0;
        let mut rows = Vec::new();
        for (line, content) in (start..).zip(piece.lines()) {
            let mut values = self.form.values(content);
            let Some(name) = values.next().filter(|name| !name.is_empty()) else {
                continue;
            };
            let picture = pictures.find(name, guess);
            guess = picture.map_or(guess, |p| p as usize + 1);
            rows.push(Row {
                line,
                name,
                picture,
                values: parse(values),
            });
        }
        rows
    }

    /// A wrong number of rows in the first line.
    pub fn miscount(&self, path: &Path, rows: usize) -> Option<Problem> {
        let announced = self.announced.filter(|n| *n != rows)?;
        let what = format!("the first line announces {announced} rows; there are {rows}");
        Some(Problem::new(path, Some(1), what))
    }
}

/// Cuts a text at ends of lines into pieces that are worth a thread's while.
fn pieces(mut text: &str) -> Vec<&str> {
    const BYTES: usize = 256 << 10;
    let mut pieces = Vec::new();
    while !text.is_empty() {
        let from = BYTES.min(text.len());
        let end = text.as_bytes()[from..]
            .iter()
            .position(|b| *b == b'\n')
            .map_or(text.len(), |at| from + at + 1);
        let (piece, rest) = text.split_at(end);
        pieces.push(piece);
        text = rest;
    }
    pieces
}
