use super::latex::{PAGE_ROWS, set_labels};
use super::*;
use crate::measure::Resampled;
use crate::measure::report::Group;

fn table() -> Table {
    let row = |cells: [&str; 3]| cells.map(String::from).to_vec();
    Table {
        title: "at 0.1·L [%]".into(),
        label: String::new(),
        task: "landmarks".into(),
        by: None,
        header: row(["", "who", "success"]),
        groups: vec![
            vec![row(["left_eye", "network", "98.10"])],
            vec![row(["average", "a|b", "–"])],
        ],
        names: 2,
    }
}

#[test]
fn no_two_tables_have_one_label() {
    let titled = |title: &str| Table {
        title: title.into(),
        ..table()
    };
    // What a label cannot hold is all that tells some apart.
    let titles = [
        "a by 年, b [%]: x",
        "a by 色, b [%]: y",
        "a by b: z",
        "a by b 2",
    ];
    let mut tables = titles.map(titled);
    set_labels(&mut tables);
    let labels: Vec<&str> = tables.iter().map(|t| t.label.as_str()).collect();
    assert_eq!(labels, ["a-by-b", "a-by-b-2", "a-by-b-3", "a-by-b-2-2"]);
    let latex = tables[1].latex(&[]);
    assert!(latex.contains("\\label{tab:a-by-b-2}"), "{latex}");
}

#[test]
fn many_small_slices_are_one_sentence_with_their_count() {
    let group = |n: usize, units: usize| Group {
        by: Some("pose".into()),
        value: format!("p{n}"),
        faces: units,
        resampled: Some(Resampled {
            by_identity: n.is_multiple_of(2),
            units,
        }),
        tasks: Vec::new(),
    };
    let slices: Vec<Group> = (0..40).map(|n| group(n, 2 + n)).collect();
    let text = few_in_slices(&slices).unwrap();
    assert_eq!(
        text,
        "28 of 40 slices by pose are of fewer than 30 identities or faces: their intervals may \
         be too narrow, and of one there is none"
    );
    let text = few_in_slices(&slices[26..]).unwrap();
    assert!(
        text.starts_with("pose p26 (28 identities), pose p27 (29 faces): few, "),
        "{text}"
    );
    assert_eq!(few_in_slices(&slices[28..]), None);
}

#[test]
fn intervals_stand_below_their_figures_in_latex() {
    let mut table = table();
    table.groups[0][0][2] = "98.10 [97.00, 99.20]".into();
    let latex = table.latex(&[]);
    let both = "  left eye & network & 98.10 \\\\\n   &  & \\scriptsize [97.00, 99.20] \\\\\n";
    assert!(latex.contains(both), "{latex}");
    assert_eq!(latex.matches("scriptsize").count(), 1);
}

#[test]
fn tables_are_aligned_and_escaped() {
    let text = table().write(Document::Text);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[1], "            who      success");
    assert_eq!(lines[2], "  left_eye  network    98.10");
    assert_eq!(lines[3], "  average   a|b            –");
    let markdown = table().write(Document::Markdown);
    assert!(markdown.contains("| :-- | :-- | --: |\n"), "{markdown}");
    assert!(markdown.contains("| average | a\\|b | – |"), "{markdown}");
    let latex = table().write(Document::Latex);
    assert!(latex.contains("left eye & network & 98.10 \\\\"), "{latex}");
    assert!(latex.contains("0.1$\\cdot$L [\\%]"), "{latex}");
    let head =
        "\\begin{table}\n\\centering\n\\caption{At 0.1$\\cdot$L [\\%]}\\label{tab:at-0-1-l}\n";
    assert!(latex.starts_with(head), "{latex}");
    let mut counted = table();
    counted.groups[1][0][2] = "5 items".into();
    let notes = ["bundled on my_set: 3 faces", "warning: few"].map(String::from);
    let latex = counted.latex(&notes);
    assert!(latex.contains("average & a|b & \\\\\n"), "{latex}");
    let note = "{\\footnotesize\\raggedright Bundled on my\\_set: 3 faces.\nWarning: few.\\par}\n\\end{table}";
    assert!(latex.contains(note), "{latex}");
    let latex = table().write(Document::Latex);
    let mut long = table();
    long.title = "attributes by Male, averages [%]: x".into();
    long.groups = vec![long.groups[0].clone(); PAGE_ROWS + 1];
    let long = long.write(Document::Latex);
    for part in ["\\begin{longtable}{llr}", "\\endhead", "\\end{longtable}"] {
        assert!(long.contains(part), "{part} is not in {long}");
    }
    assert!(long.contains("\\label{tab:attributes-by-male-averages} \\\\\n"));
    assert!(
        !long.contains("{table}") && !long.contains("{tabular}"),
        "{long}"
    );
    assert!(latex.contains("\\midrule\n  average & a|b & --"), "{latex}");
}
