//! Portraits drawn by the program: bundled samples and data for whoever has none. Everything is
//! known about them, since everything was drawn.
//!
//! The same seed gives the same portrait on every machine: the random stream is portable and all
//! shapes are drawn by one software rasteriser.

use image::RgbImage;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use tiny_skia::{
    Color, FillRule, GradientStop, LineCap, LinearGradient, Paint, Path, PathBuilder, Pixmap,
    Point as At, RadialGradient, Shader, SpreadMode, Stroke, Transform,
};

use crate::label::{Annotation, FaceBox, Point, PointLabel, Presence, Schema, TaskLabels};

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

type Rgb = [f32; 3];

/// What is drawn. Lengths are in units of half the head's width.
#[derive(Clone, Debug)]
struct Look {
    skin: Rgb,
    hair: Rgb,
    hair_name: &'static str,
    cloth: Rgb,
    back: [Rgb; 2],
    iris: Rgb,
    lips: Rgb,
    long_hair: bool,
    bangs: bool,
    bald: bool,
    glasses: bool,
    beard: bool,
    /// 0 closed to 1 open.
    open: f32,
    /// −0.3 to 1.
    smile: f32,
    /// To the picture's right, −1 to 1.
    yaw: f32,
    /// Radians, clockwise.
    roll: f32,
    /// Light from the picture's left (−1) or right (1).
    light: f32,
    chin: f32,
    size: f32,
    brow: f32,
}

impl Look {
    fn random(rng: &mut Xoshiro256PlusPlus) -> Self {
        const SKINS: [Rgb; 6] = [
            [244.0, 208.0, 184.0],
            [232.0, 188.0, 158.0],
            [214.0, 164.0, 128.0],
            [184.0, 130.0, 96.0],
            [142.0, 94.0, 68.0],
            [102.0, 66.0, 48.0],
        ];
        const HAIRS: [(&str, Rgb); 4] = [
            ("Black_Hair", [34.0, 28.0, 28.0]),
            ("Brown_Hair", [92.0, 58.0, 38.0]),
            ("Blond_Hair", [206.0, 168.0, 104.0]),
            ("Gray_Hair", [168.0, 166.0, 164.0]),
        ];
        const IRISES: [Rgb; 4] = [
            [86.0, 56.0, 34.0],
            [70.0, 104.0, 138.0],
            [84.0, 112.0, 72.0],
            [52.0, 36.0, 28.0],
        ];
        let skin_tone = rng.random_range(0..SKINS.len());
        // Fair hair on dark skin is rare; keep to what is common.
        let hair = HAIRS[rng.random_range(0..if skin_tone > 3 { 2 } else { 4 })];
        let bearded = rng.random::<f32>() < 0.25;
        let long_hair = !bearded && rng.random::<f32>() < 0.6;
        let hue =
            |rng: &mut Xoshiro256PlusPlus| [0; 3].map(|_: i32| rng.random_range(40.0..200.0_f32));
        let base = mix(hue(rng), [120.0; 3], 0.55);
        let skin = SKINS[skin_tone].map(|v: f32| v + rng.random_range(-6.0..6.0));
        Self {
            skin,
            hair: hair.1.map(|v: f32| v + rng.random_range(-8.0..8.0)),
            hair_name: hair.0,
            cloth: hue(rng),
            back: [base.map(|v| 0.55 * v + 80.0), base.map(|v| 0.45 * v + 20.0)],
            iris: IRISES[if skin_tone > 3 {
                3
            } else {
                rng.random_range(0..4)
            }],
            lips: mix(skin, [176.0, 62.0, 66.0], if bearded { 0.3 } else { 0.5 }),
            long_hair,
            bangs: long_hair && rng.random::<f32>() < 0.4,
            bald: bearded && rng.random::<f32>() < 0.3,
            glasses: rng.random::<f32>() < 0.25,
            beard: bearded,
            open: (rng.random_range(-0.6..1.0_f32)).max(0.0),
            smile: rng.random_range(-0.2..1.0),
            yaw: rng.random_range(-0.6..0.6),
            roll: rng.random_range(-0.14..0.14),
            light: if rng.random::<bool>() { 1.0 } else { -1.0 },
            chin: rng.random_range(0.92..1.1),
            size: rng.random_range(92.0..108.0),
            brow: rng.random_range(0.7..1.3),
        }
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

fn mix(a: Rgb, b: Rgb, t: f32) -> Rgb {
    [0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * t)
}

fn dark(c: Rgb, t: f32) -> Rgb {
    mix(c, [18.0, 10.0, 12.0], t)
}

fn light(c: Rgb, t: f32) -> Rgb {
    mix(c, [255.0, 248.0, 240.0], t)
}

fn colour(c: Rgb, alpha: f32) -> Color {
    let [r, g, b] = c.map(|v| v.clamp(0.0, 255.0) as u8);
    Color::from_rgba8(r, g, b, (255.0 * alpha.clamp(0.0, 1.0)) as u8)
}

/// Paints in the head's own coordinates: the origin between the eyes, x to the picture's right,
/// y down, 1 half the head's width.
struct Artist<'a> {
    look: &'a Look,
    pixmap: Pixmap,
    head: Transform,
}

impl<'a> Artist<'a> {
    fn new(look: &'a Look) -> Self {
        let center = (WIDTH as f32 / 2.0 - 8.0 * look.yaw, HEIGHT as f32 * 0.45);
        let head = Transform::from_scale(look.size, look.size)
            .post_rotate(look.roll.to_degrees())
            .post_translate(center.0, center.1);
        Self {
            look,
            pixmap: Pixmap::new(WIDTH, HEIGHT)
                .unwrap_or_else(|| unreachable!("a portrait has a size")),
            head,
        }
    }

