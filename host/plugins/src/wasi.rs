//! WASI 0.2 without power. Language runtimes import much of it whether they use it or not, so it is
//! there, but it leads nowhere: no arguments, no environment, no directories, no sockets; the clocks
//! stand at the order's instant, random numbers follow from the decision, and what is written goes
//! to a bounded log.
//!
//! Nothing here waits. A host call is not interrupted by fuel or epochs, so a guest that could sleep
//! could hold its slot for ever; here every pollable is ready at once.

use std::sync::{Arc, Mutex};

use thiserror::Error;
use wasmtime::Result;
use wasmtime::component::{HasData, HasSelf, Linker, Resource};
use wasmtime_wasi::filesystem::{WasiFilesystem, WasiFilesystemView as _};
use wasmtime_wasi::p2::bindings::clocks::{monotonic_clock, wall_clock};
use wasmtime_wasi::p2::bindings::random::{insecure, insecure_seed, random};
use wasmtime_wasi::p2::bindings::sockets::{instance_network, ip_name_lookup, network};
use wasmtime_wasi::p2::bindings::sync::io::{poll, streams};
use wasmtime_wasi::p2::bindings::sync::{filesystem, sockets};
use wasmtime_wasi::p2::bindings::{cli, filesystem::preopens};
use wasmtime_wasi::p2::{
    DynInputStream, DynOutputStream, DynPollable, Pollable, SocketError, SocketResult, StreamError,
    StreamResult, subscribe,
};
use wasmtime_wasi::sockets::{WasiSockets, WasiSocketsView as _};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_io::bytes::Bytes;
use wasmtime_wasi_io::{async_trait, bindings::wasi::io::error};

use crate::guest::{Guest, Log, lock};

/// Most random bytes that a guest gets in one call.
const RANDOM_BYTES_MAX: u64 = 64 << 10;

/// What the clocks can tell apart: the contract's instants are milliseconds.
const RESOLUTION_NS: u64 = 1_000_000;

/// Bytes that a guest may write in one call, as WASI itself says for the blocking calls.
const WRITE_BYTES_MAX: usize = 4096;

/// The guest ended itself, which no function of the contract may do.
#[derive(Debug, Error)]
#[error("the guest called `exit` instead of returning")]
pub(crate) struct Exited;

/// The guest asked for more random numbers than any plugin needs.
#[derive(Debug, Error)]
#[error("the guest asked for {0} random bytes at once; at most {RANDOM_BYTES_MAX} are given")]
struct TooRandom(u64);

/// Links every interface of [`crate::check::check`]'s allowed list.
pub(crate) fn link(linker: &mut Linker<Guest>) -> Result<()> {
    type Own = HasSelf<Guest>;
    // The contract's own types come as an instance without functions.
    linker.instance("kapok:plugin/types@0.1.0")?;
    cli::environment::add_to_linker::<Guest, Own>(linker, own)?;
    cli::exit::add_to_linker::<Guest, Own>(linker, own)?;
    cli::stdin::add_to_linker::<Guest, Own>(linker, own)?;
    cli::stdout::add_to_linker::<Guest, Own>(linker, own)?;
    cli::stderr::add_to_linker::<Guest, Own>(linker, own)?;
    cli::terminal_input::add_to_linker::<Guest, Own>(linker, own)?;
    cli::terminal_output::add_to_linker::<Guest, Own>(linker, own)?;
    cli::terminal_stdin::add_to_linker::<Guest, Own>(linker, own)?;
    cli::terminal_stdout::add_to_linker::<Guest, Own>(linker, own)?;
    cli::terminal_stderr::add_to_linker::<Guest, Own>(linker, own)?;
    error::add_to_linker::<Guest, HasTable>(linker, |guest| &mut guest.table)?;
    poll::add_to_linker::<Guest, Own>(linker, own)?;
    streams::add_to_linker::<Guest, Own>(linker, own)?;
    wall_clock::add_to_linker::<Guest, Own>(linker, own)?;
    monotonic_clock::add_to_linker::<Guest, Own>(linker, own)?;
    random::add_to_linker::<Guest, Own>(linker, own)?;
    insecure::add_to_linker::<Guest, Own>(linker, own)?;
    insecure_seed::add_to_linker::<Guest, Own>(linker, own)?;
    // Files and sockets hang on handles that a guest never gets, so that only the functions which
    // would make the first handle are ever reached.
    preopens::add_to_linker::<Guest, WasiFilesystem>(linker, Guest::filesystem)?;
    filesystem::types::add_to_linker::<Guest, WasiFilesystem>(linker, Guest::filesystem)?;
    let options = network::LinkOptions::default();
    network::add_to_linker::<Guest, WasiSockets>(linker, &options, Guest::sockets)?;
    instance_network::add_to_linker::<Guest, WasiSockets>(linker, Guest::sockets)?;
    ip_name_lookup::add_to_linker::<Guest, WasiSockets>(linker, Guest::sockets)?;
    sockets::tcp::add_to_linker::<Guest, WasiSockets>(linker, Guest::sockets)?;
    sockets::udp::add_to_linker::<Guest, WasiSockets>(linker, Guest::sockets)?;
    sockets::tcp_create_socket::add_to_linker::<Guest, Own>(linker, own)?;
    sockets::udp_create_socket::add_to_linker::<Guest, Own>(linker, own)?;
    Ok(())
}

