//! What is in a data set: faces, splits, known labels, balance and what could not be used. For
//! people as text, for programs as JSON.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use serde::Serialize;

use super::{BoxSource, Dataset, Problem, Sample, Split};
use crate::label::{FaceBox, PointState, Task, TaskLabels};
use crate::words::counted;

/// Problems that are printed one by one.
const SHOWN_PROBLEMS: usize = 10;
/// Values of a column that are counted one by one.
const SHOWN_VALUES: usize = 12;

#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    pub name: String,
    pub faces: usize,
    pub pictures: usize,
    /// The largest number of faces in a picture.
    pub faces_in_a_picture: usize,
    /// Faces of each split; those of no split are under "none".
    pub splits: BTreeMap<String, usize>,
    pub identities: Identities,
    pub tasks: Vec<TaskSummary>,
    /// Faces by where their box comes from. Those of the whole picture or its centre square have
    /// neither a box nor all points.
    pub boxes: Vec<(String, usize)>,
    pub columns: Vec<ColumnSummary>,
    pub problems: Vec<String>,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct Identities {
    pub faces: usize,
    pub distinct: usize,
    /// Identities with faces in several splits, by which a measure flatters itself.
    pub in_several_splits: usize,
}

#[derive(Clone, Debug, Serialize)]
pub struct TaskSummary {
    pub name: String,
    /// Faces of which something is known, and all of it.
    pub faces: usize,
    pub complete: usize,
    pub points: Vec<PointSummary>,
    pub attributes: Vec<AttributeSummary>,
}

#[derive(Clone, Debug, Serialize)]
pub struct PointSummary {
    pub name: String,
    pub known: usize,
    pub occluded: usize,
}

#[derive(Clone, Debug, Serialize)]
pub struct AttributeSummary {
    pub name: String,
    pub known: usize,
    pub present: usize,
}

#[derive(Clone, Debug, Serialize)]
pub struct ColumnSummary {
    pub name: String,
    /// Faces that have a value.
    pub known: usize,
    pub distinct: usize,
    /// The most frequent values and how many faces have them.
    pub values: Vec<(String, usize)>,
}

impl Summary {
    pub fn of(set: &Dataset) -> Self {
        let mut faces_in: HashMap<&Path, usize> = HashMap::new();
        let mut splits = BTreeMap::new();
        let mut boxes: BTreeMap<BoxSource, usize> = BTreeMap::new();
        let mut bare = 0;
        for sample in &set.samples {
            *faces_in.entry(&sample.path).or_default() += 1;
            let split = sample.split.map_or("none".into(), |s| s.to_string());
            *splits.entry(split).or_default() += 1;
            match sample.region() {
                Some((_, source)) => *boxes.entry(source).or_default() += 1,
                None => bare += 1,
            }
        }
        let mut boxes: Vec<(String, usize)> = boxes
            .into_iter()
            .map(|(source, n)| (source.to_string(), n))
            .collect();
        if bare > 0 {
            boxes.push((
                "unknown: the whole picture or its centre square is taken".into(),
                bare,
            ));
        }
        let tasks = set.schema.tasks.iter().enumerate();
        Self {
            name: set.name.clone(),
            faces: set.samples.len(),
            pictures: faces_in.len(),
            faces_in_a_picture: faces_in.values().copied().max().unwrap_or(0),
            splits,
            identities: Identities::of(&set.samples),
            tasks: tasks
                .map(|(t, task)| TaskSummary::of(task, t, set.samples.iter()))
                .collect(),
            boxes,
            columns: set
                .columns
                .iter()
                .enumerate()
                .map(|(c, name)| column(name, c, &set.samples))
                .collect(),
            problems: set.problems.iter().map(Problem::to_string).collect(),
        }
    }
}

impl Identities {
    fn of(samples: &[Sample]) -> Self {
        let mut splits: HashMap<&str, HashSet<Option<Split>>> = HashMap::new();
        let mut faces = 0;
        for sample in samples {
            if let Some(identity) = &sample.identity {
                faces += 1;
                splits.entry(identity).or_default().insert(sample.split);
            }
        }
        Self {
            faces,
            distinct: splits.len(),
            in_several_splits: splits.values().filter(|s| s.len() > 1).count(),
        }
    }
}

