//! What a run is: one struct that is the command line, a file of settings, `run.json` and the
//! window's form.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::batch::Augmentation;
use crate::dataset::BoxPolicy;
use crate::label::Task;
use crate::model::{Config, ConfigError, Norm, TaskStart};

/// Everything that decides how a run goes, beside its data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainConfig {
    /// The network wanted in the end. A separation network is trained in two stages, the first
    /// with hard sharing; any other in one.
    pub network: Config,
    pub stage1: Stage,
    pub stage2: Stage,
    /// What the task towers of stage 2 start from.
    pub task_start: TaskStart,
    /// Samples a step.
    pub batch: usize,
    /// Weight of the points' loss beside the attributes' in eq. (1).
    pub points_weight: f64,
    pub augmentation: Augmentation,
    /// Probability of dropping a unit before the output of attributes.
    pub dropout: f64,
    /// Whether the output of points starts as the mean shape of the training faces.
    pub start_at_mean: bool,
    /// Validations a stage.
    pub validations: u64,
    /// A stage ends early after this many validations without a better one; 0 never ends it.
    pub patience: u64,
    /// The only task that stage 2 trains, or the one stage of a network without a second; all of
    /// them unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<String>,
    /// In which boxes faces are looked at.
    #[serde(default, skip_serializing_if = "BoxPolicy::is_default")]
    pub boxes: BoxPolicy,
    pub seed: u64,
}

/// One stage of training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// Passes over the training faces; a fraction is fine.
    pub epochs: f64,
    pub optimizer: Optimizer,
    pub learning_rate: f64,
    pub schedule: Schedule,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Optimizer {
    /// With momentum; without dampening or Nesterov's look ahead.
    Sgd {
        momentum: f64,
    },
    AdamW {
        weight_decay: f32,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    Constant,
    /// Linear warm-up over this many steps, then half a cosine down to zero.
    Cosine {
        warmup: u64,
    },
}

impl Stage {
    /// Steps of the whole stage.
    pub fn steps(&self, batches_per_epoch: u64) -> u64 {
        ((self.epochs * batches_per_epoch as f64).round() as u64).max(1)
    }

    /// The learning rate at `step` of `steps`.
    pub fn learning_rate_at(&self, step: u64, steps: u64) -> f64 {
        match self.schedule {
            Schedule::Constant => self.learning_rate,
            Schedule::Cosine { warmup } => {
                let warmup = warmup.min(steps / 4);
                if step < warmup {
                    return self.learning_rate * (step + 1) as f64 / warmup as f64;
                }
                let passed = (step - warmup) as f64 / (steps - warmup).max(1) as f64;
                self.learning_rate * 0.5 * (1.0 + (std::f64::consts::PI * passed).cos())
            }
        }
    }
}

/// Settings that have a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Preset {
    /// A small network trained well in hours on a laptop.
    #[default]
    Compact,
    /// The paper's network and settings.
    Paper,
}

impl TrainConfig {
    pub fn preset(preset: Preset) -> Self {
        match preset {
            Preset::Compact => Self::compact(),
            Preset::Paper => Self::paper(),
        }
    }

    /// Momentum SGD, learning rate 0.0001, momentum 0.9, 100 epochs, batch 32, loss weights 1.
    fn paper() -> Self {
        let stage = Stage {
            epochs: 100.0,
            optimizer: Optimizer::Sgd { momentum: 0.9 },
            learning_rate: 1e-4,
            schedule: Schedule::Constant,
        };
        Self {
            network: ours_concat(),
            stage1: stage.clone(),
            stage2: stage,
            task_start: TaskStart::Fresh,
            batch: 32,
            points_weight: 1.0,
            augmentation: Augmentation::none(),
            dropout: 0.0,
            start_at_mean: false,
            validations: 100,
            patience: 0,
            only: None,
            boxes: BoxPolicy::default(),
            seed: 1,
        }
    }

    fn compact() -> Self {
        let stage = |epochs, learning_rate| Stage {
            epochs,
            optimizer: Optimizer::AdamW { weight_decay: 1e-3 },
            learning_rate,
            schedule: Schedule::Cosine { warmup: 200 },
        };
        let network = Config {
            norm: Norm::Batch,
            fusion: crate::model::Fusion::Channelwise,
            ..ours_concat().sized(8, 128)
        };
        Self {
            network,
            stage1: stage(12.0, 2e-3),
            stage2: stage(4.0, 1e-3),
            task_start: TaskStart::Warm,
            points_weight: 100.0,
            augmentation: Augmentation::default(),
            dropout: 0.3,
            start_at_mean: true,
            validations: 12,
            ..Self::paper()
        }
    }

    /// These settings with those of a JSON file in their place: as much of a [`TrainConfig`] as
    /// somebody cares to say, or the `run.json` of a run.
    ///
    /// # Errors
    /// Says what is no JSON, no setting, or no value of one.
    pub fn with_file(&self, text: &str) -> Result<Self, ConfigFileError> {
        let mut file: Value = serde_json::from_str(text).map_err(ConfigFileError::Json)?;
        if let Some(config) = file.get_mut("config") {
            file = config.take();
        }
        if !file.is_object() {
            return Err(ConfigFileError::NoSettings);
        }
        let mut all = serde_json::to_value(self).map_err(ConfigFileError::Value)?;
        overlay(&mut all, file);
        let mut unknown = Vec::new();
        let read = serde_ignored::deserialize(all, |path| unknown.push(path.to_string()));
        let config: Self = read.map_err(ConfigFileError::Value)?;
        match unknown.is_empty() {
            true => Ok(config),
            false => Err(ConfigFileError::Unknown(unknown.join(", "))),
        }
    }

