//! The feature maps of one layer, tower by tower: the paper's Figure 6 for the face at hand, drawn
//! from the network's own buffers. State here; the grids in [`grid`], one channel in [`channel`].

mod channel;
mod grid;
mod toolbar;

use std::sync::Arc;

use eframe::egui::{self, ColorImage, Rect, TextureHandle, TextureOptions, Ui, vec2};

use super::theme;
use crate::compute::{Grid, MapPainter};
use crate::engine::{LayerMaps, Request, TowerMaps};
use crate::figure::{ColourMap, GridLook, Scale, Stats};
use crate::label::INPUT_SIZE;
use crate::model::Layer;

/// Which layer is shown and how, and its maps as far as they have come.
pub struct FeatureView {
    pub layer: Layer,
    /// Whether maps for what is shown now were asked for.
    pub asked: bool,
    painter: Option<Arc<MapPainter>>,
    shown: Option<Shown>,
    look: Look,
    pointer: Option<Pointer>,
    /// The newest value that came for a place under the pointer.
    value: Option<(Pointer, f32)>,
    /// Tower and channel that are looked at closely.
    selected: (usize, u32),
    /// Strength of the channel over the face, 0 to 1.
    heat: f32,
}

/// How maps are shown, whatever the layer.
#[derive(Clone, Copy, PartialEq)]
struct Look {
    scale: ScaleChoice,
    /// Ends of the fixed range.
    fixed: (f32, f32),
    colours: ColourMap,
    sort: Sort,
    hide_dead: bool,
    /// Size of a map beside that at which the grid fits the pane.
    zoom: f32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ScaleChoice {
    Layer,
    Channel,
    Fixed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Channel,
    Mean,
    Max,
    Sparsity,
}

/// A place in a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pointer {
    /// `None` where the pointer is on the face and means every map.
    map: Option<(usize, u32)>,
    x: u32,
    y: u32,
}

struct Shown {
    layer: Layer,
    towers: Vec<Tower>,
    input: TextureHandle,
    /// The selected channel over the face, with what it was made for.
    heat: Option<(GridLook, usize, Arc<Grid>)>,
}

struct Tower {
    maps: TowerMaps,
    grid: Option<Arc<Grid>>,
}

impl Default for FeatureView {
    fn default() -> Self {
        Self {
            layer: Layer::Conv1_2,
            asked: false,
            painter: None,
            shown: None,
            look: Look {
                scale: ScaleChoice::Channel,
                fixed: (0.0, 1.0),
                colours: ColourMap::default(),
                sort: Sort::Channel,
                hide_dead: false,
                zoom: 1.0,
            },
            pointer: None,
            value: None,
            selected: (0, 0),
            heat: 0.75,
        }
    }
}

impl FeatureView {
    pub fn new(painter: Option<Arc<MapPainter>>) -> Self {
        Self {
            painter,
            ..Self::default()
        }
    }

    pub fn take(&mut self, ctx: &egui::Context, maps: LayerMaps) {
        if maps.layer != self.layer {
            return;
        }
        let size = [maps.input.width() as usize, maps.input.height() as usize];
        let input = ColorImage::from_rgb(size, maps.input.as_raw());
        self.value = None;
        if let Some((tower, channel)) = maps.towers.get(self.selected.0).map(|t| {
            (
                self.selected.0,
                self.selected.1.min(t.channels() as u32 - 1),
            )
        }) {
            self.selected = (tower, channel);
        }
        self.shown = Some(Shown {
            layer: maps.layer,
            input: ctx.load_texture("network input", input, TextureOptions::LINEAR),
            towers: maps
                .towers
                .into_iter()
                .map(|maps| Tower { maps, grid: None })
                .collect(),
            heat: None,
        });
    }

    /// A value has come for a place that was asked for.
    pub fn take_value(&mut self, channel: u32, x: u32, y: u32, values: &[f32]) {
        if let Some(at) = self.pointer
            && let Some((_, asked)) = at.map
            && (asked, at.x, at.y) == (channel, x, y)
            && let Some(value) = values.first()
        {
            self.value = Some((at, *value));
        }
    }

    /// Draws the pane; what it wants from the engine is in `ask`.
    pub fn ui(&mut self, ui: &mut Ui, available: &[Layer], ask: &mut Vec<Request>) {
        self.toolbar_ui(ui, available);
        let foot = 30.0;
        let room = ui.available_size() - vec2(0.0, foot);
        let before = self.pointer;
        ui.allocate_ui(room, |ui| {
            ui.set_min_size(room);
            self.towers_ui(ui);
        });
        self.foot_ui(ui);
        if self.pointer != before
            && let Some(at) = self.pointer
            && let Some((tower, channel)) = at.map
            && let Some(shown) = &self.shown
            && let Some(tower) = shown.towers.get(tower)
        {
            ask.push(Request::Values {
                towers: vec![tower.maps.clone()],
                channel,
                x: at.x,
                y: at.y,
            });
        }
    }

