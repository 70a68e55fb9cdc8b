//! `account`: which codes of a dimension are the opening and closing population, and what came in between.

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::DeValue;

use crate::text::{Fields, Findings};

/// The account of a population: opening + births + in − deaths − out = closing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The dimension whose codes are its items.
    pub dimension: String,
    /// The code of the population at the beginning.
    pub opening: String,
    /// The code of the population at the end.
    pub closing: String,
    /// The code of births.
    pub births: Option<String>,
    /// The code of deaths.
    pub deaths: Option<String>,
    /// The codes of what else adds to the population.
    pub plus: Vec<String>,
    /// The codes of what else takes from it.
    pub minus: Vec<String>,
    /// The codes of items that a publication does not have at all times: where they are not there, there is nothing of them.
    pub optional: Vec<String>,
}

impl Account {
    pub(crate) fn read(value: &Spanned<DeValue<'_>>, findings: &Findings) -> Option<Self> {
        let fields = Fields::of(value, findings)?;
        fields.in_section("account");
        let account = Self {
            dimension: fields.text("dimension").unwrap_or_default(),
            opening: fields.text("opening").unwrap_or_default(),
            closing: fields.text("closing").unwrap_or_default(),
            births: fields.optional_text("births"),
            deaths: fields.optional_text("deaths"),
            plus: fields.optional_texts("plus"),
            minus: fields.optional_texts("minus"),
            optional: fields.optional_texts("optional"),
        };
        fields.finish();
        Some(account)
    }

    /// The items with their signs.
    pub fn items(&self) -> Vec<(&str, i64)> {
        let plus = self.births.iter().chain(&self.plus).map(|code| (code.as_str(), 1));
        plus.chain(self.deaths.iter().chain(&self.minus).map(|code| (code.as_str(), -1))).collect()
    }

    /// Whether an item need not be there.
    pub fn may_lack(&self, code: &str) -> bool {
        self.optional.iter().any(|optional| optional == code)
    }

    /// All its codes.
    pub(super) fn codes(&self) -> Vec<&str> {
        let populations = [self.opening.as_str(), self.closing.as_str()];
        populations.into_iter().chain(self.items().into_iter().map(|(code, _)| code)).collect()
    }
}
