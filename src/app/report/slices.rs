//! The slices of a report: the faces that have one value of a column.

use crate::measure::{Group, Report};

/// The faces that have one value of a column.
#[derive(Clone, Debug)]
pub struct SliceFaces {
    pub value: String,
    /// In rising order.
    pub faces: Vec<u32>,
}

/// The column of which a group is a slice; all faces are none, nor are those with accepted labels.
pub fn slice_of<'a>(group: &'a Group, report: &Report) -> Option<&'a str> {
    let by = group.by.as_deref()?;
    let accepted =
        report.accepted > 0 && report.groups.get(1).is_some_and(|g| std::ptr::eq(g, group));
    (!accepted).then_some(by)
}

/// All slices of the column that was asked for, in their order.
pub fn all_slices(report: &Report) -> impl Iterator<Item = &Group> {
    let groups = report.groups.iter();
    groups.filter(|g| slice_of(g, report).is_some())
}
