//! From a look to a picture: build the scene, see what is where, light what is seen.

use image::RgbImage;

use super::appearance::Appearance;
use super::backdrop::Backdrop;
use super::clothes;
use super::develop::develop;
use super::head::{Head, place, surface, turn};
use super::light::{Lighting, Spot, outward};
use super::math::{V3, add, lerp, mix, scale, sub, unit};
use super::openness::Openness;
use super::raster::{Camera, Frame, Material, Mesh, NOTHING, PLACES, STRANDS, Strands};
use super::{accessories, body, eyes, hair, mouth, skin, whiskers};
use crate::label::Point;

/// The tip of the nose on the plain head: where it stands out farthest, a little above its lower
/// edge. Networks that learned from people's clicks look for it there.
const NOSE_TIP: [f32; 2] = [0.0, 0.55];

/// Pictures are 5 high to 4 wide.
pub(super) fn height(width: u32) -> u32 {
    width * 5 / 4
}

pub(super) fn paint(look: &Appearance, width: u32) -> RgbImage {
    let detail = (width as f32 / 384.0).clamp(0.4, 1.0);
    let head = Head::new(look, detail);
    let camera = camera(look, width, PLACES as f32);
    let scene = Scene::new(look, head, detail);
    scene.paint(look, &camera, width as usize, height(width) as usize)
}

/// `places` a pixel.
fn camera(look: &Appearance, width: u32, places: f32) -> Camera {
    let pose = &look.pose;
    let w = width as f32 * places;
    Camera {
        distance: 11.0,
        unit: pose.size * w,
        center: [
            (0.5 + pose.shift[0] - 0.05 * pose.yaw) * w,
            (0.535 + pose.shift[1]) * w,
        ],
        axes: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    }
}

/// Left eye, right eye, nose, left and right corner of the mouth, in pixels: where the places on
/// the drawn head that an annotator would point at are seen.
pub(super) fn points(look: &Appearance, width: u32) -> [Point; 5] {
    let camera = camera(look, width, 1.0);
    let all = [
        eyes::pupil(look, -1.0),
        eyes::pupil(look, 1.0),
        NOSE_TIP,
        mouth::corner(look, -1.0),
        mouth::corner(look, 1.0),
    ];
    all.map(|rest| {
        let [x, y, _] = camera.project(surface(look, rest));
        [x, y]
    })
}

/// The centre and half the side of a square about the head, whatever its face does, in pixels.
pub(super) fn square(look: &Appearance, width: u32) -> (Point, f32) {
    let camera = camera(look, width, 1.0);
    let [x, y, _] = camera.project(place(&turn(look), [0.0, 0.5, 0.8]));
    ([x, y], 2.0 * camera.unit)
}

struct Scene {
    head_turn: super::math::Turn,
    meshes: Vec<Mesh>,
    panes: Vec<Mesh>,
    strands: Strands,
    lighting: Lighting,
    skull: V3,
}

impl Scene {
    fn new(look: &Appearance, head: Head, detail: f32) -> Self {
        let mut strands = Strands::default();
        hair::grow(look, &head, detail, &mut strands);
        whiskers::grow(look, &head, detail, &mut strands);
        let mut meshes = body::build(look, &head, detail);
        meshes.extend(accessories::build(look, &head, detail, &mut strands));
        meshes.extend(hair::backing(look, &head, detail));
        let panes = accessories::panes(look, &head);
        let head_turn = turn(look);
        meshes.push(head.mesh);
        Self {
            lighting: Lighting::new(look, &meshes, &strands),
            skull: place(&head_turn, hair::CENTER),
            head_turn,
            meshes,
            panes,
            strands,
        }
    }

