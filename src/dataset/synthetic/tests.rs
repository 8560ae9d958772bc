use super::*;
use crate::dataset::{self, PictureSource};
use crate::hash::stable_hash;

/// The known points of a portrait.
fn points(annotation: &Annotation) -> Vec<Point> {
    let TaskLabels::Points(points) = &annotation.tasks[0] else {
        unreachable!()
    };
    points.iter().filter_map(PointLabel::known).collect()
}

#[test]
fn portraits_depend_on_seed_and_index_alone() {
    let (a, b) = (portrait_of_width(5, 9, 120), portrait_of_width(5, 9, 120));
    assert_eq!(a.image, b.image);
    assert_eq!((&a.annotation, a.face_box), (&b.annotation, b.face_box));
    assert_ne!(a.image, portrait_of_width(5, 10, 120).image);
    assert_ne!(a.image, portrait_of_width(6, 9, 120).image);
}

#[test]
fn a_portrait_is_the_same_on_every_machine() {
    let image = portrait_of_width(1, 4, 120).image;
    let sum = stable_hash(image.as_raw());
    // Whoever changes the drawing writes the new sum here; a machine must not.
    assert_eq!(format!("{sum:016x}"), "491bfb6a753904d2");
}

#[test]
fn all_points_are_known_and_inside_and_ordered() {
    for index in 0..400 {
        let look = look(3, index);
        let annotation = annotation(&look, WIDTH, &Schema::face());
        let at = points(&annotation);
        assert_eq!(at.len(), 5);
        let inside =
            |p: &Point| (0.0..WIDTH as f32).contains(&p[0]) && (0.0..HEIGHT as f32).contains(&p[1]);
        assert!(at.iter().all(inside), "{index}: {at:?}");
        assert!(
            at[0][0] < at[1][0] && at[3][0] < at[4][0],
            "{index}: {at:?}"
        );
        assert!(
            at[0][1] < at[2][1] && at[2][1] < at[3][1] + 12.0,
            "{index}: {at:?}"
        );
        let b = face_box(3, index, &look, WIDTH);
        assert!(b.w.fract() == 0.0 && b.x.fract() == 0.0);
        let in_box = |p: &Point| p[0] > b.x && p[0] < b.x + b.w && p[1] > b.y && p[1] < b.y + b.h;
        assert!(at.iter().all(in_box), "{index}: {at:?} in {b:?}");
    }
}

#[test]
fn points_do_not_depend_on_the_size_of_the_picture() {
    let (small, large) = (
        paint::points(&look(2, 7), 120),
        paint::points(&look(2, 7), 480),
    );
    for (a, b) in small.iter().zip(large) {
        assert!((4.0 * a[0] - b[0]).abs() < 0.01 && (4.0 * a[1] - b[1]).abs() < 0.01);
    }
}

/// The pupil is the darkest place of an open, unobstructed eye.
#[test]
fn pupils_are_where_they_are_said_to_be() {
    let mut looked_at = 0;
    for index in 0..40 {
        let look = look(1, index);
        let t = look.traits;
        if t.narrow_eyes
            || t.glasses
            || t.blurry
            || t.hat
            || t.makeup
            || t.bangs
            || look.pose.yaw.abs() > 0.25
        {
            continue;
        }
        let image = paint::paint(&look, WIDTH);
        for [x, y] in &paint::points(&look, WIDTH)[..2] {
            let level = |dx: f32, dy: f32| {
                let p = image.get_pixel((x + dx) as u32, (y + dy) as u32);
                p.0.iter().map(|v| i32::from(*v)).sum::<i32>()
            };
            let (center, white) = (level(0.0, 0.0), level(-14.0, 0.0).max(level(14.0, 0.0)));
            assert!(
                center + 120 < white,
                "{index}: {center} at the pupil, {white} beside it"
            );
            looked_at += 1;
        }
    }
    assert!(looked_at > 8);
}

#[test]
fn everything_is_known_but_attractive_and_nothing_is_rare() {
    const COUNT: u64 = 4000;
    let schema = Schema::face();
    let mut present = vec![0_u64; schema.tasks[1].len()];
    for index in 0..COUNT {
        let (whose, picture) = dice(11, index);
        let traits = Traits::draw(whose, picture);
        for (count, name) in present.iter_mut().zip(schema.tasks[1].items()) {
            match traits.get(name) {
                Some(there) => *count += u64::from(there),
                None => assert_eq!(name, "Attractive"),
            }
        }
    }
    for (count, name) in present.iter().zip(schema.tasks[1].items()) {
        let share = *count as f64 / COUNT as f64;
        println!("{name}: {share:.3}");
        assert!(
            name == "Attractive" || (0.04..0.85).contains(&share),
            "{name}: {share}"
        );
    }
}

