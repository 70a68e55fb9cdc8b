//! What is wrong with a pipeline beside its files, though each by itself is right.

use std::collections::BTreeSet;

use denizen_ingest::Input;
use denizen_spec::{Code, Diagnostic, NamedCode, Path as Setting, Source, did_you_mean, names_total};

use super::Project;

impl Project {
    /// Codes that settings or figures name and no row of their column can have.
    pub(super) fn unknown_codes(&self) -> Vec<Diagnostic> {
        let mut faults = Vec::new();
        for named in self.pipeline.named_codes() {
            if let Some((message, help)) = self.unknown_code(&named) {
                let fault = Diagnostic::error(Code::UnknownValue, message);
                let fault =
                    fault.at(named.path, "neither its `codes` nor its list have it, so that no row can");
                faults.push(fault.maybe_help(help));
            }
        }
        for (file, figure) in
            self.figures.iter().flat_map(|of| of.figures.iter().map(move |figure| (of, figure)))
        {
            for named in self.pipeline.named_codes_of(figure) {
                if let Some((message, help)) = self.unknown_code(&named) {
                    let fault = Diagnostic::error(Code::PublishedFile, message);
                    faults.push(fault.in_file(&file.shown, Some(figure.line)).maybe_help(help));
                }
            }
        }
        faults
    }

    /// What is said of a code that none of the sources can have: message and help. Where a list could not be read, that is said
    /// elsewhere.
    fn unknown_code(&self, named: &NamedCode<'_>) -> Option<(String, Option<String>)> {
        let known: Option<Vec<BTreeSet<&str>>> =
            named.sources.iter().map(|source| self.codes_of(source, named.column)).collect();
        let known: BTreeSet<&str> = known?.into_iter().flatten().collect();
        let message = format!("`{}` is no code of `{}`", named.code, named.column);
        let is_total = names_total(named.code).then(|| "the total is `_T`".to_owned());
        let help = is_total.or_else(|| did_you_mean(named.code, known.iter().copied()));
        (!known.contains(named.code)).then_some((message, help))
    }

    /// The codes that a column can have; none where its list is not there.
    fn codes_of<'s>(&'s self, source: &'s Source, column: &str) -> Option<BTreeSet<&'s str>> {
        let forms = source.forms().filter_map(|form| form.column(column));
        let mut codes: BTreeSet<&str> =
            forms.flat_map(|column| &column.codes).map(|(_, code)| code.as_str()).collect();
        if let Some(name) = source.column(column).and_then(|column| column.codelist.as_ref()) {
            let input = self.inputs().find(|input| input.source().name == source.name)?;
            let list = input.codelists().iter().find(|list| list.name == *name)?;
            codes.extend(list.entries.keys().map(String::as_str));
        }
        Some(codes)
    }

    /// Counts of real persons are published by decision, never by default.
    pub(super) fn undecided_disclosure(&self) -> Option<Diagnostic> {
        let needs_decision = |input: &&Input| {
            let source = input.source();
            let has_persons = source.columns.iter().any(|column| column.personal);
            has_persons && !input.is_synthetic() && self.pipeline.tables_of(source).next().is_some()
        };
        let input = self.inputs().find(needs_decision).filter(|_| self.pipeline.disclosure.is_none())?;
        let name = &input.source().name;
        let message = format!("nothing says how small counts of the persons in `{name}` are protected");
        let label = "it has personal columns, and no sidecar says that all of it is synthetic";
        let help = "add [disclosure] with `threshold = 7` and `rounding_base = 5`: counts of 1 to 7 persons are \
                    suppressed, and the others rounded; or, where counts may be published as they are, with \
                    `method = \"none\"` and `reason = \"…\"`";
        let fault = Diagnostic::error(Code::Disclosure, message);
        Some(fault.at(Setting::source(name).name(), label).help(help))
    }

    /// Sources of one table are samples of one size, and persons in synthetic ones are told apart by one key.
    pub(super) fn unlike_samples(&self) -> Vec<Diagnostic> {
        let pipeline = &self.pipeline;
        let threshold = pipeline.disclosure.as_ref().map_or(0, denizen_spec::Disclosure::threshold);
        let mut faults = Vec::new();
        for (id, table) in pipeline.table_ids().filter(|(_, table)| table.sources.len() > 1) {
            let fed = |input: &&Input| table.sources.contains(&input.source().name);
            let inputs: Vec<&Input> = self.inputs().filter(fed).collect();
            let Some((first, others)) = inputs.split_first() else { continue };
            let keys = |input: &Input| -> BTreeSet<Option<String>> {
                input.snapshots().map(|snapshot| snapshot.key.clone()).collect()
            };
            for other in others {
                let (name, path) = (&other.source().name, Setting::table(id).field("source"));
                if other.sampling_fraction() != first.sampling_fraction() {
                    let message =
                        format!("`{}` and `{name}` are samples of different sizes", first.source().name);
                    let fault = Diagnostic::error(Code::SamplingFraction, message);
                    let label = "no one factor leads from this table to the population";
                    faults.push(fault.at(path.clone(), label).help("make a table of each"));
                }
                if threshold > 0 && first.is_synthetic() && other.is_synthetic() && keys(first) != keys(other)
                {
                    let message = format!("`{}` and `{name}` bring different keys", first.source().name);
                    let fault = Diagnostic::error(Code::SeveralSources, message);
                    let label =
                        "a threshold counts the persons of both together, whom no pseudonym tells apart";
                    faults.push(fault.at(path, label).help("make synthetic files of one table with one key"));
                }
            }
        }
        faults
    }
}
