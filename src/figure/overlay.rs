//! A photo with what was found on it, and what is known.

use image::RgbImage;

use super::{Canvas, LABEL, PREDICTION};
use crate::label::{
    Annotation, FaceBox, Point, Prediction, Schema, TaskKind, TaskLabels, TaskPrediction,
};

/// One face to draw.
pub struct Overlay<'a> {
    pub face_box: FaceBox,
    pub prediction: &'a Prediction,
    pub labels: Option<&'a Annotation>,
}

/// Small pictures are enlarged until their shorter side has this many pixels.
const SHORT_SIDE: f32 = 640.0;
/// But never more than this.
const MAX_SCALE: f32 = 6.0;

/// Draws boxes, predictions (green discs), labels (red rings) and the lines between them. `None`
/// for a picture too large to draw on.
pub fn overlay(photo: &RgbImage, schema: &Schema, faces: &[Overlay]) -> Option<RgbImage> {
    let short = photo.width().min(photo.height()).max(1) as f32;
    let scale = (SHORT_SIDE / short).clamp(1.0, MAX_SCALE);
    let mut canvas = Canvas::from_picture(photo, scale)?;
    for face in faces {
        draw(&mut canvas, schema, face, scale);
    }
    Some(canvas.into_image())
}

fn draw(canvas: &mut Canvas, schema: &Schema, face: &Overlay, scale: f32) {
    let place = |p: Point| p.map(|v| v * scale);
    let side = face.face_box.side() * scale;
    let unit = (side / 160.0).clamp(1.0, 12.0);
    let mut corners: Vec<Point> = face.face_box.corners().into_iter().map(place).collect();
    corners.push(corners[0]);
    canvas.lines(&corners, unit, [255; 3]);
    for (t, task) in schema.tasks.iter().enumerate() {
        let (TaskKind::Points { .. }, TaskPrediction::Points(found)) =
            (&task.kind, &face.prediction.tasks[t])
        else {
            continue;
        };
        let labels = match face.labels.map(|a| &a.tasks[t]) {
            Some(TaskLabels::Points(labels)) => labels.as_slice(),
            _ => &[],
        };
        for (i, at) in found.iter().enumerate() {
            let at = place(*at);
            if let Some(label) = labels.get(i).and_then(|l| l.known()) {
                canvas.lines(&[place(label), at], unit, [255; 3]);
                canvas.circle(place(label), 2.6 * unit, 1.2 * unit, LABEL);
            }
            canvas.disc(at, 2.4 * unit, [0; 3]);
            canvas.disc(at, 1.9 * unit, PREDICTION);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_predicted_point_is_green_where_it_is() {
        let schema = Schema::face();
        let photo = RgbImage::from_pixel(64, 64, image::Rgb([20; 3]));
        let prediction = Prediction {
            tasks: vec![
                TaskPrediction::Points(vec![[32.0, 16.0]; 5]),
                TaskPrediction::Binary(vec![0.5; 40]),
            ],
        };
        let face = Overlay {
            face_box: FaceBox::new(8.0, 8.0, 48.0, 48.0),
            prediction: &prediction,
            labels: None,
        };
        let drawn = overlay(&photo, &schema, &[face]).unwrap();
        assert_eq!(drawn.width(), 384);
        assert_eq!(drawn.get_pixel(192, 96).0, PREDICTION);
        assert_eq!(drawn.get_pixel(192, 200).0, [20; 3]);
    }
}
