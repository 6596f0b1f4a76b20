//! Bakes rule images: the component is instantiated, `configure` runs once with the settings, and
//! its memory is frozen into a new component. Clock and random numbers are fixed meanwhile, so that
//! the same component and settings give the same bytes.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;

use contract::about::{Description, Problem};
use contract::types::Instant;
use sha2::{Digest as _, Sha256};
use wasmtime::Store;
use wasmtime::component::{Component, Val, wasm_wave};
use wasmtime_wizer::Wizer;

use crate::answer::Failure;
use crate::bindings::{about, escalation, knowledge, routing};
use crate::check::{Checked, check};
use crate::guest::Guest;
use crate::image::{Image, digest};
use crate::machine::{Machine, ticks};
use crate::{ENGINE, Error, Limits, Refused};

/// The instant at which every image is baked: 2026-01-01T00:00:00+08:00.
const BAKED_AT: Instant = Instant { unix_ms: 1_767_196_800_000 };

/// Makes rule images.
pub struct Baker {
    machine: Machine,
    limits: Limits,
}

impl Baker {
    /// A baker with its own engine, because baking needs other limits than decisions do.
    ///
    /// # Errors
    ///
    /// The engine does not start.
    pub fn new(limits: &Limits) -> Result<Self, Error> {
        let limits = Limits {
            fuel: limits.bake_fuel,
            wall_clock: limits.bake_wall_clock,
            memory_bytes: limits.bake_memory_bytes,
            // The component's own memory comes back through the same door while it is frozen.
            result_bytes: limits.bake_memory_bytes,
            ..limits.clone()
        };
        Ok(Self { machine: Machine::for_baking()?, limits })
    }

    /// Bakes a component with its settings, given as JSON text, into an image.
    ///
    /// # Errors
    ///
    /// The component is refused, the plugin finds problems in the settings (with their paths), or it
    /// fails while it is configured.
    pub fn bake(&self, component: &[u8], settings: &str) -> Result<Image, Error> {
        let checked = check(component, &self.limits)?;
        let bytes = self.freeze(component, settings)?;
        let description = self.describe(&bytes, checked)?;
        if description.kind != checked.kind {
            return Err(Error::KindMismatch {
                described: description.kind,
                exported: checked.kind,
            });
        }
        Ok(Image {
            image: digest(&bytes),
            bytes,
            component: digest(component),
            settings: digest(settings.as_bytes()),
            description,
            engine: ENGINE.to_owned(),
        })
    }

    /// Runs `configure` and takes the snapshot.
    fn freeze(&self, component: &[u8], settings: &str) -> Result<Vec<u8>, Error> {
        let json = wasm_wave::to_string(&Val::String(settings.to_owned()))
            .map_err(|error| Error::Bake { detail: error.to_string() })?;
        let mut wizer = Wizer::new();
        wizer.init_func(format!("kapok:plugin/settings.configure@0.1.0({json})"));
        wizer.keep_init_func(true);
        let mut store = self.store(component).map_err(Error::engine)?;
        let linker = &self.machine.linker;
        let (bytes, results) = block_on(wizer.run_component(
            &mut store,
            component,
            async |store, component| linker.instantiate_async(store, component).await,
        ))
        .map_err(|error| self.failed(&error))?;
        match problems(&results) {
            Some(problems) if problems.is_empty() => Ok(bytes),
            Some(problems) => Err(Error::Settings { problems }),
            None => Err(Refused::Mismatch {
                detail: "`configure` gives another result than the contract's".to_owned(),
            }
            .into()),
        }
    }

    /// Reads the plugin's description from the finished image, which also shows that the image can
    /// be compiled and instantiated and that its functions have the contract's signatures.
    fn describe(&self, image: &[u8], checked: Checked) -> Result<Description, Error> {
        let component = crate::cache::compile(&self.machine.engine, image)?;
        let store = self.store(image).map_err(Error::engine)?;
        describe(&self.machine, store, &component, checked)
    }

    fn store(&self, seed: &[u8]) -> wasmtime::Result<Store<Guest>> {
        let guest = Guest::new(BAKED_AT, Sha256::digest(seed).into(), &self.limits);
        let mut store = Store::new(&self.machine.engine, guest);
        Guest::limit(&mut store, &self.limits, self.limits.fuel)?;
        store.set_epoch_deadline(ticks(self.limits.wall_clock));
        Ok(store)
    }

    /// A guest that fails is told apart from a component that cannot be frozen.
    fn failed(&self, error: &wasmtime::Error) -> Error {
        let failure = Failure::of(error);
        let in_guest = error.is::<wasmtime::Trap>()
            || failure.kind != lifecycle::advice::FailureKind::Trapped;
        if in_guest {
            let Failure { kind, detail } = failure;
            Error::Guest { function: "settings.configure", kind, detail }
        } else {
            Error::Bake { detail: format!("{error:#}") }
        }
    }
}

/// Calls `about.describe` and loads the question's functions, which checks their types.
pub(crate) fn describe(
    machine: &Machine,
    mut store: Store<Guest>,
    component: &Component,
    checked: Checked,
) -> Result<Description, Error> {
    let mismatch =
        |error: wasmtime::Error| Refused::Mismatch { detail: format!("{error:#}") };
    let pre = machine.linker.instantiate_pre(component).map_err(mismatch)?;
    let indices = about::GuestIndices::new(&pre).map_err(mismatch)?;
    let failed = |error: wasmtime::Error| {
        let Failure { kind, detail } = Failure::of(&error);
        Error::Guest { function: "about.describe", kind, detail }
    };
    // Baking runs on fibers, whose stacks this store has no need of.
    let instance = pre.instantiate(&mut store).map_err(failed)?;
    let about = indices.load(&mut store, &instance).map_err(mismatch)?;
    match checked.kind {
        contract::about::Kind::Routing => routing::GuestIndices::new(&pre)
            .and_then(|indices| indices.load(&mut store, &instance))
            .map(drop),
        contract::about::Kind::Escalation => escalation::GuestIndices::new(&pre)
            .and_then(|indices| indices.load(&mut store, &instance))
            .map(drop),
        contract::about::Kind::Knowledge => knowledge::GuestIndices::new(&pre)
            .and_then(|indices| indices.load(&mut store, &instance))
            .map(drop),
    }
    .map_err(mismatch)?;
    Ok(about.call_describe(&mut store).map_err(failed)?.into())
}

/// What `configure` said: `result<_, list<problem>>`, not yet typed. `None` for any other shape.
fn problems(results: &[Val]) -> Option<Vec<Problem>> {
    match results {
        [Val::Result(Ok(_))] => Some(Vec::new()),
        [Val::Result(Err(Some(list)))] => match list.as_ref() {
            Val::List(list) => list.iter().map(problem).collect(),
            _ => None,
        },
        _ => None,
    }
}

fn problem(value: &Val) -> Option<Problem> {
    let Val::Record(fields) = value else { return None };
    let text = |name: &str| {
        fields.iter().find_map(|(field, value)| match value {
            Val::String(text) if field == name => Some(text.clone()),
            _ => None,
        })
    };
    Some(Problem { path: text("path")?, message: text("message")? })
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
