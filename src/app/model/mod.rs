//! What the window is about: the faces that are open and the networks that look at them. Panes read
//! it; only the studio's actions change it.

mod context;
mod networks;
mod sweep;

use std::path::PathBuf;

use crate::app::faces::list::List;
use crate::label::Schema;
pub use context::{Blocked, Context};
pub use networks::Networks;
pub use sweep::{Sweep, SweepProgress};

#[derive(Default)]
pub struct Model {
    pub faces: List,
    /// The paths that the faces came from.
    pub opened: Vec<PathBuf>,
    pub networks: Networks,
    pub sweep: Sweep,
}

impl Model {
    pub fn schema(&self) -> Schema {
        self.networks.schema()
    }
}
