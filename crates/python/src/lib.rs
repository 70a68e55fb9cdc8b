//! What the Python package `denizen` calls. It prints nothing; whoever calls waits without the lock of the interpreter.

mod cluster;
mod fault;
mod inspection;
mod project;
mod release;
mod residence;
mod run;
mod table;

use std::ffi::OsString;

use pyo3::prelude::*;

/// The command line of the program: `words` are its words, that of the program first.
#[pyfunction]
fn command(py: Python<'_>, words: Vec<OsString>, program: Vec<OsString>) -> u8 {
    py.detach(|| denizen_cli::main(words, program))
}

/// Says how this interpreter can be started anew, to read a workbook apart. The first one stays.
#[pyfunction]
fn offer(program: Vec<OsString>) {
    denizen_cli::offer(program);
}

/// The page of a code, rule, indicator or of the language.
#[pyfunction]
fn explain(name: &str) -> Option<String> {
    denizen_cli::explanation(name)
}

#[pymodule]
fn _denizen(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("DenizenError", module.py().get_type::<fault::DenizenError>())?;
    module.add_class::<table::Table>()?;
    module.add_function(wrap_pyfunction!(command, module)?)?;
    module.add_function(wrap_pyfunction!(offer, module)?)?;
    module.add_function(wrap_pyfunction!(explain, module)?)?;
    module.add_function(wrap_pyfunction!(project::check, module)?)?;
    module.add_function(wrap_pyfunction!(run::run, module)?)?;
    module.add_function(wrap_pyfunction!(release::export, module)?)?;
    module.add_function(wrap_pyfunction!(release::diff, module)?)?;
    module.add_function(wrap_pyfunction!(release::diff_page, module)?)?;
    module.add_function(wrap_pyfunction!(release::vintages, module)?)?;
    module.add_class::<cluster::Cluster>()?;
    module.add_class::<cluster::MapTask>()?;
    module.add_class::<cluster::Reducer>()?;
    module.add_function(wrap_pyfunction!(inspection::inspect, module)?)?;
    module.add_function(wrap_pyfunction!(residence::residence, module)?)?;
    module.add_function(wrap_pyfunction!(table::read_parquet, module)?)
}
