//! The structure message: concepts, code lists, data structures and dataflows, with names in three languages.

use std::collections::BTreeMap;

use denizen_spec::LANGUAGES;
use serde_json::{Map, Value, json};

use super::codes::{CodeLists, Texts};
use super::flow::{Component, Flow, Holds, Role};
use super::ids;
use crate::formats::{NO_DAY, day_of};
use crate::language::Language;
use crate::release::{Release, Resource};

/// The schema of the message.
const SCHEMA: &str = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/structure-message/tools/schemas/2.0.0/sdmx-json-structure-schema.json";

/// The structures of a release in the making.
pub(super) struct Structures<'r> {
    release: &'r Release,
    agency: &'r str,
    version: String,
    /// The identifier of the concept scheme.
    scheme: String,
    concepts: BTreeMap<String, Texts>,
    structures: Vec<Value>,
    dataflows: Vec<Value>,
}

impl<'r> Structures<'r> {
    pub(super) fn new(release: &'r Release, agency: &'r str, version: String) -> Self {
        let scheme = format!("CS_{}", ids::name(&release.manifest.pipeline));
        let (concepts, structures, dataflows) = Default::default();
        Self { release, agency, version, scheme, concepts, structures, dataflows }
    }

    /// How an artefact is referred to, such as `IT1:PERMITS(2025.1.7)`.
    pub(super) fn reference(&self, id: &str) -> String {
        format!("{}:{id}({})", self.agency, self.version)
    }

    /// Adds the data structure and the dataflow of a table.
    pub(super) fn add(&mut self, flow: &Flow<'_>, resource: &Resource) {
        for component in &flow.components {
            self.concepts.entry(component.id.clone()).or_insert_with(|| component.names.clone());
        }
        let titles = Language::ALL.map(|language| resource.title(language).to_owned());
        let of_role = |is_role: fn(Role) -> bool| {
            let components = flow.components.iter().filter(move |component| is_role(component.role));
            components.map(|component| self.component(component)).collect::<Vec<Value>>()
        };
        let mut dimensions = json!({
            "id": "DimensionDescriptor",
            "dimensions": of_role(|role| role == Role::Dimension),
        });
        if let Some(time) = of_role(|role| role == Role::Time).pop() {
            dimensions["timeDimension"] = time;
        }
        let components = json!({
            "dimensionList": dimensions,
            "measureList": {
                "id": "MeasureDescriptor",
                "measures": of_role(|role| role == Role::Measure),
            },
            "attributeList": {
                "id": "AttributeDescriptor",
                "attributes": of_role(|role| matches!(role, Role::Attribute { .. })),
            },
        });
        let mut structure = self.artefact(&flow.id, &titles);
        structure.insert("dataStructureComponents".to_owned(), components);
        let mut dataflow = self.artefact(&flow.id, &titles);
        let urn =
            format!("urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure={}", self.reference(&flow.id));
        dataflow.insert("structure".to_owned(), urn.into());
        self.structures.push(Value::Object(structure));
        self.dataflows.push(Value::Object(dataflow));
    }

    /// What all artefacts have.
    fn artefact(&self, id: &str, names: &Texts) -> Map<String, Value> {
        let mut artefact = Map::new();
        artefact.insert("id".to_owned(), id.into());
        artefact.insert("agencyID".to_owned(), self.agency.into());
        artefact.insert("version".to_owned(), self.version.as_str().into());
        named(&mut artefact, names);
        artefact
    }

    fn component(&self, component: &Component) -> Value {
        let concept = format!(
            "urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept={}.{}",
            self.reference(&self.scheme),
            component.id
        );
        let holds = match &component.holds {
            Holds::Codes(list) => {
                let urn = format!("urn:sdmx:org.sdmx.infomodel.codelist.Codelist={}", self.reference(list));
                json!({ "enumeration": urn })
            }
            Holds::Values(kind) => json!({ "format": { "dataType": kind } }),
        };
        let mut described =
            json!({ "id": component.id, "conceptIdentity": concept, "localRepresentation": holds });
        match component.role {
            Role::Dimension | Role::Time => {}
            Role::Measure => described["usage"] = "mandatory".into(),
            Role::Attribute { is_mandatory } => {
                described["usage"] = if is_mandatory { "mandatory" } else { "optional" }.into();
                described["attributeRelationship"] = json!({ "observation": {} });
                described["measureRelationship"] = json!(["OBS_VALUE"]);
            }
        }
        described
    }

    /// The text of the message.
    pub(super) fn finish(self, lists: &CodeLists) -> String {
        let manifest = &self.release.manifest;
        let titles = Language::ALL.map(|language| manifest.title(language).to_owned());
        let mut scheme = self.artefact(&self.scheme, &titles);
        let concepts = self.concepts.iter().map(|(id, names)| item(id, names));
        scheme.insert("concepts".to_owned(), concepts.collect());
        let lists: Vec<Value> = lists
            .lists()
            .map(|list| {
                let mut artefact = self.artefact(&list.id, &list.names);
                artefact.insert("description".to_owned(), list.description().into());
                // A list of a table without rows may have none, and says nothing of them then.
                if !list.codes.is_empty() {
                    let codes = list.codes.iter().map(|(code, names)| item(code, names));
                    artefact.insert("codes".to_owned(), codes.collect());
                }
                Value::Object(artefact)
            })
            .collect();
        let message = json!({
            "meta": {
                "schema": SCHEMA,
                "id": format!("{}-{}", ids::name(&manifest.pipeline), ids::code(&manifest.vintage)),
                "test": self.release.package.synthetic,
                // Of the release, which knows no clock: the day on which its newest input was retrieved.
                "prepared": format!("{}T00:00:00Z", day_of(self.release).unwrap_or(NO_DAY)),
                "contentLanguages": LANGUAGES,
                "sender": { "id": ids::code(&self.agency.replace('.', "_")) },
            },
            "data": {
                "conceptSchemes": [scheme],
                "codelists": lists,
                "dataStructures": self.structures,
                "dataflows": self.dataflows,
            },
        });
        // Maps with text keys, texts and numbers.
        format!("{message:#}\n")
    }
}

/// A concept or a code.
fn item(id: &str, names: &Texts) -> Value {
    let mut item = Map::new();
    item.insert("id".to_owned(), id.into());
    named(&mut item, names);
    Value::Object(item)
}

/// The English name, and those of all languages that have one.
fn named(artefact: &mut Map<String, Value>, names: &Texts) {
    let english = names.iter().find(|name| !name.is_empty()).map_or("-", String::as_str);
    artefact.insert("name".to_owned(), english.into());
    let all = LANGUAGES.into_iter().zip(names).filter(|(_, name)| !name.is_empty());
    artefact.insert(
        "names".to_owned(),
        all.map(|(language, name)| (language.to_owned(), Value::from(name.as_str())))
            .collect::<Map<_, _>>()
            .into(),
    );
}
