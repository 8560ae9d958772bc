//! What is predicted and labelled, as a table.

use super::row_data::rows;
use crate::app::model::Model;
use crate::dataset::{self, Which};
use crate::figure::Table;

/// What is predicted and labelled of the attributes of the face that is shown.
pub fn attribute_table(model: &Model) -> Option<Table> {
    let network = model.networks.current.as_ref()?;
    let face = model.faces.shown()?;
    let image = dataset::name_of(&face.sample.path);
    let which = face.which().map_or(String::new(), Which::cell);
    let rows = rows(
        face,
        &network.schema,
        [Some(&network.untrained), None],
        false,
    );
    let heading = [
        "image",
        "face",
        "attribute",
        "part",
        "probability",
        "label",
        "other",
    ];
    let mut table = Table::new(&heading);
    for row in &rows {
        let label = row.label.map_or("", |yes| if yes { "1" } else { "-1" });
        let other = row.other.map_or(String::new(), |v| format!("{v:.4}"));
        table.rows.push(vec![
            image.clone(),
            which.clone(),
            row.name.clone(),
            row.group.to_owned(),
            format!("{:.4}", row.probability),
            label.into(),
            other,
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}
