//! Two forms. JSON lines as `predict` writes them, one a picture:
//! `{"image": …, "faces": [{"face": 0, "box": [x, y, w, h], TASK: {POINT: [x, y], …},
//! TASK: {ATTRIBUTE: probability, …}}]}`; and CSV, a row a face, with the columns `image`, and as
//! far as there are such `face`, `x, y, w, h`, `NAME_x, NAME_y` and attributes' probabilities.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde_json::{Map, Value};

use super::{PredictedFace, Predictions, unsaid};
use crate::dataset::number;
use crate::dataset::rows::{self, Columns, Row};
use crate::dataset::{DatasetError, Problem};
use crate::label::{FaceBox, Point, Schema, TaskPrediction};

/// Longer lines are no predictions.
const MAX_LINE_BYTES: u64 = 8 << 20;

/// Reads a file of predictions for the tasks of `schema`; CSV by its extension, else JSON lines.
pub fn read(path: &Path, schema: &Schema) -> Result<Predictions, DatasetError> {
    let is_csv = path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("csv"));
    let mut reader = Reader {
        path,
        schema,
        found: Predictions {
            name: path
                .file_stem()
                .unwrap_or(path.as_os_str())
                .to_string_lossy()
                .into_owned(),
            faces: Vec::new(),
            problems: Vec::new(),
            foreign: Vec::new(),
        },
        foreign: BTreeSet::new(),
        faces_of: HashMap::new(),
    };
    if is_csv {
        reader.csv()?;
    } else {
        let file = File::open(path).map_err(DatasetError::io(path))?;
        reader.json_lines(BufReader::new(file))?;
    }
    reader.found.foreign = reader.foreign.into_iter().collect();
    Ok(reader.found)
}

struct Reader<'a> {
    path: &'a Path,
    schema: &'a Schema,
    found: Predictions,
    foreign: BTreeSet<String>,
    /// How many faces of each picture were read.
    faces_of: HashMap<String, u32>,
}

