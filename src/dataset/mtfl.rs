//! MTFL's text files (Zhang et al. 2014): a face a line, `path x1..x5 y1..y5 gender smile glasses
//! pose`. Points are left eye, right eye, nose, left and right corner of the mouth, in pixels
//! counted from 1; gender 1 is male and 2 female, smile and glasses 1 yes and 2 no, pose 1 to 5
//! from the left profile to the right one with 3 frontal. A 0, which the original does not have,
//! is unknown here.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::folders::{Interner, folder_of};
use super::number::{self, FROM_ONE};
use super::paths::{PictureReference, locate};
use super::problems::Problems;
use super::text;
use super::{
    Dataset, DatasetError, LabelPlace, Problem, Sample, Split, face_points, five_points, name_of,
};
use crate::dataset::export::exported_faces::ExportedFaces;
use crate::dataset::export::names::Names;
use crate::dataset::export::target::write_file;
use crate::humanize::counted;
use crate::label::{PointLabel, Presence, Schema, TaskLabels};

pub const ATTRIBUTES: [&str; 3] = ["Male", "Smiling", "Eyeglasses"];
pub const POSE: &str = "pose";
/// The files of a folder. The original has no validation split.
const FILES: [(&str, Split); 3] = [
    ("training.txt", Split::Train),
    ("validation.txt", Split::Validation),
    ("testing.txt", Split::Test),
];
/// So many faces may well all be of one kind.
const FEW: usize = 10;
/// Numbers after the path.
const NUMBERS: usize = 14;

pub fn is_pose(text: &str) -> bool {
    matches!(text, "1" | "2" | "3" | "4" | "5")
}

/// The label files of a folder, whatever the case of their names.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|e| e.file_name()).collect())
        .unwrap_or_default();
    names.sort();
    let named = FILES.iter().filter_map(|(wanted, _)| {
        let exact = names.iter().find(|name| *name == wanted);
        exact.or_else(|| names.iter().find(|n| n.eq_ignore_ascii_case(wanted)))
    });
    let paths = named.map(|name| folder.join(name));
    paths.filter(|path| path.is_file()).collect()
}

