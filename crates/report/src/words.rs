//! What a page says, in English, Italian and Spanish.

mod changes;
pub(crate) mod estimates;
mod records;
pub(crate) mod workbook;

pub(crate) use changes::*;
pub(crate) use records::{counted, rejected_for};

use crate::language::Words;

pub(crate) const SYNTHETIC: Words = [
    "SYNTHETIC DATA: no record is about a real person, and no figure about a real population.",
    "DATI SINTETICI: nessun record riguarda una persona reale, nessuna cifra una popolazione reale.",
    "DATOS SINTÉTICOS: ningún registro se refiere a una persona real, ninguna cifra a una población real.",
];
pub(crate) const EDITION: Words = ["Edition", "Edizione", "Edición"];
pub(crate) const RELEASES: Words = ["Releases", "Pubblicazioni", "Publicaciones"];
pub(crate) const CONTENTS: Words = ["Contents", "Indice", "Contenido"];
pub(crate) const TOTAL: Words = ["Total", "Totale", "Total"];
pub(crate) const NOT_STATED: Words = ["Not stated", "Non indicato", "No declarado"];
pub(crate) const CHANGE: Words = ["Change", "Variazione", "Variación"];
pub(crate) const CHANGE_PERCENT: Words = ["Change, %", "Variazione, %", "Variación, %"];
pub(crate) const NUMBERS: Words = ["The numbers", "I numeri", "Los números"];

/// 0 and 1: two things of which the first is said of the second.
pub(crate) const OF: Words = ["{0}: {1}", "{0}: {1}", "{0}: {1}"];
/// 0: what is ranked; 1: when.
pub(crate) const BY: Words = ["{0}, {1}", "{0}, {1}", "{0}, {1}"];
pub(crate) const OVER_TIME: Words = ["{0} over time", "{0} nel tempo", "{0} a lo largo del tiempo"];
pub(crate) const BY_DIMENSION: Words = ["{0} by {1}", "{0} per {1}", "{0} por {1}"];
pub(crate) const BY_AGE_AND_SEX: Words = ["{0} by age and sex", "{0} per età e sesso", "{0} por edad y sexo"];
pub(crate) const BY_AGE: Words = ["{0} by age", "{0} per età", "{0} por edad"];
pub(crate) const COMPOSITION: Words = [
    "{0} by {1}, in per cent of the total",
    "{0} per {1}, in percentuale del totale",
    "{0} por {1}, en porcentaje del total",
];
pub(crate) const COMPOSITION_OF_STATED: Words = [
    "{0} by {1}, in per cent of what is stated",
    "{0} per {1}, in percentuale di ciò che è indicato",
    "{0} por {1}, en porcentaje de lo declarado",
];
pub(crate) const BEFORE: Words = ["the value of {0}", "il valore di {0}", "el valor de {0}"];
pub(crate) const OTHER_INDICATORS: Words = ["Indicators", "Indicatori", "Indicadores"];
pub(crate) const INDICATOR: Words = ["Indicator", "Indicatore", "Indicador"];
pub(crate) const UNIT: Words = ["Unit", "Unità", "Unidad"];
pub(crate) const VALUE: Words = ["Value", "Valore", "Valor"];
pub(crate) const SERIES: Words = ["Series", "Serie", "Serie"];

/// 0: how many are shown; 1: how many there are.
pub(crate) const LEADING: Words = [
    "The {0} largest of {1}; the table of the release has all of them.",
    "I {0} maggiori di {1}; la tabella della pubblicazione li contiene tutti.",
    "Los {0} mayores de {1}; la tabla de la publicación los contiene todos.",
];
/// 0: how many rows are shown; 1: how many there are.
pub(crate) const FIRST_ROWS: Words = [
    "The first {0} of {1} rows; the table of the release has all of them.",
    "Le prime {0} righe di {1}; la tabella della pubblicazione le contiene tutte.",
    "Las primeras {0} filas de {1}; la tabla de la publicación las contiene todas.",
];
/// 0: how many times are shown; 1: how many there are.
pub(crate) const LAST_ROWS: Words = [
    "The last {0} of {1} times; the table of the release has all of them.",
    "Gli ultimi {0} di {1} tempi; la tabella della pubblicazione li contiene tutti.",
    "Los últimos {0} de {1} tiempos; la tabla de la publicación los contiene todos.",
];
/// 0: who; 1: age; 2: how many.
pub(crate) const MOST_AT: Words =
    ["{0}: most at {1}, {2}", "{0}: massimo a {1}, {2}", "{0}: máximo a {1}, {2}"];
