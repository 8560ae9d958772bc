use std::path::{Path, PathBuf};

use eframe::egui;

use crate::app::runs::Runs;
use crate::app::training::form::dialogs::{DATA, OUT, SETTINGS, STAGE1, VGG16};
use crate::app::training::form::state::{DISARMED, Form, Started};
use crate::compute::DeviceChoice;
use crate::train::{Preset, RunMonitor, TrainConfig};

#[test]
fn the_run_is_handed_every_setting() {
    let mut form = Form::new("smn-studio".into(), true);
    form.chosen(
        DATA,
        vec!["/data/faces.csv".into(), "/data/faces.csv".into()],
    );
    let text = |form: &Form| {
        let all = form.arguments(Path::new("/runs/one"));
        let all: Vec<_> = all
            .iter()
            .map(|a| a.to_string_lossy().into_owned())
            .collect();
        all.join(" ")
    };
    let plain = "/data/faces.csv --out /runs/one --config - --device auto";
    if cfg!(unix) {
        assert_eq!(text(&form), plain);
    }
    form.chosen(DATA, vec!["synthetic:300".into()]);
    assert!(text(&form).contains(" synthetic:300 --out"), "in no folder");
    form.chosen(VGG16, vec!["/weights/vgg16.pth".into()]);
    form.chosen(STAGE1, vec!["/weights/one.safetensors".into()]);
    form.settings.license = " CC BY-NC ".into();
    form.settings.threads = 3;
    let end = "--vgg16 /weights/vgg16.pth --stage1 /weights/one.safetensors --license=CC BY-NC \
               --threads 3";
    assert!(text(&form).ends_with(end), "{}", text(&form));
    form.settings.config.augmentation.shift = 0.25;
    form.settings.config.patience = 4;
    assert_eq!(form.request().1, form.settings.config);
    assert!(form.is_gentle());
    form.settings.device = DeviceChoice::Gpu;
    assert!(!form.is_gentle());
    let resumed = form.resume("/runs/one".into());
    assert_eq!(resumed.arguments[0], "--resume");
    assert_eq!(resumed.settings, None);
}

#[test]
fn settings_come_from_a_file_or_it_is_said_why_not() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("mine.json");
    let mut form = Form::new("smn-studio".into(), true);
    let mut read = |text: &str| {
        std::fs::write(&file, text).unwrap();
        form.chosen(SETTINGS, vec![file.clone()]);
        let ctx = egui::Context::default();
        while form.file.is_reading() {
            let _ = ctx.run_ui(Default::default(), |ui| {
                form.settings_ui(ui, &mut Vec::new())
            });
        }
        (
            form.settings.config.dropout,
            form.file.error().unwrap_or_default().to_owned(),
        )
    };
    assert_eq!(read(r#"{"dropout": 0.45}"#), (0.45, String::new()));
    let (dropout, why) = read(r#"{"droput": 0.1}"#);
    assert_eq!(dropout, 0.45, "what there was stays");
    assert!(why.ends_with("no such setting: droput"), "{why}");
    let (_, why) = read(r#"{"dropout": 1.5}"#);
    assert!(why.ends_with("dropout 1.5 is not in 0..1"), "{why}");
    assert_eq!(read("{}").1, "");
}

#[test]
fn the_same_request_starts_one_run() {
    let mut form = Form::new("smn-studio".into(), true);
    form.chosen(DATA, vec!["synthetic:300".into()]);
    let folder = PathBuf::from("/runs/run-1");
    form.started = Some(Started {
        folder: folder.clone(),
        settings: form.request(),
        at: 10.0,
    });
    let none = Runs::fixed(Vec::new(), Vec::new());
    let name = Some("run-1".to_owned());
    assert_eq!(form.just_started(&none, 10.12), name);
    assert_eq!(form.just_started(&none, 10.0 + DISARMED), None);
    // As long as it has not begun, on a slow computer too.
    let watched = vec![RunMonitor::expected(&folder).snapshot().clone()];
    let starting = Runs::fixed(watched.clone(), vec![folder.clone()]);
    assert_eq!(form.just_started(&starting, 60.0), name);
    assert!(starting.find(&folder).is_some() && none.find(&folder).is_none());
    // It has ended before it began: whatever failed may be tried again.
    let ended = Runs::fixed(watched, Vec::new());
    assert_eq!(form.just_started(&ended, 60.0), None);
    form.settings.config.seed = 7;
    assert_eq!(form.just_started(&starting, 10.12), None, "another request");
}

#[test]
fn a_form_comes_back_as_it_was_with_a_free_name() {
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir(root.path().join("run-1")).unwrap();
    let mut form = Form::new("smn-studio".into(), true);
    form.chosen(DATA, vec!["synthetic:300".into(), "/data/faces.csv".into()]);
    form.chosen(OUT, vec![root.path().to_owned()]);
    assert!(form.out.ends_with("run-2"));
    form.settings.preset = Preset::Paper;
    form.settings.config = TrainConfig::preset(Preset::Paper);
    form.settings.config.stage1.epochs = 4.5;
    form.settings.initial_weights.vgg16 = Some("/weights/vgg16.pth".into());
    form.settings.device = DeviceChoice::Cpu;
    let settings = form.to_settings();
    std::fs::create_dir(root.path().join("run-2")).unwrap();
    let mut back = Form::new("smn-studio".into(), true);
    back.restore(&settings);
    assert!(back.out.ends_with("run-3"), "{}", back.out);
    let text = |form: &Form| {
        (
            form.arguments(Path::new("/runs/one")),
            form.settings.config.clone(),
        )
    };
    assert_eq!(text(&back), text(&form));
    // What is not understood changes nothing.
    let before = text(&back);
    back.restore(&serde_json::Value::Null);
    back.restore(&serde_json::json!({"preset": "later"}));
    assert_eq!(text(&back), before);
}
