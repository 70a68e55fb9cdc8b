//! Real files that nobody has described: what `denizen new` makes of them must run as it stands.

use std::fs;
use std::path::{Path, PathBuf};

use crate::program::{denizen, root, run};
use crate::real_data::data;

/// Files that are no tables.
const OTHER: [&str; 5] = ["json", "yaml", "yml", "md", "toml"];

/// Tables of the collection that run at least. Those that do not are told with the reason: lower it for none of them.
const FLOOR: usize = 111;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if !OTHER.iter().any(|end| path.extension().is_some_and(|found| found == *end)) {
            found.push(path);
        }
    }
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(drop).unwrap() }
    }
}

fn attempt(file: &Path) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    attempt_in(file, folder.path()).map(drop)
}

/// Makes a pipeline of a file in a project of its own and runs it, with the figures that it must meet: the pipeline and the
/// figures; where it fails, what was said.
fn attempt_in(file: &Path, project: &Path) -> Result<String, String> {
    for part in ["codelists", "reference"] {
        copy(&root().join("data").join(part), &project.join("data").join(part));
    }
    fs::create_dir_all(project.join("data/raw")).unwrap();
    let name = file.file_name().unwrap().to_str().unwrap();
    fs::copy(file, project.join("data/raw").join(name)).unwrap();
    fs::write(project.join("key"), format!("{}\n", "5".repeat(64))).unwrap();
    let data = format!("data/raw/{name}");
    let commands: [&[&str]; 3] = [
        &["new", "found", "--from", &data],
        &["check", "pipelines/found.toml"],
        &["run", "pipelines/found.toml"],
    ];
    for arguments in commands {
        let outcome = run(denizen(project).args(arguments).env("DENIZEN_KEY_FILE", project.join("key")));
        if outcome.status != 0 {
            let first = outcome.stderr.lines().find(|line| line.starts_with("error")).unwrap_or_default();
            return Err(format!("{}: {first}", arguments[0]));
        }
    }
    let made = ["pipelines/found.toml", "pipelines/found/published.csv"];
    Ok(made.map(|path| fs::read_to_string(project.join(path)).unwrap()).concat())
}

/// Small files of every kind, each with what the pipeline that is made of it must say.
#[test]
fn what_is_proposed_of_small_files_runs_as_it_stands() {
    let rows = |line: fn(usize) -> String| (0..60).map(line).collect::<String>();
    let table: [(&str, String, &[&str]); 6] = [
        (
            "fixed.txt",
            rows(|index| {
                format!(
                    "{:>4} 2024{:02}1{} {} {:>5}\n",
                    index * 37 % 1000,
                    index % 9 + 1,
                    index % 9,
                    ["F", "M"][index % 2],
                    index
                )
            }),
            &[
                "format = \"fixed-width\"",
                "start = 1, width = 4",
                "record_length = 21",
                "# DOUBT: the fields are what stands between blanks",
            ],
        ),
        (
            "header.txt",
            " YEAR SEX   N\n".to_owned()
                + &rows(|index| {
                    format!("{:>5} {:<3}{:>4}\n", 2000 + index / 2, ["F", "M"][index % 2], index * 7)
                }),
            &["skip = 1", "year = { start = 1, width = 5", "value = { start = 10, width = 4"],
        ),
        (
            "names.csv",
            "who,place,n\n".to_owned()
                + &rows(|index| {
                    let name = ["Maria", "Giovanni", "Fatima", "Omar", "Ana", "Zoe"][index % 6];
                    format!("{name},{},{}\n", ["Torino", "Milano"][index % 2], index)
                }),
            &["who = { personal = true }  # its texts are first names of persons", "threshold = 7"],
        ),
        (
            "surnames.csv",
            "c1;entered\n".to_owned()
                + &rows(|index| {
                    let name = ["Rossi", "Bianchi", "Quispe", "Khan", "Popescu", "Weber"][index % 6];
                    format!("{name};{:02}/03/2024\n", index % 28 + 1)
                }),
            &["c1 = { personal = true }  # its texts are surnames of persons"],
        ),
        (
            "visas.csv",
            "Year;Sex;Visas\n2023;F;12\n2023;M;8\n2024;F;9\n2024;M;11\n".to_owned(),
            &["delimiter = \";\"", "kind = \"cells\""],
        ),
        (
            "events.csv",
            "day,citizenship,sex\n".to_owned()
                + &rows(|index| {
                    let country = ["PE", "EC", "IT", "UA", "MA"][index % 5];
                    format!("2024-01-{:02},{country},{}\n", index % 28 + 1, ["F", "M"][index % 2])
                }),
            &["events-rows,Rows that were read when the pipeline was proposed,found,count,,60,"],
        ),
    ];
    for (name, text, expected) in table {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(name);
        fs::write(&file, &text).unwrap();
        let made = attempt_in(&file, folder.path().join("project").as_path());
        let made = made.unwrap_or_else(|why| panic!("{name}: {why}"));
        for line in expected {
            let line = line.replace("events-rows", "found-rows");
            assert!(made.contains(&line), "{name}: {line}\n{made}");
        }
    }
}

