//! Residence rules: the English label of a preset is its title.

use super::Label;

pub(super) const LABELS: &[(&str, Label)] = &[
    (
        "nz_12_16",
        [
            "12/16-month rule of New Zealand: 365 of the next 487 days on the new side",
            "Regola 12/16 mesi della Nuova Zelanda: 365 dei 487 giorni successivi dal nuovo lato",
            "Regla 12/16 meses de Nueva Zelanda: 365 de los 487 días siguientes en el nuevo lado",
        ],
    ),
    (
        "au_12_16",
        [
            "12/16-month rule of Australia, Net Overseas Migration: 365 of the next 487 days on the new side",
            "Regola 12/16 mesi dell'Australia, Net Overseas Migration: 365 dei 487 giorni successivi dal nuovo lato",
            "Regla 12/16 meses de Australia, Net Overseas Migration: 365 de los 487 días siguientes en el nuevo lado",
        ],
    ),
    (
        "nz_9_12",
        [
            "9/12-month rule: 270 of the next 365 days on the new side",
            "Regola 9/12 mesi: 270 dei 365 giorni successivi dal nuovo lato",
            "Regla 9/12 meses: 270 de los 365 días siguientes en el nuevo lado",
        ],
    ),
    (
        "continuous_12",
        [
            "Strict 12 months: 365 days without a night on the other side",
            "12 mesi continui: 365 giorni senza una notte dall'altro lato",
            "12 meses continuos: 365 días sin una noche en el otro lado",
        ],
    ),
    (
        "un2021_a",
        [
            "United Nations 2021, resident population (a): most of twelve months, as 183 of the next 365 days",
            "Nazioni Unite 2021, popolazione residente (a): la maggior parte di dodici mesi, come 183 dei 365 giorni successivi",
            "Naciones Unidas 2021, población residente (a): la mayor parte de doce meses, como 183 de los 365 días siguientes",
        ],
    ),
    (
        "ge_183",
        [
            "Georgia: 183 days within twelve months, cumulative",
            "Georgia: 183 giorni in dodici mesi, cumulativi",
            "Georgia: 183 días en doce meses, acumulativos",
        ],
    ),
    (
        "pe_1990_2007",
        [
            "Peruvians who left from 1990 to May 2007 and did not return",
            "Peruviani partiti dal 1990 a maggio 2007 e non tornati",
            "Peruanos que salieron de 1990 a mayo de 2007 y no retornaron",
        ],
    ),
    (
        "pe_inei_2025",
        [
            "Peruvians abroad for a year or more who had not returned by 30 June 2025",
            "Peruviani all'estero da un anno o più, non tornati al 30 giugno 2025",
            "Peruanos en el exterior por un año o más que no habían retornado al 30 de junio de 2025",
        ],
    ),
    (
        "pe_migraciones",
        [
            "Peruvians who have not returned within six months",
            "Peruviani non tornati entro sei mesi",
            "Peruanos que no han retornado en seis meses",
        ],
    ),
    (
        "uk_fald",
        [
            "First arrival, last departure within a visa: 365 days, exit assumed with the end of the visa",
            "Primo ingresso, ultima uscita entro un visto: 365 giorni, uscita presunta alla fine del visto",
            "Primera llegada, última salida dentro de un visado: 365 días, salida supuesta al fin del visado",
        ],
    ),
    (
        "uk_journey",
        [
            "Migrant journey: permits with gaps of no more than 12 months",
            "Percorso migratorio: permessi con interruzioni di non più di 12 mesi",
            "Trayectoria migratoria: permisos con interrupciones de no más de 12 meses",
        ],
    ),
    (
        "eu_first_permit",
        [
            "First residence permits: none before, or the last one expired six months ago or more",
            "Primi permessi di soggiorno: nessuno prima, o l'ultimo scaduto da sei mesi o più",
            "Primeros permisos de residencia: ninguno antes, o el último vencido hace seis meses o más",
        ],
    ),
    (
        "it_stock",
        [
            "Non-EU citizens present on 1 January, with permits entered and renewed in the following months",
            "Cittadini non comunitari presenti al 1° gennaio, con i permessi inseriti e rinnovati nei mesi seguenti",
            "Ciudadanos no comunitarios presentes el 1 de enero, con los permisos registrados y renovados en los meses siguientes",
        ],
    ),
    (
        "ee_index",
        [
            "Residency index of Estonia: 0.8 of last year's index and 0.2 of the weighted signs of life, above 0.7",
            "Indice di residenza dell'Estonia: 0,8 dell'indice dell'anno prima e 0,2 dei segni di vita pesati, sopra 0,7",
            "Índice de residencia de Estonia: 0,8 del índice del año anterior y 0,2 de los signos de vida ponderados, por encima de 0,7",
        ],
    ),
];
