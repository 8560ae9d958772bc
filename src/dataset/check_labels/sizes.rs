//! Labels that are not in the pixels of their pictures: normalised ones, and those that were made for
//! pictures of another size. Some pictures are asked for their size, which their first bytes say.

use std::collections::HashSet;
use std::path::Path;

use rayon::prelude::*;

use super::face::{known_points, of_face};
use crate::dataset::{BoxSource, Dataset, Problem, Sample};
use crate::humanize::counted;
use crate::label::FaceBox;

/// Pictures that are asked for their size, evenly over the set.
const LOOKED_AT: usize = 64;
/// In a smaller picture, places between 0 and 1 are pixels, and there is no face.
const LEAST_PX: u32 = 5;
/// A label on the edge is not outside, nor one that was rounded there.
const SLACK_PX: f32 = 1.0;

/// Says that places are shares of the picture's size.
pub fn normalised(set: &Dataset) -> Option<Problem> {
    // In any convention: pixels' centres or edges, counted from 0 or 1.
    let is_share = |v: &f32| (-0.5..=1.5).contains(v);
    let shares = |sample: &&Sample| {
        let known = known_points(sample).count();
        known > 1 && known_points(sample).flatten().all(|v| is_share(&v))
    };
    let found: Vec<&Sample> = set.samples.par_iter().filter(shares).collect();
    let mut some = found.iter().take(LOOKED_AT);
    let (width, height) = some.find_map(|s| s.picture_size().ok())?;
    if width < LEAST_PX || height < LEAST_PX {
        return None;
    }
    let labelled = set
        .samples
        .iter()
        .filter(|s| known_points(s).next().is_some());
    let what = format!(
        "points look normalised: all lie between 0 and 1 in {} of {}, and the picture has \
         {width}×{height} pixels; multiply x by the width and y by the height",
        found.len(),
        counted(labelled.count(), "face")
    );
    Some(of_face(found.first()?, what))
}

/// Says that labels are of pictures of another size: those that their file states, and by where
/// most of them are.
pub fn others(set: &Dataset) -> Vec<Problem> {
    let labelled = |s: &&Sample| {
        let boxed = s
            .face_box
            .is_some_and(|(_, source)| source == BoxSource::DataSet);
        s.stated_size.is_some() || boxed || known_points(s).next().is_some()
    };
    let faces: Vec<&Sample> = set.samples.iter().filter(labelled).collect();
    let step = faces.len().div_ceil(LOOKED_AT).max(1);
    let mut seen: HashSet<&Path> = HashSet::new();
    let some = faces.into_iter().step_by(step);
    let some: Vec<&Sample> = some.filter(|s| seen.insert(&s.path)).collect();
    let mut sized: Vec<(&Sample, [u32; 2])> = some
        .into_par_iter()
        .filter_map(|sample| {
            let (width, height) = sample.picture_size().ok()?;
            Some((sample, [width, height]))
        })
        .filter(|(_, [w, h])| *w >= LEAST_PX && *h >= LEAST_PX)
        .collect();
    let stated = stated(&sized);
    // Of pictures of another size than is stated enough is said.
    sized.retain(|(sample, size)| sample.stated_size.is_none_or(|stated| stated == *size));
    let said = [stated, points_outside(&sized), boxes_outside(&sized)];
    said.into_iter().flatten().collect()
}

fn stated(sized: &[(&Sample, [u32; 2])]) -> Option<Problem> {
    let known = sized
        .iter()
        .filter(|(sample, _)| sample.stated_size.is_some());
    let differ = |(sample, size): &&(&Sample, [u32; 2])| sample.stated_size != Some(*size);
    let other: Vec<_> = known.clone().filter(differ).collect();
    let (first, [width, height]) = other.first()?;
    let [w, h] = first.stated_size?;
    let turned = match [h, w] == [*width, *height] {
        true => " (it is turned by its EXIF data)",
        false => "",
    };
    let what = format!(
        "labels are for {w}×{h} pixels and the picture has {width}×{height}{turned}; so it is with {} \
         of {} looked at",
        other.len(),
        counted(known.count(), "picture")
    );
    Some(of_face(first, what))
}

fn points_outside(sized: &[(&Sample, [u32; 2])]) -> Option<Problem> {
    let outside = |sample: &Sample, size: &[u32; 2]| {
        let beyond = |v: f32, side: u32| v < -SLACK_PX || v > side as f32 + SLACK_PX;
        let lost = known_points(sample).filter(|p| beyond(p[0], size[0]) || beyond(p[1], size[1]));
        lost.count()
    };
    let all: usize = sized.iter().map(|(s, _)| known_points(s).count()).sum();
    let lost: usize = sized.iter().map(|(s, size)| outside(s, size)).sum();
    if 2 * lost <= all {
        return None;
    }
    let (first, [w, h]) = sized.iter().find(|(s, size)| outside(s, size) > 0)?;
    let what = format!(
        "{lost} of {} looked at lie outside their pictures (this one has {w}×{h} pixels): are they \
         labels of pictures of another size?",
        counted(all, "point")
    );
    Some(of_face(first, what))
}

fn boxes_outside(sized: &[(&Sample, [u32; 2])]) -> Option<Problem> {
    let boxed = sized.iter().filter_map(|(sample, size)| {
        let (face_box, source) = sample.face_box?;
        (source == BoxSource::DataSet).then_some((*sample, face_box, *size))
    });
    let centre_outside = |(_, face_box, [w, h]): &(&Sample, FaceBox, [u32; 2])| {
        let [x, y] = face_box.center();
        x < 0.0 || y < 0.0 || x > *w as f32 || y > *h as f32
    };
    let all = boxed.clone().count();
    let lost: Vec<_> = boxed.filter(centre_outside).collect();
    if 2 * lost.len() <= all {
        return None;
    }
    let (first, _, [w, h]) = lost.first()?;
    let what = format!(
        "{} of {} looked at lie outside their pictures (this one has {w}×{h} pixels): are they of \
         pictures of another size?",
        lost.len(),
        counted(all, "box")
    );
    Some(of_face(first, what))
}
