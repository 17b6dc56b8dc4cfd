use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore, crypto::ring};

/// How the far end proves who it is: a certificate under one of Mozilla's roots, over TLS 1.2 or 1.3.
pub(crate) fn configuration() -> Arc<ClientConfig> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let versions = builder.with_safe_default_protocol_versions();
    // The provider is fixed above and knows both versions.
    let versions = versions.unwrap_or_else(|_| unreachable!("ring offers TLS 1.2 and 1.3"));
    Arc::new(versions.with_root_certificates(roots).with_no_client_auth())
}
