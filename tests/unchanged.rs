//! A run whose inputs, pipeline and program are those of the release that is there reads nothing.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::program::{Outcome, denizen, root, run};
use crate::release::files;

const PIPELINE: &str = "pipelines/crossings.toml";
const FIGURES: &str = "pipelines/published.csv";
const INPUT: &str = "data/raw/crossings.csv";
const LIST: &str = "data/codelists/sex.csv";
const RELEASE: &str = "releases/crossings/1";
const STATE: &str = "releases/crossings/.1.state.json";

/// A file that was written less than two seconds before a run is not trusted.
const REST: Duration = Duration::from_millis(2100);

const HOUR: Duration = Duration::from_secs(3600);

/// The case `peru-small` with a glob, a key instead of the mark of a synthetic file, and a file of published figures.
fn project() -> tempfile::TempDir {
    let (case, folder) = (root().join("tests/cases/peru-small"), tempfile::tempdir().unwrap());
    for (name, bytes) in files(&case) {
        let is_input = !name.starts_with("expected") && !name.ends_with(".csv.toml");
        if is_input {
            put(folder.path(), &name, bytes);
        }
    }
    let pipeline = fs::read_to_string(folder.path().join(PIPELINE)).unwrap();
    let pipeline = pipeline.replace("\"data/raw/crossings.csv\"", "\"data/raw/*.csv\"");
    put(folder.path(), PIPELINE, format!("{pipeline}\n[[published]]\nfile = \"published.csv\"\n"));
    put(
        folder.path(),
        FIGURES,
        "id,statement,table,indicator,where,value,unit,tolerance,concept,source\n\
         f,Nobody counted that,,emigration,,1,persons,1,cumulative_outflow,nobody\n",
    );
    put(folder.path(), "key", "1".repeat(64));
    folder
}

