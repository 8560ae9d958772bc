//! `smn-studio towers`: how much each task takes from the shared tower at each depth.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::json;

use super::inputs::{NetworkArgs, PageArgs, warn};
use crate::atomic::write_atomic;
use crate::dataset::{self, Boxes, Sample, Split, box_words};
use crate::figure::{towers_figure, towers_table};
use crate::measure::ALPHA;
use crate::model::{Predictor, Towers, fusion_norms, towers};
use crate::terminal::{errln, outln};
use crate::words::counted;

/// Tells which tower matters: at each depth the norms of the weights for a task's own and for the
/// shared map, and over data sets NME and accuracy with either half at zero.
///
/// DIR/towers.json, .csv, .png, .svg and .pdf. Without data sets, the norms alone.
#[derive(Args)]
pub struct TowersArgs {
    /// Data sets with labels
    data: Vec<PathBuf>,
    /// Only the faces of this split
    #[arg(long, value_enum)]
    split: Option<Split>,
    /// Only so many faces, evenly chosen from all
    #[arg(long, value_name = "N")]
    faces: Option<usize>,
    /// In which boxes faces are looked at
    #[arg(long, value_enum, default_value_t)]
    boxes: Boxes,
    /// Folder for the results
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    page: PageArgs,
    #[command(flatten)]
    network: NetworkArgs,
}

pub fn run(args: TowersArgs) -> Result<()> {
    args.page.check(Path::new("towers.png"))?;
    let predictor = args.network.predictor()?;
    let config = predictor.network().config();
    ensure!(
        config.is_separation(),
        "the network is {}: it joins no towers, so there is nothing to compare",
        config.title()
    );
    fs::create_dir_all(&args.out).with_context(|| args.out.display().to_string())?;
    let found = if args.data.is_empty() {
        fusion_norms(predictor.network())
    } else {
        measured(&args, &predictor)?
    };
    if found.faces > 0 {
        errln!("box: {}", box_words(&found.boxes));
    }
    print(&found);
    let network = predictor.network().fingerprint();
    let report = json!({
        "weights": predictor.checkpoint().origin,
        "network": network,
        "data": args.data, "split": args.split, "towers": found,
    });
    let write = |name: &str, bytes: &[u8]| {
        let path = args.out.join(name);
        write_atomic(&path, bytes).with_context(|| path.display().to_string())?;
        outln!("{}", path.display());
        anyhow::Ok(())
    };
    write("towers.json", &serde_json::to_vec_pretty(&report)?)?;
    write(
        "towers.csv",
        towers_table(&found, &network).csv().as_bytes(),
    )?;
    let page = towers_figure(&found, args.page.width_mm).map_err(anyhow::Error::msg)?;
    for name in ["towers.png", "towers.svg", "towers.pdf"] {
        let mut page = page.clone();
        args.page
            .write(&mut page, &predictor, &args.out.join(name))?;
    }
    Ok(())
}

fn measured(args: &TowersArgs, predictor: &Predictor) -> Result<Towers> {
    let mut set = dataset::open_all(&args.data, predictor.schema())?;
    warn(&set.problems);
    args.boxes.apply(&mut set.samples);
    let mut samples: Vec<&Sample> = set.split(args.split).collect();
    ensure!(!samples.is_empty(), "{}: no faces", set.name);
    if let Some(wanted) = args.faces.filter(|n| *n < samples.len()) {
        ensure!(wanted > 0, "--faces 0 measures nothing");
        let all = samples.len();
        samples = (0..wanted).map(|i| samples[i * all / wanted]).collect();
    }
    let bar = super::bar(samples.len());
    let (found, problems) = towers(predictor, &samples, ALPHA, |done| {
        bar.set_position(done as u64);
        true
    });
    bar.finish_and_clear();
    for problem in &problems {
        log::warn!("left out: {problem}");
    }
    ensure!(found.faces > 0, "none of the pictures could be read");
    Ok(found)
}

fn print(found: &Towers) {
    let number = |v: Option<f64>| v.map_or("–".into(), |v| format!("{v:.2}"));
    for base in &found.tasks {
        let over = match found.faces {
            0 => String::new(),
            faces => format!(", {} of {} labelled", base.labelled, counted(faces, "face")),
        };
        outln!(
            "{}: {} {}{over}",
            base.task,
            base.measure,
            number(base.value)
        );
        outln!(
            "  {:<8} {:>9} {:>12} {:>15}",
            "depth",
            "shared",
            "without own",
            "without shared"
        );
        for share in found.of_task(&base.task) {
            outln!(
                "  {:<8} {:>7.1} % {:>12} {:>15}",
                share.depth,
                100.0 * share.shared_part(),
                number(share.without_own),
                number(share.without_shared)
            );
        }
    }
}
