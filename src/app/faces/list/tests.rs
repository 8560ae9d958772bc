use std::time::{Duration, Instant};

use super::*;
use crate::app::faces::arrangement::Sort;
use crate::dataset::BoxSource;

fn list(faces: usize) -> List {
    let name = |n| format!("{n:02}.png");
    let sample = |n| Sample::unlabelled(std::path::Path::new(&name(n)), &Schema::face());
    List::new(
        "set".into(),
        (0..faces).map(sample).collect(),
        Vec::new(),
        1,
    )
}

#[test]
fn another_order_shows_its_top_and_a_filter_keeps_what_is_looked_at() {
    let mut list = list(6);
    list.selection.index = 3;
    let before = list.selection.reveals();
    list.order.arrangement.sort = Sort::Nme;
    assert_eq!(list.order.then(), Then::First);
    assert_eq!(
        list.take_order(vec![5, 3, 4, 0, 1, 2], Then::First),
        Some(5)
    );
    let shown = list.selection.reveals();
    assert!(shown > before);
    // Predictions that come move nothing.
    list.selection.index = 5;
    assert_eq!(list.take_order(vec![0, 1, 2, 3, 4, 5], Then::Stay), None);
    assert_eq!(list.selection.reveals(), shown);
    assert_eq!(list.neighbour(-1), Some(4));

    list.arrange(Schema::face(), Arc::new(|| ()), Then::Stay);
    list.order.arrangement.text = "png".into();
    assert_eq!(list.order.then(), Then::Follow);
    assert_eq!(list.take_order(vec![1, 5], Then::Follow), None);
    assert!(list.selection.reveals() > shown, "it is brought into sight");
    assert_eq!(list.take_order(vec![1, 2], Then::Follow), Some(1));
    assert_eq!(list.take_order(Vec::new(), Then::Follow), None);
    assert_eq!(list.neighbour(1), None);
}

#[test]
fn what_has_left_the_list_still_has_neighbours() {
    let mut list = list(6);
    list.selection.index = 2;
    list.take_order(vec![0, 1, 3, 4, 5], Then::Stay);
    let near = [-2, -1, 1, 2].map(|by| list.neighbour(by));
    assert_eq!(near, [Some(0), Some(1), Some(3), Some(4)]);
    list.take_order(vec![0], Then::Stay);
    assert_eq!(list.neighbour(1), Some(0), "the last one");
}

#[test]
fn the_order_before_a_part_of_the_report_comes_back_with_its_filter_gone() {
    let (mut list, wake): (_, Wake) = (list(3), Arc::new(|| ()));
    let arrange = |list: &mut List| list.arrange(Schema::face(), wake.clone(), Then::Stay);
    let lead = |list: &mut List, misses| {
        list.order.lead();
        list.order.arrangement.misses = misses;
        list.order.arrangement.sort = Sort::Nme;
    };
    list.order.arrangement.sort = Sort::Name;
    arrange(&mut list);
    lead(&mut list, vec![Some(1)]);
    arrange(&mut list);
    arrange(&mut list); // predictions that come
    // From one bar to another, and by a filter that is no part of it.
    lead(&mut list, vec![Some(2)]);
    arrange(&mut list);
    list.order.arrangement.text = "a".into();
    arrange(&mut list);
    assert_eq!(list.order.arrangement.sort, Sort::Nme);
    list.order.arrangement.misses.clear();
    arrange(&mut list);
    assert_eq!(list.order.arrangement.sort, Sort::Name);
    // An order that was chosen since stays.
    lead(&mut list, vec![None]);
    arrange(&mut list);
    list.order.arrangement.sort = Sort::Listed;
    arrange(&mut list);
    list.order.arrangement.misses.clear();
    arrange(&mut list);
    assert_eq!(list.order.arrangement.sort, Sort::Listed);
}

#[test]
fn what_a_person_asked_for_outlives_a_later_arrangement() {
    let (mut list, wake): (_, Wake) = (list(3), Arc::new(|| ()));
    list.selection.index = 2;
    list.order.arrangement.sort = Sort::Name;
    let then = list.order.then();
    list.arrange(Schema::face(), wake.clone(), then);
    list.arrange(Schema::face(), wake.clone(), Then::Stay);
    let since = Instant::now();
    let select = loop {
        let select = list.keep_arranged(Schema::face, &wake);
        if select.is_some() || since.elapsed() > Duration::from_secs(20) {
            break select;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    assert_eq!(select, Some(0));
}

#[test]
fn what_a_second_network_found_in_a_box_from_which_a_face_was_moved_is_not_shown() {
    use crate::label::TaskPrediction;
    let found = |face_box| {
        let tasks = vec![TaskPrediction::Points(vec![[3.0, 4.0]; 5])];
        Finding::new(None, &Schema::face(), face_box, Prediction { tasks })
    };
    let [before, moved] = [0.0, 5.0].map(|x| FaceBox::new(x, 0.0, 9.0, 9.0));
    let start = Instant::now();
    for network in [Some(7), None] {
        let mut list = list(2);
        let mut findings = Findings::none(2);
        findings.set(0, found(before));
        list.findings.set(0, found(before));
        let name = "theirs".into();
        list.compare(Some(ComparedPredictor {
            name,
            findings,
            file: None,
            made_by: Default::default(),
            network,
        }));
        let place = |list: &mut List, face_box| {
            (list.items[0].face_box, list.items[0].source) = (face_box, BoxSource::Given);
        };
        place(&mut list, before);
        assert!(!list.is_other_waiting() && list.shown().unwrap().other.is_some());
        place(&mut list, moved);
        list.findings.set(0, found(moved));
        let waits = list.is_other_waiting();
        assert_eq!(waits, network.is_some(), "a file is not asked anew");
        let counted = list.other_found().unwrap().found();
        assert_eq!(counted, usize::from(network.is_none()));
        list.other_waiting.note(waits, start);
        assert!(
            list.shown().unwrap().other.is_some(),
            "answers follow the box"
        );
        list.other_waiting
            .note(waits, start + Duration::from_secs(1));
        let face = list.shown().unwrap();
        assert!(face.finding.is_some());
        assert_eq!(face.other.is_some(), network.is_none());
        if let Some(other) = &mut list.other {
            other.findings.set(0, found(moved));
        }
        assert!(!list.is_other_waiting() && list.shown().unwrap().other.is_some());
        assert_eq!(list.other_found().unwrap().found(), 1);
    }
}
