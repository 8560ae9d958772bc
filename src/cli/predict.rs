//! `smn-studio predict`: photos, folders and data sets to JSON lines and overlays.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::{Map, Value, json};

use super::files::{Files, Opened, Output};
use super::inputs::{NetworkArgs, check_box, parse_box, save_picture, warn, warn_of_boxes};
use crate::atomic::write_atomic;
use crate::dataset::predictions::MadeBy;
use crate::dataset::{BoxPolicy, BoxSource, Sample, by_picture};
use crate::figure::{Overlay, overlay};
use crate::humanize::counted;
use crate::label::{FaceBox, Prediction, Schema, TaskPrediction, Untrained};
use crate::model::{FacePrediction, Predictor, predict_samples};
use crate::terminal::{bar, errln, outln};

/// Predicts landmarks and attributes; DIR/predictions.jsonl has a line a picture.
///
/// Without --box, a face is looked at in its data set's box (an aligned one of CelebA in the place
/// of aligned faces), else in one made from its labelled points, else in the whole picture if that
/// is about square, else in its centre square; --boxes labels prefers those from points.
/// Pictures in folders below an opened one are taken too, hidden ones never. What the network was
/// never taught is null.
#[derive(Args)]
pub struct PredictArgs {
    /// Photos, folders of photos, or data sets
    #[arg(required = true)]
    inputs: Vec<PathBuf>,
    /// The face box in photo pixels, for every picture: X,Y,W,H
    #[arg(long = "box", value_name = "X,Y,W,H")]
    face_box: Option<String>,
    /// Which face boxes to crop
    #[arg(long, value_enum, default_value_t, conflicts_with = "face_box")]
    boxes: BoxPolicy,
    /// Folder for the results
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Also write pictures with the predictions drawn in
    #[arg(long)]
    overlay: bool,
    #[command(flatten)]
    network: NetworkArgs,
}

impl Files for PredictArgs {
    fn data(&self) -> Vec<Vec<PathBuf>> {
        vec![self.inputs.clone()]
    }

    fn inputs(&self) -> Vec<PathBuf> {
        self.network.files()
    }

    fn outputs(&self) -> Vec<Output> {
        let mut outputs = Output::files(&self.out, &[RESULTS]);
        if self.overlay {
            outputs.push(Output::Folder(self.out.join(OVERLAYS)));
        }
        outputs
    }
}

/// The file of the results and the folder of pictures.
const RESULTS: &str = "predictions.jsonl";
const OVERLAYS: &str = "overlays";

pub fn run(args: PredictArgs, opened: &mut Opened) -> Result<()> {
    let given = args.face_box.as_deref().map(parse_box).transpose()?;
    let predictor = args.network.predictor()?;
    let schema = predictor.schema().clone();
    let mut set = opened.take(&args.inputs, &schema)?;
    warn(&set.problems);
    args.boxes.apply(&mut set.samples);
    if let Some(face_box) = given {
        for sample in &mut set.samples {
            // Of one that cannot be read that is said later.
            if let Ok((width, height)) = sample.picture_size() {
                check_box(&face_box, &sample.path, [width, height])?;
            }
            sample.face_box = Some((face_box, BoxSource::Given));
        }
    }
    fs::create_dir_all(&args.out).with_context(|| args.out.display().to_string())?;
    let bar = bar(set.samples.len());
    let found = predict_samples(&predictor, &set.samples, |done| {
        bar.set_position(done as u64);
        true
    });
    bar.finish_and_clear();

    let untrained = untrained(&predictor);
    let mut results = Vec::new();
    for (sample, found) in set.samples.iter().zip(found) {
        match found {
            Ok(mut found) => {
                untrained.hide(&schema, &mut found.prediction);
                results.push((sample, found));
            }
            Err(error) => log::warn!("left out: {error}"),
        }
    }
    warn_of_boxes(results.iter().map(|(sample, found)| (*sample, found)));
    ensure!(
        !results.is_empty(),
        "none of {} could be read",
        counted(set.samples.len(), "picture")
    );
    let path = args.out.join(RESULTS);
    write_atomic(&path, lines(&predictor, &results).as_bytes())
        .with_context(|| path.display().to_string())?;
    if args.overlay {
        overlays(&args.out, &schema, &results)?;
    }
    report(&set.samples, &results, &path);
    Ok(())
}

/// What the network was never taught: said once, and no answer in what is written.
pub fn untrained(predictor: &Predictor) -> Untrained {
    let untrained = Untrained::from_training(&predictor.checkpoint().training);
    for what in untrained.sentences(predictor.schema()) {
        log::warn!("{what}; null in the results");
    }
    untrained
}