pub(crate) const MORE_SERIES: Words = [
    "Further series in the table of the release: {0}.",
    "Altre serie nella tabella della pubblicazione: {0}.",
    "Otras series en la tabla de la publicación: {0}.",
];
pub(crate) const PROVISIONAL: Words = [
    "Hollow: provisional (P), and not to be compared with the others.",
    "Vuoto: provvisorio (P), da non confrontare con gli altri.",
    "Hueco: provisional (P), no comparable con los demás.",
];
pub(crate) const BREAKS: Words = [
    "A line ends where the series breaks (B): what stands behind it is not to be compared with what stands before.",
    "La linea si interrompe dove la serie cambia (B): ciò che segue non va confrontato con ciò che precede.",
    "La línea se interrumpe donde la serie cambia (B): lo que sigue no debe compararse con lo anterior.",
];
/// Units of which there is one.
pub(crate) const ONE: [(&str, Words); 7] = [
    ("persons", ["person", "persona", "persona"]),
    ("records", ["record", "record", "registro"]),
    ("crossings", ["border crossing", "attraversamento di frontiera", "cruce de frontera"]),
    ("exits", ["exit", "uscita", "salida"]),
    ("permits", ["permit", "permesso", "permiso"]),
    ("procedures", ["procedure", "procedimento", "trámite"]),
    ("registrations", ["registration", "registrazione", "registro"]),
];
pub(crate) const LISTED: Words = [
    "Largest among those that are listed only: the total of all of them is not known here, or others may be larger.",
    "I maggiori solo fra quelli elencati: il totale non è noto qui, o altri possono essere più grandi.",
    "Los mayores solo entre los enumerados: el total no se conoce aquí, u otros pueden ser mayores.",
];

/// 0: code; 1: value and unit; 2: its share.
pub(crate) const LARGEST: Words = ["Largest: {0}, {1}{2}.", "Maggiore: {0}, {1}{2}.", "Mayor: {0}, {1}{2}."];
pub(crate) const LARGEST_AMONG: Words = [
    "Largest of those that are named: {0}, {1}{2}.",
    "Maggiore fra le voci indicate: {0}, {1}{2}.",
    "Mayor entre las categorías nombradas: {0}, {1}{2}.",
];
/// 0: names.
pub(crate) const AND_OTHERS: Words = ["{0} and others", "{0} e altri", "{0} y otros"];
/// 0: per cent; 1: what it is a share of.
pub(crate) const SHARE_OF_TOTAL: Words = [", {0} of the total", ", il {0} del totale", ", el {0} del total"];
pub(crate) const SHARE_OF_STATED: Words =
    [", {0} of the {1} that are stated", ", il {0} dei {1} indicati", ", el {0} de los {1} declarados"];
