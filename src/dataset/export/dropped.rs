//! What an export drops because its format cannot hold it, counted before anything is written.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::Sources;
use super::exported_faces::ExportedFaces;
use super::format::Format;
use super::names::{Names, layout, one_word};
use crate::dataset::number::{self, FROM_ZERO};
use crate::dataset::{
    BoxSource, Dataset, Sample, Split, celeba, face_points, five_points, labelme, mtfl,
};
use crate::label::{PointState, TaskLabels};

/// What kind of thing is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DroppedKind {
    /// Faces of pictures that have another one.
    SecondFaces,
    /// Whole faces of which the format cannot say enough.
    Faces,
    /// Numbers of faces within their pictures.
    FaceNumbers,
    /// Points of faces not all of whose points are known.
    PartialPoints,
    /// Points that are none of the five of a face.
    OtherPoints,
    SubPixel,
    Occluded,
    Attributes,
    /// Attributes that are unknown, where the format has no sign of its own for that.
    UnknownAttributes,
    Boxes,
    BoxAngles,
    /// That a box is no data set's own.
    BoxSources,
    Identities,
    Splits,
    Columns,
    /// That a label was set by a person or accepted from a network.
    Provenance,
    PictureNames,
    /// What labelme's files say beside faces.
    Descriptions,
    Shapes,
    Flags,
    Entries,
}

impl DroppedKind {
    /// Whether it is of labels, and has a place in this program's own table.
    pub fn is_of_labels(self) -> bool {
        match self {
            Self::SecondFaces
            | Self::Faces
            | Self::FaceNumbers
            | Self::PartialPoints
            | Self::OtherPoints
            | Self::SubPixel
            | Self::Occluded
            | Self::Attributes
            | Self::Boxes
            | Self::BoxAngles
            | Self::Identities
            | Self::Splits
            | Self::Columns
            | Self::Provenance => true,
            Self::UnknownAttributes
            | Self::BoxSources
            | Self::PictureNames
            | Self::Descriptions
            | Self::Shapes
            | Self::Flags
            | Self::Entries => false,
        }
    }
}

/// Something that will be missing from what is written.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Dropped {
    pub kind: DroppedKind,
    pub count: usize,
    pub what: String,
}

impl std::fmt::Display for Dropped {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{}: {}", self.what, self.count)
    }
}

/// What `format` cannot hold of `set`, which was read from `sources`.
pub fn dropped(set: &Dataset, sources: &Sources, format: Format) -> Vec<Dropped> {
    let origin = sources.celeba.as_ref();
    let kept = ExportedFaces::of(set, format, origin);
    let pictures = kept.by_picture();
    let labelme = &sources.labelme;
    let (beside, as_they_were) = match format {
        Format::Labelme => labelme.left_out(&pictures),
        _ => (labelme.beside_faces(&pictures), HashSet::new()),
    };
    let mut tally = Tally {
        kept: &kept,
        as_they_were,
        found: Vec::new(),
    };
    let missing = match format {
        Format::Mtfl => "faces left out, as not all five points are known",
        Format::Labelme => "faces left out, one of several in a picture, without box or point",
        _ => "faces left out, as nothing that the format holds is known of them",
    };
    tally.add(
        DroppedKind::SecondFaces,
        kept.second_faces,
        "faces left out, as another of the same picture is kept",
    );
    tally.add(DroppedKind::Faces, kept.unlabelled, missing);
    tally.add(
        DroppedKind::Faces,
        kept.unnamed,
        "faces left out, as the format cannot hold the name of their picture",
    );
    tally.points(format);
    tally.attributes(format);
    tally.boxes(format, kept.aligned);
    tally.rest(format, origin);
    tally.beside_faces(beside);
    tally.found
}

struct Tally<'a> {
    kept: &'a ExportedFaces<'a>,
    /// Pictures whose label files are written again with all that they said.
    as_they_were: HashSet<&'a Path>,
    found: Vec<Dropped>,
}

