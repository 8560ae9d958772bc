//! What faces can be filtered and sorted by, each as a line that can be found by typing, with how
//! many faces it would show.

use std::sync::Arc;

use super::arrangement::{Among, Arrangement, AttributeFilter, Sort};
use super::counts::Counts;
use super::criterion::{
    ATTRIBUTE_FILTERS, Criterion, POINT_ORDER, attribute_orders, attributes, orders, point_names,
};
use super::fields::value_words;
use super::review_states::REVIEW_FILTERS;
use super::summary::ListSummary;
use crate::humanize::thousands;
use crate::label::Schema;

/// All that can be chosen of a list, what is on of it, and its counts as far as they are known.
pub struct Criteria {
    lines: Vec<(String, Criterion)>,
    /// Values that are shown once they are typed: nearly every face has another.
    typed: Vec<(String, Criterion)>,
    /// Columns of which some values are in neither.
    incomplete: Vec<String>,
    on: Arrangement,
    counts: Option<Arc<Counts>>,
    /// How many faces are predicted, of how many.
    predicted: (usize, usize),
}

impl Criteria {
    /// `comparing` and `reviewed` say whether there is another predictor, and a journal.
    pub fn new(
        schema: &Schema,
        summary: &ListSummary,
        columns: &[String],
        (comparing, reviewed): (bool, bool),
        by_hand: Option<Among>,
        on: Arrangement,
    ) -> Self {
        let mut lines = vec![("All faces".to_owned(), Criterion::All)];
        let mut add = |name: String, criterion: Criterion| lines.push((name, criterion));
        for (name, sort) in orders(comparing) {
            add(format!("Sort {name}"), Criterion::Sort(sort));
        }
        add("A point misses its label".into(), Criterion::Misses(None));
        for (i, name) in point_names(schema).enumerate() {
            add(format!("{name} misses"), Criterion::Misses(Some(i)));
            add(
                format!("{name}, {POINT_ORDER}"),
                Criterion::Sort(Sort::PointError(i)),
            );
        }
        for (name, is) in REVIEW_FILTERS.iter().filter(|_| reviewed) {
            add(capitalised(name), Criterion::Review(*is));
        }
        let any = Criterion::Attribute(AttributeFilter::AnyDisputed);
        add("Any attribute disputed".into(), any);
        if let Some(among) = by_hand {
            add("Box by hand".into(), Criterion::ByHand(among));
        }
        for (split, _) in &summary.splits {
            add(format!("split {split}"), Criterion::Split(*split));
        }
        let (mut typed, mut incomplete) = (Vec::new(), Vec::new());
        for ((c, column), values) in columns.iter().enumerate().zip(&summary.values) {
            let line = |value: &Arc<str>| {
                let name = format!("{column} {}", value_words(value));
                (name, Criterion::Value(c, value.clone()))
            };
            for (name, criterion) in values.listed.iter().map(|(value, _)| line(value)) {
                add(name, criterion);
            }
            typed.extend(values.typed.iter().map(line));
            if values.more {
                incomplete.push(column.clone());
            }
        }
        for (place, attribute) in attributes(schema) {
            for (text, is) in ATTRIBUTE_FILTERS {
                let criterion = Criterion::Attribute(AttributeFilter::Is(place, is));
                add(format!("{attribute} {text}"), criterion);
            }
            for (text, sort) in attribute_orders(place) {
                add(format!("{attribute}, {text}"), Criterion::Sort(sort));
            }
        }
        Self {
            lines,
            typed,
            incomplete,
            on,
            counts: None,
            predicted: (0, 0),
        }
    }

    pub fn with_counts(self, counts: Option<Arc<Counts>>, predicted: (usize, usize)) -> Self {
        Self {
            counts,
            predicted,
            ..self
        }
    }

    pub fn lines(&self) -> &[(String, Criterion)] {
        &self.lines
    }

    /// Values to be shown where a part of one was typed, beside their lines.
    pub fn typed(&self) -> impl Iterator<Item = (&str, &str, &Criterion)> {
        self.typed
            .iter()
            .filter_map(|(name, criterion)| match criterion {
                Criterion::Value(_, value) => Some((&**value, name.as_str(), criterion)),
                _ => None,
            })
    }

    pub fn is_on(&self, criterion: &Criterion) -> bool {
        criterion.is_on(&self.on)
    }

    /// How many faces it would show; of an order, `None`.
    pub fn count(&self, criterion: &Criterion) -> Option<usize> {
        self.counts.as_ref()?.of(criterion)
    }

    /// How many faces it would show beside what is on of its kind, where something is.
    pub fn count_beside(&self, criterion: &Criterion) -> Option<usize> {
        match criterion.beside(&self.on) {
            0 => None,
            _ => self.counts.as_ref()?.beside(criterion),
        }
    }

    /// Whether something is on beside which another of its kind can be asked for.
    pub fn can_add(&self) -> bool {
        let on = &self.on;
        !(on.attributes.is_empty() && on.misses.is_empty() && on.review.is_empty())
    }

