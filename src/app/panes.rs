//! The panes and how they stand: a workspace is a tree of panes that can be dragged, split, put
//! behind tabs, closed and opened again.

use std::collections::BTreeMap;

use eframe::egui::{self, Rect, Sense, Stroke, Ui, vec2};
use egui_tiles::{Behavior, Container, Linear, LinearDir, Tile, TileId, Tiles, Tree, UiResponse};
use serde::{Deserialize, Serialize};

use super::command::Command;
use super::widgets::hint_ui;
use super::{Studio, theme};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workspace {
    Photos,
    Features,
    Training,
    Report,
}

impl Workspace {
    pub const ALL: [Self; 4] = [Self::Photos, Self::Features, Self::Training, Self::Report];

    pub fn command(self) -> Command {
        match self {
            Self::Photos => Command::Photos,
            Self::Features => Command::Features,
            Self::Training => Command::Training,
            Self::Report => Command::Report,
        }
    }

    /// Its name in the settings.
    fn id(self) -> String {
        format!("{self:?}")
    }

    /// How its panes stand at first, with their shares of the width.
    fn preset(self) -> Tree<Pane> {
        let panes: &[(Pane, f32)] = match self {
            Self::Photos => &[
                (Pane::Gallery, 0.19),
                (Pane::Canvas, 0.57),
                (Pane::Attributes, 0.24),
            ],
            Self::Features => &[
                (Pane::Gallery, 0.17),
                (Pane::Maps, 0.62),
                (Pane::Channel, 0.21),
            ],
            Self::Training => &[(Pane::Runs, 0.2), (Pane::Plots, 0.56), (Pane::NewRun, 0.24)],
            Self::Report => &[
                (Pane::Gallery, 0.19),
                (Pane::Report, 0.5),
                (Pane::Canvas, 0.31),
            ],
        };
        row(&self.id(), panes)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Pane {
    Gallery,
    Canvas,
    Attributes,
    Maps,
    Channel,
    Runs,
    Plots,
    NewRun,
    Report,
    Log,
}

/// Where a pane is put that is opened again, and its share there.
#[derive(Clone, Copy)]
enum Side {
    Left(f32),
    Right(f32),
    Bottom(f32),
}

impl Pane {
    pub fn title(self) -> &'static str {
        self.facts().0
    }

    pub fn command_name(self) -> &'static str {
        self.facts().1
    }

    pub fn about(self) -> &'static str {
        self.facts().2
    }

    fn side(self) -> Side {
        self.facts().3
    }

    fn facts(self) -> (&'static str, &'static str, &'static str, Side) {
        use Side::{Bottom, Left, Right};
        match self {
            Self::Gallery => (
                "Gallery",
                "Gallery pane",
                "Show or hide the list of faces",
                Left(0.19),
            ),
            Self::Canvas => (
                "Photo",
                "Photo pane",
                "Show or hide the photo with what is found on it",
                Right(0.5),
            ),
            Self::Attributes => (
                "Attributes",
                "Attributes pane",
                "Show or hide the attributes of the face",
                Right(0.24),
            ),
            Self::Maps => (
                "Maps",
                "Maps pane",
                "Show or hide the feature maps",
                Right(0.5),
            ),
            Self::Channel => (
                "Channel",
                "Channel pane",
                "Show or hide one channel, large",
                Right(0.2),
            ),
            Self::Runs => (
                "Runs",
                "Runs pane",
                "Show or hide the list of training runs",
                Left(0.2),
            ),
            Self::Plots => (
                "Progress",
                "Progress pane",
                "Show or hide the plots of a training run",
                Right(0.5),
            ),
            Self::NewRun => (
                "New run",
                "New run pane",
                "Show or hide the form that starts a training run",
                Right(0.24),
            ),
            Self::Report => (
                "Report",
                "Report pane",
                "Show or hide the measures on the opened data set",
                Right(0.5),
            ),
            Self::Log => (
                "Log",
                "Log pane",
                "Show or hide what the program had to say",
                Bottom(0.28),
            ),
        }
    }
}

