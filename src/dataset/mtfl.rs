//! MTFL's text files (Zhang et al. 2014): a face a line, `path x1..x5 y1..y5 gender smile glasses
//! pose`. Points are left eye, right eye, nose, left and right corner of the mouth, in pixels
//! counted from 1; gender 1 is male and 2 female, smile and glasses 1 yes and 2 no, pose 1 to 5
//! from the left profile to the right one with 3 frontal. A 0, which the original does not have,
//! is unknown here.

use std::collections::HashSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::export::{Kept, Names, write_file};
use super::folders::{Folders, Words, folder_of};
use super::number::{self, FROM_ONE};
use super::{Dataset, DatasetError, Problem, Sample, Split, face_points, five_points, name_of};
use crate::label::{PointLabel, Presence, Schema, TaskLabels};

pub const ATTRIBUTES: [&str; 3] = ["Male", "Smiling", "Eyeglasses"];
pub const POSE: &str = "pose";
/// The files of a folder. The original has no validation split.
const FILES: [(&str, Split); 3] = [
    ("training.txt", Split::Train),
    ("validation.txt", Split::Validation),
    ("testing.txt", Split::Test),
];
/// Numbers after the path.
const NUMBERS: usize = 14;

pub fn is_pose(text: &str) -> bool {
    matches!(text, "1" | "2" | "3" | "4" | "5")
}

/// The label files of a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let paths = FILES.iter().map(|(name, _)| folder.join(name));
    paths.filter(|path| path.is_file()).collect()
}

/// Whether a text file looks like one of MTFL's: its first line has a path and 14 numbers.
pub fn is_label_file(path: &Path) -> bool {
    use std::io::{BufRead, BufReader, Read};
    const ENOUGH: u64 = 64 << 10;
    let Ok(file) = fs::File::open(path) else {
        return false;
    };
    let lines = BufReader::new(file.take(ENOUGH)).lines();
    let first = lines
        .map_while(Result::ok)
        .find(|line| !line.trim().is_empty());
    first.is_some_and(|line| {
        cut(&line).is_some_and(|(_, numbers)| numbers.iter().all(|n| n.parse::<f64>().is_ok()))
    })
}

/// A line's path, which may have spaces in it, and what follows.
fn cut(line: &str) -> Option<(&str, [&str; NUMBERS])> {
    let mut numbers = [""; NUMBERS];
    let mut rest = line.trim();
    for number in numbers.iter_mut().rev() {
        let (before, last) = rest.rsplit_once(char::is_whitespace)?;
        *number = last;
        rest = before.trim_end();
    }
    (!rest.is_empty()).then_some((rest, numbers))
}

pub fn read(path: &Path, files: &[PathBuf], schema: &Schema) -> Result<Dataset, DatasetError> {
    let mut set = Dataset {
        name: name_of(path),
        schema: schema.clone(),
        samples: Vec::new(),
        columns: vec![POSE.to_owned()],
        problems: Vec::new(),
    };
    let mut rows = Rows {
        schema,
        folders: Folders::default(),
        words: Words::default(),
    };
    let mut seen: HashSet<Arc<Path>> = HashSet::new();
    for file in files {
        let name = name_of(file);
        let split = FILES
            .iter()
            .find(|(f, _)| *f == name)
            .map(|(_, split)| *split);
        let bytes = fs::read(file).map_err(DatasetError::io(file))?;
        let text = String::from_utf8_lossy(&bytes);
        for (line, content) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            if content.trim().is_empty() {
                continue;
            }
            match rows.sample(folder_of(file), content) {
                Ok(mut sample) if seen.insert(sample.path.clone()) => {
                    sample.split = split;
                    set.samples.push(sample);
                }
                Ok(sample) => {
                    let what = format!(
                        "{} is there twice; the first row is kept",
                        sample.path.display()
                    );
                    set.problems.push(Problem::new(file, Some(line), what));
                }
                Err(what) => set.problems.push(Problem::new(file, Some(line), what)),
            }
        }
    }
    Ok(set)
}

struct Rows<'a> {
    schema: &'a Schema,
    folders: Folders,
    words: Words,
}

