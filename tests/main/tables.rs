//! Tables as other programs write them, read by the program: what it counts, and what it says.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::cli::{fails, photo, run};

/// What `data` finds in a folder, and what it prints.
fn data(folder: &Path, of: &str) -> (Value, String) {
    let (success, output) = run(folder, &["data", of, "--json", "found.json"]);
    assert!(success, "{output}");
    let found = fs::read(folder.join("found.json")).unwrap();
    (serde_json::from_slice(&found).unwrap(), output)
}

/// How often an attribute is known and present.
fn attribute(found: &Value, name: &str) -> [u64; 2] {
    let all = found["tasks"][1]["attributes"].as_array().unwrap();
    let one = all.iter().find(|a| a["name"] == name).unwrap();
    ["known", "present"].map(|key| one[key].as_u64().unwrap())
}

#[test]
fn a_table_of_windows_and_pandas_is_read_and_what_is_lost_is_said() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("set");
    fs::create_dir_all(folder.join("sub")).unwrap();
    for name in ["a.png", "sub/b.png", "c.png"] {
        photo(&folder, name);
    }
    let rows = [
        "\u{feff}Image;X;Y;W;H;left_eye_x;left_eye_y;Smiling;male;identity",
        "C:\\set\\A.PNG;10,0;5,0;40,0;40,0;20,5;20,0;1,0;0,0;7.0",
        "sub\\b.png;nan;nan;nan;nan;nan;nan;0,0;1,0;8.0",
        "",
        "c.png;10;5;0;40;20;ten;word;;",
        "d.png;10;5;40;40;20;20;1;1;9.0",
    ];
    fs::write(folder.join("FACES.CSV"), rows.join("\r\n")).unwrap();
    let (found, output) = data(root.path(), "set");
    assert_eq!(found["faces"], 3, "{output}");
    assert_eq!(attribute(&found, "Smiling"), [2, 1]);
    assert_eq!(attribute(&found, "Male"), [2, 1]);
    assert_eq!(found["tasks"][0]["points"][0]["known"], 1);
    for part in [
        "1 picture is not where the file says",
        "0 is absent (2 values)",
        "FACES.CSV:5: box: a box of 0 by 40 pixels: unknown",
        "FACES.CSV:5: left_eye: \"ten\" is not a number: unknown",
        "FACES.CSV:5: Smiling: \"word\" is not 1, -1, True, False, yes or no: unknown",
        "FACES.CSV:6: d.png: no such picture",
        "problems: 6",
    ] {
        assert!(output.contains(part), "{part}: {output}");
    }
    // What is written from it is read without a word.
    let to = [
        "convert",
        "set",
        "--to",
        "celeba-csv",
        "--out",
        "out",
        "--copy-pictures",
    ];
    let (success, output) = run(root.path(), &to);
    assert!(success && output.contains("0 is absent"), "{output}");
    let (again, output) = data(root.path(), "out");
    assert_eq!(attribute(&again, "Smiling"), [2, 1], "{output}");
    assert!(output.contains("problems: 0"), "{output}");
}

#[test]
fn nothing_but_presence_stays_so_when_it_is_written() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("set");
    fs::create_dir(&folder).unwrap();
    for name in ["a.png", "b.png"] {
        photo(&folder, name);
    }
    let table = "image,Smiling,Male\na.png,1,\nb.png,,True\n";
    fs::write(folder.join("faces.csv"), table).unwrap();
    for format in ["celeba", "celeba-csv"] {
        let to = [
            "convert",
            "set",
            "--to",
            format,
            "--out",
            format,
            "--copy-pictures",
        ];
        let (success, output) = run(root.path(), &to);
        assert!(success, "{output}");
        let (again, output) = data(root.path(), format);
        assert_eq!(attribute(&again, "Smiling"), [1, 1], "{format}: {output}");
        assert_eq!(attribute(&again, "Male"), [1, 1], "{format}: {output}");
    }
}

#[test]
fn boxes_from_labels_are_taken_only_where_they_are_asked_for() {
    let root = tempfile::tempdir().unwrap();
    let pictures = root.path().join("img_align_celeba");
    fs::create_dir(&pictures).unwrap();
    image::RgbImage::new(178, 218)
        .save(pictures.join("000001.jpg"))
        .unwrap();
    let points = "1\nlefteye_x lefteye_y righteye_x righteye_y nose_x nose_y leftmouth_x \
        leftmouth_y rightmouth_x rightmouth_y\n000001.jpg 60 90 90 91 75 110 62 130 88 131\n";
    fs::write(root.path().join("list_landmarks_align_celeba.txt"), points).unwrap();
    let base = ["predict", ".", "--out", "out", "--device", "cpu"];
    for (more, source) in [
        (&[][..], "the place of aligned faces"),
        (&["--boxes", "labels"], "from the labelled points"),
        (&["--boxes", "picture"], "the picture's centre square"),
        (&["--box", "1,2,90,90"], "by hand"),
    ] {
        let (success, output) = run(root.path(), &[&base[..], more].concat());
        assert!(
            success && output.contains(&format!("box: {source} (1 of 1)")),
            "{output}"
        );
    }
    let both = [&base[..], &["--boxes", "labels", "--box", "1,2,9,9"]].concat();
    fails(root.path(), &both, &["cannot be used with"]);
    let (_, output) = data(root.path(), ".");
    assert!(
        output.contains("boxes: the place of aligned faces 1"),
        "{output}"
    );
}
