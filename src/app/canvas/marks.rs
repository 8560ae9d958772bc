//! The layers over a photo as marks, for the screen and for files alike.

use crate::app::canvas::layers::Layers;
use crate::app::faces::item::Face;
use crate::app::faces::points::PointView;
use crate::figure::{Anchor, Ink, Mark, Rim};
use crate::label::{FaceBox, Point, Schema};
use crate::measure::ALPHA;

/// Where marks go, and how large they are.
#[derive(Clone, Copy)]
pub struct View {
    /// Of the photo's upper left corner.
    pub origin: Point,
    /// Units to a photo pixel.
    pub zoom: f32,
    /// The size of signs, which do not grow with the photo.
    pub unit: f32,
    /// 0 to 1; less for faces that are not looked at.
    pub strength: f32,
}

/// How far signs reach from their points.
const DISC: f32 = 4.2;
const SQUARE: f32 = 3.6;
const DIAMOND: f32 = 5.4;

const WHITE: [u8; 3] = [255; 3];
const BLACK: [u8; 3] = [0; 3];

impl View {
    pub fn place(&self, p: Point) -> Point {
        [0, 1].map(|i| self.origin[i] + p[i] * self.zoom)
    }

    fn ink(&self, colour: [u8; 3], opacity: f32) -> Ink {
        Ink::new(colour, opacity * self.strength)
    }
}

/// A face with its box, labels, predictions and what joins them.
pub fn face_marks(out: &mut Vec<Mark>, face: &Face, schema: &Schema, layers: &Layers, view: View) {
    if layers.face_box.on {
        box_marks(out, &face.face_box, layers, view);
    }
    let points = face.points(schema);
    let each = |out: &mut Vec<Mark>, draw: fn(&mut Vec<Mark>, &PointView, &Layers, View)| {
        for point in &points {
            draw(out, point, layers, view);
        }
    };
    for (look, draw) in [
        (
            layers.circles,
            circle as fn(&mut Vec<Mark>, &PointView, &Layers, View),
        ),
        (layers.lines, joins),
        (layers.labels, label),
        (layers.other, other),
        (layers.prediction, prediction),
    ] {
        if look.on {
            each(out, draw);
        }
    }
    if layers.names.on {
        names(out, &points, layers, view);
    }
}

fn box_marks(out: &mut Vec<Mark>, face_box: &FaceBox, layers: &Layers, view: View) {
    let look = layers.face_box;
    let corners = face_box.corners().map(|c| view.place(c));
    let mut outline = corners.to_vec();
    outline.push(corners[0]);
    let width = view.unit * look.size;
    out.push(Mark::line(
        outline.clone(),
        2.5 * width,
        view.ink(BLACK, 0.6 * look.opacity),
    ));
    out.push(Mark::Line {
        points: outline,
        rim: Rim {
            width,
            ink: view.ink(WHITE, look.opacity),
        },
        dash: Some([6.0 * view.unit, 4.0 * view.unit]),
    });
}

/// Within it a point counts as found.
fn circle(out: &mut Vec<Mark>, point: &PointView, layers: &Layers, view: View) {
    let (Some(at), Some(length)) = (point.label, point.length) else {
        return;
    };
    let look = layers.circles;
    let ink = match point.is_found() {
        Some(false) => view.ink(layers.colours.label(), look.opacity),
        _ => view.ink(WHITE, 0.65 * look.opacity),
    };
    out.push(Mark::Circle {
        centre: view.place(at),
        radius: ALPHA * length * view.zoom,
        fill: None,
        rim: Some(Rim {
            width: view.unit * look.size,
            ink,
        }),
    });
}

