//! What a figure of features says of itself in its file, from the window and from the command line
//! alike: enough to make it again.

use super::page::Page;
use crate::dataset::BoxSource;
use crate::label::FaceBox;

/// A photo and where its face was looked at.
#[derive(Clone, Debug)]
pub struct PhotoProvenance {
    /// The file, or what it is called where it has none.
    pub photo: String,
    pub face_box: FaceBox,
    pub source: BoxSource,
}

/// The second network of a comparison; the first once more where two photos are compared.
#[derive(Clone, Debug)]
pub struct SecondProvenance {
    /// Its origin and its fingerprint.
    pub network: (String, String),
    /// As [`Provenance::muted`].
    pub muted: String,
}

/// What a figure was made of.
#[derive(Clone, Debug, Default)]
pub struct Provenance {
    pub photo: Option<PhotoProvenance>,
    /// The data set that the photo is of.
    pub data: String,
    /// Over which faces of which data set something was measured.
    pub faces: String,
    /// Over which faces channels were matched.
    pub matched_over: String,
    /// "Shared Conv1-2: channel 0 muted".
    pub muted: String,
    pub second_photo: Option<PhotoProvenance>,
    pub second: Option<SecondProvenance>,
}

impl Provenance {
    /// Notes them in the figure of a network, given by its origin and its fingerprint.
    pub fn note(&self, page: &mut Page, (weights, network): (&str, &str)) {
        let photos = [
            (&self.photo, ["Photo", "FaceBox"]),
            (&self.second_photo, ["ComparedPhoto", "ComparedFaceBox"]),
        ];
        for (facts, [photo, face_box]) in photos {
            if let Some(facts) = facts {
                page.fact(photo, &facts.photo);
                page.fact(face_box, facts.describe_box());
            }
        }
        page.fact("Data", &self.data);
        page.fact("Faces", &self.faces);
        page.fact("MatchedOver", &self.matched_over);
        page.fact("Muted", &self.muted);
        if let Some(second) = &self.second {
            page.fact("ComparedWeights", &second.network.0);
            page.fact("ComparedNetwork", &second.network.1);
            page.fact("ComparedMuted", &second.muted);
        }
        page.fact("Weights", weights);
        page.fact("Network", network);
    }
}

impl PhotoProvenance {
    fn describe_box(&self) -> String {
        let FaceBox { x, y, w, h, angle } = self.face_box;
        let turned = match angle {
            0.0 => String::new(),
            angle => format!(" turned by {:.1}°", angle.to_degrees()),
        };
        format!("{x},{y},{w},{h}{turned} ({})", self.source)
    }
}

/// Which network some channels are muted in, for whoever reads a figure; `second` is what the second
/// of a comparison is called, and whether they are muted there too: in one of another width they are
/// not. Nothing where nothing is muted.
pub fn muted_text(first: &str, muted: &str, second: Option<(&str, bool)>) -> String {
    let names = match second {
        Some((second, _)) if second == first => ["the first network", "the second"],
        Some((second, _)) => [first, second],
        None => [first, ""],
    };
    match second {
        _ if muted.is_empty() => String::new(),
        None => format!("{first} with {muted}"),
        Some((_, true)) => format!("{} and {} with {muted}", names[0], names[1]),
        Some((_, false)) => format!(
            "{} with {muted}; nothing is muted in {}, which has layers of another width",
            names[0], names[1]
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{Format, Unit};

    #[test]
    fn a_figure_says_what_it_was_made_of() {
        let photo = |name: &str, x| PhotoProvenance {
            photo: name.into(),
            face_box: FaceBox::new(x, 2.0, 30.0, 40.0),
            source: BoxSource::Labels,
        };
        let facts = Provenance {
            photo: Some(photo("a/1.png", 1.0)),
            data: "celeba".into(),
            matched_over: "32 of all 100 faces of celeba".into(),
            muted: "Shared Conv1-2: channel 0 muted".into(),
            second_photo: Some(photo("b/2.png", 7.5)),
            second: Some(SecondProvenance {
                network: ("w4.safetensors".into(), "0b".into()),
                muted: String::new(),
            }),
            ..Provenance::default()
        };
        let mut page = Page::new([9.0; 2], Unit::Point, [255; 3]);
        facts.note(&mut page, ("w8.safetensors", "0a"));
        let svg = String::from_utf8(page.encode(Format::Svg, 96.0).unwrap()).unwrap();
        for (name, value) in [
            ("Photo", "a/1.png"),
            ("FaceBox", "1,2,30,40 (from the labelled points)"),
            ("ComparedPhoto", "b/2.png"),
            ("ComparedFaceBox", "7.5,2,30,40 (from the labelled points)"),
            ("Data", "celeba"),
            ("MatchedOver", "32 of all 100 faces of celeba"),
            ("Muted", "Shared Conv1-2: channel 0 muted"),
            ("ComparedWeights", "w4.safetensors"),
            ("ComparedNetwork", "0b"),
            ("Weights", "w8.safetensors"),
            ("Network", "0a"),
        ] {
            let fact = format!("\"{name}\">{value}<");
            assert!(svg.contains(&fact), "{fact}: {svg}");
        }
        assert!(!svg.contains("ComparedMuted") && !svg.contains("\"Faces\""));
    }

    #[test]
    fn it_is_said_which_network_is_muted() {
        let muted = "Shared Conv1-2: channel 0 muted";
        let said = |muted, second| muted_text("w8", muted, second);
        assert_eq!(said("", Some(("w4", true))), "");
        assert_eq!(said(muted, None), format!("w8 with {muted}"));
        assert_eq!(
            said(muted, Some(("w4", true))),
            format!("w8 and w4 with {muted}")
        );
        let apart = said(muted, Some(("w4", false)));
        assert!(apart.starts_with(&format!("w8 with {muted}; nothing is muted in w4")));
        let alike = said(muted, Some(("w8", false)));
        assert!(alike.starts_with("the first network with ") && alike.contains("in the second"));
    }
}
