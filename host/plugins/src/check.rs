//! Looks at a component before anything else touches it: is it a plugin of this contract, and does
//! it ask for nothing that it may not have?

use std::collections::BTreeSet;

use contract::about::Kind;
use thiserror::Error;
use wasmparser::component_types::{ComponentEntityType, ComponentItem};
use wasmparser::types::TypesRef;
use wasmparser::{Parser, Payload, Validator, WasmFeatures};
use wasmtime::Engine;

use crate::Limits;

/// Version of the plugin contract (`wit/`) that this host offers.
pub const CONTRACT: &str = "0.1.0";

/// Package of the plugin contract.
const PACKAGE: &str = "kapok:plugin";

/// WASI 0.2 packages that a plugin may import; every one is linked to something without power.
const ALLOWED: [&str; 6] = [
    "wasi:cli",
    "wasi:io",
    "wasi:clocks",
    "wasi:random",
    "wasi:filesystem",
    "wasi:sockets",
];

/// A component that passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    /// Which question it answers.
    pub kind: Kind,
    /// Version of the contract that it was built for.
    pub contract: &'static str,
}

/// Why a component is not taken, in words for its author.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refused {
    /// It is larger than the host looks at.
    #[error(
        "the component has {bytes} bytes, but at most {limit} are taken; build it in release mode, optimised and stripped"
    )]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// It is native code, which nobody can check.
    #[error(
        "this is precompiled native code (.cwasm); upload the WebAssembly component that it was made from, the host compiles it itself"
    )]
    Precompiled,
    /// It is a program or a library of an operating system.
    #[error(
        "this is native code ({format}), which nobody can check; upload the WebAssembly component, the host compiles it itself"
    )]
    NativeCode {
        /// Its format, such as `ELF`.
        format: &'static str,
    },
    /// It is a core module.
    #[error(
        "this is a core WebAssembly module, not a component; build it for the target wasm32-wasip2, or wrap it with `wasm-tools component new`"
    )]
    CoreModule,
    /// It is no valid WebAssembly component, or uses a proposal that the host does not offer.
    #[error("this is no valid WebAssembly component: {detail}")]
    Malformed {
        /// What the parser found.
        detail: String,
    },
    /// It imports what no plugin may have.
    #[error("the component imports `{import}`: {hint}")]
    ForbiddenImport {
        /// The import's full name.
        import: String,
        /// Why not, and the way out.
        hint: &'static str,
    },
    /// It was built for another version of the contract.
    #[error(
        "the component speaks `{found}`, but this host offers version {CONTRACT} of the contract; rebuild it with the SDK of {CONTRACT}"
    )]
    ContractVersion {
        /// The import or export with its version.
        found: String,
    },
    /// An interface is missing.
    #[error(
        "the component does not export `{export}`; every plugin exports `settings`, `about` and its question, which the SDK does by itself"
    )]
    MissingExport {
        /// The interface that is missing.
        export: String,
    },
    /// A function is missing in an interface.
    #[error("the component exports `{export}`, but without the function `{function}`")]
    MissingFunction {
        /// The interface.
        export: String,
        /// The function.
        function: &'static str,
    },
    /// It answers no question at all.
    #[error(
        "the component answers no question; export one of `{PACKAGE}/routing@{CONTRACT}`, `{PACKAGE}/escalation@{CONTRACT}` and `{PACKAGE}/knowledge@{CONTRACT}`"
    )]
    NoQuestion,
    /// It answers several questions.
    #[error(
        "the component answers several questions ({found}); a plugin answers exactly one, so build one component for each"
    )]
    SeveralQuestions {
        /// Their names.
        found: String,
    },
    /// A function has another signature than the contract's, or an import cannot be satisfied.
    #[error(
        "the component does not fit the contract: {detail}; rebuild it with the SDK of {CONTRACT}"
    )]
    Mismatch {
        /// What does not fit.
        detail: String,
    },
    /// Its initial memory, tables or instances are more than a decision may have.
    #[error("the component needs more than a decision may have: {detail}")]
    TooHungry {
        /// What is too much.
        detail: String,
    },
}

