// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CCurl
import Transport

/// One easy handle and the exchange that it carries; used again for the next one.
///
/// It is not `Sendable`: it belongs to the I/O thread that made it, on which libcurl also calls back.
final class CurlHTTPExchange {
    private let easy: CurlEasyHandle
    private var fields = CurlStringList()
    private var assembler = CurlHTTPExchange.emptyAssembler
    private var failure: TransportError?
    private var submission: HTTPSubmission?

    init() throws(TransportError) { self.easy = try CurlEasyHandle() }

    /// Tells this exchange's handle from others.
    var id: CurlEasyHandle.ID { self.easy.id }

    /// Sets the handle up for a request and gives it to a multi handle, which carries it out.
    func begin(
        _ submission: HTTPSubmission, maximumHeadBytes: Int, now: ContinuousClock.Instant, in multi: borrowing CurlMultiHandle
    ) throws(TransportError) {
        let request = submission.request
        self.submission = submission
        self.failure = nil
        self.assembler = HTTPResponseAssembler(
            maximumHeadBytes: maximumHeadBytes, maximumBodyBytes: request.maximumResponseBodyBytes,
            expectsBody: submission.wire.body != .noneAndHeadOnly)
        self.easy.reset()
        try self.easy.set(CURLOPT_URL, submission.wire.url)
        try self.easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
        try self.easy.set(CURLOPT_PATH_AS_IS, 1)
        try self.easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        try self.easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        try self.easy.prepareSocket(connectTimeout: request.connectTimeout)
        try self.easy.set(CURLOPT_TIMEOUT_MS, Int((submission.deadline - now).milliseconds(atLeast: 1)))
        if submission.wire.isSecured { try self.easy.apply(request.tls) }
        try self.setBody(submission.wire.body, request.body)
        if submission.wire.body != .noneAndHeadOnly { try self.easy.set(CURLOPT_CUSTOMREQUEST, submission.wire.method) }
        try self.setFields(submission.wire.fieldLines)
        try self.setCallbacks()
        try multi.add(self.easy)
    }

    /// Takes the handle out of its multi handle; what it was doing ends there.
    func stop(in multi: borrowing CurlMultiHandle) { multi.remove(self.easy) }

    /// Answers the request with what came, or with an error.
    ///
    /// - Parameter outcome: how the transfer ended, or why it was not finished.
    func finish(_ outcome: Result<CURLcode, TransportError>) {
        guard let submission = self.submission else { return }
        self.submission = nil
        submission.continuation.resume(returning: self.response(outcome, submission.wire.summary))
        self.assembler = Self.emptyAssembler
    }

    private static var emptyAssembler: HTTPResponseAssembler {
        HTTPResponseAssembler(maximumHeadBytes: 0, maximumBodyBytes: 0, expectsBody: false)
    }

    private func response(
        _ outcome: Result<CURLcode, TransportError>, _ summary: String
    ) -> Result<HTTPTransportResponse, TransportError> {
        do throws(TransportError) {
            let result = try outcome.get()
            if let failure = self.failure { throw TransportError(failure.code, message: "\(summary): \(failure.message)") }
            guard result == CURLE_OK else { throw TransportError(result, of: self.easy, peer: summary) }
            return .success(try self.assembler.finish())
        } catch {
            return .failure(error)
        }
    }

    private func setBody(_ kind: HTTPWireRequest.Body, _ bytes: [UInt8]) throws(TransportError) {
        switch kind {
        case .none: try self.easy.set(CURLOPT_HTTPGET, 1)
        case .noneAndHeadOnly: try self.easy.set(CURLOPT_NOBODY, 1)
        case .sized: try self.easy.setCopiedBody(bytes)
        }
    }

    private func setFields(_ lines: [[UInt8]]) throws(TransportError) {
        self.fields = CurlStringList()
        for line in lines { try self.fields.append(line) }
        // The list lives as long as this object, or until the next exchange, before which the handle is reset.
        unsafe try self.easy.set(CURLOPT_HTTPHEADER, pointer: self.fields.pointer)
    }

    private func setCallbacks() throws(TransportError) {
        // libcurl calls back only while the handle is in its multi handle, and as long the I/O thread's table keeps this object.
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe try self.easy.set(CURLOPT_HEADERDATA, pointer: context)
        unsafe try self.easy.set(CURLOPT_WRITEDATA, pointer: context)
        unsafe try self.easy.set(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            unsafe CurlHTTPExchange.received(bytes, size * count, context) { (assembler, line) throws(TransportError) in
                try assembler.receivedHeadLine(line)
            }
        }
        unsafe try self.easy.set(CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            unsafe CurlHTTPExchange.received(bytes, size * count, context) { (assembler, bytes) throws(TransportError) in
                try assembler.receivedBody(bytes)
            }
        }
    }

    /// Gives bytes to the assembler; any answer but their count makes libcurl give up.
    private static func received(
        _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, _ context: UnsafeMutableRawPointer?,
        _ take: (inout HTTPResponseAssembler, Span<UInt8>) throws(TransportError) -> Void
    ) -> Int {
        guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
        let exchange = unsafe Unmanaged<CurlHTTPExchange>.fromOpaque(context).takeUnretainedValue()
        let span = unsafe UnsafeRawBufferPointer(start: bytes, count: count).assumingMemoryBound(to: UInt8.self).span
        do throws(TransportError) {
            try take(&exchange.assembler, span)
            return count
        } catch {
            exchange.failure = error
            return -1
        }
    }
}
