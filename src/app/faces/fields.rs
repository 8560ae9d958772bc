//! What a face's file says of it beyond points and attributes: its number among the faces of the
//! photo, split, identity, and columns of the file's own.

use crate::app::faces::item::Face;
use crate::dataset;

/// Signs of a value before it is cut: some columns hold whole sentences.
const LONGEST: usize = 80;
/// Fields that are named; a file may have hundreds of columns.
const NAMED: usize = 24;

/// A field's name and its value in words.
pub type Field = (String, String);

/// The fields of a face that have a value; a box drawn by hand is in no file. `columns` are the
/// names of the list's columns.
pub fn fields(face: &Face, columns: &[String]) -> Vec<Field> {
    if face.hand.is_some() {
        return Vec::new();
    }
    let sample = face.sample;
    let number = sample.number.filter(|_| sample.ordinal.is_some());
    let number = number.map(|number| ("face".to_owned(), number.to_string()));
    let split = sample.split.map(|s| ("split".to_owned(), s.to_string()));
    let identity = sample.identity.as_ref();
    let identity = identity.map(|name| ("identity".to_owned(), name.to_string()));
    let own = columns.iter().zip(&sample.columns);
    let own = own
        .filter(|(name, value)| !value.trim().is_empty() && !dataset::is_generated_column(name))
        .map(|(name, value)| (name.clone(), value_words(value)));
    let first = [number, split, identity].into_iter().flatten();
    first.chain(own).collect()
}

/// A value as people read it: numbers with a minus sign, and nothing longer than a line.
pub fn value_words(value: &str) -> String {
    let words = value.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.strip_prefix('-') {
        Some(rest) if words.parse::<f64>().is_ok() => format!("−{rest}"),
        _ => crate::app::widgets::buttons::shortened(&words, LONGEST),
    }
}

/// "split test · mask −1", all in one line.
pub fn line(fields: &[Field]) -> String {
    let said = fields.iter().take(NAMED);
    let said = said.map(|(name, value)| format!("{name} {value}"));
    said.collect::<Vec<_>>().join(" · ")
}

/// A field a line, and how many more there are.
pub fn lines(fields: &[Field]) -> String {
    let said = fields.iter().take(NAMED);
    let mut lines: Vec<String> = said
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let more = fields.len().saturating_sub(NAMED);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::app::faces::item::Item;
    use crate::dataset::{BoxSource, Sample, Split};
    use crate::label::{FaceBox, Schema};

    #[test]
    fn what_the_file_says_of_a_face_is_said_in_its_order() {
        let mut sample = Sample::unlabelled(Path::new("a.png"), &Schema::face());
        sample.split = Some(Split::Test);
        sample.identity = Some("2880".into());
        sample.columns = ["-1", "", "taken in\nBerlin", "a-b", "3 4 5 6"]
            .map(Into::into)
            .to_vec();
        let columns = ["mask", "none", "note", "code", "person_box"].map(str::to_owned);
        let item = Item::unread();
        let mut face = Face {
            sample: &sample,
            item: &item,
            face_box: FaceBox::new(0.0, 0.0, 1.0, 1.0),
            source: BoxSource::Given,
            finding: None,
            other: None,
            hand: None,
            dragged: None,
        };
        let all = fields(&face, &columns);
        assert_eq!(
            line(&all),
            "split test · identity 2880 · mask −1 · note taken in Berlin · code a-b"
        );
        assert_eq!(lines(&all[..3]), "split: test\nidentity: 2880\nmask: −1");
        let second = Sample {
            ordinal: Some(2),
            face: 0,
            number: Some(0),
            ..sample.clone()
        };
        face.sample = &second;
        assert!(line(&fields(&face, &columns)).starts_with("face 0 · split test"));
        let counted = Sample {
            number: None,
            ..second.clone()
        };
        face.sample = &counted;
        let all = fields(&face, &columns);
        assert!(line(&all).starts_with("split test"), "it has no number");
        face.hand = Some(0);
        assert!(fields(&face, &columns).is_empty(), "a drawn box is in none");

        let many: Vec<Field> = (0..40).map(|n| (format!("c{n}"), "x".into())).collect();
        assert!(lines(&many).ends_with("c23: x\nand 16 more"));
        assert!(value_words(&"word ".repeat(200)).chars().count() <= LONGEST);
    }
}
