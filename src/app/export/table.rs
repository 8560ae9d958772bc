//! Tables of text.

use crate::app::Studio;
use crate::app::attributes::rows;

/// A heading and rows of as many cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub heading: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new(heading: &[&str]) -> Self {
        Self {
            heading: heading.iter().map(|h| (*h).to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    fn lines(&self) -> impl Iterator<Item = &Vec<String>> {
        std::iter::once(&self.heading).chain(&self.rows)
    }

    /// RFC 4180.
    pub fn csv(&self) -> String {
        let quoted = |cell: &String| match cell.contains([',', '"', '\n', '\r']) {
            true => format!("\"{}\"", cell.replace('"', "\"\"")),
            false => cell.clone(),
        };
        let line = |row: &Vec<String>| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n";
        self.lines().map(line).collect()
    }

    pub fn markdown(&self) -> String {
        let escaped = |cell: &String| cell.replace('|', "\\|").replace('\n', " ");
        let line = |row: &Vec<String>| {
            let cells: Vec<_> = row.iter().map(escaped).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let rule = vec!["---".to_owned(); self.heading.len()];
        let mut text = line(&self.heading) + &line(&rule);
        text.extend(self.rows.iter().map(line));
        text
    }
}

impl Studio {
    /// What is predicted and labelled of the attributes of the face that is shown.
    pub(super) fn attribute_table(&self) -> Option<Table> {
        let schema = self.network.as_ref().map(|n| &n.schema)?;
        let rows = rows(self.list.shown()?, schema);
        let mut table = Table::new(&["attribute", "part", "probability", "label", "other"]);
        for row in &rows {
            let label = row.label.map_or("", |yes| if yes { "1" } else { "-1" });
            let other = row.other.map_or(String::new(), |v| format!("{v:.4}"));
            table.rows.push(vec![
                row.name.clone(),
                row.group.to_owned(),
                format!("{:.4}", row.probability),
                label.into(),
                other,
            ]);
        }
        (!table.rows.is_empty()).then_some(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_escaped() {
        let mut table = Table::new(&["name", "value"]);
        table.rows.push(vec!["a, \"b\"".into(), "1|2".into()]);
        assert_eq!(table.csv(), "name,value\n\"a, \"\"b\"\"\",1|2\n");
        let markdown = "| name | value |\n| --- | --- |\n| a, \"b\" | 1\\|2 |\n";
        assert_eq!(table.markdown(), markdown);
    }
}
