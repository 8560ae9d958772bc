//! The dialogs that the form asks for, each by a number that its answer has too.

use crate::app::opening::{DATA_SETS, Filter, WEIGHTS};

/// Their numbers.
pub const DATA: u32 = 1;
pub const OUT: u32 = 2;
pub const VGG16: u32 = 3;
pub const STAGE1: u32 = 4;
pub const SETTINGS: u32 = 5;

/// What somebody is asked for whose answer goes to this field.
pub fn title(form: u32) -> &'static str {
    match form {
        OUT => "Choose the folder that runs are written into",
        VGG16 => "Choose torchvision's VGG16",
        STAGE1 => "Choose weights in place of stage 1",
        SETTINGS => "Choose settings: a JSON file, or the run.json of a run",
        _ => "Choose data sets to train on",
    }
}

/// The files that suit it.
pub fn files(form: u32) -> Filter {
    match form {
        VGG16 | STAGE1 => WEIGHTS,
        SETTINGS => ("Settings", &["json"]),
        _ => DATA_SETS,
    }
}
