//! Orders of governance that concern a pool: the next set of signers, and the token bridge of a chain.

use alloc::vec::Vec;

use super::{ChainAddress, GOVERNANCE, Vaa};
use crate::{Address, Claim, Network, Refusal, Rotation, SIGNERS_MAX, SetId, reader::Reader};

/// The part of the contracts that an order is for: a name with zeros in front.
type Module = [u8; 32];

const CORE: Module = *b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0Core";
const TOKEN_BRIDGE: Module = *b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0TokenBridge";

const ROTATE: u8 = 2;
const REGISTER: u8 = 1;
const EVERY_CHAIN: u16 = 0;

/// An order, told by its head.
struct Order<'a> {
    module: Module,
    action: u8,
    chain: u16,
    rest: Reader<'a>,
}

impl<'a> Order<'a> {
    /// None in a message that is shorter than the head of an order.
    fn read(payload: &'a [u8]) -> Result<Self, Refusal> {
        let mut rest = Reader::new(payload);
        Ok(Self { module: rest.array()?, action: rest.u8()?, chain: rest.u16()?, rest })
    }

    fn is(&self, module: Module, action: u8) -> bool {
        self.module == module && self.action == action
    }
}

/// What governance orders that concerns a pool. Other orders, and those for one chain alone, are messages like any other.
pub(super) fn claim(vaa: &Vaa<'_>, network: Network) -> Result<Option<Claim>, Refusal> {
    if vaa.emitter != GOVERNANCE {
        return Ok(None);
    }
    match Order::read(vaa.payload) {
        Ok(order) if order.chain != EVERY_CHAIN => Ok(None),
        Ok(order) if order.is(CORE, ROTATE) => {
            rotation(vaa, network, order.rest).map(Claim::Rotation).map(Some)
        }
        // The routers have no token bridge.
        Ok(order) if order.is(TOKEN_BRIDGE, REGISTER) && network == Network::Wormhole => {
            registered(order.rest).map(Claim::Bridge).map(Some)
        }
        Ok(_) | Err(_) => Ok(None),
    }
}

impl Vaa<'_> {
    /// The rotation that the message must be. Nothing is verified: [`Vaa::verify`] has it among its claims.
    ///
    /// # Errors
    /// [`Refusal::WrongEmitter`] unless governance emitted it; [`Refusal::Unsupported`] for another order;
    /// [`Refusal::NotForUs`] for an order to one chain alone; [`Refusal::Malformed`].
    pub fn rotation(&self, network: Network) -> Result<Rotation, Refusal> {
        if self.emitter != GOVERNANCE || !self.emitter.networks().contains(&network) {
            return Err(Refusal::WrongEmitter);
        }
        let order = Order::read(self.payload)?;
        if !order.is(CORE, ROTATE) {
            return Err(Refusal::Unsupported);
        }
        if order.chain != EVERY_CHAIN {
            return Err(Refusal::NotForUs);
        }
        rotation(self, network, order.rest)
    }
}

fn rotation(vaa: &Vaa<'_>, network: Network, mut reader: Reader<'_>) -> Result<Rotation, Refusal> {
    let index = reader.u32()?;
    let count = usize::from(reader.u8()?);
    let (keys, rest) = reader.rest().as_chunks::<20>();
    // Before anything else, because the search for doubles is quadratic.
    if !(1..=SIGNERS_MAX).contains(&count) || keys.len() != count || !rest.is_empty() {
        return Err(Refusal::Malformed);
    }
    let keys: Vec<Address> = keys.iter().map(|key| Address(*key)).collect();
    let each_once = keys.iter().enumerate().all(|(place, key)| {
        *key != Address::default() && keys.iter().take(place).all(|earlier| earlier != key)
    });
    if !each_once {
        return Err(Refusal::Malformed);
    }
    Ok(Rotation { network, index, keys, signed_by: SetId::index(vaa.set) })
}

fn registered(mut reader: Reader<'_>) -> Result<ChainAddress, Refusal> {
    let bridge = ChainAddress { chain: reader.u16()?, address: reader.array()? };
    reader.end()?;
    Ok(bridge)
}
