// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How a client shows a broker who it is: one mechanism of SASL (RFC 4422, specification section 2.2.4).
///
/// A connection works on a copy of its own, so that a value may keep what it needs from one step to the next. The calls come one at a time,
/// on the thread that reads the stream: they compute, and wait for nothing. What a mechanism holds in secret it should hold as
/// ``AMQPSecret``, so that no description shows it.
public protocol AMQPAuthenticationMechanism: Hashable, Sendable {
    /// The mechanism's name, as a broker offers it.
    var name: String { get }

    /// What is sent with the choice of the mechanism; empty for one whose server speaks first.
    ///
    /// - Throws: why it cannot be said; the handshake then fails with it.
    mutating func initialResponse() throws(AMQPAuthenticationError) -> AMQPSecret

    /// What is sent to answer a challenge of the broker's (`connection.secure`).
    ///
    /// - Parameter challenge: what the broker sent; it is not to be trusted yet.
    /// - Throws: why there is no answer; the handshake then fails with it.
    mutating func response(to challenge: [UInt8]) throws(AMQPAuthenticationError) -> AMQPSecret

    /// The broker has taken a new secret on the open connection (`connection.update-secret`): a later connection is to use it.
    ///
    /// - Parameter secret: the new secret.
    mutating func secretUpdated(_ secret: AMQPSecret)
}

extension AMQPAuthenticationMechanism {
    /// Refuses: a mechanism of one step has no answer.
    public mutating func response(to challenge: [UInt8]) throws(AMQPAuthenticationError) -> AMQPSecret {
        throw AMQPAuthenticationError("the broker asks for a further step, which \(self.name) does not have")
    }

    /// Does nothing: a mechanism without a secret keeps none.
    public mutating func secretUpdated(_ secret: AMQPSecret) {}
}
