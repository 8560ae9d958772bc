//! The schema: the list of tasks a network answers. It stands in every checkpoint.

use serde::{Deserialize, Serialize};

/// The tasks of a network, in the order of its towers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    pub tasks: Vec<Task>,
}

/// One task: a name, which is also the name of its tower in a checkpoint, and what it answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    pub name: String,
    #[serde(flatten)]
    pub kind: TaskKind,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TaskKind {
    /// Points in the picture.
    Points {
        points: Vec<String>,
        /// Index pairs that change places when the picture is mirrored.
        flip_pairs: Vec<(usize, usize)>,
        /// The two points whose distance is the length L of success at α and of the NME.
        reference: (usize, usize),
    },
    /// Yes-or-no properties, each answered by a pair of logits (absent, present).
    Binary { attributes: Vec<Attribute> },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    pub name: String,
    /// The part of the object it belongs to, under which a window lists it.
    pub group: String,
}

impl Task {
    /// How many things the task answers: points, or attributes.
    pub fn len(&self) -> usize {
        match &self.kind {
            TaskKind::Points { points, .. } => points.len(),
            TaskKind::Binary { attributes } => attributes.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Units of the output layer: x and y for each point, a pair of logits for each attribute.
    pub fn outputs(&self) -> usize {
        2 * self.len()
    }

    /// The names of the points or attributes, in output order.
    pub fn items(&self) -> impl Iterator<Item = &str> {
        let (points, attributes) = match &self.kind {
            TaskKind::Points { points, .. } => (points.as_slice(), [].as_slice()),
            TaskKind::Binary { attributes } => ([].as_slice(), attributes.as_slice()),
        };
        points
            .iter()
            .map(String::as_str)
            .chain(attributes.iter().map(|a| a.name.as_str()))
    }

    pub fn is_points(&self) -> bool {
        matches!(self.kind, TaskKind::Points { .. })
    }
}

impl Schema {
    /// Landmarks and attributes of faces, as in the paper. "left" is the left of the picture.
    pub fn face() -> Self {
        let points = ["left_eye", "right_eye", "nose", "left_mouth", "right_mouth"];
        let attributes = CELEBA_ATTRIBUTES
            .iter()
            .map(|(name, group)| Attribute {
                name: (*name).into(),
                group: (*group).into(),
            })
            .collect();
        Self {
            tasks: vec![
                Task {
                    name: "landmarks".into(),
                    kind: TaskKind::Points {
                        points: points.map(String::from).to_vec(),
                        flip_pairs: vec![(0, 1), (3, 4)],
                        reference: (0, 1),
                    },
                },
                Task {
                    name: "attributes".into(),
                    kind: TaskKind::Binary { attributes },
                },
            ],
        }
    }

    /// The position of the task named `name`.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.tasks.iter().position(|t| t.name == name)
    }

    /// Checks what a file may have got wrong: names that are empty, repeated or taken by the
    /// shared tower, and indices that point nowhere.
    pub fn validate(&self) -> Result<(), SchemaError> {
        if self.tasks.is_empty() {
            return Err(SchemaError::NoTask);
        }
        let mut seen = std::collections::BTreeSet::new();
        for task in &self.tasks {
            let name = &task.name;
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            if name.is_empty() || name == "shared" || !name.chars().all(plain) {
                return Err(SchemaError::TaskName(name.clone()));
            }
            if !seen.insert(name.as_str()) {
                return Err(SchemaError::TaskTwice(name.clone()));
            }
            if task.is_empty() {
                return Err(SchemaError::EmptyTask(name.clone()));
            }
            let mut items = std::collections::BTreeSet::new();
            if let Some(twice) = task.items().find(|i| !items.insert(*i)) {
                return Err(SchemaError::ItemTwice {
                    task: name.clone(),
                    item: twice.to_owned(),
                });
            }
            if let TaskKind::Points {
                points,
                flip_pairs,
                reference,
            } = &task.kind
            {
                let n = points.len();
                let pairs = flip_pairs.iter().chain([reference]);
                if pairs.clone().any(|&(a, b)| a >= n || b >= n || a == b) {
                    return Err(SchemaError::Pair(name.clone()));
                }
            }
        }
        Ok(())
    }
}

/// Why a schema cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    #[error("a schema needs at least one task")]
    NoTask,
    #[error("task name {0:?}: letters, digits, '_' and '-' only, and not \"shared\"")]
    TaskName(String),
    #[error("task {0:?} is there twice")]
    TaskTwice(String),
    #[error("task {0:?} asks for nothing")]
    EmptyTask(String),
    #[error("task {task:?} names {item:?} twice")]
    ItemTwice { task: String, item: String },
    #[error("task {0:?}: a pair names a point it does not have")]
    Pair(String),
}

