//! What a plot or a table leads to: the faces behind it.

use std::sync::Arc;

use crate::app::faces::arrangement::{Among, Arrangement, AttributeFilter, AttributeIs, Sort};
use crate::app::model::Model;
use crate::app::report::action::Action;
use crate::app::report::measuring::Results;
use crate::app::report::slices::{SliceFaces, slice_of};
use crate::app::report::subset::Subset;
use crate::app::report::view::{ReportView, Tab};
use crate::humanize::thousands;
use crate::label::Schema;

/// The faces behind a part of a plot or a table.
pub enum FaceQuery {
    ErrorAbove(f32),
    /// Task and point.
    Misses(usize, usize),
    Disputed(usize, usize),
    /// A slice, by its number.
    Slice(usize),
    /// Whatever can be asked of an item.
    Search(String),
}

impl FaceQuery {
    /// What can be asked of a point or an attribute.
    pub fn search(item: &str) -> Self {
        Self::Search(item.replace('_', " "))
    }
}

impl ReportView {
    /// Shows the faces of a query in the gallery.
    pub(super) fn action(
        &self,
        results: &Results,
        subset: Subset,
        query: FaceQuery,
        model: &Model,
    ) -> Option<Action> {
        let mut wanted = Arrangement {
            split: subset.split(),
            among: self.measured_before(subset),
            sort: Sort::Nme,
            ..Arrangement::default()
        };
        match query {
            FaceQuery::Search(text) => return Some(Action::Search(format!("{text} "))),
            FaceQuery::ErrorAbove(error) => {
                let faces = results.plots.curves.first().map(|c| c.beyond(error));
                let text = format!("error above {:.1} %", 100.0 * error);
                wanted.among = Some(among(text, faces.unwrap_or_default()));
            }
            FaceQuery::Slice(n) => {
                wanted.among = Some(slice_faces(results, results.slices.get(n)?))
            }
            FaceQuery::Misses(task, item) => {
                let schema = model.schema();
                wanted.misses = vec![Some(points_before(&schema, task) + item)];
                wanted.among = self.table_slice(results).or(wanted.among);
            }
            FaceQuery::Disputed(task, item) => {
                let is = AttributeIs::Disputed;
                wanted.attributes = vec![AttributeFilter::Is((task, item), is)];
                wanted.sort = Sort::AttributeError((task, item));
                wanted.among = self.table_slice(results).or(wanted.among);
            }
        }
        Some(Action::ShowFaces(Box::new(wanted)))
    }

    /// The faces that were shown when these were measured.
    fn measured_before(&self, subset: Subset) -> Option<Among> {
        let Subset::Shown(_) = subset else {
            return None;
        };
        let faces = self.settings.shown()?;
        Some(Among {
            text: format!("{} measured", thousands(faces.len())),
            faces: Arc::clone(faces),
            by_hand: false,
        })
    }

    /// The slice that the tables of points and attributes are of, if they are of one.
    fn table_slice(&self, results: &Results) -> Option<Among> {
        let report = &results.evaluation.as_ref()?.report;
        let (before, group) = (
            report.groups.get(..self.group)?,
            report.groups.get(self.group)?,
        );
        slice_of(group, report).filter(|_| self.tab == Tab::Tables)?;
        let number = before.iter().filter(|g| slice_of(g, report).is_some());
        Some(slice_faces(results, results.slices.get(number.count())?))
    }
}

/// Faces that are shown by themselves in the gallery, which says what they are.
pub fn among(text: String, faces: Vec<u32>) -> Among {
    Among {
        text,
        faces: faces.into(),
        by_hand: false,
    }
}

/// "Smiling present".
fn slice_faces(results: &Results, slice: &SliceFaces) -> Among {
    let report = results.evaluation.as_ref().map(|e| &e.report);
    let by = report.and_then(|r| r.groups.last()?.by.as_deref());
    let by = by.unwrap_or_default().replace('_', " ");
    among(format!("{by} {}", slice.value), slice.faces.clone())
}

/// Points of the tasks before this one: filters count the points of all tasks.
fn points_before(schema: &Schema, task: usize) -> usize {
    let tasks = schema.tasks.iter().take(task);
    tasks.filter(|t| t.is_points()).map(|t| t.len()).sum()
}
