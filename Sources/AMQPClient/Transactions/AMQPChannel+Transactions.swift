// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension AMQPChannel {
    /// Runs a closure in a transaction: what it publishes and settles takes effect together when it returns, or not at all when it throws
    /// (class `tx`).
    ///
    /// A channel that has had a transaction does nothing else with messages from then on: what is published or settled while none is
    /// running is ``AMQPError/Code/wrongChannelMode``, and so is a second transaction at a time, or a publisher with confirms. The
    /// requests of a transaction, such as a declaration, are not part of it and take effect at once. RabbitMQ keeps a transaction together
    /// only as long as it concerns one queue; confirms are far cheaper where one message at a time is enough.
    ///
    /// When the closure throws, the transaction is rolled back: deliveries that were settled in it are to be settled anew. Should
    /// the broker not answer within ``AMQPConfiguration/closeTimeout``, the channel is closed. A cancelled task does not end the closure.
    ///
    /// - Parameter body: what to do in the transaction.
    /// - Returns: what the closure returns.
    /// - Throws: what the closure throws. ``AMQPError/Code/returned`` where the transaction **was** committed, and a mandatory message of it
    ///   reached no queue. Any other ``AMQPError`` of the commit, where ``AMQPError/isDeliveryFateUnknown`` says that it
    ///   was sent and not answered.
    public func withTransaction<Result>(_ body: (AMQPTransaction) async throws -> Result) async throws -> Result {
        try await self.driver.beginTransaction(on: self.reference)
        do {
            let result = try await body(AMQPTransaction(driver: self.driver, reference: self.reference))
            try await self.driver.commit(on: self.reference)
            return result
        } catch {
            await self.driver.rollBack(on: self.reference)
            throw error
        }
    }
}
