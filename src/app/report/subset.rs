//! Which faces of the list are measured. A network is good on the faces that trained it, so these
//! are measured only where somebody asks for them.

use std::sync::Arc;

use crate::dataset::{Samples, Split};
use crate::humanize::counted;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subset {
    All,
    Split(Split),
    /// The faces that the list showed when this was asked for, by the number of that time.
    Shown(u64),
}

impl Subset {
    /// What is measured where nobody chose: the test split, else the validation split, else all.
    pub fn default_of(splits: &[(Split, usize)]) -> Self {
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
    pub fn name(self) -> Option<String> {
        match self {
            Self::All => None,
            Self::Split(split) => Some(split.to_string()),
            Self::Shown(_) => Some("shown".into()),
        }
    }

    /// "600 test faces", "600 faces".
    pub fn count_text(self, count: usize) -> String {
        match self.name() {
            None => counted(count, "face"),
            Some(name) => counted(count, &format!("{name} face")),
        }
    }
}

/// A subset with the faces that were shown, if it is of these.
#[derive(Clone, Debug)]
pub enum SubsetFaces {
    All,
    Split(Split),
    /// In rising order.
    Shown(Arc<[u32]>),
}

impl SubsetFaces {
    /// The faces of it, in the order of the list.
    pub fn faces<'a>(&'a self, samples: &'a Samples) -> Box<dyn Iterator<Item = u32> + 'a> {
        match self {
            Self::All => Box::new(0..samples.len() as u32),
            Self::Split(split) => Box::new(
                (0_u32..)
                    .zip(samples.iter())
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
        let usual = |splits: &[(Split, usize)]| Subset::default_of(splits);
        assert_eq!(usual(&[]), Subset::All);
        assert_eq!(usual(&[(Train, 9)]), Subset::All);
        let two = [(Train, 9), (Validation, 2)];
        assert_eq!(usual(&two), Subset::Split(Validation));
        let all = [(Train, 9), (Validation, 2), (Test, 1)];
        assert_eq!(usual(&all), Subset::Split(Test));
        assert_eq!(usual(&[(Train, 9), (Test, 0)]), Subset::All);
    }

    #[test]
    fn subsets_are_named_and_counted() {
        assert_eq!(Subset::Split(Test).count_text(19_962), "19,962 test faces");
        assert_eq!(Subset::All.count_text(1), "1 face");
        assert_eq!(Subset::Shown(3).count_text(2), "2 shown faces");
    }
}
