//! The window. The only floor that knows egui: it sends requests, folds replies into its state,
//! and draws the state. It makes no call to burn and reads no file.

mod arrange;
mod attributes;
mod canvas;
mod command;
mod features;
mod gallery;
mod incoming;
mod item;
mod list;
mod opening;
mod overlays;
mod panes;
mod theme;
mod toasts;
mod window;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui::{self, ColorImage, TextureHandle, TextureOptions};
use image::RgbImage;

use crate::compute::MapPainter;
use crate::engine::{Engine, NetworkInfo, Request};
use crate::label::{FaceBox, Schema};

pub use command::Command;
pub use features::Favourites;
pub use window::{NoWindow, Start, open, painter, wgpu_setup};

use attributes::AttributeView;
use canvas::{CanvasView, Layers};
use features::FeatureView;
use incoming::SweepProgress;
use item::Picture;
use list::List;
use opening::Opening;
use overlays::Overlays;
use panes::{Panes, Workspace};
use toasts::Toasts;

/// Lists up to this long are predicted whole without being asked.
const PREDICT_ALL: usize = 64;
/// Longer sides than this are drawn from a smaller copy: no GPU takes any texture.
const MAX_TEXTURE: u32 = 4096;
/// Zoom in percent from which pixels are drawn hard.
const HARD_PIXELS: f32 = 400.0;

/// The window's state: what is open, how it is looked at, and who works in the background.
pub struct Studio {
    engine: Engine,
    opening: Opening,
    network: Option<NetworkInfo>,
    list: List,
    /// Predicting the whole list, while that goes on.
    sweep: Option<SweepProgress>,
    view: View,
    panes: Panes,
    toasts: Toasts,
    overlays: Overlays,
    tier: String,
    /// When the window was made, until the first prediction has come.
    waiting_since: Option<Instant>,
}

/// How it is looked at.
#[derive(Default)]
struct View {
    canvas: CanvasView,
    layers: Layers,
    attributes: AttributeView,
    features: FeatureView,
    zoom_percent: f32,
    latency: Option<Duration>,
}

impl Studio {
    /// The window's app. `gpu` is burn's device on the window's GPU where both share one;
    /// `painter` draws feature maps in the window.
    pub fn new(
        ctx: &egui::Context,
        gpu: Option<(burn::tensor::Device, String)>,
        painter: Option<Arc<MapPainter>>,
        tier: String,
        start: &Start,
    ) -> Self {
        theme::install(ctx);
        let wake = {
            let ctx = ctx.clone();
            move || ctx.request_repaint()
        };
        let studio = Self {
            engine: Engine::start(start.weights.clone(), gpu, painter.clone(), wake.clone()),
            opening: Opening::new(wake),
            network: None,
            list: List::default(),
            sweep: None,
            view: View {
                features: FeatureView::new(painter),
                ..View::default()
            },
            panes: Panes::default(),
            toasts: Toasts::default(),
            overlays: Overlays::default(),
            tier,
            waiting_since: Some(Instant::now()),
        };
        if start.paths.is_empty() {
            studio.opening.samples();
        } else {
            studio.opening.open(start.paths.clone(), Schema::face());
        }
        studio
    }

    /// Opens files, folders, data sets or weights, as if dropped on the window.
    pub fn open(&mut self, paths: Vec<PathBuf>) {
        self.opening.open(paths, self.schema());
    }

    /// The face box of the photo that is shown.
    pub fn face_box(&self) -> Option<FaceBox> {
        self.list.items.get(self.list.selected).map(|i| i.face_box)
    }

    /// The box in which the newest prediction of the photo that is shown was made.
    pub fn predicted_box(&self) -> Option<FaceBox> {
        self.list.items.get(self.list.selected)?.predicted_box
    }

    fn schema(&self) -> Schema {
        self.network
            .as_ref()
            .map_or_else(Schema::face, |n| n.schema.clone())
    }

    fn ticket(&self, index: usize) -> u64 {
        self.list.number << 32 | index as u64
    }

    fn predict(&self, index: usize, now: bool) {
        let Some(item) = self.list.items.get(index) else {
            return;
        };
        let Some(photo) = item.picture().cloned() else {
            return;
        };
        let (ticket, face_box) = (self.ticket(index), item.face_box);
        self.engine.ask(if now {
            Request::Predict {
                ticket,
                photo,
                face_box,
            }
        } else {
            Request::PredictLater {
                ticket,
                photo,
                face_box,
            }
        });
    }

    fn read(&mut self, index: usize) {
        let number = self.list.number;
        if let Some(item) = self.list.items.get_mut(index)
            && let Some(sample) = self.list.samples.get(index)
            && matches!(item.state, Picture::Unread)
        {
            item.state = Picture::Reading;
            self.opening.read(number, index, sample.clone());
        }
    }

    fn select(&mut self, index: usize) {
        let Some(item) = self.list.items.get(index) else {
            return;
        };
        self.list.selected = index;
        self.view.features.asked = false;
        self.view.features.has_keys = false;
        self.view.latency = item.latency;
        // What may be wanted next is read ahead; wished for last is read first.
        for by in [-1, 2, 1] {
            if let Some(near) = self.list.neighbour(by) {
                self.read(near);
            }
        }
        if self.list.items[index].picture().is_some() {
            self.predict(index, true);
        } else {
            self.read(index);
        }
    }