pub(crate) const SHARE_OF_ALL: Words = [", {0} of {1}", ", il {0} di {1}", ", el {0} de {1}"];
/// 0: unit; 1: what is divided by.
pub(crate) const UNIT_OF: Words = ["{0} of {1}", "{0} di {1}", "{0} de {1}"];
/// 0: times.
pub(crate) const NOT_COMPARED: Words = [
    "Not compared with other times: {0}. Records of it may still come, or some of it is not decided yet.",
    "Non confrontato con altri tempi: {0}. Possono ancora arrivare dati, o una parte non è ancora decisa.",
    "No se compara con otros tiempos: {0}. Aún pueden llegar datos, o una parte está sin decidir.",
];
pub(crate) const RISE: Words = [
    "Biggest rise since {0}: {1}, {2}.",
    "Maggiore aumento da {0}: {1}, {2}.",
    "Mayor aumento desde {0}: {1}, {2}.",
];
pub(crate) const FALL: Words = [
    "Biggest fall since {0}: {1}, {2}.",
    "Maggiore diminuzione da {0}: {1}, {2}.",
    "Mayor disminución desde {0}: {1}, {2}.",
];
pub(crate) const RISE_AMONG: Words = [
    "Biggest rise since {0} among those that are named: {1}, {2}.",
    "Maggiore aumento da {0} fra le voci indicate: {1}, {2}.",
    "Mayor aumento desde {0} entre las categorías nombradas: {1}, {2}.",
];
pub(crate) const FALL_AMONG: Words = [
    "Biggest fall since {0} among those that are named: {1}, {2}.",
    "Maggiore diminuzione da {0} fra le voci indicate: {1}, {2}.",
    "Mayor disminución desde {0} entre las categorías nombradas: {1}, {2}.",
];
/// 0: value and unit; 1: time; 2: how it has changed.
pub(crate) const AT_TIME: Words = ["{1}: {0}{2}.", "{1}: {0}{2}.", "{1}: {0}{2}."];
pub(crate) const TOTAL_ALONE: Words = ["Total: {0}.", "Totale: {0}.", "Total: {0}."];
pub(crate) const TOTAL_AT: Words = ["Total, {0}", "Totale, {0}", "Total, {0}"];
/// 0: change; 1: since when.
pub(crate) const CHANGED: Words = ["; {0} since {1}", "; {0} da {1}", "; {0} desde {1}"];
pub(crate) const STATED_NOT: Words = ["Not stated: {0}.", "Non indicato: {0}.", "No declarado: {0}."];
/// 0: how many; 1: of what.
pub(crate) const UNDECIDED: Words = [
    "Not decided yet, {1}: {0} more, of which the rule cannot tell yet; the value may rise by as much.",
    "Non ancora deciso, {1}: altri {0}, di cui la regola non può ancora dire; il valore può salire di tanto.",
    "Aún sin decidir, {1}: otros {0}, de los que la regla aún no puede decir; el valor puede subir en esa medida.",
];
pub(crate) const SUPPRESSED: [Words; 2] = [
    [
        "{0} value of this table is suppressed to protect persons (Q).",
        "{0} valore di questa tabella è soppresso per proteggere le persone (Q).",
        "{0} valor de esta tabla está suprimido para proteger a las personas (Q).",
    ],
    [
        "{0} values of this table are suppressed to protect persons (Q).",
        "{0} valori di questa tabella sono soppressi per proteggere le persone (Q).",
        "{0} valores de esta tabla están suprimidos para proteger a las personas (Q).",
    ],
];
/// 0: dimensions.
pub(crate) const SHARE_OVER: Words = [
    "Shares are parts of the total over: {0}; all else alike.",
    "Le quote sono parti del totale su: {0}; a parità di tutto il resto.",
    "Las proporciones son partes del total sobre: {0}; con todo lo demás igual.",
];
/// What a vertical line above a hollow mark says.
pub(crate) const UPPER: Words = [
    "A vertical line leads up to what a value may become of which much is not decided yet.",
    "Una linea verticale sale fino a ciò che può diventare un valore in gran parte non ancora deciso.",
    "Una línea vertical sube hasta lo que puede llegar a ser un valor en gran parte sin decidir.",
];
pub(crate) const SAMPLE: Words = [
    "Counts of a sample: {0} % of the population. They are not multiplied.",
    "Conteggi di un campione: {0} % della popolazione. Non sono moltiplicati.",
    "Recuentos de una muestra: {0} % de la población. No están multiplicados.",
];
pub(crate) const NO_CELL: Words =
    ["This table has no cell.", "Questa tabella non ha celle.", "Esta tabla no tiene celdas."];

pub(crate) const RECONCILIATION: Words = [
    "Compared with published figures",
    "Confronto con le cifre pubblicate",
    "Comparación con las cifras publicadas",
];
/// 0: within; 1: compared.
pub(crate) const RECONCILED: Words = [
    "{0} of {1} published figures that can be compared are met within their tolerance.",
    "{0} su {1} cifre pubblicate confrontabili sono raggiunte entro la tolleranza.",
    "{0} de {1} cifras publicadas comparables se alcanzan dentro de la tolerancia.",
];
pub(crate) const EXACTLY: Words =
    ["All of these are met exactly.", "Tutte sono raggiunte esattamente.", "Todas se alcanzan exactamente."];
