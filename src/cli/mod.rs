//! The commands: a file each, which turns its arguments into one call.

mod convert;
mod data;
mod devices;
mod eval;
mod explain;
mod features;
mod files;
mod inputs;
mod join;
mod predict;
mod review;
mod synth;
mod towers;
mod train;
mod window;

use std::time::Instant;

use clap::{Parser, Subcommand};

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
    Review(review::ReviewArgs),
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
        Some(Command::Predict(args)) => files::run(args, predict::run),
        Some(Command::Features(args)) => files::run(args, features::run),
        Some(Command::Explain(args)) => files::run(args, explain::run),
        Some(Command::Towers(args)) => files::run(args, towers::run),
        Some(Command::Eval(args)) => files::run(args, eval::run),
        Some(Command::Train(args)) => files::run(*args, train::run),
        // Reads nothing.
        Some(Command::Synth(args)) => synth::run(args),
        Some(Command::Join(args)) => files::run(args, join::run),
        Some(Command::Data(args)) => files::run(args, data::run),
        Some(Command::Convert(args)) => files::run(args, convert::run),
        Some(Command::Review(args)) => files::run(args, review::run),
        Some(Command::Devices) => devices::run(),
    }
}
