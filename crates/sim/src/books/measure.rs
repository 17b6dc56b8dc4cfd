//! What is measured: the margin library's answer for some legs, behind a seam at which a test breaks it on purpose.

use cistern_margin::option::{Series, SeriesIndex};
use cistern_margin::{FactorIndex, FactorTable, MarginError, Mode, Portfolio};
use cistern_units::Value;

use super::{account::Line, series::worth_down};

/// Legs under a table.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) table: &'a FactorTable,
    pub(super) series: &'a [Series],
    pub(super) bundles: &'a [Vec<FactorIndex>],
    pub(super) mode: Mode,
    pub(super) lines: &'a [Line],
    pub(super) options: &'a [(SeriesIndex, i128)],
}

/// What can answer.
pub(super) trait Measure: Sync {
    /// The requirement, in 1e-8 dollars.
    fn requirement(&self, memory: &mut Memory, question: &Question<'_>) -> Result<i128, Refused>;
}

/// What an answer is made in, kept from one to the next.
#[derive(Debug, Default)]
pub(super) struct Memory {
    portfolio: Portfolio,
}

/// Why there is no requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused(pub(super) String);

impl From<MarginError> for Refused {
    fn from(error: MarginError) -> Self {
        Self(error.to_string())
    }
}

/// The margin library as it is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Library;

impl Measure for Library {
    fn requirement(&self, memory: &mut Memory, question: &Question<'_>) -> Result<i128, Refused> {
        memory.portfolio.clear(question.mode);
        for line in question.lines {
            let factors = question.bundles.get(line.bundle).map_or(&[][..], Vec::as_slice);
            memory.portfolio.add(question.table, line.leg, factors, Value::new(line.value))?;
        }
        for (index, size) in question.options {
            let worth =
                question.series.get(usize::from(index.0)).map_or(0, |series| worth_down(series, *size));
            memory.portfolio.add_option(question.table, *index, Value::new(*size), Value::new(worth))?;
        }
        let answer = memory.portfolio.requirement(question.table)?;
        let explained = memory.portfolio.explain(question.table)?;
        if answer != explained.requirement {
            return Err(Refused(format!("{answer} is explained as {}", explained.requirement)));
        }
        Ok(answer.raw())
    }
}
