//! What somebody chose to be measured, each for the list for which it was chosen.

use std::sync::Arc;

use crate::app::faces::list::List;
use crate::app::report::subset::{Subset, SubsetFaces};
use crate::evaluation::Column;

#[derive(Default)]
pub struct ReportSettings {
    subset: Option<(u64, Subset)>,
    /// Faces that were shown when somebody asked for these, and the number of that time.
    shown: Option<(u64, Arc<[u32]>)>,
    by: Option<(u64, Column)>,
    /// Whether somebody stopped the intervals.
    pub without_intervals: bool,
}

impl ReportSettings {
    /// Which faces are measured: what somebody chose for this list, else those that trained no
    /// network.
    pub fn subset(&self, list: &List) -> Subset {
        let chosen = self.subset.filter(|s| s.0 == list.number);
        chosen.map_or_else(|| Subset::default_of(&list.info.summary.splits), |s| s.1)
    }

    pub fn choose_subset(&mut self, list: &List, subset: Subset) {
        let subset = match subset {
            Subset::Shown(_) => {
                let mut faces = list.order.shown.clone();
                faces.sort_unstable();
                let number = self.shown.as_ref().map_or(1, |s| s.0 + 1);
                self.shown = Some((number, faces.into()));
                Subset::Shown(number)
            }
            subset => subset,
        };
        self.subset = Some((list.number, subset));
    }

    /// The faces that were shown when somebody asked for these.
    pub fn shown(&self) -> Option<&Arc<[u32]>> {
        self.shown.as_ref().map(|s| &s.1)
    }

    pub fn faces(&self, subset: Subset) -> SubsetFaces {
        match subset {
            Subset::All => SubsetFaces::All,
            Subset::Split(split) => SubsetFaces::Split(split),
            Subset::Shown(_) => {
                let shown = self.shown();
                SubsetFaces::Shown(shown.map_or_else(|| [].into(), Arc::clone))
            }
        }
    }

    /// By what faces are sliced.
    pub fn by(&self, list: &List) -> Option<Column> {
        self.by.filter(|by| by.0 == list.number).map(|by| by.1)
    }

    pub fn choose_by(&mut self, list: &List, by: Option<Column>) {
        self.by = by.map(|by| (list.number, by));
    }
}
