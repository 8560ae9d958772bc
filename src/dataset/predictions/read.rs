//! Two forms. JSON lines as `predict` writes them, one a picture:
//! `{"image": …, "weights": …, "network": …, "faces": [{"face": 0, "box": [x, y, w, h], TASK: {POINT: [x, y], …},
//! TASK: {ATTRIBUTE: probability, …}}]}`; and CSV, a row a face, with the columns `image`, and as
//! far as there are such `face`, `x, y, w, h`, `NAME_x, NAME_y` and attributes' probabilities.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde_json::{Map, Value};

use super::{MadeBy, PredictedFace, Predictions, unknown_prediction};
use crate::dataset::csv_table::{self, Columns, Row};
use crate::dataset::json::{finite, reason};
use crate::dataset::number::{self, CONTINUOUS};
use crate::dataset::problems::Problems;
use crate::dataset::{DatasetError, ValueError};
use crate::humanize::counted;
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
            path: path.to_owned(),
            made_by: MadeBy::default(),
            name: path
                .file_stem()
                .unwrap_or(path.as_os_str())
                .to_string_lossy()
                .into_owned(),
            faces: Vec::new(),
            problems: Vec::new(),
            foreign: Vec::new(),
        },
        problems: Problems::default(),
        foreign: BTreeSet::new(),
        faces_of: HashMap::new(),
        made_by: None,
    };
    if is_csv {
        reader.csv()?;
    } else {
        let file = File::open(path).map_err(DatasetError::io(path))?;
        reader.json_lines(BufReader::new(file))?;
    }
    reader.decide();
    reader.found.made_by = reader.made_by.unwrap_or_default();
    reader.found.foreign = reader.foreign.into_iter().collect();
    reader.found.problems = reader.problems.of(path).collect();
    Ok(reader.found)
}

/// What the values of an attribute are like in the whole file.
#[derive(Clone, Copy, Default)]
struct Column {
    known: usize,
    /// Those that are no probabilities.
    outside: usize,
    low: f32,
    high: f32,
}

impl Column {
    fn add(&mut self, value: f32) {
        self.known += 1;
        self.outside += usize::from(!(0.0..=1.0).contains(&value));
        self.low = self.low.min(value);
        self.high = self.high.max(value);
    }

    fn with(self, other: Self) -> Self {
        Self {
            known: self.known + other.known,
            outside: self.outside + other.outside,
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }
}

struct Reader<'a> {
    path: &'a Path,
    schema: &'a Schema,
    found: Predictions,
    problems: Problems,
    foreign: BTreeSet<String>,
    /// How many faces of each picture were read.
    faces_of: HashMap<String, u32>,
    /// As the lines so far say.
    made_by: Option<MadeBy>,
}

