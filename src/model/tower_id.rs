//! The towers of a network.

use crate::label::Schema;

/// Which tower a layer belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TowerId {
    Shared,
    /// The position of the task in the schema.
    Task(usize),
}

impl TowerId {
    /// "shared", or the task's name; nothing for a task of another schema.
    pub fn name(self, schema: &Schema) -> &str {
        match self {
            Self::Shared => "shared",
            Self::Task(t) => schema.tasks.get(t).map_or("", |task| &task.name),
        }
    }
}
