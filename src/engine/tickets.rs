//! What tells whose question an answer belongs to. Whoever asks makes a ticket, the answer bears it,
//! and an answer with another ticket than the newest is of something that is no longer wanted.

use crate::label::FaceBox;

/// A list of faces, by its number among those that were opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ListTicket(pub u64);

/// A face that is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FaceTicket {
    pub list: ListTicket,
    pub face: FaceId,
}

/// Which face of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaceId {
    Listed(usize),
    /// A box that somebody drew in the photo at hand, by its number.
    Drawn(u32),
}

/// A face as it was asked about: an answer for another face or another box is out of date.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FaceKey {
    pub ticket: FaceTicket,
    pub face_box: FaceBox,
}

/// The prediction of a whole list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SweepTicket(pub u64);

/// A comparison of maps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CompareTicket(pub u64);

/// Values under the pointer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ValuesTicket(pub u64);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StudyTicket(pub u64);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExportTicket(pub u64);

impl FaceTicket {
    pub fn listed(list: ListTicket, index: usize) -> Self {
        Self {
            list,
            face: FaceId::Listed(index),
        }
    }

    pub fn drawn(list: ListTicket, number: u32) -> Self {
        Self {
            list,
            face: FaceId::Drawn(number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_box_is_no_face_of_the_list_and_a_list_not_another() {
        let list = ListTicket(3);
        assert_ne!(FaceTicket::listed(list, 5), FaceTicket::drawn(list, 5));
        assert_ne!(
            FaceTicket::listed(list, 5),
            FaceTicket::listed(ListTicket(4), 5)
        );
        // More than fit beside a list's number in one integer.
        let large = FaceTicket::listed(list, 1 << 40);
        assert_eq!(large.list, list);
    }
}
