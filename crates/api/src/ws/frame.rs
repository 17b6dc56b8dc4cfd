//! The frames of JSON-RPC 2.0: what is asked, and how it is answered.

use axum::extract::ws::Utf8Bytes;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::errors::{Code, Failure};

/// Not JSON.
pub(super) const PARSE_ERROR: i64 = -32_700;
/// JSON, and no request.
pub(super) const INVALID_REQUEST: i64 = -32_600;
/// No such method.
pub(super) const METHOD_NOT_FOUND: i64 = -32_601;
/// The method does not take that.
pub(super) const INVALID_PARAMS: i64 = -32_602;
/// What was asked is refused; `data` is the error of the API.
pub(super) const REFUSED: i64 = -32_000;

/// A request.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    /// None for a notification, which wants no answer.
    pub(super) id: Option<Value>,
    pub(super) method: String,
    pub(super) params: Value,
}

/// Why there is no result.
#[derive(Clone, Debug)]
pub(super) struct Trouble {
    code: i64,
    message: String,
    failure: Option<Box<Failure>>,
}

impl Trouble {
    pub(super) fn new(code: i64, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), failure: None }
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        let code = if failure.code == Code::INVALID_REQUEST { INVALID_PARAMS } else { REFUSED };
        Self { code, message: failure.message.clone(), failure: Some(Box::new(failure)) }
    }
}

/// A result, written.
pub(super) type Written = Result<String, Trouble>;

/// Writes a result.
pub(super) fn written(result: &impl Serialize) -> Written {
    serde_json::to_string(result)
        .map_err(|_| Failure::new(Code::INTERNAL, "the answer cannot be written; report it").into())
}

impl Frame {
    /// Reads a request; a request that cannot be read is answered with the id that it has.
    pub(super) fn read(value: Value) -> Result<Self, (Value, Trouble)> {
        let wrong = |id: Value, what: &str| (id, Trouble::new(INVALID_REQUEST, what));
        let Value::Object(mut fields) = value else {
            return Err(wrong(
                Value::Null,
                "a request is an object: {\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"status\"}",
            ));
        };
        let id = fields.shift_remove("id");
        if !matches!(id, None | Some(Value::Null | Value::String(_) | Value::Number(_))) {
            return Err(wrong(Value::Null, "an id is text or a number"));
        }
        let shown = id.clone().unwrap_or(Value::Null);
        if fields.get("jsonrpc") != Some(&json!("2.0")) {
            return Err(wrong(shown, "write \"jsonrpc\":\"2.0\""));
        }
        let Some(Value::String(method)) = fields.shift_remove("method") else {
            return Err(wrong(shown, "write the name of a method as text"));
        };
        let params = fields.shift_remove("params").unwrap_or_else(|| Value::Object(Map::new()));
        if !params.is_object() {
            return Err((shown, Trouble::new(INVALID_PARAMS, "params are an object, by name")));
        }
        Ok(Self { id, method, params })
    }
}

/// Writes an answer.
pub(super) fn answer(id: &Value, outcome: &Written, request_id: &str) -> Utf8Bytes {
    let text = match outcome {
        Ok(result) => format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#),
        Err(trouble) => {
            let mut error = json!({"code": trouble.code, "message": trouble.message});
            if let Some(failure) = &trouble.failure
                && let Ok(detail) = serde_json::to_value(failure.detail(request_id))
            {
                error["data"] = detail;
            }
            format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{error}}}"#)
        }
    };
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_and_what_is_none_says_why() {
        let frame = Frame::read(json!({"jsonrpc": "2.0", "id": 1, "method": "status"})).unwrap();
        assert_eq!((frame.method.as_str(), frame.params), ("status", json!({})));
        for (value, code) in [
            (json!(1), INVALID_REQUEST),
            (json!({"id": 1, "method": "status"}), INVALID_REQUEST),
            (json!({"jsonrpc": "2.0", "id": {}, "method": "status"}), INVALID_REQUEST),
            (json!({"jsonrpc": "2.0", "id": 1, "method": 7}), INVALID_REQUEST),
            (json!({"jsonrpc": "2.0", "id": 1, "method": "status", "params": [1]}), INVALID_PARAMS),
        ] {
            assert_eq!(Frame::read(value.clone()).unwrap_err().1.code, code, "{value}");
        }
    }

    #[test]
    fn a_refusal_carries_the_error_of_the_api() {
        let trouble = Trouble::from(Failure::new(Code::NOT_FOUND, "nothing is here"));
        let text = answer(&json!("a"), &Err(trouble), "ws-1");
        let value: Value = serde_json::from_str(text.as_str()).unwrap();
        assert_eq!(value["error"]["code"], json!(REFUSED));
        assert_eq!(value["error"]["data"]["code"], json!("NOT_FOUND"));
        assert_eq!(value["error"]["data"]["request_id"], json!("ws-1"));
    }
}