/// Checks a component, or an image, which is a component too. Nothing of it is compiled or run.
///
/// # Errors
///
/// [`Refused`] says what is wrong and what to do about it.
pub fn check(bytes: &[u8], limits: &Limits) -> Result<Checked, Refused> {
    if bytes.len() > limits.component_bytes {
        return Err(Refused::TooLarge {
            bytes: bytes.len(),
            limit: limits.component_bytes,
        });
    }
    if Engine::detect_precompiled(bytes).is_some() {
        return Err(Refused::Precompiled);
    }
    if let Some(format) = native_format(bytes) {
        return Err(Refused::NativeCode { format });
    }
    if Parser::is_core_wasm(bytes) {
        return Err(Refused::CoreModule);
    }
    let malformed = |error: wasmparser::BinaryReaderError| Refused::Malformed {
        detail: error.message().to_owned(),
    };
    // Imports come first, because what needs a forbidden one often needs a proposal that is not
    // offered either, and the import's name tells the author more.
    let names = Names::of(bytes).map_err(malformed)?;
    for import in &names.imports {
        check_import(import)?;
    }
    let types = Validator::new_with_features(features())
        .validate_all(bytes)
        .map_err(malformed)?;
    let types = types.as_ref();
    for import in names
        .imports
        .iter()
        .filter(|import| import.starts_with(PACKAGE))
    {
        if !item_functions(types.component_item_for_import(import), &types).is_empty() {
            return forbidden(import, CONTRACT_IMPORT);
        }
    }
    let kind = check_exports(&names.exports, &types)?;
    Ok(Checked {
        kind,
        contract: CONTRACT,
    })
}

/// The format of native code, by its first bytes.
fn native_format(bytes: &[u8]) -> Option<&'static str> {
    const FORMATS: [(&[u8], &str); 6] = [
        (b"\x7fELF", "ELF"),
        (b"MZ", "PE"),
        (b"!<arch>\n", "ar"),
        (b"\xcf\xfa\xed\xfe", "Mach-O"),
        (b"\xce\xfa\xed\xfe", "Mach-O"),
        (b"\xca\xfe\xba\xbe", "Mach-O"),
    ];
    let (_, format) = FORMATS.iter().find(|(magic, _)| bytes.starts_with(magic))?;
    Some(format)
}

/// Proposals that plugins may use. All of them are deterministic; threads, relaxed SIMD, garbage
/// collection, 64-bit memories and the asynchronous component model are left out.
fn features() -> WasmFeatures {
    WasmFeatures::WASM2
        | WasmFeatures::EXTENDED_CONST
        | WasmFeatures::TAIL_CALL
        | WasmFeatures::MULTI_MEMORY
        | WasmFeatures::COMPONENT_MODEL
}

/// Names at the outermost level of a component.
#[derive(Default)]
struct Names {
    imports: Vec<String>,
    exports: BTreeSet<String>,
}

impl Names {
    fn of(bytes: &[u8]) -> Result<Self, wasmparser::BinaryReaderError> {
        let mut names = Self::default();
        let mut depth = 0_u32;
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload?;
            if let Payload::Version { .. } = payload {
                depth += 1;
            } else if let Payload::End(_) = payload {
                depth = depth.saturating_sub(1);
            }
            if depth != 1 {
                continue;
            }
            if let Payload::ComponentImportSection(section) = payload {
                for import in section {
                    names.imports.push(import?.name.name.to_owned());
                }
            } else if let Payload::ComponentExportSection(section) = payload {
                for export in section {
                    names.exports.insert(export?.name.name.to_owned());
                }
            }
        }
        Ok(names)
    }
}

/// An interface's name, taken apart: `wasi:cli/exit@0.2.6`.
struct Name<'a> {
    package: &'a str,
    interface: &'a str,
    version: &'a str,
}

impl<'a> Name<'a> {
    fn parse(name: &'a str) -> Option<Self> {
        let (path, version) = name.split_once('@').unwrap_or((name, ""));
        let (package, interface) = path.split_once('/')?;
        Some(Self {
            package,
            interface,
            version,
        })
    }
}

const NOT_WASI: &str = "a plugin may import nothing but WASI 0.2; what it needs to know is in the question and the settings";
const CONTRACT_IMPORT: &str = "a plugin exports the contract's interfaces and imports none; a component that imports one is an adapter in front of a plugin";
const NOT_0_2: &str =
    "only version 0.2 of WASI is offered to plugins; build for the target wasm32-wasip2";
const NETWORK: &str = "a plugin has no network, because its answer may depend on nothing but the question and the settings; remove the HTTP client, or put an adapter in front of the plugin";
const POWER: &str = "a plugin may import only WASI 0.2 cli, io, clocks, random, filesystem and sockets, which carry no power here; remove the dependency that brings this import";

fn forbidden<T>(import: &str, hint: &'static str) -> Result<T, Refused> {
    Err(Refused::ForbiddenImport {
        import: import.to_owned(),
        hint,
    })
}