/// From each label, or else from the other prediction, to the prediction.
fn joins(out: &mut Vec<Mark>, point: &PointView, layers: &Layers, view: View) {
    let Some(found) = point.found.filter(|_| layers.prediction.on) else {
        return;
    };
    let look = layers.lines;
    let mut join = |from: Option<Point>, colour| {
        let Some(from) = from else { return };
        let ends = [from, found].map(|p| view.place(p));
        let width = view.unit * look.size;
        out.push(Mark::line(
            ends,
            2.5 * width,
            view.ink(BLACK, 0.43 * look.opacity),
        ));
        out.push(Mark::line(
            ends,
            1.2 * width,
            view.ink(colour, look.opacity),
        ));
    };
    join(point.label.filter(|_| layers.labels.on), WHITE);
    join(
        point.other.filter(|_| layers.other.on),
        layers.colours.other(),
    );
}

fn rim(view: View, opacity: f32) -> Option<Rim> {
    Some(Rim {
        width: view.unit,
        ink: view.ink(BLACK, 0.7 * opacity),
    })
}

/// Labels are squares, so that colour is never the only difference.
fn label(out: &mut Vec<Mark>, point: &PointView, layers: &Layers, view: View) {
    let Some([x, y]) = point.label.map(|p| view.place(p)) else {
        return;
    };
    let look = layers.labels;
    let r = SQUARE * view.unit * look.size;
    out.push(Mark::Polygon {
        points: vec![
            [x - r, y - r],
            [x + r, y - r],
            [x + r, y + r],
            [x - r, y + r],
        ],
        fill: Some(view.ink(layers.colours.label(), look.opacity)),
        rim: rim(view, look.opacity),
    });
}

/// Another predictor's points are diamonds.
fn other(out: &mut Vec<Mark>, point: &PointView, layers: &Layers, view: View) {
    let Some([x, y]) = point.other.map(|p| view.place(p)) else {
        return;
    };
    let look = layers.other;
    let r = DIAMOND * view.unit * look.size;
    out.push(Mark::Polygon {
        points: vec![[x, y - r], [x + r, y], [x, y + r], [x - r, y]],
        fill: Some(view.ink(layers.colours.other(), look.opacity)),
        rim: rim(view, look.opacity),
    });
}

/// Predictions are discs.
fn prediction(out: &mut Vec<Mark>, point: &PointView, layers: &Layers, view: View) {
    let Some(centre) = point.found.map(|p| view.place(p)) else {
        return;
    };
    let look = layers.prediction;
    out.push(Mark::Circle {
        centre,
        radius: DISC * view.unit * look.size,
        fill: Some(view.ink(layers.colours.prediction(), look.opacity)),
        rim: rim(view, look.opacity),
    });
}

/// Names stand away from the face's middle, so that those of its two sides do not meet, and where
/// marks are in the way at another side of their point that has room. One that would lie over
/// another, as on a small face, is left out, and so are those of faces that are not looked at.
fn names(out: &mut Vec<Mark>, points: &[PointView], layers: &Layers, view: View) {
    if view.strength < 1.0 {
        return;
    }
    let at = |point: &PointView| point.found.or(point.label).map(|p| view.place(p));
    let places: Vec<f32> = points.iter().filter_map(at).map(|p| p[0]).collect();
    let middle = places.iter().sum::<f32>() / places.len().max(1) as f32;
    let look = layers.names;
    let size = 12.0 * view.unit * look.size;
    let signs = signs(points, layers, view);
    let circles = circles(points, layers, view);
    let mut taken: Vec<(Point, Point)> = Vec::new();
    let mut unmoved: Vec<(Point, Point)> = Vec::new();
    for point in points {
        let Some(at) = at(point) else { continue };
        let title = point.title();
        let letters = title.chars().count();
        let outward = match at[0] < middle - 9.0 * view.unit {
            true => -1.0,
            false => 1.0,
        };
        let places = [outward, -outward].into_iter().flat_map(|side| {
            [-9.0, 0.0, 9.0].map(|down| {
                let start = [at[0] + 9.0 * side * view.unit, at[1] + down * view.unit];
                (start, side, room(start, side, letters, size))
            })
        });
        let free = |room: &(Point, Point), of: &[(Point, Point)]| {
            !of.iter().any(|other| overlap(room, other))
        };
        // A face on which names meet in their usual places is too small for all of them.
        let usual = places.clone().next();
        if usual.is_some_and(|(.., room)| !free(&room, &unmoved)) {
            continue;
        }
        let open: Vec<_> = places.filter(|(.., room)| free(room, &taken)).collect();
        let clear = |place: &&(Point, f32, (Point, Point))| free(&place.2, &signs);
        let best = open
            .iter()
            .find(|place| clear(place) && free(&place.2, &circles))
            .or_else(|| open.iter().find(clear))
            .or(open.first());
        let Some(&(start, side, room)) = best else {
            continue;
        };
        taken.push(room);
        if usual.is_some_and(|(usual, ..)| usual == start) {
            unmoved.push(room);
        }
        let anchor = if side < 0.0 {
            Anchor::End
        } else {
            Anchor::Start
        };
        // Dark on all sides, so that it can be read on any skin.
        let dark = [[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]];
        let dark = dark.map(|off| (off, BLACK, 0.5));
        for ([dx, dy], colour, opacity) in dark.into_iter().chain([([0.0; 2], WHITE, 1.0)]) {
            let at = [start[0] + dx * view.unit, start[1] + dy * view.unit];
            let ink = view.ink(colour, opacity * look.opacity);
            out.push(Mark::text(title.clone(), at, size, ink, anchor));
        }
    }
}

