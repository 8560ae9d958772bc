//! 300-W's `.pts`: a file beside each picture with a line `x y` a point, in pixels counted from 1.
//! Of the 68 points five are taken: an eye is the mean of its six lid points (36 to 41 and 42 to
//! 47, from 0), the tip of the nose is point 30, the corners of the mouth are 48 and 54. A file of
//! five points has those of this program, in its order.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::number::{self, FROM_ONE};
use super::problems::Problems;
use super::value_error::ValueError;
use super::{
    Dataset, DatasetError, LabelPlace, Problem, Sample, face_points, five_points, name_of,
};
use super::{paths, text};
use crate::dataset::export::exported_faces::ExportedFaces;
use crate::dataset::export::names::Names;
use crate::humanize::counted;
use crate::label::{Point, PointLabel, Schema, TaskLabels};

/// Reads a folder's pictures with the files beside them. A picture without one, or with one that is
/// broken, is a face of which nothing is known.
///
/// Files may also be of pictures that are `broken`.
pub fn read(
    path: &Path,
    pictures: &[PathBuf],
    broken: &[PathBuf],
    files: &[PathBuf],
    schema: &Schema,
) -> Result<Dataset, DatasetError> {
    let mut problems = Vec::new();
    let beside = Beside::of(files);
    let mut used = HashSet::new();
    let mut faces = Vec::new();
    for picture in pictures {
        match beside.find(picture) {
            Some(file) if !used.insert(file) => {
                let what = format!("{} is of another picture of this name", name_of(file));
                problems.push(Problem::new(picture, None, what));
            }
            file => faces.push((picture, file)),
        }
    }
    let unread: HashSet<_> = broken.iter().filter_map(|p| beside.find(p)).collect();
    for file in files.iter().filter(|f| !used.contains(f)) {
        let what = match unread.contains(file) {
            true => "its picture cannot be read",
            false => "no picture of this name beside it",
        };
        problems.push(Problem::new(file, None, what));
    }
    let read: Vec<(Sample, Vec<Problem>)> = faces
        .into_par_iter()
        .map(|(picture, file)| {
            let mut sample = Sample::unlabelled(picture, schema);
            let Some(file) = file else {
                return (sample, Vec::new());
            };
            let (points, lost) = match parse(file) {
                Err(problem) => return (sample, vec![problem]),
                Ok(read) => read,
            };
            sample.labelled_at = Some(LabelPlace::new(&file.as_path().into(), None));
            if let Some((task, items)) = face_points(schema)
                && let TaskLabels::Points(labels) = &mut sample.annotation.tasks[task]
            {
                for (item, at) in items.into_iter().zip(points) {
                    labels[item] = at.map_or_else(PointLabel::default, PointLabel::visible);
                }
            }
            (sample, lost)
        })
        .collect();
    let mut samples = Vec::with_capacity(read.len());
    for (sample, lost) in read {
        samples.push(sample);
        problems.extend(lost);
    }
    Ok(Dataset {
        name: name_of(path),
        schema: schema.clone(),
        samples,
        columns: Vec::new(),
        problems,
    })
}

/// Reads one file with the picture among `pictures` that it is of.
pub fn of_file(
    file: &Path,
    pictures: &[PathBuf],
    schema: &Schema,
) -> Result<Dataset, DatasetError> {
    let files = [file.to_owned()];
    let beside = Beside::of(&files);
    let named = |p: &&PathBuf| beside.find(p).is_some();
    let of: Vec<PathBuf> = pictures.iter().filter(named).cloned().collect();
    // Case tells apart what differs in nothing else.
    let exact = |p: &&PathBuf| p.file_stem() == file.file_stem();
    let exact: Vec<PathBuf> = of.iter().filter(exact).cloned().collect();
    let pictures = if exact.is_empty() { of } else { exact };
    read(file, &pictures, &[], &files, schema)
}

/// The files of a folder by the names of their pictures.
struct Beside<'a> {
    exact: HashMap<OsString, &'a PathBuf>,
    /// In other case, where only one is.
    folded: HashMap<String, Option<&'a PathBuf>>,
}

