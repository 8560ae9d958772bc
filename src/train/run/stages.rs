//! The stages of a run in order: what each begins with and which tasks it trains.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::Run;
use super::initial_weights::first_config;
use crate::label::{Untrained, UntrainedReason};
use crate::model::{Checkpoint, Config, Network, TaskStart, Topology, load_vgg16};
use crate::terminal::errln;
use crate::train::checkpoints::{BestCheckpoint, Progress, load_record};
use crate::train::stage::{StageEnd, StageRun};
use crate::train::warnings;

impl Run {
    pub(super) fn stages(&self) -> Result<Option<PathBuf>> {
        let progress = self.progress()?;
        let wanted = &self.file.config.network;
        let separation = wanted.topology == Topology::Separation;
        let first = first_config(wanted);
        let only = self.only()?;
        // Of two stages, the first is for all tasks.
        let alone = only.filter(|_| !separation);
        let keeper = BestCheckpoint {
            name: "stage1".into(),
            tasks: match alone {
                Some(task) => vec![task],
                None => (0..self.schema.tasks.len()).collect(),
            },
        };
        let mut untrained = self.labels.untrained.clone();
        for (t, task) in self.schema.tasks.iter().enumerate() {
            if alone.is_some_and(|alone| alone != t) {
                untrained.leave_out(task, UntrainedReason::LeftOut);
            }
        }
        let mut length = 0;
        if let Some(at) = &progress {
            length = at.metrics_length;
        }
        let in_first = progress.as_ref().is_none_or(|p| p.stage == 1);
        if in_first && self.file.initial_weights.stage1.is_none() {
            let start = progress.clone().unwrap_or_else(|| Progress::start(1, 1, 0));
            let network = self.first_network(&first)?;
            let stage = self.stage(1, vec![keeper.clone()], &network, untrained.clone());
            if stage.run(network, start)? == StageEnd::Stopped {
                return Ok(None);
            }
            length = self.progress()?.map_or(0, |p| p.metrics_length);
        }
        let (best, earlier) = self.stage1_best(&first, &keeper)?;
        if self.file.initial_weights.stage1.is_none() {
            let device = self.device.clone().without_autodiff();
            let kept = Checkpoint::load(&keeper.weights(&self.folder), &device)?;
            let tasks = alone.map_or("all tasks", |t| self.schema.tasks[t].name.as_str());
            errln!("{}", self.kept_text(&kept.training, &keeper, tasks));
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
        )?
        .frozen_except(trained);
        let tasks = self.schema.tasks.iter().enumerate();
        let keepers: Vec<BestCheckpoint> =
            tasks.filter(|(t, _)| trained(*t)).map(keeper_of).collect();
        let start = progress
            .filter(|p| p.stage == 2)
            .unwrap_or_else(|| Progress::start(2, keepers.len(), length));
        let mut found = self.left_at_start(only, &untrained, trained);
        let mut stage = self.stage(2, keepers.clone(), &network, untrained.clone());
        if !found.is_empty() {
            stage.template.training[warnings::KEY] = serde_json::json!(found);
        }
        let unchosen = network.folded();
        if stage.run(network, start)? == StageEnd::Stopped {
            return Ok(None);
        }
        let (network, nothing_better) = self.joined(unchosen, &keepers)?;
        found.extend(nothing_better);
        self.finish(network, &untrained, found)
    }

    /// What the network that this run ends with was never trained on. `earlier` is the same of the
    /// weights that it began with; of those, the tasks that this run does not train stay.
    fn untrained(&self, earlier: Option<&Untrained>, trained: impl Fn(usize) -> bool) -> Untrained {
        let mut now = self.labels.untrained.clone();
        let warm = self.file.config.task_start == TaskStart::Warm;
        for (t, task) in self.schema.tasks.iter().enumerate() {
            match (trained(t), earlier) {
                (true, Some(earlier)) if warm => now.retain_untrained(&task.name, earlier),
                (false, Some(earlier)) if warm => now.set(&task.name, earlier.task(&task.name)),
                // Its tower is new, and stays as it was drawn.
                (false, _) if !warm && self.labels.teach(t) => {
                    now.leave_out(task, UntrainedReason::LeftOut)
                }
                _ => {}
            }
        }
        now
    }

    /// What is to be said of the tasks that stage 2 does not train, but that their start was.
    fn left_at_start(
        &self,
        only: Option<usize>,
        untrained: &Untrained,
        trained: impl Fn(usize) -> bool,
    ) -> Vec<String> {
        let own = self.file.initial_weights.stage1.is_none();
        let tasks = self.schema.tasks.iter().enumerate();
        let left =
            tasks.filter(|(t, task)| !trained(*t) && untrained.trained(task).contains(&true));
        left.map(|(t, task)| {
            let alone = only.filter(|o| *o != t);
            let why = match alone {
                Some(other) => format!("{} alone was", self.schema.tasks[other].name),
                None if self.labels.is_unweighted(t) => UntrainedReason::NoWeight.to_string(),
                None => "no label of it is known".into(),
            };
            warnings::left_at_start(&task.name, &why, own)
        })
        .collect()
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

    fn first_network(&self, config: &Config) -> Result<Network> {
        let mut network = Network::new(config, &self.schema, self.file.config.seed, &self.device);
        if let Some(path) = &self.file.initial_weights.vgg16 {
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
        keeper: &BestCheckpoint,
    ) -> Result<(Network, Option<Untrained>)> {
        if let Some(path) = &self.file.initial_weights.stage1 {
            let Checkpoint {
                network, training, ..
            } = Checkpoint::load(path, &self.device)?;
            return Ok((network, Some(Untrained::from_training(&training))));
        }
        let network = Network::new(config, &self.schema, self.file.config.seed, &self.device);
        let best = load_record(network, &keeper.record(&self.folder))?;
        Ok((best, None))
    }

    fn stage(
        &self,
        number: u8,
        keepers: Vec<BestCheckpoint>,
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

    fn progress(&self) -> Result<Option<Progress>> {
        let path = self.folder.file("checkpoints/last.json");
        if !path.is_file() {
            return Ok(None);
        }
        self.folder.read_json("checkpoints/last.json").map(Some)
    }
}

/// A stage with what it borrows from nowhere else.
struct StageOwned<'a> {
    template: Checkpoint,
    run: &'a Run,
    number: u8,
    keepers: Vec<BestCheckpoint>,
    untrained: Untrained,
}

impl StageOwned<'_> {
    fn run(&self, network: Network, progress: Progress) -> Result<StageEnd> {
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

fn keeper_of((t, task): (usize, &crate::label::Task)) -> BestCheckpoint {
    BestCheckpoint {
        name: task.name.clone(),
        tasks: vec![t],
    }
}
