//! Flows estimated from stocks, in a whole run.

use super::{Project, cells, check, table};

const COLUMNS: &str = "reference_date = { from = \"day\", type = \"date\" }\n\
    country_of_birth = { codes = { A = \"A\", B = \"B\", C = \"C\" }, total = \"ALL\" }\n\
    residence = { codes = { A = \"A\", B = \"B\", C = \"C\", Z = \"Z\" } }";

/// Those born in A, B and C who live in A, B and C, with the totals of births.
const STOCKS: &str = "day,country_of_birth,residence,n\n\
    2010-01-01,A,A,100\n2010-01-01,A,B,10\n2010-01-01,A,C,10\n\
    2010-01-01,B,A,20\n2010-01-01,B,B,50\n2010-01-01,B,C,20\n\
    2010-01-01,C,A,10\n2010-01-01,C,B,40\n2010-01-01,C,C,140\n\
    2010-01-01,ALL,A,130\n2010-01-01,ALL,B,100\n2010-01-01,ALL,C,170\n\
    2015-01-01,A,A,90\n2015-01-01,A,B,20\n2015-01-01,A,C,10\n\
    2015-01-01,B,A,30\n2015-01-01,B,B,30\n2015-01-01,B,C,30\n\
    2015-01-01,C,A,10\n2015-01-01,C,B,20\n2015-01-01,C,C,160\n\
    2015-01-01,ALL,A,130\n2015-01-01,ALL,B,70\n2015-01-01,ALL,C,200\n";

/// By hand: of those born in A ten went from A to B, of those born in B ten from B to A and ten to C, of those born in C twenty from B to C.
/// The moves less those the other way are what the areas have more.
#[test]
fn transitions_of_three_areas() {
    let source = cells("s", "additive = [\"country_of_birth\"]", COLUMNS);
    let body = "measure = \"flow\"\nunit = \"persons\"\ndimensions = [\"reference_date\", \"previous_residence\", \"residence\"]";
    check(&Project {
        name: "transitions",
        files: vec![("s.csv", STOCKS)],
        pipeline: source + "[[clean]]\nop = \"flows_from_stocks\"\n" + &table("t", body),
        status: 0,
        told: vec![],
        rows: vec![
            "t: reference_date=2015-01-01 previous_residence=A residence=B value=10 obs_status=E",
            "t: previous_residence=B residence=A value=10 obs_status=E",
            "t: previous_residence=B residence=C value=30 obs_status=E",
            "t: previous_residence=C residence=A value=0 obs_status=E",
            "t: previous_residence=A residence=A value=120 obs_status=E",
            "no t: reference_date=2010-01-01",
        ],
    });
}

#[test]
fn what_the_areas_alone_do_not_tell() {
    let source = cells("s", "additive = [\"country_of_birth\", \"previous_residence\"]", COLUMNS);
    let step = "[[clean]]\nop = \"flows_from_stocks\"\n";
    let shown = |dimensions: &str| {
        table("t", &format!("measure = \"flow\"\nunit = \"persons\"\ndimensions = [{dimensions}]"))
    };
    let all = "\"reference_date\", \"previous_residence\", \"residence\"";
    let more: &'static str = STOCKS.replace("2015-01-01,A,A,90", "2015-01-01,A,A,95").leak();
    let more: &'static str = more.replace("2015-01-01,ALL,A,130", "2015-01-01,ALL,A,135").leak();
    let gone: &'static str = STOCKS.replace("2010-01-01,C,A,10\n", "").leak();
    let outside = step.to_owned() + "outside = \"Z\"\n";
    let cases = [
        // Sums over where they lived before are the stocks of the later date.
        (
            "sums",
            STOCKS,
            step.to_owned(),
            "\"reference_date\", \"residence\"",
            0,
            vec![],
            vec!["t: residence=C value=200"],
        ),
        (
            "more",
            more,
            step.to_owned(),
            all,
            12,
            vec!["those of country_of_birth=A are not as many on 2015-01-01 as on 2010-01-01", "`outside"],
            vec![],
        ),
        (
            "more, from elsewhere",
            more,
            outside.clone(),
            all,
            0,
            vec![],
            vec!["t: previous_residence=Z residence=B value=5"],
        ),
        (
            "no such code",
            more,
            outside.replace('Z', "Y"),
            all,
            10,
            vec!["`residence` has no code `Y`"],
            vec![],
        ),
        (
            "an area that is not there",
            gone,
            step.to_owned(),
            all,
            12,
            vec!["there is no cell of country_of_birth=C residence=A on 2010-01-01"],
            vec![],
        ),
    ];
    for (name, file, step, dimensions, status, told, rows) in cases {
        check(&Project {
            name,
            files: vec![("s.csv", file)],
            pipeline: source.clone() + &step + &shown(dimensions),
            status,
            told,
            rows,
        });
    }
}
