//! `smn-studio synth`: drawn portraits as a data set, or on one sheet to look at.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};
use clap::Args;
use image::RgbImage;

use super::inputs::save_picture;
use crate::dataset::synthetic::{self, Portrait};
use crate::figure::{Anchor, LABEL, Page, Text, Unit};
use crate::label::{Presence, Schema, TaskLabels};
use crate::terminal::{bar, outln};

/// Draws portraits whose points and attributes are known exactly; the same for the same seed on
/// every machine.
///
/// DIR gets CelebA's layout in the wild: Img/img_celeba, Anno and Eval. Of ten persons eight are
/// for training, one for validation and one for the test; each is drawn four times in forty
/// portraits. Attractive is unknown and written as 0.
#[derive(Args)]
pub struct SynthArgs {
    /// Number of portraits
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=999_999))]
    count: u64,
    /// Seed: the same one draws the same portraits
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A new folder for pictures and labels
    #[arg(long, value_name = "DIR", required_unless_present = "sheet")]
    out: Option<PathBuf>,
    /// Width of a portrait in pixels; its height is 5/4 of that
    #[arg(long, default_value_t = synthetic::SET_WIDTH, value_parser = clap::value_parser!(u32).range(64..=2048))]
    width: u32,
    /// Also draw all of them on one picture, with their points and attributes
    #[arg(long, value_name = "FILE.png")]
    sheet: Option<PathBuf>,
}

pub fn run(args: SynthArgs) -> Result<()> {
    if let Some(out) = &args.out {
        write(out, &args)?;
    }
    if let Some(path) = &args.sheet {
        ensure!(
            args.count <= MOST_ON_SHEET,
            "a sheet has room for {MOST_ON_SHEET} portraits"
        );
        save_picture(&sheet(&args)?, path)?;
        outln!("{}", path.display());
    }
    Ok(())
}

fn write(out: &Path, args: &SynthArgs) -> Result<()> {
    let full = out
        .read_dir()
        .is_ok_and(|mut entries| entries.next().is_some());
    if full {
        bail!(
            "{}: there is something in this folder already",
            out.display()
        );
    }
    let bar = bar(args.count as usize);
    synthetic::write(out, args.seed, args.count, args.width, || bar.inc(1))?;
    bar.finish_and_clear();
    outln!("{}", out.display());
    Ok(())
}

const MOST_ON_SHEET: u64 = 200;
const COLUMNS: u64 = 10;
/// Sizes on the sheet in pixels.
const PICTURE: u32 = 240;
const MARGIN: f32 = 8.0;
const LETTER: f32 = 12.0;
const LINE: f32 = 15.0;
const LINES: u32 = 7;

/// All portraits with their points, and the names of the attributes that they have.
fn sheet(args: &SynthArgs) -> Result<RgbImage> {
    use rayon::prelude::*;
    let portraits: Vec<Portrait> = (0..args.count)
        .into_par_iter()
        .map(|i| synthetic::portrait_of_width(args.seed, i, PICTURE))
        .collect();
    let columns = args.count.min(COLUMNS) as u32;
    let rows = args.count.div_ceil(COLUMNS) as u32;
    let tall = PICTURE * 5 / 4 + LINES * LINE as u32 + MARGIN as u32;
    let size = [columns * PICTURE, rows * tall].map(|v| v as f32);
    let mut page = Page::new(size, Unit::Pixel, [0x16, 0x18, 0x1c]);
    for (i, portrait) in portraits.into_iter().enumerate() {
        let (column, row) = (i as u32 % columns, i as u32 / columns);
        cell(&mut page, portrait, [column * PICTURE, row * tall]);
    }
    Ok(page.to_image(1.0)?)
}

fn cell(page: &mut Page, portrait: Portrait, at: [u32; 2]) {
    let at = at.map(|v| v as f32);
    let size = [portrait.image.width(), portrait.image.height()].map(|v| v as f32);
    page.picture(portrait.image, at, size, false);
    let schema = Schema::face();
    let mut text = Vec::new();
    for (task, labels) in schema.tasks.iter().zip(&portrait.annotation.tasks) {
        match labels {
            TaskLabels::Points(points) => {
                for [x, y] in points.iter().filter_map(|p| p.known()) {
                    page.disc([at[0] + x, at[1] + y], 2.2, LABEL);
                }
            }
            TaskLabels::Binary(values) => {
                let present = task.items().zip(values);
                let present = present.filter(|(_, v)| **v == Presence::Present);
                text.extend(present.map(|(name, _)| name.replace('_', " ")));
            }
        }
    }
    let mut y = at[1] + (PICTURE * 5 / 4) as f32 + LINE;
    for line in lines(&text) {
        let at = [at[0] + MARGIN, y];
        page.text(&line, at, LETTER, [0xc8, 0xcc, 0xd2], Anchor::Start);
        y += LINE;
    }
}

/// Words with commas in lines no wider than a picture.
fn lines(words: &[String]) -> Vec<String> {
    let mut lines = vec![String::new()];
    for (i, word) in words.iter().enumerate() {
        let word = format!("{word}{}", if i + 1 < words.len() { ", " } else { "" });
        let last = lines.len() - 1;
        let longer = format!("{}{word}", lines[last]);
        if Text::new(&longer, LETTER).width > PICTURE as f32 - 2.0 * MARGIN {
            lines.push(word);
        } else {
            lines[last] = longer;
        }
    }
    lines
}