impl TaskSummary {
    /// What is known of task number `t` in these samples.
    pub fn of<'a>(task: &Task, t: usize, samples: impl Iterator<Item = &'a Sample>) -> Self {
        let mut summary = Self {
            name: task.name.clone(),
            faces: 0,
            complete: 0,
            points: Vec::new(),
            attributes: Vec::new(),
        };
        // (known, occluded or present) of each item
        let mut counts = vec![(0, 0); task.len()];
        for sample in samples {
            let known = sample.annotation.known(t);
            summary.faces += usize::from(known > 0);
            summary.complete += usize::from(known == task.len());
            match &sample.annotation.tasks[t] {
                TaskLabels::Points(points) => {
                    for (count, point) in counts.iter_mut().zip(points) {
                        count.0 += usize::from(point.known().is_some());
                        count.1 += usize::from(point.state == PointState::Occluded);
                    }
                }
                TaskLabels::Binary(values) => {
                    for (count, value) in counts.iter_mut().zip(values) {
                        count.0 += usize::from(value.known().is_some());
                        count.1 += usize::from(value.known() == Some(true));
                    }
                }
            }
        }
        for (name, (known, other)) in task.items().map(String::from).zip(counts) {
            match task.is_points() {
                true => summary.points.push(PointSummary {
                    name,
                    known,
                    occluded: other,
                }),
                false => summary.attributes.push(AttributeSummary {
                    name,
                    known,
                    present: other,
                }),
            }
        }
        summary
    }
}

fn column(name: &str, c: usize, samples: &[Sample]) -> ColumnSummary {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let values = samples.iter().filter_map(|s| s.columns.get(c));
    for value in values.filter(|v| !v.is_empty()) {
        *counts.entry(value).or_default() += 1;
    }
    let (known, distinct) = (counts.values().sum(), counts.len());
    let mut values: Vec<_> = counts.into_iter().map(|(v, n)| (v.to_owned(), n)).collect();
    values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    values.truncate(SHOWN_VALUES);
    ColumnSummary {
        name: name.to_owned(),
        known,
        distinct,
        values,
    }
}

fn percent(part: usize, of: usize) -> f64 {
    100.0 * part as f64 / of.max(1) as f64
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(
            f,
            "{}: {} in {}",
            self.name,
            counted(self.faces, "face"),
            counted(self.pictures, "picture")
        )?;
        if self.faces_in_a_picture > 1 {
            writeln!(f, "  up to {} faces in a picture", self.faces_in_a_picture)?;
        }
        let list = |counts: Vec<(&str, usize)>| {
            let parts: Vec<_> = counts
                .iter()
                .map(|(name, n)| format!("{name} {n}"))
                .collect();
            parts.join(", ")
        };
        let splits = self.splits.iter().map(|(name, n)| (name.as_str(), *n));
        writeln!(f, "splits: {}", list(splits.collect()))?;
        let Identities {
            faces,
            distinct,
            in_several_splits,
        } = self.identities;
        match faces {
            0 => writeln!(f, "identities: none known")?,
            _ => writeln!(
                f,
                "identities: {distinct}, known of {}; {in_several_splits} of them in several splits",
                counted(faces, "face")
            )?,
        }
        let boxes = self.boxes.iter().map(|(name, n)| (name.as_str(), *n));
        writeln!(f, "boxes: {}", list(boxes.collect()))?;
        for task in &self.tasks {
            write!(f, "{task}")?;
        }
        for column in &self.columns {
            let ColumnSummary {
                name,
                known,
                distinct,
                values,
            } = column;
            let values = values
                .iter()
                .map(|(value, n)| (value.as_str(), *n))
                .collect();
            writeln!(
                f,
                "\ncolumn {name}: {}, known of {}",
                counted(*distinct, "value"),
                counted(*known, "face")
            )?;
            let more = if *distinct > SHOWN_VALUES {
                ", …"
            } else {
                ""
            };
            writeln!(f, "  {}{more}", list(values))?;
        }
        writeln!(f, "\nproblems: {}", self.problems.len())?;
        for problem in self.problems.iter().take(SHOWN_PROBLEMS) {
            writeln!(f, "  {problem}")?;
        }
        if self.problems.len() > SHOWN_PROBLEMS {
            writeln!(f, "  … and {} more", self.problems.len() - SHOWN_PROBLEMS)?;
        }
        Ok(())
    }
}

