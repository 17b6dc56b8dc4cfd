//! Light-client updates of Ethereum: the way from a bootstrap to the update, as far as the files beside it lead.

use cistern_attest::{
    BeaconChain, ChainTrust, Committees, Kind, Network, Refusal, SetId,
    light_client::{Bootstrap, Checkpoint, Message, Update, decode, decode_all},
    period_of,
};
use cistern_units::{Span, Time};

use super::{Terms, judged::Judged, show::hex};

/// How old a checkpoint may be: two weeks, on the safe side of what validators need to leave.
const CHECKPOINT_AGE_MAX: Span = Span::milliseconds(14 * 86_400_000);

/// What is known on the way.
struct Walk {
    trust: ChainTrust,
    committees: Committees,
}

impl Walk {
    /// Begins at a bootstrap, whose own root is taken as the checkpoint.
    fn begin(bootstrap: &Bootstrap, at: Time) -> Result<Self, Refusal> {
        let checkpoint = Checkpoint {
            chain: BeaconChain::mainnet(),
            root: bootstrap.header.root(),
            age_max: CHECKPOINT_AGE_MAX,
        };
        let trust = bootstrap.verify(&checkpoint, at)?;
        let mut walk = Self { trust, committees: Committees::default() };
        walk.committees.take_in(&bootstrap.committee, &walk.trust)?;
        Ok(walk)
    }

    fn step(&mut self, update: &Update, at: Time) -> Result<(), Refusal> {
        let root = self.trust.committee_of(period_of(update.signature_slot))?;
        let committee = self.committees.of(&root).ok_or(Refusal::UnknownSet)?;
        let step = update.verify(&self.trust, committee, at)?;
        if let Some(trust) = step.trust {
            self.trust = trust;
        }
        if let Some(keys) = &update.next_committee {
            self.committees.take_in(keys, &self.trust)?;
        }
        Ok(())
    }
}

pub(super) fn update(bytes: &[u8], terms: &Terms<'_>) -> Result<Judged, Refusal> {
    let messages = decode_all(bytes)?;
    let place = usize::try_from(terms.index.unwrap_or(0)).unwrap_or(usize::MAX);
    let message = messages.get(place).ok_or(Refusal::Malformed)?;
    let mut judged = Judged::claimed(Kind::LightClient, Some(Network::Ethereum), None, Vec::new());
    let outcome = match message {
        Message::Bootstrap(bootstrap) => Walk::begin(bootstrap, terms.at),
        Message::Update(update) => {
            judged.notes.push(("signed_by", format!("{} of 512", update.participants())));
            judged.notes.push(("attested_slot", update.attested.slot.to_string()));
            update.check(&BeaconChain::mainnet()).and_then(|_| {
                let mut walk = approach(messages.get(..place).unwrap_or(&[]), update, terms)?;
                walk.step(update, terms.at)?;
                Ok(walk)
            })
        }
    };
    match outcome {
        Ok(walk) => {
            let ChainTrust { slot, root, execution, .. } = &walk.trust;
            judged.set = u32::try_from(walk.trust.period()).ok().map(SetId::index);
            judged.notes.push(("finalized_slot", slot.to_string()));
            judged.notes.push(("finalized_root", hex(root)));
            judged.notes.push(("block", execution.number.to_string()));
            judged.notes.push(("block_hash", hex(&execution.hash)));
            judged.notes.push(("receipts_root", hex(&execution.receipts_root)));
            judged.notes.push(("state_root", hex(&execution.state_root)));
        }
        Err(refusal) => judged.refusal = Some(refusal),
    }
    Ok(judged)
}

/// Walks from the bootstrap beside the file to just before an update: by those ahead of it in the same file, else by the
/// updates beside it.
fn approach(ahead: &[Message], update: &Update, terms: &Terms<'_>) -> Result<Walk, Refusal> {
    let beside = |name: &str| std::fs::read(terms.file.with_file_name(name)).map_err(|_| Refusal::UnknownSet);
    let Message::Bootstrap(bootstrap) = decode(&beside("bootstrap.json")?)? else {
        return Err(Refusal::UnknownSet);
    };
    // Of the way only the end is judged at the given time: the bootstrap was trusted when it was new.
    let begun = BeaconChain::mainnet().time_of(bootstrap.header.slot)?;
    let mut walk = Walk::begin(&bootstrap, begun)?;
    let steps = if ahead.is_empty() && terms.index.is_none() {
        decode_all(&beside("updates.json").unwrap_or_else(|_| b"[]".to_vec()))?
    } else {
        ahead.to_vec()
    };
    for step in steps {
        match step {
            Message::Update(step) if step.signature_slot < update.signature_slot => {
                walk.step(&step, terms.at)?;
            }
            _ => {}
        }
    }
    Ok(walk)
}
