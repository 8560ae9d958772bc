//! Figures of what is seen, for print: a small dialog, and what it chooses.

use eframe::egui::{self, RichText, Role, Ui, WidgetInfo};

use crate::app::features::action::Action;
use crate::app::features::parts::choice::choice_ui;
use crate::app::features::state::export::{Export, What};
use crate::app::features::view::FeatureView;
use crate::app::model::Context;
use crate::app::widgets::dialog::dialog_ui;
use crate::app::widgets::theme;
use crate::figure::Format;

/// A .png on a screen, in dots per inch.
const SCREEN_DPI: f32 = 96.0;

/// The dialog's title.
pub const EXPORT: &str = "Export";

impl FeatureView {
    pub(super) fn export_ui(
        &mut self,
        ctx: &egui::Context,
        context: &Context,
        actions: &mut Vec<Action>,
    ) {
        let mut open = self.export.open;
        dialog_ui(ctx, EXPORT, &mut open, |ui| {
            self.export_form_ui(ui, context, actions);
        });
        self.export.open &= open;
    }

    fn export_form_ui(&mut self, ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
        let p = theme::palette(ui.ctx());
        let which = match self.export.in_sight {
            true => "channels in sight",
            false => "all channels",
        };
        let layer = format!("{}, {which}", self.place.title());
        let towers = self.joins_towers(context.model.networks.current.as_ref());
        let heat = self.attention.found.is_some();
        let channel = format!("channel {}", self.inspector.selected.1);
        let there = self.tower().is_some();
        let export = &mut self.export;
        ui.set_width(360.0);
        ui.horizontal_wrapped(|ui| {
            for (what, text, there) in [
                (What::View, layer, true),
                (What::Figure6, "Figure 6".into(), true),
                (What::Channel, channel, there),
                (What::Towers, "towers".into(), towers),
                (What::Attention, "attention".into(), heat),
            ] {
                let accessible_name = format!("Figure of {text}");
                let tip = "What the figure shows";
                if there && choice_ui(ui, export.what == what, &text, &accessible_name, tip) {
                    export.what = what;
                }
            }
        });
        ui.add_space(4.0);
        ui.horizontal(|ui| format_ui(ui, export));
        let sight = egui::Checkbox::new(
            &mut export.in_sight,
            "only the channels in sight, in their order",
        );
        ui.add_enabled(export.what == What::View, sight)
            .on_hover_text("As sorted and filtered for the tower that is looked at")
            .on_disabled_hover_text("Of a figure of the layer");
        let note = match export.what {
            What::Towers if self.studies.found.towers.is_none() => {
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
        let running = !self.export.running.is_empty();
        ui.horizontal(|ui| buttons_ui(ui, running, actions));
    }
}

/// The format, the width, and the resolution of pixels.
fn format_ui(ui: &mut Ui, export: &mut Export) {
    for format in [Format::Pdf, Format::Svg, Format::Png] {
        let name = format.extension().to_uppercase();
        let tip = match format {
            Format::Png => "Pixels",
            _ => "Vectors: text and lines stay sharp",
        };
        let chosen = export.format == format;
        if choice_ui(ui, chosen, &name, &format!("As {name}"), tip) {
            export.format = format;
        }
    }
    ui.add_space(8.0);
    let width = egui::DragValue::new(&mut export.width_mm);
    let width = ui.add(width.range(20.0..=2000.0).suffix(" mm"));
    let label = "Width in millimetres";
    width.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, label));
    width.on_hover_text("Width of the figure");
    if export.format == Format::Png {
        let dpi = egui::DragValue::new(&mut export.dpi);
        let dpi = ui.add(dpi.range(10.0..=2400.0).suffix(" dpi"));
        let label = "Dots per inch";
        dpi.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, label));
        dpi.on_hover_text(label);
        let scale = format!("{:.1}×", export.dpi / SCREEN_DPI);
        let p = theme::palette(ui.ctx());
        ui.colored_label(p.quiet, scale)
            .on_hover_text("Beside a screen's 96 dots per inch");
    }
}

fn buttons_ui(ui: &mut Ui, running: bool, actions: &mut Vec<Action>) {
    let save = ui.button("save figure…");
    save.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Save figure"));
    if save.clicked() {
        actions.push(Action::SaveFigure);
    }
    let copy = ui.button("copy");
    copy.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Copy figure"));
    let tip = "Pixels, as many as a .png has";
    if copy.on_hover_text(tip).clicked() {
        actions.push(Action::CopyFigure);
    }
    let tip = "The numbers of this layer, one .npy a tower: channels × side × side; of a \
               comparison both and their difference";
    if ui.button("maps as .npy…").on_hover_text(tip).clicked() {
        actions.push(Action::SaveMaps);
    }
    if running {
        ui.add(egui::Spinner::new().size(12.0));
        ui.label("writing…");
    }
}
