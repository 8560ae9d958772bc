//! What is seen of the maps as figures for print, and the maps as numbers for Python.

use std::path::{Path, PathBuf};

use anyhow::{Context, Error, Result, ensure};

use super::compare::{Compare, CompareWanted, Second, Side, matching_of, side, sides};
use super::facts::{FigureFacts, SecondFacts, muted_words};
use super::maps::{LookedAt, maps_at};
use super::numbers::{write_matches, write_numbers};
use super::study::Finding;
use crate::atomic::write_atomic;
use crate::figure::{
    ColourMap, FeatureFigure, FigureRow, Format, HeatPanel, HeatScale, Page, Pixels, Scale, Unit,
    explanation_figure, heat_figure, matches_table, towers_figure,
};
use crate::label::Schema;
use crate::model::{Mask, Predictor, Tap, TapLayer, weights_name};
use crate::study::{Explanation, Towers};
use crate::words::{layer_title, title};

/// A figure and its file, if it has one.
pub struct FigureWanted {
    /// .png, .svg or .pdf; a folder for numbers; nowhere for a picture that goes elsewhere.
    pub out: Option<PathBuf>,
    pub width_mm: f32,
    /// Dots per inch of a .png.
    pub dpi: f32,
    /// Origin and fingerprint of the network that it is of.
    pub network: (String, String),
    /// What the file says of itself beside the network; of the second one it is added.
    pub facts: FigureFacts,
    pub drawing: Drawing,
}

pub enum Drawing {
    /// The input and every tower's maps, as the paper's Figure 6.
    Maps(MapFigure),
    /// As [`write_numbers`] writes them.
    Numbers {
        face: LookedAt,
        place: TapLayer,
        masks: Vec<Mask>,
        /// The second network or photo, whose maps and difference are written too.
        beside: Option<CompareWanted>,
    },
    /// And over which faces they are.
    Towers(Towers, String),
    /// A channel over the face, and the face alone.
    Channel {
        face: LookedAt,
        tap: Tap,
        masks: Vec<Mask>,
        channel: usize,
        /// What it is called.
        name: String,
        /// The comparison that it is of, and whose map it is.
        beside: Option<(CompareWanted, Compare)>,
        /// The colours and the range in which it is looked at.
        scale: HeatScale,
    },
    /// With what the network that was asked answers.
    Explanation(Box<Explanation>, Schema),
}

pub struct MapFigure {
    pub face: LookedAt,
    pub place: TapLayer,
    pub masks: Vec<Mask>,
    pub scale: Scale,
    pub colours: ColourMap,
    /// All of them if `None`.
    pub channels: Option<Vec<usize>>,
    /// The second network or photo, what both are called, and what their difference is.
    pub beside: Option<(CompareWanted, [String; 2], String)>,
    /// Which channels are muted, in words: "Shared Conv1-2: channel 0 muted"; may be empty.
    pub muted: String,
}

impl FigureWanted {
    fn format(&self) -> Result<Format> {
        let of = |path: &PathBuf| Format::of(path).map_err(Error::msg);
        self.out.as_ref().map_or(Ok(Format::Png), of)
    }
}

