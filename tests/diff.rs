//! What is different between two releases.

use std::fs;

use crate::pages::asks_nobody;
use crate::program::{denizen, run, run_in};

const PIPELINE: &str = "spec = 1\ntitle = \"Permits\"\nvintage = \"1\"\n[source.s]\nfiles = \"s.csv\"\nformat = \"csv\"\nkind = \"cells\"\n\
    concept = \"permits\"\n[source.s.columns]\nyear = { type = \"integer\" }\nsex = { codes = { F = \"F\", M = \"M\" } }\n\
    value = { from = \"n\", type = \"integer\", marks = { \"..\" = \"missing\" } }\nobs_status = { from = \"flag\" }\n\
    [[table]]\nname = \"t\"\nmeasure = \"stock\"\ndimensions = [\"year\", \"sex\"]\n";

#[test]
fn cells_of_two_releases() {
    let project = tempfile::tempdir().unwrap();
    let release = |vintage: &str, file: &str, more: &str| {
        fs::write(project.path().join("s.csv"), format!("year,sex,n,flag\n{file}")).unwrap();
        let pipeline = PIPELINE.replace("vintage = \"1\"", &format!("vintage = \"{vintage}\""));
        fs::write(project.path().join("p.toml"), pipeline + more).unwrap();
        run(denizen(project.path()).args(["run", "p.toml"])).exits_with(0);
    };
    release("1", "2020,F,100,\n2020,M,50,\n2021,F,7,p\n2021,M,..,\n", "");
    release("2", "2020,F,100,\n2020,M,60,\n2021,F,7,\n2021,M,9,\n2022,F,1,\n", "");
    let second =
        "[[table]]\nname = \"u\"\nmeasure = \"stock\"\ndimensions = [\"year\"]\nfilter = { sex = \"F\" }\n";
    release("3", "2020,F,100,\n2020,M,60,\n2021,F,7,\n2021,M,9,\n", second);
    let diff = |words: &[&str]| run_in(project.path(), &[&["diff"], words].concat());
    let [one, two, three] = ["releases/p/1", "releases/p/2", "releases/p/3"];
    let expected = "p 1 -> p 2\nthe pipeline file is another one: 1 lines new, 1 gone\n  -3 vintage = \"1\"\n  +3 vintage = \"2\"\ninput s: s.csv: has other bytes\n\
        table t: 4 cells, now 5: 1 new, 0 gone, 2 revised (50.0 % of them), 1 with another status\n  \
        concept=permits indicator=stock sex=M year=2020: 50 -> 60 (+10, +20.0 %)\n  \
        concept=permits indicator=stock sex=M year=2021: no value -> 9\n  \
        by sex: M 2, F 1\n  by year: 2020 1, 2021 1, 2022 1\n";
    assert_eq!(diff(&[one, two]).exits_with(0).stdout, expected);
    let table = [
        (vec![one, one, "--fail-above", "0"], 0, "table t: 4 cells, all the same"),
        (vec![one, two, "--fail-above", "0.5"], 0, "2 revised"),
        (vec![one, two, "--fail-above", "0.4"], 1, "a table is different in more than 40 % of its cells"),
        (vec![two, three], 0, "table u: new, 2 cells"),
        (vec![three, two], 0, "table u: gone, 2 cells"),
        (vec![two, three, "--fail-above", "1"], 1, "0 new, 1 gone, 0 revised"),
    ];
    for (words, status, told) in table {
        let outcome = diff(&words).exits_with(status);
        assert!(outcome.stdout.contains(told), "{words:?}\n{}", outcome.stdout);
    }
    for language in ["en", "it", "es"] {
        let file = project.path().join(format!("{language}.html"));
        run(denizen(project.path()).args(["diff", one, two, "--language", language, "--out"]).arg(&file))
            .exits_with(0);
        let page = fs::read_to_string(file).unwrap();
        asks_nobody(&page);
        let told = ["p 1", "p 2", "revised_percent", "+20", "vintage = \"2\""];
        let escaped = |text: &str| text.replace('"', "&quot;");
        for text in told {
            assert!(page.contains(text) || page.contains(&escaped(text)), "{language}: {text}\n{page}");
        }
    }
    let outcome = run_in(project.path(), &["diff", one, two, "--out", "releases/p/2/public/diff.html"]);
    assert!(outcome.exits_with(2).stderr.contains("into a release"));
    let outcome = diff(&[one, "nowhere"]).exits_with(11);
    assert!(outcome.stderr.contains("name the folder of a release"), "{}", outcome.stderr);
    let events = run_in(project.path(), &["diff", one, two, "--log-format", "json"]).exits_with(0);
    assert!(
        events.stderr.contains("\"revised\":2") || events.stdout.contains("\"revised\":2"),
        "{}",
        events.stderr
    );
}

