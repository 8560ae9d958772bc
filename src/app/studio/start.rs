//! What the window starts with.

use std::path::PathBuf;
use std::time::Instant;

use crate::app::opening::Ask;
use crate::compute::DeviceChoice;

/// What the window starts with.
#[derive(Clone, Default)]
pub struct Start {
    /// What to open; nothing opens the bundled samples.
    pub paths: Vec<PathBuf>,
    pub weights: Option<PathBuf>,
    pub device: DeviceChoice,
    /// Where settings are kept; nowhere unless said.
    pub settings: Option<PathBuf>,
    /// What runs as `PROGRAM train …`; this program unless said.
    pub program: Option<PathBuf>,
    /// How someone is asked for files to open or write; by the system's dialogs unless said.
    pub ask: Option<Ask>,
    /// When the process began.
    pub began: Option<Instant>,
    /// Who mends labels; the system's user unless said.
    pub annotator: Option<String>,
    /// What is said first.
    pub notice: Option<String>,
}
