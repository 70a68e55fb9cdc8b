//! What is said of the changes from one release to another.

use crate::language::Words;

pub(crate) const SINCE: Words =
    ["Since the edition before", "Dall'edizione precedente", "Desde la edición anterior"];
/// 0: vintage; 1: new; 2: gone; 3: revised; 4: other status.
pub(crate) const SINCE_CELLS: Words = [
    "Compared with the edition {0}: cells that are new {1}, gone {2}, with another value {3}, with another status only {4}.",
    "Rispetto all'edizione {0}: celle nuove {1}, non più presenti {2}, con un altro valore {3}, solo con un altro stato {4}.",
    "En comparación con la edición {0}: celdas nuevas {1}, ausentes {2}, con otro valor {3}, solo con otro estado {4}.",
];
/// 0: vintage.
pub(crate) const SINCE_NOTHING: Words = [
    "Compared with the edition {0}, every cell of every table is the same.",
    "Rispetto all'edizione {0}, tutte le celle di tutte le tabelle sono uguali.",
    "En comparación con la edición {0}, todas las celdas de todas las tablas son iguales.",
];
/// 0: revised; 1: per cent; 2: cells of the edition before.
pub(crate) const SINCE_SHARE: Words = [
    "{0} are {1} % of the {2} cells of that edition.",
    "{0} sono il {1} % delle {2} celle di quell'edizione.",
    "{0} son el {1} % de las {2} celdas de esa edición.",
];
pub(crate) const NEW_TABLES: Words = ["New tables: {0}.", "Tabelle nuove: {0}.", "Tablas nuevas: {0}."];
pub(crate) const GONE_TABLES: Words = [
    "Tables that are not made any more: {0}.",
    "Tabelle non più prodotte: {0}.",
    "Tablas que ya no se hacen: {0}.",
];
pub(crate) const TABLES_NOT_COMPARED: Words = [
    "Tables whose cells are told apart by other columns than before, and cannot be compared: {0}.",
    "Tabelle le cui celle si distinguono per altre colonne rispetto a prima, e non si possono confrontare: {0}.",
    "Tablas cuyas celdas se distinguen por otras columnas que antes, y no se pueden comparar: {0}.",
];
/// 0: new; 1: withdrawn; 2: gone.
pub(crate) const CORRECTIONS: Words = [
    "Corrections of the sources: new {0}; withdrawn, for the publisher has made them or they were wrong, {1}; left out {2}.",
    "Correzioni delle fonti: nuove {0}; ritirate, perché fatte dall'editore o perché errate, {1}; tralasciate {2}.",
    "Correcciones de las fuentes: nuevas {0}; retiradas, porque el editor las hizo o eran erróneas, {1}; omitidas {2}.",
];
/// 0: title; 1: vintage; 2: hash.
pub(crate) const PREVIOUS: Words = [
    "The edition before: {0}, {1} (SHA-256 of its manifest {2}).",
    "L'edizione precedente: {0}, {1} (SHA-256 del suo manifest {2}).",
    "La edición anterior: {0}, {1} (SHA-256 de su manifest {2}).",
];

/// 0 and 1: editions.
pub(crate) const EDITIONS: Words =
    ["{1} compared with {0}", "{1} a confronto con {0}", "{1} en comparación con {0}"];
pub(crate) const WHAT_CHANGED: Words = ["What has changed", "Che cosa è cambiato", "Qué ha cambiado"];
pub(crate) const TABLE: Words = ["Table", "Tabella", "Tabla"];
pub(crate) const CELLS_BEFORE: Words = ["Cells before", "Celle prima", "Celdas antes"];
pub(crate) const CELLS_NOW: Words = ["Cells now", "Celle ora", "Celdas ahora"];
pub(crate) const VALUE_BEFORE: Words = ["Before", "Prima", "Antes"];
pub(crate) const VALUE_NOW: Words = ["Now", "Ora", "Ahora"];
pub(crate) const NEW: Words = ["New", "Nuove", "Nuevas"];
pub(crate) const GONE: Words = ["Gone", "Assenti", "Ausentes"];
pub(crate) const REVISED: Words = ["Revised", "Riviste", "Revisadas"];
pub(crate) const REVISED_PERCENT: Words = ["Revised, %", "Riviste, %", "Revisadas, %"];
pub(crate) const OTHER_STATUS: Words = ["Another status", "Altro stato", "Otro estado"];
pub(crate) const TABLES_COMPARED: Words = ["Tables", "Tabelle", "Tablas"];
pub(crate) const SIZES: Words =
    ["How large revisions are", "Quanto sono grandi le revisioni", "Qué tan grandes son las revisiones"];
pub(crate) const UP: Words = ["Upward", "Al rialzo", "Al alza"];
pub(crate) const DOWN: Words = ["Downward", "Al ribasso", "A la baja"];
/// 0: per cent.
pub(crate) const UP_TO: Words = ["Up to {0} %", "Fino al {0} %", "Hasta {0} %"];
pub(crate) const MORE_THAN: Words = ["More than {0} %", "Oltre il {0} %", "Más de {0} %"];
pub(crate) const FROM_ZERO: Words = ["From zero", "Da zero", "Desde cero"];
pub(crate) const CAME_OR_WENT: Words =
    ["Value came or went", "Valore comparso o scomparso", "Valor aparecido o desaparecido"];