    /// Where something at (x, y), `depth` in front of the head's axis, appears when it turns.
    fn turned(&self, x: f32, y: f32, depth: f32) -> (f32, f32) {
        let yaw = self.look.yaw * 0.55;
        (x * yaw.cos() + depth * yaw.sin(), y)
    }

    fn eye(&self, side: f32) -> (f32, f32) {
        self.turned(side * 0.4, 0.0, 0.72)
    }

    fn nose(&self) -> (f32, f32) {
        self.turned(0.0, 0.52, 1.05)
    }

    fn mouth_corner(&self, side: f32) -> (f32, f32) {
        let width = 0.33 + 0.06 * self.look.smile.max(0.0);
        self.turned(side * width, 0.92 - 0.05 * self.look.smile, 0.78)
    }

    /// The five landmarks in the picture.
    fn points(&self) -> [Point; 5] {
        let all = [
            self.eye(-1.0),
            self.eye(1.0),
            self.nose(),
            self.mouth_corner(-1.0),
            self.mouth_corner(1.0),
        ];
        all.map(|(x, y)| {
            let mut at = At::from_xy(x, y);
            self.head.map_point(&mut at);
            [at.x, at.y]
        })
    }

    fn paint(&mut self) {
        self.background();
        if self.look.long_hair {
            self.hair_behind();
        }
        self.body();
        self.ears();
        self.face();
        if self.look.beard {
            self.beard();
        }
        self.mouth();
        self.nose_shape();
        for side in [-1.0, 1.0] {
            self.eye_shape(side);
            self.eyebrow(side);
        }
        if !self.look.bald {
            self.hair_in_front();
        }
        if self.look.glasses {
            self.spectacles();
        }
    }

    fn finish(self) -> RgbImage {
        let rgb = self
            .pixmap
            .pixels()
            .iter()
            .flat_map(|p| [p.red(), p.green(), p.blue()])
            .collect();
        let sharp = RgbImage::from_raw(WIDTH, HEIGHT, rgb)
            .unwrap_or_else(|| unreachable!("three bytes for each pixel"));
        // As soft as a lens.
        image::imageops::fast_blur(&sharp, 0.9)
    }

    fn fill(&mut self, path: Option<Path>, shader: Shader<'static>) {
        let paint = Paint {
            shader,
            anti_alias: true,
            ..Paint::default()
        };
        if let Some(path) = path {
            self.pixmap
                .fill_path(&path, &paint, FillRule::Winding, self.head, None);
        }
    }

