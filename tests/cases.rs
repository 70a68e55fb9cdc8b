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
    let is_whole = WHOLE.iter().any(|name| case.ends_with(name));
    files.retain(|name, _| is_whole || !is_told_elsewhere(name));
    for (name, text) in files.iter_mut().filter(|_| !is_whole) {
        match name.rsplit('/').next() {
            Some("manifest.json") => without_what_is_told_elsewhere(text, "outputs", "file"),
            Some("datapackage.json") => without_what_is_told_elsewhere(text, "resources", "path"),
            _ => {}
        }
    }
    files
}

/// The cases in which what people read is compared as well: pages, and the lists of what the program itself calls things. In every
/// case they would be twice as much text as all tables, and a word that is changed in them a change of every folder; `pages.rs`
/// looks at pages of all kinds.
const WHOLE: [&str; 2] = ["permits-small", "undecided"];

/// The lists that the program makes itself, which are much the same in all cases.
const LISTS: [&str; 7] = ["column", "concept", "conf_status", "indicator", "obs_status", "rule", "unit"];

fn is_told_elsewhere(name: &str) -> bool {
    let is_page = name.ends_with("public/index.html") || name.ends_with("public/README.md");
    // The text of the pipeline is that of the case, and its hash stands in the manifest.
    is_page
        || name.ends_with("/pipeline.toml")
        || LISTS.iter().any(|list| name.contains(&format!("public/codelists/{list}.")))
}

/// Takes such files out of a list of files in JSON, for their sizes and hashes change with every word.
fn without_what_is_told_elsewhere(text: &mut String, list: &str, name: &str) {
    let mut object: serde_json::Value = serde_json::from_str(text).unwrap();
    let files = object[list].as_array_mut().unwrap();
    files.retain(|file| {
        let file = file[name].as_str().unwrap().trim_start_matches("public/");
        // The data package names all of them with their hashes.
        file != "datapackage.json" && !is_told_elsewhere(&format!("public/{file}"))
    });
    // What columns are called is the same in all of them.
    let fields = files
        .iter_mut()
        .flat_map(|file| file.pointer_mut("/schema/fields"))
        .flat_map(|fields| fields.as_array_mut());
    for field in fields.flatten().flat_map(|field| field.as_object_mut()) {
        field.retain(|name, _| !["title", "description"].contains(&name.as_str()));
    }
    *text = serde_json::to_string_pretty(&object).unwrap() + "\n";
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
    checks,
    checks_fail,
    checks_of_rows,
    chosen_rows,
    code_not_valid,
    codes_of_texts,
    correct,
    correct_from_file,
    correct_healed,
    crowded_person,
    dates_in_part,
    decimals,
    disclosure,
    does_not_add_up,
    drift,
    drift_unknown,
    estimates,
    explain_beside,
    explain_code,
    explain_country,
    explain_indicator,
    explain_operation,
    explain_rule,
    explain_unknown,
    explain_withdrawn,
    figure_not_met,
    flag_i,
    flag_i_unknown,
    formats,
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
    minors_and_pairs,
    missing_column,
    missing_file,
    net_of_undecided,
    newest_first,
    no_rows,
    nothing_left,
    overlapping_groups,
    permits_small,
    peru_small,
    repaired,
    repaired_over,
    rates_to_the_end,
    region_and_province,
    residence_permits,
    residual_codes,
    returns_of_cohorts,
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
