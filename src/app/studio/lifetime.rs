//! The window's device, and when what happened.

use std::time::{Duration, Instant};

use crate::compute::DeviceErrors;

pub struct Lifetime {
    /// What draws the window.
    pub tier: String,
    /// What goes wrong with drawing the window.
    pub device_errors: DeviceErrors,
    /// When the window was made.
    pub opened_at: Instant,
    /// When the process began, until the first frame is drawn.
    pub began: Option<Instant>,
    /// When the window was made, until the first prediction has come.
    pub waiting_since: Option<Instant>,
    /// How long the newest prediction of the face that is looked at took.
    pub latency: Option<Duration>,
}

impl Lifetime {
    pub fn new(tier: String, began: Option<Instant>) -> Self {
        Self {
            tier,
            device_errors: DeviceErrors::default(),
            opened_at: Instant::now(),
            began,
            waiting_since: Some(Instant::now()),
            latency: None,
        }
    }
}
