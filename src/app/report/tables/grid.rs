//! A table of figures as a person reads it: names at the left, numbers in columns.

use crate::evaluation::Warning;
use crate::humanize::thousands;
use crate::measure::{interval_words, percent};

/// A table to draw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grid {
    /// What the numbers are; stands above the heading, in small letters.
    pub description: String,
    /// What the names are of.
    pub names: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// What stands below it, in small letters.
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Column {
    pub heading: String,
    /// What it is, for who points at its heading.
    pub description: String,
    /// Whether it has room for intervals: nothing moves when they come.
    pub intervals: bool,
    /// Whether it stands beside what is judged.
    pub compared: bool,
    /// Whether it has counts in place of percentages.
    pub counts: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    pub name: String,
    pub cells: Vec<Cell>,
    /// Whether it is a summary that a line sets apart: an average or the whole, which sorting
    /// leaves in place.
    pub summary: bool,
    /// Where a click leads, by the number that whoever made the table gave it.
    pub link: Option<usize>,
    /// Whether nothing is wrong with it, so that a click would show no face.
    pub perfect: bool,
    /// Whether it says nothing, so that it is grey.
    pub faint: bool,
    /// What a click does.
    pub tip: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Percent(Option<f64>, Option<[f64; 2]>),
    Count(u64),
    Text(String),
}

impl Cell {
    pub fn text(&self) -> String {
        match self {
            Self::Percent(value, _) => percent(*value),
            Self::Count(count) => thousands(*count as usize),
            Self::Text(text) => text.clone(),
        }
    }

    pub fn interval(&self) -> Option<String> {
        match self {
            Self::Percent(Some(_), interval) => interval.map(interval_words),
            _ => None,
        }
    }

    /// What it is sorted by; `None` of nothing.
    fn key(&self) -> Option<f64> {
        match self {
            Self::Percent(value, _) => *value,
            Self::Count(count) => Some(*count as f64),
            Self::Text(_) => None,
        }
    }
}

/// A click on a row, by the number that it leads to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Click {
    Primary(usize),
    Secondary(usize),
}

/// By which column rows stand, and whether the largest is first.
pub type Sorted = Option<(usize, bool)>;

impl Grid {
    /// The rows in the order of a column. Summaries stay where they are, and what
    /// has no value comes last.
    pub fn order(&self, sorted: Sorted) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        let Some((column, largest_first)) = sorted else {
            return order;
        };
        let key = |n: &usize| self.rows[*n].cells.get(column).and_then(Cell::key);
        let places: Vec<usize> = order
            .iter()
            .copied()
            .filter(|n| !self.rows[*n].summary)
            .collect();
        let mut moved = places.clone();
        moved.sort_by(|a, b| match (key(a), key(b)) {
            (Some(a), Some(b)) if largest_first => b.total_cmp(&a),
            (Some(a), Some(b)) => a.total_cmp(&b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        for (place, n) in places.into_iter().zip(moved) {
            order[place] = n;
        }
        order
    }

    /// Notes something below it that is not said there already.
    pub fn note<'a>(&mut self, warnings: impl Iterator<Item = &'a Warning>) {
        for warning in warnings {
            if !self.notes.contains(&warning.text) {
                self.notes.push(warning.text.clone());
            }
        }
    }

    /// "nose: success@0.1 97.80 [97.10, 98.44], NME 3.12".
    pub fn label(&self, row: &Row) -> String {
        let cells = self.columns.iter().zip(&row.cells).map(|(column, cell)| {
            let interval = cell.interval().map_or(String::new(), |i| format!(" {i}"));
            format!("{} {}{interval}", column.heading, cell.text())
        });
        format!("{}: {}", row.name, cells.collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        let row = |name: &str, value, summary| Row {
            name: name.into(),
            cells: vec![Cell::Percent(value, None), Cell::Count(1234)],
            summary,
            ..Row::default()
        };
        let column = |heading: &str| Column {
            heading: heading.into(),
            ..Column::default()
        };
        Grid {
            description: String::new(),
            notes: Vec::new(),
            names: "attribute".into(),
            columns: vec![column("F1"), column("known")],
            rows: vec![
                row("Bald", Some(50.0), false),
                row("Bangs", None, false),
                row("Male", Some(97.5), false),
                row("average", Some(73.75), true),
            ],
        }
    }

    #[test]
    fn sorting_leaves_the_average_last_and_what_is_not_known_before_it() {
        let grid = grid();
        assert_eq!(grid.order(None), [0, 1, 2, 3]);
        assert_eq!(grid.order(Some((0, false))), [0, 2, 1, 3]);
        assert_eq!(grid.order(Some((0, true))), [2, 0, 1, 3]);
    }

    #[test]
    fn a_row_is_said_with_its_columns() {
        let mut grid = grid();
        let actual = |grid: &Grid, n: usize| grid.label(&grid.rows[n]);
        assert_eq!(actual(&grid, 1), "Bangs: F1 –, known 1,234");
        grid.rows[0].cells[0] = Cell::Percent(Some(50.0), Some([41.234, 58.0]));
        assert_eq!(
            actual(&grid, 0),
            "Bald: F1 50.00 [41.23, 58.00], known 1,234"
        );
    }
}
