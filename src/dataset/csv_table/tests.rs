use super::*;

fn table(text: &str) -> (Table, Columns) {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("a.csv");
    std::fs::write(&path, text).unwrap();
    open(&path, &Schema::face()).unwrap()
}

fn rows(text: &str) -> Vec<(u64, Result<String, String>)> {
    let mut all = Vec::new();
    table(text).0.rows(|line, row| {
        let row = row.map(|row| row.0.join("|")).map_err(|e| e.to_string());
        all.push((line, row));
    });
    all
}

#[test]
fn rows_have_the_lines_on_which_they_begin() {
    for (text, lines) in [
        ("image,Male\na,1\nb,1\n", &[2, 3][..]),
        ("image,Male\r\na,1\r\nb,1\r\n", &[2, 3]),
        ("image,Male\ra,1\rb,1", &[2, 3]),
        ("\u{feff}image,Male\r\na,1\r\n", &[2]),
        ("\n\nimage,Male\n\n\na,1\n\n  \n,\nb,1", &[6, 10]),
        ("image,note\na,\"x\ny\r\nz\"\nb,\"1\"\n", &[2, 5]),
        ("sep=;\r\nimage;Male\r\na;1\r\n", &[3]),
        ("image,Male\n\"a\",1\n\n\"b\",1\n", &[2, 4]),
        ("image,\"two\nlines\"\na,1\n", &[3]),
        ("image\tMale\na\t1\n", &[2]),
    ] {
        let found: Vec<u64> = rows(text).iter().map(|r| r.0).collect();
        assert_eq!(found, lines, "{text:?}");
    }
}

#[test]
fn wrong_rows_say_what_they_take_with_them() {
    let text = "image,Male,x\na,1,2,,\nb,1\nc,\"1,2\nd,1,2\ne,1,2\n";
    let found = rows(text);
    assert_eq!(found[0], (2, Ok("a|1|2".into())), "empty fields at the end");
    assert_eq!(found[1], (3, Err("2 fields where 3 belong".into())));
    let quoted = "2 fields where 3 belong (a quote takes in this line and 2 more)";
    assert_eq!(found[2], (4, Err(quoted.into())));
    assert_eq!(found.len(), 3);
}

#[test]
fn columns_are_found_in_other_case_and_named_where_they_are_not() {
    let (table, columns) = table(
        ",Image,FACE,X,y,W,left-eye_X,Left Eye Y,nose_x,smiling,Male,male,high_cheekbones,\
         high cheekbones,pose,Young_\n0,a,1,1,1,1,1,1,1,1,1,1,1,1,left,1\n",
    );
    assert_eq!((columns.points.len(), columns.attributes.len()), (1, 2));
    assert!(columns.face.is_some() && columns.face_box.is_none());
    let others: Vec<&str> = table.others().map(|o| o.1.as_str()).collect();
    assert_eq!(
        others,
        [
            "male",
            "high_cheekbones",
            "high cheekbones",
            "pose",
            "Young_"
        ]
    );
    let all: Vec<String> = table
        .problems
        .of(Path::new("a.csv"))
        .map(|p| p.to_string())
        .collect();
    let all = all.join("\n");
    for part in [
        "a.csv:1: a box needs",
        "nose needs both",
        "\"Male\" and \"male\": the first",
        "each may be High_Cheekbones",
    ] {
        assert!(all.contains(part), "{part}: {all}");
    }
}

#[test]
fn decimal_commas_are_read_between_semicolons() {
    let found = rows("image;x;note;Male\na;70,5;1,5;-1,0\n\"1,2.png\";x;;\n");
    assert_eq!(found[0].1, Ok("a|70.5|1,5|-1.0".into()), "a note stays");
    assert_eq!(found[1].1, Ok("1,2.png|x||".into()));
}

#[test]
fn cells_are_found_in_a_row_with_their_quotes() {
    for (row, expected) in [
        ("a,b,", &["a", "b", ""][..]),
        ("\"a, \"\"b\"\"\nc\",d", &["\"a, \"\"b\"\"\nc\"", "d"]),
        ("\"\",\"\"\"\",x\"y", &["\"\"", "\"\"\"\"", "x\"y"]),
        (" \"a\",b", &[" \"a\"", "b"]),
    ] {
        let found: Vec<&str> = cells(row, b',').into_iter().map(|at| &row[at]).collect();
        assert_eq!(found, expected, "{row}");
    }
}
