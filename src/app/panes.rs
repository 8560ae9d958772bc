//! The panes and how they stand: the bar above, the workspaces, the line below the photo.

use eframe::egui::{self, Align, Align2, Layout, Role, Sense, Stroke, Ui, WidgetInfo, vec2};
use egui_tiles::{Behavior, Container, Linear, LinearDir, TileId, Tiles, Tree, UiResponse};

use super::command::Command;
use super::gallery::header_ui;
use super::item::Picture;
use super::{Studio, theme};
use crate::dataset::BoxSource;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workspace {
    Photos,
    Features,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    Gallery,
    Canvas,
    Attributes,
    Maps,
    Channel,
}

pub struct Panes {
    pub workspace: Workspace,
    photos: Tree<Pane>,
    features: Tree<Pane>,
}

impl Default for Panes {
    fn default() -> Self {
        Self {
            workspace: Workspace::Photos,
            photos: row(
                "photos",
                &[
                    (Pane::Gallery, 0.19),
                    (Pane::Canvas, 0.57),
                    (Pane::Attributes, 0.24),
                ],
            ),
            features: row(
                "features",
                &[
                    (Pane::Gallery, 0.16),
                    (Pane::Maps, 0.64),
                    (Pane::Channel, 0.2),
                ],
            ),
        }
    }
}

/// Panes side by side with their shares of the width.
fn row(name: &str, panes: &[(Pane, f32)]) -> Tree<Pane> {
    let mut tiles = Tiles::default();
    let ids: Vec<TileId> = panes.iter().map(|(p, _)| tiles.insert_pane(*p)).collect();
    let mut linear = Linear::new(LinearDir::Horizontal, ids.clone());
    for (id, (_, share)) in ids.iter().zip(panes) {
        linear.shares.set_share(*id, *share);
    }
    let root = tiles.insert_new(egui_tiles::Tile::Container(Container::Linear(linear)));
    Tree::new(egui::Id::unique(name), root, tiles)
}

struct Draw<'a> {
    studio: &'a mut Studio,
}

impl Behavior<Pane> for Draw<'_> {
    fn pane_ui(&mut self, ui: &mut Ui, _tile: TileId, pane: &mut Pane) -> UiResponse {
        let p = theme::palette(ui.ctx());
        let fill = if *pane == Pane::Canvas {
            p.canvas
        } else {
            p.pane
        };
        ui.painter().rect_filled(ui.max_rect(), 0, fill);
        match pane {
            Pane::Gallery => self.studio.gallery_pane_ui(ui),
            Pane::Canvas => self.studio.canvas_pane_ui(ui),
            Pane::Attributes => {
                let studio = &mut *self.studio;
                let item = studio.list.shown();
                let schema = studio.network.as_ref().map(|n| &n.schema);
                studio.view.attributes.ui(ui, item, schema);
            }
            Pane::Maps => self.studio.maps_pane_ui(ui),
            Pane::Channel => self.studio.channel_pane_ui(ui),
        }
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, pane: &Pane) -> egui::WidgetText {
        format!("{pane:?}").into()
    }

    fn gap_width(&self, _style: &egui::Style) -> f32 {
        1.0
    }

    fn simplification_options(&self) -> egui_tiles::SimplificationOptions {
        egui_tiles::SimplificationOptions {
            all_panes_must_have_tabs: false,
            ..Default::default()
        }
    }
}

impl Studio {
    pub(super) fn window_ui(&mut self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        let bar = egui::Frame::new()
            .fill(p.window)
            .inner_margin(egui::Margin::symmetric(12, 6));
        egui::Panel::top("bar")
            .frame(bar)
            .show(ui, |ui| self.bar_ui(ui));
        let plain = egui::Frame::new().fill(p.hairline);
        egui::CentralPanel::default().frame(plain).show(ui, |ui| {
            let mut tree = match self.panes.workspace {
                Workspace::Photos => std::mem::replace(
                    &mut self.panes.photos,
                    Tree::empty(egui::Id::unique("moved")),
                ),
                Workspace::Features => std::mem::replace(
                    &mut self.panes.features,
                    Tree::empty(egui::Id::unique("moved")),
                ),
            };
            let shown = self.panes.workspace;
            tree.ui(&mut Draw { studio: self }, ui);
            match shown {
                Workspace::Photos => self.panes.photos = tree,
                Workspace::Features => self.panes.features = tree,
            }
        });
    }

