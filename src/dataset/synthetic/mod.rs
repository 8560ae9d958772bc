//! Portraits drawn by the program: bundled samples and data for whoever has none. Everything is
//! known about them, since everything was drawn.
//!
//! A portrait is a small scene: a head from rings with features as hills and hollows ([`form`]),
//! hair as thousands of strands, clothes and things worn, in the light of a key, a sky and a rim
//! ([`light`]). What is drawn stands in a [`appearance::Appearance`], which follows from the attributes
//! ([`traits`]) and two throws of random numbers: one for the person, one for the picture.
//!
//! The same seed gives the same portrait on every machine. Random numbers are integer arithmetic,
//! and the rest is only +, −, ×, ÷ and square roots of 32-bit numbers, which IEEE 754 fixes to
//! the last bit and Rust neither reorders nor contracts; [`math`] has sines made of these.

mod accessories;
mod appearance;
mod backdrop;
mod body;
mod clothes;
mod develop;
mod eyes;
mod face_shape;
mod folder;
mod hair;
mod head;
mod light;
mod math;
mod mouth;
mod openness;
mod paint;
mod raster;
mod sampling;
mod skin;
mod source;
mod style;
mod torso;
mod traits;
mod whiskers;

#[cfg(test)]
#[allow(clippy::print_stdout)]
mod tests;

use image::RgbImage;

use crate::dataset::Split;
use crate::label::{
    Annotation, FaceBox, Point, PointLabel, Presence, Schema, TaskKind, TaskLabels,
};
use appearance::Appearance;
pub use folder::write;
use math::Random;
pub(super) use source::picture;
pub use source::{SCHEME, SET_SIZE, is_drawn, open};
use traits::Traits;

/// Size of a portrait in pixels.
pub const WIDTH: u32 = 384;
pub const HEIGHT: u32 = 480;

/// Width of the portraits of a data set, 300 high: their faces are about 200 pixels wide, which
/// leaves something for the 128 that networks see.
pub const SET_WIDTH: u32 = 240;

/// A drawn face and what is known about it.
#[derive(Clone, Debug)]
pub struct Portrait {
    pub image: RgbImage,
    pub annotation: Annotation,
    pub face_box: FaceBox,
}

/// The portraits that the window opens with, chosen by eye for being unlike each other.
const SAMPLES: [u64; 6] = [46, 17, 4, 53, 52, 54];

/// The bundled samples, drawn now.
pub fn samples() -> Vec<Portrait> {
    use rayon::prelude::*;
    SAMPLES.into_par_iter().map(|i| portrait(1, i)).collect()
}

/// Each block of forty portraits shows ten persons four times each.
const PERSONS: u64 = 10;
const TIMES: u64 = 4;

/// The number of the person in portrait `index`.
pub fn person(index: u64) -> u64 {
    index / (PERSONS * TIMES) * PERSONS + index % PERSONS
}

/// Of ten persons eight are for training, one for validation and one for the test, so that nobody
/// is in two splits.
pub fn split(index: u64) -> Split {
    match person(index) % PERSONS {
        8 => Split::Validation,
        9 => Split::Test,
        _ => Split::Train,
    }
}

/// Portrait number `index` of `seed`.
pub fn portrait(seed: u64, index: u64) -> Portrait {
    portrait_of_width(seed, index, WIDTH)
}

/// Portrait number `index` of `seed`, `width` pixels wide and 5/4 of that high.
pub fn portrait_of_width(seed: u64, index: u64, width: u32) -> Portrait {
    let look = look(seed, index);
    Portrait {
        image: paint::paint(&look, width),
        annotation: annotation(&look, width, &Schema::face()),
        face_box: face_box(seed, index, &look, width),
    }
}

fn dice(seed: u64, index: u64) -> (Random, Random) {
    let dice = Random(seed);
    (dice.nth(1).nth(person(index)), dice.nth(2).nth(index))
}

fn look(seed: u64, index: u64) -> Appearance {
    let (whose, picture) = dice(seed, index);
    Appearance::new(Traits::draw(whose, picture), whose, picture)
}

/// A box as a face finder might give it: about the head wherever its features are, its centre off
/// by up to 5 % and its side by up to 8 % of the side, in whole pixels.
fn face_box(seed: u64, index: u64, look: &Appearance, width: u32) -> FaceBox {
    let (_, picture) = dice(seed, index);
    let ([x, y], half) = paint::square(look, width);
    let off = |name, reach: f32| 2.0 * half * picture.between(name, -reach, reach);
    let half = half + 0.5 * off("box size", 0.08);
    let side = (2.0 * half).round();
    let corner = |center: f32, name| (center + off(name, 0.05) - half).round();
    FaceBox::new(corner(x, "box x"), corner(y, "box y"), side, side)
}

/// What `schema` asks of a portrait, as far as it is known.
fn annotation(look: &Appearance, width: u32, schema: &Schema) -> Annotation {
    let points = paint::points(look, width);
    let named = |name: &str| -> Option<Point> {
        let at = POINTS.iter().position(|n| *n == name)?;
        Some(points[at])
    };
    let mut annotation = Annotation::unknown(schema);
    for (task, labels) in schema.tasks.iter().zip(&mut annotation.tasks) {
        match (labels, &task.kind) {
            (TaskLabels::Points(labels), TaskKind::Points { points, .. }) => {
                for (name, label) in points.iter().zip(labels) {
                    *label = named(name).map_or(PointLabel::default(), PointLabel::visible);
                }
            }
            (TaskLabels::Binary(labels), _) => {
                for (item, label) in task.items().zip(labels) {
                    *label = look
                        .traits
                        .get(item)
                        .map_or(Presence::Unknown, Presence::from);
                }
            }
            _ => {}
        }
    }
    annotation
}

/// The points of the face schema in the order in which they are drawn.
const POINTS: [&str; 5] = ["left_eye", "right_eye", "nose", "left_mouth", "right_mouth"];
