//! Two rows that are compared.

use super::*;

#[test]
fn compared_rows_have_one_scale_and_a_signed_difference() {
    let (low, input) = (maps(), RgbImage::new(128, 128));
    let mut high = low.clone();
    high.iter_mut()
        .for_each(|m| m.data.iter_mut().for_each(|v| *v += 1000.0));
    let mut figure = FeatureFigure {
        scale: Scale::Layer,
        ..FeatureFigure::new("conv4_1", vec![row(&input, &low), row(&input, &high)])
    };
    let stats = figure.stats();
    for row in &stats {
        assert_eq!((row[1][5].min, row[1][5].max), (0.0, 2279.0));
    }
    assert!(stats[0][1][5].mean < 1000.0 && stats[1][1][5].mean > 1000.0);
    let page = figure.page().unwrap();
    let image = page.to_image(1.4).unwrap();
    // A difference of 1000 everywhere is the reddest red.
    let red = ColourMap::Signed.colour(1.0);
    assert!(image.pixels().filter(|p| p.0 == red).count() > 3000);
    let mut fewer = high.clone();
    fewer[0].channels = 4;
    fewer[0].data.truncate(4 * 256);
    figure.rows[1].maps = &fewer;
    // Of different numbers of channels both are shown, and why there is no difference.
    let text = svg(&figure);
    assert!(text.contains("different numbers of channels"), "{text}");
    assert!(text.contains("(5, 5, 5 and 4, 5, 5)") && !text.contains(">difference<"));
    let mut others = fewer.clone();
    others.swap(0, 1);
    figure.rows[1].maps = &others;
    let actual = figure.page().unwrap_err().to_string();
    assert!(actual.contains("different towers at Conv4-1"), "{actual}");
    assert!(actual.contains("Landmarks 5, Shared 4"), "{actual}");
}

#[test]
fn every_cell_of_a_pair_says_its_partner_and_how_well_it_matches() {
    let input = RgbImage::new(128, 128);
    for channels in [8, 16, 64] {
        let maps = many(channels);
        let mut rows = vec![row(&input, &maps), row(&input, &maps)];
        rows[1].matching = matching(&maps, [channels, 200]);
        let figure = FeatureFigure::new("conv4_1", rows);
        let texts = texts(&figure);
        let all = |is: &dyn Fn(&str) -> bool| texts.iter().filter(|t| is(&t.0)).count();
        // The pair of channel 0, in each tower, and how well it matches, wherever that stands.
        let partner = all(&|w| w == "191" || w.contains("191, r") || w.contains("191 ·"));
        let r = all(&|w| w.contains(".67"));
        assert!(
            partner >= 3 && r >= 3 * channels.div_ceil(5),
            "{channels}: {texts:?}"
        );
        let own = all(&|w| w == "0" || w.starts_with("0: ") || w.starts_with("0 ↔"));
        assert!(own >= 3, "{channels}: {own}");
    }
}

#[test]
fn captions_of_a_comparison_are_in_one_size_and_a_page_holds_it() {
    let input = RgbImage::new(128, 128);
    for channels in [16, 64] {
        for matched in [false, true] {
            let first = many(channels);
            let mut second = first.clone();
            // One tower has values that need more room than others.
            second[1].data.iter_mut().for_each(|v| *v *= -1234.5);
            let mut rows = vec![row(&input, &first), row(&input, &second)];
            if matched {
                rows[1].matching = matching(&first, [channels; 2]);
            }
            let figure = FeatureFigure::new("conv4_1", rows);
            let height = figure.page().unwrap().size[1] / points(1.0);
            assert!(height <= 230.0, "{channels}: {height} mm");
            let laid = figure.arranged(figure.arranged(false).misses_ranges());
            let labels = laid.labels.into_iter().flatten().flatten();
            let under: Vec<String> = labels.flatten().map(|l| l.0).collect();
            let texts = texts(&figure);
            // A key's zero has a size of its own.
            let sizes = texts.iter().filter(|t| t.0 != "0" && under.contains(&t.0));
            let mut sizes: Vec<f32> = sizes.map(|t| t.1).collect();
            // At least the numbers, and what the difference spans.
            assert!(
                sizes.len() > 5 * channels,
                "{channels} {matched}: {}",
                sizes.len()
            );
            sizes.dedup();
            assert_eq!(sizes.len(), 1, "{channels} {matched}: {sizes:?}");
        }
    }
}

#[test]
fn networks_of_different_widths_have_their_numbers() {
    let input = RgbImage::new(128, 128);
    let (narrow, wide) = (many(16), many(32));
    for both in [[&narrow, &wide], [&wide, &narrow]] {
        let rows = both.map(|maps| row(&input, maps)).to_vec();
        let figure = FeatureFigure::new("conv4_1", rows);
        let texts = texts(&figure);
        let count = |text: &str| texts.iter().filter(|t| t.0 == text).count();
        assert_eq!(
            (count("3"), count("15"), count("31")),
            (6, 6, 3),
            "{texts:?}"
        );
    }
}