    fn bar_ui(&mut self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.label(egui::RichText::new("SMN").strong().size(14.0).color(p.text));
            ui.label(
                egui::RichText::new("Studio")
                    .strong()
                    .size(14.0)
                    .color(p.prediction),
            );
            ui.add_space(14.0);
            for (command, workspace) in [
                (Command::Photos, Workspace::Photos),
                (Command::Features, Workspace::Features),
            ] {
                let shown = self.panes.workspace == workspace;
                let button = ui.selectable_label(shown, command.name());
                if tooltip(button, command).clicked() {
                    self.run(&ui.ctx().clone(), command);
                }
            }
            ui.add_space(10.0);
            for command in [Command::Open, Command::OpenFolder] {
                if tooltip(ui.button(command.name()), command).clicked() {
                    self.run(&ui.ctx().clone(), command);
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 8.0;
                self.facts_ui(ui);
                self.sweep_ui(ui);
                for command in [Command::Help, Command::Theme, Command::Palette] {
                    if tooltip(ui.button(command.name()), command).clicked() {
                        self.run(&ui.ctx().clone(), command);
                    }
                }
            });
        });
    }

    /// Device, latency and network: what computes, and what is computed.
    fn facts_ui(&self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        let latency = self.view.latency.map_or(String::new(), |l| {
            format!(" · {:.1} ms", 1000.0 * l.as_secs_f64())
        });
        let Some(network) = &self.network else {
            chip(
                ui,
                p.waiting,
                "loading weights…",
                "The network is being read",
            );
            return;
        };
        let device = format!("{}{latency}", network.device);
        let about = format!(
            "The network runs on {}; the window is drawn by {}",
            network.device, self.tier
        );
        chip(ui, p.working, &device, &about);
        let name = std::path::Path::new(&network.origin)
            .file_name()
            .map_or_else(
                || network.origin.clone(),
                |n| n.to_string_lossy().into_owned(),
            );
        let terms = if network.license.is_empty() {
            "not stated"
        } else {
            &network.license
        };
        let about = format!(
            "{}\n{} parameters\nfrom {}\nterms: {terms}",
            network.title, network.parameters, network.origin
        );
        chip(
            ui,
            p.prediction,
            &format!("{} · {name}", network.title),
            &about,
        );
    }

    /// Progress of predicting the whole list, and its end.
    fn sweep_ui(&mut self, ui: &mut Ui) {
        let Some(sweep) = self.sweep else {
            return;
        };
        let p = theme::palette(ui.ctx());
        let stop = Command::StopPredicting;
        if tooltip(ui.small_button("×"), stop).clicked() {
            self.run(&ui.ctx().clone(), stop);
        }
        let about = "Predicting every face of the list";
        chip(ui, p.waiting, &sweep.words(), about);
    }

    fn canvas_pane_ui(&mut self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        let Some(face) = self.list.shown() else {
            header_ui(ui, "No photo", "");
            hint_ui(
                ui,
                "Drop a photo, a folder, a data set or weights anywhere,\nor press Open.",
            );
            return;
        };
        if let Picture::Failed(why) = &face.item.state {
            header_ui(ui, &face.name(), "");
            hint_ui(ui, why);
            return;
        }
        self.canvas_header_ui(ui);
        let room = ui.available_height() - 32.0;
        let Some(texture) = self.texture(&ui.ctx().clone()) else {
            hint_ui(ui, "reading the photo…");
            return;
        };
        let schema = self.schema();
        let Some(face) = self.list.shown() else {
            return;
        };
        let (layers, canvas) = (self.view.layers, &mut self.view.canvas);
        let (moved, percent) = ui
            .allocate_ui(vec2(ui.available_width(), room.max(50.0)), |ui| {
                canvas.ui(ui, face, &texture, &schema, layers)
            })
            .inner;
        self.view.zoom_percent = percent;
        if let Some(face_box) = moved {
            self.move_box(face_box);
        }
        ui.painter().hline(
            ui.max_rect().x_range(),
            ui.cursor().top(),
            Stroke::new(1.0, p.hairline),
        );
        self.numbers_ui(ui);
    }

    fn canvas_header_ui(&mut self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        let Some(face) = self.list.shown() else {
            return;
        };
        let size = face
            .item
            .picture()
            .map_or(String::new(), |i| format!("{} × {}", i.width(), i.height()));
        let name = face.name();
        let layers = self.view.layers;
        let mut wanted = None;
        ui.painter().rect_filled(
            ui.max_rect()
                .split_top_bottom_at_y(ui.cursor().top() + 34.0)
                .0,
            0,
            p.pane,
        );
        ui.allocate_ui_with_layout(
            vec2(ui.available_width(), 34.0),
            Layout::left_to_right(Align::Center),
            |ui| {
                ui.add_space(12.0);
                ui.label(egui::RichText::new(name).strong());
                ui.colored_label(p.quiet, size);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    ui.add_space(10.0);
                    for command in [Command::ResetBox, Command::ActualSize, Command::Fit] {
                        if tooltip(ui.button(command.name()), command).clicked() {
                            wanted = Some(command);
                        }
                    }
                    ui.add_space(6.0);
                    for (command, on) in [
                        (Command::ToggleNames, layers.names),
                        (Command::ToggleCircles, layers.circles),
                        (Command::ToggleLabels, layers.labels),
                        (Command::TogglePrediction, layers.prediction),
                        (Command::ToggleBox, layers.face_box),
                    ] {
                        let button = ui.selectable_label(on, command.name());
                        if tooltip(button, command).clicked() {
                            wanted = Some(command);
                        }
                    }
                });
            },
        );
        if let Some(command) = wanted {
            self.run(&ui.ctx().clone(), command);
        }
    }

    /// NME and the distance of each point, the box and the zoom.
    fn numbers_ui(&self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        let schema = self.schema();
        let Some(face) = self.list.shown() else {
            return;
        };
        ui.painter()
            .rect_filled(ui.available_rect_before_wrap(), 0, p.pane);
        ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            // The right end first, so that what there is no room for is cut off in the middle.
            let end = ui.available_width();
            let (zoom, source) = (
                format!("{:.0} %", self.view.zoom_percent),
                short(face.item.source),
            );
            let room = ui.max_rect();
            ui.painter().text(
                room.right_center() - vec2(12.0, 0.0),
                Align2::RIGHT_CENTER,
                format!("box: {source}    {zoom}"),
                theme::font(theme::SMALL),
                p.quiet,
            );
            ui.set_max_width(end - 150.0);
            ui.set_clip_rect(
                room.with_max_x(room.right() - 150.0)
                    .intersect(ui.clip_rect()),
            );
            ui.add_space(2.0);
            if let Some(nme) = face.nme() {
                ui.colored_label(p.quiet, "NME");
                ui.label(egui::RichText::new(format!("{:.1} %", 100.0 * nme)).strong());
            }
            for point in face.points(&schema) {
                if let Some(off) = point.off() {
                    let (tint, mark) = match point.is_found() {
                        Some(false) => (p.label, " ×"),
                        _ => (p.prediction, ""),
                    };
                    let words = egui::RichText::new(format!("{} {off:.1}{mark}", point.title()));
                    ui.label(words.size(theme::SMALL).color(tint))
                        .on_hover_text(format!("{off:.2} px from its label"));
                }
            }
        });
    }
}

