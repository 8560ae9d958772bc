//! A report as a table.

use super::figures::{Figures, Values};
use crate::app::Studio;
use crate::figure::Table;

impl Studio {
    /// Every figure of the report, a row each.
    pub(in crate::app) fn report_table(&self) -> Option<Table> {
        let (figures, _) = self.report()?;
        Some(table(figures))
    }
}

fn table(figures: &Figures) -> Table {
    let mut table = Table::new(&[
        "task", "item", "measure", "known", "network", "guess", "other",
    ]);
    let cell = |v: Option<f64>| v.map_or(String::new(), |v| format!("{v:.2}"));
    for task in &figures.tasks {
        let measure = if task.is_points {
            "success %"
        } else {
            "accuracy %"
        };
        let mut row = |item: &str, measure: &str, known: String, v: Values| {
            let numbers = [v.network, v.guess, v.other].map(cell);
            let words = [task.name.clone(), item.into(), measure.into(), known];
            table.rows.push(words.into_iter().chain(numbers).collect());
        };
        for bar in &task.bars {
            row(&bar.name, measure, bar.known.to_string(), bar.values);
        }
        if !task.bars.is_empty() {
            row("average", measure, String::new(), task.average);
        }
        if task.nme.network.is_some() {
            row("all points", "NME %", String::new(), task.nme);
        }
    }
    table
}
