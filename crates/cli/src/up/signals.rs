//! Ctrl-C and SIGTERM.

use std::{io, process, thread};

/// How the process ends where somebody asks a second time: as the shell counts it, 128 and the number of SIGINT.
const AT_ONCE: i32 = 130;

/// Calls `first` when somebody asks the process to end; ends it at once where they ask again.
///
/// # Errors
/// The system does not give signals.
pub(super) fn listen(first: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let (interrupt, terminate) = {
        let _inside = runtime.enter();
        streams()?
    };
    let listen = async move {
        let (mut interrupt, mut terminate) = (interrupt, terminate);
        tokio::select! { _ = interrupt.recv() => (), _ = terminate.recv() => () }
        first();
        tokio::select! { _ = interrupt.recv() => (), _ = terminate.recv() => () }
        process::exit(AT_ONCE);
    };
    thread::Builder::new().name("signals".into()).spawn(move || runtime.block_on(listen)).map(|_| ())
}

#[cfg(unix)]
fn streams() -> io::Result<(tokio::signal::unix::Signal, tokio::signal::unix::Signal)> {
    use tokio::signal::unix::{SignalKind, signal};
    Ok((signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?))
}

#[cfg(windows)]
fn streams() -> io::Result<(tokio::signal::windows::CtrlC, tokio::signal::windows::CtrlClose)> {
    use tokio::signal::windows::{ctrl_c, ctrl_close};
    Ok((ctrl_c()?, ctrl_close()?))
}