    /// Predicts every face that has no prediction yet, those that are shown first.
    fn predict_all(&mut self) {
        let list = &self.list;
        let new = |i: &u32| list.items[*i as usize].prediction.is_none();
        let mut wanted: Vec<u32> = list.order.iter().copied().filter(new).collect();
        let first: std::collections::HashSet<u32> = wanted.iter().copied().collect();
        wanted.extend((0..list.items.len() as u32).filter(|i| new(i) && !first.contains(i)));
        if wanted.is_empty() {
            return self.toasts.say("Every face is predicted already");
        }
        self.sweep = Some(SweepProgress {
            done: 0,
            of: wanted.len(),
            elapsed: Duration::ZERO,
        });
        self.engine.ask(Request::Sweep {
            ticket: list.number,
            samples: list.samples.clone(),
            wanted,
        });
    }

    fn move_box(&mut self, face_box: FaceBox) {
        let index = self.list.selected;
        let Some(item) = self.list.item_mut() else {
            return;
        };
        item.face_box = face_box;
        item.source = crate::dataset::BoxSource::Given;
        self.view.features.asked = false;
        self.predict(index, true);
    }

    /// The selected photo as a texture.
    fn texture(&mut self, ctx: &egui::Context) -> Option<TextureHandle> {
        let index = self.list.selected;
        // Hard pixels when near, so that nothing is seen that is not in the photo.
        let hard = self.view.zoom_percent >= HARD_PIXELS;
        if let Some((of, was_hard, texture)) = &self.list.texture
            && (*of, *was_hard) == (index, hard)
        {
            return Some(texture.clone());
        }
        let item = self.list.items.get(index)?;
        let picture = item.picture()?;
        let longest = picture.width().max(picture.height());
        let texture = if longest > MAX_TEXTURE {
            let scale = MAX_TEXTURE as f32 / longest as f32;
            let side = |v: u32| ((v as f32 * scale) as u32).max(1);
            let small = image::imageops::thumbnail(
                picture.as_ref(),
                side(picture.width()),
                side(picture.height()),
            );
            upload(ctx, "photo", &small, hard)
        } else {
            upload(ctx, "photo", picture, hard)
        };
        self.list.texture = Some((index, hard, texture.clone()));
        Some(texture)
    }

    /// Does what a command says.
    pub fn run(&mut self, ctx: &egui::Context, command: Command) {
        let layers = &mut self.view.layers;
        match command {
            Command::Open => self.opening.dialog(false, self.schema()),
            Command::OpenFolder => self.opening.dialog(true, self.schema()),
            Command::Next => self.step(1),
            Command::Previous => self.step(-1),
            Command::Fit => self.view.canvas.fit(),
            Command::ActualSize => self.view.canvas.actual_size(ctx),
            Command::ResetBox => {
                let index = self.list.selected;
                if let Some(item) = self.list.items.get_mut(index) {
                    (item.face_box, item.source) = item.first_box;
                    self.view.features.asked = false;
                    self.predict(index, true);
                }
            }
            Command::PredictAll => self.predict_all(),
            Command::StopPredicting => {
                self.engine.ask(Request::StopSweep);
                self.sweep = None;
            }
            Command::ToggleBox => layers.face_box ^= true,
            Command::TogglePrediction => layers.prediction ^= true,
            Command::ToggleLabels => layers.labels ^= true,
            Command::ToggleCircles => layers.circles ^= true,
            Command::ToggleNames => layers.names ^= true,
            Command::Photos => self.panes.workspace = Workspace::Photos,
            Command::Features => self.panes.workspace = Workspace::Features,
            Command::Mute
            | Command::Solo
            | Command::HearAll
            | Command::Favourite
            | Command::ExportFigure
            | Command::Figure6 => self.feature_command(command),
            Command::ResetPanes => self.panes = Panes::default(),
            Command::Theme => {
                use egui::ThemePreference::{Dark, Light, System};
                let next = match ctx.options(|o| o.theme_preference) {
                    Dark => Light,
                    Light => System,
                    System => Dark,
                };
                ctx.set_theme(next);
                self.toasts.say(format!("Theme: {next:?}"));
            }
            Command::Palette => self.overlays.toggle_palette(),
            Command::Help => self.overlays.toggle_help(),
        }
    }

    fn step(&mut self, by: isize) {
        if let Some(next) = self.list.neighbour(by) {
            self.select(next);
            self.list.scroll = true;
        }
    }
}

fn upload(ctx: &egui::Context, name: &str, picture: &RgbImage, hard: bool) -> TextureHandle {
    let size = [picture.width() as usize, picture.height() as usize];
    let image = ColorImage::from_rgb(size, picture.as_raw());
    let near = if hard {
        egui::TextureFilter::Nearest
    } else {
        egui::TextureFilter::Linear
    };
    let options = TextureOptions {
        magnification: near,
        mipmap_mode: Some(egui::TextureFilter::Linear),
        ..TextureOptions::LINEAR
    };
    ctx.load_texture(name, image, options)
}

impl eframe::App for Studio {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        self.receive(&ctx);
        let dropped: Vec<PathBuf> = ctx.input(|i| {
            let files = i.raw.dropped_files.iter();
            files.map(|f| f.path().to_owned()).collect()
        });
        if !dropped.is_empty() {
            self.open(dropped);
        }
        self.feature_keys(&ctx);
        for command in self.overlays.pressed(&ctx) {
            self.run(&ctx, command);
        }
        self.window_ui(ui);
        if let Some(command) = self.overlays.ui(&ctx) {
            self.run(&ctx, command);
        }
        self.ask_features();
        self.toasts.ui(&ctx);
    }
}