fn put(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn append(folder: &Path, name: &str, text: &str) {
    let mut bytes = fs::read(folder.join(name)).unwrap();
    bytes.extend_from_slice(text.as_bytes());
    put(folder, name, bytes);
}

fn modified(path: &Path) -> SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

fn set_modified(path: &Path, time: SystemTime) {
    File::options().append(true).open(path).unwrap().set_modified(time).unwrap();
}

/// Replaces the first byte `old` by `new`: the size stays.
fn alter(path: &Path, old: u8, new: u8) {
    let mut bytes = fs::read(path).unwrap();
    *bytes.iter_mut().find(|byte| **byte == old).unwrap() = new;
    fs::write(path, bytes).unwrap();
}

/// The same, and gives the file the times that it had: as only a bad tool would.
fn alter_secretly(path: &Path, old: u8, new: u8) {
    let before = modified(path);
    alter(path, old, new);
    set_modified(path, before);
}

/// Gives all files one time, those of the release among them.
fn touch_all(folder: &Path, time: SystemTime) {
    for (name, _) in files(folder) {
        set_modified(&folder.join(name), time);
    }
}

/// All files are written anew, as on a machine that has got them from a repository and a cache: other times, other inodes.
fn check_out_anew(folder: &Path) {
    for (name, bytes) in files(folder) {
        fs::remove_file(folder.join(&name)).unwrap();
        put(folder, &name, bytes);
    }
}

fn make(folder: &Path, arguments: &[&str]) -> Outcome {
    let mut command = denizen(folder);
    command.args(["run", PIPELINE]);
    if !arguments.contains(&"--key-file") {
        command.args(["--key-file", "key"]);
    }
    run(command.args(arguments)).exits_with(0)
}

/// The files of the release and when they were written.
fn written(folder: &Path) -> BTreeMap<PathBuf, SystemTime> {
    let release = folder.join(RELEASE);
    let names = files(&release).into_keys().map(PathBuf::from);
    names.map(|name| (name.clone(), modified(&release.join(name)))).collect()
}

/// What is done between two runs, and the arguments of the second.
type Change = (&'static str, fn(&Path), &'static [&'static str]);

/// Runs, changes something, and runs again; hands over the folder and both outcomes, and the times of the release.
fn twice(changes: &[Change], look: impl Fn(&str, &Outcome, &Outcome, bool)) {
    let projects: Vec<_> = changes.iter().map(|_| project()).collect();
    std::thread::sleep(REST);
    for ((name, change, arguments), project) in changes.iter().zip(&projects) {
        let folder = project.path();
        let first = make(folder, &[]);
        assert!(folder.join(STATE).is_file(), "{name}: no state");
        change(folder);
        let before = written(folder);
        let second = make(folder, arguments);
        look(name, &first, &second, written(folder) == before);
    }
}

#[test]
fn a_run_that_would_change_nothing_reads_nothing() {
    let changes: [Change; 10] = [
        ("nothing", |_| {}, &[]),
        ("threads", |_| {}, &["--threads", "1"]),
        ("memory", |_| {}, &["--memory", "1GiB"]),
        ("another file beside", |folder| put(folder, "data/raw/notes.txt", "read me"), &[]),
        ("another release beside", |folder| put(folder, "releases/crossings/2/manifest.json", "{}"), &[]),
        // The bytes decide where only the times of a file are others.
        ("an input is older", |folder| set_modified(&folder.join(INPUT), SystemTime::now() - HOUR), &[]),
        (
            "an input is replaced by a copy",
            |folder| {
                fs::copy(folder.join(INPUT), folder.join("copy")).unwrap();
                fs::rename(folder.join("copy"), folder.join(INPUT)).unwrap();
            },
            &[],
        ),
        ("all is touched", |folder| touch_all(folder, SystemTime::now()), &[]),
        ("all is of a time to come", |folder| touch_all(folder, SystemTime::now() + HOUR), &[]),
        ("all is checked out anew", check_out_anew, &[]),
    ];
    twice(&changes, |name, first, second, untouched| {
        let (same, last) = second.stdout.split_at(first.stdout.len());
        assert_eq!(same, first.stdout, "{name}");
        assert!(
            last.starts_with("unchanged                up to date: nothing has changed"),
            "{name}: {last}"
        );
        assert_eq!(second.stderr, first.stderr, "{name}");
        assert!(second.stderr.contains("ingest::rejected-rows"), "{name}");
        let is_copied =
            ["all is touched", "all is of a time to come", "all is checked out anew"].contains(&name);
        assert!(untouched || is_copied, "{name}: the release was touched");
    });
}

#[test]
fn whatever_matters_makes_the_release_again() {
    let changes: [Change; 21] = [
        ("--force", |_| {}, &["--force"]),
        (
            "a predecessor is named",
            |folder| drop(make(folder, &["--vintage", "0"])),
            &["--previous", "releases/crossings/0"],
        ),
        ("another input is named", |_| {}, &["--source", "crossings=data/raw/crossings.csv"]),
        ("an input is longer", |folder| append(folder, INPUT, "\n"), &[]),
        ("an input has one other byte", |folder| alter(&folder.join(INPUT), b'1', b'2'), &[]),
        #[cfg(unix)]
        ("an input is altered secretly", |folder| alter_secretly(&folder.join(INPUT), b'1', b'2'), &[]),
        #[cfg(not(unix))]
        ("an input is shorter", |folder| put(folder, INPUT, b"id"), &[]),
        (
            "a file that the glob matches",
            |folder| {
                let text = fs::read(folder.join(INPUT)).unwrap();
                let header = text.split_inclusive(|byte| *byte == b'\n').next().unwrap();
                put(folder, "data/raw/more.csv", header);
            },
            &[],
        ),
        (
            "a sidecar",
            |folder| {
                let sidecar = "title = \"t\"\nproducer = \"p\"\norigin = \"o\"\nlicence = \"l\"\nretrieved = 2026-11-22\n";
                put(folder, "data/raw/crossings.csv.toml", sidecar);
            },
            &[],
        ),
        ("a code list", |folder| append(folder, LIST, "\n"), &[]),
        ("a code list of a step", |folder| append(folder, "data/codelists/country.csv", "\n"), &[]),
        ("published figures", |folder| append(folder, FIGURES, "\n"), &[]),
        ("the pipeline", |folder| append(folder, PIPELINE, "# a remark\n"), &[]),
        ("the key", |folder| put(folder, "key", "2".repeat(64)), &[]),
        ("a key of another file", |folder| put(folder, "other", "2".repeat(64)), &["--key-file", "other"]),
        (
            "a file of the release is gone",
            |folder| fs::remove_file(folder.join(RELEASE).join("restricted/rejects.parquet")).unwrap(),
            &[],
        ),
        (
            "a file of the release is altered",
            |folder| append(folder, &format!("{RELEASE}/public/views.sql"), "-- a remark\n"),
            &[],
        ),
        (
            "a file of the release has one other byte",
            |folder| alter(&folder.join(RELEASE).join("public/views.sql"), b'a', b'b'),
            &[],
        ),
        (
            "the manifest is altered secretly",
            |folder| alter_secretly(&folder.join(RELEASE).join("manifest.json"), b'1', b'2'),
            &[],
        ),
        ("no release", |folder| fs::remove_dir_all(folder.join(RELEASE)).unwrap(), &[]),
        ("a broken state", |folder| put(folder, STATE, "{\"form\": 4"), &[]),
        (
            "a state of another form",
            |folder| {
                let state = fs::read_to_string(folder.join(STATE)).unwrap();
                put(folder, STATE, state.replace("\"form\": 4", "\"form\": 5"));
            },
            &[],
        ),
    ];
    twice(&changes, |name, _, second, untouched| {
        assert!(!second.stdout.contains("unchanged"), "{name}: {}", second.stdout);
        assert!(!untouched, "{name}: the release was not made");
    });
}

/// What a release says of the one before depends on that one.
#[test]
fn a_predecessor_that_was_made_again_matters() {
    let project = project();
    let folder = project.path();
    make(folder, &["--vintage", "0"]);
    std::thread::sleep(REST);
    let follow = || make(folder, &["--previous", "releases/crossings/0"]);
    assert!(!follow().stdout.contains("up to date"));
    assert!(follow().stdout.contains("up to date"));
    // Without it the release is another one.
    assert!(!make(folder, &[]).stdout.contains("up to date"));
    assert!(!follow().stdout.contains("up to date"));
    append(folder, PIPELINE, "# a remark\n");
    make(folder, &["--vintage", "0"]);
    std::thread::sleep(REST);
    assert!(!follow().stdout.contains("up to date"));
    let outcome = follow();
    assert!(outcome.stdout.contains("up to date") && outcome.stdout.contains("since "), "{}", outcome.stdout);
    fs::remove_dir_all(folder.join("releases/crossings/0")).unwrap();
    let mut command = denizen(folder);
    command.args(["run", PIPELINE, "--key-file", "key", "--previous", "releases/crossings/0"]);
    assert!(run(&mut command).exits_with(11).stderr.contains("against::predecessor"));
}

/// What somebody has put into a release is theirs.
#[test]
fn a_file_too_many_is_not_removed() {
    let project = project();
    let stray = format!("{RELEASE}/public/stray.txt");
    make(project.path(), &[]);
    put(project.path(), &stray, "mine");
    let mut command = denizen(project.path());
    let outcome = run(command.args(["run", PIPELINE, "--key-file", "key"])).exits_with(14);
    assert!(outcome.stderr.contains("`public/stray.txt` lies in the release"), "{}", outcome.stderr);
    assert_eq!(fs::read_to_string(project.path().join(stray)).unwrap(), "mine");
}

/// A file that was written a moment before the run could change again without its times showing it.
#[test]
fn what_was_just_written_is_not_trusted() {
    // On a busy machine a run may begin long after its files were written: their times are set when it does. What is set back
    // is known by the time of the change, which systems other than Unix do not have.
    let (ahead, back) = (SystemTime::now() + HOUR, SystemTime::now() - HOUR);
    for time in [ahead, back].into_iter().take(if cfg!(unix) { 2 } else { 1 }) {
        let project = project();
        for _ in 0..2 {
            for (name, _) in files(project.path()) {
                set_modified(&project.path().join(name), time);
            }
            assert!(!make(project.path(), &[]).stdout.contains("unchanged"));
            assert!(!project.path().join(STATE).exists());
        }
    }
}

/// A scheduler gets an event too, with the place of the release; another place to stand in changes nothing.
#[test]
fn the_log_says_so() {
    let (project, elsewhere) = (project(), tempfile::tempdir().unwrap());
    std::thread::sleep(REST);
    let path = |name: &str| project.path().join(name);
    make(project.path(), &[]);
    let mut command = denizen(elsewhere.path());
    command.arg("run").arg(path(PIPELINE)).arg("--key-file").arg(path("key")).args(["--log-format", "json"]);
    let outcome = run(&mut command).exits_with(0);
    let last: serde_json::Value = serde_json::from_str(outcome.stderr.lines().last().unwrap()).unwrap();
    assert_eq!(last["unchanged"], true);
    assert_eq!(last["release"], path(RELEASE).to_string_lossy().as_ref());
    assert!(outcome.stderr.contains("ingest::rejected-rows"));
}

/// The state file holds paths and numbers: neither the key nor a value of a personal column.
#[test]
fn the_state_tells_nothing() {
    let project = project();
    std::thread::sleep(REST);
    make(project.path(), &[]);
    let state = fs::read_to_string(project.path().join(STATE)).unwrap();
    assert!(!state.contains("CANARY") && !state.contains(&"1".repeat(16)));
}

/// A project that lies elsewhere, as a repository does on another machine, is the same project.
#[test]
fn a_project_may_be_moved_with_its_releases() {
    let (project, elsewhere) = (project(), tempfile::tempdir().unwrap());
    std::thread::sleep(REST);
    make(project.path(), &[]);
    for (name, bytes) in files(project.path()) {
        put(elsewhere.path(), &name, bytes);
    }
    assert!(make(elsewhere.path(), &[]).stdout.contains("up to date"));
    alter(&elsewhere.path().join(LIST), b'M', b'N');
    assert!(!make(elsewhere.path(), &[]).stdout.contains("up to date"));
}

/// What was hashed once is known by its times from then on.
#[test]
fn what_was_hashed_is_not_hashed_again() {
    let project = project();
    std::thread::sleep(REST);
    make(project.path(), &[]);
    set_modified(&project.path().join(INPUT), SystemTime::now() - HOUR);
    std::thread::sleep(REST);
    let state = || fs::read_to_string(project.path().join(STATE)).unwrap();
    let first = state();
    assert!(make(project.path(), &[]).stdout.contains("up to date"));
    let second = state();
    assert_ne!(first, second);
    assert!(make(project.path(), &[]).stdout.contains("up to date"));
    assert_eq!(second, state());
}
