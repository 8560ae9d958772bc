//! How long measuring takes: 20,000 faces, two predictors, with and without 1,000 resamples.
//!
//! `cargo bench --bench measures`

// What goes wrong ends a bench.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::hint::black_box;
use std::time::Instant;

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use smn_studio::label::{
    Annotation, PointLabel, Prediction, Schema, TaskLabels, TaskPrediction, Untrained,
};
use smn_studio::measure::{Bootstrap, Face, Measured, Options, Predicted, Report, Who};

const FACES: usize = 20_000;
const RESAMPLES: u32 = 1000;

fn main() {
    let schema = Schema::face();
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    let annotations: Vec<Annotation> = (0..FACES)
        .map(|_| {
            let mut annotation = Annotation::unknown(&schema);
            let mut point = || PointLabel::visible([rng.random::<f32>(), rng.random::<f32>()]);
            let points = (0..5).map(|_| point()).collect();
            let values = (0..40).map(|_| rng.random_bool(0.3).into()).collect();
            annotation.tasks = vec![TaskLabels::Points(points), TaskLabels::Binary(values)];
            annotation
        })
        .collect();
    let predictions: Vec<Prediction> = (0..FACES)
        .map(|_| Prediction {
            tasks: vec![
                TaskPrediction::Points((0..5).map(|_| rng.random()).collect()),
                TaskPrediction::Binary((0..40).map(|_| rng.random()).collect()),
            ],
        })
        .collect();
    let said: Vec<Option<&Prediction>> = predictions.iter().map(Some).collect();
    let faces: Vec<Face> = annotations
        .iter()
        .map(|labels| Face {
            labels,
            box_length: None,
            identity: None,
        })
        .collect();
    let predicted =
        [("network", Who::Network), ("guess", Who::Trivial)].map(|(name, who)| Predicted {
            name,
            who,
            faces: &said,
        });
    for resamples in [0, RESAMPLES] {
        let bootstrap = (resamples > 0).then_some(Bootstrap { resamples, seed: 1 });
        let began = Instant::now();
        let measured = Measured {
            schema: &schema,
            faces: &faces,
            predicted: &predicted,
            slices: &[],
            untrained: &Untrained::default(),
            is_judged: &|_| false,
            options: Options {
                bootstrap,
                ..Options::default()
            },
        };
        black_box(Report::new(&measured, &|_, _| true));
        let took = began.elapsed().as_secs_f64();
        println!("{FACES} faces, 2 predictors, {resamples} resamples: {took:.2} s");
    }
}