impl fmt::Display for TaskSummary {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self {
            name,
            faces,
            complete,
            ..
        } = self;
        writeln!(
            f,
            "\n{name}: known of {}, all of it of {complete}",
            counted(*faces, "face")
        )?;
        if *faces == 0 {
            return Ok(());
        }
        let names = self
            .points
            .iter()
            .map(|p| &p.name)
            .chain(self.attributes.iter().map(|a| &a.name));
        let width = names.map(String::len).max().unwrap_or(0);
        for PointSummary {
            name,
            known,
            occluded,
        } in &self.points
        {
            writeln!(
                f,
                "  {name:width$}  known {known:>7}  occluded {occluded:>6}"
            )?;
        }
        for AttributeSummary {
            name,
            known,
            present,
        } in &self.attributes
        {
            if *known == 0 {
                writeln!(f, "  {name:width$}  unknown")?;
                continue;
            }
            let share = percent(*present, *known);
            writeln!(
                f,
                "  {name:width$}  known {known:>7}  present {present:>7} ({share:5.1} %)"
            )?;
        }
        Ok(())
    }
}

/// Decodes every picture, on all cores, and names those that cannot be read, those of another size
/// than their labels are for, and labels that lie outside. `done` hears how many are through.
pub fn check_pictures(set: &Dataset, done: impl Fn(usize) + Sync) -> Vec<Problem> {
    let mut places: HashMap<&Path, usize> = HashMap::new();
    let mut pictures: Vec<Vec<&Sample>> = Vec::new();
    for sample in &set.samples {
        let at = *places.entry(&sample.path).or_insert_with(|| {
            pictures.push(Vec::new());
            pictures.len() - 1
        });
        pictures[at].push(sample);
    }
    let count = AtomicUsize::new(0);
    pictures
        .into_par_iter()
        .flat_map_iter(|faces| {
            let loaded = faces[0].load();
            done(count.fetch_add(1, Ordering::Relaxed) + 1);
            let what = match loaded {
                Ok(photo) => misfits(&faces, photo.width(), photo.height()),
                Err(error) => vec![error.reason()],
            };
            let path = &faces[0].path;
            what.into_iter().map(|what| Problem::new(path, None, what))
        })
        .collect()
}

