//! The window's type: Inter with tabular figures, so that numbers do not dance when they change.
//!
//! What Inter lacks comes from egui's own fonts (symbols), and what these lack, emoji too, from
//! the system: eframe looks for an installed font that has the sign when it is first drawn. Where
//! there is none, a hollow box stands for the sign, and the name can still be told from others.

use std::sync::Arc;

use eframe::egui::{self, FontData, FontDefinitions, FontFamily};

use crate::app::widgets::bidi::RightToLeft;

/// The family of headings and of numbers that matter.
pub const STRONG: &str = "strong";

pub fn install(ctx: &egui::Context) {
    let mut fonts = FontDefinitions::default();
    let regular: &[u8] = include_bytes!("../../../assets/fonts/Inter-Regular.otf");
    let strong: &[u8] = include_bytes!("../../../assets/fonts/Inter-SemiBold.otf");
    for (name, bytes) in [("Inter", regular), ("Inter strong", strong)] {
        let data = Arc::new(FontData::from_static(bytes));
        fonts.font_data.insert(name.to_owned(), data);
    }
    let usual = fonts.families.entry(FontFamily::Proportional).or_default();
    let rest = usual.clone();
    usual.insert(0, "Inter".to_owned());
    let strong = ["Inter strong", "Inter"].map(str::to_owned);
    let strong = strong.into_iter().chain(rest).collect();
    fonts
        .families
        .insert(FontFamily::Name(STRONG.into()), strong);
    ctx.set_fonts(fonts);
    ctx.add_plugin(RightToLeft::default());
}
