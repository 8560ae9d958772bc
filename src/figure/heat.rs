//! Heat over what a network saw: where it looked for a point or an attribute.

use image::{Rgb, RgbImage};

use super::colour_map::{bytes, interpolate};
use super::number::{ends, span};
use super::page::{Anchor, Page, Unit, points as in_points};
use crate::figure::colour_map::ColourMap;
use crate::figure::grid::{INVALID, Stats};
use crate::figure::palette::{Colour, INK, LABEL, PREDICTION, QUIET, WHITE};
use crate::figure::text::{Text, text_lines};
use crate::label::{INPUT_SIZE, Point};
use crate::study::HeatMap;

/// How much of the input heat hides at most.
pub const STRENGTH: f32 = 0.85;

/// A light and a dark place of a photo, over which a key shows its colours.
const GROUNDS: [Colour; 2] = [[205; 3], [64; 3]];

/// A colour at `place` of its map, 0 to 1, over what is below: as strong as the value, and at most
/// so strong.
fn over(table: &[[f32; 3]; 256], signed: bool, place: f32, below: Colour, most: f32) -> Colour {
    let strength = match signed {
        true => (2.0 * place - 1.0).abs(),
        false => place,
    };
    let colour = bytes(interpolate(table, place)).map(f32::from);
    let (share, below) = (most * strength.sqrt(), below.map(f32::from));
    [0, 1, 2].map(|c| (below[c] + (colour[c] - below[c]) * share).round() as u8)
}

/// The key to colours over a photo, at most so strong, as they are over a light and over a dark
/// place of it: a row of pixels each.
pub fn heat_bar(colours: ColourMap, most: f32) -> RgbImage {
    const STEPS: u32 = 128;
    let (table, signed) = (colours.table(), colours.is_signed());
    RgbImage::from_fn(STEPS, 2, |x, y| {
        let place = x as f32 / (STEPS - 1) as f32;
        Rgb(over(&table, signed, place, GROUNDS[y as usize], most))
    })
}

/// One map beside others.
pub struct HeatPanel<'a> {
    pub title: String,
    /// A line below the title.
    pub note: String,
    pub heat: &'a HeatMap,
    /// The colours of values in a range, where they are not those of heat.
    pub scale: Option<HeatScale>,
}

/// Colours, the values of the lowest and the highest of them, and whose range that is.
#[derive(Clone, Debug)]
pub struct HeatScale {
    pub colours: ColourMap,
    pub range: (f32, f32),
    pub whose: String,
}

/// The map over the network's input, 128×128: colours as strong as the heat, as the window has
/// them.
pub fn heat_picture(input: &RgbImage, heat: &HeatMap) -> RgbImage {
    scaled_picture(input, heat, &HeatScale::of(heat))
}

impl HeatScale {
    fn of(heat: &HeatMap) -> Self {
        let reach = heat.reach();
        Self {
            colours: colours(heat),
            range: (if heat.signed { -reach } else { 0.0 }, reach),
            whose: String::new(),
        }
    }

    /// Where a value stands in the range, 0 to 1; nowhere what is no number.
    fn place(&self, value: f32) -> Option<f32> {
        let (low, high) = self.range;
        let middle = if self.colours.is_signed() { 0.5 } else { 0.0 };
        value.is_finite().then(|| match high > low {
            true => ((value - low) / (high - low)).clamp(0.0, 1.0),
            false => middle,
        })
    }
}

fn scaled_picture(input: &RgbImage, heat: &HeatMap, scale: &HeatScale) -> RgbImage {
    let table = scale.colours.table();
    RgbImage::from_fn(input.width(), input.height(), |x, y| {
        let value = heat.values[y as usize % INPUT_SIZE * INPUT_SIZE + x as usize % INPUT_SIZE];
        let Some(place) = scale.place(value) else {
            return Rgb(bytes(INVALID));
        };
        let below = input.get_pixel(x, y).0;
        Rgb(over(
            &table,
            scale.colours.is_signed(),
            place,
            below,
            STRENGTH,
        ))
    })
}

