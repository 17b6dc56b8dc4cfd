//! How a JSON form is declared: one line for each variant or field, from which reading, writing and both
//! conversions follow. A variant or a field that the engine gains does not compile until it has its line.

use serde_json::{Map, Value};

use super::{
    fault::{Fault, echo},
    names::Scope,
};

/// A form that can be read from any JSON value.
pub(crate) trait Read: Sized {
    /// What it looks like, for whoever wrote something else.
    const LIKE: &'static str;

    /// Reads it.
    fn read(value: &Value) -> Result<Self, Fault>;
}

/// The JSON form of something of the engine.
pub(crate) trait Mirror<Core>: Sized {
    /// Writes it.
    fn encode_in(core: &Core, scope: &mut Scope<'_>) -> Self;

    /// Understands it.
    fn decode_in(&self, scope: &mut Scope<'_>) -> Result<Core, Fault>;
}

impl<T: Read> Read for Vec<T> {
    const LIKE: &'static str = "a list";

    fn read(value: &Value) -> Result<Self, Fault> {
        let items = value.as_array().ok_or_else(|| Fault::new("write a list: [...]"))?;
        items.iter().enumerate().map(|(place, item)| T::read(item).map_err(|fault| fault.at(place))).collect()
    }
}

impl<Core, T: Mirror<Core>> Mirror<Vec<Core>> for Vec<T> {
    fn encode_in(core: &Vec<Core>, scope: &mut Scope<'_>) -> Self {
        core.iter().map(|item| T::encode_in(item, scope)).collect()
    }

    fn decode_in(&self, scope: &mut Scope<'_>) -> Result<Vec<Core>, Fault> {
        let items = self.iter().enumerate();
        items.map(|(place, item)| item.decode_in(scope).map_err(|fault| fault.at(place))).collect()
    }
}

impl<T: Read> Read for Option<T> {
    const LIKE: &'static str = T::LIKE;

    fn read(value: &Value) -> Result<Self, Fault> {
        if value.is_null() { Ok(None) } else { T::read(value).map(Some) }
    }
}

impl<Core, T: Mirror<Core>> Mirror<Option<Core>> for Option<T> {
    fn encode_in(core: &Option<Core>, scope: &mut Scope<'_>) -> Self {
        core.as_ref().map(|core| T::encode_in(core, scope))
    }

    fn decode_in(&self, scope: &mut Scope<'_>) -> Result<Option<Core>, Fault> {
        self.as_ref().map(|form| form.decode_in(scope)).transpose()
    }
}

impl<T: Read> Read for Box<T> {
    const LIKE: &'static str = T::LIKE;

    fn read(value: &Value) -> Result<Self, Fault> {
        T::read(value).map(Self::new)
    }
}

impl<Core, T: Mirror<Core>> Mirror<Core> for Box<T> {
    fn encode_in(core: &Core, scope: &mut Scope<'_>) -> Self {
        Self::new(T::encode_in(core, scope))
    }

    fn decode_in(&self, scope: &mut Scope<'_>) -> Result<Core, Fault> {
        self.as_ref().decode_in(scope)
    }
}

/// The fields of a JSON object.
pub(crate) fn object(value: &Value) -> Result<&Map<String, Value>, Fault> {
    value.as_object().ok_or_else(|| Fault::new("write an object: {...}"))
}

/// Refuses a field that means nothing here, which would otherwise be a typing error that nobody sees.
pub(crate) fn require_known(fields: &Map<String, Value>, known: &[&str]) -> Result<(), Fault> {
    let unknown = fields.keys().find(|name| !known.contains(&name.as_str()));
    unknown.map_or(Ok(()), |name| {
        let known = known.join(", ");
        Err(Fault::new(format!("no field is called {} here: there is {known}", echo(name))))
    })
}

/// Reads one field.
pub(crate) fn field<T: Read>(fields: &Map<String, Value>, name: &str) -> Result<T, Fault> {
    let value = fields.get(name);
    let read = value.map_or_else(|| Err(Fault::new(format!("missing: write {}", T::LIKE))), T::read);
    read.map_err(|fault| fault.within(name))
}

/// How a variant is written in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    /// `open_account`.
    Snake,
    /// `ACCOUNT_UNKNOWN`.
    Screaming,
}

impl Case {
    /// The case that serde calls so.
    pub(crate) fn of(name: &str) -> Self {
        if name == "SCREAMING_SNAKE_CASE" { Self::Screaming } else { Self::Snake }
    }

    /// A variant's name in this case.
    pub(crate) fn letters(self, variant: &str) -> impl Iterator<Item = char> {
        variant.char_indices().flat_map(move |(place, letter)| {
            let joint = (place > 0 && letter.is_ascii_uppercase()).then_some('_');
            let letter = match self {
                Self::Snake => letter.to_ascii_lowercase(),
                Self::Screaming => letter.to_ascii_uppercase(),
            };
            joint.into_iter().chain([letter])
        })
    }