fn tooltip(response: egui::Response, command: Command) -> egui::Response {
    let ctx = response.ctx.clone();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, command.name()));
    response.on_hover_ui(move |ui| {
        ui.label(format!(
            "{}  ({})",
            command.about(),
            ctx.format_shortcut(&command.shortcut())
        ));
    })
}

/// The source of a box in a word or two.
fn short(source: BoxSource) -> &'static str {
    match source {
        BoxSource::Given => "by hand",
        BoxSource::DataSet => "data set",
        BoxSource::Aligned => "aligned",
        BoxSource::Labels => "labels",
        BoxSource::WholePicture => "whole picture",
        BoxSource::CentreSquare => "centre square",
    }
}

/// A fact in a rounded frame with a coloured dot.
fn chip(ui: &mut Ui, dot: egui::Color32, words: &str, about: &str) {
    let p = theme::palette(ui.ctx());
    let galley = ui
        .painter()
        .layout_no_wrap(words.to_owned(), theme::font(theme::SMALL), p.text);
    let size = galley.size() + vec2(30.0, 9.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    let painter = ui.painter();
    let line = Stroke::new(1.0, p.hairline);
    painter.rect(
        rect,
        rect.height() / 2.0,
        p.pane,
        line,
        egui::StrokeKind::Inside,
    );
    painter.circle_filled(rect.left_center() + vec2(12.0, 0.0), 3.0, dot);
    painter.galley(
        rect.left_center() + vec2(21.0, -galley.size().y / 2.0),
        galley,
        p.text,
    );
    response.on_hover_text(about);
}

fn hint_ui(ui: &mut Ui, words: &str) {
    let p = theme::palette(ui.ctx());
    let rect = ui.available_rect_before_wrap();
    ui.painter().rect_filled(rect, 0, p.canvas);
    let galley = ui.painter().layout(
        words.to_owned(),
        theme::font(15.0),
        p.quiet,
        (rect.width() - 60.0).max(100.0),
    );
    let at = Align2::CENTER_CENTER
        .anchor_size(rect.center(), galley.size())
        .min;
    let place = egui::Rect::from_min_size(at, galley.size());
    let response = ui.allocate_rect(place, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    ui.painter().galley(at, galley, p.quiet);
}
