//! What a file or a folder is, by what is in it and only then by its name.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::folders::folder_of;
use super::json::{self, Outline};
use super::listing::{self, Listing};
use super::{
    Dataset, DatasetError, Problem, coco, faces_csv, join, labelme, mtfl, name_of, pictures, pts,
    unread,
};
use crate::kind::{self, Use};
use crate::label::Schema;
use crate::photo::{Photo, is_picture};

/// A folder that is not CelebA's.
pub fn folder(path: &Path, schema: &Schema) -> Result<Dataset, DatasetError> {
    let listing = listing::list(path)?;
    let lists = mtfl::files(path);
    let (mut set, table) = match (faces_csv::file(path), lists.first()) {
        (Some(table), _) => (faces_csv::read(&table, schema)?, table),
        (None, Some(first)) => (mtfl::read(path, &lists, schema)?, first.clone()),
        (None, None) => return by_files(path, listing, schema),
    };
    set.problems.extend(beside(&listing, &name_of(&table)));
    Ok(set)
}

/// A file, by what is in it and, for text, by its ending.
pub fn file(path: &Path, schema: &Schema) -> Result<Dataset, DatasetError> {
    let one = || vec![path.to_owned()];
    let kind = kind::of_file(path).map_err(DatasetError::io(path))?;
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let text = matches!(kind.good_for, Use::Text | Use::Unknown);
    match &*ending.to_ascii_lowercase() {
        _ if kind.good_for == Use::Json => json_file(path, schema),
        "csv" | "tsv" if text => faces_csv::read(path, schema),
        "txt" if text && mtfl::is_label_file(path) => mtfl::read(path, &one(), schema),
        "pts" if text => {
            let mut files = siblings(path)?;
            files.retain(|f| is_picture(f));
            pts::of_file(path, &files, schema)
        }
        _ if kind.good_for == Use::Picture || is_picture(path) => {
            Photo::check(path).map_err(|e| DatasetError::Picture {
                path: path.to_owned(),
                what: e.reason(),
            })?;
            Ok(pictures(path, one(), schema))
        }
        "txt" if text => Err(DatasetError::format(
            path,
            format!(
                "{}, but neither one of CelebA's tables nor MTFL's lines of a path and 14 numbers",
                kind.words
            ),
        )),
        _ => {
            let advice = match kind.good_for {
                Use::OtherPicture => "export photos as JPEG or PNG first",
                Use::Archive => "unpack it first",
                Use::Weights => "no faces are in it; networks are given as --weights",
                _ => {
                    "faces are read from pictures, COCO and labelme JSON, CelebA, MTFL, .pts and \
                     faces.csv"
                }
            };
            let what = format!("{}, which is not read here: {advice}", kind.words);
            Err(DatasetError::format(path, what))
        }
    }
}

fn json_file(path: &Path, schema: &Schema) -> Result<Dataset, DatasetError> {
    match json::outline(path) {
        Ok(Outline::Labelme) => labelme::read(path, &[], &[path.to_owned()], schema),
        Ok(Outline::Coco) => coco::read(path, schema),
        Ok(Outline::Other(words)) => Err(DatasetError::format(path, unknown_json(&words))),
        Err(problem) => Err(DatasetError::format(path, problem.what)),
    }
}

fn unknown_json(words: &str) -> String {
    format!("neither a COCO file (images and annotations) nor one of labelme's (shapes): {words}")
}

fn siblings(path: &Path) -> Result<Vec<PathBuf>, DatasetError> {
    let folder = folder_of(path);
    let entries = std::fs::read_dir(folder).map_err(DatasetError::io(folder))?;
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|e| folder.join(e.file_name()))
        .collect();
    files.sort();
    Ok(files)
}

fn ends(file: &Path, ending: &str) -> bool {
    file.extension()
        .is_some_and(|e| e.eq_ignore_ascii_case(ending))
}

