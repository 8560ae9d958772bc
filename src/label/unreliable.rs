//! Attributes whose labels in CelebA are known to be unreliable, with the reason and its source.
//! A network that disagrees with such a label may be right.

/// Where the reasons come from.
pub const SOURCE: &str = "Wu et al., “Consistency and Accuracy of CelebA Attribute Values”, \
    CVPR Workshops 2023";

const RANDOM: &str = "Two people who labelled the same faces independently agreed hardly more \
    often than by chance";

const REASONS: [(&str, &str); 5] = [
    ("High_Cheekbones", RANDOM),
    ("Pointy_Nose", RANDOM),
    ("Oval_Face", RANDOM),
    (
        "No_Beard",
        "In an audit by hand, a large part of the faces labelled as having a beard had none",
    ),
    (
        "Mouth_Slightly_Open",
        "Many labels are wrong; the source publishes corrected ones",
    ),
];

/// Why CelebA's labels of an attribute are unreliable, if that is known.
pub fn unreliable(attribute: &str) -> Option<&'static str> {
    let known = REASONS.iter().find(|(name, _)| *name == attribute);
    known.map(|(_, reason)| *reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Schema;

    #[test]
    fn every_reason_is_of_an_attribute_that_there_is() {
        let schema = Schema::face();
        for (name, reason) in REASONS {
            assert!(schema.tasks[1].items().any(|i| i == name), "{name}");
            assert_eq!(unreliable(name), Some(reason));
        }
        assert_eq!(unreliable("Eyeglasses"), None);
    }
}