impl Tally<'_> {
    fn add(&mut self, kind: DroppedKind, count: usize, what: &str) {
        if count > 0 {
            self.found.push(Dropped {
                kind,
                count,
                what: what.into(),
            });
        }
    }

    /// Adds up over all faces that are kept.
    fn count(&self, of: impl Fn(&Sample) -> usize) -> usize {
        self.kept.samples.iter().map(|s| of(s)).sum()
    }

    fn points(&mut self, format: Format) {
        if matches!(format, Format::Coco | Format::Labelme | Format::FacesCsv) {
            return;
        }
        let schema = &self.kept.set.schema;
        let place = face_points(schema);
        let known = |sample: &Sample, ours: bool| {
            let tasks = sample.annotation.tasks.iter().enumerate();
            let points = tasks.flat_map(|(t, labels)| match labels {
                TaskLabels::Points(points) => {
                    points.iter().enumerate().map(|(i, p)| (t, i, p)).collect()
                }
                TaskLabels::Binary(_) => Vec::new(),
            });
            let one_of = |t, i| place.is_some_and(|(task, five)| t == task && five.contains(&i));
            let known = points.filter(|(t, i, p)| one_of(*t, *i) == ours && p.known().is_some());
            known.map(|(_, _, p)| *p).collect::<Vec<_>>()
        };
        let whole = |sample: &Sample| five_points(sample, schema).is_some();
        let partial = self.count(|s| if whole(s) { 0 } else { known(s, true).len() });
        self.add(
            DroppedKind::PartialPoints,
            partial,
            "points of faces not all of whose points are known",
        );
        let other = self.count(|s| known(s, false).len());
        self.add(
            DroppedKind::OtherPoints,
            other,
            "points other than the five of a face",
        );
        let occluded = self.count(|s| {
            let hidden = known(s, true)
                .into_iter()
                .filter(|p| p.state == PointState::Occluded);
            if whole(s) { hidden.count() } else { 0 }
        });
        self.add(
            DroppedKind::Occluded,
            occluded,
            "points are occluded, written like visible ones",
        );
        if format.celeba_form().is_some() {
            let broken = self.count(|s| {
                let between = |p: [f32; 2]| p.iter().any(|v| !is_whole(*v, FROM_ZERO));
                let five = five_points(s, schema);
                five.map_or(0, |five| five.into_iter().filter(|p| between(*p)).count())
            });
            self.add(
                DroppedKind::SubPixel,
                broken,
                "points rounded to whole pixels",
            );
        }
    }

    fn attributes(&mut self, format: Format) {
        let samples = &self.kept.samples;
        let known = |s: &Sample, t: usize, i: usize| match &s.annotation.tasks[t] {
            TaskLabels::Binary(values) => values[i].known().is_some(),
            TaskLabels::Points(_) => false,
        };
        // The attributes that have a place in the format, by task and item.
        let tasks = self.kept.set.schema.tasks.iter().enumerate();
        let held: Vec<Vec<bool>> = tasks
            .map(|(t, task)| {
                let has = |(i, name): (usize, &str)| match format {
                    Format::Pts => false,
                    Format::Mtfl => mtfl::ATTRIBUTES.contains(&name),
                    Format::Celeba | Format::CelebaCsv => samples.iter().any(|s| known(s, t, i)),
                    Format::Coco | Format::Labelme | Format::FacesCsv => true,
                };
                task.items().enumerate().map(has).collect()
            })
            .collect();
        let (mut lost, mut open) = (0, 0);
        for sample in samples {
            let (mut any, mut unknown) = (false, 0);
            for (labels, held) in sample.annotation.tasks.iter().zip(&held) {
                if let TaskLabels::Binary(values) = labels {
                    for (value, held) in values.iter().zip(held) {
                        let known = value.known().is_some();
                        any |= known;
                        lost += usize::from(known && !held);
                        unknown += usize::from(!known && *held);
                    }
                }
            }
            // CelebA's table leaves out a face of which it would say nothing.
            open += match format {
                Format::Mtfl => unknown,
                Format::Celeba | Format::CelebaCsv if any => unknown,
                _ => 0,
            };
        }
        let what = match format {
            Format::Mtfl => "known attributes other than Male, Smiling and Eyeglasses",
            _ => "known attributes",
        };
        self.add(DroppedKind::Attributes, lost, what);
        self.add(
            DroppedKind::UnknownAttributes,
            open,
            "unknown attributes, written as 0, which other programs may not know",
        );
    }

    fn boxes(&mut self, format: Format, aligned: bool) {
        let all = |s: &Sample| usize::from(s.face_box.is_some());
        let given = |s: &Sample| {
            s.face_box
                .filter(|(_, source)| *source != BoxSource::Aligned)
        };
        let turned = |s: &Sample| s.face_box.is_some_and(|(b, _)| b.angle != 0.0);
        let lost = match format {
            Format::Mtfl | Format::Pts => self.count(all),
            Format::Celeba | Format::CelebaCsv if aligned => {
                self.count(|s| usize::from(given(s).is_some()))
            }
            Format::Celeba | Format::CelebaCsv => {
                self.count(|s| all(s) - usize::from(given(s).is_some()))
            }
            _ => 0,
        };
        self.add(DroppedKind::Boxes, lost, "face boxes");
        let celeba = format.celeba_form().is_some();
        let written = match format {
            Format::Mtfl | Format::Pts => false,
            _ => !(celeba && aligned),
        };
        if !written {
            return;
        }
        if format != Format::FacesCsv {
            let anew = |s: &Sample| !self.as_they_were.contains(&*s.path);
            let angles = self.count(|s| usize::from(turned(s) && anew(s)));
            self.add(
                DroppedKind::BoxAngles,
                angles,
                "turns of face boxes, written upright",
            );
        }
        if celeba {
            let rounded = self.count(|s| {
                given(s).map_or(0, |(b, _)| {
                    let sides = [b.x, b.y, b.w, b.h];
                    usize::from(sides.iter().any(|v| !is_whole(*v, number::CONTINUOUS)))
                })
            });
            self.add(
                DroppedKind::SubPixel,
                rounded,
                "face boxes rounded to whole pixels",
            );
        } else {
            let other = self.count(|s| {
                usize::from(
                    s.face_box
                        .is_some_and(|(_, source)| source != BoxSource::DataSet),
                )
            });
            self.add(
                DroppedKind::BoxSources,
                other,
                "face boxes of aligned pictures or given by hand, written like the data set's own",
            );
        }
    }

    fn rest(&mut self, format: Format, origin: Option<&celeba::Files>) {
        let celeba = format.celeba_form().is_some();
        let identities = self.count(|s| match (format, &s.identity) {
            (_, None) | (Format::Coco | Format::FacesCsv, _) => 0,
            (_, Some(name)) if celeba => usize::from(one_word(name) != **name),
            _ => 1,
        });
        let how = if celeba {
            "identities, written with _ for spaces and commas"
        } else {
            "identities"
        };
        self.add(DroppedKind::Identities, identities, how);
        let splits = self.count(|s| match format {
            Format::Pts | Format::Labelme => usize::from(s.split.is_some()),
            Format::Mtfl => usize::from(s.split.is_none_or(|split| split == Split::Validation)),
            _ => 0,
        });
        let how = match format {
            Format::Mtfl => {
                "faces of no split, written to training.txt, or of validation, to a validation.txt of our own"
            }
            _ => "faces' splits",
        };
        self.add(DroppedKind::Splits, splits, how);
        let set = self.kept.set;
        for (c, name) in set.columns.iter().enumerate() {
            let lost = self.count(|s| {
                let value = s.columns.get(c).map_or("", |v| v);
                // Without a shape of its own a face's flags stand at its first point.
                let of_point = format == Format::Labelme
                    && name == labelme::OCCLUDED
                    && !labelme::carries_flags(s)
                    && s.ordinal.is_some();
                let held = holds_column(format, name, value, origin) && !of_point;
                usize::from(!value.is_empty() && !held)
            });
            self.add(
                DroppedKind::Columns,
                lost,
                &format!("values of the column {name:?}"),
            );
        }
        let provenance = match format {
            Format::FacesCsv => 0,
            _ => self.count(|s| s.annotation.provenance.len()),
        };
        self.add(
            DroppedKind::Provenance,
            provenance,
            "labels' notes of who set them",
        );
        if format == Format::Coco {
            let mut next: HashMap<_, u32> = HashMap::new();
            let samples = self.kept.samples.iter();
            let other = samples.filter(|s| {
                let next = next.entry(&s.path).or_default();
                *next += 1;
                s.face != *next - 1
            });
            let other = other.count();
            self.add(
                DroppedKind::FaceNumbers,
                other,
                "numbers of faces, which are counted anew in each picture",
            );
        } else if format.one_face() {
            let other = self.count(|s| usize::from(s.face != 0));
            self.add(
                DroppedKind::FaceNumbers,
                other,
                "numbers of faces in their pictures",
            );
        }
        let layout = layout(self.kept, format, false);
        let names = Names::of(&self.kept.samples, &layout);
        self.add(
            DroppedKind::PictureNames,
            names.renamed().count(),
            "pictures with another name, theirs having a space or comma or being taken",
        );
    }
}