fn own(guest: &mut Guest) -> &mut Guest {
    guest
}

struct HasTable;

impl HasData for HasTable {
    type Data<'a> = &'a mut wasmtime::component::ResourceTable;
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let ctx = self.wasi.get_or_insert_with(|| {
            WasiCtx::builder()
                .allow_tcp(false)
                .allow_udp(false)
                .allow_ip_name_lookup(false)
                .build()
        });
        WasiCtxView {
            ctx,
            table: &mut self.table,
        }
    }
}

impl cli::environment::Host for Guest {
    fn get_environment(&mut self) -> Result<Vec<(String, String)>> {
        Ok(Vec::new())
    }

    fn get_arguments(&mut self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn initial_cwd(&mut self) -> Result<Option<String>> {
        Ok(None)
    }
}

impl cli::exit::Host for Guest {
    fn exit(&mut self, _status: std::result::Result<(), ()>) -> Result<()> {
        Err(Exited.into())
    }

    fn exit_with_code(&mut self, _code: u8) -> Result<()> {
        Err(Exited.into())
    }
}

impl cli::stdin::Host for Guest {
    fn get_stdin(&mut self) -> Result<Resource<DynInputStream>> {
        let stream: DynInputStream = Box::new(Closed);
        Ok(self.table.push(stream)?)
    }
}

impl cli::stdout::Host for Guest {
    fn get_stdout(&mut self) -> Result<Resource<DynOutputStream>> {
        let stream: DynOutputStream = Box::new(LogStream(self.log()));
        Ok(self.table.push(stream)?)
    }
}

impl cli::stderr::Host for Guest {
    fn get_stderr(&mut self) -> Result<Resource<DynOutputStream>> {
        cli::stdout::Host::get_stdout(self)
    }
}

impl cli::terminal_input::Host for Guest {}
impl cli::terminal_input::HostTerminalInput for Guest {
    fn drop(&mut self, terminal: Resource<cli::terminal_input::TerminalInput>) -> Result<()> {
        self.table.delete(terminal)?;
        Ok(())
    }
}

impl cli::terminal_output::Host for Guest {}
impl cli::terminal_output::HostTerminalOutput for Guest {
    fn drop(&mut self, terminal: Resource<cli::terminal_output::TerminalOutput>) -> Result<()> {
        self.table.delete(terminal)?;
        Ok(())
    }
}

impl cli::terminal_stdin::Host for Guest {
    fn get_terminal_stdin(
        &mut self,
    ) -> Result<Option<Resource<cli::terminal_input::TerminalInput>>> {
        Ok(None)
    }
}

impl cli::terminal_stdout::Host for Guest {
    fn get_terminal_stdout(
        &mut self,
    ) -> Result<Option<Resource<cli::terminal_output::TerminalOutput>>> {
        Ok(None)
    }
}

impl cli::terminal_stderr::Host for Guest {
    fn get_terminal_stderr(
        &mut self,
    ) -> Result<Option<Resource<cli::terminal_output::TerminalOutput>>> {
        Ok(None)
    }
}

impl wall_clock::Host for Guest {
    fn now(&mut self) -> Result<wall_clock::Datetime> {
        let ms = u64::try_from(self.now.unix_ms).unwrap_or(0);
        let nanoseconds = u32::try_from(ms % 1000 * 1_000_000).unwrap_or(0);
        Ok(wall_clock::Datetime {
            seconds: ms / 1000,
            nanoseconds,
        })
    }

