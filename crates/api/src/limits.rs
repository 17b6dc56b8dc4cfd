//! How much one client address may ask for: a bucket of tokens that fills with time.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// Client addresses that are remembered: a map of some megabytes. Beyond it, those with a full bucket are forgotten.
const ADDRESSES_MAX: usize = 65_536;

/// How many tokens a bucket holds, and how fast it fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Tokens a second.
    pub per_second: u32,
    /// Tokens in a full bucket.
    pub burst: u32,
}

impl Rate {
    /// On loopback: beyond what one machine can ask, so that only a runaway loop meets it.
    pub const LOOPBACK: Self = Self { per_second: 1_000_000, burst: 2_000_000 };
    /// For everybody: a market maker's 100 simulations a second, with bursts of ten times that.
    pub const PUBLIC: Self = Self { per_second: 200, burst: 2_000 };
}

/// What a request costs: tokens by what it makes the node do.
#[must_use]
pub(crate) fn weight(path: &str) -> u32 {
    match path {
        "/v1/evidence"
        | "/v1/accounts"
        | "/v1/tx/batch"
        | "/v1/accounts/{account}/history"
        | "/v1/liquidations/history" => 10,
        "/v1/simulate" | "/v1/accounts/{account}" | "/v1/liquidations/candidates" => 2,
        _ => 1,
    }
}

/// What is left of a client's bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Allowance {
    /// Tokens of a full bucket.
    pub(crate) limit: u32,
    /// Tokens that are left.
    pub(crate) remaining: u32,
    /// Seconds until the bucket is full.
    pub(crate) reset: u32,
    /// Seconds until the request can be tried again; none where it may be answered now.
    pub(crate) wait: Option<u32>,
}

impl Allowance {
    /// Tells the client.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        let named = [
            (HeaderName::from_static("x-ratelimit-limit"), self.limit),
            (HeaderName::from_static("x-ratelimit-remaining"), self.remaining),
            (HeaderName::from_static("x-ratelimit-reset"), self.reset),
        ];
        for (name, value) in named {
            headers.insert(name, HeaderValue::from(value));
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

/// The buckets of all clients.
#[derive(Debug)]
pub(crate) struct Limiter {
    rate: Rate,
    buckets: Mutex<HashMap<IpAddr, Bucket>>,
}

impl Limiter {
    pub(crate) fn new(rate: Rate) -> Self {
        Self { rate, buckets: Mutex::default() }
    }

    /// Takes tokens out of a client's bucket, if there are enough.
    pub(crate) fn take(&self, address: IpAddr, weight: u32, now: Instant) -> Allowance {
        let Rate { per_second, burst } = self.rate;
        let (speed, full) = (f64::from(per_second.max(1)), f64::from(burst.max(1)));
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let filled = |bucket: &Bucket| {
            (bucket.tokens + now.saturating_duration_since(bucket.at).as_secs_f64() * speed).min(full)
        };
        if buckets.len() >= ADDRESSES_MAX && !buckets.contains_key(&address) {
            buckets.retain(|_, bucket| filled(bucket) < full);
        }
        let bucket = buckets.entry(address).or_insert(Bucket { tokens: full, at: now });
        let (tokens, cost) = (filled(bucket), f64::from(weight));
        let enough = tokens >= cost;
        *bucket = Bucket { tokens: if enough { tokens - cost } else { tokens }, at: now };
        Allowance {
            limit: burst,
            remaining: whole(bucket.tokens.floor()),
            reset: whole(((full - bucket.tokens) / speed).ceil()),
            wait: (!enough).then(|| whole(((cost - tokens) / speed).ceil()).max(1)),
        }
    }
}

/// A float that is known to lie within the range, as a number.
fn whole(number: f64) -> u32 {
    number.clamp(0.0, f64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use std::{net::Ipv4Addr, time::Duration};

    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_with_time() {
        let limiter = Limiter::new(Rate { per_second: 2, burst: 3 });
        let (address, start) = (IpAddr::from(Ipv4Addr::LOCALHOST), Instant::now());
        let left: Vec<u32> = (0..3).map(|_| limiter.take(address, 1, start).remaining).collect();
        assert_eq!(left, [2, 1, 0]);
        let refused = limiter.take(address, 2, start);
        assert_eq!(refused.wait, Some(1));
        assert_eq!(refused.reset, 2);
        assert_eq!(limiter.take(address, 2, start + Duration::from_secs(1)).wait, None);
    }

    #[test]
    fn one_client_does_not_take_from_another() {
        let limiter = Limiter::new(Rate { per_second: 1, burst: 1 });
        let now = Instant::now();
        assert_eq!(limiter.take(IpAddr::from([10, 0, 0, 1]), 1, now).wait, None);
        assert_eq!(limiter.take(IpAddr::from([10, 0, 0, 2]), 1, now).wait, None);
        assert!(limiter.take(IpAddr::from([10, 0, 0, 1]), 1, now).wait.is_some());
    }
}
