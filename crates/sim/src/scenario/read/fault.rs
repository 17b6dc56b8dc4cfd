use cistern_units::DecimalError;
use thiserror::Error;

/// What makes a line unusable, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{line}:{column}: {kind}")]
pub struct Fault {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// What is wrong.
    pub kind: FaultKind,
}

/// What can be wrong with a line; each says what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FaultKind {
    /// The first word is no verb.
    #[error("there is no verb {word}; the verbs are {verbs}")]
    UnknownVerb {
        /// The word.
        word: String,
        /// All verbs.
        verbs: String,
    },
    /// Something is left out.
    #[error("{argument} is missing; write {usage}")]
    MissingArgument {
        /// What is left out.
        argument: String,
        /// How the question is written.
        usage: String,
    },
    /// Something is too much.
    #[error("{word} is too much; write {usage}")]
    ExtraWord {
        /// The first word that is too much.
        word: String,
        /// How the question is written.
        usage: String,
    },
    /// An indented line without a question above it.
    #[error("an answer without a question; indent a line only directly below the question that it answers")]
    AnswerWithoutQuestion,
    /// A comment among answers.
    #[error("a comment among answers is lost when they are written again; move it above the question")]
    CommentInAnswer,
    /// A word that should be a number.
    #[error("{word} is no {what}: {reason}")]
    BadNumber {
        /// The word.
        word: String,
        /// What it should be.
        what: &'static str,
        /// Why it is not.
        reason: DecimalError,
    },
    /// A number below what the quantity begins with.
    #[error("{word} is no {what}: {rule}")]
    OutOfRange {
        /// The word.
        word: String,
        /// What it should be.
        what: &'static str,
        /// What holds for it.
        rule: &'static str,
    },
    /// A word of a closed list.
    #[error("there is no {what} {word}; write one of {choices}")]
    UnknownChoice {
        /// What it should be.
        what: &'static str,
        /// The word.
        word: String,
        /// What can be written.
        choices: String,
    },
    /// A name that nothing in the pool has.
    #[error(
        "there is no {what} {word}; there is {known} (and {what}:9 is number 9, whether it exists or not)"
    )]
    UnknownName {
        /// What it should name.
        what: &'static str,
        /// The word.
        word: String,
        /// Names that exist.
        known: String,
    },
    /// A word that should be `KEY=VALUE`.
    #[error("{word} has no value; write {what}")]
    NotASetting {
        /// The word.
        word: String,
        /// How it is written.
        what: &'static str,
    },
    /// A name that the pool cannot carry.
    #[error("{word} is no name: {rule}")]
    BadName {
        /// The word.
        word: String,
        /// What holds for names.
        rule: &'static str,
    },
    /// A feed that has no price to repeat or to start from.
    #[error("{feed} has no price yet; give it one: price {feed} 1_000")]
    NoPriceYet {
        /// The feed.
        feed: String,
    },
}
