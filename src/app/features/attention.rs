//! Where the network looked for a point or an attribute: heat over the face, and beside it the
//! same from random weights, from which it should differ.

use eframe::egui::{
    self, Align2, Color32, Rect, RichText, Role, Sense, Stroke, TextureHandle, Ui, WidgetInfo,
    pos2, vec2,
};

use super::toolbar::choice_ui;
use super::{Around, FeatureView, Wish, place_title, texture, theme};
use crate::app::widgets::wrapped;
use crate::engine::{Explained, Looking, StudyKind};
use crate::figure::{ColourMap, heat_picture};
use crate::label::{INPUT_SIZE, Schema};
use crate::model::{HeatMap, Occlusion, Tap, Target, TowerId};

/// What is asked, and what was answered last.
#[derive(Default)]
pub(super) struct Attention {
    /// Task and item.
    of: (usize, usize),
    grad_cam: bool,
    /// Whether Grad-CAM takes the layer and tower that are looked at, not the task's last.
    of_shown: bool,
    occlusion: Occlusion,
    pub found: Option<Box<Explained>>,
    pictures: Vec<TextureHandle>,
}

impl Attention {
    /// Forgets the answer: it was about another face.
    pub fn forget(&mut self) {
        self.found = None;
        self.pictures.clear();
    }
}

impl FeatureView {
    /// What is explained, and how.
    pub(super) fn looking(&self, schema: &Schema) -> Option<(Target, Looking)> {
        let (task, item) = self.attention.of;
        let target = match schema.tasks.get(task)?.is_points() {
            true => Target::Point { task, item },
            false => Target::Attribute { task, item },
        };
        let how = match self.attention.grad_cam {
            false => Looking::Occlusion(self.attention.occlusion),
            true => Looking::GradCam(self.tower().filter(|_| self.attention.of_shown).map(|t| {
                // A tower of another task says nothing about this one.
                let own = TowerId::Task(task);
                let tower = match t.maps.id {
                    TowerId::Shared => TowerId::Shared,
                    TowerId::Task(_) => own,
                };
                Tap::at(tower, self.place)
            })),
        };
        Some((target, how))
    }

    pub(super) fn take_explained(&mut self, ctx: &egui::Context, found: Box<Explained>) {
        let heats = [Some(&found.heat), found.random.as_ref().map(|r| &r.0)];
        self.attention.pictures = heats
            .into_iter()
            .flatten()
            .map(|heat| texture(ctx, "heat", &heat_picture(&found.input, heat)))
            .collect();
        self.attention.found = Some(found);
    }

