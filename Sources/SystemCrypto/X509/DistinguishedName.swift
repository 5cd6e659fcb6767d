// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The name of a certificate's subject or issuer (RFC 5280 section 4.1.2.4).
public struct DistinguishedName: Hashable, Sendable, CustomStringConvertible {
    /// What an attribute of a name says, by its object identifier.
    public struct AttributeType: Hashable, Sendable, CustomStringConvertible {
        /// The object identifier in dotted form.
        public let objectIdentifier: String

        /// Takes an object identifier.
        ///
        /// - Parameter objectIdentifier: the identifier in dotted form.
        public init(objectIdentifier: String) { self.objectIdentifier = objectIdentifier }

        /// The common name, `CN`.
        public static let commonName = AttributeType(objectIdentifier: "2.5.4.3")
        /// The country, `C`: two letters.
        public static let country = AttributeType(objectIdentifier: "2.5.4.6")
        /// The locality, `L`.
        public static let locality = AttributeType(objectIdentifier: "2.5.4.7")
        /// The state or province, `ST`.
        public static let state = AttributeType(objectIdentifier: "2.5.4.8")
        /// The organisation, `O`.
        public static let organization = AttributeType(objectIdentifier: "2.5.4.10")
        /// The unit within the organisation, `OU`.
        public static let organizationalUnit = AttributeType(objectIdentifier: "2.5.4.11")

        /// The short name of RFC 4514 for the six above, otherwise the object identifier.
        public var description: String {
            switch self {
            case .commonName: "CN"
            case .country: "C"
            case .locality: "L"
            case .state: "ST"
            case .organization: "O"
            case .organizationalUnit: "OU"
            default: self.objectIdentifier
            }
        }
    }

    /// One attribute of a name.
    public struct Attribute: Hashable, Sendable {
        /// What the value says.
        public var type: AttributeType
        /// The value.
        public var value: String

        /// Makes an attribute.
        ///
        /// - Parameters:
        ///   - type: what the value says.
        ///   - value: the value.
        public init(_ type: AttributeType, _ value: String) {
            self.type = type
            self.value = value
        }
    }

    /// The attributes in the order of the encoding.
    public var attributes: [Attribute]

    /// Makes a name of attributes.
    ///
    /// - Parameter attributes: the attributes in the order of the encoding.
    public init(attributes: [Attribute]) { self.attributes = attributes }

    /// Makes a name of the attributes that Lamassu's services use; one that is `nil` is left out.
    ///
    /// - Parameters:
    ///   - commonName: the common name, at most 64 characters.
    ///   - organization: the organisation.
    ///   - organizationalUnit: the unit within the organisation.
    ///   - country: the country, two letters.
    ///   - state: the state or province.
    ///   - locality: the locality.
    public init(
        commonName: String?, organization: String? = nil, organizationalUnit: String? = nil, country: String? = nil, state: String? = nil,
        locality: String? = nil
    ) {
        let values: [(AttributeType, String?)] = [
            (.country, country), (.organization, organization), (.organizationalUnit, organizationalUnit), (.locality, locality),
            (.state, state), (.commonName, commonName),
        ]
        self.attributes = values.compactMap { type, value in value.map { Attribute(type, $0) } }
    }

    /// The value of the first attribute of a type.
    ///
    /// - Parameter type: what the value says.
    /// - Returns: the value, or `nil` when the name has no such attribute.
    public subscript(type: AttributeType) -> String? { self.attributes.first { $0.type == type }?.value }

    /// The common name.
    public var commonName: String? { self[.commonName] }
    /// The organisation.
    public var organization: String? { self[.organization] }
    /// The unit within the organisation.
    public var organizationalUnit: String? { self[.organizationalUnit] }
    /// The country.
    public var country: String? { self[.country] }
    /// The state or province.
    public var state: String? { self[.state] }
    /// The locality.
    public var locality: String? { self[.locality] }

    /// The attributes in order, such as `O="Lamassu", CN="Device CA"`, for a person.
    public var description: String {
        self.attributes.map { "\($0.type)=\($0.value.debugDescription)" }.joined(separator: ", ")
    }
}
