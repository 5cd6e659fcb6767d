// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension PolicyDocument {
    /// A variable of a policy, which AWS replaces by what it knows of the request ("AWS IoT Core policy variables", developer guide).
    public struct Variable: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
        /// The variable's name, without `${` and `}`.
        public let rawValue: String

        /// The variable of a name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The variable of a name.
        public init(stringLiteral value: String) { self.init(rawValue: value) }

        /// The variable as it stands in a resource: `${name}`.
        public var description: String { "${\(self.rawValue)}" }

        /// The client id of the MQTT connection.
        public static let clientID: Variable = "iot:ClientId"
        /// The address from which the device calls.
        public static let sourceIP: Variable = "aws:SourceIp"
        /// The name of the thing: that of the registry whose name is the client id.
        public static let thingName: Variable = "iot:Connection.Thing.ThingName"
        /// The type of the thing.
        public static let thingTypeName: Variable = "iot:Connection.Thing.ThingTypeName"
        /// Whether the certificate is attached to the thing.
        public static let isAttached: Variable = "iot:Connection.Thing.IsAttached"
        /// The id of the certificate.
        public static let certificateID: Variable = "iot:CertificateId"
        /// The serial number of the certificate.
        public static let certificateSerialNumber: Variable = "iot:Certificate.SerialNumber"
        /// The domain name that the device connects to.
        public static let domainName: Variable = "iot:DomainName"

        /// An attribute of the thing.
        public static func thingAttribute(_ name: String) -> Variable {
            Variable(rawValue: "iot:Connection.Thing.Attributes[\(name)]")
        }

        /// An attribute of the subject of the certificate, such as `CommonName` or `Organization`.
        public static func certificateSubject(_ attribute: String) -> Variable {
            Variable(rawValue: "iot:Certificate.Subject.\(attribute)")
        }

        /// An attribute of the issuer of the certificate, such as `CommonName` or `Organization`.
        public static func certificateIssuer(_ attribute: String) -> Variable {
            Variable(rawValue: "iot:Certificate.Issuer.\(attribute)")
        }
    }

    /// A text of a policy, with variables.
    ///
    /// In a literal a variable is interpolated, as in `"devices/\(.thingName)/up"`. `*` stands for any characters and `?` for any one of them,
    /// also where a `String` with them is interpolated.
    public struct Pattern: Hashable, Sendable, ExpressibleByStringInterpolation, CustomStringConvertible {
        /// Collects texts and variables.
        public struct StringInterpolation: StringInterpolationProtocol {
            fileprivate var text = ""

            /// Starts an empty text.
            public init(literalCapacity: Int, interpolationCount: Int) {
                self.text.reserveCapacity(literalCapacity + 32 * interpolationCount)
            }

            /// Appends a literal part.
            public mutating func appendLiteral(_ literal: String) { self.text += literal }

            /// Appends a variable.
            public mutating func appendInterpolation(_ variable: Variable) { self.text += variable.description }

            /// Appends a text.
            public mutating func appendInterpolation(_ text: String) { self.text += text }
        }

        /// The text as a policy has it.
        public let description: String

        /// The pattern of a text.
        public init(_ text: String) { self.description = text }

        /// The pattern of a text.
        public init(stringLiteral value: String) { self.description = value }

        /// The pattern of a text with variables.
        public init(stringInterpolation: StringInterpolation) { self.description = stringInterpolation.text }
    }
}
