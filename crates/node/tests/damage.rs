//! A store with a byte changed or an end cut off is refused with the name of the file, or comes back right and says what
//! it passed over. It never comes back wrong.

mod world;

use std::{fs, path::PathBuf};

use cistern_node::{HistoryQuery, Node, NodeError, Numbered, Opened, Options, verify};
use world::{Dice, Dir, Undisturbed, digest, open, small, submit};

const SEED: u64 = 5;
const HEIGHT: u64 = 420;

type Files = Vec<(String, Vec<u8>)>;

/// A store, kept in memory, and what is right.
struct Sound {
    files: Files,
    undisturbed: Undisturbed,
    events: Vec<Numbered>,
    /// Where the damaged copies are opened.
    dir: Dir,
}

fn options(dir: &Dir) -> Options {
    Options { segment_bytes: 8 << 10, snapshot_every: u64::MAX, ..small(dir.path()) }
}

fn everything(node: &Node) -> Vec<Numbered> {
    let mut query = HistoryQuery { limit: 1_000, ..HistoryQuery::default() };
    let mut events = Vec::new();
    loop {
        let page = node.history(&query).unwrap();
        events.extend(page.events);
        match page.next {
            Some(before) => query.before = Some(before),
            None => return events,
        }
    }
}

impl Sound {
    fn new() -> Self {
        let dir = Dir::new("sound");
        let (node, _) = open(options(&dir)).unwrap();
        for from in (1..=HEIGHT).step_by(70) {
            submit(&node, SEED, from, from + 69);
            if from + 69 < HEIGHT {
                node.snapshot_now().unwrap();
            }
        }
        let events = everything(&node);
        drop(node);
        let files = dir.files();
        let count = |prefix: &str| files.iter().filter(|(name, _)| name.starts_with(prefix)).count();
        assert!(count("log-") >= 4 && count("snapshot-") == 2, "the store has several of each");
        let mut undisturbed = Undisturbed::new(SEED);
        undisturbed.chain(HEIGHT);
        Self { files, undisturbed, events, dir: Dir::in_memory("damaged") }
    }

    /// Opens a store of these files.
    fn open(&self, files: &Files) -> Result<(Node, Opened), NodeError> {
        for entry in fs::read_dir(self.dir.path()).unwrap() {
            fs::remove_file(entry.unwrap().path()).unwrap();
        }
        for (name, bytes) in files {
            fs::write(self.dir.path().join(name), bytes).unwrap();
        }
        open(options(&self.dir))
    }

    fn with(&self, name: &str, bytes: &[u8]) -> Files {
        let mut files = self.files.clone();
        files.iter_mut().find(|(other, _)| other == name).unwrap().1 = bytes.to_vec();
        files
    }

