//! Refusals of tables that are compared, of accounts and of series.

/// What is said of the first table, `here`, beside `there`: measure, dimensions, indicators and more of each.
fn refusals(here: [&str; 3], there: [&str; 3]) -> Vec<String> {
    let [measure, dimensions, more] = here;
    let [measure_there, dimensions_there, more_there] = there;
    let source = |name: &str, dimensions: &str| {
        let country = format!("{{ list = '{name}-country', total = 'T' }}");
        let columns = [
            ("year", "{ type = 'integer' }"),
            ("reference_date", "{ type = 'date' }"),
            ("sex", "{ list = 'sex', total = 'T' }"),
            ("country", &country),
            ("origin", "{ list = 'c', total = 'T' }"),
            ("area", "{ list = 'c' }"),
            ("item", "{ list = 'item', total = 'T' }"),
        ];
        let shown = columns.iter().filter(|(column, _)| dimensions.contains(column));
        let shown: String = shown.map(|(column, is)| format!("{column} = {is}\n")).collect();
        format!(
            "[source.{name}]\nfiles = '{name}'\nformat = 'csv'\nkind = 'cells'\nconcept = '{name}'\n\
             [source.{name}.columns]\n{shown}value = {{ type = 'integer' }}\n"
        )
    };
    let table = |name: &str, measure: &str, dimensions: &str, more: &str| {
        format!(
            "[[table]]\nname = '{name}'\nsource = '{name}'\nmeasure = '{measure}'\ndimensions = [{dimensions}]\n{more}\n"
        )
    };
    let text = format!(
        "spec = 1\ntitle = 'T'\nvintage = '1'\n{}{}{}{}",
        source("here", dimensions),
        source("there", dimensions_there),
        table("here", measure, dimensions, more),
        table("there", measure_there, dimensions_there, more_there)
    );
    let faults = crate::parse(&text).err().unwrap_or_default();
    faults.into_iter().map(|fault| fault.message).collect()
}

#[test]
fn what_is_compared_must_be_of_one_kind() {
    let rate =
        |more: &str| format!("indicators = [{{ name = 'crude_rate', per = {{ table = 'there'{more} }} }}]");
    let (plain, on) = (rate(""), rate(", on = '01-01'"));
    let share = "indicators = [{ name = 'population_share', per = { table = 'there' } }]";
    let net = "indicators = [{ name = 'net_migration', less = { table = 'there' } }]";
    let naturalised =
        "indicators = [{ name = 'naturalisation_rate', per = { table = 'there', on = '07-01' } }]";
    let nothing: &[&str] = &[];
    let table: [([&str; 3], [&str; 3], &[&str]); 19] = [
        (["flow", "'year'", &on], ["stock", "'year'", ""], nothing),
        (["flow", "'year'", &plain], ["stock", "'reference_date'", ""], nothing),
        (["flow", "'year', 'sex'", &on], ["stock", "'year', 'sex', 'item'", ""], nothing),
        (["flow", "'year'", "indicators = 'crude_rate'"], ["stock", "'year'", ""], &["another table: `per`"]),
        (["flow", "'year'", &plain], ["stock", "'year'", ""], &["the day of the population"]),
        (["stock", "'year'", &on], ["stock", "'year'", ""], &["events"]),
        (["flow", "'sex'", &on], ["stock", "'year'", ""], &["the years of its events"]),
        (["flow", "'year'", &on], ["stock", "'sex'", ""], &["the times of the population"]),
        (["flow", "'year'", &on], ["flow", "'year'", ""], &["a population"]),
        (["flow", "'year'", &on], ["stock", "'year'", "unit = 'permits'"], &["a population of persons"]),
        (
            ["flow", "'year', 'country'", &on],
            ["stock", "'year', 'country'", ""],
            &["`country` of the same list in both tables"],
        ),
        (["flow", "'year'", &on], ["stock", "'year', 'area'", ""], &["a total of `area` in `there`"]),
        (
            ["flow", "'year'", &rate(", on = '01-01', where = { area = 'A' }")],
            ["stock", "'year', 'area'", ""],
            nothing,
        ),
        (
            ["flow", "'year'", &rate(", concept = 'x'")],
            ["stock", "'year'", "concept = 'y'"],
            &["the table `there`, which is not there"],
        ),
        (["flow", "'year'", naturalised], ["stock", "'year'", ""], &["the population of 1 January"]),
        (["stock", "'reference_date'", share], ["stock", "'year'", ""], &["the day of the population"]),
        (["flow", "'year'", net], ["flow", "'year', 'sex'", ""], &["the same dimensions in both tables"]),
        (["flow", "'year'", net], ["flow", "'year'", "unit = 'permits'"], &["one unit"]),
        (["flow", "'year'", net], ["stock", "'year'", ""], &["two flows"]),
    ];
    for (here, there, expected) in table {
        let found = refusals(here, there);
        let needs: Vec<&str> = found
            .iter()
            .map(|message| message.split_once(" needs ").map_or(&**message, |(_, what)| what))
            .collect();
        assert_eq!(needs, expected, "{here:?} {there:?}");
    }
}

#[test]
fn accounts_series_and_flows() {
    let account = |codes: &str| {
        format!(
            "indicators = 'balance_residual'\naccount = {{ dimension = 'item', opening = 'A', closing = 'B'{codes} }}"
        )
    };
    let natural = account("").replace("balance_residual", "natural_increase");
    let index =
        |breaks: &str| format!("indicators = [{{ name = 'index', since = 2010 }}]\nbreaks = [{breaks}]");
    let table: [(&str, &str, &[&str]); 13] = [
        ("'year', 'item'", &account(""), &[]),
        (
            "'year', 'item'",
            "indicators = 'balance_residual'",
            &["a residual of the account needs an account"],
        ),
        ("'year'", &account(""), &["a residual of the account needs the dimension `item` of its account"]),
        (
            "'year', 'item'",
            &account(", plus = 'A'"),
            &["a residual of the account needs each code of its account once, and `A` is there twice"],
        ),
        (
            "'year', 'item'",
            &account(", optional = 'C'"),
            &["a residual of the account needs optional items that are items, and `C` is none"],
        ),
        ("'year', 'item'", &natural, &["a natural increase needs births and deaths"]),
        ("'year'", "indicators = 'index'", &["an index needs the year of the earlier count"]),
        ("'year'", &index("2010, 2005"), &[]),
        (
            "'year'",
            &index("2019"),
            &["an index since 2010 would compare across the break in the series of 2019"],
        ),
        ("'year', 'sex'", "indicators = ['women_share', 'rank_change']", &[]),
        ("'sex'", "indicators = 'rank_change'", &["a change of the rank needs one dimension of time"]),
        (
            "'year', 'origin'",
            "indicators = 'connectivity'",
            &["a connectivity needs the dimension `destination`"],
        ),
        ("'year'", "breaks = ['2019']", &["expected a year, such as 2019, found string"]),
    ];
    for (dimensions, more, expected) in table {
        let found = refusals(["flow", dimensions, more], ["stock", "'year'", ""]);
        assert_eq!(found, expected, "{dimensions} {more}");
    }
}
