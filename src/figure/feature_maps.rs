//! The paper's Figure 6: the input, then the feature maps of one layer in each tower as grids of
//! channels, with what the paper leaves out: the range of values.

use image::{Rgb, RgbImage};

use super::{Canvas, Colour};
use crate::model::FeatureMap;

/// Side of a channel's map in the figure, in pixels, at least.
const CELL: u32 = 72;
const GAP: u32 = 4;
const MARGIN: u32 = 28;
/// Space between two towers.
const BETWEEN: u32 = 40;
const CAPTION: f32 = 17.0;
const SMALL: f32 = 13.0;
const INK: Colour = [28, 30, 34];
const QUIET: Colour = [110, 116, 126];

/// Draws `input` beside the maps, one block a tower. `None` where there is nothing to draw, or
/// more than memory holds.
pub fn figure6(input: &RgbImage, layer: &str, maps: &[FeatureMap]) -> Option<RgbImage> {
    let columns = maps.iter().map(|m| columns(m.channels)).max()?;
    let cell = |m: &FeatureMap| {
        let side = m.side as u32;
        side * CELL.div_ceil(side).max(1)
    };
    let largest = maps.iter().map(cell).max()?;
    let block_width = columns * (largest + GAP) - GAP;
    let rows = maps
        .iter()
        .map(|m| (m.channels as u32).div_ceil(columns))
        .max()?;
    let block_height = rows * (largest + GAP) - GAP;
    let head = 58;
    let towers = maps.len() as u32;
    let input_side = block_height.clamp(128, 288);
    let width = 2 * MARGIN + input_side + towers * (block_width + BETWEEN);
    let height = head + MARGIN + block_height.max(input_side) + 24;
    let mut canvas = Canvas::new(width, height, [255; 3])?;

    let top = head as f32;
    canvas.text("input", [MARGIN as f32, top - 30.0], CAPTION, INK);
    let size = format!("{}×{}", input.width(), input.height());
    canvas.text(&size, [MARGIN as f32, top - 12.0], SMALL, QUIET);
    let scale = input_side as f32 / input.width() as f32;
    canvas.picture(input, [MARGIN as f32, top], scale, true);

    for (n, map) in maps.iter().enumerate() {
        let left = MARGIN + input_side + BETWEEN + n as u32 * (block_width + BETWEEN);
        let range = range(&map.data);
        canvas.text(
            &format!("{} {layer}", map.tower),
            [left as f32, top - 30.0],
            CAPTION,
            INK,
        );
        let facts = format!(
            "{} channels of {}×{}, values {:.2} to {:.2}",
            map.channels, map.side, map.side, range.0, range.1
        );
        canvas.text(&facts, [left as f32, top - 12.0], SMALL, QUIET);
        let scale = (largest / map.side as u32).max(1);
        for (channel, values) in map.data.chunks_exact(map.side * map.side).enumerate() {
            let (column, row) = (channel as u32 % columns, channel as u32 / columns);
            let picture = tile(values, map.side as u32);
            let at = [
                (left + column * (largest + GAP)) as f32,
                (head + row * (largest + GAP)) as f32,
            ];
            canvas.picture(&picture, at, scale as f32, false);
        }
    }
    let note = "each channel from its lowest value (dark) to its highest (light)";
    canvas.text(note, [MARGIN as f32, height as f32 - 12.0], SMALL, QUIET);
    Some(canvas.into_image())
}

/// As square a grid as has no holes; where there is none, as square as it gets.
fn columns(channels: usize) -> u32 {
    let root = (channels as f64).sqrt().ceil().max(1.0) as usize;
    (root..=2 * root)
        .find(|c| channels.is_multiple_of(*c))
        .unwrap_or(root) as u32
}

fn range(values: &[f32]) -> (f32, f32) {
    values
        .iter()
        .fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), v| {
            (l.min(*v), h.max(*v))
        })
}

/// One channel, stretched from its lowest to its highest value.
fn tile(values: &[f32], side: u32) -> RgbImage {
    let (low, high) = range(values);
    let span = (high - low).max(f32::MIN_POSITIVE);
    RgbImage::from_fn(side, side, |x, y| {
        let value = values[(y * side + x) as usize];
        Rgb(colour_map((value - low) / span))
    })
}

/// The viridis colour map, 0 to 1, by its well-known quintic fit (M. Zucker, public domain):
/// light and dark in a print without colour, and for the colour-blind.
pub fn colour_map(t: f32) -> Colour {
    const C: [[f32; 3]; 7] = [
        [0.277_727_33, 0.005_407_345, 0.334_099_8],
        [0.105_093_04, 1.404_613_5, 1.384_590_2],
        [-0.330_861_83, 0.214_847_56, 0.095_095_165],
        [-4.634_230_6, -5.799_101, -19.332_441],
        [6.228_27, 14.179_933, 56.690_55],
        [4.776_385, -13.745_145, -65.353_035],
        [-5.435_456, 4.645_852_6, 26.312_435],
    ];
    let t = if t.is_finite() {
        t.clamp(0.0, 1.0)
    } else {
        0.0
    };
    [0, 1, 2].map(|i| {
        let value = C.iter().rev().fold(0.0, |sum, c| sum * t + c[i]);
        (255.0 * value.clamp(0.0, 1.0)).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figure_holds_every_channel() {
        let maps: Vec<FeatureMap> = ["shared", "landmarks", "attributes"]
            .map(|tower| FeatureMap {
                tower: tower.into(),
                layer: "conv4_1".into(),
                channels: 5,
                side: 16,
                data: (0..5 * 256).map(|v| v as f32).collect(),
            })
            .to_vec();
        let input = RgbImage::new(128, 128);
        let figure = figure6(&input, "conv4_1", &maps).unwrap();
        let light = figure.pixels().filter(|p| p.0 == colour_map(1.0)).count();
        assert!(light > 0 && figure.width() > 800);
        assert!(figure6(&input, "conv4_1", &[]).is_none());
    }

    #[test]
    fn the_colour_map_grows_lighter() {
        let light = |t| colour_map(t).map(u32::from).iter().sum::<u32>();
        assert!(light(0.0) < light(0.5) && light(0.5) < light(1.0));
        assert_eq!(colour_map(f32::NAN), colour_map(0.0));
    }
}