/// The workspaces, each with its tree.
pub struct Panes {
    pub workspace: Workspace,
    /// Whether a tree is out to be drawn: what changes trees waits until it is back.
    pub drawing: bool,
    trees: Vec<Tree<Pane>>,
}

impl Default for Panes {
    fn default() -> Self {
        Self {
            workspace: Workspace::Photos,
            drawing: false,
            trees: Workspace::ALL.map(Workspace::preset).into(),
        }
    }
}

impl Panes {
    /// From the settings; what cannot be read gives way to the preset.
    pub fn from_settings(
        workspace: &str,
        layouts: &BTreeMap<String, serde_json::Value>,
    ) -> (Self, bool) {
        let mut panes = Self::default();
        let mut whole = true;
        for (workspace, tree) in Workspace::ALL.iter().zip(&mut panes.trees) {
            let Some(kept) = layouts.get(&workspace.id()) else {
                continue;
            };
            match serde_json::from_value::<Tree<Pane>>(kept.clone()) {
                Ok(kept) if is_sound(&kept) => *tree = kept,
                _ => whole = false,
            }
        }
        let named = Workspace::ALL.into_iter().find(|w| w.id() == workspace);
        panes.workspace = named.unwrap_or(panes.workspace);
        (panes, whole)
    }

    pub fn to_settings(&self) -> (String, BTreeMap<String, serde_json::Value>) {
        let trees = Workspace::ALL.iter().zip(&self.trees);
        let layouts = trees.filter_map(|(w, t)| Some((w.id(), serde_json::to_value(t).ok()?)));
        (self.workspace.id(), layouts.collect())
    }

    fn tree(&self) -> &Tree<Pane> {
        &self.trees[self.workspace as usize]
    }

    fn tree_mut(&mut self) -> &mut Tree<Pane> {
        &mut self.trees[self.workspace as usize]
    }

    /// Whether the workspace at hand has this pane.
    pub fn has(&self, pane: Pane) -> bool {
        self.tree().tiles.find_pane(&pane).is_some()
    }

    /// Takes a pane away, or puts it where it belongs.
    pub fn toggle(&mut self, pane: Pane) {
        let tree = self.tree_mut();
        match tree.tiles.find_pane(&pane) {
            Some(tile) if tree.is_root(tile) => tree.root = None,
            Some(tile) => {
                tree.remove_recursively(tile);
            }
            None => dock(tree, pane),
        }
    }

    /// Brings a pane to the front, opening it if it is closed.
    pub fn show(&mut self, pane: Pane) {
        if !self.has(pane) {
            self.toggle(pane);
        }
        let tree = self.tree_mut();
        let tile = tree.tiles.find_pane(&pane);
        tree.make_active(|id, _| Some(id) == tile);
    }

    /// Puts the panes of the workspace at hand back.
    pub fn reset(&mut self) {
        *self.tree_mut() = self.workspace.preset();
    }

    pub fn reset_all(&mut self) {
        self.trees = Workspace::ALL.map(Workspace::preset).into();
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
    let root = tiles.insert_new(Tile::Container(Container::Linear(linear)));
    Tree::new(egui::Id::unique(name), root, tiles)
}

/// Puts a pane beside all others.
fn dock(tree: &mut Tree<Pane>, pane: Pane) {
    let new = tree.tiles.insert_pane(pane);
    let Some(root) = tree.root else {
        tree.root = Some(new);
        return;
    };
    let (direction, children, share) = match pane.side() {
        Side::Left(share) => (LinearDir::Horizontal, vec![new, root], share),
        Side::Right(share) => (LinearDir::Horizontal, vec![root, new], share),
        Side::Bottom(share) => (LinearDir::Vertical, vec![root, new], share),
    };
    let mut linear = Linear::new(direction, children);
    linear.shares.set_share(new, share);
    linear.shares.set_share(root, 1.0 - share);
    let container = Tile::Container(Container::Linear(linear));
    tree.root = Some(tree.tiles.insert_new(container));
}

/// Whether a tree from a file can be drawn: its tiles are there, each once.
fn is_sound(tree: &Tree<Pane>) -> bool {
    let mut open: Vec<TileId> = tree.root.into_iter().collect();
    let mut seen = std::collections::HashSet::new();
    let mut panes = std::collections::HashSet::new();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            return false;
        }
        match tree.tiles.get(id) {
            Some(Tile::Container(container)) => open.extend(container.children().copied()),
            Some(Tile::Pane(pane)) => {
                if !panes.insert(*pane) {
                    return false;
                }
            }
            None => return false,
        }
    }
    true
}

