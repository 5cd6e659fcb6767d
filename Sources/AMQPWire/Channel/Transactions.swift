// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The transactions of a channel, of which there is one at a time (specification, class tx).
struct Transactions {
    /// Whether the mode was asked for, which a channel never leaves.
    private(set) var isWanted = false
    /// Whether the broker has agreed to the mode.
    var isSelected = false
    private(set) var isRunning = false
    /// Whether the running one was lost with its connection.
    private(set) var isLost = false
    /// The first message of this transaction that no queue took.
    private var returned: ReturnedMessage?

    /// Why nothing can be published or settled now.
    var failure: AMQPFailure? {
        if self.isLost { return .transactionLost }
        return self.isWanted && !self.isRunning ? .transactionMissing : nil
    }

    mutating func begin() {
        self.isWanted = true
        self.isRunning = true
        self.returned = nil
    }

    mutating func returned(_ message: ReturnedMessage) {
        if self.returned == nil { self.returned = message }
    }

    /// The connection is lost: the broker has rolled back what was running, and knows of no mode.
    mutating func suspend() {
        self.isSelected = false
        self.isLost = self.isRunning
    }

    mutating func end() -> ReturnedMessage? {
        self.isRunning = false
        self.isLost = false
        return self.returned.take()
    }
}
