//! Boxes and points of either kind of pictures, wherever these lie.

use super::*;

const BOX_TABLE: (&str, &str) = (
    "Anno/list_bbox_celeba.txt",
    "2\nimage_id x_1 y_1 width height\n1.jpg    95  71 226 313\n2.jpg    72  94 221 306\n",
);

fn boxes(set: &Dataset) -> Vec<Option<(FaceBox, BoxSource)>> {
    set.samples.iter().map(|s| s.face_box).collect()
}

#[test]
fn a_folder_of_boxes_alone_is_read() {
    let expected = [[95.0, 71.0, 226.0, 313.0], [72.0, 94.0, 221.0, 306.0]]
        .map(|[x, y, w, h]| Some((FaceBox::new(x, y, w, h), BoxSource::DataSet)));
    // In CelebA's own folder, beside the tables, and in a folder of another name.
    for folder_name in ["Img/img_celeba/", "", "Img/", "photos/"] {
        let pictures = ["1.jpg", "2.jpg"].map(|name| format!("{folder_name}{name}"));
        let files = pictures.each_ref().map(|name| (name.as_str(), ""));
        let root = folder(&[&files[..], &[BOX_TABLE]].concat());
        for opened in ["", "Anno/list_bbox_celeba.txt"] {
            let set = crate::dataset::open(&root.path().join(opened), &Schema::face()).unwrap();
            assert_eq!(boxes(&set), expected, "{folder_name} {opened}");
            assert!(set.problems.is_empty(), "{:?}", actual(&set));
        }
    }
    // With attributes beside them.
    let attributes = (
        "Anno/list_attr_celeba.txt",
        "2\nSmiling\n1.jpg 1\n2.jpg -1\n",
    );
    let root = folder(&[("a/1.jpg", ""), ("a/2.jpg", ""), BOX_TABLE, attributes]);
    let set = open(&root);
    assert_eq!(boxes(&set), expected);
    assert_eq!(set.samples[1].annotation.known(1), 1);
    // Without pictures it is said which are missing.
    let root = folder(&[BOX_TABLE]);
    let error = crate::dataset::open(root.path(), &Schema::face()).unwrap_err();
    assert!(
        error.to_string().contains("no folder img_celeba"),
        "{error}"
    );
}

#[test]
fn places_in_pictures_of_the_other_kind_are_said_and_not_read() {
    let names = "1.jpg 1\n2.jpg 2\n";
    let identities = ("Anno/identity_CelebA.txt", names);
    let pictures = [
        ("Img/img_align_celeba/1.jpg", ""),
        ("Img/img_align_celeba/2.jpg", ""),
    ];
    for more in [&[][..], &[identities]] {
        let root = folder(&[&pictures[..], &[BOX_TABLE], more].concat());
        let set = open(&root);
        let sources: Vec<_> = boxes(&set).iter().map(|b| b.map(|b| b.1)).collect();
        assert_eq!(sources, [Some(BoxSource::Aligned); 2], "{:?}", actual(&set));
        let [problem] = &set.problems[..] else {
            panic!("{:?}", actual(&set))
        };
        assert!(problem.path.ends_with("list_bbox_celeba.txt") && problem.line == Some(1));
        assert!(
            problem.what.contains("in the wild, and these are aligned"),
            "{problem}"
        );
    }
    let landmarks = LANDMARKS.replace("ten", "10");
    let landmarks = ("Anno/list_landmarks_align_celeba.txt", &*landmarks);
    let root = folder(&[
        ("img_celeba/1.jpg", ""),
        ("img_celeba/2.jpg", ""),
        landmarks,
    ]);
    let set = open(&root);
    assert_eq!(set.samples.len(), 2);
    assert_eq!(set.samples[0].annotation.known(0), 0);
    assert!(actual(&set)[0].contains("aligned pictures, and these are pictures in the wild"));
    // Identities alone are a table of CelebA's too.
    let root = folder(&[pictures[0], pictures[1], identities]);
    let set = open(&root);
    assert_eq!(set.samples[1].identity.as_deref(), Some("2"));
}

#[test]
fn pictures_in_a_folder_of_any_name_are_aligned_by_their_size() {
    let landmarks = LANDMARKS.replace("ten", "10");
    for (size, source) in [
        ((178, 218), BoxSource::Aligned),
        ((409, 687), BoxSource::DataSet),
    ] {
        let root = folder(&[
            BOX_TABLE,
            ("Anno/list_landmarks_align_celeba.txt", &landmarks),
            ("pictures/2.jpg", ""),
        ]);
        let picture = root.path().join("pictures/1.jpg");
        image::RgbImage::new(size.0, size.1).save(picture).unwrap();
        let set = open(&root);
        let sources: Vec<_> = boxes(&set).iter().map(|b| b.map(|b| b.1)).collect();
        assert_eq!(sources, [Some(source); 2], "{:?}", actual(&set));
        assert_eq!(set.problems.len(), 1, "{:?}", actual(&set));
    }
}
