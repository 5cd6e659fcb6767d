// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a connection does when it is lost: how soon it tries again, and what it makes anew.
///
/// The article "Recovery" says what is recovered, and what is not.
public struct AMQPRecovery: Hashable, Sendable {
    /// What becomes of messages that were sent and not confirmed; a struct, so that a later release can add one.
    public struct UnconfirmedPublishes: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String { case republish, fail }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// They are sent again, in their order, with their properties, before any other message of their channel.
        ///
        /// The broker may have taken them before: a consumer then sees a message twice, with the same message id if it has one.
        public static let republish = UnconfirmedPublishes(.republish)
        /// Their calls fail with ``AMQPError/isDeliveryFateUnknown``.
        public static let fail = UnconfirmedPublishes(.fail)

        /// The choice's name.
        public var description: String { self.kind.rawValue }
    }

    /// The longest pause before the first attempt; by default 200 milliseconds.
    ///
    /// The pause is drawn evenly from zero to this, so that the clients of a broker that is back do not come all at once. From attempt
    /// to attempt the bound doubles.
    public var initialDelay: Duration
    /// The longest pause before any attempt; by default 30 seconds.
    ///
    /// A connection that is lost again before it has lived this long counts as a failed attempt.
    public var maximumDelay: Duration
    /// After how many failed attempts in a row the connection ends with the last error; `nil`, the default, for never.
    ///
    /// An attempt tries each endpoint once.
    public var maximumAttempts: Int?
    /// What becomes of messages that were sent and not confirmed; by default they are sent again.
    public var unconfirmedPublishes: UnconfirmedPublishes
    /// Whether exchanges, queues and bindings that the connection had declared are declared again; by default they are.
    public var recoversTopology: Bool

    /// Makes a recovery.
    ///
    /// - Parameters:
    ///   - initialDelay: the longest pause before the first attempt.
    ///   - maximumDelay: the longest pause before any attempt.
    ///   - maximumAttempts: after how many failed attempts to give up; `nil` for never.
    ///   - unconfirmedPublishes: what becomes of messages that were sent and not confirmed.
    ///   - recoversTopology: whether what was declared is declared again.
    public init(
        initialDelay: Duration = .milliseconds(200),
        maximumDelay: Duration = .seconds(30),
        maximumAttempts: Int? = nil,
        unconfirmedPublishes: UnconfirmedPublishes = .republish,
        recoversTopology: Bool = true
    ) {
        self.initialDelay = initialDelay
        self.maximumDelay = maximumDelay
        self.maximumAttempts = maximumAttempts
        self.unconfirmedPublishes = unconfirmedPublishes
        self.recoversTopology = recoversTopology
    }
}
