//! The faces that are open: what was read of them, what became of each, which are shown in which
//! order, and what another predictor says of them.

pub mod answers;
pub mod arrangement;
pub mod boxes;
pub mod compare;
pub mod counts;
pub mod criteria;
pub mod criterion;
pub mod fields;
pub mod findings;
pub mod item;
pub mod kept_boxes;
pub mod labelling;
pub mod list;
pub mod points;
pub mod reading;
pub mod review;
pub mod review_states;
pub mod summary;
mod waiting;
