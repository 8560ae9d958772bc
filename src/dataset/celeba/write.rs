//! CelebA's tables from samples, column by column as the originals have them. A row of the file
//! that was read which still says the same stays as it was, so that unedited files come out byte
//! for byte the same whatever program wrote them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs;
use std::path::Path;

use super::columns::{BOXES, LANDMARKS, own_attributes};
use super::table::Table;
use super::{Files, TableFormat, tables};
use crate::dataset::export::exported_faces::ExportedFaces;
use crate::dataset::export::names::{Names, one_word};
use crate::dataset::export::target::write_file;
use crate::dataset::number::{self, CONTINUOUS, FROM_ZERO};
use crate::dataset::{BoxSource, DatasetError, Sample, Split, five_points, text};
use crate::label::{TaskKind, TaskLabels};

/// Writes the tables of `kept` into the folder `to`.
pub fn write(
    kept: &ExportedFaces,
    form: TableFormat,
    names: &Names,
    origin: Option<&Files>,
    to: &Path,
) -> Result<(), DatasetError> {
    let aligned = kept.aligned;
    let tables = Tables {
        kept,
        form,
        names,
        to,
    };
    let own = own_attributes();
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    // Lines can be taken over from a table that was written as this one will be.
    let of = |file: fn(&Files) -> &Option<std::path::PathBuf>, own: &[&str]| {
        let path = origin.and_then(|files| file(files).as_deref());
        path.filter(|path| TableFormat::of(path) == form && Table::is_original(path, own))
    };

    let before = of(|f| &f.attributes, &own);
    let columns = attribute_columns(kept, origin.and_then(|f| f.attributes.as_deref()), &own)?;
    let header: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
    let known = |values: &[i64]| values.iter().any(|v| *v != 0);
    // Where nothing is absent, 0 beside 1 would be read as absent.
    let absent = |sample: &&Sample| columns.iter().any(|c| c.value(sample) == -1);
    let unknown = match (kept.samples.iter().any(absent), form) {
        (true, _) => "0",
        (false, TableFormat::Text) => "nan",
        (false, TableFormat::Csv) => "",
    };
    tables.write(tables::ATTRIBUTES, "Anno", &header, before, |sample| {
        let values: Vec<i64> = columns.iter().map(|c| c.value(sample)).collect();
        known(&values).then(|| {
            let text = |v: &i64| {
                if *v == 0 {
                    unknown.to_owned()
                } else {
                    v.to_string()
                }
            };
            values.iter().map(text).collect()
        })
    })?;
    let (name, header) = match aligned {
        true => (tables::ALIGNED_LANDMARKS, &LANDMARKS),
        false => (tables::WILD_LANDMARKS, &LANDMARKS),
    };
    tables.write(
        name,
        "Anno",
        header,
        of(|f| &f.landmarks, header),
        |sample| {
            let points = five_points(sample, &kept.set.schema)?;
            let numbers = points.as_flattened().iter();
            Some(
                numbers
                    .map(|v| number::whole(*v, FROM_ZERO).to_string())
                    .collect(),
            )
        },
    )?;
    if !aligned {
        tables.write(
            tables::BOXES,
            "Anno",
            &BOXES,
            of(|f| &f.boxes, &BOXES),
            |sample| {
                let (b, _) = sample
                    .face_box
                    .filter(|(_, source)| *source != BoxSource::Aligned)?;
                Some(
                    [b.x, b.y, b.w, b.h]
                        .map(|v| number::whole(v, CONTINUOUS).to_string())
                        .to_vec(),
                )
            },
        )?;
    }
    tables.write_text(
        tables::IDENTITIES,
        "Anno",
        "identity",
        of(|f| &f.identities, &[]),
        |sample| sample.identity.as_deref().map(one_word),
    )?;
    tables.write_text(
        tables::PARTITION,
        "Eval",
        "partition",
        of(|f| &f.partition, &[]),
        |sample| {
            Some(Cow::Borrowed(match sample.split? {
                Split::Train => "0",
                Split::Validation => "1",
                Split::Test => "2",
            }))
        },
    )
}

/// A column of the attributes' table: one of the schema, or a foreign one that was read.
struct Column {
    name: String,
    place: Option<(usize, usize)>,
    foreign: Option<usize>,
}