/// What a folder is by the files in it and below. Whatever they know of a picture is joined.
fn by_files(path: &Path, listing: Listing, schema: &Schema) -> Result<Dataset, DatasetError> {
    let Listing {
        files,
        sets,
        mut problems,
        ..
    } = listing;
    let named: Vec<PathBuf> = files.iter().filter(|f| is_picture(f)).cloned().collect();
    let (photos, wrong) = unread::pictures(named.clone());
    problems.extend(wrong);
    let good: HashSet<&PathBuf> = photos.iter().collect();
    let broken = named.iter().filter(|f| !good.contains(f));
    let broken: HashSet<PathBuf> = broken
        .filter_map(|f| std::fs::canonicalize(f).ok())
        .collect();

    let (json, rest): (Vec<PathBuf>, Vec<PathBuf>) =
        files.into_iter().partition(|f| ends(f, "json"));
    let (points, rest): (Vec<PathBuf>, Vec<PathBuf>) =
        rest.into_iter().partition(|f| ends(f, "pts"));
    problems.extend(unread::others(&rest));

    // First, so that each picture has the path by which it is listed. Those beside .pts are in what
    // their reader makes of them.
    let beside = by_folder(&photos);
    let points = by_folder(&points);
    let plain = photos.iter().filter(|p| !points.contains_key(folder_of(p)));
    let mut parts = vec![pictures(path, plain.cloned().collect(), schema)];
    for (folder, points) in &points {
        let here = beside.get(folder).map_or(&[][..], Vec::as_slice);
        parts.push(pts::read(folder, here, points, schema)?);
    }
    let outlines: Vec<_> = json.par_iter().map(|file| json::outline(file)).collect();
    let (mut one_each, mut whole) = (Vec::new(), Vec::new());
    let mut unknown: BTreeMap<String, Vec<&Path>> = BTreeMap::new();
    for (file, outline) in json.iter().zip(outlines) {
        match outline {
            Ok(Outline::Labelme) => one_each.push(file.clone()),
            Ok(Outline::Coco) => whole.push(file),
            Ok(Outline::Other(words)) => unknown.entry(words).or_default().push(file),
            Err(problem) => problems.push(problem),
        }
    }
    for (words, files) in unknown {
        let more = match files.len() {
            1 => String::new(),
            n => format!(" (and {} more like it)", n - 1),
        };
        let what = format!("not read: {}{more}", unknown_json(&words));
        problems.push(Problem::new(files[0], None, what));
    }
    if !one_each.is_empty() {
        parts.push(labelme::read(path, &[], &one_each, schema)?);
    }
    for file in &whole {
        let mut set = coco::read(file, schema)?;
        if whole.len() > 1 {
            let stem = file.file_stem().unwrap_or_default().to_string_lossy();
            let split = listing::split_in(&stem);
            set.samples
                .iter_mut()
                .for_each(|s| s.split = s.split.or(split));
        }
        parts.push(set);
    }
    for folder in &sets {
        parts.push(super::open(folder, schema)?);
    }
    if parts.len() == 1 && photos.is_empty() {
        let mut what = "no pictures, no label files (CelebA, MTFL, faces.csv, .pts, COCO or \
                        labelme JSON) in this folder or below it"
            .to_owned();
        for problem in problems.iter().take(3) {
            what += &format!("; {problem}");
        }
        return Err(DatasetError::format(path, what));
    }
    let mut set = join(name_of(path), parts, schema);
    if !broken.is_empty() {
        let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        set.samples.retain(|s| !broken.contains(&real(&s.path)));
    }
    set.samples
        .sort_by(|a, b| (&a.path, a.face).cmp(&(&b.path, b.face)));
    for sample in set.samples.iter_mut().filter(|s| s.split.is_none()) {
        sample.split = listing::split_of(path, &sample.path);
    }
    set.problems.extend(problems);
    Ok(set)
}

