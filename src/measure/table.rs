//! A report as tables: for a terminal, Markdown or LaTeX.

use std::collections::HashSet;
use std::fmt::Write;

use super::length::Length;
use super::paired::FEW_UNITS;
use super::paper::PAPER_SOURCE;
use super::report::{Figure, Group, Measure, Options, Report, Row, RowKind, TaskFigures};
use crate::label::Task;
use crate::words::{counted, plural, thousands, title as capital};

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

/// A LaTeX table of more rows goes over pages.
const PAGE_ROWS: usize = 40;

/// How tables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    Text,
    Markdown,
    Latex,
}

/// The tables of a report: each task of which anything is known, beside the paper's rows if `with_paper`, then the averages
/// of each slice.
pub fn tables(report: &Report, with_paper: bool) -> Vec<Table> {
    let mut all = Vec::new();
    let Some((whole, parts)) = report.groups.split_first() else {
        return all;
    };
    for figures in whole.tasks.iter().filter(|f| f.any_measured()) {
        all.push(task_table(report, whole, figures));
        if with_paper && let Some(table) = paper_table(report, figures) {
            all.push(table);
        }
    }
    for by in parts.chunk_by(|a, b| a.by == b.by) {
        for t in (0..whole.tasks.len()).filter(|&t| whole.tasks[t].any_measured()) {
            all.push(slice_table(report, whole, by, t, RowKind::Average));
            // The figures' curves are of these.
            if whole.tasks[t].task.is_points() {
                all.push(slice_table(report, whole, by, t, RowKind::WholeFace));
            }
        }
    }
    set_labels(&mut all);
    all
}