#[test]
fn what_is_muted_in_one_network_alone_has_no_difference() {
    let input = RgbImage::new(128, 128);
    let first = {
        let mut maps = maps();
        maps[0].zero_channels(&[3]);
        maps
    };
    let second = maps();
    for matched in [false, true] {
        let mut rows = vec![row(&input, &first), row(&input, &second)];
        rows[0].muted = vec![vec![3], vec![], vec![]];
        if matched {
            rows[1].matching = matching(&second, [5, 80]);
        }
        let figure = FeatureFigure::new("conv4_1", rows);
        let panels = figure.panels();
        let muted: Vec<&[usize]> = panels.iter().map(|row| &*row[0].muted).collect();
        assert_eq!(muted, [&[3][..], &[], &[3]], "{matched}");
        assert!(panels[2][0].stats[3].is_zero(), "hatched");
        // The second is as strong as it is, and the others differ in nothing.
        assert_eq!(panels[1][0].stats[3].max, 1023.0);
        let said: Vec<String> = texts(&figure).into_iter().map(|t| t.0).collect();
        let keys = said.join(" ").matches("1 muted").count();
        assert_eq!(keys, 2, "{said:?}");
        let under = said
            .iter()
            .filter(|w| w.ends_with(": muted") || *w == "muted");
        assert!(under.count() >= 2, "{said:?}");
    }
}

#[test]
fn matched_channels_bear_the_numbers_of_their_own_network() {
    let (maps, input) = (maps(), RgbImage::new(128, 128));
    let mut rows = vec![row(&input, &maps), row(&input, &maps)];
    rows[1].matching = matching(&maps, [5, 80]);
    rows[1].matched_over = "32 of all 300 faces".into();
    let mut figure = FeatureFigure {
        channels: Some(vec![0, 3]),
        difference: "second − first, and said at length ".repeat(4),
        ..FeatureFigure::new("conv4_1", rows)
    };
    let text = svg(&figure);
    let said: Vec<String> = texts(&figure).into_iter().map(|t| t.0).collect();
    let said = said.join(" ");
    for message in [
        ">0: 0 to 255<",
        ">3: 768 to 1023<",
        ">0 ↔ 71, r .67",
        ">3 ↔ 74, r −.21",
        ">0 ↔ 71: ±0<",
        "of each channel in both",
        "matched by correlation over 32 of all 300 faces: mean r 0.23 Shared, 0.23 Landmarks",
        "2 of 80 maps of 16 × 16",
        "75 of 80 of the second",
    ] {
        assert!(
            text.contains(message) || said.contains(message),
            "{message}: {text}"
        );
    }
    assert!(!text.contains(">72"));
    // What is subtracted is as large as other small text, in as many lines as it needs.
    let lines = text.matches("at length").count();
    assert!(lines >= 2, "{lines}");
    let (all, image) = (figure.page().unwrap(), |p: &Page| p.to_image(1.0).unwrap());
    figure.difference = "short".into();
    let one = figure.page().unwrap();
    assert!(image(&all).height() > image(&one).height());
    let sizes = text.split("font-size=\"").skip(1);
    let sizes = sizes.filter_map(|s| s.split('"').next()?.parse::<f32>().ok());
    assert!(sizes.fold(f32::INFINITY, f32::min) >= 4.0, "{text}");
}

#[test]
fn each_of_two_networks_is_seen_in_its_own_range() {
    let (strong, input) = (maps(), RgbImage::new(128, 128));
    let mut weak = strong.clone();
    let values = weak.iter_mut().flat_map(|m| &mut m.data);
    values.for_each(|v| *v /= 8.0);
    let seen = |scale| {
        let figure = FeatureFigure {
            scale,
            ..FeatureFigure::new("conv4_1", vec![row(&input, &strong), row(&input, &weak)])
        };
        let image = figure.page().unwrap().to_image(1.4).unwrap();
        // Where the difference is zero everywhere, it is hatched.
        let white = [232, 233, 236];
        let count = |is: &dyn Fn([u8; 3]) -> bool| image.pixels().filter(|p| is(p.0)).count();
        let dark = count(&|colour| colour.iter().all(|v| *v < 60));
        (dark, count(&|c| c == white), svg(&figure))
    };
    let (joint, own) = (seen(Scale::Channel), seen(Scale::Own));
    assert!(
        own.0 + 20_000 < joint.0,
        "the weak is black: {} {}",
        own.0,
        joint.0
    );
    // But for their strength both are the same.
    assert!(own.1 > joint.1 + 1000, "{} {}", own.1, joint.1);
    assert!(own.2.contains("largest absolute value") && !joint.2.contains("largest absolute"));
    assert!(!own.2.contains("in both") && joint.2.contains("in both"));
}

