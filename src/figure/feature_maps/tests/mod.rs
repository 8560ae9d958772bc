mod compared;

use super::arrange::laid_out;
use super::key::key_lines;
use super::sizes::{BETWEEN, HEAD, KEY};
use super::*;
use crate::figure::Format;
use crate::figure::{ColourMap, Scale};
use crate::model::FeatureMap;
use crate::study::{Matching, Pair};

fn maps() -> Vec<FeatureMap> {
    ["shared", "landmarks", "attributes"]
        .map(|tower| FeatureMap {
            tower: tower.into(),
            layer: "conv4_1".into(),
            channels: 5,
            side: 16,
            data: (0..5 * 256).map(|v| v as f32).collect(),
        })
        .to_vec()
}

fn row<'a>(input: &'a RgbImage, maps: &'a [FeatureMap]) -> FigureRow<'a> {
    FigureRow::new(input, maps)
}

fn svg(figure: &FeatureFigure) -> String {
    let text = figure.page().unwrap().encode(Format::Svg, 1.0);
    String::from_utf8(text.unwrap()).unwrap()
}

#[test]
fn the_figure_holds_every_channel() {
    let (maps, input) = (maps(), RgbImage::new(128, 128));
    let scale = 200.0 / Unit::Point.per_inch();
    let drawn = |maps: &[FeatureMap]| {
        let figure = FeatureFigure {
            pixels: Pixels::PerPoint(scale),
            ..FeatureFigure::new("conv4_1", vec![FigureRow::new(&input, maps)])
        };
        figure.page()?.to_image(scale)
    };
    let figure = drawn(&maps).unwrap();
    let light = figure
        .pixels()
        .filter(|p| p.0 == ColourMap::default().colour(1.0))
        .count();
    assert!(light > 0 && figure.width() > 800);
    assert_eq!(drawn(&[]), Err(FigureError::Empty));
    let page = FeatureFigure::new("conv4_1", vec![row(&input, &maps)]);
    let text = page.page().unwrap().encode(Format::Svg, 1.0);
    let text = String::from_utf8(text.unwrap()).unwrap();
    for word in [
        "Shared Conv4-1",
        "Attributes Conv4-1",
        "5 maps of 16 × 16",
        ">4: 1024 to 1279<",
        "0 to 1279",
    ] {
        assert!(text.contains(word), "{word}");
    }
    let remark = "the network with Shared Conv1-2: muted 1";
    let remarked = FeatureFigure {
        remark: remark.into(),
        ..page
    };
    assert!(!text.contains(remark) && svg(&remarked).contains(remark));
}

#[test]
fn names_of_a_grid_are_in_one_size() {
    let input = RgbImage::new(64, 64);
    let map = |by: f32| FeatureMap {
        tower: "shared".into(),
        layer: "conv2_1".into(),
        channels: 16,
        side: 8,
        data: (0..16 * 64).map(|v| by * (v % 64) as f32).collect(),
    };
    let maps = vec![map(0.07)];
    let text = svg(&FeatureFigure::new("conv2_1", vec![row(&input, &maps)]));
    let mut sizes = std::collections::HashSet::new();
    for line in text.split("<text ").skip(1) {
        let words = line.split(['>', '<']).nth(1).unwrap_or_default();
        let own = words.split_once(": ").map(|(name, _)| name.parse::<u32>());
        if let Some(Ok(_)) = own {
            sizes.insert(line.split('"').nth(5).unwrap().to_owned());
        }
    }
    assert_eq!(sizes.len(), 1, "{sizes:?}");
}

/// Of channels that all have a partner, with the numbers of a network of more of them.
fn matching(maps: &[FeatureMap], channels: [usize; 2]) -> Vec<Matching> {
    let pair = |channel: usize| Pair {
        channel,
        partner: channels[1] - 9 + channel % 9,
        correlation: [Some(0.67), None, None, Some(-0.21), None][channel % 5],
        best: 0,
        best_correlation: None,
    };
    let of = |map: &FeatureMap| Matching {
        tower: map.tower.clone(),
        place: crate::model::TapLayer::conv(crate::model::Layer::Conv4_1),
        faces: 32,
        channels,
        pairs: (0..map.channels).map(pair).collect(),
    };
    maps.iter().map(of).collect()
}

