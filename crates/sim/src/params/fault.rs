/// Why a parameter file is not a pool.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It cannot be read as TOML.
    #[error("the parameters are not TOML; correct this first: {0}")]
    Syntax(String),
    /// A parameter is not there.
    #[error(
        "{path} is missing: add it; params/baseline.toml has every parameter with its unit and its source"
    )]
    Missing {
        /// Topic and field.
        path: String,
    },
    /// A field that means nothing.
    #[error("{path} is not a parameter: correct its name or remove it")]
    Unknown {
        /// Topic and field.
        path: String,
    },
    /// A field with something else in it.
    #[error("{path} must be {wanted}, and is {found}: change it")]
    NotA {
        /// Topic and field.
        path: String,
        /// What belongs there.
        wanted: &'static str,
        /// What stands there.
        found: String,
    },
    /// A reference to something that is not in the file.
    #[error(
        "{path} names {name}, and there is no such {list}: add a [[{list}]] of that name, or name another"
    )]
    NoSuch {
        /// Topic and field.
        path: String,
        /// What it says.
        name: String,
        /// Where it should be.
        list: &'static str,
    },
    /// A number that breaks a rule.
    #[error("{path} {rule}")]
    Rule {
        /// Topic and field.
        path: String,
        /// What is wrong and what to do.
        rule: String,
    },
    /// The engine would not found such a pool.
    #[error("the engine refuses these parameters: {0}; compare them with params/baseline.toml")]
    Refused(String),
}

impl Fault {
    pub(super) fn rule(path: String, rule: impl Into<String>) -> Self {
        Self::Rule { path, rule: rule.into() }
    }
}
