//! What a set of faces is known by when it is opened again.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::Sample;
use crate::label::{FaceBox, PointLabel, TaskLabels};

/// The same for the same faces with the same labels in the same order.
pub fn content_hash(samples: &[Sample]) -> u64 {
    let mut key = DefaultHasher::new();
    samples.len().hash(&mut key);
    for sample in samples {
        sample.path.hash(&mut key);
        let mut numbers = u64::from(sample.face);
        let mut add = |n: u32| numbers = numbers.wrapping_mul(0x100_0000_01b3) ^ u64::from(n);
        if let Some((face_box, _)) = &sample.face_box {
            let FaceBox { x, y, w, h, angle } = *face_box;
            for v in [x, y, w, h, angle] {
                add(v.to_bits());
            }
        }
        for task in &sample.annotation.tasks {
            match task {
                TaskLabels::Points(points) => {
                    for at in points.iter().filter_map(PointLabel::known).flatten() {
                        add(at.to_bits());
                    }
                }
                TaskLabels::Binary(labels) => labels.iter().for_each(|l| add(*l as u32)),
            }
        }
        numbers.hash(&mut key);
    }
    key.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{Presence, Schema};

    #[test]
    fn a_list_is_known_by_its_faces_and_labels() {
        let schema = Schema::face();
        let sample = |name: &str| Sample::unlabelled(std::path::Path::new(name), &schema);
        let all = [sample("a.png"), sample("b.png")];
        assert_eq!(content_hash(&all), content_hash(&all.clone()));
        let mut others = vec![
            vec![sample("b.png"), sample("a.png")],
            vec![sample("a.png")],
        ];
        for change in [
            |s: &mut Sample| s.face = 1,
            |s: &mut Sample| match &mut s.annotation.tasks[1] {
                TaskLabels::Binary(labels) => labels[39] = Presence::Absent,
                TaskLabels::Points(_) => unreachable!(),
            },
            |s: &mut Sample| match &mut s.annotation.tasks[0] {
                TaskLabels::Points(points) => points[4] = PointLabel::visible([1.0, 2.0]),
                TaskLabels::Binary(_) => unreachable!(),
            },
        ] {
            let mut other = all.to_vec();
            change(&mut other[1]);
            others.push(other);
        }
        for other in others {
            assert_ne!(content_hash(&all), content_hash(&other));
        }
    }
}
