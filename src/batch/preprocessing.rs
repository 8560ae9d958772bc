//! From the levels of a pixel to the numbers that a network takes. It stands in a network's file,
//! but what it says is how pictures are cut.

use serde::{Deserialize, Serialize};

/// How a pixel becomes the network's input: (value − mean) / std per channel, values 0 to 255.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preprocessing {
    /// Red, green, blue.
    pub mean: [f32; 3],
    pub std: [f32; 3],
}

impl Default for Preprocessing {
    /// RGB / 127.5 − 1.
    fn default() -> Self {
        Self {
            mean: [127.5; 3],
            std: [127.5; 3],
        }
    }
}

impl Preprocessing {
    /// What torchvision's VGG16 was trained with.
    pub fn imagenet() -> Self {
        Self {
            mean: [0.485, 0.456, 0.406].map(|v| v * 255.0),
            std: [0.229, 0.224, 0.225].map(|v| v * 255.0),
        }
    }
}