impl Tally<'_> {
    /// What labelme's files say of their pictures beside faces.
    fn beside_faces(&mut self, lost: labelme::LeftOut) {
        for (kind, count, what) in [
            (
                DroppedKind::Descriptions,
                lost.descriptions,
                "descriptions of shapes",
            ),
            (
                DroppedKind::Shapes,
                lost.shapes,
                "shapes that are neither a point of a face nor its box",
            ),
            (DroppedKind::Flags, lost.flags, "flags that are of no face"),
            (
                DroppedKind::Entries,
                lost.entries,
                "entries of label files and shapes that labelme does not have",
            ),
        ] {
            self.add(kind, count, what);
        }
    }
}

fn is_whole(value: f32, shift: f64) -> bool {
    number::moved(number::whole(value, shift) as f64, shift) == Some(value)
}

fn holds_column(format: Format, name: &str, value: &str, origin: Option<&celeba::Files>) -> bool {
    match format {
        Format::FacesCsv | Format::Coco => true,
        Format::Mtfl => name == mtfl::POSE && mtfl::is_pose(value),
        Format::Labelme => ["true", "false"].contains(&value),
        // Columns that CelebA's own table had.
        Format::Celeba | Format::CelebaCsv => origin.is_some() && ["1", "-1"].contains(&value),
        Format::Pts => false,
    }
}
