//! CelebA there and back, byte for byte.

use std::fs;
use std::path::{Path, PathBuf};

use smn_studio::dataset::export::{self, Existing, Format, Options, Sources};
use smn_studio::dataset::{self, BoxSource, Split};
use smn_studio::label::{Presence, Schema, TaskLabels};

use crate::formats::{convert, points};

/// A folder in CelebA's layout, as the originals are written.
pub fn celeba(root: &Path, tables: &[(&str, &str)], pictures: &[&str]) -> PathBuf {
    let folder = root.join("celeba");
    for (name, text) in tables {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    for name in pictures {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    folder
}

pub const ALIGNED: [(&str, &str); 4] = [
    (
        "Anno/list_attr_celeba.txt",
        "3\n5_o_Clock_Shadow Arched_Eyebrows Smiling Young \n000001.jpg -1  1  1 -1\n\
         000002.jpg -1 -1 -1  1\n101283.jpg  1 -1  1  1\n",
    ),
    (
        "Anno/list_landmarks_align_celeba.txt",
        "3\nlefteye_x lefteye_y righteye_x righteye_y nose_x nose_y leftmouth_x leftmouth_y \
         rightmouth_x rightmouth_y \n\
         000001.jpg 69  109  106  113   77  142   73  152  108  154\n\
         000002.jpg 69  110  107  112   81  135   70  151  108  153\n\
         101283.jpg 76  112  104  106  108  128   74  156   98  158\n",
    ),
    (
        "Anno/identity_CelebA.txt",
        "000001.jpg 2880\n000002.jpg 2937\n101283.jpg 8692\n",
    ),
    (
        "Eval/list_eval_partition.txt",
        "000001.jpg 0\n000002.jpg 1\n101283.jpg 2\n",
    ),
];

const WILD: [(&str, &str); 3] = [
    (
        "Anno/list_bbox_celeba.txt",
        "3\nimage_id x_1 y_1 width height\n000001.jpg    95  71 226 313\n\
         000002.jpg    72  94 221 306\n101283.jpg     0   0   0   0\n",
    ),
    (
        "Anno/list_landmarks_celeba.txt",
        "3\nlefteye_x lefteye_y righteye_x righteye_y nose_x nose_y leftmouth_x leftmouth_y \
         rightmouth_x rightmouth_y \n\
         000001.jpg 165  184  244  176  196  249  194  271  266  260\n\
         000002.jpg 140  204  220  204  168  254  146  289  226  289\n\
         101283.jpg 1244   104   264   105   263   121   235   134   251   140\n",
    ),
    (
        "Eval/list_eval_partition.txt",
        "000001.jpg 0\n000002.jpg 1\n101283.jpg 2\n",
    ),
];

const NAMES: [&str; 3] = ["000001.jpg", "000002.jpg", "101283.jpg"];

fn same_files(a: &Path, b: &Path, tables: &[(&str, &str)]) {
    for (name, _) in tables {
        let text = |folder: &Path| fs::read_to_string(folder.join(name)).unwrap();
        assert_eq!(text(a), text(b), "{name}");
    }
}

#[test]
fn unedited_celeba_comes_out_byte_for_byte() {
    let in_folder = |folder: &str| NAMES.map(|n| format!("{folder}/{n}"));
    let aligned = in_folder("Img/img_align_celeba");
    let wild = in_folder("Img/img_celeba");
    // As such, with other line ends, and with spaces nobody expects.
    for change in [
        |t: &str| t.to_owned(),
        |t: &str| t.replace('\n', "\r\n"),
        |t: &str| t.replace(" -1", "   -1").trim_end().to_owned(),
    ] {
        for (tables, pictures) in [(&ALIGNED[..], &aligned), (&WILD[..], &wild)] {
            let root = tempfile::tempdir().unwrap();
            let texts: Vec<String> = tables.iter().map(|(_, text)| change(text)).collect();
            let tables: Vec<_> = tables
                .iter()
                .zip(&texts)
                .map(|(t, s)| (t.0, &**s))
                .collect();
            let names: Vec<&str> = pictures.iter().map(String::as_str).collect();
            let folder = celeba(root.path(), &tables, &names);
            let out = root.path().join("out");
            let set = convert(&folder, Format::Celeba, &out);
            assert_eq!(set.samples.len(), 3);
            same_files(&folder, &out, &tables);
        }
    }
}

#[test]
fn a_new_celeba_has_the_originals_columns() {
    let root = tempfile::tempdir().unwrap();
    let pictures = NAMES.map(|n| format!("Img/img_align_celeba/{n}"));
    let names: Vec<&str> = pictures.iter().map(String::as_str).collect();
    let folder = celeba(root.path(), &ALIGNED, &names);
    // By way of another format, so that no line can be taken over.
    convert(&folder, Format::FacesCsv, &root.path().join("csv"));
    convert(
        &root.path().join("csv"),
        Format::Celeba,
        &root.path().join("out"),
    );
    same_files(&folder, &root.path().join("out"), &ALIGNED);
}

#[test]
fn celebas_csv_form_is_read_and_comes_out_byte_for_byte() {
    let tables = [
        (
            "list_attr_celeba.csv",
            "image_id,Smiling,Young,Masked\n000001.jpg,-1,1,1\n000002.jpg,1,1,-1\n",
        ),
        (
            "list_landmarks_align_celeba.csv",
            "image_id,lefteye_x,lefteye_y,righteye_x,righteye_y,nose_x,nose_y,leftmouth_x,\
             leftmouth_y,rightmouth_x,rightmouth_y\n\
             000001.jpg,69,109,106,113,77,142,73,152,108,154\n",
        ),
        (
            "list_eval_partition.csv",
            "image_id,partition\n000001.jpg,0\n000002.jpg,2\n",
        ),
    ];
    let root = tempfile::tempdir().unwrap();
    // Unpacked into a folder of its own name.
    let pictures = NAMES.map(|n| format!("img_align_celeba/img_align_celeba/{n}"));
    let names: Vec<&str> = pictures.iter().map(String::as_str).collect();
    let folder = celeba(root.path(), &tables, &names);
    let out = root.path().join("out");
    let set = convert(&folder, Format::CelebaCsv, &out);
    assert_eq!(set.samples.len(), 2);
    let [unlisted] = &set.problems[..] else {
        panic!("{:?}", set.problems)
    };
    assert!(unlisted.what.contains("1 picture has no row"), "{unlisted}");
    assert_eq!(set.samples[0].annotation.known(0), 5);
    assert_eq!(set.samples[1].split, Some(Split::Test));
    assert_eq!(
        set.columns,
        ["Masked"],
        "a column that is none of the schema's is kept"
    );
    same_files(&folder, &out, &tables);
    // One of its tables names the whole.
    let by_table = dataset::open(&folder.join("list_attr_celeba.csv"), &Schema::face()).unwrap();
    assert_eq!(by_table.samples.len(), 2);
}

#[test]
fn only_lines_that_changed_are_written_anew() {
    let root = tempfile::tempdir().unwrap();
    let pictures = NAMES.map(|n| format!("Img/img_align_celeba/{n}"));
    let names: Vec<&str> = pictures.iter().map(String::as_str).collect();
    let odd = ALIGNED.map(|(name, text)| (name, text.replace("000001.jpg ", "000001.jpg   ")));
    let tables: Vec<_> = odd.iter().map(|(name, text)| (*name, &**text)).collect();
    let folder = celeba(root.path(), &tables, &names);
    let mut set = dataset::open(&folder, &Schema::face()).unwrap();
    if let TaskLabels::Binary(values) = &mut set.samples[1].annotation.tasks[1] {
        values[0] = Presence::Present;
    }
    let out = root.path().join("out");
    let options = Options {
        format: Format::Celeba,
        copy_pictures: true,
        existing: Existing::Refuse,
    };
    let folder = [folder];
    let sources = Sources::of(&folder, &set.schema, options.format);
    export::export(&set, &sources, &out, options, |_| ()).unwrap();
    let text = fs::read_to_string(out.join("Anno/list_attr_celeba.txt")).unwrap();
    let expected = odd[0].1.replace("000002.jpg -1 -1", "000002.jpg  1 -1");
    assert_eq!(text, expected);
}

#[test]
fn the_box_of_no_size_is_named_and_the_rest_of_its_row_kept() {
    let root = tempfile::tempdir().unwrap();
    let wild = NAMES.map(|n| format!("Img/img_celeba/{n}"));
    let names: Vec<&str> = wild.iter().map(String::as_str).collect();
    let folder = celeba(root.path(), &WILD, &names);
    let set = dataset::open(&folder, &Schema::face()).unwrap();
    let [problem] = &set.problems[..] else {
        panic!("{:?}", set.problems)
    };
    let output = problem.to_string();
    assert!(
        output.contains("list_bbox_celeba.txt:5: 101283.jpg: a box of 0 by 0"),
        "{output}"
    );
    let last = &set.samples[2];
    assert_eq!(
        (last.face_box, last.annotation.known(0), last.split),
        (None, 5, Some(Split::Test))
    );
    assert_eq!(set.samples[0].region().unwrap().1, BoxSource::DataSet);
}

#[test]
fn either_kind_of_celebas_pictures_can_be_opened() {
    let root = tempfile::tempdir().unwrap();
    let all = [&ALIGNED[..], &WILD[..2]].concat();
    let pictures = ["img_align_celeba", "img_celeba"].map(|f| format!("Img/{f}/000001.jpg"));
    let names: Vec<&str> = pictures.iter().map(String::as_str).collect();
    let folder = celeba(root.path(), &all, &names);
    let open = |path: &Path| {
        let set = dataset::open(path, &Schema::face()).unwrap();
        let output = set
            .problems
            .iter()
            .any(|p| p.what.contains("both kinds of pictures"));
        assert!(output, "{:?}", set.problems);
        points(&set.samples[0])[0].at
    };
    assert_eq!(open(&folder), [69.5, 109.5]);
    assert_eq!(open(&folder.join("Img/img_celeba")), [165.5, 184.5]);
    assert_eq!(open(&folder.join("Img/img_align_celeba")), [69.5, 109.5]);
    assert_eq!(
        open(&folder.join("Anno/list_bbox_celeba.txt")),
        [165.5, 184.5]
    );
}
