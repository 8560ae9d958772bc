//! Figures of what is seen, for print, and the maps as numbers: a small dialog, and what it
//! chooses. Files are chosen on a thread of their own and written on another.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};

use eframe::egui::{self, RichText, Role, Ui, WidgetInfo};

use crate::app::export::targets;
use crate::app::faces::item::Face;
use crate::app::features::compare::Set;
use crate::app::features::toolbar::choice_ui;
use crate::app::features::{Around, FeatureView, ScaleChoice, Tab, Wish, theme};
use crate::app::studio::overlays::dialog_ui;
use crate::engine::{
    Against, CompareRequest, ExportContent, ExportRequest, ExportTicket, MapsFigure, MapsOf,
    NetworkInfo, PhotoFace,
};
use crate::figure::{
    self, Format, PhotoProvenance, Provenance, Scale, effects_table, matches_table, towers_table,
};
use crate::model::{Layer, Tap, TapLayer, weights_name};

/// A .png on a screen, in dots per inch.
const SCREEN_DPI: f32 = 96.0;

/// What a figure shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// The layer that is looked at, as it is looked at.
    View,
    /// The paper's Figure 6: all of Conv1-2.
    Figure6,
    /// The selected channel over the face.
    Channel,
    Towers,
    Attention,
}

/// What is found out and kept as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listing {
    Ranking,
    Towers,
    /// Which channels of two networks answer alike.
    Matches,
}

impl Listing {
    /// What it is called, and its file until somebody says otherwise.
    fn name(self) -> &'static str {
        match self {
            Self::Ranking => "channels",
            Self::Towers => "towers",
            Self::Matches => "matches",
        }
    }

    /// Where it can go.
    pub fn menu_ui(self, ui: &mut Ui, wishes: &mut Vec<Wish>) {
        let menu = ui.menu_button(RichText::new("table").size(theme::SMALL), |ui| {
            for (words, target) in targets(self.name(), self.name(), &["csv", "md"]) {
                if ui.button(words).clicked() {
                    wishes.push(Wish::List(self, target));
                    ui.close();
                }
            }
        });
        menu.response.on_hover_text("Save or copy the numbers");
    }
}

/// The face at hand, what it is called, and what a figure of it says.
pub(super) struct Sitter {
    pub face: PhotoFace,
    pub name: String,
    pub provenance: Provenance,
}

/// What a figure's file says of a face of the list.
pub(super) fn photo_provenance(face: &Face) -> PhotoProvenance {
    let photo = match face.hand {
        None => face.sample.full_name(),
        Some(_) => face.sample.path.display().to_string(),
    };
    PhotoProvenance {
        photo,
        face_box: face.face_box,
        source: face.source,
    }
}

/// What was chosen in a dialog of the system's.
pub(super) enum Chosen {
    Second(PathBuf),
    /// Where to write what was looked at when the dialog opened.
    File(Box<ExportRequest>),
}

/// The dialog.
pub(super) struct Export {
    pub open: bool,
    pub what: What,
    format: Format,
    width_mm: f32,
    dpi: f32,
    /// Only the channels in sight, in their order.
    in_sight: bool,
    /// The exports that run, and the newest there was.
    running: Vec<ExportTicket>,
    newest: ExportTicket,
    pub sender: Sender<Chosen>,
    pub chosen: Receiver<Chosen>,
}

impl Default for Export {
    fn default() -> Self {
        let (sender, chosen) = channel();
        Self {
            open: false,
            what: What::View,
            format: Format::Pdf,
            width_mm: 180.0,
            dpi: 300.0,
            in_sight: false,
            running: Vec::new(),
            newest: ExportTicket::default(),
            sender,
            chosen,
        }
    }
}

impl Export {
    /// The file's name until somebody gives another.
    pub fn name(&self, what: What, place: TapLayer) -> String {
        let stem = match what {
            What::View => place.name(),
            What::Figure6 => "figure6".into(),
            What::Channel => format!("{}_channel", place.name()),
            What::Towers => "towers".into(),
            What::Attention => "attention".into(),
        };
        format!("{stem}.{}", self.format.extension())
    }

    /// Notes that an export starts; returns its ticket.
    pub fn starts(&mut self) -> ExportTicket {
        self.newest = ExportTicket(self.newest.0 + 1);
        self.running.push(self.newest);
        self.newest
    }

    pub fn ends(&mut self, ticket: ExportTicket) {
        self.running.retain(|running| *running != ticket);
    }

    pub fn ending(&self) -> &'static str {
        self.format.extension()
    }
}

/// The dialog's title.
pub const EXPORT: &str = "Export";

impl FeatureView {
    pub fn export_is_open(&self) -> bool {
        self.export.open
    }

    pub fn close_export(&mut self) {
        self.export.open = false;
    }

    /// Opens or closes the dialog; it opens for what the tab shows.
    pub(super) fn turn_export(&mut self, network: Option<&NetworkInfo>) {
        self.export.open ^= true;
        self.export.what = match self.tab {
            Tab::Towers if self.joins_towers(network) => What::Towers,
            Tab::Attention if self.attention.found.is_some() => What::Attention,
            _ => What::View,
        };
    }

