//! What a plot or a table leads to: the faces behind it.

use crate::app::faces::arrange::{Among, Arrangement, AttributeFilter, AttributeIs, Sort};
use crate::app::report::measuring::Measured;
use crate::app::report::part::Part;
use crate::app::report::slices::{SliceFaces, slice_of};
use crate::app::report::view::Show;
use crate::app::studio::Studio;
use crate::humanize::thousands;
use crate::label::Schema;

/// Faces that a plot or a table leads to.
pub enum Lead {
    Beyond(f32),
    /// Task and point.
    Misses(usize, usize),
    Disputed(usize, usize),
    /// A slice, by its number.
    Slice(usize),
    /// Whatever can be asked of it.
    Find(String),
}

impl Studio {
    /// The slice that the tables of points and attributes are of, if they are of one.
    fn table_slice(&self, measured: &Measured) -> Option<Among> {
        let view = &self.view.report;
        let report = &measured.evaluation.as_ref()?.report;
        let (before, group) = (
            report.groups.get(..view.group)?,
            report.groups.get(view.group)?,
        );
        slice_of(group, report).filter(|_| view.show == Show::Tables)?;
        let number = before.iter().filter(|g| slice_of(g, report).is_some());
        let slice = measured.slices.get(number.count())?;
        Some(Among {
            words: slice_words(measured, slice),
            faces: slice.faces.clone().into(),
        })
    }

    /// Shows the faces behind a part of a plot or a table in the gallery.
    pub(super) fn follow(&mut self, measured: &Measured, part: Part, lead: Lead) {
        if let Lead::Find(words) = &lead {
            return self.find_faces(&format!("{words} "));
        }
        let among = match part {
            Part::Shown(_) => self.view.report.shown.as_ref().map(|s| Among {
                words: format!("{} measured", thousands(s.1.len())),
                faces: s.1.clone(),
            }),
            Part::All | Part::Split(_) => None,
        };
        let schema = self.schema();
        let slice = self.table_slice(measured).filter(|_| {
            // Of a slice's table, its faces.
            matches!(lead, Lead::Misses(..) | Lead::Disputed(..))
        });
        let among = slice.or(among);
        self.model.faces.order.lead();
        let wanted = &mut self.model.faces.order.arrangement;
        *wanted = Arrangement {
            split: part.split(),
            among,
            sort: Sort::Nme,
            ..Arrangement::default()
        };
        match lead {
            Lead::Beyond(error) => {
                let faces = measured.figures.curves.first().map(|c| c.beyond(error));
                let words = format!("error above {:.1} %", 100.0 * error);
                return self.show_among(words, faces.unwrap_or_default());
            }
            Lead::Find(_) => return,
            Lead::Slice(n) => {
                let Some(slice) = measured.slices.get(n) else {
                    return;
                };
                let words = slice_words(measured, slice);
                return self.show_among(words, slice.faces.clone());
            }
            Lead::Misses(task, item) => wanted.misses = Some(Some(before(&schema, task) + item)),
            Lead::Disputed(task, item) => {
                let is = AttributeIs::Disputed;
                wanted.attribute = Some(AttributeFilter::Is((task, item), is));
                wanted.sort = Sort::AttributeError((task, item));
            }
        }
        self.arrange_from_top();
    }
}

/// "Smiling present".
fn slice_words(measured: &Measured, slice: &SliceFaces) -> String {
    let report = measured.evaluation.as_ref().map(|e| &e.report);
    let by = report.and_then(|r| r.groups.last()?.by.as_deref());
    format!(
        "{} {}",
        by.unwrap_or_default().replace('_', " "),
        slice.value
    )
}

/// Points of the tasks before this one: filters count the points of all tasks.
fn before(schema: &Schema, task: usize) -> usize {
    let tasks = schema.tasks.iter().take(task);
    tasks.filter(|t| t.is_points()).map(|t| t.len()).sum()
}

pub fn find(item: &str) -> Lead {
    Lead::Find(item.replace('_', " "))
}
