//! What is kept from one session to the next.

use std::path::PathBuf;
use std::sync::mpsc::Receiver;

use super::recent::Recent;
use super::settings::{Keeper, Settings};

pub struct Session {
    pub keeper: Keeper,
    pub settings: Settings,
    /// Which of the paths that were opened lately are still there.
    pub recent: Recent,
    /// Whether faces that come leave the workspace as it is, once.
    pub keeps_workspace: bool,
    /// Who mends labels.
    pub annotator: String,
    /// Tells when the journal of the list before is closed.
    pub closing: Option<Receiver<()>>,
    /// Where journals are that have no place beside their data.
    pub data: PathBuf,
    /// What no export writes over, besides the faces.
    pub guarded: Vec<PathBuf>,
}
