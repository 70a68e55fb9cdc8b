//! Small projects, each with one behaviour: the whole outcome is compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::program::{denizen, root, run};
use crate::release::texts;

/// Runs the command of a case and returns everything that came out, as files.
fn outcome(case: &Path) -> BTreeMap<String, String> {
    let out = tempfile::tempdir().unwrap();
    let command = fs::read_to_string(case.join("command.txt")).unwrap();
    let mut program = denizen(case);
    program.args(command.split_whitespace());
    if command.starts_with("run") {
        program.arg("--out").arg(out.path());
    }
    let printed = run(&mut program);
    let hidden = |text: String| text.replace(&*out.path().to_string_lossy(), "OUT");
    let mut files = texts(out.path());
    files.insert("status.txt".to_owned(), format!("{}\n", printed.status));
    files.insert("stdout.txt".to_owned(), hidden(printed.stdout));
    files.insert("stderr.txt".to_owned(), hidden(printed.stderr));
    // What stands beside a release to spare the next run depends on when and where it was made.
    files.retain(|name, text| !text.is_empty() && !name.ends_with(".state.json"));
    let is_whole = WHOLE_PAGES.iter().any(|name| case.ends_with(name));
    files.retain(|name, _| is_whole || !name.ends_with(PAGE));
    let manifests = files.iter_mut().filter(|(name, _)| name.ends_with("manifest.json"));
    manifests.for_each(|(_, text)| *text = without_hash_of_page(text));
    files
}

/// The page of a release.
const PAGE: &str = "public/index.html";

/// The cases whose pages are compared as a whole. A page of each case would be twice as much text as all tables, and a word that
/// is changed in it a change of every folder; `pages.rs` looks at all others.
const WHOLE_PAGES: [&str; 2] = ["permits-small", "undecided"];

/// A manifest in which the page has neither size nor hash, for the same reason.
fn without_hash_of_page(manifest: &str) -> String {
    let Some((before, rest)) = manifest.split_once(&format!("\"file\": \"{PAGE}\",")) else {
        return manifest.to_owned();
    };
    let after = rest.find('}').map_or("", |end| &rest[end..]);
    format!("{before}\"file\": \"{PAGE}\"\n    {after}")
}

fn bless(expected: &Path, files: &BTreeMap<String, String>) {
    let _ = fs::remove_dir_all(expected);
    for (name, text) in files {
        let path = expected.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// Compares a whole folder: a file too many fails as a file too few does.
fn compare(case: &Path) {
    let (found, expected) = (outcome(case), case.join("expected"));
    if std::env::var_os("DENIZEN_BLESS").is_some() {
        bless(&expected, &found);
    }
    let expected = texts(&expected);
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    for (name, text) in &found {
        let wanted = expected.get(name).map(String::as_str).unwrap_or_default();
        assert!(text == wanted, "{} {name}\n--- expected\n{wanted}\n--- found\n{text}", case.display());
    }
    assert_eq!(names(&found), names(&expected), "{}", case.display());
}

/// A test for each folder, of the folder's name with `_` for `-`.
macro_rules! cases {
    ($($name:ident,)*) => {
        const TESTED: &[&str] = &[$(stringify!($name)),*];

        $(
            #[test]
            fn $name() {
                compare(&root().join("tests/cases").join(stringify!($name).replace('_', "-")));
            }
        )*
    };
}

cases! {
    additive,
    against_release,
    as_published,
    at_date,
    by_label,
    cell_of_two_sources,
    cell_twice,
    cells_divided,
    cells_of_several,
    chosen_rows,
    code_not_valid,
    codes_of_texts,
    crowded_person,
    dates_in_part,
    decimals,
    disclosure,
    does_not_add_up,
    drift,
    drift_unknown,
    explain_beside,
    explain_code,
    explain_country,
    explain_indicator,
    explain_rule,
    explain_unknown,
    explain_withdrawn,
    figure_not_met,
    flag_i,
    flag_i_unknown,
    growth,
    help,
    help_run,
    inspect_latin,
    inspect_sdmx,
    inspect_wide,
    inspect_workbook,
    label_unknown,
    leading_zeros,
    link,
    missing_column,
    missing_file,
    newest_first,
    no_rows,
    nothing_left,
    overlapping_groups,
    permits_small,
    peru_small,
    repaired,
    region_and_province,
    residence_permits,
    residual_codes,
    same_file_twice,
    several_sources,
    signs_of_life,
    steps_on_cells,
    stock_small,
    text_formats,
    told_apart,
    too_many_rejects,
    undecided,
    undeclared_dimension,
    unmapped_code,
    weights,
    workbook_small,
    within_permits,
    wrong_columns,
    wrong_pipeline,
    wrong_reason,
    wrong_rule,
}

#[test]
fn every_folder_has_its_test() {
    let folders = fs::read_dir(root().join("tests/cases")).unwrap().map(|entry| entry.unwrap().file_name());
    let folders: BTreeSet<String> = folders.map(|name| name.to_str().unwrap().replace('-', "_")).collect();
    let tested = TESTED.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(folders, tested);
}
