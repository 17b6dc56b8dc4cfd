use cistern_engine::ids::Symbol;
use cistern_units::{Decimals, Fraction, Price, Ratio, Signed, Span, Time, Value, parse_decimal};
use toml::{Table, Value as Toml};

use super::Fault;
use crate::scenario::days_of;

/// One topic of a file, emptied field by field: what is left at the end is unknown.
#[derive(Debug)]
pub(super) struct Section {
    path: String,
    fields: Table,
}

impl Section {
    /// The whole file.
    pub(super) fn of(fields: Table) -> Self {
        Self { path: String::new(), fields }
    }

    fn at(path: String, value: Toml) -> Result<Self, Fault> {
        match value {
            Toml::Table(fields) => Ok(Self { path, fields }),
            other => Err(Fault::NotA { path, wanted: "a table", found: other.to_string() }),
        }
    }

    /// Where a field stands.
    pub(super) fn path(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Is a field there, for those that may be left out?
    pub(super) fn has(&self, key: &str) -> bool {
        self.fields.contains_key(key)
    }

    fn take(&mut self, key: &str) -> Result<Toml, Fault> {
        self.fields.remove(key).ok_or_else(|| Fault::Missing { path: self.path(key) })
    }

    /// A topic of its own.
    pub(super) fn section(&mut self, key: &str) -> Result<Self, Fault> {
        let value = self.take(key)?;
        Self::at(self.path(key), value)
    }

    /// All topics that are left, by name.
    pub(super) fn sections(self) -> Result<Vec<(String, Self)>, Fault> {
        let path =
            |key: &str| if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        let fields = self.fields.iter();
        fields.map(|(key, value)| Ok((key.clone(), Self::at(path(key), value.clone())?))).collect()
    }

    /// A list of things that have names; each is known by its own from then on.
    pub(super) fn items(&mut self, key: &str) -> Result<Vec<(Symbol, Self)>, Fault> {
        if !self.has(key) {
            return Err(Fault::Missing { path: self.path(key) });
        }
        let mut named = Vec::new();
        for mut item in self.tables(key)? {
            let name = item.name("name")?;
            item.path = format!("{}.{name}", self.path(key));
            named.push((name, item));
        }
        Ok(named)
    }

    /// A list of things without names, each known by its place; none where there is no list.
    pub(super) fn tables(&mut self, key: &str) -> Result<Vec<Self>, Fault> {
        if !self.has(key) {
            return Ok(Vec::new());
        }
        let found = self.take(key)?;
        let Toml::Array(items) = found else {
            return Err(Fault::NotA {
                path: self.path(key),
                wanted: "a list of tables",
                found: found.to_string(),
            });
        };
        let path = self.path(key);
        let items = items.into_iter().enumerate();
        items.map(|(place, item)| Self::at(format!("{path}[{place}]"), item)).collect()
    }

    pub(super) fn text(&mut self, key: &str) -> Result<String, Fault> {
        match self.take(key)? {
            Toml::String(text) => Ok(text),
            other => Err(self.not(key, "text in quotes", &other.to_string())),
        }
    }

    pub(super) fn name(&mut self, key: &str) -> Result<Symbol, Fault> {
        let text = self.text(key)?;
        Symbol::new(&text).ok_or_else(|| self.not(key, "a name of at most 16 printable characters", &text))
    }

    /// Texts of a list.
    pub(super) fn texts(&mut self, key: &str) -> Result<Vec<String>, Fault> {
        let found = self.take(key)?;
        let Toml::Array(items) = &found else {
            return Err(self.not(key, "a list of names", &found.to_string()));
        };
        let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
        texts.collect::<Option<_>>().ok_or_else(|| self.not(key, "a list of names", &found.to_string()))
    }

    fn decimal(&mut self, key: &str, places: usize) -> Result<i128, Fault> {
        let text = self.text(key)?;
        parse_decimal(&text, places)
            .map_err(|error| Fault::rule(self.path(key), format!("is {text}: {error}")))
    }

    /// A part of the whole, from 0 to 1.
    pub(super) fn fraction(&mut self, key: &str) -> Result<Fraction, Fault> {
        let raw = self.decimal(key, Fraction::PLACES)?;
        let fraction = u32::try_from(raw).ok().and_then(Fraction::new);
        fraction.ok_or_else(|| Fault::rule(self.path(key), "must lie between 0 and 1: 0.105 is 10.5 %"))
    }

    /// How many times something, zero or more.
    pub(super) fn ratio(&mut self, key: &str) -> Result<Ratio, Fault> {
        let raw = self.decimal(key, Ratio::PLACES)?;
        let ratio = u64::try_from(raw).ok().map(Ratio::new);
        ratio.ok_or_else(|| Fault::rule(self.path(key), "must not be negative: 1.25 is 125 %"))
    }

    pub(super) fn signed(&mut self, key: &str) -> Result<Signed, Fault> {
        let raw = self.decimal(key, Signed::PLACES)?;
        let signed = i64::try_from(raw).ok().map(Signed::new);
        signed.ok_or_else(|| Fault::rule(self.path(key), "is absurd: 0.0001 is one basis point"))
    }

    /// Dollars, zero or more.
    pub(super) fn value(&mut self, key: &str) -> Result<Value, Fault> {
        let value = Value::new(self.decimal(key, Value::PLACES)?);
        if value.is_negative() {
            return Err(Fault::rule(self.path(key), "must not be negative: write dollars like 10 or 12.50"));
        }
        Ok(value)
    }

    /// A price, above zero.
    pub(super) fn price(&mut self, key: &str) -> Result<Price, Fault> {
        let raw = self.decimal(key, Price::PLACES)?;
        let price = u128::try_from(raw).ok().and_then(Price::new);
        price.ok_or_else(|| Fault::rule(self.path(key), "must be above 0 and at most 1e9: 0.107 is a price"))
    }

    /// A power of ten.
    pub(super) fn exponent(&mut self, key: &str) -> Result<i32, Fault> {
        let found = self.take(key)?;
        let number = found.as_integer().and_then(|number| i32::try_from(number).ok());
        number.ok_or_else(|| self.not(key, "a whole number like -8", &found.to_string()))
    }

    /// A whole number that is not negative.
    pub(super) fn whole<T: TryFrom<i64>>(&mut self, key: &str) -> Result<T, Fault> {
        let found = self.take(key)?;
        let number = found.as_integer().filter(|number| *number >= 0);
        let number = number.and_then(|number| T::try_from(number).ok());
        number.ok_or_else(|| self.not(key, "a whole number in range", &found.to_string()))
    }

    pub(super) fn seconds(&mut self, key: &str) -> Result<Span, Fault> {
        Ok(Span::seconds(self.whole(key)?))
    }

    /// A moment of RFC 3339, in UTC.
    pub(super) fn moment(&mut self, key: &str) -> Result<Time, Fault> {
        let found = self.take(key)?;
        let moment = match &found {
            Toml::Datetime(moment) => utc(moment),
            _ => None,
        };
        moment.ok_or_else(|| self.not(key, "a moment in UTC like 2026-12-25T08:00:00Z", &found.to_string()))
    }

    pub(super) fn decimals(&mut self, key: &str) -> Result<Decimals, Fault> {
        let places: u8 = self.whole(key)?;
        Decimals::new(places).ok_or_else(|| self.not(key, "at most 18", &places.to_string()))
    }

    fn not(&self, key: &str, wanted: &'static str, found: &str) -> Fault {
        Fault::NotA { path: self.path(key), wanted, found: found.to_owned() }
    }

    /// Nothing is left that nobody asked for.
    pub(super) fn finish(self) -> Result<(), Fault> {
        match self.fields.keys().next() {
            Some(key) => Err(Fault::Unknown { path: self.path(key) }),
            None => Ok(()),
        }
    }
}

/// The moment of a date and a time in UTC, to the second.
fn utc(moment: &toml::value::Datetime) -> Option<Time> {
    let (date, time) = (moment.date?, moment.time?);
    moment.offset.filter(|offset| *offset == toml::value::Offset::Z)?;
    let days = days_of(date.year.into(), date.month.into(), date.day.into())?;
    let seconds =
        u64::from(time.hour) * 3_600 + u64::from(time.minute) * 60 + u64::from(time.second.unwrap_or(0));
    Some(Time::milliseconds((days * 86_400 + seconds) * 1_000))
}
