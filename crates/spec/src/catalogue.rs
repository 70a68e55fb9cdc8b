//! The closed catalogue of everything that `denizen` can find wrong, with one page for each.
//!
//! `denizen explain CODE` prints a page. A code is never given a second meaning.

/// One page of the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// What it is, in one line.
    pub title: &'static str,
    /// How it comes about.
    pub cause: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

macro_rules! catalogue {
    ($($(#[$attribute:meta])* $variant:ident, $id:literal, $title:literal, $cause:literal, $remedy:literal;)*) => {
        /// A kind of fault or warning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $title] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the catalogue.
            pub const ALL: &'static [Code] = &[$(Code::$variant),*];

            /// Its name: the stage that finds it, two colons, what it is.
            pub fn id(self) -> &'static str {
                match self { $(Code::$variant => $id,)* }
            }

            /// Its page.
            pub fn page(self) -> Page {
                match self {
                    $(Code::$variant => Page { title: $title, cause: $cause, remedy: $remedy },)*
                }
            }
        }
    };
}

catalogue! {
    Syntax, "spec::syntax", "The pipeline file is not TOML.",
        "A bracket, a quote or an equals sign is missing or doubled.",
        "Look at the marked place. https://toml.io shows the whole language on one page.";
    UnknownField, "spec::unknown-field", "A field is not known in this table.",
        "It is misspelt, or it belongs to another section.",
        "Take the suggested name, or move the field to the section that it belongs to.";
    MissingField, "spec::missing-field", "A field that must be given is missing.",
        "Some fields have no sensible default: what a table is called, which files a source has, what is counted.",
        "Add the field to the marked table.";
    UnknownValue, "spec::unknown-value", "A value is not one of the known names.",
        "It is misspelt, or the program knows no such format, operation, measure or version.",
        "Take one of the names that the message lists.";
    WrongType, "spec::wrong-type", "A value has the wrong type or is out of bounds.",
        "For example a number stands where a string is expected, or a quoted date where a date is expected.",
        "Write what the message says is expected. Dates are written without quotes: until = 2007-05-31";
    NoEstimate, "spec::no-estimate", "The last periods of a table cannot be estimated.",
        "Estimates rest on what was known of earlier crossings when they were as old, which a run knows where only the residence rule looks at later rows. They are of migrations by a rule that follows a status, by year, quarter or month of the crossing, from data that end with a month.",
        "Do what the help says, or leave `estimate` out.";
    DateFormat, "spec::date-format", "A date layout cannot be used.",
        "A layout has %Y (four digits) once, %m and %d (two digits) at most once or their other forms, and ASCII characters \
         between them.",
        "`denizen explain pipeline` lists the parts: `%-d/%-m/%Y` reads 1/10/2024. Write for example format = \"%d/%m/%Y\". For a year that stands for a day: format = \"%Y\", at = \"01-01\"";
    UnknownSource, "spec::unknown-source", "A step or table names no source, or one that is not declared.",
        "With several sources, `source = \"…\"` says which one is meant.",
        "Name a source that is declared as [source.NAME].";
    SourceKind, "spec::source-kind", "A source lacks what its kind needs.",
        "Records are crossings, permits, persons. Cells come from published tables: they have a value, a concept, and totals.",
        "Follow the marked line.";
    SourceVariant, "spec::source-variant", "A variant of a source says something else than how its files are read.",
        "A variant states what differs in some files: names of columns, columns that are absent, the format and its options, forms of values. What the columns are, and which there are, holds for all files.",
        "State it in [source.NAME], or read the files as a source of their own.";
    UnknownColumn, "spec::unknown-column", "A step or table uses a column that does not exist there.",
        "Neither the source declares it nor an earlier step makes it. Steps see what stands above them only.",
        "Correct the name, or make the column in an earlier step.";
    WrongColumn, "spec::wrong-column", "A column holds another type than the step works on.",
        "For example an age group is made from whole numbers, a year from a date.",
        "Name another column, or declare its `type` in the source.";
    ColumnTwice, "spec::column-twice", "There would be two columns of one name.",
        "A step makes a column that exists, a table repeats a dimension, or a dimension has a name that every table has.",
        "Rename one of them.";
    PersonalDimension, "spec::personal-dimension", "A table would publish a personal column, or a filter would select by one.",
        "Columns with `personal = true` never leave the restricted half of a release.",
        "Use another dimension.";
    OpenDimension, "spec::open-dimension", "A table of cells leaves a dimension open.",
        "Published cells hold totals beside their parts. Summing over a dimension would count people twice.",
        "Show the dimension, fix it with `filter`, or declare which code is its total.";
    TableTwice, "spec::table-twice", "Two tables have one name and cannot be parts of one table.",
        "Tables of one name go into one file. They must have the same dimensions, and differ in measure, concept or rule. Each table `t` also has the views `t_wide` and `t_labelled` in `views.sql`, so that no other table can be called so.",
        "Rename one, or give both the same dimensions and different concepts.";

    SeveralSources, "spec::several-sources", "Several sources cannot feed one table.",
        "`source = [\"one\", \"other\"]` counts records of both, or puts cells of both, into the same cells. Dimensions must mean the same in each, stocks be of the same days, persons be told apart in the same way, cells be of one concept; and a residence rule sees the rows of one source only.",
        "Follow the marked line; or read the files as one source, with a `[[source.NAME.variant]]` for those whose layout differs; or make a table of each.";

    Direction, "spec::direction", "The direction of a crossing is neither arrival nor departure.",
        "A residence rule needs both words, and no other.",
        "Map the codes of the source: codes = { E = \"arrival\", S = \"departure\" }";
    PersonColumn, "spec::person-column", "A step on persons cannot tell persons apart.",
        "The column that identifies a person must be `personal = true`, and all steps of a source must order the same persons by the same date.",
        "Declare the column as personal, and name the same columns in every step.";
    Disclosure, "spec::disclosure", "Small counts of persons are not protected.",
        "Records of real persons need a decision in [disclosure]. Suppressing small counts protects nobody when they can be recomputed: from totals, from tables that are margins of others, from counts that are hardly rounded. A group of which all are in one category is told of all its members.",
        "State `threshold` and a `rounding_base` of 5 or more; or, where counts may be published as they are, `method = \"none\"` and a `reason`.";

    MissingFile, "ingest::missing-file", "No file fits a path of a source.",
        "Paths are relative to the project: the folder that holds `pipelines/`.",
        "Put the file there, correct `files`, or name other files with --source NAME=PATH.";
    Unreadable, "ingest::unreadable", "A file cannot be read.",
        "The disk refused it, or its compression is damaged.",
        "Fetch the file again. `gzip -t FILE` tests a gzip file, `unzip -t FILE` an archive or a workbook.";
    SurplusColumn, "ingest::surplus-column", "A file has a column that its variant says it lacks.",
        "What stands in the column would be read as not stated, or as the `value` that the variant states for all rows.",
        "Leave out `absent` or `value` in the variant, or let another variant read the file.";
    SeveralVariants, "ingest::several-variants", "A file can be read by several variants of its source.",
        "Two variants name it in `files` or `years`, or none does and its header has the columns of both.",
        "Give `files` or `years` to the variants, so that each file is of one.";
    MissingColumn, "ingest::missing-column", "A file lacks a column that its source declares.",
        "The publisher renamed it, the delimiter is wrong, or lines stand above the header.",
        "Correct `from` or `delimiter`; the note lists the columns that the file has.";
    AmbiguousColumn, "ingest::ambiguous-column", "A file has two columns of one name, and its source declares that name.",
        "Each row has two values then, and nothing says which one is meant.",
        "Say which one is meant: `from = \"name (2)\"` is the second of them.";
    Encoding, "ingest::encoding", "Bytes that are not text in the declared encoding.",
        "The file is in another encoding than declared, or was damaged on its way. Rows with such bytes are rejected. Texts that are UTF-8 beyond doubt are in no other encoding, although they could be read in it: `IÃ±apari`.",
        "Declare the encoding of the file, such as encoding = \"windows-1252\".";
    UnclearName, "ingest::unclear-name", "A name that is compared has no letters, or a sign that may stand for a lost one.",
        "Of a column with `fold` only letters and digits are compared. `?`, `*`, `#` and the like often stand where a letter was lost, and two names that differ there may be one.",
        "Declare the encoding in which no letter is lost; name placeholders such as `---` in `missing`; or leave out `fold`.";
    UnknownEncoding, "ingest::unknown-encoding", "An encoding is not known or cannot be read.",
        "Labels are those of the WHATWG standard, those of DOS code pages (cp437, cp850, cp852, cp857, cp858, cp860, cp863, cp865), utf-16, utf-16le, utf-16be, and auto.",
        "Use a label such as utf-8, windows-1252 or cp850, or convert the file first.";
    OtherFormat, "ingest::other-format", "A file is in another format than the one declared.",
        "A workbook, an archive, a page of a website, or text in which each character takes two bytes. Its name does not tell, its first bytes do.",
        "Declare the format that it has: `xlsx`, `xls`, `ods`, `parquet`. Else convert the file to CSV in UTF-8, as the message says, and record it as a snapshot of its own.";
    Sheet, "ingest::sheet", "Which sheet of a workbook is meant is not told, or it has no such sheet.",
        "A workbook with several sheets that are not hidden is read only where `sheet` names one or some of them: what lies on them may be unlike tables. Sheets that are read together have the same header.",
        "Write sheet = \"NAME\", its number, a pattern such as \"A * 2023\", or several of them in brackets. The message lists the sheets.";
    TruncatedExport, "ingest::truncated-export", "A workbook was cut off by the site that made it.",
        "IstatData writes 50 sheets at the most, and leaves out the others without a word. A workbook of exactly 50 is in all likelihood not the whole table.",
        "Fetch the table as CSV (SDMX-CSV), or in parts. Sheets that are named one by one are read.";
    HiddenCells, "ingest::hidden-cells", "A workbook has hidden sheets or rows.",
        "What is hidden was perhaps taken out, or filtered away for a view only. Hidden sheets are read only where they are named, hidden rows like all others.",
        "Look at them in a spreadsheet program. Rows that do not belong to the table are to be deleted there, and the file recorded anew.";
    MergedCell, "ingest::merged-cell", "A row shares a cell with other rows.",
        "A merged cell has its value in its first row only. Whether that holds for each of its rows (a name) or for all of them together (a count) the file does not say.",
        "Write merged = \"repeat\" where it holds for each; or unmerge the cells in the file.";
    FormulaWithoutValue, "ingest::formula-without-value", "A cell has a formula, and no value that was computed.",
        "Programs that write workbooks leave out the values; a spreadsheet program computes them when it opens and saves the file. Formulas are not computed here.",
        "Open the file in a spreadsheet program and save it.";
    InexactNumber, "ingest::inexact-number", "A number has more digits than a workbook keeps.",
        "Spreadsheets keep 15 digits of a number: longer ones, such as numbers of documents, have lost their end. Two of them may have become one.",
        "Ask for the file with such numbers as text.";
    Limit, "ingest::limit", "A file is larger than what is read of its kind.",
        "A few kilobytes can unpack to terabytes, and a workbook or a page of a Parquet file must be held in memory. What is far beyond any real table of its kind is not read.",
        "Write the table as CSV or Parquet, or in several files.";
    ArchiveMember, "ingest::archive-member", "Which member of a ZIP archive is meant is not told, or it has no such member.",
        "An archive with several files is read only where `member` says which of them: the others may be other tables, or their description.",
        "Write member = \"NAME\", or a pattern such as member = \"data/*.csv\": those that fit are read in the order of their names.";
    NestedColumn, "ingest::nested-column", "A column of a file is of a type that is not read.",
        "Lists in a column, and structures and maps of a Parquet file, are tables of their own; intervals and bytes that are no text are no values of a table.",
        "Write the file with a plain column for each value that is needed, or leave the column out of the source.";
    SeparatorLine, "ingest::separator-line", "The first line of a file says the delimiter.",
        "Spreadsheet programs write and read a line such as `sep=;` above the header. It is skipped where it says the delimiter that is declared.",
        "Nothing; or declare the delimiter that the line says.";
    TitleLines, "ingest::title-lines", "Lines above the rows of a file were passed over.",
        "`skip` or `find_header` of the source says that titles stand above the header, or `comment` what a comment begins with.",
        "Nothing is to be done.";
    CommentLine, "ingest::comment-line", "A line is a comment.",
        "It begins as `comment` of the source says. It is no row, and is counted as such.",
        "Nothing is to be done.";
    FooterLine, "ingest::footer-line", "A line stands below the table.",
        "It begins as `footer` of the source says, or comes behind a line that does. It is no row, and is counted as such.",
        "Nothing. If rows are lost so, write more of what the first line below the table begins with.";
    ReturningHeader, "ingest::returning-header", "The header stands in the file again.",
        "Tables are printed so, page by page. `header_returns` of the source says that this is meant; it is no row, and is counted as such.",
        "Nothing is to be done.";
    WideTable, "ingest::wide-table", "The columns of a wide table are not those that `unpivot` expects.",
        "Each column must be declared, become rows, or be named in `ignore`: a new column may be a new code, or a total.",
        "Declare the column, select it in `unpivot`, or name it in `ignore` of `unpivot`.";
    FileName, "ingest::file-name", "The name of a file does not say what a column is read from.",
        "A column with `from = \"file\"` has a `pattern` such as `permits_{year}.csv`, which the name of every file must have.",
        "Correct the pattern, or leave the file out of `files`.";
    LayoutFile, "ingest::layout-file", "A layout of fixed-width lines cannot be read.",
        "It is a table of fields with the name of each, the byte at which it begins, and its length or its last byte.",
        "Correct the line that the message names; begin with a line such as `name,start,width`.";
    GuessedEncoding, "ingest::guessed-encoding", "The encoding of a file was told by its bytes.",
        "The source declares `encoding = \"auto\"`. The message says what was found and why; the manifest too.",
        "Look at some names with accents. If they are right, declare the encoding: the next file may be too short to tell.";
    ReplacementCharacter, "ingest::replacement-character", "A file has the character U+FFFD in it.",
        "A program that read it in a wrong encoding has put that character in the place of others. Which they were cannot be told.",
        "Ask its publisher for the file as it was.";
    LabelColumns, "ingest::label-columns", "A file has columns of labels beside its dimensions.",
        "SDMX-CSV can be asked for with `labels=name`: behind each dimension stands a column with the label of its code. They are not read.",
        "Nothing. To keep the labels, declare them as columns.";
    RepeatedHeader, "ingest::repeated-header", "A row is the header once more.",
        "Files were put one behind another, or a table was printed page by page. The line is rejected; rows below it are read.",
        "Remove the line, or write `header_returns = true`.";
    HeaderLine, "ingest::header-line", "The line below the header belongs to it.",
        "It has units, or the second half of the names: no digits, where all rows below it have some. The line is rejected.",
        "Write `header_rows = 2` if it belongs to the header, `header_rows = 1` if it is a row.";
    ChangedHeader, "ingest::changed-header", "The names of the columns stand further down once more, in another order.",
        "Files with other columns were put one behind another. What stands below that line is not what the columns above say.",
        "Put the rows from that line on into a file of their own.";
    AnotherTable, "ingest::another-table", "Another table begins further down in a file.",
        "Below an empty line, a line like a header is followed by rows. They may look like those above and mean something else, and are rejected up to a line that repeats the header.",
        "Put each table into a file of its own.";
    UnequalLengths, "ingest::unequal-lengths", "A row has more or fewer fields than the header.",
        "A field is missing, or a delimiter stands in a text without quotes.",
        "Correct the row at its source. It is in rejects.parquet with its line and byte offset.";
    UnclosedQuote, "ingest::unclosed-quote", "A quote was never closed.",
        "Its field would reach to the end of the file, or take in rows that follow. Only its line is rejected; those are read.",
        "Close the quote at its source.";
    StrayQuote, "ingest::stray-quote", "A quote stands within a quoted text.",
        "What a delimiter in such a text means is anybody's guess. A quote in a quoted text must be written twice.",
        "Double the quote at its source, or write the text without quotes around it.";
    BadDate, "ingest::date", "A text is not a date in the declared layout.",
        "Another layout, or a day that the calendar does not have.",
        "Correct `format`, or list texts that mean *not stated* in `missing`.";
    BadTime, "ingest::time", "A text is not a time of day.",
        "Hours from 0 to 23 and minutes in two digits, with or without seconds: `9:05`, `09:05:59`.",
        "Correct the field at its source, or list texts that mean *not stated* in `missing`.";
    BadInteger, "ingest::integer", "A text is not a whole number.",
        "Thousands separators, decimals, or a mark such as `..` for a missing value.",
        "List marks that mean *not stated* in `missing`.";
    BadWeight, "ingest::weight", "A text is not the weight of a row.",
        "A row of records with a `weight` stands for so many: a whole number from 0. The text is something else, or below zero.",
        "Look at the first place that the message names. Corrections below zero are no records: take them out of the file, or \
         read it as cells.";
    TooMany, "aggregate::too-many", "Counts are larger than 64 bits hold.",
        "The weights of the rows of a table, or cells that are added up, come to more than 9,223,372,036,854,775,807.",
        "Look at the column: it may hold identifiers, or times, and no counts.";
    BadDecimal, "ingest::decimal", "A text is not a decimal number with so many decimals.",
        "More decimals than `scale` keeps, which would have to be rounded; another decimal mark; thousands separators; a mark such as `..` for a missing value.",
        "State a larger `scale` or the `decimal_mark`, or list marks that mean *not stated* in `missing`.";
    UnmappedCode, "ingest::unmapped-code", "A code is neither in the list of its column nor in `codes`.",
        "The publisher added or renamed a code. Dropping it in silence would lose people, so the row is rejected and counted. Where a source has personal columns no text is shown, for a shifted row may have a personal one in any column: texts and counts are in unmapped.parquet in the restricted half of the release.",
        "Add the code to the list or to `codes`, or name it in `missing` if it means *not stated*.";
    ReservedText, "ingest::reserved-text", "A text of a record is `_T` or `_U`.",
        "Tables use these for the total and for *not stated*: as a text of its own it would be taken for one of them. A row of totals would also be counted beside its parts.",
        "If it means *not stated*, name it in `missing`. Otherwise give the column `codes`, with a code of its own for it, and leave rows of totals out with a step `filter`.";
    Reference, "ingest::reference", "A reference cannot be read.",
        "The sidecar of a code list names a reference that is not there, or a table of it is not as expected.",
        "Copy the folder `data/reference/` of the program into the project, or correct the marked line.";
    CorrectionsFile, "ingest::corrections-file", "A file of corrections cannot be used.",
        "It cannot be read, lacks a column, or a row of it says something that no row of the source can have.",
        "The first line names the columns: `column`, `from`, `to`, `reason`, `source`, `status`, and `where.NAME` for each column that says which rows are wrong. Dates are written like 2007-05-31, numbers with a point, and `_U` is not stated.";
    CodesFile, "ingest::codes-file", "A file of codes cannot be used.",
        "`codes = \"FILE.csv\"` names a CSV with the columns `value` and `code`, such as `denizen codes` writes; `source` and `column` say whose they are.",
        "Correct the marked line. A row whose `code` is empty is not decided yet, and is passed over.";
    UnusedCode, "ingest::unused-code", "A code of `codes` does not occur in the data.",
        "The publisher stopped using it, or it is misspelt.",
        "Remove it when it is not expected to come back.";
    RecordTooLong, "ingest::record-too-long", "A row is longer than 1 MiB or has more than 4096 fields.",
        "A quote was never closed, or the file is not a table.",
        "Look at the place that the reject names.";
    TooManyRejects, "ingest::too-many-rejects", "More rows were rejected than the source allows.",
        "`max_rejected` is the share of rows that may be rejected: 0.01 for records and 0 for cells unless it is stated.",
        "Mend the causes that are listed, or state a larger `max_rejected`.";
    RejectedRows, "ingest::rejected-rows", "Some rows were rejected, no more than the source allows.",
        "A row is rejected as a whole when one of its fields cannot be read; the others got in.",
        "Look at the file that the message names, beside the place of the release: file, line, byte, column and reason of each.";
    PartialDates, "ingest::partial-dates", "Some dates say their year only, or their year and month.",
        "`partial = true` of their column says that this is meant. They are no days: what is derived from them is stated where it is the same for all days that they can be.",
        "Nothing is to be done. `NAME_first` and `NAME_last` hold the first and the last of these days.";
    Zones, "ingest::zones", "The times of a column are of several zones, or of none.",
        "Each date is the day that is written, in the time of its own place. Rows of several zones are days of several places; times in UTC (`Z`) may be of another day than it was where they were noted.",
        "Nothing, where days of the places are meant. `zone = \"-05:00\"` in the column asks for the days of one time.";
    RepairedNumbers, "ingest::repaired-numbers", "Numbers were read as a declared sum proves them.",
        "`repair` of the source names columns whose thousands a program took for decimals, and what they add up to.",
        "Nothing is to be done. Better is the file as it was before that program wrote it.";
    UndecidedNumbers, "ingest::undecided-numbers", "A row has damaged numbers that their sum does not decide.",
        "`repair` of the source tries all readings of the numbers that add up: none does, or several do, such as 2 + 3 = 5 and 2000 + 3000 = 5000. Or a number of the sum is missing, or is none that a program makes of thousands. Where the numbers stand below each other (`over`), the rows of a sum stand in one file: one of them is missing or there twice, the row is of none, or two sums that share a number contradict each other.",
        "Find the file as it was before. Name all parts, such as *not stated*. `whole_rows = \"as_written\"` of `repair` takes sums without any decimals as they stand, where no number ends in three zeros.";
    IncompleteRows, "ingest::incomplete-rows", "Some rows do not state a field that could not be read.",
        "No filter or rule reads the field, so that the rows stay: a person without a date of birth has a history all the same. A key of `op = \"link\"` that reads it does not link such a row, which other keys may; with none it is a row of nobody. They count against `max_rejected`.",
        "Correct the fields at their source. `on_error = \"reject\"` of the column leaves such rows out, \"not_stated\" keeps them.";
    BlankRow, "ingest::blank-row", "A row says nothing.",
        "None of its fields holds anything, as below a table that was saved from a spreadsheet; or it is a note below a table of cells. It is no row, and is counted as such.",
        "Nothing. If rows of the table are blank that should not be, ask the publisher.";
    NoteRow, "ingest::note-row", "A row holds one text and nothing else.",
        "A source, a note or the word *total* below a table of records. It could be taken for a record of which nobody stated anything.",
        "Remove the line, or state a `max_rejected` that lets it pass.";
    Action, "ingest::action", "An SDMX message deletes cells.",
        "Its rows with `ACTION` = `D` are no cells, and delete some that another file has. Other actions than I, A, R and M have no meaning.",
        "Read a file of the whole table instead of changes to it.";
    OtherDataflow, "ingest::other-dataflow", "Rows are of a dataflow that the source does not name.",
        "A download of another table stands among the files, or one file holds several tables.",
        "Name the dataflows that belong together in `dataflows`, without their version, or leave the file out.";
    UnitMultiplier, "ingest::unit-multiplier", "A value cannot be multiplied as its row says.",
        "`UNIT_MULT` is the power of ten of an SDMX value: 3 for thousands. The product is no whole number of 18 digits, or the power is no whole number from 0.",
        "Correct the row at its source.";
    MissingValue, "ingest::missing-value", "A cell does not say what it counts, or when.",
        "Cells need their concept, year and reference date: without them they would be in no table, or in a wrong one.",
        "Fill the field in, or name the value that stands for it in `codes`.";
    SameFileTwice, "ingest::same-file-twice", "A source reads the same file twice.",
        "Two files have the same bytes: a copy beside the original counts everybody twice.",
        "Remove the copy, or name one file in `files`.";
    SamplingFraction, "ingest::sampling-fraction", "The files of a source are samples of different sizes.",
        "Their sidecars state different values of `sampling_fraction`, so that no one factor leads to the population.",
        "Read them as different sources.";
    NothingLeft, "ingest::nothing-left", "Nothing is left to count.",
        "A source has no rows, a step keeps none of them, or a table has no cells: often a misspelt code in a filter.",
        "Compare the codes of the filter with those that the data have at that step.";
    Sidecar, "ingest::sidecar", "The description beside a file cannot be read.",
        "A file FILE may have a FILE.toml that names its origin, licence, date of retrieval and SHA-256.",
        "Correct the marked entry.";
    ChangedSnapshot, "ingest::changed-snapshot", "A file is not the one that its sidecar describes.",
        "The SHA-256 differs: the file was edited or fetched again.",
        "Restore the file, or record it as a new snapshot with its own hash and date.";
    Codelist, "ingest::codelist", "A code list cannot be read.",
        "A list NAME is the file data/codelists/NAME.csv with the columns code, label_en, label_it, label_es and kind.",
        "Add or correct the file.";
    NoKey, "ingest::no-key", "Persons cannot be made pseudonymous without a key.",
        "Identifiers of persons are replaced by keyed BLAKE3 pseudonyms while they are read. An unkeyed hash of a passport number can be guessed.",
        "Write 32 random bytes in hexadecimal to a file that only you can read (`openssl rand -hex 32`) and set DENIZEN_KEY_FILE to its path.";
    UndeclaredDimension, "ingest::undeclared-dimension", "A column tells cells apart that the source does not declare.",
        "A dimension of SDMX has several codes, or two rows agree in all declared columns and differ in this one. Their cells would be mixed, totals with parts.",
        "Declare the column in the source, with `codes` or a `list`. Dataflows that belong together are named in `dataflows`.";

    Rule, "clean::rule", "A residence rule is not known or cannot be applied.",
        "Rules are presets with a source; parameters out of bounds have no meaning.",
        "`denizen explain rule:NAME` shows a rule. Take one of the names that the message lists.";
    NoTranslation, "clean::no-translation", "A list says nothing about another list.",
        "`recode` translates by a column of the code list that is called like the list wanted.",
        "Add the column to the code list, or the missing entry in it.";
    CellTwice, "clean::cell-twice", "One cell has two values.",
        "Two files overlap and disagree, be it in a note only; a dimension is not declared, or is text; or several codes of the file are one code of ours: cells are never added up.",
        "Use the newer file only, declare the dimension with `codes` or a `list`, or give each code a code of its own. Rows that are equal in all columns are counted and dropped.";
    DoesNotAddUp, "clean::does-not-add-up", "Parts do not add up to their published total.",
        "Parts never exceed their `total` unless some are below zero, and with `complete = true` they come to it exactly.",
        "Look at the cells that are named. Where the publisher rounds each number by itself, state by how much a sum may differ: `tolerance = 3`. Leave `complete` out where he withholds parts. `compare = false` takes totals and parts as they are, for numbers that were changed at random.";
    LikelyTotal, "clean::likely-total", "A value seems to be the total of the others, and is not declared as one.",
        "Where several values stand it is the sum of the others, or of some of them: an age of 999, a country `World`, a region among its provinces, a line of totals over several dimensions at once. The message says in how many places that holds, and how often only rounding is between them. It is ranked and shown like any other; in records with a `weight` it is counted beside its parts. Cells that are added up over the column stop the run where it holds everywhere, and not by chance.",
        "Declare it as the `total` of the column (cells), or leave it out with a step `filter` (records). If it is one of the others all the same, nothing; where the run stops, `compare = false` in the column.";
    PartialTotal, "clean::partial-total", "A total is made of the cells of some sources only.",
        "One source of a table gives men, another women; where one of them has no cell, the total is of the other alone. That may be nobody, or a year that was not published yet.",
        "Where a source does not reach so far, leave those times out with a step `filter`, or the total.";
    NoTotal, "clean::no-total", "A table takes totals that were not published everywhere.",
        "It leaves a dimension out, and so takes its published total; of some cells only the parts were published, by age say, and the table has no row of them.",
        "Show the dimension. Where its codes have nothing in common, `additive` in the source lets them be added up; a total that was not published is then there, and missing, or the sum.";
    StockBelowZero, "clean::stock-below-zero", "A stock is below zero.",
        "Nowhere live fewer than none: the number is a mark such as -9 for what is not known, or the net of two flows.",
        "Name such marks in `marks` of the value; take the net of two flows as `measure = \"flow\"`.";
    IncompleteSum, "clean::incomplete-sum", "Cells would be added up of which some were rejected, or are not there.",
        "`max_rejected` lets rows go. A sum of the others looks like one of all, and which sums lack a part is not known. Or a source has no cell of a quarter or month that it has in other years: the sum of that year is missing (`O`). Or a code that is no small part of the sums has no cell at one time, though before and after: that is told, and the sum stays.",
        "A year that is not over is left out with a step `filter`. Mend the rows, which `restricted/rejects.parquet` names. A table that shows each published cell needs no sums: give it the dimensions over which it adds up. Where the sums are wanted all the same, `incomplete_sums = true` in the source says so.";
    Overlap, "clean::overlap", "Cells would be added up over codes that overlap.",
        "80+ stands beside 80-84, 0-14 beside single years, or a region beside its provinces: their sum has some twice. That a source is `additive` says that its codes are apart.",
        "Leave one kind of the codes out, with a step `filter` and `drop`, or with `filter` of the table; or give those that hold others the kind `aggregate` in the code list.";
    CrowdedPerson, "clean::crowded-person", "An identifier stands on more rows than a person can have.",
        "It is a placeholder, such as 00000000 where no document was seen. Its rows are kept as rows of nobody: no rule is applied across them.",
        "Name the placeholder in `missing` of the column. If persons do have so many rows, state a larger `max_rows_per_person` in the source.";
    LinkConflict, "clean::link-conflict", "Rows that share a key cannot be one person.",
        "Two persons share a value of a key, such as a passport of parents and children, or a date of birth was written in two ways. `same` of the step `link` says of what a person has one value.",
        "Look at how many values of each key were withheld (`withheld_values_of_…` in the manifest); add a column to a key that is not enough by itself, correct what is wrong, or state another `on_conflict`.";
    Pairs, "clean::pairs", "A file of pairs of rows does not link all that it names.",
        "Its names are not those of the rows: of another vintage of the file, or written otherwise. Or one name stands on several rows, so that nobody knows which is meant; or a probability is a match weight, or has a comma.",
        "Look at the counts of the step `link` in the manifest (`pairs_of_no_row`, `pairs_of_several_rows`). Give the program for linking the same rows, and an identifier of which no two rows have one value.";
    Flows, "clean::flows", "Flows cannot be estimated from these stocks.",
        "Where persons lived before is told by the cells of all areas on both dates, for each place of birth. One of them is not there, has no value, or is of a series that was broken; or those of one birth are more on one date than on the other, and nobody says whence they came.",
        "Leave out with a step `filter` what is not whole; state a 0 in the file where nobody was there; name a code for everywhere else with `outside`.";
    CheckFailed, "clean::check-failed", "A check of the rows fails more often than the pipeline says that it may.",
        "A file is not what it was, or a rule was never true of it. `restricted/checks.parquet` lists where: source, check, file, sheet, line; of a run that is refused, the file that the message names.",
        "Look at the rows. What is a known fault of the source is mended with reason and source by `op = \"correct\"`; what is no fault needs another check, or a larger `warn` or `fail`.";
    CheckNotRun, "clean::check-not-run", "A check could be made of no row.",
        "No row is of those that it is about, or none states what it asks.",
        "Look whether the columns are read at all, and whether the codes of `when` are those of the column.";
    Correction, "clean::correction", "A correction does not find what it expects.",
        "The source was healed, or its rows have changed: an entry of `correct` matches no row, more or fewer than it says, or rows whose value is not the wrong one any more.",
        "Look at the row. Where the publisher has mended it, set `status = \"withdrawn\"`, which keeps the entry for the record; otherwise correct `where`, `count` or `from`.";
    AllRecords, "run::all-records", "A step must see all rows, which are not in one place.",
        "`link` finds out which rows are of one person, `inherit` looks for the row that another one names, and both work on one machine only. Another engine divides the rows by person before any has all of them. So with checks that compare rows, and with those of rows as they are released, which do not know any more on which line of their file they stood.",
        "Link or check the rows in a run on one machine, and let the other engine read the records of that release; they bear the persons. Checks of one row by itself, as it is read, are made everywhere.";
    NewestFirst, "clean::newest-first", "The rows of a source seem to be written newest first.",
        "Most rows of a person stand above those of earlier days. Crossings of one day are taken in the order of the file, unless something else orders them, and would be reversed.",
        "State `row_order = \"newest_first\"` in the source, or name the column that orders the crossings of one day with `sequence`. If the file is in order within a day, state `row_order = \"oldest_first\"`.";
    CodeNotValid, "clean::code-not-valid", "A code stands for nothing that existed at the date of its row.",
        "Its state had ended, or had not begun, or the code meant something else at the time. What followed it is in the message.",
        "Correct `at` or the rows; for places of birth, which may be of states that have ended, state `role = \"birth\"`; or keep such rows as not stated with `on_error = \"not_stated\"`.";
    Group, "clean::group", "A group of countries cannot be made.",
        "The reference of the list has no such group, or cannot tell for a code whether it belongs to it.",
        "Take one of the groups that the message names; `denizen explain country:PE` shows those of a country.";
    Weights, "clean::weights", "A table of weights cannot be used.",
        "It is a CSV with the columns from, to, weight and source, and the weights of each `from` add up to 1.",
        "Correct the marked line.";
    OpenEnd, "clean::open-end", "Records do not say when they end.",
        "`expand` makes a row for each reference date that a record covers. Without a last day that is not known.",
        "State `until`, the last day that was observed, if such records lasted at least until then. Otherwise leave them out with a filter.";
    Indicator, "aggregate::indicator", "An indicator cannot be computed.",
        "The data are not as it needs them: an open age group has no end, or two groups of ages have an age in common.",
        "Follow the note; `denizen explain indicator:NAME` shows how it is computed and what it needs.";
    Estimate, "aggregate::estimate", "Periods cannot be estimated, or their estimates have no intervals.",
        "An estimate needs as many complete months as it learns from, and crossings that were undecided at the same age; an interval needs earlier estimates of which is known now what they should have been.",
        "Give data that go further back, or lower `training_months`, `level` or `fewest` of `estimate`. Where a series breaks, what is before the break is not learnt from.";
    TooIndependent, "aggregate::too-independent", "Two dimensions of a table are more independent than counts are.",
        "Every cell is the product of its margins to within rounding. Counted cells stray from that, even of dimensions that have nothing to do with each other: one margin was spread over the other.",
        "Read the cells as an allocation, not as data on how the two go together, and say so where they are published.";
    Internal, "internal::fault", "The program made a mistake.",
        "A column did not hold what the pipeline promised, and no check found it before.",
        "Please report it with the pipeline file.";
    NotConserved, "clean::not-conserved", "Rows were lost.",
        "At every stage read = accepted + rejected + excluded. This is a fault of the program.",
        "Please report it with the pipeline file.";

    Stopped, "run::stopped", "The run was stopped.",
        "Somebody asked for it: an interrupt, or the end of a job's time.",
        "Start it again. Nothing of it is left, and a release that was there before is untouched.";
    NotDivided, "run::not-divided", "One task of a cluster had to read a whole file.",
        "A file is divided where a line can be found from the middle of it. That is not so of files that are compressed, of most formats but delimited text, and where a quoted field holds the end of a line.",
        "Store the file as plain text, or as several files, where it takes too long.";
    OtherWorker, "run::other-worker", "A worker does not belong to the run.",
        "Its program is of another version, or its key is another: its rows would not be those that one machine makes.",
        "Install the same version and the same key file on every machine.";
    ScratchFull, "clean::scratch-full", "The disk has no room for what does not fit into memory.",
        "Records are grouped by person; beyond --memory they wait in temporary files, about as large as in memory.",
        "Free space, choose a folder on another disk with --scratch, or give more --memory.";

    PublishedFile, "aggregate::published-file", "A file of published figures cannot be read.",
        "It is a CSV with the columns id, statement, table, indicator, where, value, unit, tolerance, concept and source.",
        "Correct the marked line.";
    OutsideTolerance, "aggregate::outside-tolerance", "A result differs from a published figure by more than its tolerance.",
        "The input, the rule or the publication changed, or the figures have different concepts.",
        "See the table `reconciliation` of the run, and mend the cause or the figure with its source.";
    NoCell, "aggregate::no-cell", "A published figure has no counterpart in this run.",
        "The input does not reach so far, for example because it begins in a later year.",
        "Nothing, when that is expected. Otherwise compare `where` with the table.";
    OutsidePeriod, "aggregate::outside-period", "Some of the input lies outside the period of the product.",
        "`period` names the first and the last year that are published. Nothing of other years is in the tables; the records are in the release.",
        "Nothing, when that is meant. Otherwise change `period`, or leave it out.";
    NoRelease, "against::no-release", "There is no release, or it cannot be read.",
        "`check --against` wants a folder with a manifest.json, or one that holds such folders: of these the newest vintage is taken. `report` wants a folder with a manifest.json and what is published beside it.",
        "Name the folder of a release, such as releases/NAME/VINTAGE.";
    ChangedRelease, "against::changed-release", "A file of a release is not the one that its manifest names.",
        "`export` reads tables and code lists of a release that stands. The manifest states the hash of each; a file that was edited, cut short or replaced has another one, and what is made of it would not be what was published.",
        "Restore the release from where it was kept, or make it again with `denizen run`.";
    Predecessor, "against::predecessor", "A release cannot be the one that this release follows.",
        "`--previous` or `previous` names no release, one of another product or of the same edition, a synthetic one where this is not (or the other way round), or one whose files are not those that its manifest names. What has changed since would mean nothing.",
        "Name the folder of the edition before, such as releases/NAME/VINTAGE. A new edition has another `vintage`.";
    NoProfile, "against::no-profile", "A release says nothing of what its inputs held.",
        "It was made before releases recorded headers, codes, blanks, volumes and ranges of their inputs; or only its public half is here, which has them for published cells only.",
        "Make the release again, with the files that it was made from.";
    ChangedColumns, "against::columns", "The header of a file is not that of the release.",
        "Columns are new, gone, renamed or moved. One that is read and gone stops the run; a new one that is not declared may tell cells apart.",
        "Correct `from`, add a variant for the files that differ, or declare the column.";
    ChangedCodes, "against::codes", "A column has other codes than in the release.",
        "Codes are new, gone, or stand on another share of the rows. Borders and classifications change; so do the habits of those who fill in forms, and filters of an export.",
        "Ask whether the change is real. What seldom occurs is a note; what stands on more than one row in a hundred is a warning.";
    ChangedBlanks, "against::blanks", "A column is stated on another share of the rows than in the release.",
        "The publisher has begun or ceased to fill it in, writes *not stated* otherwise, or another column stands in its place.",
        "Look at some rows. Texts that mean *not stated* belong in `missing`.";
    ChangedRows, "against::rows", "There are far more or fewer rows than in the release.",
        "An export was cut off or filtered, came twice, or is of another area; the last month of a file is often not complete.",
        "Compare with what the publisher says of its totals.";
    ChangedPeriods, "against::periods", "Months or years are missing, or are others than in the release.",
        "A part of a series was not sent, or its files were named otherwise and not found.",
        "Ask for what is missing. A series that begins or ends elsewhere by intent needs nothing.";
    ChangedRange, "against::range", "Numbers or dates reach over another range than in the release.",
        "A unit has changed (persons, thousands), a decimal mark is read otherwise, a number stands for *not stated* (9999), or there is simply more.",
        "Look at the greatest values; declare the unit (`given_in`), the form of numbers, or `missing`.";
    ChangedForm, "against::form", "A file or column has another form than in the release.",
        "Another format, encoding, packing or variant of its source, or another declaration of the column.",
        "Look at some names with accents where the encoding is another one.";
    ChangedRejects, "against::rejects", "More rows are rejected than in the release, or for other reasons.",
        "The files have changed in a way that their declaration does not know.",
        "`denizen explain` with the reasons that the message names says what each of them is.";
    ChangedFiles, "against::files", "A source has other files than in the release.",
        "New files have come, others are not found any more.",
        "Look at `files` where some are gone: a glob may not match a new name.";
    NoFormat, "aggregate::no-format", "A table cannot be written in a format.",
        "JSON-stat numbers the combinations of all codes, of which there may be too many; SDMX wants a code in each dimension of a row; a cell of a workbook holds 32,767 characters; two tables can have names of which one file would be made.",
        "Leave the format out for this product, or follow the note. Parquet and CSV have every table.";
    Unwritable, "aggregate::unwritable", "The release cannot be written.",
        "The disk is full or the folder is not yours. What was released before is untouched.",
        "Free space, or choose another folder with --out.";
}

impl Code {
    /// The code of this name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.id() == id)
    }

    /// The exit status of a run that this fault ends: 10 pipeline file, 11 input, 12 checks, 13 published figures,
    /// 14 output, 70 a fault of the program.
    pub fn exit_status(self) -> u8 {
        match self {
            Self::NotConserved | Self::Internal => 70,
            Self::Rule | Self::NoTranslation => 10,
            Self::OutsideTolerance => 13,
            Self::Unwritable | Self::ScratchFull => 14,
            Self::Stopped => 130,
            Self::PublishedFile => 10,
            _ if self.id().starts_with("spec::") => 10,
            _ if self.id().starts_with("ingest::") || self.id().starts_with("against::") => 11,
            _ => 12,
        }
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.id())
    }
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

impl<'de> serde::Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::from_id(&id).ok_or_else(|| serde::de::Error::custom(format!("unknown code `{id}`")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_found_by_its_own_name() {
        for code in Code::ALL {
            assert_eq!(Code::from_id(code.id()), Some(*code));
            let page = code.page();
            assert!(page.title.ends_with('.') && page.cause.len() > 10 && page.remedy.len() > 10, "{code}");
        }
    }
}
