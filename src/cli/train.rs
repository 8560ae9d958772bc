//! `smn-studio train`: two-stage training in a run folder.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;

use super::files::{Files, Opened, Output};
use super::inputs::warn;
use crate::compute::{self, DeviceChoice};
use crate::dataset::{self, BoxPolicy};
use crate::humanize::counted;
use crate::label::Schema;
use crate::model::{Config, TaskStart};
use crate::terminal::{self, errln, outln};
use crate::train::{Data, InitialWeights, Preset, Run, RunFile, RunFolder, TrainConfig};

/// Trains a network; `RUN/final.safetensors` is the result.
///
/// While it runs, write pause, resume or stop into RUN/control. A run that was stopped or killed
/// goes on with --resume RUN, from any working folder; where its data have moved since, name them
/// anew before it: they must be the same.
///
/// How many labels are known of each point and attribute is said before the start. Faces without
/// any are refused; a task without labels is not trained beside one that has them, and what was
/// never trained is noted in the weights.
#[derive(Args)]
pub struct TrainArgs {
    /// Data sets, as `smn-studio data` reads them, or synthetic:N for N drawn portraits
    #[arg(required_unless_present_any = ["resume", "print_config"])]
    data: Vec<PathBuf>,
    /// Folder of the new run
    #[arg(long, required_unless_present_any = ["resume", "print_config"], value_name = "RUN")]
    out: Option<PathBuf>,
    /// Continue the run in this folder
    #[arg(long, conflicts_with_all = SETTINGS, value_name = "RUN")]
    resume: Option<PathBuf>,
    /// Which face boxes to crop; those from labels tell where the points are, which no
    /// box of a new photo does
    #[arg(long, value_enum)]
    boxes: Option<BoxPolicy>,
    /// Settings to start from; the file and the options below change them
    #[arg(long, value_enum, default_value_t)]
    preset: Preset,
    /// Settings in JSON, all of them or some, or a run's run.json; - reads them from the standard
    /// input. The options below change them
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print the settings as JSON for --config, and do nothing else
    #[arg(long, conflicts_with = "resume")]
    print_config: bool,
    /// One of the paper's networks: ours_concat, ours_channelwise, baseline_fc, baseline_conv1_2,
    /// baseline_conv2_2, baseline_conv3_3, changed_ours_conv1_2, changed_ours_conv2_2,
    /// changed_ours_conv3_3, or single_task
    #[arg(long)]
    network: Option<String>,
    /// Channels of block 1
    #[arg(long)]
    width: Option<usize>,
    /// Units of each task's Fc
    #[arg(long)]
    fc: Option<usize>,
    /// Epochs of stage 1
    #[arg(long)]
    epochs1: Option<f64>,
    /// Epochs of stage 2
    #[arg(long)]
    epochs2: Option<f64>,
    /// Learning rate of stage 1
    #[arg(long)]
    lr1: Option<f64>,
    /// Learning rate of stage 2
    #[arg(long)]
    lr2: Option<f64>,
    /// Batch size
    #[arg(long)]
    batch: Option<usize>,
    /// Number of validations in a stage
    #[arg(long)]
    validations: Option<u64>,
    /// Patience: end a stage after this many validations without improvement; 0 never
    #[arg(long)]
    patience: Option<u64>,
    /// Train only this task: in stage 2, or in the one stage of a network that has no other
    #[arg(long, value_name = "NAME")]
    task: Option<String>,
    /// Seed of the order of samples, augmentation, dropout and initial weights
    #[arg(long)]
    seed: Option<u64>,
    /// Weight of the landmark loss relative to the attribute loss
    #[arg(long)]
    points_weight: Option<f64>,
    /// Probability of dropping a unit before the output of attributes
    #[arg(long)]
    dropout: Option<f64>,
    /// Standard deviation of the box's centre in augmentation, in half sides; more of it suits
    /// photos whose boxes are rough
    #[arg(long)]
    shift: Option<f32>,
    /// Standard deviation of the box's size in augmentation, as a fraction
    #[arg(long)]
    scale: Option<f32>,
    /// Standard deviation of the turn in augmentation, in radians
    #[arg(long)]
    rotation: Option<f32>,
    /// Initial weights of stage 2's task towers
    #[arg(long, value_enum)]
    start: Option<TaskStart>,
    /// Start the towers from torchvision's VGG16 (.pth or .safetensors; width 64)
    #[arg(long, value_name = "FILE")]
    vgg16: Option<PathBuf>,
    /// Use these weights in place of stage 1: a hard-sharing network, or a separation network whose
    /// towers go on
    #[arg(long, value_name = "FILE")]
    stage1: Option<PathBuf>,
    /// Licence of the weights, stored with them
    #[arg(long, default_value = "")]
    license: String,
    /// Device to compute on
    #[arg(long, value_enum, default_value_t)]
    device: DeviceChoice,
    /// Threads to compute with; all cores unless said
    #[arg(long)]
    threads: Option<usize>,
}

/// What a run keeps as it began with.
const SETTINGS: [&str; 24] = [
    "config",
    "out",
    "preset",
    "network",
    "width",
    "fc",
    "epochs1",
    "epochs2",
    "lr1",
    "lr2",
    "batch",
    "validations",
    "patience",
    "task",
    "seed",
    "points_weight",
    "dropout",
    "shift",
    "scale",
    "rotation",
    "start",
    "vgg16",
    "stage1",
    "license",
];

impl Files for TrainArgs {
    fn data(&self) -> Vec<Vec<PathBuf>> {
        vec![self.data.clone()]
    }

    fn inputs(&self) -> Vec<PathBuf> {
        let files = [&self.config, &self.vgg16, &self.stage1];
        files.into_iter().flatten().cloned().collect()
    }

