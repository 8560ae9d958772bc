//! Tables of text, as files and on the clipboard.

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
