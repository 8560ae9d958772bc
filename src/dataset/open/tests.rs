use super::*;
use crate::dataset::Split;
use crate::label::Presence;
use crate::label::TaskLabels;

#[test]
fn sets_of_the_same_pictures_are_joined_however_they_are_spelled() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("set");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("a.png"), "").unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let one = write("faces.csv", "image,Smiling,Young,pose\na.png,1,,left\n");
    write("more.csv", "image,Smiling,Male,split\na.png,-1,1,val\n");
    let around = root.path().join("set/../set/more.csv");
    let set = open_all(&[one, around], &Schema::face()).unwrap();
    assert_eq!(set.samples.len(), 1);
    let sample = &set.samples[0];
    assert_eq!(sample.split, Some(Split::Validation));
    assert_eq!(&*sample.columns[0], "left");
    let TaskLabels::Binary(values) = &sample.annotation.tasks[1] else {
        unreachable!()
    };
    let known = values.iter().filter(|v| **v == Presence::Present).count();
    assert_eq!(known, 2, "Smiling as the first set has it, and Male");
    assert_eq!(set.problems.len(), 1, "the disagreement is said");
}

#[test]
fn faces_are_called_by_their_file_s_numbers_else_by_their_place() {
    let point = |group: &str| {
        format!(r#"{{"label":"nose","points":[[3,4]],"shape_type":"point","group_id":{group}}}"#)
    };
    let labelme = |groups: &[&str]| {
        let shapes: Vec<String> = groups.iter().map(|group| point(group)).collect();
        let shapes = shapes.join(",");
        format!(r#"{{"imagePath":"a.png","shapes":[{shapes}]}}"#)
    };
    let coco = |faces: &str| {
        format!(
            r#"{{"images":[{{"id":5,"file_name":"a.png"}}],"annotations":[{faces}],
            "categories":[{{"id":3,"name":"face"}}]}}"#
        )
    };
    let annotation =
        |id: u32| format!(r#"{{"id":{id},"image_id":5,"category_id":3,"bbox":[1,1,5,5]}}"#);
    let one = &["a.png"][..];
    for (file, text, numbers, names) in [
        ("a.json", labelme(&["1"]), &[1][..], one),
        (
            "a.json",
            labelme(&["7", "2"]),
            &[7, 2],
            &["a.png · face 7", "a.png · face 2"][..],
        ),
        (
            "a.json",
            labelme(&["null", "3"]),
            &[0, 3],
            &["a.png · 1", "a.png · face 3"],
        ),
        ("faces.csv", "image,face\na.png,1\n".into(), &[1], one),
        (
            "faces.csv",
            "image,face\na.png,2\na.png,0\n".into(),
            &[2, 0],
            &["a.png · face 2", "a.png · face 0"],
        ),
        (
            "faces.csv",
            "image,face\na.png,\na.png,1\n".into(),
            &[0, 1],
            &["a.png · 1", "a.png · face 1"],
        ),
        ("coco.json", coco(&annotation(9)), &[0], one),
        (
            "coco.json",
            coco(&[9, 4].map(annotation).join(",")),
            &[0, 1],
            &["a.png · face 9", "a.png · face 4"],
        ),
    ] {
        let root = tempfile::tempdir().unwrap();
        let picture = image::RgbImage::new(9, 9);
        picture.save(root.path().join("a.png")).unwrap();
        std::fs::write(root.path().join(file), &text).unwrap();
        for path in [root.path().to_owned(), root.path().join(file)] {
            let set = open(&path, &Schema::face()).unwrap();
            let has: Vec<u32> = set.samples.iter().map(|s| s.face).collect();
            assert_eq!(has, numbers, "{text} {:?}", set.problems);
            let called: Vec<String> = set.samples.iter().map(Sample::name).collect();
            assert_eq!(called, names, "{text}");
        }
    }
}

#[test]
fn a_folder_without_anything_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let error = open(root.path(), &Schema::face()).unwrap_err().to_string();
    assert!(error.contains("no pictures"), "{error}");
    assert!(open(&root.path().join("none"), &Schema::face()).is_err());
}
