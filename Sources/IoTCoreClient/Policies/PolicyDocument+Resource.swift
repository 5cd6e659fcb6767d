// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension PolicyDocument {
    /// The account and the region whose resources a policy is about.
    public struct Scope: Hashable, Sendable {
        /// The partition, such as `aws` or `aws-cn`.
        public var partition: String
        /// The region.
        public var region: String
        /// The id of the account, 12 digits.
        public var account: String

        /// Makes a scope.
        ///
        /// - Parameters:
        ///   - region: the region.
        ///   - account: the id of the account, 12 digits.
        ///   - partition: the partition; by default `aws`.
        public init(region: String, account: String, partition: String = "aws") {
            self.partition = partition
            self.region = region
            self.account = account
        }
    }

    /// A resource that a policy is about: an ARN, possibly with variables, or `*` ("AWS IoT Core action resources", developer guide).
    public struct Resource: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
        /// The ARN, or `*`.
        public let rawValue: String

        /// The resource of an ARN.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The resource of an ARN.
        public init(stringLiteral value: String) { self.init(rawValue: value) }

        private init(_ kind: String, _ name: String, _ scope: Scope) {
            self.init(rawValue: "arn:\(scope.partition):iot:\(scope.region):\(scope.account):\(kind)/\(name)")
        }

        /// The ARN as a policy has it.
        public var description: String { self.rawValue }

        /// Every resource.
        public static let all: Resource = "*"

        /// A client that connects, by its id.
        public static func client(_ id: Pattern, in scope: Scope) -> Resource { Resource("client", id.description, scope) }

        /// A topic that is published to or received from.
        public static func topic(_ topic: Pattern, in scope: Scope) -> Resource { Resource("topic", topic.description, scope) }

        /// A topic filter that is subscribed to; `+` and `#` of MQTT mean themselves here.
        public static func topicFilter(_ filter: Pattern, in scope: Scope) -> Resource {
            Resource("topicfilter", filter.description, scope)
        }

        /// A thing, or one of its named shadows.
        public static func thing(_ name: Pattern, shadow: Pattern? = nil, in scope: Scope) -> Resource {
            Resource("thing", shadow.map { "\(name.description)/\($0.description)" } ?? name.description, scope)
        }

        /// A role alias.
        public static func roleAlias(_ alias: Pattern, in scope: Scope) -> Resource { Resource("rolealias", alias.description, scope) }
    }
}