/// Mean and largest-block difference of the two portraits within the face box, of 255.
fn difference(a: &RgbImage, b: &RgbImage) -> f32 {
    const BLOCK: usize = 10;
    let (w, h) = (a.width() as usize / BLOCK, a.height() as usize / BLOCK);
    let mut blocks = vec![0.0_f32; w * h];
    for (i, (p, q)) in a.pixels().zip(b.pixels()).enumerate() {
        let (x, y) = (
            i % a.width() as usize / BLOCK,
            i / a.width() as usize / BLOCK,
        );
        if x < w && y < h {
            let sum: i32 =
                p.0.iter()
                    .zip(q.0)
                    .map(|(p, q)| (i32::from(*p) - i32::from(q)).abs())
                    .sum();
            blocks[y * w + x] += sum as f32 / (3 * BLOCK * BLOCK) as f32;
        }
    }
    blocks.into_iter().fold(0.0, f32::max)
}

/// Whoever has an attribute differs from himself without it, by at least 6 of 255 in the mean of
/// some block of a tenth of the head's width.
#[test]
fn each_attribute_is_visible() {
    let schema = Schema::face();
    let (whose, picture) = dice(4, 0);
    let plain = Traits {
        brown_hair: true,
        young: true,
        no_beard: true,
        male: true,
        ..Traits::default()
    };
    for name in schema.tasks[1].items().filter(|n| *n != "Attractive") {
        let (mut with, mut without) = (plain, plain);
        match name {
            // These say what the others leave.
            "No_Beard" => without.goatee = true,
            "Brown_Hair" => (without.brown_hair, without.black_hair) = (false, true),
            "Black_Hair" | "Blond_Hair" | "Gray_Hair" => with.brown_hair = false,
            "Bald" => with.brown_hair = false,
            "Wearing_Earrings" | "Heavy_Makeup" | "Wearing_Lipstick" => {
                (with.male, without.male) = (false, false)
            }
            "Straight_Hair" => without.wavy_hair = true,
            _ => {}
        }
        *without.get_mut(name).unwrap() = false;
        *with.get_mut(name).unwrap() = true;
        let [a, b] =
            [with, without].map(|t| paint::paint(&Appearance::new(t, whose, picture), 200));
        let most = difference(&a, &b);
        println!("{name}: {most:.1}");
        assert!(most > 6.0, "{name}: {most}");
    }
}

#[test]
fn nobody_is_in_two_splits_and_the_shares_are_stated() {
    let mut of_person = std::collections::HashMap::new();
    let mut counts = [0; 3];
    for index in 0..400 {
        let split = split(index);
        counts[split as usize] += 1;
        assert_eq!(*of_person.entry(person(index)).or_insert(split), split);
    }
    assert_eq!(counts, [320, 40, 40]);
    assert_eq!(of_person.len(), 100);
}

#[test]
fn written_files_are_read_back_as_the_same_labels() {
    let root = tempfile::tempdir().unwrap();
    let target = root.path().join("faces");
    write(&target, 5, 12, SET_WIDTH, || {}).unwrap();
    let read = dataset::open(&target, &Schema::face()).unwrap();
    let drawn = dataset::open(std::path::Path::new("synthetic:12@5"), &Schema::face()).unwrap();
    assert_eq!(read.problems, []);
    assert_eq!(read.samples.len(), 12);
    for (a, b) in read.samples.iter().zip(&drawn.samples) {
        assert_eq!(a.path.file_name(), b.path.file_name());
        assert_eq!(
            (a.split, &a.identity, a.face_box),
            (b.split, &b.identity, b.face_box)
        );
        assert_eq!(a.annotation.tasks[1], b.annotation.tasks[1]);
        for (p, q) in points(&a.annotation).iter().zip(points(&b.annotation)) {
            assert!((p[0] - q[0]).abs() <= 0.5 && (p[1] - q[1]).abs() <= 0.5);
        }
        assert_eq!(a.load().unwrap(), b.load().unwrap());
    }
}

#[test]
fn sources_that_say_nothing_are_refused() {
    for bad in ["", "0", "x", "-3", "5@", "5@y", "1000000", "7@1@2"] {
        let path = format!("{SCHEME}{bad}");
        let error = dataset::open(path.as_ref(), &Schema::face()).unwrap_err();
        assert!(
            error.to_string().contains("synthetic:N@SEED"),
            "{bad}: {error}"
        );
    }
}

#[test]
fn a_picture_is_the_same_drawn_in_memory_and_in_a_file() {
    let root = tempfile::tempdir().unwrap();
    let set = dataset::open("synthetic:3@9".as_ref(), &Schema::face()).unwrap();
    let drawn = &set.samples[2];
    let picture = drawn.load().unwrap().image;
    let path = root.path().join("c.png");
    picture.save(&path).unwrap();
    let with = |source| dataset::Sample {
        source,
        path: path.as_path().into(),
        ..drawn.clone()
    };
    let memory = with(PictureSource::Memory(picture.clone().into()));
    for sample in [drawn, &memory, &with(PictureSource::File)] {
        assert_eq!(sample.load().unwrap().image, picture);
        assert_eq!(sample.picture_size().unwrap(), picture.dimensions());
    }
    std::fs::remove_file(&path).unwrap();
    assert!(memory.load().is_ok(), "it is in no file");
}
