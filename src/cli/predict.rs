//! `smn-studio predict`: photos, folders and data sets to JSON lines and overlays.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::{Map, Value, json};

use super::inputs::{NetworkArgs, parse_box, save_picture, warn};
use crate::atomic::write_atomic;
use crate::dataset::{self, BoxSource, Boxes, Sample};
use crate::figure::{Overlay, overlay};
use crate::label::{FaceBox, Prediction, Schema, TaskPrediction};
use crate::model::{Found, predict_samples};
use crate::terminal::{errln, outln};
use crate::words::counted;

/// Predicts landmarks and attributes; DIR/predictions.jsonl has a line a picture.
///
/// Without --box, a face is looked at in its data set's box (an aligned one of CelebA in the place
/// of aligned faces), else in one made from its labelled points, else in the whole picture if that
/// is about square, else in its centre square; --boxes labels prefers those from points.
/// Pictures in folders below an opened one are taken too, hidden ones never.
#[derive(Args)]
pub struct PredictArgs {
    /// Photos, folders of photos, or data sets
    #[arg(required = true)]
    inputs: Vec<PathBuf>,
    /// The face box in photo pixels, for every picture: X,Y,W,H
    #[arg(long = "box", value_name = "X,Y,W,H")]
    face_box: Option<String>,
    /// In which boxes faces are looked at
    #[arg(long, value_enum, default_value_t, conflicts_with = "face_box")]
    boxes: Boxes,
    /// Folder for the results
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Also write pictures with the predictions drawn in
    #[arg(long)]
    overlay: bool,
    #[command(flatten)]
    network: NetworkArgs,
}

pub fn run(args: PredictArgs) -> Result<()> {
    let given = args.face_box.as_deref().map(parse_box).transpose()?;
    let predictor = args.network.predictor()?;
    let schema = predictor.schema().clone();
    let mut set = dataset::open_all(&args.inputs, &schema)?;
    warn(&set.problems);
    args.boxes.apply(&mut set.samples);
    if let Some(face_box) = given {
        for sample in &mut set.samples {
            sample.face_box = Some((face_box, BoxSource::Given));
        }
    }
    fs::create_dir_all(&args.out).with_context(|| args.out.display().to_string())?;
    let bar = super::bar(set.samples.len());
    let found = predict_samples(&predictor, &set.samples, |done| {
        bar.set_position(done as u64);
        true
    });
    bar.finish_and_clear();

    let mut results = Vec::new();
    for (sample, found) in set.samples.iter().zip(found) {
        match found {
            Ok(found) => results.push((sample, found)),
            Err(error) => log::warn!("left out: {error}"),
        }
    }
    ensure!(
        !results.is_empty(),
        "none of {} could be read",
        counted(set.samples.len(), "picture")
    );
    let path = args.out.join("predictions.jsonl");
    write_atomic(&path, lines(&schema, &results).as_bytes())
        .with_context(|| path.display().to_string())?;
    if args.overlay {
        overlays(&args.out, &schema, &results)?;
    }
    report(&set.samples, &results, &path);
    Ok(())
}

/// One line a picture, its faces in the order of their numbers.
fn lines(schema: &Schema, results: &[(&Sample, Found)]) -> String {
    let mut text = String::new();
    for (image, faces) in by_picture(results) {
        let faces: Vec<Value> = faces
            .iter()
            .map(|(_, found)| face_json(schema, &found.face_box, &found.prediction))
            .collect();
        let line = json!({"image": image.display().to_string(), "faces": faces});
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{line}");
    }
    text
}

/// Groups what belongs to the same picture, in the order in which pictures first appear.
fn by_picture<'a>(
    results: &'a [(&'a Sample, Found)],
) -> Vec<(&'a Path, Vec<&'a (&'a Sample, Found)>)> {
    let mut places = std::collections::HashMap::new();
    let mut groups: Vec<(&Path, Vec<_>)> = Vec::new();
    for result in results {
        let path: &Path = &result.0.path;
        let at = *places.entry(path).or_insert_with(|| {
            groups.push((path, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(result);
    }
    groups
}

/// A face as in the predictions file: points and probabilities under their task's name.
pub fn face_json(schema: &Schema, face_box: &FaceBox, prediction: &Prediction) -> Value {
    let round = |v: f32, digits: i32| {
        let unit = 10_f64.powi(digits);
        (f64::from(v) * unit).round() / unit
    };
    let mut face = Map::new();
    let FaceBox { x, y, w, h, angle } = *face_box;
    face.insert("box".into(), json!([x, y, w, h].map(|v| round(v, 3))));
    if angle != 0.0 {
        face.insert("angle".into(), json!(angle));
    }
    for (task, said) in schema.tasks.iter().zip(&prediction.tasks) {
        let values: Map<String, Value> = match said {
            TaskPrediction::Points(points) => task
                .items()
                .zip(points)
                .map(|(name, p)| (name.to_owned(), json!(p.map(|v| round(v, 3)))))
                .collect(),
            TaskPrediction::Binary(values) => task
                .items()
                .zip(values)
                .map(|(name, v)| (name.to_owned(), json!(round(*v, 4))))
                .collect(),
        };
        face.insert(task.name.clone(), Value::Object(values));
    }
    Value::Object(face)
}

fn overlays(out: &Path, schema: &Schema, results: &[(&Sample, Found)]) -> Result<()> {
    let folder = out.join("overlays");
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let mut names = std::collections::HashSet::new();
    for (path, faces) in by_picture(results) {
        let Some((sample, _)) = faces.first() else {
            continue;
        };
        let photo = sample.load()?;
        let drawn: Vec<Overlay> = faces
            .iter()
            .map(|(sample, found)| Overlay {
                face_box: found.face_box,
                prediction: &found.prediction,
                labels: Some(&sample.annotation),
            })
            .collect();
        let stem = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        // Pictures of the same name in different folders do not overwrite each other.
        let name = (1..)
            .map(|n| {
                if n == 1 {
                    stem.clone()
                } else {
                    format!("{stem}-{n}")
                }
            })
            .find(|name| names.insert(name.clone()))
            .unwrap_or_else(|| stem.clone());
        if name != stem {
            errln!(
                "the overlay of {} is {name}.png: {stem}.png is another's",
                path.display()
            );
        }
        let target = folder.join(format!("{name}.png"));
        match overlay(&photo.image, schema, &drawn) {
            Some(picture) => save_picture(&picture, &target)?,
            None => log::warn!("{}: too large to draw on", path.display()),
        }
    }
    Ok(())
}

/// Says where the results are and in which boxes faces were looked at.
fn report(samples: &[Sample], results: &[(&Sample, Found)], path: &Path) {
    let mut sources = std::collections::BTreeMap::<BoxSource, usize>::new();
    for (_, found) in results {
        *sources.entry(found.source).or_default() += 1;
    }
    for (source, count) in sources {
        errln!("box: {source} ({count} of {})", results.len());
    }
    let lost = samples.len() - results.len();
    if lost > 0 {
        errln!("{} could not be read", counted(lost, "picture"));
    }
    outln!("{}", path.display());
}
