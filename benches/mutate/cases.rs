//! Files of every reader, and how they are damaged. A test reads some of them, the bench many.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use rand::RngExt;
use rand::rngs::StdRng;
use smn_studio::dataset::{self, Summary};
use smn_studio::label::Schema;

/// A reader: the file that is damaged, its sound form, and the files that stay as they are.
pub struct Reader {
    pub name: &'static str,
    file: &'static str,
    pub sound: String,
    others: &'static [(&'static str, &'static str)],
    /// What is opened.
    open: &'static str,
}

impl Reader {
    /// Writes what stays as it is.
    pub fn prepare(&self, folder: &Path) {
        for name in PICTURES {
            fs::write(folder.join(name), "").unwrap();
            fs::create_dir_all(folder.join("img_align_celeba")).unwrap();
            fs::write(folder.join("img_align_celeba").join(name), "").unwrap();
        }
        for (name, text) in self.others {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        if self.name == "CelebA boxes" {
            fs::remove_dir_all(folder.join("img_align_celeba")).unwrap();
        }
    }

    /// Whether faces are found in the folder with this file in it; nothing where that panics.
    pub fn has_faces(&self, folder: &Path, file: &[u8], schema: &Schema) -> Option<bool> {
        fs::write(folder.join(self.file), file).unwrap();
        let read = || {
            let set = dataset::open(&folder.join(self.open), schema);
            set.is_ok_and(|set| Summary::of(&set).faces > 0)
        };
        catch_unwind(AssertUnwindSafe(read)).ok()
    }
}

const PICTURES: [&str; 3] = ["a.jpg", "b.jpg", "c.png"];

pub fn readers() -> Vec<Reader> {
    let reader = |name, file, sound: &str, others, open| Reader {
        name,
        file,
        sound: sound.to_owned(),
        others,
        open,
    };
    let points: String = (0..68).map(|i| format!("{i}.5 {}\n", 2 * i)).collect();
    let landmarks = "lefteye_x lefteye_y righteye_x righteye_y nose_x nose_y leftmouth_x \
        leftmouth_y rightmouth_x rightmouth_y \n\
        a.jpg 69  109  106  113   77  142   73  152  108  154\n\
        b.jpg 69  110  107  112   81  135   70  151  108  153\n";
    let rows = format!("2\n{landmarks}");
    let partition = &[("list_eval_partition.txt", "a.jpg 0\nb.jpg 1\nc.png 2\n")];
    vec![
        reader(
            "CelebA attributes",
            "list_attr_celeba.txt",
            "3\nSmiling Young Foreign \na.jpg -1  1  1\nb.jpg  1 -1  1\nc.png -1 -1  1\n",
            partition,
            "",
        ),
        reader(
            "CelebA landmarks",
            "list_landmarks_align_celeba.txt",
            &rows,
            partition,
            "",
        ),
        reader(
            "CelebA boxes",
            "list_bbox_celeba.txt",
            "2\nimage_id x_1 y_1 width height\na.jpg    95  71 226 313\nb.jpg     0   0   0   0\n",
            &[
                ("list_landmarks_celeba.txt", "0\nx\n"),
                ("img_celeba/a.jpg", ""),
            ],
            "",
        ),
        reader(
            "CelebA partition",
            "list_eval_partition.txt",
            partition[0].1,
            &[],
            "",
        ),
        reader(
            "CelebA identities",
            "identity_CelebA.txt",
            "a.jpg 2880\nb.jpg 2937\nc.png 8692\n",
            partition,
            "",
        ),
        reader(
            "CelebA CSV",
            "list_attr_celeba.csv",
            "image_id,Smiling,Young,Foreign\na.jpg,-1,1,1\nb.jpg,1,-1,0\n\"c.png\",1,1,1\n",
            &[],
            "",
        ),
        reader(
            "faces.csv",
            "faces.csv",
            "image,face,x,y,w,h,angle,split,identity,left_eye_x,left_eye_y,left_eye_state,Smiling,pose\n\
             a.jpg,0,1,2,30,40,0.1,train,1,10,11,,1,frontal\n\
             a.jpg,1,,,,,,val,\"x, \"\"y\"\"\",10,11,occluded,-1,left\nb.jpg,0,1,2,3,4,,test,,,,,,\n",
            &[],
            "faces.csv",
        ),
        reader(
            "MTFL",
            "training.txt",
            " a.jpg 106.75 147.75 129.25 108.25 144.75 108.25 112.25 124.25 148.25 152.25 1 2 2 3\n\
              b.jpg 106 147 129 108 144 108 112 124 148 152 2 1 1 5\n",
            &[],
            "training.txt",
        ),
        reader(
            "pts",
            "a.pts",
            &format!("version: 1\nn_points:  68\n{{\n{points}}}\n"),
            &[],
            "a.pts",
        ),
        reader(
            "COCO",
            "coco.json",
            r#"{"images": [{"id": 7, "file_name": "a.jpg", "width": 9}, {"id": "8", "file_name": "b.jpg"}],
              "annotations": [{"id": 1, "image_id": 7, "category_id": 1, "bbox": [1, 2, 30.5, 40],
              "segmentation": [[1, 2]], "keypoints": [10, 11, 2, 20, 12, 1, 15, 16, 0],
              "attributes": {"Smiling": true, "x": "y"}, "split": "train", "identity": 5,
              "columns": {"pose": "3"}}, {"image_id": "8", "bbox": [1, 2, 3, 4]}],
              "categories": [{"id": 1, "keypoints": ["left_eye", "nose", "left_shoulder"]}]}"#,
            &[],
            "coco.json",
        ),
        reader(
            "labelme",
            "a.json",
            r#"{"version": "5.5.0", "flags": {"Smiling": true, "odd": false}, "shapes": [
              {"label": "left_eye", "points": [[10.5, 11]], "group_id": null, "shape_type": "point",
               "flags": {"occluded": true}},
              {"label": "face", "points": [[1, 2], [30, 40]], "group_id": 1,
               "shape_type": "rectangle", "flags": {"Young": false}}],
              "imagePath": "a.jpg", "imageData": null, "imageHeight": 9, "imageWidth": 9}"#,
            &[],
            "a.json",
        ),
    ]
}

