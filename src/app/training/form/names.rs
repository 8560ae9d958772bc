//! Names of presets and devices as on the command line, and of folders that are free.

use std::path::Path;

use crate::compute::DeviceChoice;
use crate::train::Preset;

pub fn preset_name(preset: Preset) -> &'static str {
    match preset {
        Preset::Compact => "compact",
        Preset::Paper => "paper",
    }
}

pub fn device_name(device: DeviceChoice) -> &'static str {
    match device {
        DeviceChoice::Auto => "auto",
        DeviceChoice::Gpu => "gpu",
        DeviceChoice::Cpu => "cpu",
        DeviceChoice::Cuda => "cuda",
    }
}

/// The first "run-N" in a folder that is not there yet.
pub fn free_name(runs: &Path) -> String {
    free_from(runs.join("run-1").display().to_string())
}

/// This name, or the first after it of which there is no folder.
pub fn free_from(mut name: String) -> String {
    while Path::new(&name).exists() {
        name = next_name(&name);
    }
    name
}

/// "runs/run-9" to "runs/run-10"; a name without a number gets one.
pub fn next_name(name: &str) -> String {
    let digits = name.len() - name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (stem, number) = name.split_at(name.len() - digits);
    match number.parse::<u64>() {
        Ok(n) => format!("{stem}{}", n.saturating_add(1)),
        Err(_) => format!("{name}-2"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_is_not_offered() {
        let root = tempfile::tempdir().unwrap();
        assert!(free_name(root.path()).ends_with("run-1"));
        for taken in ["run-1", "run-2", "run-4"] {
            std::fs::create_dir(root.path().join(taken)).unwrap();
        }
        assert!(free_name(root.path()).ends_with("run-3"));
    }

    #[test]
    fn the_next_run_has_another_name() {
        assert_eq!(next_name("runs/run-9"), "runs/run-10");
        assert_eq!(next_name("runs/mine"), "runs/mine-2");
    }
}