impl Reader<'_> {
    fn problem(&mut self, line: u64, what: impl Into<String>) {
        let problem = Problem::new(self.path, Some(line), what);
        self.found.problems.push(problem);
    }

    fn add(&mut self, mut face: PredictedFace) {
        let count = self.faces_of.entry(face.image.clone()).or_default();
        face.order = *count;
        *count += 1;
        self.found.faces.push(face);
    }

    fn json_lines(&mut self, mut file: impl BufRead) -> Result<(), DatasetError> {
        let mut bytes = Vec::new();
        for line in 1.. {
            bytes.clear();
            let read = (&mut file)
                .take(MAX_LINE_BYTES)
                .read_until(b'\n', &mut bytes)
                .map_err(DatasetError::io(self.path))?;
            if read == 0 {
                break;
            }
            if read as u64 == MAX_LINE_BYTES && bytes.last() != Some(&b'\n') {
                let what = format!("a line of more than {MAX_LINE_BYTES} bytes");
                return Err(DatasetError::format(self.path, what));
            }
            let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
            if text.trim_ascii().is_empty() {
                continue;
            }
            match serde_json::from_slice(text) {
                Ok(Value::Object(picture)) => self.picture(line, &picture),
                Ok(_) => self.problem(line, "not an object with \"image\" and \"faces\""),
                Err(e) => self.problem(line, format!("not JSON: {e}")),
            }
        }
        Ok(())
    }

    fn picture(&mut self, line: u64, picture: &Map<String, Value>) {
        let Some(image) = picture.get("image").and_then(Value::as_str) else {
            return self.problem(line, "no \"image\"");
        };
        let Some(faces) = picture.get("faces").and_then(Value::as_array) else {
            return self.problem(line, "no list \"faces\"");
        };
        for (n, face) in faces.iter().enumerate() {
            match self.face(line, image, face) {
                Ok(face) => self.add(face),
                Err(what) => {
                    // It keeps its place, so that the next ones keep theirs.
                    *self.faces_of.entry(image.to_owned()).or_default() += 1;
                    self.problem(line, format!("face {n}: {what}"));
                }
            }
        }
    }

    fn face(&mut self, line: u64, image: &str, face: &Value) -> Result<PredictedFace, String> {
        let face = face.as_object().ok_or("not an object")?;
        let mut prediction = unsaid(self.schema);
        for (task, said) in self.schema.tasks.iter().zip(&mut prediction.tasks) {
            let values = match face.get(&task.name) {
                None | Some(Value::Null) => continue,
                Some(Value::Object(values)) => values,
                Some(_) => return Err(format!("{:?} is not an object", task.name)),
            };
            let places: HashMap<&str, usize> = task.items().zip(0..).collect();
            for (name, value) in values.iter().filter(|(_, v)| !v.is_null()) {
                let Some(&item) = places.get(name.as_str()) else {
                    self.foreign.insert(name.clone());
                    continue;
                };
                let named = |e: String| format!("{name}: {e}");
                match said {
                    TaskPrediction::Points(points) => {
                        points[item] = numbers(value).and_then(checked_point).map_err(named)?;
                    }
                    TaskPrediction::Binary(values) => {
                        let p = value.as_f64().ok_or("not a number".to_owned());
                        values[item] = p.and_then(probability).map_err(named)?;
                    }
                }
            }
        }
        let known = |key: &String| {
            ["box", "angle", "face"].contains(&key.as_str()) || self.schema.position(key).is_some()
        };
        let foreign: Vec<_> = face.keys().filter(|k| !known(k)).cloned().collect();
        self.foreign.extend(foreign);
        let number = match face.get("face") {
            None | Some(Value::Null) => None,
            Some(n) => {
                let n = n.as_u64().and_then(|n| u32::try_from(n).ok());
                Some(n.ok_or("\"face\" is not a number of a face")?)
            }
        };
        let face_box = match face.get("box") {
            None | Some(Value::Null) => None,
            Some(sides) => {
                let sides = numbers(sides).map_err(|e| format!("box: {e}"))?;
                let [x, y, w, h] = sides.map(|v: f64| v as f32);
                Some(number::checked(FaceBox::new(x, y, w, h))?)
            }
        };
        Ok(PredictedFace {
            line,
            image: image.to_owned(),
            face: number,
            order: 0,
            face_box,
            prediction,
        })
    }

    fn csv(&mut self) -> Result<(), DatasetError> {
        let (table, columns) = rows::open(self.path, self.schema)?;
        if columns.points.is_empty() && columns.attributes.is_empty() {
            let what = "no column of a point (NAME_x, NAME_y) or an attribute of these tasks";
            return Err(DatasetError::format(self.path, what));
        }
        let foreign = table.others().map(|(_, name)| name.clone());
        self.foreign.extend(foreign);
        table.rows(
            |line, row| match row.and_then(|row| self.row(line, &row, &columns)) {
                Ok(face) => self.add(face),
                Err(what) => self.problem(line, what),
            },
        );
        Ok(())
    }

    fn row(&self, line: u64, row: &Row, columns: &Columns) -> Result<PredictedFace, String> {
        let image = columns.image(row)?.to_owned();
        let mut prediction = unsaid(self.schema);
        for &(t, i, at) in &columns.points {
            let at = at.map(|c| row.text(c));
            if let TaskPrediction::Points(points) = &mut prediction.tasks[t]
                && at != ["", ""]
            {
                let [x, y] = at.map(number::parse);
                points[i] = checked_point([x?, y?])?;
            }
        }
        for &(t, i, column) in &columns.attributes {
            if let TaskPrediction::Binary(values) = &mut prediction.tasks[t]
                && let Some(text) = row.filled(Some(column))
            {
                values[i] = number::parse(text).and_then(probability)?;
            }
        }
        Ok(PredictedFace {
            line,
            image,
            face: columns.face(row)?,
            order: 0,
            face_box: columns.face_box(row)?,
            prediction,
        })
    }
}

/// A list of exactly `N` numbers.
fn numbers<const N: usize>(value: &Value) -> Result<[f64; N], String> {
    let list = value.as_array().map(|l| l.iter().map(Value::as_f64));
    let list: Option<Vec<f64>> = list.and_then(Iterator::collect);
    list.and_then(|l| l.try_into().ok())
        .ok_or_else(|| format!("not a list of {N} numbers"))
}