/// Files by the folder in which they are.
fn by_folder(files: &[PathBuf]) -> BTreeMap<&Path, Vec<PathBuf>> {
    let mut folders: BTreeMap<&Path, Vec<PathBuf>> = BTreeMap::new();
    for file in files {
        folders
            .entry(folder_of(file))
            .or_default()
            .push(file.clone());
    }
    folders
}

/// Names the label files beside a table that says which pictures are in the set.
fn beside(listing: &Listing, table: &str) -> Vec<Problem> {
    let with = |ending: &str| -> Vec<&Path> {
        let files = listing.files.iter().map(PathBuf::as_path);
        files.filter(|f| ends(f, ending)).collect()
    };
    let sets: Vec<&Path> = listing.sets.iter().map(PathBuf::as_path).collect();
    let mut labelme = Vec::new();
    let mut coco = Vec::new();
    let files = with("json");
    let outlines: Vec<_> = files.par_iter().map(|file| json::outline(file)).collect();
    for (file, outline) in files.into_iter().zip(outlines) {
        match outline {
            Ok(Outline::Labelme) => labelme.push(file),
            Ok(Outline::Coco) => coco.push(file),
            _ => {}
        }
    }
    let groups = [
        (with("pts"), "a .pts file"),
        (labelme, "a labelme file"),
        (coco, "a COCO file"),
        (sets, "a data set in a folder below"),
    ];
    let said = groups
        .iter()
        .filter_map(|(files, words)| unread::set_aside(files, words, table));
    said.chain(listing.problems.iter().cloned()).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use image::RgbImage;

    use super::super::{DatasetError, Split, open, open_all};
    use super::*;

    fn write(root: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match is_picture(&path) && bytes.as_ref() == b"picture" {
            true => RgbImage::new(20, 20)
                .save_with_format(&path, image::ImageFormat::Png)
                .unwrap(),
            false => fs::write(&path, bytes).unwrap(),
        }
        path
    }

    fn read(root: &Path) -> (Dataset, Vec<(String, usize, Option<Split>)>, String) {
        let set = open(root, &Schema::face()).unwrap();
        let faces = set.samples.iter().map(|s| {
            let below = s.path.strip_prefix(root).unwrap_or(&s.path);
            let known = s.annotation.known(0);
            (below.display().to_string(), known, s.split)
        });
        let faces = faces.collect();
        let said: Vec<_> = set.problems.iter().map(Problem::to_string).collect();
        (set, faces, said.join("\n"))
    }

    const PTS: &str = "version: 1\nn_points: 5\n{\n1 2\n3 4\n5 6\n7 8\n9 9\n}\n";
    const LABELME: &str =
        r#"{"shapes": [{"label": "nose", "points": [[1, 2]], "shape_type": "point"}]}"#;

    fn coco(image: &str) -> String {
        format!(
            r#"{{"images": [{{"id": 1, "file_name": "{image}"}}], "categories": [
                {{"id": 1, "name": "face", "keypoints": ["nose", "left_eye"]}}], "annotations": [
                {{"id": 1, "image_id": 1, "category_id": 1, "keypoints": [1, 2, 2, 3, 4, 2]}}]}}"#
        )
    }

    #[test]
    fn folders_below_are_part_of_an_opened_one_with_their_labels() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        for name in [
            "top.png",
            "train/a.png",
            "val/a.PNG",
            "val/b.png",
            "more/c.png",
            ".x/d.png",
        ] {
            write(root, name, "picture");
        }
        write(root, "train/a.pts", PTS);
        write(root, "val/a.pts", PTS);
        write(root, "val/b.json", LABELME);
        write(root, "more/faces.csv", "image,nose_x,nose_y\nc.png,1,2\n");
        let (set, faces, said) = read(root);
        let expected = [
            ("more/c.png", 1, None),
            ("top.png", 0, None),
            ("train/a.png", 5, Some(Split::Train)),
            ("val/a.PNG", 5, Some(Split::Validation)),
            ("val/b.png", 1, Some(Split::Validation)),
        ];
        let faces: Vec<_> = faces.iter().map(|(p, n, s)| (p.as_str(), *n, *s)).collect();
        assert_eq!(faces, expected, "{said}");
        assert!(set.problems.is_empty(), "{said}");
    }

    #[test]
    fn several_coco_files_are_joined_with_the_splits_of_their_names() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        for name in ["images/a.png", "images/b.png", "images/c.png"] {
            write(root, name, "picture");
        }
        write(
            root,
            "annotations/person_keypoints_train2017.json",
            coco("a.png"),
        );
        let bom = format!("\u{feff}{}", coco("b.png"));
        write(root, "annotations/person_keypoints_val2017.json", bom);
        let captions = r#"{"images": [{"id": 1, "file_name": "a.png"}],
            "annotations": [{"id": 1, "image_id": 1, "caption": "a face"}]}"#;
        write(root, "annotations/captions_train2017.json", captions);
        let (_, faces, said) = read(root);
        let expected = [
            ("images/a.png".to_owned(), 2, Some(Split::Train)),
            ("images/b.png".to_owned(), 2, Some(Split::Validation)),
            ("images/c.png".to_owned(), 0, None),
        ];
        assert_eq!(faces, expected, "{said}");
        assert!(said.contains("neither box nor points"), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }

    #[test]
    fn what_only_looks_like_a_picture_is_no_face_and_named() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        for name in [
            "good.png",
            "named.png/in.JPG",
            "._good.png",
            "cut.png",
            "whole.webp",
        ] {
            write(root, name, "picture");
        }
        let png = fs::read(root.join("good.png")).unwrap();
        write(root, "cut.png", &png[..png.len() / 2]);
        write(root, "empty.jpg", "");
        write(root, "also_empty.jpg", "");
        write(root, "page.jpg", "<!DOCTYPE html><html>not found</html>");
        write(
            root,
            "voc.png",
            "<annotation><folder>x</folder></annotation>",
        );
        write(root, "phone.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
        write(root, "Thumbs.db", "x");
        let (_, faces, said) = read(root);
        let names: Vec<_> = faces.iter().map(|f| f.0.as_str()).collect();
        assert_eq!(
            names,
            ["good.png", "named.png/in.JPG", "whole.webp"],
            "{said}"
        );
        for part in [
            "cut.png: broken picture",
            "also_empty.jpg: the file is empty (and 1 more file named as a picture)",
            "page.jpg: not a picture that this program reads (JPEG, PNG, WebP, BMP, GIF, TIFF): it is a web",
            "it is an XML file of Pascal VOC's",
            "phone.jpg: HEIC pictures are not read",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert_eq!(said.lines().count(), 5, "{said}");
    }

    #[test]
    fn labels_that_are_not_read_are_named_for_what_they_are() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        write(root, "a.png", "picture");
        write(root, "a.xml", "<annotation><folder>f</folder><object>");
        write(root, "b.xml", "<annotation><folder>f</folder><object>");
        write(root, "data.yaml", "train: x\n");
        write(root, "labels/a.txt", "0 0.5 0.5 0.25 0.25\n");
        write(root, "all.zip", b"PK\x03\x04\0\0");
        write(root, "photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
        write(
            root,
            "other.json",
            r#"{"regions": {}, "filename": "a.png"}"#,
        );
        write(
            root,
            "list.Json",
            r#"[{"image_id": 1, "category_id": 1, "score": 1, "bbox": []}]"#,
        );
        write(root, "cut.json", r#"{"images": [{"id": 1}"#);
        write(root, "page.json", "<html></html>");
        write(root, "weights.onnx", b"\x08\x07\x12\x07pytorch");
        write(root, "table.csv", "picture,smiling\na.png,1\n");
        write(root, "README.md", "words");
        let (_, faces, said) = read(root);
        assert_eq!(faces.len(), 1);
        for part in [
            "a.xml: an XML file of Pascal VOC's, and 1 more of the ending .xml: not read",
            "data.yaml: a YAML file: not read",
            "a.txt: a text file of YOLO's: not read",
            "all.zip: a ZIP archive: not read; unpack it first",
            "photo.heic: a HEIC picture: not read; export",
            "other.json: not read: neither a COCO file (images and annotations) nor one of labelme's \
             (shapes): of the VGG Image",
            "list.Json: not read: neither",
            "COCO results, it is a list of",
            "cut.json:1: EOF while parsing",
            "page.json: named as JSON, but a web page",
            "weights.onnx: an ONNX network: no part of a data set",
            "table.csv: a text file: not read with the folder",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert_eq!(said.lines().count(), 11, "{said}");
    }

    #[test]
    fn what_a_table_sets_aside_is_named() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        for name in ["a.png", "b.png", "deep/c.png"] {
            write(root, name, "picture");
        }
        write(root, "faces.csv", "image,nose_x,nose_y\na.png,1,2\n");
        write(root, "a.pts", PTS);
        write(root, "b.pts", PTS);
        write(root, "b.json", LABELME);
        write(root, "deep/faces.csv", "image,nose_x,nose_y\nc.png,1,2\n");
        let (_, faces, said) = read(root);
        assert_eq!(faces.len(), 1, "{said}");
        for part in [
            "a.pts: a .pts file, and 1 more like it: not read, since faces.csv says",
            "b.json: a labelme file: not read",
            "deep: a data set in a folder below: not read",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }

    #[test]
    fn a_file_is_told_by_what_is_in_it() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        write(root, "a.png", "picture");
        let schema = Schema::face();
        let text = write(root, "labels.txt", coco("a.png"));
        assert_eq!(
            open(&text, &schema).unwrap().samples[0].annotation.known(0),
            2
        );
        let png = fs::read(root.join("a.png")).unwrap();
        let renamed = write(root, "photo.dat", &png);
        assert_eq!(open(&renamed, &schema).unwrap().samples.len(), 1);
        for (name, bytes, said) in [
            (
                "a.csv",
                &b"<?xml version='1.0'?><annotations>"[..],
                "an XML file of CVAT's, which is not",
            ),
            (
                "b.json",
                b"PK\x03\x04\x14\0",
                "a ZIP archive, which is not read here: unpack it first",
            ),
            (
                "c.json",
                b"\x02\0\0\0\0\0\0\0{}",
                "weights in safetensors, which is not read here: no faces",
            ),
            ("d.onnx", b"\x08\x07\x12\x07pytorch", "an ONNX network"),
            ("e.json", b"[1, 2]", "neither a COCO file"),
            ("f.yaml", b"a: b", "a YAML file"),
            (
                "g.txt",
                b"0 0.1 0.2 0.3 0.4",
                "a text file of YOLO's, but neither one of CelebA's",
            ),
            (
                "h.heic",
                b"\0\0\0\x18ftypheic\0\0\0\0mif1",
                "a HEIC picture, which is not read here: export",
            ),
            ("i.json", b"", "an empty file"),
        ] {
            let error = open(&write(root, name, bytes), &schema)
                .unwrap_err()
                .to_string();
            assert!(
                error.contains(said) && error.contains(name),
                "{said}: {error}"
            );
        }
        let cut = write(root, "cut.png", &png[..png.len() / 2]);
        let error = open(&cut, &schema).unwrap_err();
        assert!(matches!(error, DatasetError::Picture { .. }), "{error}");
        let both = open_all(&[cut.clone(), root.join("a.png")], &schema).unwrap();
        assert_eq!((both.samples.len(), both.problems.len()), (1, 1));
        assert!(open_all(&[cut.clone(), cut], &schema).is_err());
    }
}