/// So many maps of each of three towers.
fn many(channels: usize) -> Vec<FeatureMap> {
    let mut maps = maps();
    for map in &mut maps {
        map.channels = channels;
        map.data = (0..channels * 256).map(|v| 0.0031 * v as f32).collect();
    }
    maps
}

/// Each text of a figure, its size and the middle or beginning of its line.
fn texts(figure: &FeatureFigure) -> Vec<(String, f32)> {
    let text = svg(figure);
    let words = text.split("<text ").skip(1).map(|line| {
        let size = line.split("font-size=\"").nth(1).unwrap();
        let size = size.split('"').next().unwrap().parse().unwrap();
        let words = line.split(['>', '<']).nth(1).unwrap_or_default();
        (words.to_owned(), size)
    });
    words.collect()
}

#[test]
fn what_is_muted_is_not_said_to_be_zero_on_the_photo() {
    let input = RgbImage::new(128, 128);
    let mut maps = maps();
    // Channels 1 and 2 are zero, of which 2 is muted.
    maps[1].data[256..3 * 256].fill(0.0);
    let mut rows = vec![row(&input, &maps), row(&input, &maps)];
    rows[0].muted = vec![vec![], vec![2], vec![]];
    let one = FeatureFigure::new("conv4_1", rows[..1].to_vec());
    let actual = |figure: &FeatureFigure| {
        let message = texts(figure).into_iter().map(|t| t.0);
        message.collect::<Vec<_>>().join(" ")
    };
    let text = actual(&one);
    assert!(
        text.contains("hatched: 1 zero on this photo, 1 muted"),
        "{text}"
    );
    // Of a pair it is the partner that is muted.
    rows[1].matching = matching(&maps, [5, 80]);
    rows[1].muted = vec![vec![], vec![73], vec![]];
    let text = actual(&FeatureFigure::new("conv4_1", rows));
    assert_eq!(text.matches("1 muted").count(), 3, "{text}");
    assert!(text.contains("4 zero everywhere, 1 muted"), "{text}");
}

#[test]
fn ranges_are_written_under_maps_or_it_is_said_that_each_has_its_own() {
    let input = RgbImage::new(128, 128);
    let own = "each channel in its own range";
    for (channels, matched, width_mm, fits) in [
        (8, true, 180.0, true),
        (8, true, 84.0, false),
        (8, false, 180.0, true),
        (64, true, 180.0, false),
    ] {
        let maps = many(channels);
        let mut rows = vec![row(&input, &maps), row(&input, &maps)];
        if matched {
            rows[1].matching = matching(&maps, [channels, 2 * channels]);
        }
        let figure = FeatureFigure {
            width_mm,
            ..FeatureFigure::new("conv4_1", rows)
        };
        let said: Vec<String> = texts(&figure).into_iter().map(|t| t.0).collect();
        let case = format!("{channels} {matched} {width_mm}: {said:?}");
        assert_eq!(!said.join(" ").contains(own), fits, "{case}");
        // That of channel 1, in each tower and, of a pair, in each row.
        let range = |w: &&String| w.ends_with("0.794 to 1.58") || w.ends_with("0.794–1.58");
        let count = said.iter().filter(range).count();
        if fits {
            assert!(count >= if matched { 6 } else { 3 }, "{case}");
        }
    }
    // In a figure of one row too; a range of all needs none under each.
    let maps = many(64);
    for (scale, said) in [(Scale::Channel, true), (Scale::Layer, false)] {
        let figure = FeatureFigure {
            width_mm: 84.0,
            scale,
            ..FeatureFigure::new("conv4_1", vec![row(&input, &maps)])
        };
        let texts: Vec<String> = texts(&figure).into_iter().map(|t| t.0).collect();
        assert_eq!(texts.join(" ").contains(own), said, "{texts:?}");
    }
}

