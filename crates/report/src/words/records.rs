//! What happened to records, in Italian and Spanish: what steps count, and why rows were rejected. English has what the manifest and the
//! diagnostics say.

use denizen_spec::{Code, label};

use crate::language::Language;

/// A text in Italian and Spanish.
type Other = [&'static str; 2];

fn say(language: Language, [italian, spanish]: Other) -> Option<&'static str> {
    match language {
        Language::English => None,
        Language::Italian => Some(italian),
        Language::Spanish => Some(spanish),
    }
}

/// Why a row was rejected.
pub(crate) fn rejected_for(code: &str, language: Language) -> String {
    let other =
        REASONS.iter().find(|(known, _)| known.id() == code).and_then(|(_, other)| say(language, *other));
    let english = || Code::from_id(code).map_or(code, |code| code.page().title);
    other.unwrap_or_else(english).to_owned()
}

/// What a step has counted: `rows_dropped` is *rows dropped*, *righe eliminate*, *filas eliminadas*.
pub(crate) fn counted(name: &str, language: Language) -> String {
    let other = COUNTS.iter().find(|(known, _)| *known == name).and_then(|(_, other)| say(language, *other));
    let of_something = || {
        let (rest, of) = OF_SOMETHING.iter().find_map(|(known, of)| Some((name.strip_prefix(known)?, of)))?;
        let of = say(language, *of)?;
        Some(format!("{of} {}", column(rest, language)))
    };
    let english = || name.replace('_', " ");
    other.map(str::to_owned).or_else(of_something).unwrap_or_else(english)
}

/// What a column is called within a sentence.
fn column(name: &str, language: Language) -> String {
    match label("column", name) {
        Some(title) => language.say(title).to_lowercase(),
        None => name.replace('_', " "),
    }
}

const REASONS: &[(Code, Other)] = &[
    (
        Code::Encoding,
        [
            "Byte che non sono testo nella codifica dichiarata",
            "Bytes que no son texto en la codificación declarada",
        ],
    ),
    (
        Code::InexactNumber,
        [
            "Un numero ha più cifre di quante ne conserva una cartella di lavoro",
            "Un número tiene más cifras de las que guarda un libro de cálculo",
        ],
    ),
    (
        Code::FormulaWithoutValue,
        [
            "Una cella ha una formula senza valore calcolato",
            "Una celda tiene una fórmula sin valor calculado",
        ],
    ),
    (Code::MergedCell, ["Una riga condivide una cella con altre", "Una fila comparte una celda con otras"]),
    (
        Code::UnequalLengths,
        [
            "Una riga ha più o meno campi dell'intestazione",
            "Una fila tiene más o menos campos que el encabezado",
        ],
    ),
    (Code::UnclosedQuote, ["Virgolette mai chiuse", "Comillas que no se cierran"]),
    (
        Code::StrayQuote,
        ["Virgolette dentro un testo tra virgolette", "Comillas dentro de un texto entre comillas"],
    ),
    (
        Code::BadDate,
        [
            "Un testo non è una data nel formato dichiarato",
            "Un texto no es una fecha en el formato declarado",
        ],
    ),
    (Code::BadTime, ["Un testo non è un'ora del giorno", "Un texto no es una hora del día"]),
    (Code::BadInteger, ["Un testo non è un numero intero", "Un texto no es un número entero"]),
    (Code::BadWeight, ["Un testo non è il peso di una riga", "Un texto no es el peso de una fila"]),
    (
        Code::BadDecimal,
        [
            "Un testo non è un numero con quei decimali",
            "Un texto no es un número con esa cantidad de decimales",
        ],
    ),
    (
        Code::UnmappedCode,
        [
            "Un codice non è né nella lista della sua colonna né in `codes`",
            "Un código no está ni en la lista de su columna ni en `codes`",
        ],
    ),
    (Code::ReservedText, ["Un testo di un record è `_T` o `_U`", "Un texto de un registro es `_T` o `_U`"]),
    (
        Code::RecordTooLong,
        ["Una riga supera 1 MiB o ha più di 4096 campi", "Una fila supera 1 MiB o tiene más de 4096 campos"],
    ),
    (Code::NoteRow, ["Una riga contiene un testo e nient'altro", "Una fila contiene un texto y nada más"]),
    (
        Code::MissingValue,
        ["Una cella non dice che cosa conta, o quando", "Una celda no dice qué cuenta, o cuándo"],
    ),
    (
        Code::UnitMultiplier,
        [
            "Un valore non si può moltiplicare come dice la sua riga",
            "Un valor no se puede multiplicar como dice su fila",
        ],
    ),
];

