//! Panels, layout, words under the maps and notes below them, made to fit each other.

use super::block::Block;
use super::content::FeatureFigure;
use super::key::key_lines;
use super::layout::{Around, Layout};
use super::panel::{Caption, Labels, Panel, head_lines, tower_caption};
use super::sizes::{CAPTION, HEAD, HEAD_LINE, KEY, KEY_LINE, LINE, MARGIN, ROOMY};
use crate::figure::page::points;
use crate::figure::text::Text;

/// A page's maps, and what is written above, below and under them.
pub(super) struct Arranged<'a> {
    pub panels: Vec<Vec<Panel<'a>>>,
    pub notes: Vec<String>,
    pub layout: Layout,
    pub block: Block,
    pub labels: Vec<Vec<Labels>>,
}

impl Arranged<'_> {
    /// Whether the range of any map stands neither under it nor, where two rows have the same, under
    /// the other.
    pub(super) fn misses_ranges(&self) -> bool {
        let written = |r: usize, t: usize| -> Vec<bool> {
            let both = self.panels.get(r).zip(self.labels.get(r));
            let both = both.and_then(|(panels, labels)| panels.get(t).zip(labels.get(t)));
            both.map_or(Vec::new(), |(panel, labels)| panel.ranges_written(labels))
        };
        let misses = |r: usize, panel: (usize, &Panel)| {
            let (t, other) = (panel.0, 1 - r.min(1));
            let own = written(r, t);
            let shared = match panel.1.look.joint {
                true => written(other, t),
                false => Vec::new(),
            };
            let all = own.iter().enumerate();
            all.into_iter()
                .any(|(n, own)| !own && !shared.get(n).copied().unwrap_or(false))
        };
        let mut rows = self.panels.iter().enumerate();
        rows.any(|(r, row)| row.iter().enumerate().any(|panel| misses(r, panel)))
    }
}

impl FeatureFigure<'_> {
    /// The maps with what is written around them, and below all, where `said`, that each channel has a
    /// range of its own.
    pub(super) fn arranged(&self, said: bool) -> Arranged<'_> {
        let width = points(self.width_mm);
        let mut panels = self.panels();
        let notes = self.notes(said);
        let captions = self.rows.iter().flat_map(|row| row.maps).map(tower_caption);
        let widest = captions.map(|text| Text::new(&text, CAPTION).width);
        let widest = widest.fold(0.0, f32::max);
        let block = |(layout, head_lines): &(Layout, usize)| {
            // All in one size.
            let size = CAPTION * (layout.text / widest).min(1.0);
            Block::new(layout, size, *head_lines)
        };
        let mut layout = laid_out(width, &panels, height_below(&notes), panels.len() > 2);
        if panels.len() > 2 && block(&layout).is_tight() {
            // Each number and range under its own map, where that costs little of their size.
            let roomy = laid_out(width, &panels, height_below(&notes), false);
            let large = roomy.0.pitch >= ROOMY * layout.0.pitch && roomy.0.fits(width);
            let (own, mut all) = (block(&roomy), panels.iter().flatten());
            if large && all.all(|panel| own.holds(panel)) {
                layout = roomy;
            }
        }
        let block = block(&layout);
        if block.is_tight() {
            share_labels(&mut panels, &block);
        }
        let labels = |row: &Vec<Panel>| row.iter().map(|panel| block.labels(panel)).collect();
        let labels: Vec<Vec<Labels>> = panels.iter().map(labels).collect();
        Arranged {
            panels,
            notes,
            layout: layout.0,
            block,
            labels,
        }
    }
}

/// Height of what stands below the maps.
pub(super) fn height_below(notes: &[String]) -> f32 {
    2.0 * MARGIN + notes.len() as f32 * LINE
}

/// The layout of a page, below whose maps so much is written, and in how many lines the words above
/// each tower's maps are; in `one_line` rows share what is written under their maps.
pub(super) fn laid_out(
    width: f32,
    panels: &[Vec<Panel>],
    below: f32,
    one_line: bool,
) -> (Layout, usize) {
    let counts = |row: &Vec<Panel>| row.iter().map(|panel| panel.order.len()).collect();
    let counts: Vec<Vec<usize>> = panels.iter().map(counts).collect();
    let mut around = Around {
        one_line,
        taken: below,
        ..Around::default()
    };
    let mut lines = 1;
    loop {
        let layout = Layout::new(width, &counts, around);
        // Words that need more room than they have make it, and maps perhaps smaller.
        let all = || panels.iter().flatten();
        let heads = all().map(|panel| head_lines(panel, layout.text));
        let keys = all().map(|panel| key_lines(panel, layout.text));
        lines = heads.fold(lines, usize::max);
        let wanted = Around {
            head: HEAD + HEAD_LINE * (lines - 1) as f32,
            key: KEY + KEY_LINE * keys.fold(1, usize::max).saturating_sub(1) as f32,
            ..around
        };
        if wanted.head <= around.head && wanted.key <= around.key {
            return (layout, lines);
        }
        around.head = around.head.max(wanted.head);
        around.key = around.key.max(wanted.key);
    }
}

/// Of maps that have room for one short word each: where there are pairs, the first row has the
/// channels' numbers, the second those of their partners and how well they match, or the
/// difference's has that.
fn share_labels(panels: &mut [Vec<Panel>], block: &Block) {
    let [_, second, difference] = panels else {
        return;
    };
    let pairs = || second.iter().flat_map(|panel| &panel.names);
    if pairs().all(|names| names.len() < 2) {
        return;
    }
    // The longest form that fits under all, so that they read alike.
    let fits = |form: &usize| {
        let one = |names: &Vec<String>| block.first(names.get(*form..=*form)?).map(|_| ());
        pairs().all(|names| one(names).is_some())
    };
    let last = pairs().map(Vec::len).min().unwrap_or(1).saturating_sub(1);
    let form = (0..last).find(fits).unwrap_or(last);
    for (second, difference) in second.iter_mut().zip(difference) {
        second.part = Caption::Name;
        let all = second.names.iter_mut().zip(&mut difference.names);
        for (names, below) in all {
            // The shortest has the partner alone.
            let whole = names.get(last.saturating_sub(1)).filter(|_| form == last);
            if let Some((_, r)) = whole.and_then(|text| text.split_once(" · ")) {
                *below = vec![format!("r {r}"), r.to_owned()];
                difference.part = Caption::Name;
            }
            names.drain(..form);
        }
    }
}
