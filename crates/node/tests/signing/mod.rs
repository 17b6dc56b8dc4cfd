//! Keys of nobody, what they sign, and a pool that listens to them.
#![allow(dead_code, reason = "each test uses its own part")]
#![allow(unreachable_pub, reason = "the module is part of several test programs")]

use cistern_attest::{
    Address, Evidence, FeedKey, Kind, Network, SetId, Signer, SignerSet, Threshold, keccak256,
    typed::Separator,
};
use cistern_engine::{
    act::{Binding, Subject},
    command::{Authorisation, Command, Founding},
    ids::{FeedId, Owner, SourceId},
};
use cistern_node::typed::Form;
use cistern_units::{Price, Span, Time};

/// A key of an account of Ethereum.
pub struct Key(k256::ecdsa::SigningKey);

impl Key {
    pub fn numbered(number: u8) -> Self {
        Self(k256::ecdsa::SigningKey::from_slice(&keccak256(&[number])).unwrap())
    }

    pub fn address(&self) -> Address {
        let point = self.0.verifying_key().to_sec1_point(false);
        Address(keccak256(&point.as_bytes()[1..])[12..].try_into().unwrap())
    }

    pub fn owner(&self) -> Owner {
        Owner(self.address().0)
    }

    /// `r s v`, where `v` is 27 or 28, as wallets give it.
    pub fn sign(&self, digest: &[u8; 32]) -> Vec<u8> {
        let (signature, parity) = self.0.sign_prehash_recoverable(digest);
        let mut bytes = signature.to_bytes().to_vec();
        bytes.push(27 + parity.to_byte());
        bytes
    }
}

/// An agent's key.
pub struct Agent(ed25519_zebra::SigningKey);

impl Agent {
    pub fn numbered(number: u8) -> Self {
        Self(ed25519_zebra::SigningKey::from(keccak256(&[number, 1])))
    }

    pub fn signer(&self) -> Signer {
        Signer::Ed25519(ed25519_zebra::VerificationKeyBytes::from(&self.0).into())
    }

    pub fn sign(&self, digest: &[u8; 32]) -> Vec<u8> {
        self.0.sign(digest).to_bytes().to_vec()
    }
}

/// Signs a digest.
pub type Pen<'a> = &'a dyn Fn(&[u8; 32]) -> Vec<u8>;

/// A command under a signature of whoever has the pen; its id is left to the node.
pub fn signed(
    (signer, pen): (Signer, Pen<'_>),
    command: Command,
    (nonce, deadline): (Time, Time),
    separator: &Separator,
) -> Command {
    let digest = Form::of(&command, nonce, deadline).unwrap().digest(separator);
    let authorisation = Authorisation { signer, nonce, deadline, id: [0; 32], signature: pen(&digest) };
    Command::Signed { authorisation: Box::new(authorisation), command: Box::new(command) }
}

/// By an account of Ethereum; it counts for a minute.
pub fn by_owner(key: &Key, command: Command, nonce: Time, separator: &Separator) -> Command {
    let pen = |digest: &[u8; 32]| key.sign(digest);
    let deadline = nonce.plus(Span::seconds(60)).unwrap();
    signed((Signer::Address(key.address()), &pen), command, (nonce, deadline), separator)
}

/// By an agent; it counts for a minute.
pub fn by_agent(key: &Agent, command: Command, nonce: Time, separator: &Separator) -> Command {
    let pen = |digest: &[u8; 32]| key.sign(digest);
    let deadline = nonce.plus(Span::seconds(60)).unwrap();
    signed((key.signer(), &pen), command, (nonce, deadline), separator)
}

/// Who governs.
pub fn governor() -> Key {
    Key::numbered(100)
}

/// A router of Pyth that is none.
fn router(place: u8) -> Key {
    Key::numbered(200 + place)
}

/// The pool of a founding as one that takes evidence: for each feed three sources, whose prices five routers sign.
pub fn listening(founding: Founding) -> Founding {
    let feeds = u16::try_from(founding.feeds.len()).unwrap();
    let binding = |feed: u16, source: u16| Binding {
        network: Network::PythRouters,
        set: SetId::default(),
        key: key(feed, source),
        source: SourceId(source),
        feed: FeedId(feed),
        subject: Subject::Price,
        exponent: -8,
        floor: Price::MIN,
        ceiling: Price::MAX,
    };
    Founding {
        governor: governor().owner(),
        signers: vec![SignerSet {
            network: Network::PythRouters,
            id: SetId::index(1),
            keys: (0..5).map(|place| router(place).address()).collect(),
            threshold: Threshold::Majority,
            valid_from: Time::ZERO,
            expires_at: None,
        }],
        bindings: (0..feeds).flat_map(|feed| (0..3).map(move |source| binding(feed, source))).collect(),
        ..founding
    }
}

/// What the routers call the price of a feed by a source.
fn key(feed: u16, source: u16) -> FeedKey {
    FeedKey([u8::try_from(feed * 16 + source + 1).unwrap(); 32])
}

/// The price of a feed in whole dollars as all three sources have it, signed by three routers.
pub fn prices(feed: u16, dollars: i64, at: Time) -> Vec<Evidence> {
    (0..3).map(|source| price(key(feed, source), dollars, at)).collect()
}

fn price(key: FeedKey, dollars: i64, at: Time) -> Evidence {
    let seconds = i64::try_from(at.as_milliseconds() / 1_000).unwrap();
    let mantissa = (dollars * 100_000_000).to_be_bytes();
    let leaf = [
        &[0][..],
        &key.0,
        &mantissa,
        &5_u64.to_be_bytes(),
        &(-8_i32).to_be_bytes(),
        &seconds.to_be_bytes(),
        &(seconds - 1).to_be_bytes(),
        &mantissa,
        &6_u64.to_be_bytes(),
    ]
    .concat();
    let root = &keccak256(&[&[0], leaf.as_slice()].concat())[..20];
    let body = [
        &u32::try_from(seconds).unwrap().to_be_bytes()[..],
        &[0, 0, 0, 9],
        &26_u16.to_be_bytes(),
        b"PythnetPythnetPythnetPythnetPyth",
        &7_u64.to_be_bytes(),
        &[1],
        b"AUWV\0",
        &77_u64.to_be_bytes(),
        &0_u32.to_be_bytes(),
        root,
    ]
    .concat();
    let digest = keccak256(&keccak256(&body));
    let mut vaa = vec![1, 0, 0, 0, 1, 3];
    for place in 0..3 {
        let mut signature = router(place).sign(&digest);
        signature[64] -= 27;
        vaa.push(place);
        vaa.extend(signature);
    }
    vaa.extend(body);
    let mut bytes = b"PNAU\x01\0\0\0".to_vec();
    bytes.extend(u16::try_from(vaa.len()).unwrap().to_be_bytes());
    bytes.extend(vaa);
    bytes.push(1);
    bytes.extend(u16::try_from(leaf.len()).unwrap().to_be_bytes());
    bytes.extend(leaf);
    bytes.push(0);
    Evidence { kind: Kind::Pyth, bytes }
}

/// Points of small order: keys for which everybody can sign.
pub const WEAK: [&str; 14] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
];

pub fn unhex(digits: &str) -> [u8; 32] {
    std::array::from_fn(|place| u8::from_str_radix(&digits[2 * place..2 * place + 2], 16).unwrap())
}
