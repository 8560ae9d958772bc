//! What is seen of the maps as figures for print, and the maps as numbers for Python.

use std::path::{Path, PathBuf};

use anyhow::{Context, Error, Result, ensure};

use super::compare::{Compare, CompareWanted, Side, matching_of, side, sides};
use super::maps::{LookedAt, maps_at};
use super::numbers::{write_matches, write_numbers};
use super::study::Finding;
use crate::atomic::write_atomic;
use crate::batch::crop_image;
use crate::figure::{
    ColourMap, FeatureFigure, FigureRow, Format, HeatPanel, HeatScale, Page, Pixels, Scale, Unit,
    explanation_figure, heat_figure, matches_table, towers_figure,
};
use crate::label::Schema;
use crate::model::{FeatureMap, Mask, Place, Predictor, Tap};
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
    /// What the file says of itself beside the network.
    pub facts: Vec<(String, String)>,
    pub drawing: Drawing,
}

pub enum Drawing {
    /// The input and every tower's maps, as the paper's Figure 6.
    Maps(MapFigure),
    /// As [`write_numbers`] writes them.
    Numbers {
        face: LookedAt,
        place: Place,
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
    pub place: Place,
    pub masks: Vec<Mask>,
    pub scale: Scale,
    pub colours: ColourMap,
    /// All of them if `None`.
    pub channels: Option<Vec<usize>>,
    /// The second network or photo, what both are called, and what their difference is.
    pub beside: Option<(CompareWanted, [String; 2], String)>,
    /// What was done to the network before it was asked for these maps; may be empty.
    pub remark: String,
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
                Some((wanted, which)) => side(predictor, (wanted, *which), &mut None)?,
                None => {
                    let what = (tap.place(), &masks[..]);
                    Side {
                        maps: maps_at(predictor, &face.photo, &face.face_box, what),
                        input: crop_image(&face.photo, &face.face_box.transform()),
                    }
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
            maps_page(predictor, figure, wanted.width_mm, pixels)?
        }
        Drawing::Towers(towers, faces) => {
            towers_figure(towers, faces, wanted.width_mm).map_err(Error::msg)?
        }
        Drawing::Explanation(found, schema) => {
            explanation_figure(found, schema, &wanted.network.0, wanted.width_mm)
        }
    };
    for (name, value) in &wanted.facts {
        page.fact(name, value);
    }
    let (weights, network) = &wanted.network;
    page.fact("Weights", weights);
    page.fact("Network", network);
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
    width_mm: f32,
    pixels: Pixels,
) -> Result<Page> {
    let face = &figure.face;
    let mut compared = None;
    let (found, captions) = match &figure.beside {
        Some((wanted, names, _)) => {
            let mut second = None;
            let both = sides(predictor, wanted, &mut second)?;
            let network = second.as_ref().map_or(predictor, |(_, second)| second);
            compared = Some(network.network().fingerprint());
            (Vec::from(both), names.to_vec())
        }
        None => {
            let what = (figure.place, &figure.masks[..]);
            let maps = maps_at(predictor, &face.photo, &face.face_box, what);
            let input = crop_image(&face.photo, &face.face_box.transform());
            (vec![Side { input, maps }], vec![String::new()])
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
    for row in &mut rows {
        row.muted = muted(predictor, figure, row);
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
        remark: figure.remark.clone(),
        ..drawn
    };
    let mut page = drawn.page().map_err(Error::msg)?;
    if let Some(compared) = compared {
        page.fact("ComparedNetwork", compared);
    }
    Ok(page)
}

/// The channels of each tower that are held at zero. Of a network whose layer has another width than
/// the one that they were muted in, none are.
fn muted(predictor: &Predictor, figure: &MapFigure, row: &FigureRow) -> Vec<Vec<usize>> {
    if !figure.place.is_conv() {
        return Vec::new();
    }
    let taps = predictor.network().taps_at(figure.place);
    let of = |(t, (tap, map)): (usize, (&Tap, &FeatureMap))| -> Vec<usize> {
        let channels = row.matching.get(t).map_or(map.channels, |m| m.channels[1]);
        let here = |mask: &&Mask| {
            (mask.tower, mask.layer) == (tap.tower, figure.place.layer)
                && mask.keep.len() == channels
        };
        let masks = figure.masks.iter().filter(here);
        let silent = |mask: &Mask| -> Vec<usize> {
            let kept = mask.keep.iter().enumerate();
            kept.filter(|(_, keep)| !**keep).map(|(c, _)| c).collect()
        };
        masks.flat_map(silent).collect()
    };
    taps.iter().zip(row.maps).enumerate().map(of).collect()
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
            facts: Vec::new(),
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
            place: Place::conv(Layer::Conv1_1),
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
        let place = Place::conv(Layer::Conv2_1);
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
                remark: String::new(),
            };
            let page = maps_page(&predictor, &figure, 180.0, Pixels::Own).unwrap();
            let svg = String::from_utf8(page.encode(Format::Svg, 96.0).unwrap()).unwrap();
            let last = channels[1] - 1;
            for words in [
                format!("0 ↔ {last}, r .31"),
                "over 7 of all 300 faces, drawn at random (seed 1): mean r 0.31".into(),
            ] {
                assert!(svg.contains(&words), "{own} beside {other}: {words}: {svg}");
            }
            let muted = svg.matches(" muted<").count();
            assert_eq!(
                muted,
                if own == other { 2 } else { 1 },
                "{own} {other}: {svg}"
            );
        }
    }
}
