//! One change a file, over a source of which the rows are known: every row is read as it was written, or is rejected, or
//! the file is refused. None is shifted, merged or lost without a word.

use std::collections::BTreeMap;

use denizen_spec::Source;

use crate::project::{Project, Read, read, records};

const HEADER: [&str; 5] = ["id", "nombre", "comune", "fecha", "nota"];

/// Rows in Spanish and Italian, with all that a writer has to put in quotes.
fn rows() -> Vec<Vec<String>> {
    let row = |(id, (name, comune, nota)): (usize, &(&str, &str, &str))| {
        let date = format!("{}-0{}-1{}", 2001 + id, 1 + id % 9, id % 9);
        [&(101 + id).to_string(), *name, *comune, &date, *nota].map(|text: &str| text.to_owned()).to_vec()
    };
    let texts = [
        ("José Núñez", "Forlì", "ninguna"),
        ("Rossi, Anna", "Bologna; Italia", "Callao; Lima"),
        ("María \"Mari\" Peña", "Cantù", "vedi allegato"),
        ("O'Higgins", "L'Aquila", "prima riga\nseconda riga"),
        ("Ángel", "Città di Castello", ""),
        ("Quispe", "San Donà; Piave", "via Roma, 5\nint. 2"),
        ("Mamani; Luis", "Tacna", "tubo de 5\""),
        ("Bianchi", "Ñuñoa", "\"citato\""),
        ("Zoë", "Iñapari", "ok"),
    ];
    texts.iter().enumerate().map(row).collect()
}

