//! The end of an assembly: tables are published, compared with published figures, and everything is written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use denizen_aggregate::{
    Comparison, EstimatedPart, ManifestReference, Outcome, OwnLists, PublishedTable, publish, reconcile,
};
use denizen_ingest::Figures;
use denizen_report::Put;
use denizen_spec::{Codelist, Diagnostic, Severity, TableFormat};

use super::{Assembly, Faults, one, warnings};
use crate::predecessor::Predecessor;
use crate::run::{EstimateReport, FinishedRelease, ReconciliationReport, TableReport};

impl Assembly<'_> {
    /// Publishes tables, compares with published figures, and moves the release to its place.
    ///
    /// # Errors
    ///
    /// As [`Run::release`](crate::Run::release).
    pub fn finish(mut self) -> Result<FinishedRelease, Vec<Diagnostic>> {
        self.run.cancel.check().map_err(one)?;
        let counts = std::mem::take(&mut self.counts);
        let tables =
            publish(&self.run.project.pipeline, counts, &self.facts, &self.lists, self.scratch.folder())
                .map_err(one)?;
        self.warn(tables.iter().flat_map(PublishedTable::warnings).cloned().collect());
        self.warn(warnings::empty_tables(&tables));
        let figures = std::mem::take(&mut self.run.project.figures);
        let comparisons = self.compare(&figures, &tables)?;
        let references = references(&self.lists, &self.small_files, &figures);
        self.run.cancel.check().map_err(one)?;
        self.report.tables = table_reports(&tables);
        self.report.estimates = estimate_reports(&tables);
        self.report.reconciliation = (!comparisons.is_empty()).then(|| summary(&comparisons));
        self.write(&tables, &comparisons, &references).map_err(one)
    }

    fn write(
        self,
        tables: &[PublishedTable],
        comparisons: &[Comparison<'_>],
        references: &[ManifestReference],
    ) -> Result<FinishedRelease, Diagnostic> {
        let Self { mut release, rejects, unmapped, failures, .. } = self;
        let Self { clock, run, mut report, warnings, lists, predecessor, .. } = self;
        release.tables(tables, OwnLists::of(tables, &lists))?;
        release.reconciliation(comparisons)?;
        release.codelists(&used_lists(&lists, tables))?;
        let reasons = rejects.finish()?;
        release.unmapped(&unmapped)?;
        release.failed_checks(&failures)?;
        run.cancel.check()?;
        let pipeline = &run.project.pipeline;
        let since = |public: &Path, manifest: &[u8]| {
            let since = |predecessor: &Predecessor| predecessor.since(public, manifest, pipeline);
            let previous = predecessor.as_ref().map(since).transpose()?;
            report.previous = previous.clone().map(Box::new);
            Ok(previous)
        };
        let others = |public: &Path, manifest: &[u8], put: &mut Put<'_>| {
            made_of_tables(public, manifest, &pipeline.formats, put)
        };
        let path = release.finish(&report.sources, references, &reasons, since, others)?;
        clock.report(run.observer);
        Ok(FinishedRelease { path, unchanged: false, warnings, report })
    }

    /// Compares with the published figures; one that is not met fails the run.
    fn compare<'f>(
        &mut self,
        figures: &'f [Figures],
        tables: &[PublishedTable],
    ) -> Result<Vec<Comparison<'f>>, Faults> {
        let mut comparisons = Vec::new();
        let mut faults = Vec::new();
        for Figures { shown, figures, .. } in figures {
            let compared = reconcile(figures, tables).map_err(one)?;
            faults.extend(compared.iter().filter_map(|comparison| comparison.diagnostic(shown)));
            comparisons.extend(compared);
        }
        if faults.iter().any(|fault| fault.severity == Severity::Error) {
            return Err(faults);
        }
        self.warn(faults);
        Ok(comparisons)
    }
}

/// The page, the README and the formats that are made of the tables as they are published.
fn made_of_tables(
    public: &Path,
    manifest: &[u8],
    formats: &[TableFormat],
    put: &mut Put<'_>,
) -> Result<(), Diagnostic> {
    let page = denizen_report::page(public, manifest, denizen_report::Language::English)?;
    put("index.html", &mut |file| file.write_all(page.as_bytes()))?;
    let readme = denizen_report::readme(public, manifest, formats)?;
    put("README.md", &mut |file| file.write_all(readme.as_bytes()))?;
    denizen_report::write_formats(public, manifest, formats, put)
}

/// The code lists that the dimensions of the tables use, each once.
fn used_lists<'l>(lists: &'l [Codelist], tables: &[PublishedTable]) -> Vec<&'l Codelist> {
    let dimensions = tables.iter().flat_map(|table| &table.dimensions);
    let used: BTreeSet<&String> = dimensions.filter_map(|dimension| dimension.list.as_ref()).collect();
    let by_name: BTreeMap<&String, &Codelist> =
        lists.iter().rev().filter(|list| used.contains(&list.name)).map(|list| (&list.name, list)).collect();
    by_name.into_values().collect()
}

/// The code lists with what they are views of, the files of codes, weights and layouts, and the published figures of the run, each once.
fn references(
    lists: &[Codelist],
    small_files: &[(String, String)],
    figures: &[Figures],
) -> Vec<ManifestReference> {
    let views = lists.iter().flat_map(|list| &list.view);
    let views = views.flat_map(|view| view.reference.files.iter().chain([&view.sidecar]));
    let lists = lists.iter().map(|list| (&list.file, &list.sha256));
    let figures = figures.iter().map(|figures| (&figures.file, &figures.sha256));
    let others = views.chain(small_files).map(|(file, sha256)| (file, sha256));
    let references = lists.chain(figures).chain(others);
    let references: BTreeSet<_> = references
        .map(|(file, sha256)| ManifestReference { file: file.clone(), sha256: sha256.clone() })
        .collect();
    references.into_iter().collect()
}

fn table_reports(tables: &[PublishedTable]) -> Vec<TableReport> {
    tables.iter().map(|table| TableReport { name: table.name.clone(), rows: table.rows() }).collect()
}

fn estimate_reports(tables: &[PublishedTable]) -> Vec<EstimateReport> {
    let of_table = |table: &PublishedTable| {
        let name = table.name.clone();
        let report = move |part: &EstimatedPart| {
            let quality = &part.quality;
            EstimateReport {
                table: name.clone(),
                rule: part.rule.clone(),
                measure: quality.measure.to_owned(),
                period_months: quality.period_months,
                age_months: quality.age_months,
                is_total: quality.is_total,
                level: quality.level,
                estimates: quality.estimates,
                intervals: quality.intervals,
                covered: quality.covered,
                bias_percent: quality.bias_percent(),
                error_percent: quality.error_percent(),
                certain_percent: quality.certain_percent(),
            }
        };
        table.estimates().iter().map(report).collect::<Vec<_>>()
    };
    tables.iter().flat_map(of_table).collect()
}

fn summary(comparisons: &[Comparison<'_>]) -> ReconciliationReport {
    let of = |outcome| comparisons.iter().filter(|comparison| comparison.public_outcome() == outcome).count();
    ReconciliationReport {
        within: of(Outcome::Within),
        not_told: of(Outcome::NotTold),
        no_cell: of(Outcome::NoCell),
        context: of(Outcome::Context),
    }
}
