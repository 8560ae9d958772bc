//! Pictures that the program draws: predictions on photos, the paper's Figure 6, heat over what a
//! network saw, which tower matters, and plots. All of them are pages, which leave as PNG, SVG and
//! PDF.

mod colour_map;
mod error;
mod explanation;
mod feature_maps;
mod grid;
mod heat;
mod maps_folder;
mod number;
mod overlay;
mod page;
mod palette;
pub mod plot;
mod provenance;
mod table;
mod tables;
mod text;
mod towers;

pub use colour_map::{ColourMap, colour_bar};
pub use error::FigureError;
pub use explanation::{check_note, explanation_figure};
pub use feature_maps::{
    FeatureFigure, FigureRow, Pixels, difference_text, figure6, mean_correlations,
    short_correlation,
};
pub use grid::{GridStyle, INVALID, Scale, Stats};
pub use heat::{
    HeatMark, HeatPanel, HeatPoints, HeatScale, STRENGTH, UNLABELLED, heat_bar, heat_figure,
    heat_picture,
};
pub use maps_folder::write_maps;
pub use number::{
    decimals, ends, round_tick, round_ticks, short, signed, span, span_of, tick, ticks,
};
pub use overlay::{Overlay, overlay};
pub use page::{Anchor, Format, Ink, Mark, Page, Placed, Rim, Unit, points};
pub use palette::{Colour, LABEL, PREDICTION};
pub use provenance::{PhotoProvenance, Provenance, SecondProvenance, muted_text, muted_words};
pub use table::Table;
pub use tables::{MATCHES, effects_table, matches_table, towers_table};
pub use text::{Text, text_lines};
pub use towers::{DEPTHS, changes_note, changes_title, depth_text, marks_of, towers_figure};
