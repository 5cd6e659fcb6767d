// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import SQSClient

/// The policy of a queue to which a topic delivers ("Amazon SNS developer guide", fanout to Amazon SQS queues).
package enum QueuePolicy {
    private static let service = "sns.amazonaws.com"

    /// A policy that lets one topic, and nobody else, send to a queue.
    static func document(topicARN: String, queueARN: String) -> JSONValue {
        [
            "Version": "2012-10-17",
            "Statement": [
                [
                    "Effect": "Allow", "Principal": ["Service": .string(Self.service)], "Action": "sqs:SendMessage",
                    "Resource": .string(queueARN), "Condition": ["ArnEquals": ["aws:SourceArn": .string(topicARN)]],
                ]
            ],
        ]
    }

    /// Whether a statement of a policy lets a topic send.
    ///
    /// Only what names another topic, service or action is told apart: of a pattern what comes before its first wildcard counts, and of the
    /// conditions the one on the source's ARN.
    package static func allows(topicARN: String, in text: String) -> Bool {
        guard let statements = (try? JSONValue(parsing: Array(text.utf8)))?["Statement"] else { return false }
        return (statements.arrayValue ?? [statements]).contains { Self.allows(topicARN: topicARN, in: $0) }
    }

    private static func allows(topicARN: String, in statement: JSONValue) -> Bool {
        guard statement["Effect"]?.stringValue == "Allow" else { return false }
        let principals = statement["Principal"].map { Self.texts(of: $0) + ($0.objectValue ?? []).flatMap { Self.texts(of: $0.value) } }
        guard principals?.contains(where: { $0 == "*" || $0 == Self.service }) == true else { return false }
        let actions = statement["Action"].map(Self.texts) ?? []
        guard actions.contains(where: { Self.fits("sqs:sendmessage", $0.lowercased()) }) else { return false }
        let sources = (statement["Condition"]?.objectValue ?? []).flatMap { $0.value.objectValue ?? [] }
            .filter { $0.key.lowercased() == "aws:sourcearn" }
        return sources.allSatisfy { Self.texts(of: $0.value).contains { Self.fits(topicARN, $0) } }
    }

    private static func texts(of value: JSONValue) -> [String] { (value.arrayValue ?? [value]).compactMap(\.stringValue) }

    private static func fits(_ text: String, _ pattern: String) -> Bool {
        guard let wildcard = pattern.firstIndex(where: { $0 == "*" || $0 == "?" }) else { return text == pattern }
        return text.hasPrefix(pattern[..<wildcard])
    }
}