fn field(text: &str, delimiter: char, always: bool) -> String {
    let is_special = |c: char| c == delimiter || matches!(c, '"' | '\n');
    if always || text.contains(is_special) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn line(row: &[impl AsRef<str>], delimiter: char, always: bool) -> String {
    let fields = row.iter().map(|text| field(text.as_ref(), delimiter, always));
    fields.collect::<Vec<_>>().join(&delimiter.to_string()) + "\n"
}

fn body(always: bool) -> String {
    rows().iter().map(|row| line(row, ';', always)).collect()
}

/// A file of a kind of pollution.
struct Polluted {
    kind: &'static str,
    bytes: Vec<u8>,
    /// The rows that are changed.
    touched: Vec<usize>,
}

/// Every place at which a character may stand too much or be missing, one at a time.
fn characters(always: bool, files: &mut Vec<Polluted>) {
    let (header, body) = (line(&HEADER, ';', false), body(always));
    let lengths = rows().into_iter().map(|row| line(&row, ';', always).len());
    let rows_of = lengths.enumerate().flat_map(|(row, length)| std::iter::repeat_n(row, length));
    let rows_of: Vec<usize> = rows_of.collect();
    for (index, c) in body.char_indices() {
        let mut push = |kind, body: String| {
            let touched = vec![rows_of[index], rows_of[index] + usize::from(c == '\n')];
            files.push(Polluted { kind, bytes: (header.clone() + &body).into_bytes(), touched });
        };
        let (before, behind) = body.split_at(index);
        let rest = &behind[c.len_utf8()..];
        push("a quote too much", format!("{before}\"{behind}"));
        push("a delimiter too much", format!("{before};{behind}"));
        push("a blank too much", format!("{before} {behind}"));
        match c {
            '"' => push("a quote is missing", format!("{before}{rest}")),
            ';' => {
                push("a delimiter is missing", format!("{before}{rest}"));
                push("another delimiter", format!("{before},{rest}"));
                push("a blank for a delimiter", format!("{before} {rest}"));
            }
            '\n' => {
                push("a line end is missing", format!("{before}{rest}"));
                push("an empty line", format!("{before}\n\n{rest}"));
                push("another line end", format!("{before}\r{rest}"));
                push("a page line", format!("{before}\nPage 2\n{rest}"));
            }
            _ => {}
        }
    }
}

/// Rows in which nothing needs a quote.
fn plain_rows() -> Vec<Vec<String>> {
    let row = |row: usize| ["", "b", "c", "d", "e"].map(|column| format!("{column}{row}")).to_vec();
    (0..4).map(row).collect()
}

/// A quote before a field of a line, and one behind a field of a later line; the first may be cut behind its quote.
fn pairs_of_quotes(files: &mut Vec<Polluted>) {
    let plain = plain_rows();
    for (open, close, first, last, between) in (0..5).flat_map(|open| {
        (0..5).flat_map(move |close| {
            [(0, 1), (0, 2)].into_iter().flat_map(move |(first, last)| {
                ["", "Page 2\n", "x;\"y; z\";1;2;3\n", "\n"]
                    .map(|between| (open, close, first, last, between))
            })
        })
    }) {
        for is_cut in [false, true] {
            let mut rows = plain.clone();
            rows[first][open].insert(0, '"');
            rows[last][close].push('"');
            let mut lines: Vec<String> = rows.iter().map(|row| row.join(";") + "\n").collect();
            // What is cut in the first column leaves nothing that tells a text of two lines from two rows.
            if is_cut && open > 0 && open < 4 {
                lines[first] = rows[first][..=open].join(";") + "\n";
            }
            lines.insert(last, between.to_owned());
            files.push(Polluted {
                kind: "a pair of quotes",
                bytes: (line(&HEADER, ';', false) + &lines.concat()).into_bytes(),
                touched: vec![first, last, 4],
            });
        }
    }
}

/// Changes of whole lines and of whole files.
fn shapes(files: &mut Vec<Polluted>) {
    let (header, body) = (line(&HEADER, ';', false), body(false));
    let half: usize = rows().iter().take(3).map(|row| line(row, ';', false).len()).sum();
    let (above, below) = body.split_at(half);
    let other = "producto;precio;unidad;origen;clase\npan;3;kg;Lima;a\nolio;12;l;Bari;b\nsal;1;kg;Ica;a\n";
    let moved = "nombre;id;comune;fecha;nota\nAna;9;Lima;2001-01-01;\n";
    let latin =
        |text: &str| -> Vec<u8> { text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect() };
    let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let all: [(&str, Vec<u8>); 28] = [
        ("as it was", (header.clone() + &body).into_bytes()),
        ("without the last line end", (header.clone() + body.trim_end()).into_bytes()),
        ("with a mark", format!("\u{feff}{header}{body}").into_bytes()),
        ("with two marks", format!("{header}{above}\u{feff}{below}").into_bytes()),
        ("the header again", format!("{header}{above}{header}{below}").into_bytes()),
        ("the header again, with a mark", format!("{header}{above}\u{feff}{header}{below}").into_bytes()),
        ("the header twice", format!("{header}{header}{body}").into_bytes()),
        ("a header of two lines", format!("{header};;;(aaaa-mm-dd);\n{body}").into_bytes()),
        ("a header torn in two", format!("id;nombre\n;comune;fecha;nota\n{body}").into_bytes()),
        ("no header", body.clone().into_bytes()),
        ("a second table, same width", format!("{header}{body}\n{other}").into_bytes()),
        ("a second table with a title", format!("{header}{body}\nTabla 2\n\n{other}").into_bytes()),
        (
            "a second table, narrower",
            format!("{header}{body}\nproducto;precio\npan;3\nolio;12\n").into_bytes(),
        ),
        ("a second table, wider", format!("{header}{body}\na;b;c;d;e;f\n1;2;3;4;5;6\n").into_bytes()),
        ("a second table between", format!("{header}{above}\n{other}\n{header}{below}").into_bytes()),
        ("columns in another order", format!("{header}{above}{moved}").into_bytes()),
        ("titles above", format!("Registro\n\n{header}{body}").into_bytes()),
        ("a comment above", format!("# Registro; 2001\n{header}{body}").into_bytes()),
        ("sep line", format!("sep=;\n{header}{body}").into_bytes()),
        ("another sep line", format!("sep=,\n{header}{body}").into_bytes()),
        ("a footer", format!("{header}{body}\nFonte: ufficio\n").into_bytes()),
        (
            "cut with commas",
            line(&HEADER, ',', false)
                .into_bytes()
                .into_iter()
                .chain(rows().iter().flat_map(|row| line(row, ',', false).into_bytes()))
                .collect(),
        ),
        ("other quotes", (header.replace('"', "'") + &body.replace('"', "'")).into_bytes()),
        ("escaped quotes", (header.clone() + &body.replace("\"\"", "\\\"")).into_bytes()),
        ("windows-1252", latin(&(header.clone() + &body))),
        ("half in windows-1252", [(header.clone() + above).into_bytes(), latin(below)].concat()),
        ("UTF-16", wide(&(header.clone() + &body))),
        ("a sign at the end", format!("{header}{body}\u{1a}").into_bytes()),
    ];
    files.extend(all.into_iter().map(|(kind, bytes)| Polluted { kind, bytes, touched: Vec::new() }));
}

/// What became of the rows of all files of a kind.
#[derive(Debug, Default)]
struct Tally {
    files: usize,
    right: usize,
    /// Rows that are missing, where at least as many lines were rejected or a fault said that they are.
    missing: usize,
    refused: usize,
    /// Of the rows that are missing, those that were not changed.
    good: usize,
    /// Rows that are in no way those that were written.
    wrong: Vec<String>,
    /// Rows whose last text ends where it had a line end, the rest being a line that was rejected.
    torn: usize,
    /// Files with rows missing and nothing rejected.
    silent: usize,
}

/// A row without the signs that a change puts into a text or takes out of it. Between the fields stand others.
fn plain(row: &str) -> String {
    let row = row.replace("Page 2", "");
    row.chars()
        .filter(|c| !matches!(c, '"' | '\'' | '\\' | ';' | ',' | '-' | '\r' | '\n' | ' ' | '\u{feff}'))
        .collect()
}

/// Whether a row is one that was written, without the lines behind the first of its last text.
fn is_torn(row: &str, truth: &[String]) -> bool {
    truth.iter().any(|known| {
        let (first, rest) = known.split_once('\n').unwrap_or((known, ""));
        !rest.is_empty() && !rest.contains('|') && plain(first) == plain(row)
    })
}

fn tally(tally: &mut Tally, outcome: &Read, truth: &[String], touched: &[usize]) {
    tally.files += 1;
    let Ok(outcome) = outcome else {
        tally.refused += 1;
        return;
    };
    let mut left: Vec<(usize, String)> = truth.iter().map(|row| plain(row)).enumerate().collect();
    for row in outcome.rows() {
        match left.iter().position(|(_, known)| *known == plain(row)) {
            Some(known) => {
                left.swap_remove(known);
                tally.right += 1;
            }
            None if is_torn(row, truth) && !outcome.rejects.is_empty() => tally.torn += 1,
            None => tally.wrong.push(row.to_owned()),
        }
    }
    tally.missing += left.len();
    tally.good += left.iter().filter(|(row, _)| !touched.contains(row)).count();
    tally.silent += usize::from(!left.is_empty() && outcome.rejects.is_empty());
}

fn source(encoding: &str) -> Source {
    let columns = HEADER.map(|name| format!("{name} = {{}}")).join("\n");
    let fields = "files = \"in.csv\"\nformat = \"csv\"\ndelimiter = \";\"\nmax_rejected = 1.0";
    records(&format!("{fields}\nencoding = \"{encoding}\""), &columns)
}

fn measured(files: &[Polluted], truth: &[String], encoding: &str) -> BTreeMap<&'static str, Tally> {
    let source = source(encoding);
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    let project = Project::new().with("in.csv", "");
    for file in files {
        std::fs::write(project.path().join("in.csv"), &file.bytes).unwrap();
        tally(
            tallies.entry(file.kind).or_default(),
            &read(&source, project.path(), None, 1),
            truth,
            &file.touched,
        );
    }
    tallies
}

