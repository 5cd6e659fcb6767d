// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CCurl
import Transport

/// Owns one easy handle of libcurl and the buffer of its error text; both are freed when this value goes away.
///
/// It is not `Sendable`: a handle stays on the thread that made it.
@safe
struct CurlEasyHandle: ~Copyable {
    /// Tells handles apart while they live.
    struct ID: Hashable, Sendable {
        private let address: UInt

        init(_ handle: UnsafeMutableRawPointer) { self.address = UInt(bitPattern: handle) }
    }

    /// The handle, for calls that take it; it must not outlive this value.
    let pointer: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>

    /// Tells this handle from others while it lives.
    var id: ID { unsafe ID(self.pointer) }

    /// Makes a handle with no option set but the error buffer.
    init() throws(TransportError) {
        try CurlLibrary.initialise()
        guard let handle = unsafe curl_easy_init() else {
            throw TransportError(.resourceExhausted, message: "libcurl could not make a handle")
        }
        unsafe self.pointer = handle
        let size = Int(CURL_ERROR_SIZE)
        unsafe self.errorText = .allocate(capacity: size)
        unsafe self.errorText.initialize(repeating: 0, count: size)
        self.attachErrorText()
    }

    deinit {
        unsafe curl_easy_cleanup(self.pointer)
        unsafe self.errorText.deallocate()
    }

    /// Puts all options back to their defaults; connections, DNS entries and TLS sessions are kept.
    func reset() {
        unsafe curl_easy_reset(self.pointer)
        self.attachErrorText()
    }

    func set(_ option: CURLoption, _ value: Int) throws(TransportError) {
        try self.check(unsafe ccurl_easy_setopt_long(self.pointer, option, value), option)
    }

    /// Sets an option that this libcurl may not have.
    func setIfKnown(_ option: CURLoption, _ value: Int) throws(TransportError) {
        let result = unsafe ccurl_easy_setopt_long(self.pointer, option, value)
        if result != CURLE_UNKNOWN_OPTION, result != CURLE_NOT_BUILT_IN { try self.check(result, option) }
    }

    func set(_ option: CURLoption, offset: Int) throws(TransportError) {
        try self.check(unsafe ccurl_easy_setopt_offset(self.pointer, option, curl_off_t(offset)), option)
    }

    /// Sets a string, which is copied, or with `nil` the option's default.
    func set(_ option: CURLoption, _ value: String?) throws(TransportError) {
        guard let value else {
            return try self.check(unsafe ccurl_easy_setopt_string(self.pointer, option, nil), option)
        }
        guard !value.utf8.contains(0) else {
            throw TransportError(.invalidRequest, message: "a zero byte stands in the text for libcurl's option \(option.rawValue)")
        }
        try self.check(unsafe ccurl_easy_setopt_string(self.pointer, option, value), option)
    }

    /// Sets bytes, which are copied.
    func set(_ option: CURLoption, blob: [UInt8]) throws(TransportError) {
        let result = unsafe blob.withUnsafeBytes { unsafe ccurl_easy_setopt_blob(self.pointer, option, $0.baseAddress, $0.count) }
        try self.check(result, option)
    }

    /// Sets a pointer, which must stay valid until the option is set anew or the handle reset.
    @unsafe
    func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer?) throws(TransportError) {
        try self.check(unsafe ccurl_easy_setopt_pointer(self.pointer, option, pointer), option)
    }

    /// Sets the function that takes a body's or a head's bytes.
    func set(_ option: CURLoption, function: curl_write_callback) throws(TransportError) {
        try self.check(unsafe ccurl_easy_setopt_write(self.pointer, option, function), option)
    }

    /// Sets the function that gives a body's bytes.
    func setRead(_ function: curl_read_callback) throws(TransportError) {
        try self.check(unsafe ccurl_easy_setopt_read(self.pointer, CURLOPT_READFUNCTION, function), CURLOPT_READFUNCTION)
    }

    /// Goes on in both directions after a callback has paused the transfer; callbacks may be called before this returns.
    ///
    /// - Returns: what libcurl says; anything but `CURLE_OK` ends the transfer.
    func resume() -> CURLcode {
        // A change of state makes libcurl look for what it has taken off the socket already. Without one it would not, and over HTTP/2 the
        // last bytes of a body that had paused before could stay with it for ever.
        let result = unsafe curl_easy_pause(self.pointer, CURLPAUSE_RECV)
        return result == CURLE_OK ? unsafe curl_easy_pause(self.pointer, CURLPAUSE_CONT) : result
    }

    /// Sets the function that is called with each new socket.
    func setNewSocket(_ function: curl_sockopt_callback) throws(TransportError) {
        try self.check(unsafe ccurl_easy_setopt_socket(self.pointer, CURLOPT_SOCKOPTFUNCTION, function), CURLOPT_SOCKOPTFUNCTION)
    }

    /// An integer that libcurl tells of the last transfer; zero where it knows none.
    func integer(_ info: CURLINFO) -> Int {
        var value = 0
        _ = unsafe ccurl_easy_getinfo_long(self.pointer, info, &value)
        return value
    }

    /// A 64-bit integer that libcurl tells of the last transfer; zero where it knows none.
    func offset(_ info: CURLINFO) -> Int {
        var value: curl_off_t = 0
        _ = unsafe ccurl_easy_getinfo_offset(self.pointer, info, &value)
        return Int(value)
    }

    /// The descriptor of the connection, or `nil` where there is none.
    var socket: Int32? {
        var value = curl_socket_t(-1)
        let result = unsafe ccurl_easy_getinfo_socket(self.pointer, CURLINFO_ACTIVESOCKET, &value)
        return result == CURLE_OK && value >= 0 ? value : nil
    }

    /// What libcurl says went wrong: its own text, else the general one of the code.
    func message(for result: CURLcode) -> String {
        let text = unsafe String(cString: self.errorText)
        return text.isEmpty ? unsafe String(cString: curl_easy_strerror(result)) : text
    }

    /// Forgets the error text, so that the next one is not mistaken for it.
    func clearMessage() { unsafe self.errorText.pointee = 0 }

    private func attachErrorText() {
        // Storing a pointer cannot fail; without it there would be the general text of the code.
        _ = unsafe ccurl_easy_setopt_pointer(self.pointer, CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(self.errorText))
        self.clearMessage()
    }

    private func check(_ result: CURLcode, _ option: CURLoption) throws(TransportError) {
        guard result != CURLE_OK else { return }
        let code: TransportError.Code = result == CURLE_OUT_OF_MEMORY ? .resourceExhausted : .unknown
        throw TransportError(
            code, message: "libcurl refused option \(option.rawValue): \(unsafe String(cString: curl_easy_strerror(result)))")
    }
}
