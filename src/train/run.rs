//! A whole run: the stages in order, and the folder that can continue them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, ensure};
use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use super::checkpoints::{Keeper, Progress, load_record};
use super::config::TrainConfig;
use super::findings;
use super::folder::{Lock, RunFolder, State, Status};
use super::labels::Labels;
use super::pulse::Pulse;
use super::stage::{Ended, StageRun, host, reports_beside_guess, sentence, summary};
use crate::batch::{Loader, Plan, Preprocessing};
use crate::dataset::{Dataset, Sample, Split, absolute};
use crate::hash::StableHasher;
use crate::label::Schema;
use crate::logs::{error_words, panic_words};
use crate::measure::Guess;
use crate::model::{
    Checkpoint, Config, Layer, Network, Predictor, TaskStart, Topology, Untrained, load_vgg16,
};
use crate::terminal::errln;
use crate::words::counted;

/// What is trained on, so that a run says where its weights come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Data {
    pub paths: Vec<PathBuf>,
    pub train: usize,
    pub validation: usize,
    /// Of the names, boxes and labels of all samples: the same data give the same number.
    pub fingerprint: String,
}

/// Weights from elsewhere that a run begins with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Starts {
    /// torchvision's VGG16, for stage 1's towers.
    pub vgg16: Option<PathBuf>,
    /// A checkpoint with hard sharing in place of stage 1.
    pub stage1: Option<PathBuf>,
}

/// `run.json`: enough to start the run again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunFile {
    pub program: String,
    pub device: String,
    pub config: TrainConfig,
    pub data: Data,
    pub starts: Starts,
    /// The terms under which the weights may be used.
    pub license: String,
}

/// A run on its data.
pub struct Run {
    folder: RunFolder,
    /// Held as long as the run is this process's.
    _lock: Lock,
    file: RunFile,
    schema: Schema,
    loader: Arc<Loader>,
    validation: Vec<Sample>,
    labels: Labels,
    guess: Guess,
    device: Device,
}

impl Run {
    /// A new run in `folder`. Samples without a split are trained on; those of the test split are
    /// left alone.
    pub fn create(
        folder: &Path,
        paths: &[PathBuf],
        dataset: Dataset,
        mut file: RunFile,
        device: Device,
    ) -> Result<Self> {
        file.config.validate().map_err(anyhow::Error::msg)?;
        // A run may go on from another working folder.
        let paths: Vec<PathBuf> = paths.iter().map(|p| absolute(p)).collect();
        for start in [&mut file.starts.vgg16, &mut file.starts.stage1] {
            *start = start.take().map(|path| absolute(&path));
        }
        file.data = describe(&paths, &dataset);
        let labels = Labels::of(&dataset);
        labels.check(file.config.only.as_deref())?;
        let folder = RunFolder::create(folder)?;
        let lock = folder.lock()?;
        folder.write_json("run.json", &file)?;
        Ok(Self::with(folder, lock, dataset, labels, file, device))
    }

    /// The run in `folder`, to go on from its last checkpoint. `dataset` is what the paths of
    /// `file` hold now, which must be what they held then; where these are other paths than in
    /// the folder's `run.json`, they are noted there.
    pub fn resume(
        folder: RunFolder,
        mut file: RunFile,
        dataset: Dataset,
        device: Device,
    ) -> Result<Self> {
        file.data.paths = file.data.paths.iter().map(|p| absolute(p)).collect();
        let now = describe(&file.data.paths, &dataset);
        ensure!(
            now.fingerprint == file.data.fingerprint,
            "the data are not those this run began with ({} and {} samples now, {} and {} then): it cannot go on with the same batches",
            now.train,
            now.validation,
            file.data.train,
            file.data.validation
        );
        let labels = Labels::of(&dataset);
        labels.check(file.config.only.as_deref())?;
        let lock = folder.lock()?;
        folder.clear_control()?;
        let before: RunFile = folder.read_json("run.json")?;
        if before.data != file.data {
            folder.write_json("run.json", &file)?;
        }
        Ok(Self::with(folder, lock, dataset, labels, file, device))
    }

    fn with(
        folder: RunFolder,
        lock: Lock,
        dataset: Dataset,
        labels: Labels,
        file: RunFile,
        device: Device,
    ) -> Self {
        let schema = dataset.schema.clone();
        let mut samples = dataset.samples;
        file.config.boxes.apply(&mut samples);
        let (validation, train): (Vec<_>, Vec<_>) = samples
            .into_iter()
            .filter(|s| s.split != Some(Split::Test))
            .partition(|s| s.split == Some(Split::Validation));
        let placed = train
            .iter()
            .filter_map(|s| Some((&s.annotation, s.region()?.0.transform())));
        let guess = Guess::learn(&schema, placed);
        let preprocessing = match file.starts.vgg16 {
            Some(_) => Preprocessing::imagenet(),
            None => Preprocessing::default(),
        };
        let plan = Plan {
            schema: schema.clone(),
            preprocessing,
            augmentation: file.config.augmentation.clone(),
            batch: file.config.batch.min(train.len()),
            seed: file.config.seed,
            threads: loading_threads(),
            cache_bytes: 2 << 30,
        };
        Self {
            loader: Arc::new(Loader::new(train, plan)),
            folder,
            _lock: lock,
            file,
            schema,
            validation,
            labels,
            guess,
            device: device.autodiff(),
        }
    }

