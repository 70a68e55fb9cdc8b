//! What is said of the dates of a column beside their layout: that some are said in part only, in which zone a day is asked for,
//! when financial years begin.

use std::ops::Range;

use toml::Spanned;

use crate::date::{DateFormat, YearNaming, utc_offset};
use crate::text::{Fields, Findings};
use crate::{Code, Diagnostic};

/// The fields of a column of dates, as they are written.
pub(crate) struct DateOptions {
    partial: Option<Range<usize>>,
    zone: Option<Spanned<String>>,
    first_month: Option<Spanned<i64>>,
    named_by: Option<(Range<usize>, YearNaming)>,
}

impl DateOptions {
    pub(crate) fn read(fields: &Fields<'_, '_>) -> Self {
        const NAMED_BY: [(&str, YearNaming); 2] = [("first", YearNaming::First), ("last", YearNaming::Last)];
        let span = |key| fields.value(key).map_or(0..0, Spanned::span);
        Self {
            partial: fields.optional_bool("partial").filter(|partial| *partial).map(|_| span("partial")),
            zone: fields.optional_string("zone"),
            first_month: fields.optional_integer("first_month"),
            named_by: fields.optional_one_of("named_by", &NAMED_BY).map(|naming| (span("named_by"), naming)),
        }
    }

    /// Says that a column which is no date has none of them.
    pub(crate) fn refuse(&self, findings: &Findings) {
        let given = [
            ("partial", self.partial.clone()),
            ("zone", self.zone.as_ref().map(Spanned::span)),
            ("first_month", self.first_month.as_ref().map(Spanned::span)),
            ("named_by", self.named_by.as_ref().map(|(span, _)| span.clone())),
        ];
        for (key, span) in given.into_iter().filter_map(|(key, span)| Some((key, span?))) {
            let fault = Diagnostic::error(Code::DateFormat, format!("`{key}` belongs to a date"));
            findings.push(fault.at_span(span, "this column is no date").help("add `type = \"date\"`"));
        }
    }

    /// The layout with all of them; none where one does not fit it, which is said.
    pub(crate) fn apply(
        self,
        layout: DateFormat,
        format: Option<&Spanned<String>>,
        findings: &Findings,
    ) -> Option<DateFormat> {
        let fault =
            |message: &str, span, label: &str, help: &str| faulty(findings, message, span, label, help);
        let layout = self.with_first_month(layout, format, findings)?;
        let layout = match self.zone {
            None => layout,
            Some(zone) => match utc_offset(zone.get_ref()) {
                Some(minutes) => layout.in_zone(minutes),
                None => {
                    let help = "`zone = \"-05:00\"` asks for the days of the time that is five hours behind UTC. Zones with summer time \
                                are not known: without `zone` each date is the one that is written";
                    return fault(
                        "a zone is a distance from UTC",
                        zone.span(),
                        "not such as \"-05:00\"",
                        help,
                    );
                }
            },
        };
        match self.partial {
            None => Some(layout),
            Some(span) => match layout.in_part() {
                Some(layout) => Some(layout),
                None => {
                    let help = "such a layout has %Y or %y, a month and a day, and nothing of a time";
                    fault(
                        "dates of this layout say nothing in part",
                        span,
                        "leave it out, or give the layout",
                        help,
                    )
                }
            },
        }
    }

    /// Financial years begin in a month that is stated, and no other dates have one.
    fn with_first_month(
        &self,
        layout: DateFormat,
        format: Option<&Spanned<String>>,
        findings: &Findings,
    ) -> Option<DateFormat> {
        let fault =
            |message: &str, span, label: &str, help: &str| faulty(findings, message, span, label, help);
        let example = "`format = \"financial-year\", first_month = 4` reads 2018/19 as the year that begins on 1 April 2018";
        let naming = self.named_by.as_ref().map(|(_, naming)| *naming);
        match (layout.first_month().is_some(), &self.first_month) {
            (true, Some(month)) => {
                match u8::try_from(*month.get_ref()).ok().filter(|month| (2..=12).contains(month)) {
                    Some(month) => Some(layout.with_first_month(month, naming)),
                    None => fault(
                        "a financial year begins in a month from 2 to 12",
                        month.span(),
                        "not such a month",
                        example,
                    ),
                }
            }
            (true, None) => {
                let span = format.map_or(0..0, Spanned::span);
                fault("nobody knows when these financial years begin", span, "add `first_month`", example)
            }
            (false, Some(month)) => fault(
                "`first_month` belongs to financial years",
                month.span(),
                "the layout has none",
                example,
            ),
            (false, None) => match &self.named_by {
                Some((span, _)) => fault(
                    "`named_by` belongs to financial years",
                    span.clone(),
                    "the layout has none",
                    example,
                ),
                None => Some(layout),
            },
        }
    }
}

/// No layout, and what is wrong.
fn faulty(
    findings: &Findings,
    message: &str,
    span: Range<usize>,
    label: &str,
    help: &str,
) -> Option<DateFormat> {
    findings.push(Diagnostic::error(Code::DateFormat, message).at_span(span, label).help(help));
    None
}
