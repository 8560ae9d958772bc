//! From samples to tensors: the crop that a network sees, augmentation, and loading ahead.

mod augment;
mod crop;
mod loader;
mod preprocessing;

pub use augment::{Augmentation, AugmentedCrop};
pub use crop::{crop, crop_image};
pub use loader::{Batch, Loader, LoaderConfig, Targets};
pub use preprocessing::Preprocessing;