    fn flat(&mut self, path: Option<Path>, c: Rgb, alpha: f32) {
        self.fill(path, Shader::SolidColor(colour(c, alpha)));
    }

    fn line(&mut self, path: Option<Path>, width: f32, c: Rgb, alpha: f32) {
        let paint = Paint {
            shader: Shader::SolidColor(colour(c, alpha)),
            anti_alias: true,
            ..Paint::default()
        };
        let stroke = Stroke {
            width,
            line_cap: LineCap::Round,
            ..Stroke::default()
        };
        if let Some(path) = path {
            self.pixmap
                .stroke_path(&path, &paint, &stroke, self.head, None);
        }
    }

    /// A soft spot that fades to nothing.
    fn glow(&mut self, (x, y): (f32, f32), radius: (f32, f32), c: Rgb, alpha: f32) {
        let stops = vec![
            GradientStop::new(0.0, colour(c, alpha)),
            GradientStop::new(0.55, colour(c, alpha * 0.45)),
            GradientStop::new(1.0, colour(c, 0.0)),
        ];
        let stretch = Transform::from_scale(radius.0, radius.1).post_translate(x, y);
        let shader = round(At::zero(), At::zero(), 1.0, stops, stretch);
        self.fill(ellipse(x, y, radius.0, radius.1), shader);
    }

    fn background(&mut self) {
        let [center, rim] = self.look.back;
        let stops = vec![
            GradientStop::new(0.0, colour(center, 1.0)),
            GradientStop::new(1.0, colour(rim, 1.0)),
        ];
        let at = At::from_xy(self.look.light * 1.0, -0.6);
        let shader = round(at, at, 3.6, stops, Transform::identity());
        self.fill(ellipse(0.0, 0.0, 9.0, 9.0), shader);
    }

    fn body(&mut self) {
        let (skin, cloth) = (self.look.skin, self.look.cloth);
        let mut neck = PathBuilder::new();
        neck.move_to(-0.48, 0.8);
        neck.cubic_to(-0.46, 1.5, -0.52, 1.75, -0.8, 1.95);
        neck.line_to(0.8, 1.95);
        neck.cubic_to(0.52, 1.75, 0.46, 1.5, 0.48, 0.8);
        neck.close();
        self.fill(
            neck.finish(),
            down(0.9, 1.9, dark(skin, 0.42), dark(skin, 0.12)),
        );
        let mut shoulders = PathBuilder::new();
        shoulders.move_to(-2.4, 4.0);
        shoulders.cubic_to(-2.3, 2.1, -1.3, 2.0, -0.62, 1.74);
        shoulders.cubic_to(-0.3, 2.2, 0.3, 2.2, 0.62, 1.74);
        shoulders.cubic_to(1.3, 2.0, 2.3, 2.1, 2.4, 4.0);
        shoulders.close();
        self.fill(
            shoulders.finish(),
            down(1.7, 3.3, light(cloth, 0.12), dark(cloth, 0.5)),
        );
    }

    fn ears(&mut self) {
        let skin = self.look.skin;
        for side in [-1.0, 1.0] {
            let (x, y) = self.turned(side * 0.99, 0.2, -0.1);
            self.flat(ellipse(x, y, 0.15, 0.27), dark(skin, 0.14), 1.0);
            self.glow((x, y + 0.02), (0.1, 0.19), dark(skin, 0.5), 0.5);
        }
    }

    fn outline(&self) -> Option<Path> {
        let chin = 1.34 * self.look.chin;
        let lean = 0.1 * self.look.yaw;
        let mut path = PathBuilder::new();
        path.move_to(0.0, -1.08);
        path.cubic_to(0.66, -1.08, 1.0, -0.62, 0.98, -0.02);
        path.cubic_to(0.97, 0.62, 0.78, 0.98, 0.42 + lean, 1.22 * self.look.chin);
        path.cubic_to(
            0.24 + lean,
            chin + 0.02,
            -0.24 + lean,
            chin + 0.02,
            -0.42 + lean,
            1.22 * self.look.chin,
        );
        path.cubic_to(-0.78, 0.98, -0.97, 0.62, -0.98, -0.02);
        path.cubic_to(-1.0, -0.62, -0.66, -1.08, 0.0, -1.08);
        path.close();
        path.finish()
    }