pub(crate) const CONTEXT: [Words; 2] = [
    [
        "{0} more is kept for context: nothing here can be compared with it.",
        "{0} altra serve da contesto: qui nulla è confrontabile.",
        "{0} más sirve de contexto: aquí nada es comparable.",
    ],
    [
        "{0} more are kept for context: nothing here can be compared with them.",
        "Altre {0} servono da contesto: qui nulla è confrontabile.",
        "Otras {0} sirven de contexto: aquí nada es comparable.",
    ],
];
pub(crate) const WITHOUT_CELL: [Words; 2] = [
    [
        "{0} has no cell in this release.",
        "{0} non ha una cella in questa pubblicazione.",
        "{0} no tiene celda en esta publicación.",
    ],
    [
        "{0} have no cell in this release.",
        "{0} non hanno una cella in questa pubblicazione.",
        "{0} no tienen celda en esta publicación.",
    ],
];
pub(crate) const NOT_TOLD: [Words; 2] = [[
    "Of {0} the protected counts do not tell.",
    "Di {0} i conteggi protetti non dicono nulla.",
    "De {0} los recuentos protegidos no dicen nada.",
]; 2];
pub(crate) const DIFFERENCES: Words = [
    "Figures that differ: difference divided by tolerance",
    "Cifre che differiscono: differenza divisa per la tolleranza",
    "Cifras que difieren: diferencia dividida por la tolerancia",
];
pub(crate) const STATEMENT: Words = ["Statement", "Affermazione", "Afirmación"];
pub(crate) const COMPUTED: Words = ["Here", "Qui", "Aquí"];
pub(crate) const PUBLISHED: Words = ["Published", "Pubblicato", "Publicado"];
pub(crate) const DIFFERENCE: Words = ["Difference", "Differenza", "Diferencia"];
pub(crate) const TOLERANCE: Words = ["Tolerance", "Tolleranza", "Tolerancia"];
pub(crate) const SOURCE: Words = ["Source", "Fonte", "Fuente"];

pub(crate) const QUALITY: Words = ["Quality", "Qualità", "Calidad"];
/// 0: read; 1: accepted; 2: rejected; 3: excluded.
pub(crate) const ROWS: Words = [
    "{0} rows were read: {1} accepted, {2} rejected, {3} left out by rule.",
    "{0} righe lette: {1} accettate, {2} respinte, {3} escluse per regola.",
    "{0} filas leídas: {1} aceptadas, {2} rechazadas, {3} excluidas por regla.",
];
pub(crate) const ROWS_HIDDEN: Words = [
    "How many rows were read and rejected is not told: it would give away what is protected.",
    "Il numero di righe lette e respinte non è indicato: rivelerebbe ciò che è protetto.",
    "No se indica cuántas filas se leyeron y rechazaron: revelaría lo que está protegido.",
];
pub(crate) const FILE: Words = ["File", "File", "Archivo"];
pub(crate) const READ: Words = ["Read", "Lette", "Leídas"];
pub(crate) const ACCEPTED: Words = ["Accepted", "Accettate", "Aceptadas"];
pub(crate) const REJECTED: Words = ["Rejected", "Respinte", "Rechazadas"];
pub(crate) const EXCLUDED: Words = ["Left out", "Escluse", "Excluidas"];
pub(crate) const WHY_REJECTED: Words =
    ["Why rows were rejected", "Perché le righe sono state respinte", "Por qué se rechazaron filas"];
pub(crate) const REASON: Words = ["Reason", "Motivo", "Motivo"];
pub(crate) const ROWS_HEAD: Words = ["Rows", "Righe", "Filas"];
pub(crate) const INCOMPLETE: [Words; 2] = [
    [
        "{0} accepted row does not state a field that could not be read.",
        "{0} riga accettata non indica un campo che non è stato possibile leggere.",
        "{0} fila aceptada no indica un campo que no se pudo leer.",
    ],
    [
        "{0} accepted rows do not state a field that could not be read.",
        "{0} righe accettate non indicano un campo che non è stato possibile leggere.",
        "{0} filas aceptadas no indican un campo que no se pudo leer.",
    ],
];
pub(crate) const REPAIRED_NUMBERS: [Words; 2] = [
    [
        "{0} number was read as a declared sum proves it, not as it is written.",
        "{0} numero letto come lo prova una somma dichiarata, non come è scritto.",
        "{0} número se leyó como lo prueba una suma declarada, no como está escrito.",
    ],
    [
        "{0} numbers were read as a declared sum proves them, not as they are written.",
        "{0} numeri letti come li prova una somma dichiarata, non come sono scritti.",
        "{0} números se leyeron como los prueba una suma declarada, no como están escritos.",
    ],
];
pub(crate) const CHECKS: Words = ["What was checked", "Che cosa è stato controllato", "Qué se comprobó"];
pub(crate) const CHECK: Words = ["Check", "Controllo", "Comprobación"];
pub(crate) const OUTCOME: Words = ["Outcome", "Esito", "Resultado"];
pub(crate) const PASSED: Words = ["passed", "superato", "superada"];
pub(crate) const WARNED: Words = ["to be looked at", "da esaminare", "por examinar"];
pub(crate) const FAILED: Words = ["failed", "fallito", "fallida"];
pub(crate) const NOT_RUN: Words = ["nothing to check", "nulla da controllare", "nada que comprobar"];
pub(crate) const HOLDS: Words = ["Holds", "Vale", "Se cumple"];
pub(crate) const HOLDS_NOT: Words = ["Does not hold", "Non vale", "No se cumple"];
pub(crate) const NOT_CHECKED: Words = ["Cannot be told", "Non si può dire", "No se puede decir"];
pub(crate) const STEPS: Words = ["What each step did", "Che cosa ha fatto ogni passo", "Qué hizo cada paso"];
pub(crate) const STEP: Words = ["Step", "Passo", "Paso"];
pub(crate) const KEPT: Words = ["Kept", "Mantenute", "Conservadas"];
pub(crate) const COUNTED: Words = ["Counted", "Contato", "Contado"];
pub(crate) const MADE: Words = ["Made", "Create", "Creadas"];

