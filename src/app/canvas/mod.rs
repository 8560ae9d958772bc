//! The photo with what is found on it: zoom, pan, and boxes that can be taken hold of.

mod foot;
mod header;
mod hold;
pub mod layers;
mod marks;
mod pane;

use std::sync::Arc;

use eframe::egui::{
    self, Color32, ColorImage, CursorIcon, Pos2, Rect, Response, Role, Sense, TextureHandle, Ui,
    Vec2, WidgetInfo, pos2, vec2,
};

use crate::app::canvas::layers::Layers;
use crate::app::faces::boxes::Which;
use crate::app::faces::item::{Face, PointView};
use crate::app::widgets::paint::paint;
use crate::app::widgets::theme;
use crate::label::{FaceBox, Point, Schema};
use hold::Hold;

pub use marks::{View, face_marks};

const ZOOMS: std::ops::RangeInclusive<f32> = 0.02..=64.0;
/// Screen points around a point within which its numbers are shown.
const NEAR: f32 = 12.0;
/// How strong faces are drawn that are not looked at.
const QUIET: f32 = 0.5;

/// Which part of the photo is seen, and how large. It stays from photo to photo.
#[derive(Default)]
pub struct CanvasView {
    /// Screen points per photo pixel; `None` fits the photo.
    zoom: Option<f32>,
    /// The photo's centre away from the pane's, in screen points.
    pan: Vec2,
    hold: Option<Hold>,
    /// Whether the active box was taken hold of just now.
    taken: bool,
    /// Whether the next drag draws a box.
    pub adding: bool,
    /// The photo on the screen, and whether its pixels are hard.
    pub texture: Option<(Arc<ColorImage>, bool, TextureHandle)>,
}

/// What somebody did on the photo.
#[derive(Clone, Copy, PartialEq)]
pub enum Act {
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

/// Photo pixels to the screen and back.
#[derive(Clone, Copy)]
pub struct Map {
    origin: Pos2,
    zoom: f32,
    /// Where the photo can be seen.
    canvas: Rect,
}

impl Map {
    fn to_screen(self, p: Point) -> Pos2 {
        self.origin + vec2(p[0], p[1]) * self.zoom
    }

    fn to_photo(self, p: Pos2) -> Point {
        let v = (p - self.origin) / self.zoom;
        [v.x, v.y]
    }
}

impl CanvasView {
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
    pub fn ui(&mut self, ui: &mut Ui, scene: &Scene) -> (Option<Act>, f32) {
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
        let act = self.drag_ui(ui, &response, self.map(rect, extent), scene);
        let map = self.map(rect, extent);
        self.draw(ui, rect, map, size, scene, act);
        if self.hold.is_none()
            && let Some(point) = near(&response, map, active, scene.schema)
        {
            response.on_hover_ui_at_pointer(|ui| numbers_ui(ui, &point));
        }
        let percent = 100.0 * map.zoom * ui.ctx().pixels_per_point();
        (act, percent)
    }

    fn draw(&self, ui: &Ui, rect: Rect, map: Map, size: Vec2, scene: &Scene, act: Option<Act>) {
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
            if let (Some(Act::Move(moved)), true) = (act, n == last) {
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

    fn map(&self, rect: Rect, extent: Rect) -> Map {
        let zoom = self.zoom.unwrap_or_else(|| fitting(rect, extent.size()));
        Map {
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

    fn drag_ui(&mut self, ui: &Ui, response: &Response, map: Map, scene: &Scene) -> Option<Act> {
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
            done = Some(Act::Add(hold::square(from, map.to_photo(pointer))));
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
        moved.map(Act::Move)
    }

    /// A click draws a box of a usual size, or looks at the smallest one under the pointer.
    fn clicked(&mut self, at: Point, scene: &Scene) -> Option<Act> {
        if std::mem::take(&mut self.adding) {
            let (w, h) = scene.faces.last()?.1.item.picture()?.dimensions();
            return Some(Act::Add(FaceBox::square(at, w.min(h) as f32 / 6.0)));
        }
        let under = scene
            .faces
            .iter()
            .filter(|(_, f)| hold::contains(&f.face_box, at));
        let (which, _) =
            under.min_by(|a, b| a.1.face_box.side().total_cmp(&b.1.face_box.side()))?;
        (*which != scene.faces.last()?.0).then_some(Act::Activate(*which))
    }
}

/// The point of a face that the pointer is at.
fn near<'s>(
    response: &Response,
    map: Map,
    face: &Face,
    schema: &'s Schema,
) -> Option<PointView<'s>> {
    let pointer = response.hover_pos()?;
    let reach = |point: &PointView| {
        let all = [point.found, point.label, point.other]
            .into_iter()
            .flatten();
        let nearest = all.map(|p| map.to_screen(p).distance(pointer));
        nearest.fold(f32::INFINITY, f32::min)
    };
    let points = face.points(schema).into_iter();
    let points = points.map(|p| (reach(&p), p)).filter(|(r, _)| *r < NEAR);
    points.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, p)| p)
}

/// What there is to know about a point.
fn numbers_ui(ui: &mut Ui, point: &PointView) {
    let p = theme::palette(ui.ctx());
    ui.label(egui::RichText::new(point.title()).strong());
    let mut fact = |words: String, tint: Color32| {
        ui.colored_label(tint, words);
    };
    if let Some(off) = point.off() {
        let (tint, inside) = match point.is_found() {
            Some(true) => (p.prediction, ", inside α·L"),
            Some(false) => (p.label, ", outside α·L"),
            None => (p.text, ""),
        };
        let share = point.length.map_or(String::new(), |l| {
            format!(" = {:.1} % of L", 100.0 * off / l)
        });
        fact(format!("{off:.2} px from its label{share}{inside}"), tint);
    }
    if let Some(apart) = point.apart() {
        fact(format!("{apart:.2} px from the other prediction"), p.text);
    }
    for (words, at) in [
        ("predicted", point.found),
        ("labelled", point.label),
        ("other", point.other),
    ] {
        if let Some([x, y]) = at {
            fact(format!("{words} at {x:.1}, {y:.1}"), p.quiet);
        }
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
