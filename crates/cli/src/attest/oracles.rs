//! Messages of oracle networks and bridges.

use cistern_attest::{
    Claim, FeedKey, Kind, Network, Refusal, SetId, Verified, by_some_network, by_some_service, chainlink,
    lazer, pyth, redstone, wormhole,
};

use super::{
    Terms,
    judged::{Judged, PriceLine},
    show::hex,
};

/// Decodes, verifies and judges.
pub(super) fn message(kind: Kind, bytes: &[u8], terms: &Terms<'_>) -> Judged {
    let judged = match kind {
        Kind::Pyth => pyth(bytes, terms),
        Kind::Lazer => lazer(bytes, terms),
        Kind::RedStone => redstone(bytes, terms),
        Kind::Chainlink => chainlink(bytes, terms),
        _ => vaa(bytes, terms),
    };
    judged.unwrap_or_else(|refusal| Judged::refused(kind, refusal))
}

fn pyth(bytes: &[u8], terms: &Terms<'_>) -> Result<Judged, Refusal> {
    let (message, rest) = pyth::decode_prefix(bytes)?;
    let claimed = message.updates.iter().map(|update| {
        let (mantissa, exponent, confidence, published) = match update.content {
            pyth::Content::Price(price) => {
                (i128::from(price.mantissa), price.exponent, u128::from(price.confidence), price.published_at)
            }
            pyth::Content::Twap(twap) => {
                (twap.cumulative, twap.exponent, twap.cumulative_confidence, twap.published_at)
            }
        };
        let publish_time = u64::try_from(published).unwrap_or(0).saturating_mul(1_000);
        let feed = name(Network::Wormhole, update.feed);
        PriceLine { feed, mantissa, exponent, confidence, publish_time, refusal: None }
    });
    let network = message.network();
    let set = Some(SetId::index(message.vaa.set));
    let mut judged = Judged::claimed(Kind::Pyth, network.ok(), set, claimed.collect());
    judged.notes.push(("slot", message.slot.to_string()));
    judged.notes.push(("sequence", message.vaa.sequence.to_string()));
    judged.notes.push(("merkle_root", hex(&message.root)));
    if !rest.is_empty() {
        let text = format!("{} (a pool refuses a message with bytes behind its end)", rest.len());
        judged.notes.push(("trailing_bytes", text));
    }
    let verified = message.verify(terms.registry, terms.at);
    Ok(with_prices(judged, verified, terms))
}

fn lazer(bytes: &[u8], terms: &Terms<'_>) -> Result<Judged, Refusal> {
    let message = lazer::decode(bytes)?;
    let claimed = message.feeds.iter().map(|feed| PriceLine {
        feed: feed.id.to_string(),
        mantissa: feed.price.map_or(0, i128::from),
        exponent: feed.exponent.map_or(0, i32::from),
        confidence: feed.confidence.and_then(|width| u128::try_from(width).ok()).unwrap_or(0),
        publish_time: feed.updated_at_us.flatten().unwrap_or(message.timestamp_us).div_euclid(1_000),
        refusal: None,
    });
    let mut judged = Judged::claimed(Kind::Lazer, Some(Network::PythLazer), None, claimed.collect());
    judged.notes.push(("timestamp_us", message.timestamp_us.to_string()));
    judged.notes.push(("channel", message.channel.to_string()));
    Ok(with_prices(judged, message.verify(terms.registry, terms.at), terms))
}

fn redstone(bytes: &[u8], terms: &Terms<'_>) -> Result<Judged, Refusal> {
    let message = redstone::decode(bytes)?;
    let claimed = message.packages.iter().flat_map(redstone::Package::points).map(|(feed, value)| {
        let number =
            value.iter().try_fold(0_i128, |sum, byte| sum.checked_mul(256)?.checked_add(i128::from(*byte)));
        PriceLine {
            feed: name(Network::RedStone, feed),
            mantissa: number.unwrap_or(i128::MAX),
            exponent: redstone::EXPONENT,
            confidence: 0,
            publish_time: message.published_at.as_milliseconds(),
            refusal: None,
        }
    });
    let set = message.service(terms.registry, terms.at);
    let mut judged = Judged::claimed(Kind::RedStone, Some(Network::RedStone), set, claimed.collect());
    judged.notes.push(("packages", message.packages.len().to_string()));
    let verified = match set {
        Some(service) => message.verify(service, terms.registry, terms.at),
        None => by_some_service(&message, terms.registry, terms.at),
    };
    Ok(with_prices(judged, verified, terms))
}

