//! What is seen of the maps as figures for print, and the maps as numbers for Python.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Error, Result, ensure};
use image::RgbImage;

use super::compare::{CompareWanted, Side, sides};
use super::maps::{LookedAt, maps_at};
use crate::atomic::write_atomic;
use crate::batch::crop_image;
use crate::figure::{
    ColourMap, FeatureFigure, FigureRow, Format, HeatPanel, Page, Pixels, Scale, Unit, heat_figure,
    towers_figure,
};
use crate::label::Point;
use crate::model::{HeatMap, Mask, Place, Predictor, Towers};
use crate::npy::npy;

/// A figure and its file.
pub struct FigureWanted {
    /// .png, .svg or .pdf; a folder for numbers.
    pub out: PathBuf,
    pub width_mm: f32,
    /// Dots per inch of a .png.
    pub dpi: f32,
    /// What the file says of itself beside the network.
    pub facts: Vec<(String, String)>,
    pub drawing: Drawing,
}

pub enum Drawing {
    /// The input and every tower's maps, as the paper's Figure 6.
    Maps(MapFigure),
    /// `FOLDER/TOWER_LAYER.npy`, shape (channels, side, side).
    Numbers {
        face: LookedAt,
        place: Place,
        masks: Vec<Mask>,
    },
    Towers(Towers),
    Heat {
        input: RgbImage,
        at: Option<Point>,
        /// Title, note and map.
        panels: Vec<(String, String, HeatMap)>,
    },
}

pub struct MapFigure {
    pub face: LookedAt,
    pub place: Place,
    pub masks: Vec<Mask>,
    pub scale: Scale,
    pub colours: ColourMap,
    /// All of them if `None`.
    pub channels: Option<Vec<usize>>,
    /// The second network or photo, and what both are called.
    pub beside: Option<(CompareWanted, [String; 2])>,
}

/// Writes the figure and says where.
pub(super) fn write(predictor: &Predictor, wanted: &FigureWanted) -> Result<Vec<PathBuf>> {
    let out = &wanted.out;
    let mut page = match &wanted.drawing {
        Drawing::Numbers { face, place, masks } => {
            return numbers(predictor, out, face, (*place, masks));
        }
        Drawing::Maps(figure) => {
            let format = Format::of(out).map_err(Error::msg)?;
            let pixels = match format {
                Format::Png => Pixels::PerPoint(wanted.dpi / Unit::Point.per_inch()),
                Format::Svg | Format::Pdf => Pixels::Own,
            };
            maps_page(predictor, figure, wanted.width_mm, pixels)?
        }
        Drawing::Towers(towers) => towers_figure(towers, wanted.width_mm).map_err(Error::msg)?,
        Drawing::Heat { input, at, panels } => {
            let panels: Vec<HeatPanel> = panels
                .iter()
                .map(|(title, note, heat)| HeatPanel {
                    title: title.clone(),
                    note: note.clone(),
                    heat,
                })
                .collect();
            heat_figure(input, *at, &panels, wanted.width_mm)
        }
    };
    for (name, value) in &wanted.facts {
        page.fact(name, value);
    }
    page.fact("Weights", &predictor.checkpoint().origin);
    page.fact("Network", predictor.network().fingerprint());
    save(&page, out, wanted.dpi)?;
    Ok(vec![out.clone()])
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
        Some((wanted, names)) => {
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
        input: &side.input,
        maps: &side.maps,
    });
    let drawn = FeatureFigure {
        width_mm,
        scale: figure.scale,
        colours: figure.colours,
        channels: figure.channels.clone(),
        pixels,
        ..FeatureFigure::new(&figure.place.name(), rows.collect())
    };
    let mut page = drawn.page().map_err(Error::msg)?;
    if let Some(compared) = compared {
        page.fact("ComparedNetwork", compared);
    }
    Ok(page)
}

fn numbers(
    predictor: &Predictor,
    folder: &Path,
    face: &LookedAt,
    (place, masks): (Place, &[Mask]),
) -> Result<Vec<PathBuf>> {
    let maps = maps_at(predictor, &face.photo, &face.face_box, (place, masks));
    ensure!(!maps.is_empty(), "no tower has {place}");
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let write = |map: &crate::model::FeatureMap| {
        let path = folder.join(format!("{}_{}.npy", map.tower, map.layer));
        let bytes = npy(&[map.channels, map.side, map.side], &map.data);
        write_atomic(&path, &bytes).with_context(|| path.display().to_string())?;
        Ok(path)
    };
    maps.iter().map(write).collect()
}
