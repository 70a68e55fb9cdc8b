//! Columns of published tables: what they are called, and what they hold.

use super::Label;

/// A column: its name, its title, and a sentence about it.
type Column = (&'static str, Label, Label);

pub(super) fn title(name: &str) -> Option<Label> {
    COLUMNS.iter().find(|(known, ..)| *known == name).map(|(_, title, _)| *title)
}

pub(super) fn description(name: &str) -> Option<Label> {
    COLUMNS.iter().find(|(known, ..)| *known == name).map(|(.., description)| *description)
}

const COLUMNS: &[Column] = &[
    (
        "indicator",
        ["Indicator", "Indicatore", "Indicador"],
        [
            "What was counted, or computed from the counts.",
            "Ciò che è stato contato, o calcolato dai conteggi.",
            "Lo que se contó, o se calculó a partir de los recuentos.",
        ],
    ),
    (
        "value",
        ["Value", "Valore", "Valor"],
        [
            "The value, in the unit of its row; none where it is missing or suppressed.",
            "Il valore, nell'unità della sua riga; nessuno dove manca o è soppresso.",
            "El valor, en la unidad de su fila; ninguno donde falta o está suprimido.",
        ],
    ),
    (
        "unit",
        ["Unit", "Unità", "Unidad"],
        ["What the value is in.", "In che cosa è espresso il valore.", "En qué se expresa el valor."],
    ),
    (
        "decimals",
        ["Decimals", "Decimali", "Decimales"],
        [
            "Decimals to be shown; the value holds all of them.",
            "Decimali da mostrare; il valore li contiene tutti.",
            "Decimales que mostrar; el valor los contiene todos.",
        ],
    ),
    (
        "obs_status",
        ["Status", "Stato", "Estado"],
        [
            "What is to be known of the value (SDMX CL_OBS_STATUS); letters may be combined.",
            "Ciò che si deve sapere del valore (SDMX CL_OBS_STATUS); le lettere possono essere combinate.",
            "Lo que hay que saber del valor (SDMX CL_OBS_STATUS); las letras pueden combinarse.",
        ],
    ),
    (
        "conf_status",
        ["Confidentiality", "Riservatezza", "Confidencialidad"],
        [
            "Who may see the value (SDMX CL_CONF_STATUS).",
            "Chi può vedere il valore (SDMX CL_CONF_STATUS).",
            "Quién puede ver el valor (SDMX CL_CONF_STATUS).",
        ],
    ),
    (
        "concept",
        ["Concept", "Concetto", "Concepto"],
        [
            "Who or what is counted; unlike concepts are never added or compared.",
            "Chi o che cosa è contato; concetti diversi non si sommano né si confrontano.",
            "Quién o qué se cuenta; conceptos distintos no se suman ni se comparan.",
        ],
    ),
    (
        "base",
        ["Base", "Base", "Base"],
        [
            "What a share is a share of, what a rate is divided by, how many codes were ranked.",
            "Ciò di cui una quota è parte, per cui un tasso è diviso, quanti codici sono in graduatoria.",
            "De qué es parte una proporción, por qué se divide una tasa, cuántos códigos se ordenaron.",
        ],
    ),
    (
        "n",
        ["Counted", "Contati", "Contados"],
        [
            "The counts that the value is of, as they are shown.",
            "I conteggi da cui viene il valore, come sono mostrati.",
            "Los recuentos de los que procede el valor, tal como se muestran.",
        ],
    ),
    (
        "n_not_stated",
        ["Not stated", "Non indicati", "No declarados"],
        [
            "How many do not state what an indicator is over; they are in neither part of it.",
            "Quanti non indicano ciò su cui l'indicatore è calcolato; non sono in nessuna sua parte.",
            "Cuántos no declaran aquello sobre lo que se calcula el indicador; no están en ninguna de sus partes.",
        ],
    ),
    (
        "n_undecided",
        ["Not decided yet", "Non ancora decisi", "Aún sin decidir"],
        [
            "How many more there may be, of which the rule cannot tell yet.",
            "Quanti altri possono esserci, di cui la regola non può ancora dire.",
            "Cuántos más puede haber, de los que la regla aún no puede decir.",
        ],
    ),
    (
        "rule",
        ["Rule", "Regola", "Regla"],
        [
            "The residence rule by which was counted.",
            "La regola di residenza secondo cui si è contato.",
            "La regla de residencia según la cual se contó.",
        ],
    ),
    (
        "rule_parameters",
        ["Parameters of the rule", "Parametri della regola", "Parámetros de la regla"],
        ["The parameters of the rule.", "I parametri della regola.", "Los parámetros de la regla."],
    ),
    (
        "reference_period",
        ["Reference period", "Periodo di riferimento", "Período de referencia"],
        [
            "The time that the row is about (ISO 8601).",
            "Il tempo a cui la riga si riferisce (ISO 8601).",
            "El tiempo al que se refiere la fila (ISO 8601).",
        ],
    ),
    (
        "reference_area",
        ["Reference area", "Area di riferimento", "Área de referencia"],
        [
            "The country or region that the row is about.",
            "Il paese o la regione a cui la riga si riferisce.",
            "El país o la región a que se refiere la fila.",
        ],
    ),
    (
        "vintage",
        ["Edition", "Edizione", "Edición"],
        ["The edition of the release.", "L'edizione della pubblicazione.", "La edición de la publicación."],
    ),
    (
        "source",
        ["Source", "Fonte", "Fuente"],
        [
            "Where the published value comes from.",
            "Da dove viene il valore pubblicato.",
            "De dónde procede el valor publicado.",
        ],
    ),
    (
        "note",
        ["Note", "Nota", "Nota"],
        [
            "What the publisher says of the value.",
            "Ciò che chi pubblica dice del valore.",
            "Lo que quien publica dice del valor.",
        ],
    ),
    (
        "year",
        ["Year", "Anno", "Año"],
        [
            "The year of the event, or of the value.",
            "L'anno dell'evento, o del valore.",
            "El año del hecho, o del valor.",
        ],
    ),
    (
        "month",
        ["Month", "Mese", "Mes"],
        ["The month of the event.", "Il mese dell'evento.", "El mes del hecho."],
    ),
    (
        "day",
        ["Day", "Giorno", "Día"],
        ["The day of the event.", "Il giorno dell'evento.", "El día del hecho."],
    ),
    (
        "reference_date",
        ["Date", "Data", "Fecha"],
        [
            "The day to which a stock refers.",
            "Il giorno a cui si riferisce uno stock.",
            "El día al que se refiere un stock.",
        ],
    ),
    (
        "reported_on",
        ["Reported on", "Comunicato il", "Comunicado el"],
        ["The day of the report.", "Il giorno della comunicazione.", "El día del informe."],
    ),
    ("sex", ["Sex", "Sesso", "Sexo"], ["Sex.", "Sesso.", "Sexo."]),
    ("age", ["Age", "Età", "Edad"], ["Completed years.", "Anni compiuti.", "Años cumplidos."]),
    (
        "age_group",
        ["Age group", "Classe di età", "Grupo de edad"],
        ["A group of completed years.", "Una classe di anni compiuti.", "Un grupo de años cumplidos."],
    ),
    (
        "citizenship",
        ["Citizenship", "Cittadinanza", "Nacionalidad"],
        [
            "The country whose citizen a person is.",
            "Il paese di cui una persona è cittadina.",
            "El país del que una persona es ciudadana.",
        ],
    ),
    (
        "country_of_birth",
        ["Country of birth", "Paese di nascita", "País de nacimiento"],
        [
            "The country in which a person was born.",
            "Il paese in cui una persona è nata.",
            "El país en que nació una persona.",
        ],
    ),
    (
        "country_of_residence",
        ["Country of residence", "Paese di residenza", "País de residencia"],
        [
            "The country in which a person lives.",
            "Il paese in cui una persona vive.",
            "El país en que vive una persona.",
        ],
    ),
    (
        "residence",
        ["Residence", "Residenza", "Residencia"],
        [
            "The country of residence that was stated.",
            "Il paese di residenza dichiarato.",
            "El país de residencia declarado.",
        ],
    ),
    ("origin", ["Origin", "Origine", "Origen"], ["Where from.", "Da dove.", "De dónde."]),
    ("destination", ["Destination", "Destinazione", "Destino"], ["Where to.", "Verso dove.", "Adónde."]),
    (
        "receiving_country",
        ["Receiving country", "Paese ricevente", "País receptor"],
        ["The country that receives.", "Il paese che riceve.", "El país que recibe."],
    ),
    (
        "direction",
        ["Direction", "Direzione", "Dirección"],
        ["Arrival or departure.", "Ingresso o uscita.", "Entrada o salida."],
    ),
    (
        "agreement",
        ["Agreement of two rules", "Accordo di due regole", "Concordancia de dos reglas"],
        [
            "Which of two rules calls a crossing a migration.",
            "Quale di due regole chiama migrazione un attraversamento.",
            "Cuál de dos reglas llama migración a un cruce.",
        ],
    ),
    (
        "item",
        ["Item", "Voce", "Partida"],
        [
            "An item of the account of a population.",
            "Una voce del bilancio di una popolazione.",
            "Una partida de la cuenta de una población.",
        ],
    ),
    (
        "reason",
        ["Reason", "Motivo", "Motivo"],
        [
            "Why a permit was given.",
            "Perché un permesso è stato rilasciato.",
            "Por qué se concedió un permiso.",
        ],
    ),
    (
        "permit_type",
        ["Type of permit", "Tipo di permesso", "Tipo de permiso"],
        ["How long a permit is valid.", "La durata di un permesso.", "La duración de un permiso."],
    ),
    (
        "process",
        ["Way of acquisition", "Modalità di acquisizione", "Modo de adquisición"],
        [
            "How citizenship was acquired.",
            "Come è stata acquisita la cittadinanza.",
            "Cómo se adquirió la nacionalidad.",
        ],
    ),
    (
        "procedure",
        ["Procedure", "Procedimento", "Trámite"],
        ["The procedure.", "Il procedimento.", "El trámite."],
    ),
    (
        "marital_status",
        ["Marital status", "Stato civile", "Estado civil"],
        ["Marital status.", "Stato civile.", "Estado civil."],
    ),
    (
        "territory",
        ["Territory", "Territorio", "Territorio"],
        [
            "The territory that a value is about.",
            "Il territorio a cui un valore si riferisce.",
            "El territorio al que se refiere un valor.",
        ],
    ),
    (
        "geo",
        ["Country", "Paese", "País"],
        [
            "The country that a value is about.",
            "Il paese a cui un valore si riferisce.",
            "El país al que se refiere un valor.",
        ],
    ),
    ("province", ["Province", "Provincia", "Provincia"], ["The province.", "La provincia.", "La provincia."]),
    (
        "department",
        ["Department", "Dipartimento", "Departamento"],
        ["The department.", "Il dipartimento.", "El departamento."],
    ),
    (
        "state",
        ["State", "Stato", "Estado"],
        ["The federal state.", "Lo stato federale.", "El estado federal."],
    ),
    (
        "continent",
        ["Continent", "Continente", "Continente"],
        ["The continent.", "Il continente.", "El continente."],
    ),
    (
        "control_post",
        ["Border post", "Posto di frontiera", "Puesto de control"],
        [
            "Where the border was crossed.",
            "Dove è stata attraversata la frontiera.",
            "Dónde se cruzó la frontera.",
        ],
    ),
    (
        "document",
        ["Document", "Documento", "Documento"],
        ["The document that was shown.", "Il documento mostrato.", "El documento mostrado."],
    ),
    ("status", ["Status", "Stato", "Estado"], ["The status.", "Lo stato.", "El estado."]),
    ("class", ["Class", "Classe", "Clase"], ["The class.", "La classe.", "La clase."]),
    (
        "duration",
        ["Duration", "Durata", "Duración"],
        [
            "How long a spell has lasted, or a permit is valid.",
            "Quanto è durato un periodo, o è valido un permesso.",
            "Cuánto duró un período, o es válido un permiso.",
        ],
    ),
    (
        "outcome",
        ["Outcome", "Esito", "Resultado"],
        [
            "How a spell or a comparison has ended.",
            "Come è finito un periodo o un confronto.",
            "Cómo terminó un período o una comparación.",
        ],
    ),
    (
        "previous_residence",
        ["Residence before", "Residenza precedente", "Residencia anterior"],
        [
            "Where the persons lived on the date before, as estimated.",
            "Dove le persone vivevano alla data precedente, secondo la stima.",
            "Dónde vivían las personas en la fecha anterior, según la estimación.",
        ],
    ),
    (
        "previous_date",
        ["Date before", "Data precedente", "Fecha anterior"],
        [
            "The date before the reference date.",
            "La data precedente a quella di riferimento.",
            "La fecha anterior a la de referencia.",
        ],
    ),
    (
        "cohort",
        ["Cohort", "Coorte", "Cohorte"],
        [
            "The year in which a cohort came.",
            "L'anno in cui una coorte è arrivata.",
            "El año en que llegó una cohorte.",
        ],
    ),
    (
        "event",
        ["Event", "Evento", "Hecho"],
        [
            "What a permit is to its holder.",
            "Che cos'è un permesso per il suo titolare.",
            "Lo que un permiso es para su titular.",
        ],
    ),
    (
        "lag",
        ["Days to the next permit", "Giorni fino al permesso seguente", "Días hasta el permiso siguiente"],
        ["How long it took.", "Quanto è durato.", "Cuánto tardó."],
    ),
    (
        "held_as",
        ["How it is known", "Come è noto", "Cómo se sabe"],
        [
            "By what a person is known to have held a permit on the day.",
            "Da che cosa risulta che una persona aveva un permesso quel giorno.",
            "Por qué se sabe que una persona tenía un permiso ese día.",
        ],
    ),
    (
        "years_since_entry",
        ["Years since entry", "Anni dall'ingresso", "Años desde la entrada"],
        [
            "Years from that of the first permit to that of the date.",
            "Anni da quello del primo permesso a quello della data.",
            "Años desde el del primer permiso hasta el de la fecha.",
        ],
    ),
    (
        "renewal",
        ["Renewal", "Rinnovo", "Renovación"],
        ["Whether another permit followed.", "Se è seguito un altro permesso.", "Si siguió otro permiso."],
    ),
    (
        "id",
        ["Identifier", "Identificativo", "Identificador"],
        [
            "The identifier of a published figure.",
            "L'identificativo di una cifra pubblicata.",
            "El identificador de una cifra publicada.",
        ],
    ),
    (
        "statement",
        ["Statement", "Affermazione", "Afirmación"],
        ["What was published.", "Ciò che è stato pubblicato.", "Lo que se publicó."],
    ),
    (
        "table",
        ["Table", "Tabella", "Tabla"],
        [
            "The table that is compared with it.",
            "La tabella con cui è confrontata.",
            "La tabla que se compara.",
        ],
    ),
    (
        "where",
        ["Where", "Dove", "Dónde"],
        [
            "The codes of the cell that is compared.",
            "I codici della cella confrontata.",
            "Los códigos de la celda comparada.",
        ],
    ),
    (
        "computed",
        ["Computed", "Calcolato", "Calculado"],
        [
            "The value of this release, divided by the sampling fraction where it is a count.",
            "Il valore di questa pubblicazione, diviso per la frazione di campionamento se è un conteggio.",
            "El valor de esta publicación, dividido por la fracción de muestreo si es un recuento.",
        ],
    ),
    (
        "published",
        ["Published", "Pubblicato", "Publicado"],
        ["The value that was published.", "Il valore pubblicato.", "El valor publicado."],
    ),
    (
        "difference",
        ["Difference", "Differenza", "Diferencia"],
        ["Computed less published.", "Calcolato meno pubblicato.", "Calculado menos publicado."],
    ),
    (
        "tolerance",
        ["Tolerance", "Tolleranza", "Tolerancia"],
        [
            "How far the two may be apart.",
            "Di quanto i due possono differire.",
            "Cuánto pueden diferir ambos.",
        ],
    ),
    (
        "sampling_fraction",
        ["Sampling fraction", "Frazione di campionamento", "Fracción de muestreo"],
        [
            "Persons in the input for each person of the population.",
            "Persone nell'input per ogni persona della popolazione.",
            "Personas en el insumo por cada persona de la población.",
        ],
    ),
    ("code", ["Code", "Codice", "Código"], ["The code.", "Il codice.", "El código."]),
    (
        "label_en",
        ["English label", "Etichetta inglese", "Etiqueta inglesa"],
        [
            "What the code is called in English.",
            "Come si chiama il codice in inglese.",
            "Cómo se llama el código en inglés.",
        ],
    ),
    (
        "label_it",
        ["Italian label", "Etichetta italiana", "Etiqueta italiana"],
        [
            "What the code is called in Italian.",
            "Come si chiama il codice in italiano.",
            "Cómo se llama el código en italiano.",
        ],
    ),
    (
        "label_es",
        ["Spanish label", "Etichetta spagnola", "Etiqueta española"],
        [
            "What the code is called in Spanish.",
            "Come si chiama il codice in spagnolo.",
            "Cómo se llama el código en español.",
        ],
    ),
    (
        "kind",
        ["Kind", "Genere", "Tipo"],
        [
            "Whether the code is one thing, what is left over, several things or the total.",
            "Se il codice è una cosa, ciò che resta, più cose o il totale.",
            "Si el código es una cosa, lo que queda, varias cosas o el total.",
        ],
    ),
];
