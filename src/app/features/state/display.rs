//! How maps are shown, whatever the layer.

use crate::app::features::state::order::Find;
use crate::figure::ColourMap;
use crate::model::TapLayer;

/// How maps are shown, whatever the layer.
#[derive(Clone, Copy, PartialEq)]
pub struct Display {
    pub scale: ScaleChoice,
    /// Ends of the fixed range, once it was chosen.
    pub fixed: Option<(f32, f32)>,
    pub colours: ColourMap,
    /// Fused maps are of either sign.
    pub fused_colours: ColourMap,
    pub find: Find,
    /// Size of a map beside that at which the grid fits the pane.
    pub zoom: f32,
    /// Whether the window is dark.
    pub dark: bool,
}

impl Default for Display {
    fn default() -> Self {
        Self {
            scale: ScaleChoice::Channel,
            fixed: None,
            colours: ColourMap::default(),
            fused_colours: ColourMap::Signed,
            find: Find::default(),
            zoom: 1.0,
            dark: false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScaleChoice {
    Layer,
    Channel,
    /// Of two that are compared, each in its own range.
    Own,
    Fixed,
}

impl ScaleChoice {
    /// Own ranges are a choice where two are `compared`.
    pub fn next(self, compared: bool) -> Self {
        match self {
            Self::Layer => Self::Channel,
            Self::Channel if compared => Self::Own,
            Self::Channel | Self::Own => Self::Fixed,
            Self::Fixed => Self::Layer,
        }
    }
}

impl Display {
    /// The colours of a kind of maps.
    pub fn colours_of(&mut self, place: TapLayer) -> &mut ColourMap {
        match place.is_conv() {
            true => &mut self.colours,
            false => &mut self.fused_colours,
        }
    }
}