/// CelebA's attributes in its own order, with the part of the face each belongs to.
const CELEBA_ATTRIBUTES: [(&str, &str); 40] = [
    ("5_o_Clock_Shadow", "Beard"),
    ("Arched_Eyebrows", "Eyes"),
    ("Attractive", "Whole"),
    ("Bags_Under_Eyes", "Eyes"),
    ("Bald", "Hair"),
    ("Bangs", "Hair"),
    ("Big_Lips", "Mouth"),
    ("Big_Nose", "Nose"),
    ("Black_Hair", "Hair"),
    ("Blond_Hair", "Hair"),
    ("Blurry", "Whole"),
    ("Brown_Hair", "Hair"),
    ("Bushy_Eyebrows", "Eyes"),
    ("Chubby", "Shape"),
    ("Double_Chin", "Shape"),
    ("Eyeglasses", "Eyes"),
    ("Goatee", "Beard"),
    ("Gray_Hair", "Hair"),
    ("Heavy_Makeup", "Skin"),
    ("High_Cheekbones", "Shape"),
    ("Male", "Whole"),
    ("Mouth_Slightly_Open", "Mouth"),
    ("Mustache", "Beard"),
    ("Narrow_Eyes", "Eyes"),
    ("No_Beard", "Beard"),
    ("Oval_Face", "Shape"),
    ("Pale_Skin", "Skin"),
    ("Pointy_Nose", "Nose"),
    ("Receding_Hairline", "Hair"),
    ("Rosy_Cheeks", "Skin"),
    ("Sideburns", "Beard"),
    ("Smiling", "Mouth"),
    ("Straight_Hair", "Hair"),
    ("Wavy_Hair", "Hair"),
    ("Wearing_Earrings", "Worn"),
    ("Wearing_Hat", "Worn"),
    ("Wearing_Lipstick", "Mouth"),
    ("Wearing_Necklace", "Worn"),
    ("Wearing_Necktie", "Worn"),
    ("Young", "Whole"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_face_schema_is_valid_and_has_the_papers_outputs() {
        let face = Schema::face();
        assert_eq!(face.validate(), Ok(()));
        let outputs: Vec<_> = face.tasks.iter().map(Task::outputs).collect();
        assert_eq!(outputs, [10, 80]);
    }

    #[test]
    fn a_schema_survives_json() {
        let face = Schema::face();
        let text = serde_json::to_string(&face).unwrap();
        assert_eq!(serde_json::from_str::<Schema>(&text).unwrap(), face);
    }

    #[test]
    fn bad_schemas_are_refused_by_name() {
        let mut twice = Schema::face();
        twice.tasks[1].name = "landmarks".into();
        assert_eq!(
            twice.validate(),
            Err(SchemaError::TaskTwice("landmarks".into()))
        );
        let mut shared = Schema::face();
        shared.tasks[0].name = "shared".into();
        assert_eq!(
            shared.validate(),
            Err(SchemaError::TaskName("shared".into()))
        );
        let mut pair = Schema::face();
        if let TaskKind::Points { flip_pairs, .. } = &mut pair.tasks[0].kind {
            flip_pairs.push((0, 5));
        }
        assert_eq!(pair.validate(), Err(SchemaError::Pair("landmarks".into())));
    }
}
