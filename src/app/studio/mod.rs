//! The window as a whole: what is open, how it is looked at, who works in the background, and the
//! one place where commands change it.

mod actions;
mod bar;
mod closing;
mod frame;
mod keyboard;
mod log_pane;
mod maps;
pub(in crate::app) mod overlays;
pub(in crate::app) mod palette;
pub(in crate::app) mod panes;
pub(in crate::app) mod question;
mod recent;
pub(in crate::app) mod replies;
mod selection;
pub mod settings;
pub mod window;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui;

use crate::compute::{DeviceErrors, SharedGpu};
use crate::engine::{Engine, Request, Slot, SweepTicket};
use crate::label::{FaceBox, Schema};
use crate::map_painter::MapPainter;

use crate::app::attributes::AttributeView;
use crate::app::canvas::CanvasView;
use crate::app::canvas::layers::{Colours, Layers};
use crate::app::command::Command;
use crate::app::command::keys::{self, Keys};
use crate::app::command::pane::{Pane, Workspace};
use crate::app::export::Target;
use crate::app::faces::counts::Counter;
use crate::app::faces::kept_boxes::KeptBoxes;
use crate::app::faces::reading::Reader;
use crate::app::features::{self, FeatureView};
use crate::app::gallery::GalleryView;
use crate::app::model::{Model, SweepProgress};
use crate::app::opening::{self, Opening};
use crate::app::report::ReportView;
use crate::app::runs::Runs;
use crate::app::training::TrainingView;
use crate::app::widgets::toasts::Toasts;
use crate::app::widgets::{dialog, theme};
use log_pane::LogPane;
use overlays::Overlays;
use panes::Panes;
use question::TableQuestion;
use recent::Recent;
use settings::{Keeper, Settings};
use window::Start;

/// Lists up to this long are predicted whole without being asked.
pub(in crate::app) const PREDICT_ALL: usize = 64;

/// Steps of the window's zoom, and its bounds.
const ZOOM_STEP: f32 = 0.1;
const ZOOMS: std::ops::RangeInclusive<f32> = 0.5..=3.0;

/// The window's state: what is open, how it is looked at, and who works in the background.
pub struct Studio {
    pub(in crate::app) engine: Engine,
    pub(in crate::app) opening: Opening,
    pub(in crate::app) reader: Reader,
    pub(in crate::app) model: Model,
    /// A sheet that is drawn once its faces are predicted.
    pub(in crate::app) waiting_sheet: Option<actions::sheet::WaitingSheet>,
    pub(in crate::app) view: View,
    /// How many faces each filter would show.
    counter: Counter,
    pub(in crate::app) panes: Panes,
    pub(in crate::app) training: TrainingView,
    pub(in crate::app) log_pane: LogPane,
    pub(in crate::app) toasts: Toasts,
    /// Number of the next record of the log that may become a toast.
    pub(in crate::app) logged: u64,
    pub(in crate::app) overlays: Overlays,
    pub(in crate::app) keys: Keys,
    pub(in crate::app) keeper: Keeper,
    pub(in crate::app) settings: Settings,
    pub(in crate::app) recent: Recent,
    /// Commands that panes asked for, to be run when all are drawn.
    pub(in crate::app) later: Vec<Command>,
    /// Paths that are dragged over the window, and what would happen to them.
    pub(in crate::app) hovered: (Vec<PathBuf>, String),
    /// What somebody is asked about a table that was opened.
    pub(in crate::app) question: Option<Box<TableQuestion>>,
    /// Boxes of lists that were open earlier.
    pub(in crate::app) kept_boxes: KeptBoxes,
    /// Whether faces that come leave the workspace as it is, once.
    pub(in crate::app) stays: bool,
    /// Asks what becomes of runs and boxes before the window closes.
    pub(in crate::app) closing: Option<closing::Closing>,
    pub(in crate::app) tier: String,
    /// What goes wrong with drawing the window.
    pub(in crate::app) device_errors: DeviceErrors,
    /// When the window was made.
    pub(in crate::app) opened_at: Instant,
    /// When the process began, until the first frame is drawn.
    pub(in crate::app) began: Option<Instant>,
    /// When the window was made, until the first prediction has come.
    pub(in crate::app) waiting_since: Option<Instant>,
}

