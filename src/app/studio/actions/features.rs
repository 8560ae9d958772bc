//! What the panes of maps want done: studies over the list, comparisons, figures and their files.

use std::path::PathBuf;

use crate::app::export::{ExportError, Made, Target};
use crate::app::features::{Action, FigureFace, NewStudy, TableKind, What, photo_provenance};
use crate::app::opening::{Arrival, WEIGHTS, Wanted};
use crate::app::studio::Studio;
use crate::engine::{
    ExportRequest, FaceKey, FeatureRequest, NetworkInfo, PhotoFace, Request, StudyKind,
};
use crate::figure::{MATCHES, Provenance};

impl Studio {
    pub(in crate::app::studio) fn apply_features(&mut self, action: Action) {
        let (view, list) = (&self.panels.features, &self.model.faces);
        match action {
            Action::Select(index) => self.select(index),
            Action::ReadThumbnail(index) => self.wish_thumbnail(index),
            Action::Stop(kind) => self.ask_feature(FeatureRequest::Stop(kind)),
            Action::RankChannels => self.start_study(view.rank(list)),
            Action::FindExamples => self.start_study(Some(view.find_top_activations(list))),
            Action::MatchChannels => self.start_study(view.match_channels(list)),
            Action::MeasureTowers => self.start_study(Some(view.measure_towers(list))),
            Action::Explain { check } => {
                let schema = self.model.schema();
                let face = self.looked_at();
                self.start_study(face.and_then(|face| view.explain(face, &schema, check)));
            }
            Action::Pin => {
                if let Some(face) = list.shown()
                    && let Some(photo) = face.item.picture().cloned()
                {
                    let (name, from) = (face.name(), photo_provenance(&face));
                    self.panels.features.pin(name, photo, from);
                }
            }
            Action::CompareWith(weights) => self.panels.features.compare_with(weights),
            Action::ChooseWeights => self.opening.ask_path(
                "Choose weights to compare the maps with",
                Wanted::File(WEIGHTS),
                Arrival::MapsOf,
            ),
            Action::SaveFigure => self.choose_figure(view.figure_wanted()),
            Action::CopyFigure => match self.figure(view.figure_wanted()) {
                Ok(made) => self.export_maps(made),
                Err(why) => self.toasts.say(why.to_string()),
            },
            Action::SaveMaps => self.choose_place(
                "Choose a folder for the maps as .npy".into(),
                Wanted::Folder,
                self.numbers(),
            ),
            Action::ExportTable(listing, target) => self.export_listing(listing, target),
        }
    }

    pub(in crate::app::studio) fn ask_feature(&self, request: FeatureRequest) {
        self.engine.ask(Request::Feature(request));
    }

    fn start_study(&mut self, start: Option<NewStudy>) {
        if let Some(start) = start {
            let request = self.panels.features.start(start);
            self.ask_feature(request);
        }
    }

    /// Writes a figure, or puts it on the clipboard where it has no file.
    pub(in crate::app::studio) fn export_maps(&mut self, request: ExportRequest) {
        let ticket = self.panels.features.start_export();
        self.ask_feature(FeatureRequest::Export(ticket, Box::new(request)));
    }

    pub(in crate::app::studio) fn choose_figure(&mut self, what: What) {
        let (name, ending) = self.panels.features.figure_file(what);
        let title = format!("Save {name}");
        let wanted = Wanted::NewFile(name, vec![("Figure", ending)]);
        self.choose_place(title, wanted, self.figure(what));
    }

    /// Asks where something goes that is as it is now, whatever is looked at until the answer.
    fn choose_place(
        &mut self,
        title: String,
        wanted: Wanted,
        made: Result<ExportRequest, ExportError>,
    ) {
        let dialogs = self.opening.dialogs.clone();
        match made {
            Ok(made) => self.opening.away(move |say| {
                let into_folder = matches!(wanted, Wanted::Folder);
                let Some(out) = dialogs.path(title, wanted) else {
                    return;
                };
                // Of what is written into a folder this may be read: pairs are a table.
                let pairs = into_folder.then(|| out.join(MATCHES));
                if let Some(why) = pairs.and_then(|path| dialogs.refuses(&path)) {
                    return say(Arrival::Said(why));
                }
                let out = Some(out);
                say(Arrival::Export(Box::new(ExportRequest { out, ..made })));
            }),
            Err(why) => self.toasts.say(why.to_string()),
        }
    }

