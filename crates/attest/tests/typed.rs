//! Signed commands beside another implementation of EIP-712, and beside the standard's own example.

#![cfg(all(feature = "verify", feature = "pure"))]

mod fixtures;
mod signing;

use alloy_dyn_abi::TypedData;
use cistern_attest::{
    Address, Digest, Refusal, Signer, keccak256,
    typed::{Authorisation, Domain, Separator, Typed, Word},
};
use proptest::prelude::*;
use serde_json::{Value, json};

const WITHDRAW: &str = "Withdraw(uint32 account,uint16 asset,uint128 amount,uint64 nonce,uint64 deadline)";

fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("0x{digits}")
}

fn unhex<const N: usize>(digits: &str) -> [u8; N] {
    fixtures::unhex(digits).try_into().unwrap()
}

/// Fields of a type as wallets get them.
fn fields(list: &str) -> Value {
    let field = |field: &str| {
        let (kind, name) = field.split_once(' ').unwrap();
        json!({ "type": kind, "name": name })
    };
    list.split(',').map(field).collect()
}

/// What the other implementation signs.
fn theirs(domain: (&str, Value), primary: &str, types: &[(&str, &str)], message: Value) -> Digest {
    let mut all = json!({ "EIP712Domain": fields(domain.0) });
    for (name, list) in types {
        all[*name] = fields(list);
    }
    let data = json!({ "types": all, "primaryType": primary, "domain": domain.1, "message": message });
    let data: TypedData = serde_json::from_value(data).unwrap();
    data.eip712_signing_hash().unwrap().0
}

/// The example of the standard: Cow writes to Bob.
fn ether_mail() -> (Separator, Digest) {
    let domain = Domain {
        name: "Ether Mail",
        version: "1",
        chain_id: 1,
        contract: Some(Address([0xcc; 20])),
        salt: None,
    }
    .separator();
    let person = |name, wallet| {
        let words = [Word::string(name), Word::address(Address(unhex(wallet)))];
        let person = Typed { primary: "Person(string name,address wallet)", words: &words };
        Word::bytes32(person.hash())
    };
    let words = [
        person("Cow", "cd2a3d9f938e13cd947ec05abc7fe734df8dd826"),
        person("Bob", &"bb".repeat(20)),
        Word::string("Hello, Bob!"),
    ];
    let primary = "Mail(Person from,Person to,string contents)Person(string name,address wallet)";
    let mail = Typed { primary, words: &words };
    assert!(mail.is_whole());
    (domain, mail.digest(&domain))
}

#[test]
fn the_example_of_the_standard_has_its_known_hash_and_signer() {
    let (domain, digest) = ether_mail();
    assert_eq!(hex(&domain.0), "0xf2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f");
    assert_eq!(hex(&digest), "0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2");
    // The standard's signature, by the private key keccak("cow").
    let signature: [u8; 65] = unhex(concat!(
        "4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d",
        "07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b91562",
        "1c"
    ));
    let cow = Signer::Address(Address(unhex("cd2a3d9f938e13cd947ec05abc7fe734df8dd826")));
    assert_eq!(Authorisation { signer: cow, signature: &signature }.verify(&digest), Ok(cow));
}

#[test]
fn the_other_implementation_gives_the_example_the_same_hash() {
    let digest = theirs(
        (
            "string name,string version,uint256 chainId,address verifyingContract",
            json!({ "name": "Ether Mail", "version": "1", "chainId": 1, "verifyingContract": hex(&[0xcc; 20]) }),
        ),
        "Mail",
        &[("Mail", "Person from,Person to,string contents"), ("Person", "string name,address wallet")],
        json!({
            "from": { "name": "Cow", "wallet": "0xcd2a3d9f938e13cd947ec05abc7fe734df8dd826" },
            "to": { "name": "Bob", "wallet": hex(&[0xbb; 20]) },
            "contents": "Hello, Bob!",
        }),
    );
    assert_eq!(digest, ether_mail().1);
}

