// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Transport

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Threads of our own for work that waits on sockets, which would otherwise take a thread from Swift's cooperative pool.
enum IOThread {
    /// Carries the body over to the new thread.
    private final class Start: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Runs the body on a new, detached thread.
    ///
    /// The thread takes no signal: the process's handlers run elsewhere, and a write to a connection that the peer has reset
    /// gives an error in place of `SIGPIPE`.
    static func start(_ body: @escaping @Sendable () -> Void) throws(TransportError) {
        var everySignal = sigset_t()
        var previous = sigset_t()
        unsafe sigfillset(&everySignal)
        unsafe pthread_sigmask(SIG_SETMASK, &everySignal, &previous)
        defer { _ = unsafe pthread_sigmask(SIG_SETMASK, &previous, nil) }

        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))

        let start = unsafe Unmanaged.passRetained(Start(body))
        #if canImport(Darwin)
        var thread: pthread_t?
        let result = unsafe pthread_create(&thread, &attributes, { unsafe Self.run($0) }, start.toOpaque())
        #else
        var thread = pthread_t()
        let result = unsafe pthread_create(&thread, &attributes, { unsafe Self.run($0) }, start.toOpaque())
        #endif
        guard result == 0 else {
            unsafe start.release()
            throw TransportError(.resourceExhausted, message: "the system has no thread left for a connection (error \(result))")
        }
    }

    /// Takes over the one retain that `start` made.
    private static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
        return nil
    }
}