fn plain_truth() -> Vec<String> {
    // The last is put between the others in some files.
    let mut truth: Vec<String> = plain_rows().iter().map(|row| row.join("|")).collect();
    truth.push("x|y; z|1|2|3".to_owned());
    truth
}

fn truth() -> Vec<String> {
    let shown = |text: &String| if text.is_empty() { "-".to_owned() } else { text.clone() };
    rows().iter().map(|row| row.iter().map(shown).collect::<Vec<_>>().join("|")).collect()
}

#[test]
fn nothing_is_wrong_without_a_word() {
    let mut files = Vec::new();
    characters(false, &mut files);
    characters(true, &mut files);
    shapes(&mut files);
    let mut tallies = measured(&files, &truth(), "utf-8");
    let mut pairs = Vec::new();
    pairs_of_quotes(&mut pairs);
    tallies.extend(measured(&pairs, &plain_truth(), "utf-8"));
    let wrong: Vec<_> =
        tallies.iter().filter(|(_, tally)| !tally.wrong.is_empty() || tally.silent > 0).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Of the rows that were not changed, none is lost to a change of another; a text of several lines whose quotes are
    // gone is a row, cut short, and a line that is rejected.
    let by_kind = |count: fn(&Tally) -> usize| -> Vec<(&str, usize)> {
        let counts = tallies.iter().map(|(kind, tally)| (*kind, count(tally)));
        counts.filter(|(_, count)| *count > 0).collect()
    };
    let whole_files =
        [("escaped quotes", 2), ("half in windows-1252", 4), ("other quotes", 4), ("windows-1252", 6)];
    assert_eq!(by_kind(|tally| tally.good), whole_files);
    assert_eq!(
        by_kind(|tally| tally.torn),
        [("a quote is missing", 4), ("a quote too much", 4), ("other quotes", 1)]
    );
}
