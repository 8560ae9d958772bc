//! What every pane is made of: colours and fonts, buttons, chips, headers, news in a corner. Nothing
//! here knows of faces or networks.

pub mod badge;
pub mod bidi;
pub mod buttons;
pub mod chips;
pub mod dialog;
pub mod focus;
pub mod fonts;
pub mod header;
pub mod menus;
pub mod paint;
pub mod pick;
pub mod texture;
pub mod theme;
pub mod toasts;
