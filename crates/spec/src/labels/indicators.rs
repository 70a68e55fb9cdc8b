//! Measures and indicators.

use super::Label;

/// The English label of an indicator is its title in the catalogue.
pub(super) const LABELS: &[(&str, Label)] = &[
    ("count", ["Count", "Conteggio", "Recuento"]),
    ("emigration", ["Emigration", "Emigrazione", "Emigración"]),
    ("immigration", ["Immigration", "Immigrazione", "Inmigración"]),
    ("stock", ["Stock", "Stock", "Stock"]),
    ("flow", ["Flow", "Flusso", "Flujo"]),
    ("emigration_upper", ["Emigration, at most", "Emigrazione, al massimo", "Emigración, como máximo"]),
    (
        "emigration_undecided",
        ["Emigration, not decided yet", "Emigrazione, non ancora decisa", "Emigración, aún sin decidir"],
    ),
    (
        "emigration_unseen",
        [
            "Emigration on a missing crossing",
            "Emigrazione con attraversamento mancante",
            "Emigración en un cruce ausente",
        ],
    ),
    (
        "emigration_repaired",
        ["Emigration, repaired histories", "Emigrazione, storie riparate", "Emigración, historias reparadas"],
    ),
    (
        "emigration_unlinked",
        ["Departures linked to nobody", "Uscite non collegate a nessuno", "Salidas sin persona vinculada"],
    ),
    ("immigration_upper", ["Immigration, at most", "Immigrazione, al massimo", "Inmigración, como máximo"]),
    (
        "immigration_undecided",
        ["Immigration, not decided yet", "Immigrazione, non ancora decisa", "Inmigración, aún sin decidir"],
    ),
    (
        "immigration_unseen",
        [
            "Immigration on a missing crossing",
            "Immigrazione con attraversamento mancante",
            "Inmigración en un cruce ausente",
        ],
    ),
    (
        "immigration_repaired",
        [
            "Immigration, repaired histories",
            "Immigrazione, storie riparate",
            "Inmigración, historias reparadas",
        ],
    ),
    (
        "immigration_unlinked",
        ["Arrivals linked to nobody", "Ingressi non collegati a nessuno", "Entradas sin persona vinculada"],
    ),
    ("emigration_estimate", ["Emigration, estimated", "Emigrazione, stima", "Emigración, estimación"]),
    (
        "emigration_estimate_lower",
        [
            "Emigration, estimated, at least",
            "Emigrazione, stima, almeno",
            "Emigración, estimación, como mínimo",
        ],
    ),
    (
        "emigration_estimate_upper",
        [
            "Emigration, estimated, at most",
            "Emigrazione, stima, al massimo",
            "Emigración, estimación, como máximo",
        ],
    ),
    ("immigration_estimate", ["Immigration, estimated", "Immigrazione, stima", "Inmigración, estimación"]),
    (
        "immigration_estimate_lower",
        [
            "Immigration, estimated, at least",
            "Immigrazione, stima, almeno",
            "Inmigración, estimación, como mínimo",
        ],
    ),
    (
        "immigration_estimate_upper",
        [
            "Immigration, estimated, at most",
            "Immigrazione, stima, al massimo",
            "Inmigración, estimación, como máximo",
        ],
    ),
    ("balance_residual", ["Residual of the account", "Residuo del bilancio", "Residuo de la cuenta"]),
    ("contribution", ["Contribution to growth", "Contributo alla crescita", "Contribución al crecimiento"]),
    ("natural_increase", ["Natural increase", "Saldo naturale", "Crecimiento natural"]),
    (
        "natural_increase_rate",
        ["Crude rate of natural increase", "Tasso di crescita naturale", "Tasa bruta de crecimiento natural"],
    ),
    (
        "net_migration_plus_adjustment",
        [
            "Net migration plus statistical adjustment",
            "Saldo migratorio più aggiustamento statistico",
            "Saldo migratorio más ajuste estadístico",
        ],
    ),
    (
        "net_migration_plus_adjustment_rate",
        [
            "Crude rate of net migration plus statistical adjustment",
            "Tasso del saldo migratorio più aggiustamento statistico",
            "Tasa bruta del saldo migratorio más ajuste estadístico",
        ],
    ),
    ("mean_age", ["Mean age", "Età media", "Edad media"]),
    ("median_age", ["Median age", "Età mediana", "Edad mediana"]),
    ("age_profile", ["Age profile", "Profilo per età", "Perfil por edad"]),
    ("pyramid", ["Age pyramid", "Piramide delle età", "Pirámide de edades"]),
    ("minors_share", ["Minors' share", "Quota di minori", "Proporción de menores"]),
    ("dependency_ratio", ["Dependency ratio", "Indice di dipendenza", "Razón de dependencia"]),
    (
        "young_dependency_ratio",
        [
            "Young-age dependency ratio",
            "Indice di dipendenza dei giovani",
            "Razón de dependencia de los jóvenes",
        ],
    ),
    (
        "old_dependency_ratio",
        [
            "Old-age dependency ratio",
            "Indice di dipendenza degli anziani",
            "Razón de dependencia de los mayores",
        ],
    ),
    ("ageing_index", ["Ageing index", "Indice di vecchiaia", "Índice de envejecimiento"]),
    ("dissimilarity", ["Dissimilarity index", "Indice di dissimilarità", "Índice de disimilitud"]),
    ("segregation", ["Segregation index", "Indice di segregazione", "Índice de segregación"]),
    ("isolation", ["Isolation", "Isolamento", "Aislamiento"]),
    ("interaction", ["Interaction", "Interazione", "Interacción"]),
    (
        "composition_effect",
        [
            "Effect of composition on the rate",
            "Effetto della composizione sul tasso",
            "Efecto de la composición en la tasa",
        ],
    ),
    (
        "rate_effect",
        [
            "Effect of rates on the rate",
            "Effetto dei tassi specifici sul tasso",
            "Efecto de las tasas específicas en la tasa",
        ],
    ),
    ("correlation_ratio", ["Correlation ratio", "Rapporto di correlazione", "Razón de correlación"]),
    ("location_quotient", ["Location quotient", "Quoziente di localizzazione", "Cociente de localización"]),
    ("change", ["Change", "Variazione", "Variación"]),
    ("growth", ["Growth rate", "Tasso di crescita", "Tasa de crecimiento"]),
    ("mean_annual_growth", ["Mean annual growth", "Crescita media annua", "Crecimiento medio anual"]),
    (
        "exponential_growth",
        ["Exponential growth rate", "Tasso di crescita esponenziale", "Tasa de crecimiento exponencial"],
    ),
    ("index", ["Index", "Numero indice", "Número índice"]),
    (
        "herfindahl",
        ["Herfindahl-Hirschman index", "Indice di Herfindahl-Hirschman", "Índice de Herfindahl-Hirschman"],
    ),
    (
        "effective_number",
        ["Effective number of groups", "Numero effettivo di gruppi", "Número efectivo de grupos"],
    ),
    ("fractionalisation", ["Fractionalisation", "Frazionamento", "Fraccionamiento"]),
    ("shannon", ["Shannon diversity", "Diversità di Shannon", "Diversidad de Shannon"]),
    ("evenness", ["Evenness", "Equità", "Equidad"]),
    (
        "migration_intensity",
        ["Crude migration intensity", "Intensità migratoria", "Intensidad migratoria bruta"],
    ),
    ("courgeau", ["Courgeau's k", "k di Courgeau", "k de Courgeau"]),
    (
        "effectiveness_index",
        ["Migration effectiveness index", "Indice di efficacia migratoria", "Índice de eficacia migratoria"],
    ),
    (
        "aggregate_net_rate",
        [
            "Aggregate net migration rate",
            "Tasso aggregato di migrazione netta",
            "Tasa agregada de migración neta",
        ],
    ),
    ("migration_preference", ["Migration preference", "Preferenza migratoria", "Preferencia migratoria"]),
    ("migration_velocity", ["Migration velocity", "Velocità migratoria", "Velocidad migratoria"]),
    ("connectivity", ["Connectivity", "Connettività", "Conectividad"]),
    ("flow_inequality", ["Inequality of flows", "Disuguaglianza dei flussi", "Desigualdad de los flujos"]),
    ("flow_gini", ["Gini index of flows", "Indice di Gini dei flussi", "Índice de Gini de los flujos"]),
    (
        "flow_variation",
        [
            "Coefficient of variation of flows",
            "Coefficiente di variazione dei flussi",
            "Coeficiente de variación de los flujos",
        ],
    ),
    (
        "population_share",
        ["Share in the population", "Quota della popolazione", "Proporción de la población"],
    ),
    ("crude_rate", ["Crude rate", "Tasso grezzo", "Tasa bruta"]),
    (
        "naturalisation_rate",
        ["Naturalisation rate", "Tasso di acquisizione della cittadinanza", "Tasa de naturalización"],
    ),
    ("net_migration", ["Net migration", "Saldo migratorio", "Saldo migratorio"]),
    ("turnover", ["Gross migration", "Migrazione lorda", "Migración bruta"]),
    ("migration_effectiveness", ["Migration effectiveness", "Efficacia migratoria", "Eficacia migratoria"]),
    (
        "net_migration_rate",
        ["Crude rate of net migration", "Tasso del saldo migratorio", "Tasa bruta de migración neta"],
    ),
    ("survival", ["Survival", "Permanenza", "Permanencia"]),
    ("return_ratio", ["Return ratio", "Tasso di ritorno", "Tasa de retorno"]),
    ("share", ["Share", "Quota", "Proporción"]),
    ("share_change", ["Change of the share", "Variazione della quota", "Variación de la proporción"]),
    ("rank", ["Rank", "Posto in graduatoria", "Puesto"]),
    ("rank_change", ["Change of the rank", "Variazione del posto", "Variación del puesto"]),
    ("top_share", ["Share of the largest", "Quota dei maggiori", "Proporción de los mayores"]),
    ("long_term_share", ["Long-term share", "Quota di lungo periodo", "Proporción de larga duración"]),
    ("sex_ratio", ["Sex ratio", "Rapporto tra i sessi", "Razón de sexos"]),
    ("women_share", ["Women's share", "Quota di donne", "Proporción de mujeres"]),
];
