use super::*;
use crate::label::{FaceBox, PointLabel, Prediction, Presence, TaskLabels, TaskPrediction};
use crate::review::Status;

fn samples() -> Vec<Sample> {
    let schema = Schema::face();
    ["b.png", "a.png", "c.png"]
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let mut sample = Sample::unlabelled(std::path::Path::new(name), &schema);
            sample.split = [Some(Split::Train), None, Some(Split::Test)][i];
            sample.columns = vec![["left", "right", "left"][i].into()];
            if let TaskLabels::Points(points) = &mut sample.annotation.tasks[0] {
                for (p, x) in points.iter_mut().zip([0.0, 10.0]) {
                    *p = PointLabel::visible([x, 0.0]);
                }
            }
            if let TaskLabels::Binary(values) = &mut sample.annotation.tasks[1] {
                values[3] = [Presence::Present, Presence::Absent, Presence::Unknown][i];
            }
            sample
        })
        .collect()
}

/// The left eye is off by as many pixels as said; L is 10.
fn findings(samples: &[Sample], offs: [Option<f32>; 3], yes: [f32; 3]) -> Findings {
    let mut findings = Findings::none(3);
    for (i, off) in offs.into_iter().enumerate() {
        let Some(off) = off else { continue };
        let mut points = vec![[10.0, 0.0]; 5];
        points[0] = [0.0, off];
        let mut values = vec![0.5; 40];
        values[3] = yes[i];
        let tasks = vec![
            TaskPrediction::Points(points),
            TaskPrediction::Binary(values),
        ];
        let face_box = FaceBox::new(0.0, 0.0, 20.0, 20.0);
        let labels = Some(&samples[i].annotation);
        let prediction = Prediction { tasks };
        let finding = Finding::new(labels, &Schema::face(), face_box, prediction);
        findings.set(i, finding);
    }
    findings
}

#[test]
fn faces_are_filtered_and_sorted() {
    let samples = samples();
    let found = findings(&samples, [Some(0.5), None, Some(3.0)], [0.2, 0.0, 0.9]);
    let theirs = findings(&samples, [Some(9.0), Some(0.0), Some(4.0)], [0.0; 3]);
    let state = ReviewState {
        status: Status::Unsure,
        mended: true,
        ..ReviewState::default()
    };
    let of = Arranged {
        samples: samples.clone().into(),
        findings: found.clone(),
        other: Some(theirs),
        states: Arc::new([(2, state)].into_iter().collect()),
        schema: Schema::face(),
    };
    let shown = |a: &Arrangement| a.apply(&of);
    let sorted = |sort| {
        shown(&Arrangement {
            sort,
            ..Arrangement::default()
        })
    };
    assert_eq!(sorted(Sort::Listed), [0, 1, 2]);
    assert_eq!(sorted(Sort::Name), [1, 0, 2]);
    assert_eq!(sorted(Sort::Nme), [2, 0, 1]);
    assert_eq!(sorted(Sort::Doubt((1, 3))), [0, 2, 1]);
    assert_eq!(sorted(Sort::Confidence((1, 3))), [2, 0, 1]);
    // The label of the first is present, that of the third unknown.
    assert_eq!(sorted(Sort::AttributeError((1, 3))), [0, 1, 2]);
    assert_eq!(sorted(Sort::Disputes), [0, 1, 2]);
    assert_eq!(sorted(Sort::Difference), [0, 2, 1]);
    assert_eq!(sorted(Sort::PointError(0)), [2, 0, 1]);
    assert_eq!(sorted(Sort::PointError(1)), [0, 2, 1], "both are there");
    // Only the first has a labelled attribute that is predicted; the third is the surest one.
    assert_eq!(sorted(Sort::AttributeLoss), [0, 1, 2]);
    assert_eq!(sorted(Sort::SurestDispute), [0, 1, 2]);
    assert_eq!(sorted(Sort::LeastSure), [0, 2, 1]);

    let filtered = |change: &dyn Fn(&mut Arrangement)| {
        let mut wanted = Arrangement::default();
        change(&mut wanted);
        assert!(wanted.is_filter());
        shown(&wanted)
    };
    assert_eq!(filtered(&|a| a.text = "A.P".into()), [1]);
    assert_eq!(filtered(&|a| a.split = Some(Split::Test)), [2]);
    assert_eq!(filtered(&|a| a.columns = vec![(0, "left".into())]), [0, 2]);
    assert_eq!(filtered(&|a| a.misses = vec![None]), [2]);
    assert_eq!(filtered(&|a| a.misses = vec![Some(0)]), [2]);
    assert!(filtered(&|a| a.misses = vec![Some(1)]).is_empty());
    let any = AttributeFilter::AnyDisputed;
    assert_eq!(filtered(&|a| a.attributes = vec![any]), [0]);
    let among = Among {
        text: String::new(),
        faces: [1, 2].into(),
        by_hand: false,
    };
    assert_eq!(filtered(&|a| a.among = Some(among.clone())), [1, 2]);
    let attribute = |is| filtered(&|a| a.attributes = vec![AttributeFilter::Is((1, 3), is)]);
    assert_eq!(attribute(AttributeIs::Labelled(true)), [0]);
    assert_eq!(attribute(AttributeIs::Unlabelled), [2]);
    assert_eq!(attribute(AttributeIs::Predicted(true)), [2]);
    assert_eq!(attribute(AttributeIs::Disputed), [0]);
    // Several things of one kind, and of different kinds: all have to be so.
    let predicted = AttributeFilter::Is((1, 3), AttributeIs::Predicted(true));
    let unlabelled = AttributeFilter::Is((1, 3), AttributeIs::Unlabelled);
    assert_eq!(
        filtered(&|a| a.attributes = vec![predicted, unlabelled]),
        [2]
    );
    assert!(filtered(&|a| a.attributes = vec![predicted, any]).is_empty());
    let todo = ReviewIs::Status(Status::Todo);
    assert_eq!(filtered(&|a| a.review = vec![todo]), [0, 1]);
    assert_eq!(filtered(&|a| a.review = vec![ReviewIs::Mended]), [2]);
    let unsure = |a: &mut Arrangement| {
        a.review = vec![ReviewIs::Status(Status::Unsure), ReviewIs::Mended];
        a.attributes = vec![unlabelled];
        a.split = Some(Split::Test);
    };
    assert_eq!(filtered(&unsure), [2]);
    let disagrees = |i: usize, place| {
        let found = found.get(i).unwrap();
        disagrees(&samples[i], found, place)
    };
    assert!(disagrees(0, None) && disagrees(0, Some((1, 3))));
    assert!(disagrees(2, None), "a point misses");
    assert!(!disagrees(2, Some((1, 3))), "the label is unknown");
}
