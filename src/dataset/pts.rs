//! 300-W's `.pts`: a file beside each picture with a line `x y` a point, in pixels counted from 1.
//! Of the 68 points five are taken: an eye is the mean of its six lid points (36 to 41 and 42 to
//! 47, from 0), the tip of the nose is point 30, the corners of the mouth are 48 and 54. A file of
//! five points has those of this program, in its order.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::export::{Kept, Names};
use super::number::{self, FROM_ONE};
use super::{Dataset, DatasetError, Problem, Sample, face_points, five_points, name_of};
use crate::label::{Point, PointLabel, Schema, TaskLabels};
use crate::words::counted;

/// Reads a folder's pictures with the files beside them. A picture without one is a face of which
/// nothing is known.
pub fn read(
    path: &Path,
    pictures: &[PathBuf],
    files: &[PathBuf],
    schema: &Schema,
) -> Result<Dataset, DatasetError> {
    let mut problems = Vec::new();
    let have: HashSet<&PathBuf> = files.iter().collect();
    let mut used = HashSet::new();
    let mut faces = Vec::new();
    for picture in pictures {
        let file = picture.with_extension("pts");
        let file = have.contains(&file).then_some(file);
        match file {
            Some(file) if !used.insert(file.clone()) => {
                let what = format!("{} is of another picture of this name", name_of(&file));
                problems.push(Problem::new(picture, None, what));
            }
            file => faces.push((picture, file)),
        }
    }
    for file in files.iter().filter(|f| !used.contains(*f)) {
        problems.push(Problem::new(
            file,
            None,
            "no picture of this name beside it",
        ));
    }
    let read: Vec<Result<Sample, Problem>> = faces
        .into_par_iter()
        .map(|(picture, file)| {
            let mut sample = Sample::unlabelled(picture, schema);
            let Some(file) = file else {
                return Ok(sample);
            };
            let points = parse(&file)?;
            if let Some((task, items)) = face_points(schema)
                && let TaskLabels::Points(labels) = &mut sample.annotation.tasks[task]
            {
                for (item, at) in items.into_iter().zip(points) {
                    labels[item] = PointLabel::visible(at);
                }
            }
            Ok(sample)
        })
        .collect();
    let mut samples = Vec::with_capacity(read.len());
    for face in read {
        match face {
            Ok(sample) => samples.push(sample),
            Err(problem) => problems.push(problem),
        }
    }
    Ok(Dataset {
        name: name_of(path),
        schema: schema.clone(),
        samples,
        columns: Vec::new(),
        problems,
    })
}

fn parse(path: &Path) -> Result<[Point; 5], Problem> {
    let bytes = fs::read(path).map_err(|e| Problem::new(path, None, e.to_string()))?;
    let text = String::from_utf8_lossy(&bytes);
    let mut announced = None;
    let mut inside = false;
    let mut points: Vec<Point> = Vec::new();
    for (line, content) in (1..).zip(text.lines()) {
        let content = content.trim();
        let wrong = |what: String| Problem::new(path, Some(line), what);
        match content {
            "" => {}
            "{" => inside = true,
            "}" => break,
            _ if !inside => {
                if let Some(("n_points", count)) = content.split_once(':') {
                    announced = count.trim().parse::<usize>().ok();
                }
            }
            _ => {
                let words: Vec<&str> = content.split_whitespace().take(3).collect();
                let [x, y] = words[..] else {
                    let shown = number::shown(content);
                    return Err(wrong(format!("{shown:?} where x and y belong")));
                };
                let read = |text| number::read(text, FROM_ONE).map_err(wrong);
                points.push([read(x)?, read(y)?]);
            }
        }
    }
    let count = points.len();
    if let Some(announced) = announced.filter(|n| *n != count) {
        let what = format!(
            "n_points announces {}; there are {count}",
            counted(announced, "point")
        );
        return Err(Problem::new(path, None, what));
    }
    match count {
        68 => Ok([
            mean(&points[36..42]),
            mean(&points[42..48]),
            points[30],
            points[48],
            points[54],
        ]),
        5 => Ok([0, 1, 2, 3, 4].map(|i| points[i])),
        _ => {
            let what = format!("{} where 68 or 5 belong", counted(count, "point"));
            Err(Problem::new(path, None, what))
        }
    }
}

fn mean(points: &[Point]) -> Point {
    [0, 1].map(|axis| points.iter().map(|p| p[axis]).sum::<f32>() / points.len() as f32)
}

pub fn write(kept: &Kept, names: &Names, to: &Path) -> Result<(), DatasetError> {
    for sample in &kept.samples {
        let Some(points) = five_points(sample, &kept.set.schema) else {
            continue;
        };
        let line = |p: Point| p.map(|v| number::text(v, FROM_ONE)).join(" ") + "\n";
        let lines: String = points.into_iter().map(line).collect();
        let text = format!("version: 1\nn_points: 5\n{{\n{lines}}}\n");
        let path = to.join(names.stem(&sample.path).to_owned() + ".pts");
        fs::write(&path, text).map_err(DatasetError::io(&path))?;
    }
    Ok(())
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
            write(name, "");
        }
        write("a.pts", &file(68, 68));
        write("b.pts", &file(67, 68));
        write("c.pts", &file(51, 51));
        write("d.pts", "version: 1\nn_points: 5\n{\n1 2\n1 two\n");
        write("lost.pts", &file(68, 68));
        let set = super::super::open(root.path(), &Schema::face()).unwrap();
        let names: Vec<_> = set.samples.iter().map(|s| name_of(&s.path)).collect();
        assert_eq!(names, ["a.jpg", "e.jpg"]);
        let TaskLabels::Points(points) = &set.samples[0].annotation.tasks[0] else {
            unreachable!()
        };
        let at: Vec<_> = points.iter().map(|p| p.at).collect();
        let expected = [38.5, 44.5, 30.0, 48.0, 54.0].map(|i: f32| [i - 0.5, 2.0 * i - 0.5]);
        assert_eq!(at, expected);
        assert_eq!(set.samples[1].annotation.known(0), 0);
        let problems: Vec<_> = set.problems.iter().map(|p| p.to_string()).collect();
        let all = problems.join("\n");
        for part in [
            "a.png: a.pts is of another",
            "b.pts: n_points announces 68 points; there are 67",
            "c.pts: 51 points where",
            "d.pts:5: \"two\"",
            "lost.pts: no picture",
        ] {
            assert!(all.contains(part), "{part}: {all}");
        }
    }
}
