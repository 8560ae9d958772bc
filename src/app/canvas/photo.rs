//! The photo with what is found on it: zoom, pan, and boxes that can be taken hold of.

use eframe::egui::{
    self, Color32, CursorIcon, Pos2, Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::hold::{self, Hold};
use super::magnifier::magnifier_ui;
use super::marks::{View, face_marks};
use super::numbers::{near, numbers_ui};
use super::scene::Scene;
use super::transform::PhotoTransform;
use crate::app::faces::arrangement::AttributeIndex;
use crate::app::faces::boxes::PhotoFace;
use crate::app::widgets::paint::paint;
use crate::app::widgets::theme;
use crate::label::{FaceBox, Point, Schema, Task};

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
    /// Whether clicks place points, one after the other.
    pub placing: bool,
    /// Where a labelled point is while it is dragged.
    pub dragged: Option<(AttributeIndex, Point)>,
    /// What is to be shown as large as the pane, once that is known.
    framed: Option<FaceBox>,
    /// What was shown so last.
    zoomed_to: Option<FaceBox>,
}

/// What somebody did on the photo.
#[derive(Clone, Copy, PartialEq)]
pub enum Drag {
    Move(FaceBox),
    Add(FaceBox),
    Activate(PhotoFace),
    /// The box was let go.
    Release,
    SelectPoint(AttributeIndex),
    /// A labelled point was let go at another place.
    PutPoint(AttributeIndex, Point),
    /// A click while points are placed.
    PlacePoint(Point),
}

impl PhotoView {
    /// Shows a face as large as the pane; the whole photo where it is so shown already.
    pub fn zoom_to(&mut self, face_box: Option<FaceBox>) {
        match self.zoomed_to.take() {
            Some(before) if Some(before) == face_box => self.fit(),
            _ => (self.framed, self.zoomed_to) = (face_box, face_box),
        }
    }

    pub fn fit(&mut self) {
        (self.framed, self.zoomed_to) = (None, None);
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
        if let Some(face_box) = self.framed.take() {
            self.frame(rect, extent, face_box);
        }
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
        let selected = self.dragged.map(|d| d.0).or(scene.point);
        if let Some(at) = selected.and_then(|place| place_of(scene, place)) {
            let ring = egui::Stroke::new(2.0, p.prediction);
            painter.circle_stroke(map.to_screen(at), 10.0, egui::Stroke::new(4.0, hold::DARK));
            painter.circle_stroke(map.to_screen(at), 10.0, ring);
            let at = (at, map.to_screen(at));
            magnifier_ui(&painter, (rect, map.zoom), size, scene, at);
        }
        if let Some(Hold::Inside | Hold::Corner(_) | Hold::Turn) = self.hold {
            let face_box = match drag {
                Some(Drag::Move(moved)) => moved,
                _ => scene.faces[last].1.face_box,
            };
            guide(&painter, map, &face_box, scene.schema);
        }
        if let (Some(Hold::New(from)), Some(to)) = (self.hold, ui.ctx().pointer_latest_pos()) {
            let new = hold::square(from, map.to_photo(to));
            guide(&painter, map, &new, scene.schema);
            let corners = new.corners();
            let mut outline = corners.map(|c| map.to_screen(c)).to_vec();
            outline.push(outline[0]);
            painter.line(outline.clone(), egui::Stroke::new(3.5, hold::DARK));
            painter.line(outline, egui::Stroke::new(1.5, p.prediction));
        }
    }

