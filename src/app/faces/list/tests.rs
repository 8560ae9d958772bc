use std::time::{Duration, Instant};

use super::*;
use crate::app::faces::arrangement::Sort;

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
    lead(&mut list, Some(Some(1)));
    arrange(&mut list);
    arrange(&mut list); // predictions that come
    // From one bar to another, and by a filter that is no part of it.
    lead(&mut list, Some(Some(2)));
    arrange(&mut list);
    list.order.arrangement.text = "a".into();
    arrange(&mut list);
    assert_eq!(list.order.arrangement.sort, Sort::Nme);
    list.order.arrangement.misses = None;
    arrange(&mut list);
    assert_eq!(list.order.arrangement.sort, Sort::Name);
    // An order that was chosen since stays.
    lead(&mut list, Some(None));
    arrange(&mut list);
    list.order.arrangement.sort = Sort::Listed;
    arrange(&mut list);
    list.order.arrangement.misses = None;
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