/// Writes the figure and says where, or hands it back.
pub(super) fn write(predictor: &Predictor, wanted: &FigureWanted) -> Result<Finding> {
    let found = matches!(
        wanted.drawing,
        Drawing::Towers(..) | Drawing::Explanation(..)
    );
    ensure!(
        found || predictor.network().fingerprint() == wanted.network.1,
        "another network is in use by now: ask for the figure again"
    );
    let out = || {
        wanted
            .out
            .as_deref()
            .context("there is no file to write to")
    };
    let mut facts = wanted.facts.clone();
    let mut page = match &wanted.drawing {
        Drawing::Numbers {
            face,
            place,
            masks,
            beside,
        } => {
            if let Some(beside) = beside {
                let [first, second] = sides(predictor, beside, &mut None)?;
                let mut written = write_numbers(out()?, &first.maps, Some(&second.maps))?;
                if let Some(matched) = &beside.matched {
                    let (towers, faces) = (&matched.towers, &matched.faces);
                    let table = matches_table(towers, faces, &matched.networks);
                    written.push(write_matches(out()?, &table)?);
                }
                return Ok(Finding::Written(written));
            }
            let what = (*place, &masks[..]);
            let maps = maps_at(predictor, &face.photo, &face.face_box, what);
            ensure!(!maps.is_empty(), "no tower has {}", place.title());
            return write_numbers(out()?, &maps, None).map(Finding::Written);
        }
        Drawing::Channel {
            face,
            tap,
            masks,
            channel,
            name,
            beside,
            scale,
        } => {
            let found = match beside {
                Some((compared, which)) => {
                    let mut second = None;
                    let [first, other] = sides(predictor, compared, &mut second)?;
                    let of = (compared, &second, &other);
                    second_facts(&mut facts, predictor, of);
                    side((first, other), (compared, *which))?
                }
                None => {
                    let what = (tap.tap_layer(), &masks[..]);
                    Side::of(predictor, (&face.photo, &face.face_box), what)
                }
            };
            let tower = predictor.network().tower_name(tap.tower);
            let what = (tower, *channel, name.as_str());
            channel_page(&found, what, scale, wanted.width_mm)?
        }
        Drawing::Maps(figure) => {
            let format = wanted.format()?;
            let pixels = match format {
                Format::Png => Pixels::PerPoint(wanted.dpi / Unit::Point.per_inch()),
                Format::Svg | Format::Pdf => Pixels::Own,
            };
            maps_page(predictor, figure, (wanted.width_mm, pixels), &mut facts)?
        }
        Drawing::Towers(towers, faces) => {
            towers_figure(towers, faces, wanted.width_mm).map_err(Error::msg)?
        }
        Drawing::Explanation(found, schema) => {
            explanation_figure(found, schema, &wanted.network.0, wanted.width_mm)
        }
    };
    let (weights, network) = &wanted.network;
    facts.note(&mut page, (weights, network));
    let Some(out) = &wanted.out else {
        let picture = page.to_image(wanted.dpi / Unit::Point.per_inch());
        return Ok(Finding::Drawn(picture.map_err(Error::msg)?));
    };
    save(&page, out, wanted.dpi)?;
    Ok(Finding::Written(vec![out.clone()]))
}

fn save(page: &Page, out: &Path, dpi: f32) -> Result<()> {
    let format = Format::of(out).map_err(Error::msg)?;
    let bytes = page.encode(format, dpi).map_err(Error::msg)?;
    write_atomic(out, &bytes).with_context(|| out.display().to_string())
}

fn maps_page(
    predictor: &Predictor,
    figure: &MapFigure,
    (width_mm, pixels): (f32, Pixels),
    facts: &mut FigureFacts,
) -> Result<Page> {
    let face = &figure.face;
    let first = weights_name(&predictor.checkpoint().origin);
    let mut remark = muted_words(&first, &figure.muted, None);
    let (found, captions) = match &figure.beside {
        Some((wanted, names, _)) => {
            let mut second = None;
            let both = sides(predictor, wanted, &mut second)?;
            if let Some((_, second)) = &second {
                let second = weights_name(&second.checkpoint().origin);
                let reached = both[1].masks.len() == both[0].masks.len();
                remark = muted_words(&first, &figure.muted, Some((&second, reached)));
            }
            second_facts(facts, predictor, (wanted, &second, &both[1]));
            (Vec::from(both), names.to_vec())
        }
        None => {
            let what = (figure.place, &figure.masks[..]);
            let side = Side::of(predictor, (&face.photo, &face.face_box), what);
            (vec![side], vec![String::new()])
        }
    };
    let rows = found.iter().zip(captions).map(|(side, caption)| FigureRow {
        caption,
        ..FigureRow::new(&side.input, &side.maps)
    });
    let mut rows: Vec<FigureRow> = rows.collect();
    let matched = figure.beside.as_ref();
    let matched = matched.and_then(|(wanted, ..)| wanted.matched.as_deref());
    if let (Some(matched), Some(second)) = (matched, rows.get_mut(1)) {
        let towers = second.maps.iter();
        let towers = towers.map(|map| Ok(matching_of(matched, figure.place, &map.tower)?.clone()));
        second.matching = towers.collect::<Result<_>>()?;
        second.matched_over.clone_from(&matched.faces);
    }
    let taps = predictor.network().taps_at(figure.place);
    for (row, side) in rows.iter_mut().zip(&found) {
        let muted = taps.iter().map(|tap| side.muted(figure.place, tap.tower));
        row.muted = muted.collect();
    }
    let drawn = FeatureFigure {
        width_mm,
        scale: figure.scale,
        colours: figure.colours,
        channels: figure.channels.clone(),
        pixels,
        ..FeatureFigure::new(&figure.place.name(), rows)
    };
    let difference = figure.beside.as_ref().map(|b| b.2.clone());
    let drawn = FeatureFigure {
        difference: difference.unwrap_or_default(),
        remark,
        ..drawn
    };
    drawn.page().map_err(Error::msg)
}

