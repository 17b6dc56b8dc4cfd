//! Enums whose variants know their names: every event and every rejection is enumerated by tests, docs and clients.

/// Declares an enum with `NAMES` (all variants, in order) and `name()` (the variant of a value).
macro_rules! named {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident $({ $($(#[$field_meta:meta])* $field:ident: $type:ty),* $(,)? })?),* $(,)?
    }) => {
        $(#[$meta])*
        #[allow(missing_docs, reason = "a field whose name says all needs no words")]
        pub enum $name {
            $($(#[$variant_meta])* $variant $({ $($(#[$field_meta])* $field: $type),* })?),*
        }

        impl $name {
            /// Names of all variants, in order.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($variant)),*];

            /// Name of the variant.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$variant { .. } => stringify!($variant)),* }
            }
        }
    };
}
pub(crate) use named;
