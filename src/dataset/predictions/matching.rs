//! Which prediction belongs to which face: pictures by the end of their path, faces by their
//! number, else by the overlap of boxes, else by their order (not by their numbers, which files may
//! begin at 1 or leave out).

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::PredictedFace;
use crate::dataset::paths::{agreement, folded, parts};
use crate::label::FaceBox;

/// Boxes that share less than this of their union are of different faces. Low, since programs
/// differ in how much around a face their boxes take.
const MIN_OVERLAP: f32 = 0.1;

/// A face for which a prediction is wanted.
#[derive(Clone, Copy, Debug)]
pub struct FaceReference<'a> {
    pub path: &'a Path,
    /// Its number as it was read, and the one by which its file calls it.
    pub face: u32,
    pub number: Option<u32>,
    /// Its place among the faces of its picture, from 1, if that has several.
    pub ordinal: Option<u32>,
    pub face_box: FaceBox,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matches {
    /// For each wanted face the position of its prediction, if there is one.
    pub of: Vec<Option<usize>>,
    /// Positions of predictions that belong to no wanted face, and why.
    pub unmatched: Vec<(usize, &'static str)>,
}

/// Finds for each wanted face what was said about it.
pub fn matches(wanted: &[FaceReference], said: &[PredictedFace]) -> Matches {
    let mut pictures: Vec<Picture> = Vec::new();
    let mut place = HashMap::new();
    for (n, face) in wanted.iter().enumerate() {
        let at = *place.entry(face.path).or_insert_with(|| {
            pictures.push(Picture::default());
            pictures.len() - 1
        });
        pictures[at].wanted.push(n);
        pictures[at].path = Some(face.path);
    }
    let mut out = Matches {
        of: vec![None; wanted.len()],
        unmatched: Vec::new(),
    };
    find_pictures(&mut pictures, said, &mut out.unmatched);
    for picture in &pictures {
        match_faces(picture, wanted, said, &mut out);
    }
    out.unmatched.sort_unstable();
    out
}

/// A picture with the faces that are wanted of it and what was said of it.
#[derive(Default)]
struct Picture<'a> {
    path: Option<&'a Path>,
    wanted: Vec<usize>,
    said: Vec<usize>,
    /// How many parts of the path agreed with the name that was used, and how many in their case.
    agreement: (usize, usize),
}

/// Tells whether one of these pictures may be the one of a name, whichever folders it names.
pub fn names_one_of<'a>(paths: impl Iterator<Item = &'a Path>) -> impl Fn(&str) -> bool {
    let last = |text: &str| parts(text).next().map(folded);
    let names = paths.filter_map(|path| last(&path.to_string_lossy()));
    let names: HashSet<String> = names.collect();
    move |name| last(name).is_some_and(|name| names.contains(&name))
}