#[test]
fn words_above_and_below_maps_have_the_room_that_they_need() {
    let input = RgbImage::new(128, 128);
    let mut maps = many(64);
    maps[0].data.iter_mut().for_each(|v| *v = -1.234e-7);
    maps[1].data[..4 * 256].fill(0.0);
    maps[1].data[4 * 256] = f32::NAN;
    let rows = vec![row(&input, &maps), row(&input, &maps)];
    let figure = FeatureFigure {
        width_mm: 120.0,
        ..FeatureFigure::new("conv4_1", rows)
    };
    let panels = figure.panels();
    let (layout, lines) = laid_out(points(120.0), &panels, 20.0, true);
    let keys = panels.iter().flatten();
    let keys = keys.map(|p| key_lines(p, layout.text)).max().unwrap();
    assert!(lines == 2 && keys > 1, "{lines} {keys}");
    assert!(layout.around.head > HEAD && layout.around.key > KEY);
}

#[test]
fn channels_are_chosen_or_named_as_missing() {
    let (maps, input) = (maps(), RgbImage::new(128, 128));
    let mut figure = FeatureFigure::new("conv4_1", vec![row(&input, &maps)]);
    figure.channels = Some(vec![4, 0]);
    assert!(figure.page().is_ok());
    figure.channels = Some(vec![5]);
    let actual = figure.page().unwrap_err().to_string();
    assert!(
        actual.contains("no channel 5") && actual.contains("0 to 4"),
        "{actual}"
    );
    figure.channels = Some(Vec::new());
    assert!(figure.page().is_err());
    figure.channels = None;
    figure.width_mm = 5.0;
    assert!(figure.page().unwrap_err().to_string().contains("5 mm"));
    // Narrow towers stand one above the other.
    figure.width_mm = 20.0;
    assert!(figure.page().is_ok());
}

#[test]
fn a_page_of_too_many_pixels_is_refused_before_its_cells_are_drawn() {
    let (maps, input) = (maps(), RgbImage::new(128, 128));
    let mut figure = FeatureFigure {
        width_mm: 2000.0,
        pixels: Pixels::PerPoint(2400.0 / 72.0),
        ..FeatureFigure::new("conv4_1", vec![row(&input, &maps)])
    };
    let began = std::time::Instant::now();
    let actual = figure.page().unwrap_err().to_string();
    assert!(actual.contains("188976 × "), "{actual}");
    assert!(began.elapsed().as_secs_f32() < 1.0);
    for density in [f32::NAN, 0.0] {
        figure.pixels = Pixels::PerPoint(density);
        assert!(figure.page().is_err(), "{density}");
    }
    figure.pixels = Pixels::Own;
    assert!(figure.page().is_ok());
}

#[test]
fn a_long_name_stays_above_the_input() {
    let (maps, input) = (maps(), RgbImage::new(128, 128));
    let mut rows = vec![row(&input, &maps)];
    rows[0].caption = "a name that is long, ".repeat(9);
    let page = FeatureFigure::new("conv4_1", rows).page().unwrap();
    let image = page.to_image(2.0).unwrap();
    let figure = FeatureFigure::new("conv4_1", vec![row(&input, &maps)]);
    let (layout, _) = laid_out(points(180.0), &figure.panels(), 8.0, false);
    let side = layout.input.side;
    let dark = |from: f32, to: f32| {
        let columns = (2.0 * (MARGIN + from)) as u32..(2.0 * (MARGIN + to)) as u32;
        let head = 2 * MARGIN as u32..2 * (MARGIN + HEAD) as u32 - 4;
        columns
            .flat_map(|x| head.clone().map(move |y| (x, y)))
            .any(|(x, y)| image.get_pixel(x, y).0[0] < 200)
    };
    assert!(dark(side - 9.0, side) && !dark(side + 1.0, side + BETWEEN - 1.0));
}
