//! What weights say of the faces that made them: figures over such faces flatter them.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use serde::Serialize;
use serde_json::Value;

use crate::dataset::{Sample, Split, synthetic};
use crate::humanize::{counted, counted_of, thousands};

/// From a checkpoint's `training`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trained {
    /// Names of the data sets; none where the file does not say.
    data: BTreeSet<String>,
    /// Whether rows of the validation split chose the weights.
    by_validation: bool,
    /// What their run found against them.
    findings: Vec<String>,
}

/// What a reader of the figures must know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct Warning {
    /// In few words.
    pub badge: String,
    pub text: String,
    /// Positions of the measured faces that it is of, where these can be told.
    pub faces: Vec<u32>,
    /// The task that it is of; of all where there is none.
    pub task: Option<String>,
    /// The column by whose slices' figures it is; of all figures where there is none.
    pub by: Option<String>,
    /// Whether it is of intervals, which come later than the figures.
    pub of_intervals: bool,
}

impl From<Warning> for String {
    fn from(warning: Warning) -> Self {
        warning.text
    }
}

impl Trained {
    pub fn of(training: &Value) -> Self {
        let mut data = BTreeSet::new();
        names(training, &mut data);
        let chosen_by = training.get("chosen_by").and_then(Value::as_str);
        Self {
            data,
            by_validation: chosen_by == Some("validation"),
            findings: findings(training),
        }
    }

    /// What their run found against them, a sentence each.
    pub fn findings(&self) -> &[String] {
        &self.findings
    }

    /// What to say of measuring these faces of the data set `set` with the weights.
    pub fn warnings<'a>(&self, set: &str, faces: impl Iterator<Item = &'a Sample>) -> Vec<Warning> {
        let known = set.split('+').any(|part| self.data.contains(part));
        let (mut all, mut trained, mut marked) = (0_usize, 0, 0);
        // Whether any is of a validation split, and whether of that of these weights.
        let mut validation = None;
        for face in faces {
            all += 1;
            let own = known || self.has_folder_of(face);
            if face.split == Some(Split::Validation) {
                validation = Some(own || validation == Some(true));
            }
            match face.split {
                Some(Split::Train) if own => trained += 1,
                Some(Split::Train) => marked += 1,
                // Training takes what has no split.
                None if own => trained += 1,
                _ => {}
            }
        }
        let mut warnings = Vec::new();
        let names: Vec<&str> = self.data.iter().map(String::as_str).collect();
        let names = names.join(", ");
        if trained > 0 {
            warnings.push(Warning {
                badge: counted(trained, "training face"),
                text: format!(
                    "{} trained these weights (on {names}), so their figures flatter them",
                    counted_of(trained, all, "face")
                ),
                ..Warning::default()
            });
        }
        if marked > 0 {
            let told = match names.is_empty() {
                true => ", and the weights do not say what they were trained on".to_owned(),
                false => format!("; the weights say that they were trained on {names}"),
            };
            warnings.push(Warning {
                badge: format!("{} of the training split", thousands(marked)),
                text: format!(
                    "of the training split: {}{told}",
                    counted_of(marked, all, "face")
                ),
                ..Warning::default()
            });
        }
        let drawn = |name: &String| synthetic::is_drawn(Path::new(name));
        if self.by_validation && validation == Some(true) {
            warnings.push(Warning {
                badge: "validation chose the weights".into(),
                text: "the validation split chose these weights, so its figures flatter them"
                    .into(),
                ..Warning::default()
            });
        } else if self.by_validation && validation.is_some() && !self.data.iter().all(drawn) {
            warnings.push(Warning {
                badge: "of a validation split".into(),
                text: format!(
                    "a validation split (of the data “{}”) chose these weights: where these are \
                     faces of it, their figures flatter them",
                    names.replace(", ", "”, “")
                ),
                ..Warning::default()
            });
        }
        warnings.extend(self.findings.iter().map(|found| Warning {
            badge: found_badge(found).to_owned(),
            text: format!("the run that trained these weights found: {found}"),
            ..Warning::default()
        }));
        warnings
    }

    fn has_folder_of(&self, face: &Sample) -> bool {
        let folders = face.path.parent().into_iter().flat_map(|p| p.components());
        let mut names = folders.filter_map(|c| match c {
            Component::Normal(name) => name.to_str(),
            _ => None,
        });
        names.any(|name| self.data.contains(name))
    }
}

/// What a run found against its weights, without the numbers and reasons that follow in brackets.
fn found_badge(finding: &str) -> &str {
    finding.split_once(" (").map_or(finding, |(text, _)| text)
}

