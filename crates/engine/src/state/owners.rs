//! Which account is whose: the numbers of all accounts in the order of owners and sub-accounts, in blocks. The keys are in
//! the accounts, so that an entry has four bytes; whoever asks brings the accounts.

use alloc::vec::Vec;

use borsh::{BorshDeserialize, BorshSerialize, io};

use crate::{
    ids::{AccountId, Owner},
    rows::Account,
    state::State,
};

/// Most numbers of a block: moving half of them costs less than finding the place.
const BLOCK_MAX: usize = 256;

/// An owner, and which of the owner's accounts it is.
type Key = (Owner, u8);

/// The numbers of all accounts, by owner; no block is empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct Owners {
    blocks: Vec<Vec<AccountId>>,
}

impl PartialEq for Owners {
    /// How they are cut into blocks is nobody's business.
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Owners {}

fn key_of(accounts: &[Account], id: AccountId) -> Option<Key> {
    accounts.get(id.position()).map(|account| (account.header.owner, account.header.sub))
}

impl Owners {
    /// All numbers, in the order of owners.
    pub(crate) fn iter(&self) -> impl Iterator<Item = AccountId> {
        self.blocks.iter().flatten().copied()
    }

    /// The block and the place in it that a key has, or would have.
    fn place(&self, accounts: &[Account], key: Key) -> (usize, Result<usize, usize>) {
        let begins_before =
            |block: &Vec<AccountId>| block.first().and_then(|id| key_of(accounts, *id)) <= Some(key);
        let block = self.blocks.partition_point(begins_before).saturating_sub(1);
        let ids = self.blocks.get(block).map_or(&[][..], Vec::as_slice);
        (block, ids.binary_search_by_key(&Some(key), |id| key_of(accounts, *id)))
    }

    /// Adds an account that is in the table already; one of an owner that has it stays as it is.
    pub(super) fn insert(&mut self, accounts: &[Account], id: AccountId) {
        let Some(key) = key_of(accounts, id) else { return };
        let (mut block, Err(mut place)) = self.place(accounts, key) else { return };
        let count = self.blocks.len();
        let Some(ids) = self.blocks.get_mut(block) else {
            self.blocks.push(Vec::from([id]));
            return;
        };
        if ids.len() >= BLOCK_MAX {
            // Owners that come in order fill their blocks.
            let is_last = place >= ids.len() && block.saturating_add(1) == count;
            let cut = if is_last { ids.len() } else { ids.len().div_euclid(2) };
            let upper = ids.split_off(cut);
            self.blocks.insert(block.saturating_add(1), upper);
            if place > cut || is_last {
                block = block.saturating_add(1);
                place = place.saturating_sub(cut);
            }
        }
        if let Some(ids) = self.blocks.get_mut(block) {
            ids.insert(place, id);
        }
    }

    /// Takes an account out that is in the table still.
    pub(super) fn remove(&mut self, accounts: &[Account], key: Key) {
        let (block, Ok(place)) = self.place(accounts, key) else { return };
        if let Some(ids) = self.blocks.get_mut(block) {
            ids.remove(place);
            if ids.is_empty() {
                self.blocks.remove(block);
            }
        }
    }

    /// Encoded as a map from owner and sub-account to number.
    pub(super) fn serialize(&self, accounts: &[Account], writer: &mut impl io::Write) -> io::Result<()> {
        let count = u32::try_from(self.iter().count()).map_err(|_| io::ErrorKind::InvalidData)?;
        count.serialize(writer)?;
        self.iter().try_for_each(|id| {
            let key = key_of(accounts, id).ok_or(io::ErrorKind::InvalidData)?;
            (key, id).serialize(writer)
        })
    }

