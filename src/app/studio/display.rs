//! The display that the window opens on: whether there is one, through what, and whether files can be
//! dropped there.

const UNIX_LIKE: bool = cfg!(all(unix, not(target_os = "macos")));

fn named(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|v| !v.is_empty())
}

/// Whether there is a screen to open a window on.
pub fn has_display() -> bool {
    !UNIX_LIKE || named("DISPLAY") || named("WAYLAND_DISPLAY")
}

/// Set, it asks for a window of Wayland's own.
const WAYLAND: &str = "SMN_STUDIO_WAYLAND";

/// Whether the window goes through the X server that a Wayland desktop runs for such programs:
/// winit 0.30 takes no dropped files from Wayland itself, and from X it does.
fn through_x() -> bool {
    UNIX_LIKE && named("DISPLAY") && !named(WAYLAND)
}

/// Whether files can be dropped on the window.
fn drops_files() -> bool {
    !UNIX_LIKE || through_x() || !named("WAYLAND_DISPLAY")
}

#[cfg(all(unix, not(target_os = "macos")))]
pub fn event_loop_builder() -> Option<eframe::EventLoopBuilderHook> {
    use winit::platform::x11::EventLoopBuilderExtX11;
    through_x().then(|| -> eframe::EventLoopBuilderHook {
        Box::new(|builder| {
            builder.with_x11();
        })
    })
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
pub fn event_loop_builder() -> Option<eframe::EventLoopBuilderHook> {
    None
}

/// What an empty photo pane says, where files cannot be dropped and where they can.
const EMPTY_HINT: [&str; 2] = [
    "Under Wayland files cannot be dropped on this window:\nopen photos, a folder, a data set or weights with Ctrl+O,\nor copy a picture or a path and paste it with Ctrl+V.",
    "Drop a photo, a folder, a data set or weights anywhere,\nopen one with Ctrl+O, or paste a picture or a path with Ctrl+V.",
];

/// What the pane of an empty photo says here.
pub fn empty_hint() -> &'static str {
    EMPTY_HINT[usize::from(drops_files())]
}
