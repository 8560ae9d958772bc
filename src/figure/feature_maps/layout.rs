//! Where the input and the towers' maps stand on a page, so that the maps are as large as its width
//! and its proportions allow.

use super::sizes::{BETWEEN, HEAD, KEY, LARGEST_INPUT, LEAST_TOWER, MARGIN, down, numbers};
use crate::figure::page::points;

/// A page's height over its width, with room for a caption.
const PAGE: f32 = 1.27;
/// Compared rows are no higher together, in millimetres, on pages as wide as a journal's.
const PAGE_MM: f32 = 228.0;
/// Beside maps that are smaller than the page is wide, the input is no larger.
const SMALLER_INPUT: f32 = 64.0;
/// By so much maps are made smaller until they fit.
const SMALLER: f32 = 0.97;
/// Larger maps show no more.
const LARGEST_MAP: f32 = 130.0;
const LEAST_INPUT: f32 = 34.0;
/// The photo is beside towers in one row if their maps are so large of what they could be.
const BESIDE: f32 = 0.83;
/// Maps of towers that stand in one row are no nearer to each other.
const LEAST_PITCH: f32 = 3.0;
/// Between the input and what stands under it.
const BELOW: f32 = 8.0;
/// Of arrangements whose maps are nearly as large, by this share, the lowest is taken.
const NEARLY: f32 = 0.1;

/// What stands around the maps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Around {
    /// Heights of what stands above a tower's maps, and of the key below them.
    pub head: f32,
    pub key: f32,
    /// Whether rows share what is written under their maps, so that each has one line of it.
    pub one_line: bool,
    /// Height that other things need on the page.
    pub taken: f32,
}

impl Default for Around {
    fn default() -> Self {
        Self {
            head: HEAD,
            key: KEY,
            one_line: false,
            taken: 0.0,
        }
    }
}

/// Lengths are in points.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layout {
    /// Maps side by side in a tower's block.
    pub columns: usize,
    pub around: Around,
    /// From one map to the next.
    pub pitch: f32,
    /// Width of the words above and below a tower's maps.
    pub text: f32,
    pub input: Position,
    /// The upper left corner of each tower's maps.
    pub towers: Vec<[f32; 2]>,
    /// Of a row that has as many maps as any.
    pub height: f32,
    /// Of each row.
    pub heights: Vec<f32>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Position {
    pub at: [f32; 2],
    pub side: f32,
}

/// Where the input is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Input {
    /// Left of all towers.
    Beside,
    /// In a line of its own.
    Above,
    /// As one more block, before the first tower's.
    First,
}