    fn face(&mut self) {
        let (skin, lit) = (self.look.skin, self.look.light);
        let stops = vec![
            GradientStop::new(0.0, colour(light(skin, 0.22), 1.0)),
            GradientStop::new(0.5, colour(skin, 1.0)),
            GradientStop::new(1.0, colour(dark(skin, 0.46), 1.0)),
        ];
        let at = At::from_xy(0.34 * lit, -0.18);
        let shader = round(at, at, 1.75, stops, Transform::identity());
        self.fill(self.outline(), shader);
        let blush = mix(skin, [214.0, 90.0, 84.0], 0.5);
        for side in [-1.0, 1.0] {
            let cheek = self.turned(side * 0.52, 0.52, 0.6);
            self.glow(cheek, (0.34, 0.26), blush, 0.3);
            let socket = self.turned(side * 0.4, -0.03, 0.7);
            self.glow(socket, (0.33, 0.24), dark(skin, 0.5), 0.45);
        }
        let forehead = self.turned(0.16 * lit, -0.55, 0.8);
        self.glow(forehead, (0.5, 0.34), light(skin, 0.6), 0.28);
        let chin = self.turned(0.0, 1.18 * self.look.chin, 0.8);
        self.glow(chin, (0.2, 0.12), light(skin, 0.5), 0.25);
    }

    fn eye_shape(&mut self, side: f32) {
        let (x, y) = self.eye(side);
        let skin = self.look.skin;
        let narrow = 1.0 - 0.18 * self.look.smile.max(0.0);
        let (w, h) = (0.195, 0.088 * narrow);
        let almond = |grow: f32| {
            let mut path = PathBuilder::new();
            path.move_to(x - w * grow, y + 0.012);
            path.cubic_to(
                x - w * 0.5,
                y - h * 1.5 * grow,
                x + w * 0.5,
                y - h * 1.5 * grow,
                x + w * grow,
                y,
            );
            path.cubic_to(
                x + w * 0.5,
                y + h * 1.15 * grow,
                x - w * 0.5,
                y + h * 1.15 * grow,
                x - w * grow,
                y + 0.012,
            );
            path.close();
            path.finish()
        };
        self.flat(almond(1.0), [236.0, 232.0, 228.0], 1.0);
        let gaze = x + 0.012 * self.look.yaw;
        let iris = self.look.iris;
        let stops = vec![
            GradientStop::new(0.0, colour(dark(iris, 0.3), 1.0)),
            GradientStop::new(0.6, colour(light(iris, 0.18), 1.0)),
            GradientStop::new(1.0, colour(dark(iris, 0.65), 1.0)),
        ];
        let center = At::from_xy(gaze, y - 0.008);
        let r = 0.088;
        self.fill(
            ellipse(gaze, y - 0.008, r, r * 0.98 * narrow.max(0.9)),
            round(center, center, r, stops, Transform::identity()),
        );
        self.flat(
            ellipse(gaze, y - 0.008, 0.04, 0.04),
            [12.0, 10.0, 12.0],
            1.0,
        );
        // Lids cover what of the iris is above and below the opening.
        let mut upper = PathBuilder::new();
        upper.move_to(x - w, y + 0.012);
        upper.cubic_to(x - w * 0.5, y - h * 1.5, x + w * 0.5, y - h * 1.5, x + w, y);
        upper.line_to(x + w, y - 0.17);
        upper.line_to(x - w, y - 0.17);
        upper.close();
        self.flat(upper.finish(), dark(skin, 0.16), 1.0);
        let mut lash = PathBuilder::new();
        lash.move_to(x - w * 1.04, y + 0.014);
        lash.cubic_to(
            x - w * 0.5,
            y - h * 1.5,
            x + w * 0.5,
            y - h * 1.5,
            x + w * 1.04,
            y,
        );
        self.line(lash.finish(), 0.036, [30.0, 20.0, 20.0], 0.92);
        let mut crease = PathBuilder::new();
        crease.move_to(x - w * 0.95, y - 0.07);
        crease.cubic_to(
            x - w * 0.5,
            y - h * 2.1,
            x + w * 0.5,
            y - h * 2.1,
            x + w * 0.98,
            y - 0.07,
        );
        self.line(crease.finish(), 0.02, dark(skin, 0.55), 0.55);
        let mut lower = PathBuilder::new();
        lower.move_to(x - w * 0.95, y + 0.02);
        lower.cubic_to(
            x - w * 0.5,
            y + h * 1.25,
            x + w * 0.5,
            y + h * 1.25,
            x + w * 0.95,
            y + 0.01,
        );
        self.line(lower.finish(), 0.016, dark(skin, 0.5), 0.6);
        let spark = (gaze + 0.03 * self.look.light, y - 0.038);
        self.flat(ellipse(spark.0, spark.1, 0.018, 0.018), [255.0; 3], 0.95);
    }

