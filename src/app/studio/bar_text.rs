//! What the chips of the bar say, and how briefly: they fold to shorter words before anything lies
//! over anything else.

use std::time::Duration;

use eframe::egui::Ui;

use crate::app::model::Model;
use crate::app::studio::Studio;
use crate::app::widgets::buttons::{chip_width, shortened};
use crate::humanize::thousands;

/// Between two of the chips, in points.
pub const BETWEEN: f32 = 8.0;

/// Room that is kept for what comes and goes, so that nothing that stays changes its words for it: a
/// run's share and how far predicting is, in few words.
const KEPT: f32 = 180.0;

/// The two buttons of the networks, and the one that stops predicting.
const SLOTS: f32 = 62.0;
const STOP: f32 = 28.0;

/// Signs of a name in a chip, and where there is little room.
const NAME: usize = 26;
const SHORT_NAME: usize = 12;

/// What stands where there is no network yet.
pub const LOADING: &str = "loading weights…";

/// What a chip says.
pub struct Words {
    /// All of it, also for screen readers.
    pub whole: String,
    /// Shorter and shorter.
    pub brief: Vec<String>,
    /// What it is, for who points at it.
    pub about: &'static str,
    /// The widest that may stand in place of all of it, so that nothing moves when a number changes.
    pub widest: Option<String>,
}

impl Words {
    /// All of it, or the nth shorter one.
    pub fn form(&self, n: usize) -> &str {
        let last = self.brief.len();
        match n.min(last) {
            0 => &self.whole,
            n => &self.brief[n - 1],
        }
    }

    /// How wide its chip is.
    pub fn chip_width(&self, ui: &Ui, n: usize) -> f32 {
        let widest = self.widest.as_ref().filter(|_| n == 0);
        let widest = widest.map_or(0.0, |text| chip_width(ui, text));
        widest.max(chip_width(ui, self.form(n)))
    }

    fn width(&self, ui: &Ui, n: usize) -> f32 {
        self.chip_width(ui, n) + BETWEEN
    }
}

/// What is said of background work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Busy {
    All,
    /// The first of it, and the rest under the pointer.
    First,
    None,
}

/// In which form each thing stands in the bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forms {
    pub palette: bool,
    pub network: usize,
    pub device: usize,
    pub run: usize,
    pub busy: Busy,
}

/// What all chips have to say now.
pub struct ChipWords {
    /// `None` where there is no network yet.
    pub device: Option<Words>,
    pub network: Option<Words>,
    /// Whether two networks are loaded.
    pub two: bool,
    pub run: Option<Words>,
    /// What goes on in the background; predicting first.
    pub busy: Vec<Words>,
    /// Whether predicting is among it.
    predicts: bool,
}

impl ChipWords {
    pub fn of(studio: &Studio) -> Self {
        let model = &studio.model;
        let network = model.networks.current.as_ref();
        let latency = studio.lifetime.latency;
        let latency = latency.map_or(String::new(), |l| format!(" · {}", latency_text(l)));
        let device = network.map(|network| {
            let (short, _) = network
                .device
                .split_once(',')
                .unwrap_or((&network.device, ""));
            let compiles = match network.warming {
                true => " · GPU compiles kernels…",
                false => "",
            };
            Words {
                whole: format!("{short}{latency}{compiles}"),
                brief: vec![short.to_owned()],
                about: "",
                widest: Some(format!("{short} · {WIDEST_LATENCY}{compiles}")),
            }
        });
        let network = network.map(|network| {
            let name = network.name();
            Words {
                whole: format!("{} · {}", network.title, shortened(&name, NAME)),
                brief: vec![shortened(&name, NAME), shortened(&name, SHORT_NAME)],
                about: "",
                widest: None,
            }
        });
        Self {
            device,
            network,
            two: model.networks.slots.iter().all(Option::is_some),
            run: running(model),
            busy: busy(model, studio.opening.busy()),
            predicts: model.sweep.progress.is_some(),
        }
    }

    /// The longest forms that have room in what is left of the bar, beside the palette's button of
    /// this width.
    pub fn forms(&self, ui: &Ui, palette: f32) -> Forms {
        let room = ui.available_width();
        let slots = if self.two { SLOTS + BETWEEN } else { 0.0 };
        let facts = |forms: &Forms| {
            let words = [(&self.device, forms.device), (&self.network, forms.network)];
            let words = words.map(|(words, n)| words.as_ref().map_or(0.0, |w| w.width(ui, n)));
            let loading = match self.network {
                Some(_) => 0.0,
                None => chip_width(ui, LOADING) + BETWEEN,
            };
            let palette = if forms.palette {
                palette + BETWEEN
            } else {
                0.0
            };
            words.iter().sum::<f32>() + loading + slots + palette
        };
        let comes = |forms: &Forms| {
            let run = self
                .run
                .as_ref()
                .map_or(0.0, |run| run.width(ui, forms.run));
            let stop = if self.predicts { STOP + BETWEEN } else { 0.0 };
            let busy = match forms.busy {
                Busy::All => stop + self.busy.iter().map(|w| w.width(ui, 0)).sum::<f32>(),
                Busy::First => stop + self.busy.first().map_or(0.0, |w| w.width(ui, 1)),
                Busy::None => 0.0,
            };
            run + busy
        };
        let shortest = Forms {
            palette: false,
            network: 2,
            device: 1,
            run: 2,
            busy: Busy::First,
        };
        let kept = comes(&shortest).max(KEPT);
        let facts_forms = [
            (true, 0, 0),
            (true, 1, 0),
            (false, 1, 0),
            (false, 1, 1),
            (false, 2, 1),
        ];
        let facts_forms = facts_forms.map(|(palette, network, device)| Forms {
            palette,
            network,
            device,
            ..shortest
        });
        let fits = |forms: &&Forms| facts(forms) + kept <= room;
        let stays = *facts_forms.iter().find(fits).unwrap_or(&shortest);
        let comes_forms = [
            (0, Busy::All),
            (1, Busy::All),
            (1, Busy::First),
            (2, Busy::First),
            (2, Busy::None),
        ];
        let comes_forms = comes_forms.map(|(run, busy)| Forms { run, busy, ..stays });
        let fits = |forms: &&Forms| facts(forms) + comes(forms) <= room;
        let last = comes_forms[comes_forms.len() - 1];
        *comes_forms.iter().find(fits).unwrap_or(&last)
    }
}

