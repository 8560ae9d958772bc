//! What a photo is drawn with.

use eframe::egui::TextureHandle;

use super::layers::Layers;
use crate::app::faces::arrangement::AttributeIndex;
use crate::app::faces::boxes::PhotoFace;
use crate::app::faces::item::Face;
use crate::label::Schema;

/// What is shown on the canvas.
pub struct Scene<'a> {
    /// The active one last.
    pub faces: &'a [(PhotoFace, Face<'a>)],
    pub texture: &'a TextureHandle,
    pub schema: &'a Schema,
    pub layers: Layers,
    /// Whether points can be taken hold of.
    pub editing: bool,
    /// The point that is selected.
    pub point: Option<AttributeIndex>,
}