    fn paint(&self, look: &Appearance, camera: &Camera, width: usize, height: usize) -> RgbImage {
        let mut frame = Frame::new(width * PLACES, height * PLACES);
        let mut firsts = Vec::with_capacity(self.meshes.len());
        let mut next = 0;
        for mesh in &self.meshes {
            firsts.push(next);
            frame.mesh(mesh, camera, next);
            next += mesh.triangles() as u32;
        }
        let open = Openness::new(&frame, camera.unit);
        let pieces = self.pieces(&mut frame, camera);
        let mut glass = Frame::new(frame.width, frame.height);
        for pane in &self.panes {
            glass.mesh(pane, camera, 0);
        }
        let backdrop = Backdrop::new(look);
        let seen = Seen {
            scene: self,
            look,
            camera,
            frame: &frame,
            open: &open,
            firsts: &firsts,
            pieces: &pieces,
        };
        let mut linear = vec![[0.0_f32; 3]; width * height];
        for y in 0..height {
            for x in 0..width {
                let mut sum = seen.pixel(x, y, &backdrop, width);
                if !self.panes.is_empty() {
                    let n = glass_over(&glass, &frame, x, y);
                    if n > 0.0 {
                        let streak = super::math::hill(
                            x as f32 + 0.6 * y as f32,
                            0.55 * width as f32,
                            0.06 * width as f32,
                        );
                        let reflected = add(
                            scale(look.light.sky, 0.05),
                            scale(look.light.key_colour, 0.05 * streak),
                        );
                        sum = mix(sum, add(scale(sum, 0.92), reflected), n);
                    }
                }
                linear[y * width + x] = sum;
            }
        }
        develop(look, linear, width, height)
    }

    /// Draws all strands, piece by piece; the pieces' colours, by which they are known in the
    /// frame, as far as they are seen.
    fn pieces(&self, frame: &mut Frame, camera: &Camera) -> Vec<V3> {
        for strand in &self.strands.all {
            let thick = strand.width * camera.unit;
            let n = strand.len;
            let taper = |i: usize| thick * lerp(1.0, 0.45, i as f32 / (n - 1) as f32);
            let positions = self.strands.positions(strand);
            let mut from = camera.project(positions[0]);
            for (i, p) in positions.iter().enumerate().skip(1) {
                let to = camera.project(*p);
                let id = STRANDS + (strand.start + i - 1) as u32;
                frame.piece(from, to, [taper(i - 1), taper(i)], id);
                from = to;
            }
        }
        let mut seen = vec![false; self.strands.positions.len()];
        for id in frame.id.iter().filter(|id| (STRANDS..NOTHING).contains(id)) {
            seen[(id - STRANDS) as usize] = true;
        }
        let mut colours = vec![[0.0; 3]; seen.len()];
        for strand in &self.strands.all {
            let positions = self.strands.positions(strand);
            for (i, pair) in positions.windows(2).enumerate() {
                if seen[strand.start + i] {
                    let along = unit(sub(pair[1], pair[0]));
                    let at = mix(pair[0], pair[1], 0.5);
                    let out = outward(at, self.skull);
                    let light = &self.lighting;
                    colours[strand.start + i] =
                        light.strand(at, along, out, strand.colour, strand.layer);
                }
            }
        }
        colours
    }
}

/// How much of a pixel is seen through glass.
fn glass_over(glass: &Frame, frame: &Frame, x: usize, y: usize) -> f32 {
    let mut n = 0;
    for j in 0..PLACES {
        for i in 0..PLACES {
            let at = (y * PLACES + j) * frame.width + x * PLACES + i;
            n += usize::from(glass.depth[at] > frame.depth[at]);
        }
    }
    n as f32 / (PLACES * PLACES) as f32
}

struct Seen<'a> {
    scene: &'a Scene,
    look: &'a Appearance,
    camera: &'a Camera,
    frame: &'a Frame,
    open: &'a Openness,
    firsts: &'a [u32],
    pieces: &'a [V3],
}

