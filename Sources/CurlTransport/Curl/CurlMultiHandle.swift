// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CCurl
import Transport

/// Owns one multi handle of libcurl: the connections of the easy handles that are in it.
///
/// Every easy handle must be removed before this value goes away. It belongs to the thread that made it.
@safe
struct CurlMultiHandle: ~Copyable {
    /// The handle, for calls that take it; it must not outlive this value.
    let pointer: UnsafeMutableRawPointer

    init() throws(TransportError) {
        try CurlLibrary.initialise()
        guard let handle = unsafe curl_multi_init() else {
            throw TransportError(.resourceExhausted, message: "libcurl could not make a multi handle")
        }
        unsafe self.pointer = handle
    }

    deinit { _ = unsafe curl_multi_cleanup(self.pointer) }

    func set(_ option: CURLMoption, _ value: Int) throws(TransportError) {
        try Self.check(unsafe ccurl_multi_setopt_long(self.pointer, option, value))
    }

    func add(_ easy: borrowing CurlEasyHandle) throws(TransportError) {
        try Self.check(unsafe curl_multi_add_handle(self.pointer, easy.pointer))
    }

    /// Takes a handle out; what it was doing ends there.
    func remove(_ easy: borrowing CurlEasyHandle) { _ = unsafe curl_multi_remove_handle(self.pointer, easy.pointer) }

    /// Does what can be done without waiting.
    func perform() throws(TransportError) {
        var running: Int32 = 0
        try Self.check(unsafe curl_multi_perform(self.pointer, &running))
    }

    /// Waits until libcurl has something to do or a descriptor is readable.
    ///
    /// - Returns: whether the descriptor is readable.
    func poll(milliseconds: Int32, descriptor: Int32) throws(TransportError) -> Bool {
        var extra = curl_waitfd(fd: descriptor, events: Int16(CURL_WAIT_POLLIN), revents: 0)
        try Self.check(unsafe curl_multi_poll(self.pointer, &extra, 1, milliseconds, nil))
        return extra.revents != 0
    }

    /// Has functions told which sockets to wait for and how long, for ``act(on:events:)``.
    ///
    /// - Parameters:
    ///   - context: what the functions are given; must stay valid until ``detach()``.
    ///   - socket: called when the interest in a socket changes.
    ///   - timer: called when the time to wait changes.
    @unsafe
    func attach(
        _ context: UnsafeMutableRawPointer, socket: curl_socket_callback, timer: curl_multi_timer_callback
    ) throws(TransportError) {
        try Self.check(unsafe ccurl_multi_setopt_socket(self.pointer, socket, context))
        try Self.check(unsafe ccurl_multi_setopt_timer(self.pointer, timer, context))
    }

    /// Ends what ``attach(_:socket:timer:)`` began.
    func detach() {
        _ = unsafe ccurl_multi_setopt_socket(self.pointer, nil, nil)
        _ = unsafe ccurl_multi_setopt_timer(self.pointer, nil, nil)
    }

    /// Does what a socket's readiness, or with `CURL_SOCKET_TIMEOUT` the time, makes possible.
    func act(on socket: Int32, events: Int32) throws(TransportError) {
        var running: Int32 = 0
        try Self.check(unsafe curl_multi_socket_action(self.pointer, socket, events, &running))
    }

    /// The next transfer that has ended, and how.
    func nextFinished() -> (id: CurlEasyHandle.ID, result: CURLcode)? {
        var remaining: Int32 = 0
        while let message = unsafe curl_multi_info_read(self.pointer, &remaining) {
            if unsafe message.pointee.msg == CURLMSG_DONE, let handle = unsafe message.pointee.easy_handle {
                return unsafe (CurlEasyHandle.ID(handle), message.pointee.data.result)
            }
        }
        return nil
    }

    private static func check(_ result: CURLMcode) throws(TransportError) {
        guard result != CURLM_OK else { return }
        let code: TransportError.Code = result == CURLM_OUT_OF_MEMORY ? .resourceExhausted : .unknown
        throw TransportError(code, message: "libcurl: \(unsafe String(cString: curl_multi_strerror(result)))")
    }
}
