// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension SNSClient {
    /// Publishes messages to a topic in batches.
    ///
    /// When the closure returns, all that was published has its result. Cancelling the task breaks the calls off; whether SNS has taken what
    /// was under way is unknown then.
    ///
    /// - Parameters:
    ///   - topicARN: the topic.
    ///   - configuration: how batches are made.
    ///   - body: publishes; the publisher is of no use after it has returned.
    /// - Returns: what the closure returns.
    /// - Throws: what the closure throws.
    public func withPublisher<Value>(
        to topicARN: String, configuration: TopicPublisherConfiguration = TopicPublisherConfiguration(),
        _ body: (TopicPublisher) async throws -> Value
    ) async throws -> Value {
        let publisher = TopicPublisher(self, to: topicARN, configuration: configuration)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await publisher.run() }
            defer { publisher.finish() }
            return try await body(publisher)
        }
    }
}
