//! What several commands take: weights, a device, photos and boxes.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;
use image::{ImageFormat, RgbImage};

use super::files::Opened;
use crate::atomic::write_atomic;
use crate::compute::{self, DeviceChoice};
use crate::dataset::{BoxPolicy, BoxSource, FaceName, Problem, Sample, picture_box};
use crate::figure::{Format, Page};
use crate::humanize::counted;
use crate::label::{Annotation, FaceBox, Schema};
use crate::model::{self, Checkpoint, FacePrediction, Predictor};
use crate::photo::Photo;
use crate::terminal::{errln, outln};

#[derive(Args)]
pub struct NetworkArgs {
    /// Weights to use in place of the bundled ones
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
    /// Device to compute on
    #[arg(long, value_enum, default_value_t)]
    pub device: DeviceChoice,
}

impl NetworkArgs {
    pub fn files(&self) -> Vec<PathBuf> {
        self.weights.iter().cloned().collect()
    }

    pub fn predictor(&self) -> Result<Predictor> {
        let (device, name) = compute::headless(self.device)?;
        log::info!("computing on {name}");
        let checkpoint = match &self.weights {
            Some(path) => Checkpoint::load(path, &device)?,
            None => model::bundled(&device)?,
        };
        Ok(Predictor::new(checkpoint, device))
    }
}

/// How a figure is written.
#[derive(Args)]
pub struct PageArgs {
    /// Width of the figure in millimetres
    #[arg(long, default_value_t = 180.0, value_name = "MM")]
    pub width_mm: f32,
    /// Dots per inch of a .png
    #[arg(long, default_value_t = 300.0)]
    dpi: f32,
    /// Size of a .png in place of --dpi: 1 is 96 dots per inch, as on a screen
    #[arg(long, conflicts_with = "dpi")]
    scale: Option<f32>,
}

impl PageArgs {
    pub fn dpi(&self) -> f32 {
        self.scale.map_or(self.dpi, |scale| 96.0 * scale)
    }

    /// Refuses what cannot be drawn before anything is computed.
    pub fn check(&self, out: &Path) -> Result<Format> {
        ensure!(
            self.width_mm >= 20.0 && self.width_mm <= 2000.0,
            "--width-mm {} is not in 20 to 2000",
            self.width_mm
        );
        ensure!(
            self.dpi() >= 10.0 && self.dpi() <= 2400.0,
            "{} dots per inch are not in 10 to 2400",
            self.dpi()
        );
        Ok(Format::of(out)?)
    }

    /// Writes the page as its file's name asks.
    pub fn write(&self, page: &Page, out: &Path) -> Result<()> {
        let bytes = page.encode(self.check(out)?, self.dpi())?;
        write_atomic(out, &bytes).with_context(|| out.display().to_string())?;
        outln!("{}", out.display());
        Ok(())
    }
}

/// Writes a picture whole, as its file's name asks.
pub fn save_picture(picture: &RgbImage, path: &Path) -> Result<()> {
    let mut bytes = Cursor::new(Vec::new());
    let written = ImageFormat::from_path(path)
        .and_then(|format| picture.write_to(&mut bytes, format))
        .map_err(anyhow::Error::from);
    written
        .and_then(|()| Ok(write_atomic(path, bytes.get_ref())?))
        .with_context(|| path.display().to_string())
}

/// What figures are told of a network: its origin and its fingerprint.
pub fn named(predictor: &Predictor) -> (String, String) {
    let origin = predictor.checkpoint().origin.clone();
    (origin, predictor.network().fingerprint())
}

/// Where a photo's face is.
#[derive(Args)]
pub struct FaceArgs {
    /// The face box in photo pixels: X,Y,W,H; the picture's middle without one
    #[arg(long = "box", value_name = "X,Y,W,H")]
    face_box: Option<String>,
    /// The data set that the photo is of: the face is looked at in its box there, as predict and
    /// eval do
    #[arg(long, value_name = "DATA", conflicts_with = "face_box")]
    data: Option<PathBuf>,
    /// Which face of the photo in that data set, by the file's number for it, or from 1 in the
    /// order of the file where that has none [default: the first]
    #[arg(long, requires = "data", value_name = "N")]
    face: Option<u32>,
}

/// Where a face is in its photo, and what its data set says of it.
pub struct FacePlace {
    pub face_box: FaceBox,
    pub source: BoxSource,
    /// In the order of the schema that was asked for; `None` of a photo that is of no data set.
    pub labels: Option<Annotation>,
}

impl FaceArgs {
    /// The box that was given, or the data set's, or else the picture's, of which is said what it
    /// is.
    pub fn place(
        &self,
        path: &Path,
        photo: &Photo,
        schema: &Schema,
        opened: &mut Opened,
    ) -> Result<FacePlace> {
        if let Some(text) = &self.face_box {
            let face_box = parse_box(text)?;
            check_box(&face_box, path, [photo.width(), photo.height()])?;
            return Ok(FacePlace {
                face_box,
                source: BoxSource::Given,
                labels: None,
            });
        }
        let (width, height) = (photo.width(), photo.height());
        let ((face_box, source), labels) = match &self.data {
            Some(data) => {
                let face = self.in_data(data, path, schema, opened)?;
                let chosen = BoxPolicy::Dataset.box_of(&face, width, height);
                (chosen, Some(face.annotation))
            }
            None => (picture_box(width, height), None),
        };
        warn_of_box(&face_box, path, [width, height]);
        errln!("box: {source}");
        Ok(FacePlace {
            face_box,
            source,
            labels,
        })
    }