    fn resolution(&mut self) -> Result<wall_clock::Datetime> {
        Ok(wall_clock::Datetime {
            seconds: 0,
            nanoseconds: 1_000_000,
        })
    }
}

impl monotonic_clock::Host for Guest {
    fn now(&mut self) -> Result<u64> {
        Ok(u64::try_from(self.now.unix_ms)
            .unwrap_or(0)
            .saturating_mul(1_000_000))
    }

    fn resolution(&mut self) -> Result<u64> {
        Ok(RESOLUTION_NS)
    }

    fn subscribe_instant(&mut self, _when: u64) -> Result<Resource<DynPollable>> {
        let always = self.table.push(Always)?;
        subscribe(&mut self.table, always)
    }

    fn subscribe_duration(&mut self, _when: u64) -> Result<Resource<DynPollable>> {
        monotonic_clock::Host::subscribe_instant(self, 0)
    }
}

impl random::Host for Guest {
    fn get_random_bytes(&mut self, len: u64) -> Result<Vec<u8>> {
        if len > RANDOM_BYTES_MAX {
            return Err(TooRandom(len).into());
        }
        let mut bytes = vec![0; usize::try_from(len)?];
        self.random.fill(&mut bytes);
        Ok(bytes)
    }

    fn get_random_u64(&mut self) -> Result<u64> {
        Ok(self.random.next_u64())
    }
}

impl insecure::Host for Guest {
    fn get_insecure_random_bytes(&mut self, len: u64) -> Result<Vec<u8>> {
        random::Host::get_random_bytes(self, len)
    }

    fn get_insecure_random_u64(&mut self) -> Result<u64> {
        Ok(self.random.next_u64())
    }
}

impl insecure_seed::Host for Guest {
    fn insecure_seed(&mut self) -> Result<(u64, u64)> {
        Ok((self.random.next_u64(), self.random.next_u64()))
    }
}

impl network::Host for Guest {
    fn convert_error_code(&mut self, error: SocketError) -> Result<network::ErrorCode> {
        network::Host::convert_error_code(&mut self.sockets(), error)
    }

    fn network_error_code(
        &mut self,
        error: Resource<wasmtime::Error>,
    ) -> Result<Option<network::ErrorCode>> {
        network::Host::network_error_code(&mut self.sockets(), error)
    }
}

impl network::HostNetwork for Guest {
    fn drop(&mut self, network: Resource<wasmtime_wasi::p2::Network>) -> Result<()> {
        network::HostNetwork::drop(&mut self.sockets(), network)
    }
}

impl sockets::tcp_create_socket::Host for Guest {
    fn create_tcp_socket(
        &mut self,
        _family: network::IpAddressFamily,
    ) -> SocketResult<Resource<sockets::tcp::TcpSocket>> {
        Err(SocketError::from(network::ErrorCode::AccessDenied))
    }
}

impl sockets::udp_create_socket::Host for Guest {
    fn create_udp_socket(
        &mut self,
        _family: network::IpAddressFamily,
    ) -> SocketResult<Resource<sockets::udp::UdpSocket>> {
        Err(SocketError::from(network::ErrorCode::AccessDenied))
    }
}

/// A pollable that is always ready.
struct Always;

#[async_trait]
impl Pollable for Always {
    async fn ready(&mut self) {}
}

impl poll::Host for Guest {
    fn poll(&mut self, pollables: Vec<Resource<DynPollable>>) -> Result<Vec<u32>> {
        let count = u32::try_from(pollables.len())?;
        wasmtime::ensure!(count > 0, "the guest polled an empty list");
        Ok((0..count).collect())
    }
}

impl poll::HostPollable for Guest {
    fn ready(&mut self, _pollable: Resource<DynPollable>) -> Result<bool> {
        Ok(true)
    }

    fn block(&mut self, _pollable: Resource<DynPollable>) -> Result<()> {
        Ok(())
    }

