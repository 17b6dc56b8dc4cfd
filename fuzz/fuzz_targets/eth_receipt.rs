#![no_main]
cistern_fuzz::target!("eth_receipt");