    /// The place of another photo that this one is compared with: a given box is not of it.
    pub fn place_of_other(
        &self,
        path: &Path,
        photo: &Photo,
        schema: &Schema,
        opened: &mut Opened,
    ) -> Result<FacePlace> {
        let other = Self {
            face_box: None,
            data: self.data.clone(),
            face: None,
        };
        other.place(path, photo, schema, opened)
    }

    /// The data set that was named; nothing without one.
    pub fn data(&self) -> String {
        let data = self.data.as_ref();
        data.map_or(String::new(), |data| data.display().to_string())
    }

    pub fn data_sets(&self) -> Vec<PathBuf> {
        self.data.iter().cloned().collect()
    }

    fn in_data(
        &self,
        data: &Path,
        path: &Path,
        schema: &Schema,
        opened: &mut Opened,
    ) -> Result<Sample> {
        let set = opened.lend(&[data.to_owned()], schema)?;
        let canonical = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let wanted = canonical(path);
        // Most pictures of a data set have another name, which costs no look at the disk.
        let faces = set.samples.iter().filter(|sample| {
            sample.path.file_name() == wanted.file_name() && canonical(&sample.path) == wanted
        });
        let faces: Vec<_> = faces.collect();
        let (name, of) = (path.display(), &set.name);
        ensure!(!faces.is_empty(), "{name} is no picture of {of}");
        let face = match self.face {
            None => faces[0],
            Some(wanted) => {
                // A number of the file's goes before a place, which is nowhere written.
                let found = [FaceName::Number(wanted), FaceName::Place(wanted)]
                    .into_iter()
                    .find_map(|which| faces.iter().find(|f| f.number_or_place() == which));
                found.with_context(|| {
                    let counted = counted(faces.len(), "face");
                    let known = faces.iter().map(|face| face.number_or_place().describe());
                    let known: Vec<String> = known.collect();
                    let known = known.join(", ");
                    format!(
                        "{name} has {counted} in {of}, {known}: --face {wanted} is none of them"
                    )
                })?
            }
        };
        Ok(Sample::clone(face))
    }
}

/// Reads `X,Y,W,H` in photo pixels.
pub fn parse_box(text: &str) -> Result<FaceBox> {
    let numbers: Vec<f32> = text
        .split(',')
        .map(|n| {
            n.trim()
                .parse()
                .with_context(|| format!("{n:?} is not a number"))
        })
        .collect::<Result<_>>()?;
    let [x, y, w, h] = numbers[..] else {
        anyhow::bail!("a box is X,Y,W,H in photo pixels, not {text:?}");
    };
    let face_box = FaceBox::new(x, y, w, h);
    ensure!(
        face_box.is_valid(),
        "a box of {w} by {h} pixels cannot be looked at"
    );
    Ok(face_box)
}

/// Refuses a box in which nothing of the photo is.
pub fn check_box(face_box: &FaceBox, photo: &Path, [width, height]: [u32; 2]) -> Result<()> {
    let FaceBox { x, y, w, h, .. } = face_box;
    ensure!(
        face_box.overlaps(width, height),
        "the box {x},{y},{w},{h} has no pixel of {}, which has {width}×{height}",
        photo.display()
    );
    Ok(())
}

/// Says that nothing of the photo is in a box of its data set's, if so.
fn warn_of_box(face_box: &FaceBox, photo: &Path, size: [u32; 2]) {
    if let Err(error) = check_box(face_box, photo, size) {
        log::warn!("{error}: what is found there is of no face");
    }
}

/// The same of many faces: the first few one by one, and how many there are.
pub fn warn_of_boxes<'a>(faces: impl Iterator<Item = (&'a Sample, &'a FacePrediction)>) {
    let outside = faces.filter(|(_, found)| {
        let [width, height] = found.picture_size;
        !found.face_box.overlaps(width, height)
    });
    let outside: Vec<_> = outside.collect();
    for (sample, found) in outside.iter().take(SHOWN) {
        warn_of_box(&found.face_box, &sample.path, found.picture_size);
    }
    if outside.len() > SHOWN {
        let more = counted(outside.len() - SHOWN, "more face");
        log::warn!("… and {more} whose box has no pixel of the picture");
    }
}

/// What is logged one by one.
const SHOWN: usize = 10;

/// Logs what in a data set could not be used: the first few one by one, and how many there are.
pub fn warn(problems: &[Problem]) {
    for problem in problems.iter().take(SHOWN) {
        log::warn!("{problem}");
    }
    if problems.len() > SHOWN {
        log::warn!("… and {}", counted(problems.len() - SHOWN, "more problem"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_read_or_refused() {
        assert_eq!(
            parse_box("1, 2,30,40").unwrap(),
            FaceBox::new(1.0, 2.0, 30.0, 40.0)
        );
        for bad in ["", "1,2,3", "1,2,0,4", "1,2,x,4", "1,2,NaN,4"] {
            assert!(parse_box(bad).is_err(), "{bad}");
        }
    }
}
