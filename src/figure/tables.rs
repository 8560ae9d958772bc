//! What was found out about channels and towers as tables, for whoever draws it otherwise.

use std::io;
use std::path::{Path, PathBuf};

use crate::atomic::write_atomic;
use crate::dataset::describe_boxes;
use crate::evaluation::Warning;
use crate::figure::table::Table;
use crate::label::Schema;
use crate::measure::{Difference, PAIRED, Resampled};
use crate::study::{Effects, Matched, Matching, TaskEffect, Towers};

/// Which tower matters: a row for each task and depth. `network` is the network's fingerprint.
/// `faces` says which faces it is over. Intervals are of 95 % over resamples of the faces.
pub fn towers_table(found: &Towers, faces: &str, network: &str) -> Table {
    let mut table = Table::new(&[
        "task",
        "depth",
        "own_norm",
        "shared_norm",
        "shared_part",
        "measure",
        "whole",
        "without_own",
        "own_change",
        "own_change_low",
        "own_change_high",
        "without_shared",
        "shared_change",
        "shared_change_low",
        "shared_change_high",
        "change",
        "labelled_faces",
        "items",
        "faces",
        "boxes",
        "resamples",
        "units",
        "unit",
        "resampling_seed",
        "network",
        "warnings",
    ]);
    let [resamples, units, unit, seed] = resampled(found.resampled);
    let boxes = describe_boxes(&found.boxes);
    for base in &found.tasks {
        let about = |w: &&Warning| w.task.as_ref().is_none_or(|task| *task == base.task);
        let warnings = badges(found.warnings.iter().filter(about));
        table
            .rows
            .extend(found.of_task(&base.task).iter().map(|share| {
                let change = |change: &Option<Difference>| {
                    let [low, high] = ends(change.and_then(|c| c.interval));
                    [number(change.map(|c| c.value)), low, high]
                };
                let mut row = vec![
                    share.task.clone(),
                    share.depth.clone(),
                    share.own_norm.to_string(),
                    share.shared_norm.to_string(),
                    share.shared_part().to_string(),
                    base.measure.to_owned(),
                    number(base.value),
                    number(share.without_own),
                ];
                row.extend(change(&share.own_change));
                row.push(number(share.without_shared));
                row.extend(change(&share.shared_change));
                row.extend([
                    base.value.map_or_else(String::new, |_| base.change_words()),
                    base.labelled.to_string(),
                    base.trained[0].to_string(),
                    faces.to_owned(),
                    boxes.clone(),
                    resamples.clone(),
                    units.clone(),
                    unit.clone(),
                    seed.clone(),
                    network.to_owned(),
                    warnings.clone(),
                ]);
                row
            }));
    }
    table
}

/// What muting each channel changes: a row for each channel, and for each task what
/// [`TaskEffect`] says of it, with the ends of its intervals. `faces` says which faces it is over,
/// `network` is the fingerprint of the network, whose `schema` it is.
pub fn effects_table(found: &Effects, schema: &Schema, faces: &str, network: &str) -> Table {
    let mut table = Table::new(&["tower", "layer", "channel"]);
    for task in &schema.tasks {
        let names: &[&str] = match task.is_points() {
            true => &[
                "shift_percent",
                "shift_low",
                "shift_high",
                "nme_change_percent",
                "nme_change_low",
                "nme_change_high",
                "labelled_faces",
            ],
            false => &[
                "mean_absolute_probability_change",
                "mean_absolute_probability_change_low",
                "mean_absolute_probability_change_high",
                "cross_entropy_change_nats",
                "cross_entropy_change_low",
                "cross_entropy_change_high",
                "most_changed",
                "most_changed_probability_change",
                "most_changed_probability_change_low",
                "most_changed_probability_change_high",
                "labelled_faces",
            ],
        };
        table
            .heading
            .extend(names.iter().map(|name| format!("{}_{name}", task.name)));
    }
    let last = [
        "measured_faces",
        "faces",
        "boxes",
        "intervals",
        "network",
        "warnings",
    ];
    table.heading.extend(last.map(str::to_owned));
    let (tower, layer) = (found.tower.name(schema), found.layer.name());
    let boxes = describe_boxes(&found.boxes);
    // The attribute that changes most was chosen by the change that its interval is of.
    let intervals = format!(
        "{}; of the most changed attribute as if it had been chosen beforehand",
        found.resampled.describe()
    );
    for (channel, effects) in found.channels.iter().enumerate() {
        let mut row = vec![tower.to_owned(), layer.clone(), channel.to_string()];
        let tasks = effects.iter().zip(&found.labelled).zip(&schema.tasks);
        for ((effect, labelled), task) in tasks {
            match effect {
                TaskEffect::Points {
                    shift_percent,
                    shift_interval,
                    nme_change_percent,
                    nme_change_interval,
                } => {
                    row.push(shift_percent.to_string());
                    row.extend(ends(*shift_interval));
                    row.push(number(*nme_change_percent));
                    row.extend(ends(*nme_change_interval));
                    row.push(labelled.to_string());
                }
                TaskEffect::Binary {
                    change,
                    change_interval,
                    loss_change,
                    loss_change_interval,
                    most,
                    most_change,
                    most_change_interval,
                } => {
                    let name = task.items().nth(*most).unwrap_or_default();
                    row.push(change.to_string());
                    row.extend(ends(*change_interval));
                    row.push(number(*loss_change));
                    row.extend(ends(*loss_change_interval));
                    row.extend([name.into(), most_change.to_string()]);
                    row.extend(ends(*most_change_interval));
                    row.push(labelled.to_string());
                }
            }
        }
        row.extend([
            found.faces.to_string(),
            faces.to_owned(),
            boxes.clone(),
            intervals.clone(),
            network.to_owned(),
            badges(&found.warnings),
        ]);
        table.rows.push(row);
    }
    table
}