    fn eyebrow(&mut self, side: f32) {
        let thick = 0.05 * self.look.brow;
        let at = |x: f32, y: f32| self.turned(side * x, y, 0.74);
        let (inner, peak, outer) = (at(0.2, -0.22), at(0.44, -0.32), at(0.66, -0.2));
        let mut path = PathBuilder::new();
        path.move_to(inner.0, inner.1 + thick);
        path.quad_to(peak.0, peak.1 - thick * 0.2, outer.0, outer.1);
        path.quad_to(peak.0, peak.1 + thick * 1.5, inner.0, inner.1 + thick * 2.0);
        path.close();
        let shade = if self.look.hair_name == "Gray_Hair" {
            0.3
        } else {
            0.35
        };
        self.flat(path.finish(), dark(self.look.hair, shade), 0.85);
    }

    fn nose_shape(&mut self) {
        let (x, y) = self.nose();
        let (skin, lit) = (self.look.skin, self.look.light);
        let bridge = self.turned(0.0, 0.02, 0.86);
        let mut side = PathBuilder::new();
        side.move_to(bridge.0 - 0.07 * lit, bridge.1);
        side.quad_to(x - 0.06 * lit, y - 0.24, x - 0.19 * lit, y + 0.02);
        side.quad_to(x - 0.1 * lit, y + 0.12, x, y + 0.06);
        side.quad_to(x - 0.02 * lit, y - 0.22, bridge.0, bridge.1);
        side.close();
        self.flat(side.finish(), dark(skin, 0.4), 0.3);
        self.glow((x, y + 0.1), (0.26, 0.1), dark(skin, 0.6), 0.55);
        for wing in [-1.0, 1.0] {
            self.glow(
                (x + wing * 0.13, y + 0.03),
                (0.085, 0.075),
                dark(skin, 0.25),
                0.5,
            );
            self.flat(
                ellipse(x + wing * 0.085, y + 0.07, 0.042, 0.022),
                dark(skin, 0.8),
                0.8,
            );
        }
        self.glow(
            (x + 0.03 * lit, y - 0.03),
            (0.11, 0.1),
            light(skin, 0.75),
            0.6,
        );
        let ridge = ((bridge.0 + x) / 2.0 + 0.02 * lit, y - 0.26);
        self.glow(ridge, (0.07, 0.24), light(skin, 0.6), 0.4);
    }

