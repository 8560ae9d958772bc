//! A summary as text.

use std::fmt;

use super::{
    AttributeSummary, ColumnSummary, Identities, PointSummary, SHOWN_VALUES, Summary, TaskSummary,
    percent,
};
use crate::humanize::counted;

/// Problems that are printed one by one.
const SHOWN_PROBLEMS: usize = 10;

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(
            f,
            "{}: {} in {}",
            self.name,
            counted(self.faces, "face"),
            counted(self.pictures, "picture")
        )?;
        if self.faces_in_a_picture > 1 {
            writeln!(f, "  up to {} faces in a picture", self.faces_in_a_picture)?;
        }
        let list = |counts: Vec<(&str, usize)>| {
            let parts: Vec<_> = counts
                .iter()
                .map(|(name, n)| format!("{name} {n}"))
                .collect();
            parts.join(", ")
        };
        let splits = self.splits.iter().map(|(name, n)| (name.as_str(), *n));
        writeln!(f, "splits: {}", list(splits.collect()))?;
        let Identities {
            faces,
            distinct,
            in_several_splits,
        } = self.identities;
        match faces {
            0 => writeln!(f, "identities: none known")?,
            _ => writeln!(
                f,
                "identities: {distinct}, known of {}; {in_several_splits} of them in several splits",
                counted(faces, "face")
            )?,
        }
        let boxes = self.boxes.iter().map(|(name, n)| (name.as_str(), *n));
        writeln!(f, "boxes: {}", list(boxes.collect()))?;
        for task in &self.tasks {
            write!(f, "{task}")?;
        }
        for column in &self.columns {
            let ColumnSummary {
                name,
                known,
                distinct,
                values,
            } = column;
            let values = values
                .iter()
                .map(|(value, n)| (value.as_str(), *n))
                .collect();
            writeln!(
                f,
                "\ncolumn {name}: {}, known of {}",
                counted(*distinct, "value"),
                counted(*known, "face")
            )?;
            let more = if *distinct > SHOWN_VALUES {
                ", …"
            } else {
                ""
            };
            writeln!(f, "  {}{more}", list(values))?;
        }
        writeln!(f, "\nproblems: {}", self.problems.len())?;
        for problem in self.problems.iter().take(SHOWN_PROBLEMS) {
            writeln!(f, "  {problem}")?;
        }
        if self.problems.len() > SHOWN_PROBLEMS {
            writeln!(f, "  … and {} more", self.problems.len() - SHOWN_PROBLEMS)?;
        }
        Ok(())
    }
}

impl fmt::Display for TaskSummary {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self {
            name,
            faces,
            complete,
            ..
        } = self;
        writeln!(
            f,
            "\n{name}: known of {}, all of it of {complete}",
            counted(*faces, "face")
        )?;
        if *faces == 0 {
            return Ok(());
        }
        let names = self
            .points
            .iter()
            .map(|p| &p.name)
            .chain(self.attributes.iter().map(|a| &a.name));
        let width = names.map(String::len).max().unwrap_or(0);
        for PointSummary {
            name,
            known,
            occluded,
        } in &self.points
        {
            writeln!(
                f,
                "  {name:width$}  known {known:>7}  occluded {occluded:>6}"
            )?;
        }
        for AttributeSummary {
            name,
            known,
            present,
        } in &self.attributes
        {
            if *known == 0 {
                writeln!(f, "  {name:width$}  unknown")?;
                continue;
            }
            let share = percent(*present, *known);
            writeln!(
                f,
                "  {name:width$}  known {known:>7}  present {present:>7} ({share:5.1} %)"
            )?;
        }
        Ok(())
    }
}
