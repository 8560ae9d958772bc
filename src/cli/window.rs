//! The program's main job: the window, or without a display the same job in files.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;

use super::features::figure;
use super::inputs::{NetworkArgs, save_picture};
use super::predict::{face_json, made_by, picture_json, untrained};
use crate::app::{self, Start};
use crate::atomic::write_atomic;
use crate::compute;
use crate::dataset::synthetic::{self, Portrait};
use crate::figure::{Overlay, overlay};
use crate::model::{Layer, Predictor, TapLayer};
use crate::terminal::{errln, outln};

#[derive(Args)]
pub struct WindowArgs {
    /// Photos, folders, data sets or weights to open; the bundled samples unless said
    paths: Vec<PathBuf>,
    /// Where settings are kept in place of the user's own folder
    #[arg(long, value_name = "DIR")]
    settings: Option<PathBuf>,
    /// Who mends labels in the Review workspace; the system's user unless said
    #[arg(long, value_name = "NAME")]
    annotator: Option<String>,
    /// What the window says first
    #[arg(long, hide = true)]
    notice: Option<String>,
    #[command(flatten)]
    network: NetworkArgs,
}

/// Where the headless job puts its results.
const OUT: &str = "out";

pub fn run(args: WindowArgs, began: Instant) -> Result<()> {
    let start = Start {
        paths: args.paths,
        weights: args.network.weights.clone(),
        device: args.network.device,
        settings: args.settings.or_else(app::settings::folder),
        began: Some(began),
        annotator: args.annotator,
        notice: args.notice,
        ..Start::default()
    };
    let Err(why) = app::open(start) else {
        return Ok(());
    };
    errln!("No window: {why}. {}.", compute::DRIVER_HINT);
    errln!("Going on without: the bundled samples are predicted into {OUT}/.");
    samples(&args.network.predictor()?, Path::new(OUT))
}

/// Predicts the bundled samples into files: pictures with overlays, JSON lines and Figure 6.
fn samples(predictor: &Predictor, out: &Path) -> Result<()> {
    std::fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    let schema = predictor.schema();
    let portraits = synthetic::samples();
    let (mut lines, made_by) = (String::new(), made_by(predictor));
    let untrained = untrained(predictor);
    for (i, portrait) in portraits.iter().enumerate() {
        let Portrait {
            image,
            annotation,
            face_box,
        } = portrait;
        let Some(mut prediction) = predictor.predict(image, &[*face_box]).pop() else {
            continue;
        };
        untrained.hide(schema, &mut prediction);
        let name = format!("portrait-{}.png", i + 1);
        let face = face_json(schema, face_box, &prediction);
        lines.push_str(&picture_json(&name, &[face], &made_by).to_string());
        lines.push('\n');
        let drawn = Overlay {
            face_box: *face_box,
            prediction: &prediction,
            labels: Some(annotation),
        };
        let picture = overlay(image, schema, &[drawn]).context("the overlay is too large")?;
        save(&picture, &out.join(name))?;
    }
    let path = out.join("predictions.jsonl");
    write_atomic(&path, lines.as_bytes()).with_context(|| path.display().to_string())?;
    outln!("{}", path.display());
    let Some(first) = portraits.first() else {
        return Ok(());
    };
    let place = TapLayer::conv(Layer::Conv1_2);
    let figure6 = figure(predictor, &first.image, &first.face_box, place)?;
    save(&figure6, &out.join("figure6.png"))
}

fn save(picture: &image::RgbImage, path: &Path) -> Result<()> {
    save_picture(picture, path)?;
    outln!("{}", path.display());
    Ok(())
}
