//! Portraits drawn by the program: bundled samples and data for whoever has none. Everything is
//! known about them, since everything was drawn.
//!
//! The same seed gives the same portrait on every machine: the random stream is portable and all
//! shapes are drawn by one software rasteriser.

mod around;
mod artist;
mod face;
mod look;

use image::RgbImage;
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;

use crate::label::{Annotation, FaceBox, Point, PointLabel, Presence, Schema, TaskLabels};
use artist::Artist;
use look::Look;

/// Size of a portrait in pixels.
pub const WIDTH: u32 = 384;
pub const HEIGHT: u32 = 480;

/// A drawn face and what is known about it.
#[derive(Clone, Debug)]
pub struct Portrait {
    pub image: RgbImage,
    pub annotation: Annotation,
    pub face_box: FaceBox,
}

/// The portraits that the window opens with, chosen by eye for being unlike each other.
const SAMPLES: [u64; 6] = [14, 2, 8, 11, 33, 15];

/// The bundled samples, drawn now.
pub fn samples() -> Vec<Portrait> {
    use rayon::prelude::*;
    SAMPLES.into_par_iter().map(|i| portrait(1, i)).collect()
}

/// Portrait number `index` of `seed`.
pub fn portrait(seed: u64, index: u64) -> Portrait {
    let stream = seed ^ index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let look = Look::random(&mut Xoshiro256PlusPlus::seed_from_u64(stream));
    let mut artist = Artist::new(&look);
    artist.paint();
    let points = artist.points();
    let face_box = FaceBox::around(&points)
        .unwrap_or_else(|| FaceBox::new(0.0, 0.0, WIDTH as f32, HEIGHT as f32));
    Portrait {
        image: artist.finish(),
        annotation: annotation(&look, &points),
        face_box,
    }
}
fn annotation(look: &Look, points: &[Point; 5]) -> Annotation {
    let schema = Schema::face();
    let mut annotation = Annotation::unknown(&schema);
    for (task, labels) in schema.tasks.iter().zip(&mut annotation.tasks) {
        match labels {
            TaskLabels::Points(labels) => {
                *labels = points.iter().map(|p| PointLabel::visible(*p)).collect();
            }
            TaskLabels::Binary(labels) => {
                for (item, label) in task.items().zip(labels) {
                    *label = known(look, item).map_or(Presence::Unknown, Presence::from);
                }
            }
        }
    }
    annotation
}

/// Attributes that are certain by what was drawn; the others stay unknown.
fn known(look: &Look, attribute: &str) -> Option<bool> {
    match attribute {
        "Eyeglasses" => Some(look.glasses),
        "Bald" => Some(look.bald),
        "Bangs" => Some(look.bangs),
        "No_Beard" => Some(!look.beard),
        "Black_Hair" | "Brown_Hair" | "Blond_Hair" | "Gray_Hair" => {
            Some(!look.bald && look.hair_name == attribute)
        }
        "Wearing_Hat" | "Wearing_Necktie" | "Wearing_Earrings" | "Wearing_Necklace" | "Blurry" => {
            Some(false)
        }
        // Between smiling and not, and between open and closed, people would disagree.
        "Smiling" if look.smile > 0.5 => Some(true),
        "Smiling" if look.smile < 0.1 => Some(false),
        "Mouth_Slightly_Open" if look.open > 0.3 => Some(true),
        "Mouth_Slightly_Open" if look.open == 0.0 => Some(false),
        _ => None,
    }
}
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portraits_depend_on_seed_and_index_alone() {
        let (a, b) = (portrait(5, 9), portrait(5, 9));
        assert_eq!(a.image, b.image);
        assert_eq!(a.annotation, b.annotation);
        assert_ne!(a.image, portrait(5, 10).image);
    }

    #[test]
    fn all_points_are_known_and_inside_and_ordered() {
        for index in 0..20 {
            let portrait = portrait(1, index);
            let TaskLabels::Points(points) = &portrait.annotation.tasks[0] else {
                unreachable!()
            };
            let at: Vec<Point> = points.iter().map(|p| p.known().unwrap()).collect();
            assert!(at.iter().all(|p| p[0] > 0.0 && p[0] < WIDTH as f32));
            assert!(at.iter().all(|p| p[1] > 0.0 && p[1] < HEIGHT as f32));
            assert!(at[0][0] < at[1][0] && at[3][0] < at[4][0] && at[2][1] < at[3][1]);
            assert!(portrait.annotation.known(1) >= 13);
        }
    }
}
