//! What results are of: they are kept as long as it is what is asked for.

use crate::app::report::subset::Subset;
use crate::evaluation::Column;

#[derive(Clone, Copy, PartialEq)]
pub struct ResultsKey {
    pub source: Source,
    pub subset: Subset,
    pub by: Option<Column>,
    /// Of the list's findings.
    pub version: u64,
    pub intervals: bool,
}

/// Results of another list, or of what another network says, are no results of these faces.
#[derive(Clone, Copy, PartialEq)]
pub struct Source {
    pub list: u64,
    /// Hash of the weights.
    pub network: Option<u64>,
}

impl ResultsKey {
    /// Whether only predictions have come or gone in between.
    pub fn is_older_version_of(&self, newer: &Self) -> bool {
        let same = Self {
            version: newer.version,
            ..*self
        };
        same == *newer
    }
}
