//! What a run would do with the settings of the form, and how long that takes.

use std::time::Duration;

use crate::app::runs::Runs;
use crate::app::training::form::state::Form;
use crate::compute::DeviceChoice;
use crate::humanize::{counted, human_duration, thousands};
use crate::model::Topology;
use crate::train::RunSnapshot;

impl Form {
    /// What the run would do, and how long that takes if one like it has told its speed: "1,200
    /// steps of 32 faces (900 in stage 1, 300 in stage 2), about 40 min at the speed of run-1".
    pub fn plan_text(&self, runs: &Runs) -> Option<String> {
        let faces = self.labels.known()?.train;
        let batch = self.settings.config.batch.clamp(1, faces.max(1));
        let network = &self.settings.config.network;
        let epoch = faces.div_ceil(batch) as u64;
        let mut stages = vec![self.settings.config.stage1.steps(epoch)];
        if network.topology == Topology::Separation {
            stages.push(self.settings.config.stage2.steps(epoch));
        }
        let all: u64 = stages.iter().sum();
        let steps = counted(all as usize, "step");
        let faces = counted(batch, "face");
        let mut text = match stages[..] {
            [one, two] => {
                let [one, two] = [one, two].map(|n| thousands(n as usize));
                format!("{steps} of {faces} ({one} in stage 1, {two} in stage 2)")
            }
            _ => format!("{steps} of {faces}"),
        };
        let like = runs.watched().iter().rev().find_map(|run| {
            let file = run.file.as_ref()?;
            let cpu = file.device.eq_ignore_ascii_case("cpu");
            let device = match self.settings.device {
                DeviceChoice::Auto => true,
                DeviceChoice::Cpu => cpu,
                DeviceChoice::Gpu | DeviceChoice::Cuda => !cpu,
            };
            let same = device && file.config.network == *network;
            same.then(|| Some((run.name(), time(run, &stages, batch)?)))?
        });
        match like {
            Some((name, time)) => {
                text += &format!(", about {} at the speed of {name}.", human_duration(time));
            }
            None => text += "; how long they take is said as soon as some are done.",
        }
        Some(text)
    }
}

/// How long steps of each stage would take at the speed of a run.
fn time(run: &RunSnapshot, stages: &[u64], batch: usize) -> Option<Duration> {
    let last = run.status.as_ref().map(|s| s.images_per_s);
    let told = |stage: u8| {
        let stage = run.curves.stages.get(&stage)?;
        stage.images_per_s.newest()
    };
    // Of a stage that has not begun, the speed is about that of the other.
    let speed = |stage: u8| {
        let all = [told(stage), last, told(1)];
        all.into_iter().flatten().find(|s| *s > 0.0)
    };
    let mut seconds = 0.0;
    for (stage, steps) in (1..).zip(stages) {
        seconds += *steps as f64 * batch as f64 / speed(stage)?;
    }
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use eframe::egui;

    use super::*;
    use crate::app::training::form::dialogs::DATA;
    use crate::train::{Preset, RunFolder, TrainConfig};

    #[test]
    fn a_run_like_it_tells_how_long_the_next_one_takes() {
        let run = |device: &str, width: usize| {
            let mut config = TrainConfig::preset(Preset::Compact);
            config.network = config.network.sized(width, 128);
            let file = crate::train::RunFile {
                program: "test".into(),
                device: device.into(),
                config,
                data: crate::train::Data {
                    paths: Vec::new(),
                    train: 1,
                    validation: 0,
                    fingerprint: String::new(),
                },
                initial_weights: crate::train::InitialWeights::default(),
                license: String::new(),
            };
            let root = tempfile::tempdir().unwrap();
            let folder = RunFolder::create(&root.path().join(device)).unwrap();
            folder.write_json("run.json", &file).unwrap();
            let line = |stage: u8, speed: f64| {
                format!(
                    "{{\"kind\":\"step\",\"stage\":{stage},\"step\":1,\"loss\":{{}},\"images_per_s\":{speed}}}\n"
                )
            };
            std::fs::write(folder.file("metrics.jsonl"), line(1, 8.0) + &line(2, 4.0)).unwrap();
            let mut monitor = crate::train::RunMonitor::new(folder.path()).unwrap();
            monitor.poll();
            monitor.snapshot().clone()
        };
        let mut form = Form::new("smn-studio".into(), true);
        let ctx = egui::Context::default();
        assert_eq!(form.plan_text(&Runs::fixed(Vec::new(), Vec::new())), None);
        form.chosen(DATA, vec!["synthetic:80@3".into()]);
        while form.labels.known().is_none() {
            form.labels.update(&ctx, &form.data);
            std::thread::sleep(Duration::from_millis(5));
        }
        let faces = form.labels.known().unwrap().train;
        form.settings.config.batch = faces;
        form.settings.config.network = form.settings.config.network.clone().sized(4, 128);
        form.settings.config.stage1.epochs = 2.0;
        form.settings.config.stage2.epochs = 3.0;
        let runs = [run("CPU", 4), run("NVIDIA", 4), run("CPU", 8)];
        let text = |form: &Form, n: usize| {
            let watched = runs[..n].to_vec();
            form.plan_text(&Runs::fixed(watched, Vec::new())).unwrap()
        };
        let plan = format!("5 steps of {faces} faces (2 in stage 1, 3 in stage 2)");
        let unknown = text(&form, 0);
        assert_eq!(
            unknown,
            format!("{plan}; how long they take is said as soon as some are done.")
        );
        let time = Duration::from_secs_f64(faces as f64 * (2.0 / 8.0 + 3.0 / 4.0));
        let time = human_duration(time);
        // The newest that is like it, on the device that is asked for.
        for (device, name) in [
            (DeviceChoice::Auto, "NVIDIA"),
            (DeviceChoice::Cpu, "CPU"),
            (DeviceChoice::Gpu, "NVIDIA"),
        ] {
            form.settings.device = device;
            assert_eq!(
                text(&form, 3),
                format!("{plan}, about {time} at the speed of {name}.")
            );
        }
        // One stage, of another network.
        let size = &form.settings.config.network;
        let network = crate::model::Config::variant("baseline_fc").unwrap();
        form.settings.config.network = network.sized(size.width, size.fc);
        assert!(text(&form, 3).starts_with(&format!("2 steps of {faces} faces; how long")));
    }
}
