//! The columns of CelebA's own tables, in their order.

use crate::label::Schema;

pub const LANDMARKS: [&str; 10] = [
    "lefteye_x",
    "lefteye_y",
    "righteye_x",
    "righteye_y",
    "nose_x",
    "nose_y",
    "leftmouth_x",
    "leftmouth_y",
    "rightmouth_x",
    "rightmouth_y",
];
pub const BOXES: [&str; 4] = ["x_1", "y_1", "width", "height"];

/// The attributes of CelebA's own table, in its order.
pub fn own_attributes() -> Vec<String> {
    let schema = Schema::face();
    let tasks = schema.tasks.iter().filter(|task| !task.is_points());
    tasks
        .flat_map(|task| task.items().map(str::to_owned))
        .collect()
}