/// Tables of counts that look like something else, each with what the pipeline must say, and after `not:` what it must not.
#[test]
fn tables_of_counts_are_told_from_records() {
    let many = |text: &str| {
        let short =
            (0..21_000).map(|row| format!("{:<12}{:>5}\n", ["Swiss", "Italy"][row % 2], row % 97 + 1));
        short.collect::<String>() + text
    };
    let wide = "Comune          Maschi Femmine\nLivo                12     105\nSamone               8      14\nTrento             120      77\n";
    let table: [(&str, String, &[&str]); 31] = [
        // Words, years and ages above numbers are names of columns.
        ("a.csv", "Codice;Comune;2022;2023\n022001;Livo;10;11\n022002;Samone;20;21\n".into(), &["years = [2022, 2023]", "not:header = false"]),
        ("b.csv", "Comune;2021;2022;2023;Totale\nLivo;1;2;3;6\nSamone;2;3;4;9\n".into(), &["years = [2021, 2023]", "not:header = false"]),
        ("c.csv", "Comune;0;1;2;3;4\nLivo;5;7;6;1;2\nSamone;4;4;3;1;0\n".into(), &["columns = [\"0\", \"1\"", "not:header = false"]),
        ("d.csv", "Anno;Sesso;0-14;15-64;65+\n2022;M;1;2;3\n2022;F;4;5;6\n".into(), &["\"65+\"]", "kind = \"cells\""]),
        ("e.csv", "Livo;1;2\nSamone;3;1\nLivo;5;2\n".into(), &["header = false"]),
        // Codes in digits tell rows apart.
        ("f.csv", "Anno;Sesso;Residenti\n2022;1;110\n2022;2;120\n2023;1;100\n2023;2;115\n".into(), &["value = { from = \"Residenti\"", "# DOUBT: `Sesso` holds few whole numbers", "dimensions = [\"year\", \"sesso\"]"]),
        ("g.csv", "Anno;Sesso;Spesa\n2022;1;110\n2022;1;120\n2023;1;100\n2023;2;115\n".into(), &["kind = \"records\"  # rows with the same codes come several times", "DOUBT: each row counts as one", "not:found-rows"]),
        // Numbers with groups, where nothing else can be meant, or where the totals tell.
        ("h.csv", "Anno;Sesso;Residenti\n2022;M;1.412.000\n2022;F;1.300\n2023;M;980\n2023;F;1.100.000\n".into(), &["decimal_mark = \",\"", "value = { from = \"Residenti\", type = \"integer\", thousands = \".\" }"]),
        ("i.csv", "Anno;Comune;N\n2022;Livo;1 412\n2022;Samone;980\n2023;Livo;20\n2023;Samone;1 100\n".into(), &["thousands = \" \"", "kind = \"cells\""]),
        ("j.csv", "Anno;Comune;Spesa\n2022;Livo;1.007,3\n2022;Samone;980,1\n2023;Livo;20\n2023;Samone;1.100,5\n".into(), &["type = \"decimal\", scale = 1, thousands = \".\""]),
        ("k.csv", "Anno,Comune,N\n2022,Livo,\"1,412\"\n2022,Samone,980\n2022,Totale,\"2,392\"\n".into(), &["thousands = \",\" }  # the totals add up"]),
        ("l.csv", "Anno;Comune;N\n2022;Livo;1.412\n2022;Samone;980\n2022;Totale;981.412\n".into(), &["type = \"decimal\", scale = 3 }  # the totals add up where `.` stands before decimals"]),
        ("m.csv", "Comune;Maschi;Femmine;Totale\nLivo;1.412;980;2.392\nSamone;20;1.100;1.120\n".into(), &["value = { type = \"integer\", thousands = \".\" }", "total = \"Totale\", complete = true"]),
        ("n.csv", "Comune;2021;2022\nLivo;1.412.000;980\nSamone;20;1.100\n".into(), &["value = { type = \"integer\", thousands = \".\" }"]),
        // What nothing tells is said, and no figure confirms it.
        ("o.csv", "Anno;Comune;N\n2022;Livo;1.412\n2022;Samone;1.980\n2023;Livo;1.500\n2023;Samone;1.100\n".into(), &["# DOUBT: `N` seems to hold values, but for `1.412`", "which may be thousands or decimals", "not:found-rows"]),
        ("p.csv", "Anno;Comune;Saldo\n2022;Livo;(20)\n2022;Samone;5-\n2023;Livo;100(a)\n2023;Samone;55*\n".into(), &["# DOUBT: `Saldo` seems to hold values, but for `(20)`, `5-`, `100(a)`, `55*`", "not:found-rows"]),
        ("q.csv", "Anno;Comune;N\n2022;Livo;1.412\n2022;Samone;1,980\n2023;Livo;20\n2023;Samone;100\n".into(), &["# DOUBT: `N` seems to hold values, but for `1.412`, `1,980`", "not:found-rows"]),
        // Fields with places do not become rows; titles above them are passed over.
        ("r.txt", wide.into(), &["maschi = { start = 7, width = 16, type = \"integer\" }", "skip = 1", "not:unpivot =", "not:found-rows"]),
        ("s.txt", format!("Residenti per sesso nel 2022\n\n{wide}"), &["skip = 3", "femmine = { start = 23, width = 8"]),
        ("t.txt", "Comune       2021    2022\nLivo           12     105\nSamone          8      14\nTrento        120      77\n".into(), &["skip = 1", "column_2021 = { start = 7, width = 11"]),
        // A longer text far down moves the end of its field.
        ("u.txt", many("Switzerland     1\n"), &["start = 1, width = 11", "in all 21001 lines"]),
        ("v.csv", "Anno;Cittadinanza;Residenti\n2022;Peru;10\n;Ecuador;20\n;Totale;30\n2023;Peru;11\n;Ecuador;22\n;Totale;33\n".into(), &["# DOUBT: `Anno` stands in the first row of each block", "not:weight =", "not:found-rows"]),
        // A number of persons is a count, and no code.
        ("w.csv", "year,country,Number of persons\n2019,Peru,10\n2019,Chile,20\n2020,Peru,11\n2020,Chile,21\n".into(), &["kind = \"cells\"", "value = { from = \"Number of persons\"", "not:found-rows"]),
        ("x.csv", "year,country,persons\n,,(number)\n2019,Peru,10\n2019,Chile,20\n2020,Peru,11\n2020,Chile,21\n".into(), &["kind = \"cells\"", "value = { from = \"persons | (number)\""]),
        // A row that stands there twice makes no records of a table.
        ("y.csv", "year,country,residents\n2020,PE,10\n2020,EC,7\n2021,PE,12\n2021,EC,9\n2021,EC,9\n".into(), &["kind = \"cells\"", "# DOUBT: rows that stand there once more, the same in all columns: 1", "not:weight ="]),
        // A mark that is usual leaves a column of numbers what it is.
        ("z.csv", "year,country,granted,refused\n2019,Peru,100,<5\n2019,Chile,120,31\n2020,Peru,130,44\n2020,Chile,140,[c]\n".into(), &["columns = [\"granted\", \"refused\"]", "\"<5\" = \"suppressed\"", "\"[c]\" = \"suppressed\"", "not:it follows from"]),
        ("aa.csv", "country,2019,2020\nPeru,<5,<5\nChile,10,20\nBrazil,11,21\nCuba,12,22\nSpain,13,23\n".into(), &["years = [2019, 2020]", "\"<5\" = \"suppressed\"", "not:header_rows"]),
        // Two columns of countries are none the label of the other.
        ("ab.csv", "arrivals;from;departures;to\n10;Peru;30;Chile\n20;Chile;40;Peru\n".into(), &["not:it follows from"]),
        ("ac.csv", "year,country,unit,value\n2019,Peru,Thousands,10\n2019,Chile,Thousands,20\n2019,Brazil,Units,11\n2020,Chile,Thousands,21\n2020,Peru,Thousands,10\n2020,Brazil,Units,21\n".into(), &["# DOUBT: `Thousands` stands in `unit`", "# DOUBT: values are in the units of `unit`", "not:it follows from"]),
        ("ad.csv", "country,2019,2020\n1,2,3\nPeru,10,11\nChile,20,21\n".into(), &["# DOUBT: the first row numbers the columns"]),
        ("ae.csv", ";;2019;;;2020;\nCountry;Work;Study;Family;Work;Study;Family\nPeru;1;2;3;4;5;6\nChile;7;8;9;10;11;12\n".into(), &["# DOUBT: no heading stands above `Work`"]),
    ];
    for (name, text, expected) in table {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(name);
        fs::write(&file, &text).unwrap();
        let made = attempt_in(&file, folder.path().join("project").as_path());
        let made = made.unwrap_or_else(|why| panic!("{name}: {why}"));
        for line in expected {
            let (line, is_expected) = line.strip_prefix("not:").map_or((*line, true), |line| (line, false));
            assert_eq!(made.contains(line), is_expected, "{name}: {line}\n{made}");
        }
    }
}

