// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPClient

/// Which of the broker's users may emit which events.
///
/// A message names its user in the property `user-id`, which a ``LamassuEventPublisher`` sets. RabbitMQ takes no message that names another
/// user than the one of the connection it came over, unless that user has the tag `impersonator`, which no service should have. So a
/// consumer that holds events against a policy believes nobody who says that he is another service.
///
/// ```swift
/// configuration.senderPolicy = .only([
///     .init(user: "lamassu-ca", sources: [.ca, .kms]),
///     .init(user: "lamassu-device-manager", sources: [.deviceManager], types: ["device.#", "device-group.#"]),
/// ])
/// ```
///
/// An event that the policy does not allow never reaches the handler: it goes to the dead-letter queue with the reason, and holds up no
/// other event of its subject.
public struct EventSenderPolicy: Hashable, Sendable {
    /// What one user may emit.
    public struct Permission: Hashable, Sendable {
        /// The broker's user; `nil` for whoever published without a `user-id`, as the services of Lamassu in Go do.
        ///
        /// Nothing stops another user from leaving the property out too: for those that do, the broker's own permissions are all there is.
        public var user: String?
        /// The sources that the user's events may have.
        public var sources: Set<EventSource>
        /// The types that they may have, as patterns of a topic exchange: `*` stands for one word, `#` for any number; by default all.
        public var types: Set<String>

        /// Makes a permission.
        ///
        /// - Parameters:
        ///   - user: the broker's user; `nil` for whoever published without a `user-id`.
        ///   - sources: the sources that the user's events may have.
        ///   - types: patterns of the types that they may have.
        public init(user: String?, sources: Set<EventSource>, types: Set<String> = ["#"]) {
            self.user = user
            self.sources = sources
            self.types = types
        }
    }

    private struct Grant: Hashable {
        var sources: Set<EventSource>
        var types: [TopicPattern]
    }

    /// What each user may do; `nil` where everybody may do everything.
    private let grants: [String?: [Grant]]?

    /// Believes whomever the broker has let publish.
    public static let anyone = EventSenderPolicy(grants: nil)

    /// Allows what is listed, and nothing else.
    ///
    /// - Parameter permissions: what each user may emit; several of one user add up.
    /// - Returns: the policy.
    public static func only(_ permissions: [Permission]) -> EventSenderPolicy {
        EventSenderPolicy(
            grants: Dictionary(grouping: permissions, by: \.user).mapValues { permissions in
                permissions.map { Grant(sources: $0.sources, types: $0.types.sorted().map { TopicPattern($0) }) }
            })
    }

    private init(grants: [String?: [Grant]]?) { self.grants = grants }

    /// Why an event is not allowed; `nil` if it is.
    ///
    /// - Parameters:
    ///   - event: what the message says of itself.
    ///   - user: the user who published it, as the broker has checked.
    package func refusal(of event: EventSummary, from user: String?) -> String? {
        guard let grants else { return nil }
        let isAllowed = grants[user, default: []].contains { grant in
            // A longer type is no routing key, so that no pattern is meant for it.
            grant.sources.contains(event.source) && event.type.rawValue.utf8.count <= Self.maximumTypeBytes
                && grant.types.contains { $0.matches(event.type.rawValue) }
        }
        guard !isAllowed else { return nil }
        let type = event.type.rawValue.prefix(Self.quotedCharacters)
        let source = event.source.rawValue.prefix(Self.quotedCharacters)
        guard let user else { return "the message does not name the user who sent it, and '\(type)' of '\(source)' needs one who may" }
        return "the user '\(user)' may not send '\(type)' of '\(source)'"
    }

    private static let maximumTypeBytes = 255
    private static let quotedCharacters = 255
}
