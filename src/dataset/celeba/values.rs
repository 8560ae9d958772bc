//! The values of a row: the points, the box, a single word.

use super::table::{BadValue, Values};
use crate::dataset::number::{self, CONTINUOUS, FROM_ZERO};
use crate::dataset::schema_items::plain;
use crate::dataset::value_error::ValueError;
use crate::humanize::counted;
use crate::label::FaceBox;

pub fn expect_count(count: usize, belong: usize) -> Result<(), ValueError> {
    match count == belong {
        true => Ok(()),
        false => Err(ValueError::Count {
            found: counted(count, "value"),
            expected: belong,
        }),
    }
}

/// In which columns the numbers stand: by their names, where the table has CelebA's, else as
/// CelebA has them.
pub struct Order<const N: usize> {
    pub columns: [usize; N],
    pub count: usize,
}

impl<const N: usize> Order<N> {
    pub fn of(names: &[String], own: &[&str; N]) -> Self {
        let place = |wanted: &&str| names.iter().position(|n| plain(n) == plain(wanted));
        let found: Option<Vec<usize>> = own.iter().map(place).collect();
        let columns = found.and_then(|found| found.try_into().ok());
        match columns {
            Some(columns) => Self {
                columns,
                count: names.len(),
            },
            None => Self {
                columns: std::array::from_fn(|i| i),
                count: N,
            },
        }
    }

    pub fn take<'a>(&self, values: Values<'a>) -> Result<[&'a str; N], ValueError> {
        let mut taken = [""; N];
        let mut count = 0;
        for value in values {
            if count >= self.count && value.is_empty() {
                continue;
            }
            if let Some(at) = self.columns.iter().position(|column| *column == count) {
                taken[at] = value;
            }
            count += 1;
        }
        expect_count(count, self.count)?;
        Ok(taken)
    }
}

/// The points of a row; those that cannot be read are unknown.
pub fn five_points(row: [&str; 10], bad: &mut Vec<BadValue>) -> [Option<[f32; 2]>; 5] {
    std::array::from_fn(|i| {
        let at = number::point(row[2 * i], row[2 * i + 1], FROM_ZERO);
        at.unwrap_or_else(|what| {
            bad.push((i, what));
            None
        })
    })
}

pub fn box_row(sides: [&str; 4], bad: &mut Vec<BadValue>) -> Option<FaceBox> {
    if sides.iter().all(|side| number::missing(side)) {
        return None;
    }
    let read = || {
        let [x, y, w, h] = sides.map(|side| number::read(side, CONTINUOUS));
        number::checked(FaceBox::new(x?, y?, w?, h?))
    };
    read().map_err(|what| bad.push((0, what))).ok()
}

pub fn one_value(mut values: Values<'_>) -> Result<&str, ValueError> {
    let value = values.next().unwrap_or("");
    match values.all(str::is_empty) {
        true => Ok(value),
        false => Err(ValueError::SeveralValues),
    }
}