    pub fn folder(&self) -> &RunFolder {
        &self.folder
    }

    pub fn file(&self) -> &RunFile {
        &self.file
    }

    /// What there is to learn from.
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// Trains to the end, or until the control file says stop. Returns the final weights' path.
    pub fn run(&self) -> Result<Option<PathBuf>> {
        // Until the last status is written.
        let _pulse = Pulse::of(self.folder.file("status.json"));
        // A device that runs out of memory panics inside burn: whoever looks on is told of that too.
        let result = catch_unwind(AssertUnwindSafe(|| self.stages()))
            .unwrap_or_else(|panic| Err(anyhow!("the device failed: {}", panic_words(&*panic))));
        if let Err(error) = &result {
            let told = self.end(State::Failed, Some(error_words(error)), Vec::new());
            if let Err(e) = told {
                log::warn!("{}", error_words(&e));
            }
        }
        result
    }

    fn stages(&self) -> Result<Option<PathBuf>> {
        let progress = self.progress()?;
        let wanted = &self.file.config.network;
        let separation = wanted.topology == Topology::Separation;
        let first = if separation {
            Config {
                norm: wanted.norm,
                ..self.hard_sharing()
            }
        } else {
            wanted.clone()
        };
        let only = self.only()?;
        // Of two stages, the first is for all tasks.
        let alone = only.filter(|_| !separation);
        let keeper = Keeper {
            name: "stage1".into(),
            tasks: match alone {
                Some(task) => vec![task],
                None => (0..self.schema.tasks.len()).collect(),
            },
        };
        let mut untrained = self.labels.untrained.clone();
        for (t, task) in self.schema.tasks.iter().enumerate() {
            if alone.is_some_and(|alone| alone != t) {
                untrained.leave_out(task);
            }
        }
        let mut length = 0;
        if let Some(at) = &progress {
            length = at.metrics_length;
        }
        let in_first = progress.as_ref().is_none_or(|p| p.stage == 1);
        if in_first && self.file.starts.stage1.is_none() {
            let start = progress.clone().unwrap_or_else(|| Progress::start(1, 1, 0));
            let network = self.first_network(&first)?;
            let stage = self.stage(1, vec![keeper.clone()], &network, untrained.clone());
            if stage.run(network, start)? == Ended::Stopped {
                return Ok(None);
            }
            length = self.progress()?.map_or(0, |p| p.metrics_length);
        }
        let (best, earlier) = self.stage1_best(&first, &keeper)?;
        if self.file.starts.stage1.is_none() {
            let device = self.device.clone().without_autodiff();
            let kept = Checkpoint::load(&keeper.weights(&self.folder), &device)?;
            let tasks = alone.map_or("all tasks", |t| self.schema.tasks[t].name.as_str());
            errln!("{}", self.kept_words(&kept.training, &keeper, tasks));
        }
        if !separation {
            if earlier.is_some() {
                untrained = self.untrained(earlier.as_ref(), |_| true);
            }
            return self.finish(best.folded(), &untrained, Vec::new());
        }
        // A task without labels would only lose what its tower starts with.
        let trained = |t: usize| only.is_none_or(|o| o == t) && self.labels.teach(t);
        let untrained = self.untrained(earlier.as_ref(), trained);
        let network = Network::separate(
            &best,
            wanted,
            self.file.config.task_start,
            self.file.config.seed.wrapping_add(1),
            &self.device,
        )
        .map_err(anyhow::Error::msg)?
        .frozen_except(trained);
        let tasks = self.schema.tasks.iter().enumerate();
        let keepers: Vec<Keeper> = tasks.filter(|(t, _)| trained(*t)).map(keeper_of).collect();
        let start = progress
            .filter(|p| p.stage == 2)
            .unwrap_or_else(|| Progress::start(2, keepers.len(), length));
        let stage = self.stage(2, keepers.clone(), &network, untrained.clone());
        let unchosen = network.folded();
        if stage.run(network, start)? == Ended::Stopped {
            return Ok(None);
        }
        let (network, found) = self.joined(unchosen, &keepers)?;
        self.finish(network, &untrained, found)
    }

