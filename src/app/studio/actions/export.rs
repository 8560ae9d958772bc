//! What is seen goes into files and onto the clipboard.

use std::path::PathBuf;
use std::sync::Arc;

use crate::app::attributes::attribute_table;
use crate::app::canvas::page;
use crate::app::export::{self, ExportError, Made, Make, Target, plots_saved};
use crate::app::faces::boxes::PhotoFace;
use crate::app::opening::{Arrival, Wanted};
use crate::app::studio::Studio;
use crate::evaluation::Evaluation;
use crate::figure::{Format, Unit, plot};
use crate::humanize::counted;

/// What was found is of the box before.
pub const STILL_TO_COME: &str = "The prediction of a box that was moved is still to come";
const OTHER_STILL_TO_COME: &str =
    "The other network's prediction of a box that was moved is still to come";

/// What was measured is of predictions that are not the newest.
const MEASURING: &str = "The report is still being measured";

impl Studio {
    /// The photo with its layers, written as the file's extension says: PNG, SVG or PDF.
    pub fn save_picture(&mut self, path: PathBuf) {
        self.export_picture(Target::File(path));
    }

    /// The chosen faces side by side, as PNG, SVG or PDF.
    pub fn save_sheet(&mut self, path: PathBuf) {
        self.export_sheet(Target::File(path));
    }

    /// The attributes of the face that is shown, as CSV or Markdown.
    pub fn save_table(&mut self, path: PathBuf) {
        self.export_table(Target::File(path));
    }

    /// The report's tables, as CSV, Markdown, LaTeX or JSON.
    pub fn save_report(&mut self, path: PathBuf) {
        self.export_report(Target::File(path));
    }

    /// Whether an answer that belongs to these faces is still to come, which is said: what there is
    /// is of a box from which a face was moved, or was drawn without one.
    fn waits_for(&mut self, faces: Vec<(usize, PhotoFace)>) -> bool {
        let why = match self.asks_for(faces) {
            true => STILL_TO_COME,
            false if self.model.faces.is_other_waiting() => OTHER_STILL_TO_COME,
            false => return false,
        };
        self.toasts.say(why);
        true
    }

    /// All faces of the photo that is looked at, or the active one alone.
    fn of_photo(&self, all: bool) -> Vec<(usize, PhotoFace)> {
        let list = &self.model.faces;
        let index = |which| match which {
            PhotoFace::Listed(index) => index,
            PhotoFace::Drawn(_) => list.selected(),
        };
        let faces = list.in_photo().into_iter().map(|(which, _)| which);
        let faces = faces.filter(|which| all || *which == list.active());
        faces.map(|which| (index(which), which)).collect()
    }

    pub(in crate::app::studio) fn export_picture(&mut self, target: Target) {
        let draws = self.panels.canvas.layers.prediction.on || self.panels.canvas.layers.other.on;
        if draws && self.waits_for(self.of_photo(true)) {
            return;
        }
        let Some(photo) = page::photo_page(&self.model, &self.panels.canvas.layers) else {
            return self.toasts.say("There is no photo to draw");
        };
        let scale = self.model.export_scale;
        self.deliver(Box::new(move || Ok(Made::Drawing(photo))), scale, target);
    }

    pub(in crate::app::studio) fn export_table(&mut self, target: Target) {
        if self.waits_for(self.of_photo(false)) {
            return;
        }
        match attribute_table(&self.model) {
            Some(table) => self.deliver(Box::new(move || Ok(Made::Table(table))), 1.0, target),
            None => self.toasts.say("There is no prediction to list"),
        }
    }

    /// What was measured, for files; nothing, which is said, where there is none, or where it is of
    /// boxes from which faces were moved.
    fn report_to_write(&mut self) -> Option<Arc<Evaluation>> {
        let by_hand = self.model.faces.by_hand();
        let moved = by_hand.iter().map(|i| *i as usize);
        if self.asks_for(moved.map(|i| (i, PhotoFace::Listed(i))).collect()) {
            self.toasts.say(STILL_TO_COME);
            return None;
        }
        let evaluation = self.report_evaluation();
        let text = match &evaluation {
            None => "There is no report yet",
            // While a list is predicted the report says of how many faces it is.
            Some(_) if self.model.sweep.progress.is_some() && by_hand.is_empty() => "",
            Some(_) if !self.panels.report.is_current(&self.model) => MEASURING,
            Some(_) => "",
        };
        if !text.is_empty() {
            self.toasts.say(text);
            return None;
        }
        evaluation
    }

    pub(in crate::app::studio) fn export_report(&mut self, target: Target) {
        let Some(evaluation) = self.report_to_write() else {
            return;
        };
        self.say_without_intervals("tables");
        self.deliver(Box::new(move || Ok(Made::Report(evaluation))), 1.0, target);
    }

    /// One of the report's plots, by its name.
    pub(in crate::app::studio) fn export_plot(&mut self, name: String, target: Target) {
        let Some(evaluation) = self.report_to_write() else {
            return;
        };
        self.say_without_intervals("plots");
        let draw = move || {
            let mut plots = plot::plots(&evaluation).into_iter();
            let plot = plots.find(|plot| plot.0 == name);
            let (_, page) = plot.ok_or(ExportError::Missing("There is no such plot"))?;
            Ok(Made::Drawing(page))
        };
        self.deliver(Box::new(draw), self.model.export_scale, target);
    }

    /// All plots of the report, a file each.
    pub fn save_plots(&mut self, folder: PathBuf, format: Format) {
        self.export_plots(Some(folder), format);
    }

    /// All plots of the report into a folder, which is asked for if it is not given.
    pub(in crate::app::studio) fn export_plots(&mut self, folder: Option<PathBuf>, format: Format) {
        let Some(evaluation) = self.report_to_write() else {
            return;
        };
        self.say_without_intervals("plots");
        let network = self.model.networks.current.as_ref();
        let network = network.map(|n| (n.origin.clone(), n.fingerprint.clone()));
        let start = self.report_file_name();
        let dpi = self.model.export_scale * Unit::Pixel.per_inch();
        let dialogs = self.opening.dialogs.clone();
        self.opening.away(move |say| {
            let mut plots = plot::plots(&evaluation);
            for (name, page) in &mut plots {
                *name = format!("{start}-{name}.{}", format.extension());
                if let Some((weights, fingerprint)) = &network {
                    page.metadata("Weights", weights.clone());
                    page.metadata("Network", fingerprint.clone());
                }
            }
            let title = format!("Save {} into a folder", counted(plots.len(), "plot"));
            let Some(folder) = folder.or_else(|| dialogs.path(title, Wanted::Folder)) else {
                return;
            };
            let mut paths = plots.iter().map(|(name, _)| folder.join(name));
            let done = match paths.find_map(|path| dialogs.refuses(&path)) {
                Some(why) => Err(why),
                None => plots_saved(&plots, &folder, format, dpi).map_err(|why| why.to_string()),
            };
            say(Arrival::Said(done.unwrap_or_else(|why| why)));
        });
    }

    fn say_without_intervals(&mut self, what: &str) {
        if self.intervals_pending() {
            let text =
                format!("The intervals are still being measured: the {what} are without them");
            self.toasts.say(text);
        }
    }

    /// Makes something of the loaded network's and takes it where it belongs; `scale` is pixels to a
    /// unit of a drawing.
    pub(in crate::app::studio) fn deliver(&self, make: Make, scale: f32, target: Target) {
        let network = self.model.networks.current.as_ref();
        export::deliver(&self.opening, network, make, scale, target);
    }
}
