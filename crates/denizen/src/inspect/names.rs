//! First names and surnames: a column of them alone identifies persons, whatever it is called.

use denizen_ingest::{FoundFile, SampleColumn};

use super::words::{has_word, words};

/// Usual first names of those who live in the countries whose registers are read, and of those who come to them, without accents.
const FIRST_NAMES: [&str; 173] = [
    "abdul",
    "adriana",
    "ahmed",
    "aicha",
    "aisha",
    "alejandra",
    "alejandro",
    "alessandra",
    "alessandro",
    "alexandra",
    "ali",
    "alice",
    "amina",
    "amir",
    "amit",
    "ana",
    "andrea",
    "andrei",
    "angela",
    "anita",
    "anna",
    "anne",
    "antonella",
    "antonio",
    "arben",
    "barbara",
    "beatriz",
    "bruno",
    "camila",
    "carla",
    "carlos",
    "carmen",
    "caterina",
    "catherine",
    "cesar",
    "chiara",
    "christian",
    "christine",
    "claudia",
    "claudio",
    "cristina",
    "daniel",
    "daniela",
    "daniele",
    "davide",
    "diego",
    "edoardo",
    "eduardo",
    "elena",
    "eleonora",
    "elisa",
    "elisabetta",
    "elizabeth",
    "emanuele",
    "emma",
    "enrico",
    "ernesto",
    "esther",
    "fabio",
    "fatima",
    "federica",
    "federico",
    "fernanda",
    "fernando",
    "fatou",
    "francesca",
    "francesco",
    "francisco",
    "franco",
    "gabriel",
    "gabriela",
    "gabriele",
    "gheorghe",
    "giacomo",
    "gianluca",
    "giorgia",
    "giorgio",
    "giovanna",
    "giovanni",
    "giulia",
    "giuseppe",
    "giuseppina",
    "gloria",
    "guillermo",
    "gustavo",
    "hassan",
    "hector",
    "helena",
    "ibrahim",
    "ilaria",
    "ines",
    "ioana",
    "ion",
    "irina",
    "isabel",
    "isabella",
    "ivan",
    "jaime",
    "javier",
    "jean",
    "joao",
    "john",
    "jorge",
    "jose",
    "joseph",
    "juan",
    "juana",
    "julia",
    "julio",
    "khadija",
    "khaled",
    "laura",
    "lorenzo",
    "luca",
    "lucas",
    "lucia",
    "luigi",
    "luis",
    "luisa",
    "luiz",
    "manuel",
    "manuela",
    "marco",
    "margarita",
    "maria",
    "mariana",
    "mario",
    "marta",
    "martina",
    "mary",
    "massimo",
    "matteo",
    "michael",
    "michele",
    "miguel",
    "mihai",
    "mohamed",
    "mohammad",
    "mohammed",
    "muhammad",
    "mustafa",
    "nicola",
    "nicolas",
    "olga",
    "omar",
    "oscar",
    "paola",
    "paolo",
    "patricia",
    "pedro",
    "pietro",
    "rafael",
    "ramon",
    "ricardo",
    "roberta",
    "roberto",
    "rosa",
    "salvatore",
    "samuel",
    "sara",
    "sergio",
    "silvia",
    "simone",
    "sofia",
    "stefania",
    "stefano",
    "susana",
    "teresa",
    "valentina",
    "vasile",
    "victor",
    "youssef",
    "yusuf",
];

/// Usual surnames of the same.
const SURNAMES: [&str; 132] = [
    "aguilar",
    "ahmad",
    "ahmadi",
    "alves",
    "alvarez",
    "amato",
    "barbieri",
    "barros",
    "becker",
    "bernard",
    "bianchi",
    "bruno",
    "caruso",
    "castillo",
    "castro",
    "chavez",
    "chen",
    "colombo",
    "condori",
    "conte",
    "conti",
    "costa",
    "cruz",
    "deluca",
    "diallo",
    "diaz",
    "diop",
    "dogan",
    "dubois",
    "esposito",
    "fall",
    "fernandes",
    "fernandez",
    "ferrara",
    "ferrari",
    "ferreira",
    "flores",
    "fontana",
    "galli",
    "gallo",
    "garcia",
    "garofalo",
    "gatti",
    "giordano",
    "gomes",
    "gomez",
    "gonzales",
    "gonzalez",
    "greco",
    "guerra",
    "gutierrez",
    "haddad",
    "hernandez",
    "herrera",
    "hoxha",
    "hossain",
    "hussain",
    "huaman",
    "ionescu",
    "islam",
    "iyer",
    "jimenez",
    "jones",
    "kaur",
    "khan",
    "kim",
    "kumar",
    "leone",
    "lima",
    "lombardi",
    "lombardo",
    "lopez",
    "mamani",
    "mancini",
    "marchetti",
    "mariani",
    "marino",
    "marques",
    "martin",
    "martinelli",
    "martinez",
    "martini",
    "mbaye",
    "mendes",
    "mendoza",
    "molina",
    "morales",
    "moreno",
    "moretti",
    "moser",
    "muller",
    "munoz",
    "ndiaye",
    "nguyen",
    "nunes",
    "oliveira",
    "ortiz",
    "patel",
    "pellegrini",
    "pereira",
    "perez",
    "popa",
    "popescu",
    "quispe",
    "ramirez",
    "ramos",
    "reyes",
    "ricci",
    "rinaldi",
    "rios",
    "rivera",
    "rizzo",
    "rodrigues",
    "rodriguez",
    "rojas",
    "romano",
    "romero",
    "rossi",
    "ruiz",
    "russo",
    "sanchez",
    "santoro",
    "schmidt",
    "schneider",
    "silva",
    "singh",
    "smith",
    "soto",
    "souza",
    "torres",
    "vargas",
    "vasquez",
];

