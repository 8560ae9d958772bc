//! A tower's maps in one row of the figure, and the words that can stand around them.

use std::borrow::Cow;

use super::sizes::SMALL;
use crate::figure::grid::{GridStyle, Scale, Stats};
use crate::figure::number::{brief, short, span, span_as};
use crate::figure::text::Text;
use crate::humanize::{counted, layer_title, title};
use crate::model::FeatureMap;

/// What is written under the maps where there is no room for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caption {
    Both,
    /// The channel's number.
    Name,
    /// What its colours span.
    Range,
}

/// A tower's maps in one row of the figure.
pub(super) struct Panel<'a> {
    pub map: Cow<'a, FeatureMap>,
    /// Of each channel and of the layer, in the ranges that the colours span.
    pub stats: Vec<Stats>,
    /// Of each channel and of the layer, the map's own, which two rows in one range do not share.
    pub own: Vec<Stats>,
    pub look: GridStyle,
    /// The channels that are shown, and for each its names, in full and then shorter.
    pub order: Vec<usize>,
    pub names: Vec<Vec<String>>,
    pub part: Caption,
    /// How many channels the network has there.
    pub channels: usize,
    /// Those of the map that are held at zero.
    pub muted: Vec<usize>,
    /// Whether it is what two rows differ in.
    pub is_difference: bool,
}

/// What is written under each map, line by line, and in which size.
pub(super) type Labels = Vec<Vec<(String, f32)>>;

impl Panel<'_> {
    /// What the colours of a channel span, and shorter; that it is muted, where it is.
    pub fn ranges(&self, channel: usize) -> Vec<String> {
        match self.muted.contains(&channel) {
            true => vec!["muted".into()],
            false => ranges([&self.stats[channel], &self.own[channel]], &self.look),
        }
    }

    /// Of all maps that are shown, their own.
    pub fn shown(&self) -> Stats {
        let shown: Vec<Stats> = self.order.iter().map(|c| self.own[*c]).collect();
        Stats::of_layer(&shown)
    }

    /// Whether all maps of the layer are shown.
    pub fn is_whole(&self) -> bool {
        self.order.len() == self.map.channels
    }

    /// For each map whether what is written under it says its range; of a hatched one none is to be
    /// said.
    pub fn ranges_written(&self, labels: &Labels) -> Vec<bool> {
        let written = |(n, channel): (usize, &usize)| {
            let ranges = self.ranges(*channel);
            let says = |words: &str| {
                let own = words.split_once(": ").map_or(words, |(_, range)| range);
                ranges.iter().any(|range| range == own)
            };
            let mut lines = labels.get(n).into_iter().flatten();
            // A number alone is the channel's own.
            let told = lines.any(|(words, _)| says(words) && !self.names[n].contains(words));
            told || self.stats[*channel].is_zero()
        };
        self.order.iter().enumerate().map(written).collect()
    }
}

/// "Landmarks Conv1-2": what stands above a tower's maps.
pub(super) fn tower_caption(map: &FeatureMap) -> String {
    format!("{} {}", title(&map.tower), layer_title(&map.layer))
}

/// In how many lines what stands above the maps of a panel is, below its caption.
pub(super) fn head_lines(panel: &Panel, width: f32) -> usize {
    let [count, values] = head_text(panel);
    let whole = Text::new(&format!("{count}, {values}"), SMALL).width;
    1 + usize::from(whole > width)
}

/// How many maps there are, and which values those have that are shown.
pub(super) fn head_text(panel: &Panel) -> [String; 2] {
    let (map, shown) = (&panel.map, panel.order.len());
    let all = panel.shown();
    let maps = match shown == panel.channels {
        true => counted(shown, "map"),
        // Of those that are paired or chosen it is said how many there are.
        false => format!("{shown} of {}", counted(panel.channels, "map")),
    };
    let count = format!("{maps} of {} × {}", map.side, map.side);
    [count, format!("values {}", span(all.min, all.max))]
}

/// What the colours of a channel span, and shorter; where all channels have one range, which values
/// its own map has.
fn ranges([coloured, own]: [&Stats; 2], look: &GridStyle) -> Vec<String> {
    let said = match look.scale {
        Scale::Channel | Scale::Own => coloured,
        Scale::Layer | Scale::Fixed(..) => own,
    };
    let (low, high) = (said.min, said.max);
    if low.is_nan() {
        return vec!["no number".into(), "–".into()];
    }
    match look.scale {
        Scale::Channel | Scale::Own if look.colours.is_signed() => {
            let reach = look.range(coloured, coloured).1;
            vec![format!("±{}", short(reach)), format!("±{}", brief(reach))]
        }
        Scale::Channel | Scale::Own => spans(low, high),
        // The lowest may be as far from zero as the highest.
        Scale::Layer | Scale::Fixed(..) if low < 0.0 => spans(low, high),
        Scale::Layer | Scale::Fixed(..) => vec![
            format!("at most {}", short(high)),
            format!("to {}", short(high)),
            format!("to {}", brief(high)),
        ],
    }
}

/// "−8.48 to 4.55", and shorter.
fn spans(low: f32, high: f32) -> Vec<String> {
    let mut all = vec![span(low, high)];
    // What says nothing else begins at zero.
    let writes: [fn(f32) -> String; 2] = [short, brief];
    for write in writes {
        all.push(match low == 0.0 {
            true => format!("to {}", write(high)),
            false => span_as(write, low, high),
        });
    }
    if low == 0.0 {
        all.push(brief(high));
    }
    all
}
