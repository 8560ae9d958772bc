//! The photo with what is found on it: zoom, pan, and boxes that can be taken hold of.

use eframe::egui::{
    self, Color32, CursorIcon, Pos2, Rect, Response, Role, Sense, TextureHandle, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

use super::hold::{self, Hold};
use super::layers::Layers;
use super::marks::{View, face_marks};
use super::numbers::{near, numbers_ui};
use super::transform::PhotoTransform;
use crate::app::faces::boxes::Which;
use crate::app::faces::item::Face;
use crate::app::widgets::paint::paint;
use crate::app::widgets::theme;
use crate::label::{FaceBox, Point, Schema};

const ZOOMS: std::ops::RangeInclusive<f32> = 0.02..=64.0;
/// How strong faces are drawn that are not looked at.
const QUIET: f32 = 0.5;

/// Which part of the photo is seen, and how large. It stays from photo to photo.
#[derive(Default)]
pub struct PhotoView {
    /// Screen points per photo pixel; `None` fits the photo.
    zoom: Option<f32>,
    /// The photo's centre away from the pane's, in screen points.
    pan: Vec2,
    hold: Option<Hold>,
    /// Whether the active box was taken hold of just now.
    pub taken: bool,
    /// Whether the next drag draws a box.
    pub adding: bool,
}

/// What somebody did on the photo.
#[derive(Clone, Copy, PartialEq)]
pub enum Drag {
    Move(FaceBox),
    Add(FaceBox),
    Activate(Which),
}

/// What is shown on the canvas.
pub struct Scene<'a> {
    /// The active one last.
    pub faces: &'a [(Which, Face<'a>)],
    pub texture: &'a TextureHandle,
    pub schema: &'a Schema,
    pub layers: Layers,
}

impl PhotoView {
    pub fn fit(&mut self) {
        self.zoom = None;
        self.pan = Vec2::ZERO;
    }

    /// One photo pixel to one screen pixel.
    pub fn actual_size(&mut self, ctx: &egui::Context) {
        self.zoom = Some(1.0 / ctx.pixels_per_point());
        self.pan = Vec2::ZERO;
    }

