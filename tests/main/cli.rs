//! The commands as a user runs them: what they write, and what they say of bad input.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use image::{Rgb, RgbImage};

pub fn studio(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_smn-studio"));
    command
        .current_dir(folder)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("RUST_LOG");
    command
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs and checks that nothing panicked; returns whether it succeeded and all it said.
pub fn run(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = studio(folder).args(arguments).output().unwrap();
    let output = text(&stdout) + &text(&stderr);
    assert!(!output.contains("panicked"), "{arguments:?}: {output}");
    assert!(
        status.code().is_some(),
        "{arguments:?} was killed: {output}"
    );
    (status.success(), output)
}

pub fn fails(folder: &Path, arguments: &[&str], with: &[&str]) {
    let (success, output) = run(folder, arguments);
    assert!(!success, "{arguments:?} succeeded: {output}");
    for word in with {
        assert!(
            output.contains(word),
            "{arguments:?} does not say {word:?}: {output}"
        );
    }
}

pub fn photo(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    let picture = RgbImage::from_fn(80, 60, |x, y| Rgb([x as u8, y as u8, 99]));
    picture.save(&path).unwrap();
    path
}

pub fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/{name}.safetensors"))
}

#[test]
fn without_a_display_the_main_job_is_done_in_files() {
    let folder = tempfile::tempdir().unwrap();
    let (success, output) = run(folder.path(), &[]);
    assert!(success, "{output}");
    assert!(
        output.contains("No window") && output.contains("mesa-vulkan-drivers"),
        "{output}"
    );
    let lines = fs::read_to_string(folder.path().join("out/predictions.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 6);
    for line in lines.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let face = &line["faces"][0];
        assert_eq!(face["landmarks"].as_object().unwrap().len(), 5);
        assert_eq!(face["attributes"].as_object().unwrap().len(), 40);
        let picture = folder
            .path()
            .join("out")
            .join(line["image"].as_str().unwrap());
        assert!(image::open(picture).unwrap().width() > 300);
    }
    assert!(
        image::open(folder.path().join("out/figure6.png"))
            .unwrap()
            .width()
            > 600
    );
}

#[test]
fn an_overlay_under_another_name_is_said() {
    let folder = tempfile::tempdir().unwrap();
    photo(folder.path(), "a.png");
    fs::create_dir(folder.path().join("sub")).unwrap();
    photo(&folder.path().join("sub"), "a.png");
    let arguments = ["predict", ".", "--out", "results", "--overlay"];
    let (success, output) = run(folder.path(), &arguments);
    assert!(success, "{output}");
    for (of, name) in [("./a.png", "a.png-1.png"), ("./sub/a.png", "a.png-2.png")] {
        assert!(
            output.contains(&format!("the overlay of {of} is {name}")),
            "{output}"
        );
        assert!(folder.path().join("results/overlays").join(name).is_file());
    }
}

#[test]
fn predictions_are_one_line_a_picture_and_say_their_box() {
    let folder = tempfile::tempdir().unwrap();
    photo(folder.path(), "a.png");
    photo(folder.path(), "b.png");
    fs::write(folder.path().join("broken.jpg"), "no picture").unwrap();
    let (success, output) = run(
        folder.path(),
        &["predict", ".", "--out", "results", "--overlay"],
    );
    assert!(success, "{output}");
    assert!(
        output.contains("broken.jpg") && output.contains("centre square"),
        "{output}"
    );
    let lines = fs::read_to_string(folder.path().join("results/predictions.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 2);
    let first: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(
        first["faces"][0]["box"],
        serde_json::json!([10.0, 0.0, 60.0, 60.0])
    );
    assert!(folder.path().join("results/overlays/a.png").is_file());

    let (success, output) = run(
        folder.path(),
        &["predict", "a.png", "--box", "5,6,40,50", "--out", "given"],
    );
    assert!(success && output.contains("by hand"), "{output}");
    fails(
        folder.path(),
        &["predict", "a.png", "--box", "1,2,0,9", "--out", "x"],
        &["box"],
    );
}

#[test]
fn a_box_that_has_nothing_of_the_photo_is_refused_or_said() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.png", "b.png"] {
        photo(folder.path(), name);
    }
    let commands = [
        &["predict", "a.png", "b.png", "--out", "x"][..],
        &["features", "a.png", "--out", "x.png"],
        &["explain", "a.png", "--target", "Smiling", "--out", "x.png"],
    ];
    for command in commands {
        for outside in ["1000,1000,50,50", "-50,0,50,50", "80,0,9,9", "0,60,9,9"] {
            let boxed = format!("--box={outside}");
            let with = format!("the box {outside} has no pixel of a.png, which has 80×60");
            fails(folder.path(), &[command, &[&*boxed]].concat(), &[&with]);
        }
        assert!(!folder.path().join("x").exists() && !folder.path().join("x.png").exists());
    }
    let (success, output) = run(
        folder.path(),
        &["predict", "a.png", "--box=-49,-49,50,50", "--out", "part"],
    );
    assert!(success && !output.contains("no pixel"), "{output}");
    // A data set's own box is its matter, and nothing is left out.
    let rows = "image,x,y,w,h,Smiling\na.png,5,5,50,50,1\nb.png,200,5,50,50,1\n";
    fs::write(folder.path().join("faces.csv"), rows).unwrap();
    let said_of = "the box 200,5,50,50 has no pixel of";
    for command in [
        &["predict", ".", "--out", "out"][..],
        &["eval", "."],
        &["features", "b.png", "--data", ".", "--out", "b-maps.png"],
    ] {
        let (success, output) = run(folder.path(), command);
        assert!(success, "{command:?}: {output}");
        assert_eq!(output.matches(said_of).count(), 1, "{command:?}: {output}");
    }
}

#[test]
fn predictions_name_faces_by_the_numbers_of_their_file() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.png", "b.png"] {
        photo(folder.path(), name);
    }
    // In an order of its own, beside a picture whose file has no numbers.
    let rows = "image,face,x,y,w,h\na.png,7,2,3,40,40\na.png,0,10,12,30,30\nb.png,,1,1,9,9\n";
    fs::write(folder.path().join("faces.csv"), rows).unwrap();
    let (success, output) = run(folder.path(), &["predict", ".", "--out", "out"]);
    assert!(success, "{output}");
    let lines = fs::read_to_string(folder.path().join("out/predictions.jsonl")).unwrap();
    let lines: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let faces = lines[0]["faces"].as_array().unwrap();
    let numbers: Vec<_> = faces.iter().map(|face| face["face"].as_u64()).collect();
    assert_eq!(numbers, [Some(7), Some(0)]);
    assert_eq!(faces[1]["box"][0], 10.0);
    assert!(lines[1]["faces"][0].get("face").is_none(), "{}", lines[1]);
}