    /// Is `text` the variant's name in this case?
    pub(crate) fn writes(self, variant: &str, text: &str) -> bool {
        self.letters(variant).eq(text.chars())
    }
}

/// The text that says which variant is meant; read from the field `tag`.
pub(crate) fn tag<'a>(fields: &'a Map<String, Value>, tag: &str) -> Result<&'a str, Fault> {
    let text = fields.get(tag).and_then(Value::as_str);
    text.ok_or_else(|| Fault::new("missing: write one of the names of this kind, as text").within(tag))
}

/// A name that no variant has.
pub(crate) fn no_variant(text: &str, case: Case, variants: &[&str]) -> Fault {
    let known: Vec<String> = variants.iter().map(|variant| case.letters(variant).collect()).collect();
    Fault::new(format!("{} is not known: write one of {}", echo(text), known.join(", ")))
}

/// Declares an object: `record! { Json = module::Core { field: CoreType => JsonType, ... } }`.
macro_rules! record {
    ($(#[$meta:meta])* $name:ident = $module:ident::$core:ident {
        $($(#[$doc:meta])* $field:ident: $type:ty => $json:ty),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
        pub struct $name { $($(#[$doc])* pub $field: $json),* }

        $crate::wire::shape::readable!($name, fields, {
            $crate::wire::shape::require_known(fields, &[$(stringify!($field)),*])?;
            Ok($name { $($field: $crate::wire::shape::field(fields, stringify!($field))?),* })
        });

        impl $crate::wire::shape::Mirror<$module::$core> for $name {
            fn encode_in(core: &$module::$core, scope: &mut $crate::wire::names::Scope<'_>) -> Self {
                let $module::$core { $($field),* } = core;
                Self { $($field: <$json as $crate::wire::shape::Mirror<$type>>::encode_in($field, scope)),* }
            }

            fn decode_in(
                &self,
                scope: &mut $crate::wire::names::Scope<'_>,
            ) -> Result<$module::$core, $crate::wire::Fault> {
                Ok($module::$core {
                    $($field: <$json as $crate::wire::shape::Mirror<$type>>::decode_in(&self.$field, scope)
                        .map_err(|fault| fault.within(stringify!($field)))?),*
                })
            }
        }
    };
}

/// Declares an object with a field that says which variant it is:
/// `tagged! { Json ("type", "snake_case") = module::Core { Variant { field: CoreType => JsonType, ... }, ... } }`.
/// A variant of the engine that is a tuple of one stands behind a semicolon; its content is the field `spec`.
/// Tag and case are token trees: as literals of a macro they would reach the schema's derive wrapped, and be overlooked.
macro_rules! tagged {
    ($(#[$meta:meta])* $name:ident ($tag:tt, $case:tt) = $module:ident::$core:ident {
        $($(#[$doc:meta])* $variant:ident { $($field:ident: $type:ty => $json:ty),* $(,)? }),* $(,)?
        $(; $($(#[$whole_doc:meta])* $whole:ident($whole_type:ty => $whole_json:ty)),* $(,)?)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
        #[serde(tag = $tag, rename_all = $case)]
        #[allow(missing_docs, reason = "a field is what it is in the engine; its form is documented with its type")]
        pub enum $name {
            $($(#[$doc])* $variant { $($field: $json),* },)*
            $($($(#[$whole_doc])* $whole { spec: $whole_json },)*)?
        }

        impl $name {
            /// Names of all variants as the engine spells them, in order of declaration.
            pub const NAMES: &'static [&'static str] =
                &[$(stringify!($variant),)* $($(stringify!($whole),)*)?];
        }

        $crate::wire::shape::readable!($name, fields, {
            let text = $crate::wire::shape::tag(fields, $tag)?;
            let case = $crate::wire::shape::Case::of($case);
            $(if case.writes(stringify!($variant), text) {
                $crate::wire::shape::require_known(fields, &[$tag, $(stringify!($field)),*])?;
                return Ok($name::$variant {
                    $($field: $crate::wire::shape::field(fields, stringify!($field))?),*
                });
            })*
            $($(if case.writes(stringify!($whole), text) {
                $crate::wire::shape::require_known(fields, &[$tag, "spec"])?;
                return Ok($name::$whole { spec: $crate::wire::shape::field(fields, "spec")? });
            })*)?
            Err($crate::wire::shape::no_variant(text, case, $name::NAMES).within($tag))
        });

        impl $crate::wire::shape::Mirror<$module::$core> for $name {
            #[allow(unused_variables, reason = "an enum without fields needs no scope")]
            fn encode_in(core: &$module::$core, scope: &mut $crate::wire::names::Scope<'_>) -> Self {
                match core {
                    $($module::$core::$variant { $($field),* } => Self::$variant {
                        $($field: <$json as $crate::wire::shape::Mirror<$type>>::encode_in($field, scope)),*
                    },)*
                    $($($module::$core::$whole(spec) => Self::$whole {
                        spec: <$whole_json as $crate::wire::shape::Mirror<$whole_type>>::encode_in(spec, scope),
                    },)*)?
                }
            }

            #[allow(unused_variables, reason = "an enum without fields needs no scope")]
            fn decode_in(
                &self,
                scope: &mut $crate::wire::names::Scope<'_>,
            ) -> Result<$module::$core, $crate::wire::Fault> {
                Ok(match self {
                    $(Self::$variant { $($field),* } => $module::$core::$variant {
                        $($field: <$json as $crate::wire::shape::Mirror<$type>>::decode_in($field, scope)
                            .map_err(|fault| fault.within(stringify!($field)))?),*
                    },)*
                    $($(Self::$whole { spec } => $module::$core::$whole(
                        <$whole_json as $crate::wire::shape::Mirror<$whole_type>>::decode_in(spec, scope)
                            .map_err(|fault| fault.within("spec"))?,
                    ),)*)?
                })
            }
        }
    };
}

/// Declares a word out of a few: `word! { Json = module::Core { Variant, ... } }`.
macro_rules! word {
    ($(#[$meta:meta])* $name:ident = $module:ident::$core:ident {
        $($(#[$doc:meta])* $variant:ident),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$doc])* $variant),* }

        impl $crate::wire::shape::Read for $name {
            const LIKE: &'static str = "one of its words, as text";

            fn read(value: &serde_json::Value) -> Result<Self, $crate::wire::Fault> {
                let text = value.as_str().unwrap_or_default();
                let case = $crate::wire::shape::Case::Snake;
                $(if case.writes(stringify!($variant), text) {
                    return Ok(Self::$variant);
                })*
                Err($crate::wire::shape::no_variant(text, case, &[$(stringify!($variant)),*]))
            }
        }

        impl From<$module::$core> for $name {
            fn from(core: $module::$core) -> Self {
                match core { $($module::$core::$variant => Self::$variant),* }
            }
        }

        impl $name {
            /// The engine's own word.
            #[must_use]
            pub fn to_core(self) -> $module::$core {
                match self { $(Self::$variant => $module::$core::$variant),* }
            }
        }

        impl $crate::wire::shape::Mirror<$module::$core> for $name {
            fn encode_in(core: &$module::$core, _: &mut $crate::wire::names::Scope<'_>) -> Self {
                Self::from(*core)
            }

            fn decode_in(
                &self,
                _: &mut $crate::wire::names::Scope<'_>,
            ) -> Result<$module::$core, $crate::wire::Fault> {
                Ok(self.to_core())
            }
        }
    };
}

/// Lets an object be read by our own reader, whose faults know their field, and by serde through it.
macro_rules! readable {
    ($name:ident, $fields:ident, $body:block) => {
        impl $name {
            /// Reads the form from a JSON value.
            ///
            /// # Errors
            /// A [`Fault`](crate::wire::Fault) with the path of the field within this value.
            pub fn read(value: &serde_json::Value) -> Result<Self, $crate::wire::Fault> {
                let $fields = $crate::wire::shape::object(value)?;
                $body
            }
        }

        impl $crate::wire::shape::Read for $name {
            const LIKE: &'static str = "an object";

            fn read(value: &serde_json::Value) -> Result<Self, $crate::wire::Fault> {
                Self::read(value)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = serde_json::Value::deserialize(deserializer)?;
                Self::read(&value).map_err(serde::de::Error::custom)
            }
        }
    };
}

/// Gives a form its public way in and out.
macro_rules! encoded {
    ($name:ident = $module:ident::$core:ident) => {
        impl $name {
            /// The JSON form, in the names of a pool.
            #[must_use]
            pub fn encode(core: &$module::$core, names: &$crate::wire::Names) -> Self {
                let mut scope = $crate::wire::names::Scope::new(names);
                $crate::wire::shape::Mirror::encode_in(core, &mut scope)
            }

            /// What the JSON form means, in the names of a pool.
            ///
            /// # Errors
            /// A [`Fault`](crate::wire::Fault) with the path of the field that cannot be understood.
            pub fn decode(&self, names: &$crate::wire::Names) -> Result<$module::$core, $crate::wire::Fault> {
                let mut scope = $crate::wire::names::Scope::new(names);
                $crate::wire::shape::Mirror::decode_in(self, &mut scope)
            }
        }
    };
}

/// The form of something that the engine keeps in a box.
macro_rules! boxed {
    ($name:ident = $core:ty) => {
        impl $crate::wire::shape::Mirror<Box<$core>> for $name {
            fn encode_in(core: &Box<$core>, scope: &mut $crate::wire::names::Scope<'_>) -> Self {
                $crate::wire::shape::Mirror::encode_in(core.as_ref(), scope)
            }

            fn decode_in(
                &self,
                scope: &mut $crate::wire::names::Scope<'_>,
            ) -> Result<Box<$core>, $crate::wire::Fault> {
                $crate::wire::shape::Mirror::<$core>::decode_in(self, scope).map(Box::new)
            }
        }
    };
}

pub(crate) use {boxed, encoded, readable, record, tagged, word};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_is_written_as_serde_writes_it() {
        assert!(Case::Snake.writes("OpenAccount", "open_account"));
        assert!(Case::Screaming.writes("AccountUnknown", "ACCOUNT_UNKNOWN"));
        assert!(!Case::Snake.writes("OpenAccount", "open_accoun"));
    }
}
