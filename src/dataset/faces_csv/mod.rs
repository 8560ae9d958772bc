//! `faces.csv`: one row a face. Columns are found by name: `image`, `face`, `x,y,w,h`, `angle`,
//! `split`, `identity`; `NAME_x`, `NAME_y` and `NAME_state` of each point; attributes with 1, −1
//! or nothing. Every other column is kept as text.

mod write;

use std::collections::HashSet;
use std::path::Path;

use super::folders::{Folders, Words, folder_of};
use super::number::{self, CONTINUOUS, FROM_ZERO};
use super::{BoxSource, Dataset, DatasetError, Problem, Sample, Split, name_of};
use crate::label::{FaceBox, PointLabel, PointState, Presence, Schema, TaskKind, TaskLabels};
pub use write::write;

pub fn read(path: &Path, schema: &Schema) -> Result<Dataset, DatasetError> {
    let mut table = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_path(path)
        .map_err(|e| DatasetError::format(path, e.to_string()))?;
    let header = table
        .byte_headers()
        .map_err(|e| DatasetError::format(path, e.to_string()))?;
    let names: Vec<String> = header
        .iter()
        .map(|h| {
            String::from_utf8_lossy(h)
                .trim_start_matches('\u{feff}')
                .to_owned()
        })
        .collect();
    let columns = Columns::find(&names, schema).map_err(|e| DatasetError::format(path, e))?;
    let folder = folder_of(path);
    let mut rows = Rows {
        folder,
        schema,
        columns: &columns,
        folders: Folders::default(),
        words: Words::default(),
    };
    let mut set = Dataset {
        name: name_of(if path.ends_with("faces.csv") {
            folder
        } else {
            path
        }),
        schema: schema.clone(),
        samples: Vec::new(),
        columns: columns.foreign.iter().map(|&c| names[c].clone()).collect(),
        problems: Vec::new(),
    };
    let mut seen = HashSet::new();
    let mut record = csv::ByteRecord::new();
    loop {
        let line = table.position().line();
        let row = match table.read_byte_record(&mut record) {
            Ok(false) => break,
            Ok(true) if record.len() != names.len() => Err(format!(
                "{} fields where {} belong",
                record.len(),
                names.len()
            )),
            Ok(true) => rows.sample(&record),
            Err(e) => Err(e.to_string()),
        };
        let line = record.position().map_or(line, csv::Position::line);
        match row {
            Ok(sample) if seen.insert((sample.path.clone(), sample.face)) => {
                set.samples.push(sample);
            }
            Ok(sample) => {
                let what = format!(
                    "{} face {} is there twice; the first row is kept",
                    sample.path.display(),
                    sample.face
                );
                set.problems.push(Problem::new(path, Some(line), what));
            }
            Err(what) => set.problems.push(Problem::new(path, Some(line), what)),
        }
        if table.is_done() {
            break;
        }
    }
    Ok(set)
}

/// Where in a row each thing stands.
struct Columns {
    image: usize,
    face: Option<usize>,
    face_box: Option<[usize; 4]>,
    angle: Option<usize>,
    split: Option<usize>,
    identity: Option<usize>,
    /// (task, point, x, y, state)
    points: Vec<(usize, usize, usize, usize, Option<usize>)>,
    /// (task, attribute, column)
    attributes: Vec<(usize, usize, usize)>,
    foreign: Vec<usize>,
}