/// Counts of a column or a key, which the name ends with.
const OF_SOMETHING: &[(&str, Other)] = &[
    ("totals_compared_", ["totali confrontati per", "totales comparados por"]),
    ("totals_within_tolerance_", ["totali entro la tolleranza per", "totales dentro de la tolerancia por"]),
    ("impossible_", ["valori impossibili di", "valores imposibles de"]),
    ("undecided_", ["non ancora decisi:", "aún sin decidir:"]),
    ("not_valid_", ["codici non validi a quella data:", "códigos no válidos en esa fecha:"]),
    ("undated_", ["codici senza data:", "códigos sin fecha:"]),
    ("groups_with_two_", ["gruppi con due valori di", "grupos con dos valores de"]),
    ("rows_with_", ["righe con", "filas con"]),
    ("links_by_", ["collegamenti tramite", "enlaces por"]),
    ("withheld_values_of_", ["valori trattenuti di", "valores retenidos de"]),
    ("withheld_rows_of_", ["righe trattenute per", "filas retenidas por"]),
    ("crowded_values_of_", ["valori su troppe righe di", "valores en demasiadas filas de"]),
    (
        "crowded_rows_of_",
        ["righe con valori troppo frequenti di", "filas con valores demasiado frecuentes de"],
    ),
    ("rows_of_entry_", ["righe della correzione", "filas de la corrección"]),
    ("corrected_by_entry_", ["corrette dalla correzione", "corregidas por la corrección"]),
    ("healed_before_entry_", ["già corrette prima della correzione", "ya corregidas antes de la corrección"]),
];

