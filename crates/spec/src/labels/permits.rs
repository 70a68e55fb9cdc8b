//! Codes that rules give: what a permit is to its holder, what became of it, why a person is in a stock, where a member of a cohort is,
//! and what has become of a migration.

use super::Label;

type Codes = &'static [(&'static str, Label)];

/// Why a row is no permit of a person; such codes stand beside others.
const NO_ANSWER: Codes = &[
    ("no_person", ["Of nobody in particular", "Di nessuno in particolare", "De nadie en particular"]),
    ("no_validity", ["Without days of validity", "Senza date di validità", "Sin fechas de validez"]),
    (
        "ends_before_it_begins",
        ["Ends before it begins", "Finisce prima di iniziare", "Termina antes de empezar"],
    ),
    (
        "after_extraction",
        ["Begins after the extraction", "Inizia dopo l'estrazione", "Empieza después de la extracción"],
    ),
    ("too_short", ["Too short", "Troppo breve", "Demasiado corto"]),
];

const EVENT: Codes = &[
    ("first", ["First permit", "Primo permesso", "Primer permiso"]),
    (
        "first_own",
        ["First permit of one's own", "Primo permesso a proprio nome", "Primer permiso a nombre propio"],
    ),
    ("renewal", ["Renewal", "Rinnovo", "Renovación"]),
    ("change", ["Change of reason", "Cambio di motivo", "Cambio de motivo"]),
];

const RENEWAL: Codes = &[
    ("renewed", ["Renewed", "Rinnovato", "Renovado"]),
    ("not_renewed", ["Not renewed", "Non rinnovato", "No renovado"]),
    (
        "overlapped",
        ["Overlapped by another permit", "Coperto da un altro permesso", "Cubierto por otro permiso"],
    ),
    ("undecided", UNDECIDED),
    ("running", ["Still valid", "Ancora valido", "Todavía válido"]),
];

const LAG: Codes = &[
    ("before_expiry", ["Before expiry", "Prima della scadenza", "Antes del vencimiento"]),
    ("1-30", ["1 to 30 days", "1-30 giorni", "1 a 30 días"]),
    ("31-60", ["31 to 60 days", "31-60 giorni", "31 a 60 días"]),
    ("61-90", ["61 to 90 days", "61-90 giorni", "61 a 90 días"]),
    ("91-183", ["91 to 183 days", "91-183 giorni", "91 a 183 días"]),
    ("184-365", ["184 to 365 days", "184-365 giorni", "184 a 365 días"]),
    ("366+", ["366 days and more", "366 giorni e più", "366 días y más"]),
];

const HELD_AS: Codes = &[
    ("valid", ["Valid on the day", "Valido quel giorno", "Válido ese día"]),
    ("entered_later", ["Entered later", "Inserito in seguito", "Registrado después"]),
    ("renewed_later", ["Renewed later", "Rinnovato in seguito", "Renovado después"]),
];

const OUTCOME: Codes = &[
    ("valid", ["With a permit", "Con permesso", "Con permiso"]),
    (
        "long_term",
        ["With a long-term permit", "Con permesso di lungo periodo", "Con permiso de larga duración"],
    ),
    ("naturalised", ["Naturalised", "Con cittadinanza acquisita", "Con nacionalidad adquirida"]),
    ("left", ["Without a permit any more", "Senza più permesso", "Ya sin permiso"]),
    ("undecided", UNDECIDED),
];

const FOLLOWED: Codes = &[
    ("ended", ["Ended", "Concluso", "Terminado"]),
    ("not_over", ["Not over so far", "Non ancora concluso", "Aún no terminado"]),
    ("unseen", ["Ended at an unknown time", "Concluso in data ignota", "Terminado en fecha desconocida"]),
    ("undecided", ["Not known", "Non noto", "No se sabe"]),
];

/// Codes that only these rules give. Others, such as `first`, are their words only beside one of these: an edition may be
/// the first as well.
const OWN: [&str; 14] = [
    "first_own",
    "renewal",
    "renewed",
    "not_renewed",
    "overlapped",
    "before_expiry",
    "91-183",
    "184-365",
    "entered_later",
    "renewed_later",
    "long_term",
    "naturalised",
    "not_over",
    "unseen",
];

const UNDECIDED: Label = ["Not decided yet", "Non ancora deciso", "Aún sin decidir"];

/// What the codes of a dimension are called, in their order, where all of them are codes that one rule for permits gives and one
/// of them is given by no other.
///
/// ```
/// use denizen_spec::permit_labels;
///
/// assert_eq!(permit_labels(&["first", "renewal"]).unwrap()[1], ["Renewal", "Rinnovo", "Renovación"]);
/// assert_eq!(permit_labels(&["entered_later", "valid"]).unwrap()[1][0], "Valid on the day");
/// assert_eq!(permit_labels(&["long_term", "valid"]).unwrap()[1][0], "With a permit");
/// assert_eq!(permit_labels(&["left", "right"]), None);
/// assert_eq!(permit_labels(&["first"]), None);
/// ```
pub fn permit_labels(codes: &[&str]) -> Option<Vec<Label>> {
    let of = |list: Codes, code: &str| list.iter().find(|(known, _)| *known == code).map(|(_, label)| *label);
    let fits = |list: &Codes| codes.iter().any(|code| OWN.contains(code) && of(list, code).is_some());
    let labels = |list: Codes| -> Option<Vec<Label>> {
        codes.iter().map(|code| of(list, code).or_else(|| of(NO_ANSWER, code))).collect()
    };
    [EVENT, RENEWAL, LAG, HELD_AS, OUTCOME, FOLLOWED].into_iter().filter(fits).find_map(labels)
}
