//! Figures that others have printed, and stocks that tell nothing.

use super::*;
use crate::test_batch::batch;

fn step(outside: Option<&str>) -> FlowsFromStocks {
    FlowsFromStocks {
        declared: denizen_spec::FlowsFromStocks {
            birth: "born".to_owned(),
            residence: "lives".to_owned(),
            date: "day".to_owned(),
            outside: outside.map(str::to_owned),
        },
        others: vec!["born".to_owned(), "sex".to_owned()],
        path: Path::root(),
    }
}

/// Stocks of one birth and sex: `A 100 95` lived in A, on two dates.
fn stocks(birth: &str, areas: &str) -> String {
    let rows = areas.split(", ").flat_map(|area| {
        let parts: Vec<&str> = area.split(' ').collect();
        [("2010-01-01", parts[1]), ("2015-01-01", parts[2])]
            .map(|(day, count)| format!("{birth} F {} {day} {count}", parts[0]))
    });
    rows.collect::<Vec<_>>().join(" | ")
}

fn made(outside: Option<&str>, rows: &str) -> std::result::Result<(RecordBatch, StepReport), String> {
    let mut report = StepReport::new("flows_from_stocks");
    let rows = batch("born sex lives day:day value:integer", rows);
    report.read = rows.num_rows() as u64;
    match step(outside).apply(rows, &mut report) {
        Ok(batch) => Ok((batch, report)),
        Err(Failure::Data(fault)) => Err(fault.message),
        Err(Failure::Program(error)) => panic!("{error}"),
    }
}

/// Who moved: `A>C 2` and so on, those who stayed and nobody aside.
fn moves(outside: Option<&str>, rows: &str) -> std::result::Result<Vec<String>, String> {
    let (batch, report) = made(outside, rows)?;
    assert_eq!(report.accepted(), Some(batch.num_rows() as u64));
    let (to, values) = (batch::words(&batch, "lives").unwrap(), batch::integers(&batch, "value").unwrap());
    let from = batch::words(&batch, columns::PREVIOUS_RESIDENCE).unwrap();
    let shown = (0..batch.num_rows()).filter(|row| values.value(*row) > 0 && from.get(*row) != to.get(*row));
    Ok(shown
        .map(|row| format!("{}>{} {}", from.get(row).unwrap(), to.get(row).unwrap(), values.value(row)))
        .collect())
}

/// Abel and Cohen, Bilateral international migration flow estimates for 200 countries (2019), table 4, in tenths: birthplaces A, B and C.
/// Abel (2013), the same of the example of his method, by hand; and those who leave two areas for two others, by hand.
#[test]
fn printed_figures() {
    let table = [
        ("A 1000 950, B 100 50, C 100 150, D 0 50", vec!["A>C 25", "A>D 25", "B>C 25", "B>D 25"]),
        ("A 800 750, B 1800 2250, C 100 50, D 900 550", vec!["A>B 50", "C>B 50", "D>B 350"]),
        ("A 300 550, B 100 0, C 1400 1150, D 400 500", vec!["B>A 71", "B>D 29", "C>A 179", "C>D 71"]),
        ("A 1000 950, B 100 100, C 10 60, D 0 0", vec!["A>C 50"]),
        ("A 20 40, B 25 45, C 20 0, D 200 180", vec!["C>A 10", "C>B 10", "D>A 10", "D>B 10"]),
        ("A 10 0, B 20 0, C 0 18, D 0 12", vec!["A>C 6", "A>D 4", "B>C 12", "B>D 8"]),
    ];
    for (areas, expected) in table {
        assert_eq!(moves(None, &stocks("X", areas)), Ok(expected.into_iter().map(str::to_owned).collect()));
    }
}

/// Who is more has come from everywhere else, and who is fewer has gone there.
#[test]
fn births_deaths_and_moves_elsewhere() {
    let more = stocks("X", "A 100 90, B 10 40");
    assert_eq!(moves(Some("Z"), &more), Ok(vec!["A>B 10".to_owned(), "Z>B 20".to_owned()]));
    let fewer = stocks("X", "A 100 60, B 10 20");
    assert_eq!(moves(Some("Z"), &fewer), Ok(vec!["A>B 10".to_owned(), "A>Z 30".to_owned()]));
}

/// Each birth and sex by itself, and each pair of dates that follow each other; totals are left out.
#[test]
fn stocks_of_several_groups() {
    let rows = "X F A 2010-01-01 10 | X F B 2010-01-01 0 | Y F A 2010-01-01 5 | Y F B 2010-01-01 5 | \
        X F A 2015-01-01 8 | X F B 2015-01-01 2 | Y F A 2015-01-01 6 | Y F B 2015-01-01 4 | \
        Y F A 2020-01-01 6 | Y F B 2020-01-01 4 | X F A 2020-01-01 9 | X F B 2020-01-01 1 | \
        _T F A 2010-01-01 15 | X F _T 2010-01-01 10";
    assert_eq!(moves(None, rows).unwrap(), ["A>B 2", "B>A 1", "B>A 1"]);
    let (batch, report) = made(None, rows).unwrap();
    assert_eq!((report.read, report.excluded, report.made), (14, 14, 16));
    assert!(report.counts.contains(&("totals_left_out".to_owned(), 2)), "{:?}", report.counts);
    let [days, before] = ["day", columns::PREVIOUS_DATE].map(|name| batch::days(&batch, name).unwrap());
    let years: std::collections::BTreeSet<_> = (0..batch.num_rows())
        .map(|row| [before.value(row), days.value(row)].map(|day| Date::from_days(day).unwrap().year))
        .collect();
    assert_eq!(years.into_iter().collect::<Vec<_>>(), [[2010, 2015], [2015, 2020]]);
}

#[test]
fn stocks_that_tell_nothing() {
    let whole = stocks("X", "A 10 8, B 0 2");
    let table = [
        (
            stocks("X", "A 10 8, B 0 3"),
            None,
            "those of born=X are not as many on 2015-01-01 as on 2010-01-01",
        ),
        (stocks("X", "A 10 -, B 0 2"), None, "the stock of born=X lives=A on 2015-01-01 is not known"),
        (
            whole.replace(" | X F B 2015-01-01 2", ""),
            None,
            "there is no cell of born=X lives=B on 2015-01-01",
        ),
        (format!("{whole} | Y F B 2015-01-01 2"), None, "there is no cell of born=Y on 2010-01-01"),
        (format!("{whole} | X M B 2010-01-01 2"), None, "there is no cell of born=X on 2015-01-01"),
        ("X F A 2010-01-01 2 | X F B 2010-01-01 3".to_owned(), None, "all stocks are of 2010-01-01"),
        (
            format!("{whole} | X F B 2015-01-01 2"),
            None,
            "there are two cells of born=X lives=B on 2015-01-01",
        ),
        (format!("{whole} | X F - 2015-01-01 2"), None, "a cell does not state birth, residence and date"),
        (whole.clone(), Some("B"), "`B` is an area in which persons live"),
    ];
    for (rows, outside, expected) in table {
        assert_eq!(made(outside, &rows).map(|_| ()).unwrap_err(), expected, "{rows}");
    }
    let broken = batch("born sex lives day:day value:integer", &whole);
    let marks: ArrayRef = Arc::new(StringArray::from(vec![None, Some("b"), None, None]));
    let broken = batch::with_column(broken, columns::MARK, marks).unwrap();
    let failure = step(None).apply(broken, &mut StepReport::new("f")).unwrap_err();
    let Failure::Data(fault) = failure else { panic!() };
    assert_eq!(fault.message, "the series has a break before born=X lives=A on 2015-01-01");
}
