// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CCurl
import Transport

/// One easy handle and the exchange that it carries; used again for the next one.
///
/// It is not `Sendable`: it belongs to the I/O thread that made it, on which libcurl also calls back.
final class CurlHTTPExchange {
    private let easy: CurlEasyHandle
    private let settings: CurlHTTPSettings
    /// What the handle is set up for, but for what differs from one request to the next.
    private var profile: CurlHTTPProfile?
    private var fields = CurlFieldList()
    private var body = OutputBuffer()
    private var url = ""
    private var assembler = CurlHTTPExchange.emptyAssembler
    private var failure: TransportError?
    private var submission: HTTPSubmission?

    init(_ settings: CurlHTTPSettings) throws(TransportError) {
        self.easy = try CurlEasyHandle()
        self.settings = settings
    }

    /// Tells this exchange's handle from others.
    var id: CurlEasyHandle.ID { self.easy.id }

    /// Whether its bodies go in pieces.
    var isStreamed: Bool { self.submission?.stream != nil }

    /// Sets the handle up for a request and gives it to a multi handle, which carries it out.
    func begin(_ submission: HTTPSubmission, now: ContinuousClock.Instant, in multi: borrowing CurlMultiHandle) throws(TransportError) {
        let request = submission.request
        let wire = submission.wire
        self.submission = submission
        self.failure = nil
        self.assembler = HTTPResponseAssembler(
            maximumHeadBytes: self.settings.maximumResponseHeadBytes,
            maximumBodyBytes: submission.stream == nil ? request.maximumResponseBodyBytes : .max,
            expectsBody: wire.body != .noneAndHeadOnly)
        try self.prepare(CurlHTTPProfile(submission))
        if self.url != wire.url {
            try self.easy.set(CURLOPT_URL, wire.url)
            self.url = wire.url
        }
        try self.easy.set(CURLOPT_TIMEOUT_MS, Int((submission.deadline - now).milliseconds(atLeast: 1)))
        if wire.body == .sized { try self.setBody(request.body) }
        self.fields.set(wire.fieldLines, count: wire.fieldCount)
        // The list lives as long as this object, and is changed only between two transfers.
        unsafe try self.easy.set(CURLOPT_HTTPHEADER, pointer: self.fields.pointer)
        try multi.add(self.easy)
    }

    /// Takes the handle out of its multi handle; what it was doing ends there.
    func stop(in multi: borrowing CurlMultiHandle) { multi.remove(self.easy) }

    /// Goes on where a body had to wait.
    ///
    /// - Returns: what libcurl says; anything but `CURLE_OK` ends the transfer.
    func resume() -> CURLcode { self.easy.resume() }

    /// Answers the request with what came, or with an error.
    ///
    /// - Parameter outcome: how the transfer ended, or why it was not finished.
    func finish(_ outcome: Result<CURLcode, TransportError>) {
        guard let submission = self.submission else { return }
        self.submission = nil
        let response = self.response(outcome, submission.wire)
        self.assembler = Self.emptyAssembler
        if self.body.capacity > 256 * 1_024 { self.body.removeAll() }
        submission.finish(response)
    }

    private static var emptyAssembler: HTTPResponseAssembler {
        HTTPResponseAssembler(maximumHeadBytes: 0, maximumBodyBytes: 0, expectsBody: false)
    }

    private func response(
        _ outcome: Result<CURLcode, TransportError>, _ wire: HTTPWireRequest
    ) -> Result<HTTPTransportResponse, TransportError> {
        do throws(TransportError) {
            let result = try outcome.get()
            if let failure = self.failure { throw TransportError(failure.code, message: "\(wire.summary): \(failure.message)") }
            guard result == CURLE_OK else { throw TransportError(result, of: self.easy, peer: wire.summary) }
            return .success(try self.assembler.finish())
        } catch {
            return .failure(error)
        }
    }

    // MARK: - Options