/// A file of which no row says what its columns hold is refused as such, be it with others that do.
#[test]
fn a_header_alone_is_no_table() {
    for text in ["foo;bar\n", "Alice,StreetA", "a;b;c\n;;\n;;\n"] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("met.csv");
        fs::write(&file, text).unwrap();
        for arguments in [&["inspect", "met.csv"][..], &["new", "found", "--from", "met.csv"]] {
            let outcome = run(denizen(folder.path()).args(arguments));
            assert_eq!((outcome.status, outcome.stdout.as_str()), (11, ""), "{text}");
            let told = "error[ingest::other-format]: nothing is proposed for `met.csv`: no row below its first line states anything";
            assert!(outcome.stderr.starts_with(told), "{}", outcome.stderr);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("1.csv", "Anno;Sesso;N\n"), ("2.csv", "Anno;Sesso;N\n2022;M;1\n2022;F;2\n")] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let outcome = run(denizen(folder.path()).args(["inspect", "1.csv", "2.csv"]));
    assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    assert!(outcome.stdout.contains("1.csv") && outcome.stdout.contains("value = "), "{}", outcome.stdout);
}

#[test]
fn what_cannot_be_read_is_not_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let (file, project) = (folder.path().join("n.csv"), folder.path().join("project"));
    fs::write(&file, "Comune;2021;2022\nLivo;5*;7*\nSamone;8(a);9*\n").unwrap();
    let outcome = attempt_in(&file, &project);
    assert!(outcome.is_err_and(|why| why.starts_with("new: ") && why.contains("nothing was written")));
    assert!(!project.join("pipelines").exists());
}

#[test]
#[ignore = "needs real files: DENIZEN_TEST_DATA"]
#[allow(clippy::print_stderr, reason = "which files run is what one wants to read")]
fn most_tables_run_as_they_are_proposed() {
    let mut found = Vec::new();
    ["italy", "world"].iter().for_each(|part| files(&data().join(part), &mut found));
    found.sort();
    let mut running = 0;
    for file in &found {
        let outcome = attempt(file);
        running += usize::from(outcome.is_ok());
        let name = file.strip_prefix(data()).unwrap().display().to_string();
        eprintln!("{name}: {}", outcome.map_or_else(|why| format!("no, {why}"), |()| "yes".to_owned()));
    }
    eprintln!("{running} of {} tables run as they are proposed", found.len());
    assert!(running >= FLOOR, "{running} of {}", found.len());
}