/// 0: the indicator; 1: its base before; 2: its base now; 3: cells before; 4: cells now.
pub(crate) const OTHER_BASE: Words = [
    "{0} is not compared, for it is of another base: {2} now, {1} before ({4} cells now, {3} before).",
    "{0}: non confrontato, perché ha un'altra base: {2} ora, {1} prima ({4} celle ora, {3} prima).",
    "{0}: no se compara, porque tiene otra base: {2} ahora, {1} antes ({4} celdas ahora, {3} antes).",
];
pub(crate) const IN_POINTS: Words = [
    "Changes of values in per cent are in percentage points; a change in per cent is told of counts of 50 and more.",
    "Le variazioni di valori in percentuale sono in punti percentuali; la variazione percentuale è indicata per conteggi da 50 in su.",
    "Las variaciones de valores en porcentaje son en puntos porcentuales; la variación porcentual se indica para recuentos de 50 o más.",
];
pub(crate) const FIGURES_COMPARED: Words = [
    "Published figures beside the release",
    "Cifre pubblicate a confronto con la pubblicazione",
    "Cifras publicadas junto a la publicación",
];
/// 0: before; 1: now; 2: new; 3: gone; 4: revised.
pub(crate) const FIGURES_COUNTED: Words = [
    "Figures before {0}, now {1}: {2} new, {3} gone, {4} of which something differs.",
    "Cifre prima {0}, ora {1}: {2} nuove, {3} assenti, {4} in cui qualcosa differisce.",
    "Cifras antes {0}, ahora {1}: {2} nuevas, {3} ausentes, {4} en las que algo difiere.",
];
pub(crate) const OTHER_COLUMNS: Words =
    ["Other columns that differ", "Altre colonne diverse", "Otras columnas distintas"];
/// 0: table.
pub(crate) const LARGEST_REVISIONS: Words =
    ["Largest revisions: {0}", "Revisioni più grandi: {0}", "Mayores revisiones: {0}"];
/// 0: table.
pub(crate) const WHERE_CELLS_DIFFER: Words = [
    "Cells that are new, gone or revised, by code: {0}",
    "Celle nuove, assenti o riviste, per codice: {0}",
    "Celdas nuevas, ausentes o revisadas, por código: {0}",
];
pub(crate) const COLUMN: Words = ["Column", "Colonna", "Columna"];
pub(crate) const CODE: Words = ["Code", "Codice", "Código"];
pub(crate) const CELLS: Words = ["Cells", "Celle", "Celdas"];
/// 0: shown; 1: all.
pub(crate) const FIRST_CODES: Words = [
    "{2}: the first {0} of {1} codes.",
    "{2}: i primi {0} di {1} codici.",
    "{2}: los primeros {0} de {1} códigos.",
];
/// 0: what all rows have in common.
pub(crate) const IN_COMMON: Words = ["All of them: {0}.", "Tutte: {0}.", "Todas: {0}."];
pub(crate) const INPUTS: Words = ["Files that were read", "File letti", "Archivos leídos"];
pub(crate) const OTHER_BYTES: Words = ["other bytes", "altri byte", "otros bytes"];
pub(crate) const NEW_FILE: Words = ["new", "nuovo", "nuevo"];
pub(crate) const GONE_FILE: Words = ["not read any more", "non più letto", "ya no se lee"];
pub(crate) const SAME_INPUTS: Words =
    ["The same files were read.", "Sono stati letti gli stessi file.", "Se leyeron los mismos archivos."];
pub(crate) const PIPELINE: Words = ["The pipeline", "La pipeline", "La pipeline"];
pub(crate) const SAME_PIPELINE: Words = [
    "The pipeline file is the same.",
    "Il file della pipeline è lo stesso.",
    "El archivo de la pipeline es el mismo.",
];
pub(crate) const LINES: Words = ["Lines that differ", "Righe che differiscono", "Líneas que difieren"];
pub(crate) const LINE: Words = ["Line", "Riga", "Línea"];
pub(crate) const TEXT: Words = ["Text", "Testo", "Texto"];
pub(crate) const NEW_LINE: Words = ["new", "nuova", "nueva"];
pub(crate) const GONE_LINE: Words = ["gone", "tolta", "quitada"];
pub(crate) const TEXT_NOT_HELD: Words = [
    "The pipeline file is another one; one of the releases does not hold its text.",
    "Il file della pipeline è un altro; una delle pubblicazioni non ne contiene il testo.",
    "El archivo de la pipeline es otro; una de las publicaciones no contiene su texto.",
];
pub(crate) const TEXT_RESTRICTED: Words = [
    "The pipeline file is another one; its text is not published.",
    "Il file della pipeline è un altro; il testo non è pubblicato.",
    "El archivo de la pipeline es otro; su texto no se publica.",
];
pub(crate) const TEXT_TOO_LONG: Words = [
    "The pipeline file is another one, too long to be compared line by line.",
    "Il file della pipeline è un altro, troppo lungo per un confronto riga per riga.",
    "El archivo de la pipeline es otro, demasiado largo para compararlo línea por línea.",
];
/// 0 and 1: programs.
pub(crate) const PROGRAMS: Words =
    ["Made by {0} and by {1}.", "Prodotte da {0} e da {1}.", "Hechas por {0} y por {1}."];
/// 0 and 1: releases.
pub(crate) const COMPARED_FROM: Words = [
    "Made from what both releases have published: {0} and {1}.",
    "Prodotto da ciò che entrambe le pubblicazioni contengono: {0} e {1}.",
    "Hecho a partir de lo que ambas publicaciones contienen: {0} y {1}.",
];
