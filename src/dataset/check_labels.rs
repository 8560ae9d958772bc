//! Labels that cannot be right, found as a set is opened: no picture is decoded for it. What was
//! read stays as it is, but for points that are in no picture: placeholders, and those far outside.

mod face;
mod placeholders;
mod sides;
mod sizes;

use rayon::prelude::*;

use self::face::of_face;
pub use self::sides::are_sides_exchanged;
use super::{Dataset, Sample};
use crate::humanize::counted;
use crate::label::{Point, PointLabel, PointState, Schema, TaskKind, TaskLabels, distance};

/// How many times further from the middle of a face's points than these are on average a point lies
/// before its picture is asked for its size: asking a hundred thousand files takes time.
const FAR: f32 = 20.0;

/// What is wrong with the points of a face.
enum Fault {
    /// Points further outside the picture than that is large, of how many.
    Outside(usize, usize),
    /// Two pairs of points of which one has its sides exchanged.
    Exchanged([String; 2]),
}

/// Takes points that cannot be in their picture for unknown, and names them and what else cannot be
/// right: faces of which two pairs of points (both eyes, both corners of the mouth) run in opposite
/// directions, sides that are exchanged throughout, places that are normalised or of pictures of
/// another size. A problem for each kind, with the first face and a count.
pub fn check_labels(set: &mut Dataset) {
    placeholders::forget(set);
    let schema = &set.schema;
    let faces = set.samples.par_iter_mut().enumerate();
    let found: Vec<(usize, Fault)> = faces
        .flat_map_iter(|(at, sample)| faults(sample, schema).into_iter().map(move |f| (at, f)))
        .collect();
    for outside in [true, false] {
        let of_kind = |(_, fault): &&(usize, Fault)| matches!(fault, Fault::Outside(..)) == outside;
        let mut of_kind = found.iter().filter(of_kind);
        let Some((at, fault)) = of_kind.next() else {
            continue;
        };
        let more = of_kind.count();
        let mut what = match fault {
            Fault::Outside(points, all) => format!(
                "{points} of {} further outside than the picture is large, and taken for unknown",
                counted(*all, "point")
            ),
            Fault::Exchanged([a, b]) => {
                format!("{a} and {b} run in opposite directions: are left and right exchanged?")
            }
        };
        if more > 0 {
            what += &format!(" (the same of {})", counted(more, "more face"));
        }
        let mut problem = of_face(&set.samples[*at], what);
        problem.count += more;
        set.problems.push(problem);
    }
    let said = [sides::mirrored(set), sizes::normalised(set)];
    set.problems.extend(said.into_iter().flatten());
    let said = sizes::others(set);
    set.problems.extend(said);
}

fn faults(sample: &mut Sample, schema: &Schema) -> Vec<Fault> {
    let mut faults = Vec::new();
    for at in 0..schema.tasks.len() {
        let TaskLabels::Points(points) = &sample.annotation.tasks[at] else {
            continue;
        };
        if has_far_point(points)
            && let Ok(size) = sample.picture_size()
            && let TaskLabels::Points(points) = &mut sample.annotation.tasks[at]
        {
            let all = points.iter().filter(|p| p.known().is_some()).count();
            let outside = forget_outside(points, size);
            faults.extend((outside > 0).then_some(Fault::Outside(outside, all)));
        }
        if let (
            TaskKind::Points {
                points: names,
                flip_pairs,
                ..
            },
            TaskLabels::Points(points),
        ) = (&schema.tasks[at].kind, &sample.annotation.tasks[at])
            && let Some(pairs) = opposite_pairs(points, flip_pairs)
        {
            let name = |(a, b): (usize, usize)| format!("{} to {}", names[a], names[b]);
            faults.push(Fault::Exchanged(pairs.map(name)));
        }
    }
    faults
}

/// The middle one by size, of at least one.
fn median(mut values: Vec<f32>) -> f32 {
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}

/// Whether a point lies much further from the others than these from each other. Of one or two
/// nothing can be said but that none has negative coordinates.
fn has_far_point(points: &[PointLabel]) -> bool {
    let known: Vec<Point> = points.iter().filter_map(PointLabel::known).collect();
    if known.len() < 3 {
        return known.iter().flatten().any(|v| *v < 0.0);
    }
    let middle = [0, 1].map(|axis| median(known.iter().map(|p| p[axis]).collect()));
    let away: Vec<f32> = known.iter().map(|p| distance(*p, middle)).collect();
    let limit = FAR * median(away.clone()).max(1.0);
    away.iter().any(|d| *d > limit)
}

