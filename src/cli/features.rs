//! `smn-studio features`: the paper's Figure 6 of a photo.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use image::RgbImage;

use super::inputs::{NetworkArgs, parse_box};
use crate::batch::crop_image;
use crate::dataset::picture_box;
use crate::figure::figure6;
use crate::label::FaceBox;
use crate::model::{Layer, Predictor, Tap};
use crate::photo::Photo;

/// Draws the feature maps of one layer in every tower.
#[derive(Args)]
pub struct FeaturesArgs {
    photo: PathBuf,
    /// conv1_1 to conv4_3
    #[arg(long, default_value = "conv1_2")]
    layer: Layer,
    /// The face box in photo pixels: X,Y,W,H
    #[arg(long = "box", value_name = "X,Y,W,H")]
    face_box: Option<String>,
    /// The picture to write
    #[arg(long, value_name = "FILE.png")]
    out: PathBuf,
    #[command(flatten)]
    network: NetworkArgs,
}

pub fn run(args: FeaturesArgs) -> Result<()> {
    let photo = Photo::open(&args.photo)?;
    let face_box = match &args.face_box {
        Some(text) => parse_box(text)?,
        None => {
            let (face_box, source) = picture_box(photo.width(), photo.height());
            eprintln!("box: {source}");
            face_box
        }
    };
    let predictor = args.network.predictor()?;
    let figure = figure(&predictor, &photo.image, &face_box, args.layer)?;
    figure
        .save(&args.out)
        .with_context(|| args.out.display().to_string())?;
    println!("{}", args.out.display());
    Ok(())
}

/// Figure 6 of a face at a layer.
pub fn figure(
    predictor: &Predictor,
    photo: &RgbImage,
    face_box: &FaceBox,
    layer: Layer,
) -> Result<RgbImage> {
    let taps: Vec<Tap> = predictor
        .network()
        .taps()
        .into_iter()
        .filter(|t| t.layer == layer)
        .collect();
    if taps.is_empty() {
        bail!("no tower of this network has {}", layer.name());
    }
    let maps = predictor.features(photo, face_box, &taps);
    let input = crop_image(photo, &face_box.transform());
    figure6(&input, &layer.name(), &maps).context("the figure is too large to draw")
}
