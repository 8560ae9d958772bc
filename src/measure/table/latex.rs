//! Tables as LaTeX.

use std::collections::HashSet;

use super::Table;
use crate::humanize::title as capital;

/// A LaTeX table of more rows goes over pages.
pub(super) const PAGE_ROWS: usize = 40;

impl Table {
    /// As a paper has it: names for identifiers, and `notes` on what was measured below it.
    pub fn latex(&self, notes: &[String]) -> String {
        let last = self.header.len() - 1;
        let cell = |(c, message): (usize, &String)| match c {
            0 => latex(&message.replace('_', " ")),
            // The number of items of an average is no count of faces.
            _ if c == last && (message.ends_with(" item") || message.ends_with(" items")) => {
                String::new()
            }
            _ => latex(message),
        };
        let line = |row: &Vec<String>| {
            let cells: Vec<String> = row.iter().enumerate().map(cell).collect();
            format!("  {} \\\\\n", cells.join(" & ").trim_end())
        };
        // Beside their figures, intervals would make a table wider than its page.
        let rows = |row: &Vec<String>| {
            let cells: Vec<String> = row.iter().enumerate().map(cell).collect();
            let split = cells.iter().map(|cell| {
                let interval = cell.split_once(" [").filter(|(_, i)| i.ends_with(']'));
                interval.unwrap_or((cell.as_str(), ""))
            });
            let (figures, intervals): (Vec<&str>, Vec<&str>) = split.unzip();
            let mut lines = format!("  {} \\\\\n", figures.join(" & ").trim_end());
            if intervals.iter().any(|interval| !interval.is_empty()) {
                let small = intervals.iter().map(|interval| match *interval {
                    "" => String::new(),
                    interval => format!("\\scriptsize [{interval}"),
                });
                let small = small.collect::<Vec<_>>().join(" & ");
                lines += &format!("  {} \\\\\n", small.trim_end());
            }
            lines
        };
        let columns = "l".repeat(self.names) + &"r".repeat(self.header.len() - self.names);
        // Higher than a page, a float cannot be set.
        let long = self.rows().count() > PAGE_ROWS;
        let caption = format!(
            "\\caption{{{}}}\\label{{tab:{}}}",
            latex(&capital(&self.title.replace('_', " "))),
            match self.label.as_str() {
                "" => label_of(&self.title),
                own => own.to_owned(),
            }
        );
        let head = format!("  \\toprule\n{}  \\midrule\n", line(&self.header));
        let mut text = match long {
            true => format!(
                "\\begin{{longtable}}{{{columns}}}\n{caption} \\\\\n{head}  \\endfirsthead\n\
                 {head}  \\endhead\n  \\bottomrule\n  \\endfoot\n"
            ),
            false => {
                format!(
                    "\\begin{{table}}\n\\centering\n{caption}\n\\begin{{tabular}}{{{columns}}}\n{head}"
                )
            }
        };
        for (n, row) in self.rows().enumerate() {
            // An average stands apart, as tables of results have it.
            if n > 0 && row[0] == "average" {
                text += "  \\midrule\n";
            }
            text += &rows(row);
        }
        let notes: Vec<String> = notes.iter().map(|n| latex(&capital(n))).collect();
        let notes = match notes.is_empty() {
            true => String::new(),
            false => format!(
                "\\par\\smallskip\n{{\\footnotesize\\raggedright {}.\\par}}\n",
                notes.join(".\n")
            ),
        };
        text + &match long {
            true => format!("\\end{{longtable}}\n{notes}"),
            false => format!("  \\bottomrule\n\\end{{tabular}}\n{notes}\\end{{table}}\n"),
        }
    }
}

/// Titles may differ in what a label cannot hold, such as letters of another script: equal ones
/// are numbered.
pub(super) fn set_labels(tables: &mut [Table]) {
    let mut used = HashSet::new();
    for table in tables {
        let own = match table.label.as_str() {
            "" => label_of(&table.title),
            own => own.to_owned(),
        };
        let mut unique = own.clone();
        let mut n = 2;
        while !used.insert(unique.clone()) {
            unique = format!("{own}-{n}");
            n += 1;
        }
        table.label = unique;
    }
}

/// What a table is called in a paper's text: its title up to the units.
pub(super) fn label_of(title: &str) -> String {
    let name = title.split([':', '[']).next().unwrap_or_default();
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|w| !w.is_empty()).collect();
    words.join("-").to_lowercase()
}

/// `text` as LaTeX prints it.
pub(super) fn latex(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => out.extend(['\\', c]),
            '\\' => out += "\\textbackslash{}",
            '~' => out += "\\textasciitilde{}",
            '^' => out += "\\textasciicircum{}",
            '·' => out += "$\\cdot$",
            '–' => out += "--",
            'α' => out += "$\\alpha$",
            _ => out.push(c),
        }
    }
    out
}
