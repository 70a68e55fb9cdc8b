//! Indicators of small tables, and those that are refused.

use super::{Project, cells, check, table};

/// Records of a text each.
fn records(name: &str, columns: &str) -> String {
    format!("[source.{name}]\nfiles = \"{name}.csv\"\nformat = \"csv\"\n[source.{name}.columns]\n{columns}\n")
}

/// Nobody is a share of 0, and no share of nobody is given.
#[test]
fn shares_of_nobody() {
    let source = records("s", "year = { type = \"integer\" }\nsex = { codes = { F = \"F\", M = \"M\" } }");
    let body = "measure = \"count\"\nconcept = \"c\"\ndimensions = [\"year\", \"sex\"]\nindicators = [\"women_share\", \"sex_ratio\"]";
    check(&Project {
        name: "no women",
        files: vec![("s.csv", "year,sex\n2020,M\n2020,M\n2021,F\n2022,F\n2022,M\n")],
        pipeline: source + &table("t", body),
        status: 0,
        told: vec![],
        rows: vec![
            "t: year=2020 indicator=women_share value=0.0 base=2 n=0",
            "t: year=2021 indicator=women_share value=100.0 base=1 n=1",
            "t: year=2022 indicator=women_share value=50.0",
            "t: year=2021 indicator=sex_ratio value=0.0",
            "no t: year=2020 indicator=sex_ratio obs_status=A",
        ],
    });
}

/// A share breaks with what it is a share of.
#[test]
fn differences_across_breaks() {
    let columns = "year = { type = \"integer\" }\nnat = { codes = { PE = \"PE\", EC = \"EC\" }, total = \"ALL\" }\nobs_status = { from = \"flag\" }";
    let body =
        "measure = \"stock\"\ndimensions = [\"year\", \"nat\"]\nindicators = [\"share\", \"share_change\"]";
    let file = "year,nat,n,flag\n2020,ALL,100,\n2020,PE,40,\n2020,EC,60,\n2021,ALL,200,b\n2021,PE,60,\n2021,EC,140,\n\
        2022,ALL,200,\n2022,PE,50,\n2022,EC,150,\n";
    check(&Project {
        name: "a broken total",
        files: vec![("s.csv", file)],
        pipeline: cells("s", "", columns) + &table("t", body),
        status: 0,
        told: vec![],
        rows: vec![
            "t: year=2021 nat=PE indicator=share value=30.0",
            "t: year=2021 nat=PE indicator=share_change value= obs_status=B",
            "t: year=2022 nat=PE indicator=share_change value=-5.0 obs_status=B",
        ],
    });
}

/// How a group is spread is told only beside a population of which all areas are known.
#[test]
fn populations_of_areas() {
    let columns =
        "year = { type = \"integer\" }\nplace = { codes = { A = \"A\", B = \"B\" }, total = \"ALL\" }";
    let group = "source = \"g\"\nmeasure = \"stock\"\ndimensions = [\"year\", \"place\"]\n\
        indicators = [{ name = \"segregation\", per = { table = \"all\" } }]";
    let all = "source = \"p\"\nmeasure = \"stock\"\ndimensions = [\"year\", \"place\"]";
    let pipeline =
        cells("g", "", columns) + &cells("p", "", columns) + &table("t", group) + &table("all", all);
    let of_group = "year,place,n\n2020,ALL,30\n2020,A,10\n2020,B,20\n";
    let cases = [
        (
            "whole",
            "year,place,n\n2020,ALL,100\n2020,A,50\n2020,B,50\n",
            "t: year=2020 place=_T indicator=segregation value=0.238 obs_status=A",
        ),
        (
            "with a part left out",
            "year,place,n\n2020,ALL,130\n2020,A,50\n2020,B,50\n",
            "t: year=2020 place=_T indicator=segregation value= obs_status=O",
        ),
        (
            "without a total",
            "year,place,n\n2020,A,50\n2020,B,50\n",
            "t: year=2020 place=_T indicator=segregation value= obs_status=O",
        ),
    ];
    for (name, population, row) in cases {
        check(&Project {
            name,
            files: vec![("g.csv", of_group), ("p.csv", population)],
            pipeline: pipeline.clone(),
            status: 0,
            told: vec![],
            rows: vec![row],
        });
    }
}

