//! Signed commands: EIP-712 typed data, which a wallet can show before it signs.
//!
//! `digest = keccak(0x19 0x01 || domain separator || keccak(type hash || words))`. The digest is what is signed, by an
//! account of Ethereum or by an agent's key, and it is the transaction's name: who sends a command twice sends one.

mod word;

use alloc::{string::String, vec::Vec};

pub use word::Word;

use crate::{
    Address, Digest, Refusal, Signature, Signer, agent,
    keccak::{keccak256, keccak256_of},
    recover,
};

/// What a signature is for, so that it counts nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domain<'a> {
    /// Name of the application, as wallets show it.
    pub name: &'a str,
    /// Version of its messages.
    pub version: &'a str,
    /// Chain that the wallet must be on.
    pub chain_id: u64,
    /// Contract that asks, where there is one.
    pub contract: Option<Address>,
    /// Whatever else tells it apart: the id of a pool.
    pub salt: Option<[u8; 32]>,
}

impl Domain<'_> {
    /// Its hash, to be kept: it is the same for every command. Its type has the fields that the domain has, in the
    /// order of the standard.
    #[must_use]
    pub fn separator(&self) -> Separator {
        let mut primary = String::from("EIP712Domain(string name,string version,uint256 chainId");
        let mut words = Vec::from([
            Word::string(self.name),
            Word::string(self.version),
            Word::unsigned(self.chain_id.into()),
        ]);
        if let Some(contract) = self.contract {
            primary.push_str(",address verifyingContract");
            words.push(Word::address(contract));
        }
        if let Some(salt) = self.salt {
            primary.push_str(",bytes32 salt");
            words.push(Word::bytes32(salt));
        }
        primary.push(')');
        Separator(Typed { primary: &primary, words: &words }.hash())
    }
}

/// A domain, hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Separator(pub Digest);

/// One struct of typed data: its type, and a word for each of its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Typed<'a> {
    /// `encodeType` of the standard: `Name(type field,…)`, behind it the types that it uses, sorted by name.
    pub primary: &'a str,
    /// Fields, in the order of the type.
    pub words: &'a [Word],
}

impl Typed<'_> {
    /// `hashStruct` of the standard: also the word of this struct where it is a field of another.
    #[must_use]
    pub fn hash(&self) -> Digest {
        let kind = keccak256(self.primary.as_bytes());
        let words = self.words.iter().map(Word::as_slice);
        keccak256_of([kind.as_slice()].into_iter().chain(words))
    }

    /// What is signed within a domain; the name of the transaction.
    #[must_use]
    pub fn digest(&self, separator: &Separator) -> Digest {
        keccak256_of([&[0x19, 0x01][..], &separator.0, &self.hash()])
    }

    /// Has it a word for each field of its type? Types are written in code: a test asks this of each.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let fields = self.primary.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
        let count = match fields {
            Some(("", _)) => 0,
            Some((fields, _)) => fields.split(',').count(),
            None => return false,
        };
        count == self.words.len()
    }
}

/// A signature, and whose it is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authorisation<'a> {
    /// Who signed.
    pub signer: Signer,
    /// `r s v` of 65 bytes for an address, 64 bytes for an agent's key.
    pub signature: &'a [u8],
}

impl Authorisation<'_> {
    /// Checks that the signer signed a digest, and says who that is.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] for a signature of another length; [`Refusal::BadSignature`].
    pub fn verify(&self, digest: &Digest) -> Result<Signer, Refusal> {
        match self.signer {
            Signer::Address(address) => {
                let signature = self.signature.try_into().map_err(|_| Refusal::Malformed)?;
                let signer = recover(digest, &Signature::from_rsv(signature)?)?;
                if signer == address { Ok(self.signer) } else { Err(Refusal::BadSignature) }
            }
            Signer::Ed25519(key) => {
                let signature = self.signature.try_into().map_err(|_| Refusal::Malformed)?;
                agent::verify_one(&agent::Signed { key, digest: *digest, signature })?;
                Ok(self.signer)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_struct_is_whole_with_a_word_for_each_field() {
        let two = [Word::unsigned(1), Word::unsigned(2)];
        let whole = |primary, words| Typed { primary, words }.is_whole();
        assert!(whole("Pay(uint32 account,uint128 amount)", &two));
        assert!(!whole("Pay(uint32 account,uint128 amount)", &two[..1]));
        assert!(whole("Stop()", &[]));
        assert!(!whole("Stop()", &two[..1]));
        assert!(!whole("Stop", &[]));
        assert!(whole("Mail(Person from)Person(string name,address wallet)", &two[..1]));
    }
}
