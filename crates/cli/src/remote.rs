//! A running node that a command asks.

use std::io::{self, Write};

use cistern_api::{Client, ClientError};
use clap::Args;
use serde::Serialize;

use crate::exit::Exit;

/// Which node is asked, and how its answer is written.
#[derive(Debug, Args)]
pub(crate) struct Remote {
    /// Address of the node, as cistern up prints it.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:7070", value_parser = address)]
    node: String,
    /// The node's answer as JSON, for programs.
    #[arg(long)]
    json: bool,
}

fn address(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("http://").ok_or("write it like http://127.0.0.1:7070")?;
    if host.is_empty() { Err("write it like http://127.0.0.1:7070".to_owned()) } else { Ok(text.to_owned()) }
}

impl Remote {
    pub(crate) fn client(&self) -> Client {
        Client::new(&self.node)
    }

    /// Writes an answer for people or for programs; ends with `exit` where that could be done.
    pub(crate) fn tell<T: Serialize>(
        &self,
        answer: &T,
        table: impl FnOnce(&T) -> String,
        exit: Exit,
    ) -> Exit {
        let text = if self.json {
            serde_json::to_string_pretty(answer).map(|text| text + "\n").map_err(io::Error::from)
        } else {
            Ok(table(answer))
        };
        match text.and_then(|text| io::stdout().write_all(text.as_bytes())) {
            // Who stops reading has read enough.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                eprintln!("error: writing the answer: {error}");
                Exit::Refused
            }
            _ => exit,
        }
    }
}

/// There is no answer: says why, and whether other input could have had one.
pub(crate) fn failed(error: &ClientError) -> Exit {
    eprintln!("error: {error}");
    match error.refusal().map(|refusal| refusal.code.as_str()) {
        Some("INVALID_REQUEST" | "MALFORMED_JSON" | "BODY_TOO_LARGE") => Exit::Unusable,
        _ => Exit::Refused,
    }
}