    /// Makes a box as large as the pane, with some of what is around it.
    fn frame(&mut self, rect: Rect, extent: Rect, face_box: FaceBox) {
        /// Of the box's side, what is shown.
        const AROUND: f32 = 1.25;
        let side = AROUND * face_box.side().max(1.0);
        let zoom = rect.width().min(rect.height()) / side;
        let zoom = zoom.clamp(*ZOOMS.start(), *ZOOMS.end());
        let [x, y] = face_box.center();
        (self.zoom, self.pan) = (Some(zoom), (extent.center() - pos2(x, y)) * zoom);
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
        let point = |at| self::point_at(map, scene, at).map(Hold::Point);
        // Whoever pans a photo that is reviewed must not move its face's box: that would be a label.
        let moves_box = !scene.editing || ui.input(|i| i.modifiers.command);
        let grip = |at| grip(at).filter(|hold| moves_box || *hold != Hold::Inside);
        let grip = |at| point(at).or_else(|| grip(at));
        if response.drag_started() {
            let from = ui.input(|i| i.pointer.press_origin()).unwrap_or(pointer);
            let middle = response.dragged_by(egui::PointerButton::Middle);
            self.hold = Some(match self.adding && !middle {
                true => Hold::New(map.to_photo(from)),
                false => grip(from).filter(|_| !middle).unwrap_or(Hold::Photo),
            });
            self.taken = !matches!(self.hold, Some(Hold::Photo | Hold::New(_) | Hold::Point(_)));
        }
        let mut done = None;
        if let (Some(Hold::Point(place)), true) = (self.hold, response.dragged()) {
            // Held where it was taken, and not by its middle.
            let from = self.dragged.map(|d| d.1).or_else(|| place_of(scene, place));
            let from = from.unwrap_or_default();
            let delta = response.drag_delta() / map.zoom;
            self.dragged = Some((place, [from[0] + delta.x, from[1] + delta.y]));
        }
        if response.drag_stopped() {
            match self.hold {
                Some(Hold::Point(_)) => {
                    let put = self.dragged.take();
                    done = put.map(|(place, at)| Drag::PutPoint(place, at));
                }
                Some(Hold::Inside | Hold::Corner(_) | Hold::Turn) => done = Some(Drag::Release),
                _ => {}
            }
        }
        if response.drag_stopped()
            && let Some(Hold::New(from)) = self.hold.take()
        {
            self.adding = false;
            done = Some(Drag::Add(hold::square(from, map.to_photo(pointer))));
        }
        if response.clicked() {
            done = match (self.placing, self::point_at(map, scene, pointer)) {
                (true, _) => Some(Drag::PlacePoint(map.to_photo(pointer))),
                (false, Some(place)) => Some(Drag::SelectPoint(place)),
                (false, None) => self.clicked(map.to_photo(pointer), scene),
            };
        }
        let over = self.hold.or_else(|| grip(pointer));
        let idle = if self.adding || self.placing {
            CursorIcon::Crosshair
        } else {
            CursorIcon::Grab
        };
        let icon = over
            .filter(|_| !self.adding && !self.placing)
            .map_or(idle, Hold::cursor);
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
        done.or(moved.map(Drag::Move))
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

/// Rings where a usual face's points are in a box that is drawn or moved: networks expect them there.
fn guide(painter: &egui::Painter, map: PhotoTransform, face_box: &FaceBox, schema: &Schema) {
    let points = face_box.mean_points();
    let is_face = |task: &Task| task.is_points() && task.len() == points.len();
    if !schema.tasks.iter().any(is_face) {
        return;
    }
    for at in points.map(|point| map.to_screen(point)) {
        painter.circle_stroke(at, 4.0, egui::Stroke::new(3.5, hold::DARK));
        painter.circle_stroke(at, 4.0, egui::Stroke::new(1.5, Color32::WHITE));
    }
}

/// The labelled point under the pointer, or a predicted one that has no label: the nearest.
fn point_at(map: PhotoTransform, scene: &Scene, pointer: Pos2) -> Option<AttributeIndex> {
    /// Screen points around a point within which it is taken hold of.
    const REACH: f32 = 9.0;
    if !scene.editing {
        return None;
    }
    let (_, active) = scene.faces.last()?;
    let points = active.points(scene.schema).into_iter();
    let near = points.filter_map(|point| {
        let at = point.label.or(point.found)?;
        let distance = map.to_screen(at).distance(pointer);
        (distance <= REACH).then_some((point.place, distance))
    });
    near.min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(place, _)| place)
}

/// Where a point of the active face is: by its label, else as predicted.
fn place_of(scene: &Scene, place: AttributeIndex) -> Option<Point> {
    let (_, active) = scene.faces.last()?;
    let points = active.points(scene.schema);
    let point = points.iter().find(|p| p.place == place)?;
    point.label.or(point.found)
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
