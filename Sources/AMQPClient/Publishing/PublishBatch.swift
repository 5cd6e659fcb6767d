// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire

/// Messages that one call publishes, and what became of them.
struct PublishBatch {
    private let messages: [AMQPMessage]
    private let messageIDPrefix: String
    private let continuation: PublishWaiter.Continuation
    /// The ids of the messages, in their order.
    let ids: ClosedRange<RequestID>
    private var unsettledCount: Int
    private var failures: [Int: AMQPError] = [:]

    init(
        _ messages: [AMQPMessage], ids: ClosedRange<RequestID>, messageIDPrefix: String, _ continuation: PublishWaiter.Continuation
    ) {
        self.messages = messages
        self.messageIDPrefix = messageIDPrefix
        self.continuation = continuation
        self.ids = ids
        self.unsettledCount = messages.count
    }

    /// The message of an id; `nil` where the id is another's.
    func message(_ id: RequestID) -> OutgoingMessage? {
        guard self.ids.contains(id) else { return nil }
        return OutgoingMessage(self.messages[self.index(id)], id: self.messageIDPrefix + String(id.rawValue))
    }

    /// What a return of a message would carry; `nil` for one that is not mandatory.
    func identity(_ id: RequestID) -> MessageIdentity? {
        guard self.ids.contains(id), self.messages[self.index(id)].mandatory else { return nil }
        return self.message(id)?.identity
    }

    /// Whom to tell that none of the messages was taken in.
    func refused(_ error: AMQPError) -> (PublishWaiter.Continuation, AMQPError?) {
        let failures = self.messages.indices.map { ($0, error) }
        let count = self.messages.count
        return (self.continuation, AMQPError(failedMessages: Dictionary(uniqueKeysWithValues: failures), of: count))
    }

    /// Takes the outcome of one message in.
    ///
    /// - Returns: whom to tell what, when it was the last.
    mutating func settle(_ id: RequestID, failing error: AMQPError?) -> (PublishWaiter.Continuation, AMQPError?)? {
        if let error { self.failures[self.index(id)] = error }
        self.unsettledCount -= 1
        guard self.unsettledCount == 0 else { return nil }
        return (
            self.continuation, self.failures.isEmpty ? nil : AMQPError(failedMessages: self.failures, of: self.messages.count)
        )
    }

    private func index(_ id: RequestID) -> Int { Int(id.rawValue - self.ids.lowerBound.rawValue) }
}
