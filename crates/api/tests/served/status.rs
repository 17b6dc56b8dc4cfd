//! Where the node is.

use crate::{
    http::{get, request},
    world::World,
};

#[test]
fn the_status_says_where_the_node_is() {
    let world = World::empty();
    let address = world.server.address();
    let before = get(address, "/v1/status").good();
    assert_eq!((before["height"].as_u64(), before["founded"].as_bool()), (Some(0), Some(false)));
    assert_eq!(before.get("state_digest"), None);
    world.found();
    let after = get(address, "/v1/status?digest=true").good();
    let head = world.node.head();
    assert_eq!(after["height"].as_u64(), Some(head.height));
    assert_eq!(after["seq"].as_u64(), Some(head.seq));
    assert_eq!(after["time"].as_u64(), Some(head.time.as_milliseconds()));
    let digest = world.node.read(|engine| engine.state().digest());
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(after["state_digest"].as_str(), Some(format!("0x{digest}").as_str()));
    assert_eq!(after["status"], "running");
    assert_eq!(after["development"], true);
}

#[test]
fn the_server_is_alive_and_ready_and_measured() {
    let world = World::empty();
    let address = world.server.address();
    assert_eq!(get(address, "/healthz").body, b"ok\n");
    assert_eq!(get(address, "/readyz").body, b"ready\n");
    let text = String::from_utf8(get(address, "/metrics").body).expect("text");
    let line = "cistern_http_requests_total{method=\"GET\",route=\"/healthz\",status=\"200\"} 1";
    assert!(text.contains(line), "{text}");
    assert!(text.contains("cistern_height 0\n") && text.ends_with("# EOF\n"), "{text}");
}

#[test]
fn a_node_that_ended_is_not_ready_and_still_read() {
    let world = World::empty();
    let address = world.server.address();
    world.found();
    let _ = world.node.clone().close();
    let status = get(address, "/v1/status").good();
    assert_eq!(status["founded"], true);
}

#[test]
fn a_page_that_is_not_there_is_the_dashboard_and_a_file_is_an_error() {
    let world = World::empty();
    let address = world.server.address();
    for path in ["/", "/account/17"] {
        let page = get(address, path);
        assert_eq!(page.status, 200);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(page.header("cache-control"), Some("no-cache"));
        assert!(
            page.header("content-security-policy")
                .is_some_and(|policy| policy.starts_with("default-src 'self'"))
        );
    }
    get(address, "/missing.js").error(404, "NOT_FOUND");
    get(address, "/v1/missing").error(404, "NOT_FOUND");
    request(address, "POST /", &[], b"x").error(404, "NOT_FOUND");
}
