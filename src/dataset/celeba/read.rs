//! CelebA's tables to samples. Each is read on all cores; then one pass finds out which rows are
//! about the same picture, and the samples are made on all cores again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::attributes::Columns;
use super::columns::{BOXES, LANDMARKS, own_attributes};
use super::faces::{Faces, Rows};
use super::table::{Listing, Table};
use super::values::{Order, box_row, five_points, one_value};
use super::{ALIGNED, Files, WILD};
use crate::dataset::{
    BoxSource, Dataset, DatasetError, LabelPlace, Problem, Sample, Split, face_points, name_of,
    unused_files,
};
use crate::label::{PointLabel, Presence, Schema, TaskLabels};

/// CelebA's names of the points, without those of their axes.
const POINTS: [&str; 5] = ["lefteye", "righteye", "nose", "leftmouth", "rightmouth"];
pub fn read(files: &Files, schema: &Schema) -> Result<Dataset, DatasetError> {
    if !files.pictures.is_dir() {
        let name = if files.aligned { ALIGNED } else { WILD };
        let what = format!("CelebA's tables are here, and no folder {name} with their pictures");
        return Err(DatasetError::format(&files.root, what));
    }
    let pictures = Listing::of(&files.pictures)?;
    let mut problems = Vec::new();
    if files.both {
        let (one, other) = match files.aligned {
            true => ("aligned pictures", WILD),
            false => ("pictures in the wild", ALIGNED),
        };
        let what = format!(
            "both kinds of pictures are here; the {one} are read (open the folder {other} for the others)"
        );
        problems.push(Problem::new(&files.root, None, what));
    }
    for table in &files.of_others {
        problems.push(Problem::new(table, Some(1), of_others(files)));
    }
    let own = own_attributes();
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    let attributes = open(&files.attributes, &own, &mut problems)?;
    let landmarks = open(&files.landmarks, &LANDMARKS, &mut problems)?;
    let boxes = open(&files.boxes, &BOXES, &mut problems)?;
    let identities = open(&files.identities, &[], &mut problems)?;
    let partition = open(&files.partition, &[], &mut problems)?;

    let mut columns = match &attributes {
        Some((path, table)) => Columns::of(path, &table.names, schema, &mut problems),
        None => Columns::default(),
    };
    let points = face_points(schema);
    let mut faces = Faces::new(&pictures, &files.pictures, problems);
    let names = |table: &Option<(&Path, Table)>| {
        table.as_ref().map_or(Vec::new(), |(_, t)| t.names.clone())
    };
    let (point_order, box_order) = (
        Order::of(&names(&landmarks), &LANDMARKS),
        Order::of(&names(&boxes), &BOXES),
    );
    let attributes = faces.add(&attributes, &columns.names[..], |values, bad| {
        columns.row(values, bad)
    });
    columns.understand(&attributes);
    if let Some((path, notice)) = files.attributes.as_ref().zip(columns.marks.notice()) {
        faces.problems.push(Problem::new(path, None, notice));
    }
    let landmarks = match points {
        Some(_) => faces.add(&landmarks, &POINTS[..], |values, bad| {
            Ok(five_points(point_order.take(values)?, bad))
        }),
        None => Rows::default(),
    };
    let boxes = faces.add(&boxes, &[""][..], |values, bad| {
        Ok(box_row(box_order.take(values)?, bad))
    });
    let identities = faces.add(&identities, &[""][..], |values, _| one_value(values));
    let partition = faces.add(&partition, &[""][..], |values, bad| {
        let value = one_value(values)?;
        let split = Split::of_code(value);
        Ok(split.unwrap_or_else(|what| {
            Split::parse(value).unwrap_or_else(|_| {
                bad.push((0, what));
                None
            })
        }))
    });

    // Faces that only a table of the other kind's places names are there all the same.
    if faces.order.is_empty() {
        for path in &files.of_others {
            let table = Table::open(path, &BOXES, &mut Vec::new())?;
            faces.add(&Some((path, table)), &[""][..], |_, _| Ok(()));
        }
    }

    let names = identities.describe();
    let other_text = [
        (Presence::Present, Arc::from("1")),
        (Presence::Absent, Arc::from("-1")),
        (Presence::Unknown, Arc::from("")),
    ];
    let aligned = faces.aligned_box(files);
    let file = |path: &Option<PathBuf>| path.as_deref().map(Arc::<Path>::from);
    let [of_points, of_boxes, of_attributes] =
        [&files.landmarks, &files.boxes, &files.attributes].map(file);
    let samples = (0..faces.order.len())
        .into_par_iter()
        .map(|i| {
            let path = files.pictures.join(pictures.name(faces.order[i]));
            let mut sample = Sample::unlabelled(&path, schema);
            // Where places can be wrong goes before the rest.
            let lines = [
                (&of_points, landmarks.line(i)),
                (&of_boxes, boxes.line(i)),
                (&of_attributes, attributes.line(i)),
            ];
            let mut lines = lines.into_iter().filter(|(_, line)| line.is_some());
            sample.labelled_at = lines
                .next()
                .and_then(|(file, line)| Some(LabelPlace::new(file.as_ref()?, line)));
            if let Some(row) = attributes.of(i) {
                columns.label(row, &mut sample, &other_text);
            } else {
                sample.columns = vec![other_text[2].1.clone(); columns.foreign.len()];
            }
            if let (Some(row), Some((task, items))) = (landmarks.of(i), points)
                && let TaskLabels::Points(labels) = &mut sample.annotation.tasks[task]
            {
                for (item, at) in items.iter().zip(row) {
                    labels[*item] = at.map_or_else(PointLabel::default, PointLabel::visible);
                }
            }
            // Also where points are known: a box from them would tell where they are.
            sample.face_box = aligned.map(|b| (b, BoxSource::Aligned));
            if let Some(Some(face_box)) = boxes.of(i) {
                sample.face_box = Some((*face_box, BoxSource::DataSet));
            }
            sample.identity = identities.of(i).and_then(|name| names.get(*name)).cloned();
            sample.split = partition.of(i).copied().flatten();
            sample
        })
        .collect();
    let mut set = Dataset {
        name: name_of(&files.root),
        schema: schema.clone(),
        samples,
        columns: columns.foreign,
        problems: faces.problems,
    };
    let names = (0..pictures.len() as u32).map(|picture| pictures.name(picture));
    let shown = names.filter(|name| !name.starts_with('.'));
    let paths: Vec<PathBuf> = shown.map(|name| files.pictures.join(name)).collect();
    let paths = paths.iter().map(PathBuf::as_path);
    let unnamed = unused_files::without_row(paths, &set, (&files.root, "CelebA's tables"));
    set.problems.extend(unnamed);
    Ok(set)
}

/// Why a table of places is not read.
fn of_others(files: &Files) -> String {
    let (theirs, ours, folder) = match files.aligned {
        true => ("pictures in the wild", "aligned ones", WILD),
        false => ("aligned pictures", "pictures in the wild", ALIGNED),
    };
    let place = if files.both {
        format!("open the folder {folder} for these")
    } else {
        format!("pictures in a folder {folder} are read with it")
    };
    format!("not read: its places are those of CelebA's {theirs}, and these are {ours} ({place})")
}

fn open<'a>(
    path: &'a Option<PathBuf>,
    own: &[&str],
    problems: &mut Vec<Problem>,
) -> Result<Option<(&'a Path, Table)>, DatasetError> {
    let open = |path: &'a PathBuf| Ok((path.as_path(), Table::open(path, own, problems)?));
    path.as_ref().map(open).transpose()
}

#[cfg(test)]
mod tests;