impl<'a> Beside<'a> {
    fn of(files: &'a [PathBuf]) -> Self {
        let mut beside = Self {
            exact: HashMap::new(),
            folded: HashMap::new(),
        };
        for file in files {
            let Some(stem) = file.file_stem() else {
                continue;
            };
            let folded = paths::folded(&stem.to_string_lossy());
            beside.exact.entry(stem.to_owned()).or_insert(file);
            beside
                .folded
                .entry(folded)
                .and_modify(|one| *one = None)
                .or_insert(Some(file));
        }
        beside
    }

    /// The file of a picture: of its name without or with its ending.
    fn find(&self, picture: &Path) -> Option<&'a PathBuf> {
        let names = || {
            [picture.file_stem(), picture.file_name()]
                .into_iter()
                .flatten()
        };
        let exact = names().find_map(|name| self.exact.get(name).copied());
        let folded = || {
            let mut names = names().map(|name| paths::folded(&name.to_string_lossy()));
            names.find_map(|name| self.folded.get(&name).copied().flatten())
        };
        exact.or_else(folded)
    }
}

/// The five points of a file, and what of them could not be read.
fn parse(path: &Path) -> Result<([Option<Point>; 5], Vec<Problem>), Problem> {
    let bytes = fs::read(path).map_err(|e| Problem::new(path, None, e.to_string()))?;
    let text = text::of(bytes).text;
    let mut announced = None;
    // Where the file says how many points there are, else where they begin.
    let mut counted_at = None;
    let mut inside = false;
    let mut points: Vec<Option<Point>> = Vec::new();
    let mut problems = Problems::default();
    for (line, content) in (1..).zip(text.lines()) {
        let content = content.trim();
        match content {
            "" => {}
            "{" => {
                counted_at = counted_at.or(Some(line));
                inside = true;
            }
            "}" => break,
            _ if !inside => {
                if let Some(("n_points", count)) = content.split_once(':') {
                    counted_at = Some(line);
                    announced = number::integer(count.trim()).ok().flatten();
                    if count.trim_end().ends_with('{') {
                        let count = count.trim_end().trim_end_matches('{').trim();
                        announced = number::integer(count).ok().flatten();
                        inside = true;
                    }
                }
            }
            _ => {
                let words: Vec<&str> = content.split_whitespace().take(3).collect();
                let point = match words[..] {
                    [x, y] => number::point(x, y, FROM_ONE),
                    _ => Err(ValueError::NoPoint(number::shown(content).into())),
                };
                let n = points.len() + 1;
                points.push(point.unwrap_or_else(|what| {
                    problems.note(line, "point", || format!("point {n}: {what}: unknown"));
                    None
                }));
            }
        }
    }
    let count = points.len();
    let announced = announced.and_then(|n| usize::try_from(n).ok());
    if let Some(announced) = announced.filter(|n| *n != count) {
        let what = format!(
            "n_points announces {}; there are {count}",
            counted(announced, "point")
        );
        return Err(Problem::new(path, counted_at, unlabelled(&what)));
    }
    let five = match count {
        68 => [
            mean(&points[36..42]),
            mean(&points[42..48]),
            points[30],
            points[48],
            points[54],
        ],
        5 => [0, 1, 2, 3, 4].map(|i| points[i]),
        _ => {
            let what = match counted_at {
                None => "no points between { and }".to_owned(),
                Some(_) => format!("{} where 68 or 5 belong", counted(count, "point")),
            };
            let line = counted_at.or((!text.is_empty()).then_some(1));
            return Err(Problem::new(path, line, unlabelled(&what)));
        }
    };
    Ok((five, problems.of(path).collect()))
}

/// What becomes of the picture of a file that cannot be used.
fn unlabelled(what: &str) -> String {
    format!("{what}: its picture is a face without labels")
}

/// The mean of points, where all are known.
fn mean(points: &[Option<Point>]) -> Option<Point> {
    let known: Vec<Point> = points.iter().copied().collect::<Option<_>>()?;
    let sum = |axis: usize| known.iter().map(|p| p[axis]).sum::<f32>();
    Some([0, 1].map(|axis| sum(axis) / known.len() as f32))
}

