#![no_main]

libfuzzer_sys::fuzz_target!(init: denizen_fuzz::begin(), |bytes: &[u8]| denizen_fuzz::json(bytes));