/// Whether a text file looks like one of MTFL's: its first line has a path and 14 numbers.
pub fn is_label_file(path: &Path) -> bool {
    use std::io::Read;
    const ENOUGH: u64 = 64 << 10;
    let mut bytes = Vec::new();
    let read = fs::File::open(path).and_then(|f| f.take(ENOUGH).read_to_end(&mut bytes));
    if read.is_err() {
        return false;
    }
    let text = text::of(bytes).text;
    let first = text.lines().find(|line| !line.trim().is_empty());
    first.is_some_and(|line| {
        cut(line).is_some_and(|(_, numbers)| numbers.iter().all(|n| number::known(n).is_ok()))
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
    // Programs that write tables put a path with spaces between quotes.
    let path = rest.strip_prefix('"').and_then(|r| r.strip_suffix('"'));
    let path = path.unwrap_or(rest);
    (!path.is_empty()).then_some((path, numbers))
}

pub fn read(path: &Path, files: &[PathBuf], schema: &Schema) -> Result<Dataset, DatasetError> {
    let mut set = Dataset {
        name: name_of(path),
        schema: schema.clone(),
        samples: Vec::new(),
        columns: vec![POSE.to_owned()],
        problems: Vec::new(),
    };
    let texts: Vec<(&PathBuf, String)> = files
        .iter()
        .map(|file| {
            let decoded = text::read(file)?;
            set.problems.extend(decoded.problem(file));
            Ok((file, decoded.text))
        })
        .collect::<Result<_, DatasetError>>()?;
    // All files' pictures at once, so that none is taken for another.
    let roots: Vec<[PathBuf; 1]> = files.iter().map(|f| [folder_of(f).to_owned()]).collect();
    let lines = texts.iter().map(|(_, text)| {
        let all = (1..).zip(text.lines());
        all.filter(|(_, line)| !line.trim().is_empty()).collect()
    });
    let lines: Vec<Vec<(u64, &str)>> = lines.collect();
    let mut wanted = Vec::new();
    for (roots, lines) in roots.iter().zip(&lines) {
        let named = lines.iter().filter_map(|(_, line)| Some(cut(line)?.0));
        wanted.extend(named.map(|named| PictureReference { roots, named }));
    }
    let located = locate(&wanted);
    if let Some(notice) = located.notice() {
        set.problems.push(Problem::new(path, None, notice));
    }
    let mut pictures = located.of.into_iter();
    let mut words = Interner::default();
    let mut seen: HashSet<PathBuf> = HashSet::new();
    for ((file, _), lines) in texts.iter().zip(&lines) {
        let name = name_of(file);
        let split = FILES
            .iter()
            .find(|(f, _)| name.eq_ignore_ascii_case(f))
            .map(|(_, split)| *split);
        let mut rows = Rows {
            schema,
            file: file.as_path().into(),
            text: &mut words,
            problems: Problems::default(),
            codes: [0; 3],
        };
        for &(line, content) in lines {
            let Some((_, numbers)) = cut(content) else {
                let words = counted(content.split_whitespace().count(), "word");
                let what = format!("{words} where a path and {NUMBERS} numbers belong");
                rows.problems.say(Some(line), what);
                continue;
            };
            match pictures.next() {
                Some(Ok(path)) => {
                    if !seen.insert(path.clone()) {
                        let path = path.display();
                        let what = format!("{path} is there twice; the first row is kept");
                        rows.problems.say(Some(line), what);
                        continue;
                    }
                    let mut sample = rows.sample(line, &path, numbers);
                    sample.split = split;
                    set.samples.push(sample);
                }
                Some(Err(error)) => rows.problems.say(Some(line), error.to_string()),
                None => {}
            }
        }
        if let [zeros, ones, 0] = rows.codes
            && zeros > 0
            && ones > FEW
        {
            let what = format!(
                "gender, smile and glasses are never 2 here, and 0 of MTFL's is unknown \
                 ({}): if 0 means no, write 2",
                counted(zeros, "value")
            );
            rows.problems.say(None, what);
        }
        set.problems.extend(rows.problems.of(file));
    }
    Ok(set)
}

struct Rows<'a> {
    schema: &'a Schema,
    file: Arc<Path>,
    text: &'a mut Interner,
    problems: Problems,
    /// How many attributes are 0, 1 and 2.
    codes: [usize; 3],
}

impl Rows<'_> {
    /// The face of a row; values that cannot be read are unknown and noted.
    fn sample(&mut self, line: u64, path: &Path, numbers: [&str; NUMBERS]) -> Sample {
        let mut sample = Sample::unlabelled(path, self.schema);
        sample.labelled_at = Some(LabelPlace::new(&self.file, Some(line)));
        if let Some((task, items)) = face_points(self.schema)
            && let TaskLabels::Points(labels) = &mut sample.annotation.tasks[task]
        {
            for (i, item) in items.into_iter().enumerate() {
                match number::point(numbers[i], numbers[5 + i], FROM_ONE) {
                    Ok(at) => labels[item] = at.map_or_else(Default::default, PointLabel::visible),
                    Err(error) => {
                        let name = self.schema.tasks[task].items().nth(item).unwrap_or("");
                        self.note(line, name, &error.to_string());
                    }
                }
            }
        }
        for (name, text) in ATTRIBUTES.iter().zip(&numbers[10..]) {
            let value = match number::integer(text) {
                Ok(None) => continue,
                Ok(Some(code @ 0..=2)) => {
                    self.codes[code as usize] += 1;
                    [Presence::Unknown, Presence::Present, Presence::Absent][code as usize]
                }
                _ => {
                    let what = format!("{:?} is not 1 or 2", number::shown(text));
                    self.note(line, name, &what);
                    continue;
                }
            };
            if let Some((task, item)) = super::attribute(self.schema, name)
                && let TaskLabels::Binary(labels) = &mut sample.annotation.tasks[task]
            {
                labels[item] = value;
            }
        }
        let text = numbers[NUMBERS - 1];
        let pose = match number::integer(text) {
            Ok(None | Some(0)) => "",
            Ok(Some(pose @ 1..=5)) => ["1", "2", "3", "4", "5"][pose as usize - 1],
            _ => {
                let what = format!("{:?} is not 1 to 5", number::shown(text));
                self.note(line, POSE, &what);
                ""
            }
        };
        sample.columns = vec![self.text.get(pose)];
        sample
    }

    fn note(&mut self, line: u64, name: &str, what: &str) {
        self.problems
            .note(line, name, || format!("{name}: {what}: unknown"));
    }
}

