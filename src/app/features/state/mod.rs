//! What the view of feature maps holds, in parts that know nothing of how they are drawn.

pub mod attention;
pub mod comparison;
pub mod display;
pub mod effect;
pub mod export;
pub mod inspector;
pub mod key;
pub mod maps;
pub mod muting;
pub mod order;
pub mod pairs;
pub mod ranking;
pub mod stars;
pub mod studies;
