//! Words of a workbook.

use crate::language::Words;

pub(crate) const ABOUT: Words = ["About", "Informazioni", "Información"];
pub(crate) const TITLE_IN: Words = ["Title ({0})", "Titolo ({0})", "Título ({0})"];
pub(crate) const DESCRIPTION: Words = ["Description", "Descrizione", "Descripción"];
pub(crate) const PROTECTION: Words =
    ["Protection of persons", "Protezione delle persone", "Protección de las personas"];
pub(crate) const TABLES: Words = ["Tables", "Tabelle", "Tablas"];
pub(crate) const STATUS_OF_VALUES: Words = ["Status of values", "Stato dei valori", "Estado de los valores"];
pub(crate) const SOURCES: Words = ["Sources and licences", "Fonti e licenze", "Fuentes y licencias"];
pub(crate) const HOW_TO_CITE: Words = ["How to cite", "Come citare", "Cómo citar"];
/// The column of the codes of another one.
pub(crate) const CODE_OF: Words = ["{0} (code)", "{0} (codice)", "{0} (código)"];
/// An indicator and its dimensions.
pub(crate) const TAKEN_OVER: Words =
    ["{0} is taken over {1}", "{0} è calcolato su {1}", "{0} se calcula sobre {1}"];
pub(crate) const SOURCES_ELSEWHERE: Words = [
    "Sources and licences: on the first sheet",
    "Fonti e licenze: nel primo foglio",
    "Fuentes y licencias: en la primera hoja",
];
/// The first and the last row of a sheet, and all rows of the table.
pub(crate) const ROWS_OF: Words = [
    "Rows {0} to {1} of {2}: a sheet holds no more.",
    "Righe da {0} a {1} di {2}: un foglio non ne contiene di più.",
    "Filas {0} a {1} de {2}: una hoja no contiene más.",
];
