//! A whole run: the stages in order, and the folder that can continue them.

mod initial_weights;
mod result;
mod stages;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, anyhow, ensure};
use burn::tensor::Device;

use super::folder::{Lock, RunFolder, State, Status, host};
use super::heartbeat::Heartbeat;
use super::labels::Labels;
use super::run_file::{Data, RunFile};
use crate::batch::{Loader, LoaderConfig, Preprocessing};
use crate::dataset::{Dataset, Sample, Split, absolute};
use crate::label::Schema;
use crate::logs::{error_chain, panic_message};
use crate::measure::TrivialBaseline;

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
    guess: TrivialBaseline,
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
        file.config.validate()?;
        // A run may go on from another working folder.
        let paths: Vec<PathBuf> = paths.iter().map(|p| absolute(p)).collect();
        for start in [
            &mut file.initial_weights.vgg16,
            &mut file.initial_weights.stage1,
        ] {
            *start = start.take().map(|path| absolute(&path));
        }
        file.data = Data::describe(&paths, &dataset);
        let labels = Labels::of(&dataset).weighted(&file.config);
        labels.check(file.config.only.as_deref())?;
        // A run that cannot begin leaves no folder.
        initial_weights::check(&file, &dataset.schema)?;
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
        let now = Data::describe(&file.data.paths, &dataset);
        ensure!(
            now.fingerprint == file.data.fingerprint,
            "the data are not those this run began with ({} and {} samples now, {} and {} then): it cannot go on with the same batches",
            now.train,
            now.validation,
            file.data.train,
            file.data.validation
        );
        let labels = Labels::of(&dataset).weighted(&file.config);
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
        let guess = TrivialBaseline::learn(&schema, placed);
        let preprocessing = match file.initial_weights.vgg16 {
            Some(_) => Preprocessing::imagenet(),
            None => Preprocessing::default(),
        };
        let loading = LoaderConfig {
            schema: schema.clone(),
            preprocessing,
            augmentation: file.config.augmentation.clone(),
            batch: file.config.batch.min(train.len()),
            seed: file.config.seed,
            threads: loading_threads(),
            cache_bytes: 2 << 30,
        };
        Self {
            loader: Arc::new(Loader::new(train, loading)),
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
        let _heartbeat = Heartbeat::of(self.folder.file("status.json"));
        // A device that runs out of memory panics inside burn: whoever looks on is told of that too.
        let result = catch_unwind(AssertUnwindSafe(|| self.stages()))
            .unwrap_or_else(|panic| Err(anyhow!("the device failed: {}", panic_message(&*panic))));
        if let Err(error) = &result {
            let told = self.end(State::Failed, Some(error_chain(error)), Vec::new());
            if let Err(e) = told {
                log::warn!("{}", error_chain(&e));
            }
        }
        result
    }

    fn end(&self, state: State, why: Option<String>, warnings: Vec<String>) -> Result<()> {
        let before: Option<Status> = self.folder.read_json("status.json").ok();
        let status = Status {
            state,
            why,
            warnings,
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

/// As many threads load as there are cores, within reason; two even where there is one, so that
/// reading and decoding overlap.
fn loading_threads() -> usize {
    std::thread::available_parallelism().map_or(2, |n| n.get().clamp(2, 8))
}