fn square(centre: Point, r: f32) -> (Point, Point) {
    (centre.map(|v| v - r), centre.map(|v| v + r))
}

/// The rooms of all discs, squares and diamonds that are drawn.
fn signs(points: &[PointView], layers: &Layers, view: View) -> Vec<(Point, Point)> {
    let mut all = Vec::with_capacity(3 * points.len());
    for point in points {
        for (at, look, radius) in [
            (point.found, layers.prediction, DISC),
            (point.label, layers.labels, SQUARE),
            (point.other, layers.other, DIAMOND),
        ] {
            let at = at.filter(|_| look.on).map(|p| view.place(p));
            all.extend(at.map(|at| square(at, radius * view.unit * look.size)));
        }
    }
    all
}

/// The rooms of the circles about labels that are far from what was found: of the others the
/// name, which stands beside the point, is always in one.
fn circles(points: &[PointView], layers: &Layers, view: View) -> Vec<(Point, Point)> {
    let missed = points.iter().filter(|p| p.is_found() == Some(false));
    let rooms = missed.filter_map(|point| {
        let radius = ALPHA * point.length? * view.zoom;
        Some(square(view.place(point.label?), radius))
    });
    match layers.circles.on {
        true => rooms.collect(),
        false => Vec::new(),
    }
}

/// About the room of a name that begins at a point and goes to one side: its lowest and highest
/// corner.
fn room([x, y]: Point, side: f32, letters: usize, size: f32) -> (Point, Point) {
    let end = x + side * 0.55 * size * letters as f32;
    ([x.min(end), y - size / 2.0], [x.max(end), y + size / 2.0])
}

