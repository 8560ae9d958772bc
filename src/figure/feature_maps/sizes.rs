//! Widths, sizes and distances of what stands on a page of feature maps.

/// In points.
pub(super) const MARGIN: f32 = 4.0;
/// Between two towers; the numbers of rows stand there.
pub(super) const BETWEEN: f32 = 15.0;
pub(super) const HEAD: f32 = 26.0;
pub(super) const KEY: f32 = 24.0;
pub(super) const CAPTION: f32 = 8.0;
pub(super) const SMALL: f32 = 6.0;
/// From one line of notes to the next.
pub(super) const LINE: f32 = 1.3 * SMALL;
/// A narrower tower shows nothing.
pub(super) const LEAST_TOWER: f32 = 12.0;
pub(super) const LARGEST_INPUT: f32 = 130.0;
/// Of compared maps, how large they are at least with two lines under each, beside with one.
pub(super) const ROOMY: f32 = 0.8;
/// From one line of what stands above to the next.
pub(super) const HEAD_LINE: f32 = 7.0;
/// From one line under a key to the next.
pub(super) const KEY_LINE: f32 = 1.25 * KEY_TEXT;
/// Smallest text that a print still shows.
pub(super) const TINY: f32 = 4.0;
/// Of numbers beside the key.
pub(super) const KEY_TEXT: f32 = 1.2 * TINY;
/// A cell's part of the way to the next one.
pub(super) const CELL: f32 = 0.94;
/// Height of a line of numbers over their size.
pub(super) const NUMBER_LINE: f32 = 1.15;
/// Between a map and the numbers under it, and after these, in points.
pub(super) const ABOVE_NUMBERS: f32 = 1.6;
const BELOW_NUMBERS: f32 = 1.2;
/// Cells from this size on have their number and range in one line.
pub(super) const ONE_LINE: f32 = 44.0;
/// Cells from this size on are numbered one by one.
const NUMBERED: f32 = 10.0;

/// Size of the number under each cell that is so far from the next; 0 for none.
pub(super) fn numbers(pitch: f32) -> f32 {
    match CELL * pitch {
        cell if cell >= NUMBERED => (0.18 * cell).clamp(TINY, SMALL),
        _ => 0.0,
    }
}

/// Lines of numbers under each cell that is so far from the next. Where rows have `one_line` each,
/// one has the channels' numbers and the others the ranges.
pub(super) fn number_lines(pitch: f32, one_line: bool) -> usize {
    match CELL * pitch {
        cell if cell >= NUMBERED && one_line => 1,
        cell if cell >= ONE_LINE => 1,
        cell if cell >= NUMBERED => 2,
        _ => 0,
    }
}

/// From one row of cells to the next.
pub(super) fn down(pitch: f32, one_line: bool) -> f32 {
    match number_lines(pitch, one_line) {
        0 => pitch,
        lines => {
            let text = lines as f32 * NUMBER_LINE * numbers(pitch);
            pitch + ABOVE_NUMBERS + text + BELOW_NUMBERS
        }
    }
}
