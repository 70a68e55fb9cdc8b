//! `denizen explain country:YU`: what the references of a project know of a country, a territory, a region.

use std::path::{Path, PathBuf};

use denizen_ingest::{REFERENCES, entities_named, nearest_name, reference};
use denizen_spec::{Reference, Validity, printable_line};

use crate::report::{ExitStatus, Reporter};

/// Pages that are shown at once: a name or a code of more says little.
const MOST_SHOWN: usize = 20;

/// The pages of what is called `name`; none where no reference is called `domain`.
pub(crate) fn pages(domain: &str, name: &str, reporter: &Reporter) -> Option<Result<String, ExitStatus>> {
    let project = project(domain)?;
    Some(match reference(&project, domain) {
        Ok(reference) => found(&reference, name, reporter),
        Err(fault) => Err(reporter.fail_alone(fault)),
    })
}

/// The folder that holds a reference: where the user stands, or one of those above.
fn project(domain: &str) -> Option<PathBuf> {
    let is_name = denizen_spec::is_file_name(domain);
    let here = std::env::current_dir().ok().filter(|_| is_name)?;
    let has_it = |folder: &&Path| folder.join(REFERENCES).join(domain).is_dir();
    here.ancestors().find(has_it).map(Path::to_path_buf)
}

fn found(reference: &Reference, name: &str, reporter: &Reporter) -> Result<String, ExitStatus> {
    let ids = entities_named(reference, name);
    if ids.is_empty() {
        let message = format!("`{}` knows no `{}`", reference.domain, printable_line(name));
        let near = nearest_name(reference, name).map(|name| format!("did you mean `{name}`?"));
        return Err(reporter.refuse(&message, near.as_deref()));
    }
    let pages: Vec<String> = ids.iter().take(MOST_SHOWN).map(|id| page(reference, id)).collect();
    let more = match ids.len().saturating_sub(MOST_SHOWN) {
        0 => String::new(),
        more => format!("\nand {more} others of this name or code\n"),
    };
    Ok(pages.join("\n") + &more)
}

fn page(reference: &Reference, id: &str) -> String {
    let domain = &reference.domain;
    let Some(entity) = reference.entities.get(id) else { return String::new() };
    let mut page = format!("{domain}:{id}\n\n{}\n\nWhat it is\n", reference.label(id));
    let part_of = match entity.parent.as_str() {
        "" => String::new(),
        parent => format!(", part of {} ({parent})", reference.label(parent)),
    };
    page += &format!("  {}{part_of}{}\n", entity.kind, time(entity.existed));
    if !entity.note.is_empty() {
        page += &format!("  {}\n", entity.note);
    }
    page += &section("Names", names(reference, id));
    let codes = reference.codes.iter().filter(|known| known.id == id);
    page += &section(
        "Codes",
        codes.map(|known| format!("{:<20} {}{}", known.scheme, known.code, time(known.valid))),
    );
    let other = |other: &str| format!("{} ({other})", reference.label(other));
    let date = |date: Option<denizen_spec::Date>| date.map(|day| format!("{day}  ")).unwrap_or_default();
    page += &section(
        "Before",
        reference
            .predecessors_of(id)
            .map(|past| format!("{}{}, {}", date(past.date), other(&past.id), past.kind)),
    );
    page += &section(
        "After",
        reference
            .successors_of(id)
            .map(|next| format!("{}{}, {}", date(next.date), other(&next.successor), next.kind)),
    );
    let groups = reference.memberships.iter().filter(|known| known.id == id);
    page += &section("Groups", groups.map(|known| format!("{}{}", known.group, time(known.valid))));
    let members = reference.memberships.iter().filter(|known| known.group == id);
    page += &section("Members", members.map(|known| format!("{}{}", other(&known.id), time(known.valid))));
    page
}

/// Labels in their languages, then the other names.
fn names(reference: &Reference, id: &str) -> Vec<String> {
    let labels = reference.entities.get(id).map(|entity| entity.labels.clone()).unwrap_or_default();
    let labels = ["en", "it", "es", "pt", "fr"].iter().zip(labels).filter(|(_, label)| !label.is_empty());
    let labels = labels.map(|(language, label)| format!("{language:<4} {:<15} {label}", "label"));
    let others = reference.names.iter().filter(|known| known.id == id);
    labels
        .chain(others.map(|known| format!("{:<4} {:<15} {}", known.language, known.form, known.name)))
        .collect()
}

fn section(title: &str, lines: impl IntoIterator<Item = String>) -> String {
    let lines: String = lines.into_iter().map(|line| format!("  {line}\n")).collect();
    if lines.is_empty() { lines } else { format!("\n{title}\n{lines}") }
}

fn time(validity: Validity) -> String {
    Some(validity.to_string())
        .filter(|time| !time.is_empty())
        .map(|time| format!(", {time}"))
        .unwrap_or_default()
}