/// Writes the lists. A row that was read from one of MTFL's keeps what was not edited of it letter by
/// letter.
pub fn write(kept: &ExportedFaces, names: &Names, to: &Path) -> Result<(), DatasetError> {
    let schema = &kept.set.schema;
    let pose = kept.set.columns.iter().position(|c| c == POSE);
    let mut texts = FILES.map(|_| String::new());
    let mut read: HashMap<Arc<Path>, Option<String>> = HashMap::new();
    for sample in &kept.samples {
        let Some(points) = five_points(sample, schema) else {
            continue;
        };
        let split = sample.split.unwrap_or(Split::Train);
        let file = FILES.iter().position(|(_, s)| *s == split).unwrap_or(0);
        let attributes = ATTRIBUTES.map(|name| {
            let (task, item) = super::attribute(schema, name)?;
            match &sample.annotation.tasks[task] {
                TaskLabels::Binary(labels) => labels[item].known(),
                TaskLabels::Points(_) => None,
            }
        });
        let value = pose.and_then(|c| sample.columns.get(c));
        let now = Now {
            points,
            attributes,
            pose: value.filter(|v| is_pose(v)).map_or("0", |v| v),
        };
        let before = sample.labelled_at.as_ref().and_then(|at| {
            let text = read.entry(at.file.clone()).or_insert_with(|| {
                let is_list = at
                    .file
                    .extension()
                    .is_some_and(|e| e.eq_ignore_ascii_case("txt"));
                let text = (is_list && is_label_file(&at.file)).then(|| text::read(&at.file).ok());
                text.flatten().map(|decoded| decoded.text)
            });
            let line = usize::try_from(at.line?).ok()?.checked_sub(1)?;
            text.as_ref()?.split('\n').nth(line)
        });
        let name = names.text(&sample.path);
        let again = before.and_then(|line| now.again(line, &name));
        texts[file] += &again.unwrap_or_else(|| now.anew(&name));
        texts[file].push('\n');
    }
    for ((name, _), text) in FILES.iter().zip(texts) {
        if !text.is_empty() {
            let path = to.join(name);
            write_file(&path, text.as_bytes())?;
        }
    }
    Ok(())
}

/// What a row says of a face.
struct Now<'a> {
    points: [[f32; 2]; 5],
    attributes: [Option<bool>; 3],
    pose: &'a str,
}

