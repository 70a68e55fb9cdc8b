//! Words in the names of columns, in the languages of the offices: what a column is likely to hold.

use denizen_spec::{FLAG, columns};
pub(super) use denizen_spec::{TOTALS, names_total as is_total_text};

/// The words of a name, without accents and capitals.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        let is_new = c.is_uppercase() && was_lower;
        was_lower = c.is_lowercase();
        if is_new || !c.is_alphanumeric() {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            c.to_lowercase().for_each(|c| word.push(plain(c)));
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// A letter without its accent.
fn plain(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    }
}

/// Whether one of the words of a name is among these.
pub(super) fn has_word(name: &str, wanted: &[&str]) -> bool {
    words(name).iter().any(|word| wanted.contains(&word.as_str()))
}

/// What we call a column: words of ASCII, which no other column has.
pub(super) fn own_name(name: &str, index: usize, taken: &[String]) -> String {
    let parts = words(name);
    let parts = parts.iter().map(|word| word.chars().filter(char::is_ascii_alphanumeric).collect::<String>());
    let parts: Vec<String> = parts.filter(|word| !word.is_empty()).take(6).collect();
    let mut own = parts.join("_");
    own.truncate(40);
    let own = own.trim_matches('_');
    let mut own = if own.is_empty() { format!("column_{}", index + 1) } else { own.to_owned() };
    if own.starts_with(|c: char| c.is_ascii_digit()) {
        own = format!("column_{own}");
    }
    if RESERVED.contains(&own.as_str()) || columns::OF_TABLES.contains(&own.as_str()) {
        own = format!("{own}_in_file");
    }
    // The program gives such names to the codes of a dimension.
    if let Some(base) = own.strip_suffix("_code") {
        own = format!("{base}_id");
    }
    let is_taken = |name: &String| taken.contains(name);
    if is_taken(&own) {
        own = (2..).map(|number| format!("{own}_{number}")).find(|name| !is_taken(name)).unwrap_or(own);
    }
    own
}

/// Names that have a meaning in a source; others are those of tables.
const RESERVED: [&str; 5] = [columns::YEAR, columns::REFERENCE_DATE, FLAG, "file", "sheet"];

pub(super) const YEAR: [&str; 12] =
    ["year", "anno", "ano", "anio", "annee", "jahr", "time", "tempo", "periodo", "period", "vintage", "yr"];

pub(super) const DATE: [&str; 10] =
    ["date", "data", "fecha", "day", "giorno", "dia", "jour", "datum", "fec", "dt"];

/// Completed years of life.
pub(super) const AGE: [&str; 7] = ["age", "ages", "eta", "edad", "edades", "idade", "alter"];

/// Numbers that tell rows apart, and are no counts.
pub(super) const CODES: [&str; 38] = [
    "code",
    "codice",
    "codigo",
    "cod",
    "id",
    "key",
    "clave",
    "month",
    "mese",
    "mes",
    "day",
    "giorno",
    "dia",
    "age",
    "eta",
    "edad",
    "idade",
    "hour",
    "hora",
    "ora",
    "week",
    "settimana",
    "semana",
    "quarter",
    "trimestre",
    "zip",
    "cap",
    "ubigeo",
    "istat",
    "class",
    "classe",
    "numerico",
    "progressivo",
    "number",
    "version",
    "level",
    "livello",
    "order",
];

/// Whether a column is called as codes or numbers that tell rows apart. `Number of persons` and `Permits (number)` are counts.
pub(super) fn is_code_name(name: &str) -> bool {
    let words = words(name);
    let is_count = |word: &String| COUNTS.contains(&word.as_str());
    let is_number_of = words.len() == 1 || words.get(1).is_some_and(|word| word == "of");
    let counts =
        words.first().is_some_and(|word| word == "number") && is_number_of || words.iter().any(is_count);
    let is_code = |word: &String| CODES.contains(&word.as_str()) && !(word == "number" && counts);
    words.iter().any(is_code) && !has_word(name, &VALUES)
}

/// Words of a unit of so many thousands, or of another power of ten.
pub(super) const MULTIPLES: [&str; 14] = [
    "thousand",
    "thousands",
    "ths",
    "000s",
    "000",
    "1000",
    "migliaia",
    "miles",
    "milhares",
    "milliers",
    "tausend",
    "million",
    "millions",
    "mio",
];

