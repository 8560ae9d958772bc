//! The commands: a file each, which turns its arguments into one call.

mod train;

use clap::{Parser, Subcommand};

/// A studio for separation multi-task networks on faces.
#[derive(Parser)]
#[command(version, about, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    Train(Box<train::TrainArgs>),
}

/// Reads the arguments of the process and does what they say.
pub fn run() -> anyhow::Result<()> {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("warn")).init();
    let cli = Cli::parse();
    match cli.command {
        None => Ok(()),
        Some(Command::Train(args)) => train::run(*args),
    }
}
