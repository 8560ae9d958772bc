//! The key under a tower's maps: what its colours stand for, and which maps have none of them.

use super::panel::Panel;
use super::sizes::{KEY_LINE, KEY_TEXT, TINY};
use crate::figure::colour_map::colour_bar;
use crate::figure::grid::{GridStyle, Scale, Stats};
use crate::figure::number::ends;
use crate::figure::page::{Anchor, Page};
use crate::figure::palette::QUIET;
use crate::figure::text::{Text, text_lines};

/// Thickness and largest length of a key's bar, and what follows it in a line.
const BAR: f32 = 4.0;
const LARGEST_KEY: f32 = 90.0;
const BESIDE_KEY: f32 = 5.0;

/// The colours from the lowest to the highest value, and what they stand for.
pub(super) fn draw_key(page: &mut Page, panel: &Panel, [x, y]: [f32; 2], width: f32) {
    let wide = width.min(LARGEST_KEY);
    page.picture(colour_bar(panel.look.colours), [x, y], [wide, BAR], true);
    let base = y + BAR + 1.0 + TINY;
    let (text, _) = Key::of(panel).describe(wide);
    let places = [
        (0.0, Anchor::Start),
        (wide / 2.0, Anchor::Middle),
        (wide, Anchor::End),
    ];
    for (text, (along, anchor)) in text.iter().zip(places) {
        page.text(text, [x + along, base], KEY_TEXT, QUIET, anchor);
    }
    match key_notes(panel, width) {
        KeyNotes::Beside(notes) => {
            let at = [x + wide + BESIDE_KEY, y + BAR];
            page.text(&notes, at, KEY_TEXT, QUIET, Anchor::Start);
        }
        KeyNotes::Below(lines) => {
            for (n, line) in lines.iter().enumerate() {
                let at = [x, base + 6.0 + n as f32 * KEY_LINE];
                page.text(line, at, KEY_TEXT, QUIET, Anchor::Start);
            }
        }
    }
}

enum KeyNotes {
    Beside(String),
    Below(Vec<String>),
}

/// How many lines stand under a panel's key.
pub(super) fn key_lines(panel: &Panel, width: f32) -> usize {
    match key_notes(panel, width) {
        KeyNotes::Beside(_) => 0,
        KeyNotes::Below(lines) => lines.len(),
    }
}

/// What is said of a key's colours, and of the maps in sight that have none of them.
fn key_notes(panel: &Panel, width: f32) -> KeyNotes {
    let (look, wide) = (&panel.look, width.min(LARGEST_KEY));
    let (_, mut notes) = Key::of(panel).describe(wide);
    let zero = panel.order.iter().filter(|c| panel.stats[**c].is_zero());
    let (muted, zero): (Vec<usize>, Vec<usize>) = zero.partition(|c| panel.muted.contains(c));
    let whence = match look.colours.is_signed() {
        true => "everywhere",
        false => "on this photo",
    };
    let hatched = [
        (zero.len(), format!("{} zero {whence}", zero.len())),
        (muted.len(), format!("{} muted", muted.len())),
    ];
    let hatched = hatched.into_iter().filter(|(n, _)| *n > 0).map(|(_, w)| w);
    let hatched: Vec<String> = hatched.collect();
    if !hatched.is_empty() {
        notes.push(format!("hatched: {}", hatched.join(", ")));
    }
    let plane = panel.map.side * panel.map.side;
    let plane_of = |c: &usize| panel.map.data.get(c * plane..(c + 1) * plane);
    let mut planes = panel.order.iter().filter_map(plane_of).flatten();
    if planes.any(|v| !v.is_finite()) {
        notes.push("cyan: not a number".into());
    }
    let notes = notes.join(", ");
    match wide + BESIDE_KEY + text_width(&notes) <= width {
        true => KeyNotes::Beside(notes),
        false => KeyNotes::Below(text_lines(&notes, KEY_TEXT, width)),
    }
}

/// What the colours of a panel stand for.
struct Key<'a> {
    look: &'a GridStyle,
    /// In the range that the colours span.
    layer: Stats,
    /// Of the maps that are shown.
    shown: Stats,
    is_whole: bool,
    is_difference: bool,
}

impl<'a> Key<'a> {
    fn of(panel: &'a Panel) -> Self {
        Self {
            look: &panel.look,
            layer: panel.stats.last().copied().unwrap_or_default(),
            shown: panel.shown(),
            is_whole: panel.is_whole(),
            is_difference: panel.is_difference,
        }
    }