impl Column {
    fn value(&self, sample: &Sample) -> i64 {
        if let Some((task, item)) = self.place
            && let TaskLabels::Binary(values) = &sample.annotation.tasks[task]
        {
            return match values[item].known() {
                Some(true) => 1,
                Some(false) => -1,
                None => 0,
            };
        }
        let text = self.foreign.and_then(|c| sample.columns.get(c));
        text.and_then(|t| t.parse().ok()).unwrap_or(0)
    }
}

/// The columns of the table that was read; else those of which anything is known, or all.
fn attribute_columns(
    kept: &ExportedFaces,
    before: Option<&Path>,
    own: &[&str],
) -> Result<Vec<Column>, DatasetError> {
    let set = kept.set;
    let mut columns = Vec::new();
    for (t, task) in set.schema.tasks.iter().enumerate() {
        if let TaskKind::Binary { attributes } = &task.kind {
            columns.extend(attributes.iter().enumerate().map(|(i, attribute)| Column {
                name: attribute.name.clone(),
                place: Some((t, i)),
                foreign: None,
            }));
        }
    }
    let known = |c: &Column| kept.every_attribute || kept.samples.iter().any(|s| c.value(s) != 0);
    let Some(path) = before else {
        columns.retain(known);
        return Ok(columns);
    };
    let table = Table::open(path, own, &mut Vec::new())?;
    let foreign = |name: &String| {
        Some(Column {
            foreign: Some(set.columns.iter().position(|c| c == name)?),
            name: name.clone(),
            place: None,
        })
    };
    let mut ordered = Vec::new();
    for name in &table.names {
        let at = columns.iter().position(|c| c.name == *name);
        ordered.extend(
            at.map(|at| columns.swap_remove(at))
                .or_else(|| foreign(name)),
        );
    }
    columns.retain(known);
    ordered.extend(columns);
    Ok(ordered)
}

struct Tables<'a> {
    kept: &'a ExportedFaces<'a>,
    form: TableFormat,
    names: &'a Names,
    to: &'a Path,
}

/// The first words of a table, and its rows as picture and text.
struct Draft<'a> {
    /// The line with the names of the columns, if it has one.
    header: Option<String>,
    /// Its rows are numbers, and the first line of a text says how many rows there are.
    numbers: bool,
    counted: bool,
    rows: Vec<(&'a str, String)>,
}

impl Tables<'_> {
    fn write(
        &self,
        name: &str,
        folder: &str,
        header: &[&str],
        before: Option<&Path>,
        values: impl Fn(&Sample) -> Option<Vec<String>>,
    ) -> Result<(), DatasetError> {
        let header = match (self.form, name) {
            (TableFormat::Csv, _) => format!("image_id,{}", header.join(",")),
            (TableFormat::Text, tables::BOXES) => format!("image_id {}", header.join(" ")),
            // The originals end this line with a space.
            (TableFormat::Text, _) => header.join(" ") + " ",
        };
        let rows = self.rows(|sample, picture| {
            let values = values(sample)?;
            Some(match self.form {
                TableFormat::Csv => format!("{picture},{}", values.join(",")),
                TableFormat::Text => format!("{picture} {}", spaced(name, &values)),
            })
        });
        let draft = Draft {
            header: Some(header),
            numbers: true,
            counted: self.form == TableFormat::Text,
            rows,
        };
        self.finish(name, folder, draft, before)
    }

    /// A table of one text a picture, which has names only as CSV.
    fn write_text(
        &self,
        name: &str,
        folder: &str,
        column: &str,
        before: Option<&Path>,
        word: impl Fn(&Sample) -> Option<Cow<str>>,
    ) -> Result<(), DatasetError> {
        let sign = if self.form == TableFormat::Csv {
            ','
        } else {
            ' '
        };
        let rows = self.rows(|sample, picture| Some(format!("{picture}{sign}{}", word(sample)?)));
        let draft = Draft {
            header: (self.form == TableFormat::Csv).then(|| format!("image_id,{column}")),
            numbers: false,
            counted: false,
            rows,
        };
        self.finish(name, folder, draft, before)
    }

    fn rows(&self, row: impl Fn(&Sample, &str) -> Option<String>) -> Vec<(&str, String)> {
        let samples = self.kept.samples.iter();
        samples
            .filter_map(|sample| {
                let picture = self.names.file(&sample.path);
                Some((picture, row(sample, picture)?))
            })
            .collect()
    }

    fn finish(
        &self,
        name: &str,
        folder: &str,
        draft: Draft,
        before: Option<&Path>,
    ) -> Result<(), DatasetError> {
        if draft.rows.is_empty() && before.is_none() {
            return Ok(());
        }
        let (folder, ending) = match self.form {
            TableFormat::Text => (self.to.join(folder), "txt"),
            TableFormat::Csv => (self.to.to_owned(), "csv"),
        };
        let text = match before {
            Some(path) => draft.merged(&text::read(path)?.text, self.form),
            None => draft.text("\n"),
        };
        fs::create_dir_all(&folder).map_err(DatasetError::io(&folder))?;
        let path = folder.join(format!("{name}.{ending}"));
        write_file(&path, text.as_bytes())
    }
}

