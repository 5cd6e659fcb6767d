// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension AMQPChannel {
    /// Has replies come to this channel while a closure runs, which sends requests.
    ///
    /// A channel has one requester at a time, for any number of tasks, and neither a publisher with confirms nor transactions
    /// beside it. When the closure ends, calls that still wait end with ``AMQPError/Code/cancelled``.
    ///
    /// - Parameter body: what to do with the requester.
    /// - Returns: what the closure returns.
    /// - Throws: ``AMQPError/Code/wrongChannelMode`` on a channel with a requester, a publisher or transactions; any error of a request;
    ///   else what the closure throws.
    public func withRequester<Result>(_ body: (AMQPRequester) async throws -> Result) async throws -> Result {
        let consumer = try await self.driver.startRequester(on: self.reference)
        do {
            let result = try await body(AMQPRequester(driver: self.driver, reference: self.reference))
            await self.driver.endConsumer(consumer)
            return result
        } catch {
            await self.driver.endConsumer(consumer)
            throw error
        }
    }
}

extension AMQPDelivery {
    /// Replies to the one who sent this message, on the channel that it came on.
    ///
    /// On a channel with a publisher the call returns when the broker has confirmed the reply, else when the transport has its bytes. A
    /// requester that is gone gets no reply, and that is no error. The message itself is still to be acknowledged.
    ///
    /// - Parameters:
    ///   - body: the reply's content; may be empty.
    ///   - properties: what describes the content; the correlation id is that of the message.
    /// - Throws: ``AMQPError/Code/invalidArgument`` when the message asks for no reply; any error of a publish.
    public func reply(_ body: [UInt8], properties: AMQPProperties = AMQPProperties()) async throws(AMQPError) {
        guard let queue = self.properties.replyTo, !queue.isEmpty else {
            throw AMQPError(.invalidArgument, message: "the message asks for no reply: it has no reply-to")
        }
        var properties = properties
        properties.correlationID = self.properties.correlationID
        try await self.driver.reply(AMQPMessage(body, properties: properties, to: .queue(queue)), on: self.channel)
    }
}
