//! Faces by what a column says of them.

use std::cmp::Ordering;
use std::collections::BTreeMap;

/// The faces for which a column has one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    /// The column.
    pub by: String,
    pub value: String,
    /// Positions among the measured faces.
    pub faces: Vec<u32>,
}

/// What a value that is not there is called.
const NOTHING: &str = "(none)";

/// A slice for each value of a column, numbers in their order, then words, then nothing.
pub fn slices<'a>(by: &str, values: impl Iterator<Item = &'a str>) -> Vec<Slice> {
    let mut faces = BTreeMap::<&str, Vec<u32>>::new();
    for (face, value) in (0..).zip(values) {
        faces.entry(value).or_default().push(face);
    }
    let mut all: Vec<_> = faces.into_iter().collect();
    all.sort_by(|(a, _), (b, _)| order(a, b));
    all.into_iter()
        .map(|(value, faces)| Slice {
            by: by.into(),
            value: if value.is_empty() { NOTHING } else { value }.into(),
            faces,
        })
        .collect()
}

fn order(a: &str, b: &str) -> Ordering {
    let number = |v: &str| v.parse::<f64>().ok().filter(|n| n.is_finite());
    match (number(a), number(b)) {
        (Some(x), Some(y)) => x.total_cmp(&y).then_with(|| a.cmp(b)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.is_empty().cmp(&b.is_empty()).then_with(|| a.cmp(b)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_face_is_in_one_slice_and_numbers_are_in_order() {
        let values = ["10", "left", "", "9", "10", "frontal"];
        let all = slices("pose", values.into_iter());
        let names: Vec<_> = all.iter().map(|s| s.value.as_str()).collect();
        assert_eq!(names, ["9", "10", "frontal", "left", NOTHING]);
        assert_eq!(all[1].faces, [0, 4]);
        assert_eq!(all.iter().map(|s| s.faces.len()).sum::<usize>(), 6);
    }
}
