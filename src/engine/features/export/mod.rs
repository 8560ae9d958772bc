//! Files that are written and pictures that are copied: what is seen of the maps as figures for
//! print, and the maps as numbers for Python. Each export runs on a thread and a CPU device of its
//! own, to its end even where another network is in use by then.

use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context, Result, ensure};
use burn::tensor::Device;
use image::RgbImage;

use super::compare::{Compare, CompareRequest, SecondNetwork};
use super::maps::PhotoFace;
use crate::atomic::write_atomic;
use crate::background::catch_panic;
use crate::engine::tickets::ExportTicket;
use crate::figure::{
    ColourMap, FeatureFigure, Format, HeatPanel, HeatPoints, HeatScale, Page, Pixels, Provenance,
    Scale, SecondProvenance, Unit, explanation_figure, heat_figure, muted_text, muted_words,
    towers_figure, write_maps,
};
use crate::humanize::{layer_title, title};
use crate::label::{Annotation, Schema};
use crate::logs::error_chain;
use crate::model::{Checkpoint, FeatureMap, Mask, Predictor, Tap, TapLayer, weights_name};
use crate::study::{Explanation, FaceMaps, MapsRequest, SideMaps, Towers};

/// What is exported, and where to.
pub struct ExportRequest {
    /// .png, .svg or .pdf; a folder for numbers; nowhere for a picture that goes elsewhere.
    pub out: Option<PathBuf>,
    pub width_mm: f32,
    /// Dots per inch of a .png.
    pub dpi: f32,
    /// Origin and fingerprint of the network that it is of.
    pub network: (String, String),
    /// What the file says of itself beside the network; of the second one, and of what is muted and
    /// matched, it is added.
    pub provenance: Provenance,
    pub content: ExportContent,
}

pub enum ExportContent {
    /// The input and every tower's maps, as the paper's Figure 6.
    Maps(MapsFigure),
    /// The maps as [`write_maps`] writes them.
    Numbers(MapsOf),
    /// And over which faces they are.
    Towers(Towers, String),
    /// A channel over the face, and the face alone.
    Channel {
        maps: MapsOf,
        tap: Tap,
        channel: usize,
        /// What it is called.
        name: String,
        /// Whose map it is, of a comparison.
        of: Compare,
        /// The colours and the range in which it is looked at.
        scale: HeatScale,
    },
    /// With what the network that was asked answers, and the face's labels where it has any.
    Explanation(Box<Explanation>, Schema, Option<Annotation>),
}

/// The maps of a place for a face, beside those of a second network or photo.
pub enum MapsOf {
    One {
        face: PhotoFace,
        place: TapLayer,
        masks: Vec<Mask>,
    },
    Two(CompareRequest),
}

pub struct MapsFigure {
    pub maps: MapsOf,
    /// What both sides are called, where there are two.
    pub names: [String; 2],
    pub scale: Scale,
    pub colours: ColourMap,
    /// All of them if `None`.
    pub channels: Option<Vec<usize>>,
}

/// News of an export.
pub struct ExportNews {
    pub ticket: ExportTicket,
    pub outcome: ExportOutcome,
}

pub enum ExportOutcome {
    /// Where it was written.
    Written(Vec<PathBuf>),
    /// A figure for no file.
    Drawn(RgbImage),
    Failed(String),
}

/// Starts an export with a network as the CPU has it. It runs to its end: what is being written is
/// wanted whatever comes next.
pub(super) fn start(
    own: Checkpoint,
    (ticket, request): (ExportTicket, Box<ExportRequest>),
    send: impl FnOnce(ExportNews) + Send + 'static,
) {
    thread::spawn(move || {
        let made = catch_panic(|| {
            let predictor = Predictor::new(own, Device::flex());
            export(&predictor, &request)
        });
        let made = made.map_err(anyhow::Error::from).flatten();
        let outcome = made.unwrap_or_else(|e| ExportOutcome::Failed(error_chain(&e)));
        send(ExportNews { ticket, outcome });
    });
}

impl ExportRequest {
    fn pixels(&self) -> Result<Pixels> {
        let format = match &self.out {
            Some(path) => Format::of(path)?,
            None => Format::Png,
        };
        Ok(match format {
            Format::Png => Pixels::PerPoint(self.dpi / Unit::Point.per_inch()),
            Format::Svg | Format::Pdf => Pixels::Own,
        })
    }

