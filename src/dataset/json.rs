//! JSON of which only the outline is sure: a value of another kind than expected is noticed where
//! it is used, instead of ending the whole file, and nothing is kept that nobody asks for.

use std::fmt;
use std::path::Path;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::Problem;

/// A list of numbers; `None` where there is something else.
#[derive(Debug, Default)]
pub struct Numbers(pub Option<Vec<f64>>);

impl Numbers {
    pub fn exactly<const N: usize>(&self) -> Option<[f64; N]> {
        self.0.as_deref()?.try_into().ok()
    }
}

/// A number; `None` where there is something else.
struct Number(Option<f64>);

impl<'de> Deserialize<'de> for Numbers {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self(from.deserialize_any(Loose::<true>)?))
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let number = from.deserialize_any(Loose::<false>)?;
        Ok(Self(number.and_then(|n| n.first().copied())))
    }
}

/// Takes a list (`LIST`) or a number, and passes over everything else.
struct Loose<const LIST: bool>;

impl<const LIST: bool> Loose<LIST> {
    fn number<E>(number: f64) -> Result<Option<Vec<f64>>, E> {
        Ok((!LIST).then(|| vec![number]))
    }
}

impl<'de, const LIST: bool> Visitor<'de> for Loose<LIST> {
    type Value = Option<Vec<f64>>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_f64<E>(self, v: f64) -> Result<Self::Value, E> {
        Self::number(v)
    }

    fn visit_u64<E>(self, v: u64) -> Result<Self::Value, E> {
        Self::number(v as f64)
    }

    fn visit_i64<E>(self, v: i64) -> Result<Self::Value, E> {
        Self::number(v as f64)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut numbers = LIST.then(Vec::new);
        if LIST {
            while let Some(Number(number)) = list.next_element()? {
                numbers = numbers.zip(number).map(|(mut numbers, number)| {
                    numbers.push(number);
                    numbers
                });
            }
        } else {
            while list.next_element::<IgnoredAny>()?.is_some() {}
        }
        Ok(numbers)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

/// What is wrong with a file that is no JSON, or other JSON than expected.
pub fn broken(path: &Path, error: &serde_json::Error) -> Problem {
    let line = Some(error.line() as u64).filter(|line| *line > 0);
    Problem::new(path, line, error.to_string())
}

/// A name that may be written as a number.
pub fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Yes or no in the ways in which programs write it: true and false, 1 and −1 or 0.
pub fn yes(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(yes) => Some(*yes),
        Value::Number(number) => match number.as_i64()? {
            1 => Some(true),
            0 | -1 => Some(false),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_anything_else_is_passed_over() {
        let read = |text: &str| serde_json::from_str::<Numbers>(text).unwrap().0;
        assert_eq!(read("[1, 2.5, -3]"), Some(vec![1.0, 2.5, -3.0]));
        assert_eq!(read("[]"), Some(vec![]));
        for other in [
            "null",
            "5",
            "\"x\"",
            "{\"a\": [1]}",
            "[1, [2], 3]",
            "[1, \"2\"]",
            "true",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