    /// What the network that this run ends with was never trained on. `earlier` is the same of the
    /// weights that it began with; of those, the tasks that this run does not train stay.
    fn untrained(&self, earlier: Option<&Untrained>, trained: impl Fn(usize) -> bool) -> Untrained {
        let mut now = self.labels.untrained.clone();
        let Some(earlier) = earlier else {
            return now;
        };
        let warm = self.file.config.task_start == TaskStart::Warm;
        for (t, task) in self.schema.tasks.iter().enumerate() {
            if !trained(t) {
                now.set(&task.name, earlier.task(&task.name));
            } else if warm {
                now.unless_before(&task.name, earlier);
            }
        }
        now
    }

    /// The position of the one task that stage 2 trains, if it is but one.
    fn only(&self) -> Result<Option<usize>> {
        let Some(name) = &self.file.config.only else {
            return Ok(None);
        };
        let position = self.schema.position(name);
        position
            .map(Some)
            .with_context(|| format!("there is no task {name:?} to train"))
    }

    /// The network whose task towers are each the best of their own, and what is to be said of
    /// those for which the stage brought nothing.
    fn joined(&self, mut network: Network, keepers: &[Keeper]) -> Result<(Network, Vec<String>)> {
        let mut found = Vec::new();
        let device = self.device.clone().without_autodiff();
        for keeper in keepers {
            let best = Checkpoint::load(&keeper.weights(&self.folder), &device)?;
            errln!("{}", self.kept_words(&best.training, keeper, &keeper.name));
            found.extend(findings::brought_nothing(&keeper.name, &best.training));
            network = network
                .joined(&best.network, &keeper.name)
                .map_err(anyhow::Error::msg)?;
        }
        Ok((network, found))
    }

    /// Measures and writes the final weights. `found` speaks against them already.
    fn finish(
        &self,
        network: Network,
        untrained: &Untrained,
        mut found: Vec<String>,
    ) -> Result<Option<PathBuf>> {
        let mut checkpoint = self.template(network);
        let device = checkpoint.network.device();
        let predictor = Predictor::new(checkpoint.clone(), device);
        let [reports, guesses] = reports_beside_guess(&predictor, &self.validation, &self.guess);
        found.extend(findings::worse_than_guess(&self.schema, &reports, &guesses));
        let chosen_by = if self.validation.is_empty() {
            "being the last"
        } else {
            "validation"
        };
        checkpoint.training["chosen_by"] = chosen_by.into();
        checkpoint.training["validation"] = summary(&self.schema, &reports);
        untrained.note(&mut checkpoint.training);
        if !found.is_empty() {
            checkpoint.training[findings::KEY] = serde_json::json!(found);
        }
        // What the run's own labels do not teach was said before its start.
        if *untrained != self.labels.untrained {
            for line in untrained.sentences(&self.schema) {
                log::warn!("in the result, {line}");
            }
        }
        let path = self.folder.file("final.safetensors");
        checkpoint.save(&path)?;
        let measured = match self.validation.len() {
            0 => "no face was kept for validation".into(),
            faces => format!(
                "in validation on {}: {}",
                counted(faces, "face"),
                sentence(&self.schema, &reports)
            ),
        };
        errln!("the result, {measured}");
        for line in &found {
            log::warn!("{line}");
        }
        self.end(State::Done, None, found)?;
        Ok(Some(path))
    }

    fn first_network(&self, config: &Config) -> Result<Network> {
        let mut network = Network::new(config, &self.schema, self.file.config.seed, &self.device);
        if let Some(path) = &self.file.starts.vgg16 {
            let set = load_vgg16(&mut network, path)?;
            log::info!("{set} convolutions start from {}", path.display());
        }
        if self.file.config.start_at_mean {
            for t in 0..self.schema.tasks.len() {
                if let Some(shape) = self.guess.mean_shape(t) {
                    network.set_constant_output(t, &shape.concat());
                }
            }
        }
        Ok(network)
    }

    /// What stage 2 stands on: the run's own best of stage 1, or the checkpoint it was given with
    /// what that was never trained on.
    fn stage1_best(
        &self,
        config: &Config,
        keeper: &Keeper,
    ) -> Result<(Network, Option<Untrained>)> {
        if let Some(path) = &self.file.starts.stage1 {
            let Checkpoint {
                network, training, ..
            } = Checkpoint::load(path, &self.device)?;
            return Ok((network, Some(Untrained::noted(&training))));
        }
        let network = Network::new(config, &self.schema, self.file.config.seed, &self.device);
        let best = load_record(network, &keeper.record(&self.folder))?;
        Ok((best, None))
    }

    fn hard_sharing(&self) -> Config {
        let wanted = &self.file.config.network;
        Config {
            topology: Topology::HardSharing,
            branch: crate::model::Branch::After(Layer::Conv4_3),
            ..wanted.clone()
        }
    }

