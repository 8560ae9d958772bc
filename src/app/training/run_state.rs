//! How a run looks.

use std::path::Path;

use eframe::egui;

use crate::app::widgets::theme;
use crate::train::{Liveness, RunSnapshot, State};

/// Whether a network of this origin is what the run ended with, or has kept on its way.
pub fn is_result(run: &RunSnapshot, origin: &str) -> bool {
    let origin = Path::new(origin);
    run.result.as_deref() == Some(origin) || run.kept.values().any(|kept| kept == origin)
}

/// The colour that says how a run is.
pub fn tint(run: &RunSnapshot, p: theme::Palette) -> egui::Color32 {
    let state = run.status.as_ref().map(|s| s.state);
    match (&run.liveness, state) {
        (Liveness::Dead, _) | (Liveness::Ended, Some(State::Failed)) => p.label,
        (Liveness::Ended, Some(State::Done)) => p.prediction,
        (Liveness::Ended, _) => p.quiet,
        _ => p.waiting,
    }
}
