//! What a figure of features says of itself in its file, from the window and from the command line
//! alike: enough to make it again.

use super::page::Page;
use crate::dataset::BoxSource;
use crate::humanize::{plural, title};
use crate::label::{FaceBox, Schema};
use crate::model::{Mask, TapLayer};
use crate::study::{FaceMaps, SecondMuting, TRAINED_APART};

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
    /// The towers that one of two compared networks has alone.
    pub left_out: String,
    /// What speaks against what it shows.
    pub warning: String,
}

impl Provenance {
    /// Adds how the channels of compared maps stand beside each other.
    pub fn add_pairs(&mut self, maps: &FaceMaps) {
        self.matched_over.clone_from(&maps.matched_over);
        self.left_out = maps.alone_text().unwrap_or_default();
        if maps.are_apart_by_number() {
            self.warning = TRAINED_APART.into();
        }
    }

    /// Notes them in the figure of a network, given by its origin and its fingerprint.
    pub fn note(&self, page: &mut Page, network: (&str, &str)) {
        for (name, value) in self.facts(network) {
            page.metadata(name, value);
        }
    }

    /// By name, as far as they are known.
    pub(super) fn facts(&self, (weights, network): (&str, &str)) -> Vec<(&'static str, String)> {
        let mut all = Vec::new();
        let photos = [
            (&self.photo, ["Photo", "FaceBox"]),
            (&self.second_photo, ["ComparedPhoto", "ComparedFaceBox"]),
        ];
        for (facts, [photo, face_box]) in photos {
            if let Some(facts) = facts {
                all.push((photo, facts.photo.clone()));
                all.push((face_box, facts.describe_box()));
            }
        }
        all.push(("Data", self.data.clone()));
        all.push(("Faces", self.faces.clone()));
        all.push(("MatchedOver", self.matched_over.clone()));
        all.push(("Muted", self.muted.clone()));
        if let Some(second) = &self.second {
            all.push(("ComparedWeights", second.network.0.clone()));
            all.push(("ComparedNetwork", second.network.1.clone()));
            all.push(("ComparedMuted", second.muted.clone()));
        }
        all.push(("LeftOut", self.left_out.clone()));
        all.push(("Warning", self.warning.clone()));
        all.push(("Weights", weights.to_owned()));
        all.push(("Network", network.to_owned()));
        all.retain(|(_, value)| !value.is_empty());
        all
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

/// Which channels are muted: "Shared Conv1-2: channels 1 and 5 muted; Landmarks Conv2-1: all channels
/// but 3 muted". Nothing where none is.
pub fn muted_words(masks: &[Mask], schema: &Schema) -> String {
    let text = |mask: &Mask| {
        let tower = title(mask.tower.name(schema));
        let place = TapLayer::conv(mask.layer).title();
        let numbers = |kept: bool| -> Vec<String> {
            let all = mask.keep.iter().enumerate();
            all.filter(|(_, keep)| **keep == kept)
                .map(|(channel, _)| channel.to_string())
                .collect()
        };
        let (muted, heard) = (numbers(false), numbers(true));
        let channels = match (muted.len(), heard.len()) {
            (0, _) => return None,
            (_, 0) => "all channels".to_owned(),
            (muted, heard_too) if muted > heard_too => format!("all channels but {}", list(&heard)),
            (n, _) => format!("{} {}", plural(n, "channel"), list(&muted)),
        };
        Some(format!("{tower} {place}: {channels} muted"))
    };
    masks.iter().filter_map(text).collect::<Vec<_>>().join("; ")
}

/// "0, 3 and 5".
fn list(numbers: &[String]) -> String {
    match numbers {
        [others @ .., last] if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => numbers.concat(),
    }
}

/// Which network some channels are muted in, for whoever reads a figure: the name of the first and
/// what is muted there, and of the second of a comparison what of that is. Nothing where nothing is
/// muted.
pub fn muted_text(
    (first, muted): (&str, &str),
    second: Option<(&str, &str, SecondMuting)>,
) -> String {
    let Some((second, in_second, muting)) = second.filter(|_| !muted.is_empty()) else {
        return match muted.is_empty() {
            true => String::new(),
            false => format!("{first} with {muted}"),
        };
    };
    let [first, second] = match first == second {
        true => ["the first network", "the second"],
        false => [first, second],
    };
    let nothing = format!("{first} with {muted}; nothing is muted in {second}, which has");
    match muting {
        SecondMuting::All => format!("{first} and {second} with {muted}"),
        SecondMuting::Part => format!(
            "{first} with {muted}; {second}, which has not all of these layers, with {in_second}"
        ),
        SecondMuting::NoLayers => format!("{nothing} no such layers"),
        SecondMuting::OtherWidth => format!("{nothing} layers of another width"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{Format, Unit};
    use crate::model::{Layer, TowerId};

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
            warning: "trained apart".into(),
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
            ("Warning", "trained apart"),
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
        let muted = "Shared Conv1-2: channel 0 muted; Landmarks Conv2-1: channel 3 muted";
        let part = "Shared Conv1-2: channel 0 muted";
        let actual = |muted, second| muted_text(("w8", muted), second);
        assert_eq!(actual("", Some(("w4", "", SecondMuting::All))), "");
        assert_eq!(actual("", None), "");
        assert_eq!(actual(muted, None), format!("w8 with {muted}"));
        assert_eq!(
            actual(muted, Some(("w4", muted, SecondMuting::All))),
            format!("w8 and w4 with {muted}")
        );
        assert_eq!(
            actual(muted, Some(("w4", part, SecondMuting::Part))),
            format!("w8 with {muted}; w4, which has not all of these layers, with {part}")
        );
        for (muting, why) in [
            (SecondMuting::OtherWidth, "layers of another width"),
            (SecondMuting::NoLayers, "no such layers"),
        ] {
            let apart = actual(muted, Some(("w4", "", muting)));
            let text = format!("w8 with {muted}; nothing is muted in w4, which has {why}");
            assert_eq!(apart, text);
        }
        let alike = actual(muted, Some(("w8", "", SecondMuting::OtherWidth)));
        assert!(alike.starts_with("the first network with ") && alike.contains("in the second"));
    }

    #[test]
    fn numbers_of_channels_do_not_read_as_counts() {
        let schema = Schema::face();
        let mask =
            |tower, layer, channels, muted: &[usize]| Mask::muting(tower, layer, channels, muted);
        let (shared, landmarks) = (TowerId::Shared, TowerId::Task(0));
        let (low, high) = (Layer::Conv1_2, Layer::Conv2_1);
        for (masks, actual) in [
            (Vec::new(), ""),
            (vec![mask(shared, low, 4, &[])], ""),
            (
                vec![mask(shared, low, 4, &[0])],
                "Shared Conv1-2: channel 0 muted",
            ),
            (
                vec![
                    mask(shared, low, 2, &[1]),
                    mask(landmarks, high, 8, &[0, 3, 5]),
                ],
                "Shared Conv1-2: channel 1 muted; Landmarks Conv2-1: channels 0, 3 and 5 muted",
            ),
            (
                vec![Mask::solo(landmarks, high, 8, &[4])],
                "Landmarks Conv2-1: all channels but 4 muted",
            ),
            (
                vec![Mask::solo(landmarks, high, 8, &[2, 4])],
                "Landmarks Conv2-1: all channels but 2 and 4 muted",
            ),
            (
                vec![Mask::solo(shared, low, 4, &[])],
                "Shared Conv1-2: all channels muted",
            ),
        ] {
            assert_eq!(muted_words(&masks, &schema), actual);
        }
    }
}
