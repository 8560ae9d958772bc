//! The pane of the photo that is looked at: the photo between its header and its foot.

mod export_menu;
mod foot;
mod header;
mod hold;
pub mod layers;
mod magnifier;
mod marks;
mod note;
mod numbers;
pub mod page;
mod photo;
mod place;
mod prompt;
mod scene;
pub mod sheet;
mod strip;
mod transform;

use std::sync::Arc;

use eframe::egui::{self, ColorImage, Stroke, TextureHandle, Ui, vec2};

use crate::app::command::Command;
use crate::app::export::Target;
use crate::app::faces::arrangement::AttributeIndex;
use crate::app::faces::boxes::PhotoFace;
use crate::app::faces::item::{Face, Picture};
use crate::app::model::Context;
use crate::app::widgets::buttons::hint_ui;
use crate::app::widgets::header::header_ui;
use crate::app::widgets::texture::upload;
use crate::app::widgets::theme;
use crate::label::{FaceBox, Point};
use crate::review::Conflict;
pub use export_menu::{file_name, sheet_file_name};
use layers::Layers;
use note::NoteField;
use photo::{Drag, PhotoView};
use prompt::prompt_ui;
use scene::Scene;

const FOOT: f32 = 32.0;
/// Zoom in percent from which pixels are drawn hard.
const HARD_PIXELS: f32 = 400.0;

pub struct CanvasView {
    pub photo: PhotoView,
    /// What is drawn over the photo.
    pub layers: Layers,
    /// Screen pixels to a photo pixel.
    zoom_percent: f32,
    /// The photo on the screen, and whether its pixels are hard.
    texture: Option<(Arc<ColorImage>, bool, TextureHandle)>,
    /// What the pane says where there is no photo.
    empty_hint: &'static str,
    /// The note about a face that is being written.
    pub note: NoteField,
    /// The list and the face of it that were drawn last.
    pub drawn: Option<(u64, usize)>,
}

/// What somebody does on the canvas.
pub enum Action {
    Run(Command),
    /// The active box was taken hold of, and will be moved.
    TakeBox,
    MoveBox(FaceBox),
    AddBox(FaceBox),
    Activate(PhotoFace),
    /// The box was let go.
    ReleaseBox,
    SelectPoint(AttributeIndex),
    PutPoint(AttributeIndex, Point),
    PlacePoint(Point),
    Note(String),
    /// Which value of a conflict holds: what was edited, or the set's.
    Decide(Conflict, bool),
    Export(Export, Target),
    ExportScale(f32),
}

/// What the export menu offers.
#[derive(Clone, Copy)]
pub enum Export {
    Photo,
    /// The chosen faces side by side.
    Sheet,
    /// The attributes of the face that is looked at.
    Attributes,
}

impl CanvasView {
    pub fn new(layers: Layers, empty_hint: &'static str) -> Self {
        Self {
            photo: PhotoView::default(),
            layers,
            zoom_percent: 100.0,
            texture: None,
            empty_hint,
            note: NoteField::default(),
            drawn: None,
        }
    }

    /// Whether this is the picture on the screen.
    pub fn shows(&self, screen: &Arc<ColorImage>) -> bool {
        let texture = self.texture.as_ref();
        texture.is_some_and(|(of, ..)| Arc::ptr_eq(of, screen))
    }

    pub fn ui(&mut self, ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
        let p = theme::palette(ui.ctx());
        let faces = &context.model.faces;
        let at = Some((faces.number, faces.selected()));
        self.drawn = self.drawn.filter(|drawn| Some(*drawn) == at);
        let Some(mut face) = context.model.shown() else {
            let hint = match context.is_opening {
                true => "opening…",
                false => self.empty_hint,
            };
            header_ui(ui, "No photo", "");
            hint_ui(ui, hint);
            return;
        };
        if let Picture::Failed(why) = &face.item.state {
            self.drawn = at;
            self.failed_ui(ui, context, (&face, why), actions);
            return;
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        self.header_ui(ui, context, &face, actions);
        if context.reviewing {
            self.strip_ui(ui, context, actions);
        }
        face.dragged = self.photo.dragged;
        let foot = match faces.other.is_some() {
            true => 2.0 * FOOT - 8.0,
            false => FOOT,
        };
        let decoded = faces.items.get(faces.selected()).and_then(|i| i.decoded());
        let Some(screen) = decoded.map(|d| &d.screen) else {
            hint_ui(ui, "reading the photo…");
            return;
        };
        self.drawn = at;
        let texture = self.texture(ui.ctx(), screen);
        let size = vec2(
            ui.available_width(),
            (ui.available_height() - foot).max(50.0),
        );
        let schema = context.model.schema();
        let mut in_photo = faces.in_photo();
        for (which, face) in &mut in_photo {
            if let PhotoFace::Listed(index) = *which {
                *face = context.model.seen(*face, index);
            }
        }
        if let Some((_, active)) = in_photo.last_mut() {
            active.dragged = self.photo.dragged;
        }
        let schema_task = |t: usize| schema.tasks.get(t).is_some_and(|task| task.is_points());
        let scene = Scene {
            faces: &in_photo,
            texture: &texture,
            schema: &schema,
            layers: self.layers,
            editing: context.reviewing && face.hand.is_none(),
            point: context.model.item.filter(|place| schema_task(place.0)),
        };
        let shown = ui.allocate_ui(size, |ui| self.photo.ui(ui, &scene));
        if self.photo.placing {
            prompt_ui(ui, shown.response.rect, &scene);
        }
        let (drag, percent) = shown.inner;
        self.zoom_percent = percent;
        if std::mem::take(&mut self.photo.taken) {
            actions.push(Action::TakeBox);
        }
        actions.extend(drag.map(|drag| match drag {
            Drag::Move(face_box) => Action::MoveBox(face_box),
            Drag::Add(face_box) => Action::AddBox(face_box),
            Drag::Activate(which) => Action::Activate(which),
            Drag::Release => Action::ReleaseBox,
            Drag::SelectPoint(place) => Action::SelectPoint(place),
            Drag::PutPoint(place, at) => Action::PutPoint(place, at),
            Drag::PlacePoint(at) => Action::PlacePoint(at),
        }));
        let (line, y) = (Stroke::new(1.0, p.hairline), ui.cursor().top());
        ui.painter().hline(ui.max_rect().x_range(), y, line);
        self.foot_ui(ui, context, &face);
    }

    /// What is said of a photo that cannot be read; its face can be excluded all the same.
    fn failed_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context,
        (face, why): (&Face, &str),
        actions: &mut Vec<Action>,
    ) {
        header_ui(ui, &face.name(), "");
        if context.reviewing {
            self.strip_ui(ui, context, actions);
        }
        hint_ui(ui, why);
    }

    /// The selected photo as a texture.
    fn texture(&mut self, ctx: &egui::Context, screen: &Arc<ColorImage>) -> TextureHandle {
        // Hard pixels when near, so that nothing is seen that is not in the photo.
        let hard = self.zoom_percent >= HARD_PIXELS;
        if let Some((of, was_hard, texture)) = &self.texture
            && Arc::ptr_eq(of, screen)
            && *was_hard == hard
        {
            return texture.clone();
        }
        let texture = upload(ctx, "photo", screen.clone(), hard);
        self.texture = Some((screen.clone(), hard, texture.clone()));
        texture
    }
}