/// Titles may differ in what a label cannot hold, such as letters of another script: equal ones
/// are numbered.
fn set_labels(tables: &mut [Table]) {
    let mut used = HashSet::new();
    for table in tables {
        let own = match table.label.as_str() {
            "" => label(&table.title),
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

fn task_table(report: &Report, group: &Group, figures: &TaskFigures) -> Table {
    let task = &figures.task;
    let mut header = vec![String::new(), String::new()];
    header.extend(headings(task, report));
    header.push("known".into());
    let rows = figures.predictors.first().map_or(0, |p| p.rows.len());
    let row_group = |r: usize| {
        let mut lines = Vec::new();
        for (n, predictor) in figures.predictors.iter().enumerate() {
            let row = &predictor.rows[r];
            let name = if n == 0 { row.name.as_str() } else { "" };
            let mut line = vec![name.to_owned(), predictor.name.clone()];
            line.extend(cells(row, figures, report));
            line.push(match row.kind {
                // Of how many: predictors may know different ones.
                RowKind::Average => {
                    let items = &predictor.rows[..task.len()];
                    counted(items.iter().filter(|r| r.known > 0).count(), "item")
                }
                _ => row.known.to_string(),
            });
            lines.push(line);
        }
        lines
    };
    // Nobody reads rows about nothing.
    let known = (0..rows).filter(|&r| figures.is_measured(r));
    Table {
        title: format!("{}{}", title(report, task, ""), intervals(report, group)),
        task: task.name.clone(),
        label: String::new(),
        by: None,
        header,
        groups: known.map(row_group).collect(),
        names: 2,
    }
}

/// The judged network's and the guess's paper measure, then the paper's rows.
fn paper_table(report: &Report, figures: &TaskFigures) -> Option<Table> {
    let task = &figures.task;
    let papers = report.paper(figures);
    let table = papers.first()?.table;
    let measure = Measure::of(task)[0];
    let mut header = vec![String::new()];
    header.extend(figures.predictors.iter().map(|p| p.name.clone()));
    header.extend(papers.iter().map(|p| format!("paper's {}", p.network)));
    let two = percent;
    let line = |r: usize, shown: &[usize]| {
        let rows = figures.predictors.iter().map(|p| &p.rows);
        let name = rows.clone().map(|rows| rows[r].name.clone()).take(1);
        let value = |rows: &[Row], r: usize| rows[r].figures[&measure].value;
        let ours = rows.map(|rows| match rows[r].kind {
            RowKind::Item => two(value(rows, r)),
            _ => two(mean(
                shown
                    .iter()
                    .filter(|s| **s < r)
                    .filter_map(|&s| value(rows, s)),
            )),
        });
        let theirs = papers.iter().map(|p| match p.values.get(r) {
            Some(value) => two(*value),
            None => two(Some(p.average)),
        });
        vec![name.chain(ours).chain(theirs).collect()]
    };
    let compared = |r: &usize| match papers[0].values.get(*r) {
        Some(value) => value.is_some(),
        None => true,
    };
    let shown: Vec<usize> = (0..=task.len()).filter(compared).collect();
    let all = shown.len() == task.len() + 1;
    let averages = if all {
        ""
    } else {
        "; averages over what both have"
    };
    let groups = shown.iter().map(|&r| line(r, &shown));
    Some(Table {
        title: format!(
            "{}: {} [%] beside {table} of {PAPER_SOURCE}{averages}",
            task.name,
            heading(measure, &report.options)
        ),
        task: task.name.clone(),
        label: format!("{}-paper", label(&task.name)),
        by: None,
        header,
        groups: groups.collect(),
        names: 1,
    })
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, n) = values.fold((0.0, 0_u32), |(sum, n), v| (sum + v, n + 1));
    (n > 0).then(|| sum / f64::from(n))
}

fn headings(task: &Task, report: &Report) -> impl Iterator<Item = String> {
    let measures = Measure::of(task).iter();
    measures.map(|m| heading(*m, &report.options))
}

/// All faces and each slice by one column: averages over the items, or whole faces.
fn slice_table(report: &Report, whole: &Group, slices: &[Group], t: usize, kind: RowKind) -> Table {
    let task = &whole.tasks[t].task;
    let by = slices[0].by.as_deref().unwrap_or_default();
    let mut header = vec![by.to_owned(), String::new()];
    header.extend(headings(task, report));
    header.push("faces".into());
    let groups = std::iter::once(whole).chain(slices).map(|group| {
        let predictors = group.tasks[t].predictors.iter();
        let lines = predictors.enumerate().map(|(n, predictor)| {
            let name = if n == 0 { group.value.as_str() } else { "" };
            let mut line = vec![name.to_owned(), predictor.name.clone()];
            let mut known = predictor.rows.iter().map(|r| r.known);
            let faces = match task.is_points() {
                true => known.next_back(),
                false => known.take(task.len()).max(),
            };
            let row = match kind {
                RowKind::WholeFace => task.len() + 1,
                _ => task.len(),
            };
            line.extend(cells(&predictor.rows[row], &group.tasks[t], report));
            line.push(faces.unwrap_or(0).to_string());
            line
        });
        lines.collect()
    });
    let what = match kind {
        RowKind::WholeFace => format!(" by {by}, whole faces"),
        _ if task.is_points() => format!(" by {by}, averages over points"),
        _ => format!(" by {by}, averages"),
    };
    Table {
        title: format!("{}{}", title(report, task, &what), intervals(report, whole)),
        task: task.name.clone(),
        label: String::new(),
        by: slices[0].by.clone(),
        header,
        groups: groups.collect(),
        names: 2,
    }
}

/// What the numbers are; `what` says of whom.
fn title(report: &Report, task: &Task, what: &str) -> String {
    let measured = measured_words(&report.options, task);
    format!("{}{what} [%]: {measured}", task.name)
}

/// At what the measures of a task are taken, and what the lengths are that they are shares of.
pub fn measured_words(options: &Options, task: &Task) -> String {
    if !task.is_points() {
        return format!(
            "at a probability of 0.5; ECE in {} equal bins",
            options.bins
        );
    }
    let (eyes, by) = (Length::Eyes, options.nme);
    let mut words = format!(
        "success within {}·{}; NME, AUC and failures by {}; {}",
        options.alpha,
        eyes.symbol(),
        by.symbol(),
        eyes.definition(task)
    );
    if by != eyes {
        words += &format!("; {}", by.definition(task));
    }
    words
}

/// Of what the intervals of a group are, if there are any: "1,000 resamples of 86 identities".
pub fn intervals_words(report: &Report, group: &Group) -> Option<String> {
    let (drawn, bootstrap) = (group.resampled?, report.options.bootstrap?);
    (drawn.units > 1).then(|| {
        format!(
            "{} of {}",
            counted(bootstrap.resamples as usize, "resample"),
            drawn.few().unwrap_or_else(|| drawn.drawn())
        )
    })
}

fn intervals(report: &Report, group: &Group) -> String {
    let few = || Some(format!("; {}", group.resampled?.few()?));
    match intervals_words(report, group) {
        Some(words) => format!("; 95 % intervals of {words}"),
        None => few().unwrap_or_default(),
    }
}

/// What is to be said of the intervals of slices by one column that are over few faces or
/// identities: by their names, or of many how many they are.
pub fn few_in_slices(slices: &[Group]) -> Option<String> {
    const NAMED: usize = 5;
    const SO: &str = "their intervals may be too narrow, and of one there is none";
    let few = slices.iter().filter_map(|g| {
        let by = g.by.as_deref()?;
        let drawn = g.resampled.filter(|r| r.few().is_some())?;
        Some((by, g.value.as_str(), drawn))
    });
    let few: Vec<_> = few.collect();
    let (by, ..) = few.first()?;
    if few.len() > NAMED {
        let mut units: Vec<&str> = few.iter().map(|(.., drawn)| drawn.unit()).collect();
        units.sort_unstable();
        units.dedup();
        let units: Vec<String> = units.iter().rev().map(|one| plural(2, one)).collect();
        return Some(format!(
            "{} of {} slices by {by} are of fewer than {FEW_UNITS} {}: {SO}",
            thousands(few.len()),
            thousands(slices.len()),
            units.join(" or ")
        ));
    }
    let named = few
        .iter()
        .map(|(by, value, drawn)| format!("{by} {value} ({})", drawn.drawn()));
    let named: Vec<String> = named.collect();
    Some(format!("{}: few, {SO}", named.join(", ")))
}

/// What a measure's column is called.
pub fn heading(measure: Measure, options: &Options) -> String {
    match measure {
        Measure::Success => format!("success@{}", options.alpha),
        Measure::Nme => "NME".into(),
        Measure::MedianNme => "median NME".into(),
        Measure::Auc => format!("AUC@{}", options.limit),
        Measure::Failure => format!("failure@{}", options.limit),
        Measure::Accuracy => "accuracy".into(),
        Measure::BalancedAccuracy => "balanced".into(),
        Measure::F1 => "F1".into(),
        Measure::CalibrationError => "ECE".into(),
    }
}

/// A percentage as tables have it; "–" of nothing.
pub fn percent(value: Option<f64>) -> String {
    value.map_or("–".into(), |v| format!("{v:.2}"))
}

/// An interval as tables have it.
pub fn interval_words([low, high]: [f64; 2]) -> String {
    format!("[{low:.2}, {high:.2}]")
}

/// "36 of 40" where an average is over fewer items than are known.
pub fn fewer_items(figure: &Figure, figures: &TaskFigures) -> Option<String> {
    let of = figures.measured_items();
    let items = figure.items.filter(|n| *n < of && figure.value.is_some())?;
    Some(format!("{items} of {of}"))
}

fn cells(row: &Row, figures: &TaskFigures, report: &Report) -> Vec<String> {
    let resampled = report.options.bootstrap.is_some();
    let cell = |measure: Measure| {
        let figure = &row.figures[&measure];
        let mut words = percent(figure.value);
        match (figure.value, figure.interval) {
            (Some(_), Some(interval)) => words += &format!(" {}", interval_words(interval)),
            (Some(_), None) if resampled && measure.has_interval() => words += " [–]",
            _ => {}
        }
        if let Some(items) = fewer_items(figure, figures) {
            words += &format!(" ({items})");
        }
        words
    };
    let measures = Measure::of(&figures.task);
    measures.iter().map(|m| cell(*m)).collect()
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

    /// As a paper has it: names for identifiers, and `notes` on what was measured below it.
    pub fn latex(&self, notes: &[String]) -> String {
        let last = self.header.len() - 1;
        let cell = |(c, words): (usize, &String)| match c {
            0 => latex(&words.replace('_', " ")),
            // The number of items of an average is no count of faces.
            _ if c == last && (words.ends_with(" item") || words.ends_with(" items")) => {
                String::new()
            }
            _ => latex(words),
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
                "" => label(&self.title),
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

/// What a table is called in a paper's text: its title up to the units.
fn label(title: &str) -> String {
    let name = title.split([':', '[']).next().unwrap_or_default();
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|w| !w.is_empty()).collect();
    words.join("-").to_lowercase()
}

/// `text` as LaTeX prints it.
fn latex(text: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Resampled;

    fn table() -> Table {
        let row = |cells: [&str; 3]| cells.map(String::from).to_vec();
        Table {
            title: "at 0.1·L [%]".into(),
            label: String::new(),
            task: "landmarks".into(),
            by: None,
            header: row(["", "who", "success"]),
            groups: vec![
                vec![row(["left_eye", "network", "98.10"])],
                vec![row(["average", "a|b", "–"])],
            ],
            names: 2,
        }
    }

    #[test]
    fn no_two_tables_have_one_label() {
        let titled = |title: &str| Table {
            title: title.into(),
            ..table()
        };
        // What a label cannot hold is all that tells some apart.
        let titles = [
            "a by 年, b [%]: x",
            "a by 色, b [%]: y",
            "a by b: z",
            "a by b 2",
        ];
        let mut tables = titles.map(titled);
        set_labels(&mut tables);
        let labels: Vec<&str> = tables.iter().map(|t| t.label.as_str()).collect();
        assert_eq!(labels, ["a-by-b", "a-by-b-2", "a-by-b-3", "a-by-b-2-2"]);
        let latex = tables[1].latex(&[]);
        assert!(latex.contains("\\label{tab:a-by-b-2}"), "{latex}");
    }

    #[test]
    fn many_small_slices_are_one_sentence_with_their_count() {
        let group = |n: usize, units: usize| Group {
            by: Some("pose".into()),
            value: format!("p{n}"),
            faces: units,
            resampled: Some(Resampled {
                by_identity: n.is_multiple_of(2),
                units,
            }),
            tasks: Vec::new(),
        };
        let slices: Vec<Group> = (0..40).map(|n| group(n, 2 + n)).collect();
        let words = few_in_slices(&slices).unwrap();
        assert_eq!(
            words,
            "28 of 40 slices by pose are of fewer than 30 identities or faces: their intervals may \
             be too narrow, and of one there is none"
        );
        let words = few_in_slices(&slices[26..]).unwrap();
        assert!(
            words.starts_with("pose p26 (28 identities), pose p27 (29 faces): few, "),
            "{words}"
        );
        assert_eq!(few_in_slices(&slices[28..]), None);
    }

    #[test]
    fn intervals_stand_below_their_figures_in_latex() {
        let mut table = table();
        table.groups[0][0][2] = "98.10 [97.00, 99.20]".into();
        let latex = table.latex(&[]);
        let both = "  left eye & network & 98.10 \\\\\n   &  & \\scriptsize [97.00, 99.20] \\\\\n";
        assert!(latex.contains(both), "{latex}");
        assert_eq!(latex.matches("scriptsize").count(), 1);
    }

    #[test]
    fn tables_are_aligned_and_escaped() {
        let text = table().write(Document::Text);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[1], "            who      success");
        assert_eq!(lines[2], "  left_eye  network    98.10");
        assert_eq!(lines[3], "  average   a|b            –");
        let markdown = table().write(Document::Markdown);
        assert!(markdown.contains("| :-- | :-- | --: |\n"), "{markdown}");
        assert!(markdown.contains("| average | a\\|b | – |"), "{markdown}");
        let latex = table().write(Document::Latex);
        assert!(latex.contains("left eye & network & 98.10 \\\\"), "{latex}");
        assert!(latex.contains("0.1$\\cdot$L [\\%]"), "{latex}");
        let head =
            "\\begin{table}\n\\centering\n\\caption{At 0.1$\\cdot$L [\\%]}\\label{tab:at-0-1-l}\n";
        assert!(latex.starts_with(head), "{latex}");
        let mut counted = table();
        counted.groups[1][0][2] = "5 items".into();
        let notes = ["bundled on my_set: 3 faces", "warning: few"].map(String::from);
        let latex = counted.latex(&notes);
        assert!(latex.contains("average & a|b & \\\\\n"), "{latex}");
        let note = "{\\footnotesize\\raggedright Bundled on my\\_set: 3 faces.\nWarning: few.\\par}\n\\end{table}";
        assert!(latex.contains(note), "{latex}");
        let latex = table().write(Document::Latex);
        let mut long = table();
        long.title = "attributes by Male, averages [%]: x".into();
        long.groups = vec![long.groups[0].clone(); PAGE_ROWS + 1];
        let long = long.write(Document::Latex);
        for part in ["\\begin{longtable}{llr}", "\\endhead", "\\end{longtable}"] {
            assert!(long.contains(part), "{part} is not in {long}");
        }
        assert!(long.contains("\\label{tab:attributes-by-male-averages} \\\\\n"));
        assert!(
            !long.contains("{table}") && !long.contains("{tabular}"),
            "{long}"
        );
        assert!(latex.contains("\\midrule\n  average & a|b & --"), "{latex}");
    }
}