/// An area between which and the others nobody moved is one of them all the same.
#[test]
fn areas_without_flows() {
    let source = records(
        "s",
        "year = { type = \"integer\" }\norigin = { codes = { A = \"A\", B = \"B\", C = \"C\" } }\ndestination = { codes = { A = \"A\", B = \"B\", C = \"C\" } }",
    );
    let population = cells(
        "p",
        "",
        "year = { type = \"integer\" }\nplace = { codes = { A = \"A\", B = \"B\", C = \"C\" } }",
    );
    let flows = "source = \"s\"\nmeasure = \"count\"\nconcept = \"moves\"\ndimensions = [\"year\", \"origin\", \"destination\"]\n\
        indicators = [{ name = \"migration_intensity\", per = { table = \"all\" } }, \"connectivity\"]";
    let all = "source = \"p\"\nmeasure = \"stock\"\ndimensions = [\"year\", \"place\"]";
    check(&Project {
        name: "an area without flows",
        files: vec![
            ("s.csv", "year,origin,destination\n2020,A,B\n2021,A,B\n2021,B,C\n"),
            ("p.csv", "year,place,n\n2020,A,2\n2020,B,1\n2020,C,2\n2021,A,1\n2021,B,1\n2021,C,2\n"),
        ],
        pipeline: source + &population + &table("t", flows) + &table("all", all),
        status: 0,
        told: vec![],
        rows: vec![
            // One of five persons, three areas.
            "t: year=2020 origin=_T destination=_T indicator=migration_intensity value=20.0 base=5",
            // One of six pairs, two of six.
            "t: year=2020 indicator=connectivity value=0.167",
            "t: year=2021 indicator=connectivity value=0.333",
        ],
    });
}

/// A population that has days needs no other.
#[test]
fn days_of_populations() {
    let columns = "reference_date = { from = \"day\", type = \"date\", format = \"%Y-%m-%d\" }\nplace = { codes = { A = \"A\", B = \"B\" }, total = \"ALL\" }";
    let body = "measure = \"stock\"\nsource = \"g\"\ndimensions = [\"reference_date\", \"place\"]\n\
        indicators = [{ name = \"segregation\", per = { table = \"all\", on = \"01-01\" } }]";
    let all = "source = \"p\"\nmeasure = \"stock\"\ndimensions = [\"reference_date\", \"place\"]";
    let file = "day,place,n\n2020-01-01,ALL,30\n2020-01-01,A,10\n2020-01-01,B,20\n";
    check(&Project {
        name: "two days",
        files: vec![("g.csv", file), ("p.csv", file)],
        pipeline: cells("g", "", columns) + &cells("p", "", columns) + &table("t", body) + &table("all", all),
        status: 10,
        told: vec!["`all` has days of its own: leave out `on`"],
        rows: vec![],
    });
}

/// A year before, a month is another one.
#[test]
fn parts_of_years() {
    let source = records(
        "s",
        "day = { type = \"date\", format = \"%Y-%m-%d\" }\nsex = { codes = { F = \"F\", M = \"M\" } }",
    );
    for (part, told) in [("month", "leave out `month`"), ("quarter", "leave out `quarter`")] {
        let steps = format!(
            "[[clean]]\nop = \"derive\"\ncolumn = \"year\"\nmethod = \"year\"\nfrom = \"day\"\n\
             [[clean]]\nop = \"derive\"\ncolumn = \"{part}\"\nmethod = \"{part}\"\nfrom = \"day\"\n"
        );
        let body = format!(
            "measure = \"count\"\nconcept = \"c\"\ndimensions = [\"year\", \"{part}\"]\nindicators = [\"change\"]"
        );
        check(&Project {
            name: "a part of a year",
            files: vec![("s.csv", "day,sex\n2020-01-01,F\n")],
            pipeline: source.clone() + &steps + &table("t", &body),
            status: 10,
            told: vec!["one dimension of time", told],
            rows: vec![],
        });
    }
}

/// A total that one of two tables of records has and the other lacks would be compared with nobody.
#[test]
fn totals_of_one_table_only() {
    let columns = "year = { type = \"integer\" }\nsex = { codes = { F = \"F\", M = \"M\" } }";
    let flows = |name: &str, totals: &str, more: &str| {
        table(
            name,
            &format!(
                "source = \"s\"\nmeasure = \"count\"\nconcept = \"c\"\ndimensions = [\"year\", \"sex\"]\n{totals}\n{more}"
            ),
        )
    };
    let net = "indicators = [{ name = \"net_migration\", less = { table = \"out\" } }]";
    let totals = "totals = [\"sex\"]";
    for (here, there, status) in [(totals, "", 10), ("", totals, 10), (totals, totals, 0), ("", "", 0)] {
        let told = if status == 10 { vec!["totals of `sex` in both tables"] } else { vec![] };
        check(&Project {
            name: "totals",
            files: vec![("s.csv", "year,sex\n2020,F\n2020,M\n")],
            pipeline: records("s", columns) + &flows("in", here, net) + &flows("out", there, ""),
            status,
            told,
            rows: vec![],
        });
    }
}

