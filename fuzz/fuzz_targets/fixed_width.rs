#![no_main]

libfuzzer_sys::fuzz_target!(init: denizen_fuzz::abort_on_panics(), |bytes: &[u8]| denizen_fuzz::fixed_width(bytes));