    /// The face at hand, once its picture is there.
    pub(in crate::app::studio) fn looked_at(&self) -> Option<PhotoFace> {
        let face = self.model.faces.shown()?;
        Some(PhotoFace {
            key: FaceKey {
                ticket: self.ticket(self.model.faces.selected()),
                face_box: face.face_box,
            },
            photo: face.item.picture()?.clone(),
        })
    }

    fn write(&mut self, out: PathBuf, made: Result<ExportRequest, ExportError>) {
        let dialogs = self.opening.dialogs.clone();
        match made {
            Ok(made) => self.opening.away(move |say| match dialogs.refuses(&out) {
                Some(why) => say(Arrival::Said(why)),
                None => {
                    let out = Some(out);
                    say(Arrival::Export(Box::new(ExportRequest { out, ..made })));
                }
            }),
            Err(why) => self.toasts.say(why.to_string()),
        }
    }

    fn figure(&self, what: What) -> Result<ExportRequest, ExportError> {
        let (face, network) = (self.figure_face(), self.figure_network()?);
        self.panels.features.figure(what, face, network)
    }

    fn numbers(&self) -> Result<ExportRequest, ExportError> {
        let face = self.figure_face();
        let face = face.ok_or(ExportError::Missing("There is no face to write maps of"))?;
        Ok(self.panels.features.numbers(face))
    }

    fn figure_network(&self) -> Result<&NetworkInfo, ExportError> {
        let network = self.model.networks.current.as_ref();
        network.ok_or(ExportError::Missing("There is no network yet"))
    }

    /// The face at hand, once its picture is there, with what a file says of it.
    fn figure_face(&self) -> Option<FigureFace> {
        let (looked_at, face) = self.looked_at().zip(self.model.faces.shown())?;
        Some(FigureFace {
            face: looked_at,
            name: face.name(),
            labels: face.labels().cloned(),
            provenance: Provenance {
                photo: Some(photo_provenance(&face)),
                data: self.model.faces.info.name.clone(),
                ..Provenance::default()
            },
        })
    }

    fn export_listing(&mut self, listing: TableKind, target: Target) {
        let network = self.model.networks.current.as_ref();
        match network.and_then(|network| self.panels.features.table(listing, network)) {
            Some(table) => self.deliver(Box::new(move || Ok(Made::Table(table))), 1.0, target),
            None => self.toasts.say("Nothing has been measured"),
        }
    }

    /// Ends what is being found out.
    pub(in crate::app::studio) fn stop_studies(&self) {
        for kind in [
            StudyKind::Rank,
            StudyKind::TopActivations,
            StudyKind::Match,
            StudyKind::Towers,
            StudyKind::Explain,
        ] {
            self.ask_feature(FeatureRequest::Stop(kind));
        }
    }

    /// Shows the maps of other weights beside those at hand.
    pub fn compare_maps_with(&mut self, path: PathBuf) {
        self.panels.features.compare_with(Some(path));
    }

    /// Writes the maps that are looked at as a figure, as if the file had been chosen.
    pub fn export_figure(&mut self, path: PathBuf) {
        self.write(path, self.figure(self.panels.features.figure_wanted()));
    }

    /// Writes the paper's Figure 6 of the face at hand.
    pub fn export_figure6(&mut self, path: PathBuf) {
        self.write(path, self.figure(What::Figure6));
    }

    /// Writes the maps of the layer at hand into a folder, as [`crate::figure::write_maps`] does.
    pub fn write_maps(&mut self, folder: PathBuf) {
        self.write(folder, self.numbers());
    }
}
