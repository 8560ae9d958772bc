//! The paper's Figure 6: the input, then the feature maps of one layer in each tower as grids of
//! channels, with what the paper leaves out: the range of values.

use image::RgbImage;

use super::{Canvas, Colour, ColourMap, GridLook, Scale};
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
        let look = GridLook {
            scale: Scale::Channel,
            colours: ColourMap::Viridis,
            ..GridLook::all(map.channels, columns, largest, GAP)
        };
        let picture = look.picture(map, [255; 3]);
        canvas.picture(&picture, [left as f32, top], 1.0, false);
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
        let light = figure
            .pixels()
            .filter(|p| p.0 == ColourMap::Viridis.colour(1.0))
            .count();
        assert!(light > 0 && figure.width() > 800);
        assert!(figure6(&input, "conv4_1", &[]).is_none());
    }
}