/// Writes a file for each picture. One that was read stays as it was but for points that were edited,
/// and keeps those of its points that are none of the five.
pub fn write(kept: &ExportedFaces, names: &Names, to: &Path) -> Result<(), DatasetError> {
    for sample in &kept.samples {
        let Some(points) = five_points(sample, &kept.set.schema) else {
            continue;
        };
        let of_file = sample.labelled_at.as_ref().map(|at| &*at.file);
        let again = of_file.and_then(|file| again(file, points));
        let text = again.unwrap_or_else(|| anew(points));
        let path = to.join(names.stem(&sample.path).to_owned() + ".pts");
        fs::write(&path, text).map_err(DatasetError::io(&path))?;
    }
    Ok(())
}

fn anew(points: [Point; 5]) -> String {
    let lines: String = points.into_iter().map(|p| line(p) + "\n").collect();
    format!("version: 1\nn_points: 5\n{{\n{lines}}}\n")
}

fn line(at: Point) -> String {
    at.map(|v| number::text(v, FROM_ONE)).join(" ")
}

/// The file with its five points at these places.
fn again(file: &Path, now: [Point; 5]) -> Option<String> {
    if !file.extension()?.eq_ignore_ascii_case("pts") {
        return None;
    }
    let (was, _) = parse(file).ok()?;
    let text = text::of(fs::read(file).ok()?).text;
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    // The lines that have points.
    let begins = |line: &str| {
        let line = line.trim();
        line == "{" || (line.starts_with("n_points:") && line.ends_with('{'))
    };
    let from = lines.iter().position(|line| begins(line))? + 1;
    let inside = lines.iter().enumerate().skip(from);
    let inside = inside.take_while(|(_, line)| line.trim() != "}");
    let at: Vec<usize> = inside
        .filter_map(|(n, line)| (!line.trim().is_empty()).then_some(n))
        .collect();
    let of: [std::ops::Range<usize>; 5] = match at.len() {
        68 => [36..42, 42..48, 30..31, 48..49, 54..55],
        5 => std::array::from_fn(|n| n..n + 1),
        _ => return None,
    };
    for ((was, now), of) in was.into_iter().zip(now).zip(of) {
        if was == Some(now) {
            continue;
        }
        // What an eye was the middle of moves with it.
        let by = was.map(|was| [now[0] - was[0], now[1] - was[1]]);
        let single = of.len() == 1;
        for n in &at[of] {
            let old = &lines[*n];
            let end = &old[old.trim_end().len()..];
            let to = match (single, by) {
                (true, _) => now,
                (false, Some(by)) => {
                    let words: Vec<&str> = old.split_whitespace().collect();
                    let at = number::point(words.first()?, words.get(1)?, FROM_ONE).ok()??;
                    [at[0] + by[0], at[1] + by[1]]
                }
                (false, None) => return None,
            };
            lines[*n] = line(to) + end;
        }
    }
    Some(lines.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_of_68_points_are_taken_and_wrong_files_named() {
        let root = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(root.path().join(name), text).unwrap();
        let file = |n: usize, announced: usize| {
            let lines: String = (0..n).map(|i| format!("{i}.000 {}\n", 2 * i)).collect();
            format!("version: 1\nn_points:  {announced}\n{{\n{lines}}}\n")
        };
        for name in ["a.jpg", "a.png", "b.jpg", "c.jpg", "d.jpg", "e.jpg"] {
            fs::write(root.path().join(name), crate::photo::PIXEL).unwrap();
        }
        write("a.pts", &file(68, 68));
        write("b.pts", &file(67, 68));
        write("c.pts", &file(51, 51));
        write("d.pts", "version: 1\nn_points: 5\n{\n1 2\n1 two\n");
        write("e.pts", "68 landmarks\n");
        write("lost.pts", &file(68, 68));
        let set = super::super::open(root.path(), &Schema::face()).unwrap();
        let names: Vec<_> = set.samples.iter().map(|s| name_of(&s.path)).collect();
        assert_eq!(names, ["a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"]);
        let TaskLabels::Points(points) = &set.samples[0].annotation.tasks[0] else {
            unreachable!()
        };
        let at: Vec<_> = points.iter().map(|p| p.at).collect();
        let expected = [38.5, 44.5, 30.0, 48.0, 54.0].map(|i: f32| [i - 0.5, 2.0 * i - 0.5]);
        assert_eq!(at, expected);
        assert!(set.samples[1..].iter().all(|s| s.annotation.known(0) == 0));
        let problems: Vec<_> = set.problems.iter().map(|p| p.to_string()).collect();
        let all = problems.join("\n");
        for part in [
            "a.png: a.pts is of another",
            "b.pts:2: n_points announces 68 points; there are 67: its picture is a face without labels",
            "c.pts:2: 51 points where",
            "d.pts:2: n_points announces 5 points; there are 2",
            "e.pts:1: no points between { and }",
            "lost.pts: no picture",
        ] {
            assert!(all.contains(part), "{part}: {all}");
        }
    }

    #[test]
    fn a_file_keeps_what_was_not_edited() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("a.pts");
        let of = |count: usize| {
            let lines = (0..count).map(|i| format!(" {i}.500  {}\r\n", 3 * i));
            format!(
                "version: 1\r\nn_points: {count}\r\n{{\r\n{}}}\r\n",
                lines.collect::<String>()
            )
        };
        for count in [5, 68] {
            fs::write(&file, of(count)).unwrap();
            let five = parse(&file).unwrap().0.map(Option::unwrap);
            assert_eq!(again(&file, five).unwrap(), of(count));
            for moved in 0..5 {
                let mut now = five;
                now[moved] = [now[moved][0] + 2.25, now[moved][1] - 1.0];
                let text = again(&file, now).unwrap();
                let before = of(count);
                let pairs = text.split('\n').zip(before.split('\n'));
                let changed = pairs.filter(|(a, b)| *a != *b).count();
                assert_eq!(changed, if count == 68 && moved < 2 { 6 } else { 1 });
                fs::write(&file, &text).unwrap();
                let read = parse(&file).unwrap().0.map(Option::unwrap);
                let near = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-3;
                assert!(read.as_flattened().iter().zip(now.as_flattened()).all(near));
                fs::write(&file, of(count)).unwrap();
            }
        }
    }

    #[test]
    fn files_of_other_programs_are_read() {
        let root = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(root.path().join(name), text).unwrap();
        for name in ["a.JPG", "B.png", "c.png", "d.png"] {
            fs::write(root.path().join(name), crate::photo::PIXEL).unwrap();
        }
        write(
            "A.PTS",
            "\u{feff}version: 1\rn_points: 5.0 {\r1e1 2\r3 4.0\rnan NaN\r7 8\r9 ten\r}\r",
        );
        write(
            "b.Pts",
            "version: 1\r\nn_points: 5\r\n{\r\n1 2\r\n3 4\r\n5 6\r\n7 8\r\n9 10\r\n}\r\n",
        );
        let mut lines: Vec<String> = (0..68).map(|i| format!("{i} {i}")).collect();
        lines[40] = "nan nan".into();
        lines[48] = "nan 1".into();
        lines[3] = "1 2 3".into();
        write(
            "c.png.pts",
            &format!("n_points: 68\n{{\n{}\n}}\n", lines.join("\n")),
        );
        let set = super::super::open(root.path(), &Schema::face()).unwrap();
        let known: Vec<Vec<bool>> = set
            .samples
            .iter()
            .map(|s| match &s.annotation.tasks[0] {
                TaskLabels::Points(points) => points.iter().map(|p| p.known().is_some()).collect(),
                TaskLabels::Binary(_) => unreachable!(),
            })
            .collect();
        // In the order of the pictures' names: B, a, c, d.
        let (yes, no) = (true, false);
        let expected = [
            [yes, yes, yes, yes, yes],
            [yes, yes, no, yes, no],
            [no, yes, yes, no, yes],
            [no; 5],
        ];
        assert_eq!(known, expected);
        let all: Vec<_> = set.problems.iter().map(|p| p.to_string()).collect();
        assert_eq!(all.len(), 2, "{all:?}");
        assert!(
            all[0].contains("A.PTS:7: point 5: \"ten\" is not a number"),
            "{all:?}"
        );
        assert!(
            all[1].contains("c.png.pts:6: point 4: \"1 2 3\" where x and y belong: unknown")
                && all[1].contains("(2 times, also on line 51)"),
            "{all:?}"
        );
    }
}