/// How the labels of a picture's faces do not fit the picture.
fn misfits(faces: &[&Sample], width: u32, height: u32) -> Vec<String> {
    let mut what = Vec::new();
    let stated = faces.iter().find_map(|face| face.stated_size);
    if let Some([w, h]) = stated.filter(|size| *size != [width, height]) {
        let turned = match [h, w] == [width, height] {
            true => " (it is turned by its EXIF data)",
            false => "",
        };
        what.push(format!(
            "{width}×{height} pixels, while its labels are for {w}×{h}{turned}"
        ));
    }
    // A label on the edge is not outside, nor one that was rounded there.
    const SLACK: f32 = 1.0;
    let outside = |at: &[f32; 2]| {
        let beyond = |v: f32, side: u32| v < -SLACK || v > side as f32 + SLACK;
        beyond(at[0], width) || beyond(at[1], height)
    };
    for face in faces {
        let of = face
            .place
            .map_or(String::new(), |place| format!("face {place}: "));
        let tasks = face
            .annotation
            .tasks
            .iter()
            .filter_map(|labels| match labels {
                TaskLabels::Points(points) => Some(points),
                TaskLabels::Binary(_) => None,
            });
        let known: Vec<[f32; 2]> = tasks.flatten().filter_map(|point| point.known()).collect();
        let lost = known.iter().filter(|at| outside(at)).count();
        if lost > 0 {
            what.push(format!(
                "{of}{lost} of {} outside its {width}×{height} pixels",
                counted(known.len(), "point")
            ));
        }
        let beside = |b: &FaceBox| {
            let (right, bottom) = (b.x + b.w, b.y + b.h);
            right <= 0.0 || bottom <= 0.0 || b.x >= width as f32 || b.y >= height as f32
        };
        if face.face_box.is_some_and(|(face_box, _)| beside(&face_box)) {
            what.push(format!(
                "{of}its box lies outside its {width}×{height} pixels"
            ));
        }
    }
    what
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Schema;

    #[test]
    fn what_is_there_is_counted() {
        let root = tempfile::tempdir().unwrap();
        for name in ["a.png", "b.png"] {
            std::fs::write(root.path().join(name), "no picture").unwrap();
        }
        let table = "image,face,split,identity,Smiling,left_eye_x,left_eye_y,left_eye_state,pose\n\
            a.png,0,train,x,1,10,11,occluded,left\na.png,1,test,x,-1,,,,left\n\
            b.png,0,train,y,,10,11,,right\nc.png,0,train,y,,,,,\n";
        std::fs::write(root.path().join("faces.csv"), table).unwrap();
        let set = super::super::open(root.path(), &Schema::face()).unwrap();
        let summary = Summary::of(&set);
        assert_eq!(
            (summary.faces, summary.pictures, summary.faces_in_a_picture),
            (3, 2, 2)
        );
        assert_eq!(summary.splits["train"], 2);
        let Identities {
            faces,
            distinct,
            in_several_splits,
        } = summary.identities;
        assert_eq!((faces, distinct, in_several_splits), (3, 2, 1));
        let eye = &summary.tasks[0].points[0];
        assert_eq!((eye.known, eye.occluded), (2, 1));
        let smiling = summary.tasks[1]
            .attributes
            .iter()
            .find(|a| a.name == "Smiling")
            .unwrap();
        assert_eq!((smiling.known, smiling.present), (2, 1));
        assert_eq!(
            summary.columns[0].values,
            [("left".into(), 2), ("right".into(), 1)]
        );
        let text = summary.to_string();
        for part in [
            "3 faces in 2 pictures",
            "( 50.0 %)",
            "problems: 1",
            "c.png: no such",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let unreadable = check_pictures(&set, |_| ());
        assert_eq!(unreadable.len(), 2, "each picture once");
        assert!(
            unreadable[0].what.starts_with("not a picture"),
            "{unreadable:?}"
        );
    }

    #[test]
    fn labels_that_do_not_fit_their_picture_are_named() {
        let root = tempfile::tempdir().unwrap();
        for (name, w, h) in [("a.png", 40, 30), ("b.png", 40, 30), ("c.png", 40, 30)] {
            image::RgbImage::new(w, h)
                .save(root.path().join(name))
                .unwrap();
        }
        let file = r#"{"images": [
            {"id": 1, "file_name": "a.png", "width": 80, "height": 60},
            {"id": 2, "file_name": "b.png", "width": 30, "height": "40"},
            {"id": 3, "file_name": "c.png", "width": 40, "height": 30}],
          "categories": [{"id": 1, "name": "face", "keypoints": ["nose", "left_eye"]}],
          "annotations": [
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [50, 5, 9, 9],
             "keypoints": [60, 5, 2, 39, 29, 2]},
            {"id": 2, "image_id": 3, "category_id": 1, "bbox": [-5, -5, 50, 50],
             "keypoints": [-40, 5, 1, 900, 5, 0]}]}"#;
        std::fs::write(root.path().join("x.json"), file).unwrap();
        let set = super::super::open(root.path(), &Schema::face()).unwrap();
        assert_eq!(
            (set.samples.len(), set.problems.len()),
            (3, 0),
            "{:?}",
            set.problems
        );
        let said: Vec<String> = check_pictures(&set, |_| ())
            .iter()
            .map(Problem::to_string)
            .collect();
        let said = said.join("\n");
        for part in [
            "a.png: 40×30 pixels, while its labels are for 80×60\n",
            "a.png: 1 of 2 points outside its 40×30",
            "a.png: its box lies outside",
            "b.png: 40×30 pixels, while its labels are for 30×40 (it is turned",
            "c.png: 1 of 1 point outside",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert_eq!(said.lines().count(), 5, "{said}");
    }
}
