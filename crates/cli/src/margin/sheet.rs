//! The part of a book that a parameter file may supply: factors, assets, settings.

use cistern_margin::{Band, Depth, FactorError, FactorIndex, Range, RiskFactor, Tail};
use cistern_units::{Fraction, Ratio};

use super::{
    asset::{self, Listing},
    fault::Fault,
    node::{Field, Object},
    number,
};

/// Factors, assets and settings by name, in the order of their file.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) factors: Vec<(String, RiskFactor)>,
    pub(super) assets: Vec<Listing>,
    pub(super) settings: Floors,
}

/// A name in a file, with the field that names it.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) path: String,
}

impl Name {
    /// The text of a field.
    pub(super) fn of(field: &Field<'_>) -> Result<Name, Fault> {
        Ok(Name { text: field.text()?.to_owned(), path: field.path.clone() })
    }
}

/// The factor of a name.
pub(super) fn index(name: &Name, factors: &[(String, RiskFactor)]) -> Result<FactorIndex, Fault> {
    let Name { text, path } = name;
    let place = factors.iter().position(|(other, _)| other == text);
    let index = place.and_then(|place| u16::try_from(place).ok()).map(FactorIndex);
    index.ok_or_else(|| {
        Fault::new(path, format!("there is no factor {text}; add it to factors, or name another"))
    })
}

/// The settings, as far as a file has them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Floors {
    pub(super) standalone_floor: Option<Fraction>,
    pub(super) gross_floor: Option<Fraction>,
    pub(super) target: Option<Ratio>,
    pub(super) initial: Option<Ratio>,
}

impl Sheet {
    /// Takes `factors` and `assets` of a file.
    pub(super) fn take(from: &mut Object<'_>) -> Result<Sheet, Fault> {
        let mut sheet = Sheet::default();
        if let Some(factors) = from.take("factors") {
            for (name, field) in factors.entries()? {
                sheet.factors.push((name.to_owned(), factor(field)?));
            }
        }
        if let Some(assets) = from.take("assets") {
            for (name, field) in assets.entries()? {
                sheet.assets.push(asset::listing(name, field)?);
            }
        }
        Ok(sheet)
    }

    /// This file before the other: the other supplies what this one leaves out.
    pub(super) fn or(mut self, other: Sheet) -> Sheet {
        for (name, factor) in other.factors {
            if self.factors.iter().all(|(own, _)| *own != name) {
                self.factors.push((name, factor));
            }
        }
        for asset in other.assets {
            match self.assets.iter_mut().find(|own| own.name == asset.name) {
                Some(own) => own.or(asset),
                None => self.assets.push(asset),
            }
        }
        self.settings = Floors {
            standalone_floor: self.settings.standalone_floor.or(other.settings.standalone_floor),
            gross_floor: self.settings.gross_floor.or(other.settings.gross_floor),
            target: self.settings.target.or(other.settings.target),
            initial: self.settings.initial.or(other.settings.initial),
        };
        self
    }
}

/// One factor: `range`, or `range_down` and `range_up`; `loading`; perhaps `depth` and `lambda`, perhaps `tails`.
fn factor(field: Field<'_>) -> Result<RiskFactor, Fault> {
    let mut from = field.object()?;
    let range = range(&mut from)?;
    let loading = loading(&from.need("loading")?)?;
    let depth = depth(&mut from)?;
    let tails = match from.take("tails") {
        None => Vec::new(),
        Some(field) => field.list()?.into_iter().map(tail).collect::<Result<_, _>>()?,
    };
    let path = from.path.clone();
    from.finish()?;
    let within = |error: FactorError| Fault::new(&path, error.to_string());
    RiskFactor::new(range, loading, depth, tails).map_err(within)
}

fn range(from: &mut Object<'_>) -> Result<Range, Fault> {
    let (both, down, up) = (from.take("range"), from.take("range_down"), from.take("range_up"));
    match (both, down, up) {
        (Some(both), None, None) => number::fraction(&both).map(Range::symmetric),
        (None, Some(down), Some(up)) => {
            let (fall, rise) = (number::fraction(&down)?, number::ratio(&up)?);
            Range::new(fall, rise).map_err(|error| up.fault(error.to_string()))
        }
        (None, Some(_), None) => {
            Err(from.fault("range_up", "is missing; add it, or write range for both sides"))
        }
        (None, None, Some(_)) => {
            Err(from.fault("range_down", "is missing; add it, or write range for both sides"))
        }
        (None, None, None) => Err(from.fault("range", "is missing; add it, or range_down and range_up")),
        (Some(both), _, _) => Err(both.fault("stands beside range_down or range_up; keep one of the two")),
    }
}

fn loading(field: &Field<'_>) -> Result<Band, Fault> {
    let items = field.list()?;
    let [calm, panic] = items.as_slice() else {
        return Err(field.fault("must be two fractions: [calm, panic]"));
    };
    let (calm, panic) = (number::fraction(calm)?, number::fraction(panic)?);
    Band::new(calm, panic).map_err(|error| field.fault(error.to_string()))
}

fn depth(from: &mut Object<'_>) -> Result<Option<Depth>, Fault> {
    let (depth, lambda) = (from.take("depth"), from.take("lambda"));
    match (depth, lambda) {
        (None, None) => Ok(None),
        (Some(depth), Some(lambda)) => {
            let (value, impact) = (number::value(&depth)?, number::ratio(&lambda)?);
            let place = |error| match error {
                FactorError::LambdaTooLarge => lambda.fault(FactorError::LambdaTooLarge.to_string()),
                error => depth.fault(error.to_string()),
            };
            Depth::new(value, impact).map(Some).map_err(place)
        }
        (Some(_), None) => Err(from.fault("lambda", "is missing beside depth; add it, or remove depth")),
        (None, Some(_)) => Err(from.fault("depth", "is missing beside lambda; add it, or remove lambda")),
    }
}

/// `{"multiple": "-4", "weight": "0.2"}`, or the pair alone.
fn tail(field: Field<'_>) -> Result<Tail, Fault> {
    let path = field.path.clone();
    let (multiple, weight) = if field.is_list() {
        match <[Field<'_>; 2]>::try_from(field.list()?) {
            Ok([multiple, weight]) => (multiple, weight),
            Err(_) => return Err(field.fault("must be a pair: [multiple, weight]")),
        }
    } else {
        let mut from = field.object()?;
        let parts = (from.need("multiple")?, from.need("weight")?);
        from.finish()?;
        parts
    };
    let (multiple, weight) = (number::multiple(&multiple)?, number::fraction(&weight)?);
    Tail::new(multiple, weight).map_err(|error| Fault::new(path, error.to_string()))
}
