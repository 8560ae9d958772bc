//! `smn-studio explain`: where the network looked for a point or an attribute.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use super::inputs::{FaceArgs, NetworkArgs, PageArgs, box_fact};
use crate::batch::crop_image;
use crate::figure::{HeatPanel, decimals, heat_figure};
use crate::label::{Point, Prediction, TaskPrediction};
use crate::model::{
    Fill, GRAD_CAM_MEANS, HeatMap, Occlusion, Place, Predictor, Tap, Target, grad_cam,
    grad_cam_words, last_tap, occlusion, randomised, rank_correlation,
};
use crate::photo::Photo;
use crate::terminal::outln;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Method {
    /// Hides one patch of the input after another and measures what changes
    Occlusion,
    /// Weighs the maps of a layer by the answer's mean gradient: relative values, which are not
    /// what a place changes in the answer
    Gradcam,
}

/// Draws where the network looked for a point or an attribute.
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
    /// Beside it the same map from random weights: if it looks alike, it says little about what
    /// was learned
    #[arg(long)]
    check: bool,
    /// Seed of the random weights
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The layer whose maps Grad-CAM weighs; the task tower's last unless said
    #[arg(long)]
    layer: Option<Place>,
    /// The tower of --layer: shared, or the task's, which is the default
    #[arg(long, requires = "layer")]
    tower: Option<String>,
    /// Side of the hidden patch in input pixels
    #[arg(long, default_value_t = Occlusion::default().patch)]
    patch: usize,
    /// How far the patch moves at a time, in input pixels
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

pub fn run(args: ExplainArgs) -> Result<()> {
    args.page.check(&args.out)?;
    let photo = Photo::open(&args.photo)?;
    let place = args.face.place(&args.photo, &photo)?;
    let face_box = place.0;
    let predictor = args.network.predictor()?;
    let target = Target::find(predictor.schema(), &args.target).map_err(anyhow::Error::msg)?;
    let input = predictor.input_values(&photo.image, &face_box);
    let heat = heat(&args, &predictor, &input, target)?;
    let method = args.method_words(&predictor, target)?;
    let mut panels = vec![HeatPanel {
        title: format!("{}, {method}", target_words(&predictor, target)),
        note: match args.method {
            Method::Occlusion => format!("weights: {}", predictor.checkpoint().origin),
            Method::Gradcam => {
                format!(
                    "{GRAD_CAM_MEANS}; weights: {}",
                    predictor.checkpoint().origin
                )
            }
        },
        heat: &heat,
        scale: None,
    }];
    let random = args
        .check
        .then(|| heat_of_random(&args, &predictor, &input, target))
        .transpose()?;
    if let Some(random) = &random {
        let alike = rank_correlation(&heat.grid, &random.grid);
        let said = match alike {
            Some(r) => format!("rank correlation {}", decimals(r, 2)),
            None => "one of the maps is flat".into(),
        };
        outln!("random weights: {said}");
        panels.push(HeatPanel {
            title: "the same from random weights".into(),
            note: said,
            heat: random,
            scale: None,
        });
    }
    let prediction = predictor.predict(&photo.image, &[face_box]).pop();
    let prediction = prediction.context("no prediction")?;
    let transform = face_box.transform();
    let at = found(&prediction, target).map(|p| transform.to_input(p));
    let picture = crop_image(&photo.image, &transform);
    let mut page = heat_figure(&picture, at, &panels, args.page.width_mm);
    page.fact("Title", panels[0].title.clone());
    page.fact("Target", target.name(predictor.schema()));
    page.fact("Method", method);
    page.fact("FaceBox", box_fact(&place));
    args.page.write(&mut page, &predictor, &args.out)
}

impl ExplainArgs {
    /// What a figure says of the method: the patch, or which tower's map was weighed.
    fn method_words(&self, predictor: &Predictor, target: Target) -> Result<String> {
        Ok(match self.method {
            Method::Occlusion => self.occlusion().words(),
            Method::Gradcam => grad_cam_words(predictor.network(), self.tap(predictor, target)?),
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

fn heat(
    args: &ExplainArgs,
    predictor: &Predictor,
    input: &[f32],
    target: Target,
) -> Result<HeatMap> {
    let said = match args.method {
        Method::Gradcam => grad_cam(predictor, input, target, args.tap(predictor, target)?),
        Method::Occlusion => {
            let how = args.occlusion();
            how.validate().map_err(anyhow::Error::msg)?;
            let bar = super::bar(how.patches());
            let heat = occlusion(predictor, input, target, how, |done| {
                bar.set_position(done as u64);
                true
            });
            bar.finish_and_clear();
            match heat {
                Ok(Some(heat)) => Ok(heat),
                Ok(None) => bail!("stopped"),
                Err(why) => Err(why),
            }
        }
    };
    said.map_err(anyhow::Error::msg)
}

fn heat_of_random(
    args: &ExplainArgs,
    predictor: &Predictor,
    input: &[f32],
    target: Target,
) -> Result<HeatMap> {
    heat(args, &randomised(predictor, args.seed), input, target)
}

/// "left eye": what stands in an argument is "left_eye".
fn target_words(predictor: &Predictor, target: Target) -> String {
    target.name(predictor.schema()).replace('_', " ")
}

/// Where the target is in the photo, if it is a point.
fn found(prediction: &Prediction, target: Target) -> Option<Point> {
    let (Target::Point { task, item } | Target::Coordinate { task, item, .. }) = target else {
        return None;
    };
    match prediction.tasks.get(task)? {
        TaskPrediction::Points(points) => points.get(item).copied(),
        TaskPrediction::Binary(_) => None,
    }
}