impl Columns {
    fn find(names: &[String], schema: &Schema) -> Result<Self, String> {
        let mut taken = HashSet::new();
        let mut find = |name: &str| {
            let at = names.iter().position(|n| n == name)?;
            taken.insert(at);
            Some(at)
        };
        let image = find("image").ok_or_else(|| {
            format!(
                "no column \"image\" in the header; it has {}",
                number::shown(&names.join(", "))
            )
        })?;
        let (face, split) = (find("face"), find("split"));
        let (identity, angle) = (find("identity"), find("angle"));
        let sides = ["x", "y", "w", "h"].map(&mut find);
        let face_box = match sides {
            [Some(x), Some(y), Some(w), Some(h)] => Some([x, y, w, h]),
            [None, None, None, None] => None,
            _ => return Err("a box needs the columns x, y, w and h".into()),
        };
        let (mut points, mut attributes) = (Vec::new(), Vec::new());
        for (t, task) in schema.tasks.iter().enumerate() {
            for (i, item) in task.items().enumerate() {
                match task.kind {
                    TaskKind::Binary { .. } => attributes.extend(find(item).map(|c| (t, i, c))),
                    TaskKind::Points { .. } => {
                        let state = find(&format!("{item}_state"));
                        match (find(&format!("{item}_x")), find(&format!("{item}_y"))) {
                            (Some(x), Some(y)) => points.push((t, i, x, y, state)),
                            (None, None) => {}
                            _ => return Err(format!("{item} needs both {item}_x and {item}_y")),
                        }
                    }
                }
            }
        }
        let foreign = (0..names.len()).filter(|c| !taken.contains(c)).collect();
        Ok(Self {
            image,
            face,
            face_box,
            angle,
            split,
            identity,
            points,
            attributes,
            foreign,
        })
    }
}

struct Rows<'a> {
    folder: &'a Path,
    schema: &'a Schema,
    columns: &'a Columns,
    folders: Folders,
    words: Words,
}

impl Rows<'_> {
    fn sample(&mut self, record: &csv::ByteRecord) -> Result<Sample, String> {
        let mut texts = Vec::with_capacity(record.len());
        for field in record {
            texts.push(std::str::from_utf8(field).map_err(|_| "not UTF-8".to_owned())?);
        }
        let text = |column: usize| texts[column];
        let columns = self.columns;
        let image = text(columns.image);
        if image.is_empty() {
            return Err("no image is named".into());
        }
        let path = self.folder.join(image);
        if !self.folders.have(&path) {
            return Err(format!("{image}: no such picture"));
        }
        let mut sample = Sample::unlabelled(&path, self.schema);
        if let Some(column) = columns.face.filter(|c| !text(*c).is_empty()) {
            sample.face = text(column)
                .parse()
                .map_err(|_| format!("face {:?} is not a number", text(column)))?;
        }
        sample.face_box = self.face_box(&texts)?.map(|b| (b, BoxSource::DataSet));
        sample.split = columns.split.map_or(Ok(None), |c| Split::parse(text(c)))?;
        sample.identity = columns
            .identity
            .filter(|c| !text(*c).is_empty())
            .map(|c| self.words.get(texts[c]));
        for &(t, i, x, y, state) in &columns.points {
            let label = point(text(x), text(y), state.map(text))?;
            if let TaskLabels::Points(labels) = &mut sample.annotation.tasks[t] {
                labels[i] = label;
            }
        }
        for &(t, i, column) in &columns.attributes {
            let value = presence(text(column))?;
            if let TaskLabels::Binary(labels) = &mut sample.annotation.tasks[t] {
                labels[i] = value;
            }
        }
        sample.columns = columns
            .foreign
            .iter()
            .map(|&c| self.words.get(texts[c]))
            .collect();
        Ok(sample)
    }

    fn face_box(&self, texts: &[&str]) -> Result<Option<FaceBox>, String> {
        let Some(sides) = self.columns.face_box else {
            return Ok(None);
        };
        if sides.iter().all(|&c| texts[c].is_empty()) {
            return Ok(None);
        }
        let [x, y, w, h] = sides.map(|c| number::read(texts[c], CONTINUOUS));
        let mut face_box = FaceBox::new(x?, y?, w?, h?);
        if let Some(column) = self.columns.angle.filter(|c| !texts[*c].is_empty()) {
            face_box.angle = number::read(texts[column], CONTINUOUS)?;
        }
        if !face_box.is_valid() {
            let FaceBox { w, h, .. } = face_box;
            return Err(format!("a box of {w} by {h} pixels"));
        }
        Ok(Some(face_box))
    }
}

fn point(x: &str, y: &str, state: Option<&str>) -> Result<PointLabel, String> {
    let state = match state.unwrap_or_default() {
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
