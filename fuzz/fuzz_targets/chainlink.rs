#![no_main]
cistern_fuzz::target!("chainlink");
