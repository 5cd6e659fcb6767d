// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes
package import Transport

/// What of a streamed exchange waits between the tasks that use it and the I/O thread that carries it.
///
/// It does no I/O. One task may read and one may write; the stream keeps it under a lock. Nothing in it grows beyond twice its bounds and
/// one piece that was written.
package struct HTTPStreamState: ~Copyable {
    /// What comes of a wish to read.
    package enum Read<Value: Equatable & Sendable>: Equatable, Sendable {
        /// Here it is.
        case value(Value)
        /// There will be no more.
        case end
        /// Nothing yet.
        case waits
        /// The exchange has failed.
        case failed(TransportError)
    }

    /// What comes of a wish to write.
    package enum Write: Equatable, Sendable {
        /// There is room for more.
        case done
        /// The bytes are taken; the writer waits for room.
        case waits
        /// The bytes are not taken.
        case failed(TransportError)
    }

    /// What the I/O thread gets to send.
    package enum Supply: Equatable, Sendable {
        case bytes(ArraySlice<UInt8>)
        /// Nothing yet: sending pauses until it is resumed.
        case pause
        case end
    }

    private enum Ending {
        case complete
        case failed(TransportError)
    }

    /// How much of a body waits to be read before the peer is held back.
    package static let receiveBound = 256 * 1_024
    /// How much of a body waits to be sent before the writer is held back.
    package static let sendBound = 64 * 1_024

    private var head: HTTPResponse?
    private var received: [UInt8] = []
    /// How much of the response's body is still to come, where its head has said so.
    private var missing: Int?
    private var isReceivingPaused = false
    private var hasReceivingPaused = false
    private var output: [UInt8] = []
    private var outputStart = 0
    /// How much is still to be written, where that is known.
    private var unwritten: Int?
    private var isWritten: Bool
    private var isSendingPaused = false
    private var ending: Ending?

    /// Begins.
    ///
    /// - Parameter bodyLength: how long the request's body is that will be written; `nil` is that none will.
    package init(bodyLength: HTTPBodyLength?) {
        self.isWritten = bodyLength == nil
        if case .known(let count) = bodyLength { self.unwritten = count }
    }
}

// MARK: - What the users of the stream do; `resumes` is whether the I/O thread has to go on

extension HTTPStreamState {
    /// The head is wanted.
    package func takeHead() -> Read<HTTPResponse> {
        if let head = self.head, !self.isAbandoned { return .value(head) }
        if case .failed(let error) = self.ending { return .failed(error) }
        return .waits
    }

    /// More of the body is wanted.
    package mutating func takePiece() -> (answer: Read<[UInt8]>, resumes: Bool) {
        if case .failed(let error) = self.ending, self.isAbandoned || self.received.isEmpty { return (.failed(error), false) }
        guard self.received.isEmpty else {
            let piece = exchange(&self.received, with: [])
            return (.value(piece), exchange(&self.isReceivingPaused, with: false))
        }
        // After a pause libcurl may hold bytes that it looks at only when it is told to.
        return self.ending == nil ? (.waits, self.hasReceivingPaused) : (.end, false)
    }

    /// Bytes are to be sent.
    package mutating func write(_ bytes: [UInt8]) -> (answer: Write, resumes: Bool) {
        switch self.ending {
        case .complete: return (.failed(Self.unwanted), false)
        case .failed(let error): return (.failed(error), false)
        case nil: break
        }
        guard !self.isWritten else {
            return (.failed(TransportError(.invalidRequest, message: "the request's body has ended, or is not streamed")), false)
        }
        if let unwritten = self.unwritten {
            guard bytes.count <= unwritten else {
                return (.failed(TransportError(.invalidRequest, message: "the request's body is longer than was told")), false)
            }
            self.unwritten = unwritten - bytes.count
        }
        if self.outputStart == self.output.count {
            self.output = bytes
            self.outputStart = 0
        } else {
            // What has gone out is dropped when it is at least as much as what is moved for it.
            if self.outputStart >= self.output.count - self.outputStart {
                self.output.removeSubrange(..<self.outputStart)
                self.outputStart = 0
            }
            self.output += bytes
        }
        let resumes = !bytes.isEmpty && exchange(&self.isSendingPaused, with: false)
        return (self.isWriterReady ? .done : .waits, resumes)
    }