/// The file of pairs in a folder of maps.
pub const MATCHES: &str = "matches.csv";

/// Writes `FOLDER/matches.csv`: which channel of the second stands in the place of which of the
/// first.
///
/// # Errors
/// If it cannot be written.
pub fn write_matches(folder: &Path, matched: &Matched) -> io::Result<PathBuf> {
    let path = folder.join(MATCHES);
    let table = matches_table(&matched.towers, &matched.faces, &matched.networks);
    write_atomic(&path, table.csv().as_bytes())
        .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))?;
    Ok(path)
}

/// Which channel of a second network answers as each of the first: a row for each pair, with the
/// channel that correlates most where others may share it. `faces` says over which faces; the
/// fingerprints are those of both networks.
pub fn matches_table(matched: &[Matching], faces: &str, networks: &[String; 2]) -> Table {
    let mut table = Table::new(&[
        "tower",
        "layer",
        "channel",
        "second_channel",
        "correlation",
        "best_channel",
        "best_correlation",
        "measured_faces",
        "faces",
        "network",
        "second_network",
    ]);
    for matching in matched {
        table.rows.extend(matching.pairs.iter().map(|pair| {
            vec![
                matching.tower.clone(),
                matching.place.name(),
                pair.channel.to_string(),
                pair.partner.to_string(),
                number(pair.correlation),
                pair.best.to_string(),
                number(pair.best_correlation),
                matching.faces.to_string(),
                faces.to_owned(),
                networks[0].clone(),
                networks[1].clone(),
            ]
        }));
    }
    table
}

/// In few words, as a table of an evaluation has them.
fn badges<'a>(warnings: impl IntoIterator<Item = &'a Warning>) -> String {
    let badges = warnings.into_iter().map(|w| w.badge.as_str());
    badges.collect::<Vec<_>>().join("; ")
}

/// Of what the intervals of a study are: how many resamples, of how many units, and by which seed.
fn resampled(drawn: Option<Resampled>) -> [String; 4] {
    drawn.map_or_else(Default::default, |drawn| {
        [
            PAIRED.resamples.to_string(),
            drawn.units.to_string(),
            drawn.unit().to_owned(),
            PAIRED.seed.to_string(),
        ]
    })
}