fn colours(heat: &HeatMap) -> ColourMap {
    if heat.signed {
        ColourMap::Signed
    } else {
        ColourMap::Magma
    }
}

/// The point that is asked about, in input pixels.
#[derive(Clone, Copy, Debug, Default)]
pub struct HeatPoints {
    /// Where the network finds it.
    pub found: Option<Point>,
    /// Where the face's label has it.
    pub label: Option<Point>,
    /// Whether the face has labels, but none of it.
    pub unlabelled: bool,
}

/// A point over heat.
#[derive(Clone, Copy, Debug)]
pub struct HeatMark {
    /// In input pixels; a label may lie outside.
    pub at: Point,
    pub colour: Colour,
    /// What it is.
    pub text: &'static str,
}

impl HeatMark {
    pub fn is_inside(&self) -> bool {
        self.at.iter().all(|v| (0.0..INPUT_SIZE as f32).contains(v))
    }
}

/// What is said in place of a label's mark.
pub const UNLABELLED: &str = "the point is not labelled";

impl HeatPoints {
    /// The found point last: it must not be covered.
    pub fn marks(self, panels: usize) -> Vec<HeatMark> {
        let found = match panels {
            1 => "the point that the network finds",
            _ => "the point that the trained network finds, in every panel",
        };
        let mark = |at: Option<Point>, colour, text| at.map(|at| HeatMark { at, colour, text });
        let label = mark(self.label, LABEL, "the labelled point");
        let found = mark(self.found, PREDICTION, found);
        label.into_iter().chain(found).collect()
    }
}

/// The input, then a panel for each map with its key and the points; below all the remarks.
pub fn heat_figure(
    input: &RgbImage,
    points: HeatPoints,
    panels: &[HeatPanel],
    remarks: &[String],
    width_mm: f32,
) -> Page {
    const MARGIN: f32 = 4.0;
    const BETWEEN: f32 = 10.0;
    const HEAD: f32 = 24.0;
    const KEY: f32 = 18.0;
    const LINE: f32 = 8.0;
    let count = panels.len() as f32 + 1.0;
    let width = in_points(width_mm);
    let marked = points.marks(panels.len());
    let side = (width - 2.0 * MARGIN - (count - 1.0) * BETWEEN) / count;
    // What is too long for a panel's width stands below, in its size.
    let long = |note: &str| Text::new(note, 6.0).width > side;
    let below = panels.iter().filter(|p| long(&p.note));
    let below = below.map(|p| format!("{}: {}", p.title, p.note));
    let unlabelled = points.unlabelled.then(|| UNLABELLED.to_owned());
    let lines = unlabelled.into_iter().chain(below).chain(legend(panels));
    let lines = lines.chain(remarks.iter().cloned());
    let lines = lines.flat_map(|text| text_lines(&text, 6.0, width - 2.0 * MARGIN));
    let lines: Vec<String> = lines.collect();
    let notes = lines.len() + marked.len();
    let foot = MARGIN + HEAD + side + KEY + 4.0;
    let height = foot + MARGIN + notes as f32 * LINE;
    let mut page = Page::new([width, height], Unit::Point, WHITE);
    let top = MARGIN + HEAD;
    let mark = |page: &mut Page, left: f32| {
        let scale = side / INPUT_SIZE as f32;
        for HeatMark { at, colour, .. } in marked.iter().filter(|mark| mark.is_inside()) {
            let centre = [left + at[0] * scale, top + at[1] * scale];
            page.disc(centre, 2.4, [0; 3]);
            page.disc(centre, 1.8, *colour);
        }
    };
    page.text("input", [MARGIN, top - 14.0], 8.0, INK, Anchor::Start);
    page.picture(input.clone(), [MARGIN, top], [side; 2], true);
    mark(&mut page, MARGIN);
    for (n, panel) in panels.iter().enumerate() {
        let HeatPanel {
            title, note, heat, ..
        } = panel;
        let scale = panel.scale.clone().unwrap_or_else(|| HeatScale::of(heat));
        let left = MARGIN + (n as f32 + 1.0) * (side + BETWEEN);
        page.text_within(title, [left, top - 14.0], (8.0, INK), side);
        if !long(note) {
            page.text(note, [left, top - 5.0], 6.0, QUIET, Anchor::Start);
        }
        let picture = scaled_picture(input, heat, &scale);
        page.picture(picture, [left, top], [side; 2], true);
        mark(&mut page, left);
        let (bar, base) = (top + side + 4.0, top + side + 14.0);
        let wide = side.min(100.0);
        page.picture(
            heat_bar(scale.colours, STRENGTH),
            [left, bar],
            [wide, 5.0],
            false,
        );
        let values = Stats::of(heat.values.iter().copied());
        let [low, high] = ends(scale.range, (values.min, values.max));
        page.text(&low, [left, base], 5.0, QUIET, Anchor::Start);
        let high = format!("{high} {}{}", heat.unit, scale.whose);
        let high = high.trim_end();
        page.text(high, [left + wide, base], 5.0, QUIET, Anchor::End);
    }
    let mut line = foot + 0.8 * LINE;
    for HeatMark { colour, text, .. } in &marked {
        page.disc([MARGIN + 2.4, line - 2.0], 2.4, [0; 3]);
        page.disc([MARGIN + 2.4, line - 2.0], 1.8, *colour);
        page.text(text, [MARGIN + 8.0, line], 6.0, QUIET, Anchor::Start);
        line += LINE;
    }
    for text in lines {
        page.text(&text, [MARGIN, line], 6.0, QUIET, Anchor::Start);
        line += LINE;
    }
    page
}

