//! The page of a release: one file that asks nobody for anything, and shows no number that stands in none of its tables.

use std::fs;
use std::path::{Path, PathBuf};

use crate::program::{denizen, root, run, run_in};

/// Runs a shipped pipeline; gives back the folder of releases and that of the release.
fn release(name: &str) -> (tempfile::TempDir, PathBuf) {
    let out = tempfile::tempdir().unwrap();
    let pipeline = format!("pipelines/{name}.toml");
    run(denizen(&root()).args(["run", &pipeline, "--out"]).arg(out.path())).exits_with(0);
    let vintage = fs::read_dir(out.path().join(name)).unwrap().map(|entry| entry.unwrap().path());
    let vintage = vintage.into_iter().find(|path| path.is_dir()).unwrap();
    (out, vintage)
}

fn page_in(release: &Path, language: &str) -> String {
    let file = release.join(format!("../page-{language}.html"));
    let mut command = denizen(&root());
    run(command.arg("report").arg(release).args(["--language", language, "--out"]).arg(&file)).exits_with(0);
    fs::read_to_string(file).unwrap()
}

/// What stands between two texts, each time.
fn between<'t>(text: &'t str, begin: &str, end: &str) -> Vec<&'t str> {
    text.split(begin).skip(1).map(|rest| rest.split(end).next().unwrap()).collect()
}

/// A text without its markup.
fn plain(markup: &str) -> String {
    let mut text = String::new();
    let mut is_markup = false;
    for character in markup.chars() {
        match character {
            '<' => {
                is_markup = true;
                text.push(' ');
            }
            '>' => is_markup = false,
            other if !is_markup => text.push(other),
            _ => {}
        }
    }
    text
}

/// The numbers in a text, as they are written.
fn numbers(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '\u{a0}');
    let words = text.split(|c: char| !is_part(c)).map(|word| word.trim_matches(['.', ',', '\u{a0}']));
    words.filter(|word| word.starts_with(|c: char| c.is_ascii_digit())).map(str::to_owned).collect()
}

pub(crate) fn asks_nobody(page: &str) {
    for attribute in [" src=", " style=", "<script", "<link", "<img", "<iframe", "url(", "@import", " onload"]
    {
        assert!(!page.contains(attribute), "{attribute}");
    }
    for link in between(page, "href=\"", "\"") {
        assert!(link.starts_with('#') || link.starts_with("data:"), "{}", &link[..link.len().min(80)]);
    }
    assert!(page.contains("content=\"default-src 'none'; style-src 'sha256-"));
}

/// Each chart is named and told in words, and each number that it or a sentence beside it has stands in the table below.
fn shows_what_its_tables_have(page: &str) {
    let figures = between(page, "<figure>", "</figure>");
    assert!(!figures.is_empty());
    for figure in figures {
        let (above, table) = figure.split_once("<table").unwrap();
        let caption = between(figure, "<figcaption", "</figcaption>")[0];
        let known = format!("{} {}", numbers(&plain(table)).join(" "), numbers(caption).join(" "));
        let known: Vec<&str> = known.split(' ').collect();
        for sentence in between(above, "<p>", "</p>") {
            for number in numbers(sentence) {
                assert!(known.contains(&number.as_str()), "{number} of {sentence}\n{known:?}");
            }
        }
        let Some(chart) = between(above, "<svg class=\"chart\"", "<details>").first().copied() else {
            continue;
        };
        for tag in ["title", "desc"] {
            let told = between(chart, &format!("<{tag} id=\""), &format!("</{tag}>"))[0];
            assert!(told.split_once('>').unwrap().1.len() > 5, "{caption} has no {tag}");
        }
        // Values beside bars, and shares in them.
        for class in ["e", "k", "kd"] {
            for group in between(chart, &format!("<g class='{class}'>"), "</g>") {
                for number in numbers(&plain(&group.replace("%'", "'"))) {
                    assert!(known.contains(&number.as_str()), "{number} of {caption}\n{known:?}");
                }
            }
        }
    }
}

