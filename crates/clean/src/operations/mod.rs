//! One operation per file, named for what it does in a pipeline file.

pub(crate) mod correct;
pub(crate) mod deduplicate;
pub(crate) mod derive;
pub(crate) mod expand;
pub(crate) mod filter;
mod in_part;
pub(crate) mod link;
mod periods;
pub(crate) mod recode;
pub(crate) mod residence;
