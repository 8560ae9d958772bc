//! What is waited for.

use std::sync::{Arc, Mutex};

/// Says in the bar what is waited for, as long as it lives.
pub struct Busy {
    all: Arc<Mutex<Vec<String>>>,
    text: String,
}

impl Busy {
    pub fn new(all: &Arc<Mutex<Vec<String>>>, text: String) -> Self {
        if let Ok(mut all) = all.lock() {
            all.push(text.clone());
        }
        Self {
            all: all.clone(),
            text,
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        if let Ok(mut all) = self.all.lock()
            && let Some(at) = all.iter().position(|w| *w == self.text)
        {
            all.remove(at);
        }
    }
}