impl Now<'_> {
    fn numbers(&self) -> [String; NUMBERS] {
        std::array::from_fn(|n| match n {
            0..10 => number::text(self.points[n % 5][n / 5], FROM_ONE),
            10..13 => self.attributes[n - 10]
                .map_or("0", |yes| if yes { "1" } else { "2" })
                .into(),
            _ => self.pose.into(),
        })
    }

    fn anew(&self, name: &str) -> String {
        format!("{name} {}", self.numbers().join(" "))
    }

    /// A line that was read, with the name that its picture has now and what was edited.
    fn again(&self, line: &str, name: &str) -> Option<String> {
        let (_, before) = cut(line)?;
        let at = |word: &str| word.as_ptr() as usize - line.as_ptr() as usize;
        let start = line.len() - line.trim_start().len();
        let first = at(before[0]);
        let path_end = line[..first].trim_end().len();
        let mut text = format!("{}{name}", &line[..start]);
        let mut from = path_end;
        for (n, (word, now)) in before.iter().zip(self.numbers()).enumerate() {
            text += &line[from..at(word)];
            from = at(word) + word.len();
            let same = match n {
                0..10 => number::read(word, FROM_ONE).ok() == number::read(&now, FROM_ONE).ok(),
                _ => {
                    number::integer(word)
                        .ok()
                        .flatten()
                        .unwrap_or(0)
                        .to_string()
                        == now
                }
            };
            text += if same { word } else { &now };
        }
        Some(text + &line[from..])
    }
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
            "a b.jpg is there twice; the first row is kept",
        ] {
            assert!(all.contains(part), "{part}: {all}");
        }
    }

    /// What is known of Male, Smiling and Eyeglasses.
    fn attributes(sample: &Sample) -> [Option<bool>; 3] {
        ATTRIBUTES.map(|name| {
            let (task, item) = super::super::attribute(&Schema::face(), name).unwrap();
            match &sample.annotation.tasks[task] {
                TaskLabels::Binary(values) => values[item].known(),
                TaskLabels::Points(_) => None,
            }
        })
    }

    #[test]
    fn other_programs_numbers_paths_and_line_ends_are_read() {
        let root = tempfile::tempdir().unwrap();
        for name in ["a b.jpg", "b.JPG", "c.jpg"] {
            fs::write(root.path().join(name), "").unwrap();
        }
        let text = "\u{feff}\"C:\\MTFL\\a b.jpg\" 1.0 2 3 4 5 6 7 8 9 1e1 1.0 2.0 0.0 3.0\r\
            \rb.jpg nan 2 3 4 5 NaN 7 8 9 10 NA 2 x 9\rc.jpg 1 2 3 4 5 NaN 7 8 9 10 1 2 1 nan\r";
        fs::write(root.path().join("Training.TXT"), text).unwrap();
        let set = super::super::open(root.path(), &Schema::face()).unwrap();
        let known: Vec<_> = set.samples.iter().map(|s| s.annotation.known(0)).collect();
        assert_eq!(known, [5, 4, 4], "{:?}", set.problems);
        assert!(set.samples.iter().all(|s| s.split == Some(Split::Train)));
        let values: Vec<_> = set.samples.iter().map(attributes).collect();
        let (yes, no) = (Some(true), Some(false));
        assert_eq!(values, [[yes, no, None], [None, no, None], [yes, no, yes]]);
        let poses: Vec<_> = set.samples.iter().map(|s| &*s.columns[0]).collect();
        assert_eq!(poses, ["3", "", ""]);
        let all: Vec<_> = set
            .problems
            .iter()
            .map(|p| (p.line, p.what.as_str()))
            .collect();
        let expected = [
            (None, "1 picture is not where the file says"),
            (Some(3), "Eyeglasses: \"x\" is not 1 or 2: unknown"),
            (Some(3), "pose: \"9\" is not 1 to 5: unknown"),
            (Some(4), "left_eye: its y is missing: unknown"),
        ];
        assert_eq!(all.len(), expected.len(), "{all:?}");
        for ((line, what), (actual, message)) in expected.into_iter().zip(all) {
            assert!(
                line == actual && message.starts_with(what),
                "{what}: {message}"
            );
        }
        // Zeros beside ones and no twos may mean no, which is said.
        let mut text = String::new();
        for n in 0..12 {
            fs::write(root.path().join(format!("{n}.jpg")), "").unwrap();
            text += &format!("{n}.jpg 1 2 3 4 5 6 7 8 9 10 0 1 0 3\n");
        }
        fs::write(root.path().join("Training.TXT"), text).unwrap();
        let set = super::super::open(root.path(), &Schema::face()).unwrap();
        assert_eq!(attributes(&set.samples[0]), [None, yes, None]);
        assert!(
            set.problems[0].what.contains("(24 values)"),
            "{:?}",
            set.problems
        );
    }
}
