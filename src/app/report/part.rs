//! Which faces of the list are measured. A network is good on the faces that trained it, so these
//! are measured only where somebody asks for them.

use std::sync::Arc;

use crate::dataset::{Sample, Split};
use crate::humanize::counted;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    All,
    Split(Split),
    /// The faces that the list showed when this was asked for, by the number of that time.
    Shown(u64),
}

impl Part {
    /// What is measured where nobody chose: the test split, else the validation split, else all.
    pub fn usual(splits: &[(Split, usize)]) -> Self {
        let has = |split| splits.iter().any(|(s, n)| *s == split && *n > 0);
        let held_out = [Split::Test, Split::Validation];
        match held_out.into_iter().find(|s| has(*s)) {
            Some(split) => Self::Split(split),
            None => Self::All,
        }
    }

    pub fn split(self) -> Option<Split> {
        match self {
            Self::Split(split) => Some(split),
            Self::All | Self::Shown(_) => None,
        }
    }

    /// "test", "shown"; `None` of all faces.
    pub fn word(self) -> Option<String> {
        match self {
            Self::All => None,
            Self::Split(split) => Some(split.to_string()),
            Self::Shown(_) => Some("shown".into()),
        }
    }

    /// "600 test faces", "600 faces".
    pub fn words(self, count: usize) -> String {
        match self.word() {
            None => counted(count, "face"),
            Some(word) => counted(count, &format!("{word} face")),
        }
    }
}

/// A part with the faces that were shown, if it is of these.
#[derive(Clone, Debug)]
pub enum Chosen {
    All,
    Split(Split),
    /// In rising order.
    Shown(Arc<[u32]>),
}

impl Chosen {
    /// The faces of it, in the order of the list.
    pub fn faces<'a>(&'a self, samples: &'a [Sample]) -> Box<dyn Iterator<Item = u32> + 'a> {
        match self {
            Self::All => Box::new(0..samples.len() as u32),
            Self::Split(split) => Box::new(
                (0_u32..)
                    .zip(samples)
                    .filter(|(_, s)| s.split == Some(*split))
                    .map(|(i, _)| i),
            ),
            Self::Shown(faces) => Box::new(faces.iter().copied()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Split::{Test, Train, Validation};

    #[test]
    fn training_faces_are_measured_only_where_there_are_no_others() {
        let usual = |splits: &[(Split, usize)]| Part::usual(splits);
        assert_eq!(usual(&[]), Part::All);
        assert_eq!(usual(&[(Train, 9)]), Part::All);
        let two = [(Train, 9), (Validation, 2)];
        assert_eq!(usual(&two), Part::Split(Validation));
        let all = [(Train, 9), (Validation, 2), (Test, 1)];
        assert_eq!(usual(&all), Part::Split(Test));
        assert_eq!(usual(&[(Train, 9), (Test, 0)]), Part::All);
    }

    #[test]
    fn parts_are_named_and_counted() {
        assert_eq!(Part::Split(Test).words(19_962), "19,962 test faces");
        assert_eq!(Part::All.words(1), "1 face");
        assert_eq!(Part::Shown(3).words(2), "2 shown faces");
    }
}
