//! Faults as exceptions: the text as the command line shows it, and each diagnostic as an object of JSON.

use std::panic::{AssertUnwindSafe, catch_unwind};

use denizen::Error;
use denizen_spec::{Code, Diagnostic};
use pyo3::create_exception;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use serde_json::Value;

create_exception!(_denizen, DenizenError, PyException, "What is wrong: text, and diagnostics as JSON.");

/// Diagnostics as a list in JSON.
pub(crate) fn as_json(diagnostics: &[Diagnostic], path: &str, text: &str) -> String {
    let events = diagnostics.iter().map(|diagnostic| denizen_cli::diagnostic_event(diagnostic, path, text));
    Value::Array(events.collect()).to_string()
}

/// The exception for faults.
pub(crate) fn raised(error: &Error) -> PyErr {
    DenizenError::new_err((error.to_string(), as_json(&error.diagnostics, &error.path, &error.text)))
}

/// The exception for a fault without a pipeline file.
pub(crate) fn raised_alone(fault: Diagnostic) -> PyErr {
    raised(&Error { diagnostics: vec![fault], path: String::new(), text: String::new() })
}

/// Does something, of which a panic is a fault of the program like any other. Its message may hold values of the data, and is
/// not passed on.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, Box<Error>>) -> Result<T, Box<Error>> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let fault = Diagnostic::error(Code::Internal, "the program made a mistake");
        let fault =
            fault.help("please report it; where the system is short of memory, that may be the cause");
        Err(Box::new(Error { diagnostics: vec![fault], path: String::new(), text: String::new() }))
    })
}
