//! The panes and how they stand: a workspace is a tree of panes that can be dragged, split, put
//! behind tabs, closed and opened again.

mod draw;

use std::collections::BTreeMap;

use eframe::egui::{self, Rect};
use egui_tiles::{Container, Linear, LinearDir, Shares, Tile, TileId, Tiles, Tree};

use crate::app::command::pane::{Pane, Side, Workspace};

/// The workspaces, each with its tree.
#[derive(Clone)]
pub struct Layout {
    pub workspace: Workspace,
    /// Whether a tree is out to be drawn: what changes trees waits until it is back.
    pub drawing: bool,
    trees: Vec<Tree<Pane>>,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            workspace: Workspace::Photos,
            drawing: false,
            trees: Workspace::ALL.map(preset).into(),
        }
    }
}

impl Layout {
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

    /// Where the largest pane is.
    pub fn largest(&self) -> Option<Rect> {
        let tiles = &self.tree().tiles;
        let panes = tiles.iter().filter(|(_, t)| matches!(t, Tile::Pane(_)));
        let rects = panes.filter_map(|(id, _)| tiles.rect(*id));
        rects.max_by(|a, b| a.area().total_cmp(&b.area()))
    }

    fn tree_mut(&mut self) -> &mut Tree<Pane> {
        &mut self.trees[self.workspace as usize]
    }

    /// Whether the workspace at hand has this pane.
    pub fn has(&self, pane: Pane) -> bool {
        self.tree().tiles.find_pane(&pane).is_some()
    }

    /// Whether a pane of the workspace at hand is in sight: not closed, nor behind another's tab.
    pub fn sees(&self, pane: Pane) -> bool {
        let tree = self.tree();
        let tile = tree.tiles.find_pane(&pane);
        tile.is_some_and(|tile| tree.active_tiles().contains(&tile))
    }

    /// Gives panes whose words would be cut in a window of this width some of the width of those
    /// that show a picture. Returns the shares before and as they are now, for [`Self::give_back`].
    fn widen(&mut self, width: f32, comparing: bool) -> Option<[Shares; 2]> {
        let tree = self.tree_mut();
        let root = tree.root?;
        let needed = |id: TileId| least_width(&tree.tiles, id, comparing);
        let Some(Tile::Container(Container::Linear(row))) = tree.tiles.get(root) else {
            return None;
        };
        if row.dir != LinearDir::Horizontal {
            return None;
        }
        let children = row.children.iter().copied();
        let children: Vec<TileId> = children.filter(|c| tree.tiles.is_visible(*c)).collect();
        let widths = row.shares.split(&children, width);
        let widths = widened(
            &widths,
            &children.iter().map(|c| needed(*c)).collect::<Vec<_>>(),
        )?;
        let Some(Tile::Container(Container::Linear(row))) = tree.tiles.get_mut(root) else {
            return None;
        };
        let before = row.shares.clone();
        for (child, width) in children.iter().zip(widths) {
            row.shares.set_share(*child, width);
        }
        Some([before, row.shares.clone()])
    }

    /// Puts shares back that were changed for a narrow window, unless somebody has moved a border.
    fn give_back(&mut self, [before, widened]: [Shares; 2]) {
        let tree = self.tree_mut();
        let row = tree.root.and_then(|root| tree.tiles.get_mut(root));
        if let Some(Tile::Container(Container::Linear(row))) = row
            && row.shares == widened
        {
            row.shares = before;
        }
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
        *self.tree_mut() = preset(self.workspace);
    }

    /// Takes the panes of another layout; the workspace stays.
    pub fn take_panes(&mut self, from: Self) {
        self.trees = from.trees;
    }

    pub fn reset_all(&mut self) {
        self.trees = Workspace::ALL.map(preset).into();
    }
}

/// Width below which words in a pane are cut, in points; `None` of what shows a picture or plots,
/// which are as good when they are smaller.
fn least_of(pane: Pane, comparing: bool) -> Option<f32> {
    match pane {
        Pane::Gallery => Some(164.0),
        Pane::Attributes if comparing => Some(300.0),
        Pane::Attributes => Some(260.0),
        Pane::Channel => Some(220.0),
        Pane::Runs => Some(196.0),
        Pane::NewRun => Some(244.0),
        Pane::Canvas | Pane::Maps | Pane::Plots | Pane::Report | Pane::Log => None,
    }
}

/// The same of panes that stand together; of panes beside each other, nothing is known.
fn least_width(tiles: &Tiles<Pane>, id: TileId, comparing: bool) -> Option<f32> {
    match tiles.get(id)? {
        Tile::Pane(pane) => least_of(*pane, comparing),
        Tile::Container(Container::Linear(row)) if row.dir == LinearDir::Horizontal => None,
        Tile::Container(container) => {
            let all = container.children().copied();
            let all = all.map(|child| least_width(tiles, child, comparing));
            let all: Option<Vec<f32>> = all.collect();
            all.map(|all| all.into_iter().fold(0.0, f32::max))
        }
    }
}

