//! Where the network looked for a point or an attribute: heat over the face, and beside it the
//! same from random weights, from which it should differ.

use eframe::egui::{self, Color32, Pos2, RichText, Role, Sense, Stroke, Ui, WidgetInfo, vec2};

use crate::app::features::action::Action;
use crate::app::features::parts::choice::choice_ui;
use crate::app::features::parts::colour_bar::heat_bar_ui;
use crate::app::features::parts::progress::progress_ui;
use crate::app::features::parts::rows::caption_ui;
use crate::app::features::state::attention::Attention;
use crate::app::features::state::maps::texture;
use crate::app::features::view::{FeatureView, Tab};
use crate::app::model::Context;
use crate::app::widgets::buttons::wrapped;
use crate::app::widgets::pick::pick_ui;
use crate::app::widgets::theme;
use crate::engine::StudyKind;
use crate::figure::{
    ColourMap, HeatMark, HeatPoints, STRENGTH, UNLABELLED, check_note, heat_picture, short,
};
use crate::label::{Annotation, INPUT_SIZE, Schema};
use crate::study::{HeatMap, TargetLabel};

impl FeatureView {
    /// Large, in the place of the maps.
    pub(super) fn attention_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context,
        actions: &mut Vec<Action>,
    ) {
        let Some(schema) = context.model.networks.current.as_ref().map(|n| &n.schema) else {
            return;
        };
        ui.add_space(6.0);
        wrapped(ui, 10, |ui| self.ask_ui(ui, schema, actions));
        ui.horizontal(|ui| {
            ui.add_space(10.0);
            progress_ui(ui, &self.studies, StudyKind::Explain, actions);
        });
        let margin = egui::Margin::symmetric(14, 6);
        egui::Frame::new().inner_margin(margin).show(ui, |ui| {
            let room = ui.available_height() - 140.0;
            let face = context.model.faces.shown();
            let labels = face.as_ref().and_then(|face| face.labels());
            let waits = self.studies.progress(StudyKind::Explain).is_some();
            if self.attention.found.is_some() || !waits {
                heats_ui(ui, (schema, labels), &mut self.attention, room);
            }
        });
        self.follow(actions);
    }

    /// Asks again for another face, where that takes a moment.
    fn follow(&mut self, actions: &mut Vec<Action>) {
        if self.studies.progress(StudyKind::Explain).is_none()
            && let Some(check) = self.attention.follow()
        {
            actions.push(Action::Explain { check });
        }
    }

    /// Small, beside the maps.
    pub(super) fn explanation_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context,
        actions: &mut Vec<Action>,
    ) {
        let Some(schema) = context.model.networks.current.as_ref().map(|n| &n.schema) else {
            return;
        };
        if self.tab == Tab::Attention {
            return; // it is there already, large
        }
        ui.add_space(10.0);
        caption_ui(ui, "WHERE IT LOOKED");
        ui.horizontal_wrapped(|ui| self.ask_ui(ui, schema, actions));
        progress_ui(ui, &self.studies, StudyKind::Explain, actions);
        let waits = self.studies.progress(StudyKind::Explain).is_some();
        if self.attention.found.is_some() || self.attention.has_fallen_behind() && !waits {
            let face = context.model.faces.shown();
            let labels = face.as_ref().and_then(|face| face.labels());
            heats_ui(ui, (schema, labels), &mut self.attention, f32::INFINITY);
        }
        self.follow(actions);
    }

    /// What is to be explained, and how.
    fn ask_ui(&mut self, ui: &mut Ui, schema: &Schema, actions: &mut Vec<Action>) {
        ui.spacing_mut().item_spacing.x = 4.0;
        // The number's letters are those of the buttons beside it.
        let small = theme::font(theme::SMALL);
        ui.style_mut().override_font_id = Some(small);
        target_ui(ui, schema, &mut self.attention.of);
        ui.add_space(6.0);
        let asked = &mut self.attention;
        let tip = "Hide one patch after another and see what changes: slow and honest";
        if choice_ui(ui, !asked.grad_cam, "occlusion", "Occlusion", tip) {
            asked.grad_cam = false;
        }
        let tip = "Weigh the maps of a layer by the answer's mean gradient: quick, and relative. A \
                   value is not what its place changes in the answer; occlusion measures that";
        if choice_ui(ui, asked.grad_cam, "Grad-CAM", "Grad-CAM", tip) {
            asked.grad_cam = true;
        }
        if asked.grad_cam {
            let text = format!("of {}", self.place.title());
            let tip = "Take the layer that is chosen under Maps, in the tower that is looked \
                       at; else the last layer of the task's tower";
            if choice_ui(
                ui,
                asked.of_shown,
                &text,
                "Grad-CAM of the shown layer",
                tip,
            ) {
                asked.of_shown ^= true;
            }
        } else {
            let most = INPUT_SIZE / 2;
            let patch = egui::DragValue::new(&mut asked.occlusion.patch).range(4..=most);
            let field = ui.add(patch.prefix("patch "));
            field.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, "Patch"));
            field.on_hover_text("Side of the hidden patch in input pixels; it moves by half");
            asked.occlusion.stride = (asked.occlusion.patch / 2).max(1);
        }
        ui.add_space(6.0);
        let running = self.studies.progress(StudyKind::Explain).is_some();
        for (check, text, accessible_name, tip) in [
            (false, "look", "Explain", "Find where the network looked"),
            (
                true,
                "check against random weights",
                "Check against random weights",
                "The same from random weights: if it looks alike, it says little about what was learned",
            ),
        ] {
            let text = RichText::new(text).size(theme::SMALL);
            let button = ui.add_enabled(!running, egui::Button::new(text));
            button.widget_info(|| WidgetInfo::labeled(Role::Button, !running, accessible_name));
            if button.on_hover_text(tip).clicked() {
                actions.push(Action::Explain { check });
            }
        }
    }
}

