//! The commands: a file each, which turns its arguments into one call.

mod convert;
mod data;
mod devices;
mod eval;
mod explain;
mod features;
mod inputs;
mod join;
mod predict;
mod synth;
mod towers;
mod train;
mod window;

use std::time::Instant;

use clap::{Parser, Subcommand};

use crate::terminal::bar;

/// A studio for separation multi-task networks on faces.
#[derive(Parser)]
#[command(version, about, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    window: window::WindowArgs,
}

#[derive(Subcommand)]
enum Command {
    Predict(predict::PredictArgs),
    Features(features::FeaturesArgs),
    Explain(explain::ExplainArgs),
    Towers(towers::TowersArgs),
    Eval(eval::EvalArgs),
    Train(Box<train::TrainArgs>),
    Synth(synth::SynthArgs),
    Join(join::JoinArgs),
    Data(data::DataArgs),
    Convert(convert::ConvertArgs),
    /// Lists compute devices, and which one --device auto takes
    Devices,
}

/// Reads the arguments of the process and does what they say.
pub fn run() -> anyhow::Result<()> {
    let began = Instant::now();
    crate::logs::init();
    let cli = Cli::parse();
    match cli.command {
        None => window::run(cli.window, began),
        Some(Command::Predict(args)) => predict::run(args),
        Some(Command::Features(args)) => features::run(args),
        Some(Command::Explain(args)) => explain::run(args),
        Some(Command::Towers(args)) => towers::run(args),
        Some(Command::Eval(args)) => eval::run(args),
        Some(Command::Train(args)) => train::run(*args),
        Some(Command::Synth(args)) => synth::run(args),
        Some(Command::Join(args)) => join::run(args),
        Some(Command::Data(args)) => data::run(args),
        Some(Command::Convert(args)) => convert::run(args),
        Some(Command::Devices) => devices::run(),
    }
}
