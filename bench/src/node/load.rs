//! Commands at depth: a few WebSockets, each with many commands on their way.

use std::{net::SocketAddr, sync::Arc, time::Instant};

use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio_tungstenite::{connect_async, tungstenite::Message};

use crate::world::FIRST;

/// Connections.
const SOCKETS: u32 = 4;
/// Commands of each connection that wait for their answers.
const DEPTH: usize = 1_024;
/// Commands of each connection.
const COMMANDS: u32 = 25_000;

/// Commands a second that were durable, applied and answered.
pub(crate) fn commands(address: SocketAddr, accounts: u32) -> anyhow::Result<f64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let began = Instant::now();
        let sockets = (0..SOCKETS).map(|socket| tokio::spawn(one(address, socket, accounts)));
        for socket in sockets.collect::<Vec<_>>() {
            socket.await??;
        }
        Ok(f64::from(SOCKETS * COMMANDS) / began.elapsed().as_secs_f64())
    })
}

async fn one(address: SocketAddr, socket: u32, accounts: u32) -> anyhow::Result<()> {
    let (stream, _) = connect_async(format!("ws://{address}/v1/ws")).await?;
    let (mut sink, mut source) = stream.split();
    let room = Arc::new(Semaphore::new(DEPTH));
    let sending = Arc::clone(&room);
    let sender = tokio::spawn(async move {
        for place in 0..COMMANDS {
            sending.acquire().await?.forget();
            let account = FIRST + (socket * COMMANDS + place).wrapping_mul(7_919) % accounts;
            let action = json!({"type": "deposit", "account": account, "asset": "USDC", "amount": "1"});
            let request =
                json!({"jsonrpc": "2.0", "id": place, "method": "tx", "params": {"action": action}});
            sink.send(Message::text(request.to_string())).await?;
        }
        anyhow::Ok(sink)
    });
    let mut answered = 0;
    while answered < COMMANDS {
        let message = source.next().await.context("the socket was closed")??;
        let Message::Text(text) = message else { continue };
        let answer: Value = serde_json::from_str(&text)?;
        if answer.get("error").is_some() {
            bail!("refused: {answer}");
        }
        answered += u32::from(answer.get("id").is_some());
        room.add_permits(1);
    }
    drop(sender.await??);
    Ok(())
}
