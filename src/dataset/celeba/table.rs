//! The rows of CelebA's tables. There are 202,599 in each, so all cores read them, and a row's
//! picture is found by its place: the tables have the order of the sorted names.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use rayon::prelude::*;

use crate::dataset::attribute_value::AttributeValue;
use crate::dataset::csv_table::with_point;
use crate::dataset::number::{self, shown};
use crate::dataset::{DatasetError, Problem, ValueError, paths, text};
use crate::photo::is_picture;

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableFormat {
    /// As distributed: words between spaces; a first line with the number of rows and a second
    /// one with the names of the columns, where the table has names.
    Text,
    /// As it is also spread: commas, and a first line `image_id,…` with the names.
    Csv,
}

/// The pictures of a folder, sorted by name.
pub struct Listing {
    names: Vec<String>,
    /// By their names in other case, where only one is; made when it is first needed.
    folded: OnceLock<HashMap<String, Option<u32>>>,
}

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
        Ok(Self {
            names,
            folded: OnceLock::new(),
        })
    }

    pub fn len(&self) -> usize {
        self.names.len()
    }

    pub fn name(&self, picture: u32) -> &str {
        &self.names[picture as usize]
    }

    /// The number of a picture, which is `guess` more often than not. A table of `.jpg` names
    /// also serves the same pictures as PNG, in which form the aligned ones are distributed too;
    /// folders before the name and its case are passed over.
    fn find(&self, name: &str, guess: usize) -> Option<u32> {
        if self.names.get(guess).is_some_and(|n| n == name) {
            return Some(guess as u32);
        }
        let search = |name: &str| self.names.binary_search_by(|n| n.as_str().cmp(name)).ok();
        let png = |name: &str| search(&format!("{}.png", name.strip_suffix(".jpg")?));
        let exact = |name: &str| search(name).or_else(|| png(name)).map(|at| at as u32);
        exact(name).or_else(|| {
            let base = paths::parts(name).next()?;
            exact(base).or_else(|| {
                let folded = paths::folded(base);
                let png = folded
                    .strip_suffix(".jpg")
                    .map(|stem| format!("{stem}.png"));
                let of = |name: &str| self.folded().get(name).copied().flatten();
                of(&folded).or_else(|| of(&png?))
            })
        })
    }

    fn folded(&self) -> &HashMap<String, Option<u32>> {
        self.folded.get_or_init(|| {
            let mut all = HashMap::with_capacity(self.names.len());
            for (at, name) in (0..).zip(&self.names) {
                let one = all.entry(paths::folded(name));
                one.and_modify(|one| *one = None).or_insert(Some(at));
            }
            all
        })
    }
}

/// A table that was read, before its rows are.
pub struct Table {
    text: String,
    form: TableFormat,
    /// What stands between the values of a CSV.
    sign: char,
    /// Values before the picture's name: pandas numbers the rows of what it writes.
    before: usize,
    /// Where the rows begin.
    body: usize,
    first_line: u64,
    /// How many rows the file says it has.
    announced: Option<usize>,
    /// The names of the columns, without the picture's.
    pub names: Vec<String>,
    /// The first lines are as the originals have them.
    original: bool,
}

/// A value that cannot be read: its column, and what is wrong.
pub type BadValue = (usize, ValueError);

pub struct Row<'a, T> {
    pub line: u64,
    pub name: &'a str,
    /// The picture's number in the listing, if it is there.
    pub picture: Option<u32>,
    pub values: Result<T, ValueError>,
    pub bad: Vec<BadValue>,
}

/// The values of a row, after the name of the picture.
#[derive(Clone)]
pub enum Values<'a> {
    Text(std::str::SplitAsciiWhitespace<'a>),
    Csv(std::str::Split<'a, char>),
}

impl<'a> Iterator for Values<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        match self {
            Self::Text(text) => text.next(),
            Self::Csv(fields) => fields.next().map(|f| f.trim().trim_matches('"')),
        }
    }
}

impl TableFormat {
    pub fn of(path: &Path) -> Self {
        match path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("csv"))
        {
            true => Self::Csv,
            false => Self::Text,
        }
    }

    pub fn values(self, line: &str) -> Values<'_> {
        self.separated(line, ',')
    }

    fn separated(self, line: &str, sign: char) -> Values<'_> {
        match self {
            Self::Text => Values::Text(line.split_ascii_whitespace()),
            Self::Csv => Values::Csv(line.split(sign)),
        }
    }
}

/// Whether a word is a value and not the name of a column.
fn is_value(word: &str) -> bool {
    number::known(word).is_ok() || AttributeValue::word(word).is_some()
}

/// Whether words are a row of a table and not the names of its columns.
fn is_row(words: &[&str]) -> bool {
    let [first, values @ ..] = words else {
        return false;
    };
    let all = || values.iter().all(|v| is_value(v));
    !values.is_empty() && (is_picture(Path::new(first)) || all())
}

/// The number of rows, where a line says nothing else; spreadsheets fill it up with commas.
fn number_of_rows(line: &str) -> Option<i64> {
    number::integer(line.trim().trim_end_matches([',', ';'])).ok()?
}

