//! A report as tables: for a terminal, Markdown or LaTeX.

mod build;
mod latex;
mod notes;

#[cfg(test)]
mod tests;

use std::fmt::Write;

pub use build::{averaged_items, row_name, tables};
pub use notes::{
    each_intervals_text, few_in_slices, fewer_items, heading, interval_words, intervals_text,
    measured_text, percent, wilson_text,
};

/// A table of text. The first columns are names, the others numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    pub title: String,
    /// What a paper's text calls it; no two of one document are alike.
    pub label: String,
    /// The task that it is of.
    pub task: String,
    /// The column by which it is sliced.
    pub by: Option<String>,
    pub header: Vec<String>,
    /// Rows that belong together stand in one group.
    pub groups: Vec<Vec<Vec<String>>>,
    /// How many columns are names.
    pub names: usize,
}

/// How tables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    Text,
    Markdown,
    Latex,
}

impl Table {
    pub fn write(&self, document: Document) -> String {
        match document {
            Document::Text => self.text(),
            Document::Markdown => self.markdown(),
            Document::Latex => self.latex(&[]),
        }
    }

    fn rows(&self) -> impl Iterator<Item = &Vec<String>> {
        self.groups.iter().flatten()
    }

    fn text(&self) -> String {
        let wide = |s: &String| s.chars().count();
        // Long headings of numbers are broken, so that columns are as wide as their numbers.
        let cells = |c: usize| self.rows().map(move |r| wide(&r[c])).max().unwrap_or(0);
        let headings: Vec<Vec<String>> = self
            .header
            .iter()
            .enumerate()
            .map(|(c, h)| match c < self.names {
                true => vec![h.clone()],
                false => broken(h, cells(c).max(8)),
            })
            .collect();
        let widths: Vec<usize> = (0..self.header.len())
            .map(|c| cells(c).max(headings[c].iter().map(wide).max().unwrap_or(0)))
            .collect();
        let lines = headings.iter().map(Vec::len).max().unwrap_or(0);
        let heading = (0..lines).map(|n| -> Vec<String> {
            // Their last lines stand beside each other.
            let line = |h: &Vec<String>| (n + h.len()).checked_sub(lines).map(|at| h[at].clone());
            headings
                .iter()
                .map(|h| line(h).unwrap_or_default())
                .collect()
        });
        let mut text = format!("{}\n", self.title);
        for row in heading.chain(self.rows().cloned()) {
            let mut line = String::new();
            for (c, (cell, &width)) in row.iter().zip(&widths).enumerate() {
                // Writing to a string cannot fail.
                let _ = match c < self.names {
                    true => write!(line, "  {cell:width$}"),
                    false => write!(line, "  {cell:>width$}"),
                };
            }
            text += line.trim_end();
            text.push('\n');
        }
        text
    }

    fn markdown(&self) -> String {
        let escaped = |s: &String| s.replace('|', "\\|");
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let mut text = format!("**{}**\n\n", self.title);
        text += &line(self.header.iter().map(escaped).collect());
        let rule = |c| if c < self.names { ":--" } else { "--:" }.to_owned();
        text += &line((0..self.header.len()).map(rule).collect());
        for row in self.rows() {
            text += &line(row.iter().map(escaped).collect());
        }
        text
    }
}

/// `text` in lines of at most `width` letters, as far as its blanks allow.
fn broken(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
