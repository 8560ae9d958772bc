use super::*;
use proptest::prelude::*;

const LINES: &str = r#"{"image":"a.png","faces":[{"box":[1,2,30,40],"landmarks":{"nose":[10.5,11]},"attributes":{"Male":0.25,"Mask":1}},{"face":3,"landmarks":null}]}

{"image":"b.png","faces":[{"attributes":{"Male":1.5}},{"attributes":{"Male":null}}]}
{"image":"c.png"
["a"]
{"faces":[]}
{"image":"d.png","faces":[{"landmarks":{"nose":[1]}}]}
"#;
const TABLE: &str = "\
image,face,nose_x,nose_y,Male,extra\n\
a.png,1,10.5,11,0.25,z\n\
a.png,,,,,\n\
b.png,0,x,11,0.25,\n\
b.png,0,1,11,-0.25,\n\
b.png,0,1\n";

fn read_text(name: &str, text: &[u8]) -> Result<Predictions, DatasetError> {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join(name);
    std::fs::write(&path, text).unwrap();
    read(&path, &Schema::face())
}

fn said(face: &PredictedFace) -> (Point, f32) {
    let [
        TaskPrediction::Points(points),
        TaskPrediction::Binary(values),
    ] = &face.prediction.tasks[..]
    else {
        unreachable!()
    };
    (points[2], values[20])
}

#[test]
fn the_network_that_made_them_is_read_unless_lines_differ() {
    let line = |made_by: &str| format!("{{\"image\": \"a.png\"{made_by}, \"faces\": []}}\n");
    let one = line(", \"weights\": \"w.safetensors\", \"network\": \"0a\"");
    let other = line(", \"weights\": \"w.safetensors\", \"network\": \"0b\"");
    let read = |text: String| {
        let found = read_text("theirs.jsonl", text.as_bytes()).unwrap();
        (found.made_by.weights, found.made_by.network, found.problems)
    };
    let known = |text: &str| Some(text.to_owned());
    let same = read(one.clone() + &one);
    assert_eq!(same, (known("w.safetensors"), known("0a"), Vec::new()));
    assert_eq!(read(line("")), (None, None, Vec::new()));
    for text in [one.clone() + &other + &one, one + &line("")] {
        let (weights, network, problems) = read(text);
        assert_eq!((weights, network), (None, None));
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(
            problems[0].what.contains("several networks"),
            "{problems:?}"
        );
        assert_eq!(problems[0].line, Some(2));
    }
}

#[test]
fn json_lines_are_read_and_broken_ones_named() {
    let found = read_text("theirs.jsonl", LINES.as_bytes()).unwrap();
    assert_eq!(found.name, "theirs");
    assert_eq!(
        found.faces.len(),
        5,
        "a face stays without what is wrong of it"
    );
    let first = &found.faces[0];
    assert_eq!(said(first), ([10.5, 11.0], 0.25));
    assert_eq!(first.face_box, Some(FaceBox::new(1.0, 2.0, 30.0, 40.0)));
    assert_eq!(found.faces[1].face, Some(3));
    let (nose, male) = said(&found.faces[1]);
    assert!(nose[0].is_nan() && male.is_nan(), "unknown, not zero");
    assert_eq!(
        (found.faces[3].image.as_str(), found.faces[3].order),
        ("b.png", 1)
    );
    for lost in [2, 4] {
        let (nose, male) = said(&found.faces[lost]);
        assert!(nose[0].is_nan() && male.is_nan(), "{lost}");
    }
    assert_eq!(found.foreign, ["Mask"]);
    let mut lines: Vec<_> = found.problems.iter().map(|p| p.line.unwrap()).collect();
    lines.sort_unstable();
    assert_eq!(lines, [3, 4, 5, 6, 7], "{:?}", found.problems);
}

#[test]
fn what_json_has_no_number_for_is_unknown_and_takes_nothing_along() {
    let line = |x: &str, male: &str| {
        format!(
            "{{\"image\":\"NaN.png\",\"faces\":[{{\"landmarks\":{{\"nose\":[{x},11]}},\
             \"attributes\":{{\"Male\":{male}}}}},{{\"attributes\":{{\"Male\":0.5}}}}]}}\n"
        )
    };
    for (x, male) in [("NaN", "0.25"), ("-Infinity", "0.25"), ("10.5", "NaN")] {
        let text = format!("{}{}", line("1", "0.75"), line(x, male));
        let found = read_text("theirs.jsonl", text.as_bytes()).unwrap();
        assert_eq!(found.faces.len(), 4, "{x} {male}");
        let (nose, p) = said(&found.faces[2]);
        assert_eq!(nose[0].is_nan(), x != "10.5");
        assert_eq!(p.is_nan(), male == "NaN");
        assert_eq!(said(&found.faces[3]).1, 0.5);
        let problem = found
            .problems
            .iter()
            .find(|p| p.what.contains("NaN or Inf"));
        assert_eq!(
            problem.and_then(|p| p.line),
            Some(2),
            "{:?}",
            found.problems
        );
        assert_eq!(found.faces[2].image, "NaN.png", "a name is no number");
    }
    let found = read_text("theirs.jsonl", b"{\"image\":\"\xff\"}\n").unwrap();
    assert!(found.problems[0].what.contains("UTF-8"));
}

#[test]
fn numbers_are_read_as_other_programs_write_them() {
    let lines = "\u{feff}{\"image\":\"a.png\",\"faces\":[{\"face\":1.0,\"landmarks\":{\"nose\":[\"10.5\",1.1e1]},\
        \"attributes\":{\"Male\":\"0.25\"}},{\"face\":\"2\",\"landmarks\":{\"nose\":[null,null]},\
        \"attributes\":{\"Male\":true}},{\"face\":0.5},{\"box\":[1,2,0,4],\"attributes\":{\"Male\":\"NaN\"}}]}\r\n";
    let found = read_text("theirs.jsonl", lines.as_bytes()).unwrap();
    let faces: Vec<_> = found.faces.iter().map(|f| f.face).collect();
    assert_eq!(faces, [Some(1), Some(2), None]);
    assert_eq!(said(&found.faces[0]), ([10.5, 11.0], 0.25));
    assert_eq!(said(&found.faces[1]).1, 1.0);
    assert!(said(&found.faces[1]).0[0].is_nan() && said(&found.faces[2]).1.is_nan());
    let all: Vec<_> = found.problems.iter().map(|p| p.what.as_str()).collect();
    let expected = [
        "face 3: \"face\" is not a number of a face",
        "box: a box of 0 by 4 pixels: unknown",
    ];
    assert_eq!(all, expected);
    let table = "\u{feff}Image;face;x;y;w;h;NOSE_X;nose_y;male\r\n\
        a.png;1,0;nan;nan;nan;nan;10,5;11,0;0,25\r\na.png;2.0;1;2;nan;4;;NaN;True\r\n\
        \r\na.png;x;1;2;3;4;1;2;0\r\na.png;4;1;2;3;4;1;;\r\n";
    let found = read_text("theirs.CSV", table.as_bytes()).unwrap();
    let faces: Vec<_> = found.faces.iter().map(|f| f.face).collect();
    assert_eq!(faces, [Some(1), Some(2), Some(4)]);
    assert_eq!(said(&found.faces[0]), ([10.5, 11.0], 0.25));
    assert_eq!(said(&found.faces[1]).1, 1.0);
    let all: Vec<_> = found
        .problems
        .iter()
        .map(|p| (p.line.unwrap(), p.what.as_str()))
        .collect();
    let expected = [
        (3, "box: a box without w: unknown"),
        (5, "face \"x\" is not a number of a face"),
        (6, "nose: its y is missing: unknown"),
    ];
    assert_eq!(all, expected);
}

#[test]
fn labels_among_predictions_are_decided_for_the_whole_file() {
    let male = |text: &str| {
        let found = read_text("p.csv", format!("image,Male,Young\n{text}").as_bytes()).unwrap();
        let values: Vec<f32> = found.faces.iter().map(|f| said(f).1).collect();
        let known = |v: &f32| (!v.is_nan()).then_some(*v);
        (values.iter().map(known).collect::<Vec<_>>(), found.problems)
    };
    let (values, problems) = male("a,1.0,-1\nb,-1.0,1\nc,0,1\nd,,1\n");
    assert_eq!(values, [Some(1.0), Some(0.0), None, None]);
    assert!(
        problems.len() == 1 && problems[0].what.contains("1 and -1 here"),
        "{problems:?}"
    );
    let (values, problems) = male("a,1,0\nb,0,1\n");
    assert_eq!((values, problems.len()), (vec![Some(1.0), Some(0.0)], 0));
    let (values, problems) = male("a,0.5,-1\nb,-0.5,1\nc,-1,2\n");
    assert_eq!(values, [Some(0.5), None, None]);
    assert_eq!(problems.len(), 2, "a problem a column: {problems:?}");
    assert!(
        problems
            .iter()
            .any(|p| p.what.contains("Male: -0.5 is not a probability"))
    );
    let (_, problems) = male("a,x,\nb,2,\nc,3,\n");
    let said: Vec<_> = problems.iter().map(|p| (p.line, p.what.as_str())).collect();
    let expected = [
        (Some(2), "Male: \"x\" is not a number: unknown"),
        (
            Some(3),
            "Male: 2 is not a probability: unknown (2 times, also on line 4)",
        ),
    ];
    assert_eq!(said, expected);
}

#[test]
fn logits_and_percents_are_not_taken_where_they_look_like_probabilities() {
    let read = |values: &dyn Fn(usize) -> (String, String)| {
        let rows = (0..40).map(|i| {
            let (male, young) = values(i);
            format!("{i},{male},{young}\n")
        });
        let text = format!("image,Male,Young\n{}", rows.collect::<String>());
        let found = read_text("p.csv", text.as_bytes()).unwrap();
        let known =
            |of: fn(&PredictedFace) -> f32| found.faces.iter().filter(|f| !of(f).is_nan()).count();
        let young = |f: &PredictedFace| {
            let TaskPrediction::Binary(values) = &f.prediction.tasks[1] else {
                unreachable!()
            };
            values[39]
        };
        let said: Vec<String> = found.problems.iter().map(|p| p.what.clone()).collect();
        ((known(said_male), known(young)), said)
    };
    let p = |i: usize| i as f32 / 40.0;
    let logits = |i| ((i as f32 / 4.0 - 5.0).to_string(), p(i).to_string());
    let (known, said) = read(&logits);
    assert_eq!(known, (0, 0), "half of the attributes, so all: {said:?}");
    assert_eq!(said.len(), 1);
    assert!(
        said[0].contains("values from -5 to 4.75 are no probabilities (logits?)"),
        "{said:?}"
    );
    let percents = |i| ((p(i) * 100.0).to_string(), (p(i) * 90.0).to_string());
    let (known, said) = read(&percents);
    assert_eq!(known, (0, 0));
    assert!(
        said[0].contains("(percents?)") && said[0].contains("2 attributes"),
        "{said:?}"
    );
    // A slip is one value's.
    let slip = |i| {
        (
            if i == 3 { "7".into() } else { p(i).to_string() },
            p(i).to_string(),
        )
    };
    let (known, said) = read(&slip);
    assert_eq!(known, (39, 40));
    assert!(said[0].contains("Male: 7 is not a probability"), "{said:?}");
}

fn said_male(face: &PredictedFace) -> f32 {
    said(face).1
}

#[test]
fn tables_are_read_and_broken_rows_named() {
    let found = read_text("theirs.csv", TABLE.as_bytes()).unwrap();
    assert_eq!(found.faces.len(), 4);
    assert_eq!(said(&found.faces[0]), ([10.5, 11.0], 0.25));
    assert_eq!(
        said(&found.faces[2]).1,
        0.25,
        "the rest of a row with a wrong point"
    );
    assert_eq!((found.faces[1].face, found.faces[1].order), (None, 1));
    assert!(said(&found.faces[1]).1.is_nan());
    assert_eq!(found.foreign, ["extra"]);
    let mut lines: Vec<_> = found.problems.iter().map(|p| p.line.unwrap()).collect();
    lines.sort_unstable();
    assert_eq!(lines, [4, 5, 6], "{:?}", found.problems);
    for bad in ["person,Male\n", "image,other\n", "image,nose_x\n"] {
        assert!(read_text("bad.csv", bad.as_bytes()).is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn mutated_files_never_panic(
        at in any::<prop::sample::Index>(), with: Vec<u8>, cut in 0usize..20, table: bool,
    ) {
        let (name, text) = if table { ("p.csv", TABLE) } else { ("p.jsonl", LINES) };
        let mut text = text.as_bytes().to_vec();
        let at = at.index(text.len());
        text.splice(at..(at + cut).min(text.len()), with);
        let _ = read_text(name, &text);
    }
}
