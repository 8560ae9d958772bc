//! What there is to learn from: the known labels of the faces to train on, counted before a run
//! starts, since a loss over nothing is zero and looks like success.

use std::fmt;

use anyhow::{Result, ensure};

use super::config::TrainConfig;
use crate::dataset::{Dataset, Sample, Split, TaskSummary};
use crate::humanize::{counted, thousands};
use crate::label::{Schema, Untrained, UntrainedReason};
use crate::measure::FEW_UNITS;

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
    /// Faces of the test split, which are left alone.
    pub test: usize,
    /// What is known of the faces for validation.
    pub validated: Vec<TaskSummary>,
    /// What those labels do not teach.
    pub untrained: Untrained,
    /// The tasks whose loss has no weight, so that their labels teach nothing.
    unweighted: Vec<usize>,
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
        let test = set.samples.iter();
        let test = test.filter(|s| s.split == Some(Split::Test)).count();
        let labels = train().map(|s| &*s.annotation.tasks);
        Self {
            name: set.name.clone(),
            train: train().count(),
            validation: validation().count(),
            test,
            tasks: tasks
                .clone()
                .map(|(t, task)| TaskSummary::of(task, t, train()))
                .collect(),
            validated: tasks
                .map(|(t, task)| TaskSummary::of(task, t, validation()))
                .collect(),
            untrained: Untrained::of_labels(&set.schema, labels),
            schema: set.schema.clone(),
            unweighted: Vec::new(),
        }
    }

    /// What they teach under these settings: nothing of a task whose loss has a weight of 0.
    pub fn weighted(mut self, config: &TrainConfig) -> Self {
        for (t, task) in self.schema.tasks.iter().enumerate() {
            if config.loss_weight(task) == 0.0 && self.known(t) {
                self.untrained.leave_out(task, UntrainedReason::NoWeight);
                self.unweighted.push(t);
            }
        }
        self
    }

    /// Whether any label of a task is known.
    fn known(&self, task: usize) -> bool {
        self.tasks.get(task).is_some_and(|t| t.faces > 0)
    }

    /// Whether any label of a task is known, and its loss has a weight.
    pub fn teach(&self, task: usize) -> bool {
        self.known(task) && !self.is_unweighted(task)
    }

    pub fn is_unweighted(&self, task: usize) -> bool {
        self.unweighted.contains(&task)
    }

    /// Refuses to train on nothing. `only` is the one task to be trained, if it is one.
    pub fn check(&self, only: Option<&str>) -> Result<()> {
        let Self { name, train, .. } = self;
        ensure!(
            *train > 0,
            "{name}: no faces to train on: {}",
            self.elsewhere()
        );
        ensure!(
            (0..self.tasks.len()).any(|t| self.known(t)),
            "{name}: no label is known of the {} to train on, so there is nothing to learn; \
             `smn-studio data` says what was read",
            counted(*train, "face")
        );
        ensure!(
            (0..self.tasks.len()).any(|t| self.teach(t)),
            "{name}: labels are known of {} alone, whose loss has a weight of 0, so there is \
             nothing to learn",
            self.names_of(|t| self.is_unweighted(t))
        );
        if let Some(only) = only {
            let position = self.schema.position(only);
            ensure!(
                position.is_some(),
                "there is no task {only:?} to train; there are {}",
                self.names_of(|_| true)
            );
            ensure!(
                position.is_some_and(|t| !self.is_unweighted(t)),
                "the loss of {only} has a weight of 0: it cannot be the one task that is trained"
            );
            ensure!(
                position.is_some_and(|t| self.known(t)),
                "{name}: no label of {only} is known of the {} to train on",
                counted(*train, "face")
            );
        }
        Ok(())
    }

    /// Where all faces are, of which none is for training.
    fn elsewhere(&self) -> String {
        let (validation, test) = (self.validation, self.test);
        let one = |n: usize, split: Split| match n {
            1 => format!("the only one is of the split {split}"),
            n => format!("all {} are of the split {split}", thousands(n)),
        };
        match (validation, test) {
            (0, 0) => "there are none at all".into(),
            (n, 0) => one(n, Split::Validation),
            (0, n) => one(n, Split::Test),
            _ => {
                let are = if validation == 1 { "is" } else { "are" };
                let (validation, test) = (counted(validation, "face"), thousands(test));
                format!("{validation} {are} of the split validation, {test} of the split test")
            }
        }
    }

    fn names_of(&self, is: impl Fn(usize) -> bool) -> String {
        let tasks = self.schema.tasks.iter().enumerate();
        let names = tasks.filter(|(t, _)| is(*t)).map(|(_, t)| t.name.as_str());
        names.collect::<Vec<_>>().join(" and ")
    }

    /// What to say aloud before the start.
    pub fn warnings(&self) -> Vec<String> {
        let mut lines = self.untrained.sentences(&self.schema);
        for (t, task) in self.schema.tasks.iter().enumerate() {
            let (name, known) = (&task.name, self.validated[t].faces);
            if self.validation == 0 || !self.teach(t) {
                continue;
            }
            if known == 0 {
                lines.push(format!(
                    "no label of {name} is known in validation, so its last weights are kept and \
                     not its best"
                ));
            } else if known < FEW_UNITS {
                lines.push(format!(
                    "labels of {name} are known of {} for validation, too few (below {FEW_UNITS}): \
                     chance may decide which weights are kept",
                    counted(known, "face")
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
        if *validation > 0 {
            let known = self.validated.iter();
            let known = known.map(|t| format!("{} of {}", t.name, counted(t.faces, "face")));
            let known: Vec<String> = known.collect();
            writeln!(f, "\nfor validation are known: {}", known.join(", "))?;
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
        let actual = refused("a.png,train,,,,\nb.png,val,1,2,1,1\n", None);
        assert!(
            actual.contains("no label is known of the 1 face to train on"),
            "{actual}"
        );
        for (rows, why) in [
            ("a.png,test,1,2,1,1\n", "the only one is of the split test"),
            (
                "a.png,val,1,2,1,1\nb.png,val,,,1,\n",
                "all 2 are of the split validation",
            ),
            (
                "a.png,val,1,2,1,1\nb.png,test,,,1,\nc.png,val,,,,\n",
                "2 faces are of the split validation, 1 of the split test",
            ),
            ("", "there are none at all"),
        ] {
            let actual = refused(rows, None);
            let text = format!("no faces to train on: {why}");
            assert!(actual.contains(&text), "{text}: {actual}");
        }
        let actual = refused("a.png,,,,1,1\n", Some("landmarks"));
        assert!(actual.contains("no label of landmarks"), "{actual}");
        let actual = refused("a.png,,,,1,1\n", Some("ears"));
        assert!(actual.contains("landmarks and attributes"), "{actual}");
    }

    #[test]
    fn what_is_known_is_counted_over_the_faces_to_train_on() {
        let found = labels("a.png,train,1,2,1,\nb.png,,,,1,-1\nc.png,val,3,4,,\n");
        found.check(None).unwrap();
        found.check(Some("attributes")).unwrap();
        assert_eq!((found.train, found.validation), (2, 1));
        assert_eq!([found.tasks[0].faces, found.tasks[1].faces], [1, 2]);
        assert_eq!([0, 1].map(|t| found.validated[t].faces), [1, 0]);
        let text = found.to_string();
        assert!(text.contains("nose"), "{text}");
        let known = "for validation are known: landmarks of 1 face, attributes of 0 faces";
        assert!(text.contains(known), "{text}");
        let warnings = found.warnings().join("\n");
        for part in [
            "4 landmarks are not taught: no label known (left_eye, right_eye, left_mouth, right_mouth)",
            "Smiling is not taught: every label present",
            "Male is not taught: every label absent",
            "labels of landmarks are known of 1 face for validation, too few (below 30)",
            "no label of attributes is known in validation",
        ] {
            assert!(warnings.contains(part), "{part}: {warnings}");
        }
    }
}