    fn drop(&mut self, pollable: Resource<DynPollable>) -> Result<()> {
        poll::HostPollable::drop(&mut self.table, pollable)
    }
}

/// Standard input: at its end.
struct Closed;

#[async_trait]
impl Pollable for Closed {
    async fn ready(&mut self) {}
}

#[async_trait]
impl wasmtime_wasi::p2::InputStream for Closed {
    fn read(&mut self, _size: usize) -> StreamResult<Bytes> {
        Err(StreamError::Closed)
    }
}

/// Standard output and error: the guest's log.
struct LogStream(Arc<Mutex<Log>>);

#[async_trait]
impl Pollable for LogStream {
    async fn ready(&mut self) {}
}

#[async_trait]
impl wasmtime_wasi::p2::OutputStream for LogStream {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        lock(&self.0).write(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(WRITE_BYTES_MAX)
    }
}

impl streams::Host for Guest {
    fn convert_stream_error(&mut self, error: StreamError) -> Result<streams::StreamError> {
        streams::Host::convert_stream_error(&mut self.table, error)
    }
}

impl streams::HostOutputStream for Guest {
    fn check_write(&mut self, stream: Resource<DynOutputStream>) -> StreamResult<u64> {
        streams::HostOutputStream::check_write(&mut self.table, stream)
    }

    fn write(&mut self, stream: Resource<DynOutputStream>, bytes: Vec<u8>) -> StreamResult<()> {
        streams::HostOutputStream::write(&mut self.table, stream, bytes)
    }

    fn blocking_write_and_flush(
        &mut self,
        stream: Resource<DynOutputStream>,
        bytes: Vec<u8>,
    ) -> StreamResult<()> {
        streams::HostOutputStream::write(&mut self.table, stream, bytes)
    }

    fn flush(&mut self, stream: Resource<DynOutputStream>) -> StreamResult<()> {
        streams::HostOutputStream::flush(&mut self.table, stream)
    }

    fn blocking_flush(&mut self, stream: Resource<DynOutputStream>) -> StreamResult<()> {
        streams::HostOutputStream::flush(&mut self.table, stream)
    }

    fn subscribe(&mut self, stream: Resource<DynOutputStream>) -> Result<Resource<DynPollable>> {
        streams::HostOutputStream::subscribe(&mut self.table, stream)
    }

    fn write_zeroes(&mut self, stream: Resource<DynOutputStream>, len: u64) -> StreamResult<()> {
        let len = usize::try_from(len)
            .unwrap_or(usize::MAX)
            .min(WRITE_BYTES_MAX);
        streams::HostOutputStream::write(&mut self.table, stream, vec![0; len])
    }

    fn blocking_write_zeroes_and_flush(
        &mut self,
        stream: Resource<DynOutputStream>,
        len: u64,
    ) -> StreamResult<()> {
        streams::HostOutputStream::write_zeroes(self, stream, len)
    }

    fn splice(
        &mut self,
        _to: Resource<DynOutputStream>,
        _from: Resource<DynInputStream>,
        _len: u64,
    ) -> StreamResult<u64> {
        Err(StreamError::Closed)
    }

    fn blocking_splice(
        &mut self,
        _to: Resource<DynOutputStream>,
        _from: Resource<DynInputStream>,
        _len: u64,
    ) -> StreamResult<u64> {
        Err(StreamError::Closed)
    }

    fn drop(&mut self, stream: Resource<DynOutputStream>) -> Result<()> {
        self.table.delete(stream)?;
        Ok(())
    }
}

impl streams::HostInputStream for Guest {
    fn read(&mut self, _stream: Resource<DynInputStream>, _len: u64) -> StreamResult<Vec<u8>> {
        Err(StreamError::Closed)
    }

    fn blocking_read(
        &mut self,
        _stream: Resource<DynInputStream>,
        _len: u64,
    ) -> StreamResult<Vec<u8>> {
        Err(StreamError::Closed)
    }

    fn skip(&mut self, _stream: Resource<DynInputStream>, _len: u64) -> StreamResult<u64> {
        Err(StreamError::Closed)
    }

    fn blocking_skip(&mut self, _stream: Resource<DynInputStream>, _len: u64) -> StreamResult<u64> {
        Err(StreamError::Closed)
    }

    fn subscribe(&mut self, stream: Resource<DynInputStream>) -> Result<Resource<DynPollable>> {
        streams::HostInputStream::subscribe(&mut self.table, stream)
    }

    fn drop(&mut self, stream: Resource<DynInputStream>) -> Result<()> {
        self.table.delete(stream)?;
        Ok(())
    }
}
