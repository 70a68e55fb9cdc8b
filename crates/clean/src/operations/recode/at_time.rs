//! What codes stood for at the date of their row.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use ahash::RandomState;
use arrow::array::{ArrayRef, RecordBatch, StringArray};
use denizen_spec::{
    Code, Codelist, ColumnType, Date, Diagnostic, OTHERS, OnInvalid, Path, ReferenceView, Role, StepReport,
    TimeSpan, Validity, columns, plain_code,
};

use crate::batch;
use crate::operation::{Context, Failure};

/// Codes that are looked at together with the date of their row.
pub(super) struct AtTime {
    column: String,
    at: String,
    is_year: bool,
    /// Whether codes or dates could tell of a person.
    is_personal: bool,
    role: Role,
    on_invalid: OnInvalid,
    /// Where `at` stands in the pipeline.
    path: Path,
    view: Arc<ReferenceView>,
    /// What each code of the list has stood for.
    candidates: HashMap<String, Vec<Candidate>, RandomState>,
    target: Target,
}

/// What a code has stood for, with all that is asked of it.
struct Candidate {
    id: String,
    existed: Validity,
    /// When the code meant it, where it has meant others too; empty where it is always meant.
    meant: Vec<Validity>,
    is_pseudo: bool,
    /// When it belongs to the group.
    member: Vec<Validity>,
}

/// What a code becomes that stands for something at its date.
pub(super) enum Target {
    /// It stays.
    Same,
    /// Its code in another list.
    List(HashMap<String, String>),
    /// The group, where its state belongs to it at the date; else [`OTHERS`].
    Group(String),
}

/// Why a code has no meaning at a date: the entities that it stands for at other dates.
struct Invalid<'a>(Vec<&'a str>);

/// Dates of rows: days, or years.
type Time = i32;

impl AtTime {
    /// A column with a list whose reference is known.
    pub(super) fn new(
        column: &str,
        declared: &denizen_spec::Recode,
        (list, target): (&Codelist, Target),
        context: &Context<'_>,
    ) -> Result<Self, Diagnostic> {
        let at = declared.at.clone().unwrap_or_default();
        let Some(view) = &list.view else {
            let message = format!("nothing says when the codes of `{}` stood for something", list.name);
            let help =
                format!("name a reference in `data/codelists/{}.toml`: `reference`, `scheme`", list.name);
            let fault = Diagnostic::error(Code::NoTranslation, message);
            return Err(fault.at(context.path.clone().field("at"), "its list has no reference").help(help));
        };
        let info = |name: &str| context.schema.get(name);
        let is_personal = [column, &at].iter().any(|name| info(name).is_some_and(|info| info.personal));
        let made = Self {
            column: column.to_owned(),
            is_year: info(&at).is_some_and(|info| info.column_type == ColumnType::Integer),
            at,
            is_personal,
            role: declared.role,
            on_invalid: declared.on_error,
            path: context.path.clone().field("at"),
            view: view.clone(),
            candidates: candidates(list, view, &target),
            target,
        };
        made.check_group(list, context).map_or(Ok(made), Err)
    }

    /// A group that is not there, or codes of which the reference knows nothing: they would all be other countries.
    fn check_group(&self, list: &Codelist, context: &Context<'_>) -> Option<Diagnostic> {
        let Target::Group(group) = &self.target else { return None };
        let reference = &self.view.reference;
        let fault = |message: String, label: &str| {
            Diagnostic::error(Code::Group, message).at(context.path.clone().field("to"), label)
        };
        if !reference.has_group(group) {
            let message =
                format!("neither a code list nor a group of `{}` is called `{group}`", reference.domain);
            let groups = format!("groups: {}", reference.groups().join(", "));
            return Some(fault(message, "not a group").help(groups));
        }
        let mut parts = list.entries.iter().filter(|(_, entry)| entry.kind.is_part());
        let (code, _) = parts.find(|(code, _)| !self.candidates.contains_key(*code))?;
        let message = format!("`{}` has codes of which the reference knows nothing", list.name);
        Some(fault(message, "they belong to a group or do not").note(format!("the first is `{code}`")))
    }

