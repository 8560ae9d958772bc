//! From samples to tensors: the crop that a network sees, augmentation, and loading ahead.

mod crop;

pub use crop::crop;