/// What steps have counted, as a page tells it below a caption.
fn counted(page: &str, caption: &str) -> Vec<String> {
    let figures = between(page, "<figure>", "</figure>").into_iter();
    let steps = figures.filter(|figure| plain(figure).trim_start().starts_with(caption));
    let cells = steps.flat_map(|figure| between(figure, "<td class=t>", "<"));
    cells.map(|cell| cell.trim().to_owned()).filter(|cell| !cell.is_empty()).collect()
}

fn says_in_its_language_what_steps_did(english: &str, translated: &str, name: &str) {
    let of_english = counted(english, "What each step did");
    let told: Vec<String> = ["Che cosa ha fatto ogni passo", "Qué hizo cada paso"]
        .iter()
        .flat_map(|caption| counted(translated, caption))
        .collect();
    assert_eq!(of_english.len(), told.len(), "{name}");
    for cell in &told {
        assert!(!of_english.contains(cell), "{name}: {cell}");
    }
}

#[test]
fn pages_of_shipped_products_hold_what_they_promise() {
    for name in [
        "peru-1990-2007",
        "italy-communities",
        "midla",
        "milan-register",
        "italy-landings",
        "italy-permit-records",
        "brazil-registrations",
    ] {
        let (_out, release) = release(name);
        let page = fs::read_to_string(release.join("public/index.html")).unwrap();
        assert!(page.len() < 200_000, "{name}: {}", page.len());
        assert!(page_in(&release, "en") == page, "{name} is another page when it is made again");
        for language in ["it", "es"] {
            let translated = page_in(&release, language);
            assert!(translated.contains(&format!("<html lang=\"{language}\">")));
            asks_nobody(&translated);
            shows_what_its_tables_have(&translated);
            says_in_its_language_what_steps_did(&page, &translated, name);
        }
        asks_nobody(&page);
        shows_what_its_tables_have(&page);
        let is_synthetic = release.to_str().unwrap().ends_with("-synthetic");
        assert_eq!(page.contains("SYNTHETIC DATA"), is_synthetic, "{name}");
        let manifest = fs::read_to_string(release.join("manifest.json")).unwrap();
        assert!(manifest.contains("\"file\": \"public/index.html\""));
    }
}

/// The figures of a page as text: caption, sentences, notes and table, one after the other.
fn figures(page: &str) -> Vec<String> {
    between(page, "<figure>", "</figure>").into_iter().map(plain).collect()
}

#[track_caller]
fn figure<'f>(figures: &'f [String], caption: &str) -> &'f str {
    let found = figures.iter().find(|figure| figure.trim_start().starts_with(caption));
    found.unwrap_or_else(|| panic!("no figure begins with {caption}"))
}

#[test]
fn a_share_says_what_it_is_a_share_of() {
    let (_out, release) = release("peru-1990-2007");
    let found = figures(&page_in(&release, "en"));
    let residence = figure(&found, "Emigrants, by country of residence by destination");
    assert!(residence.contains("31.0 % of the 18,826 that are stated."), "{residence}");
    assert!(residence.contains("Total: 19,408 persons."), "{residence}");
    for figure in &found {
        assert!(!figure.contains("31.0 % of the total"), "{figure}");
    }
    assert!(page_in(&release, "it").contains("il 31,0 % dei 18.826 indicati"));
}

