//! The files that the paths and globs of a source name.

use std::collections::HashSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use denizen_spec::{Code, Diagnostic, Path as Setting, Source};
use glob::Pattern;

use super::{display_name, unreadable};

/// The files of the paths and globs, each once, in the order of their names.
///
/// What a glob matches and cannot be read is an error: nobody would miss a year that was skipped.
pub(super) fn find(
    source: &Source,
    project: &Path,
    files: Option<&[String]>,
) -> Result<Vec<PathBuf>, Vec<Diagnostic>> {
    let mut found = Vec::new();
    let mut errors = Vec::new();
    let setting = |index| Setting::source(&source.name).field("files").index(index);
    let declared = source.files.iter().enumerate();
    let declared = declared.map(|(index, path)| (project, path.as_str(), Some(setting(index))));
    let named = files.map(|files| files.iter().map(|path| (Path::new(""), path.as_str(), None)).collect());
    for (folder, path, setting) in named.unwrap_or_else(|| declared.collect::<Vec<_>>()) {
        match matches(folder, path) {
            Ok(matches) if matches.is_empty() => {
                let message = format!("there is no file `{}`", display_path(&folder.join(path), project));
                let error = Diagnostic::error(Code::MissingFile, message);
                let error = error.help("put the file there, correct `files`, or use --source NAME=PATH");
                errors.push(match setting {
                    Some(setting) => error.at(setting, format!("no file of the source `{}`", source.name)),
                    None => error,
                });
            }
            Ok(matches) => found.extend(matches),
            Err((path, error)) => errors.push(unreadable(&display_name(&path, project), &error)),
        }
    }
    found.sort();
    // A file that is named twice, be it by different paths, has its rows once.
    let mut seen = HashSet::new();
    found.retain(|path| seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())));
    if errors.is_empty() { Ok(found) } else { Err(errors) }
}

/// A path as the pipeline file would name it.
fn display_path(path: &Path, project: &Path) -> String {
    path.strip_prefix(project).unwrap_or(path).display().to_string()
}

/// A path that cannot be looked at, and why.
type Unreadable = (PathBuf, io::Error);

/// The files of one path, which may be a glob.
fn matches(folder: &Path, path: &str) -> Result<Vec<PathBuf>, Unreadable> {
    let named = folder.join(path);
    // A name with a bracket in it may be the name of a file.
    if named.is_file() {
        return Ok(vec![named]);
    }
    let is_glob = path.contains(['*', '?', '[']);
    let mut files = Vec::new();
    for path in Expansion::default().expand(folder, path)? {
        // A glob such as `crossings-*.csv*` must not take the sidecars for data.
        if is_glob && path.extension().is_some_and(|end| end == "toml") {
            continue;
        }
        match fs::metadata(&path) {
            Ok(data) if data.is_file() => files.push(path),
            // Files in it would be missed by nobody: a year that lies in a folder of its own.
            Ok(data) if data.is_dir() => return Err((path, io::Error::other(FOLDER))),
            Ok(_) => return Err((path, io::Error::other("it is neither a file nor a folder"))),
            Err(error) => return Err((path, error)),
        }
    }
    Ok(files)
}

/// What is said of a folder where a file is wanted.
const FOLDER: &str =
    "it is a folder, of which no file is read: a path such as `FOLDER/*.csv` names the files in it";

/// Names that one glob looks at, at the most. More are not the files of a source, but a disk that is searched.
const MOST_NAMES: usize = 200_000;

/// A glob while it is looked up.
#[derive(Default)]
struct Expansion {
    /// How many names it has looked at.
    names: usize,
}

impl Expansion {
    /// Whatever a glob matches: files, folders, links that lead nowhere.
    ///
    /// `glob::glob` passes over folders that cannot be entered and over names that are not UTF-8.
    fn expand(&mut self, folder: &Path, glob: &str) -> Result<Vec<PathBuf>, Unreadable> {
        let mut paths = vec![folder.to_path_buf()];
        for component in Path::new(glob).components() {
            let pattern = component.as_os_str().to_string_lossy();
            let is_pattern = matches!(component, Component::Normal(_)) && pattern.contains(['*', '?', '[']);
            if !is_pattern {
                paths.iter_mut().for_each(|path| path.push(component));
            } else if pattern == "**" {
                paths = self.folders_below(paths)?;
            } else {
                // What is no pattern matches nothing.
                let Ok(pattern) = Pattern::new(&pattern) else { return Ok(Vec::new()) };
                paths = self.children(&paths)?;
                paths.retain(|path| {
                    path.file_name().is_some_and(|name| pattern.matches(&name.to_string_lossy()))
                });
            }
        }
        let exists = |path: PathBuf| match fs::symlink_metadata(&path) {
            Ok(_) => Some(Ok(path)),
            Err(error) if is_absent(&error) => None,
            Err(error) => Some(Err((path, error))),
        };
        paths.into_iter().filter_map(exists).collect()
    }

    /// What lies in some folders; paths that are no folders have nothing in them.
    fn children(&mut self, folders: &[PathBuf]) -> Result<Vec<PathBuf>, Unreadable> {
        let mut children = Vec::new();
        for folder in folders {
            let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder.as_path() };
            let entries = match fs::read_dir(here) {
                Ok(entries) => entries,
                Err(error) if is_absent(&error) => continue,
                Err(error) => return Err((folder.clone(), error)),
            };
            for entry in entries {
                let entry = entry.map_err(|error| (folder.clone(), error))?;
                children.push(folder.join(entry.file_name()));
                self.names += 1;
                if self.names > MOST_NAMES {
                    let message = format!("the glob looks at more than {MOST_NAMES} names: begin it deeper");
                    return Err((folder.clone(), io::Error::other(message)));
                }
            }
        }
        Ok(children)
    }

    /// Some folders and all folders below them, each once. Links are not followed, which could lead round in a circle.
    fn folders_below(&mut self, folders: Vec<PathBuf>) -> Result<Vec<PathBuf>, Unreadable> {
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        let mut level = folders;
        while !level.is_empty() {
            level.retain(|folder| seen.insert(folder.clone()));
            found.extend_from_slice(&level);
            level = self.children(&level)?;
            level.retain(|path| fs::symlink_metadata(path).is_ok_and(|data| data.is_dir()));
        }
        Ok(found)
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests make files of their own")]
mod tests {
    use super::*;

    #[test]
    fn a_glob_does_not_search_a_disk() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a", "b", "c"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        for (before, glob, is_found) in [
            (0, "*", true),
            (MOST_NAMES - 3, "*", true),
            (MOST_NAMES - 2, "*", false),
            (MOST_NAMES - 3, "**", true),
            (MOST_NAMES - 3, "**/a", true),
            (MOST_NAMES - 2, "**/a", false),
            // What is named is not searched for.
            (MOST_NAMES, "a", true),
        ] {
            let found = Expansion { names: before }.expand(folder.path(), glob);
            assert_eq!(found.is_ok(), is_found, "{before} {glob}");
        }
    }
}