/// One line a picture, its faces in the order of their file and with its numbers for them.
fn lines(predictor: &Predictor, results: &[(&Sample, FacePrediction)]) -> String {
    let (schema, made_by) = (predictor.schema(), made_by(predictor));
    let mut text = String::new();
    for faces in by_picture(results, |(sample, _)| &sample.path) {
        let image = &faces[0].0.path;
        let faces: Vec<Value> = faces
            .iter()
            .map(|(sample, found)| {
                let mut face = face_json(schema, &found.face_box, &found.prediction);
                // Its order in the line says the rest; only a file's own number finds it there.
                if let Some(number) = sample.number {
                    face["face"] = number.into();
                }
                face
            })
            .collect();
        let line = picture_json(&image.display().to_string(), &faces, &made_by);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{line}");
    }
    text
}

/// A line of the predictions file. Each says which network it is of: lines of several files may
/// come together.
pub fn picture_json(image: &str, faces: &[Value], made_by: &MadeBy) -> Value {
    let MadeBy { weights, network } = made_by;
    json!({"image": image, "weights": weights, "network": network, "faces": faces})
}

pub fn made_by(predictor: &Predictor) -> MadeBy {
    MadeBy {
        weights: Some(predictor.checkpoint().origin.clone()),
        network: Some(predictor.network().fingerprint()),
    }
}

/// A face as in the predictions file: points and probabilities under their task's name, null where
/// nothing is said.
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
                .map(|(name, p)| {
                    let known = p.iter().all(|v| v.is_finite());
                    let at = known.then(|| p.map(|v| round(v, 3)));
                    (name.to_owned(), json!(at))
                })
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

fn overlays(out: &Path, schema: &Schema, results: &[(&Sample, FacePrediction)]) -> Result<()> {
    let folder = out.join(OVERLAYS);
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let pictures = by_picture(results, |(sample, _)| &sample.path);
    let paths: Vec<&Path> = pictures.iter().map(|faces| &*faces[0].0.path).collect();
    for (faces, name) in pictures.iter().zip(overlay_names(&paths)) {
        let (sample, _) = faces[0];
        let path = &sample.path;
        if path.file_stem() != Some(name.as_ref()) {
            errln!("the overlay of {} is {name}.png", path.display());
        }
        let photo = sample.load()?;
        let drawn: Vec<Overlay> = faces
            .iter()
            .map(|(sample, found)| Overlay {
                face_box: found.face_box,
                prediction: &found.prediction,
                labels: Some(&sample.annotation),
            })
            .collect();
        let target = folder.join(format!("{name}.png"));
        match overlay(&photo.image, schema, &drawn) {
            Some(picture) => save_picture(&picture, &target)?,
            None => log::warn!("{}: too large to draw on", path.display()),
        }
    }
    Ok(())
}

/// What the overlay of each picture is called: as the picture, with its ending where others have
/// the same stem, with a number where they have the same name in other folders. None of several
/// has the bare stem, so that it is plain which is whose.
fn overlay_names(paths: &[&Path]) -> Vec<String> {
    let text = |part: Option<&OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    // Alike where upper and lower case are the same file, too.
    let count = |names: &[String]| {
        let mut count = HashMap::<String, usize>::new();
        for name in names {
            *count.entry(name.to_lowercase()).or_default() += 1;
        }
        count
    };
    let stems: Vec<String> = paths.iter().map(|p| text(p.file_stem())).collect();
    let files: Vec<String> = paths.iter().map(|p| text(p.file_name())).collect();
    let (of_stem, of_file) = (count(&stems), count(&files));
    let alone = |name: &str, count: &HashMap<String, usize>| count[&name.to_lowercase()] == 1;
    let mut taken: HashSet<String> = stems
        .iter()
        .filter(|stem| alone(stem, &of_stem))
        .map(|stem| stem.to_lowercase())
        .collect();
    let names = stems.into_iter().zip(files).map(|(stem, file)| {
        if alone(&stem, &of_stem) {
            return stem;
        }
        let numbered = (1..).map(|n| format!("{file}-{n}"));
        let first = Some(file.clone()).filter(|_| alone(&file, &of_file));
        let mut free = first.into_iter().chain(numbered);
        free.find(|name| taken.insert(name.to_lowercase()))
            .unwrap_or(file)
    });
    names.collect()
}

/// Says where the results are and in which boxes faces were looked at.
fn report(samples: &[Sample], results: &[(&Sample, FacePrediction)], path: &Path) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlays_of_pictures_of_one_name_say_whose_they_are() {
        let names = |paths: &[&str]| {
            let paths: Vec<&Path> = paths.iter().map(Path::new).collect();
            overlay_names(&paths)
        };
        assert_eq!(names(&["d/face.jpg", "d/b.png"]), ["face", "b"]);
        assert_eq!(
            names(&["d/face.jpg", "d/face.png", "d/b.png"]),
            ["face.jpg", "face.png", "b"]
        );
        assert_eq!(
            names(&["a/face.jpg", "b/face.jpg", "b/Face.png"]),
            ["face.jpg-1", "face.jpg-2", "Face.png"]
        );
        // A picture that is called as another's overlay would be.
        assert_eq!(
            names(&["a/f.jpg", "b/f.jpg", "b/f.jpg-1.png"]),
            ["f.jpg-2", "f.jpg-3", "f.jpg-1"]
        );
    }
}