impl Seen<'_> {
    fn pixel(&self, x: usize, y: usize, backdrop: &Backdrop, width: usize) -> V3 {
        let mut sum = [0.0; 3];
        let mut last: Option<(usize, V3)> = None;
        let mut behind = None;
        for j in 0..PLACES {
            for i in 0..PLACES {
                let (px, py) = (x * PLACES + i, y * PLACES + j);
                let id = self.frame.id[py * self.frame.width + px];
                let colour = if id == NOTHING {
                    *behind.get_or_insert_with(|| {
                        backdrop.at(x as f32 / width as f32, y as f32 / width as f32)
                    })
                } else if id >= STRANDS {
                    self.pieces[(id - STRANDS) as usize]
                } else {
                    let m = self.firsts.partition_point(|f| *f <= id) - 1;
                    match last {
                        // One look at a sheet a pixel is enough, unless it is finely drawn.
                        Some((mesh, colour)) if mesh == m => colour,
                        _ => {
                            let triangle = (id - self.firsts[m]) as usize;
                            let (colour, fine) = self.surface(m, triangle, px, py);
                            last = (!fine).then_some((m, colour));
                            colour
                        }
                    }
                };
                sum = add(sum, colour);
            }
        }
        scale(sum, 1.0 / (PLACES * PLACES) as f32)
    }

    /// The colour there, and whether it is so finely drawn that its neighbours may differ.
    fn surface(&self, m: usize, triangle: usize, px: usize, py: usize) -> (V3, bool) {
        let mesh = &self.scene.meshes[m];
        let corners = mesh.triangle(triangle).map(|i| &mesh.vertices[i]);
        let [a, b, c] = corners.map(|v| self.camera.project(v.at));
        let (fx, fy) = (px as f32 + 0.5, py as f32 + 0.5);
        let area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
        let u = ((b[0] - fx) * (c[1] - fy) - (b[1] - fy) * (c[0] - fx)) / area;
        let v = ((c[0] - fx) * (a[1] - fy) - (c[1] - fy) * (a[0] - fx)) / area;
        let w = 1.0 - u - v;
        let blend = |get: fn(&super::raster::Vertex) -> V3| {
            let [a, b, c] = corners.map(get);
            add(add(scale(a, u), scale(b, v)), scale(c, w))
        };
        let mut normal = unit(blend(|v| v.normal));
        // The back of a sheet; or the very edge, where normals of neighbours look away.
        if area > 0.0 {
            normal = scale(normal, -1.0);
        }
        if normal[2] < 0.0 {
            normal = unit([normal[0], normal[1], 0.0]);
        }
        let mut spot = Spot {
            at: blend(|v| v.at),
            normal,
            albedo: blend(|v| v.albedo),
            gloss: u * corners[0].gloss + v * corners[1].gloss + w * corners[2].gloss,
            stuff: mesh.stuff,
            open: self.open.at(px, py),
        };
        let [a, b, c] = corners.map(|v| v.rest);
        let rest = [0, 1].map(|i| u * a[i] + v * b[i] + w * c[i]);
        let mut fine = mesh.stuff == Material::Trunk;
        if mesh.stuff == Material::Trunk {
            let (albedo, gloss, thick) = clothes::dress(self.look, rest[0], rest[1]);
            spot.albedo = albedo;
            spot.gloss = gloss;
            spot.stuff = if thick > 0.02 {
                Material::Cloth
            } else {
                Material::Skin
            };
        }
        if mesh.stuff == Material::Face {
            let detail = skin::detail(self.look, rest, spot.albedo, spot.gloss);
            fine = rest[1].abs() < 0.3 || (rest[1] - 1.0).abs() < 0.25;
            spot.albedo = detail.albedo;
            spot.gloss = detail.gloss;
            if let Some(normal) = detail.normal {
                spot.normal = self.scene.head_turn.apply(normal);
            }
            if detail.enclosed {
                spot.normal = self.scene.head_turn.apply([0.0, 0.0, 1.0]);
                spot.at = add(spot.at, scale(spot.normal, 0.12));
                spot.open = 0.8;
            }
        }
        (self.scene.lighting.surface(&spot), fine)
    }
}
