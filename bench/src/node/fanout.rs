//! One change to a thousand clients: how long until the last of them has it.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_tungstenite::{connect_async, tungstenite::Message};

use super::{
    Figure,
    serve::{Child, now},
};

/// Clients.
const CLIENTS: usize = 1_000;
/// Ticks that are timed.
const TICKS: usize = 20;
/// Between two ticks: longer than the time for which changes are drawn together.
const APART: Duration = Duration::from_millis(400);

/// The 99th percentile over all clients and ticks, in milliseconds from sending the tick.
pub(crate) fn measure() -> anyhow::Result<Vec<Figure>> {
    eprintln!("{CLIENTS} clients");
    let child = Child::start(None, 100)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut delays = runtime.block_on(fan_out(child.address()))?;
    delays.sort_by(f64::total_cmp);
    let at = |part: f64| delays.get((delays.len() as f64 * part) as usize).copied().unwrap_or(f64::NAN);
    Ok(vec![
        Figure { name: "ws_fanout_1000_clients_p50_ms", value: at(0.5), goal: "" },
        Figure { name: "ws_fanout_1000_clients_p99_ms", value: at(0.99), goal: "prices to each of them" },
    ])
}

async fn fan_out(address: SocketAddr) -> anyhow::Result<Vec<f64>> {
    let (told, mut heard) = mpsc::unbounded_channel::<(u64, Instant)>();
    for _ in 0..CLIENTS {
        let (stream, _) = connect_async(format!("ws://{address}/v1/ws")).await?;
        let told = told.clone();
        let (mut sink, mut source) = stream.split();
        let subscribe =
            json!({"jsonrpc": "2.0", "id": 1, "method": "subscribe", "params": {"channels": ["prices"]}});
        sink.send(Message::text(subscribe.to_string())).await?;
        tokio::spawn(async move {
            while let Some(Ok(message)) = source.next().await {
                let at = Instant::now();
                let Message::Text(text) = message else { continue };
                let Some(height) = height_of(&text) else { continue };
                if told.send((height, at)).is_err() {
                    return;
                }
            }
            drop(sink);
        });
    }
    // Everybody has a first snapshot.
    let mut ready = 0;
    while ready < CLIENTS {
        heard.recv().await.context("the clients are gone")?;
        ready += 1;
    }
    let (stream, _) = connect_async(format!("ws://{address}/v1/ws")).await?;
    let (mut sink, mut source) = stream.split();
    let mut delays = Vec::with_capacity(CLIENTS * TICKS);
    for tick in 0..TICKS {
        tokio::time::sleep(APART).await;
        let began = Instant::now();
        sink.send(Message::text(tick_request(tick).to_string())).await?;
        let answer: Value = loop {
            let message = source.next().await.context("the socket was closed")??;
            if let Message::Text(text) = message {
                break serde_json::from_str(&text)?;
            }
        };
        let height = answer["result"]["height"].as_u64().with_context(|| format!("refused: {answer}"))?;
        let mut missing = CLIENTS;
        while missing > 0 {
            let next = tokio::time::timeout(Duration::from_secs(10), heard.recv()).await;
            let (seen, at) =
                next.context("a client heard nothing for ten seconds")?.context("clients are gone")?;
            if seen >= height {
                delays.push((at - began).as_secs_f64() * 1e3);
                missing -= 1;
            }
        }
    }
    ensure!(delays.len() == CLIENTS * TICKS, "a client heard a tick twice");
    Ok(delays)
}

/// The height of a notification, without reading the rest of it: a thousand clients share this thread.
fn height_of(text: &str) -> Option<u64> {
    if !text.contains("\"method\":\"update\"") {
        return None;
    }
    let (_, rest) = text.split_once("\"height\":")?;
    rest.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

/// A tick whose prices differ from those of the last one.
fn tick_request(tick: usize) -> Value {
    let published_at = now().as_milliseconds();
    let reports: Vec<Value> = [("ETH", 4_000), ("BTC", 100_000)]
        .into_iter()
        .flat_map(|(feed, price)| {
            ["alpha", "beta", "gamma"].map(|source| {
                let price = (price + tick).to_string();
                json!({"feed": feed, "source": source, "price": price, "confidence": "0", "published_at": published_at})
            })
        })
        .collect();
    json!({"jsonrpc": "2.0", "id": tick, "method": "tx", "params": {"action": {"type": "tick", "reports": reports}}})
}
