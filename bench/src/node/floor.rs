//! What the machine itself takes: an append made durable, and a round trip on loopback.

use std::{
    fs::OpenOptions,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    time::Instant,
};

use super::median;

/// Samples of each floor.
const SAMPLES: usize = 500;
/// Bytes of one command in the log, with its record.
const RECORD: [u8; 200] = [7; 200];

/// Microseconds of one append of a record's size with fdatasync, in the directory of the store: the median.
pub(crate) fn append_and_sync(dir: &Path) -> anyhow::Result<f64> {
    let path = dir.join("floor");
    let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
    let mut samples = Vec::with_capacity(SAMPLES);
    for _ in 0..SAMPLES {
        let began = Instant::now();
        file.write_all(&RECORD)?;
        file.sync_data()?;
        samples.push(began.elapsed().as_secs_f64() * 1e6);
    }
    std::fs::remove_file(path)?;
    Ok(median(samples))
}

/// Microseconds of a round trip of 64 bytes on loopback: the median.
pub(crate) fn loopback() -> anyhow::Result<f64> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let echo = std::thread::spawn(move || -> std::io::Result<()> {
        let (mut stream, _) = listener.accept()?;
        stream.set_nodelay(true)?;
        let mut bytes = [0; 64];
        while stream.read_exact(&mut bytes).is_ok() {
            stream.write_all(&bytes)?;
        }
        Ok(())
    });
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut samples = Vec::with_capacity(SAMPLES);
    let mut bytes = [0; 64];
    for _ in 0..SAMPLES {
        let began = Instant::now();
        stream.write_all(&bytes)?;
        stream.read_exact(&mut bytes)?;
        samples.push(began.elapsed().as_secs_f64() * 1e6);
    }
    drop(stream);
    let _ = echo.join();
    Ok(median(samples))
}
