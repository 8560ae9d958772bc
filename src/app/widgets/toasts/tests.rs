use super::*;

fn record(level: Level, target: &str, text: &str) -> Record {
    Record {
        number: 0,
        time: std::time::SystemTime::now(),
        level,
        target: target.into(),
        text: text.into(),
    }
}

#[test]
fn equal_warnings_are_one_toast_and_technical_ones_none() {
    let mut toasts = Toasts::default();
    for _ in 0..5 {
        toasts.logged(&record(
            Level::Warn,
            "smn_studio::dataset",
            "a row is broken",
        ));
    }
    toasts.logged(&record(Level::Warn, "wgpu_hal::vulkan", "of no use here"));
    toasts.logged(&record(Level::Warn, "a_crate_to_come", "of no use here"));
    toasts.logged(&record(Level::Info, "smn_studio", "of no use here"));
    toasts.logged(&record(Level::Error, "smn_studio::engine", "device lost"));
    // A dialog that came in the end is no news.
    toasts.logged(&record(Level::Error, "rfd::portal", "no session bus"));
    toasts.logged(&record(
        Level::Error,
        "rfd::backend",
        "Failed to pick file with zenity: not found",
    ));
    // What a toast itself logs does not come back.
    toasts.logged(&record(
        Level::Warn,
        module_path!().trim_end_matches("::tests"),
        "echo",
    ));
    let shown: Vec<_> = toasts.shown.iter().map(|t| (&*t.text, t.count)).collect();
    assert_eq!(
        shown,
        [("a row is broken", 5), ("device lost", 1), (NO_DIALOG, 1)]
    );
    for i in 0..10 {
        toasts.say(format!("{i}"));
    }
    assert_eq!(toasts.shown.len(), AT_MOST);
}

/// Nobody at the window knows what arboard, a validation error or error 13 is.
#[test]
fn errors_of_other_crates_are_told_in_plain_words() {
    let mut toasts = Toasts::default();
    toasts.say("The picture is on the clipboard");
    let held = "arboard copy/cut error: The native clipboard is not accessible due to being \
                held by another party.";
    for (target, text) in [
        ("egui_winit::clipboard", held),
        ("egui_winit::clipboard", "arboard paste error: Unknown"),
        (
            "wgpu_core::device",
            "Validation Error\n\nCaused by:\n  In a pass",
        ),
    ] {
        toasts.logged(&record(Level::Error, target, text));
    }
    let actual = toasts.describe();
    assert_eq!(
        actual.len(),
        3,
        "not that it is on the clipboard: {actual:?}"
    );
    let copied = "Nothing was copied: another program holds the clipboard. Try again";
    assert_eq!(actual[0], copied);
    for technical in ["arboard", "egui", "wgpu", "Validation", "Caused by"] {
        assert!(actual.iter().all(|s| !s.contains(technical)), "{actual:?}");
    }
    // Nor where this program tells what another crate said.
    let mut toasts = Toasts::default();
    toasts.warn("a.png: Permission denied (os error 13)");
    toasts.warn("it failed: Parent device is lost\n\nCaused by:\n  In a pass");
    let plain = [
        "a.png: Permission denied",
        "it failed: Parent device is lost",
    ];
    assert_eq!(toasts.describe(), plain);
}

#[test]
fn an_offer_stays_and_is_the_newest_of_its_kind() {
    let mut toasts = Toasts::default();
    for ticket in [1, 2] {
        let text = "Put back";
        toasts.offer("The list is empty", Offer { text, ticket });
    }
    let offers: Vec<_> = toasts.shown.iter().map(|t| (t.offer, t.count)).collect();
    assert!(matches!(offers[..], [(Some(offer), 1)] if offer.ticket == 2));
    assert_eq!(toasts.shown[0].stays(), ERRORS_STAY);
}

#[test]
fn news_goes_when_it_is_read_and_errors_stay() {
    let mut toasts = Toasts::default();
    for set in ["a.csv: a row is lost", "b.csv: two rows are lost"] {
        toasts.warn_of_set(Some(set.into()));
    }
    assert_eq!(toasts.shown.len(), 1, "the other set is gone");
    toasts.warn_of_set(None);
    assert!(toasts.shown.is_empty() && !toasts.dismiss());
    toasts.say("The table is on the clipboard");
    toasts.say("x".repeat(200));
    toasts.warn("No face in it can be used");
    let stays: Vec<f64> = toasts
        .shown
        .iter()
        .map(|t| t.stays().as_secs_f64())
        .collect();
    assert!(
        stays[0] < 5.0 && stays[1] > 10.0 && stays[2] > 20.0,
        "{stays:?}"
    );
}

#[test]
fn a_thousand_problems_are_one_toast_with_a_count() {
    let mut toasts = Toasts::default();
    for row in 1..=1398 {
        let text = format!("theirs.csv:{row}: 0.83 is not 1, -1 or empty");
        toasts.logged(&record(Level::Warn, "smn_studio::dataset", &text));
    }
    toasts.logged(&record(Level::Warn, "smn_studio::engine", "another matter"));
    toasts.say("news");
    let said: Vec<String> = toasts.shown.iter().map(Toast::said).collect();
    assert_eq!(said.len(), 4, "{said:?}");
    assert!(said[0].starts_with("theirs.csv:1: ") && said[1].starts_with("theirs.csv:2: "));
    assert!(said[1].ends_with("— and 1,396 other warnings, in the log"));
    assert_eq!(said[2], "another matter");
}