struct Draw<'a> {
    studio: &'a mut Studio,
    /// A pane that asked to be closed.
    wanted: Option<Command>,
}

/// Height of a pane's header, by which it is dragged.
const HEADER: f32 = 34.0;

impl Draw<'_> {
    /// A pane is taken by its header: dragged elsewhere, or closed from its menu.
    fn grip_ui(&mut self, ui: &mut Ui, tile: TileId, pane: Pane) -> UiResponse {
        let header = Rect::from_min_size(
            ui.max_rect().min,
            vec2(ui.max_rect().width(), HEADER.min(ui.max_rect().height())),
        );
        let id = ui.scope_id().with(("grip", tile));
        let grip = ui.interact(header, id, Sense::click_and_drag());
        grip.context_menu(|ui| {
            for (words, command) in [
                (format!("Close {}", pane.title()), Command::Pane(pane)),
                (Command::ResetPanes.name().to_owned(), Command::ResetPanes),
            ] {
                if ui.button(words).clicked() {
                    self.wanted = Some(command);
                    ui.close();
                }
            }
        });
        let dragged = grip.drag_started();
        grip.on_hover_cursor(egui::CursorIcon::Grab);
        if dragged {
            UiResponse::DragStarted
        } else {
            UiResponse::None
        }
    }
}