/// Names of columns that may hold names of persons, or of anything.
const MAY_NAME: [&str; 14] = [
    "name", "names", "nome", "nomi", "nombre", "nombres", "nom", "prenom", "vorname", "first", "last",
    "given", "family", "apelido",
];

/// Texts that are looked at.
const MOST: usize = 2000;

/// Texts that a column has at the least for a share of them to tell: of fewer, each must be a name.
const FEWEST: usize = 4;

/// Why the texts of a column could identify persons: they are names of them. Places are called by names too (*San Francisco*),
/// so that a share of all texts decides: a smaller one where the column is called as one of names.
pub(super) fn personal_texts(name: &str, column: &SampleColumn) -> Option<&'static str> {
    let all: Vec<Vec<String>> = column.stated().take(MOST).map(words).collect();
    let has_digit = |text: &&Vec<String>| text.iter().any(|word| word.contains(|c: char| c.is_ascii_digit()));
    // One name among a hundred may be `Rosa Quispe 2`. Where most have digits, they are addresses or numbers.
    let texts: Vec<&Vec<String>> = all.iter().filter(|text| !has_digit(text)).collect();
    if texts.len() < 2 || texts.len() * 2 < all.len() {
        return None;
    }
    let is_called_so = has_word(name, &MAY_NAME);
    let share = |known: &[&str]| {
        let is_name =
            |text: &&&Vec<String>| text.len() <= 5 && text.iter().any(|word| known.contains(&word.as_str()));
        texts.iter().filter(is_name).count() * 100 / texts.len()
    };
    let least = match (texts.len() < FEWEST, is_called_so) {
        (true, _) => 100,
        (false, true) => 10,
        (false, false) => 30,
    };
    if share(&FIRST_NAMES) >= least {
        Some("its texts are first names of persons")
    } else if share(&SURNAMES) >= least {
        Some("its texts are surnames of persons")
    } else {
        None
    }
}

/// Whether the first line of a file is a person and no header: it has a name of persons where other lines have such too.
pub(super) fn is_person(found: &FoundFile) -> bool {
    let has_name = |text: &str| {
        let words = words(text);
        let is_known =
            |word: &String| FIRST_NAMES.contains(&word.as_str()) || SURNAMES.contains(&word.as_str());
        !words.iter().any(|word| MAY_NAME.contains(&word.as_str())) && words.iter().any(is_known)
    };
    let columns = found.names.iter().zip(&found.sample.columns);
    columns.into_iter().any(|(name, column)| has_name(name) && column.stated().take(MOST).any(has_name))
}

/// Whether a column that may be called after anything holds names of persons, for it stands beside others of these.
pub(super) fn is_beside_names(name: &str) -> bool {
    has_word(name, &MAY_NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_names() {
        let table: [(&str, &[&str], bool); 10] = [
            ("col3", &["Maria Rossi", "José Luis Flores", "Rosa Quispe 2", "Giovanni Nowak"], true),
            ("col3", &["Maria", "José Luis", "Nguyễn", "Fatima", "Giovanni"], true),
            ("col3", &["ROSSI", "García Flores", "Quispe Mamani", "Nowak"], true),
            ("nome", &["Aurora", "Tommaso", "Giulia", "Zoe", "Noa", "Leon"], true),
            (
                "nome",
                &[
                    "Torino",
                    "Milano",
                    "San Francesco al Campo",
                    "Roma",
                    "Bari",
                    "Pisa",
                    "Lodi",
                    "Asti",
                    "Pavia",
                    "Como",
                    "Lecco",
                ],
                false,
            ),
            ("comune", &["Torino", "Milano", "Roma", "Bari"], false),
            ("country", &["Peru", "Costa Rica", "Italy", "Spain"], false),
            ("country", &["Perú", "Ecuador", "Colombia", "Chile", "Brasil"], false),
            ("sesso", &["maschi", "femmine"], false),
            ("street", &["Via Garibaldi 3", "Via Maria 4", "Via Carlos 5", "Via Roma 1"], false),
        ];
        for (name, texts, expected) in table {
            let column = SampleColumn::of(name, texts.iter().copied());
            assert_eq!(personal_texts(name, &column).is_some(), expected, "{name} {texts:?}");
        }
    }
}
