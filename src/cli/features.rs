//! `smn-studio features`: the paper's Figure 6 of a photo, for print and for Python.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use image::RgbImage;

use super::inputs::{NetworkArgs, PageArgs, chosen_box};
use crate::batch::crop_image;
use crate::engine::write_numbers;
use crate::figure::{ColourMap, FeatureFigure, FigureRow, Format, Pixels, Scale, figure6, points};
use crate::label::FaceBox;
use crate::model::{Checkpoint, FeatureMap, Place, Predictor, weights_name};
use crate::photo::Photo;
use crate::terminal::outln;

/// Draws the feature maps of one layer in every tower, or writes them for NumPy.
#[derive(Args)]
pub struct FeaturesArgs {
    photo: PathBuf,
    /// conv1_1 to conv4_3; in channelwise networks also fuse1_2 to fuse4_3 and fuse_fc, what
    /// enters those and Fc
    #[arg(long, default_value = "conv1_2")]
    layer: Place,
    /// The face box in photo pixels: X,Y,W,H
    #[arg(long = "box", value_name = "X,Y,W,H")]
    face_box: Option<String>,
    /// The figure to write: .png, .svg or .pdf
    #[arg(long, value_name = "FILE", required_unless_present = "npy")]
    out: Option<PathBuf>,
    /// Folder for the maps themselves, DIR/TOWER_LAYER.npy of the shape (channels, side, side);
    /// of a comparison also TOWER_LAYER_second.npy and TOWER_LAYER_difference.npy, second − first
    #[arg(long, value_name = "DIR")]
    npy: Option<PathBuf>,
    /// What the darkest and the lightest colour stand for: channel (each one's own range), layer,
    /// or fixed:LO,HI
    #[arg(long, default_value = "channel", allow_hyphen_values = true)]
    scale_mode: Scale,
    #[arg(long, value_enum, default_value_t = ColourMap::Viridis)]
    colours: ColourMap,
    /// Only these channels, in this order: 0,3,7
    #[arg(long, value_delimiter = ',', value_name = "N,N,…")]
    channels: Option<Vec<usize>>,
    /// Beside it the same photo in this network, and the difference
    #[arg(long, value_name = "WEIGHTS", conflicts_with = "compare_photo")]
    compare: Option<PathBuf>,
    /// Beside it this photo in the same network, and the difference
    #[arg(long, value_name = "PHOTO")]
    compare_photo: Option<PathBuf>,
    #[command(flatten)]
    page: PageArgs,
    #[command(flatten)]
    network: NetworkArgs,
}

pub fn run(args: FeaturesArgs) -> Result<()> {
    let format = args.out.as_ref().map(|o| args.page.check(o)).transpose()?;
    let predictor = args.network.predictor()?;
    let mut first = look(
        &predictor,
        &args.photo,
        args.face_box.as_deref(),
        args.layer,
    )?;
    let second = second(&args, &predictor)?;
    if args.compare.is_some() {
        first.name = weights_name(&predictor.checkpoint().origin);
    }
    if let Some(folder) = &args.npy {
        let second = second.as_ref().map(|s| &s.maps[..]);
        for path in write_numbers(folder, &first.maps, second)? {
            outln!("{}", path.display());
        }
    }
    let (Some(out), Some(format)) = (&args.out, format) else {
        return Ok(());
    };
    let mut rows = vec![first.row(second.as_ref().map(|_| first.name.clone()))];
    rows.extend(second.as_ref().map(|s| s.row(Some(s.name.clone()))));
    let figure = FeatureFigure {
        width_mm: args.page.width_mm,
        scale: args.scale_mode,
        colours: args.colours,
        channels: args.channels.clone(),
        pixels: match format {
            Format::Png => Pixels::PerPoint(args.page.dpi() / points(25.4)),
            Format::Svg | Format::Pdf => Pixels::Own,
        },
        ..FeatureFigure::new(&args.layer.name(), rows)
    };
    let mut page = figure.page().map_err(anyhow::Error::msg)?;
    if let Some(second) = &second {
        page.fact("ComparedNetwork", &second.fingerprint);
    }
    args.page.write(&mut page, &predictor, out)
}

/// A network's view of a photo.
struct View {
    /// What it is called where there are two.
    name: String,
    input: RgbImage,
    maps: Vec<FeatureMap>,
    fingerprint: String,
}

impl View {
    fn row(&self, caption: Option<String>) -> FigureRow<'_> {
        FigureRow {
            caption: caption.unwrap_or_default(),
            input: &self.input,
            maps: &self.maps,
        }
    }
}

fn look(predictor: &Predictor, path: &Path, face_box: Option<&str>, place: Place) -> Result<View> {
    let photo = Photo::open(path)?;
    let face_box = chosen_box(&photo, face_box)?;
    Ok(View {
        name: stem(path),
        input: crop_image(&photo.image, &face_box.transform()),
        maps: maps(predictor, &photo.image, &face_box, place)?,
        fingerprint: predictor.network().fingerprint(),
    })
}

fn stem(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

/// What the first view is compared with.
fn second(args: &FeaturesArgs, predictor: &Predictor) -> Result<Option<View>> {
    if let Some(photo) = &args.compare_photo {
        return look(predictor, photo, None, args.layer).map(Some);
    }
    let Some(weights) = &args.compare else {
        return Ok(None);
    };
    let device = predictor.device().clone();
    let other = Predictor::new(Checkpoint::load(weights, &device)?, device);
    let mut view = look(&other, &args.photo, args.face_box.as_deref(), args.layer)?;
    view.name = weights_name(&other.checkpoint().origin);
    Ok(Some(view))
}

/// The maps of every tower that has the place.
fn maps(
    predictor: &Predictor,
    photo: &RgbImage,
    face_box: &FaceBox,
    place: Place,
) -> Result<Vec<FeatureMap>> {
    let taps = predictor.network().taps_at(place);
    if taps.is_empty() {
        let known: Vec<String> = predictor
            .network()
            .places()
            .into_iter()
            .map(Place::name)
            .collect();
        bail!(
            "no tower of this network has {place}; there are {}",
            known.join(", ")
        );
    }
    Ok(predictor.features(photo, face_box, &taps))
}

/// Figure 6 of a face at a layer, as a picture.
pub fn figure(
    predictor: &Predictor,
    photo: &RgbImage,
    face_box: &FaceBox,
    place: Place,
) -> Result<RgbImage> {
    let maps = maps(predictor, photo, face_box, place)?;
    let input = crop_image(photo, &face_box.transform());
    figure6(&input, &place.name(), &maps).context("the figure is too large to draw")
}