/// Whether an import may stay, by its name.
fn check_import(import: &str) -> Result<(), Refused> {
    let Some(name) = Name::parse(import) else {
        return forbidden(import, NOT_WASI);
    };
    if name.package == PACKAGE {
        return match (name.version, name.interface) {
            (CONTRACT, "types") => Ok(()),
            (CONTRACT, _) => forbidden(import, CONTRACT_IMPORT),
            _ => Err(Refused::ContractVersion {
                found: import.to_owned(),
            }),
        };
    }
    if ALLOWED.contains(&name.package) {
        return if name.version.starts_with("0.2.") {
            Ok(())
        } else {
            forbidden(import, NOT_0_2)
        };
    }
    match name.package {
        "wasi:http" => forbidden(import, NETWORK),
        _ => forbidden(import, POWER),
    }
}

/// Which question the exports answer.
fn check_exports(exports: &BTreeSet<String>, types: &TypesRef<'_>) -> Result<Kind, Refused> {
    for export in exports {
        if let Some(name) = Name::parse(export)
            && name.package == PACKAGE
            && name.version != CONTRACT
        {
            return Err(Refused::ContractVersion {
                found: export.clone(),
            });
        }
    }
    let present = |kind: &Kind| exports.contains(&full_name(kind.name()));
    let found: Vec<Kind> = Kind::ALL.into_iter().filter(present).collect();
    let kind = match found.as_slice() {
        [] => return Err(Refused::NoQuestion),
        [kind] => *kind,
        several => {
            let names: Vec<&str> = several.iter().map(|kind| kind.name()).collect();
            return Err(Refused::SeveralQuestions {
                found: names.join(", "),
            });
        }
    };
    let question = match kind {
        Kind::Routing => "route",
        Kind::Escalation => "escalate",
        Kind::Knowledge => "check",
    };
    for (interface, function) in [
        ("settings", "configure"),
        ("about", "describe"),
        (kind.name(), question),
    ] {
        let export = full_name(interface);
        if !exports.contains(&export) {
            return Err(Refused::MissingExport { export });
        }
        let functions = item_functions(types.component_item_for_export(&export), types);
        if !functions.contains(&function) {
            return Err(Refused::MissingFunction { export, function });
        }
    }
    Ok(kind)
}

fn full_name(interface: &str) -> String {
    format!("{PACKAGE}/{interface}@{CONTRACT}")
}