    /// Whether it draws what has been found before, not what a network answers now.
    fn is_found(&self) -> bool {
        match self.content {
            ExportContent::Towers(..) | ExportContent::Explanation(..) => true,
            ExportContent::Maps(_) | ExportContent::Numbers(_) | ExportContent::Channel { .. } => {
                false
            }
        }
    }
}

/// Writes what is asked for and says where, or hands it back.
fn export(predictor: &Predictor, request: &ExportRequest) -> Result<ExportOutcome> {
    ensure!(
        request.is_found() || predictor.network().fingerprint() == request.network.1,
        "another network is in use by now: ask for the figure again"
    );
    let mut provenance = request.provenance.clone();
    let width_mm = request.width_mm;
    let mut page = match &request.content {
        ExportContent::Numbers(of) => {
            let folder = request.out.as_deref();
            let folder = folder.context("there is no file to write to")?;
            let (maps, second) = of.find(predictor)?;
            note_maps(&mut provenance, &maps, second, predictor.schema());
            let (weights, network) = &request.network;
            let found = (&maps, of.matched());
            let written = write_maps(folder, found, &provenance, (weights, network))?;
            return Ok(ExportOutcome::Written(written));
        }
        ExportContent::Channel {
            maps: of,
            tap,
            channel,
            name,
            of: side,
            scale,
        } => {
            let (maps, second) = of.find(predictor)?;
            note_maps(&mut provenance, &maps, second, predictor.schema());
            let tower = predictor.network().tower_name(tap.tower);
            let at = maps.first.maps.iter().position(|m| m.tower == tower);
            let at = at.with_context(|| format!("{tower} has no such layer"))?;
            let mut remarks = vec![muted_remark(predictor, of, &maps, &provenance)];
            if *side == Compare::Difference && !provenance.warning.is_empty() {
                remarks.push(format!("warning: {}", provenance.warning));
            }
            remarks.retain(|text| !text.is_empty());
            let muted = is_muted(&maps, *side, at, *channel);
            let (input, mut all) = side_of(maps, of, *side)?;
            let map = all.get_mut(at).context("there is no such tower")?;
            let channel = ShownChannel {
                channel: *channel,
                name,
                muted,
                scale,
                remarks: &remarks,
            };
            channel.page(&input, map, width_mm)?
        }
        ExportContent::Maps(figure) => {
            let pixels = request.pixels()?;
            let (maps, second) = figure.maps.find(predictor)?;
            note_maps(&mut provenance, &maps, second, predictor.schema());
            let drawn = FeatureFigure {
                width_mm,
                scale: figure.scale,
                colours: figure.colours,
                channels: figure.channels.clone(),
                pixels,
                remark: muted_remark(predictor, &figure.maps, &maps, &provenance),
                ..FeatureFigure::of(&maps, [&figure.names[0], &figure.names[1]])
            };
            drawn.page()?
        }
        ExportContent::Towers(towers, faces) => {
            let (weights, network) = &request.network;
            let network = format!("{network} ({weights})");
            towers_figure(towers, faces, &network, width_mm)?
        }
        ExportContent::Explanation(found, schema, labels) => {
            explanation_figure(found, schema, labels.as_ref(), &request.network.0, width_mm)
        }
    };
    let (weights, network) = &request.network;
    provenance.note(&mut page, (weights, network));
    let Some(out) = &request.out else {
        let picture = page.to_image(request.dpi / Unit::Point.per_inch())?;
        return Ok(ExportOutcome::Drawn(picture));
    };
    save(&page, out, request.dpi)?;
    Ok(ExportOutcome::Written(vec![out.clone()]))
}

fn save(page: &Page, out: &Path, dpi: f32) -> Result<()> {
    let bytes = page.encode(Format::of(out)?, dpi)?;
    write_atomic(out, &bytes).with_context(|| out.display().to_string())
}

impl MapsOf {
    /// The maps, and what a figure says of the second side where there is one.
    fn find(&self, predictor: &Predictor) -> Result<(FaceMaps, Option<SecondProvenance>)> {
        let mut second: SecondNetwork = None;
        let maps = match self {
            Self::One { face, place, masks } => MapsRequest {
                masks,
                ..MapsRequest::new(predictor, &face.photo, &face.key.face_box, *place)
            }
            .run()?,
            Self::Two(wanted) => wanted.request(predictor, &mut second)?.run()?,
        };
        let other = second.as_ref().map_or(predictor, |(_, second)| second);
        let second = maps.second.as_ref().map(|side| SecondProvenance {
            network: (
                other.checkpoint().origin.clone(),
                other.network().fingerprint(),
            ),
            muted: muted_words(&side.masks, other.schema()),
        });
        Ok((maps, second))
    }

