//! The feature maps of one layer, tower by tower: the paper's Figure 6 for the face at hand, drawn
//! from the network's own buffers; and all that one asks about them. The state of the view is
//! here; the grids are in [`grid`], one channel in [`channel`], what is asked in the other files.

mod attention;
mod cells;
mod channel;
mod compare;
mod export;
mod foot;
mod grid;
mod look;
mod muting;
mod order;
mod pairs;
mod ranking;
mod requests;
mod studies;
mod studio;
mod toolbar;
mod towers;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui::{self, ColorImage, TextureHandle, TextureOptions, Ui, vec2};

use crate::app::command::keys::Keys;
use crate::app::export::Target;
use crate::app::faces::list::List;
use crate::app::widgets::theme;
use crate::engine::{CompareTicket, FaceKey, NetworkInfo, StudyKind, TowerMaps, ValuesTicket};
use crate::figure::GridStyle;
use crate::humanize::title;
use crate::label::Point;
use crate::map_painter::{Grid, MapBuffer, MapPainter};
use crate::model::{Layer, Mask, TapLayer, TowerId};

pub use export::EXPORT;
pub use order::Favourites;

use attention::Attention;
use compare::{Comparison, Slot};
use export::{Export, Listing};
use look::{Fit, Look, ScaleChoice, fit, part_of};
use muting::{Button, Change, Heard, Muting};
use order::Find;
use ranking::Ranking;
use studies::Studies;

/// Waiting is worth a word from here on.
const PATIENCE: Duration = Duration::from_millis(150);

/// Which map is shown and how, and its maps as far as they have come.
pub struct FeatureView {
    pub place: TapLayer,
    /// Whether maps for what is shown now were asked for.
    pub asked: bool,
    painter: Option<Arc<MapPainter>>,
    shown: Option<Shown>,
    /// Since when maps are waited for.
    waiting: Option<Instant>,
    tab: Tab,
    look: Look,
    pointer: Option<Pointer>,
    probe: Probe,
    /// Tower and channel that are looked at closely; another tower where this one has no such
    /// layer.
    selected: (TowerId, u32),
    /// How the grids stood as they were drawn last.
    fit: Fit,
    /// Whether the window is dark.
    dark: bool,
    /// The map that is to be brought into sight.
    reveal: Option<(usize, u32)>,
    /// The map that a menu was opened on.
    menu: (usize, u32),
    /// Strength of the channel over the face, 0 to 1.
    heat: f32,
    /// Whether the channel is shown without the face.
    alone: bool,
    muting: Muting,
    effect: Effect,
    favourites: Favourites,
    /// Counts changes of the favourites.
    starred: u64,
    studies: Studies,
    ranking: Ranking,
    comparison: Comparison,
    /// The newest comparison that was asked for.
    compared: CompareTicket,
    attention: Attention,
    export: Export,
    /// The face at hand in its box: an answer for another key is out of date.
    face: Option<FaceKey>,
    /// Why there is no face to look at.
    absent: Option<String>,
    /// Why the newest maps could not be made.
    failed: Option<String>,
    /// Whether no maps are drawn, to measure what they cost.
    empty: bool,
    known: Known,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tab {
    Maps,
    Effects,
    Towers,
    Attention,
}

/// A place in a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pointer {
    /// `None` where the pointer is on the face and means every map.
    map: Option<(Slot, u32)>,
    x: u32,
    y: u32,
}

/// The value that is asked for: where the pointer is, in a channel of which maps.
#[derive(Default)]
struct Probe {
    asked: Option<(Pointer, Slot, u32, u64)>,
    /// The newest question.
    ticket: ValuesTicket,
    /// Of the maps that were asked for; of a comparison, of both and their difference; none where it could not be read.
    values: Vec<Option<f32>>,
    /// Counts the maps that have come.
    maps: u64,
}

struct Shown {
    place: TapLayer,
    towers: Vec<Tower>,
    /// All towers of the network, those without this layer too.
    all: Vec<String>,
    input: TextureHandle,
    /// The selected channel over the face, with what it was made for.
    heat: Option<(GridStyle, Arc<MapBuffer>, Arc<Grid>)>,
    /// What the channels are in order for.
    arranged: Option<(Find, u64, u64)>,
}

/// What is drawn of a tower, and what was worked out once for it.
struct Tower {
    maps: TowerMaps,
    grid: Option<Arc<Grid>>,
    order: Vec<u32>,
    /// "64 channels · 128 × 128", and shorter and shorter.
    facts: Vec<String>,
    /// Of its own values, whatever the colours span.
    range: String,
    /// Cells that look otherwise than plain: heard or not, and starred.
    marks: Vec<(usize, Heard, bool)>,
}

