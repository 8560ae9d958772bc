//! The window. The only floor that knows egui: it sends requests, folds replies into its state,
//! and draws the state. It makes no call to burn and reads no file.

mod arrange;
mod attributes;
mod boxes;
mod canvas;
mod chips;
mod command;
mod compare;
mod export;
mod facts;
mod features;
mod findings;
mod gallery;
mod incoming;
mod item;
mod layers;
mod list;
mod opening;
mod overlays;
mod panes;
mod photo;
mod reading;
mod report;
mod theme;
mod toasts;
mod window;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui;

use crate::compute::MapPainter;
use crate::engine::{Engine, NetworkInfo, Request};
use crate::label::{FaceBox, Schema};
use crate::model::Layer;

pub use command::Command;
pub use layers::{Colours, Layers, Look};
pub use window::{NoWindow, Start, open, painter, wgpu_setup};

use attributes::AttributeView;
use canvas::CanvasView;
use export::Target;
use features::FeatureView;
use incoming::SweepProgress;
use list::List;
use opening::Opening;
use overlays::Overlays;
use panes::{Panes, Workspace};
use reading::Reader;
use report::ReportView;
use toasts::Toasts;

/// Lists up to this long are predicted whole without being asked.
const PREDICT_ALL: usize = 64;

/// The window's state: what is open, how it is looked at, and who works in the background.
pub struct Studio {
    engine: Engine,
    opening: Opening,
    reader: Reader,
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
struct View {
    canvas: CanvasView,
    layers: Layers,
    attributes: AttributeView,
    features: FeatureView,
    report: ReportView,
    zoom_percent: f32,
    /// Pixels of an exported picture to a pixel of the photo.
    export_scale: f32,
    latency: Option<Duration>,
}

impl View {
    fn new(features: FeatureView) -> Self {
        Self {
            canvas: CanvasView::default(),
            layers: Layers::default(),
            attributes: AttributeView::default(),
            features,
            report: ReportView::default(),
            zoom_percent: 100.0,
            export_scale: 2.0,
            latency: None,
        }
    }
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
        let opening = Opening::new(wake.clone());
        let studio = Self {
            engine: Engine::start(start.weights.clone(), gpu, painter.clone(), wake),
            reader: Reader::new(opening.wake.clone()),
            opening,
            network: None,
            list: List::default(),
            sweep: None,
            view: View::new(FeatureView::new(painter)),
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

    /// What is drawn over the photo.
    pub fn layers(&self) -> Layers {
        self.view.layers
    }

    /// The face box of the photo that is shown.
    pub fn face_box(&self) -> Option<FaceBox> {
        self.list.shown().map(|face| face.face_box)
    }

    /// The box in which the newest prediction of the photo that is shown was made.
    pub fn predicted_box(&self) -> Option<FaceBox> {
        self.list.shown()?.finding.map(|f| f.face_box)
    }

    fn schema(&self) -> Schema {
        self.network
            .as_ref()
            .map_or_else(Schema::face, |n| n.schema.clone())
    }

    /// Predicts every face that has no prediction yet, those that are shown first; says at the
    /// end how fast, unless `quiet`.
    fn predict_all(&mut self, quiet: bool) {
        let list = &self.list;
        let new = |i: &u32| list.findings.get(*i as usize).is_none();
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
            quiet,
        });
        self.engine.ask(Request::Sweep {
            ticket: list.number,
            samples: list.samples.clone(),
            wanted,
        });
    }

    /// Asks for the maps of what is shown, once.
    fn ask_features(&mut self) {
        let index = self.list.selected;
        if self.view.features.asked || self.panes.workspace != Workspace::Features {
            return;
        }
        if let Some(face) = self.list.shown()
            && let Some(photo) = face.item.picture().cloned()
        {
            self.view.features.asked = true;
            self.engine.ask(Request::Features {
                ticket: self.ticket(index),
                photo,
                face_box: face.face_box,
                layer: self.view.features.layer,
            });
        }
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
            Command::ResetBox => self.reset_box(),
            Command::AddBox => self.view.canvas.adding ^= true,
            Command::RemoveBox => self.remove_box(),
            Command::Undo => self.undo_box(),
            Command::PredictAll => self.predict_all(false),
            Command::StopPredicting => {
                self.engine.ask(Request::StopSweep);
                self.sweep = None;
            }
            Command::ToggleBox => layers.face_box.on ^= true,
            Command::TogglePrediction => layers.prediction.on ^= true,
            Command::ToggleLabels => layers.labels.on ^= true,
            Command::ToggleCircles => layers.circles.on ^= true,
            Command::ToggleNames => layers.names.on ^= true,
            Command::ToggleColours => {
                layers.colours = match layers.colours {
                    Colours::Paper => Colours::Safe,
                    Colours::Safe => Colours::Paper,
                }
            }
            Command::Compare => self.compare_dialog(),
            Command::StopComparing => self.list.compare(None),
            Command::CopyPicture => self.export_picture(Target::Clipboard),
            Command::SavePicture => {
                let name = format!("{}.png", self.file_name());
                self.export_picture(Target::Ask(name));
            }
            Command::SaveSheet => self.export_sheet(Target::Ask("sheet.png".into())),
            Command::CopyTable => match self.panes.workspace {
                Workspace::Report => self.export_report(Target::Clipboard),
                _ => self.export_table(Target::Clipboard),
            },
            Command::Photos => self.panes.workspace = Workspace::Photos,
            Command::Features => self.panes.workspace = Workspace::Features,
            Command::Report => self.panes.workspace = Workspace::Report,
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

    fn layers_available(&self) -> Vec<Layer> {
        Layer::ALL.to_vec()
    }
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
