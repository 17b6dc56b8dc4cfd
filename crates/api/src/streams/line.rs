//! One message, written once for all who hear it.

use axum::extract::ws::Utf8Bytes;

use crate::{answer::Place, streams::Channel};

/// What stands before the content of a message; one brace stands behind it.
const PREFIX: &str = r#"{"jsonrpc":"2.0","method":"update","params":"#;

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// How things stand when a client begins to listen.
    Snapshot,
    /// What has changed since.
    Update,
    /// Messages were lost; read anew, and go on after this number.
    Resync,
}

/// One message.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) channel: Channel,
    pub(crate) seq: u64,
    /// The whole message; clones share it.
    pub(crate) text: Utf8Bytes,
}

impl Line {
    /// A message with its content, which is JSON.
    pub(crate) fn new(channel: Channel, kind: Kind, place: Place, data: &str) -> Self {
        let kind = match kind {
            Kind::Snapshot => "snapshot",
            Kind::Update => "update",
            Kind::Resync => "resync",
        };
        let Place { height, seq, time } = place;
        let text = format!(
            r#"{PREFIX}{{"channel":"{channel}","seq":{seq},"height":{height},"time":{time},"kind":"{kind}","data":{data}}}}}"#
        );
        Self { channel, seq, text: text.into() }
    }

    /// The content alone.
    pub(crate) fn params(&self) -> &str {
        let text = self.text.as_str();
        text.get(PREFIX.len()..text.len().saturating_sub(1)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_message_is_a_notification_and_its_content_stands_alone() {
        let place = Place { height: 2, seq: 7, time: 9 };
        let line = Line::new(Channel::Prices, Kind::Update, place, r#"{"a":1}"#);
        let params = json!({"channel": "prices", "seq": 7, "height": 2, "time": 9, "kind": "update", "data": {"a": 1}});
        assert_eq!(serde_json::from_str::<Value>(line.params()).unwrap(), params);
        let whole = json!({"jsonrpc": "2.0", "method": "update", "params": params});
        assert_eq!(serde_json::from_str::<Value>(line.text.as_str()).unwrap(), whole);
    }
}