    pub(super) fn apply(&self, batch: RecordBatch, report: &mut StepReport) -> Result<RecordBatch, Failure> {
        let words = batch::words(&batch, &self.column)?;
        let times = self.times(&batch)?;
        let mut made = Made::default();
        let mut meanings: HashMap<(&str, Time), Option<u32>, RandomState> = HashMap::default();
        let mut invalid: BTreeMap<&str, (Time, Invalid<'_>)> = BTreeMap::new();
        let (mut undated, mut not_valid) = (0, 0);
        let mut keys = Vec::with_capacity(times.len());
        for (row, time) in times.iter().enumerate() {
            let Some(word) = words.get(row) else {
                keys.push(None);
                continue;
            };
            let Some(time) = *time else {
                undated += 1;
                keys.push(self.undated(word).map(|code| made.key(code)));
                continue;
            };
            let key = *meanings.entry((word, time)).or_insert_with(|| match self.meaning(word, time) {
                Ok(code) => Some(made.key(code)),
                Err(found) => {
                    let first = invalid.entry(word).or_insert((time, found));
                    first.0 = first.0.min(time);
                    None
                }
            });
            not_valid += u64::from(key.is_none());
            keys.push(key);
        }
        if let (OnInvalid::Stop, false) = (self.on_invalid, invalid.is_empty()) {
            return Err(self.fault(&invalid).into());
        }
        report.count(&format!("not_valid_{}", self.column), not_valid);
        report.count(&format!("undated_{}", self.column), undated);
        let array = made.array(&keys)?;
        drop((meanings, words));
        Ok(batch::with_column(batch, &self.column, array)?)
    }

    /// The day or the year of each row.
    fn times(&self, batch: &RecordBatch) -> batch::Result<Vec<Option<Time>>> {
        if self.is_year {
            let years = batch::integers(batch, &self.at)?.iter();
            return Ok(years.map(|year| year.and_then(|year| i32::try_from(year).ok())).collect());
        }
        Ok(batch::days(batch, &self.at)?.iter().collect())
    }

    /// All days of the year of a row, or its day; nothing where the calendar has no such year.
    fn span(&self, time: Time) -> Option<TimeSpan> {
        if self.is_year { TimeSpan::year(time.into()) } else { Some(TimeSpan::day(time)) }
    }

    /// A code of a row without date: it cannot be compared, and no group can be told.
    fn undated<'a>(&'a self, code: &'a str) -> Option<&'a str> {
        // The total of all stays that: it is of no state.
        if code == columns::TOTAL {
            return Some(code);
        }
        match &self.target {
            Target::Same => Some(code),
            Target::List(translation) => Some(translation.get(code).map_or(code, String::as_str)),
            Target::Group(_) => None,
        }
    }

    /// What a code becomes at a date.
    fn meaning<'a>(&'a self, code: &'a str, time: Time) -> Result<&'a str, Invalid<'a>> {
        if code == columns::TOTAL {
            return Ok(code);
        }
        // What the reference does not know it cannot judge.
        let Some(all) = self.candidates.get(code) else { return Ok(self.undated(code).unwrap_or(OTHERS)) };
        let invalid = || Invalid(all.iter().map(|candidate| candidate.id.as_str()).collect());
        let span = self.span(time).ok_or_else(invalid)?;
        let can_be = |candidate: &&Candidate| {
            let is_meant =
                candidate.meant.is_empty() || candidate.meant.iter().any(|valid| valid.meets(span));
            let existed = match self.role {
                Role::Citizenship => candidate.existed.meets(span),
                Role::Birth => candidate.existed.has_begun(span),
            };
            is_meant && existed
        };
        // A year stands for the first of January, the day of stocks: states join and leave in between.
        let day = TimeSpan::day(span.first);
        let is_member = |candidate: &Candidate| candidate.member.iter().any(|valid| valid.meets(day));
        let mut possible = all.iter().filter(can_be);
        let first = possible.next().ok_or_else(invalid)?;
        match &self.target {
            Target::Same | Target::List(_) => Ok(self.undated(code).unwrap_or(code)),
            Target::Group(_) if first.is_pseudo => Ok(&first.id),
            Target::Group(_) if possible.any(|other| is_member(other) != is_member(first)) => Err(invalid()),
            Target::Group(group) => Ok(if is_member(first) { group } else { OTHERS }),
        }
    }

