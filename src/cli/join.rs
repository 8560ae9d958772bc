//! `smn-studio join`: a task tower that was trained apart, put into another network.

use std::path::PathBuf;

use anyhow::Result;
use burn::tensor::Device;
use clap::Args;
use serde_json::json;

use super::files::{Files, Opened, Output};
use crate::label::Untrained;
use crate::model::Checkpoint;
use crate::terminal::outln;

/// Copies a task's tower from one network into another.
///
/// Both must have the same shared tower, bit for bit. A task that WEIGHTS has already is replaced.
#[derive(Args)]
pub struct JoinArgs {
    /// The network that takes the tower
    weights: PathBuf,
    /// The network that the tower is taken from
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The task's name
    #[arg(long, value_name = "NAME")]
    task: String,
    /// Licence of the result; by default that of WEIGHTS
    #[arg(long)]
    license: Option<String>,
    /// The weights to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Files for JoinArgs {
    fn inputs(&self) -> Vec<PathBuf> {
        vec![self.weights.clone(), self.from.clone()]
    }

    fn outputs(&self) -> Vec<Output> {
        vec![Output::File(self.out.clone())]
    }
}

pub fn run(args: JoinArgs, _: &mut Opened) -> Result<()> {
    let device = Device::flex();
    let base = Checkpoint::load(&args.weights, &device)?;
    let other = Checkpoint::load(&args.from, &device)?;
    let network = base.network.joined(&other.network, &args.task)?;
    let mut untrained = Untrained::from_training(&base.training);
    untrained.set(
        &args.task,
        Untrained::from_training(&other.training).task(&args.task),
    );
    // Both histories: neither alone says where these weights come from.
    let mut training = json!({
        "chosen_by": base.training.get("chosen_by"),
        "base": &base.training, "joined": { args.task: other.training },
    });
    untrained.write_to(&mut training);
    let joined = Checkpoint {
        network,
        training,
        license: args.license.unwrap_or_else(|| base.license.clone()),
        ..base
    };
    joined.save(&args.out)?;
    outln!("{}", args.out.display());
    Ok(())
}
