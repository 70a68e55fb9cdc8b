//! What is said of estimates.

use super::Words;

pub(crate) const ESTIMATES: Words =
    ["How good estimates were", "Quanto erano buone le stime", "Qué tan buenas fueron las estimaciones"];
pub(crate) const HOW_ESTIMATED: Words = [
    "Periods that are not complete are estimated from how earlier ones were completed. Below stands what the same estimator, with what \
     was known then, said of earlier periods so many months after they ended, beside what they came to.",
    "I periodi non completi sono stimati da come si sono completati quelli precedenti. Sotto sta ciò che lo stesso stimatore, con ciò che \
     allora era noto, diceva di periodi precedenti a tanti mesi dalla loro fine, accanto a ciò che sono diventati.",
    "Los periodos incompletos se estiman según cómo se completaron los anteriores. Abajo está lo que el mismo estimador, con lo que \
     entonces se sabía, decía de periodos anteriores a tantos meses de su fin, junto a lo que llegaron a ser.",
];
pub(crate) const ESTIMATES_BY_AGE: Words = [
    "Estimates of earlier periods, by the age of the period",
    "Stime di periodi precedenti, per età del periodo",
    "Estimaciones de periodos anteriores, por edad del periodo",
];
pub(crate) const TABLE: Words = super::changes::TABLE;
pub(crate) const OF_WHAT: Words = ["Of", "Di", "De"];
pub(crate) const ALL_TOGETHER: Words = ["all together", "tutti insieme", "todos juntos"];
pub(crate) const CELL_BY_CELL: Words = ["cell by cell", "cella per cella", "celda por celda"];
pub(crate) const AGE_MONTHS: Words = ["Age in months", "Età in mesi", "Edad en meses"];
pub(crate) const EARLIER_ESTIMATES: Words =
    ["Earlier estimates", "Stime precedenti", "Estimaciones anteriores"];
pub(crate) const CERTAIN_PERCENT: Words =
    ["Certain then, % of the final", "Certo allora, % del definitivo", "Seguro entonces, % del definitivo"];
pub(crate) const BIAS_PERCENT: Words = ["Bias, %", "Distorsione, %", "Sesgo, %"];
pub(crate) const ERROR_PERCENT: Words = ["Absolute error, %", "Errore assoluto, %", "Error absoluto, %"];
pub(crate) const INTERVALS: Words = ["Intervals tested", "Intervalli provati", "Intervalos probados"];
pub(crate) const COVERAGE_PERCENT: Words =
    ["Held the final, %", "Contenevano il definitivo, %", "Contenían el definitivo, %"];
pub(crate) const ESTIMATE: Words = ["Estimate", "Stima", "Estimación"];
pub(crate) const AT_LEAST: Words = ["at least", "almeno", "como mínimo"];
pub(crate) const AT_MOST: Words = ["at most", "al massimo", "como máximo"];
pub(crate) const INTERVAL_DRAWN: Words = [
    "A vertical line is the interval of an estimate, its tick the estimate.",
    "Una linea verticale è l'intervallo di una stima, il suo trattino la stima.",
    "Una línea vertical es el intervalo de una estimación, su trazo la estimación.",
];
