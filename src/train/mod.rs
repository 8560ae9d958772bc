//! Training: stage 1 with hard sharing, stage 2 with the shared tower fixed.
//!
//! The trainer is its own step loop on burn's optimizers, because a run must continue from any
//! step, with the same batches, to the same bits: batches derive from (seed, step), dropout from
//! (seed, stage, step), and a checkpoint holds parameters, optimizer state and how much was
//! logged.

mod checkpoints;
mod config;
mod curves;
mod folder;
mod heartbeat;
mod job;
mod labels;
mod loss;
mod measures;
mod monitor;
mod run;
mod run_file;
mod snapshot;
mod stage;
mod step_timer;
#[cfg(test)]
mod tests;
pub mod warnings;

pub use config::{Optimizer, Preset, Schedule, Stage, TrainConfig};
pub use curves::{Curves, Series, StageCurves};
pub use folder::{Control, RunFolder, State, Status, control};
pub use job::Job;
pub use labels::Labels;
pub use loss::task_loss;
pub use monitor::RunMonitor;
pub use run::Run;
pub use run_file::{Data, InitialWeights, RunFile};
pub use snapshot::{Liveness, RunSnapshot};