    /// What the lowest, the middle and the highest colour of a key of this width mean, and what is to
    /// be said besides.
    fn describe(&self, wide: f32) -> ([String; 3], Vec<String>) {
        let Self { look, layer, .. } = self;
        let of_each = format!("of {}", look.whose());
        let signed = look.colours.is_signed();
        let zero = if signed { "0" } else { "" }.to_owned();
        if !matches!(look.scale, Scale::Channel | Scale::Own) {
            let range = look.range(layer, layer);
            let [low, high] = ends(range, (self.shown.min, self.shown.max));
            // A fixed range and that of all maps above speak for themselves.
            let notes = match look.scale == Scale::Layer {
                true if self.is_difference => vec!["of the layer's difference".to_owned()],
                true if look.joint || !self.is_whole => vec![of_each],
                _ => Vec::new(),
            };
            return ([low, zero, high], notes);
        }
        let (low, high) = if signed {
            ("−", "+")
        } else {
            ("lowest", "highest")
        };
        let whole = format!("{high} {of_each}");
        // The end of a signed scale stands under the end of its bar.
        let (high, notes) = match !signed && text_width(&format!("{low}  0  {whole}")) <= wide {
            true => (whole, Vec::new()),
            false => (high.to_owned(), vec![of_each]),
        };
        ([low.to_owned(), zero, high], notes)
    }
}

fn text_width(text: &str) -> f32 {
    Text::new(text, KEY_TEXT).width
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::ColourMap;

    #[test]
    fn a_narrow_key_says_beside_it_what_it_is_of() {
        let layer = Stats {
            min: -1.0,
            max: 2.5,
            ..Stats::default()
        };
        for colours in [ColourMap::Viridis, ColourMap::Signed] {
            let look = GridStyle {
                colours,
                scale: Scale::Channel,
                ..GridStyle::all(3, 3, 16, 2)
            };
            let text = |look: &GridStyle, wide| {
                let key = Key {
                    look,
                    layer,
                    shown: layer,
                    is_whole: true,
                    is_difference: false,
                };
                key.describe(wide)
            };
            let (wide, none) = text(&look, 90.0);
            match look.colours.is_signed() {
                true => assert!(wide[2] == "+" && none == ["of each channel"]),
                false => assert!(wide[2].ends_with("of each channel") && none.is_empty()),
            }
            let (narrow, notes) = text(&look, 30.0);
            assert!(narrow.iter().all(|w| text_width(w) < 20.0), "{narrow:?}");
            assert_eq!(notes, ["of each channel"]);
            let look = GridStyle {
                scale: Scale::Layer,
                ..look
            };
            let (ends, notes) = text(&look, 30.0);
            assert!(ends[2].starts_with("2.5") && notes.is_empty(), "{ends:?}");
        }
    }

    #[test]
    fn a_key_says_where_values_are_cut_and_whose_range_it_is() {
        let stats = |min, max| Stats {
            min,
            max,
            ..Stats::default()
        };
        let layer = stats(-4.0, 9.5);
        let actual = |scale, colours, shown, (joint, is_whole, is_difference)| {
            let look = GridStyle {
                colours,
                scale,
                joint,
                ..GridStyle::all(3, 3, 16, 2)
            };
            let key = Key {
                look: &look,
                layer,
                shown,
                is_whole,
                is_difference,
            };
            let ([low, _, high], notes) = key.describe(90.0);
            (format!("{low}…{high}"), notes.concat())
        };
        let (plain, signed) = (ColourMap::Viridis, ColourMap::Signed);
        let one = (false, true, false);
        for (colours, shown, text) in [
            (plain, stats(0.0, 9.5), "0…≥ 3.00"),
            (plain, stats(0.0, 3.0), "0…3.00"),
            (plain, stats(-0.1, 2.0), "≤ 0…3.00"),
            (signed, stats(-3.5, 2.0), "≤ −3.00…3.00"),
        ] {
            let key = actual(Scale::Fixed(0.0, 3.0), colours, shown, one);
            assert_eq!(key, (text.to_owned(), String::new()));
        }
        for (which, whose) in [
            (one, ""),
            ((false, false, false), "of the layer"),
            ((true, true, false), "of the layer in both"),
            ((false, true, true), "of the layer's difference"),
        ] {
            let key = actual(Scale::Layer, plain, stats(0.0, 2.0), which);
            assert_eq!(key, ("−4.00…9.50".to_owned(), whose.to_owned()));
        }
    }
}