pub(crate) const DISCLOSURE: Words =
    ["Protection of persons", "Protezione delle persone", "Protección de las personas"];
pub(crate) const PROTECTED: Words = [
    "Counts of 1 to {0} persons are suppressed (Q), all others rounded to multiples of {1}. Shares and ranks are computed from \
     the counts as they are shown. Exact counts have not left the office that made this release.",
    "I conteggi da 1 a {0} persone sono soppressi (Q), gli altri arrotondati a multipli di {1}. Quote e ranghi sono calcolati dai \
     conteggi mostrati. I conteggi esatti non hanno lasciato l'ufficio che ha prodotto questa pubblicazione.",
    "Los recuentos de 1 a {0} personas están suprimidos (Q), los demás redondeados a múltiplos de {1}. Las proporciones y los rangos \
     se calculan a partir de los recuentos mostrados. Los recuentos exactos no han salido de la oficina que hizo esta publicación.",
];
pub(crate) const UNPROTECTED: Words = [
    "Counts are published as they are. The reason that was stated: {0}",
    "I conteggi sono pubblicati così come sono. Il motivo indicato: {0}",
    "Los recuentos se publican tal como son. El motivo indicado: {0}",
];
pub(crate) const NO_DISCLOSURE: Words = [
    "No protection of small counts was asked for: the inputs are published tables, records that identify nobody, or synthetic ones.",
    "Non è stata richiesta alcuna protezione dei piccoli conteggi: gli input sono tabelle pubblicate, record che non identificano nessuno, o sintetici.",
    "No se pidió protección de los recuentos pequeños: los insumos son tablas publicadas, registros que no identifican a nadie, o sintéticos.",
];

pub(crate) const PROVENANCE: Words = ["Where it comes from", "Provenienza", "Procedencia"];
pub(crate) const PRODUCER: Words = ["Producer", "Produttore", "Productor"];
pub(crate) const LICENCE: Words = ["Licence", "Licenza", "Licencia"];
pub(crate) const RETRIEVED: Words = ["Retrieved", "Acquisito il", "Obtenido el"];
pub(crate) const ORIGIN: Words = ["Origin", "Origine", "Origen"];
/// 0: program; 1: pipeline; 2: hash.
pub(crate) const MADE_BY: Words = [
    "Made by {0} from the pipeline {1} (SHA-256 {2}). The same inputs, pipeline and program give the same bytes; this page was made \
     from the published tables alone.",
    "Prodotto da {0} con la pipeline {1} (SHA-256 {2}). Gli stessi input, pipeline e programma danno gli stessi byte; questa pagina è \
     fatta solo dalle tabelle pubblicate.",
    "Hecho por {0} con la pipeline {1} (SHA-256 {2}). Los mismos insumos, pipeline y programa dan los mismos bytes; esta página se hizo \
     solo con las tablas publicadas.",
];
pub(crate) const STATUSES: Words = [
    "What letters behind numbers mean",
    "Significato delle lettere dopo i numeri",
    "Qué significan las letras tras los números",
];
pub(crate) const ABSENT_DASH: Words =
    ["\u{2013} no value", "\u{2013} nessun valore", "\u{2013} ningún valor"];
pub(crate) const WHOLE_TABLE: Words = ["Whole table", "Tabella completa", "Tabla completa"];
