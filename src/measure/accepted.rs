//! Labels that came from the network which is measured with them.

use std::borrow::Cow;

use crate::label::{Annotation, PointLabel, Presence, Provenance, TaskLabels};

/// `labels` with every value unknown that was accepted from weights for which `measured` holds,
/// and how many those were: a network that is measured on its own words is always right.
pub fn without_accepted<'a>(
    labels: &'a Annotation,
    measured: &dyn Fn(&str) -> bool,
) -> (Cow<'a, Annotation>, usize) {
    let mut kept = Cow::Borrowed(labels);
    let mut count = 0;
    for (&(task, item), provenance) in &labels.provenance {
        let Provenance::Accepted { weights, .. } = provenance else {
            continue;
        };
        if !measured(weights) {
            continue;
        }
        match kept.to_mut().tasks.get_mut(task) {
            Some(TaskLabels::Points(points)) if points.get(item).is_some_and(known) => {
                points[item] = PointLabel::default();
                count += 1;
            }
            Some(TaskLabels::Binary(values))
                if values.get(item).is_some_and(|v| v.known().is_some()) =>
            {
                values[item] = Presence::Unknown;
                count += 1;
            }
            _ => {}
        }
    }
    (kept, count)
}

fn known(label: &PointLabel) -> bool {
    label.known().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Schema;

    #[test]
    fn only_what_was_accepted_from_the_measured_weights_is_unknown() {
        let mut labels = Annotation::unknown(&Schema::face());
        if let TaskLabels::Points(points) = &mut labels.tasks[0] {
            points[0] = PointLabel::visible([1.0, 2.0]);
            points[1] = PointLabel::visible([3.0, 4.0]);
        }
        if let TaskLabels::Binary(values) = &mut labels.tasks[1] {
            values[..3].fill(Presence::Present);
        }
        let accepted = |weights: &str| Provenance::Accepted {
            weights: weights.into(),
            bulk: true,
        };
        let provenance = [
            ((0, 0), accepted("ours")),
            ((1, 0), accepted("ours")),
            ((1, 1), accepted("theirs")),
            ((1, 2), Provenance::Person),
            // Values that are not known, or not there at all, do not count.
            ((1, 7), accepted("ours")),
            ((1, 900), accepted("ours")),
            ((9, 0), accepted("ours")),
        ];
        labels.provenance.extend(provenance);
        let (kept, count) = without_accepted(&labels, &|w| w == "ours");
        assert_eq!(count, 2);
        assert_eq!((kept.known(0), kept.known(1)), (1, 2));
        let (same, none) = without_accepted(&labels, &|w| w == "others");
        assert_eq!(none, 0);
        assert!(matches!(same, Cow::Borrowed(_)));
    }
}