/// Adds to the facts of a figure what is known of the second network, and how it is matched.
fn second_facts(
    facts: &mut FigureFacts,
    own: &Predictor,
    (wanted, second, side): (&CompareWanted, &Second, &Side),
) {
    let network = second.as_ref().map_or(own, |(_, second)| second);
    let reached = side.masks.len() == wanted.masks.len();
    facts.second = Some(SecondFacts {
        network: (
            network.checkpoint().origin.clone(),
            network.network().fingerprint(),
        ),
        muted: match reached {
            true => facts.muted.clone(),
            false => String::new(),
        },
    });
    if let Some(matched) = &wanted.matched {
        facts.matched_over.clone_from(&matched.faces);
    }
}

/// A channel over the face.
fn channel_page(
    found: &Side,
    (tower, channel, name): (&str, usize, &str),
    scale: &HeatScale,
    width_mm: f32,
) -> Result<Page> {
    let map = found.maps.iter().find(|m| m.tower == tower);
    let map = map.with_context(|| format!("{tower} has no such layer"))?;
    let heat = map.heat(channel).context("there is no such channel")?;
    let panel = HeatPanel {
        title: format!("{} {}, {name}", title(tower), layer_title(&map.layer)),
        note: format!("{} × {}", map.side, map.side),
        heat: &heat,
        scale: Some(scale.clone()),
    };
    Ok(heat_figure(&found.input, None, &[panel], width_mm))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use burn::tensor::Device;
    use image::RgbImage;

    use super::*;
    use crate::engine::features::compare::{Against, Matched};
    use crate::label::FaceBox;
    use crate::model::{Checkpoint, Config, Layer, Network};
    use crate::study::{Matching, Pair, fusion_norms};

    #[test]
    fn another_networks_findings_are_written_as_its_own_and_its_maps_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::variant("ours_concat").unwrap().sized(1, 4);
        let network = Network::new(&config, &Schema::face(), 1, &Device::flex());
        let norms = fusion_norms(&network);
        let predictor = Predictor::new(Checkpoint::new(network), Device::flex());
        let wanted = |out: &str, drawing| FigureWanted {
            out: Some(folder.path().join(out)),
            width_mm: 180.0,
            dpi: 96.0,
            network: ("before.safetensors".into(), "0123abcd".into()),
            facts: FigureFacts::default(),
            drawing,
        };
        write(
            &predictor,
            &wanted("towers.svg", Drawing::Towers(norms, String::new())),
        )
        .unwrap();
        let svg = std::fs::read_to_string(folder.path().join("towers.svg")).unwrap();
        assert!(svg.contains("0123abcd") && svg.contains("before.safetensors"));
        let numbers = Drawing::Numbers {
            face: LookedAt {
                ticket: 1,
                photo: Arc::new(RgbImage::new(32, 32)),
                face_box: FaceBox::new(0.0, 0.0, 32.0, 32.0),
            },
            place: TapLayer::conv(Layer::Conv1_1),
            masks: Vec::new(),
            beside: None,
        };
        let mut wanted = wanted("maps", numbers);
        let why = write(&predictor, &wanted).err().unwrap().to_string();
        assert!(why.contains("another network"), "{why}");
        wanted.network.1 = predictor.network().fingerprint();
        assert!(write(&predictor, &wanted).is_ok());
    }

    #[test]
    fn a_narrower_network_is_drawn_beside_its_partners_in_a_wider_one() {
        let folder = tempfile::tempdir().unwrap();
        let network = |width| {
            let config = Config::variant("ours_concat").unwrap().sized(width, 4);
            Network::new(&config, &Schema::face(), width as u64, &Device::flex())
        };
        let place = TapLayer::conv(Layer::Conv2_1);
        for (own, other) in [(1, 2), (2, 1), (1, 1)] {
            let predictor = Predictor::new(Checkpoint::new(network(own)), Device::flex());
            let second = folder.path().join("second.safetensors");
            Checkpoint::new(network(other)).save(&second).unwrap();
            let channels = [own, other].map(|width| place.channels(width));
            let least = channels[0].min(channels[1]);
            let pair = |channel: usize| Pair {
                channel,
                partner: channels[1] - 1 - channel,
                correlation: Some(0.31),
                best: 0,
                best_correlation: None,
            };
            let taps = predictor.network().taps_at(place);
            let matching = |tap: &Tap| Matching {
                tower: predictor.network().tower_name(tap.tower).to_owned(),
                place,
                faces: 7,
                channels,
                pairs: (0..least).map(pair).collect(),
            };
            let matched = Matched {
                towers: taps.iter().map(matching).collect(),
                faces: "7 of all 300 faces, drawn at random (seed 1)".into(),
                networks: Default::default(),
            };
            let face = LookedAt {
                ticket: 1,
                photo: Arc::new(RgbImage::from_fn(32, 32, |x, y| {
                    image::Rgb([(7 * x) as u8, (5 * y) as u8, 90])
                })),
                face_box: FaceBox::new(0.0, 0.0, 32.0, 32.0),
            };
            // Of the second network, whose layer is as wide, the same channel is silent.
            let masks = vec![Mask::muting(taps[0].tower, place.layer, channels[0], &[0])];
            let beside = CompareWanted {
                face: face.clone(),
                place,
                masks: masks.clone(),
                against: Against::Weights(Some(second.clone())),
                matched: Some(Arc::new(matched)),
                own_ranges: false,
            };
            let figure = MapFigure {
                face,
                place,
                masks,
                scale: Scale::Channel,
                colours: ColourMap::default(),
                channels: None,
                beside: Some((beside, ["a", "b"].map(str::to_owned), "b − a".into())),
                muted: "Shared Conv2-1: channel 0 muted".into(),
            };
            let mut facts = FigureFacts {
                muted: figure.muted.clone(),
                ..FigureFacts::default()
            };
            let page = maps_page(&predictor, &figure, (180.0, Pixels::Own), &mut facts).unwrap();
            let svg = String::from_utf8(page.encode(Format::Svg, 96.0).unwrap()).unwrap();
            let last = channels[1] - 1;
            for words in [
                format!("0 ↔ {last}, r .31"),
                "over 7 of all 300 faces, drawn at random (seed 1): mean r 0.31".into(),
            ] {
                assert!(svg.contains(&words), "{own} beside {other}: {words}: {svg}");
            }
            // Where the network is muted, and in the difference: which has two such pairs where both
            // are, since equal numbers are not paired.
            let both = own == other;
            let counts = ["1 muted<", "2 muted<"].map(|words| svg.matches(words).count());
            assert_eq!(
                counts,
                if both { [2, 1] } else { [2, 0] },
                "{own} {other}: {svg}"
            );
            let apart = svg.contains("another width");
            assert_eq!(apart, !both, "{own} {other}: {svg}");
            let second_facts = facts.second.unwrap();
            assert_eq!(second_facts.muted.is_empty(), !both);
            assert_eq!(second_facts.network.0, second.display().to_string());
            assert_eq!(
                facts.matched_over,
                "7 of all 300 faces, drawn at random (seed 1)"
            );
        }
    }
}
