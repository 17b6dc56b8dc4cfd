//! Options of a book: European, settled in cash, under a surface for their expiry: its forward and volatilities [E2].

use cistern_engine::act::Smile;
use cistern_margin::{
    FactorIndex, RiskFactor,
    option::{LEGS_MAX, Series, SeriesError, Style, black},
};
use cistern_units::{Fraction, Price, Ratio, Span, Time, Value};

use super::{
    fault::Fault,
    node::{Field, Object},
    number::{self, Toward},
    position,
    sheet::{Name, index},
};

const STYLES: [(&str, Style); 2] = [("call", Style::Call), ("put", Style::Put)];

/// An option position.
#[derive(Clone, Debug)]
pub(super) struct Position {
    /// Its surface, style and strike.
    pub(super) name: String,
    /// What it is, with what equity counts of one.
    pub(super) series: Series,
    /// In 1e-18 contracts; negative where it was sold.
    pub(super) size: i128,
    pub(super) smile: Smile,
    /// Size times forward, signed, as large as it may be.
    pub(super) notional: Value,
    /// What it is worth, rounded down; negative where it was sold.
    pub(super) worth: Value,
    /// Unrealised profit and loss, rounded down.
    pub(super) profit: Value,
}

/// What the options of one expiry have in common.
#[derive(Debug)]
struct Surface {
    name: String,
    path: String,
    underlying: FactorIndex,
    left: Span,
    forward: Price,
    smile: Smile,
}

/// Options of a book, from its `surfaces` and `options`.
pub(super) fn options(
    from: &mut Object<'_>,
    factors: &[(String, RiskFactor)],
    now: Option<Time>,
) -> Result<Vec<Position>, Fault> {
    let mut all = Vec::new();
    if let Some(surfaces) = from.take("surfaces") {
        for (name, field) in surfaces.entries()? {
            all.push(surface(name, field, factors, now)?);
        }
    }
    let Some(list) = from.take("options") else { return Ok(Vec::new()) };
    let options = list.list()?;
    if options.len() > LEGS_MAX {
        return Err(list.fault(format!("has more than {LEGS_MAX}; an account has no more")));
    }
    options.into_iter().map(|field| option(field, &all)).collect()
}

fn surface(
    name: &str,
    field: Field<'_>,
    factors: &[(String, RiskFactor)],
    now: Option<Time>,
) -> Result<Surface, Fault> {
    let mut from = field.object()?;
    let underlying = index(&Name::of(&from.need("underlying")?)?, factors)?;
    let left = position::left(&from.need("expiry")?, now)?;
    let forward = number::exact_price(&from.need("forward")?)?;
    let smile = match (from.take("vol"), from.take("smile")) {
        (Some(vol), None) => {
            let vol = volatility(&vol)?;
            Smile { far_down: vol, down: vol, money: vol, up: vol, far_up: vol }
        }
        (None, Some(smile)) => points(&smile)?,
        (Some(vol), Some(_)) => return Err(vol.fault("stands beside smile; keep one of the two")),
        (None, None) => return Err(from.fault("vol", "is missing; add it, or smile")),
    };
    let path = from.path.clone();
    from.finish()?;
    Ok(Surface { name: name.to_owned(), path, underlying, left, forward, smile })
}

/// Volatilities by deviations of the strike, from two below the forward to two above it.
fn points(field: &Field<'_>) -> Result<Smile, Fault> {
    let points = field.list()?;
    let [far_down, down, money, up, far_up] = points.as_slice() else {
        return Err(field.fault("must be five volatilities: two below the money, at it, two above"));
    };
    Ok(Smile {
        far_down: volatility(far_down)?,
        down: volatility(down)?,
        money: volatility(money)?,
        up: volatility(up)?,
        far_up: volatility(far_up)?,
    })
}

fn volatility(field: &Field<'_>) -> Result<Ratio, Fault> {
    let vol = number::ratio(field)?;
    if (Smile::VOL_MIN..=Smile::VOL_MAX).contains(&vol) {
        return Ok(vol);
    }
    Err(field.fault(format!("must be from {} to {}; 0.6 is 60 % a year", Smile::VOL_MIN, Smile::VOL_MAX)))
}

fn option(field: Field<'_>, all: &[Surface]) -> Result<Position, Fault> {
    let mut from = field.object()?;
    let name = from.need("surface")?;
    let word = name.text()?;
    let Some(surface) = all.iter().find(|surface| surface.name == word) else {
        return Err(name.fault(format!("there is no surface {word}; add it to surfaces, or name another")));
    };
    let style_field = from.need("style")?;
    let style = STYLES.iter().find(|(name, _)| style_field.text().is_ok_and(|word| word == *name));
    let Some((_, style)) = style else { return Err(style_field.fault("must be call or put")) };
    let strike_field = from.need("strike")?;
    let strike = number::exact_price(&strike_field)?;
    let size_field = from.need("size")?;
    let size = number::signed(&size_field)?;
    let entry = number::price(&from.need("entry")?)?;
    from.finish()?;

    let Surface { underlying, left, forward, .. } = *surface;
    let moving = position::moving_part(left.as_milliseconds());
    // What was averaged moves no more: the volatility falls with the part that is left.
    let vol = surface.smile.vol_down(strike, forward, left);
    let vol = Ratio::new(vol.raw() * u64::from(moving.raw()) / u64::from(Fraction::ONE.raw()));
    let value = black(*style, forward.raw(), strike.raw(), vol, left);
    let mark = if size < 0 { value.high } else { value.low };
    let series = Series {
        underlying,
        style: *style,
        forward,
        strike,
        left,
        vol,
        moving,
        mark: mark.min(forward.max(strike).raw()),
    };
    series.check().map_err(|error| match error {
        SeriesError::ExpiryTooFar => Fault::new(format!("{}.expiry", surface.path), error.to_string()),
        error => strike_field.fault(error.to_string()),
    })?;
    let product = |price: i128, toward| {
        number::product(size, price, toward).ok_or_else(|| size_field.fault(number::TOO_LARGE))
    };
    let name = format!("{word} {} {}", style_field.text()?, strike_field.number()?);
    let worth = product(number::of_exact(series.mark), Toward::Less)?;
    let cost = product(entry, Toward::More)?;
    let profit = worth.less(cost).map_err(|_| size_field.fault(number::TOO_LARGE))?;
    Ok(Position {
        name,
        series,
        size,
        smile: surface.smile,
        notional: product(number::of_exact(forward.raw()), Toward::Larger)?,
        worth,
        profit,
    })
}
