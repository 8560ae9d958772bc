//! A filter or an order of faces, and what there is to choose from.

use std::sync::Arc;

use super::arrangement::{Among, Arrangement, AttributeFilter, AttributeIndex, AttributeIs, Sort};
use crate::dataset::Split;
use crate::label::{Schema, TaskKind};

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

/// The orders that need no attribute.
pub fn orders(comparing: bool) -> Vec<(&'static str, Sort)> {
    let mut orders = vec![
        ("as listed", Sort::Listed),
        ("by name", Sort::Name),
        ("worst first, by NME", Sort::Nme),
        ("most disputed attributes first", Sort::Disputes),
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
            Self::Misses(point) => wanted.misses == Some(*point),
            Self::Attribute(filter) => wanted.attribute == Some(*filter),
            Self::ByHand(among) => wanted.among.as_ref() == Some(among),
            Self::Value(column, value) => {
                let mut columns = wanted.columns.iter();
                columns.any(|w| w.0 == *column && w.1 == *value)
            }
        }
    }

    /// Turns it on, or a filter that is on off.
    pub fn apply(&self, wanted: &mut Arrangement) {
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
            Self::Misses(point) => wanted.misses = (!off).then_some(*point),
            Self::Attribute(filter) => wanted.attribute = (!off).then_some(*filter),
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