/// The ends of an interval, empty where there is none.
fn ends(interval: Option<[f64; 2]>) -> [String; 2] {
    [0, 1].map(|end| number(interval.map(|i| i[end])))
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
    use crate::measure::Resampled;
    use crate::model::{Layer, TapLayer, TowerId};
    use crate::study::{Base, Pair, Share};

    fn warning(badge: &str) -> Warning {
        Warning {
            badge: badge.into(),
            ..Warning::default()
        }
    }

    #[test]
    fn each_channel_has_a_row_with_what_is_known() {
        let points = |nme| TaskEffect::Points {
            shift_percent: 1.5,
            shift_interval: Some([1.0, 2.0]),
            nme_change_percent: nme,
            nme_change_interval: nme.map(|v| [-v, v]),
        };
        let binary = TaskEffect::Binary {
            change: 0.25,
            change_interval: Some([0.125, 0.5]),
            loss_change: Some(-0.75),
            loss_change_interval: Some([-1.5, 0.25]),
            most: 3,
            most_change: -0.5,
            most_change_interval: None,
        };
        let found = Effects {
            tower: TowerId::Shared,
            layer: Layer::Conv1_1,
            faces: 7,
            boxes: BTreeMap::from([(BoxSource::Labels, 6), (BoxSource::WholePicture, 1)]),
            resampled: Resampled {
                by_identity: false,
                units: 7,
            },
            labelled: vec![6, 5],
            channels: vec![
                vec![points(Some(0.5)), binary.clone()],
                vec![points(None), binary],
            ],
            warnings: ["2 training faces", "few"].map(warning).to_vec(),
        };
        let table = effects_table(&found, &Schema::face(), "all 7 faces", "0123abcd").csv();
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(
            lines[0],
            "tower,layer,channel,landmarks_shift_percent,landmarks_shift_low,\
             landmarks_shift_high,landmarks_nme_change_percent,landmarks_nme_change_low,\
             landmarks_nme_change_high,landmarks_labelled_faces,\
             attributes_mean_absolute_probability_change,\
             attributes_mean_absolute_probability_change_low,\
             attributes_mean_absolute_probability_change_high,\
             attributes_cross_entropy_change_nats,attributes_cross_entropy_change_low,\
             attributes_cross_entropy_change_high,attributes_most_changed,\
             attributes_most_changed_probability_change,\
             attributes_most_changed_probability_change_low,\
             attributes_most_changed_probability_change_high,\
             attributes_labelled_faces,measured_faces,faces,boxes,intervals,network,warnings"
        );
        let name = Schema::face().tasks[1].items().nth(3).unwrap().to_owned();
        let intervals = format!("{}; of the most", found.resampled.describe());
        assert!(lines[1].contains(&intervals), "{}", lines[1]);
        let intervals =
            format!("{intervals} changed attribute as if it had been chosen beforehand");
        let quoted = match intervals.contains(',') {
            true => format!("\"{intervals}\""),
            false => intervals,
        };
        let boxes = "\"6 in boxes from the labelled points, 1 in the whole picture\"";
        let over = format!("7,all 7 faces,{boxes},{quoted},0123abcd,2 training faces; few");
        let attributes = format!("0.25,0.125,0.5,-0.75,-1.5,0.25,{name},-0.5,,,5");
        let row = |values: &str| format!("shared,conv1_1,{values},6,{attributes},{over}");
        assert_eq!(
            lines[1..],
            [row("0,1.5,1,2,0.5,-0.5,0.5"), row("1,1.5,1,2,,,")]
        );
    }

    #[test]
    fn each_task_has_its_own_warnings() {
        let of = |task: &str| Base {
            task: task.into(),
            measure: "accuracy_percent",
            value: None,
            labelled: 0,
            trained: [1, 1],
        };
        let share = |task: &str| Share {
            task: task.into(),
            depth: "fc".into(),
            own_norm: 1.0,
            shared_norm: 2.0,
            without_own: None,
            without_shared: None,
            own_change: None,
            shared_change: None,
        };
        let own = Warning {
            task: Some("b".into()),
            ..warning("of b")
        };
        let found = Towers {
            tasks: ["a", "b"].map(of).to_vec(),
            shares: ["a", "b"].map(share).to_vec(),
            warnings: vec![warning("2 training faces"), own],
            ..Towers::default()
        };
        let table = towers_table(&found, "", "0a").csv();
        let lines: Vec<&str> = table.lines().collect();
        assert!(lines[0].ends_with(",network,warnings"));
        assert!(lines[1].ends_with(",0a,2 training faces"), "{table}");
        assert!(lines[2].ends_with(",0a,2 training faces; of b"), "{table}");
    }

    #[test]
    fn pairs_are_listed_with_their_correlation() {
        let pair = |channel, partner, correlation| Pair {
            channel,
            partner,
            correlation,
            best: 1,
            best_correlation: Some(0.75),
        };
        let matched = [Matching {
            tower: "shared".into(),
            place: TapLayer::conv(Layer::Conv1_2),
            faces: 3,
            channels: [2, 2],
            pairs: vec![pair(0, 1, Some(0.75)), pair(1, 0, None)],
        }];
        let networks = ["0a", "0b"].map(str::to_owned);
        let table = matches_table(&matched, "all 3 faces", &networks).csv();
        let lines: Vec<&str> = table.lines().collect();
        assert!(lines[0].starts_with("tower,layer,channel,second_channel,correlation,"));
        assert_eq!(
            lines[1],
            "shared,conv1_2,0,1,0.75,1,0.75,3,all 3 faces,0a,0b"
        );
        assert_eq!(lines[2], "shared,conv1_2,1,0,,1,0.75,3,all 3 faces,0a,0b");
    }
}
