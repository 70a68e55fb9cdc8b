//! The same files by the program, as a user meets them: `denizen new` proposes a pipeline for each and `denizen run` runs it, and each is
//! run once more as the format whose turn it is. As all formats in turn, the readers alone read them (`every_format`).
//!
//! The program has half a gigabyte and ten seconds of a core. It ends with a release that accounts for every row, or refuses the
//! file with a code, the place and what to do; it never panics, and never blames itself.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use denizen_ingest::FoundFile;

use super::{FORMATS, MEMORY, MOST_SECONDS, NAMES, bad_files, pipeline};

/// Exit statuses of a user's faults: of a file, and of what it holds. None is that of a pipeline, which the program or this test has written.
const REFUSED: [i32; 2] = [11, 12];

/// What became of a command.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    Done,
    Refused,
}

/// Runs the program in a project, and says what is wrong with how it ended.
fn ended(project: &Path, arguments: &[&str], name: &str) -> Result<Ended, String> {
    let program = env!("CARGO_BIN_EXE_denizen");
    let limits = format!(
        "ulimit -d {} && ulimit -c 0 && ulimit -t {MOST_SECONDS} && exec '{program}' \"$@\"",
        MEMORY >> 10
    );
    let mut shell = Command::new("sh");
    shell.args(["-c", &limits, "denizen"]).args(arguments).current_dir(project);
    let output = shell.env("DENIZEN_KEY_FILE", project.join("key")).output().unwrap();
    let said = String::from_utf8(output.stderr).map_err(|_| "what it says is no text".to_owned())?;
    let told = |what: &str| {
        format!("{}: {what}\n{}", arguments.join(" "), said.chars().take(3000).collect::<String>())
    };
    match output.status.code() {
        Some(0) => Ok(Ended::Done),
        Some(status) if REFUSED.contains(&status) => {
            refusal(&said, name).map_err(|what| told(&what))?;
            Ok(Ended::Refused)
        }
        Some(status) => Err(told(&format!("exit status {status}"))),
        None => Err(told(&format!("signal {:?}", output.status.signal()))),
    }
}

/// What a refusal does not say: a code, the file or the line of the pipeline that names it, what to do.
fn refusal(said: &str, name: &str) -> Result<(), String> {
    let starts: Vec<usize> = said.match_indices("error").map(|(start, _)| start).collect();
    let starts = starts.into_iter().filter(|start| *start == 0 || said.as_bytes()[start - 1] == b'\n');
    let first = starts.clone().next().ok_or("no error is told")?;
    for start in starts {
        let error = &said[start..];
        let end = ["\nerror", "\nwarning"].iter().filter_map(|next| error.find(next)).min();
        let error = &error[..end.unwrap_or(error.len())];
        if !error.starts_with("error[") {
            return Err("an error has no code".to_owned());
        }
        if !error.contains("--> ") && !error.contains(name) {
            return Err("an error has no place".to_owned());
        }
        if !error.contains("= help: ") && !error.contains(" ^") {
            return Err(format!("an error does not say what to do: {error}"));
        }
    }
    let whole = &said[first..];
    if whole.contains(name) { Ok(()) } else { Err("the file is not named".to_owned()) }
}

/// Whether the manifest of the only release accounts for all rows; with the warnings, for those that are not there.
fn accounted(project: &Path, pipeline: &str) -> Result<(), String> {
    let folder = project.join("releases").join(pipeline);
    let editions: Vec<PathBuf> = fs::read_dir(&folder)
        .map_err(|_| "no release is there")?
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    let [edition] = &editions[..] else { return Err(format!("{} editions", editions.len())) };
    let manifest = fs::read(edition.join("manifest.json")).map_err(|error| error.to_string())?;
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    let count = |input: &serde_json::Value, field: &str| input[field].as_u64().unwrap_or_default();
    for input in manifest["inputs"].as_array().into_iter().flatten() {
        let Some(read) = input["read"].as_u64() else { continue };
        let told: u64 = ["accepted", "rejected", "excluded"].iter().map(|field| count(input, field)).sum();
        if read != told {
            return Err(format!("{read} rows read, {told} accounted for"));
        }
    }
    Ok(())
}

/// A project of its own with a file and a key.
fn project(file: &Path) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let end = file.extension().map(|end| format!(".{}", end.to_str().unwrap())).unwrap_or_default();
    let name = format!("met{end}");
    fs::create_dir_all(folder.path().join("pipelines")).unwrap();
    fs::copy(file, folder.path().join(&name)).unwrap();
    fs::write(folder.path().join("key"), format!("{}\n", "5".repeat(64))).unwrap();
    (folder, name)
}

/// Met as unknown: proposed, then run as proposed.
fn as_proposed(file: &Path) -> Result<Ended, String> {
    let (folder, name) = project(file);
    let project = folder.path();
    if ended(project, &["new", "found", "--from", &name], &name)? == Ended::Refused {
        return Ok(Ended::Refused);
    }
    let run = ended(project, &["run", "pipelines/found.toml"], &name)?;
    if run == Ended::Done {
        accounted(project, "found")?;
    }
    Ok(run)
}

/// Declared as a format, be it one or not.
fn as_declared(file: &Path, format: usize) -> Result<Ended, String> {
    let (folder, name) = project(file);
    let project = folder.path();
    let (_, fields, columns) = FORMATS[format];
    let found = FoundFile::open(&project.join(&name), "in").map(|found| found.names).unwrap_or_default();
    let of_file: String = found
        .iter()
        .enumerate()
        .map(|(index, name)| format!("c{index} = {{ from = {} }}\n", quoted(name)))
        .collect();
    let columns = match columns {
        NAMES if found.is_empty() => "c0 = {}",
        NAMES => of_file.as_str(),
        columns => columns,
    };
    fs::write(project.join("pipelines/declared.toml"), pipeline(&name, fields, columns)).unwrap();
    let run = ended(project, &["run", "pipelines/declared.toml"], &name)?;
    if run == Ended::Done {
        accounted(project, "declared")?;
    }
    Ok(run)
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    let escaped = |letter: char| match letter {
        '"' | '\\' => format!("\\{letter}"),
        letter if letter.is_control() => format!("\\u{:04X}", u32::from(letter)),
        letter => letter.to_string(),
    };
    format!("\"{}\"", text.chars().map(escaped).collect::<String>())
}

#[test]
#[ignore = "needs real files: DENIZEN_TEST_DATA"]
fn every_file_meets_the_program() {
    let files = bad_files();
    let next = AtomicUsize::new(0);
    let work = || {
        let (mut done, mut faults) = ([0_usize; 2], Vec::new());
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = files.get(index) else { return (done, faults) };
            // Files of one kind follow one another, and so do the formats as which they are met.
            let declared = as_declared(file, index % FORMATS.len());
            for outcome in [as_proposed(file), declared] {
                match outcome {
                    Ok(ended) => done[usize::from(ended == Ended::Refused)] += 1,
                    Err(fault) => faults.push(format!("{}: {fault}", file.display())),
                }
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let told: Vec<([usize; 2], Vec<String>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let faults: Vec<String> = told.iter().flat_map(|(_, faults)| faults.clone()).collect();
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n\n"));
    let [read, refused] = [0, 1].map(|which| told.iter().map(|(done, _)| done[which]).sum::<usize>());
    println!("{read} read, {refused} refused");
    assert!(read > files.len() / 2 && refused > files.len() / 2, "{read} read, {refused} refused");
}