/// Takes points further outside than the picture is large for unknown; returns how many.
fn forget_outside(points: &mut [PointLabel], (width, height): (u32, u32)) -> usize {
    let room = width.max(height) as f32;
    let beyond = |v: f32, side: u32| v < -room || v > side as f32 + room;
    let outside = points.iter_mut().filter(|p| {
        p.known()
            .is_some_and(|[x, y]| beyond(x, width) || beyond(y, height))
    });
    outside
        .map(|point| point.state = PointState::Unknown)
        .count()
}

/// Two pairs of points, first left and then right, that run in opposite directions, though neither
/// is so short that its direction says nothing (a face from the side).
pub fn opposite_pairs(
    points: &[PointLabel],
    pairs: &[(usize, usize)],
) -> Option<[(usize, usize); 2]> {
    let across = |&(left, right): &(usize, usize)| {
        let (a, b) = (points[left].known()?, points[right].known()?);
        Some(((left, right), [b[0] - a[0], b[1] - a[1]]))
    };
    let ways: Vec<((usize, usize), Point)> = pairs.iter().filter_map(across).collect();
    let length = |way: Point| way[0].hypot(way[1]);
    let longest = ways.iter().map(|w| length(w.1)).fold(0.0, f32::max);
    let mut clear = ways.iter().filter(|w| length(w.1) > 0.25 * longest);
    let (first, way) = clear.next()?;
    let (other, _) = clear.find(|(_, w)| way[0] * w[0] + way[1] * w[1] < 0.0)?;
    Some([*first, *other])
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::dataset::open;

    fn rows(first: &str) -> Dataset {
        set_of([first, PLAIN, PLAIN])
    }

    /// Five points of three faces in pictures of 178 × 218 pixels.
    fn set_of(rows: [&str; 3]) -> Dataset {
        let root = tempfile::tempdir().unwrap();
        let mut table = "image,left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,nose_y,\
                         left_mouth_x,left_mouth_y,right_mouth_x,right_mouth_y\n"
            .to_owned();
        for (name, row) in ["a", "b", "c"].iter().zip(rows) {
            let picture = root.path().join(format!("{name}.png"));
            image::RgbImage::new(178, 218).save(picture).unwrap();
            table += &format!("{name}.png,{row}\n");
        }
        fs::write(root.path().join("faces.csv"), table).unwrap();
        open(root.path(), &Schema::face()).unwrap()
    }

    fn actual(set: &Dataset) -> Vec<String> {
        set.problems.iter().map(|p| p.what.clone()).collect()
    }

    #[test]
    fn a_point_that_is_in_no_part_of_its_picture_is_unknown_and_said() {
        for far in ["9999,9999", "-800,109", "69,5000"] {
            let set = rows(&format!("{far},106,113,77,142,73,152,108,154"));
            let text =
                "1 of 5 points further outside than the picture is large, and taken for unknown";
            assert_eq!(actual(&set), [format!("a.png: {text}")], "{far}");
            assert_eq!(set.samples[0].annotation.known(0), 4, "{far}");
            assert_eq!(set.samples[1].annotation.known(0), 5);
        }
        // Cut by the edge.
        let set = rows("-20,109,106,113,77,142,73,152,108,230");
        assert!(set.problems.is_empty(), "{:?}", set.problems);
        assert_eq!(set.samples[0].annotation.known(0), 5);
    }

    /// What is said of three faces with these rows, and how many points each has.
    fn said_of(all: [&str; 3]) -> (Vec<String>, Vec<usize>) {
        let set = set_of(all);
        let known = set.samples.iter().map(|s| s.annotation.known(0)).collect();
        let actual = set.problems.iter().map(|p| {
            let line = p.line.unwrap_or(0);
            format!(
                "{}:{line}: {}",
                p.path.file_name().unwrap().display(),
                p.what
            )
        });
        (actual.collect(), known)
    }

    const PLAIN: &str = "69,109,106,113,77,142,73,152,108,154";
    const MIRRORED: &str = "106,113,69,109,77,142,108,154,73,152";

    #[test]
    fn placeholders_are_unknown_and_counted_by_name() {
        let zeros = "69,109,106,113,0,0,73,152,0,0";
        let one_place = "69,109,106,113,-1,-1,90,150,90,150";
        let (actual, known) = said_of([PLAIN, zeros, one_place]);
        assert_eq!(
            known,
            [5, 3, 4],
            "the corners of a mouth may meet: {actual:?}"
        );
        let [actual] = &actual[..] else {
            panic!("{actual:?}")
        };
        assert!(
            actual.starts_with("faces.csv:3: b.png: placeholders"),
            "{actual}"
        );
        assert!(
            actual.ends_with("nose of 2 faces, right_mouth of 1 face"),
            "{actual}"
        );
    }

    #[test]
    fn sides_that_are_exchanged_throughout_are_said_once() {
        let (actual, known) = said_of([PLAIN, MIRRORED, MIRRORED]);
        let text = "faces.csv:3: b.png: left and right run the other way in 2 of 3 faces";
        assert!(
            actual.len() == 1 && actual[0].starts_with(text),
            "{actual:?}"
        );
        assert_eq!(known, [5; 3]);
        assert!(said_of([PLAIN, PLAIN, MIRRORED]).0.is_empty());
    }

    #[test]
    fn normalised_places_and_those_of_another_size_are_said() {
        let shares = ".39,.5,.6,.52,.43,.65,.41,.7,.61,.71";
        let (actual, known) = said_of([PLAIN, shares, PLAIN]);
        let text = "faces.csv:3: b.png: points look normalised: all lie between 0 and 1 in 1 of 3 \
                     faces, and the picture has 178×218 pixels";
        assert!(
            actual.len() == 1 && actual[0].starts_with(text),
            "{actual:?}"
        );
        assert_eq!(known, [5; 3], "as they are");
        let large = "690,1090,1060,1130,770,1420,730,1520,1080,1540";
        let (actual, known) = said_of([PLAIN, large, large]);
        let text = "faces.csv:3: b.png: 10 of 15 points looked at lie outside their pictures";
        assert!(
            actual.len() == 1 && actual[0].starts_with(text),
            "{actual:?}"
        );
        assert_eq!(known, [5; 3]);
    }

    #[test]
    fn a_set_below_another_is_checked_once() {
        let root = tempfile::tempdir().unwrap();
        for set in ["one", "two"] {
            let folder = root.path().join(set);
            fs::create_dir(&folder).unwrap();
            let table = "image,left_eye_x,left_eye_y,right_eye_x,right_eye_y,left_mouth_x,\
                         left_mouth_y,right_mouth_x,right_mouth_y\n\
                         a.png,106,113,69,109,73,152,108,154\n";
            fs::write(folder.join("faces.csv"), table).unwrap();
            image::RgbImage::new(178, 218)
                .save(folder.join("a.png"))
                .unwrap();
        }
        let set = open(root.path(), &Schema::face()).unwrap();
        let actual = actual(&set);
        assert_eq!(actual.len(), 1, "{actual:?}");
        assert!(
            actual[0].ends_with("exchanged? (the same of 1 more face)"),
            "{actual:?}"
        );
    }

    #[test]
    fn exchanged_eyes_are_said() {
        let set = rows("106,113,69,109,77,142,73,152,108,154");
        let text = "left_eye to right_eye and left_mouth to right_mouth run in opposite \
                     directions: are left and right exchanged?";
        assert_eq!(actual(&set), [format!("a.png: {text}")]);
        let problem = &set.problems[0];
        assert!(
            problem.path.ends_with("faces.csv") && problem.line == Some(2),
            "{problem}"
        );
        assert_eq!(
            set.samples[0].annotation.known(0),
            5,
            "as they are labelled"
        );
        // From the side, upside down, and with one eye.
        for fine in [
            "106,113,105,109,77,142,73,152,108,154",
            "106,109,69,113,99,80,108,70,73,72",
            ",,69,109,77,142,73,152,108,154",
        ] {
            let set = rows(fine);
            assert!(set.problems.is_empty(), "{fine}: {:?}", set.problems);
        }
    }
}
