//! What the panes of maps want done.

use std::path::PathBuf;

use crate::app::export::Target;
use crate::app::features::state::export::TableKind;
use crate::engine::StudyKind;

/// What is to be done outside the view.
pub enum Action {
    RankChannels,
    FindExamples,
    MatchChannels,
    MeasureTowers,
    Explain {
        check: bool,
    },
    Stop(StudyKind),
    CompareWith(Option<PathBuf>),
    ChooseWeights,
    Pin,
    Select(usize),
    /// A picture that is to be shown small.
    ReadThumbnail(usize),
    SaveFigure,
    CopyFigure,
    SaveMaps,
    ExportTable(TableKind, Target),
}
