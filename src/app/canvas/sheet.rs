//! Chosen faces side by side with labels and predictions, as in the paper's Figure 4.

use std::collections::HashMap;
use std::sync::Arc;

use image::RgbImage;

use super::layers::Layers;
use super::marks::{View, face_marks};
use crate::app::export::ExportError;
use crate::app::faces::boxes::PhotoFace;
use crate::app::faces::findings::Finding;
use crate::app::faces::item::{Face, Item};
use crate::app::model::Model;
use crate::dataset::{BoxSource, Sample};
use crate::figure::{Page, Placed, Unit};
use crate::label::{FaceBox, Schema};

/// More faces would make a sheet that nobody can look at.
const AT_MOST: usize = 200;
/// Side of a face on the sheet, and what is between two.
const CELL: f32 = 200.0;
const GAP: f32 = 6.0;
/// Rows are at least this much longer than columns.
const COLUMNS: usize = 8;

/// A face to draw, and its picture where that is at hand.
pub struct SheetFace {
    sample: Sample,
    picture: Option<Arc<RgbImage>>,
    /// Where somebody moved it; else the sample's place.
    face_box: Option<FaceBox>,
    finding: Option<Finding>,
    other: Option<Finding>,
}

/// The places of the chosen faces in the list, or of the one that is shown.
pub fn sheet_faces(model: &Model) -> Result<Vec<usize>, ExportError> {
    let list = &model.faces;
    let mut indices: Vec<usize> = list.selection.chosen.iter().map(|i| *i as usize).collect();
    if indices.is_empty() {
        indices.push(list.selected());
    }
    if indices.len() > AT_MOST {
        let count = indices.len();
        return Err(ExportError::TooMany {
            most: AT_MOST,
            chosen: count,
        });
    }
    indices.retain(|index| list.face(*index).is_some());
    // As they stand in the list; those that a filter leaves out come last.
    let rows: HashMap<u32, usize> = (0..)
        .zip(&list.order.shown)
        .map(|(row, i)| (*i, row))
        .collect();
    indices.sort_by_key(|i| rows.get(&(*i as u32)).copied().unwrap_or(usize::MAX));
    match indices.is_empty() {
        true => Err(ExportError::Missing("There is no face to draw")),
        false => Ok(indices),
    }
}

/// Which box is drawn of a face of the list: without chosen faces it is the one that is looked at,
/// which may be drawn by hand.
pub fn which_to_draw(model: &Model, index: usize) -> PhotoFace {
    let list = &model.faces;
    match list.selection.chosen.is_empty() && index == list.selected() {
        true => list.active(),
        false => PhotoFace::Listed(index),
    }
}

/// The face in the box that is drawn of it.
pub fn face_to_draw(model: &Model, index: usize) -> Option<Face<'_>> {
    match which_to_draw(model, index) {
        PhotoFace::Drawn(_) => model.faces.shown(),
        PhotoFace::Listed(index) => model.faces.face(index),
    }
}

/// What is drawn of each face.
pub fn faces_to_draw(model: &Model, indices: &[usize]) -> Vec<SheetFace> {
    let faces = indices.iter().filter_map(|index| {
        let face = face_to_draw(model, *index)?;
        Some(SheetFace {
            sample: face.sample.clone(),
            picture: face.item.picture().cloned(),
            face_box: (face.source == BoxSource::Given).then_some(face.face_box),
            finding: face.finding.cloned(),
            other: face.other.cloned(),
        })
    });
    faces.collect()
}

/// Reads what is not at hand, and draws. A picture that cannot be read is an error: a figure with
/// holes is none.
pub fn drawing(faces: &[SheetFace], schema: &Schema, layers: &Layers) -> Result<Page, ExportError> {
    let columns = (faces.len() as f32).sqrt().ceil() as usize;
    let columns = columns.clamp(1, COLUMNS);
    let rows = faces.len().div_ceil(columns);
    let length = |n: usize| GAP + n as f32 * (CELL + GAP);
    let size = [length(columns), length(rows)];
    let mut drawing = Page::new(size, Unit::Pixel, [255; 3]);
    for (n, face) in faces.iter().enumerate() {
        let at = [length(n % columns), length(n / columns)];
        cell(&mut drawing, face, at, schema, layers)?;
    }
    Ok(drawing)
}

/// The part of a picture that fills a cell, from its upper left corner and as wide as high: the
/// square about the box, moved into the picture where it begins outside, and as much of it as the
/// picture has.
fn part(face_box: &FaceBox, width: u32, height: u32) -> [u32; 3] {
    let side = (face_box.side().round() as u32).clamp(1, width.min(height).max(1));
    let start = |middle: f32, limit: u32| {
        let start = (middle - side as f32 / 2.0).round().max(0.0);
        (start as u32).min(limit.saturating_sub(side))
    };
    let [x, y] = face_box.center();
    [start(x, width), start(y, height), side]
}

