//! The editions that are compared.

use std::collections::BTreeSet;

use denizen_spec::{Code, Diagnostic};

use super::month::{self, Month};
use crate::release::{Release, Resource};

/// A release and the month that it is of.
pub(crate) struct Edition {
    pub(crate) release: Release,
    pub(crate) month: Option<Month>,
}

impl Edition {
    pub(crate) fn name(&self) -> &str {
        &self.release.manifest.vintage
    }
}

/// A table in each of some editions, where it has it.
pub(crate) fn resources(editions: &[Edition], table: &str) -> Vec<Option<Resource>> {
    let find = |edition: &Edition| edition.release.tables().into_iter().find(|one| one.stem() == table);
    editions.iter().map(find).collect()
}

/// The month of an edition: that of its name, or else that in which the last of its inputs was retrieved.
pub(crate) fn month_of(release: &Release) -> Option<Month> {
    let retrieved = || {
        let days: Option<Vec<&String>> =
            release.manifest.inputs.iter().map(|input| input.retrieved.as_ref()).collect();
        days?.into_iter().max().and_then(|day| month::end_of(day))
    };
    month::of_edition(&release.manifest.vintage).or_else(retrieved)
}

/// Refuses what are no two editions of one product.
pub(crate) fn check_one_product(editions: &[Edition]) -> Result<(), Diagnostic> {
    let fault = |message: String| Diagnostic::error(Code::NoRelease, message);
    let Some((first, others)) = editions.split_first().filter(|(_, others)| !others.is_empty()) else {
        let help = "name the folder of a product with two editions or more, such as releases/NAME";
        return Err(fault("there are no two editions to compare".to_owned()).help(help));
    };
    for other in others {
        let [one, other_one] = [first, other].map(|edition| &edition.release.manifest.pipeline);
        if one != other_one {
            let message = format!("these are editions of two products, `{one}` and `{other_one}`");
            return Err(fault(message).help("name the editions of one"));
        }
        if first.release.package.synthetic != other.release.package.synthetic {
            let message = "some editions are synthetic, and others are not".to_owned();
            return Err(fault(message).help("name editions that are made of the same kind of records"));
        }
    }
    let names: BTreeSet<&String> = editions.iter().map(|edition| &edition.release.manifest.vintage).collect();
    if names.len() < editions.len() {
        return Err(fault("two releases are of the same edition".to_owned()).help("name each edition once"));
    }
    Ok(())
}