    /// The writer that waited goes on.
    package func afterWait() -> Write {
        switch self.ending {
        case .complete: .failed(Self.unwanted)
        case .failed(let error): .failed(error)
        case nil: self.isWriterReady ? .done : .waits
        }
    }

    /// Nothing more is to be sent.
    package mutating func finishWriting() -> (error: TransportError?, resumes: Bool) {
        guard self.ending == nil, !self.isWritten else { return (nil, false) }
        if let unwritten = self.unwritten, unwritten > 0 {
            return (TransportError(.invalidRequest, message: "the request's body is shorter than was told, by \(unwritten) bytes"), false)
        }
        self.isWritten = true
        return (nil, exchange(&self.isSendingPaused, with: false))
    }

    /// Nobody wants the exchange any more.
    ///
    /// - Returns: whether it is still under way, and the I/O thread has to end it.
    package mutating func abandon() -> Bool {
        let isUnderWay = self.ending == nil
        self.ending = .failed(Self.abandoned)
        self.received = []
        self.output = []
        self.outputStart = 0
        return isUnderWay
    }

    /// Whether a reader that waited for more of the body would get an answer.
    package var isPieceReady: Bool { self.ending != nil || !self.received.isEmpty }

    /// Whether a reader that waited for the head would get an answer.
    package var isHeadReady: Bool { self.ending != nil || self.head != nil }

    /// Whether a writer that waited would get an answer.
    package var isWriterReady: Bool { self.ending != nil || self.output.count - self.outputStart <= Self.sendBound }

    /// How many bytes of the request's body are held, those that have gone out and are not dropped yet among them; for tests.
    package var heldOutput: Int { self.output.count }

    private var isAbandoned: Bool {
        if case .failed(let error) = self.ending { error.code == .cancelled } else { false }
    }

    private static var unwanted: TransportError {
        TransportError(.requestBodyUnwanted, message: "the peer has answered in full, and wants no more of the request's body")
    }

    private static var abandoned: TransportError { TransportError(.cancelled, message: "the exchange was given up") }
}

// MARK: - What happens on the I/O thread

extension HTTPStreamState {
    /// The head of the response is complete.
    ///
    /// - Parameters:
    ///   - head: status and header fields.
    ///   - length: how long the body is, where the head says so.
    package mutating func headArrived(_ head: HTTPResponse, length: Int?) {
        self.head = head
        self.missing = length
    }

    /// Bytes of the body have come.
    ///
    /// - Returns: whether they were taken; otherwise they are to come again once receiving is resumed.
    package mutating func bodyArrived(_ bytes: Span<UInt8>) -> Bool {
        guard self.ending == nil else { return true }
        guard self.received.count < Self.receiveBound else {
            self.isReceivingPaused = true
            self.hasReceivingPaused = true
            return false
        }
        unsafe bytes.withUnsafeBufferPointer { unsafe self.received.append(contentsOf: $0) }
        if let missing = self.missing { self.missing = missing - bytes.count }
        return true
    }

    /// There is room to send.
    package mutating func supply(upTo count: Int) -> Supply {
        let end = min(self.output.count, self.outputStart + count)
        guard self.outputStart < end else {
            if self.isWritten { return .end }
            self.isSendingPaused = true
            return .pause
        }
        let bytes = self.output[self.outputStart..<end]
        self.outputStart = end
        if end == self.output.count {
            self.output = []
            self.outputStart = 0
        }
        return .bytes(bytes)
    }

    /// The exchange is over.
    ///
    /// - Parameter error: why it failed; it has not when the response is whole.
    package mutating func ended(_ error: TransportError?) {
        guard self.ending == nil else { return }
        if let error, self.head == nil || self.missing != 0 { self.ending = .failed(error) } else { self.ending = .complete }
        self.output = []
        self.outputStart = 0
    }
}
