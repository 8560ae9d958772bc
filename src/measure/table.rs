//! Reports side by side as a table of text.

use std::fmt;

use super::TaskReport;
use crate::label::Task;

/// The same task measured for several predictors, the first of which is judged.
pub struct Comparison<'a> {
    pub task: &'a Task,
    /// Name and report of each.
    pub columns: Vec<(&'a str, &'a TaskReport)>,
}

impl fmt::Display for Comparison<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Some((_, first)) = self.columns.first() else {
            return Ok(());
        };
        if first.faces() == 0 {
            return writeln!(f, "{}: no labels", self.task.name);
        }
        let what = match first {
            TaskReport::Points { alpha, .. } => format!("success at {alpha}·L [%]"),
            TaskReport::Binary { .. } => "accuracy [%]".into(),
        };
        let items: Vec<&str> = self.task.items().collect();
        let width = items.iter().map(|i| i.len()).max().unwrap_or(0).max(7);
        writeln!(f, "{}: {what}, {} faces", self.task.name, first.faces())?;
        write!(f, "  {:width$}", "")?;
        for (name, _) in &self.columns {
            write!(f, "  {name:>10}")?;
        }
        writeln!(f, "  {:>7}", "known")?;
        for (i, item) in items.iter().enumerate() {
            let cells = self.columns.iter().map(|(_, r)| r.rates()[i].percent());
            row(f, item, width, cells)?;
            writeln!(f, "  {:>7}", first.rates()[i].of)?;
        }
        row(
            f,
            "average",
            width,
            self.columns.iter().map(|(_, r)| r.average()),
        )?;
        writeln!(f)?;
        let nme = |report: &TaskReport| match report {
            TaskReport::Points { nme_percent, .. } => *nme_percent,
            TaskReport::Binary { .. } => None,
        };
        if matches!(first, TaskReport::Points { .. }) {
            row(
                f,
                "NME [%]",
                width,
                self.columns.iter().map(|(_, r)| nme(r)),
            )?;
            writeln!(f)?;
        }
        Ok(())
    }
}

fn row(
    f: &mut fmt::Formatter,
    name: &str,
    width: usize,
    cells: impl Iterator<Item = Option<f64>>,
) -> fmt::Result {
    write!(f, "  {name:width$}")?;
    for cell in cells {
        match cell {
            Some(value) => write!(f, "  {value:>10.2}")?,
            None => write!(f, "  {:>10}", "–")?,
        }
    }
    Ok(())
}