impl Behavior<Pane> for Draw<'_> {
    fn pane_ui(&mut self, ui: &mut Ui, tile: TileId, pane: &mut Pane) -> UiResponse {
        let p = theme::palette(ui.ctx());
        let fill = if *pane == Pane::Canvas {
            p.canvas
        } else {
            p.pane
        };
        ui.painter().rect_filled(ui.max_rect(), 0, fill);
        let response = self.grip_ui(ui, tile, *pane);
        match pane {
            Pane::Gallery => self.studio.gallery_pane_ui(ui),
            Pane::Canvas => self.studio.canvas_pane_ui(ui),
            Pane::Attributes => self.studio.attributes_pane_ui(ui),
            Pane::Report => self.studio.report_pane_ui(ui),
            Pane::Maps => self.studio.maps_pane_ui(ui),
            Pane::Channel => self.studio.channel_pane_ui(ui),
            Pane::Runs => self.studio.runs_pane_ui(ui),
            Pane::Plots => self.studio.plots_pane_ui(ui),
            Pane::NewRun => self.studio.new_run_pane_ui(ui),
            Pane::Log => self.studio.log_pane.ui(ui),
        }
        response
    }

    fn tab_title_for_pane(&mut self, pane: &Pane) -> egui::WidgetText {
        pane.title().into()
    }

    fn is_tab_closable(&self, _tiles: &Tiles<Pane>, _tile: TileId) -> bool {
        true
    }

    fn tab_bar_height(&self, _style: &egui::Style) -> f32 {
        30.0
    }

    fn tab_bar_color(&self, visuals: &egui::Visuals) -> egui::Color32 {
        visuals.panel_fill
    }

    fn tab_bg_color(
        &self,
        visuals: &egui::Visuals,
        _tiles: &Tiles<Pane>,
        _tile: TileId,
        state: &egui_tiles::TabState,
    ) -> egui::Color32 {
        if state.active {
            visuals.window_fill
        } else {
            egui::Color32::TRANSPARENT
        }
    }

    fn gap_width(&self, _style: &egui::Style) -> f32 {
        1.0
    }

    fn resize_stroke(&self, style: &egui::Style, state: egui_tiles::ResizeState) -> Stroke {
        let line = style.visuals.widgets.noninteractive.bg_stroke;
        match state {
            egui_tiles::ResizeState::Idle => line,
            _ => Stroke::new(2.0, style.visuals.selection.bg_fill),
        }
    }

    fn drag_preview_stroke(&self, visuals: &egui::Visuals) -> Stroke {
        Stroke::new(1.5, visuals.selection.bg_fill)
    }

    fn drag_preview_color(&self, visuals: &egui::Visuals) -> egui::Color32 {
        visuals.selection.bg_fill.gamma_multiply(0.5)
    }

    fn min_size(&self) -> f32 {
        90.0
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
            .inner_margin(egui::Margin::symmetric(12, 8));
        egui::Panel::top("bar")
            .frame(bar)
            .show(ui, |ui| self.bar_ui(ui));
        let plain = egui::Frame::new().fill(p.hairline);
        egui::CentralPanel::default().frame(plain).show(ui, |ui| {
            let shown = self.panes.workspace as usize;
            let moved = Tree::empty(egui::Id::unique("moved"));
            let mut tree = std::mem::replace(&mut self.panes.trees[shown], moved);
            self.panes.drawing = true;
            let mut draw = Draw {
                studio: self,
                wanted: None,
            };
            tree.ui(&mut draw, ui);
            let wanted = draw.wanted;
            self.panes.trees[shown] = tree;
            self.panes.drawing = false;
            if self.panes.tree().root.is_none() {
                ui.painter().rect_filled(ui.max_rect(), 0, p.canvas);
                hint_ui(
                    ui,
                    "All panes are closed.\nThe View menu opens them, Reset panes puts them back.",
                );
            }
            self.later.extend(wanted);
        });
        for command in std::mem::take(&mut self.later) {
            self.run(&ui.ctx().clone(), command);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_come_back_and_broken_ones_give_way() {
        let mut panes = Panes::default();
        panes.toggle(Pane::Log);
        panes.toggle(Pane::Attributes);
        panes.workspace = Workspace::Training;
        panes.show(Pane::Gallery);
        let (workspace, mut layouts) = panes.to_settings();
        let (mut back, whole) = Panes::from_settings(&workspace, &layouts);
        assert!(whole && back.workspace == Workspace::Training && back.has(Pane::Gallery));
        back.workspace = Workspace::Photos;
        assert!(back.has(Pane::Log) && !back.has(Pane::Attributes) && back.has(Pane::Canvas));
        back.reset();
        assert!(!back.has(Pane::Log) && back.has(Pane::Attributes));

        layouts.insert(
            "Photos".into(),
            serde_json::json!({"root": 77, "of": "later"}),
        );
        let (back, whole) = Panes::from_settings("Nowhere", &layouts);
        assert!(!whole && back.workspace == Workspace::Photos && back.has(Pane::Attributes));
    }

    #[test]
    fn every_pane_can_be_closed_and_opened_again() {
        let mut panes = Panes::default();
        for pane in [Pane::Gallery, Pane::Canvas, Pane::Attributes] {
            panes.toggle(pane);
            assert!(!panes.has(pane));
        }
        for pane in [Pane::Log, Pane::Canvas, Pane::Gallery] {
            panes.toggle(pane);
            assert!(panes.has(pane) && is_sound(panes.tree()));
        }
    }

    #[test]
    fn a_tree_with_a_pane_twice_or_a_missing_tile_is_not_sound() {
        let mut tree = Workspace::Photos.preset();
        assert!(is_sound(&tree));
        dock(&mut tree, Pane::Canvas);
        assert!(!is_sound(&tree));
        let mut tree = Workspace::Photos.preset();
        let gone = tree.tiles.find_pane(&Pane::Canvas).unwrap();
        tree.tiles.remove(gone);
        assert!(!is_sound(&tree));
    }
}