/// What a hostile file has in it.
fn nasty(random: &mut StdRng) -> Vec<u8> {
    let words: [&[u8]; 16] = [
        b"99999999999999999999",
        b"-1",
        b"NaN",
        b"1e308",
        b"\0",
        b"\xff\xfe",
        b"\n",
        b"\"",
        b",",
        b"{",
        b"}",
        b"../../a.jpg",
        b"inf",
        b"\r",
        b"null",
        b" ",
    ];
    match random.random_range(0..40) {
        0 => b"[".repeat(random.random_range(1..30_000)),
        1 => b"{\"a\":".repeat(random.random_range(1..10_000)),
        2 => b"9".repeat(random.random_range(1..30_000)),
        3 => b"\n".repeat(random.random_range(1..30_000)),
        4 => b"a,".repeat(random.random_range(1..15_000)),
        5 => b"{},".repeat(random.random_range(1..10_000)),
        6 => b"x ".repeat(random.random_range(1..15_000)),
        _ => words[random.random_range(0..words.len())].to_vec(),
    }
}

/// JSON that stays JSON, with other values in some places.
fn other_values(sound: &str, random: &mut StdRng) -> Vec<u8> {
    let values = [
        "null",
        "true",
        "0",
        "-1",
        "2",
        "1.5",
        "1e300",
        "-99999999999999999999",
        "\"x\"",
        "\"\"",
        "[]",
        "[1]",
        "[[1, 2]]",
        "[1, 2, 3, 4]",
        "{}",
        "{\"a\": [{}]}",
        "\"../a.jpg\"",
        "\"b.jpg\"",
        "18446744073709551615",
    ];
    let mut text = sound.to_owned();
    for _ in 0..random.random_range(1..4) {
        let scalar = |c: char| c.is_alphanumeric() || "\"._-".contains(c);
        let starts: Vec<usize> = text
            .char_indices()
            .zip(std::iter::once(' ').chain(text.chars()))
            .filter(|((_, c), before)| scalar(*c) && !scalar(*before))
            .map(|((at, _), _)| at)
            .collect();
        let at = starts[random.random_range(0..starts.len())];
        let len = text[at..].find(|c| !scalar(c)).unwrap_or(0);
        // Names of fields stay strings.
        let value = match text[at + len..].trim_start().starts_with(':') {
            true => "\"a\"",
            false => values[random.random_range(0..values.len())],
        };
        text.replace_range(at..at + len, value);
    }
    text.into_bytes()
}

pub fn damaged(sound: &str, random: &mut StdRng) -> Vec<u8> {
    if sound.starts_with('{') && random.random_range(0..3) > 0 {
        return other_values(sound, random);
    }
    let mut bytes = sound.as_bytes().to_vec();
    for _ in 0..random.random_range(1..5) {
        let at = random.random_range(0..=bytes.len());
        let end = (at + random.random_range(0..12)).min(bytes.len());
        match random.random_range(0..6) {
            0 if at < bytes.len() => bytes[at] = random.random(),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let piece = bytes[at..end].to_vec();
                let to = random.random_range(0..=bytes.len());
                bytes.splice(to..to, piece);
            }
            3 => bytes.truncate(at),
            // A part many times over.
            4 => {
                let end = (at + random.random_range(0..200)).min(bytes.len());
                let piece = bytes[at..end].repeat(random.random_range(1..100));
                bytes.splice(at..at, piece);
            }
            _ => drop(bytes.splice(at..end, nasty(random))),
        }
    }
    bytes.truncate(64 << 10);
    bytes
}
