//! Mended labels go into a new folder, in a format that is chosen; what that cannot hold is listed
//! first. The set that was opened stays as it is.

use eframe::egui;

use crate::app::faces::labelling::Labelling;
use crate::app::opening::Arrival;
use crate::app::studio::Studio;
use crate::app::studio::label_export_form::LabelExport;
use crate::dataset::Dataset;
use crate::dataset::export::{self, Existing, Format, Options, Sources};
use crate::humanize::counted;
use crate::label::Schema;
use crate::review;

/// A set with its edits, as handing it over costs little.
struct LabelledSet {
    name: String,
    schema: Schema,
    labelling: Labelling,
    columns: Vec<String>,
}

impl LabelledSet {
    fn dataset(self) -> Dataset {
        Dataset {
            name: self.name,
            schema: self.schema,
            samples: self.labelling.samples(),
            columns: self.columns,
            problems: Vec::new(),
        }
    }
}

impl Studio {
    pub(in crate::app::studio) fn export_labels_dialog(&mut self) {
        let Some(set) = self.labelled_set() else {
            return self.toasts.say("There are no labels to export");
        };
        let faces = set.labelling.len();
        let open = self.model.review.open();
        self.overlays.label_export = Some(LabelExport {
            format: Format::FacesCsv,
            copy_pictures: false,
            replace: false,
            faces,
            mended: open.map_or(0, |open| open.mended().len()),
            dropped: None,
            beside: None,
        });
        self.list_dropped(Format::FacesCsv);
    }

    /// The open set with its edits, which is put together away from here.
    fn labelled_set(&self) -> Option<LabelledSet> {
        let list = &self.model.faces;
        let labelling = match self.model.review.open() {
            Some(open) => open.labelled(list),
            None => Labelling::of(list.samples.clone()),
        };
        (labelling.len() > 0).then(|| LabelledSet {
            name: list.info.name.clone(),
            schema: self.schema(),
            labelling,
            columns: list.info.columns.clone(),
        })
    }

    /// Finds out what a format cannot hold.
    fn list_dropped(&mut self, format: Format) {
        let Some(set) = self.labelled_set() else {
            return;
        };
        let paths = self.model.opened.clone();
        let open = self.model.review.open();
        let kept = open.and_then(|open| review::in_the_journal_alone(open.session().edits()));
        self.opening.away(move |say| {
            let set = set.dataset();
            let sources = Sources::of(&paths, &set.schema, format);
            let dropped = export::dropped(&set, &sources, format);
            let beside = export::beside_text(&dropped, format);
            let dropped = dropped
                .iter()
                .map(ToString::to_string)
                .chain(kept)
                .collect();
            say(Arrival::Dropped(format, dropped, beside));
        });
    }

    pub(in crate::app::studio) fn take_dropped(
        &mut self,
        format: Format,
        dropped: Vec<String>,
        beside: Option<String>,
    ) {
        if let Some(asked) = &mut self.overlays.label_export
            && asked.format == format
        {
            (asked.dropped, asked.beside) = (Some(dropped), beside);
        }
    }

    /// Asks in which format, and then where.
    pub(in crate::app::studio) fn label_export_ui(&mut self, ctx: &egui::Context) {
        let Some(asked) = &mut self.overlays.label_export else {
            return;
        };
        let before = asked.format;
        let mut answer = None;
        let modal = egui::Modal::new(egui::Id::unique("label export")).show(ctx, |ui| {
            ui.set_width(460.0);
            answer = asked.ui(ui);
        });
        let format = asked.format;
        if format != before {
            (asked.dropped, asked.beside) = (None, None);
            self.list_dropped(format);
        }
        if modal.should_close() {
            answer.get_or_insert(false);
        }
        let Some(write) = answer else { return };
        let asked = self.overlays.label_export.take();
        if let Some(asked) = asked.filter(|_| write) {
            self.write_labels(&asked);
        }
    }

    fn write_labels(&mut self, asked: &LabelExport) {
        let Some(set) = self.labelled_set() else {
            return;
        };
        let options = Options {
            format: asked.format,
            copy_pictures: asked.copy_pictures,
            existing: match asked.replace {
                true => Existing::Replace,
                false => Existing::Refuse,
            },
        };
        let (paths, dialogs) = (self.model.opened.clone(), self.opening.dialogs.clone());
        self.opening.away(move |say| {
            let title = match options.existing {
                Existing::Replace => {
                    "Choose a folder for the labels, empty or of an earlier export"
                }
                _ => "Choose an empty folder for the labels",
            };
            let Some(out) = dialogs.folder_beside(title, &paths) else {
                return;
            };
            let asks = options.existing == Existing::Refuse && export::is_export(&out);
            if asks {
                let text = "tick Replace an earlier export to put the new one in its place";
                let out = out.display();
                let text = format!("Nothing was written: an earlier export is in {out}; {text}");
                return say(Arrival::Failed(text));
            }
            let set = set.dataset();
            let sources = Sources::of(&paths, &set.schema, options.format);
            let faces = counted(set.samples.len(), "face");
            say(
                match export::export(&set, &sources, &out, options, |_| ()) {
                    Ok(problems) => {
                        let first = problems.first().map_or(String::new(), |p| format!("; {p}"));
                        Arrival::Said(format!("Labels of {faces} are in {}{first}", out.display()))
                    }
                    Err(error) => Arrival::Failed(format!("Nothing was written: {error}")),
                },
            );
        });
    }
}
