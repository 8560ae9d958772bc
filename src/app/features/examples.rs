//! The photos of the list that activate a channel most.

use eframe::egui::{
    self, Align, Color32, Layout, Rect, RichText, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, vec2,
};

use crate::app::faces::item::{Face, Picture};
use crate::app::features::action::Action;
use crate::app::features::parts::faces::of_which_ui;
use crate::app::features::parts::progress::progress_ui;
use crate::app::features::parts::rows::caption_ui;
use crate::app::features::view::FeatureView;
use crate::app::model::Context;
use crate::app::widgets::theme;
use crate::engine::StudyKind;
use crate::figure::short;
use crate::humanize::counted;
use crate::measure::FEW_UNITS;

const THUMBNAIL: f32 = 44.0;

impl FeatureView {
    /// The photos of the list that activate the channel most.
    pub(super) fn examples_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context,
        actions: &mut Vec<Action>,
    ) {
        let p = theme::palette(ui.ctx());
        ui.add_space(10.0);
        self.examples_head_ui(ui, actions);
        progress_ui(ui, &self.studies, StudyKind::TopActivations, actions);
        let (Some(tower), Some(shown)) = (self.tower(), &self.maps.shown) else {
            return;
        };
        let (place, id, channel) = (shown.place, tower.maps.id, self.inspector.selected.1);
        let found = self.studies.examples(place, id, channel);
        let dead = self.studies.dead(place, id);
        let Some(found) = found else {
            if self.studies.progress(StudyKind::TopActivations).is_none() {
                ui.colored_label(p.quiet, "not looked for yet");
                if !context.model.faces.items.is_empty() {
                    ui.horizontal_wrapped(|ui| {
                        of_which_ui(ui, &context.model.faces, &mut self.studies.faces.of_shown);
                    });
                }
            }
            return;
        };
        if found.is_empty() {
            let through = self.studies.looked_through(place);
            let (faces, which) = through.unwrap_or_default();
            let zero = dead.is_some_and(|dead| dead.contains(&channel));
            let (tint, text) = match (zero, faces >= FEW_UNITS) {
                (true, true) => (p.waiting, format!("dead: zero on {which}")),
                (true, false) => (p.quiet, format!("zero on {which}")),
                (false, _) => (p.quiet, "no face activates it".to_owned()),
            };
            ui.add(egui::Label::new(RichText::new(text).color(tint)).wrap());
        }
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(5.0, 5.0);
            for (index, value) in found {
                let Some(face) = context.model.faces.face(index) else {
                    continue;
                };
                let selected = index == context.model.faces.selected();
                actions.extend(thumbnail_ui(ui, &face, (index, value), selected));
            }
        });
    }

    fn examples_head_ui(&self, ui: &mut Ui, actions: &mut Vec<Action>) {
        ui.horizontal(|ui| {
            let place = self.maps.shown.as_ref().map(|s| s.place);
            caption_ui(ui, &format!("TOP ACTIVATIONS{}", self.of_first()));
            if let Some((faces, which)) = place.and_then(|p| self.studies.looked_through(p)) {
                let text = format!("of {}", counted(faces, "face"));
                caption_ui(ui, &text).on_hover_text(which);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if self.studies.progress(StudyKind::TopActivations).is_some() {
                    return;
                }
                let tip = "Look through the faces of the list for those that activate each channel \
                           most; what is zero on all of them is dead";
                let find = ui.small_button("find");
                let accessible_name = "Find top activations";
                find.widget_info(|| WidgetInfo::labeled(Role::Button, true, accessible_name));
                if find.on_hover_text(tip).clicked() {
                    actions.push(Action::FindExamples);
                }
            });
        });
    }
}

/// A photo, by how much it activates the channel.
fn thumbnail_ui(
    ui: &mut Ui,
    face: &Face,
    (index, value): (usize, f32),
    selected: bool,
) -> Option<Action> {
    let p = theme::palette(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(THUMBNAIL, THUMBNAIL), Sense::click());
    let name = face.sample.name();
    response
        .widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Top activation: {name}")));
    let mut action = None;
    match &face.item.thumbnail {
        Some(texture) => {
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            let painter = ui.painter();
            painter.image(texture.id(), rect, whole, Color32::WHITE);
        }
        None => {
            ui.painter().rect_filled(rect, 4, p.hairline);
            let can_be_read = !matches!(face.item.state, Picture::Failed(_));
            action = can_be_read.then_some(Action::ReadThumbnail(index));
        }
    }
    if selected {
        let line = Stroke::new(1.5, p.prediction);
        ui.painter().rect_stroke(rect, 2, line, StrokeKind::Outside);
    }
    let tip = format!("{name}: up to {}", short(value));
    match response.on_hover_text(tip).clicked() {
        true => Some(Action::Select(index)),
        false => action,
    }
}