/// Widths of which none is below what it needs, as long as the others have something to give; `None`
/// where nothing has to change.
fn widened(widths: &[f32], needed: &[Option<f32>]) -> Option<Vec<f32>> {
    /// What is left to those that give.
    const LEFT: f32 = 230.0;
    let lacks =
        |(width, needed): (&f32, &Option<f32>)| needed.map_or(0.0, |n| (n - width).max(0.0));
    let gives = |(width, needed): (&f32, &Option<f32>)| match needed {
        None => (width - LEFT).max(0.0),
        Some(_) => 0.0,
    };
    let each = || widths.iter().zip(needed);
    let (lacking, given) = (
        each().map(lacks).sum::<f32>(),
        each().map(gives).sum::<f32>(),
    );
    let moved = lacking.min(given);
    if moved <= 0.0 {
        return None;
    }
    let change = |one: (&f32, &Option<f32>)| {
        one.0 + lacks(one) * moved / lacking - gives(one) * moved / given
    };
    Some(each().map(change).collect())
}

/// How its panes stand at first, with their shares of the width.
fn preset(workspace: Workspace) -> Tree<Pane> {
    let panes: &[(Pane, f32)] = match workspace {
        Workspace::Photos | Workspace::Review => &[
            (Pane::Gallery, 0.19),
            (Pane::Canvas, 0.57),
            (Pane::Attributes, 0.24),
        ],
        Workspace::Features => &[
            (Pane::Gallery, 0.19),
            (Pane::Maps, 0.6),
            (Pane::Channel, 0.21),
        ],
        Workspace::Training => &[(Pane::Runs, 0.2), (Pane::Plots, 0.56), (Pane::NewRun, 0.24)],
        Workspace::Report => &[
            (Pane::Gallery, 0.19),
            (Pane::Report, 0.5),
            (Pane::Canvas, 0.31),
        ],
    };
    row(&workspace.id(), panes)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_come_back_and_broken_ones_give_way() {
        let mut panes = Layout::default();
        panes.toggle(Pane::Log);
        panes.toggle(Pane::Attributes);
        panes.workspace = Workspace::Training;
        panes.show(Pane::Gallery);
        let (workspace, mut layouts) = panes.to_settings();
        let (mut back, whole) = Layout::from_settings(&workspace, &layouts);
        assert!(whole && back.workspace == Workspace::Training && back.has(Pane::Gallery));
        back.workspace = Workspace::Photos;
        assert!(back.has(Pane::Log) && !back.has(Pane::Attributes) && back.has(Pane::Canvas));
        back.reset();
        assert!(!back.has(Pane::Log) && back.has(Pane::Attributes));

        layouts.insert(
            "Photos".into(),
            serde_json::json!({"root": 77, "of": "later"}),
        );
        let (back, whole) = Layout::from_settings("Nowhere", &layouts);
        assert!(!whole && back.workspace == Workspace::Photos && back.has(Pane::Attributes));
    }

    #[test]
    fn a_narrow_pane_takes_its_width_from_the_photo() {
        let needed = [Some(160.0), None, Some(250.0)];
        assert_eq!(widened(&[240.0, 730.0, 300.0], &needed), None);
        let narrow = widened(&[146.0, 438.0, 184.0], &needed).unwrap();
        assert_eq!(narrow, [160.0, 358.0, 250.0]);
        // What it takes is given in parts where there is too little.
        let tiny = widened(&[100.0, 250.0, 200.0], &needed).unwrap();
        assert!(tiny[0] > 100.0 && tiny[1] == 230.0 && tiny[2] > 200.0);
        assert_eq!(widened(&[100.0, 200.0, 200.0], &needed), None);

        let mut layout = Layout::default();
        let before = layout.to_settings();
        let shares = layout.widen(770.0, true).unwrap();
        assert_ne!(layout.to_settings(), before);
        layout.give_back(shares);
        assert_eq!(
            layout.to_settings(),
            before,
            "a wide window has the shares of before"
        );
        assert!(layout.widen(1280.0, true).is_none());
    }

    #[test]
    fn every_pane_can_be_closed_and_opened_again() {
        let mut panes = Layout::default();
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
        let mut tree = preset(Workspace::Photos);
        assert!(is_sound(&tree));
        dock(&mut tree, Pane::Canvas);
        assert!(!is_sound(&tree));
        let mut tree = preset(Workspace::Photos);
        let gone = tree.tiles.find_pane(&Pane::Canvas).unwrap();
        tree.tiles.remove(gone);
        assert!(!is_sound(&tree));
    }
}
