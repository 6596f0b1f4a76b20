//! Bakes rule images: the component is instantiated, `configure` runs once with the settings, and
//! its memory is frozen into a new component. Clock and random numbers are fixed meanwhile, so that
//! the same component and settings give the same bytes.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;

use contract::about::{Description, Kind};
use contract::types::Instant;
use sha2::{Digest as _, Sha256};
use wasmtime::Store;
use wasmtime::component::{Component, Instance};
use wasmtime_wizer::{ComponentContext, WasmtimeWizerComponent, Wizer};

use crate::answer::Failure;
use crate::bindings::{about, escalation, knowledge, routing, settings};
use crate::cache::compile;
use crate::check::{Checked, check};
use crate::guest::Guest;
use crate::image::{Image, digest};
use crate::machine::{MEMORIES_MAX, Machine, TABLES_MAX, ticks};
use crate::{ENGINE, Error, Limits, Refused};

/// The instant at which every image is baked: 2026-01-01T00:00:00+08:00.
const BAKED_AT: Instant = Instant {
    unix_ms: 1_767_196_800_000,
};

/// Largest description, schema included, and largest list of problems.
const DESCRIPTION_BYTES_MAX: usize = 1 << 20;

/// Size of a page of WebAssembly memory.
const WASM_PAGE_BYTES: u64 = 64 << 10;

/// A deadline that is never reached, and does not overflow when the current epoch is added.
const EPOCH_NEVER: u64 = u64::MAX / 2;

/// Makes rule images.
pub struct Baker {
    machine: Machine,
    limits: Limits,
    decision: Limits,
}

impl Baker {
    /// A baker with its own engine, because baking needs other limits than decisions do.
    ///
    /// # Errors
    ///
    /// The engine does not start.
    pub fn new(limits: &Limits) -> Result<Self, Error> {
        let decision = limits.clone();
        let limits = Limits {
            fuel: limits.bake_fuel,
            wall_clock: limits.bake_wall_clock,
            memory_bytes: limits.bake_memory_bytes,
            result_bytes: DESCRIPTION_BYTES_MAX,
            ..limits.clone()
        };
        Ok(Self {
            machine: Machine::for_baking()?,
            limits,
            decision,
        })
    }

    /// Bakes a component with its settings, given as JSON text, into an image.
    ///
    /// # Errors
    ///
    /// The component is refused, the plugin finds problems in the settings (with their paths), or it
    /// fails while it is configured.
    pub fn bake(&self, component: &[u8], settings: &str) -> Result<Image, Error> {
        let checked = check(component, &self.limits)?;
        let prepared = self.prepare(component, checked)?;
        let bytes = prepared.freeze(settings)?;
        prepared.finish(bytes, settings)
    }

    /// Prepares a component that was checked for its snapshot, and compiles it.
    pub(crate) fn prepare<'a>(
        &'a self,
        component: &'a [u8],
        checked: Checked,
    ) -> Result<Prepared<'a>, Error> {
        let mut wizer = Wizer::new();
        wizer.keep_init_func(true);
        let (context, instrumented) =
            unwinding(|| wizer.instrument_component(component))?.map_err(cannot_bake)?;
        let compiled = compile(&self.machine.engine, &instrumented)?;
        Ok(Prepared {
            baker: self,
            component,
            checked,
            wizer,
            context,
            compiled,
        })
    }

    /// What the plugin in a compiled component says about itself.
    fn describe(
        &self,
        compiled: &Component,
        seed: &[u8],
        checked: Checked,
    ) -> Result<Description, Error> {
        let mut store = self.store(seed).map_err(Error::engine)?;
        let about = fit(&self.machine, &mut store, compiled, checked.kind)?;
        let description = about.call_describe(store).map_err(|error| {
            let Failure { kind, detail } = Failure::of(&error);
            Error::Guest {
                function: "about.describe",
                kind,
                detail,
            }
        })?;
        let description = Description::from(description);
        if description.kind != checked.kind {
            return Err(Error::KindMismatch {
                described: description.kind,
                exported: checked.kind,
            });
        }
        Ok(description)
    }

    fn store(&self, seed: &[u8]) -> wasmtime::Result<Store<Guest>> {
        let guest = Guest::new(BAKED_AT, Sha256::digest(seed).into(), &self.limits);
        let mut store = Store::new(&self.machine.engine, guest);
        Guest::limit(&mut store, &self.limits, self.limits.fuel)?;
        store.set_epoch_deadline(ticks(self.limits.wall_clock));
        Ok(store)
    }
}

/// A component that is compiled and has not been configured yet.
pub(crate) struct Prepared<'a> {
    baker: &'a Baker,
    component: &'a [u8],
    checked: Checked,
    wizer: Wizer,
    context: ComponentContext<'a>,
    compiled: Component,
}

