//! Units.

use super::Label;

pub(super) const LABELS: &[(&str, Label)] = &[
    ("persons", ["persons", "persone", "personas"]),
    ("records", ["records", "record", "registros"]),
    ("crossings", ["border crossings", "attraversamenti di frontiera", "cruces de frontera"]),
    ("exits", ["exits", "uscite", "salidas"]),
    ("permits", ["permits", "permessi", "permisos"]),
    ("procedures", ["procedures", "procedimenti", "trámites"]),
    ("registrations", ["registrations", "registrazioni", "registros"]),
    ("percent", ["per cent", "per cento", "por ciento"]),
    ("percentage_points", ["percentage points", "punti percentuali", "puntos porcentuales"]),
    ("rank", ["place", "posto", "puesto"]),
    ("places", ["places", "posti", "puestos"]),
    ("ratio", ["ratio", "rapporto", "razón"]),
    ("years", ["years", "anni", "años"]),
    ("groups", ["groups", "gruppi", "grupos"]),
    ("nats", ["nats", "nat", "nats"]),
    ("index", ["index", "indice", "índice"]),
    ("index_0_to_1", ["index from 0 to 1", "indice da 0 a 1", "índice de 0 a 1"]),
    ("base_100", ["index, base = 100", "indice, base = 100", "índice, base = 100"]),
    ("men_per_100_women", ["men per 100 women", "uomini per 100 donne", "hombres por 100 mujeres"]),
    ("per_1000_persons", ["per 1,000 persons", "per 1.000 persone", "por 1000 personas"]),
    ("per_100_foreigners", ["per 100 foreigners", "per 100 stranieri", "por 100 extranjeros"]),
    (
        "per_100_of_0_14",
        [
            "per 100 persons under 15",
            "per 100 persone sotto i 15 anni",
            "por 100 personas menores de 15 años",
        ],
    ),
    (
        "per_100_of_15_64",
        [
            "per 100 persons of 15 to 64",
            "per 100 persone da 15 a 64 anni",
            "por 100 personas de 15 a 64 años",
        ],
    ),
];