/// The widest that [`latency_text`] makes.
const WIDEST_LATENCY: &str = "88.8 ms";

/// How long a prediction took, in no more signs than it takes to tell fast from slow.
fn latency_text(latency: Duration) -> String {
    let seconds = latency.as_secs_f64();
    match 1000.0 * seconds {
        ms if ms < 99.95 => format!("{ms:.1} ms"),
        ms if ms < 999.5 => format!("{ms:.0} ms"),
        _ if seconds < 9.95 => format!("{seconds:.1} s"),
        _ => format!("{seconds:.0} s"),
    }
}

/// The run that is running, or how many there are.
fn running(model: &Model) -> Option<Words> {
    let runs = &model.runs;
    let running = runs.watched().iter();
    let running = running.filter(|r| r.is_active() || runs.is_running(&r.path));
    let running: Vec<_> = running.collect();
    let about = "Training; click to see how it goes";
    match running[..] {
        [] => None,
        [run] => {
            let name = shortened(&run.name(), SHORT_NAME);
            let summary = runs.summary(run);
            // "34 % of the run · stage 2 · 12 min left"
            let share = summary.split_once(" of the run").map(|(share, _)| share);
            let brief = match share {
                Some(share) => vec![format!("{name} · {share}"), share.to_owned()],
                None => vec![name.clone()],
            };
            Some(Words {
                whole: format!("{name} · {summary}"),
                brief,
                about,
                widest: None,
            })
        }
        _ => Some(Words {
            whole: format!("{} runs", running.len()),
            brief: Vec::new(),
            about,
            widest: None,
        }),
    }
}

fn busy(model: &Model, opening: Vec<String>) -> Vec<Words> {
    let sweep = model.sweep.progress.map(|sweep| Words {
        whole: sweep.describe(),
        brief: vec![format!(
            "{} of {}",
            thousands(sweep.done),
            thousands(sweep.of)
        )],
        about: "Predicting every face of the list",
        widest: None,
    });
    let other = |text: String, about: &'static str| Words {
        brief: vec![shortened(&text, SHORT_NAME)],
        whole: text,
        about,
        widest: None,
    };
    let loading = model.networks.loading.iter().flatten().map(|name| {
        let about = "Weights are being read; the network in use goes on answering";
        other(format!("loading {}…", shortened(name, NAME)), about)
    });
    let opening = opening
        .into_iter()
        .map(|text| other(text, "This goes on in the background"));
    sweep.into_iter().chain(loading).chain(opening).collect()
}

#[cfg(test)]
mod tests {
    use eframe::egui;

    use super::*;
    use crate::app::widgets::theme;

    #[test]
    fn the_devices_chip_is_as_wide_for_every_latency() {
        let ctx = egui::Context::default();
        theme::install(&ctx);
        let mut widths = Vec::new();
        let _ = ctx.run_ui(egui::RawInput::default(), |ui| {
            for ms in [0.4, 8.8, 12.3, 99.94, 99.96, 437.0, 999.7, 1234.0, 88_888.0] {
                let latency = latency_text(Duration::from_secs_f64(ms / 1000.0));
                let words = Words {
                    whole: format!("CPU · {latency}"),
                    brief: vec!["CPU".into()],
                    about: "",
                    widest: Some(format!("CPU · {WIDEST_LATENCY}")),
                };
                widths.push((words.chip_width(ui, 0), latency));
                assert!(words.chip_width(ui, 1) < words.chip_width(ui, 0));
            }
        });
        let as_first = |w: &(f32, String)| w.0 == widths[0].0;
        assert!(widths.iter().all(as_first), "{widths:?}");
        let said: Vec<&str> = widths.iter().map(|w| &*w.1).collect();
        assert_eq!(
            said[..5],
            ["0.4 ms", "8.8 ms", "12.3 ms", "99.9 ms", "100 ms"]
        );
        assert_eq!(said[5..], ["437 ms", "1.0 s", "1.2 s", "89 s"]);
    }
}