    /// "Eyeglasses disputed (8)".
    pub fn said(&self, criterion: &Criterion) -> String {
        let mut all = self.lines.iter().chain(&self.typed);
        let line = all.find(|(_, c)| c == criterion);
        let name = line.map_or("", |(name, _)| name.as_str());
        match self.count(criterion) {
            Some(count) => format!("{name} ({})", thousands(count)),
            None => name.to_owned(),
        }
    }

    /// What is to be known about the counts.
    pub fn note(&self) -> Option<String> {
        let (known, all) = self.predicted;
        let text = match () {
            () if self.counts.is_none() => "counting…".to_owned(),
            () if known < all => format!(
                "{} of {} faces are predicted; the others count as neither",
                thousands(known),
                thousands(all)
            ),
            () if !self.incomplete.is_empty() => format!(
                "{}: more values than can be found here",
                self.incomplete.join(", ")
            ),
            () => return None,
        };
        Some(text)
    }
}

/// "To do".
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::faces::arrangement::AttributeIs;
    use crate::app::faces::review_states::ReviewIs;
    use crate::app::faces::summary::Values;
    use crate::dataset::Split;

    fn criteria(on: Arrangement) -> Criteria {
        let mut summary = ListSummary::default();
        summary.values = vec![Values {
            listed: vec![("front".into(), 2), ("side".into(), 1)],
            ..Values::default()
        }];
        summary.splits = vec![(Split::Test, 3)];
        let known = (true, true);
        Criteria::new(&Schema::face(), &summary, &["pose".into()], known, None, on)
    }

    #[test]
    fn all_that_menus_have_can_be_found_and_chosen() {
        let criteria = criteria(Arrangement::default());
        let named = |name: &str| {
            let line = criteria.lines().iter().find(|l| l.0 == name);
            line.unwrap_or_else(|| panic!("{name}")).1.clone()
        };
        let mut wanted = Arrangement::default();
        for (name, is) in [
            ("Eyeglasses disputed", AttributeIs::Disputed),
            ("Eyeglasses label unknown", AttributeIs::Unlabelled),
            ("Eyeglasses predicted absent", AttributeIs::Predicted(false)),
        ] {
            named(name).apply(&mut wanted);
            assert_eq!(
                wanted.attributes,
                [AttributeFilter::Is((1, 15), is)],
                "{name}"
            );
        }
        named("pose side").apply(&mut wanted);
        named("split test").apply(&mut wanted);
        named("left eye misses").apply(&mut wanted);
        named("Bald, least sure first").apply(&mut wanted);
        assert_eq!(wanted.columns, [(0, "side".into())]);
        assert_eq!(wanted.split, Some(Split::Test));
        assert_eq!(wanted.misses, [Some(0)]);
        assert_eq!(wanted.sort, Sort::Doubt((1, 4)));
        let any = named("Any attribute disputed");
        any.apply(&mut wanted);
        let is_any = wanted.attributes == [AttributeFilter::AnyDisputed];
        assert!(is_any, "it takes the place of one attribute's");
        named("Bald labelled present").apply(&mut wanted);
        assert!(!any.is_on(&wanted), "and gives it back");
        // Asked for as well, it stands beside it; once more takes it alone away.
        any.add(&mut wanted);
        named("Mended").add(&mut wanted);
        named("With a note").add(&mut wanted);
        assert_eq!(wanted.attributes.len(), 2);
        assert_eq!(wanted.review, [ReviewIs::Mended, ReviewIs::Noted]);
        named("To do").apply(&mut wanted);
        assert_eq!(wanted.review.len(), 1);
        assert_eq!(any.beside(&wanted), 0, "it is on");
        assert_eq!(named("Eyeglasses disputed").beside(&wanted), 2);
        any.add(&mut wanted);
        assert_eq!(wanted.attributes.len(), 1);
        named("nose, largest error first").apply(&mut wanted);
        assert_eq!(wanted.sort, Sort::PointError(2));
        named("Sort most disputed attributes first").apply(&mut wanted);
        assert_eq!(wanted.sort, Sort::Disputes);
        named("Bald, least sure first").apply(&mut wanted);
        named("pose front").apply(&mut wanted);
        assert_eq!(wanted.columns, [(0, "front".into())], "one value a column");
        named("pose front").apply(&mut wanted);
        assert!(wanted.columns.is_empty(), "once more takes it off");
        named("All faces").apply(&mut wanted);
        assert!(!wanted.is_filter() && wanted.sort == Sort::Doubt((1, 4)));
        let mut names: Vec<&str> = criteria.lines().iter().map(|l| l.0.as_str()).collect();
        let all = names.len();
        assert_eq!(all, 1 + 8 + 1 + 5 * 2 + 1 + 8 + 1 + 2 + 40 * 9);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all, "each is named once");
    }
}