/// Columns of units.
pub(super) const UNITS: [&str; 12] = [
    "unit",
    "units",
    "unita",
    "unidad",
    "unidade",
    "unite",
    "einheit",
    "uom",
    "measure",
    "powercode",
    "multiplier",
    "mult",
];

/// Values of a table in long form.
pub(super) const VALUES: [&str; 7] =
    ["value", "valore", "valor", "valeur", "obs", "observation", "osservazione"];

/// Counts of persons or events.
pub(super) const COUNTS: [&str; 34] = [
    "count",
    "counts",
    "n",
    "num",
    "numero",
    "cantidad",
    "cantidade",
    "total",
    "totale",
    "totali",
    "persons",
    "people",
    "personas",
    "persone",
    "permits",
    "permessi",
    "visas",
    "grants",
    "casos",
    "cases",
    "freq",
    "frequency",
    "residenti",
    "residentes",
    "residents",
    "population",
    "popolazione",
    "poblacion",
    "alunni",
    "sbarcati",
    "arrivals",
    "estimate",
    "qtd",
    "numbers",
];

/// Names of columns that hold what identifies a person.
const IDENTIFIERS: [&str; 30] = [
    "passport",
    "passaporto",
    "pasaporte",
    "passeport",
    "surname",
    "cognome",
    "apellido",
    "apellidos",
    "sobrenome",
    "firstname",
    "lastname",
    "forename",
    "dni",
    "cedula",
    "ssn",
    "nin",
    "nie",
    "curp",
    "cpf",
    "email",
    "phone",
    "telefono",
    "telefone",
    "address",
    "indirizzo",
    "direccion",
    "domicilio",
    "biometric",
    "signature",
    "iban",
];

const DOCUMENTS: [&str; 8] =
    ["document", "documento", "document_number", "doc", "ndoc", "numdoc", "fiscale", "matricola"];

const PERSONS: [&str; 14] = [
    "person",
    "persona",
    "pessoa",
    "individual",
    "migrant",
    "migrante",
    "traveller",
    "applicant",
    "richiedente",
    "solicitante",
    "holder",
    "client",
    "ident",
    "pid",
];

const BIRTHS: [&str; 9] =
    ["birth", "born", "nascita", "nacimiento", "nascimento", "naissance", "geburt", "dob", "nac"];

/// Whether a column is called after documents.
pub(super) fn is_document(name: &str) -> bool {
    has_word(name, &DOCUMENTS)
}

/// Whether a column is called after what follows a first name.
pub(super) fn is_surname(name: &str) -> bool {
    has_word(name, &["surname", "cognome", "apellido", "apellidos", "sobrenome", "lastname"])
}

/// Why a column of this name could identify a person; `is_date` says whether it holds whole dates.
pub(super) fn personal_name(name: &str, is_date: bool) -> Option<&'static str> {
    let has = |wanted: &[&str]| has_word(name, wanted);
    if has(&IDENTIFIERS) {
        Some("it is called as what identifies a person")
    } else if has(&["codice"]) && has(&["fiscale"])
        || has(&DOCUMENTS) && has(&["number", "numero", "num", "nro", "id", "no"])
    {
        Some("it is called as the number of a document")
    } else if has(&PERSONS)
        && has(&["id", "number", "numero", "code", "codice", "codigo", "key", "name", "nome", "nombre"])
    {
        Some("it is called as what tells persons apart")
    } else if is_date && has(&BIRTHS) {
        Some("exact dates of birth identify persons together with other columns")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_columns() {
        let table = [
            ("Anno di Età", "anno_di_eta"),
            ("passportNumber", "passport_number"),
            ("TIPO_DATO15", "tipo_dato15"),
            ("%", "column_3"),
            ("2010", "column_2010"),
            ("Value", "value_in_file"),
            ("Province code", "province_id"),
            ("sex", "sex_2"),
        ];
        let taken = ["sex".to_owned()];
        for (name, expected) in table {
            assert_eq!(own_name(name, 2, &taken), expected, "{name}");
        }
    }

    #[test]
    fn names_that_are_personal() {
        let table = [
            ("passport_no", false, true),
            ("CodiceFiscale", false, true),
            ("Codice ISTAT", false, false),
            ("fecha_nacimiento", true, true),
            ("fecha_nacimiento", false, false),
            ("country_of_birth", false, false),
            ("person_id", false, true),
            ("persons", false, false),
            ("Denominazione", false, false),
        ];
        for (name, is_date, expected) in table {
            assert_eq!(personal_name(name, is_date).is_some(), expected, "{name}");
        }
    }
}