    pub(super) fn attention_ui(&mut self, ui: &mut Ui, around: &Around, wishes: &mut Vec<Wish>) {
        let p = theme::palette(ui.ctx());
        let Some(schema) = around.network.map(|n| &n.schema) else {
            return;
        };
        ui.add_space(6.0);
        wrapped(ui, 10, |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            self.target_ui(ui, schema);
            ui.add_space(6.0);
            let asked = &mut self.attention;
            let tip = "Hide one patch after another and see what changes: slow and honest";
            if choice_ui(ui, !asked.grad_cam, "occlusion", "Occlusion", tip) {
                asked.grad_cam = false;
            }
            let tip = "Weigh the maps of a layer by the answer's gradient";
            if choice_ui(ui, asked.grad_cam, "Grad-CAM", "Grad-CAM", tip) {
                asked.grad_cam = true;
            }
            if asked.grad_cam {
                let words = format!("of {}", place_title(self.place));
                let tip = "Take the layer that is chosen under Maps, in the tower that is looked \
                           at; else the last layer of the task's tower";
                if choice_ui(
                    ui,
                    asked.of_shown,
                    &words,
                    "Grad-CAM of the shown layer",
                    tip,
                ) {
                    asked.of_shown ^= true;
                }
            } else {
                ui.colored_label(p.quiet, "patch");
                let most = INPUT_SIZE / 2;
                ui.add(egui::DragValue::new(&mut asked.occlusion.patch).range(4..=most))
                    .on_hover_text("Side of the hidden patch in input pixels; it moves by half");
                asked.occlusion.stride = (asked.occlusion.patch / 2).max(1);
            }
            ui.add_space(6.0);
            let running = self.studies.progress(StudyKind::Explain).is_some();
            for (check, words, said, tip) in [
                (false, "look", "Explain", "Find where the network looked"),
                (
                    true,
                    "check against random weights",
                    "Check against random weights",
                    "The same from random weights: if it looks alike, it says little about what was learned",
                ),
            ] {
                let button = ui.add_enabled(!running, egui::Button::new(words));
                button.widget_info(|| WidgetInfo::labeled(Role::Button, !running, said));
                if button.on_hover_text(tip).clicked() {
                    wishes.push(Wish::Explain { check });
                }
            }
        });
        ui.horizontal(|ui| {
            ui.add_space(10.0);
            self.studies.progress_ui(ui, StudyKind::Explain, wishes);
        });
        self.heats_ui(ui, schema);
    }

    fn target_ui(&mut self, ui: &mut Ui, schema: &Schema) {
        let (task, item) = self.attention.of;
        let name = schema.tasks.get(task).and_then(|t| t.items().nth(item));
        let words = name.unwrap_or("choose").replace('_', " ");
        let menu = ui.menu_button(RichText::new(words).size(theme::SMALL), |ui| {
            egui::ScrollArea::vertical()
                .max_height(420.0)
                .show(ui, |ui| {
                    for (t, task) in schema.tasks.iter().enumerate() {
                        super::channel::caption_ui(ui, &task.name.to_uppercase());
                        for (i, name) in task.items().enumerate() {
                            let chosen = self.attention.of == (t, i);
                            if ui
                                .selectable_label(chosen, name.replace('_', " "))
                                .clicked()
                            {
                                self.attention.of = (t, i);
                                ui.close();
                            }
                        }
                    }
                });
        });
        menu.response
            .on_hover_text("The point or attribute that is explained");
    }

    fn heats_ui(&self, ui: &mut Ui, schema: &Schema) {
        let p = theme::palette(ui.ctx());
        let Some(found) = &self.attention.found else {
            ui.horizontal(|ui| {
                ui.add_space(12.0);
                let words = "Choose a point or an attribute and press look.";
                ui.colored_label(p.quiet, words);
            });
            return;
        };
        let room = ui.available_rect_before_wrap().shrink2(vec2(14.0, 6.0));
        let panels = self.attention.pictures.len().max(1) as f32;
        let side = ((room.width() - 18.0 * (panels - 1.0)) / panels)
            .min(room.height() - 74.0)
            .max(60.0);
        let name = found.target.name(schema).replace('_', " ");
        let how = match found.how {
            Looking::Occlusion(o) => format!("occlusion by {} px", o.patch),
            Looking::GradCam(None) => "Grad-CAM of the last layer".into(),
            Looking::GradCam(Some(tap)) => format!("Grad-CAM of {}", place_title(tap.place())),
        };
        let mut all = vec![(format!("{name}, {how}"), String::new(), &found.heat)];
        if let Some((heat, alike)) = &found.random {
            let said = match alike {
                Some(r) => format!("rank correlation {r:.2}").replace('-', "−"),
                None => "one of the maps is flat".into(),
            };
            all.push(("the same from random weights".into(), said, heat));
        }
        for (i, ((title, note, heat), picture)) in
            all.iter().zip(&self.attention.pictures).enumerate()
        {
            let left = room.left() + i as f32 * (side + 18.0);
            let top = room.top();
            let (body, small) = (theme::font(theme::BODY), theme::font(theme::SMALL));
            let place = Rect::from_min_size(pos2(left, top + 24.0), vec2(side, side));
            let painter = ui
                .painter()
                .with_clip_rect(place.expand2(vec2(0.0, 60.0)).intersect(ui.clip_rect()));
            let after = painter.text(pos2(left, top), Align2::LEFT_TOP, title, body, p.text);
            painter.text(
                after.right_top() + vec2(10.0, 1.0),
                Align2::LEFT_TOP,
                note,
                small.clone(),
                p.waiting,
            );
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            painter.image(picture.id(), place, whole, Color32::WHITE);
            if let Some(at) = found.at {
                let at = place.min + vec2(at[0], at[1]) / INPUT_SIZE as f32 * side;
                painter.circle(at, 4.5, p.prediction, Stroke::new(1.2, Color32::BLACK));
            }
            let response = ui.allocate_rect(place, Sense::hover());
            response.widget_info(|| {
                WidgetInfo::labeled(Role::Image, true, format!("Heat: {title} {note}"))
            });
            heat_key(ui, heat, pos2(left, place.bottom() + 10.0));
        }
    }
}

/// The colours of a heat map and what they stand for.
fn heat_key(ui: &Ui, heat: &HeatMap, at: egui::Pos2) {
    let p = theme::palette(ui.ctx());
    let colours = match heat.signed {
        true => ColourMap::Signed,
        false => ColourMap::Magma,
    };
    let table = colours.table();
    const STEPS: usize = 32;
    let wide = 150.0;
    let mut mesh = egui::Mesh::default();
    for step in 0..STEPS {
        let [r, g, b] = table[(2 * step + 1) * 128 / STEPS].map(|v| (255.0 * v).round() as u8);
        let left = at.x + wide * step as f32 / STEPS as f32;
        let piece = Rect::from_min_size(pos2(left, at.y), vec2(wide / STEPS as f32, theme::BAR));
        mesh.add_colored_rect(piece, Color32::from_rgb(r, g, b));
    }
    ui.painter().add(egui::Shape::mesh(mesh));
    let reach = heat.reach();
    let low = if heat.signed { -reach } else { 0.0 };
    let words = format!(
        "{} … {} {}",
        super::grid::number(low),
        super::grid::number(reach),
        heat.unit
    );
    let place = at + vec2(wide + 8.0, 0.5 * theme::BAR);
    let font = theme::font(theme::SMALL);
    ui.painter()
        .text(place, Align2::LEFT_CENTER, words, font, p.quiet);
}