    fn towers_ui(&mut self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        let (Some(painter), Some(shown)) = (self.painter.clone(), self.shown.as_ref()) else {
            let words = match self.painter {
                Some(_) => "computing the maps of this layer…",
                None => "no graphics device to draw maps with",
            };
            ui.add_space(24.0);
            ui.horizontal(|ui| {
                ui.add_space(12.0);
                ui.colored_label(p.quiet, words);
            });
            return;
        };
        let (gap, n) = (16.0, shown.towers.len().max(1) as f32);
        let width = (ui.available_width() - 28.0 - gap * (n - 1.0)) / n;
        let most = shown.towers.iter().map(|t| t.maps.channels()).max();
        let room = ui.available_height() - 36.0;
        let columns = columns(most.unwrap_or(1), width, room, self.look.zoom);
        let mut pointer = None;
        egui::ScrollArea::vertical()
            .auto_shrink([false, false])
            .show(ui, |ui| {
                ui.horizontal_top(|ui| {
                    ui.add_space(12.0);
                    ui.spacing_mut().item_spacing.x = gap;
                    for index in 0..n as usize {
                        ui.vertical(|ui| {
                            ui.set_width(width);
                            let found = self.tower_ui(ui, &painter, index, width, columns);
                            pointer = pointer.or(found);
                        });
                    }
                });
            });
        // A pointer on the face stands until the next frame's pane replaces it.
        if pointer.is_some() || self.pointer.is_some_and(|at| at.map.is_some()) {
            self.pointer = pointer;
        }
    }

    /// The range of colours of a channel.
    fn range(&self, look: &GridLook, stats: &[Stats], channel: u32) -> (f32, f32) {
        let own = stats.get(channel as usize).copied().unwrap_or_default();
        look.range(&own, &stats.last().copied().unwrap_or_default())
    }

    fn scale(&self) -> Scale {
        match self.look.scale {
            ScaleChoice::Layer => Scale::Layer,
            ScaleChoice::Channel => Scale::Channel,
            ScaleChoice::Fixed => Scale::Fixed(self.look.fixed.0, self.look.fixed.1),
        }
    }

    /// Where the pointer is on the network's input, 0 to 1 across, and the side of the receptive
    /// field there.
    fn place_on_input(&self) -> Option<(egui::Pos2, f32)> {
        let (at, shown) = (self.pointer?, self.shown.as_ref()?);
        let (side, step) = shown.layer.receptive_field();
        let place = |v: u32| (v as f32 + 0.5) * step as f32 / INPUT_SIZE as f32;
        let side = side as f32 / INPUT_SIZE as f32;
        Some((egui::pos2(place(at.x), place(at.y)), side))
    }
}

/// So many columns that the grid of `channels` maps fits into `width` × `height` points, with
/// maps of at least a size that can be seen.
fn columns(channels: usize, width: f32, height: f32, zoom: f32) -> u32 {
    const SMALLEST: f32 = 26.0;
    let most = (width / SMALLEST).floor().max(1.0) as usize;
    let fits = |columns: &usize| {
        let cell = width / *columns as f32;
        channels.div_ceil(*columns) as f32 * cell <= height
    };
    let columns = (1..=most).find(fits).unwrap_or(most);
    ((columns as f32 / zoom).round() as u32).clamp(1, channels.max(1) as u32)
}

/// The channels in the order in which they are shown.
fn order(look: &Look, stats: &[Stats]) -> Vec<u32> {
    let channels = stats.len().saturating_sub(1);
    let mut order: Vec<u32> = (0..channels as u32).collect();
    let stat = |c: &u32| &stats[*c as usize];
    if look.hide_dead {
        order.retain(|c| !stat(c).is_dead());
    }
    // Largest first; equal ones stay in their own order.
    let key = |s: &Stats| match look.sort {
        Sort::Channel => 0.0,
        Sort::Mean => s.mean,
        Sort::Max => s.max,
        Sort::Sparsity => s.sparsity,
    };
    order.sort_by(|a, b| key(stat(b)).total_cmp(&key(stat(a))));
    order
}

/// A rectangle `side` across around `at`, both in shares of `whole`, and no larger than it.
fn share_of(whole: Rect, at: egui::Pos2, side: f32) -> Rect {
    let centre = whole.min + at.to_vec2() * whole.size();
    Rect::from_center_size(centre, whole.size() * side).intersect(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grids_fit_their_pane_while_maps_can_be_seen() {
        assert_eq!(columns(64, 400.0, 400.0, 1.0), 8);
        assert_eq!(columns(64, 400.0, 700.0, 1.0), 7);
        assert_eq!(columns(512, 400.0, 400.0, 1.0), 15);
        assert_eq!(columns(64, 400.0, 400.0, 2.0), 4);
        assert_eq!(columns(1, 10.0, 400.0, 1.0), 1);
    }

    #[test]
    fn channels_are_sorted_largest_first() {
        let stats: Vec<Stats> = [1.0, 0.0, 3.0, 3.0]
            .map(|mean| Stats {
                mean,
                max: mean,
                ..Stats::default()
            })
            .to_vec();
        let look = Look {
            sort: Sort::Mean,
            hide_dead: true,
            ..FeatureView::default().look
        };
        assert_eq!(order(&look, &stats), [2, 0]);
    }
}
