//! The training runs that are watched: what is known of each, what was requested of it, and the
//! thread that reads their folders.
//!
//! A run is a process and a folder, and the window only looks at the folder. Reading is done by a
//! thread of its own, which also starts runs and sees them end.

mod requested;
mod state;
mod watcher;

pub use state::Runs;
pub use watcher::StartRequest;
