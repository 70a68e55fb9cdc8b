//! The same inputs give the same bytes.

use std::collections::BTreeMap;
use std::path::Path;

use crate::program::{denizen, root, run};
use crate::release::{files, released};

fn release(pipeline: &str, threads: &str, zone: &str, locale: &str) -> BTreeMap<String, Vec<u8>> {
    let out = tempfile::tempdir().unwrap();
    let mut command = denizen(Path::new(&root()));
    command.args(["run", pipeline, "--threads", threads, "--out"]).arg(out.path());
    command.env("TZ", zone).env("LC_ALL", locale).env("LANG", locale);
    run(&mut command).exits_with(0);
    released(out.path())
}

#[test]
fn threads_time_zone_and_locale_change_no_byte() {
    let pipelines = ["peru-1990-2007", "italy-permits", "italy-permit-records"];
    for pipeline in pipelines.map(|name| format!("pipelines/{name}.toml")) {
        let one = release(&pipeline, "1", "UTC", "C");
        let four = release(&pipeline, "4", "Pacific/Kiritimati", "it_IT.UTF-8");
        assert_eq!(one.keys().collect::<Vec<_>>(), four.keys().collect::<Vec<_>>());
        for (name, bytes) in &one {
            assert!(bytes == &four[name], "{pipeline}: {name} differs");
        }
    }
}

/// A second run into the same folder replaces the release as a whole and leaves nothing beside it.
#[test]
fn a_release_is_replaced_as_a_whole() {
    let out = tempfile::tempdir().unwrap();
    let again = || {
        let mut command = denizen(&root());
        run(command.args(["run", "pipelines/midla.toml", "--out"]).arg(out.path())).exits_with(0);
        released(out.path())
    };
    let first = again();
    // A file of the release that somebody has changed, and one that is gone.
    let public = out.path().join("midla/2026-11/public");
    std::fs::write(public.join("views.sql"), "left over").unwrap();
    std::fs::remove_file(public.join("datapackage.json")).unwrap();
    assert_eq!(again(), first);
    let beside = std::fs::read_dir(out.path().join("midla")).unwrap();
    let beside: Vec<_> = beside.map(|entry| entry.unwrap().file_name()).collect();
    assert!(beside.iter().all(|name| name == "2026-11" || name == ".2026-11.state.json"), "{beside:?}");
}

/// A run that fails leaves the release that was there, and nothing else.
#[test]
fn a_failed_run_changes_nothing() {
    let out = tempfile::tempdir().unwrap();
    run(denizen(&root()).args(["run", "pipelines/midla.toml", "--out"]).arg(out.path())).exits_with(0);
    // One figure is changed, so that a published one is no longer met.
    let shipped = std::fs::read_to_string(root().join("data/raw/midla/communities.csv")).unwrap();
    let other = out.path().join("communities.csv");
    std::fs::write(&other, shipped.replace("70755", "70756")).unwrap();
    let before_and_input = files(out.path());
    let mut command = denizen(&root());
    command.args(["run", "pipelines/midla.toml", "--out"]).arg(out.path());
    run(command.arg("--source").arg(format!("communities={}", other.display()))).exits_with(13);
    assert_eq!(files(out.path()), before_and_input);
}

#[cfg(unix)]
#[test]
fn the_restricted_half_is_the_owners() {
    use std::os::unix::fs::PermissionsExt;
    let out = tempfile::tempdir().unwrap();
    run(denizen(&root()).args(["run", "pipelines/midla.toml", "--out"]).arg(out.path())).exits_with(0);
    let mode = |name: &str| {
        std::fs::metadata(out.path().join("midla/2026-11").join(name)).unwrap().permissions().mode() & 0o777
    };
    assert_eq!((mode("restricted"), mode("public")), (0o700, 0o755));
}

#[test]
fn an_unwritable_place_is_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let outcome =
        run(denizen(&root()).args(["run", "pipelines/midla.toml", "--out"]).arg(&file)).exits_with(14);
    assert!(outcome.stderr.contains("aggregate::unwritable"));
}

/// A run that is asked to stop leaves nothing behind.
#[cfg(unix)]
#[test]
fn a_stopped_run_leaves_nothing() {
    use std::time::{Duration, Instant};
    let out = tempfile::tempdir().unwrap();
    let staged = || std::fs::read_dir(out.path()).unwrap().next().is_some();
    let mut command = denizen(&root());
    command.args(["run", "pipelines/peru-1990-2007.toml", "--out"]).arg(out.path());
    let mut running = command.stdout(std::process::Stdio::null()).spawn().unwrap();
    let started = Instant::now();
    while !staged() && started.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(staged(), "the run did not begin");
    let killed =
        std::process::Command::new("kill").args(["-TERM", &running.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(running.wait().unwrap().code(), Some(128 + 15));
    assert!(!staged(), "something is left");
}

/// A vintage names a folder in the place of releases: it leads nowhere else, and nothing but a release is replaced.
#[test]
fn a_vintage_is_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let precious = out.join("midla/precious");
    std::fs::create_dir_all(&precious).unwrap();
    std::fs::write(precious.join("thesis.txt"), "years of work").unwrap();
    let outside = folder.path().to_string_lossy().into_owned();
    for (vintage, status) in [("", 2), ("..", 2), ("a/b", 2), (outside.as_str(), 2), ("precious", 14)] {
        let mut command = denizen(&root());
        command.args(["run", "pipelines/midla.toml", "--vintage", vintage, "--out"]).arg(&out);
        run(&mut command).exits_with(status);
    }
    assert_eq!(files(folder.path()).into_keys().collect::<Vec<_>>(), ["out/midla/precious/thesis.txt"]);
}