impl Layout {
    /// For rows of towers that have so many maps each; they stand one above the other.
    pub fn new(width: f32, rows: &[Vec<usize>], around: Around) -> Self {
        let towers = rows.iter().map(Vec::len).max().unwrap_or(0);
        let fullest = |t: usize| rows.iter().filter_map(|row| row.get(t)).max();
        let maps: Vec<usize> = (0..towers).map(|t| *fullest(t).unwrap_or(&1)).collect();
        let lines = rows.len().max(1);
        let most = maps.iter().copied().max().unwrap_or(1);
        let room = (width * PAGE - around.taken) / lines as f32;
        let arranged_with = |inputs: &[Input], across: Option<usize>, largest: f32| -> Vec<Self> {
            let grids = columns(most).into_iter();
            let ways = grids.flat_map(|c| inputs.iter().map(move |input| (c, *input)));
            let all = ways.flat_map(|(columns, input)| {
                let blocks = maps.len() + usize::from(input == Input::First);
                let across = across.map_or(1..=blocks, |n| n..=n);
                let maps = &maps;
                across.filter_map(move |across| {
                    let how = (columns, across, largest);
                    arranged(width, maps, how, (input, around))
                })
            });
            let mut all: Vec<Self> = all.collect();
            all.iter_mut().for_each(|layout| layout.set_heights(rows));
            all
        };
        // All towers in one row, as in the paper, unless that is too narrow to show anything.
        let in_a_row = |inputs: &[Input], largest: f32| -> Vec<Self> {
            let mut all = arranged_with(inputs, Some(maps.len()), largest);
            all.retain(|l| l.pitch >= LEAST_PITCH);
            all
        };
        // Rows that are compared have their maps one above the other.
        let compared = |largest: f32| -> Vec<Self> {
            let all = in_a_row(&[Input::Beside], largest);
            match all.is_empty() {
                true => arranged_with(&[Input::Beside], None, largest),
                false => all,
            }
        };
        let mut all = Vec::new();
        if lines > 1 {
            all = compared(LARGEST_MAP);
        } else if maps.len() > 1 {
            // The photo is above where maps beside it would be much smaller.
            all = in_a_row(&[Input::Above], LARGEST_MAP);
            let largest = all.iter().map(|l| l.pitch).fold(0.0, f32::max);
            let mut beside = in_a_row(&[Input::Beside], LARGEST_MAP);
            beside.retain(|l| l.pitch >= BESIDE * largest);
            if !beside.is_empty() {
                all = beside;
            }
        }
        if all.is_empty() {
            let inputs = [Input::Beside, Input::Above, Input::First];
            all = arranged_with(&inputs, None, LARGEST_MAP);
        }
        let lowest = |a: &Self, b: &Self| a.height.total_cmp(&b.height);
        let fits = || all.iter().filter(|l| l.height <= room);
        let largest = fits().map(|l| l.pitch).fold(0.0, f32::max);
        let nearly = fits().filter(|l| l.pitch >= (1.0 - NEARLY) * largest);
        let best = nearly.min_by(|a, b| lowest(a, b));
        let best = best.or_else(|| all.iter().min_by(|a, b| lowest(a, b)));
        let mut best = best.cloned().unwrap_or(Self {
            columns: 1,
            around,
            pitch: LEAST_TOWER,
            text: LEAST_TOWER,
            input: Position::default(),
            towers: vec![[MARGIN, MARGIN + HEAD]; maps.len()],
            height: HEAD + KEY,
            heights: vec![HEAD + KEY; lines],
        });
        let page = points(PAGE_MM).max(width * PAGE) - around.taken;
        if lines == 1 || best.total() <= page {
            return best;
        }
        // Smaller maps, as long as they can be numbered.
        let mut largest = best.pitch * SMALLER;
        while numbers(largest) > 0.0 {
            let fits = |l: &Self| l.total() <= page;
            let all = compared(largest);
            if let Some(found) = all.iter().find(|l| fits(l)) {
                return found.clone();
            }
            let lower = |l: &&Self| l.total() < best.total();
            if let Some(lower) = all.iter().find(lower) {
                best = lower.clone();
            }
            largest *= SMALLER;
        }
        best
    }

    /// Whether a page holds it, whose text is so wide.
    pub fn fits(&self, width: f32) -> bool {
        self.total() <= points(PAGE_MM).max(width * PAGE) - self.around.taken
    }

    /// Of all rows.
    pub fn total(&self) -> f32 {
        self.heights.iter().sum()
    }

    /// A row with fewer maps than others is lower, where its towers stand in one line.
    fn set_heights(&mut self, rows: &[Vec<usize>]) {
        let top = self.towers.first().map_or(0.0, |at| at[1]);
        let one = self.towers.iter().all(|at| at[1] == top);
        let beside = one && self.input.at[0] < self.towers.first().map_or(0.0, |at| at[0]);
        let height = |row: &Vec<usize>| {
            if !beside || rows.len() == 1 {
                return self.height;
            }
            let most = row.iter().copied().max().unwrap_or(1);
            let maps = block_height(most, self.columns, self.pitch, self.around);
            self.around.head + maps.max(self.input.side)
        };
        self.heights = rows.iter().map(height).collect();
    }
}

/// The last gap is not needed.
fn block_width(columns: usize, pitch: f32) -> f32 {
    pitch * (columns as f32 - 0.06)
}

/// Of so many maps and the key below them.
fn block_height(maps: usize, columns: usize, pitch: f32, around: Around) -> f32 {
    maps.div_ceil(columns) as f32 * down(pitch, around.one_line) + around.key
}