const COUNTS: &[(&str, Other)] = &[
    ("persons", ["persone", "personas"]),
    ("migrations", ["migrazioni", "migraciones"]),
    ("undecided", ["non ancora decisi", "aún sin decidir"]),
    ("unseen_migrations", ["migrazioni non registrate", "migraciones no registradas"]),
    ("unseen_undecided", ["possibili migrazioni non registrate", "posibles migraciones no registradas"]),
    (
        "rows_without_person_date_or_direction",
        ["righe senza persona, data o direzione", "filas sin persona, fecha o dirección"],
    ),
    ("rows_after_cut_off", ["righe dopo la data limite", "filas posteriores a la fecha de corte"]),
    ("rows_dropped", ["righe eliminate", "filas eliminadas"]),
    ("rows_of_rejected_persons", ["righe di persone escluse", "filas de personas excluidas"]),
    (
        "persons_with_same_direction_pairs",
        [
            "persone con due attraversamenti di seguito nella stessa direzione",
            "personas con dos cruces seguidos en la misma dirección",
        ],
    ),
    (
        "same_direction_pairs",
        ["coppie di attraversamenti nella stessa direzione", "pares de cruces en la misma dirección"],
    ),
    ("pairs_oldest_first", ["coppie dalla riga più vecchia", "pares desde la fila más antigua"]),
    ("pairs_newest_first", ["coppie dalla riga più recente", "pares desde la fila más reciente"]),
    ("pairs_in_order_of_file", ["coppie nell'ordine del file", "pares en el orden del archivo"]),
    ("crowded_identifiers", ["identificativi su troppe righe", "identificadores en demasiadas filas"]),
    (
        "crowded_rows",
        ["righe con identificativi troppo frequenti", "filas con identificadores demasiado frecuentes"],
    ),
    ("permits", ["permessi", "permisos"]),
    (
        "permits_that_end_before_they_begin",
        ["permessi che finiscono prima di iniziare", "permisos que terminan antes de empezar"],
    ),
    ("assumed_departures", ["uscite presunte", "salidas supuestas"]),
    ("crossings_outside_permits", ["attraversamenti fuori dai permessi", "cruces fuera de los permisos"]),
    ("first", ["primi permessi", "primeros permisos"]),
    ("first_own", ["primi permessi a proprio nome", "primeros permisos a nombre propio"]),
    ("renewal", ["rinnovi", "renovaciones"]),
    ("change", ["cambi di motivo", "cambios de motivo"]),
    (
        "undecided_for_a_reason_not_stated",
        ["non decisi perché il motivo non è indicato", "sin decidir porque no se declara el motivo"],
    ),
    ("valid", ["validi", "válidos"]),
    ("entered_later", ["inseriti in seguito", "registrados después"]),
    ("renewed_later", ["rinnovati in seguito", "renovados después"]),
    (
        "permits_without_day_of_entry",
        ["permessi senza giorno di inserimento", "permisos sin día de registro"],
    ),
    (
        "persons_by_the_code_of_the_reason",
        [
            "persone con più permessi, scelto per codice del motivo",
            "personas con varios permisos, elegido por el código del motivo",
        ],
    ),
    (
        "persons_by_the_first_of_equal_permits",
        [
            "persone con permessi uguali, di cui vale il primo",
            "personas con permisos iguales, de los que vale el primero",
        ],
    ),
    ("rows_without_person", ["righe senza persona", "filas sin persona"]),
    ("rows_without_validity", ["righe senza date di validità", "filas sin fechas de validez"]),
    (
        "rows_that_end_before_they_begin",
        ["righe che finiscono prima di iniziare", "filas que terminan antes de empezar"],
    ),
    (
        "rows_that_begin_after_the_extraction",
        ["righe che iniziano dopo l'estrazione", "filas que empiezan después de la extracción"],
    ),
    ("rows_that_are_too_short", ["righe troppo brevi", "filas demasiado cortas"]),
    ("long_term", ["di lungo periodo", "de larga duración"]),
    ("naturalised", ["con cittadinanza acquisita", "con nacionalidad adquirida"]),
    ("left", ["senza più permesso", "ya sin permiso"]),
    (
        "naturalised_before_the_first_permit",
        ["cittadini prima del primo permesso", "nacionales antes del primer permiso"],
    ),
    ("spells", ["periodi", "períodos"]),
    ("permits_covered_by_others", ["permessi coperti da altri", "permisos cubiertos por otros"]),
    (
        "spells_of_permits_that_differ",
        ["periodi di permessi che differiscono", "períodos de permisos que difieren"],
    ),
    ("years_of_residence", ["anni di residenza", "años de residencia"]),
    ("rows_without_person_or_date", ["righe senza persona o data", "filas sin persona o fecha"]),
    (
        "rows_from_an_unstated_sign_on",
        ["righe da un segno non indicato in poi", "filas desde un signo no declarado"],
    ),
    ("rows_without_first_day", ["righe senza primo giorno", "filas sin primer día"]),
    ("rows_that_took_values", ["righe che hanno preso valori", "filas que tomaron valores"]),
    (
        "rows_that_still_lack_values",
        ["righe a cui mancano ancora valori", "filas a las que aún faltan valores"],
    ),
    ("rows_that_name_no_row", ["righe che non indicano nessuna riga", "filas que no señalan ninguna fila"]),
    (
        "rows_that_name_rows_that_differ",
        ["righe che indicano righe diverse tra loro", "filas que señalan filas distintas entre sí"],
    ),
    ("persons_of_1_row", ["persone con 1 riga", "personas con 1 fila"]),
    ("persons_of_2_to_5_rows", ["persone con 2-5 righe", "personas con 2 a 5 filas"]),
    ("persons_of_6_to_20_rows", ["persone con 6-20 righe", "personas con 6 a 20 filas"]),
    ("persons_of_21_to_100_rows", ["persone con 21-100 righe", "personas con 21 a 100 filas"]),
    ("persons_of_more_than_100_rows", ["persone con più di 100 righe", "personas con más de 100 filas"]),
    ("rows_of_nobody", ["righe di nessuno", "filas de nadie"]),
    ("conflicting_groups", ["gruppi in conflitto", "grupos en conflicto"]),
    ("held_back_groups", ["gruppi trattenuti", "grupos retenidos"]),
    ("held_back_rows", ["righe trattenute", "filas retenidas"]),
    ("pairs", ["coppie", "pares"]),
    ("unlikely_pairs", ["coppie poco probabili", "pares poco probables"]),
    ("pairs_without_a_name", ["coppie senza nome", "pares sin nombre"]),
    ("pairs_of_no_row", ["coppie di nessuna riga", "pares de ninguna fila"]),
    ("pairs_of_several_rows", ["coppie di più righe", "pares de varias filas"]),
    ("pairs_of_one_row", ["coppie di una sola riga", "pares de una sola fila"]),
    ("withheld_pairs", ["coppie trattenute", "pares retenidos"]),
    ("links_by_pairs", ["collegamenti tramite coppie", "enlaces por pares"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steps_count_has_a_name_in_each_language() {
        let table = [
            ("rows_dropped", ["rows dropped", "righe eliminate", "filas eliminadas"]),
            (
                "totals_compared_age_group",
                [
                    "totals compared age group",
                    "totali confrontati per classe di età",
                    "totales comparados por grupo de edad",
                ],
            ),
            (
                "impossible_arrived",
                ["impossible arrived", "valori impossibili di arrived", "valores imposibles de arrived"],
            ),
            ("something_new", ["something new", "something new", "something new"]),
        ];
        for (name, expected) in table {
            assert_eq!(Language::ALL.map(|language| counted(name, language)), expected);
        }
    }

    #[test]
    fn reasons_of_rejects_are_told_in_each_language() {
        let date = Language::ALL.map(|language| rejected_for("ingest::date", language));
        assert_eq!(date[0], "A text is not a date in the declared layout");
        assert_eq!(date[1], "Un testo non è una data nel formato dichiarato");
        assert_eq!(rejected_for("ingest::sheet", Language::Spanish), Code::Sheet.page().title);
    }
}
