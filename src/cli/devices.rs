//! `smn-studio devices`: what there is to compute on, and what `auto` takes.

use anyhow::Result;

use crate::compute;

pub fn run() -> Result<()> {
    let adapters = compute::adapters();
    if adapters.is_empty() {
        println!("no graphics adapter. {}", compute::DRIVER_HINT);
    }
    for adapter in &adapters {
        println!("{adapter}");
    }
    println!("CPU: {} threads", rayon::current_num_threads());
    println!("auto takes {}", compute::automatic(&adapters));
    Ok(())
}
