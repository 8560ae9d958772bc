//! What there is to learn from: the known labels of the faces to train on, counted before a run
//! starts, since a loss over nothing is zero and looks like success.

use std::fmt;

use anyhow::{Result, ensure};

use crate::dataset::{Dataset, Sample, Split, TaskSummary};
use crate::label::Schema;
use crate::model::Untrained;
use crate::words::counted;

#[derive(Clone, Debug)]
pub struct Labels {
    /// Of the data set.
    pub name: String,
    pub schema: Schema,
    /// Faces to train on, and for validation.
    pub train: usize,
    pub validation: usize,
    /// What is known of the faces to train on.
    pub tasks: Vec<TaskSummary>,
    /// How many faces for validation have labels of each task.
    pub validated: Vec<usize>,
    /// What those labels do not teach.
    pub untrained: Untrained,
}

/// Whether a face is trained on: those without a split are.
fn is_train(sample: &&Sample) -> bool {
    matches!(sample.split, None | Some(Split::Train))
}

fn is_validation(sample: &&Sample) -> bool {
    sample.split == Some(Split::Validation)
}

impl Labels {
    pub fn of(set: &Dataset) -> Self {
        let train = || set.samples.iter().filter(is_train);
        let validation = || set.samples.iter().filter(is_validation);
        let tasks = set.schema.tasks.iter().enumerate();
        let known = |t| validation().filter(|s| s.annotation.known(t) > 0).count();
        let labels = train().map(|s| &*s.annotation.tasks);
        Self {
            name: set.name.clone(),
            train: train().count(),
            validation: validation().count(),
            tasks: tasks
                .clone()
                .map(|(t, task)| TaskSummary::of(task, t, train()))
                .collect(),
            validated: tasks.map(|(t, _)| known(t)).collect(),
            untrained: Untrained::by(&set.schema, labels),
            schema: set.schema.clone(),
        }
    }

    /// Whether any label of a task is known.
    pub fn teach(&self, task: usize) -> bool {
        self.tasks.get(task).is_some_and(|t| t.faces > 0)
    }

    /// Refuses to train on nothing. `only` is the one task to be trained, if it is one.
    pub fn check(&self, only: Option<&str>) -> Result<()> {
        let Self { name, train, .. } = self;
        ensure!(*train > 0, "{name}: no faces to train on");
        ensure!(
            (0..self.tasks.len()).any(|t| self.teach(t)),
            "{name}: no label is known of the {} to train on, so there is nothing to learn; \
             `smn-studio data` says what was read",
            counted(*train, "face")
        );
        if let Some(only) = only {
            let position = self.schema.position(only);
            ensure!(
                position.is_some(),
                "there is no task {only:?} to train; there are {}",
                self.names()
            );
            ensure!(
                position.is_some_and(|t| self.teach(t)),
                "{name}: no label of {only} is known of the {} to train on",
                counted(*train, "face")
            );
        }
        Ok(())
    }

    fn names(&self) -> String {
        let names = self.schema.tasks.iter().map(|t| t.name.as_str());
        names.collect::<Vec<_>>().join(" and ")
    }

    /// What to say aloud before the start.
    pub fn warnings(&self) -> Vec<String> {
        let untrained = self.untrained.lines(&self.schema).into_iter();
        let untrained = untrained.map(|line| format!("these data do not teach {line}"));
        let mut lines: Vec<String> = untrained.collect();
        for (t, task) in self.schema.tasks.iter().enumerate() {
            if self.validation > 0 && self.teach(t) && self.validated[t] == 0 {
                let name = &task.name;
                lines.push(format!(
                    "no label of {name} is known in validation, so its last weights are kept and \
                     not its best"
                ));
            }
        }
        lines
    }
}

impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self {
            name,
            train,
            validation,
            ..
        } = self;
        write!(
            f,
            "{name}: faces to train on {train}, for validation {validation}"
        )?;
        if *validation == 0 {
            write!(f, ", so the last weights are kept and not the best")?;
        }
        writeln!(f)?;
        for task in &self.tasks {
            write!(f, "{task}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset;

    fn labels(rows: &str) -> Labels {
        let root = tempfile::tempdir().unwrap();
        for name in ["a.png", "b.png", "c.png"] {
            std::fs::write(root.path().join(name), "").unwrap();
        }
        let table = format!("image,split,nose_x,nose_y,Smiling,Male\n{rows}");
        std::fs::write(root.path().join("faces.csv"), table).unwrap();
        Labels::of(&dataset::open(root.path(), &Schema::face()).unwrap())
    }

    #[test]
    fn nothing_to_learn_is_refused_and_said() {
        let refused = |rows: &str, only: Option<&str>| -> String {
            labels(rows).check(only).unwrap_err().to_string()
        };
        let said = refused("a.png,train,,,,\nb.png,val,1,2,1,1\n", None);
        assert!(
            said.contains("no label is known of the 1 face to train on"),
            "{said}"
        );
        let said = refused("a.png,test,1,2,1,1\n", None);
        assert!(said.contains("no faces to train on"), "{said}");
        let said = refused("a.png,,,,1,1\n", Some("landmarks"));
        assert!(said.contains("no label of landmarks"), "{said}");
        let said = refused("a.png,,,,1,1\n", Some("ears"));
        assert!(said.contains("landmarks and attributes"), "{said}");
    }

    #[test]
    fn what_is_known_is_counted_over_the_faces_to_train_on() {
        let found = labels("a.png,train,1,2,1,\nb.png,,,,1,-1\nc.png,val,3,4,,\n");
        found.check(None).unwrap();
        found.check(Some("attributes")).unwrap();
        assert_eq!((found.train, found.validation), (2, 1));
        assert_eq!([found.tasks[0].faces, found.tasks[1].faces], [1, 2]);
        assert_eq!(found.validated, [1, 0]);
        let text = found.to_string();
        assert!(text.contains("nose"), "{text}");
        let warnings = found.warnings().join("\n");
        for part in [
            "do not teach landmarks (no label known): left_eye, right_eye, left_mouth",
            "do not teach attributes (every label present): Smiling",
            "do not teach attributes (every label absent): Male",
            "no label of attributes is known in validation",
        ] {
            assert!(warnings.contains(part), "{part}: {warnings}");
        }
    }
}