/// What is to be said of the colours, and of ranges that are not the same.
fn legend(panels: &[HeatPanel]) -> Vec<String> {
    let scales = panels.iter().map(|panel| {
        let own = || HeatScale::of(panel.heat);
        panel.scale.clone().unwrap_or_else(own)
    });
    let scales: Vec<HeatScale> = scales.collect();
    let bare = |s: &HeatScale| s.colours.is_signed() || s.range.0 == 0.0;
    let bare = match scales.iter().all(bare) {
        true => "0 is",
        false => "the lowest value is",
    };
    let mut lines = vec![format!(
        "colours are as strong as the value, {bare} the bare face; the bars show them over a light \
         and over a dark place of it"
    )];
    if scales.windows(2).any(|two| two[0].range != two[1].range) {
        let ranges: Vec<String> = scales.iter().map(|s| span(s.range.0, s.range.1)).collect();
        lines.push(format!(
            "the panels have different ranges: {}",
            ranges.join(" and ")
        ));
    }
    lines
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::figure::Mark;

    /// A map that is alike everywhere.
    pub fn even_heat(value: f32, unit: &'static str) -> HeatMap {
        HeatMap {
            values: vec![value; 128 * 128],
            grid: vec![value],
            grid_side: 1,
            signed: false,
            unit,
        }
    }

    fn found(at: Point) -> HeatPoints {
        HeatPoints {
            found: Some(at),
            ..HeatPoints::default()
        }
    }

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
            scale: None,
        }];
        let page = heat_figure(&input, found([64.0, 64.0]), &panels, &[], 100.0);
        let image = page.to_image(2.0).unwrap();
        assert!(image.pixels().filter(|p| p.0 == PREDICTION).count() > 4);
    }

    #[test]
    fn a_long_note_stands_below_in_its_size() {
        let input = RgbImage::from_pixel(128, 128, Rgb([50; 3]));
        let heat = even_heat(0.00712, "relative");
        let page = |note: &str| {
            let panel = HeatPanel {
                title: "Grad-CAM".into(),
                note: note.into(),
                heat: &heat,
                scale: None,
            };
            heat_figure(&input, HeatPoints::default(), &[panel], &[], 150.0)
        };
        let texts = |page: &Page| -> Vec<(String, f32, f32)> {
            let all = page.marks.iter().filter_map(|m| match m {
                Mark::Text { text, at, size, .. } => Some((text.clone(), at[1], *size)),
                _ => None,
            });
            all.collect()
        };
        let short_one = texts(&page("relative"));
        let above = short_one.iter().find(|t| t.0 == "relative").unwrap();
        assert_eq!(above.2, 6.0);
        assert!(
            short_one.iter().any(|t| t.0 == "0.00712 relative"),
            "{short_one:?}"
        );
        let long = "mean gradient times activation over all places of the map ".repeat(4);
        let broken = texts(&page(long.trim()));
        let found: Vec<_> = broken.iter().filter(|t| t.0.contains("gradient")).collect();
        assert!(found.len() > 1 && found.iter().all(|t| t.2 == 6.0 && t.1 > above.1 + 100.0));
        assert!(
            found[0].0.starts_with("Grad-CAM: mean gradient"),
            "{found:?}"
        );
    }

    #[test]
    fn the_key_shows_the_colours_as_they_are_over_the_photo() {
        for colours in [ColourMap::Magma, ColourMap::Signed] {
            let bar = heat_bar(colours, STRENGTH);
            // Where the value is zero there is nothing but the photo.
            let zero = if colours.is_signed() { 63 } else { 0 };
            for (y, ground) in GROUNDS.into_iter().enumerate() {
                let scale = HeatScale {
                    colours,
                    range: (if colours.is_signed() { -1.0 } else { 0.0 }, 1.0),
                    whose: String::new(),
                };
                let photo = RgbImage::from_pixel(128, 128, Rgb(ground));
                let at = |x: u32| bar.get_pixel(x, y as u32).0;
                let near = at(zero).map(|v| (i32::from(v) - i32::from(ground[0])).abs());
                assert!(near.iter().all(|d| *d < 20), "{near:?}");
                let heat = even_heat(1.0, "");
                let over = scaled_picture(&photo, &heat, &scale);
                assert_eq!(over.get_pixel(0, 0).0, at(127), "the strongest");
            }
        }
    }

    #[test]
    fn what_the_disc_is_and_that_ranges_differ_is_said() {
        let input = RgbImage::from_pixel(128, 128, Rgb([50; 3]));
        let [trained, random] = [1.25, 56.5].map(|most| even_heat(most, "px"));
        let panel = |heat| HeatPanel {
            title: "t".into(),
            note: String::new(),
            heat,
            scale: None,
        };
        let text = |panels: &[HeatPanel], points| {
            let page = heat_figure(&input, points, panels, &[], 150.0);
            String::from_utf8(page.encode(crate::figure::Format::Svg, 1.0).unwrap()).unwrap()
        };
        let both = text(&[panel(&trained), panel(&random)], found([64.0, 64.0]));
        assert!(both.contains("the trained network finds"), "{both}");
        assert!(both.contains("different ranges: 0 to 1.25 and 0 to 56.5"));
        let one = text(&[panel(&trained)], HeatPoints::default());
        assert!(!one.contains("different ranges") && !one.contains("finds"));
        assert!(one.contains("0 is the bare face"));
    }

    #[test]
    fn a_fixed_range_is_that_of_the_colours_and_of_their_key() {
        let input = RgbImage::from_pixel(128, 128, Rgb([50; 3]));
        let heat = even_heat(1.0, "");
        let scale = |high| HeatScale {
            colours: ColourMap::Viridis,
            range: (0.0, high),
            whose: "fixed".into(),
        };
        let pixel = |high| {
            scaled_picture(&input, &heat, &scale(high))
                .get_pixel(3, 3)
                .0
        };
        assert_eq!(pixel(1.0), pixel(0.5), "at its end and beyond");
        assert_ne!(pixel(1.0), pixel(4.0));
        let panels = [HeatPanel {
            title: "channel".into(),
            note: String::new(),
            heat: &heat,
            scale: Some(scale(4.0)),
        }];
        let page = heat_figure(&input, HeatPoints::default(), &panels, &[], 100.0);
        let text = page.encode(crate::figure::Format::Svg, 1.0).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains(">4.00 fixed<"), "{text}");
        let panels = panels.map(|panel| HeatPanel {
            scale: Some(scale(0.5)),
            ..panel
        });
        let page = heat_figure(&input, HeatPoints::default(), &panels, &[], 100.0);
        let text = page.encode(crate::figure::Format::Svg, 1.0).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains(">≥ 0.500 fixed<"), "cut: {text}");
    }
}