    /// Sets what many requests have in common, unless it is set already.
    private func prepare(_ profile: CurlHTTPProfile) throws(TransportError) {
        guard self.profile != profile else { return self.easy.clearMessage() }
        self.profile = nil
        self.url = ""
        self.easy.reset()
        try self.easy.apply(self.settings)
        if profile.isMachineLocal, self.settings.proxy == .environment { try self.easy.set(CURLOPT_PROXY, "") }
        try self.easy.prepareSocket(connectTimeout: profile.connectTimeout)
        if let tls = profile.tls { try self.easy.apply(tls) }
        if let idleTimeout = profile.idleTimeout {
            try self.easy.set(CURLOPT_LOW_SPEED_LIMIT, 1)
            try self.easy.set(CURLOPT_LOW_SPEED_TIME, max(1, Int((idleTimeout.milliseconds(atLeast: 1) - 1) / 1_000 + 1)))
        }
        switch profile.body {
        case .none: try self.easy.set(CURLOPT_HTTPGET, 1)
        case .noneAndHeadOnly: try self.easy.set(CURLOPT_NOBODY, 1)
        case .sized: try self.easy.set(CURLOPT_POST, 1)
        case .streamed(let length):
            try self.easy.set(CURLOPT_UPLOAD, 1)
            if case .known(let count) = length { try self.easy.set(CURLOPT_INFILESIZE_LARGE, offset: count) }
        }
        if profile.body != .noneAndHeadOnly { try self.easy.set(CURLOPT_CUSTOMREQUEST, profile.method) }
        try self.setCallbacks()
        self.profile = profile
    }

    private func setBody(_ bytes: [UInt8]) throws(TransportError) {
        self.body.consume(self.body.count)
        // Never without memory, since without an address libcurl would read the body from the read function.
        let memory = bytes.isEmpty ? [0] : bytes
        self.body.append(memory.span)
        try self.easy.set(CURLOPT_POSTFIELDSIZE_LARGE, offset: bytes.count)
        // The memory lives as long as this object, and is changed only between two transfers.
        unsafe try self.easy.set(CURLOPT_POSTFIELDS, pointer: UnsafeMutableRawPointer(mutating: self.body.unconsumed.baseAddress))
    }

    private func setCallbacks() throws(TransportError) {
        // libcurl calls back only while the handle is in its multi handle, and as long the I/O thread's table keeps this object.
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe try self.easy.set(CURLOPT_HEADERDATA, pointer: context)
        unsafe try self.easy.set(CURLOPT_WRITEDATA, pointer: context)
        unsafe try self.easy.set(CURLOPT_READDATA, pointer: context)
        unsafe try self.easy.set(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let bytes = unsafe bytes, let exchange = unsafe CurlHTTPExchange.of(context) else { return 0 }
            let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count).assumingMemoryBound(to: UInt8.self).span
            return exchange.receivedHeadLine(line) ? line.count : -1
        }
        unsafe try self.easy.set(CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let bytes = unsafe bytes, let exchange = unsafe CurlHTTPExchange.of(context) else { return 0 }
            let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count).assumingMemoryBound(to: UInt8.self).span
            return exchange.receivedBody(piece)
        }
        unsafe try self.easy.setRead { bytes, size, count, context in
            guard let bytes = unsafe bytes, let exchange = unsafe CurlHTTPExchange.of(context) else { return Int(CURL_READFUNC_ABORT) }
            return unsafe exchange.supply(UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
        }
    }

    // MARK: - What libcurl calls; any answer but the count of the bytes makes it give up, or wait

    private static func of(_ context: UnsafeMutableRawPointer?) -> CurlHTTPExchange? {
        unsafe context.map { unsafe Unmanaged<CurlHTTPExchange>.fromOpaque($0).takeUnretainedValue() }
    }

    private func receivedHeadLine(_ line: Span<UInt8>) -> Bool {
        do throws(TransportError) {
            let isLast = try self.assembler.receivedHeadLine(line)
            if isLast, let stream = self.submission?.stream {
                stream.headArrived(self.assembler.head, length: self.assembler.bodyLength)
            }
            return true
        } catch {
            self.failure = error
            return false
        }
    }

    private func receivedBody(_ bytes: Span<UInt8>) -> Int {
        if let stream = self.submission?.stream { return stream.bodyArrived(bytes) ? bytes.count : Int(CURL_WRITEFUNC_PAUSE) }
        do throws(TransportError) {
            try self.assembler.receivedBody(bytes)
            return bytes.count
        } catch {
            self.failure = error
            return -1
        }
    }

    private func supply(_ room: UnsafeMutableRawBufferPointer) -> Int {
        guard let stream = self.submission?.stream else { return Int(CURL_READFUNC_ABORT) }
        switch stream.supply(upTo: room.count) {
        case .pause: return Int(CURL_READFUNC_PAUSE)
        case .end: return 0
        case .bytes(let bytes):
            unsafe room.copyBytes(from: bytes)
            return bytes.count
        }
    }
}