proptest! {
    #[test]
    fn both_give_a_command_of_a_pool_the_same_digest(
        salt in any::<[u8; 32]>(),
        (name, version) in ("\\PC{0,20}", "[0-9.]{1,5}"),
        chain_id in any::<u64>(),
        (account, asset, amount, nonce, deadline) in any::<(u32, u16, u128, u64, u64)>(),
    ) {
        let domain = Domain { name: &name, version: &version, chain_id, contract: None, salt: Some(salt) }.separator();
        let words = [
            Word::unsigned(account.into()),
            Word::unsigned(asset.into()),
            Word::unsigned(amount),
            Word::unsigned(nonce.into()),
            Word::unsigned(deadline.into()),
        ];
        let command = Typed { primary: WITHDRAW, words: &words };
        prop_assert!(command.is_whole());
        let theirs = theirs(
            (
                "string name,string version,uint256 chainId,bytes32 salt",
                json!({ "name": name, "version": version, "chainId": chain_id, "salt": hex(&salt) }),
            ),
            "Withdraw",
            &[("Withdraw", "uint32 account,uint16 asset,uint128 amount,uint64 nonce,uint64 deadline")],
            json!({
                "account": account,
                "asset": asset,
                "amount": amount.to_string(),
                "nonce": nonce.to_string(),
                "deadline": deadline.to_string(),
            }),
        );
        prop_assert_eq!(command.digest(&domain), theirs);
    }

    #[test]
    fn both_encode_every_kind_of_field_alike(
        (signed, wide, small) in any::<(i128, [u8; 32], i8)>(),
        (flag, address) in any::<(bool, [u8; 20])>(),
        (text, bytes) in ("\\PC{0,40}", prop::collection::vec(any::<u8>(), 0..80)),
        (contract, chain_id) in any::<([u8; 20], u64)>(),
    ) {
        let fields = "int128 signed,bytes32 wide,int8 small,bool flag,address to,string text,bytes blob";
        let domain = Domain { name: "n", version: "1", chain_id, contract: Some(Address(contract)), salt: Some(wide) };
        let domain = domain.separator();
        let words = [
            Word::signed(signed),
            Word::bytes32(wide),
            Word::signed(small.into()),
            Word::truth(flag),
            Word::address(Address(address)),
            Word::string(&text),
            Word::bytes(&bytes),
        ];
        let primary = format!("Every({fields})");
        let theirs = theirs(
            (
                "string name,string version,uint256 chainId,address verifyingContract,bytes32 salt",
                json!({
                    "name": "n", "version": "1", "chainId": chain_id,
                    "verifyingContract": hex(&contract), "salt": hex(&wide),
                }),
            ),
            "Every",
            &[("Every", fields)],
            json!({
                "signed": signed.to_string(), "wide": hex(&wide), "small": small, "flag": flag,
                "to": hex(&address), "text": text, "blob": hex(&bytes),
            }),
        );
        prop_assert_eq!(Typed { primary: &primary, words: &words }.digest(&domain), theirs);
    }
}

/// A digest of nothing in particular.
fn digest() -> Digest {
    keccak256(b"a command")
}

#[test]
fn an_address_authorises_what_its_key_signed_and_nothing_else() {
    let key = signing::Key::numbered(1);
    let signature = key.sign_rsv(&digest());
    let signer = Signer::Address(key.address());
    let by = |signer, signature: &[u8], digest: &Digest| Authorisation { signer, signature }.verify(digest);
    assert_eq!(by(signer, &signature, &digest()), Ok(signer));
    assert_eq!(by(signer, &signature, &keccak256(b"another")), Err(Refusal::BadSignature));
    let stranger = Signer::Address(signing::Key::numbered(2).address());
    assert_eq!(by(stranger, &signature, &digest()), Err(Refusal::BadSignature));
    assert_eq!(by(signer, &signature[..64], &digest()), Err(Refusal::Malformed));
    assert_eq!(by(signer, &[&signature[..], &[0]].concat(), &digest()), Err(Refusal::Malformed));
    let mut other = signature;
    other[64] = 29;
    assert_eq!(by(signer, &other, &digest()), Err(Refusal::BadSignature));
}

#[test]
fn an_agents_key_authorises_what_it_signed_and_nothing_else() {
    let key = ed25519_zebra::SigningKey::from([7; 32]);
    let public: [u8; 32] = ed25519_zebra::VerificationKeyBytes::from(&key).into();
    let signature = key.sign(&digest()).to_bytes();
    let signer = Signer::Ed25519(public);
    let by = |signer, signature: &[u8], digest: &Digest| Authorisation { signer, signature }.verify(digest);
    assert_eq!(by(signer, &signature, &digest()), Ok(signer));
    assert_eq!(by(signer, &signature, &keccak256(b"another")), Err(Refusal::BadSignature));
    assert_eq!(by(Signer::Ed25519([9; 32]), &signature, &digest()), Err(Refusal::BadSignature));
    assert_eq!(by(signer, &[&signature[..], &[0]].concat(), &digest()), Err(Refusal::Malformed));
    assert_eq!(
        by(Signer::Address(Address(public[..20].try_into().unwrap())), &signature, &digest()),
        Err(Refusal::Malformed)
    );
}

#[test]
fn the_same_command_in_another_pool_or_of_another_type_is_another_transaction() {
    let pool = |salt: u8| {
        Domain { name: "n", version: "1", chain_id: 1, contract: None, salt: Some([salt; 32]) }.separator()
    };
    let words = [Word::unsigned(1); 5];
    let withdraw = Typed { primary: WITHDRAW, words: &words };
    let deposit = WITHDRAW.replace("Withdraw", "Deposit");
    assert_eq!(withdraw.digest(&pool(1)), withdraw.digest(&pool(1)));
    assert_ne!(withdraw.digest(&pool(1)), withdraw.digest(&pool(2)));
    assert_ne!(withdraw.digest(&pool(1)), Typed { primary: &deposit, words: &words }.digest(&pool(1)));
}