    /// From such a map: its keys are those of the accounts, in order.
    pub(super) fn deserialize(accounts: &[Account], reader: &mut impl io::Read) -> io::Result<Self> {
        let (mut owners, mut last) = (Self::default(), None);
        for _ in 0..u32::deserialize_reader(reader)? {
            let (key, id) = <(Key, AccountId)>::deserialize_reader(reader)?;
            if last >= Some(key) || key_of(accounts, id) != Some(key) {
                return Err(io::ErrorKind::InvalidData.into());
            }
            match owners.blocks.last_mut() {
                Some(ids) if ids.len() < BLOCK_MAX => ids.push(id),
                _ => owners.blocks.push(Vec::from([id])),
            }
            last = Some(key);
        }
        Ok(owners)
    }
}

impl State {
    /// The account of an owner with this number.
    #[must_use]
    pub fn account_of(&self, owner: Owner, sub: u8) -> Option<AccountId> {
        let (block, place) = self.owners.place(&self.accounts, (owner, sub));
        self.owners.blocks.get(block)?.get(place.ok()?).copied()
    }

    /// The accounts of an owner, in order.
    pub fn accounts_of(&self, owner: Owner) -> impl Iterator<Item = AccountId> {
        let (block, place) = self.owners.place(&self.accounts, (owner, 0));
        let from = place.unwrap_or_else(|place| place);
        let ids = self.owners.blocks.iter().skip(block).flatten().skip(from).copied();
        ids.take_while(move |id| key_of(&self.accounts, *id).is_some_and(|(other, _)| other == owner))
    }

    /// All accounts, by owner and sub-account.
    pub fn accounts_by_owner(&self) -> impl Iterator<Item = AccountId> {
        self.owners.iter()
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;

    use super::*;

    /// Owners in no order at all, each with a few accounts.
    fn key(place: u32) -> Key {
        let mixed = place.div_euclid(3).wrapping_mul(0x9E37_79B1).reverse_bits();
        let mut owner = [0; 20];
        owner[..4].copy_from_slice(&mixed.to_be_bytes());
        (Owner(owner), (place % 3) as u8 * 100)
    }

    #[test]
    fn owners_find_their_accounts_in_whatever_order_they_came() {
        for key in [key, |place: u32| (Owner([(place >> 8) as u8; 20]), place as u8)] {
            let (mut state, mut map) = (State::default(), BTreeMap::new());
            for place in 0..3_000 {
                let (owner, sub) = key(place);
                state.accounts.push(Account::empty(owner, sub));
                state.owners.insert(&state.accounts, AccountId(place));
                map.insert((owner, sub), AccountId(place));
            }
            let check = |state: &State, map: &BTreeMap<Key, AccountId>| {
                assert!(state.accounts_by_owner().eq(map.values().copied()));
                assert!(state.owners.blocks.iter().all(|ids| !ids.is_empty() && ids.len() <= BLOCK_MAX));
                for place in 0..3_100 {
                    let (owner, sub) = key(place);
                    assert_eq!(state.account_of(owner, sub), map.get(&(owner, sub)).copied());
                    let own = map.range((owner, 0)..=(owner, u8::MAX)).map(|(_, id)| *id);
                    assert!(place > 50 || state.accounts_of(owner).eq(own));
                }
            };
            check(&state, &map);
            let mut bytes = alloc::vec::Vec::new();
            state.owners.serialize(&state.accounts, &mut bytes).unwrap();
            assert_eq!(bytes, borsh::to_vec(&map).unwrap());
            assert_eq!(Owners::deserialize(&state.accounts, &mut &*bytes).unwrap(), state.owners);
            for place in (1_000..3_000).rev() {
                let (owner, sub) = key(place);
                state.owners.remove(&state.accounts, (owner, sub));
                state.accounts.pop();
                map.remove(&(owner, sub));
            }
            check(&state, &map);
        }
    }

    #[test]
    fn a_map_that_is_not_of_the_accounts_is_refused() {
        let accounts: Vec<Account> = [5, 3].map(|owner| Account::empty(Owner([owner; 20]), 0)).into();
        let entry = |owner: u8, id: u32| ((Owner([owner; 20]), 0_u8), AccountId(id));
        let read = |entries: &[(Key, AccountId)]| {
            Owners::deserialize(&accounts, &mut &*borsh::to_vec(entries).unwrap()).is_ok()
        };
        assert!(read(&[entry(3, 1), entry(5, 0)]) && read(&[]));
        assert!(!read(&[entry(5, 0), entry(3, 1)]) && !read(&[entry(3, 1), entry(3, 1)]));
        assert!(!read(&[entry(3, 0)]) && !read(&[entry(3, 2)]));
    }
}
