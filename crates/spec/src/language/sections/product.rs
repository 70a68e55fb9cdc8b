//! The product as a whole.

use super::field;
use crate::language::Section;

pub(super) const PIPELINE: Section = Section {
    name: "pipeline",
    title: "The top of the file",
    about: "What the product is.",
    fields: &[
        field("spec", "The version of this language.", "", "spec = 1"),
        field(
            "title",
            "What the product is called in print, in one language or in several: where one text of the pipeline is in several, all are in these.",
            "",
            "title = { en = \"Foreign residents\", it = \"Residenti stranieri\" }",
        ),
        field(
            "reference_area",
            "The country or region that the product is about, as a code; it stands beside every value, so that releases can be stacked.",
            "nothing",
            "reference_area = \"IT\"",
        ),
        field("vintage", "Which edition the release is; its folder is called so.", "", "vintage = \"2026\""),
        field(
            "previous",
            "The release that this one follows, as its folder in the project: what has changed since stands on the page and in the manifest. `--previous` names another one.",
            "it follows none",
            "previous = \"releases/residents/2025\"",
        ),
        field(
            "description",
            "What it shows and how to read it, in the same languages.",
            "nothing is said",
            "description = \"Residents by citizenship\"",
        ),
        field(
            "period",
            "The first and the last year that are published.",
            "all years",
            "period = [1990, 2007]",
        ),
        field(
            "source",
            "The sources, each as `[source.NAME]`.",
            "no source, which is a fault",
            "source = {}",
        ),
        field("clean", "The steps, each as `[[clean]]`, in order.", "no step", "clean = []"),
        field(
            "check",
            "What must hold of the rows, each as `[[check]]`.",
            "nothing is checked",
            "check = []",
        ),
        field("table", "The tables, each as `[[table]]`.", "no table, which is a fault", "table = []"),
        field(
            "published",
            "Files of figures from publications, each as `[[published]]`: tables are compared with them.",
            "nothing is compared",
            "published = []",
        ),
        field(
            "disclosure",
            "How small counts are protected.",
            "not at all; real persons need a decision",
            "disclosure = { threshold = 3, rounding_base = 5 }",
        ),
        field("release", "The formats of the tables.", "Parquet", "release = { formats = [\"parquet\"] }"),
    ],
};

pub(super) const TEXT: Section = Section {
    name: "text",
    title: "A text in several languages",
    about: "`title` and `description`, where they are tables.",
    fields: &[
        field("en", "The text in English.", "it is not there in English", "en = \"Foreign residents\""),
        field("it", "The text in Italian.", "it is not there in Italian", "it = \"Residenti stranieri\""),
        field("es", "The text in Spanish.", "it is not there in Spanish", "es = \"Residentes extranjeros\""),
    ],
};

pub(super) const DISCLOSURE: Section = Section {
    name: "disclosure",
    title: "`[disclosure]`",
    about: "How small counts are protected.",
    fields: &[
        field(
            "method",
            "`suppress_and_round`, or `none` with a reason.",
            "`suppress_and_round`",
            "method = \"none\"",
        ),
        field(
            "threshold",
            "Counts up to this are suppressed, by persons where these are known.",
            "must be given",
            "threshold = 3",
        ),
        field(
            "rounding_base",
            "Counts are rounded to multiples of this.",
            "must be given",
            "rounding_base = 5",
        ),
        field(
            "reason",
            "With `none`: why counts may be published as they are, in one language or in those of the pipeline.",
            "must be given there",
            "reason = \"the office publishes these counts\"",
        ),
    ],
};

pub(super) const RELEASE: Section = Section {
    name: "release",
    title: "`[release]`",
    about: "What is written, and how.",
    fields: &[
        field(
            "formats",
            "`parquet`, `csv`, and what is made from them: `sdmx-csv` with its structure, `xlsx` (a workbook for all tables), `json` (JSON-stat). Without `parquet` and `csv`, Parquet is written too.",
            "`parquet`",
            "formats = [\"parquet\", \"sdmx-csv\", \"xlsx\"]",
        ),
        field(
            "agency",
            "`sdmx-csv`: the agency that maintains the structures.",
            "`DENIZEN`",
            "agency = \"IT1\"",
        ),
        field(
            "publish_pipeline",
            "Whether the text of the pipeline file, with its notes and names of files, stands in `public/`. It stands in `restricted/` where this says `false`, where there is `[disclosure]`, and where it names files by paths from the root of a disk.",
            "`true`",
            "publish_pipeline = false",
        ),
    ],
};

pub(super) const PUBLISHED: Section = Section {
    name: "published",
    title: "`[[published]]`",
    about: "Figures from publications, which tables must meet.",
    fields: &[field(
        "file",
        "A CSV file, from the folder of the project as all other files; or from that of the pipeline file, where one lies there.",
        "",
        "file = \"midla/published.csv\"",
    )],
};
