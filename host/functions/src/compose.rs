//! Joins a component and its dependencies to one component, as Spin does, with the same library.
//!
//! Spin makes one instance of a dependency for each name; here a file that stands under several names
//! is one instance. Spin also puts an adapter in front of a dependency's imports that denies
//! everything; here the whole composition gets nothing, see `guest`.

use std::collections::BTreeMap;
use std::path::Path;

use wac_graph::types::{Package, SubtypeChecker, WorldId};
use wac_graph::{CompositionGraph, EncodeOptions, NodeId};

use crate::manifest::{Component, Dependency};

/// A component in the graph.
#[derive(Clone, Copy)]
struct Node {
    world: WorldId,
    instance: NodeId,
}

/// Composes. `read` gives a file's bytes. A failure is said in words.
pub(crate) fn compose<'a>(
    component: &'a Component,
    read: impl Fn(&Path) -> Result<&'a [u8], String>,
) -> Result<Vec<u8>, String> {
    let source = read(&component.source)?;
    if component.dependencies.is_empty() {
        return Ok(source.to_vec());
    }
    let mut graph = CompositionGraph::new();
    let root = add(&mut graph, "component", source)?;
    let mut nodes: BTreeMap<&Path, Node> = BTreeMap::new();
    for dependency in &component.dependencies {
        let node = match nodes.get(dependency.source.as_path()) {
            Some(node) => *node,
            None => {
                let name = format!("dependency-{}", nodes.len());
                let node = add(&mut graph, &name, read(&dependency.source)?)?;
                nodes.insert(&dependency.source, node);
                node
            }
        };
        satisfy(&mut graph, root, node, dependency)?;
    }
    let exports: Vec<String> = graph.types()[root.world].exports.keys().cloned().collect();
    for export in exports {
        let node = graph
            .alias_instance_export(root.instance, &export)
            .map_err(words)?;
        graph.export(node, &export).map_err(words)?;
    }
    graph.encode(EncodeOptions::default()).map_err(words)
}

/// Adds a component and an instance of it.
fn add(graph: &mut CompositionGraph, name: &str, bytes: &[u8]) -> Result<Node, String> {
    let package = Package::from_bytes(name, None, bytes, graph.types_mut())
        .map_err(|error| format!("a file is no component: {error:#}"))?;
    let world = package.ty();
    let package = graph.register_package(package).map_err(words)?;
    Ok(Node {
        world,
        instance: graph.instantiate(package),
    })
}

/// Gives the dependency's exports to every import that its name matches.
fn satisfy(
    graph: &mut CompositionGraph,
    root: Node,
    node: Node,
    dependency: &Dependency,
) -> Result<(), String> {
    let name = &dependency.name;
    let imports: Vec<String> = graph.types()[root.world]
        .imports
        .keys()
        .filter(|import| name.matches(import))
        .cloned()
        .collect();
    if imports.is_empty() {
        return Err(format!("dependency `{name}` matches no import"));
    }
    for import in imports {
        let export = dependency.export.as_deref().unwrap_or(&import);
        let types = graph.types();
        let wanted = types[root.world].imports.get(&import).copied();
        let given = types[node.world].exports.get(export).copied();
        let (Some(wanted), Some(given)) = (wanted, given) else {
            return Err(format!(
                "{} does not export `{export}`, which `{import}` needs",
                dependency.source.display()
            ));
        };
        let mut cache = Default::default();
        SubtypeChecker::new(&mut cache)
            .is_subtype(given, types, wanted, types)
            .map_err(|error| format!("`{export}` does not fit the import `{import}`: {error:#}"))?;
        let alias = graph
            .alias_instance_export(node.instance, export)
            .map_err(words)?;
        graph
            .set_instantiation_argument(root.instance, &import, alias)
            .map_err(words)?;
    }
    Ok(())
}

fn words(error: impl std::error::Error) -> String {
    error.to_string()
}
