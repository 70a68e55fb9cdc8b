//! Account: opening + births + in − deaths − out = closing, cell by cell.
//!
//! Which codes are what the table's `account` says. Of records, an item that is not there is nobody; of a publication, what
//! rests on it is missing. What an account does not explain is its residual, which is told and never hidden in an item.

use std::ops::Range;

use denizen_spec::{Account, AccountBase, AccountPart, Diagnostic};

use super::Inputs;
use super::rows::{Cell, Groups, Outcome, Sum, Told};
use crate::cell_columns::Found;
use crate::counts::internal;
use crate::status::Status;
use crate::value::Value;

pub(super) fn account(
    inputs: &Inputs<'_>,
    along: usize,
    of: AccountPart,
    by: AccountBase,
    times: f64,
) -> Result<Found, Diagnostic> {
    let lost = || internal("accounts", &"a table has none");
    let account = inputs.table.account.as_ref().ok_or_else(lost)?;
    let groups = inputs.groups(&[along]);
    let codes = groups.indices(along);
    let accounts = Accounts { inputs, along, groups: &groups, codes: &codes, account, by, times };
    let (mut items, mut totals) = (Told::default(), Told::default());
    for group in &groups.bounds {
        if !accounts.has_account(group) {
            continue;
        }
        if of == AccountPart::Items {
            for (row, sign) in accounts.rows_of_items(group) {
                let item = Sum::of([]).plus(groups.cell(row), sign);
                items.push(row, accounts.outcome(group, item));
            }
        }
        totals.push(group.start, accounts.outcome(group, accounts.at_total(group, of)));
    }
    let mut found = groups.finish(items, inputs, &[]);
    found.append(groups.finish(totals, inputs, &[along]));
    Ok(found)
}

struct Accounts<'a> {
    inputs: &'a Inputs<'a>,
    along: usize,
    groups: &'a Groups<'a>,
    /// Of each row, the index of its item.
    codes: &'a [u32],
    account: &'a Account,
    by: AccountBase,
    times: f64,
}

impl Accounts<'_> {
    fn row(&self, group: &Range<usize>, code: &str) -> Option<usize> {
        let index = self.inputs.dimensions[self.along].index(&Value::code(code))?;
        group.clone().find(|row| self.codes[*row] == index)
    }

    fn cell(&self, group: &Range<usize>, code: &str) -> Cell {
        let may_lack = self.inputs.complete || self.account.may_lack(code);
        let absent = if may_lack { Cell::nobody() } else { Cell::missing() };
        let found = self.row(group, code).map_or(absent, |row| self.groups.cell(row));
        // Only where nothing says why: what is kept from us, or counted elsewhere, is not nothing.
        let is_blank = found.shown.is_none() && !found.hidden && found.flag == Status::MISSING.bits();
        if may_lack && is_blank { absent } else { found }
    }

    /// Whether the group has one of the populations.
    fn has_account(&self, group: &Range<usize>) -> bool {
        let populations = [&self.account.opening, &self.account.closing];
        populations.into_iter().any(|code| self.row(group, code).is_some())
    }

    fn rows_of_items(&self, group: &Range<usize>) -> Vec<(usize, i64)> {
        let items = self.account.items().into_iter();
        items.filter_map(|(code, sign)| Some((self.row(group, code)?, sign))).collect()
    }

    /// Closing less opening population.
    fn growth(&self, group: &Range<usize>) -> Sum {
        let closing = Sum::of([self.cell(group, &self.account.closing)]);
        closing.plus(self.cell(group, &self.account.opening), -1)
    }

    fn natural(&self, group: &Range<usize>) -> Sum {
        let of =
            |code: &Option<String>| code.as_ref().map_or_else(Cell::missing, |code| self.cell(group, code));
        Sum::of([of(&self.account.births)]).plus(of(&self.account.deaths), -1)
    }

    /// What stands at the total of the items.
    fn at_total(&self, group: &Range<usize>, of: AccountPart) -> Sum {
        let items = self.account.items().into_iter();
        match of {
            AccountPart::Residual => {
                items.fold(self.growth(group), |sum, (code, sign)| sum.plus(self.cell(group, code), -sign))
            }
            AccountPart::Items => self.growth(group),
            AccountPart::Natural => self.natural(group),
            AccountPart::OtherThanNatural => self.growth(group).and(self.natural(group), -1),
        }
    }

    fn outcome(&self, group: &Range<usize>, of: Sum) -> Outcome {
        let cell = |code: &str| self.cell(group, code);
        let opening = Sum::of([cell(&self.account.opening)]);
        match self.by {
            AccountBase::One => {
                let one = Sum { count: 1, ..Sum::of([]) };
                Outcome { base: None, ..Outcome::ratio(self.times, of, one) }
            }
            AccountBase::Opening => Outcome::ratio(self.times, of, opening),
            AccountBase::Mean => {
                let both = opening.plus(cell(&self.account.closing), 1);
                let outcome = Outcome::ratio(2.0 * self.times, of, both);
                Outcome { base: outcome.base.map(|both| both / 2 + both % 2), ..outcome }
            }
        }
    }
}