/// What muting does to the face at hand.
#[derive(Default)]
struct Effect {
    /// Whether the newest question was asked, and answered.
    asked: bool,
    answered: bool,
    /// What it was asked of.
    of: Vec<Mask>,
    rows: Vec<Change>,
    moves: Vec<(Point, Point)>,
    /// Whether it is of the channels that are muted now, not of the selected one alone.
    of_all: bool,
}

impl Effect {
    /// Whether it is of what is selected or muted now.
    fn is_current(&self) -> bool {
        self.asked && self.answered
    }
}

/// What the view knows of the window around it.
struct Around<'a> {
    network: Option<&'a NetworkInfo>,
    /// The one that is loaded beside it.
    other: Option<&'a NetworkInfo>,
    list: &'a List,
    keys: &'a Keys,
}

impl Around<'_> {
    fn places(&self) -> &[TapLayer] {
        self.network.map_or(&[], |n| &n.places)
    }
}

/// The network and the list that all that was found is about.
#[derive(Default)]
struct Known {
    /// Its fingerprint: other weights in the same file are another network.
    network: String,
    /// "bundled", or its file.
    origin: String,
    list: u64,
}

impl Known {
    /// Origin and fingerprint.
    fn named(&self) -> (String, String) {
        (self.origin.clone(), self.network.clone())
    }
}

/// What the view wants done.
enum Wish {
    Rank,
    Excite,
    Match,
    Towers,
    Explain {
        check: bool,
    },
    Stop(StudyKind),
    CompareWith(Option<PathBuf>),
    ChooseSecond,
    Pin,
    Select(usize),
    /// A picture that is to be shown small.
    Read(usize),
    ChooseFile,
    CopyFigure,
    ChooseFolder,
    List(Listing, Target),
}

