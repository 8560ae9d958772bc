//! A run for tests.

use crate::train::{RunMonitor, RunSnapshot};

/// A run whose second stage has only its first validation.
pub fn run() -> (tempfile::TempDir, RunSnapshot) {
    let root = tempfile::tempdir().unwrap();
    let step = |step: u64| {
        format!(
            "{{\"kind\":\"step\",\"stage\":1,\"step\":{step},\"loss\":{{\"landmarks\":0.5,\"attributes\":0.25}},\"learning_rate\":0.001,\"images_per_s\":50}}\n"
        )
    };
    let validation = |stage: u8, kept: &str| {
        format!(
            "{{\"kind\":\"validation\",\"stage\":{stage},\"step\":0,\"kept\":[{kept}],\"measures\":{{\"landmarks\":{{\"success\":50.0,\"nme\":6.0}},\"attributes\":{{\"accuracy\":80.0}}}}}}\n"
        )
    };
    let text = step(1) + &step(2) + &validation(1, "\"stage1\"") + &validation(2, "\"landmarks\"");
    std::fs::write(root.path().join("metrics.jsonl"), text).unwrap();
    let mut monitor = RunMonitor::expected(root.path());
    monitor.poll();
    let view = monitor.snapshot().clone();
    (root, view)
}