/// Counts beside a population of as many decimals: `12.5` of it would be taken for 125.
#[test]
fn decimals_of_populations() {
    let columns =
        "year = { type = \"integer\" }\nplace = { codes = { A = \"A\", B = \"B\" }, total = \"ALL\" }";
    let decimal =
        cells("p", "", columns).replace("type = \"integer\" }\n", "type = \"decimal\", scale = 1 }\n");
    let decimal =
        decimal.replace("year = { type = \"decimal\", scale = 1 }", "year = { type = \"integer\" }");
    let group = "source = \"g\"\nmeasure = \"stock\"\ndimensions = [\"year\", \"place\"]\n\
        indicators = [{ name = \"segregation\", per = { table = \"all\" } }]";
    let all = "source = \"p\"\nmeasure = \"stock\"\ndimensions = [\"year\", \"place\"]";
    check(&Project {
        name: "decimals",
        files: vec![
            ("g.csv", "year,place,n\n2020,ALL,30\n2020,A,10\n2020,B,20\n"),
            ("p.csv", "year,place,n\n2020,ALL,100.0\n2020,A,50.5\n2020,B,49.5\n"),
        ],
        pipeline: cells("g", "", columns) + &decimal + &table("t", group) + &table("all", all),
        status: 12,
        told: vec!["its counts have 1 decimals, those beside them 0"],
        rows: vec![],
    });
}

/// The population at the end of the last year, counted from records, is read for its mean and not published.
#[test]
fn the_last_year_has_a_mean_population() {
    let people = records("p", "issued = { type = \"date\" }\nexpires = { type = \"date\" }");
    let events = cells("e", "", "year = { type = \"integer\" }");
    let step = |last: &str| {
        format!(
            "[[clean]]\nsource = \"p\"\nop = \"expand\"\nfirst = \"issued\"\nlast = \"expires\"\n\
             at = [2001-01-01, 2002-01-01{last}]\nuntil = 2003-12-31\n"
        )
    };
    let rates = "source = \"e\"\nmeasure = \"flow\"\nunit = \"migrations\"\ndimensions = [\"year\"]\n\
        indicators = [{ name = \"crude_rate\", per = { table = \"people\" } }]";
    let population = "source = \"p\"\nmeasure = \"stock\"\nunit = \"persons\"\nconcept = \"residents\"\ndimensions = [\"reference_date\"]";
    let of_2001 = "t: year=2001 indicator=crude_rate value=4000 obs_status=A base=3";
    let cases = [
        (", 2003-01-01", "t: year=2002 indicator=crude_rate value=2000 obs_status=A base=3"),
        ("", "t: year=2002 indicator=crude_rate value= obs_status=O"),
    ];
    for (last, of_2002) in cases {
        check(&Project {
            name: "a mean of records",
            files: vec![
                ("e.csv", "year,n\n2001,10\n2002,6\n"),
                (
                    "p.csv",
                    "issued,expires\n2000-06-01,2001-06-30\n2000-06-01,2002-06-30\n2001-06-01,2003-06-30\n\
                     2001-06-01,2003-06-30\n2002-06-01,2003-06-30\n",
                ),
            ],
            pipeline: "period = [2001, 2002]\n".to_owned()
                + &people
                + &events
                + &step(last)
                + &table("t", rates)
                + &table("people", population),
            status: 0,
            told: vec![],
            rows: vec![
                of_2001,
                of_2002,
                "people: reference_date=2002-01-01 value=3",
                "no people: reference_date=2003-01-01",
            ],
        });
    }
}

/// A sum lies behind the breaks of all its parts, whatever else is to be known of them.
#[test]
fn breaks_of_parts() {
    let columns = "year = { type = \"integer\" }\nsex = { codes = { F = \"F\", M = \"M\" } }\nobs_status = { from = \"flag\" }";
    let body = "measure = \"stock\"\ndimensions = [\"year\"]\nindicators = [\"growth\"]";
    check(&Project {
        name: "a broken part",
        files: vec![("s.csv", "year,sex,n,flag\n2019,F,5,\n2019,M,5,\n2020,F,6,b\n2020,M,6,e\n")],
        pipeline: cells("s", "additive = [\"sex\"]", columns) + &table("t", body),
        status: 0,
        told: vec![],
        rows: vec![
            "t: year=2020 indicator=stock value=12.0 obs_status=BE",
            "no t: year=2020 indicator=growth value=20.0",
        ],
    });
}

/// The same persons are there in January and in February, however months are written.
#[test]
fn stocks_over_parts_of_years() {
    for (column, [first, second], file) in [
        ("time", ["Jan", "Feb"], "year,time,n\n2020,Jan,100\n2020,Feb,90\n"),
        ("time", ["gennaio", "febbraio"], "year,time,n\n2020,gennaio,100\n2020,febbraio,90\n"),
        ("time", ["Q1", "Q2"], "year,time,n\n2020,Q1,100\n2020,Q2,90\n"),
        ("time", ["31/03", "30/06"], "year,time,n\n2020,31/03,100\n2020,30/06,90\n"),
        ("month", ["1", "2"], "year,month,n\n2020,1,100\n2020,2,90\n"),
    ] {
        let columns = format!(
            "year = {{ type = \"integer\" }}\n{column} = {{ codes = {{ \"{first}\" = \"{first}\", \"{second}\" = \"{second}\" }} }}"
        );
        check(&Project {
            name: first,
            files: vec![("s.csv", file)],
            pipeline: cells("s", "additive = true", &columns)
                + &table("t", "measure = \"stock\"\ndimensions = [\"year\"]"),
            status: 10,
            told: vec!["would add up a stock over the times of"],
            rows: vec![],
        });
    }
}
