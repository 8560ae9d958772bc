//! The window. The only floor that knows egui: it sends requests, folds replies into its state,
//! and draws the state. It makes no call to burn and reads no file.

mod attributes;
mod canvas;
mod command;
mod features;
mod gallery;
mod item;
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
use crate::engine::{Engine, NetworkInfo, Reply, Request};
use crate::label::{FaceBox, Schema};
use crate::model::Layer;

pub use command::Command;
pub use window::{NoWindow, Start, open, painter, wgpu_setup};

use attributes::AttributeView;
use canvas::{CanvasView, Layers};
use features::FeatureView;
use item::{Item, Picture};
use opening::{Arrival, Opening};
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
    view: View,
    panes: Panes,
    toasts: Toasts,
    overlays: Overlays,
    tier: String,
    /// When the window was made, until the first prediction has come.
    waiting_since: Option<Instant>,
}

/// What is open.
#[derive(Default)]
struct List {
    name: String,
    items: Vec<Item>,
    selected: usize,
    /// Number of the list, so that what comes late for another is dropped.
    number: u64,
    scroll: bool,
    /// The selected photo, which it is, and whether its pixels are hard.
    texture: Option<(usize, bool, TextureHandle)>,
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

    /// Takes in everything that has come since the last frame.
    fn receive(&mut self, ctx: &egui::Context) {
        while let Ok(arrival) = self.opening.arrivals.try_recv() {
            self.arrived(ctx, arrival);
        }
        while let Ok(reply) = self.engine.replies.try_recv() {
            self.replied(ctx, reply);
        }
    }

    fn arrived(&mut self, ctx: &egui::Context, arrival: Arrival) {
        match arrival {
            Arrival::List { name, items } => {
                self.list = List {
                    name,
                    items,
                    number: self.list.number + 1,
                    ..List::default()
                };
                for index in 0..self.list.items.len() {
                    let item = &mut self.list.items[index];
                    if let Some(picture) = item.picture().cloned() {
                        let small = opening::thumbnail(&picture, &item.face_box);
                        item.thumbnail = Some(upload(ctx, &item.name, &small, false));
                        self.predict(index, index == 0);
                    } else if index < PREDICT_ALL {
                        self.read(index);
                    }
                }
                self.select(0);
            }
            Arrival::Picture {
                list,
                index,
                picture,
                thumbnail,
            } => {
                let Some(item) = self
                    .list
                    .items
                    .get_mut(index)
                    .filter(|_| list == self.list.number)
                else {
                    return;
                };
                match picture {
                    Ok(picture) => item.read(picture),
                    Err(why) => {
                        item.state = Picture::Failed(why.clone());
                        self.toasts.say(why);
                        return;
                    }
                }
                item.thumbnail = thumbnail.map(|t| upload(ctx, &item.name, &t, false));
                self.predict(index, index == self.list.selected);
            }
            Arrival::Weights(path) => self.engine.ask(Request::Load(path)),
            Arrival::Said(words) => self.toasts.say(words),
        }
    }

    fn replied(&mut self, ctx: &egui::Context, reply: Reply) {
        match reply {
            Reply::Network(info) => {
                self.network = Some(info);
                self.view.features.asked = false;
                for index in 0..self.list.items.len().min(PREDICT_ALL) {
                    self.predict(index, index == self.list.selected);
                }
            }
            Reply::Predicted {
                ticket,
                face_box,
                prediction,
                latency,
            } => {
                if let Some(since) = self.waiting_since.take() {
                    log::info!(
                        "first prediction after {:.2} s",
                        since.elapsed().as_secs_f64()
                    );
                }
                let index = (ticket & 0xffff_ffff) as usize;
                let current = ticket >> 32 == self.list.number;
                if let Some(item) = self.list.items.get_mut(index).filter(|_| current) {
                    // A box that has moved on since gets its own answer.
                    if item.face_box == face_box || item.prediction.is_none() {
                        item.prediction = Some(prediction);
                        item.predicted_box = Some(face_box);
                        item.latency = Some(latency);
                        if index == self.list.selected {
                            self.view.latency = Some(latency);
                        }
                    }
                    let keep = index == self.list.selected || self.list.items.len() <= PREDICT_ALL;
                    if !keep {
                        self.forget(index);
                    }
                }
            }
            Reply::Features { ticket, maps } => {
                if ticket == self.ticket(self.list.selected) {
                    self.view.features.take(ctx, maps);
                }
            }
            Reply::Values {
                channel,
                x,
                y,
                values,
            } => self.view.features.take_value(channel, x, y, &values),
            Reply::Failed(words) => self.toasts.say(words),
        }
    }

    /// Lets a long list's pictures go once they are predicted; thumbnails stay.
    fn forget(&mut self, index: usize) {
        let item = &mut self.list.items[index];
        if item.sample.is_some() {
            item.state = Picture::Reading;
        }
    }

    fn ticket(&self, index: usize) -> u64 {
        self.list.number << 32 | index as u64
    }

    fn predict(&self, index: usize, now: bool) {
        let item = &self.list.items[index];
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
            && let Some(sample) = item.sample.clone()
            && !matches!(item.state, Picture::Ready(_) | Picture::Failed(_))
        {
            item.state = Picture::Reading;
            self.opening.read(number, index, sample);
        }
    }

    fn select(&mut self, index: usize) {
        if index >= self.list.items.len() {
            return;
        }
        self.list.selected = index;
        self.view.features.asked = false;
        self.view.latency = self.list.items[index].latency;
        if self.list.items[index].picture().is_some() {
            self.predict(index, true);
        } else {
            self.read(index);
        }
    }

    fn move_box(&mut self, face_box: FaceBox) {
        let index = self.list.selected;
        let item = &mut self.list.items[index];
        item.face_box = face_box;
        item.source = crate::dataset::BoxSource::Given;
        self.view.features.asked = false;
        self.predict(index, true);
    }

    /// Asks for the maps of what is shown, once.
    fn ask_features(&mut self) {
        let index = self.list.selected;
        if self.view.features.asked || self.panes.workspace != Workspace::Features {
            return;
        }
        if let Some(item) = self.list.items.get(index)
            && let Some(photo) = item.picture().cloned()
        {
            self.view.features.asked = true;
            self.engine.ask(Request::Features {
                ticket: self.ticket(index),
                photo,
                face_box: item.face_box,
                layer: self.view.features.layer,
            });
        }
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
            upload(ctx, &item.name, &small, hard)
        } else {
            upload(ctx, &item.name, picture, hard)
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
            Command::ToggleBox => layers.face_box ^= true,
            Command::TogglePrediction => layers.prediction ^= true,
            Command::ToggleLabels => layers.labels ^= true,
            Command::ToggleCircles => layers.circles ^= true,
            Command::ToggleNames => layers.names ^= true,
            Command::Photos => self.panes.workspace = Workspace::Photos,
            Command::Features => self.panes.workspace = Workspace::Features,
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
        if let Some(next) = self.list.selected.checked_add_signed(by)
            && next < self.list.items.len()
        {
            self.select(next);
            self.list.scroll = true;
        }
    }

    fn layers_available(&self) -> Vec<Layer> {
        Layer::ALL.to_vec()
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
