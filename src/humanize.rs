//! Counts in words: thousands set apart, and the noun in the number that belongs to it. Whatever
//! is counted for a person goes through here, so that nobody reads "1 faces".

use std::time::Duration;

/// A count with its thousands apart.
pub fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// "1 face", "1,200 faces": a count of what is called `one` in the singular.
pub fn counted(n: usize, one: &str) -> String {
    format!("{} {}", thousands(n), plural(n, one))
}

/// "3 of 1,200 faces", and "1 face" where it is all of them.
pub fn counted_of(n: usize, of: usize, one: &str) -> String {
    match n == of {
        true => counted(n, one),
        false => format!("{} of {}", thousands(n), counted(of, one)),
    }
}

/// "40 s", "12 min", "3.5 h".
pub fn human_duration(time: Duration) -> String {
    match time.as_secs_f64() {
        s if s < 90.0 => format!("{s:.0} s"),
        s if s < 5400.0 => format!("{:.0} min", s / 60.0),
        s if s < 48.0 * 3600.0 => format!("{:.1} h", s / 3600.0),
        s => format!("{:.0} days", s / 86_400.0),
    }
}

/// What the system says of an error, without the number by which only programmers know it.
pub fn without_error_number(text: &str) -> String {
    let mut text = text.to_owned();
    while let Some(start) = text.find(" (os error ")
        && let Some(length) = text[start..].find(')')
    {
        text.replace_range(start..=start + length, "");
    }
    text
}

/// Why reading or writing failed.
pub fn io_text(error: &std::io::Error) -> String {
    without_error_number(&error.to_string())
}

/// The noun as `n` of it are called.
pub fn plural(n: usize, one: &str) -> String {
    const HISSES: [&str; 5] = ["s", "x", "z", "ch", "sh"];
    if n == 1 {
        return one.to_owned();
    }
    let before_y = one.strip_suffix('y');
    match before_y.filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u'])) {
        Some(stem) => format!("{stem}ies"),
        None if HISSES.iter().any(|end| one.ends_with(end)) => format!("{one}es"),
        None => format!("{one}s"),
    }
}

/// "Landmarks" for "landmarks".
pub fn title(name: &str) -> String {
    let mut chars = name.chars();
    let first = chars.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(chars).collect()
}

/// How a layer is written for people, as in the paper: "Conv1-2", "Fuse4-3", "Fc". In arguments,
/// files and tensors it is "conv1_2".
pub fn layer_title(name: &str) -> String {
    let parts: Vec<String> = name.split('_').map(title).collect();
    parts.join("-")
}

/// The verb for so many of something.
pub fn is_or_are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_and_towers_are_written_as_in_the_paper() {
        let names = ["conv1_2", "fuse4_3", "fuse_fc", "fc", ""];
        let titles = ["Conv1-2", "Fuse4-3", "Fuse-Fc", "Fc", ""];
        assert_eq!(names.map(layer_title), titles);
        assert_eq!(["landmarks", "été"].map(title), ["Landmarks", "Été"]);
    }

    #[test]
    fn the_systems_words_stand_without_its_numbers() {
        let error = std::io::Error::from_raw_os_error(2);
        assert!(error.to_string().contains("os error"));
        let actual = io_text(&error);
        assert!(
            !actual.is_empty() && !actual.contains("os error"),
            "{actual}"
        );
        let twice = "a: x (os error 2); b: y (os error 13)";
        assert_eq!(without_error_number(twice), "a: x; b: y");
        assert_eq!(without_error_number("open ("), "open (");
    }

    #[test]
    fn one_is_singular_and_all_else_plural() {
        assert_eq!(counted(1, "face"), "1 face");
        assert_eq!(counted(0, "face"), "0 faces");
        assert_eq!(counted(1200, "training face"), "1,200 training faces");
        assert_eq!(counted(2, "box"), "2 boxes");
        assert_eq!(counted(3, "identity"), "3 identities");
        assert_eq!(counted(2, "day"), "2 days");
        assert_eq!(counted_of(1, 1, "face"), "1 face");
        assert_eq!(counted_of(1, 2, "face"), "1 of 2 faces");
        assert_eq!(counted_of(0, 1, "face"), "0 of 1 face");
        assert_eq!(thousands(202_599), "202,599");
    }
}