fn overlap(a: &(Point, Point), b: &(Point, Point)) -> bool {
    [0, 1]
        .iter()
        .all(|i| a.0[*i] < b.1[*i] && b.0[*i] < a.1[*i])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_both_sides_grow_apart() {
        let point = |name, x, y| PointView {
            place: (0, 0),
            name,
            found: Some([x, y]),
            label: None,
            other: None,
            length: None,
        };
        let points = [
            point("left_mouth", 20.0, 30.0),
            point("nose", 30.0, 10.0),
            point("right_mouth", 40.0, 30.0),
        ];
        let view = View {
            origin: [0.0, 0.0],
            zoom: 1.0,
            unit: 1.0,
            strength: 1.0,
        };
        let mut marks = Vec::new();
        names(&mut marks, &points, &Layers::default(), view);
        let written: Vec<_> = marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::Text {
                    text, at, anchor, ..
                } => Some((text.as_str(), at[0], *anchor)),
                _ => None,
            })
            .collect();
        // Each four times in the dark, and in the light over it.
        assert_eq!(written.len(), 15);
        assert_eq!(written[4], ("left mouth", 11.0, Anchor::End));
        assert_eq!(written[9], ("nose", 39.0, Anchor::Start));
        assert_eq!(written[14], ("right mouth", 49.0, Anchor::Start));
    }

    #[test]
    fn names_keep_clear_of_marks_where_there_is_room() {
        let layers = Layers::default();
        let view = View {
            origin: [0.0, 0.0],
            zoom: 1.0,
            unit: 1.0,
            strength: 1.0,
        };
        // The label up right, level right, down right; left, right and over a neighbour's mark.
        for (dx, dy, other) in [
            (20.0, -9.0, None),
            (14.0, 0.0, None),
            (20.0, 9.0, None),
            (-20.0, -9.0, None),
            (20.0, -9.0, Some([240.0, 208.0])),
            (0.0, 30.0, Some([225.0, 190.0])),
        ] {
            let point = |name, found: Point, label| PointView {
                place: (0, 0),
                name,
                found: Some(found),
                label: Some(label),
                other,
                length: Some(60.0),
            };
            let points = [
                point("left_eye", [100.0, 200.0], [100.0 - dx, 200.0 + dy]),
                point("right_eye", [200.0, 200.0], [200.0 + dx, 200.0 + dy]),
            ];
            let mut marks = Vec::new();
            names(&mut marks, &points, &layers, view);
            let rooms = marks.iter().skip(4).step_by(5).map(|mark| match mark {
                Mark::Text {
                    text, at, anchor, ..
                } => {
                    let side = if *anchor == Anchor::End { -1.0 } else { 1.0 };
                    room(*at, side, text.chars().count(), 12.0)
                }
                _ => unreachable!(),
            });
            let rooms: Vec<_> = rooms.collect();
            assert_eq!(rooms.len(), 2);
            for sign in signs(&points, &layers, view) {
                let meet = rooms.iter().any(|room| overlap(room, &sign));
                assert!(!meet, "{dx}, {dy}: {rooms:?} {sign:?}");
            }
            // Of a point that is far from its label the circle too.
            for circle in circles(&points, &layers, view) {
                let meet = rooms.iter().any(|room| overlap(room, &circle));
                assert!(!meet, "{dx}, {dy}: {rooms:?} {circle:?}");
            }
        }
    }

    #[test]
    fn a_name_that_would_lie_over_another_is_left_out() {
        let titles = |distance: f32, strength: f32| {
            let point = |name, x, y| PointView {
                place: (0, 0),
                name,
                found: Some([x, y]),
                label: None,
                other: None,
                length: None,
            };
            let points = [
                point("left_eye", 0.0, 0.0),
                point("right_eye", distance, 0.0),
                point("nose", distance / 2.0, 0.6 * distance),
                point("left_mouth", 0.0, distance),
                point("right_mouth", distance, distance),
            ];
            let view = View {
                origin: [0.0, 0.0],
                zoom: 1.0,
                unit: 1.0,
                strength,
            };
            let mut marks = Vec::new();
            names(&mut marks, &points, &Layers::default(), view);
            let mut titles: Vec<_> = marks
                .into_iter()
                .filter_map(|mark| match mark {
                    Mark::Text { text, .. } => Some(text),
                    _ => None,
                })
                .collect();
            titles.dedup();
            titles
        };
        assert_eq!(titles(80.0, 1.0).len(), 5);
        assert_eq!(
            titles(20.0, 1.0),
            ["left eye", "right eye", "nose", "left mouth"]
        );
        assert_eq!(titles(10.0, 1.0), ["left eye", "right eye"]);
        assert!(titles(80.0, 0.4).is_empty());
    }
}