fn target_ui(ui: &mut Ui, schema: &Schema, of: &mut (usize, usize)) {
    let (task, item) = *of;
    let name = schema.tasks.get(task).and_then(|t| t.items().nth(item));
    let text = name.unwrap_or("choose").replace('_', " ");
    let groups = schema.tasks.iter().map(|task| {
        let items = task.items().map(|name| name.replace('_', " "));
        (task.name.as_str(), items.collect())
    });
    let groups: Vec<(&str, Vec<String>)> = groups.collect();
    let (response, chosen) = pick_ui(ui, &text, &groups, *of);
    if let Some(chosen) = chosen {
        *of = chosen;
    }
    response.on_hover_text("The point or attribute that is explained");
}

/// The heat over the face, and beside it that of random weights, at most `tallest` high. The labels
/// are the face's, where it has any.
fn heats_ui(
    ui: &mut Ui,
    (schema, labels): (&Schema, Option<&Annotation>),
    attention: &mut Attention,
    tallest: f32,
) {
    const BETWEEN: f32 = 18.0;
    let p = theme::palette(ui.ctx());
    let behind = attention.has_fallen_behind();
    let Attention {
        found, pictures, ..
    } = attention;
    let Some(found) = found else {
        let text = match behind {
            true => "Not found out for this face yet: press look.",
            false => "Choose a point or an attribute and press look.",
        };
        ui.add(egui::Label::new(RichText::new(text).color(p.quiet)).wrap());
        return;
    };
    let found = &found.explanation;
    if pictures.is_empty() {
        let heats = [Some(&found.heat), found.random.as_ref().map(|r| &r.heat)];
        let heats = heats.into_iter().flatten();
        let picture = |heat| texture(ui.ctx(), "heat", &heat_picture(&found.input, heat));
        *pictures = heats.map(picture).collect();
    }
    let name = found.target.name(schema).replace('_', " ");
    let how = found.method_title.clone();
    let means = found.method.meaning();
    let mut all = vec![(name, how, &found.heat)];
    if let Some(check) = &found.random {
        all.push(("random weights".into(), check_note(check), &check.heat));
    }
    let label = labels.map(|labels| TargetLabel::of(labels, schema, found.target));
    let points = HeatPoints::of(found, label);
    let marks = points.marks(all.len());
    let n = all.len() as f32;
    let side = (ui.available_width() - BETWEEN * (n - 1.0)) / n;
    let side = side.min(tallest).max(60.0);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = BETWEEN;
        for ((title, note, heat), picture) in all.iter().zip(pictures.iter()) {
            ui.vertical(|ui| {
                ui.set_width(side);
                ui.add(egui::Label::new(title).truncate());
                let note_ui = RichText::new(note).size(theme::SMALL).color(p.quiet);
                ui.add(egui::Label::new(note_ui).wrap());
                let picture = egui::Image::new((picture.id(), vec2(side, side)));
                let response = ui.add(picture);
                response.widget_info(|| {
                    WidgetInfo::labeled(Role::Image, true, format!("Heat: {title}, {note}"))
                });
                for mark in marks.iter().filter(|mark| mark.is_inside()) {
                    let at = vec2(mark.at[0], mark.at[1]) / INPUT_SIZE as f32 * side;
                    disc(ui.painter(), response.rect.min + at, mark);
                }
                heat_key(ui, heat, means);
            });
        }
    });
    let small = |text: &str| RichText::new(text).size(theme::SMALL).color(p.quiet);
    for mark in &marks {
        ui.horizontal(|ui| {
            let (key, _) = ui.allocate_exact_size(vec2(11.0, 11.0), Sense::hover());
            disc(ui.painter(), key.center(), mark);
            ui.add(egui::Label::new(small(mark.text)).wrap());
        });
    }
    let mut text = Vec::new();
    if points.unlabelled {
        text.push(UNLABELLED.to_owned());
    }
    if let Some(check) = &found.random
        && check.heat.reach() != found.heat.reach()
    {
        let reach = [&found.heat, &check.heat].map(|heat| short(heat.reach()));
        text.push(format!(
            "each map in colours of its own range, up to {} and {} {}",
            reach[0], reach[1], found.heat.unit
        ));
    }
    if !text.is_empty() {
        ui.add(egui::Label::new(small(&text.join(" · "))).wrap());
    }
}

/// As in a figure.
fn disc(painter: &egui::Painter, at: Pos2, mark: &HeatMark) {
    let [r, g, b] = mark.colour;
    let rim = Stroke::new(1.2, Color32::BLACK);
    painter.circle(at, 4.5, Color32::from_rgb(r, g, b), rim);
}

/// The colours of a heat map and what they stand for.
fn heat_key(ui: &mut Ui, heat: &HeatMap, means: &str) {
    let p = theme::palette(ui.ctx());
    let colours = match heat.signed {
        true => ColourMap::Signed,
        false => ColourMap::Magma,
    };
    let wide = ui.available_width().min(150.0);
    heat_bar_ui(ui, colours, wide, STRENGTH);
    let reach = heat.reach();
    let low = if heat.signed { -reach } else { 0.0 };
    let (low, high) = (short(low), short(reach));
    let text = RichText::new(format!("{low} … {high} {}", heat.unit));
    let label = egui::Label::new(text.size(theme::SMALL).color(p.quiet));
    let tip = format!("{means}. 0 is the bare face: colours are as strong as the value");
    ui.add(label.wrap()).on_hover_text(tip);
}
