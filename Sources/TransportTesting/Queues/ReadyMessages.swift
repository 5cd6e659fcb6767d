// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The messages of a queue that are ready to be delivered: the highest priority first, then by their place in the queue.
///
/// Adding at the end and taking from the front cost constant time on average; putting back to its place what was taken recently, too.
struct ReadyMessages {
    /// The messages of one priority, by their place.
    private struct Lane {
        var priority: UInt8
        var slots: [QueuedMessage?] = []
        var head = 0

        var isEmpty: Bool { self.head == self.slots.count }
        var first: QueuedMessage? { self.isEmpty ? nil : self.slots[self.head] }

        mutating func popFirst() -> QueuedMessage? {
            guard !self.isEmpty else { return nil }
            let message = self.slots[self.head].take()
            self.head += 1
            if self.head >= 64, self.head * 2 >= self.slots.count {
                self.slots.removeFirst(self.head)
                self.head = 0
            }
            return message
        }

        mutating func insert(_ message: QueuedMessage) {
            var index = self.slots.count
            // From whichever end is nearer: new messages belong to the end, returned ones to the front.
            if let first = self.first, first.position > message.position {
                index = self.head
            } else {
                while index > self.head, let previous = self.slots[index - 1], previous.position > message.position { index -= 1 }
            }
            if index == self.head, self.head > 0 {
                self.head -= 1
                self.slots[self.head] = message
            } else {
                self.slots.insert(message, at: index)
            }
        }
    }

    /// The lanes that have been used, the highest priority first.
    private var lanes: [Lane] = []
    private(set) var count = 0
    /// The size of all bodies, in bytes.
    private(set) var byteCount = 0

    var isEmpty: Bool { self.count == 0 }
    var first: QueuedMessage? { self.lanes.first { !$0.isEmpty }?.first }
    /// All messages, in the order in which they would be delivered.
    var all: [QueuedMessage] { self.lanes.flatMap { $0.slots[$0.head...].compactMap { $0 } } }

    mutating func insert(_ message: QueuedMessage) {
        let index = self.lanes.firstIndex { $0.priority <= message.priority } ?? self.lanes.count
        if index == self.lanes.count || self.lanes[index].priority != message.priority {
            self.lanes.insert(Lane(priority: message.priority), at: index)
        }
        self.lanes[index].insert(message)
        self.count += 1
        self.byteCount += message.message.body.count
    }

    mutating func popFirst() -> QueuedMessage? {
        guard let index = self.lanes.firstIndex(where: { !$0.isEmpty }), let message = self.lanes[index].popFirst() else { return nil }
        self.count -= 1
        self.byteCount -= message.message.body.count
        return message
    }

    /// Removes all messages and says how many there were.
    mutating func removeAll() -> Int {
        defer { self = ReadyMessages() }
        return self.count
    }
}