impl Default for FeatureView {
    fn default() -> Self {
        Self {
            place: TapLayer::conv(Layer::Conv1_2),
            asked: false,
            painter: None,
            shown: None,
            waiting: None,
            tab: Tab::Maps,
            look: Look::default(),
            pointer: None,
            probe: Probe::default(),
            selected: (TowerId::Shared, 0),
            fit: Fit {
                columns: 1,
                cell: 0.0,
            },
            dark: false,
            reveal: None,
            menu: (0, 0),
            heat: 0.75,
            alone: false,
            muting: Muting::default(),
            effect: Effect::default(),
            favourites: Favourites::default(),
            starred: 0,
            studies: Studies::new(),
            ranking: Ranking::default(),
            comparison: Comparison::default(),
            compared: CompareTicket::default(),
            attention: Attention::default(),
            export: Export::default(),
            face: None,
            absent: None,
            failed: None,
            empty: false,
            known: Default::default(),
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

    /// Shows another place.
    fn go(&mut self, place: TapLayer) {
        if self.place != place {
            self.place = place;
            self.asked = false;
            self.comparison.asked = false;
        }
    }

    /// Selects a channel of the tower that stands there.
    fn select(&mut self, tower: usize, channel: u32) {
        let towers = self.shown.as_ref().map_or(&[][..], |s| &s.towers);
        if let Some(id) = towers.get(tower).map(|t| t.maps.id) {
            self.select_of(id, channel);
        }
    }

    fn select_of(&mut self, tower: TowerId, channel: u32) {
        if self.selected != (tower, channel) {
            self.selected = (tower, channel);
            if self.muting.is_empty() {
                self.effect.asked = false;
            }
        }
    }

    /// Where the tower that is looked at closely stands, and its channel.
    fn place_selected(&self) -> (usize, u32) {
        let mut towers = self.shown.iter().flat_map(|s| &s.towers);
        let tower = towers.position(|t| t.maps.id == self.selected.0);
        (tower.unwrap_or(0), self.selected.1)
    }

    /// The tower that is looked at closely.
    fn tower(&self) -> Option<&Tower> {
        self.shown.as_ref()?.towers.get(self.place_selected().0)
    }

    /// "shared.conv1_2", as favourites are kept.
    fn layer_key(place: TapLayer, tower: &str) -> String {
        format!("{tower}.{}", place.name())
    }

    fn is_starred(&self, tower: usize, channel: u32) -> bool {
        let Some(shown) = &self.shown else {
            return false;
        };
        let key = shown
            .towers
            .get(tower)
            .map(|t| Self::layer_key(shown.place, &t.maps.tower));
        let stars = key.and_then(|key| self.favourites.of(&self.known.network, &key));
        stars.is_some_and(|s| s.contains(&channel))
    }

    fn star(&mut self, (tower, channel): (usize, u32)) {
        if let Some(shown) = &self.shown
            && let Some(tower) = shown.towers.get(tower)
            && (channel as usize) < tower.maps.channels()
        {
            let key = Self::layer_key(shown.place, &tower.maps.tower);
            self.favourites.toggle(&self.known.network, &key, channel);
            self.starred += 1;
        }
    }

    /// Presses mute or solo of a channel of the place that is shown.
    fn press(&mut self, button: Button, (tower, channel): (usize, u32)) {
        if let Some(shown) = &self.shown
            && shown.place.is_conv()
            && let Some(tower) = shown.towers.get(tower)
            && (channel as usize) < tower.maps.channels()
        {
            let desk = (
                tower.maps.id,
                shown.place.layer,
                tower.maps.channels() as u32,
            );
            self.muting.press(button, desk, channel);
            self.asked = false;
        }
    }

    /// Lets all channels be heard again.
    fn hear_all(&mut self) {
        self.muting.reset();
        self.asked = false;
    }

    /// Selects the same channel of the next tower.
    fn step_tower(&mut self) {
        let (tower, channel) = self.place_selected();
        let towers = self.shown.as_ref().map_or(0, |s| s.towers.len());
        self.select((tower + 1) % towers.max(1), channel);
        self.reveal = Some((self.place_selected().0, channel));
    }

    /// Moves the selection among the channels in sight.
    fn step(&mut self, by: isize) {
        let (tower, channel) = self.place_selected();
        let set = self.inspected_set();
        let Some(order) = self
            .tower_of(compare::Slot { set, tower })
            .map(|t| &t.order)
        else {
            return;
        };
        let next = match order.iter().position(|c| *c == channel) {
            Some(row) => row.checked_add_signed(by).and_then(|n| order.get(n)),
            None => order.first(),
        };
        if let Some(channel) = next.copied() {
            self.select(tower, channel);
            self.reveal = Some((tower, channel));
        }
    }

    /// Whether what is shown has been waited for so long that it is worth a word.
    fn is_late(&self) -> bool {
        let compared = self.compared_sets().and(self.comparison.waiting);
        late(self.waiting) || late(compared)
    }
}

fn late(since: Option<Instant>) -> bool {
    since.is_some_and(|since| since.elapsed() > PATIENCE)
}

fn texture(ctx: &egui::Context, name: &str, picture: &image::RgbImage) -> TextureHandle {
    let size = [picture.width() as usize, picture.height() as usize];
    let image = ColorImage::from_rgb(size, picture.as_raw());
    ctx.load_texture(name, image, TextureOptions::LINEAR)
}

impl FeatureView {
    /// Draws the pane; what it wants done is in `wishes`.
    fn ui(&mut self, ui: &mut Ui, around: &Around, wishes: &mut Vec<Wish>) {
        if let Some(near) = nearest(around.places(), self.place) {
            self.go(near);
        }
        self.dark = ui.ctx().theme() == egui::Theme::Dark;
        self.arrange();
        self.toolbar_ui(ui, around, wishes);
        let foot = if self.tab == Tab::Maps {
            self.foot_height()
        } else {
            0.0
        };
        let room = ui.available_size() - vec2(0.0, foot);
        ui.allocate_ui(room, |ui| {
            ui.set_min_size(room);
            match self.tab {
                Tab::Maps if self.empty => {}
                Tab::Maps => self.maps_ui(ui, wishes),
                Tab::Effects => self.ranking_ui(ui, around, wishes),
                Tab::Towers => self.towers_ui(ui, around, wishes),
                Tab::Attention => self.attention_ui(ui, around, wishes),
            }
        });
        match self.tab {
            Tab::Maps => self.foot_ui(ui, around),
            // What the pointer was on is not drawn.
            _ if self.pointer.is_some_and(|at| at.map.is_some()) => self.pointer = None,
            _ => {}
        }
        self.export_ui(ui.ctx(), around, wishes);
    }
}

/// What to show in place of a map that the network does not have.
fn nearest(places: &[TapLayer], wanted: TapLayer) -> Option<TapLayer> {
    if places.is_empty() || places.contains(&wanted) {
        return None;
    }
    let conv = TapLayer::conv(wanted.layer);
    let same = places.contains(&conv).then_some(conv);
    same.or_else(|| places.first().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_is_missing_gives_way_to_its_convolution() {
        let places = [
            TapLayer::conv(Layer::Conv1_1),
            TapLayer::conv(Layer::Conv2_1),
            TapLayer::fused(Layer::Conv2_1),
        ];
        assert_eq!(nearest(&places, TapLayer::fused(Layer::Conv2_1)), None);
        let without = &places[..2];
        let conv = Some(TapLayer::conv(Layer::Conv2_1));
        assert_eq!(nearest(without, TapLayer::fused(Layer::Conv2_1)), conv);
        assert_eq!(
            nearest(without, TapLayer::fused(Layer::Conv4_3)),
            Some(places[0])
        );
        assert_eq!(nearest(&[], TapLayer::conv(Layer::Conv1_1)), None);
    }

    #[test]
    fn layers_are_written_as_in_the_paper() {
        assert_eq!(TapLayer::conv(Layer::Conv1_2).title(), "Conv1-2");
        assert_eq!(TapLayer::fused(Layer::Conv4_3).title(), "Fuse4-3");
    }
}
