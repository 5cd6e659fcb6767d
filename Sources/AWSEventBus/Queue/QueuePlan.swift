// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import LamassuEvents
internal import SQSClient

/// Says with which policies the queue of a subscription is made, and what is to change of one that was found.
package struct QueuePlan: Sendable {
    /// How much more often than a subscriber a queue delivers a message before it moves it to the dead letters by itself, without a reason.
    private static let redriveMargin = 5
    /// The most deliveries that a redrive policy can have (Amazon SQS).
    private static let maximumReceives = 1_000

    private let topicARN: String
    private let deadLetterARN: String
    private let receives: Int

    /// Makes a plan.
    ///
    /// - Parameters:
    ///   - topicARN: the topic that delivers to the queue.
    ///   - deadLetterARN: the queue of the dead letters, in the same account and region.
    ///   - maximumDeliveries: how often the subscriber lets a message come, if that is limited.
    package init(topicARN: String, deadLetterARN: String, maximumDeliveries: Int?) {
        self.topicARN = topicARN
        self.deadLetterARN = deadLetterARN
        self.receives = min(Self.maximumReceives, min(maximumDeliveries ?? .max, Self.maximumReceives) + Self.redriveMargin)
    }

    /// The policies with which a queue is made.
    package func attributes(ofQueueNamed name: String) throws(LamassuEventsError) -> [String: String] {
        let scope = self.deadLetterARN.split(separator: ":", omittingEmptySubsequences: false).dropLast().joined(separator: ":")
        return try self.attributes(ofQueue: "\(scope):\(name)")
    }

    /// The attributes to set; none when the topic can send to the queue, and what is not handled goes to the dead letters late enough.
    ///
    /// - Parameter found: the attributes `Policy`, `QueueArn` and `RedrivePolicy` as they are.
    /// - Throws: `LamassuEventsError.Code.subscriptionRefused` where the queue has a policy that does not let the topic send to it.
    package func changes(of found: [String: String]) throws(LamassuEventsError) -> [String: String] {
        let queueARN = found["QueueArn"] ?? ""
        guard let policy = found["Policy"], !policy.isEmpty else { return try self.attributes(ofQueue: queueARN) }
        guard QueuePolicy.allows(topicARN: self.topicARN, in: policy) else {
            throw LamassuEventsError(
                .subscriptionRefused,
                message: """
                    the queue \(queueARN) has a policy that does not let the topic \(self.topicARN) send to it; a subscription to another \
                    topic may have the same name: choose another name, or add a statement for this topic to the queue's policy
                    """)
        }
        // A redrive policy that is there for other dead letters, or left out on purpose, is its author's.
        guard let redrive = found["RedrivePolicy"].flatMap({ try? JSONValue(parsing: Array($0.utf8)) }),
            redrive["deadLetterTargetArn"]?.stringValue == self.deadLetterARN, Self.count(redrive["maxReceiveCount"]) != self.receives
        else { return [:] }
        return ["RedrivePolicy": try self.redrivePolicy]
    }

    private func attributes(ofQueue queueARN: String) throws(LamassuEventsError) -> [String: String] {
        [
            "Policy": try Self.text(QueuePolicy.document(topicARN: self.topicARN, queueARN: queueARN)),
            "RedrivePolicy": try self.redrivePolicy,
        ]
    }

    private var redrivePolicy: String {
        get throws(LamassuEventsError) {
            try Self.text(["deadLetterTargetArn": .string(self.deadLetterARN), "maxReceiveCount": .number(JSONNumber(self.receives))])
        }
    }

    /// A number, which a policy may hold as a text.
    private static func count(_ value: JSONValue?) -> Int? {
        value.flatMap { $0.stringValue ?? $0.numberValue?.description }.flatMap { Int($0) }
    }

    private static func text(_ value: JSONValue) throws(LamassuEventsError) -> String {
        do throws(JSONError) {
            return String(decoding: try value.encoded(), as: UTF8.self)
        } catch {
            throw LamassuEventsError(.encodingFailed, message: "an attribute of a queue has no JSON form: \(error)")
        }
    }
}