    /// Opens a store with one damaged file, and says whether it was refused.
    fn judge(&mut self, name: &str, bytes: &[u8], what: &str) -> Verdict {
        let files = self.with(name, bytes);
        match self.open(&files) {
            Err(NodeError::Damage(damage)) => {
                assert_eq!(file_name(&damage.file), name, "{what}: {damage}");
                Verdict::Refused
            }
            Err(error) => panic!("{what}: {error}"),
            Ok((node, opened)) => {
                assert_eq!(node.head().height, HEIGHT, "{what}: {opened:?}");
                assert_eq!(node.head().chain, self.undisturbed.chain(HEIGHT), "{what}");
                assert_eq!(digest(&node), self.undisturbed.digest(HEIGHT), "{what}");
                let told = opened.notes.iter().any(|note| note.contains(name));
                if name == "history.redb" {
                    assert_eq!(everything(&node), self.events, "{what}: {opened:?}");
                }
                if told { Verdict::Told } else { Verdict::Silent }
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Refused,
    Told,
    Silent,
}

fn file_name(path: &std::path::Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn flipped(bytes: &[u8], at: usize, bit: u64) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= 1 << bit;
    bytes
}

/// Where something begins or ends: the headers of the file and of every record, with all that is in them, and the ends.
fn structural(bytes: &[u8]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..256.min(bytes.len())).collect();
    for start in bytes.windows(8).enumerate().filter(|(_, window)| *window == b"CISTREC1").map(|(at, _)| at) {
        // Each field of a record's header, its checksum, and the checksum of the record before it.
        places.extend([0, 7, 8, 11, 12, 16, 24, 56, 64, 95, 96, 127, 128].map(|field| start + field));
        places.extend([start - 1, start - 32]);
    }
    places.extend(bytes.len().saturating_sub(64)..bytes.len());
    places.retain(|at| *at < bytes.len());
    places.sort_unstable();
    places.dedup();
    places
}

fn seeded(dice: &mut Dice, count: u64, bytes: &[u8]) -> Vec<usize> {
    (0..count).map(|_| usize::try_from(dice.below(bytes.len() as u64)).unwrap()).collect()
}

#[test]
fn a_flipped_bit_of_the_log_is_never_believed() {
    let mut sound = Sound::new();
    let mut dice = Dice::new(1);
    let mut refused = 0;
    for (name, bytes) in sound.files.clone().into_iter().filter(|(name, _)| name.starts_with("log-")) {
        let places = structural(&bytes).into_iter().step_by(2);
        for at in places.chain(seeded(&mut dice, 60, &bytes)) {
            let bytes = flipped(&bytes, at, dice.below(8));
            let verdict = sound.judge(&name, &bytes, &format!("{name} byte {at}"));
            assert_eq!(verdict, Verdict::Refused, "{name} byte {at}");
            refused += 1;
        }
    }
    println!("{refused} refused");
    assert!(refused > 200);
}

#[test]
fn a_log_that_is_cut_anywhere_is_refused() {
    let mut sound = Sound::new();
    let mut dice = Dice::new(2);
    for (name, bytes) in sound.files.clone().into_iter().filter(|(name, _)| name.starts_with("log-")) {
        let places = structural(&bytes).into_iter().step_by(2);
        for at in places.chain(seeded(&mut dice, 40, &bytes)) {
            let verdict = sound.judge(&name, &bytes[..at], &format!("{name} cut to {at}"));
            assert_eq!(verdict, Verdict::Refused, "{name} cut to {at}");
        }
        let files = sound.files.iter().filter(|(other, _)| *other != name).cloned().collect();
        assert!(sound.open(&files).is_err(), "without {name}");
    }
}

#[test]
fn a_changed_or_cut_head_is_refused() {
    let mut sound = Sound::new();
    let mut dice = Dice::new(3);
    let bytes = sound.files.iter().find(|(name, _)| name == "head").unwrap().1.clone();
    let places = (0..120).chain(4_090..4_096 + 120).chain(8_180..8_192).chain(seeded(&mut dice, 100, &bytes));
    for at in places {
        let bit = dice.below(8);
        let verdict = sound.judge("head", &flipped(&bytes, at, bit), &format!("head byte {at}"));
        assert_eq!(verdict, Verdict::Refused, "byte {at}");
        assert_eq!(sound.judge("head", &bytes[..at], "head"), Verdict::Refused, "cut to {at}");
    }
    let files = sound.files.iter().filter(|(name, _)| name != "head").cloned().collect();
    let refused = sound.open(&files).err().unwrap().to_string();
    assert!(refused.contains("head") && refused.contains("is missing"), "{refused}");
}

#[test]
fn a_damaged_snapshot_is_passed_over() {
    let mut sound = Sound::new();
    let mut dice = Dice::new(4);
    let snapshots: Files =
        sound.files.iter().filter(|(name, _)| name.starts_with("snapshot-")).cloned().collect();
    for (name, bytes) in &snapshots {
        let latest = *name == snapshots[1].0;
        let places = structural(bytes).into_iter().step_by(if latest { 1 } else { 9 });
        for at in places.chain(seeded(&mut dice, 40, bytes)) {
            let bit = dice.below(8);
            let expected = if latest { Verdict::Told } else { Verdict::Silent };
            let verdict = sound.judge(name, &flipped(bytes, at, bit), &format!("{name} byte {at}"));
            assert_eq!(verdict, expected, "{name} byte {at}");
            let verdict = sound.judge(name, &bytes[..at], &format!("{name} cut to {at}"));
            assert_eq!(verdict, expected, "{name} cut to {at}");
        }
        let damage = {
            let files = sound.with(name, &flipped(bytes, 300, 0));
            drop(sound.open(&files).unwrap());
            verify(sound.dir.path(), &mut |_| ()).unwrap_err()
        };
        assert_eq!(file_name(&damage.file), *name);
    }
    // Both: from the first entry.
    let mut files = sound.with(&snapshots[0].0, b"");
    files.iter_mut().find(|(name, _)| *name == snapshots[1].0).unwrap().1.clear();
    let (node, opened) = sound.open(&files).unwrap();
    assert_eq!((opened.from_snapshot, opened.replayed, opened.notes.len()), (0, HEIGHT, 2), "{opened:?}");
    assert_eq!(digest(&node), sound.undisturbed.digest(HEIGHT));
}

#[test]
fn a_damaged_history_is_made_anew() {
    let mut sound = Sound::new();
    let mut dice = Dice::new(6);
    let name = "history.redb";
    let bytes = sound.files.iter().find(|(other, _)| other == name).unwrap().1.clone();
    let used: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != 0).collect();
    let mut told = 0;
    for _ in 0..150 {
        let at = used[usize::try_from(dice.below(used.len() as u64)).unwrap()];
        let bit = dice.below(8);
        let verdict = sound.judge(name, &flipped(&bytes, at, bit), &format!("history byte {at} bit {bit}"));
        told += u32::from(verdict == Verdict::Told);
    }
    for at in seeded(&mut dice, 40, &bytes).into_iter().chain([0, 1, 512, 4_096]) {
        sound.judge(name, &bytes[..at], &format!("history cut to {at}"));
    }
    println!("{told} of 150 flips were found out; the others were in bytes that mean nothing");
    assert!(told > 10);
    let files = sound.files.iter().filter(|(other, _)| other != name).cloned().collect();
    let (node, opened) = sound.open(&files).unwrap();
    assert!(opened.notes[0].contains("made anew (it was missing)"), "{opened:?}");
    assert_eq!(everything(&node), sound.events);
}

/// A store whose last records nobody was told of: its log is ahead of its head.
fn unacknowledged(sound: &Sound, told: u64) -> (Files, String, Vec<u8>, usize) {
    let options = |dir: &Dir| Options { segment_bytes: u64::MAX, ..options(dir) };
    let dir = Dir::new("unacknowledged");
    let (node, _) = open(options(&dir)).unwrap();
    submit(&node, SEED, 1, told);
    node.close().unwrap();
    let mut files: Files = dir.files();
    let end = files.iter().find(|(name, _)| name.starts_with("log-")).unwrap().1.len();
    let (node, _) = open(options(&dir)).unwrap();
    submit(&node, SEED, told + 1, told + 20);
    drop(node);
    let (name, bytes) = dir.files().into_iter().find(|(name, _)| name.starts_with("log-")).unwrap();
    files.iter_mut().find(|(other, _)| *other == name).unwrap().1.clone_from(&bytes);
    assert!(bytes.len() > end + 300 && sound.files.iter().any(|(other, _)| *other == name));
    (files, name, bytes, end)
}

#[test]
fn what_nobody_was_told_of_may_be_cut_or_refused_but_never_misread() {
    let mut sound = Sound::new();
    let told = 200;
    let (files, name, bytes, end) = unacknowledged(&sound, told);
    let mut dice = Dice::new(7);
    let changed = |bytes: &[u8]| {
        let mut files = files.clone();
        files.iter_mut().find(|(other, _)| *other == name).unwrap().1 = bytes.to_vec();
        files
    };
    let (mut cut, mut whole, mut refused) = (0, 0, 0);
    let mut zeroed = bytes.clone();
    let mut cases: Vec<(String, Vec<u8>)> =
        (end..=bytes.len()).map(|at| (format!("cut to {at}"), bytes[..at].to_vec())).collect();
    cases.extend((end..bytes.len()).map(|at| (format!("flip at {at}"), flipped(&bytes, at, dice.below(8)))));
    // Room that the file was given before the bytes were written.
    zeroed[end..].fill(0);
    cases.push(("zeros".to_owned(), zeroed));
    for (what, bytes) in cases {
        match sound.open(&changed(&bytes)) {
            Err(NodeError::Damage(damage)) => {
                assert!(what.starts_with("flip"), "{what}: {damage}");
                assert_eq!(file_name(&damage.file), name, "{what}: {damage}");
                refused += 1;
            }
            Err(error) => panic!("{what}: {error}"),
            Ok((node, opened)) => {
                let height = node.head().height;
                assert!((told..=told + 20).contains(&height), "{what}: {height}");
                assert_eq!(node.head().chain, sound.undisturbed.chain(height), "{what}");
                let noted = opened.notes.iter().any(|note| note.contains("a write that was interrupted"));
                cut += u32::from(noted);
                whole += u32::from(!noted);
                drop(node);
                let verified = verify(sound.dir.path(), &mut |_| ()).unwrap();
                assert_eq!((verified.height, verified.unfinished), (height, 0), "{what}: cut for good");
            }
        }
    }
    println!("{cut} cut, {whole} whole, {refused} refused");
    assert!(cut > 100 && whole >= 2 && refused > 100);
}

#[test]
fn files_of_another_store_are_refused() {
    let mut sound = Sound::new();
    let other = Dir::new("other");
    let (node, _) = open(options(&other)).unwrap();
    for from in (1..=HEIGHT).step_by(70) {
        submit(&node, SEED + 1, from, from + 69);
        if from + 69 < HEIGHT {
            node.snapshot_now().unwrap();
        }
    }
    drop(node);
    let mut tried = 0;
    for (name, bytes) in other.files() {
        let ours: Vec<String> = sound.files.iter().map(|(name, _)| name.clone()).collect();
        if !ours.contains(&name) || name == "history.redb" {
            continue;
        }
        tried += 1;
        let files = sound.with(&name, &bytes);
        let refused = match sound.open(&files) {
            Err(_) => true,
            Ok(_) => verify(sound.dir.path(), &mut |_| ()).is_err(),
        };
        assert!(refused, "{name} of another store");
    }
    assert!(tried >= 2, "{tried}");
    // The history of another log is found out and made anew.
    let foreign = other.files().into_iter().find(|(name, _)| name == "history.redb").unwrap().1;
    assert_eq!(sound.judge("history.redb", &foreign, "a foreign history"), Verdict::Told);
}

#[test]
fn a_length_beyond_all_bounds_is_refused_before_anything_is_allocated() {
    let sound = Sound::new();
    let (name, bytes) =
        sound.files.iter().filter(|(name, _)| name.starts_with("log-")).max().unwrap().clone();
    let start = bytes.windows(8).position(|window| window == b"CISTREC1").unwrap();
    // A header whose own checksum is right: somebody wrote it on purpose.
    let mut header = bytes[start..start + 96].to_vec();
    header[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut forged = bytes.clone();
    forged[start..start + 96].copy_from_slice(&header);
    forged[start + 96..start + 128].copy_from_slice(blake3::hash(&header).as_bytes());
    let mut files = sound.with(&name, &forged);
    files.retain(|(name, _)| !name.starts_with("snapshot-"));
    let refused = sound.open(&files).err().unwrap();
    assert!(matches!(&refused, NodeError::Damage(damage) if file_name(&damage.file) == name), "{refused}");
    // A snapshot that claims to be larger than the memory.
    let (name, bytes) = sound.files.iter().find(|(name, _)| name.starts_with("snapshot-")).unwrap().clone();
    let header: PathBuf = name.clone().into();
    let mut forged = bytes.clone();
    forged[152..160].copy_from_slice(&u64::MAX.to_le_bytes());
    let seal = *blake3::hash(&forged[..160]).as_bytes();
    forged[160..192].copy_from_slice(&seal);
    let (_, opened) = sound.open(&sound.with(&name, &forged)).unwrap();
    assert!(opened.from_snapshot > 0, "{header:?}: {opened:?}");
}

/// Bytes of a segment without a record.
const HEADER: usize = 128;

#[test]
fn a_segment_that_was_begun_and_holds_nothing_yet_is_sound() {
    let sound = Sound::new();
    let told = 100;
    let dir = Dir::new("begun");
    let (node, _) = open(Options { segment_bytes: u64::MAX, ..options(&dir) }).unwrap();
    submit(&node, SEED, 1, told);
    node.close().unwrap();
    let mut before: Files = dir.files();
    before.retain(|(name, _)| !name.starts_with("snapshot-"));
    let (node, _) = open(Options { segment_bytes: 1 << 10, ..options(&dir) }).unwrap();
    submit(&node, SEED, told + 1, told + 1);
    node.close().unwrap();
    let is_new = |name: &str| name.starts_with("log-") && before.iter().all(|(other, _)| other != name);
    let (name, bytes) = dir.files().into_iter().find(|(name, _)| is_new(name)).unwrap();
    // Killed after the segment was begun, which makes its header whole, and before its first record was.
    for end in HEADER..bytes.len() {
        let mut files = before.clone();
        files.push((name.clone(), bytes[..end].to_vec()));
        let (node, _) = sound.open(&files).unwrap_or_else(|error| panic!("cut to {end}: {error}"));
        assert_eq!(node.head().height, told, "cut to {end}");
        node.close().unwrap();
        let verified =
            verify(sound.dir.path(), &mut |_| ()).unwrap_or_else(|damage| panic!("cut to {end}: {damage}"));
        assert_eq!((verified.height, verified.snapshots.contains(&told)), (told, true), "cut to {end}");
    }
}