impl Rows<'_> {
    fn sample(&mut self, folder: &Path, line: &str) -> Result<Sample, String> {
        let Some((name, numbers)) = cut(line) else {
            return Err(format!(
                "{} words where a path and {NUMBERS} numbers belong",
                line.split_whitespace().count()
            ));
        };
        let path = self.picture(folder, name)?;
        let mut sample = Sample::unlabelled(&path, self.schema);
        let mut values = [0.0; 10];
        for (value, text) in values.iter_mut().zip(numbers) {
            *value = number::read(text, FROM_ONE)?;
        }
        if let Some((task, items)) = face_points(self.schema)
            && let TaskLabels::Points(labels) = &mut sample.annotation.tasks[task]
        {
            for (i, item) in items.into_iter().enumerate() {
                labels[item] = PointLabel::visible([values[i], values[5 + i]]);
            }
        }
        for (name, text) in ATTRIBUTES.iter().zip(&numbers[10..]) {
            let value = match *text {
                "1" => Presence::Present,
                "2" => Presence::Absent,
                "0" => Presence::Unknown,
                other => return Err(format!("{name} {:?} is not 1 or 2", number::shown(other))),
            };
            if let Some((task, item)) = super::attribute(self.schema, name)
                && let TaskLabels::Binary(labels) = &mut sample.annotation.tasks[task]
            {
                labels[item] = value;
            }
        }
        sample.columns = vec![match numbers[NUMBERS - 1] {
            "0" => self.words.get(""),
            pose if is_pose(pose) => self.words.get(pose),
            other => return Err(format!("pose {:?} is not 1 to 5", number::shown(other))),
        }];
        Ok(sample)
    }

    /// The original's paths have backslashes.
    fn picture(&mut self, folder: &Path, name: &str) -> Result<PathBuf, String> {
        let mut names = vec![name.replace('\\', "/")];
        if names[0] != name {
            names.push(name.to_owned());
        }
        let paths = names.into_iter().map(|name| folder.join(name));
        paths
            .into_iter()
            .find(|path| self.folders.have(path))
            .ok_or_else(|| format!("{}: no such picture", number::shown(name)))
    }
}

pub fn write(kept: &Kept, names: &Names, to: &Path) -> Result<(), DatasetError> {
    let schema = &kept.set.schema;
    let pose = kept.set.columns.iter().position(|c| c == POSE);
    let mut texts = FILES.map(|_| String::new());
    for sample in &kept.samples {
        let Some(points) = five_points(sample, schema) else {
            continue;
        };
        let split = sample.split.unwrap_or(Split::Train);
        let file = FILES.iter().position(|(_, s)| *s == split).unwrap_or(0);
        let text = &mut texts[file];
        text.push_str(&names.text(&sample.path));
        for axis in [0, 1] {
            for point in points {
                // Writing to a string cannot fail.
                let _ = write!(text, " {}", number::text(point[axis], FROM_ONE));
            }
        }
        for name in ATTRIBUTES {
            let value = super::attribute(schema, name).and_then(|(task, item)| {
                match &sample.annotation.tasks[task] {
                    TaskLabels::Binary(labels) => labels[item].known(),
                    TaskLabels::Points(_) => None,
                }
            });
            let _ = write!(text, " {}", value.map_or(0, |yes| if yes { 1 } else { 2 }));
        }
        let value = pose
            .and_then(|c| sample.columns.get(c))
            .filter(|v| is_pose(v));
        let _ = writeln!(text, " {}", value.map_or("0", |v| v));
    }
    for ((name, _), text) in FILES.iter().zip(texts) {
        if !text.is_empty() {
            let path = to.join(name);
            write_file(&path, text.as_bytes())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_originals_lines_are_read() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("lfw_5590")).unwrap();
        fs::write(root.path().join("lfw_5590/a b.jpg"), "").unwrap();
        let text = " lfw_5590\\a b.jpg 106.75 147.75 129.25 108.25 144.75 108.25 112.25 124.25 \
            148.25 152.25 1 2 2 3\n lfw_5590\\none.jpg 1 2 3 4 5 6 7 8 9 10 1 1 1 3\n\
            lfw_5590\\a 1 2\nlfw_5590\\a b.jpg 1 2 3 4 5 6 7 8 9 10 3 1 1 3\n";
        fs::write(root.path().join("training.txt"), text).unwrap();
        let set = super::super::open(root.path(), &Schema::face()).unwrap();
        let [sample] = &set.samples[..] else {
            panic!("{:?}", set.problems)
        };
        let TaskLabels::Points(points) = &sample.annotation.tasks[0] else {
            unreachable!()
        };
        assert_eq!(points[0].at, [106.25, 107.75], "counted from 1, x before y");
        assert_eq!(
            (sample.split, &*sample.columns[0]),
            (Some(Split::Train), "3")
        );
        let value = |name| {
            let (task, item) = super::super::attribute(&set.schema, name).unwrap();
            match &sample.annotation.tasks[task] {
                TaskLabels::Binary(values) => values[item].known(),
                TaskLabels::Points(_) => None,
            }
        };
        assert_eq!(
            ATTRIBUTES.map(value),
            [Some(true), Some(false), Some(false)]
        );
        let problems: Vec<_> = set.problems.iter().map(|p| p.to_string()).collect();
        let all = problems.join("\n");
        for part in [
            ":2: lfw_5590\\none.jpg: no such picture",
            ":3: 3 words",
            ":4: Male \"3\"",
        ] {
            assert!(all.contains(part), "{part}: {all}");
        }
    }
}
