//! The feature maps of one layer, tower by tower: the paper's Figure 6 for the face at hand, drawn
//! from the network's own buffers; and all that one asks about them. What the view holds is in
//! [`state`]; [`view`] brings it together, and the files above it ask, answer and draw.

mod action;
mod answers;
mod arrange;
mod attention;
mod channel;
mod channel_face;
mod channel_head;
mod commands;
mod compare_bar;
mod compared;
mod effect_rows;
mod examples;
mod export_dialog;
mod figure;
mod find_menu;
mod foot;
mod grid;
mod heads;
mod marks;
mod pairs_bar;
mod pane;
mod parts;
mod probe;
mod ranking_table;
mod ranking_text;
mod requests;
mod scale_bar;
mod scales;
mod state;
mod studying;
mod toolbar;
mod tower_plots;
mod towers;
mod view;

pub use action::Action;
pub use answers::Notice;
pub use export_dialog::EXPORT;
pub use state::export::{FigureFace, TableKind, What, photo_provenance};
pub use state::muting::Muted;
pub use state::stars::Favourites;
pub use studying::NewStudy;
pub use view::FeatureView;
