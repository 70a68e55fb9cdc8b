//! The codes of SDMX for the status of a value (CL_OBS_STATUS 2.2) and for who may see it (CL_CONF_STATUS 1.2).

use super::Label;

pub(super) const OBSERVATION: &[(&str, Label)] = &[
    ("A", ["Normal", "Normale", "Normal"]),
    ("B", ["Break in the series", "Interruzione della serie", "Ruptura de la serie"]),
    ("D", ["Definition differs", "Definizione diversa", "La definición difiere"]),
    ("E", ["Estimated", "Stimato", "Estimado"]),
    ("F", ["Forecast", "Previsto", "Pronosticado"]),
    ("G", ["Experimental", "Sperimentale", "Experimental"]),
    (
        "H",
        [
            "Missing: holiday or weekend",
            "Mancante: festivo o fine settimana",
            "Ausente: feriado o fin de semana",
        ],
    ),
    (
        "I",
        [
            "Imputed by who received the data",
            "Imputato da chi ha ricevuto i dati",
            "Imputado por quien recibió los datos",
        ],
    ),
    ("J", ["Derogation", "Deroga", "Derogación"]),
    ("K", ["Included in another category", "Incluso in un'altra categoria", "Incluido en otra categoría"]),
    ("L", ["Missing: not collected", "Mancante: non raccolto", "Ausente: no recopilado"]),
    ("M", ["Missing: cannot exist", "Mancante: non può esistere", "Ausente: no puede existir"]),
    ("N", ["Not significant", "Non significativo", "No significativo"]),
    ("O", ["Missing", "Mancante", "Ausente"]),
    ("P", ["Provisional", "Provvisorio", "Provisional"]),
    ("Q", ["Suppressed", "Soppresso", "Suprimido"]),
    (
        "S",
        [
            "Strike and other special events",
            "Sciopero e altri eventi particolari",
            "Huelga y otros acontecimientos especiales",
        ],
    ),
    ("U", ["Low reliability", "Bassa affidabilità", "Baja fiabilidad"]),
    ("V", ["Unvalidated", "Non validato", "No validado"]),
    (
        "W",
        [
            "Includes data of another category",
            "Include dati di un'altra categoria",
            "Incluye datos de otra categoría",
        ],
    ),
];

pub(super) const CONFIDENTIALITY: &[(&str, Label)] = &[
    ("F", ["Free", "Libero", "Libre"]),
    (
        "E",
        [
            "Not before an embargo ends",
            "Non prima della fine di un embargo",
            "No antes del fin de un embargo",
        ],
    ),
    ("N", ["Not for publication", "Non per la pubblicazione", "No para publicación"]),
    ("C", ["Confidential", "Riservato", "Confidencial"]),
    (
        "S",
        [
            "Secondary, set by the receiver",
            "Secondario, posto da chi riceve",
            "Secundario, fijado por el receptor",
        ],
    ),
    (
        "D",
        [
            "Secondary, set by the sender",
            "Secondario, posto da chi invia",
            "Secundario, fijado por el emisor",
        ],
    ),
    (
        "M",
        [
            "Primary, by another measure of concentration",
            "Primario, per altra misura di concentrazione",
            "Primario, por otra medida de concentración",
        ],
    ),
    (
        "G",
        [
            "Primary, one or two units dominate",
            "Primario, dominano una o due unità",
            "Primario, dominan una o dos unidades",
        ],
    ),
    ("T", ["Primary, two units dominate", "Primario, dominano due unità", "Primario, dominan dos unidades"]),
    ("O", ["Primary, one unit dominates", "Primario, domina un'unità", "Primario, domina una unidad"]),
    ("A", ["Primary, small counts", "Primario, conteggi piccoli", "Primario, recuentos pequeños"]),
];
