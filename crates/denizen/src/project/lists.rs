//! The code lists of steps, groups and labels.

use std::collections::{BTreeMap, BTreeSet};

use denizen_ingest::Input;
use denizen_spec::{Additive, Code, Codelist, Diagnostic, OWN_LISTS, Path as Setting, Source, Step, StepId};

use super::Project;

impl Project {
    pub(super) fn translated_lists(&self, faults: &mut Vec<Diagnostic>) -> Vec<Codelist> {
        let mut targets: BTreeMap<&str, StepId> = BTreeMap::new();
        for (id, step) in self.pipeline.step_ids() {
            if let Some(to) = step.operation.translates_to().filter(|to| !self.is_group(to)) {
                targets.entry(to).or_insert(id);
            }
        }
        // A column may be translated to a list, and then asked about at some time.
        // So may one over which cells are added up, of which it is asked what is a part of what.
        let is_additive = |source: &Source| source.additive != Additive::None;
        let needs_references = self.pipeline.sources.iter().any(is_additive)
            || self.pipeline.steps.iter().any(|step| step.operation.needs_reference());
        let mut lists = Vec::new();
        for (name, id) in targets {
            let list = denizen_ingest::codelist(&self.root, name, Setting::step(id).field("to"));
            let list = list.map_err(|fault| vec![fault]).and_then(|list| match needs_references {
                true => denizen_ingest::with_reference(list, &self.root),
                false => Ok(list),
            });
            match list {
                Ok(list) => lists.push(list),
                Err(found) => faults.extend(found),
            }
        }
        lists
    }

    /// Whether a step can only mean a group by a name: all that translate to it ask about some time, and no list is called
    /// so.
    fn is_group(&self, name: &str) -> bool {
        let is_it = |step: &&Step| step.operation.translates_to() == Some(name);
        let has_list = self.root.join(format!("data/codelists/{name}.csv")).exists();
        !has_list && self.pipeline.steps.iter().filter(is_it).all(|step| step.operation.needs_reference())
    }

    /// The code lists of the groups that steps translate to.
    pub(super) fn group_lists(&self) -> Vec<Codelist> {
        let names = self.pipeline.steps.iter().filter_map(|step| step.operation.translates_to());
        let names: BTreeSet<&str> = names.filter(|name| self.is_group(name)).collect();
        let lists = || self.inputs().flat_map(Input::codelists).chain(&self.lists);
        let list_of = |name: &str| {
            let mut views = lists().filter_map(|list| list.view.as_ref());
            views.find(|view| view.reference.has_group(name)).map(|view| view.reference.group_list(name))
        };
        names.into_iter().filter_map(list_of).collect()
    }

    /// The lists of the project that say what the program cannot know, such as what its concepts are called.
    pub(super) fn lists_of_labels(&self, faults: &mut Vec<Diagnostic>) -> Vec<Codelist> {
        let is_there = |name: &&str| self.root.join(format!("data/codelists/{name}.csv")).exists();
        let is_read = |name: &&str| self.lists.iter().any(|list| list.name == **name);
        let names = OWN_LISTS.into_iter().filter(is_there).filter(|name| !is_read(name));
        let read = names.map(|name| denizen_ingest::codelist(&self.root, name, Setting::root()));
        read.filter_map(|list| list.map_err(|fault| faults.push(fault)).ok()).collect()
    }

    /// A list that was read for a column and for a step must have been the same both times.
    pub(super) fn changed_lists(&self) -> Vec<Diagnostic> {
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        let mut faults = Vec::new();
        for list in self.inputs().flat_map(Input::codelists).chain(&self.lists) {
            if *seen.entry(&list.name).or_insert(&list.sha256) != list.sha256 {
                let message = format!("the code list `{}` was changed while it was read", list.name);
                let fault = Diagnostic::error(Code::ChangedSnapshot, message);
                faults.push(fault.help("run again when the list is complete"));
            }
        }
        faults
    }
}
