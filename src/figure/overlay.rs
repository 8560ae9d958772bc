//! A photo with what was found on it, and what is known.

use image::RgbImage;

use crate::figure::page::{Mark, Page, Rim, Unit};
use crate::figure::palette::{LABEL, PREDICTION, WHITE};
use crate::label::{Annotation, FaceBox, Prediction, Schema, TaskKind, TaskLabels, TaskPrediction};

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
    let size = [photo.width() as f32, photo.height() as f32];
    let scale = (SHORT_SIDE / size[0].min(size[1]).max(1.0)).clamp(1.0, MAX_SCALE);
    let mut page = Page::new(size, Unit::Pixel, [0; 3]);
    page.picture(photo.clone(), [0.0; 2], size, true);
    for face in faces {
        draw(&mut page, schema, face, scale);
    }
    page.to_image(scale).ok()
}

fn draw(page: &mut Page, schema: &Schema, face: &Overlay, scale: f32) {
    // Signs grow with the face as it is drawn.
    let unit = (face.face_box.side() * scale / 160.0).clamp(1.0, 12.0) / scale;
    let rim = |width, ink: [u8; 3]| {
        let (width, ink) = (width * unit, ink.into());
        Some(Rim { width, ink })
    };
    page.marks.push(Mark::Polygon {
        points: face.face_box.corners().into(),
        fill: None,
        rim: rim(1.0, WHITE),
    });
    for (t, task) in schema.tasks.iter().enumerate() {
        let (TaskKind::Points { .. }, Some(TaskPrediction::Points(found))) =
            (&task.kind, face.prediction.of(t, task))
        else {
            continue;
        };
        let labels = match face.labels.and_then(|a| a.of(t, task)) {
            Some(TaskLabels::Points(labels)) => labels.as_slice(),
            _ => &[],
        };
        for (i, at) in found.iter().enumerate() {
            // A point that the network was never taught is nowhere.
            let is_known = at.iter().all(|v| v.is_finite());
            if let Some(label) = labels.get(i).and_then(|l| l.known()) {
                if is_known {
                    page.line(&[label, *at], unit, WHITE);
                }
                page.marks.push(Mark::Circle {
                    centre: label,
                    radius: 2.6 * unit,
                    fill: None,
                    rim: rim(1.2, LABEL),
                });
            }
            if is_known {
                page.disc(*at, 2.4 * unit, [0; 3]);
                page.disc(*at, 1.9 * unit, PREDICTION);
            }
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
        let mut points = vec![[32.0, 16.0]; 5];
        points[4] = [f32::NAN; 2];
        let prediction = Prediction {
            tasks: vec![
                TaskPrediction::Points(points),
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