impl Prepared<'_> {
    /// What the plugin says about itself, which it can before it is configured.
    pub(crate) fn describe(&self) -> Result<Description, Error> {
        self.baker
            .describe(&self.compiled, self.component, self.checked)
    }

    /// Runs `configure` and takes the snapshot: the bytes of the image.
    pub(crate) fn freeze(&self, settings: &str) -> Result<Vec<u8>, Error> {
        let mut store = self.baker.store(self.component).map_err(Error::engine)?;
        let instance = self.configure(&mut store, settings)?;
        // What follows is the host's own reading of the guest's memory, which must not fail half-way
        // because the guest has used up its limits.
        store.set_fuel(u64::MAX).map_err(Error::engine)?;
        store.set_epoch_deadline(EPOCH_NEVER);
        store.set_hostcall_fuel(usize::MAX);
        let mut state = WasmtimeWizerComponent {
            store: &mut store,
            instance,
        };
        unwinding(|| block_on(self.wizer.snapshot_component(&self.context, &mut state)))?
            .map_err(cannot_bake)
    }

    /// Makes the image of these bytes, and shows that it can be compiled and instantiated, that a
    /// decision has room for it, and that its functions have the contract's signatures.
    pub(crate) fn finish(&self, bytes: Vec<u8>, settings: &str) -> Result<Image, Error> {
        let compiled = compile(&self.baker.machine.engine, &bytes)?;
        fits(&compiled, &self.baker.decision)?;
        let description = self.baker.describe(&compiled, &bytes, self.checked)?;
        Ok(Image {
            image: digest(&bytes),
            bytes,
            component: digest(self.component),
            settings: digest(settings.as_bytes()),
            description,
            engine: ENGINE.to_owned(),
        })
    }

    /// Instantiates the component and configures the instance.
    fn configure(&self, store: &mut Store<Guest>, settings: &str) -> Result<Instance, Error> {
        let failed = |error: &wasmtime::Error, store: &mut Store<Guest>| {
            let Failure { kind, mut detail } = Failure::of(error);
            // Nobody's order is concerned here: what the guest wrote is its author's own, such as the
            // traceback of an exception.
            if let Some((text, _)) = store.data_mut().take_log() {
                detail = format!("{detail}; it wrote:\n{}", text.trim_end());
            }
            Error::Guest {
                function: "settings.configure",
                kind,
                detail,
            }
        };
        let linker = &self.baker.machine.linker;
        let pre = linker.instantiate_pre(&self.compiled).map_err(mismatch)?;
        let functions = settings::GuestIndices::new(&pre).map_err(mismatch)?;
        let instance = pre
            .instantiate(&mut *store)
            .map_err(|error| failed(&error, store))?;
        let functions = functions.load(&mut *store, &instance).map_err(mismatch)?;
        let reply = functions
            .call_configure(&mut *store, settings)
            .map_err(|error| failed(&error, store))?;
        match reply {
            Ok(()) => Ok(instance),
            Err(problems) => Err(Error::Settings {
                problems: problems.into_iter().map(Into::into).collect(),
            }),
        }
    }
}

/// Whether a decision has room for the image as it begins; without this, a plugin that fills its
/// memory while it is configured would only fail in its first decision.
fn fits(component: &Component, decision: &Limits) -> Result<(), Refused> {
    let Some(needs) = component.resources_required() else {
        return Ok(());
    };
    let memory = needs
        .max_initial_memory_size
        .unwrap_or(0)
        .saturating_mul(WASM_PAGE_BYTES);
    let table = needs.max_initial_table_size.unwrap_or(0);
    let too_much =
        |needs: u64, has: usize| usize::try_from(needs).map_or(true, |needs| needs > has);
    let detail = if too_much(memory, decision.memory_bytes) {
        format!(
            "{memory} bytes of memory after `configure`, of {}",
            decision.memory_bytes
        )
    } else if too_much(table, decision.table_elements) {
        format!(
            "a table of {table} elements, of {}",
            decision.table_elements
        )
    } else if needs.num_memories > MEMORIES_MAX {
        format!("{} memories, of {MEMORIES_MAX}", needs.num_memories)
    } else if needs.num_tables > TABLES_MAX {
        format!("{} tables, of {TABLES_MAX}", needs.num_tables)
    } else {
        return Ok(());
    };
    Err(Refused::TooHungry { detail })
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "used as a function value in map_err"
)]
fn cannot_bake(error: wasmtime::Error) -> Error {
    Error::Bake {
        detail: format!("{error:#}"),
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "used as a function value in map_err"
)]
fn mismatch(error: wasmtime::Error) -> Error {
    Refused::Mismatch {
        detail: format!("{error:#}"),
    }
    .into()
}

/// The rewriter gives up by panicking on components that it has not been taught. An upload must not
/// take the host with it.
fn unwinding<R>(work: impl FnOnce() -> R) -> Result<R, Error> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no reason given");
        Error::Bake {
            detail: format!("the rewriter does not know this form of component: {text}"),
        }
    })
}

/// Instantiates a component and looks its functions up, which checks their types.
pub(crate) fn fit(
    machine: &Machine,
    store: &mut Store<Guest>,
    component: &Component,
    kind: Kind,
) -> Result<about::Guest, Error> {
    let failed = |error: wasmtime::Error| {
        let Failure { kind, detail } = Failure::of(&error);
        let function = "instantiate";
        Error::Guest {
            function,
            kind,
            detail,
        }
    };
    let pre = machine
        .linker
        .instantiate_pre(component)
        .map_err(mismatch)?;
    let instance = pre.instantiate(&mut *store).map_err(failed)?;
    let question = match kind {
        Kind::Routing => routing::GuestIndices::new(&pre)
            .and_then(|indices| indices.load(&mut *store, &instance))
            .map(drop),
        Kind::Escalation => escalation::GuestIndices::new(&pre)
            .and_then(|indices| indices.load(&mut *store, &instance))
            .map(drop),
        Kind::Knowledge => knowledge::GuestIndices::new(&pre)
            .and_then(|indices| indices.load(&mut *store, &instance))
            .map(drop),
    };
    question.map_err(mismatch)?;
    about::GuestIndices::new(&pre)
        .and_then(|indices| indices.load(store, &instance))
        .map_err(mismatch)
}

/// Drives a future that never waits: nothing that a guest can reach does.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::yield_now(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panicking_rewriter_is_an_error_with_its_words() {
        let error = unwinding(|| panic!("no {}", "v128")).expect_err("an error");
        assert!(error.to_string().ends_with("no v128"), "{error}");
    }
}
