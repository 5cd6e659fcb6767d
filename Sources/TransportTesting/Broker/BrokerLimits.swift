// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What the broker proposes and what it puts up with.
enum BrokerLimits {
    /// The largest frame, in bytes.
    static let frame: UInt32 = 131_072
    /// The most channels of a connection.
    static let channels: UInt16 = 2_047
    /// The heartbeat interval that is proposed, in seconds.
    static let heartbeat: UInt16 = 60
    /// The longest body of a message, in bytes.
    static let body = 134_217_728
    /// How many bytes a client may leave unread before it gets no further deliveries.
    static let unreadBytes = 1_048_576
    /// How many bytes a client that is blocked may write before it is told to wait.
    static let heldInput = 1_048_576
    /// How many bytes may wait for a client, or of a client that is blocked, before its connection is cut.
    static let backlog = 536_870_912
}
