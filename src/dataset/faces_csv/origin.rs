//! A table that was read, for writing it again: rows of which nothing was edited stay letter by letter
//! but for the name of the picture, and of others what was not edited, whatever program wrote them.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use super::super::csv_table::{self, RawRow, Table};
use super::columns::{Column, cell, columns, says};
use super::{extra_columns, file, read};
use crate::dataset::check_labels::check_labels;
use crate::dataset::export::exported_faces::ExportedFaces;
use crate::dataset::export::names::Names;
use crate::dataset::{Sample, celeba};
use crate::label::Schema;

/// The one table that a set was read from.
pub struct Origin {
    path: PathBuf,
    table: Table,
    /// What stands in each of its columns, as far as that is known.
    columns: HashMap<usize, Column>,
    /// The faces as they were read, by the lines of their rows.
    faces: HashMap<u32, Sample>,
    /// Boxes tell the faces of a picture apart, for lack of numbers.
    boxes_count: bool,
    /// How the table says that an attribute is there, and that it is not.
    signs: [String; 2],
}

impl Origin {
    /// `None` where something else was read.
    pub fn of(sources: &[PathBuf], schema: &Schema) -> Option<Self> {
        let [source] = sources else { return None };
        if celeba::Files::at(source).is_some() {
            return None;
        }
        let path = match source.is_dir() {
            true => file(source)?,
            false => source.clone(),
        };
        let (mut table, known) = csv_table::open(&path, schema).ok()?;
        let mut set = read(&path, schema).ok()?;
        check_labels(&mut set);
        let mut columns = HashMap::from([(known.image_column(), Column::Image)]);
        columns.extend(known.face_column().map(|at| (at, Column::Face)));
        if let Some(boxes) = known.box_columns() {
            let end = |i: usize| match boxes.corners && i > 1 {
                true => Column::BoxEnd(i - 2),
                false => Column::Box(i),
            };
            columns.extend((0..).zip(boxes.columns).map(|(i, at)| (at, end(i))));
        }
        for (t, i, axes) in &known.points {
            columns.extend(
                (0..)
                    .zip(axes)
                    .map(|(a, at)| (*at, Column::Point(*t, *i, a))),
            );
        }
        columns.extend(
            known
                .attributes
                .iter()
                .map(|(t, i, at)| (*at, Column::Attribute(*t, *i))),
        );
        let extra = extra_columns(&mut table, &known, schema);
        let states = known.points.iter().zip(extra.states);
        columns.extend(states.filter_map(|((t, i, _), at)| Some((at?, Column::State(*t, *i)))));
        let sources = extra.sources.into_iter();
        columns.extend(sources.map(|(t, i, at)| (at, Column::Source(t, i))));
        for (at, column) in [
            (extra.angle, Column::Angle),
            (extra.split, Column::Split),
            (extra.identity, Column::Identity),
        ] {
            columns.extend(at.map(|at| (at, column)));
        }
        columns.extend(
            (0..)
                .zip(table.others())
                .map(|(c, (at, _))| (at, Column::Foreign(c))),
        );
        let line = |sample: &Sample| sample.labelled_at.as_ref()?.line;
        let faces = set.samples.into_iter();
        let faces: HashMap<u32, Sample> = faces.filter_map(|s| Some((line(&s)?, s))).collect();
        let signs = signs(&table, &columns, &faces);
        Some(Self {
            path: real(&path),
            boxes_count: known.counts_by_boxes(),
            table,
            columns,
            faces,
            signs,
        })
    }

    /// The table with the faces that are kept; `None` where it cannot hold them as it is.
    pub fn table(&self, kept: &ExportedFaces, names: &Names) -> Option<String> {
        let mut by_line: HashMap<u32, &Sample> = HashMap::new();
        let mut new = Vec::new();
        for sample in &kept.samples {
            match &sample.labelled_at {
                Some(at) if self.is_here(&at.file) => drop(by_line.insert(at.line?, sample)),
                Some(_) => return None,
                None => new.push(*sample),
            }
        }
        let more = self.more_columns(kept, &by_line, &new);
        let (head, rows) = self.table.raw();
        let newline = if head.ends_with("\r\n") { "\r\n" } else { "\n" };
        let between = self.table.between();
        let mut text = head.trim_end_matches(['\r', '\n']).to_owned();
        for (name, _) in &more {
            text.push(between);
            text += &self.table.cell(name);
        }
        text += newline;
        for row in &rows {
            let Some(now) = by_line.get(&u32::try_from(row.line).ok()?) else {
                continue;
            };
            let was = self.faces.get(&u32::try_from(row.line).ok()?)?;
            if row.cells.len() < self.table.width() {
                return None;
            }
            if !more.is_empty() && row.cells.len() != self.table.width() {
                return None;
            }
            text += &self.row(row, (was, now), names);
            for (_, column) in &more {
                text.push(between);
                text += &self.table.cell(&self.text(column, now, names));
            }
            text += newline;
        }
        for now in new {
            let own = (0..self.table.width()).map(|at| {
                let column = self.columns.get(&at);
                column.map_or(String::new(), |column| self.text(column, now, names))
            });
            let more = more.iter().map(|(_, column)| self.text(column, now, names));
            let cells: Vec<String> = own.chain(more).collect();
            text += &self.table.joined(cells.iter().map(String::as_str));
            text += newline;
        }
        Some(text)
    }

