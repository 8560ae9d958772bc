//! The figure of an explanation: where a network looked for a point or an attribute.

use super::heat::{HeatPanel, HeatPoints, heat_figure};
use super::number::decimals;
use super::page::Page;
use crate::humanize::counted;
use crate::label::{Annotation, Schema};
use crate::study::{Explanation, Method, RandomCheck, TargetLabel};

/// The figure of an explanation: its map and beside it, where it was checked, that of random weights.
/// `weights` is where the network comes from; `labels` are the face's, where it has any.
pub fn explanation_figure(
    found: &Explanation,
    schema: &Schema,
    labels: Option<&Annotation>,
    weights: &str,
    width_mm: f32,
) -> Page {
    let target = found.target.name(schema);
    let how = match found.method {
        // Its settings stand below.
        Method::Occlusion(_) => "occlusion",
        Method::GradCam(_) => &found.method_title,
    };
    let title = format!("{}, {how}", target.replace('_', " "));
    // With nothing hidden, without which one does not know what is lost of what.
    let probability = found.probability.map(|p| decimals(f64::from(p), 3));
    let label = labels.map(|labels| TargetLabel::of(labels, schema, found.target));
    let (label_text, label_fact) = label.map(label_said).unwrap_or_default();
    let answer = match &probability {
        Some(p) => format!("probability {p}{label_text}; "),
        None => String::new(),
    };
    let mut panels = vec![HeatPanel {
        title: title.clone(),
        note: match found.method {
            Method::Occlusion(o) => format!("{}; {answer}weights: {weights}", o.describe()),
            Method::GradCam(_) => format!("{answer}{}; weights: {weights}", found.method.meaning()),
        },
        heat: &found.heat,
        scale: None,
    }];
    panels.extend(found.random.as_ref().map(|check| HeatPanel {
        title: "the same from random weights".into(),
        note: check_note(check),
        heat: &check.heat,
        scale: None,
    }));
    let points = HeatPoints::of(found, label);
    let mut page = heat_figure(&found.input, points, &panels, &[], width_mm);
    page.metadata("Title", title);
    page.metadata("Target", target);
    page.metadata("Method", &found.method_title);
    if let Method::Occlusion(o) = found.method {
        page.metadata("Patch", format!("{} px", o.patch));
        page.metadata("Stride", format!("{} px", o.stride));
        page.metadata("Fill", o.fill.describe());
    }
    page.metadata("Probability", probability.unwrap_or_default());
    page.metadata("Label", label_fact);
    let seed = found.random.as_ref().map(|check| check.seed.to_string());
    page.metadata("RandomSeed", seed.unwrap_or_default());
    page
}

impl HeatPoints {
    /// The point that was asked about, beside what the face's labels say of it, where it has any.
    pub fn of(found: &Explanation, label: Option<TargetLabel>) -> Self {
        Self {
            found: found.at,
            label: match label {
                Some(TargetLabel::Point(at)) => Some(found.face_box.transform().to_input(at)),
                _ => None,
            },
            unlabelled: found.at.is_some() && label == Some(TargetLabel::Unknown),
        }
    }
}

/// What a label is, after the network's answer and in the file's own facts.
fn label_said(label: TargetLabel) -> (&'static str, String) {
    match label {
        TargetLabel::Presence(true) => (", label present", "present".into()),
        TargetLabel::Presence(false) => (", label absent", "absent".into()),
        TargetLabel::Unknown => (", label unknown", "unknown".into()),
        TargetLabel::Point([x, y]) => ("", format!("{x:.1}, {y:.1}")),
    }
}

/// "rank correlation 0.41 over 225 places (seed 1)": how alike the maps of trained and of random weights are.
pub fn check_note(check: &RandomCheck) -> String {
    match check.rank_correlation {
        Some(r) => format!(
            "rank correlation {} over {} (seed {})",
            decimals(r, 2),
            counted(check.heat.grid.len(), "place"),
            check.seed
        ),
        None => format!("one of the maps is flat (seed {})", check.seed),
    }
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;
    use crate::figure::heat::tests::even_heat;
    use crate::figure::palette::{Colour, LABEL, PREDICTION};
    use crate::label::{FaceBox, PointLabel, Presence, TaskLabels};
    use crate::study::{Occlusion, Target};

    #[test]
    fn the_label_stands_beside_the_networks_answer() {
        let schema = Schema::face();
        let attribute = Explanation {
            target: Target::find(&schema, "Smiling").unwrap(),
            method: Method::Occlusion(Occlusion::default()),
            method_title: "occlusion".into(),
            face_box: FaceBox::new(100.0, 100.0, 256.0, 256.0),
            input: RgbImage::from_pixel(128, 128, Rgb([50; 3])),
            heat: even_heat(1.0, "px"),
            at: None,
            probability: Some(0.25),
            random: None,
        };
        let point = Explanation {
            target: Target::find(&schema, "nose.x").unwrap(),
            at: Some([64.0, 64.0]),
            probability: None,
            ..attribute.clone()
        };
        let svg = |found: &Explanation, labels: Option<&Annotation>| {
            let page = explanation_figure(found, &schema, labels, "w", 200.0);
            String::from_utf8(page.encode(crate::figure::Format::Svg, 1.0).unwrap()).unwrap()
        };
        let mut labels = Annotation::unknown(&schema);
        let settings = svg(&attribute, None);
        for part in [
            "patch 16 px, stride 8 px, filled with middle grey; ",
            "\"Patch\">16 px<",
            "\"Stride\">8 px<",
            "\"Fill\">middle grey<",
        ] {
            assert!(settings.contains(part), "{part}: {settings}");
        }
        for found in [&attribute, &point] {
            assert!(
                !svg(found, None).contains("label"),
                "a photo without labels"
            );
            assert!(svg(found, Some(&labels)).contains("\"Label\">unknown<"));
        }
        assert!(svg(&attribute, Some(&labels)).contains("probability 0.250, label unknown; "));
        let unknown = svg(&point, Some(&labels));
        assert!(unknown.contains("the point is not labelled"), "{unknown}");
        let Target::Attribute { item, .. } = attribute.target else {
            panic!("{:?}", attribute.target);
        };
        labels.tasks[0] = TaskLabels::Points(vec![PointLabel::visible([200.5, 180.5]); 5]);
        let TaskLabels::Binary(values) = &mut labels.tasks[1] else {
            panic!("{labels:?}");
        };
        values[item] = Presence::from(true);
        let present = svg(&attribute, Some(&labels));
        assert!(
            present.contains("probability 0.250, label present; "),
            "{present}"
        );
        let labelled = svg(&point, Some(&labels));
        assert!(labelled.contains("the labelled point") && !labelled.contains("not labelled"));
        assert!(labelled.contains("\"Label\">200.5, 180.5<"), "{labelled}");
        let page = explanation_figure(&point, &schema, Some(&labels), "w", 200.0);
        let image = page.to_image(4.0).unwrap();
        let discs = |colour: Colour| image.pixels().filter(|p| p.0 == colour).count();
        // In the input, in the panel and in the legend.
        assert!(discs(LABEL) > 3 * discs(PREDICTION) / 4, "{}", discs(LABEL));
    }
}
