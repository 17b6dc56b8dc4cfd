#![no_main]
cistern_fuzz::target!("token_bridge");
