//! CSV with a row a face, as data sets and predictions come in: columns are found by their names,
//! between commas, semicolons or tabs, and what cannot be read is known by its line.

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::Path;

use super::DatasetError;
use super::number::{self, CONTINUOUS, missing, shown};
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
    face_box: Option<[usize; 4]>,
    /// Task, point, x and y.
    pub points: Vec<(usize, usize, [usize; 2])>,
    /// Task, attribute and column.
    pub attributes: Vec<(usize, usize, usize)>,
}

/// The fields of a row, one for each column.
pub struct Row<'a>(Vec<Cow<'a, str>>);

/// Opens a table, by its header.
pub fn open(path: &Path, schema: &Schema) -> Result<(Table, Columns), DatasetError> {
    let text = text::read(path)?;
    let (body, named) = separator_line(&text);
    let names = |delimiter: u8| -> Result<Vec<String>, csv::Error> {
        let header = reader(&text[body..], delimiter).byte_headers()?.clone();
        let name = |field| String::from_utf8_lossy(field).into_owned();
        Ok(header.iter().map(name).collect())
    };
    let error = |e: csv::Error| DatasetError::format(path, e.to_string());
    let mut best = (named.unwrap_or(b','), Vec::new());
    for delimiter in named.map_or(vec![b',', b';', b'\t'], |named| vec![named]) {
        let names = names(delimiter).map_err(error)?;
        let found = names.iter().any(|name| plain(name) == "image");
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
        problems: Problems::default(),
    };
    let columns = table.columns(path, schema)?;
    table.find_index();
    Ok((table, columns))
}

/// The line `sep=;` with which spreadsheets begin: where it ends, and what it names.
fn separator_line(text: &str) -> (usize, Option<u8>) {
    let line = text.split_inclusive('\n').next().unwrap_or("");
    let words = line.trim().trim_matches('"').as_bytes();
    match words {
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
        let Some(image) = self.take("image") else {
            let names = self.names.join(", ");
            let names = shown(&names);
            let what = format!("no column \"image\" in the header; it has {names}");
            return Err(DatasetError::format(path, what));
        };
        let face = self.take("face");
        let sides = ["x", "y", "w", "h"].map(|name| self.take(name));
        let face_box = match sides {
            [Some(x), Some(y), Some(w), Some(h)] => Some([x, y, w, h]),
            [None, None, None, None] => None,
            _ => {
                self.incomplete("a box needs the columns x, y, w and h: no box is read");
                None
            }
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
                            _ => self.incomplete(&format!(
                                "{item} needs both {item}_x and {item}_y: it is not read"
                            )),
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

    fn incomplete(&mut self, what: &str) {
        self.problems.say(Some(self.header_line()), what);
    }

    /// Hands out each row, or what is wrong with it, with its line. Rows in which nothing stands
    /// are passed over.
    pub fn rows(&self, mut take: impl FnMut(u64, Result<Row, ValueError>)) {
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
            let inside = self.text.get(begins..to).unwrap_or("").trim_end();
            take(line, self.row(&record, inside.matches('\n').count()));
        }
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
                match self.delimiter == b';' && self.taken.contains(&column) {
                    true => with_point(text),
                    false => text,
                }
            });
        Ok(Row(fields.collect()))
    }
}

/// A number with a decimal comma, as spreadsheets write it where columns end with semicolons.
fn with_point(text: Cow<str>) -> Cow<str> {
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

    pub fn has_face(&self) -> bool {
        self.face.is_some()
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
        let sides = self.face_box.map(|sides| sides.map(|c| row.text(c)));
        let Some(sides) = sides.filter(|s| !s.iter().all(|text| missing(text))) else {
            return Ok(None);
        };
        for (name, text) in ["x", "y", "w", "h"].into_iter().zip(sides) {
            if missing(text) {
                return Err(ValueError::BoxSide(name));
            }
        }
        let [x, y, w, h] = sides.map(|text| number::read(text, CONTINUOUS));
        number::checked(FaceBox::new(x?, y?, w?, h?)).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> (Table, Columns) {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a.csv");
        std::fs::write(&path, text).unwrap();
        open(&path, &Schema::face()).unwrap()
    }

    fn rows(text: &str) -> Vec<(u64, Result<String, String>)> {
        let mut all = Vec::new();
        table(text).0.rows(|line, row| {
            let row = row.map(|row| row.0.join("|")).map_err(|e| e.to_string());
            all.push((line, row));
        });
        all
    }

    #[test]
    fn rows_have_the_lines_on_which_they_begin() {
        for (text, lines) in [
            ("image,Male\na,1\nb,1\n", &[2, 3][..]),
            ("image,Male\r\na,1\r\nb,1\r\n", &[2, 3]),
            ("image,Male\ra,1\rb,1", &[2, 3]),
            ("\u{feff}image,Male\r\na,1\r\n", &[2]),
            ("\n\nimage,Male\n\n\na,1\n\n  \n,\nb,1", &[6, 10]),
            ("image,note\na,\"x\ny\r\nz\"\nb,\"1\"\n", &[2, 5]),
            ("sep=;\r\nimage;Male\r\na;1\r\n", &[3]),
            ("image,Male\n\"a\",1\n\n\"b\",1\n", &[2, 4]),
            ("image,\"two\nlines\"\na,1\n", &[3]),
            ("image\tMale\na\t1\n", &[2]),
        ] {
            let found: Vec<u64> = rows(text).iter().map(|r| r.0).collect();
            assert_eq!(found, lines, "{text:?}");
        }
    }

    #[test]
    fn wrong_rows_say_what_they_take_with_them() {
        let text = "image,Male,x\na,1,2,,\nb,1\nc,\"1,2\nd,1,2\ne,1,2\n";
        let found = rows(text);
        assert_eq!(found[0], (2, Ok("a|1|2".into())), "empty fields at the end");
        assert_eq!(found[1], (3, Err("2 fields where 3 belong".into())));
        let quoted = "2 fields where 3 belong (a quote takes in this line and 2 more)";
        assert_eq!(found[2], (4, Err(quoted.into())));
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn columns_are_found_in_other_case_and_named_where_they_are_not() {
        let (table, columns) = table(
            ",Image,FACE,X,y,W,left-eye_X,Left Eye Y,nose_x,smiling,Male,male,high_cheekbones,\
             high cheekbones,pose,Young_\n0,a,1,1,1,1,1,1,1,1,1,1,1,1,left,1\n",
        );
        assert_eq!((columns.points.len(), columns.attributes.len()), (1, 2));
        assert!(columns.face.is_some() && columns.face_box.is_none());
        let others: Vec<&str> = table.others().map(|o| o.1.as_str()).collect();
        assert_eq!(
            others,
            [
                "male",
                "high_cheekbones",
                "high cheekbones",
                "pose",
                "Young_"
            ]
        );
        let all: Vec<String> = table
            .problems
            .of(Path::new("a.csv"))
            .map(|p| p.to_string())
            .collect();
        let all = all.join("\n");
        for part in [
            "a.csv:1: a box needs",
            "nose needs both",
            "\"Male\" and \"male\": the first",
            "each may be High_Cheekbones",
        ] {
            assert!(all.contains(part), "{part}: {all}");
        }
    }

    #[test]
    fn decimal_commas_are_read_between_semicolons() {
        let found = rows("image;x;note;Male\na;70,5;1,5;-1,0\n\"1,2.png\";x;;\n");
        assert_eq!(found[0].1, Ok("a|70.5|1,5|-1.0".into()), "a note stays");
        assert_eq!(found[1].1, Ok("1,2.png|x||".into()));
    }
}
