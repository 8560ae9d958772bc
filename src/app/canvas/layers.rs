//! What is drawn over a photo: which layers, how large and how strong, and in which colours. Kept
//! with the session.

use eframe::egui::{self, Color32, Painter, Pos2, Rect, Role, Sense, Ui, WidgetInfo, vec2};
use serde::{Deserialize, Serialize};

use crate::app::widgets::theme;
use crate::figure::{Colour, LABEL, PREDICTION};

/// How a layer looks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Look {
    pub on: bool,
    /// Times the usual size.
    pub size: f32,
    /// 0 to 1.
    pub opacity: f32,
}

const ON: Look = Look {
    on: true,
    size: 1.0,
    opacity: 1.0,
};
const OFF: Look = Look { on: false, ..ON };

/// The layers, from the lowest.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Layers {
    pub photo: Look,
    pub face_box: Look,
    pub circles: Look,
    pub lines: Look,
    pub labels: Look,
    /// What another predictor found.
    pub other: Look,
    pub prediction: Look,
    pub names: Look,
    pub colours: Colours,
}

impl Default for Layers {
    fn default() -> Self {
        Self {
            photo: ON,
            face_box: ON,
            circles: ON,
            lines: ON,
            labels: ON,
            other: ON,
            prediction: ON,
            names: OFF,
            colours: Colours::Paper,
        }
    }
}

/// The colours of points. Shapes differ too: labels are squares, predictions discs, another
/// predictor's points diamonds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Colours {
    /// Red and green, as in the paper's Figure 4.
    #[default]
    Paper,
    /// Blue and orange, which people with any colour vision tell apart.
    Safe,
}

impl Colours {
    pub fn label(self) -> Colour {
        match self {
            Self::Paper => LABEL,
            Self::Safe => [0xff, 0xb0, 0x00],
        }
    }

    pub fn prediction(self) -> Colour {
        match self {
            Self::Paper => PREDICTION,
            Self::Safe => [0x4c, 0x9b, 0xff],
        }
    }

    pub fn other(self) -> Colour {
        match self {
            Self::Paper => [0xff, 0xc1, 0x4d],
            Self::Safe => [0xe8, 0xe4, 0xdc],
        }
    }
}

impl Layers {
    fn rows(&mut self) -> [(&'static str, &mut Look, bool); 8] {
        [
            ("photo", &mut self.photo, false),
            ("box", &mut self.face_box, true),
            ("α·L circles", &mut self.circles, true),
            ("lines", &mut self.lines, true),
            ("labels", &mut self.labels, true),
            ("predictions", &mut self.prediction, true),
            ("other predictions", &mut self.other, true),
            ("names", &mut self.names, true),
        ]
    }

    /// Everything about the layers, in a popup that stays open while it is used.
    pub fn menu_ui(&mut self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        ui.set_min_width(300.0);
        let grid = egui::Grid::new("layers")
            .num_columns(3)
            .spacing([12.0, 4.0]);
        grid.show(ui, |ui| {
            for heading in ["layer", "size", "opacity"] {
                ui.label(
                    egui::RichText::new(heading)
                        .size(theme::CAPTION)
                        .color(p.quiet),
                );
            }
            ui.end_row();
            for (name, look, sized) in self.rows() {
                ui.checkbox(&mut look.on, name)
                    .on_hover_text(format!("Show or hide: {name}"));
                let range = 0.25..=4.0;
                if sized {
                    slider(ui, &mut look.size, range, &format!("Size of {name}"));
                } else {
                    ui.label("");
                }
                slider(
                    ui,
                    &mut look.opacity,
                    0.0..=1.0,
                    &format!("Opacity of {name}"),
                );
                ui.end_row();
            }
        });
        ui.separator();
        ui.horizontal(|ui| {
            ui.colored_label(p.quiet, "colours");
            for (colours, name, about) in [
                (
                    Colours::Paper,
                    "Figure 4",
                    "Red labels, green predictions, as in the paper",
                ),
                (
                    Colours::Safe,
                    "colour-blind safe",
                    "Orange labels, blue predictions",
                ),
            ] {
                ui.selectable_value(&mut self.colours, colours, name)
                    .on_hover_text(about);
            }
            // One press resets much; the next one puts it back.
            let id = egui::Id::unique("layers before they were reset");
            let before = ui.data(|d| d.get_temp::<Self>(id));
            match before.filter(|_| *self == Self::default()) {
                Some(before) => {
                    let tip = "All layers as before they were reset";
                    if ui.button("Put back").on_hover_text(tip).clicked() {
                        *self = before;
                    }
                }
                None => {
                    let tip = "All layers as at first";
                    if ui.button("Reset").on_hover_text(tip).clicked() {
                        ui.data_mut(|d| d.insert_temp(id, *self));
                        *self = Self::default();
                    }
                }
            }
        });
        ui.horizontal(|ui| {
            for (sign, tint, name) in [
                (Sign::Square, self.colours.label(), "label"),
                (Sign::Disc, self.colours.prediction(), "prediction"),
                (Sign::Diamond, self.colours.other(), "other"),
            ] {
                sign_ui(ui, sign, tint);
                ui.colored_label(p.quiet, name);
            }
        });
    }
}

/// The shapes of points.
#[derive(Clone, Copy)]
pub enum Sign {
    Square,
    Disc,
    Diamond,
}

fn sign_ui(ui: &mut Ui, sign: Sign, colour: Colour) {
    let (rect, _) = ui.allocate_exact_size(vec2(12.0, 12.0), Sense::hover());
    paint_sign(ui.painter(), rect.center(), sign, colour);
}

/// A point's shape, as on the photo.
pub fn paint_sign(painter: &Painter, at: Pos2, sign: Sign, [r, g, b]: Colour) {
    let tint = Color32::from_rgb(r, g, b);
    match sign {
        Sign::Square => {
            painter.rect_filled(Rect::from_center_size(at, vec2(8.0, 8.0)), 0, tint);
        }
        Sign::Disc => {
            painter.circle_filled(at, 4.5, tint);
        }
        Sign::Diamond => {
            let ends = [(0.0, -5.5), (5.5, 0.0), (0.0, 5.5), (-5.5, 0.0)];
            let points = ends.map(|(x, y)| at + vec2(x, y)).to_vec();
            painter.add(egui::Shape::convex_polygon(
                points,
                tint,
                egui::Stroke::NONE,
            ));
        }
    }
}

fn slider(ui: &mut Ui, value: &mut f32, range: std::ops::RangeInclusive<f32>, name: &str) {
    ui.spacing_mut().slider_width = 84.0;
    let slider = egui::Slider::new(value, range)
        .show_value(false)
        .trailing_fill(true);
    let slider = ui.add(slider);
    slider.widget_info(|| WidgetInfo::labeled(Role::Slider, true, name));
    slider.on_hover_text(format!("{name}: {value:.2}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_survive_being_kept_and_old_ones_fill_up() {
        let mut layers = Layers::default();
        layers.names.on = true;
        layers.labels.opacity = 0.5;
        layers.colours = Colours::Safe;
        let text = serde_json::to_string(&layers).unwrap();
        assert_eq!(serde_json::from_str::<Layers>(&text).unwrap(), layers);
        let old: Layers = serde_json::from_str(r#"{"colours":"safe"}"#).unwrap();
        assert_eq!(old.prediction, ON);
        assert_eq!(old.colours, Colours::Safe);
    }
}