#[test]
fn a_difference_is_scaled_as_the_maps_are() {
    let (low, input) = (maps(), RgbImage::new(128, 128));
    let mut high = low.clone();
    for map in &mut high {
        let plane = map.side * map.side;
        map.data
            .iter_mut()
            .enumerate()
            .for_each(|(i, v)| *v += (1 + i / plane) as f32);
    }
    let red = |scale| {
        let figure = FeatureFigure {
            scale,
            ..FeatureFigure::new("conv4_1", vec![row(&input, &low), row(&input, &high)])
        };
        let image = figure.page().unwrap().to_image(1.4).unwrap();
        let reddest = ColourMap::Signed.colour(1.0);
        image.pixels().filter(|p| p.0 == reddest).count()
    };
    let (layer, channel) = (red(Scale::Layer), red(Scale::Channel));
    assert!(channel > 4 * layer, "{channel} {layer}: each by its own");
    assert_eq!(red(Scale::Fixed(0.0, 1.0)), layer);
}

#[test]
fn in_one_range_each_map_says_its_own_values() {
    let input = RgbImage::new(128, 128);
    let first = maps();
    let mut second = first.clone();
    for map in &mut second {
        map.data.iter_mut().for_each(|v| *v /= 2.0);
        // Channel 1 gains as well as it loses.
        map.data[256] = 1000.0;
    }
    for matched in [false, true] {
        for scale in [Scale::Layer, Scale::Fixed(0.0, 700.0)] {
            let mut rows = vec![row(&input, &first), row(&input, &second)];
            if matched {
                rows[1].matching = matching(&second, [5, 80]);
            }
            let figure = FeatureFigure {
                scale,
                ..FeatureFigure::new("conv4_1", rows)
            };
            let panels = figure.panels();
            let actual = |r: usize, channel: usize| panels[r][0].ranges(channel)[0].clone();
            let case = format!("{matched} {scale:?}");
            assert_eq!(
                [actual(0, 1), actual(0, 4)],
                ["at most 511", "at most 1279"],
                "{case}"
            );
            assert_eq!(
                [actual(1, 1), actual(1, 4)],
                ["at most 1000", "at most 640"],
                "{case}"
            );
            // 256 became 1000, and 511 half of it.
            assert_eq!(actual(2, 1), "−256 to 744", "{case}");
            let head = panel::head_text(&panels[1][0]);
            assert_eq!(head[1], "values 0 to 1000", "{case}");
            // Of each row all is written, or nothing that is another row's.
            let texts: Vec<String> = texts(&figure).into_iter().map(|t| t.0).collect();
            let text = texts.join(" ");
            assert!(text.contains("of the layer's difference"), "{case}: {text}");
            assert_eq!(
                text.matches("≥ 700").count() == 6,
                scale != Scale::Layer,
                "{text}"
            );
        }
    }
    // In ranges of their own rows share what is written, which is the range of both.
    let rows = vec![row(&input, &first), row(&input, &second)];
    let panels = FeatureFigure::new("conv4_1", rows);
    let panels = panels.panels();
    assert_eq!(panels[0][0].ranges(1)[0], "128 to 1000");
    assert_eq!(panels[1][0].ranges(1)[0], "128 to 1000");
}

#[test]
fn a_head_has_the_range_of_the_maps_below_it() {
    let (maps, input) = (maps(), RgbImage::new(128, 128));
    for (channels, values, layer) in [
        (None, "values 0 to 1279", false),
        (Some(vec![2, 1]), "values 256 to 767", true),
    ] {
        let figure = FeatureFigure {
            scale: Scale::Layer,
            channels,
            ..FeatureFigure::new("conv4_1", vec![row(&input, &maps)])
        };
        let said: Vec<String> = texts(&figure).into_iter().map(|t| t.0).collect();
        let said = said.join(" ");
        assert_eq!(said.matches(values).count(), 3, "{said}");
        // The colours span the layer's, which is then no longer above them.
        assert_eq!(said.contains("of the layer"), layer, "{said}");
    }
}

#[test]
fn a_warning_stands_below_the_maps() {
    let (maps, input) = (maps(), RgbImage::new(128, 128));
    let rows = vec![row(&input, &maps), row(&input, &maps)];
    let figure = FeatureFigure {
        warning: "equal numbers mean nothing".into(),
        ..FeatureFigure::new("conv4_1", rows)
    };
    let text = svg(&figure);
    assert!(
        text.contains(">warning: equal numbers mean nothing<"),
        "{text}"
    );
}
