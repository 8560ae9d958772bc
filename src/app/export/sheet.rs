//! Chosen faces side by side with labels and predictions, as in the paper's Figure 4.

use std::sync::Arc;

use image::RgbImage;

use crate::app::Studio;
use crate::app::canvas::{View, face_marks};
use crate::app::findings::Finding;
use crate::app::item::{Face, Item};
use crate::app::layers::Layers;
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

impl Studio {
    /// The chosen faces, or the one that is shown.
    pub(super) fn sheet_faces(&self) -> Result<Vec<SheetFace>, String> {
        let list = &self.list;
        let mut indices: Vec<usize> = list.chosen.iter().map(|i| *i as usize).collect();
        if indices.is_empty() {
            indices.push(list.selected);
        }
        if indices.len() > AT_MOST {
            let count = indices.len();
            return Err(format!(
                "A sheet takes {AT_MOST} faces at most, and {count} are chosen"
            ));
        }
        let faces: Vec<SheetFace> = indices
            .into_iter()
            .filter_map(|index| {
                let face = list.face(index)?;
                Some(SheetFace {
                    sample: face.sample.clone(),
                    picture: face.item.picture().cloned(),
                    face_box: (face.source == BoxSource::Given).then_some(face.face_box),
                    finding: face.finding.cloned(),
                    other: face.other.cloned(),
                })
            })
            .collect();
        match faces.is_empty() {
            true => Err("There is no face to draw".into()),
            false => Ok(faces),
        }
    }
}

/// Reads what is not at hand, and draws. A picture that cannot be read is an error: a figure with
/// holes is none.
pub fn drawing(faces: &[SheetFace], schema: &Schema, layers: &Layers) -> Result<Page, String> {
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

fn cell(
    drawing: &mut Page,
    face: &SheetFace,
    at: [f32; 2],
    schema: &Schema,
    layers: &Layers,
) -> Result<(), String> {
    let picture = match &face.picture {
        Some(picture) => picture.clone(),
        None => Arc::new(face.sample.load().map_err(|e| e.to_string())?.image),
    };
    let (width, height) = picture.dimensions();
    let face_box = face
        .face_box
        .unwrap_or(face.sample.region_in(width, height).0);
    // The square about the box, as much of it as the picture has.
    let square = FaceBox::square(face_box.center(), face_box.side() / 2.0);
    let zoom = CELL / square.w;
    let origin = [at[0] - square.x * zoom, at[1] - square.y * zoom];
    let span = |from: f32, side: f32, limit: u32| {
        let start = from.floor().clamp(0.0, limit as f32) as u32;
        let end = (from + side).ceil().clamp(0.0, limit as f32) as u32;
        (start, end.saturating_sub(start))
    };
    let ((x, w), (y, h)) = (
        span(square.x, square.w, width),
        span(square.y, square.h, height),
    );
    if w > 0 && h > 0 {
        let part = image::imageops::crop_imm(picture.as_ref(), x, y, w, h).to_image();
        // No larger than twice the cell: the sheet is a figure, not an archive.
        let shrink = (w.max(h) as f32 / (2.0 * CELL)).max(1.0);
        let side = |v: u32| ((v as f32 / shrink).round() as u32).max(1);
        let part = match shrink > 1.0 {
            true => image::imageops::thumbnail(&part, side(w), side(h)),
            false => part,
        };
        drawing.pictures.push(Placed {
            at: [origin[0] + x as f32 * zoom, origin[1] + y as f32 * zoom],
            size: [w as f32 * zoom, h as f32 * zoom],
            picture: Arc::new(part),
            smooth: true,
            opacity: 1.0,
        });
    }
    let item = Item::unread();
    let seen = Face {
        sample: &face.sample,
        item: &item,
        face_box,
        source: BoxSource::Given,
        finding: face.finding.as_ref(),
        other: face.other.as_ref(),
        hand: None,
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
        assert!(error.contains("gone.png"), "{error}");
    }
}