    pub(super) fn export_ui(
        &mut self,
        ctx: &egui::Context,
        around: &Around,
        wishes: &mut Vec<Wish>,
    ) {
        let mut open = self.export.open;
        dialog_ui(ctx, EXPORT, &mut open, |ui| {
            self.export_form_ui(ui, around, wishes);
        });
        self.export.open &= open;
    }

    fn export_form_ui(&mut self, ui: &mut Ui, around: &Around, wishes: &mut Vec<Wish>) {
        let p = theme::palette(ui.ctx());
        let shown = self.place.title();
        let towers = self.joins_towers(around.network);
        let heat = self.attention.found.is_some();
        let channel = format!("channel {}", self.selected.1);
        let there = self.tower().is_some();
        let export = &mut self.export;
        ui.set_width(360.0);
        ui.horizontal_wrapped(|ui| {
            for (what, words, there) in [
                (What::View, format!("{shown} as shown"), true),
                (What::Figure6, "Figure 6".into(), true),
                (What::Channel, channel, there),
                (What::Towers, "towers".into(), towers),
                (What::Attention, "attention".into(), heat),
            ] {
                let said = format!("Figure of {words}");
                let tip = "What the figure shows";
                if there && choice_ui(ui, export.what == what, &words, &said, tip) {
                    export.what = what;
                }
            }
        });
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            for format in [Format::Pdf, Format::Svg, Format::Png] {
                let name = format.extension().to_uppercase();
                let tip = match format {
                    Format::Png => "Pixels",
                    _ => "Vectors: text and lines stay sharp",
                };
                if choice_ui(
                    ui,
                    export.format == format,
                    &name,
                    &format!("As {name}"),
                    tip,
                ) {
                    export.format = format;
                }
            }
            ui.add_space(8.0);
            let width = egui::DragValue::new(&mut export.width_mm);
            let width = ui.add(width.range(20.0..=2000.0).suffix(" mm"));
            let said = "Width in millimetres";
            width.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, said));
            width.on_hover_text("Width of the figure");
            if export.format == Format::Png {
                let dpi = egui::DragValue::new(&mut export.dpi);
                let dpi = ui.add(dpi.range(10.0..=2400.0).suffix(" dpi"));
                let said = "Dots per inch";
                dpi.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, said));
                dpi.on_hover_text(said);
                let scale = format!("{:.1}×", export.dpi / SCREEN_DPI);
                ui.colored_label(p.quiet, scale)
                    .on_hover_text("Beside a screen's 96 dots per inch");
            }
        });
        let sight = egui::Checkbox::new(
            &mut export.in_sight,
            "only the channels in sight, in their order",
        );
        ui.add_enabled(export.what == What::View, sight)
            .on_hover_text("As sorted and filtered for the tower that is looked at")
            .on_disabled_hover_text("Of a figure of the layer as it is shown");
        let note = match export.what {
            What::Towers if self.studies.towers.is_none() => {
                "The weights alone: what either half's absence costs has not been measured yet \
                 (Towers, measure)."
            }
            _ => {
                "On white, with captions, channel numbers and a colour bar; the file names the \
                 network by its hash."
            }
        };
        ui.label(RichText::new(note).size(theme::SMALL).color(p.quiet));
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            let save = ui.button("save figure…");
            save.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Save figure"));
            if save.clicked() {
                wishes.push(Wish::ChooseFile);
            }
            let copy = ui.button("copy");
            copy.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Copy figure"));
            let tip = "Pixels, as many as a .png has";
            if copy.on_hover_text(tip).clicked() {
                wishes.push(Wish::CopyFigure);
            }
            let tip = "The numbers of this layer, one .npy a tower: channels × side × side; of a \
                       comparison both and their difference";
            if ui.button("maps as .npy…").on_hover_text(tip).clicked() {
                wishes.push(Wish::ChooseFolder);
            }
            if !self.export.running.is_empty() {
                ui.add(egui::Spinner::new().size(12.0));
                ui.label("writing…");
            }
        });
    }

    /// The figure of what is seen, if it can be drawn; of a face, but for the towers'.
    pub(super) fn figure(
        &self,
        what: What,
        sitter: Option<Sitter>,
        network: &NetworkInfo,
    ) -> Result<ExportRequest, String> {
        let muted = self.muting.details(&network.schema);
        let second_photo = || self.comparison.photo.clone();
        let (content, provenance) = match (what, sitter) {
            (What::Towers, _) => {
                let found = self.towers_known(Some(network));
                let found = found.ok_or("There is no network yet")?.clone();
                let over = self.studies.towers.as_ref();
                let over = over.map_or(String::new(), |(t, choice)| choice.describe(t.faces));
                let provenance = Provenance {
                    faces: over.clone(),
                    ..Provenance::default()
                };
                (ExportContent::Towers(found, over), provenance)
            }
            (_, None) => return Err("There is no face to draw".into()),
            (What::Figure6, Some(sitter)) => {
                let figure = MapsFigure {
                    maps: MapsOf::One {
                        face: sitter.face,
                        place: TapLayer::conv(Layer::Conv1_2),
                        masks: Vec::new(),
                    },
                    names: Default::default(),
                    scale: Scale::Channel,
                    colours: self.look.colours,
                    channels: None,
                    muted: String::new(),
                };
                (ExportContent::Maps(figure), sitter.provenance)
            }
            (What::View, Some(sitter)) => {
                let provenance = Provenance {
                    muted: muted.clone(),
                    second_photo: second_photo(),
                    ..sitter.provenance
                };
                let figure = MapsFigure {
                    muted,
                    ..self.view_figure(sitter.face, sitter.name)
                };
                (ExportContent::Maps(figure), provenance)
            }
            (What::Channel, Some(sitter)) => {
                let tower = self.tower().ok_or("There are no maps to draw")?;
                let (slot, channel) = self.inspected();
                let compared = self.compared_sets().is_some();
                let wanted = self.beside(&sitter.face).filter(|_| compared);
                let said = self.channel_said(slot, channel);
                let content = ExportContent::Channel {
                    of: match wanted {
                        Some(_) => slot.set,
                        None => Set::First,
                    },
                    maps: self.maps_of(sitter.face, wanted),
                    tap: Tap::at(tower.maps.id, self.place),
                    channel: channel as usize,
                    name: format!("{said}{}", self.set_said(slot.set)),
                    scale: self.inspected_scale(),
                };
                let provenance = Provenance {
                    muted,
                    second_photo: second_photo().filter(|_| compared),
                    ..sitter.provenance
                };
                (content, provenance)
            }
            (What::Attention, Some(sitter)) => {
                let found = self.attention.found.as_ref();
                let found = found.ok_or("nothing has been explained yet")?;
                let explanation = Box::new(found.explanation.clone());
                let content = ExportContent::Explanation(explanation, network.schema.clone());
                (content, sitter.provenance)
            }
        };
        Ok(self.request(content, provenance))
    }

    /// The face at hand and what it is compared with, if it is.
    fn beside(&self, face: &PhotoFace) -> Option<CompareRequest> {
        Some(CompareRequest {
            face: face.clone(),
            place: self.place,
            masks: self.muting.masks(),
            against: self.comparison.against()?.clone(),
            matched: self.comparison.pairs.of(self.place),
            own_ranges: self.look.scale == ScaleChoice::Own,
        })
    }

    /// The maps of the layer, beside what they are compared with.
    fn maps_of(&self, face: PhotoFace, wanted: Option<CompareRequest>) -> MapsOf {
        match wanted {
            Some(wanted) => MapsOf::Two(wanted),
            None => MapsOf::One {
                face,
                place: self.place,
                masks: self.muting.masks(),
            },
        }
    }

    fn view_figure(&self, face: PhotoFace, name: String) -> MapsFigure {
        let wanted = self.beside(&face);
        let names = match wanted.as_ref().map(|wanted| &wanted.against) {
            None => Default::default(),
            Some(against) => {
                let first = match against {
                    Against::Weights(_) => weights_name(&self.known.origin),
                    Against::Photo(..) => name,
                };
                [first, self.comparison.name.clone()]
            }
        };
        let (at, _) = self.place_selected();
        let tower = match self.compared_sets() {
            Some(sets) => sets.towers[0].get(at),
            None => self.tower(),
        };
        let in_sight = tower.filter(|_| self.export.in_sight);
        MapsFigure {
            maps: self.maps_of(face, wanted),
            names,
            scale: self.scale(Set::First),
            colours: self.colours_on_paper(Set::First),
            channels: in_sight.map(|t| t.order.iter().map(|c| *c as usize).collect()),
            muted: String::new(),
        }
    }

    /// The maps of the layer as numbers.
    pub(super) fn numbers(&self, face: PhotoFace) -> ExportRequest {
        let wanted = self.beside(&face);
        let content = ExportContent::Numbers(self.maps_of(face, wanted));
        self.request(content, Provenance::default())
    }

    /// What was found out as a table, if it was.
    pub(super) fn table(&self, listing: Listing, network: &NetworkInfo) -> Option<figure::Table> {
        let NetworkInfo {
            schema,
            fingerprint,
            ..
        } = network;
        match listing {
            Listing::Ranking => {
                let (found, choice) = self.studies.effects.as_ref()?;
                let faces = choice.describe(found.faces);
                Some(effects_table(found, schema, &faces, fingerprint))
            }
            Listing::Matches => {
                let sets = self.comparison.sets.as_ref()?;
                let matched = sets.matched.as_ref()?;
                Some(matches_table(
                    &matched.towers,
                    &matched.faces,
                    &matched.networks,
                ))
            }
            Listing::Towers => {
                let (found, choice) = self.studies.towers.as_ref()?;
                Some(towers_table(
                    found,
                    &choice.describe(found.faces),
                    fingerprint,
                ))
            }
        }
    }

    /// An export that goes nowhere yet, in the dialog's size.
    fn request(&self, content: ExportContent, provenance: Provenance) -> ExportRequest {
        ExportRequest {
            out: None,
            width_mm: self.export.width_mm,
            dpi: self.export.dpi,
            network: self.known.named(),
            provenance,
            content,
        }
    }
}