fn checked_point(at: [f64; 2]) -> Result<Point, String> {
    // No picture is that large; what it would do to a mean is no measure.
    if at.iter().all(|v| v.abs() < 1e6) {
        Ok(at.map(|v| v as f32))
    } else {
        Err(format!("({}, {}) is no place in a picture", at[0], at[1]))
    }
}

fn probability(p: f64) -> Result<f32, String> {
    match (0.0..=1.0).contains(&p) {
        true => Ok(p as f32),
        false => Err(format!("{p} is not a probability")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LINES: &str = r#"{"image":"a.png","faces":[{"box":[1,2,30,40],"landmarks":{"nose":[10.5,11]},"attributes":{"Male":0.25,"Mask":1}},{"face":3,"landmarks":null}]}

{"image":"b.png","faces":[{"attributes":{"Male":1.5}},{"attributes":{"Male":null}}]}
{"image":"c.png"
["a"]
{"faces":[]}
{"image":"d.png","faces":[{"landmarks":{"nose":[1]}}]}
"#;
    const TABLE: &str = "\
image,face,nose_x,nose_y,Male,extra\n\
a.png,1,10.5,11,0.25,z\n\
a.png,,,,,\n\
b.png,0,x,11,0.25,\n\
b.png,0,1,11,-0.25,\n\
b.png,0,1\n";

    fn read_text(name: &str, text: &[u8]) -> Result<Predictions, DatasetError> {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(name);
        std::fs::write(&path, text).unwrap();
        read(&path, &Schema::face())
    }

    fn said(face: &PredictedFace) -> (Point, f32) {
        let [
            TaskPrediction::Points(points),
            TaskPrediction::Binary(values),
        ] = &face.prediction.tasks[..]
        else {
            unreachable!()
        };
        (points[2], values[20])
    }

    #[test]
    fn json_lines_are_read_and_broken_ones_named() {
        let found = read_text("theirs.jsonl", LINES.as_bytes()).unwrap();
        assert_eq!(found.name, "theirs");
        assert_eq!(found.faces.len(), 3);
        let first = &found.faces[0];
        assert_eq!(said(first), ([10.5, 11.0], 0.25));
        assert_eq!(first.face_box, Some(FaceBox::new(1.0, 2.0, 30.0, 40.0)));
        assert_eq!(found.faces[1].face, Some(3));
        let (nose, male) = said(&found.faces[1]);
        assert!(nose[0].is_nan() && male.is_nan(), "unknown, not zero");
        assert_eq!(
            (found.faces[2].image.as_str(), found.faces[2].order),
            ("b.png", 1)
        );
        assert_eq!(found.foreign, ["Mask"]);
        let lines: Vec<_> = found.problems.iter().map(|p| p.line.unwrap()).collect();
        assert_eq!(lines, [3, 4, 5, 6, 7], "{:?}", found.problems);
    }

    #[test]
    fn tables_are_read_and_broken_rows_named() {
        let found = read_text("theirs.csv", TABLE.as_bytes()).unwrap();
        assert_eq!(found.faces.len(), 2);
        assert_eq!(said(&found.faces[0]), ([10.5, 11.0], 0.25));
        assert_eq!((found.faces[1].face, found.faces[1].order), (None, 1));
        assert!(said(&found.faces[1]).1.is_nan());
        assert_eq!(found.foreign, ["extra"]);
        let lines: Vec<_> = found.problems.iter().map(|p| p.line.unwrap()).collect();
        assert_eq!(lines, [4, 5, 6], "{:?}", found.problems);
        for bad in ["picture,Male\n", "image,other\n", "image,nose_x\n"] {
            assert!(read_text("bad.csv", bad.as_bytes()).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn mutated_files_never_panic(
            at in any::<prop::sample::Index>(), with: Vec<u8>, cut in 0usize..20, table: bool,
        ) {
            let (name, text) = if table { ("p.csv", TABLE) } else { ("p.jsonl", LINES) };
            let mut text = text.as_bytes().to_vec();
            let at = at.index(text.len());
            text.splice(at..(at + cut).min(text.len()), with);
            let _ = read_text(name, &text);
        }
    }
}
