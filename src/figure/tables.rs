//! What was found out about channels and towers as tables, for whoever draws it otherwise.

use super::Table;
use crate::dataset::box_words;
use crate::label::Schema;
use crate::model::{Effects, TaskEffect, Towers};

/// Which tower matters: a row for each task and depth. `network` is the network's fingerprint.
pub fn towers_table(found: &Towers, network: &str) -> Table {
    let mut table = Table::new(&[
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
        "boxes",
        "network",
    ]);
    let boxes = box_words(&found.boxes);
    for base in &found.tasks {
        table
            .rows
            .extend(found.of_task(&base.task).iter().map(|share| {
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
                    boxes.clone(),
                    network.to_owned(),
                ]
            }));
    }
    table
}

/// What muting each channel changes: a row for each channel, and for each task what
/// [`TaskEffect`] says of it. `network` is the fingerprint of the network, whose `schema` it is.
pub fn effects_table(found: &Effects, schema: &Schema, network: &str) -> Table {
    let mut table = Table::new(&["tower", "layer", "channel"]);
    for task in &schema.tasks {
        let names: &[&str] = match task.is_points() {
            true => &["shift_percent", "nme_change_percent", "labelled_faces"],
            false => &["change", "most_changed", "most_change"],
        };
        table
            .heading
            .extend(names.iter().map(|name| format!("{}_{name}", task.name)));
    }
    let last = ["faces", "boxes", "network"].map(str::to_owned);
    table.heading.extend(last);
    let (tower, layer) = (found.tower.name(schema), found.layer.name());
    let boxes = box_words(&found.boxes);
    for (channel, effects) in found.channels.iter().enumerate() {
        let mut row = vec![tower.to_owned(), layer.clone(), channel.to_string()];
        let tasks = effects.iter().zip(&found.labelled).zip(&schema.tasks);
        for ((effect, labelled), task) in tasks {
            match effect {
                TaskEffect::Points {
                    shift_percent,
                    nme_change_percent,
                } => row.extend([
                    shift_percent.to_string(),
                    number(*nme_change_percent),
                    labelled.to_string(),
                ]),
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
        row.extend([found.faces.to_string(), boxes.clone(), network.to_owned()]);
        table.rows.push(row);
    }
    table
}

/// Empty where nothing is known.
fn number(value: Option<f64>) -> String {
    value.map_or_else(String::new, |v| v.to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::dataset::BoxSource;
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
            boxes: BTreeMap::from([(BoxSource::Labels, 6), (BoxSource::WholePicture, 1)]),
            labelled: vec![6, 0],
            channels: vec![
                vec![points(Some(0.5)), binary.clone()],
                vec![points(None), binary],
            ],
        };
        let table = effects_table(&found, &Schema::face(), "0123abcd").csv();
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(
            lines[0],
            "tower,layer,channel,landmarks_shift_percent,landmarks_nme_change_percent,\
             landmarks_labelled_faces,attributes_change,attributes_most_changed,\
             attributes_most_change,faces,boxes,network"
        );
        let name = Schema::face().tasks[1].items().nth(3).unwrap().to_owned();
        let over = "7,\"6 from the labelled points, 1 the whole picture\",0123abcd";
        let row = |values: &str| format!("shared,conv1_1,{values},6,0.25,{name},-0.5,{over}");
        assert_eq!(lines[1..], [row("0,1.5,0.5"), row("1,1.5,")]);
    }
}
