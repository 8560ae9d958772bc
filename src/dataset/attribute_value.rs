//! Attributes as tables have them: 1 and −1, 1 and 0, True and False, yes and no, as whole numbers or
//! with decimals. What 0 means is decided for a whole table, never for one of its columns: beside −1 it
//! is unknown, as this program writes it; where 0 and 1 are and no −1, it is absent.

use super::number::{missing, shown};
use super::value_error::ValueError;
use crate::humanize::counted;
use crate::label::Presence;

/// The value of an attribute as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeValue {
    One,
    MinusOne,
    Zero,
    True,
    False,
    Missing,
}

impl AttributeValue {
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        Ok(match text {
            "1" => Self::One,
            "-1" => Self::MinusOne,
            "0" => Self::Zero,
            _ if missing(text) => Self::Missing,
            _ => match Self::word(text) {
                Some(value) => value,
                None => return Self::number(text),
            },
        })
    }

    /// A truth in a word.
    pub fn word(text: &str) -> Option<Self> {
        let is = |words: [&str; 2]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
        match () {
            () if is(["true", "yes"]) => Some(Self::True),
            () if is(["false", "no"]) => Some(Self::False),
            () => None,
        }
    }

    fn number(text: &str) -> Result<Self, ValueError> {
        Ok(match text.parse::<f64>() {
            Ok(1.0) => Self::One,
            Ok(-1.0) => Self::MinusOne,
            Ok(0.0) => Self::Zero,
            _ => return Err(ValueError::Attribute(shown(text).into())),
        })
    }
}

/// What 0 means in a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ZeroMeaning {
    #[default]
    Unknown,
    Absent,
}

impl ZeroMeaning {
    pub fn presence(self, value: AttributeValue) -> Presence {
        match value {
            AttributeValue::One | AttributeValue::True => Presence::Present,
            AttributeValue::MinusOne | AttributeValue::False => Presence::Absent,
            AttributeValue::Zero if self == Self::Absent => Presence::Absent,
            AttributeValue::Zero | AttributeValue::Missing => Presence::Unknown,
        }
    }
}

/// Which values a table has, and how often.
#[derive(Clone, Copy, Debug, Default)]
pub struct ValueCounts {
    one: usize,
    minus_one: usize,
    zero: usize,
    truth: usize,
    missing: usize,
}

/// So many attributes may well all be present; of more, some are not.
const FEW: usize = 10;

impl ValueCounts {
    pub fn count(&mut self, value: AttributeValue) {
        match value {
            AttributeValue::One => self.one += 1,
            AttributeValue::MinusOne => self.minus_one += 1,
            AttributeValue::Zero => self.zero += 1,
            AttributeValue::True | AttributeValue::False => self.truth += 1,
            AttributeValue::Missing => self.missing += 1,
        }
    }

    pub fn zero(&self) -> ZeroMeaning {
        match (self.one > 0, self.minus_one > 0) {
            (true, false) => ZeroMeaning::Absent,
            _ => ZeroMeaning::Unknown,
        }
    }

    /// What has to be said of how the table was understood.
    pub fn notice(&self) -> Option<String> {
        let Self {
            one,
            minus_one,
            zero,
            truth,
            missing,
        } = *self;
        match (one > 0, minus_one > 0, zero) {
            (true, false, 0) if one > FEW && truth == 0 && missing > 0 => Some(format!(
                "attributes are only ever 1 here: none is known to be absent, and \
                 unknown are {}",
                counted(missing, "missing value")
            )),
            (_, _, 0) | (_, true, _) => None,
            (true, false, _) => Some(format!(
                "attributes are 1 and 0 here and never -1: 0 is absent ({})",
                counted(zero, "value")
            )),
            (false, false, _) if truth == 0 => Some(format!(
                "attributes are 0 here and never 1 or -1: nothing is known of them ({})",
                counted(zero, "value")
            )),
            (false, false, _) => Some(format!(
                "attributes are True, False and 0 here: 0 is unknown ({})",
                counted(zero, "value")
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str]) -> (Vec<Presence>, Option<String>) {
        let all: Vec<AttributeValue> = texts
            .iter()
            .map(|t| AttributeValue::parse(t).unwrap())
            .collect();
        let mut counts = ValueCounts::default();
        all.iter().for_each(|v| counts.count(*v));
        let values = all.iter().map(|v| counts.zero().presence(*v));
        (values.collect(), counts.notice())
    }

    #[test]
    fn what_zero_means_is_decided_for_the_whole_table() {
        use Presence::{Absent, Present, Unknown};
        for (texts, values, actual) in [
            (&["1", "0"][..], &[Present, Absent][..], true),
            (&["1.0", "0.0", ""], &[Present, Absent, Unknown], true),
            (&["1", "0", "-1"], &[Present, Unknown, Absent], false),
            (&["-1.0", "0"], &[Absent, Unknown], false),
            (&["0", "0"], &[Unknown, Unknown], true),
            (&["1", "1", "nan"], &[Present, Present, Unknown], false),
            (
                &["True", "FALSE", "NaN"],
                &[Present, Absent, Unknown],
                false,
            ),
            (&["Yes", "no", "NO"], &[Present, Absent, Absent], false),
            (&["true", "0"], &[Present, Unknown], true),
            (&["true", "1", "0"], &[Present, Present, Absent], true),
        ] {
            let (found, notice) = read(texts);
            assert_eq!(found, values, "{texts:?}");
            assert_eq!(notice.is_some(), actual, "{texts:?} {notice:?}");
        }
        let (_, notice) = read(&[["1"; 20], [""; 20]].concat());
        assert!(notice.unwrap().contains("20 missing values"));
        for bad in ["2", "0.5", "yess", "male", "-0.1"] {
            assert!(AttributeValue::parse(bad).is_err(), "{bad}");
        }
    }
}
