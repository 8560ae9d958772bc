//! What is predicted and labelled, as a table.

use super::row_data::{beside, rows};
use crate::app::model::Model;
use crate::dataset::{self, FaceName};
use crate::figure::Table;

/// What is predicted and labelled of the attributes of the face that is shown.
pub fn attribute_table(model: &Model) -> Option<Table> {
    let network = model.networks.current.as_ref()?;
    let face = model.faces.shown()?;
    let image = dataset::name_of(&face.sample.path);
    let which = face.which().map_or(String::new(), FaceName::cell);
    let beside = beside(model).map(|network| &*network.untrained);
    let rows = rows(
        face,
        &network.schema,
        [Some(&network.untrained), beside],
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
        // What a network was never taught is no answer of its.
        let number = |v: f32| format!("{v:.4}");
        let said = row.untrained.is_none().then_some(row.probability);
        let other = row.other.filter(|_| row.other_untrained.is_none());
        table.rows.push(vec![
            image.clone(),
            which.clone(),
            row.name.clone(),
            row.group.to_owned(),
            said.map_or(String::new(), number),
            label.into(),
            other.map_or(String::new(), number),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}
