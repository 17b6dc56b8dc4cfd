//! Commands that clients gave ids, so that one sent again is not done again.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use cistern_engine::command::Command;
use tokio::sync::watch;

use crate::{
    errors::{Code, Failure},
    tx::{Outcome, canonical},
};

/// Ids that are remembered: at some 300 bytes each this is 20 MB, and minutes of a busy pool.
const IDS_MAX: usize = 65_536;

#[derive(Debug)]
struct Entry {
    digest: blake3::Hash,
    outcome: watch::Receiver<Outcome>,
}

#[derive(Debug, Default)]
struct Ids {
    entries: HashMap<String, Entry>,
    order: VecDeque<String>,
}

/// The latest commands that clients gave ids. Forgotten when the server ends; with signatures the pool itself will know.
#[derive(Debug, Default)]
pub(crate) struct Remembered(Mutex<Ids>);

impl Remembered {
    fn ids(&self) -> MutexGuard<'_, Ids> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What comes, or came, of the command with that id; none where it is new, and then it is remembered from now on.
    ///
    /// # Errors
    /// [`Code::CLIENT_ID_REUSED`]: the id is another command's.
    pub(crate) fn recall(
        &self,
        id: &str,
        command: &Command,
        outcome: &watch::Receiver<Outcome>,
    ) -> Result<Option<watch::Receiver<Outcome>>, Failure> {
        let digest = blake3::hash(&canonical(command));
        let mut ids = self.ids();
        if let Some(known) = ids.entries.get(id) {
            if known.digest == digest {
                return Ok(Some(known.outcome.clone()));
            }
            let message = "this client_id was used for another action; choose a new one for each command";
            return Err(Failure::new(Code::CLIENT_ID_REUSED, message).with("client_id", id));
        }
        ids.entries.insert(id.to_owned(), Entry { digest, outcome: outcome.clone() });
        ids.order.push_back(id.to_owned());
        if ids.order.len() > IDS_MAX
            && let Some(oldest) = ids.order.pop_front()
        {
            ids.entries.remove(&oldest);
        }
        Ok(None)
    }

    /// Forgets a command that could not be ordered: sent again it is new.
    pub(crate) fn forget(&self, id: &str) {
        let mut ids = self.ids();
        ids.entries.remove(id);
        ids.order.retain(|known| known != id);
    }
}
