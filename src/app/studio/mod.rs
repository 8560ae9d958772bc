//! The window as a whole: what is open, how it is looked at, and who works in the background. What
//! somebody does changes it in `actions`, what other threads bring in `replies`.

mod actions;
mod bar;
mod bar_text;
mod blocked;
mod closing;
mod display;
mod frame;
mod guarded;
mod keyboard;
mod label_export;
mod label_export_form;
mod layout;
mod lifetime;
mod log_pane;
mod maps;
mod overlays;
mod palette;
mod put_back;
mod recent;
mod replies;
mod session;
pub mod settings;
pub mod start;
mod table_dialog;
pub mod window;

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui;

use crate::compute::SharedGpu;
use crate::engine::{Engine, Slot};
use crate::label::{FaceBox, Schema};
use crate::map_painter::MapPainter;
use crate::review::system_user;

use crate::app::attributes::AttributeView;
use crate::app::canvas::CanvasView;
use crate::app::canvas::layers::Layers;
use crate::app::command::Command;
use crate::app::command::keys::{self, Keys};
use crate::app::faces::counts::Counter;
use crate::app::faces::reading::Reader;
use crate::app::features::FeatureView;
use crate::app::gallery::GalleryView;
use crate::app::model::Model;
use crate::app::opening::{self, Opening};
use crate::app::report::ReportView;
use crate::app::runs::Runs;
use crate::app::training::TrainingView;
use crate::app::widgets::theme;
use crate::app::widgets::toasts::Toasts;
use layout::Layout;
use lifetime::Lifetime;
use log_pane::LogPane;
use overlays::Overlays;
use put_back::PutBacks;
use recent::Recent;
use session::Session;
use settings::Keeper;
use start::Start;

/// Lists up to this long are predicted whole without being asked.
const PREDICT_ALL: usize = 64;

/// The window's state: what is open, how it is looked at, and who works in the background.
pub struct Studio {
    model: Model,
    panels: Panels,
    /// How the panes stand.
    layout: Layout,
    /// What lies over the panes.
    overlays: Overlays,
    toasts: Toasts,
    put_backs: PutBacks,
    keys: Keys,
    session: Session,
    engine: Engine,
    opening: Opening,
    reader: Reader,
    /// Commands that panes asked for, to be run when all are drawn.
    later: Vec<Command>,
    lifetime: Lifetime,
}

/// The panes, each with what only it needs.
struct Panels {
    canvas: CanvasView,
    gallery: GalleryView,
    attributes: AttributeView,
    features: FeatureView,
    report: ReportView,
    training: TrainingView,
    log: LogPane,
    /// How many faces each filter of the palette would show.
    counter: Counter,
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
        let (layout, whole) = Layout::from_settings(&settings.workspace, &settings.layouts);
        let opening = Opening::new(
            start.ask.clone().unwrap_or_else(|| Arc::new(opening::ask)),
            wake.clone(),
        );
        let layers = settings.layers;
        let cache = settings::cache_folder(start.settings.as_deref());
        let kept = cache.map(|folder| folder.join("predictions"));
        let loads = (start.weights.clone(), kept);
        let mut studio = Self {
            engine: Engine::start(loads, gpu, painter.clone(), wake),
            reader: Reader::new(opening.wake.clone()),
            opening,
            model: Model::new(runs),
            panels: Panels {
                canvas: CanvasView::new(layers, display::empty_hint()),
                gallery: GalleryView::default(),
                attributes: AttributeView::default(),
                features: FeatureView::new(painter),
                report: ReportView::default(),
                training,
                log: LogPane::default(),
                counter: Counter::default(),
            },
            layout,
            toasts: Toasts::new(crate::logs::count()),
            overlays: Overlays::default(),
            put_backs: PutBacks::default(),
            keys: Keys::from_settings(&settings.keys),
            session: Session {
                keeper,
                settings,
                recent: Recent::default(),
                // What was open is opened again.
                keeps_workspace: start.notice.is_some(),
                annotator: start.annotator.clone().unwrap_or_else(system_user),
                closing: None,
                data: settings::data_folder(start.settings.as_deref()),
                guarded: Vec::new(),
            },
            later: Vec::new(),
            lifetime: Lifetime::new(tier, start.began),
        };
        studio.model.blind = studio.session.settings.blind;
        let kept = studio.session.settings.favourites.clone();
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
        if let Some(last) = studio.session.settings.recent.first() {
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
        self.panels.canvas.layers
    }

    /// How many training runs that were started here are still running.
    pub fn running_runs(&self) -> usize {
        self.model.runs.running_count()
    }

    /// Whether the journal of the open list is open.
    pub fn has_journal(&self) -> bool {
        self.model.review.open().is_some()
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

    fn schema(&self) -> Schema {
        self.model.schema()
    }

    /// The place of the network in use.
    fn in_use(&self) -> Slot {
        self.model.networks.in_use()
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