fn cell(
    drawing: &mut Page,
    face: &SheetFace,
    at: [f32; 2],
    schema: &Schema,
    layers: &Layers,
) -> Result<(), ExportError> {
    let picture = match &face.picture {
        Some(picture) => picture.clone(),
        None => Arc::new(face.sample.load()?.image),
    };
    let (width, height) = picture.dimensions();
    let face_box = face
        .face_box
        .unwrap_or(face.sample.region_in(width, height).0);
    let [x, y, side] = part(&face_box, width, height);
    let zoom = CELL / side as f32;
    let origin = [at[0] - x as f32 * zoom, at[1] - y as f32 * zoom];
    let part = image::imageops::crop_imm(picture.as_ref(), x, y, side, side).to_image();
    // No larger than twice the cell: the sheet is a figure, not an archive.
    let most = (2.0 * CELL) as u32;
    let part = match side > most {
        true => image::imageops::thumbnail(&part, most, most),
        false => part,
    };
    drawing.pictures.push(Placed {
        at,
        size: [CELL; 2],
        picture: Arc::new(part),
        smooth: true,
        opacity: 1.0,
    });
    let item = Item::unread();
    let seen = Face {
        sample: &face.sample,
        item: &item,
        face_box,
        source: BoxSource::Given,
        finding: face.finding.as_ref(),
        other: face.other.as_ref(),
        hand: None,
        dragged: None,
    };
    // The paper's figure has points alone.
    let mut layers = *layers;
    layers.face_box.on = false;
    layers.circles.on = false;
    let view = View {
        origin,
        zoom,
        unit: 1.0,
        strength: 1.0,
    };
    face_marks(&mut drawing.marks, &seen, schema, &layers, view);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{PointLabel, Prediction, TaskLabels, TaskPrediction};

    #[test]
    fn faces_stand_in_a_grid_with_their_points() {
        let schema = Schema::face();
        let face = |x: f32| {
            let mut sample = Sample::unlabelled(std::path::Path::new("a.png"), &schema);
            sample.face_box = Some((FaceBox::new(10.0, 10.0, 50.0, 50.0), BoxSource::DataSet));
            sample.annotation.tasks[0] =
                TaskLabels::Points(vec![PointLabel::visible([x, 35.0]); 5]);
            let tasks = vec![TaskPrediction::Points(vec![[x + 10.0, 35.0]; 5])];
            let face_box = FaceBox::new(10.0, 10.0, 50.0, 50.0);
            let finding = Finding::new(None, &schema, face_box, Prediction { tasks });
            SheetFace {
                sample,
                picture: Some(Arc::new(RgbImage::from_pixel(90, 90, image::Rgb([80; 3])))),
                face_box: None,
                finding: Some(finding),
                other: None,
            }
        };
        let faces: Vec<SheetFace> = (0..3).map(|_| face(35.0)).collect();
        let layers = Layers::default();
        let drawing = drawing(&faces, &schema, &layers).unwrap();
        assert_eq!(drawing.size, [418.0, 418.0]);
        let picture = drawing.to_image(1.0).unwrap();
        let at = |x: u32, y: u32| picture.get_pixel(x, y).0;
        // The label in the first cell's middle, the prediction 40 to its right.
        assert_eq!(at(6 + 100, 6 + 100), layers.colours.label());
        assert_eq!(at(6 + 140, 6 + 100), layers.colours.prediction());
        assert_eq!(at(212 + 30, 6 + 30), [80; 3], "the second face");
        assert_eq!(at(212 + 100, 212 + 100), [255; 3], "there is no fourth");
    }

    #[test]
    fn every_cell_is_full_of_its_picture() {
        // Inside, at each edge, larger than the picture, and quite outside.
        for (x, y, side, expected) in [
            (10.0, 20.0, 30.0, [10, 20, 30]),
            (-10.0, 20.0, 30.0, [0, 20, 30]),
            (90.0, 70.0, 30.0, [70, 50, 30]),
            (-20.0, -20.0, 140.0, [10, 0, 80]),
            (500.0, -500.0, 40.0, [60, 0, 40]),
        ] {
            let face_box = FaceBox::new(x, y, side, side);
            assert_eq!(part(&face_box, 100, 80), expected, "{face_box:?}");
        }
        let schema = Schema::face();
        let mut sample = Sample::unlabelled(std::path::Path::new("a.png"), &schema);
        let face_box = FaceBox::new(-30.0, 40.0, 60.0, 60.0);
        sample.face_box = Some((face_box, BoxSource::DataSet));
        // A point at the picture's left edge is at the cell's.
        sample.annotation.tasks[0] = TaskLabels::Points(vec![PointLabel::visible([0.0, 70.0]); 5]);
        let face = SheetFace {
            sample,
            picture: Some(Arc::new(RgbImage::from_pixel(90, 120, image::Rgb([80; 3])))),
            face_box: None,
            finding: None,
            other: None,
        };
        let layers = Layers::default();
        let picture = drawing(&[face], &schema, &layers)
            .unwrap()
            .to_image(1.0)
            .unwrap();
        let cell = (GAP as u32, (GAP + CELL) as u32 - 1);
        for (x, y) in [
            (cell.0, cell.0),
            (cell.1, cell.0),
            (cell.0, cell.1),
            (cell.1, cell.1),
        ] {
            assert_eq!(picture.get_pixel(x, y).0, [80; 3], "{x}, {y}");
        }
        let at = picture.get_pixel(cell.0 + 1, cell.0 + 100).0;
        assert_eq!(at, layers.colours.label());
    }

    #[test]
    fn a_picture_that_is_gone_is_named() {
        let schema = Schema::face();
        let face = SheetFace {
            sample: Sample::unlabelled(std::path::Path::new("gone.png"), &schema),
            picture: None,
            face_box: None,
            finding: None,
            other: None,
        };
        let error = drawing(&[face], &schema, &Layers::default()).unwrap_err();
        let error = error.to_string();
        assert!(error.contains("gone.png"), "{error}");
    }
}