/// So many blocks `across` in each line, of maps at most so far from each other; `None` if they are
/// too narrow to show anything.
fn arranged(
    width: f32,
    maps: &[usize],
    (columns, across, largest): (usize, usize, f32),
    (input, around): (Input, Around),
) -> Option<Layout> {
    let inner = width - 2.0 * MARGIN;
    let most = maps.iter().copied().max().unwrap_or(1);
    let (n, widths) = (across as f32, columns as f32 - 0.06);
    // Beside its maps, the input is as large as two of them.
    let maps_high = most.div_ceil(columns).min(2) as f32;
    let (pitch, side, left) = match input {
        Input::Beside => {
            let free = inner - n * BETWEEN;
            let pitch = free / (n * widths + maps_high);
            let side = (maps_high * pitch).clamp(LEAST_INPUT, LARGEST_INPUT);
            let pitch = (free - side) / (n * widths);
            (pitch, side, side + BETWEEN)
        }
        Input::Above | Input::First => {
            let numbered = (inner - (n - 1.0) * BETWEEN) / (n * widths);
            // Numbers of rows stand at the left where there are none of maps.
            let left = if numbers(numbered) > 0.0 {
                0.0
            } else {
                BETWEEN
            };
            let pitch = (inner - left - (n - 1.0) * BETWEEN) / (n * widths);
            let side = match input {
                Input::First => block_width(columns, pitch),
                _ => 0.94 * pitch,
            };
            (pitch, side.clamp(LEAST_INPUT, LARGEST_INPUT), left)
        }
    };
    let smaller = largest < LARGEST_MAP && pitch > largest;
    let pitch = pitch.min(largest);
    let wide = block_width(columns, pitch);
    let heights = |n: &usize| block_height(*n, columns, pitch, around);
    let heights: Vec<f32> = maps.iter().map(heights).collect();
    let (mut side, mut left, mut spread) = (side, left, 0.0);
    if smaller && input == Input::Beside {
        // What the maps leave is for the photo, which is as high as they are at most, and for words.
        let high = heights.iter().copied().fold(0.0, f32::max) - around.key;
        let free = inner - n * (wide + BETWEEN);
        side = free.min(high).clamp(LEAST_INPUT, SMALLER_INPUT);
        spread = (free - side).max(0.0) / n;
        left = side + BETWEEN;
    }
    let least = match input {
        Input::First => LEAST_INPUT,
        _ => LEAST_TOWER,
    };
    if wide.is_nan() || wide < least {
        return None;
    }
    let heights: Vec<f32> = match input {
        Input::First => std::iter::once(side).chain(heights).collect(),
        _ => heights,
    };
    let mut top = match input {
        Input::Above => around.head + side + BELOW,
        _ => 0.0,
    };
    let mut places = Vec::new();
    for (l, line) in heights.chunks(across).enumerate() {
        let column = |i: usize| MARGIN + left + i as f32 * (wide + spread + BETWEEN);
        places.extend((0..line.len()).map(|i| [column(i), top + around.head]));
        let beside = match input {
            Input::Beside if l == 0 => side,
            _ => 0.0,
        };
        top += around.head + line.iter().copied().fold(beside, f32::max);
    }
    let at = match input {
        Input::First => places.remove(0),
        _ => [MARGIN, around.head],
    };
    Some(Layout {
        columns,
        around,
        pitch,
        text: wide + spread,
        input: Position { at, side },
        towers: places,
        height: top,
        heights: vec![top],
    })
}

