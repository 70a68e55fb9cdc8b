//! One operation per file, named for what it does in a pipeline file.

pub(crate) mod correct;
pub(crate) mod deduplicate;
pub(crate) mod derive;
pub(crate) mod expand;
pub(crate) mod filter;
pub(crate) mod flows_from_stocks;
mod holders;
mod in_part;
pub(crate) mod inherit;
pub(crate) mod link;
mod periods;
#[cfg(test)]
mod permit_oracle;
pub(crate) mod permits;
pub(crate) mod recode;
pub(crate) mod residence;
pub(crate) mod retention;
pub(crate) mod signs_of_life;
pub(crate) mod spells;
pub(crate) mod stock;
