//! `faces.csv`: one row a face. Columns are found by name: `image`, `face`, `x,y,w,h`, `angle`,
//! `split`, `identity`; `NAME_x`, `NAME_y` and `NAME_state` of each point; attributes with 1, −1
//! or nothing. Every other column is kept as text.

mod write;

use std::collections::HashSet;
use std::path::Path;

use super::folders::{Folders, Words, folder_of};
use super::number::{self, CONTINUOUS, FROM_ZERO};
use super::rows::{self, Columns, Row};
use super::{BoxSource, Dataset, DatasetError, Problem, Sample, Split, name_of};
use crate::label::{PointLabel, PointState, Presence, Schema, TaskLabels};
pub use write::write;

pub fn read(path: &Path, schema: &Schema) -> Result<Dataset, DatasetError> {
    let (mut table, columns) = rows::open(path, schema)?;
    let folder = folder_of(path);
    let states = columns.points.iter().map(|(t, i, _)| {
        let name = schema.tasks[*t].items().nth(*i)?;
        table.take(&format!("{name}_state"))
    });
    let mut reader = Reader {
        folder,
        schema,
        states: states.collect(),
        angle: table.take("angle"),
        split: table.take("split"),
        identity: table.take("identity"),
        foreign: table.others().map(|(column, _)| column).collect(),
        columns,
        folders: Folders::default(),
        words: Words::default(),
    };
    let whole_folder = path.ends_with("faces.csv");
    let mut set = Dataset {
        name: name_of(if whole_folder { folder } else { path }),
        schema: schema.clone(),
        samples: Vec::new(),
        columns: table.others().map(|(_, name)| name.clone()).collect(),
        problems: Vec::new(),
    };
    let mut seen = HashSet::new();
    table.rows(|line, row| {
        let what = match row.and_then(|row| reader.sample(&row)) {
            Ok(sample) if seen.insert((sample.path.clone(), sample.face)) => {
                return set.samples.push(sample);
            }
            Ok(Sample { path, face, .. }) => {
                let path = path.display();
                format!("{path} face {face} is there twice; the first row is kept")
            }
            Err(what) => what,
        };
        set.problems.push(Problem::new(path, Some(line), what));
    });
    Ok(set)
}

struct Reader<'a> {
    folder: &'a Path,
    schema: &'a Schema,
    columns: Columns,
    /// Those of [`Columns::points`].
    states: Vec<Option<usize>>,
    angle: Option<usize>,
    split: Option<usize>,
    identity: Option<usize>,
    foreign: Vec<usize>,
    folders: Folders,
    words: Words,
}

impl Reader<'_> {
    fn sample(&mut self, row: &Row) -> Result<Sample, String> {
        let columns = &self.columns;
        let image = columns.image(row)?;
        let path = self.folder.join(image);
        if !self.folders.have(&path) {
            return Err(format!("{image}: no such picture"));
        }
        let mut sample = Sample::unlabelled(&path, self.schema);
        sample.face = columns.face(row)?.unwrap_or(0);
        if let Some(mut face_box) = columns.face_box(row)? {
            if let Some(angle) = row.filled(self.angle) {
                face_box.angle = number::read(angle, CONTINUOUS)?;
            }
            sample.face_box = Some((number::checked(face_box)?, BoxSource::DataSet));
        }
        sample.split = Split::parse(row.filled(self.split).unwrap_or(""))?;
        sample.identity = row.filled(self.identity).map(|text| self.words.get(text));
        for (&(t, i, [x, y]), state) in columns.points.iter().zip(&self.states) {
            let state = row.filled(*state).unwrap_or("");
            if let TaskLabels::Points(labels) = &mut sample.annotation.tasks[t] {
                labels[i] = point(row.text(x), row.text(y), state)?;
            }
        }
        for &(t, i, column) in &columns.attributes {
            if let TaskLabels::Binary(labels) = &mut sample.annotation.tasks[t] {
                labels[i] = presence(row.text(column))?;
            }
        }
        let foreign = self.foreign.iter();
        sample.columns = foreign.map(|&c| self.words.get(row.text(c))).collect();
        Ok(sample)
    }
}

fn point(x: &str, y: &str, state: &str) -> Result<PointLabel, String> {
    let state = match state {
        "unknown" => return Ok(PointLabel::default()),
        _ if x.is_empty() && y.is_empty() => return Ok(PointLabel::default()),
        "" | "visible" => PointState::Visible,
        "occluded" => PointState::Occluded,
        other => {
            return Err(format!(
                "state {other:?} is not visible, occluded or unknown"
            ));
        }
    };
    // Labels name pixel centres.
    let at = [number::read(x, FROM_ZERO)?, number::read(y, FROM_ZERO)?];
    Ok(PointLabel { at, state })
}

fn presence(text: &str) -> Result<Presence, String> {
    match text {
        "" | "0" => Ok(Presence::Unknown),
        "1" => Ok(Presence::Present),
        "-1" => Ok(Presence::Absent),
        other => Err(format!("{other:?} is not 1, -1 or empty")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TABLE: &str = "\
image,face,x,y,w,h,split,left_eye_x,left_eye_y,left_eye_state,Smiling,pose\n\
a.png,0,1,2,30,40,train,10,11,,1,frontal\n\
a.png,1,,,,,val,10,11,occluded,-1,left\n\
b.png,0,1,2,30,40,train,10,11,,1,\n\
a.png,2,1,2,0,40,train,10,11,,1,\n\
a.png,3,1,2,9,40,train,ten,11,,1,\n\
a.png,0,1,2,9,40,train,10,11,,1,\n\
a.png,4,1\n\
a.png,5,,,,,,,,,,\n";

    fn read_text(text: &[u8]) -> Result<Dataset, DatasetError> {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("a.png"), "").unwrap();
        std::fs::write(root.path().join("faces.csv"), text).unwrap();
        super::super::open(root.path(), &Schema::face())
    }

    #[test]
    fn rows_are_read_and_broken_ones_named_by_line() {
        let set = read_text(TABLE.as_bytes()).unwrap();
        let faces: Vec<u32> = set.samples.iter().map(|s| s.face).collect();
        assert_eq!(faces, [0, 1, 5]);
        assert_eq!(set.columns, ["pose"]);
        assert_eq!(&*set.samples[0].columns[0], "frontal");
        assert_eq!(set.samples[1].split, Some(Split::Validation));
        let TaskLabels::Points(points) = &set.samples[1].annotation.tasks[0] else {
            unreachable!()
        };
        assert_eq!(
            (points[0].at, points[0].state),
            ([10.5, 11.5], PointState::Occluded)
        );
        let lines: Vec<_> = set.problems.iter().map(|p| p.line.unwrap()).collect();
        assert_eq!(lines, [4, 5, 6, 7, 8], "{:?}", set.problems);
    }

    #[test]
    fn a_header_without_image_is_refused() {
        let error = read_text(b"picture,x\na.png,1\n").unwrap_err().to_string();
        assert!(
            error.contains("image") && error.contains("faces.csv"),
            "{error}"
        );
    }

    proptest! {
        #[test]
        fn mutated_tables_never_panic(
            at in any::<prop::sample::Index>(), with: Vec<u8>, cut in 0usize..20,
        ) {
            let mut text = TABLE.as_bytes().to_vec();
            let at = at.index(text.len());
            text.splice(at..(at + cut).min(text.len()), with);
            let _ = read_text(&text);
        }
    }
}
