//! The paper's own results, to print beside ours.

use crate::label::{Schema, Task};

/// Where the rows come from.
pub const PAPER_SOURCE: &str = "Matsui, Yamashita, Fujiyoshi (VISAPP 2019), on CelebA's \
    test set (19,962 faces)";

/// A network's row in the paper for one task.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct PaperRow {
    pub network: &'static str,
    /// "Table 2" or "Table 3".
    pub table: &'static str,
    /// Success at 0.1·L or accuracy of each of the task's items, in percent; `None` of those that
    /// are not compared.
    pub values: Vec<Option<f64>>,
    /// The mean of the values there are.
    pub average: f64,
}

/// Table 2: left eye, right eye, nose, left and right mouth corner.
const LANDMARKS: [(&str, [f64; 5]); 4] = [
    ("Ours, concat", [97.7, 98.0, 87.5, 94.9, 94.7]),
    ("Ours, channelwise", [96.9, 97.0, 82.2, 93.1, 93.0]),
    ("Ours, fine-tuned", [96.1, 96.0, 50.6, 85.4, 85.1]),
    ("Baseline", [96.3, 96.5, 54.0, 92.0, 91.9]),
];

/// Table 3, in CelebA's order.
#[rustfmt::skip]
const ATTRIBUTES: [(&str, [u8; 40]); 8] = [
    ("Ours, concat", [93, 81, 80, 83, 98, 95, 69, 82, 85, 94, 95, 84, 91, 95, 96, 99, 97, 97, 89, 85, 97, 92, 96, 86, 95, 71, 96, 74, 92, 94, 97, 91, 79, 78, 87, 98, 93, 84, 95, 86]),
    ("Ours, channelwise", [93, 80, 79, 82, 98, 95, 69, 81, 85, 94, 95, 85, 91, 95, 95, 99, 96, 97, 89, 85, 97, 92, 96, 86, 95, 70, 96, 74, 91, 94, 97, 91, 79, 78, 87, 98, 92, 84, 95, 85]),
    ("Ours, fine-tuned", [93, 81, 80, 83, 98, 95, 70, 83, 85, 94, 95, 86, 91, 95, 96, 99, 97, 98, 90, 85, 97, 93, 96, 86, 95, 72, 96, 75, 92, 94, 97, 91, 80, 79, 88, 98, 93, 85, 95, 86]),
    ("Baseline", [93, 81, 80, 83, 98, 95, 69, 82, 85, 94, 95, 85, 91, 95, 96, 99, 97, 97, 89, 86, 97, 93, 96, 86, 95, 71, 96, 74, 92, 94, 97, 91, 80, 79, 88, 98, 93, 85, 95, 86]),
    ("FaceTracer", [85, 76, 78, 76, 89, 88, 64, 74, 70, 80, 81, 60, 80, 86, 88, 98, 93, 90, 85, 84, 91, 87, 91, 82, 90, 64, 83, 68, 76, 84, 94, 89, 63, 73, 73, 89, 89, 68, 86, 80]),
    ("PANDA-w", [82, 73, 77, 71, 92, 89, 61, 70, 74, 81, 77, 69, 76, 82, 85, 94, 86, 88, 84, 80, 93, 82, 83, 79, 87, 62, 84, 65, 82, 81, 90, 89, 67, 76, 72, 91, 88, 67, 88, 77]),
    ("PANDA-l", [88, 78, 81, 79, 96, 92, 67, 75, 85, 93, 86, 77, 86, 86, 88, 98, 93, 94, 90, 86, 97, 93, 93, 84, 93, 65, 91, 71, 85, 87, 93, 92, 69, 77, 78, 96, 93, 67, 91, 84]),
    ("LNets+ANet", [91, 79, 81, 79, 98, 95, 68, 78, 88, 95, 84, 80, 90, 91, 92, 99, 95, 97, 90, 87, 98, 92, 95, 81, 95, 66, 91, 72, 89, 90, 96, 92, 73, 80, 82, 99, 93, 71, 93, 87]),
];

/// The paper's rows for a task: of those of its items that are `measured` what the paper has too,
/// found by name, and their average. Empty where it has none of them.
pub fn paper(task: &Task, measured: &dyn Fn(usize) -> bool) -> Vec<PaperRow> {
    let face = Schema::face();
    let rows: Vec<(&'static str, Vec<f64>)> = if task.is_points() {
        let rows = LANDMARKS.iter();
        rows.map(|(name, values)| (*name, values.to_vec()))
            .collect()
    } else {
        let rows = ATTRIBUTES.iter();
        rows.map(|(name, values)| (*name, values.map(f64::from).to_vec()))
            .collect()
    };
    let Some(theirs) = face
        .tasks
        .iter()
        .find(|t| t.is_points() == task.is_points())
    else {
        return Vec::new();
    };
    let places: Vec<Option<usize>> = task
        .items()
        .enumerate()
        .map(|(i, item)| theirs.items().position(|t| t == item && measured(i)))
        .collect();
    if places.iter().all(Option::is_none) {
        return Vec::new();
    }
    rows.into_iter()
        .map(|(network, row)| {
            let values: Vec<Option<f64>> = places.iter().map(|p| p.map(|p| row[p])).collect();
            let known: Vec<f64> = values.iter().flatten().copied().collect();
            PaperRow {
                network,
                table: if task.is_points() {
                    "Table 2"
                } else {
                    "Table 3"
                },
                average: known.iter().sum::<f64>() / known.len() as f64,
                values,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_average_as_the_paper_prints() {
        let face = Schema::face();
        let averages = |t: usize| -> Vec<f64> {
            let round = |v: f64, unit: f64| (v * unit).round() / unit;
            let unit = if t == 0 { 10.0 } else { 100.0 };
            paper(&face.tasks[t], &|_| true)
                .iter()
                .map(|r| round(r.average, unit))
                .collect()
        };
        assert_eq!(averages(0), [94.6, 92.4, 82.6, 86.1]);
        assert_eq!(averages(1)[..4], [89.23, 89.0, 89.55, 89.4]);
        let printed = [81.0, 79.0, 85.0, 87.0];
        for (row, printed) in averages(1)[4..].iter().zip(printed) {
            // 79.85 is printed as 79.
            assert!((row - printed).abs() < 0.9, "{row} {printed}");
        }
    }

    #[test]
    fn other_tasks_have_the_rows_of_what_they_share() {
        let mut task = Schema::face().tasks[1].clone();
        if let crate::label::TaskKind::Binary { attributes } = &mut task.kind {
            attributes.truncate(2);
            attributes[0].name = "Mask".into();
        }
        let rows = paper(&task, &|_| true);
        assert_eq!(rows[0].values, [None, Some(81.0)]);
        assert_eq!(rows[0].average, 81.0);
        if let crate::label::TaskKind::Binary { attributes } = &mut task.kind {
            attributes.truncate(1);
        }
        assert!(paper(&task, &|_| true).is_empty());
        let measured = |i| i == 3;
        let rows = paper(&Schema::face().tasks[0], &measured);
        assert_eq!(rows[0].values, [None, None, None, Some(94.9), None]);
        assert_eq!(rows[0].average, 94.9);
    }
}
