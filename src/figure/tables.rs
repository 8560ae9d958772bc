//! What was found out about channels and towers as CSV, for whoever draws it otherwise.

use csv::Writer;

use crate::label::Schema;
use crate::model::{Effects, TaskEffect, Towers};

/// Which tower matters: a row for each task and depth.
pub fn towers_table(found: &Towers) -> Result<Vec<u8>, String> {
    let head = [
        "task",
        "depth",
        "own_norm",
        "shared_norm",
        "shared_part",
        "measure",
        "whole",
        "without_own",
        "without_shared",
        "labelled_faces",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for base in &found.tasks {
        rows.extend(found.of_task(&base.task).iter().map(|share| {
            vec![
                share.task.clone(),
                share.depth.clone(),
                share.own_norm.to_string(),
                share.shared_norm.to_string(),
                share.shared_part().to_string(),
                base.measure.to_owned(),
                number(base.value),
                number(share.without_own),
                number(share.without_shared),
                base.labelled.to_string(),
            ]
        }));
    }
    csv(&rows)
}

/// What muting each channel changes: a row for each channel, and for each task what
/// [`TaskEffect`] says of it.
pub fn effects_table(found: &Effects, schema: &Schema) -> Result<Vec<u8>, String> {
    let mut head = vec!["channel".to_owned()];
    for task in &schema.tasks {
        let names: &[&str] = match task.is_points() {
            true => &["shift_percent", "nme_change_percent"],
            false => &["change", "most_changed", "most_change"],
        };
        head.extend(names.iter().map(|name| format!("{}_{name}", task.name)));
    }
    head.push("faces".into());
    let mut rows = vec![head];
    for (channel, effects) in found.channels.iter().enumerate() {
        let mut row = vec![channel.to_string()];
        for (effect, task) in effects.iter().zip(&schema.tasks) {
            match effect {
                TaskEffect::Points {
                    shift_percent,
                    nme_change_percent,
                } => row.extend([shift_percent.to_string(), number(*nme_change_percent)]),
                TaskEffect::Binary {
                    change,
                    most,
                    most_change,
                } => {
                    let name = task.items().nth(*most).unwrap_or_default();
                    row.extend([change.to_string(), name.into(), most_change.to_string()]);
                }
            }
        }
        row.push(found.faces.to_string());
        rows.push(row);
    }
    csv(&rows)
}

/// Empty where nothing is known.
fn number(value: Option<f64>) -> String {
    value.map_or_else(String::new, |v| v.to_string())
}

fn csv(rows: &[Vec<String>]) -> Result<Vec<u8>, String> {
    let mut out = Writer::from_writer(Vec::new());
    for row in rows {
        out.write_record(row).map_err(|e| e.to_string())?;
    }
    out.into_inner().map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Layer, TowerId};

    #[test]
    fn each_channel_has_a_row_with_what_is_known() {
        let points = |nme| TaskEffect::Points {
            shift_percent: 1.5,
            nme_change_percent: nme,
        };
        let binary = TaskEffect::Binary {
            change: 0.25,
            most: 3,
            most_change: -0.5,
        };
        let found = Effects {
            tower: TowerId::Shared,
            layer: Layer::Conv1_1,
            faces: 7,
            boxes: Default::default(),
            labelled: vec![7, 0],
            channels: vec![
                vec![points(Some(0.5)), binary.clone()],
                vec![points(None), binary],
            ],
        };
        let table = String::from_utf8(effects_table(&found, &Schema::face()).unwrap()).unwrap();
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(
            lines[0],
            "channel,landmarks_shift_percent,landmarks_nme_change_percent,attributes_change,\
             attributes_most_changed,attributes_most_change,faces"
        );
        let name = Schema::face().tasks[1].items().nth(3).unwrap().to_owned();
        assert_eq!(lines[1], format!("0,1.5,0.5,0.25,{name},-0.5,7"));
        assert_eq!(lines[2], format!("1,1.5,,0.25,{name},-0.5,7"));
    }
}