/// The numbers of a row in the columns of the original table.
fn spaced(table: &str, values: &[String]) -> String {
    let text = |width: usize, values: &[String]| -> String {
        values.iter().map(|v| format!(" {v:>width$}")).collect()
    };
    match table {
        tables::ATTRIBUTES => text(2, values)[1..].to_owned(),
        tables::BOXES => match values {
            [x, rest @ ..] => format!("{x:>5}{}", text(3, rest)),
            [] => String::new(),
        },
        // Two spaces between columns as wide as the row's longest number, the first one cut.
        _ => {
            let longest = values.iter().map(String::len).max().unwrap_or(0);
            text(longest + 1, values).trim_start().to_owned()
        }
    }
}

impl Draft<'_> {
    fn text(&self, newline: &str) -> String {
        let count = self.counted.then(|| self.rows.len().to_string());
        let head = count.as_ref().into_iter().chain(&self.header);
        let rows = self.rows.iter().map(|(_, row)| row);
        let mut text = String::new();
        for line in head.chain(rows) {
            text.push_str(line);
            text.push_str(newline);
        }
        text
    }

    /// The original with what has changed: its order, and every line that says the same. Rows
    /// that are no longer there go, except those that never said anything (a box of no size).
    fn merged(&self, original: &str, form: TableFormat) -> String {
        let newline = if original.contains("\r\n") {
            "\r\n"
        } else {
            "\n"
        };
        let words = |line: &str| -> Vec<String> { form.values(line).map(str::to_owned).collect() };
        let same = |a: &str, b: &str| form.values(a.trim()).eq(form.values(b.trim()));
        let mut lines = original.split_inclusive('\n').peekable();
        let count_line = lines.next_if(|line| self.counted && line.trim().parse::<u64>().is_ok());
        let names_line = match &self.header {
            Some(_) if form == TableFormat::Csv => {
                lines.next_if(|line| words(line).first().is_some_and(|w| w == "image_id"))
            }
            Some(_) => lines.next(),
            None => None,
        };
        let places: HashMap<&str, usize> = (0..).zip(&self.rows).map(|(i, r)| (r.0, i)).collect();
        let mut written = vec![false; self.rows.len()];
        let mut body = String::with_capacity(original.len());
        let (mut before, mut after) = (0, 0);
        for line in lines {
            let mut values = form.values(line.trim());
            let Some(name) = values.next().filter(|name| !name.is_empty()) else {
                body.push_str(line);
                continue;
            };
            before += 1;
            match places.get(name) {
                Some(&at) if !std::mem::replace(&mut written[at], true) => {
                    let row = &self.rows[at].1;
                    match same(row, line) {
                        true => body.push_str(line),
                        false => body += &format!("{row}{newline}"),
                    }
                }
                None if self.numbers && values.all(|v| v == "0") => body.push_str(line),
                _ => continue,
            }
            after += 1;
        }
        let new = self.rows.iter().zip(written).filter(|(_, w)| !w);
        for ((_, row), _) in new {
            if !body.is_empty() && !body.ends_with('\n') {
                body.push_str(newline);
            }
            body += &format!("{row}{newline}");
            after += 1;
        }
        let mut text = String::with_capacity(body.len() + 1024);
        if self.counted {
            match count_line.filter(|_| before == after) {
                Some(line) => text.push_str(line),
                None => text += &format!("{after}{newline}"),
            }
        }
        if let Some(header) = &self.header {
            match names_line.filter(|line| same(header, line)) {
                Some(line) => text.push_str(line),
                None => text += &format!("{header}{newline}"),
            }
        }
        text + &body
    }
}
