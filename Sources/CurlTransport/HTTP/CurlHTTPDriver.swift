// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CCurl
import Transport

/// One multi handle, told by the I/O thread what its sockets are ready for and when its time has come.
///
/// It is not `Sendable`: it belongs to that thread, on which libcurl also calls back.
final class CurlHTTPDriver {
    let multi: CurlMultiHandle
    /// When libcurl wants to be called, whatever the sockets do; `nil` is never.
    private(set) var deadline: ContinuousClock.Instant?
    private let sockets: CurlSocketSet
    private let number: Int

    /// Makes a handle without transfers.
    ///
    /// - Parameters:
    ///   - number: tells the drivers of a thread apart.
    ///   - sockets: where to wait for its sockets.
    init(number: Int, sockets: CurlSocketSet) throws(TransportError) {
        self.multi = try CurlMultiHandle()
        self.sockets = sockets
        self.number = number
        // This object detaches itself before it goes away.
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe try self.multi.attach(
            context,
            socket: { _, socket, interest, context, _ in
                unsafe CurlHTTPDriver.of(context)?.changed(socket, interest: interest)
                return 0
            },
            timer: { _, milliseconds, context in
                unsafe CurlHTTPDriver.of(context)?.changed(milliseconds: milliseconds)
                return 0
            })
    }

    deinit { self.multi.detach() }

    /// Has libcurl see to a socket.
    func act(on socket: CurlSocketSet.Ready) throws(TransportError) {
        let events = (socket.isReadable ? CURL_CSELECT_IN : 0) | (socket.isWritable ? CURL_CSELECT_OUT : 0)
        try self.multi.act(on: socket.descriptor, events: events)
    }

    /// Has libcurl see to what is due.
    func actIfDue(now: ContinuousClock.Instant) throws(TransportError) {
        guard let deadline = self.deadline, deadline <= now else { return }
        self.deadline = nil
        try self.multi.act(on: -1, events: 0)  // CURL_SOCKET_TIMEOUT
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> CurlHTTPDriver? {
        unsafe context.map { unsafe Unmanaged<CurlHTTPDriver>.fromOpaque($0).takeUnretainedValue() }
    }

    private func changed(_ socket: Int32, interest: Int32) {
        if interest == CURL_POLL_REMOVE { return self.sockets.remove(socket) }
        self.sockets.set(socket, owner: self.number, reads: interest & CURL_POLL_IN != 0, writes: interest & CURL_POLL_OUT != 0)
    }

    private func changed(milliseconds: Int) {
        self.deadline = milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
    }
}
