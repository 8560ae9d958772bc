//! `smn-studio towers`: how much each task takes from the shared tower at each depth.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::json;

use super::files::{Files, Opened, Output};
use super::inputs::{NetworkArgs, PageArgs, named, warn};
use crate::atomic::write_atomic;
use crate::dataset::{
    BoxPolicy, FaceSubset, Population, SUBSET_SEED, Sample, Split, describe_boxes,
};
use crate::figure::{Provenance, signed, towers_figure, towers_table};
use crate::humanize::{counted, layer_title, title};
use crate::measure::{ALPHA, Difference};
use crate::model::Predictor;
use crate::study::{Towers, fusion_norms, towers};
use crate::terminal::{bar, errln, outln};

/// Measures how much each tower contributes: at each layer the norms of the weights for a task's
/// own and for the shared map, and over data sets NME and accuracy with either half at zero, with
/// 95 % intervals of what that changes over resamples of the same faces.
///
/// DIR/towers.json, .csv, .png, .svg and .pdf. Without data sets, the norms alone.
#[derive(Args)]
pub struct TowersArgs {
    /// Data sets with labels
    data: Vec<PathBuf>,
    /// Only the faces of this split
    #[arg(long, value_enum)]
    split: Option<Split>,
    /// Number of faces, drawn at random from all that are labelled
    #[arg(long, value_name = "N")]
    faces: Option<usize>,
    /// Which face boxes to crop
    #[arg(long, value_enum, default_value_t)]
    boxes: BoxPolicy,
    /// Seed of that draw
    #[arg(long, default_value_t = SUBSET_SEED)]
    seed: u64,
    /// Folder for the results
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    page: PageArgs,
    #[command(flatten)]
    network: NetworkArgs,
}

impl Files for TowersArgs {
    fn data(&self) -> Vec<Vec<PathBuf>> {
        vec![self.data.clone()]
    }

    fn inputs(&self) -> Vec<PathBuf> {
        self.network.files()
    }

    fn outputs(&self) -> Vec<Output> {
        let tables = Output::files(&self.out, &["towers.json", "towers.csv"]);
        let figures = Output::files(&self.out, &FIGURES);
        tables.into_iter().chain(figures).collect()
    }
}

const FIGURES: [&str; 3] = ["towers.png", "towers.svg", "towers.pdf"];

pub fn run(args: TowersArgs, opened: &mut Opened) -> Result<()> {
    args.page.check(Path::new("towers.png"))?;
    let predictor = args.network.predictor()?;
    let config = predictor.network().config();
    ensure!(
        config.is_separation(),
        "the network is {}: it joins no towers, so there is nothing to compare",
        config.title()
    );
    fs::create_dir_all(&args.out).with_context(|| args.out.display().to_string())?;
    let (found, faces) = if args.data.is_empty() {
        (fusion_norms(predictor.checkpoint()), String::new())
    } else {
        measured(&args, &predictor, opened)?
    };
    if let Some(resampled) = &found.resampled {
        errln!("over {faces}, {}", describe_boxes(&found.boxes));
        errln!(
            "{}; what is not told from zero is in brackets",
            resampled.describe()
        );
    }
    for warning in &found.warnings {
        errln!("warning: {}", warning.text);
    }
    print(&found);
    let (origin, network) = named(&predictor);
    let changes = found.tasks.iter();
    let changes = changes.map(|base| (base.task.clone(), json!(base.change_words())));
    let changes: serde_json::Map<_, _> = changes.collect();
    let report = json!({
        "weights": origin,
        "network": network,
        "changes": changes,
        "data": args.data, "split": args.split, "over": faces, "towers": found,
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
        towers_table(&found, &faces, &network).csv().as_bytes(),
    )?;
    let text = format!("{network} ({origin})");
    let mut page = towers_figure(&found, &faces, &text, args.page.width_mm)?;
    Provenance::default().note(&mut page, (&origin, &network));
    for name in FIGURES {
        args.page.write(&page, &args.out.join(name))?;
    }
    Ok(())
}

/// What was measured, and over which faces.
fn measured(
    args: &TowersArgs,
    predictor: &Predictor,
    opened: &mut Opened,
) -> Result<(Towers, String)> {
    let mut set = opened.take(&args.data, predictor.schema())?;
    warn(&set.problems);
    args.boxes.apply(&mut set.samples);
    let all: Vec<&Sample> = set.split(args.split).collect();
    ensure!(!all.is_empty(), "{}: no faces", set.name);
    ensure!(args.faces != Some(0), "--faces 0 measures nothing");
    let data = match args.split {
        Some(split) => format!("{} ({split})", set.name),
        None => set.name.clone(),
    };
    let population = Population {
        data: &data,
        labelled: true,
        ..Population::default()
    };
    let choice = FaceSubset::draw(&all, population, args.faces, args.seed);
    let samples: Vec<&Sample> = choice.indices.iter().map(|i| all[*i as usize]).collect();
    let bar = bar(samples.len());
    let (found, problems) = towers(predictor, (&set.name, &samples), ALPHA, |done| {
        bar.set_position(done as u64);
        true
    });
    bar.finish_and_clear();
    for problem in &problems {
        log::warn!("left out: {problem}");
    }
    ensure!(found.faces > 0, "none of the pictures could be read");
    let faces = choice.describe(found.faces);
    Ok((found, faces))
}

fn print(found: &Towers) {
    let number = |v: Option<f64>| v.map_or("–".into(), |v| format!("{v:.2}"));
    for base in &found.tasks {
        let over = match found.faces {
            0 => String::new(),
            faces => format!(", labelled of {}: {}", counted(faces, "face"), base.over()),
        };
        let measure = base.measure_word();
        let (task, value) = (title(&base.task), number(base.value));
        outln!("{task}: {measure} {value} %{over}");
        outln!(
            "  {:<8} {:>9} {:>28} {:>28}",
            "before",
            "shared",
            "without own",
            "without shared"
        );
        if base.value.is_some() {
            outln!("  changes: {}", base.change_words());
        }
        for share in found.of_task(&base.task) {
            let [own, shared] = [
                (share.without_own, &share.own_change),
                (share.without_shared, &share.shared_change),
            ]
            .map(|(value, change)| format!("{} {}", number(value), changed(change.as_ref())));
            outln!(
                "  {:<8} {:>7.1} % {own:>28} {shared:>28}",
                layer_title(&share.depth),
                100.0 * share.shared_part(),
            );
        }
    }
}

/// "+1.20 [+0.80, +1.70]"; in brackets where it is not told from zero.
fn changed(change: Option<&Difference>) -> String {
    let Some(change) = change else {
        return String::new();
    };
    let text = match change.interval {
        Some([low, high]) => {
            let [value, low, high] = [change.value, low, high].map(|v| signed(v, 2));
            format!("{value} [{low}, {high}]")
        }
        None => signed(change.value, 2),
    };
    match change.differs() {
        true => text,
        false => format!("({text})"),
    }
}
