//! Pictures for the graphics card.

use std::sync::Arc;

use eframe::egui::{self, ColorImage, TextureFilter, TextureHandle, TextureOptions};

/// `hard` shows pixels as squares when they are seen large.
pub fn upload(
    ctx: &egui::Context,
    name: &str,
    picture: Arc<ColorImage>,
    hard: bool,
) -> TextureHandle {
    let options = TextureOptions {
        magnification: match hard {
            true => TextureFilter::Nearest,
            false => TextureFilter::Linear,
        },
        mipmap_mode: Some(TextureFilter::Linear),
        ..TextureOptions::LINEAR
    };
    ctx.load_texture(name, picture, options)
}