fn chainlink(bytes: &[u8], terms: &Terms<'_>) -> Result<Judged, Refusal> {
    let message = chainlink::decode(bytes)?;
    let report = &message.report;
    let claimed = PriceLine {
        feed: name(Network::Chainlink, report.feed),
        mantissa: report.price,
        exponent: chainlink::EXPONENT,
        confidence: report.confidence().unwrap_or(0),
        publish_time: report.published_at().as_milliseconds(),
        refusal: None,
    };
    let mut judged = Judged::claimed(
        Kind::Chainlink,
        Some(Network::Chainlink),
        Some(message.config_digest),
        vec![claimed],
    );
    judged.notes.push(("schema", report.schema.to_string()));
    judged.notes.push(("valid_from", report.valid_from.to_string()));
    judged.notes.push(("expires_at", report.expires_at.to_string()));
    if let Some((bid, ask)) = report.book {
        judged.notes.push(("bid", bid.to_string()));
        judged.notes.push(("ask", ask.to_string()));
    }
    if let Some(status) = report.market_status {
        judged.notes.push(("market_status", status.to_string()));
    }
    Ok(with_prices(judged, message.verify(terms.registry, terms.at), terms))
}

fn vaa(bytes: &[u8], terms: &Terms<'_>) -> Result<Judged, Refusal> {
    let message = wormhole::decode(bytes)?;
    let network = message.emitter.networks().first().copied();
    let mut judged = Judged::claimed(Kind::Vaa, network, Some(SetId::index(message.set)), Vec::new());
    judged.notes.push(("digest", hex(&message.digest())));
    judged.notes.push(("timestamp", message.timestamp.to_string()));
    judged.notes.push(("emitter_chain", message.emitter.chain.to_string()));
    judged.notes.push(("emitter", hex(&message.emitter.address)));
    judged.notes.push(("sequence", message.sequence.to_string()));
    judged.notes.push(("payload_bytes", message.payload.len().to_string()));
    let verified = by_some_network(&message, terms.registry, terms.at);
    for claim in verified.iter().flat_map(|verified| &verified.claims) {
        if let Claim::Rotation(rotation) = claim {
            let (index, members) = (rotation.index, rotation.keys.len());
            judged.notes.push(("rotation", format!("set {index} of {members} members follows")));
        }
    }
    Ok(judged.held(verified.as_ref().map_err(|refusal| *refusal)))
}

/// Takes in what was verified, and judges every price of it.
fn with_prices(judged: Judged, verified: Result<Verified, Refusal>, terms: &Terms<'_>) -> Judged {
    let mut judged = judged.held(verified.as_ref().map_err(|refusal| *refusal));
    if let Ok(verified) = &verified {
        let prices = verified.claims.iter().filter_map(|claim| match claim {
            Claim::Price(price) => Some(PriceLine::judged(price, name(price.network, price.feed), terms.at)),
            _ => None,
        });
        let prices: Vec<PriceLine> = prices.collect();
        // A message of sums over time has none.
        if !prices.is_empty() {
            judged.prices = prices;
        }
    }
    judged.concluded()
}

/// What people of the network call the feed.
fn name(network: Network, feed: FeedKey) -> String {
    match network {
        Network::PythLazer => {
            SetId(feed.0).as_index().map_or_else(|| hex(&feed.0), |index| index.to_string())
        }
        Network::RedStone => super::show::padded_text(&feed.0).unwrap_or_else(|| hex(&feed.0)),
        Network::Chainlink | Network::ChainlinkTest | Network::Ethereum => hex(&feed.0),
        Network::Wormhole | Network::PythRouters => hex(&feed.0).split_off(2),
    }
}