/// The panes, each with what only it needs.
pub(in crate::app) struct View {
    pub(in crate::app) canvas: CanvasView,
    pub(in crate::app) gallery: GalleryView,
    pub(in crate::app) attributes: AttributeView,
    pub(in crate::app) features: FeatureView,
    pub(in crate::app) report: ReportView,
    pub(in crate::app) latency: Option<Duration>,
}

impl Studio {
    /// The window's app. `gpu` is burn's device on the window's GPU where both share one;
    /// `painter` draws feature maps in the window.
    pub fn new(
        ctx: &egui::Context,
        gpu: Option<SharedGpu>,
        painter: Option<Arc<MapPainter>>,
        tier: String,
        start: &Start,
    ) -> Self {
        crate::memory::return_blocks();
        theme::install(ctx);
        ctx.add_plugin(keys::Queue::default());
        let (keeper, settings, trouble) = Keeper::open(start.settings.clone());
        ctx.set_theme(settings.theme);
        ctx.set_zoom_factor(settings.zoom);
        // The window's own commands zoom, and their keys can be changed.
        ctx.options_mut(|o| o.zoom_with_keyboard = false);
        let wake = {
            let ctx = ctx.clone();
            move || ctx.request_repaint()
        };
        wake_when_logged(wake.clone());
        let gentle = gpu.is_none();
        let program = start.program.clone().or(std::env::current_exe().ok());
        let mut training = TrainingView::new(program.unwrap_or_default(), gentle);
        let runs = Runs::new(wake.clone());
        runs.watch_again(settings.runs.clone());
        training.form.restore(&settings.new_run);
        let (panes, whole) = Panes::from_settings(&settings.workspace, &settings.layouts);
        let opening = Opening::new(start.ask.unwrap_or(opening::ask), wake.clone());
        let layers = settings.layers;
        let mut studio = Self {
            engine: Engine::start(start.weights.clone(), gpu, painter.clone(), wake),
            reader: Reader::new(opening.wake.clone()),
            opening,
            model: Model::new(runs),
            waiting_sheet: None,
            view: View {
                canvas: CanvasView::new(layers, window::empty_hint()),
                gallery: GalleryView::default(),
                attributes: AttributeView::default(),
                features: FeatureView::new(painter),
                report: ReportView::default(),
                latency: None,
            },
            counter: Counter::default(),
            panes,
            training,
            log_pane: LogPane::default(),
            toasts: Toasts::default(),
            logged: crate::logs::count(),
            overlays: Overlays::default(),
            keys: Keys::from_settings(&settings.keys),
            keeper,
            settings,
            recent: Recent::default(),
            later: Vec::new(),
            hovered: Default::default(),
            question: None,
            kept_boxes: KeptBoxes::default(),
            stays: start.notice.is_some(), // what was open is opened again
            closing: None,
            tier,
            device_errors: DeviceErrors::default(),
            opened_at: Instant::now(),
            began: start.began,
            waiting_since: Some(Instant::now()),
        };
        let kept = studio.settings.favourites.clone();
        studio.set_favourites(kept);
        if let Some(trouble) = trouble {
            studio.toasts.warn(trouble);
        } else if !whole {
            studio
                .toasts
                .warn("A layout that was kept cannot be read; its panes are as at first");
        }
        if let Some(notice) = &start.notice {
            studio.toasts.warn(notice);
        }
        // Dialogs begin where the last session's ended.
        if let Some(last) = studio.settings.recent.first() {
            studio.opening.dialogs.opened(last);
        }
        if start.paths.is_empty() {
            studio.opening.samples(false);
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
        self.view.canvas.layers
    }

    /// How many training runs that were started here are still running.
    pub fn running_runs(&self) -> usize {
        self.model.runs.running_count()
    }

    /// Whether the GPU is still getting ready to take the network over.
    pub fn is_warming(&self) -> bool {
        self.model
            .networks
            .current
            .as_ref()
            .is_none_or(|n| n.warming)
    }

    /// The face box of the photo that is shown.
    pub fn face_box(&self) -> Option<FaceBox> {
        self.model.faces.shown().map(|face| face.face_box)
    }

    /// The box in which the newest prediction of the photo that is shown was made.
    pub fn predicted_box(&self) -> Option<FaceBox> {
        self.model.faces.shown()?.finding.map(|f| f.face_box)
    }

    pub(in crate::app) fn schema(&self) -> Schema {
        self.model.schema()
    }

    /// The place of the network in use.
    pub(in crate::app) fn in_use(&self) -> Slot {
        self.model.networks.in_use()
    }

    /// Predicts every face that has no prediction yet, those that are shown first; says at the
    /// end how fast, unless `quiet`.
    pub(in crate::app) fn predict_all(&mut self, quiet: bool) {
        let list = &self.model.faces;
        let new = |i: &u32| list.findings.get(*i as usize).is_none();
        let mut wanted: Vec<u32> = list.order.shown.iter().copied().filter(new).collect();
        let first: std::collections::HashSet<u32> = wanted.iter().copied().collect();
        wanted.extend((0..list.items.len() as u32).filter(|i| new(i) && !first.contains(i)));
        self.predict_faces(wanted, quiet);
    }

    /// Predicts these faces of the list, in this order.
    pub(in crate::app) fn predict_faces(&mut self, wanted: Vec<u32>, quiet: bool) {
        if wanted.is_empty() {
            return self.toasts.say("Every face is predicted already");
        }
        self.start_sweep(wanted, quiet);
    }

    /// Predicts the faces `wanted` in the background, in their order, in place of what was being
    /// predicted.
    pub(in crate::app) fn start_sweep(&mut self, wanted: Vec<u32>, quiet: bool) {
        self.model.sweep.count += 1;
        self.model.sweep.progress = Some(SweepProgress {
            ticket: SweepTicket(self.model.sweep.count),
            done: 0,
            of: wanted.len(),
            elapsed: Duration::ZERO,
            quiet,
        });
        self.engine.ask(Request::Sweep {
            ticket: SweepTicket(self.model.sweep.count),
            samples: self.model.faces.samples.clone(),
            wanted,
        });
    }

    /// Does what a command says.
    pub fn run(&mut self, ctx: &egui::Context, command: Command) {
        if self.panes.drawing {
            return self.later.push(command);
        }
        if let Some(why) = self.blocked(command) {
            return self.toasts.say(why);
        }
        let layers = &mut self.view.canvas.layers;
        match command {
            Command::Open => self.opening.dialog(false, self.schema()),
            Command::OpenFolder => self.opening.dialog(true, self.schema()),
            Command::OpenSamples => self.opening.samples(true),
            Command::Paste => ctx.send_viewport_cmd(egui::ViewportCommand::RequestPaste),
            Command::ForgetRecent => self.settings.recent.clear(),
            Command::Quit => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
            Command::Photos => self.panes.workspace = Workspace::Photos,
            Command::Features => self.panes.workspace = Workspace::Features,
            Command::Training => self.panes.workspace = Workspace::Training,
            Command::Report => self.panes.workspace = Workspace::Report,
            Command::Pane(pane) => {
                self.panes.toggle(pane);
                if pane == Pane::Log && self.panes.has(pane) {
                    self.toasts.dismiss(); // it says the same
                }
            }
            Command::ResetPanes => self.panes.reset(),
            Command::ResetAllPanes => self.panes.reset_all(),
            Command::Theme
            | Command::Dark
            | Command::Light
            | Command::SystemTheme
            | Command::ZoomIn
            | Command::ZoomOut
            | Command::ZoomReset
            | Command::FullScreen => self.run_look(ctx, command),
            Command::List(command) => self.run_list(ctx, command),
            Command::Fit => self.view.canvas.photo.fit(),
            Command::ActualSize => self.view.canvas.photo.actual_size(ctx),
            Command::ResetBox => self.reset_box(),
            Command::AddBox => self.view.canvas.photo.adding ^= true,
            Command::RemoveBox => self.remove_box(),
            Command::Undo => self.undo_box(),
            Command::Redo => self.redo_box(),
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
            Command::Mute
            | Command::Solo
            | Command::HearAll
            | Command::Favourite
            | Command::ExportFigure
            | Command::Figure6
            | Command::NextLayer
            | Command::PreviousLayer
            | Command::FusedMaps
            | Command::NextTower
            | Command::NextScale
            | Command::ShowMaps
            | Command::ShowEffects
            | Command::ShowTowers
            | Command::ShowAttention => {
                self.feature_command(command);
                if command == Command::ExportFigure && self.view.features.export_is_open() {
                    dialog::raise(ctx, features::EXPORT);
                }
            }
            Command::Compare => self.compare_dialog(),
            Command::StopComparing => {
                self.model.faces.compare(None);
                self.arrange_again();
            }
            Command::CopyPicture => self.export_picture(Target::Clipboard),
            Command::SavePicture => {
                let name = format!("{}-overlay.png", self.file_name());
                self.export_picture(Target::Ask(name));
            }
            Command::SaveSheet => {
                self.export_sheet(Target::Ask(format!("{}.png", self.sheet_file_name())))
            }
            Command::SaveReport => {
                let name = format!("{}.csv", self.report_file_name());
                self.export_report(Target::AskReport(name));
            }
            Command::CopyTable => match self.panes.workspace {
                Workspace::Report => self.export_report(Target::Clipboard),
                _ => self.export_table(Target::Clipboard),
            },
            Command::PredictAll => self.predict_all(false),
            Command::StopPredicting => {
                self.engine.ask(Request::StopSweep);
                self.model.sweep.progress = None;
            }
            Command::LoadNetwork => self.opening.weights_dialog(self.in_use()),
            Command::LoadSecond => self.opening.weights_dialog(self.in_use().other()),
            Command::LoadBundled => self.engine.ask(Request::LoadBundled(self.in_use())),
            Command::SwitchNetwork => self.engine.ask(Request::Switch),
            Command::SwapNetworks => self.engine.ask(Request::Swap),
            Command::NewRun
            | Command::OpenRun
            | Command::PauseRun
            | Command::ResumeRun
            | Command::StopRun
            | Command::LoadRun => self.run_training(command),
            Command::Palette | Command::Help | Command::About => {
                egui::Popup::close_all(ctx); // what is opened lies on top
                match command {
                    Command::Palette => self.overlays.toggle_palette(),
                    Command::Help => self.overlays.toggle_help(ctx),
                    _ => self.overlays.toggle_about(ctx),
                }
            }
        }
    }

    /// Theme, zoom and size of the window.
    fn run_look(&mut self, ctx: &egui::Context, command: Command) {
        use egui::ThemePreference::{Dark, Light, System};
        let before = self.settings.theme;
        self.settings.theme = match (command, before) {
            (Command::Dark, _) => Dark,
            (Command::Light, _) => Light,
            (Command::SystemTheme, _) => System,
            // What is seen changes with every press, whatever the system has.
            (Command::Theme, _) => match ctx.theme() {
                egui::Theme::Dark => Light,
                egui::Theme::Light => Dark,
            },
            _ => before,
        };
        if self.settings.theme != before {
            let seen = ctx.theme();
            ctx.set_theme(self.settings.theme);
            // A change that is seen needs no words.
            if ctx.theme() == seen {
                self.toasts.say(match self.settings.theme {
                    Dark => "Theme: dark",
                    Light => "Theme: light",
                    System => "Theme: as the system has it",
                });
            }
        }
        let zoom = match command {
            Command::ZoomIn => self.settings.zoom + ZOOM_STEP,
            Command::ZoomOut => self.settings.zoom - ZOOM_STEP,
            Command::ZoomReset => 1.0,
            _ => self.settings.zoom,
        };
        let zoom = (zoom.clamp(*ZOOMS.start(), *ZOOMS.end()) * 10.0).round() / 10.0;
        if zoom != self.settings.zoom {
            self.settings.zoom = zoom;
            ctx.set_zoom_factor(zoom);
        }
        if command == Command::FullScreen {
            let full = ctx.input(|i| i.viewport().fullscreen.unwrap_or(false));
            ctx.send_viewport_cmd(egui::ViewportCommand::Fullscreen(!full));
        }
    }
}

/// Draws the window anew when something is logged. Not from the logger itself, which may be called
/// in the middle of drawing.
fn wake_when_logged(wake: impl Fn() + Send + 'static) {
    let bell = crate::logs::bell();
    std::thread::spawn(move || {
        while bell.recv().is_ok() {
            wake();
        }
    });
}
