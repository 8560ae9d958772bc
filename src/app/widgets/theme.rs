//! Colours, sizes and type: the only place that names them.

use eframe::egui::{
    self, Color32, CornerRadius, FontFamily, FontId, Margin, Stroke, TextStyle, Theme, Visuals,
};

/// Colours of one theme.
#[derive(Clone, Copy)]
pub struct Palette {
    pub window: Color32,
    pub canvas: Color32,
    pub pane: Color32,
    pub raised: Color32,
    pub hairline: Color32,
    pub text: Color32,
    pub quiet: Color32,
    /// Predictions, selection.
    pub prediction: Color32,
    /// Labels, disagreement.
    pub label: Color32,
    /// Work in progress, links.
    pub working: Color32,
    /// Waiting.
    pub waiting: Color32,
}

const DARK: Palette = Palette {
    window: Color32::from_rgb(0x11, 0x13, 0x18),
    canvas: Color32::from_rgb(0x0c, 0x0e, 0x12),
    pane: Color32::from_rgb(0x16, 0x19, 0x1f),
    raised: Color32::from_rgb(0x1d, 0x21, 0x28),
    hairline: Color32::from_rgb(0x23, 0x27, 0x2f),
    text: Color32::from_rgb(0xd9, 0xdc, 0xe3),
    quiet: Color32::from_rgb(0x79, 0x80, 0x8f),
    prediction: Color32::from_rgb(0x35, 0xd3, 0x9a),
    label: Color32::from_rgb(0xff, 0x5a, 0x5f),
    working: Color32::from_rgb(0x5a, 0xa9, 0xff),
    waiting: Color32::from_rgb(0xff, 0xc1, 0x4d),
};

const LIGHT: Palette = Palette {
    window: Color32::from_rgb(0xf2, 0xf3, 0xf6),
    canvas: Color32::from_rgb(0xe4, 0xe6, 0xea),
    pane: Color32::from_rgb(0xfb, 0xfb, 0xfd),
    raised: Color32::from_rgb(0xe9, 0xeb, 0xf0),
    hairline: Color32::from_rgb(0xd8, 0xdb, 0xe2),
    text: Color32::from_rgb(0x1d, 0x21, 0x28),
    quiet: Color32::from_rgb(0x69, 0x70, 0x7e),
    prediction: Color32::from_rgb(0x0d, 0x9a, 0x68),
    label: Color32::from_rgb(0xd9, 0x2f, 0x3a),
    working: Color32::from_rgb(0x1f, 0x74, 0xd6),
    waiting: Color32::from_rgb(0xb9, 0x7a, 0x00),
};

/// Corner radius, row height and bar height in points.
pub const RADIUS: u8 = 6;
pub const ROW: f32 = 26.0;
pub const BAR: f32 = 6.0;
/// Height of buttons.
pub const CONTROL: f32 = 24.0;

pub const BODY: f32 = 13.0;
pub const SMALL: f32 = 12.0;
pub const CAPTION: f32 = 11.0;
/// Of the frame around the chosen map, on maps that are as dark in both themes.
pub const MARK: Color32 = Color32::from_rgb(0x35, 0xd3, 0x9a);

/// The palette of the theme that is shown.
pub fn palette(ctx: &egui::Context) -> Palette {
    match ctx.theme() {
        Theme::Dark => DARK,
        Theme::Light => LIGHT,
    }
}

pub fn font(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// For headings, and for numbers that matter.
pub fn strong(size: f32) -> FontId {
    FontId::new(
        size,
        FontFamily::Name(crate::app::widgets::fonts::STRONG.into()),
    )
}

/// Gives both themes their look.
pub fn install(ctx: &egui::Context) {
    crate::app::widgets::fonts::install(ctx);
    for (theme, palette) in [(Theme::Dark, DARK), (Theme::Light, LIGHT)] {
        ctx.style_mut_of(theme, |style| {
            style.visuals = visuals(theme, palette);
            style.spacing.item_spacing = egui::vec2(6.0, 6.0);
            style.spacing.button_padding = egui::vec2(9.0, 4.0);
            style.spacing.interact_size.y = CONTROL;
            style.spacing.menu_margin = Margin::same(6);
            style.spacing.window_margin = Margin::same(14);
            style.spacing.scroll = egui::style::ScrollStyle::thin();
            style.interaction.selectable_labels = false;
            style.text_styles = [
                (TextStyle::Body, BODY),
                (TextStyle::Button, BODY),
                (TextStyle::Small, CAPTION),
                (TextStyle::Heading, 16.0),
            ]
            .map(|(text, size)| (text, font(size)))
            .into();
            style.text_styles.insert(
                TextStyle::Monospace,
                FontId::new(SMALL, FontFamily::Monospace),
            );
        });
    }
}

fn visuals(theme: Theme, p: Palette) -> Visuals {
    let mut v = match theme {
        Theme::Dark => Visuals::dark(),
        Theme::Light => Visuals::light(),
    };
    let radius = CornerRadius::same(RADIUS);
    let dark = theme == Theme::Dark;
    let shade = egui::Shadow {
        offset: [0, 8],
        blur: 24,
        spread: 0,
        color: Color32::from_black_alpha(if dark { 110 } else { 40 }),
    };
    v.popup_shadow = shade;
    v.window_shadow = shade;
    v.panel_fill = p.window;
    v.window_fill = p.pane;
    v.window_stroke = Stroke::new(1.0, p.hairline);
    v.window_corner_radius = CornerRadius::same(10);
    v.menu_corner_radius = radius;
    v.extreme_bg_color = p.raised;
    v.faint_bg_color = p.raised;
    v.weak_text_color = Some(p.quiet);
    v.hyperlink_color = p.working;
    v.error_fg_color = p.label;
    v.warn_fg_color = p.waiting;
    v.selection.bg_fill = p.prediction.gamma_multiply(0.28);
    v.selection.stroke = Stroke::new(1.0, p.text);
    let w = &mut v.widgets;
    for (state, fill, text) in [
        (&mut w.noninteractive, p.pane, p.text),
        (&mut w.inactive, p.raised, p.text),
        (&mut w.hovered, p.hairline, p.text),
        (&mut w.active, p.hairline, p.text),
        (&mut w.open, p.raised, p.text),
    ] {
        state.bg_fill = fill;
        state.weak_bg_fill = fill;
        state.bg_stroke = Stroke::new(1.0, p.hairline);
        state.fg_stroke = Stroke::new(1.0, text);
        state.corner_radius = radius;
        state.expansion = 0.0;
    }
    // What a check box and a slider's rail are filled with: they have no edge of their own.
    for state in [&mut w.inactive, &mut w.hovered, &mut w.active] {
        state.bg_fill = p.raised.lerp_to_gamma(p.quiet, 0.4);
    }
    v
}