const SHARES: &str = "spec = 1\ntitle = \"Residents\"\nvintage = \"1\"\n[source.s]\nfiles = \"s.csv\"\nformat = \"csv\"\nkind = \"cells\"\n\
    concept = \"residents\"\n[source.s.columns]\nyear = { type = \"integer\" }\nsex = { codes = { F = \"F\", M = \"M\" }, total = \"T\" }\n\
    country = { codes = { RO = \"RO\", VA = \"VA\" }, total = \"T\" }\nvalue = { from = \"n\", type = \"integer\" }\n\
    [[table]]\nname = \"t\"\nmeasure = \"stock\"\ndimensions = [\"year\", \"sex\", \"country\"]\n";

/// By hand: of 1,000,000 persons 600,000 are of Romania, and now 300,000 of 700,002: 60 % and 42.857 %.
#[test]
fn counts_by_size_and_indicators_in_points() {
    let project = tempfile::tempdir().unwrap();
    let release = |vintage: &str, [ro, va, total]: [u32; 3], more: &str| {
        let file = format!("2020,T,RO,{ro}\n2020,T,VA,{va}\n2020,T,T,{total}\n");
        fs::write(project.path().join("s.csv"), format!("year,sex,country,n\n{file}")).unwrap();
        let pipeline = SHARES.replace("vintage = \"1\"", &format!("vintage = \"{vintage}\""));
        fs::write(project.path().join("p.toml"), pipeline + more).unwrap();
        run(denizen(project.path()).args(["run", "p.toml"])).exits_with(0);
    };
    let over = |column: &str| {
        format!("indicators = [\"share\", {{ name = \"top_share\", largest = 1 }}]\nover = \"{column}\"\n")
    };
    release("1", [600_000, 1, 1_000_000], &over("country"));
    release("2", [300_000, 2, 700_002], &over("country"));
    release("3", [300_000, 2, 700_002], &over("country").replace("largest = 1", "largest = 2"));
    release("4", [300_000, 2, 700_002], "indicators = [\"share\"]\nover = \"sex\"\n");
    let diff = |words: &[&str]| {
        let told = run_in(project.path(), &[&["diff"], words].concat());
        told.stdout
    };
    let told = diff(&["releases/p/1", "releases/p/2"]);
    let expected = [
        "country=_T indicator=stock sex=_T year=2020: 1000000 -> 700002 (-299998, -30.0 %)",
        "country=RO indicator=stock sex=_T year=2020: 600000 -> 300000 (-300000, -50.0 %)",
        "country=VA indicator=stock sex=_T year=2020: 1 -> 2 (+1)",
        "country=RO indicator=share sex=_T year=2020: 60 -> 42.85",
        "(-17.1 points)",
    ];
    for text in expected {
        assert!(told.contains(text), "{text}\n{told}");
    }
    let place = |text: &str| told.find(text).unwrap();
    assert!(place("country=RO indicator=stock") < place("country=_T indicator=stock"), "{told}");
    assert!(place("country=VA indicator=stock") < place("country=RO indicator=share"), "{told}");
    let told = diff(&["releases/p/2", "releases/p/3"]);
    assert!(
        told.contains("top_share: now along country, largest=2, before along country, largest=1"),
        "{told}"
    );
    assert!(!told.contains("indicator=top_share"), "{told}");
    let told = diff(&["releases/p/2", "releases/p/4", "--fail-above", "0.3"]);
    assert!(told.contains("share: now along sex, before along country"), "{told}");
    assert!(told.contains("are not compared") && told.contains("different in more than 30 %"), "{told}");
    assert!(!told.contains("indicator=share"), "{told}");
    run_in(project.path(), &["diff", "releases/p/2", "releases/p/4", "--out", "page.html"]).exits_with(0);
    let page = fs::read_to_string(project.path().join("page.html")).unwrap();
    assert!(page.contains("of another base: along sex now, along country before"), "{page}");
}