impl Table {
    /// Reads a file and its first lines. `own` are the columns that CelebA's own table has, none
    /// where it has no names. What is wrong with these lines and can be done without becomes a
    /// problem.
    pub fn open(
        path: &Path,
        own: &[&str],
        problems: &mut Vec<Problem>,
    ) -> Result<Self, DatasetError> {
        let decoded = text::read(path)?;
        problems.extend(decoded.problem(path));
        let text = decoded.text;
        // The number of rows tells nothing of the form; the names may be written otherwise than
        // the rows.
        let lines = text.lines().filter(|l| !l.trim().is_empty());
        let lines = lines.filter(|line| number_of_rows(line).is_none());
        let first: Vec<&str> = lines.take(2).collect();
        let count = |sign: char| first.iter().map(|l| l.matches(sign).count()).max();
        // A text with commas or semicolons is the CSV under the other's name.
        let form = match TableFormat::of(path) {
            TableFormat::Text if count(',').max(count(';')) > Some(0) => TableFormat::Csv,
            form => form,
        };
        let sign = [';', '\t']
            .into_iter()
            .find(|sign| count(*sign) > Some(0) && count(*sign) >= count(','));
        let mut table = Self {
            text: match sign {
                Some(sign) => with_points(&text, sign),
                None => text,
            },
            form,
            sign: sign.unwrap_or(','),
            before: 0,
            body: 0,
            first_line: 1,
            announced: None,
            names: Vec::new(),
            original: sign.is_none() && form == TableFormat::of(path),
        };
        table.pass_blank();
        let counts = TableFormat::of(path) == TableFormat::Text && !own.is_empty();
        let start = table.line();
        let mut counted = !counts;
        if counts && let Some(number) = number_of_rows(&start) {
            table.announced = usize::try_from(number).ok();
            table.skip_line();
            table.pass_blank();
            counted = true;
        }
        let line = table.line();
        let words: Vec<&str> = form.separated(&line, table.sign).collect();
        let mut wrong = None;
        match own.is_empty() {
            // Columns have names, unless what stands there are values.
            false if !is_row(&words) => {
                if !counted && form == TableFormat::Text {
                    let start = shown(start.trim());
                    wrong = Some((
                        table.first_line,
                        format!("{start:?} where the number of rows belongs"),
                    ));
                }
                table.take_names();
            }
            false => {
                let how = match counted {
                    true => "no names of columns",
                    false => "neither a number of rows nor names of columns",
                };
                let what = format!(
                    "{how} before the first row: values are read in CelebA's own order, {} to {}",
                    own[0],
                    own[own.len() - 1]
                );
                wrong = Some((table.first_line, what));
                table.names = own.iter().map(|name| (*name).to_owned()).collect();
                table.original = false;
            }
            true if !is_row(&words) => table.take_names(),
            true => {}
        }
        if let Some((line, what)) = wrong {
            problems.push(Problem::new(path, Some(line), what));
        }
        Ok(table)
    }

    /// The line at which reading stands.
    fn line(&self) -> String {
        let rest = &self.text[self.body..];
        rest.lines().next().unwrap_or("").to_owned()
    }

    fn pass_blank(&mut self) {
        while self.body < self.text.len() && self.line().trim().is_empty() {
            self.skip_line();
            self.original = false;
        }
    }

    /// Takes the line with the names of the columns.
    fn take_names(&mut self) {
        let line = self.line();
        let form = match line.contains(self.sign) {
            true => self.form,
            false => TableFormat::Text,
        };
        let text = form.separated(&line, self.sign);
        let mut names: Vec<String> = text.map(str::to_owned).collect();
        self.skip_line();
        let row = self.line();
        let values = self.form.separated(&row, self.sign).count();
        let image = |name: &String| name.eq_ignore_ascii_case("image_id");
        // The table of boxes names the picture's column, the other texts do not.
        let with_picture = match self.form {
            TableFormat::Csv => {
                let as_text = self.announced.is_some() || form == TableFormat::Text;
                names.first().is_some_and(image) || !as_text || values != names.len() + 1
            }
            TableFormat::Text => names.first().is_some_and(image) || values == names.len(),
        };
        if with_picture {
            if let Some(before) = names.iter().position(image).filter(|at| *at == 1) {
                self.before = before;
            }
            self.original &= self.before == 0 && names.first().is_some_and(image);
            names.drain(..names.len().min(1 + self.before));
        }
        self.names = names;
    }

    /// Whether a table is written just as this program writes that form, so that its lines can be
    /// taken over.
    pub fn is_original(path: &Path, own: &[&str]) -> bool {
        Self::open(path, own, &mut Vec::new()).is_ok_and(|table| table.original)
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
        parse: impl Fn(Values<'a>, &mut Vec<BadValue>) -> Result<T, ValueError> + Sync,
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
        parse: impl Fn(Values<'a>, &mut Vec<BadValue>) -> Result<T, ValueError>,
    ) -> Vec<Row<'a, T>> {
        let mut guess = 0;
        let mut rows = Vec::new();
        for (line, content) in (start..).zip(piece.lines()) {
            let mut values = self.form.separated(content, self.sign);
            let name = values.nth(self.before).unwrap_or("");
            if name.is_empty() && values.clone().all(str::is_empty) {
                continue;
            }
            let picture = pictures.find(name, guess);
            guess = picture.map_or(guess, |p| p as usize + 1);
            let mut bad = Vec::new();
            rows.push(Row {
                line,
                name,
                picture,
                values: parse(values, &mut bad),
                bad,
            });
        }
        rows
    }

    /// A wrong number of rows in the first line.
    pub fn miscount(&self, rows: usize) -> Option<String> {
        let announced = self.announced.filter(|n| *n != rows)?;
        Some(format!(
            "the first line announces {announced} rows; there are {rows}"
        ))
    }
}

/// The text with points in place of decimal commas.
fn with_points(text: &str, sign: char) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        for (at, field) in line.split(sign).enumerate() {
            if at > 0 {
                out.push(sign);
            }
            let whole = field.trim_end();
            out.push_str(&with_point(whole.into()));
            out.push_str(&field[whole.len()..]);
        }
    }
    out
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
