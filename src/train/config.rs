//! What a run is: one struct that is command line, `run.json` and, later, the window's form.

use serde::{Deserialize, Serialize};

use crate::batch::Augmentation;
use crate::dataset::Boxes;
use crate::model::{Config, Norm, TaskStart};

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
    /// The only task that stage 2 trains; all of them unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<String>,
    /// In which boxes faces are looked at.
    #[serde(default, skip_serializing_if = "Boxes::is_default")]
    pub boxes: Boxes,
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
            boxes: Boxes::default(),
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

    /// Clear words for settings that cannot work.
    pub fn validate(&self) -> Result<(), String> {
        self.network.validate()?;
        if self.batch == 0 {
            return Err("a batch needs at least one sample".into());
        }
        if !(0.0..1.0).contains(&self.dropout) {
            return Err(format!("dropout {} is not in 0..1", self.dropout));
        }
        let amounts = [
            ("points weight", self.points_weight),
            ("shift", f64::from(self.augmentation.shift)),
            ("scale", f64::from(self.augmentation.scale)),
            ("rotation", f64::from(self.augmentation.rotation)),
        ];
        for (name, amount) in amounts {
            if !(amount.is_finite() && amount >= 0.0) {
                return Err(format!("a {name} of {amount}"));
            }
        }
        for stage in [&self.stage1, &self.stage2] {
            if !(stage.epochs.is_finite() && stage.epochs > 0.0) {
                return Err(format!("{} epochs cannot be trained", stage.epochs));
            }
            if !(stage.learning_rate.is_finite() && stage.learning_rate > 0.0) {
                return Err(format!("a learning rate of {}", stage.learning_rate));
            }
        }
        Ok(())
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
    fn the_cosine_warms_up_and_ends_at_zero() {
        let stage = TrainConfig::compact().stage1;
        let rate = |step| stage.learning_rate_at(step, 1000);
        assert!(rate(0) < 1e-4 && (rate(199) - 2e-3).abs() < 1e-12);
        assert!(rate(600) < 1.1e-3 && rate(600) > 0.9e-3);
        assert!(rate(999) < 1e-7);
        assert!((0..3).all(|s| stage.learning_rate_at(s, 3).is_finite()));
    }
}