    fn is_here(&self, file: &Path) -> bool {
        file == self.path || real(file) == self.path
    }

    /// Columns that the table lacks for what was edited.
    fn more_columns(
        &self,
        kept: &ExportedFaces,
        by_line: &HashMap<u32, &Sample>,
        new: &[&Sample],
    ) -> Vec<(String, Column)> {
        let mut all = columns(kept);
        all.retain(|(_, column)| {
            // Ends of boxes stand for their sides.
            let there = |known: &Column| match column {
                Column::Box(side @ 2..) => known == column || *known == Column::BoxEnd(side - 2),
                _ => known == column,
            };
            if self.columns.values().any(there) {
                return false;
            }
            if *column == Column::Face && self.boxes_count {
                return false;
            }
            let differs = |(line, now): (&u32, &&Sample)| {
                let was = self.faces.get(line);
                says(column, now) && was.is_none_or(|was| cell(column, was) != cell(column, now))
            };
            by_line.iter().any(differs) || new.iter().any(|now| says(column, now))
        });
        all
    }

    /// A row as it was but for what was edited.
    fn row(&self, row: &RawRow, (was, now): (&Sample, &Sample), names: &Names) -> String {
        let mut changed: BTreeMap<usize, String> = BTreeMap::new();
        for (at, column) in &self.columns {
            let differs = match column {
                Column::Image => self.image(row, *at) != names.text(&now.path),
                Column::Face | Column::Foreign(_) => false,
                column => cell(column, was) != cell(column, now),
            };
            if differs {
                changed.insert(*at, self.text(column, now, names));
            }
        }
        let mut text = String::with_capacity(row.text.len());
        let mut from = 0;
        for (at, new) in changed {
            let cell = row.cells[at].clone();
            text += &row.text[from..cell.start];
            text += &self.table.cell(&new);
            from = cell.end;
        }
        text + &row.text[from..]
    }

    fn image(&self, row: &RawRow, at: usize) -> String {
        let cell = row.text[row.cells[at].clone()].trim();
        let inside = cell.strip_prefix('"').and_then(|c| c.strip_suffix('"'));
        inside.map_or(cell.to_owned(), |inside| inside.replace("\"\"", "\""))
    }

    /// A cell as this table has such.
    fn text(&self, column: &Column, sample: &Sample, names: &Names) -> String {
        let text = match column {
            Column::Image => names.text(&sample.path),
            column => cell(column, sample),
        };
        let [yes, no] = &self.signs;
        match (column, &*text) {
            (Column::Attribute(..), "1") => yes.clone(),
            (Column::Attribute(..), "-1") => no.clone(),
            _ => text,
        }
    }
}

/// What the table writes for an attribute that is there and for one that is not, most often.
fn signs(
    table: &Table,
    columns: &HashMap<usize, Column>,
    faces: &HashMap<u32, Sample>,
) -> [String; 2] {
    let mut counts: [HashMap<String, usize>; 2] = Default::default();
    let of_attributes = columns
        .iter()
        .filter(|(_, c)| matches!(c, Column::Attribute(..)));
    let of_attributes: Vec<(&usize, &Column)> = of_attributes.collect();
    for row in table.raw().1 {
        let face = u32::try_from(row.line)
            .ok()
            .and_then(|line| faces.get(&line));
        let Some(face) = face.filter(|_| row.cells.len() >= table.width()) else {
            continue;
        };
        for (at, column) in &of_attributes {
            let which = match &*cell(column, face) {
                "1" => 0,
                "-1" => 1,
                _ => continue,
            };
            let sign = row.text[row.cells[**at].clone()].trim();
            let sign = sign.trim_matches('"');
            match counts[which].get_mut(sign) {
                Some(count) => *count += 1,
                None => drop(counts[which].insert(sign.to_owned(), 1)),
            }
        }
    }
    let [yes, no] = counts.map(|counts| {
        let most = counts
            .into_iter()
            .max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)));
        most.map(|(sign, _)| sign)
    });
    [
        yes.unwrap_or_else(|| "1".into()),
        no.unwrap_or_else(|| "-1".into()),
    ]
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