impl Reader<'_> {
    fn problem(&mut self, line: u64, what: impl Into<String>) {
        self.problems.say(Some(line), what);
    }

    /// Notes a value that is then unknown.
    fn note(&mut self, line: u64, name: &str, what: &str) {
        self.problems
            .note(line, name, || format!("{name}: {what}: unknown"));
    }

    /// Takes the attributes for what they are in the whole file: probabilities, or −1 and 1.
    fn decide(&mut self) {
        let values = |f: &PredictedFace| -> Vec<f32> {
            let tasks = f.prediction.tasks.iter().filter_map(|said| match said {
                TaskPrediction::Binary(values) => Some(values.as_slice()),
                TaskPrediction::Points(_) => None,
            });
            let values = tasks.flatten().copied();
            values.filter(|v| !v.is_nan()).collect()
        };
        let mut all = self.found.faces.iter().flat_map(values).peekable();
        let mut below = false;
        let signs = all.all(|v| {
            below |= v == -1.0;
            [-1.0, 0.0, 1.0].contains(&v)
        });
        let signs = signs && below;
        if signs {
            let what = "attributes are 1 and -1 here: read as decisions, the probabilities 1 and 0";
            self.problems.say(None, what);
        }
        let scores = match signs {
            true => HashSet::new(),
            false => self.scores(),
        };
        let tasks = &self.schema.tasks;
        for face in &mut self.found.faces {
            for (task, said) in tasks.iter().zip(&mut face.prediction.tasks) {
                let TaskPrediction::Binary(values) = said else {
                    continue;
                };
                for (name, value) in task.items().zip(values) {
                    match *value {
                        v if v.is_nan() => {}
                        _ if scores.contains(name) => *value = f32::NAN,
                        v if signs => *value = [0.0, f32::NAN, 1.0][(v + 1.0) as usize],
                        v if (0.0..=1.0).contains(&v) => {}
                        v => {
                            *value = f32::NAN;
                            // Apart from what is no number at all.
                            let kind = format!("{name} outside 0 to 1");
                            self.problems.note(face.line, &kind, || {
                                format!("{name}: {v} is not a probability: unknown")
                            });
                        }
                    }
                }
            }
        }
    }

    /// The attributes whose values are no probabilities but something else, logits or percents, of
    /// which some lie between 0 and 1 by chance: none of theirs can be used. Where that is so of
    /// half of the attributes, it is so of all.
    fn scores(&mut self) -> HashSet<String> {
        /// Fewer are slips of single values.
        const FEW: usize = 10;
        let mut columns: BTreeMap<&str, Column> = BTreeMap::new();
        for face in &self.found.faces {
            for (task, said) in self.schema.tasks.iter().zip(&face.prediction.tasks) {
                if let TaskPrediction::Binary(values) = said {
                    for (name, value) in task.items().zip(values).filter(|(_, v)| !v.is_nan()) {
                        columns.entry(name).or_default().add(*value);
                    }
                }
            }
        }
        if columns.values().map(|c| c.outside).sum::<usize>() < FEW {
            return HashSet::new();
        }
        let mut found: Vec<&str> = columns
            .iter()
            .filter(|(_, c)| 100 * c.outside > c.known)
            .map(|(name, _)| *name)
            .collect();
        if 2 * found.len() >= columns.len() {
            found = columns.keys().copied().collect();
        }
        let Some(first) = found.first() else {
            return HashSet::new();
        };
        let all = found.iter().map(|name| columns[name]);
        let Column { low, high, .. } = all.reduce(Column::with).unwrap_or_default();
        let kind = if low >= 0.0 && high <= 100.0 {
            "percents?"
        } else {
            "logits?"
        };
        let names = match found.len() {
            1 => (*first).to_owned(),
            n => format!("{n} attributes, {first} first"),
        };
        let what = format!(
            "values from {low} to {high} are no probabilities ({kind}): nothing is taken of {names}"
        );
        let found = found.into_iter().map(String::from).collect();
        self.problems.say(None, what);
        found
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
            // What Python's json writes for an unknown number; everything else of the line stays.
            let (text, not_finite) = match std::str::from_utf8(text) {
                Ok(text) => finite(text),
                Err(e) => {
                    self.problem(line, format!("not UTF-8: {e}"));
                    continue;
                }
            };
            if let Some((_, count)) = not_finite {
                let what = counted(count, "value") + " of the line";
                self.note(line, "NaN or Infinity", &what);
            }
            match serde_json::from_str(&text) {
                Ok(Value::Object(picture)) => self.picture(line, &picture),
                Ok(_) => self.problem(line, "not an object with \"image\" and \"faces\""),
                Err(e) => self.problem(line, reason(&e)),
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
        self.note_maker(line, picture);
        for (n, face) in faces.iter().enumerate() {
            match self.face(line, image, face) {
                Ok(face) => self.add(face),
                Err(what) => {
                    // It keeps its place, so that the next ones keep theirs.
                    *self.faces_of.entry(image.to_owned()).or_default() += 1;
                    self.problem(line, format!("face {}: {what}", n + 1));
                }
            }
        }
    }

    /// Notes which network the line is of; of lines that differ it is unknown.
    fn note_maker(&mut self, line: u64, picture: &Map<String, Value>) {
        let text = |name: &str| Some(picture.get(name)?.as_str()?.to_owned());
        let made_by = MadeBy {
            weights: text("weights"),
            network: text("network"),
        };
        match &self.made_by {
            None => self.made_by = Some(made_by),
            Some(first) if *first == made_by || *first == MadeBy::default() => {}
            Some(_) => {
                let what = "lines of several networks, so whose they are is not known";
                self.problem(line, what);
                self.made_by = Some(MadeBy::default());
            }
        }
    }

    fn face(&mut self, line: u64, image: &str, face: &Value) -> Result<PredictedFace, ValueError> {
        let face = face.as_object().ok_or(ValueError::NoObject)?;
        let mut prediction = unknown_prediction(self.schema);
        for (task, said) in self.schema.tasks.iter().zip(&mut prediction.tasks) {
            let values = match face.get(&task.name) {
                None | Some(Value::Null) => continue,
                Some(Value::Object(values)) => values,
                Some(_) => {
                    self.note(line, &task.name, "not an object");
                    continue;
                }
            };
            let places: HashMap<&str, usize> = task.items().zip(0..).collect();
            for (name, value) in values.iter().filter(|(_, v)| !v.is_null()) {
                let Some(&item) = places.get(name.as_str()) else {
                    self.foreign.insert(name.clone());
                    continue;
                };
                let read = match said {
                    TaskPrediction::Points(points) => point(value).map(|at| points[item] = at),
                    TaskPrediction::Binary(values) => score(value).map(|p| values[item] = p),
                };
                if let Err(what) = read {
                    self.note(line, name, &what.to_string());
                }
            }
        }
        let known = |key: &String| {
            ["box", "angle", "face"].contains(&key.as_str()) || self.schema.position(key).is_some()
        };
        let foreign: Vec<_> = face.keys().filter(|k| !known(k)).cloned().collect();
        self.foreign.extend(foreign);
        let number = match face.get("face") {
            None => None,
            Some(n) => face_number(n)?,
        };
        let face_box = match face.get("box").map_or(Ok(None), box_of) {
            Ok(face_box) => face_box,
            Err(what) => {
                self.note(line, "box", &what.to_string());
                None
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
        let (mut table, columns) = csv_table::open(self.path, self.schema)?;
        if columns.points.is_empty() && columns.attributes.is_empty() {
            let what = "no column of a point (NAME_x, NAME_y) or an attribute of these tasks";
            return Err(DatasetError::format(self.path, what));
        }
        self.problems = std::mem::take(&mut table.problems);
        let foreign = table.others().map(|(_, name)| name.clone());
        self.foreign.extend(foreign);
        table.rows(
            |line, row| match row.and_then(|row| self.row(line, &row, &columns)) {
                Ok(face) => self.add(face),
                Err(error) => self.problem(line, error.to_string()),
            },
        );
        Ok(())
    }

    fn row(
        &mut self,
        line: u64,
        row: &Row,
        columns: &Columns,
    ) -> Result<PredictedFace, ValueError> {
        let image = columns.image(row)?.to_owned();
        let face = columns.face(row)?;
        let mut prediction = unknown_prediction(self.schema);
        let name = |t: usize, i: usize| self.schema.tasks[t].items().nth(i).unwrap_or("");
        let mut lost = Vec::new();
        for &(t, i, [x, y]) in &columns.points {
            if let TaskPrediction::Points(points) = &mut prediction.tasks[t] {
                let at = number::point(row.text(x), row.text(y), CONTINUOUS);
                let at = at.and_then(|at| at.map(checked_point).transpose());
                match at {
                    Ok(Some(at)) => points[i] = at,
                    Ok(None) => {}
                    Err(what) => lost.push((name(t, i), what)),
                }
            }
        }
        for &(t, i, column) in &columns.attributes {
            if let TaskPrediction::Binary(values) = &mut prediction.tasks[t] {
                match probability(row.text(column)) {
                    Ok(Some(p)) => values[i] = p,
                    Ok(None) => {}
                    Err(what) => lost.push((name(t, i), what)),
                }
            }
        }
        let face_box = columns.face_box(row).unwrap_or_else(|what| {
            lost.push(("box", what));
            None
        });
        for (name, what) in lost {
            self.note(line, name, &what.to_string());
        }
        Ok(PredictedFace {
            line,
            image,
            face,
            order: 0,
            face_box,
            prediction,
        })
    }
}

/// A number, also where it is written as text; `None` where there is none.
fn number(value: &Value) -> Result<Option<f64>, ValueError> {
    match value {
        Value::Null => Ok(None),
        Value::Number(number) => Ok(number.as_f64()),
        Value::String(text) => number::known(text.trim()),
        _ => Err(ValueError::NoNumber),
    }
}

fn face_number(value: &Value) -> Result<Option<u32>, ValueError> {
    let wrong = ValueError::FaceNumber;
    let number = number(value).map_err(|_| wrong.clone())?;
    let whole =
        |n: f64| (n.fract() == 0.0 && n >= 0.0 && n <= f64::from(u32::MAX)).then_some(n as u32);
    number.map(|n| whole(n).ok_or(wrong)).transpose()
}

/// A list of exactly `N` numbers; `None` where all of them are missing.
fn numbers<const N: usize>(value: &Value) -> Result<Option<[f64; N]>, ValueError> {
    let list = value.as_array().filter(|list| list.len() == N);
    let list = list.ok_or(ValueError::NoNumbers(N))?;
    if list.iter().all(|v| number(v) == Ok(None)) {
        return Ok(None);
    }
    let mut numbers = [0.0; N];
    for (to, from) in numbers.iter_mut().zip(list) {
        *to = number(from)?.ok_or(ValueError::OneMissing)?;
    }
    Ok(Some(numbers))
}

fn point(value: &Value) -> Result<Point, ValueError> {
    let [x, y] = numbers(value)?.unwrap_or([f64::NAN; 2]);
    match x.is_nan() {
        true => Ok([f32::NAN; 2]),
        false => checked_point([x as f32, y as f32]),
    }
}

fn score(value: &Value) -> Result<f32, ValueError> {
    match value {
        Value::Bool(yes) => Ok(f32::from(u8::from(*yes))),
        value => Ok(number(value)?.map_or(f32::NAN, |p| p as f32)),
    }
}

fn box_of(value: &Value) -> Result<Option<FaceBox>, ValueError> {
    if value.is_null() {
        return Ok(None);
    }
    let Some(sides) = numbers(value)? else {
        return Ok(None);
    };
    let [x, y, w, h] = sides.map(|v: f64| v as f32);
    number::checked(FaceBox::new(x, y, w, h)).map(Some)
}

/// A probability of a table, or a yes or no.
fn probability(text: &str) -> Result<Option<f32>, ValueError> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Ok(Some(1.0)),
        _ if text.eq_ignore_ascii_case("false") => Ok(Some(0.0)),
        _ => Ok(number::known(text)?.map(|p| p as f32)),
    }
}

fn checked_point(at: Point) -> Result<Point, ValueError> {
    // No picture is that large; what it would do to a mean is no measure.
    if at.iter().all(|v| v.abs() < 1e6) {
        Ok(at)
    } else {
        Err(ValueError::Outside(at[0], at[1]))
    }
}

#[cfg(test)]
mod tests;
