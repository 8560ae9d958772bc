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

    /// RFC 4180, but for the ends of lines.
    #[expect(clippy::expect_used, reason = "writing text into memory cannot fail")]
    pub fn csv(&self) -> String {
        let mut out = csv::WriterBuilder::new()
            .flexible(true)
            .from_writer(Vec::new());
        for row in self.lines() {
            out.write_record(row).expect("memory takes what is written");
        }
        let bytes = out.into_inner().expect("memory takes what is written");
        String::from_utf8(bytes).expect("cells are text")
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
