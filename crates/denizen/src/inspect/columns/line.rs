//! One entry of `columns` as it is written.

use super::super::toml_text::{comment as one_line, key, quoted, table};

/// Codes that stand on one line with their column.
const ON_ONE_LINE: usize = 8;

/// One entry of `columns`.
#[derive(Debug, Clone, Default)]
pub(in crate::inspect) struct ColumnLine {
    pub(in crate::inspect) name: String,
    /// The settings but for the codes: key and value as TOML.
    pub(in crate::inspect) settings: Vec<(&'static str, String)>,
    /// Texts of the file and our codes.
    pub(in crate::inspect) codes: Vec<(String, String)>,
    pub(in crate::inspect) comments: Vec<String>,
    /// Whether it is a dimension of tables.
    pub(in crate::inspect) is_dimension: bool,
    /// How many values it has, for the choice of dimensions.
    pub(in crate::inspect) distinct: usize,
    pub(in crate::inspect) is_personal: bool,
    pub(in crate::inspect) column: Option<usize>,
}

impl ColumnLine {
    /// The name of a list to be filled in, for codes that are many and stand for themselves.
    pub(in crate::inspect) fn new_list(&self, source: &str) -> Option<String> {
        let is_own = self.codes.len() > ON_ONE_LINE && self.codes.iter().all(|(theirs, ours)| theirs == ours);
        is_own.then(|| format!("{source}-{}", self.name).replace('_', "-"))
    }

    /// The entry with a list in the place of its codes, where these are many.
    pub(in crate::inspect) fn with_list(mut self, source: &str) -> Self {
        if let Some(list) = self.new_list(source) {
            self.settings.push(("list", quoted(&list)));
            self.comments
                .push("TODO: fill in the labels of the list, and mark groups as `aggregate`".to_owned());
            self.codes.clear();
        }
        self
    }

    /// The entry, on one line where its codes are few; otherwise what follows the others as a table of its own.
    pub(in crate::inspect) fn write(&self, source: &str) -> (String, String) {
        let mut settings: Vec<String> =
            self.settings.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        let comment = if self.comments.is_empty() {
            String::new()
        } else {
            format!("  # {}", one_line(&self.comments.join("; ")))
        };
        if self.codes.len() <= ON_ONE_LINE {
            if !self.codes.is_empty() {
                settings.push(format!("codes = {}", table(&self.codes)));
            }
            let entry =
                if settings.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", settings.join(", ")) };
            return (format!("{} = {entry}{comment}\n", key(&self.name)), String::new());
        }
        let path = format!("source.{}.columns.{}", key(source), key(&self.name));
        let mut text = String::new();
        self.comments.iter().for_each(|comment| text += &format!("# {}\n", one_line(comment)));
        text = format!("\n{text}[{path}]\n");
        settings.iter().for_each(|setting| text += &format!("{setting}\n"));
        text += &format!("[{path}.codes]\n");
        self.codes.iter().for_each(|(theirs, ours)| text += &format!("{} = {}\n", key(theirs), quoted(ours)));
        (String::new(), text)
    }
}