#[test]
fn figure_6_is_written_and_an_unknown_layer_named() {
    let folder = tempfile::tempdir().unwrap();
    photo(folder.path(), "a.png");
    let (success, output) = run(
        folder.path(),
        &["features", "a.png", "--layer", "conv4_3", "--out", "f.png"],
    );
    assert!(success, "{output}");
    assert!(image::open(folder.path().join("f.png")).is_ok());
    let wrong = ["features", "a.png", "--layer", "conv9_9", "--out", "f.png"];
    fails(folder.path(), &wrong, &["conv9_9", "conv4_3"]);
}

#[test]
fn bad_pictures_and_folders_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let png = fs::read(photo(folder.path(), "a.png")).unwrap();
    fs::write(folder.path().join("cut.png"), &png[..png.len() / 2]).unwrap();
    fs::write(folder.path().join("empty.jpg"), "").unwrap();
    fs::write(
        folder.path().join("phone.heic"),
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    )
    .unwrap();
    fs::create_dir(folder.path().join("nothing")).unwrap();
    let features = |name: &str, with: &[&str]| {
        fails(folder.path(), &["features", name, "--out", "f.png"], with);
    };
    features("cut.png", &["cut.png", "broken picture"]);
    features("empty.jpg", &["empty.jpg", "empty"]);
    features("phone.heic", &["phone.heic", "HEIC", "JPEG"]);
    features("missing.jpg", &["missing.jpg"]);
    fails(
        folder.path(),
        &["predict", "nothing", "--out", "x"],
        &["nothing", "no pictures"],
    );
    fails(
        folder.path(),
        &["predict", "empty.jpg", "--out", "x"],
        &["empty.jpg"],
    );
}