    /// The weight of a task's loss in eq. (1).
    pub fn loss_weight(&self, task: &Task) -> f64 {
        match task.is_points() {
            true => self.points_weight,
            false => 1.0,
        }
    }

    /// Clear words for settings that cannot work.
    pub fn validate(&self) -> Result<(), TrainConfigError> {
        self.network.validate()?;
        if self.batch == 0 {
            return Err(TrainConfigError::EmptyBatch);
        }
        if !(0.0..1.0).contains(&self.dropout) {
            return Err(TrainConfigError::Dropout(self.dropout));
        }
        let amounts = [
            ("points weight", self.points_weight),
            ("shift", f64::from(self.augmentation.shift)),
            ("scale", f64::from(self.augmentation.scale)),
            ("rotation", f64::from(self.augmentation.rotation)),
        ];
        for (name, amount) in amounts {
            if !(amount.is_finite() && amount >= 0.0) {
                return Err(TrainConfigError::Amount(name, amount));
            }
        }
        for stage in [&self.stage1, &self.stage2] {
            if !(stage.epochs.is_finite() && stage.epochs > 0.0) {
                return Err(TrainConfigError::Epochs(stage.epochs));
            }
            if !(stage.learning_rate.is_finite() && stage.learning_rate > 0.0) {
                return Err(TrainConfigError::LearningRate(stage.learning_rate));
            }
        }
        Ok(())
    }
}

/// Why settings cannot work.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TrainConfigError {
    #[error(transparent)]
    Network(#[from] ConfigError),
    #[error("a batch needs at least one sample")]
    EmptyBatch,
    #[error("dropout {0} is not in 0..1")]
    Dropout(f64),
    #[error("a {0} of {1}")]
    Amount(&'static str, f64),
    #[error("{0} epochs cannot be trained")]
    Epochs(f64),
    #[error("a learning rate of {0}")]
    LearningRate(f64),
}

/// Why a file holds no settings of a run.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFileError {
    #[error("this is no JSON: {0}")]
    Json(serde_json::Error),
    #[error("settings are a JSON object, as `train --print-config` prints them")]
    NoSettings,
    #[error("{0}")]
    Value(serde_json::Error),
    #[error("there is no such setting: {0}")]
    Unknown(String),
}

/// Puts what `new` has in the place of what `all` has. One choice in place of another
/// (`{"sgd": …}` for `{"adam_w": …}`) is taken whole.
fn overlay(all: &mut Value, new: Value) {
    match (all, new) {
        (Value::Object(all), Value::Object(new)) => {
            let choice = |o: &serde_json::Map<String, Value>| o.len() == 1;
            if choice(all) && choice(&new) && all.keys().ne(new.keys()) {
                *all = new;
                return;
            }
            for (name, value) in new {
                overlay(all.entry(name).or_insert(Value::Null), value);
            }
        }
        (all, new) => *all = new,
    }
}

fn ours_concat() -> Config {
    Config::variant("ours_concat").unwrap_or_else(|| unreachable!("one of Config::VARIANTS"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_are_valid_and_survive_json() {
        for preset in [Preset::Compact, Preset::Paper] {
            let config = TrainConfig::preset(preset);
            assert_eq!(config.validate(), Ok(()));
            let json = serde_json::to_string(&config).unwrap();
            assert_eq!(serde_json::from_str::<TrainConfig>(&json).unwrap(), config);
        }
    }

    #[test]
    fn a_file_says_as_much_as_it_cares_to() {
        let base = TrainConfig::paper();
        let read = |text: &str| base.with_file(text);
        let with = read(
            r#"{"dropout": 0.5, "network": {"norm": "none", "width": 9}, "only": "landmarks",
                "stage2": {"optimizer": {"adam_w": {"weight_decay": 0.01}},
                           "schedule": {"cosine": {"warmup": 7}}}, "boxes": "labels"}"#,
        )
        .unwrap();
        let mut expected = base.clone();
        expected.dropout = 0.5;
        expected.network.width = 9;
        expected.only = Some("landmarks".into());
        expected.stage2.optimizer = Optimizer::AdamW { weight_decay: 0.01 };
        expected.stage2.schedule = Schedule::Cosine { warmup: 7 };
        expected.boxes = BoxPolicy::Labels;
        assert_eq!(with, expected);
        assert_eq!(read("{}").unwrap(), base);
        // A run's own file, and what a preset prints.
        let compact = serde_json::to_value(TrainConfig::compact()).unwrap();
        let run = serde_json::json!({"program": "smn-studio", "config": compact});
        for text in [compact.to_string(), run.to_string()] {
            assert_eq!(read(&text).unwrap(), TrainConfig::compact());
        }
        for (text, part) in [
            ("dropout = 0.5", "no JSON"),
            ("[1]", "JSON object"),
            (r#"{"droput": 0.5}"#, "no such setting: droput"),
            (
                r#"{"network": {"widht": 8}}"#,
                "no such setting: network.widht",
            ),
            (
                r#"{"stage1": {"epochs": "many"}}"#,
                "invalid type: string \"many\"",
            ),
            (
                r#"{"stage1": {"optimizer": {"adam": {}}}}"#,
                "unknown variant `adam`",
            ),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn the_cosine_warms_up_and_ends_at_zero() {
        let stage = TrainConfig::compact().stage1;
        let rate = |step| stage.learning_rate_at(step, 1000);
        assert!(rate(0) < 1e-4 && (rate(199) - 2e-3).abs() < 1e-12);
        assert!(rate(600) < 1.1e-3 && rate(600) > 0.9e-3);
        assert!(rate(999) < 1e-7);
        assert!((0..3).all(|s| stage.learning_rate_at(s, 3).is_finite()));
    }
}