    fn outputs(&self) -> Vec<Output> {
        let Some(out) = &self.out else {
            return Vec::new();
        };
        let mut outputs = Output::files(out, &RunFolder::FILES);
        outputs.push(Output::Folder(out.join(RunFolder::CHECKPOINTS)));
        outputs
    }
}

pub fn run(args: TrainArgs, opened: &mut Opened) -> Result<()> {
    if args.print_config {
        outln!("{}", serde_json::to_string_pretty(&config(&args)?)?);
        return Ok(());
    }
    crate::memory::keep_blocks();
    if let Some(threads) = args.threads {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build_global()?;
    }
    let (device, device_name) = compute::headless(args.device)?;
    log::info!("training on {device_name}");
    let schema = Schema::face();
    let run = match &args.resume {
        Some(path) => {
            let folder = RunFolder::open(path)?;
            if let Some(result) = folder.finished() {
                errln!("{}: the run has finished already", path.display());
                outln!("{}", result.display());
                return Ok(());
            }
            let mut file: RunFile = folder.read_json("run.json")?;
            if !file.device.eq_ignore_ascii_case(&device_name) {
                log::warn!(
                    "the run began on {}: on {device_name} it goes on, but not to the same bits",
                    file.device
                );
            }
            if !args.data.is_empty() {
                file.data.paths = args.data.clone();
            } else if let Some(gone) = file.data.paths.iter().find(|p| !dataset::exists(p)) {
                bail!(
                    "{}: the data of this run are not there; if they have moved, name them anew: \
                     smn-studio train DATASET… --resume {}",
                    gone.display(),
                    path.display()
                );
            }
            let data = load(opened, &file.data.paths, &schema)?;
            Run::resume(folder, file, data, device)?
        }
        None => {
            let Some(out) = &args.out else {
                bail!("--out names the run's folder");
            };
            let file = RunFile {
                program: format!("smn-studio {}", env!("CARGO_PKG_VERSION")),
                device: device_name,
                config: config(&args)?,
                data: Data {
                    paths: Vec::new(),
                    train: 0,
                    validation: 0,
                    fingerprint: String::new(),
                },
                initial_weights: InitialWeights {
                    vgg16: args.vgg16.clone(),
                    stage1: args.stage1.clone(),
                },
                license: args.license.clone(),
            };
            Run::create(
                out,
                &args.data,
                load(opened, &args.data, &schema)?,
                file,
                device,
            )?
        }
    };
    terminal::err(format_args!("{}", run.labels()));
    let file = run.file();
    errln!(
        "{} on {}, seed {}",
        file.config.network.title(),
        file.device,
        file.config.seed
    );
    for warning in run.labels().warnings() {
        log::warn!("{warning}");
    }
    match run.run()? {
        Some(path) => outln!("{}", path.display()),
        None => outln!(
            "stopped; continue with --resume {}",
            run.folder().path().display()
        ),
    }
    Ok(())
}

fn load(opened: &mut Opened, paths: &[PathBuf], schema: &Schema) -> Result<dataset::Dataset> {
    let set = opened.take(paths, schema)?;
    warn(&set.problems);
    log::info!(
        "{}: {}, {}",
        set.name,
        counted(set.samples.len(), "sample"),
        counted(set.problems.len(), "problem")
    );
    Ok(set)
}

/// What a file holds, or the standard input.
fn settings_text(path: &Path) -> std::io::Result<String> {
    if path == Path::new("-") {
        return std::io::read_to_string(std::io::stdin());
    }
    let bytes = std::fs::read(path)?;
    let text = String::from_utf8(bytes).map_err(std::io::Error::other)?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

fn config(args: &TrainArgs) -> Result<TrainConfig> {
    let mut config = TrainConfig::preset(args.preset);
    if let Some(path) = &args.config {
        let text = settings_text(path).with_context(|| path.display().to_string())?;
        config = config
            .with_file(&text)
            .with_context(|| path.display().to_string())?;
    }
    if let Some(name) = &args.network {
        let Some(network) = Config::variant(name) else {
            bail!(
                "no network {name:?}; there are {}",
                Config::VARIANTS.join(", ")
            );
        };
        let before = &config.network;
        config.network = Config {
            norm: before.norm,
            ..network.sized(before.width, before.fc)
        };
    }
    let set = |to: &mut usize, from: Option<usize>| *to = from.unwrap_or(*to);
    set(&mut config.network.width, args.width);
    set(&mut config.network.fc, args.fc);
    set(&mut config.batch, args.batch);
    let set = |to: &mut f64, from: Option<f64>| *to = from.unwrap_or(*to);
    set(&mut config.stage1.epochs, args.epochs1);
    set(&mut config.stage2.epochs, args.epochs2);
    set(&mut config.stage1.learning_rate, args.lr1);
    set(&mut config.stage2.learning_rate, args.lr2);
    set(&mut config.points_weight, args.points_weight);
    set(&mut config.dropout, args.dropout);
    let set = |to: &mut f32, from: Option<f32>| *to = from.unwrap_or(*to);
    set(&mut config.augmentation.shift, args.shift);
    set(&mut config.augmentation.scale, args.scale);
    set(&mut config.augmentation.rotation, args.rotation);
    let set = |to: &mut u64, from: Option<u64>| *to = from.unwrap_or(*to);
    set(&mut config.validations, args.validations);
    set(&mut config.patience, args.patience);
    config.only = args.task.clone().or(config.only);
    config.boxes = args.boxes.unwrap_or(config.boxes);
    set(&mut config.seed, args.seed);
    config.task_start = args.start.unwrap_or(config.task_start);
    config.validate()?;
    Ok(config)
}
