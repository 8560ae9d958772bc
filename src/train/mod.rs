//! Training: stage 1 with hard sharing, stage 2 with the shared tower fixed.
//!
//! The trainer is its own step loop on burn's optimizers, because a run must continue from any
//! step, with the same batches, to the same bits: batches derive from (seed, step), dropout from
//! (seed, stage, step), and a checkpoint holds parameters, optimizer state and how much was
//! logged.

mod checkpoints;
mod config;
mod curves;
pub mod findings;
mod folder;
mod follow;
mod job;
mod labels;
mod loss;
mod pulse;
mod run;
mod stage;
#[cfg(test)]
mod tests;
mod watch;

pub use config::{Optimizer, Preset, Schedule, Stage, TrainConfig};
pub use curves::{Curves, Series, StageCurves};
pub use folder::{Control, RunFolder, State, Status};
pub use follow::{Follower, Life, RunView, control};
pub use job::Job;
pub use labels::Labels;
pub use loss::task_loss;
pub use run::{Data, Run, RunFile, Starts};
