//! `smn-studio explain`: where the network looked for a point or an attribute.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use super::files::{Files, Opened, Output};
use super::inputs::{FaceArgs, NetworkArgs, PageArgs, named};
use crate::figure::{PhotoProvenance, Provenance, check_note, explanation_figure};
use crate::label::Untrained;
use crate::model::{Predictor, Tap, TapLayer};
use crate::photo::Photo;
use crate::study::{self, ExplainRequest, Fill, Occlusion, Target, last_tap};
use crate::terminal::{bar, outln};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Method {
    /// Occlusion: hides one patch of the input after another and measures how the output changes
    Occlusion,
    /// Weighs the maps of a layer by the answer's mean gradient: relative values, which are not
    /// what a place changes in the answer
    Gradcam,
}

/// Explains a prediction: draws which parts of the input a point or an attribute depends on.
#[derive(Args)]
pub struct ExplainArgs {
    photo: PathBuf,
    /// An attribute (Smiling), a point (left_eye) or one of its coordinates (left_eye.x)
    #[arg(long, value_name = "NAME")]
    target: String,
    #[arg(long, value_enum, default_value_t = Method::Occlusion)]
    method: Method,
    /// The figure to write: .png, .svg or .pdf
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Also draw the map of randomly initialised weights: if it looks alike, it says little about
    /// what was learned
    #[arg(long)]
    check: bool,
    /// Seed of the randomly initialised weights
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The layer of Grad-CAM; by default the task tower's last
    #[arg(long)]
    layer: Option<TapLayer>,
    /// The tower of --layer: shared, or the task's, which is the default
    #[arg(long, requires = "layer")]
    tower: Option<String>,
    /// Side of the hidden patch in input pixels
    #[arg(long, default_value_t = Occlusion::default().patch)]
    patch: usize,
    /// Stride of the patch in input pixels
    #[arg(long, default_value_t = Occlusion::default().stride)]
    stride: usize,
    /// What the patch is filled with
    #[arg(long, value_enum, default_value_t)]
    fill: Fill,
    #[command(flatten)]
    face: FaceArgs,
    #[command(flatten)]
    page: PageArgs,
    #[command(flatten)]
    network: NetworkArgs,
}

impl Files for ExplainArgs {
    fn data(&self) -> Vec<Vec<PathBuf>> {
        vec![self.face.data_sets()]
    }

    fn inputs(&self) -> Vec<PathBuf> {
        [self.network.files(), vec![self.photo.clone()]].concat()
    }

    fn outputs(&self) -> Vec<Output> {
        vec![Output::File(self.out.clone())]
    }
}

pub fn run(args: ExplainArgs, opened: &mut Opened) -> Result<()> {
    args.page.check(&args.out)?;
    let photo = Photo::open(&args.photo)?;
    let predictor = args.network.predictor()?;
    let place = args
        .face
        .place(&args.photo, &photo, predictor.schema(), opened)?;
    let face_box = place.face_box;
    let target = Target::find(predictor.schema(), &args.target)?;
    warn_of_untrained(&predictor, target);
    let request = ExplainRequest {
        target,
        method: args.method(&predictor, target)?,
        check: args.check.then_some(args.seed),
    };
    let bar = bar(request.steps()?);
    let found = request.run(&predictor, &photo.image, &face_box, |done| {
        bar.set_position(done as u64);
        true
    })?;
    bar.finish_and_clear();
    let found = found.context("stopped")?;
    if let Some(check) = &found.random {
        outln!("random weights: {}", check_note(check));
    }
    let (schema, (weights, fingerprint)) = (predictor.schema(), named(&predictor));
    let mut page = explanation_figure(
        &found,
        schema,
        place.labels.as_ref(),
        &weights,
        args.page.width_mm,
    );
    let facts = Provenance {
        photo: Some(PhotoProvenance {
            photo: args.photo.display().to_string(),
            face_box,
            source: place.source,
        }),
        data: args.face.data(),
        ..Provenance::default()
    };
    facts.note(&mut page, (&weights, &fingerprint));
    args.page.write(&page, &args.out)
}

/// Says that what is asked about was never taught.
fn warn_of_untrained(predictor: &Predictor, target: Target) {
    let (Target::Attribute { task, item }
    | Target::Point { task, item }
    | Target::Coordinate { task, item, .. }) = target;
    let untrained = Untrained::from_training(&predictor.checkpoint().training);
    let task = &predictor.schema().tasks[task];
    if let Some(name) = task.items().nth(item)
        && let Some(why) = untrained.reason(&task.name, name)
    {
        log::warn!("{name} is not taught: {why}; where the network looks for it says nothing");
    }
}

impl ExplainArgs {
    fn method(&self, predictor: &Predictor, target: Target) -> Result<study::Method> {
        Ok(match self.method {
            Method::Occlusion => study::Method::Occlusion(self.occlusion()),
            Method::Gradcam => study::Method::GradCam(Some(self.tap(predictor, target)?)),
        })
    }

    fn occlusion(&self) -> Occlusion {
        Occlusion {
            patch: self.patch,
            stride: self.stride,
            fill: self.fill,
        }
    }

    fn tap(&self, predictor: &Predictor, target: Target) -> Result<Tap> {
        let network = predictor.network();
        let last = last_tap(network, target.task()).context("the network has no convolution")?;
        let tower = match &self.tower {
            Some(name) => network.tower(name).with_context(|| {
                let tasks = predictor.schema().tasks.iter().map(|t| t.name.as_str());
                let known: Vec<&str> = ["shared"].into_iter().chain(tasks).collect();
                format!("no tower {name:?}; there are {}", known.join(", "))
            })?,
            None => last.tower,
        };
        Ok(self.layer.map_or(last, |place| Tap::at(tower, place)))
    }
}