/// The figures of publications are no cells: what was published, computed and came of it is told by id.
#[test]
fn figures_of_publications() {
    let project = tempfile::tempdir().unwrap();
    let head = "id,statement,table,indicator,where,value,unit,tolerance,concept,source\n";
    let release = |vintage: &str, n: u32, figures: &str| {
        fs::write(project.path().join("s.csv"), format!("year,sex,n,flag\n2020,F,{n},\n2020,M,50,\n"))
            .unwrap();
        fs::write(project.path().join("published.csv"), format!("{head}{figures}")).unwrap();
        let pipeline = PIPELINE.replace("vintage = \"1\"", &format!("vintage = \"{vintage}\""));
        fs::write(project.path().join("p.toml"), pipeline + "[[published]]\nfile = \"published.csv\"\n")
            .unwrap();
        run(denizen(project.path()).args(["run", "p.toml"]));
    };
    let figure = |id: &str, sex: &str, value: u32, tolerance: u32| {
        format!("{id},Women,t,stock,year=2020 sex={sex},{value},persons,{tolerance},permits,The yearbook\n")
    };
    let men = figure("M", "M", 50, 0);
    release("1", 100, &(figure("F", "F", 100, 5) + &men + &figure("G", "F", 101, 5)));
    release("2", 103, &(figure("F", "F", 104, 5) + &men + &figure("H", "F", 103, 0)));
    let told = run_in(project.path(), &["diff", "releases/p/1", "releases/p/2"]).exits_with(0).stdout;
    let expected = "published figures: 3, now 3: 1 new, 1 gone, 1 revised\n  \
        F: published 100 -> 104, computed 100 -> 103, within_tolerance\n  new: H\n  gone: G\n";
    assert!(told.contains(expected), "{told}");
    assert!(!told.contains("table reconciliation"), "{told}");
    let told = run_in(project.path(), &["diff", "releases/p/1", "releases/p/1"]).exits_with(0).stdout;
    assert!(told.contains("published figures: 3, all the same"), "{told}");
    run_in(project.path(), &["diff", "releases/p/1", "releases/p/2", "--out", "page.html"]).exits_with(0);
    let page = fs::read_to_string(project.path().join("page.html")).unwrap();
    assert!(page.contains("Figures before 3, now 3: 1 new, 1 gone, 1 of which something differs."), "{page}");
}

/// A pipeline that protects persons, or says so, or names files by whole paths, keeps its text in the restricted half.
#[test]
fn texts_of_pipelines_that_are_not_published() {
    let project = tempfile::tempdir().unwrap();
    fs::write(project.path().join("s.csv"), "year,sex,n,flag\n2020,F,100,\n").unwrap();
    let whole = format!("files = \"{}\"", project.path().join("s.csv").display());
    let table = [
        ("", "files = \"s.csv\"", true),
        ("[disclosure]\nthreshold = 3\nrounding_base = 5\n", "files = \"s.csv\"", false),
        ("[disclosure]\nmethod = \"none\"\nreason = \"All is public\"\n", "files = \"s.csv\"", false),
        ("[release]\npublish_pipeline = false\n", "files = \"s.csv\"", false),
        ("[release]\npublish_pipeline = true\n", "files = \"s.csv\"", true),
        ("", whole.as_str(), false),
    ];
    for (index, (more, files, is_public)) in table.into_iter().enumerate() {
        for vintage in ["1", "2"] {
            let pipeline = PIPELINE.replace("vintage = \"1\"", &format!("vintage = \"{vintage}\""));
            let pipeline = pipeline.replace("files = \"s.csv\"", files) + more;
            fs::write(project.path().join("p.toml"), &pipeline).unwrap();
            run(denizen(project.path()).args(["run", "p.toml", "--force"])).exits_with(0);
            let release = project.path().join("releases/p").join(vintage);
            let half = if is_public { "public" } else { "restricted" };
            assert_eq!(fs::read_to_string(release.join(half).join("pipeline.toml")).unwrap(), pipeline);
            let manifest = fs::read_to_string(release.join("manifest.json")).unwrap();
            assert!(
                manifest.contains(&format!("\"pipeline_is_public\": {is_public}")),
                "{index}: {manifest}"
            );
            assert_eq!(release.join("public/pipeline.toml").exists(), is_public, "{index}");
        }
        let told = |words: &[&str]| {
            let arguments = [&["diff", "releases/p/1", "releases/p/2"], words].concat();
            run_in(project.path(), &arguments).exits_with(0).stdout
        };
        assert_eq!(told(&[]).contains("+3 vintage"), is_public, "{index}: {}", told(&[]));
        assert_eq!(told(&[]).contains("not published"), !is_public, "{index}: {}", told(&[]));
        assert!(told(&["--restricted"]).contains("+3 vintage"), "{index}");
    }
}