    fn stage(
        &self,
        number: u8,
        keepers: Vec<Keeper>,
        network: &Network,
        untrained: Untrained,
    ) -> StageOwned<'_> {
        StageOwned {
            template: self.template(network.folded()),
            run: self,
            number,
            keepers,
            untrained,
        }
    }

    fn template(&self, network: Network) -> Checkpoint {
        Checkpoint {
            preprocessing: match self.file.starts.vgg16 {
                Some(_) => Preprocessing::imagenet(),
                None => Preprocessing::default(),
            },
            license: self.file.license.clone(),
            training: self.provenance(),
            ..Checkpoint::new(network)
        }
    }

    /// Which step was kept of some tasks, called `of`, and why.
    fn kept_words(&self, training: &serde_json::Value, keeper: &Keeper, of: &str) -> String {
        let points = |t: &usize| self.schema.tasks[*t].is_points();
        let by = match (
            keeper.tasks.iter().any(points),
            keeper.tasks.iter().all(points),
        ) {
            (_, true) => "success, then by NME",
            (false, _) => "accuracy",
            (true, false) => "the mean of success and accuracy, then by NME",
        };
        let why = match training["chosen_by"].as_str() {
            Some("validation") => format!("the best in validation by {by}"),
            _ => "the last".into(),
        };
        format!(
            "stage {}, {of}: step {} is kept, {why}",
            training["stage"], training["step"]
        )
    }

    /// What every checkpoint of the run says of where it comes from.
    fn provenance(&self) -> serde_json::Value {
        let RunFile {
            program,
            config,
            data,
            ..
        } = &self.file;
        let names = data.paths.iter().map(|p| crate::dataset::name_of(p));
        let names: Vec<String> = names.collect();
        serde_json::json!({
            "data": names, "fingerprint": data.fingerprint, "train": data.train,
            "seed": config.seed, "config": config, "program": program,
        })
    }

    fn progress(&self) -> Result<Option<Progress>> {
        let path = self.folder.file("checkpoints/last.json");
        if !path.is_file() {
            return Ok(None);
        }
        self.folder.read_json("checkpoints/last.json").map(Some)
    }

    fn end(&self, state: State, why: Option<String>, findings: Vec<String>) -> Result<()> {
        let before: Option<Status> = self.folder.read_json("status.json").ok();
        let status = Status {
            state,
            why,
            findings,
            pid: std::process::id(),
            host: host(),
            stage: before.as_ref().map_or(1, |s| s.stage),
            step: before.as_ref().map_or(0, |s| s.step),
            steps: before.as_ref().map_or(0, |s| s.steps),
            images_per_s: before.as_ref().map_or(0.0, |s| s.images_per_s),
            heartbeat: before.as_ref().map_or(0, |s| s.heartbeat + 1),
        };
        self.folder.write_json("status.json", &status)
    }
}

/// A stage with what it borrows from nowhere else.
struct StageOwned<'a> {
    template: Checkpoint,
    run: &'a Run,
    number: u8,
    keepers: Vec<Keeper>,
    untrained: Untrained,
}

impl StageOwned<'_> {
    fn run(&self, network: Network, progress: Progress) -> Result<Ended> {
        let config = &self.run.file.config;
        StageRun {
            number: self.number,
            stage: if self.number == 1 {
                &config.stage1
            } else {
                &config.stage2
            },
            config,
            folder: &self.run.folder,
            loader: self.run.loader.clone(),
            validation: &self.run.validation,
            keepers: self.keepers.clone(),
            device: self.run.device.clone(),
            template: &self.template,
            untrained: &self.untrained,
        }
        .run(network, progress)
    }
}

/// As many threads load as there are cores, within reason; two even where there is one, so that
/// reading and decoding overlap.
fn loading_threads() -> usize {
    std::thread::available_parallelism().map_or(2, |n| n.get().clamp(2, 8))
}

fn keeper_of((t, task): (usize, &crate::label::Task)) -> Keeper {
    Keeper {
        name: task.name.clone(),
        tasks: vec![t],
    }
}

fn describe(paths: &[PathBuf], dataset: &Dataset) -> Data {
    let count = |wanted: Option<bool>| {
        dataset
            .samples
            .iter()
            .filter(|s| match s.split {
                Some(Split::Test) => false,
                split => Some(split == Some(Split::Validation)) == wanted,
            })
            .count()
    };
    // Of what the batches depend on.
    let mut hash = StableHasher::default();
    for sample in &dataset.samples {
        let name = sample.path.file_name().unwrap_or_default();
        hash.add(name.as_encoded_bytes());
        hash.add(format!("{:?}{:?}{:?}", sample.face, sample.split, sample.face_box).as_bytes());
        hash.add(format!("{:?}", sample.annotation.tasks).as_bytes());
    }
    Data {
        paths: paths.to_vec(),
        train: count(Some(false)),
        validation: count(Some(true)),
        fingerprint: hash.to_hex(),
    }
}
