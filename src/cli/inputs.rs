//! What several commands take: weights, a device, photos and boxes.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::compute::{self, DeviceChoice};
use crate::dataset::Problem;
use crate::label::FaceBox;
use crate::model::{self, Checkpoint, Predictor};

#[derive(Args)]
pub struct NetworkArgs {
    /// Weights to use in place of the bundled ones
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
    /// Where to compute
    #[arg(long, value_enum, default_value_t)]
    pub device: DeviceChoice,
}

impl NetworkArgs {
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

/// Logs what in a data set could not be used: the first few one by one, and how many there are.
pub fn warn(problems: &[Problem]) {
    const SHOWN: usize = 10;
    for problem in problems.iter().take(SHOWN) {
        log::warn!("{problem}");
    }
    if problems.len() > SHOWN {
        log::warn!("… and {} more problems", problems.len() - SHOWN);
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
