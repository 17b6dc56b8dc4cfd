//! Writes to who may ask, and to what was used.

use cistern_attest::{Digest, Signer};
use cistern_units::Time;

use crate::{
    event::Event,
    limits::NONCES_MAX,
    state::{Journal, State},
};

impl State {
    /// Writes an event of access; other events are not its business.
    pub(crate) fn permit(&mut self, journal: &mut Journal, event: &Event) {
        match *event {
            Event::CommandSigned { signer, nonce, .. } => self.use_nonce(journal, signer, nonce),
            Event::AgentApproved { owner, signer, agent } => {
                let old = self.agents.insert((owner, signer), agent);
                journal.agents.push(((owner, signer), old));
            }
            Event::AgentRevoked { owner, signer } => {
                let old = self.agents.remove(&(owner, signer));
                journal.agents.push(((owner, signer), old));
            }
            Event::MessageSpent { message } => self.spend(journal, message),
            _ => {}
        }
    }

    fn use_nonce(&mut self, journal: &mut Journal, signer: Signer, nonce: Time) {
        journal.nonces.push((signer, self.nonces.get(&signer).cloned()));
        let used = self.nonces.entry(signer).or_default();
        if used.len() >= NONCES_MAX {
            used.remove(0);
        }
        if let Err(place) = used.binary_search(&nonce) {
            used.insert(place, nonce);
        }
    }

    fn spend(&mut self, journal: &mut Journal, message: Digest) {
        if self.spent.insert(message) {
            journal.spent.push(message);
        }
    }
}
