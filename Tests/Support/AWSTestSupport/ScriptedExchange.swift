// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Synchronization
import Transport

/// One step of a script, played to a request that may stream.
final class ScriptedExchange: HTTPExchange {
    private let step: ScriptedTransport.Step?
    private let record: @Sendable ([UInt8]) -> Void
    /// Ends when the request does, or is abandoned.
    private let (request, requestEnd) = AsyncStream<Never>.makeStream()
    private let state: Mutex<(pieces: [[UInt8]], isAbandoned: Bool)>

    init(_ step: ScriptedTransport.Step?, record: @escaping @Sendable ([UInt8]) -> Void) {
        self.step = step
        self.record = record
        switch step {
        case .answer(_, let body, _): self.state = Mutex((body.isEmpty ? [] : [Array(body.utf8)], false))
        case .stream(_, let pieces, _): self.state = Mutex((pieces, false))
        case .fail, nil: self.state = Mutex(([], false))
        }
    }

    func write(_ bytes: [UInt8]) async throws(TransportError) {
        try self.check()
        self.record(bytes)
    }

    func finishWriting() { self.requestEnd.finish() }

    func head() async throws(TransportError) -> HTTPResponse {
        switch self.step {
        case .answer(let status, _, let fields):
            await self.wholeRequest()
            try self.check()
            return Self.head(status, fields)
        case .stream(let status, _, let fields): return Self.head(status, fields)
        case .fail(let code): throw TransportError(code, message: "as the script says")
        case nil: throw TransportError(.unknown, message: "the script is at its end")
        }
    }

    func next() async throws(TransportError) -> [UInt8]? {
        try self.check()
        if let piece = self.state.withLock({ $0.pieces.isEmpty ? nil : $0.pieces.removeFirst() }) { return piece }
        await self.wholeRequest()
        try self.check()
        return nil
    }

    func abandon() {
        self.state.withLock { $0.isAbandoned = true }
        self.requestEnd.finish()
    }

    private func wholeRequest() async { for await _ in self.request {} }

    private func check() throws(TransportError) {
        if self.state.withLock({ $0.isAbandoned }) { throw TransportError(.cancelled, message: "the exchange was abandoned") }
    }

    private static func head(_ status: Int, _ fields: [String: String]) -> HTTPResponse {
        var head = HTTPResponse(status: HTTPResponse.Status(code: status))
        for (name, value) in fields {
            if let name = HTTPField.Name(name) { head.headerFields[name] = value }
        }
        return head
    }
}
