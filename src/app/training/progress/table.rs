//! The curves of a run as a table.

use crate::figure::Table;
use crate::train::RunSnapshot;

/// Every point of every curve.
pub fn table(run: &RunSnapshot) -> Table {
    let mut table = Table::new(&["stage", "curve", "step", "value"]);
    for (number, stage) in &run.curves.stages {
        let losses = stage
            .loss
            .iter()
            .map(|(task, s)| (format!("loss {task}"), s));
        let validation = stage.validation.iter();
        let validation = validation.map(|(name, s)| (format!("validation {name} %"), s));
        let others = [
            ("learning rate".to_owned(), &stage.learning_rate),
            ("images a second".to_owned(), &stage.images_per_s),
        ];
        for (name, series) in losses.chain(validation).chain(others) {
            for [step, value] in series.points() {
                let numbers = [step, value].map(|v| v.to_string());
                let [step, value] = numbers;
                table
                    .rows
                    .push(vec![number.to_string(), name.clone(), step, value]);
            }
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::training::progress::example::run;

    #[test]
    fn the_table_has_every_point() {
        let (_root, run) = run();
        let csv = table(&run).csv();
        for line in [
            "stage,curve,step,value",
            "1,loss landmarks,2,0.5",
            "2,validation landmarks nme %,0,6",
            "1,learning rate,1,0.001",
        ] {
            assert!(csv.lines().any(|l| l == line), "{line}: {csv}");
        }
    }
}