#[test]
fn nothing_is_compared_with_what_is_not_whole_or_not_decided() {
    let (_out, release) = release("italy-permit-records");
    let found = figures(&page_in(&release, "en"));
    // The archive ends on 1 July 2025.
    let events = figure(&found, "Residence permits by event, 2024");
    assert!(events.contains("Largest: Renewal"), "{events}");
    for figure in &found {
        for told in ["since 2024", "since 2023: Family", "(undecided)"] {
            assert!(!figure.contains(told), "{told}: {figure}");
        }
    }
    // A year that is over is compared.
    assert!(found.iter().any(|figure| figure.contains("2024: 580 permits;")));
    // Of several that have grown as much none is the one.
    assert!(found.iter().any(|figure| figure.contains("Bolivia, ") && figure.contains(", +4.")));
    // Shares over what became of a cohort are none of the cohorts.
    for figure in found.iter().filter(|figure| figure.contains("entrants by cohort")) {
        let (sentences, _) = figure.split_once(" Numbers").unwrap_or((figure, ""));
        assert!(!sentences.contains(" % of "), "{figure}");
        assert!(!figure.contains("Share"), "{figure}");
    }
    let italian = page_in(&release, "it");
    for text in ["0,2 %", "Rinnovo", "Di nessuno in particolare", "Prima della scadenza", "Come è noto"] {
        assert!(italian.contains(text), "{text}");
    }
    assert!(!italian.contains("0.2 %"));
}

#[test]
fn a_release_that_stands_is_never_changed() {
    let (_out, release) = release("milan-register");
    for file in ["index.html", "public/index.html", "../../milan-register/2024-synthetic/public/x.html"] {
        let out = release.join(file);
        let arguments = ["report", release.to_str().unwrap(), "--out", out.to_str().unwrap()];
        let printed = run_in(&root(), &arguments).exits_with(2);
        assert!(printed.stderr.contains("the page would be written into the release"), "{}", printed.stderr);
    }
    assert!(!release.join("index.html").exists());
}

#[test]
fn what_is_no_release_has_no_page() {
    let folder = tempfile::tempdir().unwrap();
    let printed = run_in(&root(), &["report", folder.path().to_str().unwrap()]).exits_with(11);
    assert!(printed.stderr.contains("there is no release in"), "{}", printed.stderr);
    assert!(!folder.path().join("index.html").exists());
}

#[test]
fn one_page_leads_to_all_releases() {
    let (out, _) = release("milan-register");
    run(denizen(&root()).args(["run", "pipelines/eurostat-permits.toml", "--out"]).arg(out.path()))
        .exits_with(0);
    run_in(&root(), &["report", out.path().to_str().unwrap(), "--language", "es"]).exits_with(0);
    let page = fs::read_to_string(out.path().join("index.html")).unwrap();
    let links = between(&page, "href=\"", "\"");
    assert_eq!(
        links,
        ["eurostat-permits/2025-03/public/index.html", "milan-register/2024-synthetic/public/index.html"]
    );
    assert!(links.iter().all(|link| out.path().join(link).is_file()));
    assert!(page.contains("<h1>Publicaciones</h1>"));
}

#[test]
fn bars_in_per_cent_are_of_what_is_stated_and_say_so() {
    let (_out, release) = release("brazil-registrations");
    let found = figures(&page_in(&release, "en"));
    let birth =
        figure(&found, "Registrations of migrants by country of birth, in per cent of what is stated");
    assert!(birth.contains("Not stated"), "{birth}");
    // The share that the table has: 39 of the 151 who state it.
    assert!(birth.contains("25.8"), "{birth}");
    // Nothing says that the last year is whole.
    assert!(!found.iter().any(|figure| figure.contains("since 2020")));
}

/// Chromium opens pages of each kind at three widths, light and dark: `tests/python/look_at_page.py`.
#[test]
#[ignore = "needs Chromium and Python"]
fn a_browser_asks_for_nothing_and_names_every_chart() {
    let names = ["peru-1990-2007", "italy-communities", "midla", "milan-register", "eurostat-permits"];
    let releases: Vec<_> = names.map(release).into();
    let mut command = std::process::Command::new("python3");
    command.arg(root().join("tests/python/look_at_page.py"));
    for (name, (out, release)) in names.iter().zip(&releases) {
        // Names of their own, by which the script tells of them.
        let page = out.path().join(format!("{name}.html"));
        fs::copy(release.join("public/index.html"), &page).unwrap();
        command.arg(page);
    }
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}", text(&output.stdout), text(&output.stderr));
}
