//! What clients read and write: the JSON form of every command, event, rejection and act, in both directions.