/// Grids of so many maps without holes and at most twice as long one way as the other; where there
/// are none, those that are nearly square.
fn columns(maps: usize) -> Vec<usize> {
    let full = |most: usize| -> Vec<usize> {
        let whole = (1..=maps).filter(|c| maps.is_multiple_of(*c));
        let near = whole.filter(|c| c.max(&(maps / c)) <= &(most * c.min(&(maps / c))));
        near.collect()
    };
    let root = (maps as f64).sqrt().ceil().max(1.0) as usize;
    let mut found = [2, 4].into_iter().map(full);
    found
        .find(|c| !c.is_empty())
        .unwrap_or_else(|| (root.saturating_sub(1).max(1)..=root + 1).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(width: f32, maps: &[usize], lines: usize) -> Layout {
        let around = Around {
            one_line: lines == 3,
            ..Around::default()
        };
        Layout::new(width, &vec![maps.to_vec(); lines], around)
    }

    /// Side of a map in millimetres, on a page as wide as a journal's text.
    fn side(layout: &Layout) -> f32 {
        0.94 * layout.pitch / points(1.0)
    }

    #[test]
    fn maps_are_as_large_as_the_page_allows() {
        let width = points(180.0);
        for (maps, least, columns) in [
            (vec![8; 3], 26.0, 2),
            (vec![64; 3], 5.8, 8),
            (vec![512; 3], 2.9, 16),
            (vec![8], 40.0, 4),
            (vec![64], 16.0, 8),
            (vec![512], 4.5, 32),
            (vec![5; 3], 25.0, 2),
            (vec![1; 3], 38.0, 1),
        ] {
            let layout = layout(width, &maps, 1);
            let (side, height) = (side(&layout), layout.height / points(1.0));
            assert!(side >= least, "{maps:?}: {side} mm");
            assert_eq!(layout.columns, columns, "{maps:?}");
            assert!(height <= 240.0, "{maps:?}: {height} mm");
            assert!(layout.input.side <= LARGEST_INPUT && layout.input.side >= LEAST_INPUT);
        }
        // Three lines of them, when two are compared, share the page.
        for (maps, least) in [(8, 10.5), (16, 9.0), (64, 4.0), (128, 2.5)] {
            let layout = layout(width, &[maps; 3], 3);
            assert!(side(&layout) >= least, "{maps}: {} mm", side(&layout));
            let height = layout.total() / points(1.0);
            assert!(height <= 230.0, "{maps}: {height} mm");
        }
    }

    #[test]
    fn towers_stand_in_one_row_as_in_the_paper() {
        for (width, maps) in [
            (180.0, 64),
            (84.0, 64),
            (84.0, 8),
            (180.0, 512),
            (120.0, 32),
        ] {
            let layout = layout(points(width), &[maps; 3], 1);
            let tops: Vec<f32> = layout.towers.iter().map(|at| at[1]).collect();
            assert_eq!([tops[1], tops[2]], [tops[0]; 2], "{width} mm, {maps} maps");
            let Position { at, side } = layout.input;
            let left = at[0] + side <= layout.towers[0][0];
            assert!(
                left || at[1] + side <= tops[0],
                "the photo is left or above"
            );
        }
    }

    #[test]
    fn nothing_stands_on_another_or_outside() {
        for width in [20.0, 35.0, 85.0, 180.0, 400.0] {
            for maps in [&[8_usize; 3][..], &[64, 8, 8], &[5], &[512; 3], &[1; 7]] {
                for lines in [1, 3] {
                    let page = points(width);
                    let layout = layout(page, maps, lines);
                    let wide = layout.text;
                    let mut boxes = vec![(layout.input.at, [layout.input.side; 2])];
                    for (at, n) in layout.towers.iter().zip(maps) {
                        let rows = n.div_ceil(layout.columns) as f32;
                        boxes.push((*at, [wide, rows * down(layout.pitch, lines == 3) + KEY]));
                    }
                    assert_eq!(boxes.len(), maps.len() + 1);
                    for (i, (at, size)) in boxes.iter().enumerate() {
                        let what = format!("{width} mm, {maps:?}: {at:?} {size:?}");
                        assert!(
                            at[0] >= 0.0 && at[0] + size[0] <= page - MARGIN + 0.1,
                            "{what}"
                        );
                        assert!(
                            at[1] >= HEAD && at[1] + size[1] <= layout.height + 0.1,
                            "{what}"
                        );
                        for (other, large) in &boxes[..i] {
                            let apart = |d: usize| {
                                at[d] + size[d] <= other[d] + 0.1
                                    || other[d] + large[d] <= at[d] + 0.1
                            };
                            assert!(apart(0) || apart(1), "{what} on {other:?} {large:?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_row_with_fewer_maps_is_lower() {
        let rows = [vec![16; 3], vec![32; 3]];
        let layout = Layout::new(points(180.0), &rows, Around::default());
        let [few, many] = layout.heights[..] else {
            panic!("two rows");
        };
        let lines = |maps: usize| maps.div_ceil(layout.columns) as f32;
        let apart = (lines(32) - lines(16)) * down(layout.pitch, false);
        assert!((many - few - apart).abs() < 0.1, "{few} {many}");
        assert_eq!(many, layout.height);
    }

    #[test]
    fn grids_have_no_holes_where_that_can_be() {
        assert_eq!(columns(64), [8]);
        assert_eq!(columns(8), [2, 4]);
        assert_eq!(columns(512), [16, 32]);
        assert_eq!(columns(10), [2, 5]);
        assert_eq!(columns(1), [1]);
        assert_eq!(columns(7), [2, 3, 4]);
    }
}
