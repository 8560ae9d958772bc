//! A filter or an order of faces, and what there is to choose from.

use std::sync::Arc;

use super::arrangement::{Among, Arrangement, AttributeFilter, AttributeIndex, AttributeIs, Sort};
use super::review_states::ReviewIs;
use crate::dataset::Split;
use crate::label::{Schema, TaskKind};
use crate::review::Status;

/// A filter or an order.
#[derive(Clone, Debug, PartialEq)]
pub enum Criterion {
    /// No filter.
    All,
    Sort(Sort),
    Split(Split),
    /// Faces of which this point, or any, misses its label.
    Misses(Option<usize>),
    Attribute(AttributeFilter),
    /// How far the review is.
    Review(ReviewIs),
    /// A column and its value.
    Value(usize, Arc<str>),
    /// Faces whose boxes somebody moved, or in whose photos somebody drew some.
    ByHand(Among),
}

/// What can be asked of an attribute.
pub const ATTRIBUTE_FILTERS: [(&str, AttributeIs); 6] = [
    ("disputed", AttributeIs::Disputed),
    ("labelled present", AttributeIs::Labelled(true)),
    ("labelled absent", AttributeIs::Labelled(false)),
    ("label unknown", AttributeIs::Unlabelled),
    ("predicted present", AttributeIs::Predicted(true)),
    ("predicted absent", AttributeIs::Predicted(false)),
];

/// The orders by an attribute.
pub fn attribute_orders(place: AttributeIndex) -> [(&'static str, Sort); 3] {
    [
        ("furthest from the label first", Sort::AttributeError(place)),
        ("most probable first", Sort::Confidence(place)),
        ("least sure first", Sort::Doubt(place)),
    ]
}

/// The order by the error of one point.
pub const POINT_ORDER: &str = "largest error first";

/// The orders that need neither attribute nor point.
pub fn orders(comparing: bool) -> Vec<(&'static str, Sort)> {
    let mut orders = vec![
        ("as listed", Sort::Listed),
        ("by name", Sort::Name),
        ("worst first, by NME", Sort::Nme),
        ("most disputed attributes first", Sort::Disputes),
        ("by attribute loss, largest first", Sort::AttributeLoss),
        ("most confident disagreement first", Sort::SurestDispute),
        ("least confident answers first", Sort::LeastSure),
    ];
    if comparing {
        orders.push(("by difference, largest first", Sort::Difference));
    }
    orders
}

impl Criterion {
    /// What kind it is, which can be typed too.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::All => "filter",
            Self::Sort(_) => "sort",
            Self::Split(_) => "split",
            Self::Misses(_) => "points",
            Self::Attribute(_) => "attribute",
            Self::Review(_) => "review",
            Self::Value(..) => "column",
            Self::ByHand(_) => "box",
        }
    }

    /// Other words by which it is found.
    pub fn synonyms(&self) -> &'static str {
        match self {
            Self::Sort(Sort::Disputes)
            | Self::Attribute(
                AttributeFilter::AnyDisputed | AttributeFilter::Is(_, AttributeIs::Disputed),
            ) => "disagree disagreements differ wrong",
            Self::Sort(Sort::Nme | Sort::PointError(_)) => "nme error worst point landmark",
            Self::Sort(Sort::AttributeLoss) => "cross entropy error wrong worst",
            Self::Sort(Sort::SurestDispute) => "disputed disagree confidence label errors",
            Self::Sort(Sort::LeastSure) => "low confidence unsure uncertain doubt",
            Self::Review(ReviewIs::Status(Status::Todo)) => "status state todo open left",
            Self::Review(ReviewIs::Status(_)) => "status state done reviewed",
            Self::Review(ReviewIs::Mended) => "status state changed edited corrected",
            Self::Review(ReviewIs::Noted) => "status state notes noted comment",
            Self::Review(ReviewIs::InConflict) => "status state conflicts changed",
            Self::Review(ReviewIs::Drawn) => "status state added box faces",
            Self::Misses(_) => "wrong",
            Self::ByHand(_) => "moved drawn own boxes",
            _ => "",
        }
    }

    pub fn is_on(&self, wanted: &Arrangement) -> bool {
        match self {
            Self::All => !wanted.is_filter(),
            Self::Sort(sort) => wanted.sort == *sort,
            Self::Split(split) => wanted.split == Some(*split),
            Self::Misses(point) => wanted.misses.contains(point),
            Self::Attribute(filter) => wanted.attributes.contains(filter),
            Self::Review(filter) => wanted.review.contains(filter),
            Self::ByHand(among) => wanted.among.as_ref() == Some(among),
            Self::Value(column, value) => {
                let mut columns = wanted.columns.iter();
                columns.any(|w| w.0 == *column && w.1 == *value)
            }
        }
    }

    /// Turns it on in place of others of its kind, or a filter that is on off.
    pub fn apply(&self, wanted: &mut Arrangement) {
        self.switch(wanted, false);
    }

    /// Turns it on, or off, beside others of its kind: faces have to be like all of them.
    pub fn add(&self, wanted: &mut Arrangement) {
        self.switch(wanted, true);
    }

    /// What is on of the same kind, beside which it can be asked for.
    pub fn beside(&self, wanted: &Arrangement) -> usize {
        match self {
            _ if self.is_on(wanted) => 0,
            Self::Misses(_) => wanted.misses.len(),
            Self::Attribute(_) => wanted.attributes.len(),
            Self::Review(_) => wanted.review.len(),
            _ => 0,
        }
    }

    fn switch(&self, wanted: &mut Arrangement, beside: bool) {
        let off = self.is_on(wanted);
        match self {
            Self::All => {
                *wanted = Arrangement {
                    sort: wanted.sort,
                    ..Arrangement::default()
                }
            }
            Self::Sort(sort) => wanted.sort = *sort,
            Self::Split(split) => wanted.split = (!off).then_some(*split),
            Self::Misses(point) => switch(&mut wanted.misses, *point, beside),
            Self::Attribute(filter) => switch(&mut wanted.attributes, *filter, beside),
            Self::Review(filter) => switch(&mut wanted.review, *filter, beside),
            Self::ByHand(among) => wanted.among = (!off).then(|| among.clone()),
            Self::Value(column, value) => {
                wanted.columns.retain(|w| w.0 != *column);
                if !off {
                    wanted.columns.push((*column, value.clone()));
                }
            }
        }
    }
}

