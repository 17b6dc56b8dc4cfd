//! `KEY=VALUE` words, each used once.

use super::read::{Fault, FaultKind, Word};

/// The settings of one line, taken one by one; what is left at the end was not understood.
pub(crate) struct Settings {
    rest: Vec<(Word, Word)>,
    known: Vec<String>,
}

impl Settings {
    /// Splits the words.
    pub(crate) fn new(words: &[Word], written: &'static str) -> Result<Self, Fault> {
        let not_a_setting =
            |word: &Word| word.fault(FaultKind::NotASetting { word: word.text.clone(), what: written });
        let rest = words.iter().map(|word| word.split_once('=').ok_or_else(|| not_a_setting(word)));
        Ok(Self { rest: rest.collect::<Result<_, _>>()?, known: Vec::new() })
    }

    /// Takes the value of a key; `None` where it was not set.
    pub(crate) fn take(&mut self, key: &str) -> Option<Word> {
        self.known.push(key.to_owned());
        let place = self.rest.iter().position(|(name, _)| name.text == key)?;
        Some(self.rest.remove(place).1)
    }

    /// Reads the value of a key into `field`, if it was set.
    pub(crate) fn set<T>(
        &mut self,
        key: &str,
        field: &mut T,
        value: impl FnOnce(&Word) -> Result<T, Fault>,
    ) -> Result<(), Fault> {
        if let Some(word) = self.take(key) {
            *field = value(&word)?;
        }
        Ok(())
    }

    /// Was everything understood?
    pub(crate) fn finish(self) -> Result<(), Fault> {
        let Some((name, _)) = self.rest.first() else {
            return Ok(());
        };
        let choices = self.known.join(", ");
        Err(name.fault(FaultKind::UnknownChoice { what: "setting", word: name.text.clone(), choices }))
    }
}
