//! A page that leads to the pages of several releases.

use std::path::{Path, PathBuf};

use denizen_spec::{Code, Diagnostic};
use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

use crate::base64::base64_of_hash;
use crate::language::Language;
use crate::page::template_fault;
use crate::release::{Manifest, bytes, json};
use crate::words;

#[derive(Serialize)]
struct Index {
    language: &'static str,
    title: &'static str,
    style: &'static str,
    style_hash: String,
    products: Vec<Product>,
}

/// A product with its editions, the newest first.
#[derive(Serialize)]
struct Product {
    title: String,
    description: Option<String>,
    editions: Vec<Edition>,
}

#[derive(Serialize)]
struct Edition {
    vintage: String,
    link: String,
}

/// The page for all releases in a folder.
pub(crate) fn index(folder: &Path, language: Language) -> Result<String, Diagnostic> {
    let mut products = Vec::new();
    for product in folders(folder)? {
        let mut editions = folders(&product)?;
        editions.retain(|edition| edition.join("manifest.json").is_file());
        editions.reverse();
        products.extend(of_product(folder, &editions, language)?);
    }
    if products.is_empty() {
        let message = format!("there is no release in `{}`", folder.display());
        let help = "name the folder of a release, or one that holds such folders as NAME/VINTAGE";
        return Err(Diagnostic::error(Code::NoRelease, message).help(help));
    }
    let style = include_str!("page.css");
    let index = Index {
        language: language.code(),
        title: language.say(words::RELEASES),
        style,
        style_hash: base64_of_hash(style),
        products,
    };
    let mut environment = Environment::new();
    environment.add_template("index.html", include_str!("index.html")).map_err(template_fault)?;
    let template = environment.get_template("index.html").map_err(template_fault)?;
    Ok(template.render(Serde(index)).map_err(template_fault)? + "\n")
}

fn of_product(
    folder: &Path,
    editions: &[PathBuf],
    language: Language,
) -> Result<Option<Product>, Diagnostic> {
    let mut product: Option<Product> = None;
    for path in editions {
        let manifest: Manifest = json(path, &bytes(&path.join("manifest.json"))?)?;
        let product = product.get_or_insert_with(|| Product {
            title: manifest.title(language).to_owned(),
            description: manifest.description(language).map(str::to_owned),
            editions: Vec::new(),
        });
        let below = path.strip_prefix(folder).unwrap_or(path);
        let parts: Vec<String> = below.iter().map(|part| encoded(&part.to_string_lossy())).collect();
        product.editions.push(Edition {
            link: format!("{}/public/index.html", parts.join("/")),
            vintage: manifest.vintage,
        });
    }
    Ok(product)
}

/// A part of a path in a link.
fn encoded(text: &str) -> String {
    let letter = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(letter).collect()
}

/// The folders in a folder, by name.
pub(crate) fn folders(folder: &Path) -> Result<Vec<PathBuf>, Diagnostic> {
    let fault = |error: std::io::Error| crate::columns::unreadable(folder, error);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() && !is_hidden {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