    fn mouth(&mut self) {
        let (left, right) = (self.mouth_corner(-1.0), self.mouth_corner(1.0));
        let smile = self.look.smile;
        let (cx, _) = self.turned(0.0, 0.0, 0.95);
        let middle = 0.91 + 0.05 * smile;
        let gap = 0.13 * self.look.open;
        let (lips, skin) = (self.look.lips, self.look.skin);
        let arc = |from: (f32, f32), height: f32, to: (f32, f32)| {
            let mut path = PathBuilder::new();
            path.move_to(from.0, from.1);
            path.cubic_to(cx - 0.14, height, cx + 0.14, height, to.0, to.1);
            path
        };
        if gap > 0.0 {
            let mut inside = arc(left, middle - 0.02, right);
            inside.cubic_to(
                cx + 0.14,
                middle + gap * 1.5,
                cx - 0.14,
                middle + gap * 1.5,
                left.0,
                left.1,
            );
            self.flat(inside.finish(), [66.0, 24.0, 26.0], 1.0);
            let mut teeth = arc(
                (left.0 + 0.06, left.1),
                middle - 0.015,
                (right.0 - 0.06, right.1),
            );
            teeth.cubic_to(
                cx + 0.12,
                middle + gap * 0.8,
                cx - 0.12,
                middle + gap * 0.8,
                left.0 + 0.06,
                left.1,
            );
            self.flat(teeth.finish(), [238.0, 232.0, 222.0], 1.0);
        }
        let mut upper = PathBuilder::new();
        upper.move_to(left.0, left.1);
        upper.cubic_to(
            cx - 0.2,
            middle - 0.12,
            cx - 0.08,
            middle - 0.15,
            cx,
            middle - 0.105,
        );
        upper.cubic_to(
            cx + 0.08,
            middle - 0.15,
            cx + 0.2,
            middle - 0.12,
            right.0,
            right.1,
        );
        upper.cubic_to(
            cx + 0.14,
            middle - 0.01,
            cx - 0.14,
            middle - 0.01,
            left.0,
            left.1,
        );
        upper.close();
        self.flat(upper.finish(), dark(lips, 0.16), 1.0);
        let low = middle + gap * 1.35;
        let mut lower = arc(left, low, right);
        lower.cubic_to(cx + 0.17, low + 0.17, cx - 0.17, low + 0.17, left.0, left.1);
        self.fill(
            lower.finish(),
            down(low - 0.02, low + 0.13, lips, dark(lips, 0.25)),
        );
        self.glow(
            (cx + 0.04 * self.look.light, low + 0.06),
            (0.12, 0.035),
            light(lips, 0.8),
            0.5,
        );
        if gap == 0.0 {
            let seam = arc(left, middle - 0.004, right);
            self.line(seam.finish(), 0.022, dark(lips, 0.7), 0.8);
        }
        self.glow((cx, low + 0.2), (0.24, 0.07), dark(skin, 0.5), 0.4);
        for corner in [left, right] {
            self.glow(corner, (0.06, 0.05), dark(skin, 0.6), 0.6);
        }
    }

    fn beard(&mut self) {
        let hair = dark(self.look.hair, 0.2);
        let (cx, _) = self.turned(0.0, 0.0, 0.8);
        let chin = 1.3 * self.look.chin;
        let mut path = PathBuilder::new();
        path.move_to(-0.95, 0.3);
        path.cubic_to(-0.8, 0.75, -0.55, 0.7, cx - 0.32, 0.76);
        path.quad_to(cx, 0.64, cx + 0.32, 0.76);
        path.cubic_to(0.55, 0.7, 0.8, 0.75, 0.95, 0.3);
        path.cubic_to(0.92, 0.9, 0.7, chin + 0.08, 0.1 * self.look.yaw, chin + 0.1);
        path.cubic_to(-0.7, chin + 0.08, -0.92, 0.9, -0.95, 0.3);
        path.close();
        self.flat(path.finish(), hair, 0.72);
        let below = self.turned(0.0, 1.06, 0.85);
        self.glow(below, (0.22, 0.1), self.look.skin, 0.35);
    }

    fn hair_behind(&mut self) {
        let hair = self.look.hair;
        let mut path = PathBuilder::new();
        path.move_to(0.0, -1.34);
        path.cubic_to(1.1, -1.36, 1.36, -0.5, 1.26, 0.5);
        path.cubic_to(1.24, 1.3, 1.36, 1.8, 1.1, 2.3);
        path.line_to(-1.1, 2.3);
        path.cubic_to(-1.36, 1.8, -1.24, 1.3, -1.26, 0.5);
        path.cubic_to(-1.36, -0.5, -1.1, -1.36, 0.0, -1.34);
        path.close();
        self.fill(path.finish(), down(-1.3, 2.2, hair, dark(hair, 0.55)));
    }

