//! Heat over what a network saw: where it looked for a point or an attribute.

use image::{Rgb, RgbImage};

use super::colour_map::{bytes, colour_bar, interpolate};
use super::number::short;
use super::page::{Anchor, Page, Unit, points};
use super::{ColourMap, INK, INVALID, PREDICTION, QUIET, WHITE};
use crate::label::{INPUT_SIZE, Point};
use crate::model::HeatMap;

/// How much of the input heat hides at most.
const STRENGTH: f32 = 0.85;

/// One map beside others.
pub struct HeatPanel<'a> {
    pub title: String,
    /// A line below the title.
    pub note: String,
    pub heat: &'a HeatMap,
}

/// The map over the network's input, 128×128: colours as strong as the heat, as the window has
/// them.
pub fn heat_picture(input: &RgbImage, heat: &HeatMap) -> RgbImage {
    let colours = colours(heat);
    let table = colours.table();
    let values = heat.normalised();
    RgbImage::from_fn(input.width(), input.height(), |x, y| {
        let value = values[y as usize % INPUT_SIZE * INPUT_SIZE + x as usize % INPUT_SIZE];
        if !value.is_finite() {
            return Rgb(bytes(INVALID));
        }
        let place = if heat.signed {
            (value + 1.0) / 2.0
        } else {
            value
        };
        let colour = bytes(interpolate(&table, place)).map(f32::from);
        let share = STRENGTH * value.abs().sqrt();
        let below = input.get_pixel(x, y).0.map(f32::from);
        Rgb([0, 1, 2].map(|c| (below[c] + (colour[c] - below[c]) * share).round() as u8))
    })
}

fn colours(heat: &HeatMap) -> ColourMap {
    if heat.signed {
        ColourMap::Signed
    } else {
        ColourMap::Magma
    }
}

/// The input, then a panel for each map with its key; `at` marks the found point, in input pixels.
pub fn heat_figure(
    input: &RgbImage,
    at: Option<Point>,
    panels: &[HeatPanel],
    width_mm: f32,
) -> Page {
    const MARGIN: f32 = 4.0;
    const BETWEEN: f32 = 10.0;
    const HEAD: f32 = 24.0;
    const KEY: f32 = 18.0;
    let count = panels.len() as f32 + 1.0;
    let width = points(width_mm);
    let side = (width - 2.0 * MARGIN - (count - 1.0) * BETWEEN) / count;
    let height = 2.0 * MARGIN + HEAD + side + KEY;
    let mut page = Page::new([width, height], Unit::Point, WHITE);
    let top = MARGIN + HEAD;
    let mark = |page: &mut Page, left: f32| {
        if let Some(p) = at {
            let scale = side / INPUT_SIZE as f32;
            let centre = [left + p[0] * scale, top + p[1] * scale];
            page.disc(centre, 2.4, [0; 3]);
            page.disc(centre, 1.8, PREDICTION);
        }
    };
    page.text("input", [MARGIN, top - 14.0], 8.0, INK, Anchor::Start);
    page.picture(input.clone(), [MARGIN, top], [side; 2], true);
    mark(&mut page, MARGIN);
    for (n, HeatPanel { title, note, heat }) in panels.iter().enumerate() {
        let left = MARGIN + (n as f32 + 1.0) * (side + BETWEEN);
        page.text_within(title, [left, top - 14.0], (8.0, INK), side);
        page.text_within(note, [left, top - 5.0], (6.0, QUIET), side);
        page.picture(heat_picture(input, heat), [left, top], [side; 2], true);
        mark(&mut page, left);
        let (bar, base) = (top + side + 4.0, top + side + 14.0);
        let wide = side.min(100.0);
        page.picture(colour_bar(colours(heat)), [left, bar], [wide, 4.0], true);
        let reach = heat.reach();
        let low = short(if heat.signed { -reach } else { 0.0 });
        page.text(&low, [left, base], 5.0, QUIET, Anchor::Start);
        let high = format!("{} {}", short(reach), heat.unit);
        page.text(
            high.trim_end(),
            [left + wide, base],
            5.0,
            QUIET,
            Anchor::End,
        );
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heat_hides_the_input_where_it_is() {
        let input = RgbImage::from_pixel(128, 128, Rgb([50; 3]));
        let mut values = vec![0.0; 128 * 128];
        values[128 * 10 + 20] = 3.0;
        let mut heat = HeatMap {
            values,
            grid: vec![3.0],
            grid_side: 1,
            signed: false,
            unit: "logits",
        };
        let picture = heat_picture(&input, &heat);
        assert_eq!(picture.get_pixel(0, 0).0, [50; 3]);
        assert_ne!(picture.get_pixel(20, 10).0, [50; 3]);
        heat.signed = true;
        heat.values[5] = -3.0;
        heat.values[9] = f32::INFINITY;
        let picture = heat_picture(&input, &heat);
        let (cold, warm) = (picture.get_pixel(5, 0).0, picture.get_pixel(20, 10).0);
        assert_eq!(picture.get_pixel(9, 0).0, bytes(INVALID));
        assert!(cold[2] > cold[0] && warm[0] > warm[2], "{cold:?} {warm:?}");
        let panels = [HeatPanel {
            title: "t".into(),
            note: String::new(),
            heat: &heat,
        }];
        let page = heat_figure(&input, Some([64.0, 64.0]), &panels, 100.0);
        let image = page.to_image(2.0).unwrap();
        assert!(image.pixels().filter(|p| p.0 == PREDICTION).count() > 4);
    }
}
