// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Puts the content of a method together: the method, a header, and as many bodies as the header's size asks for.
///
/// A body is held only as far as it has arrived, and never beyond what its header declared and the limit allows.
struct ContentAssembler: ~Copyable {
    /// The methods with content that a broker sends.
    enum Method: Equatable {
        case deliver(BasicDeliver)
        case get(BasicGetOk)
        case `return`(BasicReturn)
    }

    /// A method with its whole content.
    struct Message: Equatable {
        var method: Method
        var properties: AMQPProperties
        var body: [UInt8]
    }

    private enum State {
        /// Between contents. Exit: ``begin(_:)``.
        case idle
        /// Exits: ``headerReceived(_:)`` to `awaitingBody`, or to `idle` for an empty body.
        case awaitingHeader(Method)
        /// Exit: the last ``bodyReceived(_:)`` to `idle`.
        case awaitingBody(Message, size: Int)
    }

    /// What came of a frame.
    enum Progress: Equatable {
        case incomplete
        case complete(Message)
        case tooLarge(UInt64)
    }

    let maximumBodyBytes: Int
    private var state = State.idle

    init(maximumBodyBytes: Int) { self.maximumBodyBytes = maximumBodyBytes }

    /// Whether no content is under way, so that a method may come.
    var isIdle: Bool {
        if case .idle = self.state { true } else { false }
    }

    /// Drops what is under way.
    mutating func reset() { self.state = .idle }

    mutating func begin(_ method: Method) {
        self.state = .awaitingHeader(method)
    }

    mutating func headerReceived(_ header: AMQPContentHeader) throws(ProtocolViolation) -> Progress {
        guard case .awaitingHeader(let method) = self.state else { throw .unexpectedFrame("a content header without its method") }
        self.state = .idle
        guard let size = Int(exactly: header.bodySize), size <= self.maximumBodyBytes else { return .tooLarge(header.bodySize) }
        let message = Message(method: method, properties: header.properties, body: [])
        if size == 0 { return .complete(message) }
        self.state = .awaitingBody(message, size: size)
        return .incomplete
    }

    mutating func bodyReceived(_ part: [UInt8]) throws(ProtocolViolation) -> Progress {
        guard case .awaitingBody(var message, let size) = self.state else { throw .unexpectedFrame("a body without its header") }
        self.state = .idle
        guard part.count <= size - message.body.count else { throw .unexpectedFrame("a body longer than its header says") }
        // The usual body is one frame, whose array becomes the body as it is.
        if message.body.isEmpty { message.body = part } else { message.body += part }
        if message.body.count == size { return .complete(message) }
        self.state = .awaitingBody(message, size: size)
        return .incomplete
    }
}
