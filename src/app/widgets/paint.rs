//! Marks on the screen.

use std::f32::consts::FRAC_PI_2;

use eframe::egui::epaint::{PathStroke, TextShape};
use eframe::egui::{Align2, Color32, FontFamily, FontId, Painter, Pos2, Shape, Stroke, pos2};

use crate::figure::{Anchor, Ink, Mark, Rim};
use crate::label::Point;

pub fn paint(painter: &Painter, marks: &[Mark]) {
    // Collected first: laying out text wants the lock that adding shapes holds.
    let shapes: Vec<Shape> = marks.iter().flat_map(|m| shapes(painter, m)).collect();
    painter.extend(shapes);
}

fn shapes(painter: &Painter, mark: &Mark) -> Vec<Shape> {
    match mark {
        Mark::Line { points, rim, dash } => {
            let points: Vec<Pos2> = points.iter().map(screen).collect();
            match dash {
                Some([on, off]) => Shape::dashed_line(&points, stroke(rim), *on, *off),
                None => vec![Shape::line(points, stroke(rim))],
            }
        }
        Mark::Polygon { points, fill, rim } => {
            let points = points.iter().map(screen).collect();
            let rim = rim.as_ref().map_or(PathStroke::NONE, |r| stroke(r).into());
            vec![Shape::convex_polygon(points, filled(*fill), rim)]
        }
        Mark::Circle {
            centre,
            radius,
            fill,
            rim,
        } => vec![Shape::Circle(eframe::egui::epaint::CircleShape {
            center: screen(centre),
            radius: *radius,
            fill: filled(*fill),
            stroke: rim.as_ref().map_or(Stroke::NONE, stroke),
        })],
        Mark::Text {
            text: message,
            at,
            size,
            ink,
            anchor,
            upwards,
        } => {
            let tint = colour(*ink);
            let font = FontId::new(*size, FontFamily::Proportional);
            let galley = painter.layout_no_wrap(message.clone(), font, tint);
            let anchor = match anchor {
                Anchor::Start => Align2::LEFT_CENTER,
                Anchor::Middle => Align2::CENTER_CENTER,
                Anchor::End => Align2::RIGHT_CENTER,
            };
            let place = anchor.anchor_size(screen(at), galley.size());
            let angle = if *upwards { -FRAC_PI_2 } else { 0.0 };
            let text = TextShape::new(place.min, galley, tint);
            vec![text.with_angle_and_anchor(angle, anchor).into()]
        }
    }
}

fn screen(p: &Point) -> Pos2 {
    pos2(p[0], p[1])
}

pub fn colour(ink: Ink) -> Color32 {
    let [r, g, b] = ink.colour;
    Color32::from_rgb(r, g, b).gamma_multiply(ink.opacity.clamp(0.0, 1.0))
}

fn filled(fill: Option<Ink>) -> Color32 {
    fill.map_or(Color32::TRANSPARENT, colour)
}

fn stroke(rim: &Rim) -> Stroke {
    Stroke::new(rim.width, colour(rim.ink))
}