#[test]
fn broken_rows_are_named_with_their_line_and_the_rest_is_measured() {
    let folder = tempfile::tempdir().unwrap();
    photo(folder.path(), "a.png");
    let rows = "image,Smiling\na.png,1\nmissing.png,1\na.png,maybe\n";
    fs::write(folder.path().join("faces.csv"), rows).unwrap();
    let (success, output) = run(
        folder.path(),
        &["eval", "faces.csv", "--json", "report.json"],
    );
    assert!(success, "{output}");
    assert!(
        output.contains("faces.csv:3:") && output.contains("faces.csv:4:"),
        "{output}"
    );
    assert!(
        output.contains("1 face") && output.contains("majority"),
        "{output}"
    );
    let report = fs::read_to_string(folder.path().join("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["faces"], 1);
}

#[test]
fn devices_says_what_auto_takes() {
    let folder = tempfile::tempdir().unwrap();
    let (success, output) = run(folder.path(), &["devices"]);
    assert!(success && output.contains("auto takes"), "{output}");
    fails(
        folder.path(),
        &["features", "x.png", "--device", "tpu", "--out", "y"],
        &["tpu"],
    );
}

fn labelled(folder: &Path) {
    photo(folder, "a.png");
    fs::write(folder.join("broken.png"), "no picture").unwrap();
    let table = "image,split,Smiling,left_eye_x,left_eye_y,pose\na.png,train,1,10.25,11,left\n\
        broken.png,val,-1,1,2,\nnone.png,train,1,1,2,left\n";
    fs::write(folder.join("faces.csv"), table).unwrap();
}

#[test]
fn a_data_set_is_summarised_and_its_problems_named() {
    let folder = tempfile::tempdir().unwrap();
    labelled(folder.path());
    let (success, output) = run(folder.path(), &["data", "."]);
    assert!(success, "{output}");
    for part in [
        "2 faces in 2 pictures",
        "train 1, validation 1",
        "Smiling",
        "( 50.0 %)",
        "column pose",
        "problems: 1",
        "faces.csv:4: none.png: no such picture",
    ] {
        assert!(output.contains(part), "{part}: {output}");
    }
    let asked = ["data", "faces.csv", "--check-pictures", "--json", "s.json"];
    let (success, output) = run(folder.path(), &asked);
    assert!(
        success && output.contains("broken.png: not a picture"),
        "{output}"
    );
    let json = fs::read_to_string(folder.path().join("s.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["faces"], 2);
    assert_eq!(json["problems"].as_array().unwrap().len(), 2);
    fails(folder.path(), &["data", "nothing"], &["nothing"]);
}

#[test]
fn a_conversion_says_what_is_lost_and_never_touches_its_source() {
    let folder = tempfile::tempdir().unwrap();
    labelled(folder.path());
    let before = fs::read(folder.path().join("faces.csv")).unwrap();
    let out = tempfile::tempdir().unwrap();
    let target = |name: &str| out.path().join(name).display().to_string();
    let to = |format: &str, name: &str| {
        let target = target(name);
        run(
            folder.path(),
            &["convert", "faces.csv", "--to", format, "--out", &target],
        )
    };
    let (success, output) = to("labelme", "labelme");
    assert!(success && output.contains("faces' splits: 2"), "{output}");
    assert!(
        output.contains("values of the column \"pose\": 1"),
        "{output}"
    );
    // The face whose picture is none is written, and named where its folder is opened.
    let (success, output) = run(folder.path(), &["data", &target("labelme")]);
    assert!(
        success && output.contains("1 face in 1 picture"),
        "{output}"
    );
    assert!(output.contains("broken.png: not a picture"), "{output}");
    assert!(
        output.contains("labels of faces in pictures that cannot be read: 1 left out"),
        "{output}"
    );

    let (success, output) = to("mtfl", "mtfl");
    assert!(
        success && output.contains("faces left out, as") && output.contains(": 2"),
        "{output}"
    );
    let (success, output) = to("coco", "coco");
    assert!(
        success && output.contains("the format holds all that was read"),
        "{output}"
    );
    assert!(
        Path::new(&target("coco"))
            .join("annotations.json")
            .is_file()
    );
    let (success, output) = to("coco", "coco");
    assert!(!success && output.contains("--force"), "{output}");
    let (success, _) = run(
        folder.path(),
        &["convert", ".", "--to", "pts", "--out", "inside", "--force"],
    );
    assert!(!success, "a folder inside the source");
    let dry = target("dry");
    let (success, _) = run(
        folder.path(),
        &["convert", ".", "--to", "celeba", "--out", &dry, "--dry-run"],
    );
    assert!(success && !Path::new(&dry).exists());
    assert_eq!(fs::read(folder.path().join("faces.csv")).unwrap(), before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn drawn_faces_are_written_shown_on_a_sheet_and_used_without_files() {
    let folder = tempfile::tempdir().unwrap();
    let draw = ["synth", "--count", "3", "--seed", "4", "--width", "96"];
    let with = |more: &[&'static str]| -> Vec<&str> { [&draw[..], more].concat() };
    let (success, output) = run(
        folder.path(),
        &with(&["--out", "faces", "--sheet", "sheet.png"]),
    );
    assert!(success, "{output}");
    let picture = image::open(folder.path().join("faces/Img/img_celeba/000003.png")).unwrap();
    assert_eq!((picture.width(), picture.height()), (96, 120));
    let sheet = image::open(folder.path().join("sheet.png")).unwrap();
    assert_eq!(sheet.width(), 3 * 240);
    fails(folder.path(), &with(&["--out", "faces"]), &["already"]);
    fails(folder.path(), &draw, &["--out"]);

    let (success, output) = run(
        folder.path(),
        &["predict", "synthetic:2@4", "--out", "results", "--overlay"],
    );
    assert!(success && output.contains("the data set's box"), "{output}");
    assert!(folder.path().join("results/overlays/000002.png").is_file());
    fails(
        folder.path(),
        &["eval", "synthetic:none"],
        &["synthetic:N@SEED"],
    );
}