/// Gives each picture what was said under the name that agrees best with its path from the end.
fn find_pictures(
    pictures: &mut [Picture],
    said: &[PredictedFace],
    unmatched: &mut Vec<(usize, &'static str)>,
) {
    let texts: Vec<String> = pictures
        .iter()
        .map(|p| {
            p.path
                .unwrap_or(Path::new(""))
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let mut by_name = HashMap::<String, Vec<usize>>::new();
    for (n, text) in texts.iter().enumerate() {
        if let Some(name) = parts(text).next() {
            by_name.entry(folded(name)).or_default().push(n);
        }
    }
    let mut names = HashMap::<&str, Vec<usize>>::new();
    for (n, face) in said.iter().enumerate() {
        names.entry(&face.image).or_default().push(n);
    }
    let mut names: Vec<_> = names.into_iter().collect();
    names.sort_unstable_by_key(|(_, faces)| faces[0]);
    for (name, faces) in names {
        let candidates = parts(name).next().and_then(|n| by_name.get(&folded(n)));
        let agreements = candidates.into_iter().flatten();
        let agreements: Vec<_> = agreements
            .map(|&p| (agreement(name, &texts[p]), p))
            .collect();
        let best = agreements.iter().map(|a| a.0).max();
        let mut lose = |faces: &[usize], why| unmatched.extend(faces.iter().map(|&f| (f, why)));
        let Some(best) = best else {
            lose(&faces, "no measured picture of this name");
            continue;
        };
        let mut fitting = agreements.iter().filter(|a| a.0 == best);
        let (Some(&(_, p)), None) = (fitting.next(), fitting.next()) else {
            lose(&faces, "several measured pictures have this name");
            continue;
        };
        let picture = &mut pictures[p];
        if best > picture.agreement {
            lose(&picture.said, "another path names the picture better");
            picture.said = faces;
            picture.agreement = best;
        } else if best == picture.agreement {
            picture.said.extend(faces);
        } else {
            lose(&faces, "another path names the picture better");
        }
    }
}

fn match_faces(
    picture: &Picture,
    wanted: &[FaceReference],
    said: &[PredictedFace],
    out: &mut Matches,
) {
    let mut open = Vec::new();
    // COCO's ids are not what others count faces by: numbers are these where any is.
    let of_file = |w: usize, number| wanted[w].number.unwrap_or(wanted[w].face) == number;
    let by_file = picture.said.iter().any(|&s| {
        let number = said[s].face;
        number.is_some_and(|number| picture.wanted.iter().any(|&w| of_file(w, number)))
    });
    let is = |w: usize, number| match by_file {
        true => of_file(w, number),
        false => wanted[w].face == number,
    };
    for &s in &picture.said {
        let Some(number) = said[s].face else {
            open.push(s);
            continue;
        };
        let with_number = picture.wanted.iter().find(|&&w| is(w, number));
        match with_number {
            None => out.unmatched.push((s, "no measured face of this number")),
            Some(&w) if out.of[w].is_some() => {
                out.unmatched
                    .push((s, "the face is there twice; the first is kept"));
            }
            Some(&w) => out.of[w] = Some(s),
        }
    }
    let mut pairs: Vec<(f32, usize, usize)> = Vec::new();
    for &s in &open {
        for &w in &picture.wanted {
            if let Some(theirs) = said[s].face_box {
                pairs.push((theirs.iou(&wanted[w].face_box), s, w));
            }
        }
    }
    pairs.retain(|p| p.0 >= MIN_OVERLAP);
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut used = HashSet::new();
    for (_, s, w) in pairs {
        if out.of[w].is_none() && used.insert(s) {
            out.of[w] = Some(s);
        }
    }
    for s in open.into_iter().filter(|s| !used.contains(s)) {
        if said[s].face_box.is_some() {
            out.unmatched
                .push((s, "its box overlaps no measured face that is free"));
            continue;
        }
        let in_order = match picture.wanted[..] {
            [only] if picture.said.len() == 1 => Some(only),
            _ => {
                let mut faces = picture.wanted.iter().copied();
                faces.find(|&w| wanted[w].ordinal.unwrap_or(1) == said[s].order + 1)
            }
        };
        match in_order.filter(|&w| out.of[w].is_none()) {
            Some(w) => out.of[w] = Some(s),
            None => out.unmatched.push((s, "no measured face in its place")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::unknown_prediction;
    use super::*;
    use crate::label::Schema;

    fn wanted(path: &str, face: u32, x: f32) -> FaceReference<'_> {
        FaceReference {
            path: Path::new(path),
            face,
            number: None,
            ordinal: None,
            face_box: FaceBox::new(x, 0.0, 10.0, 10.0),
        }
    }

    fn said(image: &str, face: Option<u32>, x: Option<f32>, order: u32) -> PredictedFace {
        PredictedFace {
            line: 1,
            image: image.into(),
            face,
            order,
            face_box: x.map(|x| FaceBox::new(x, 0.0, 10.0, 10.0)),
            prediction: unknown_prediction(&Schema::face()),
        }
    }

    #[test]
    fn pictures_are_told_apart_by_their_folders() {
        let all = [
            wanted("/d/one/a.png", 0, 0.0),
            wanted("/d/two/a.png", 0, 0.0),
            wanted("/d/b.png", 0, 0.0),
        ];
        let names = [
            said("two/a.png", None, None, 0),
            said("./a.png", None, None, 0),
            said("C:\\elsewhere\\b.png", None, None, 0),
            said("c.png", None, None, 0),
            said("elsewhere/three/b.png", None, None, 0),
        ];
        let found = matches(&all, &names[..4]);
        assert_eq!(found.of, [None, Some(0), Some(2)]);
        let lost: Vec<_> = found.unmatched.iter().map(|u| u.0).collect();
        assert_eq!(lost, [1, 3]);
        assert!(found.unmatched[0].1.contains("several"));
        // Case tells pictures apart where nothing else does.
        let two = [wanted("/d/A.png", 0, 0.0), wanted("/d/a.PNG", 0, 0.0)];
        let names = ["D\\a.PNG", "d/a.png", "A.png"].map(|name| said(name, None, None, 0));
        let found = matches(&two, &names);
        assert_eq!(
            (found.of, found.unmatched[0].0),
            (vec![Some(2), Some(0)], 1)
        );
        let found = matches(&all[2..], &[said("B.PNG", None, None, 0)]);
        assert_eq!(found.of, [Some(0)], "another case");
        // A better name displaces a worse one, whichever comes first.
        for order in [[0, 1], [1, 0]] {
            let two = [
                said("d/b.png", None, None, 0),
                said("x/b.png", None, None, 0),
            ];
            let two = order.map(|i: usize| two[i].clone());
            let found = matches(&all, &two);
            let kept = order.iter().position(|&i| i == 0);
            assert_eq!(found.of[2], kept);
            assert_eq!(found.unmatched.len(), 1);
        }
    }

    #[test]
    fn faces_are_found_by_number_box_or_order() {
        let mut all = [
            wanted("a", 0, 0.0),
            wanted("a", 1, 50.0),
            wanted("a", 4, 100.0),
        ];
        for (face, place) in all.iter_mut().zip(1..) {
            face.ordinal = Some(place);
        }
        let by_number = [
            said("a", Some(4), Some(0.0), 0),
            said("a", Some(4), None, 1),
            said("a", Some(2), None, 2),
        ];
        let found = matches(&all, &by_number);
        assert_eq!(found.of, [None, None, Some(0)]);
        assert_eq!(found.unmatched.len(), 2);
        let by_box = [
            said("a", None, Some(98.0), 0),
            said("a", None, Some(3.0), 1),
            said("a", None, Some(1.0), 2),
            said("a", None, Some(500.0), 3),
        ];
        let found = matches(&all, &by_box);
        assert_eq!(
            found.of,
            [Some(2), None, Some(0)],
            "the largest overlap first"
        );
        assert_eq!(found.unmatched.len(), 2);
        let by_order = [0, 1, 2].map(|order| said("a", None, None, order));
        let found = matches(&all, &by_order[..2]);
        assert_eq!(found.of, [Some(0), Some(1), None]);
        // Their order, and not numbers that begin at 1; of some of them their places in all.
        for (n, face) in (1..).zip(&mut all) {
            face.face = n;
        }
        assert_eq!(matches(&all, &by_order).of, [Some(0), Some(1), Some(2)]);
        assert_eq!(matches(&all[1..], &by_order).of, [Some(1), Some(2)]);
        // COCO's ids, and numbers that were counted without them.
        for (face, id) in all.iter_mut().zip([170, 0, 172]) {
            face.number = Some(id);
        }
        let by_number = |numbers: [u32; 2]| numbers.map(|n| said("a", Some(n), None, 0));
        let found = matches(&all, &by_number([172, 0]));
        assert_eq!(found.of, [None, Some(1), Some(0)]);
        let found = matches(&all, &by_number([3, 1]));
        assert_eq!(found.of, [Some(1), None, Some(0)]);
        let alone = matches(&all[2..], &by_order[..1]);
        assert_eq!(alone.of, [Some(0)], "one face said, one face wanted");
    }
}