/// Names of the functions of an interface; none if the item is no interface.
fn item_functions<'a>(item: Option<&ComponentItem>, types: &'a TypesRef<'_>) -> Vec<&'a str> {
    let Some(ComponentItem {
        ty: ComponentEntityType::Instance(id),
        ..
    }) = item
    else {
        return Vec::new();
    };
    types[*id]
        .exports
        .iter()
        .filter(|(_, item)| matches!(item.ty, ComponentEntityType::Func(_)))
        .map(|(name, _)| name.as_str())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A component with these imports and with exports of the form `interface@version#function`.
    fn component(imports: &[&str], exports: &[&str]) -> Vec<u8> {
        let imports: String = imports
            .iter()
            .map(|name| format!("(import \"{name}\" (instance))\n"))
            .collect();
        let exports: String = exports
            .iter()
            .map(|export| {
                let (interface, function) = export.split_once('#').expect("a function");
                format!(
                    "(instance $i{n} (export \"{function}\" (func $f)))\n\
                     (export \"kapok:plugin/{interface}\" (instance $i{n}))\n",
                    n = export.len() + export.bytes().map(usize::from).sum::<usize>(),
                )
            })
            .collect();
        let text = format!(
            "(component {imports}
               (core module $m (func (export \"f\")))
               (core instance $m (instantiate $m))
               (func $f (canon lift (core func $m \"f\")))
               {exports})"
        );
        wat::parse_str(text).expect("a component")
    }

    const SETTINGS: &str = "settings@0.1.0#configure";
    const ABOUT: &str = "about@0.1.0#describe";
    const ROUTE: &str = "routing@0.1.0#route";
    const CHECK: &str = "knowledge@0.1.0#check";
    const WHOLE: [&str; 3] = [SETTINGS, ABOUT, ROUTE];

    #[track_caller]
    fn accept(bytes: &[u8], kind: Kind) {
        assert_eq!(
            check(bytes, &Limits::shipped()),
            Ok(Checked {
                kind,
                contract: CONTRACT
            })
        );
    }

    /// Refused, and the text names what the author has to look for.
    #[track_caller]
    fn refuse(bytes: &[u8], words: &[&str]) {
        let text = check(bytes, &Limits::shipped())
            .expect_err("refused")
            .to_string();
        for word in words {
            assert!(text.contains(word), "`{text}` lacks `{word}`");
        }
    }

    #[test]
    fn whole_plugins_pass() {
        accept(&component(&[], &WHOLE), Kind::Routing);
        accept(&component(&[], &[SETTINGS, ABOUT, CHECK]), Kind::Knowledge);
        accept(
            &component(&[], &[SETTINGS, ABOUT, "escalation@0.1.0#escalate"]),
            Kind::Escalation,
        );
        let powerless = [
            "wasi:cli/environment@0.2.6",
            "wasi:io/streams@0.2.0",
            "wasi:clocks/wall-clock@0.2.6",
            "wasi:random/random@0.2.6",
            "wasi:filesystem/types@0.2.6",
            "wasi:sockets/tcp@0.2.6",
            "kapok:plugin/types@0.1.0",
        ];
        accept(&component(&powerless, &WHOLE), Kind::Routing);
    }

    #[test]
    fn imports_with_power_are_refused_by_name() {
        for (import, words) in [
            (
                "wasi:http/outgoing-handler@0.2.6",
                ["no network", "remove the HTTP client"],
            ),
            (
                "wasi:keyvalue/store@0.2.0",
                ["only WASI 0.2", "remove the dependency"],
            ),
            (
                "wasi:cli/environment@0.3.0",
                ["only version 0.2", "wasm32-wasip2"],
            ),
            ("kapok:plugin/routing@0.1.0", ["imports none", "adapter"]),
            ("kapok:plugin/types@0.2.0", ["0.1.0", "rebuild"]),
            (
                "fermyon:spin/llm",
                ["only WASI 0.2", "remove the dependency"],
            ),
        ] {
            let [first, second] = words;
            refuse(&component(&[import], &WHOLE), &[import, first, second]);
        }
        let function = wat::parse_str("(component (import \"log\" (func)))").expect("a component");
        refuse(&function, &["`log`", "nothing but WASI 0.2"]);
        let typed = "(component (import \"kapok:plugin/types@0.1.0\"
            (instance (export \"spy\" (func)))))";
        refuse(
            &wat::parse_str(typed).expect("a component"),
            &["kapok:plugin/types@0.1.0"],
        );
    }

    #[test]
    fn exports_must_be_the_contract() {
        refuse(
            &component(&[], &[SETTINGS, ABOUT]),
            &["no question", "kapok:plugin/routing@0.1.0"],
        );
        refuse(
            &component(&[], &[ABOUT, ROUTE]),
            &["kapok:plugin/settings@0.1.0"],
        );
        refuse(
            &component(&[], &[SETTINGS, ROUTE]),
            &["kapok:plugin/about@0.1.0"],
        );
        refuse(
            &component(&[], &[SETTINGS, ABOUT, "routing@0.1.0#rout"]),
            &["function `route`"],
        );
        refuse(
            &component(&[], &[SETTINGS, ABOUT, ROUTE, CHECK]),
            &["routing, knowledge"],
        );
        refuse(
            &component(&[], &[SETTINGS, ABOUT, "routing@0.2.0#route"]),
            &["kapok:plugin/routing@0.2.0", "version 0.1.0", "rebuild"],
        );
    }

    #[test]
    fn what_is_no_component_is_refused() {
        refuse(b"", &["no valid WebAssembly component"]);
        refuse(b"#!/bin/sh", &["no valid WebAssembly component"]);
        let whole = component(&[], &WHOLE);
        refuse(
            whole.get(..whole.len() - 9).expect("longer"),
            &["no valid WebAssembly component"],
        );
        refuse(
            &wat::parse_str("(module)").expect("a module"),
            &["core WebAssembly module"],
        );
        let precompiled = Engine::default()
            .precompile_component(&whole)
            .expect("compiles");
        refuse(&precompiled, &["precompiled native code"]);
        refuse(
            b"\x7fELF\x02\x01\x01",
            &["native code (ELF)", "the host compiles it itself"],
        );
        refuse(b"MZ\x90\0", &["native code (PE)"]);
        let threads = "(component (core module (memory 1 1 shared)))";
        refuse(&wat::parse_str(threads).expect("a component"), &["threads"]);
        let small = Limits {
            component_bytes: 10,
            ..Limits::shipped()
        };
        let limit = Refused::TooLarge {
            bytes: whole.len(),
            limit: 10,
        };
        assert_eq!(check(&whole, &small), Err(limit));
    }
}