    fn hair_in_front(&mut self) {
        let (hair, lit) = (self.look.hair, self.look.light);
        let part = 0.35 * lit + 0.2 * self.look.yaw;
        let low = if self.look.bangs { -0.36 } else { -0.72 };
        let sides = if self.look.long_hair { 0.55 } else { 0.1 };
        let mut path = PathBuilder::new();
        path.move_to(-1.04, sides);
        path.cubic_to(-1.3, -0.7, -0.9, -1.36, 0.0, -1.36);
        path.cubic_to(0.9, -1.36, 1.3, -0.7, 1.04, sides);
        path.cubic_to(0.97, -0.1, 0.98, -0.4, 0.78, low);
        path.quad_to(0.5, low - 0.12, part, low - 0.16);
        path.quad_to(-0.5, low - 0.1, -0.78, low);
        path.cubic_to(-0.98, -0.4, -0.97, -0.1, -1.04, sides);
        path.close();
        self.fill(
            path.finish(),
            down(-1.4, 0.2, light(hair, 0.1), dark(hair, 0.3)),
        );
        // Strands, lighter and darker, follow the form.
        for i in 0..14 {
            let t = i as f32 / 13.0 * 2.0 - 1.0;
            let mut strand = PathBuilder::new();
            strand.move_to(part * 0.6 + t * 0.12, -1.3 + 0.06 * t * t);
            strand.cubic_to(
                t * 0.7,
                -1.22,
                t * 1.05,
                -0.95,
                t * 1.0,
                low - 0.17 + 0.1 * t * t,
            );
            let tint = if i % 2 == 0 {
                light(hair, 0.3)
            } else {
                dark(hair, 0.4)
            };
            self.line(strand.finish(), 0.03, tint, 0.28);
        }
        self.glow((0.4 * lit, -1.05), (0.5, 0.2), light(hair, 0.6), 0.3);
    }

    fn spectacles(&mut self) {
        let frame = [34.0, 30.0, 32.0];
        let (left, right) = (self.eye(-1.0), self.eye(1.0));
        for (x, y) in [left, right] {
            let rim = ellipse(x, y + 0.03, 0.3, 0.24);
            self.flat(rim.clone(), [214.0, 228.0, 240.0], 0.1);
            self.line(rim, 0.045, frame, 0.95);
        }
        let mut bridge = PathBuilder::new();
        bridge.move_to(left.0 + 0.3, left.1);
        bridge.quad_to(
            (left.0 + right.0) / 2.0,
            left.1 - 0.09,
            right.0 - 0.3,
            right.1,
        );
        self.line(bridge.finish(), 0.045, frame, 0.95);
        for (eye, side) in [(left, -1.0), (right, 1.0)] {
            let mut arm = PathBuilder::new();
            arm.move_to(eye.0 + side * 0.3, eye.1);
            let ear = self.turned(side * 0.99, 0.02, 0.0);
            arm.line_to(ear.0, ear.1);
            self.line(arm.finish(), 0.04, frame, 0.8);
        }
    }
}

fn ellipse(x: f32, y: f32, rx: f32, ry: f32) -> Option<Path> {
    let rect = tiny_skia::Rect::from_ltrb(x - rx, y - ry, x + rx, y + ry)?;
    PathBuilder::from_oval(rect)
}

/// From one colour above to another below.
fn down(from: f32, to: f32, above: Rgb, below: Rgb) -> Shader<'static> {
    let stops = vec![
        GradientStop::new(0.0, colour(above, 1.0)),
        GradientStop::new(1.0, colour(below, 1.0)),
    ];
    let ends = (At::from_xy(0.0, from), At::from_xy(0.0, to));
    LinearGradient::new(
        ends.0,
        ends.1,
        stops,
        SpreadMode::Pad,
        Transform::identity(),
    )
    .unwrap_or(Shader::SolidColor(colour(above, 1.0)))
}

fn round(
    start: At,
    end: At,
    radius: f32,
    stops: Vec<GradientStop>,
    transform: Transform,
) -> Shader<'static> {
    RadialGradient::new(start, 0.0, end, radius, stops, SpreadMode::Pad, transform)
        .unwrap_or(Shader::SolidColor(Color::TRANSPARENT))
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