/// Takes one out of a list that it is in, or into it.
fn switch<T: PartialEq>(all: &mut Vec<T>, one: T, beside: bool) {
    if all.contains(&one) {
        return all.retain(|other| *other != one);
    }
    if !beside {
        all.clear();
    }
    all.push(one);
}

/// The points of a schema by the numbers that filters have, as people write them.
pub fn point_names(schema: &Schema) -> impl Iterator<Item = String> + '_ {
    let tasks = schema.tasks.iter().filter(|t| t.is_points());
    tasks
        .flat_map(|t| t.items())
        .map(|name| name.replace('_', " "))
}

/// The attributes with their places, as people write them.
pub fn attributes(schema: &Schema) -> impl Iterator<Item = (AttributeIndex, String)> + '_ {
    let tasks = schema.tasks.iter().enumerate();
    tasks.flat_map(|(t, task)| {
        let names = match &task.kind {
            TaskKind::Binary { attributes } => attributes.as_slice(),
            TaskKind::Points { .. } => &[],
        };
        let names = names.iter().enumerate();
        names.map(move |(i, a)| ((t, i), a.name.replace('_', " ")))
    })
}

/// An attribute's name in words.
pub fn attribute_name(schema: &Schema, (task, item): AttributeIndex) -> String {
    let name = schema.tasks.get(task).and_then(|t| t.items().nth(item));
    name.unwrap_or_default().replace('_', " ")
}
