//! `smn-studio devices`: what there is to compute on, and what `auto` takes.

use anyhow::Result;

use crate::compute;
use crate::terminal::outln;

pub fn run() -> Result<()> {
    let adapters = compute::adapters();
    if adapters.is_empty() {
        outln!("no graphics adapter. {}", compute::DRIVER_HINT);
    }
    for adapter in &adapters {
        outln!("{adapter}");
    }
    outln!("CPU: {} threads", rayon::current_num_threads());
    outln!("auto takes {}", compute::automatic(&adapters));
    Ok(())
}