/// What was found against weights; of those that were joined from several, what is said of each
/// tower: a finding begins with its task.
fn findings(training: &Value) -> Vec<String> {
    let own = training.get("findings").and_then(Value::as_array);
    let own = own.into_iter().flatten().filter_map(Value::as_str);
    let mut all: Vec<String> = own.map(str::to_owned).collect();
    let joined = training.get("joined").and_then(Value::as_object);
    let of = |finding: &str, task: &str| finding.split_once(": ").is_some_and(|f| f.0 == task);
    let replaced =
        |finding: &String| joined.is_some_and(|j| j.keys().any(|task| of(finding, task)));
    if let Some(base) = training.get("base") {
        all.extend(findings(base).into_iter().filter(|f| !replaced(f)));
    }
    for (task, other) in joined.into_iter().flatten() {
        all.extend(findings(other).into_iter().filter(|f| of(f, task)));
    }
    all
}

/// Names of data sets, of the weights themselves and of those that they were made from.
fn names(training: &Value, out: &mut BTreeSet<String>) {
    let data = training.get("data").and_then(Value::as_array);
    let data = data.into_iter().flatten().filter_map(Value::as_str);
    out.extend(data.map(str::to_owned));
    if let Some(base) = training.get("base") {
        names(base, out);
    }
    let joined = training.get("joined").and_then(Value::as_object);
    for other in joined.into_iter().flat_map(|j| j.values()) {
        names(other, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Schema;
    use serde_json::json;
    use std::path::Path;

    fn faces(path: &str) -> Vec<Sample> {
        use Split::{Test, Train, Validation};
        let splits = [Some(Train), Some(Train), Some(Test), Some(Validation), None];
        let face = |split| Sample {
            split,
            ..Sample::unlabelled(Path::new(path), &Schema::face())
        };
        splits.map(face).to_vec()
    }

    fn badges(training: &Value, set: &str, faces: &[Sample]) -> Vec<String> {
        let warnings = Trained::of(training).warnings(set, faces.iter());
        warnings.into_iter().map(|w| w.badge).collect()
    }

    #[test]
    fn what_a_run_found_against_its_weights_is_said_of_them() {
        let found = [
            "landmarks: worse in validation than the mean face in success, better in NME (success 50.0 % against 80.0 %)",
            "attributes: stage 2 brought nothing better than its start (step 0), so it is that",
        ];
        let training = json!({"findings": found});
        let warnings = Trained::of(&training).warnings("any", [].iter());
        let badges: Vec<&str> = warnings.iter().map(|w| w.badge.as_str()).collect();
        let expected = [
            "landmarks: worse in validation than the mean face in success, better in NME",
            "attributes: stage 2 brought nothing better than its start",
        ];
        assert_eq!(badges, expected);
        assert!(warnings[1].text.ends_with(found[1]));
        // Each tower of a network that was joined has its own run's.
        let other = [
            "landmarks: not trained in stage 2 (attributes alone was)",
            "attributes: other",
        ];
        let joined = json!({"base": training, "joined": {"attributes": {"findings": other}}});
        assert_eq!(Trained::of(&joined).findings(), [found[0], other[1]]);
        assert!(
            Trained::of(&json!({}))
                .warnings("any", [].iter())
                .is_empty()
        );
    }

    #[test]
    fn training_faces_are_told_by_the_name_of_their_set() {
        let faces = faces("/somewhere/a.png");
        let own = json!({"data": ["celeba"], "chosen_by": "validation"});
        let chosen = "validation chose the weights";
        let three = ["3 training faces", chosen];
        assert_eq!(badges(&own, "celeba", &faces), three);
        assert_eq!(badges(&own, "mtfl+celeba", &faces), three);
        // A network that was joined from others has seen their faces.
        let joined =
            json!({"base": {"data": ["mtfl"]}, "joined": {"points": {"data": ["celeba"]}}});
        assert_eq!(badges(&joined, "celeba", &faces), three[..1]);
        let marked = ["2 of the training split", "of a validation split"];
        assert_eq!(badges(&own, "another", &faces), marked);
        let drawn = json!({"data": ["synthetic:60"], "chosen_by": "validation"});
        assert_eq!(badges(&drawn, "celeba", &faces), marked[..1]);
        assert_eq!(badges(&drawn, "synthetic:60", &faces), three);
        assert_eq!(badges(&Value::Null, "celeba", &faces), marked[..1]);
        assert_eq!(badges(&Value::Null, "celeba", &faces[2..]), [""; 0]);
        assert_eq!(badges(&own, "celeba", &faces[2..3]), [""; 0]);
    }

    #[test]
    fn a_folder_of_that_name_is_enough() {
        let faces = faces("/data/celeba/Img/1.png");
        let own = json!({"data": ["celeba"]});
        assert_eq!(badges(&own, "Img", &faces), ["3 training faces"]);
        let text = Trained::of(&own).warnings("Img", faces.iter());
        assert!(text[0].text.contains("3 of 5 faces trained"));
        let file = json!({"data": ["1.png"]});
        assert_eq!(badges(&file, "Img", &faces), ["2 of the training split"]);
    }
}
