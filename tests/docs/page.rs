//! Follows a page of `docs/` as its reader would: writes its files, runs its commands, and compares what they print.
//!
//! A fence `sh` is run, and a fence `text` behind it is what must be printed, standard error included: line by line, where `…` alone
//! stands for any lines, and at the end of a line for its rest. A fence behind a line that ends with `` `PATH`: `` is that file, or, as
//! `diff`, a change of it. Other fences (`console`, `sql`, `python`) are passed over.

use std::fs;
use std::path::Path;
use std::process::Command;

struct Fence<'p> {
    language: &'p str,
    file: Option<&'p str>,
    text: String,
}

fn fences(page: &str) -> Vec<Fence<'_>> {
    let mut fences = Vec::new();
    let mut before = "";
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let within = lines.by_ref().take_while(|line| *line != "```");
            let text = within.map(|line| format!("{line}\n")).collect();
            fences.push(Fence { language, file: file_named(before), text });
            before = "";
        } else if !line.is_empty() {
            before = line;
        }
    }
    fences
}

/// The path at the end of a line such as: Save it as `data/raw/town.csv`:
fn file_named(line: &str) -> Option<&str> {
    let (_, path) = line.strip_suffix("`:")?.rsplit_once('`')?;
    Some(path)
}

/// Does in a folder what a page says.
#[track_caller]
pub(crate) fn follow(page: &Path, folder: &Path) {
    let text = fs::read_to_string(page).unwrap();
    let fences = fences(&text);
    let mut commands = 0;
    for (i, fence) in fences.iter().enumerate() {
        match (fence.language, fence.file) {
            ("sh", _) => {
                let printed = fences.get(i + 1).filter(|next| next.language == "text" && next.file.is_none());
                shell(&fence.text, printed.map(|fence| fence.text.as_str()), folder);
                commands += 1;
            }
            ("diff", Some(file)) => change(&folder.join(file), &fence.text),
            ("diff", None) => panic!("{}: a change of no file:\n{}", page.display(), fence.text),
            (_, Some(file)) => {
                let path = folder.join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, &fence.text).unwrap();
            }
            (_, None) => {}
        }
    }
    assert!(commands > 0, "{} has no commands", page.display());
}

#[track_caller]
fn shell(commands: &str, expected: Option<&str>, folder: &Path) {
    let program = Path::new(env!("CARGO_BIN_EXE_denizen")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("exec 2>&1\n{commands}")).current_dir(folder).env("PATH", path);
    shell.env_remove("DENIZEN_KEY_FILE").env_remove("CLICOLOR_FORCE");
    let output = shell.output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{commands}ends with {}\n{printed}", output.status);
    if let Some(Err(line)) = expected.map(|expected| is_printed(expected, &printed)) {
        panic!("{commands}does not print: {line}\nbut:\n{printed}");
    }
}

/// Whether all lines that are expected were printed, in their order and without others; else the first that was not.
pub(crate) fn is_printed(expected: &str, printed: &str) -> Result<(), String> {
    let mut printed = printed.lines();
    let mut may_skip = false;
    for line in expected.lines() {
        if line == "…" {
            may_skip = true;
            continue;
        }
        let found = if may_skip { printed.find(|found| fits(line, found)) } else { printed.next() };
        if !found.is_some_and(|found| fits(line, found)) {
            return Err(line.to_owned());
        }
        may_skip = false;
    }
    match printed.next() {
        Some(more) if !may_skip => Err(format!("nothing in place of {more}")),
        Some(_) | None => Ok(()),
    }
}

fn fits(expected: &str, printed: &str) -> bool {
    match expected.strip_suffix('…') {
        Some(begin) => printed.starts_with(begin.trim_end()),
        None => printed.trim_end() == expected.trim_end(),
    }
}

/// Lines that begin with `-` are replaced by those with `+` behind them.
#[track_caller]
fn change(path: &Path, difference: &str) {
    let mut text = fs::read_to_string(path).unwrap();
    let (mut old, mut new) = (String::new(), String::new());
    let mut replace = |old: &mut String, new: &mut String| {
        assert_eq!(text.matches(old.as_str()).count(), 1, "{} has not once:\n{old}", path.display());
        text = text.replace(old.as_str(), new);
        old.clear();
        new.clear();
    };
    for line in difference.lines() {
        if let Some(line) = line.strip_prefix('+') {
            new += &format!("{line}\n");
            continue;
        }
        if !new.is_empty() {
            replace(&mut old, &mut new);
        }
        old += &format!("{}\n", line.strip_prefix('-').unwrap());
    }
    replace(&mut old, &mut new);
    fs::write(path, text).unwrap();
}

#[test]
fn what_is_left_out_may_be_anything() {
    for (expected, printed, fits) in [
        ("a\nb", "a\nb\n", true),
        ("a\nb", "a\nb\nc", false),
        ("a\nb\n…", "a\nb\nc", true),
        ("a\nc", "a\nb\nc", false),
        ("a\n…\nc", "a\nb\nc", true),
        ("…\nc", "a\nb\nc", true),
        ("a…", "abc", true),
        ("b…", "abc", false),
        ("a\nb", "a", false),
    ] {
        assert_eq!(is_printed(expected, printed).is_ok(), fits, "{expected:?} {printed:?}");
    }
}