    fn fault(&self, invalid: &BTreeMap<&str, (Time, Invalid<'_>)>) -> Diagnostic {
        let message = format!("codes of `{}` stand for nothing at `{}`", self.column, self.at);
        let mut fault = Diagnostic::error(Code::CodeNotValid, message);
        if self.is_personal {
            fault = fault.note("codes and dates are not shown, for one of the columns is personal");
        } else {
            fault.notes = invalid.iter().take(8).map(|(code, found)| self.note(code, found)).collect();
        }
        let help = match self.role {
            Role::Citizenship => {
                "state `role = \"birth\"` where states that have ended are meant, correct the rows, or state `on_error = \"not_stated\"`"
            }
            Role::Birth => "correct the rows, or state `on_error = \"not_stated\"`",
        };
        fault.at(self.path.clone(), "the date of each row").help(help)
    }

    /// What a code stands for, when that was, and what came before or after.
    fn note(&self, code: &str, (first, Invalid(ids)): &(Time, Invalid<'_>)) -> String {
        let at = match Date::from_days(*first).filter(|_| !self.is_year) {
            Some(day) => day.to_string(),
            None => first.to_string(),
        };
        let told: Vec<String> = ids.iter().map(|id| self.life(id, *first)).collect();
        format!("`{code}` in {at}: {}", told.join("; or "))
    }

    /// When an entity existed, and what was there instead at another time.
    fn life(&self, id: &str, time: Time) -> String {
        let reference = &self.view.reference;
        let existed = reference.entities.get(id).map(|entity| entity.existed).unwrap_or_default();
        let has_begun = self.span(time).is_some_and(|span| existed.has_begun(span));
        let (word, others): (&str, Vec<&str>) = if has_begun {
            let successors = reference.successors_of(id).filter(|_| existed.to.is_some());
            ("followed by", successors.map(|succession| reference.label(&succession.successor)).collect())
        } else {
            let predecessors = reference.predecessors_of(id);
            ("before it", predecessors.map(|succession| reference.label(&succession.id)).collect())
        };
        let others =
            if others.is_empty() { String::new() } else { format!(", {word} {}", others.join(", ")) };
        let existed = Some(existed.to_string()).filter(|existed| !existed.is_empty());
        format!(
            "{}{}{others}",
            reference.label(id),
            existed.map(|time| format!(", {time}")).unwrap_or_default()
        )
    }
}

/// What the codes of a list have stood for.
fn candidates(
    list: &Codelist,
    view: &ReferenceView,
    target: &Target,
) -> HashMap<String, Vec<Candidate>, RandomState> {
    let codes = view.codes();
    let mut members: HashMap<&str, Vec<Validity>> = HashMap::new();
    for known in &view.reference.memberships {
        if matches!(target, Target::Group(group) if *group == known.group) {
            members.entry(&known.id).or_default().push(known.valid);
        }
    }
    let mut found = HashMap::default();
    for code in list.entries.keys() {
        let mut meant: BTreeMap<&str, Vec<Validity>> = BTreeMap::new();
        for known in codes.get(plain_code(code)).into_iter().flatten() {
            meant.entry(&known.id).or_default().push(known.valid);
        }
        if meant.is_empty() && view.reference.entities.contains_key(code) {
            meant.insert(code, Vec::new());
        }
        let is_one = meant.len() == 1;
        let candidate = |(id, meant): (&str, Vec<Validity>)| Candidate {
            id: id.to_owned(),
            existed: view.reference.entities.get(id).map(|entity| entity.existed).unwrap_or_default(),
            meant: if is_one { Vec::new() } else { meant },
            is_pseudo: view.reference.is_pseudo(id),
            member: members.get(id).cloned().unwrap_or_default(),
        };
        let candidates: Vec<Candidate> = meant.into_iter().map(candidate).collect();
        if !candidates.is_empty() {
            found.insert(code.clone(), candidates);
        }
    }
    found
}

/// Words that are made, each with a number.
#[derive(Default)]
struct Made<'a> {
    words: Vec<&'a str>,
    keys: HashMap<&'a str, u32, RandomState>,
}

impl<'a> Made<'a> {
    fn key(&mut self, word: &'a str) -> u32 {
        *self.keys.entry(word).or_insert_with(|| {
            self.words.push(word);
            self.words.len() as u32 - 1
        })
    }

    /// Numbered where there are enough numbers.
    fn array(&self, keys: &[Option<u32>]) -> batch::Result<ArrayRef> {
        if self.words.len() > usize::from(u16::MAX) {
            let texts = keys.iter().map(|key| key.map(|key| self.words[key as usize]));
            return Ok(Arc::new(texts.collect::<StringArray>()));
        }
        batch::numbered(keys.iter().map(|key| key.map(|key| key as u16)), self.words.iter())
    }
}
