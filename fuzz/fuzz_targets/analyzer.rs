#![no_main]

libfuzzer_sys::fuzz_target!(init: jiuji_fuzz::warm_up(), |data: &[u8]| jiuji_fuzz::analyzer(data));