    /// Draws the photo; returns what was done on it, and the zoom in percent.
    pub fn ui(&mut self, ui: &mut Ui, scene: &Scene) -> (Option<Drag>, f32) {
        let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::click_and_drag());
        let Some((_, active)) = scene.faces.last() else {
            return (None, 100.0);
        };
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Image, true, format!("Photo {}", active.name()))
        });
        let Some(picture) = active.item.picture() else {
            return (None, 100.0);
        };
        let size = vec2(picture.width() as f32, picture.height() as f32);
        let extent = extent(size, scene.faces.iter().map(|(_, f)| f.item.first_box.0));
        self.zoom_ui(ui, &response, rect, extent);
        let drag = self.drag_ui(ui, &response, self.map(rect, extent), scene);
        let map = self.map(rect, extent);
        self.draw(ui, rect, map, size, scene, drag);
        if self.hold.is_none()
            && let Some(point) = near(&response, map, active, scene.schema)
        {
            response.on_hover_ui_at_pointer(|ui| numbers_ui(ui, &point));
        }
        let percent = 100.0 * map.zoom * ui.ctx().pixels_per_point();
        (drag, percent)
    }

    fn draw(
        &self,
        ui: &Ui,
        rect: Rect,
        map: PhotoTransform,
        size: Vec2,
        scene: &Scene,
        drag: Option<Drag>,
    ) {
        let p = theme::palette(ui.ctx());
        let painter = ui.painter_at(rect);
        painter.rect_filled(rect, 0, p.canvas);
        let photo = scene.layers.photo;
        if photo.on {
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            let place = Rect::from_min_size(map.origin, size * map.zoom);
            let tint = Color32::WHITE.gamma_multiply(photo.opacity);
            painter.image(scene.texture.id(), place, whole, tint);
        }
        let mut marks = Vec::new();
        let last = scene.faces.len() - 1;
        for (n, (_, face)) in scene.faces.iter().enumerate() {
            let mut face = *face;
            if let (Some(Drag::Move(moved)), true) = (drag, n == last) {
                face.face_box = moved;
            }
            let view = View {
                origin: [map.origin.x, map.origin.y],
                zoom: map.zoom,
                unit: 1.0,
                strength: if n == last { 1.0 } else { QUIET },
            };
            face_marks(&mut marks, &face, scene.schema, &scene.layers, view);
            if n == last && scene.layers.face_box.on {
                paint(&painter, &std::mem::take(&mut marks));
                hold::handles(&painter, map, &face.face_box);
            }
        }
        paint(&painter, &marks);
        if let (Some(Hold::New(from)), Some(to)) = (self.hold, ui.ctx().pointer_latest_pos()) {
            let corners = hold::square(from, map.to_photo(to)).corners();
            let mut outline = corners.map(|c| map.to_screen(c)).to_vec();
            outline.push(outline[0]);
            painter.line(outline.clone(), egui::Stroke::new(3.5, hold::DARK));
            painter.line(outline, egui::Stroke::new(1.5, p.prediction));
        }
    }

    fn map(&self, rect: Rect, extent: Rect) -> PhotoTransform {
        let zoom = self.zoom.unwrap_or_else(|| fitting(rect, extent.size()));
        PhotoTransform {
            origin: rect.center() + self.pan - extent.center().to_vec2() * zoom,
            zoom,
            canvas: rect,
        }
    }

    /// Wheel and pinch zoom at the pointer.
    fn zoom_ui(&mut self, ui: &Ui, response: &Response, rect: Rect, extent: Rect) {
        if !response.hovered() {
            return;
        }
        let (scroll, pinch, pointer) = ui.input(|i| {
            (
                i.smooth_scroll_delta().y,
                i.zoom_delta(),
                i.pointer.hover_pos(),
            )
        });
        let factor = pinch * (scroll * 0.0035).exp();
        let Some(pointer) = pointer.filter(|_| (factor - 1.0).abs() > 1e-4) else {
            return;
        };
        let before = self.map(rect, extent);
        let zoom = (before.zoom * factor).clamp(*ZOOMS.start(), *ZOOMS.end());
        // The photo pixel under the pointer stays there.
        let under = before.to_photo(pointer);
        self.zoom = Some(zoom);
        let origin = pointer - vec2(under[0], under[1]) * zoom;
        self.pan = origin + extent.center().to_vec2() * zoom - rect.center();
    }

    fn drag_ui(
        &mut self,
        ui: &Ui,
        response: &Response,
        map: PhotoTransform,
        scene: &Scene,
    ) -> Option<Drag> {
        let pointer = response.interact_pointer_pos().or(response.hover_pos())?;
        let box_shown = scene.layers.face_box.on;
        let active = scene.faces.last()?.1.face_box;
        let grip = |at| Hold::of(map, &active, at).filter(|_| box_shown);
        if response.drag_started() {
            let from = ui.input(|i| i.pointer.press_origin()).unwrap_or(pointer);
            let middle = response.dragged_by(egui::PointerButton::Middle);
            self.hold = Some(match self.adding && !middle {
                true => Hold::New(map.to_photo(from)),
                false => grip(from).filter(|_| !middle).unwrap_or(Hold::Photo),
            });
            self.taken = !matches!(self.hold, Some(Hold::Photo | Hold::New(_)));
        }
        let mut done = None;
        if response.drag_stopped()
            && let Some(Hold::New(from)) = self.hold.take()
        {
            self.adding = false;
            done = Some(Drag::Add(hold::square(from, map.to_photo(pointer))));
        }
        if response.clicked() {
            done = self.clicked(map.to_photo(pointer), scene);
        }
        let over = self.hold.or_else(|| grip(pointer));
        let idle = if self.adding {
            CursorIcon::Crosshair
        } else {
            CursorIcon::Grab
        };
        let icon = over.filter(|_| !self.adding).map_or(idle, Hold::cursor);
        ui.ctx().set_cursor_icon(icon);
        let delta = response.drag_delta();
        let Some(hold) = self.hold else {
            return done;
        };
        if hold == Hold::Photo {
            self.zoom.get_or_insert(map.zoom);
            self.pan += delta;
        }
        let moved = hold.moved(map, active, pointer, delta);
        let moved = moved.filter(|b| delta != Vec2::ZERO && b.is_valid());
        moved.map(Drag::Move)
    }

    /// A click draws a box of a usual size, or looks at the smallest one under the pointer.
    fn clicked(&mut self, at: Point, scene: &Scene) -> Option<Drag> {
        if std::mem::take(&mut self.adding) {
            let (w, h) = scene.faces.last()?.1.item.picture()?.dimensions();
            return Some(Drag::Add(FaceBox::square(at, w.min(h) as f32 / 6.0)));
        }
        let under = scene
            .faces
            .iter()
            .filter(|(_, f)| hold::contains(&f.face_box, at));
        let (which, _) =
            under.min_by(|a, b| a.1.face_box.side().total_cmp(&b.1.face_box.side()))?;
        (*which != scene.faces.last()?.0).then_some(Drag::Activate(*which))
    }
}

/// What is to be seen of a photo, in its pixels: all of it, and boxes that reach over its edge as
/// they were at first, since nothing may move while a box is dragged.
fn extent(photo: Vec2, boxes: impl Iterator<Item = FaceBox>) -> Rect {
    /// How far beyond an edge, as a share of the photo.
    const BEYOND: f32 = 0.25;
    let photo = Rect::from_min_size(Pos2::ZERO, photo);
    let corners = boxes.flat_map(|b| b.corners()).map(|[x, y]| pos2(x, y));
    let all = corners.fold(photo, |mut all, corner| {
        all.extend_with(corner);
        all
    });
    all.intersect(photo.expand2(BEYOND * photo.size()))
}

fn fitting(rect: Rect, size: Vec2) -> f32 {
    let room = rect.size() - vec2(32.0, 32.0);
    (room.x / size.x)
        .min(room.y / size.y)
        .clamp(*ZOOMS.start(), *ZOOMS.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_over_the_photos_edge_is_seen_too() {
        let photo = vec2(100.0, 80.0);
        let inside = FaceBox::new(10.0, 10.0, 50.0, 50.0);
        let whole = Rect::from_min_size(Pos2::ZERO, photo);
        assert_eq!(extent(photo, [inside].into_iter()), whole);
        let over = FaceBox::new(70.0, -10.0, 50.0, 50.0);
        let seen = extent(photo, [inside, over].into_iter());
        assert_eq!(
            seen,
            Rect::from_min_max(pos2(0.0, -10.0), pos2(120.0, 80.0))
        );
        let far = FaceBox::new(-500.0, 0.0, 50.0, 50.0);
        assert_eq!(extent(photo, [far].into_iter()).left(), -25.0);
    }
}