    fn matched(&self) -> Option<&crate::study::Matched> {
        match self {
            Self::One { .. } => None,
            Self::Two(wanted) => wanted.matched.as_deref(),
        }
    }

    /// Whether two networks are compared, not two photos in one.
    fn is_of_networks(&self) -> bool {
        match self {
            Self::One { .. } => false,
            Self::Two(wanted) => wanted.is_of_networks(),
        }
    }
}

/// Adds to the provenance of a figure what is muted in its maps, how they are paired, and what is
/// known of the second side.
fn note_maps(
    provenance: &mut Provenance,
    maps: &FaceMaps,
    second: Option<SecondProvenance>,
    schema: &Schema,
) {
    provenance.muted = muted_words(&maps.first.masks, schema);
    provenance.second = second;
    provenance.add_pairs(maps);
}

/// Which network some channels are muted in, where any are.
fn muted_remark(
    predictor: &Predictor,
    of: &MapsOf,
    maps: &FaceMaps,
    provenance: &Provenance,
) -> String {
    let first = weights_name(&predictor.checkpoint().origin);
    let second = provenance.second.as_ref();
    let second = second.filter(|_| of.is_of_networks());
    let second = second.map(|s| (weights_name(&s.network.0), &s.muted));
    let second = second.as_ref();
    let second = second.map(|(name, muted)| (&**name, &***muted, maps.second_muting));
    muted_text((&first, &provenance.muted), second)
}

/// Whether a channel of the tower that stands there is held at zero on a side; of a difference, on
/// either.
fn is_muted(maps: &FaceMaps, which: Compare, tower: usize, channel: usize) -> bool {
    let has = |all: &[Vec<usize>], c| all.get(tower).is_some_and(|all| all.contains(&c));
    match (which, &maps.second) {
        (Compare::First, _) => has(&maps.first.muted, channel),
        (Compare::Second, Some(second)) => {
            let own = match maps.matching.get(tower) {
                None => Some(channel),
                Some(matching) => matching.pair(channel).map(|pair| pair.partner),
            };
            own.is_some_and(|own| has(&second.muted, own))
        }
        (Compare::Second, None) => false,
        (Compare::Difference, _) => has(&maps.muted_pairs(), channel),
    }
}

/// One side of a comparison, or the difference on the first one's face.
fn side_of(maps: FaceMaps, of: &MapsOf, which: Compare) -> Result<(RgbImage, Vec<FeatureMap>)> {
    let scaled = matches!(of, MapsOf::Two(wanted) if wanted.own_ranges);
    let of_side = |side: SideMaps| (side.input, side.maps);
    match which {
        Compare::First => Ok(of_side(maps.first)),
        Compare::Second => {
            let second = maps.second.context("there is no second side")?;
            Ok(of_side(second))
        }
        Compare::Difference => {
            let difference = maps.difference(scaled);
            ensure!(
                !difference.is_empty(),
                "there is no difference between {} and {} channels",
                maps.first.channels_text(),
                maps.second
                    .map_or_else(|| "no".to_owned(), |s| s.channels_text())
            );
            Ok((maps.first.input, difference))
        }
    }
}

/// A channel over the face.
struct ShownChannel<'a> {
    channel: usize,
    name: &'a str,
    /// Whether it is held at zero by hand, so that there is nothing to see.
    muted: bool,
    scale: &'a HeatScale,
    /// What a reader must know besides.
    remarks: &'a [String],
}

impl ShownChannel<'_> {
    fn page(&self, input: &RgbImage, map: &mut FeatureMap, width_mm: f32) -> Result<Page> {
        let muted = match self.muted {
            true => ", muted: held at zero",
            false => "",
        };
        if self.muted {
            // Between a map and nothing there is no difference.
            map.zero_channels(&[self.channel]);
        }
        let heat = map.heat(self.channel).context("there is no such channel")?;
        let (tower, layer) = (title(&map.tower), layer_title(&map.layer));
        let panel = HeatPanel {
            title: format!("{tower} {layer}, {}", self.name),
            note: format!("{} × {}{muted}", map.side, map.side),
            heat: &heat,
            scale: Some(self.scale.clone()),
        };
        let points = HeatPoints::default();
        Ok(heat_figure(input, points, &[panel], self.remarks, width_mm))
    }
}

#[cfg(test)]
mod tests;
