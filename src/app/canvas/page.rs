//! The photo with its layers, whole, at its own size.

use super::layers::Layers;
use super::marks::{View, face_marks};
use crate::app::model::Model;
use crate::figure::{Page, Placed, Unit};

/// A photo whose shorter side has so many pixels is drawn with signs as large as on the screen;
/// larger ones get larger signs.
const USUAL_SIDE: f32 = 640.0;

/// The photo that is looked at, with its layers; `None` while it is read.
pub fn photo_page(model: &Model, layers: &Layers) -> Option<Page> {
    let faces = model.faces.in_photo();
    let picture = faces.last()?.1.item.picture()?;
    let size = [picture.width() as f32, picture.height() as f32];
    let schema = model.schema();
    let mut drawing = Page::new(size, Unit::Pixel, [0; 3]);
    if layers.photo.on {
        drawing.pictures.push(Placed {
            picture: picture.clone(),
            at: [0.0, 0.0],
            size,
            smooth: true,
            opacity: layers.photo.opacity,
        });
    }
    let view = View {
        origin: [0.0, 0.0],
        zoom: 1.0,
        unit: (size[0].min(size[1]) / USUAL_SIDE).max(0.4),
        strength: 1.0,
    };
    for (_, face) in &faces {
        face_marks(&mut drawing.marks, face, &schema, layers, view);
    }
    Some(drawing)
}
