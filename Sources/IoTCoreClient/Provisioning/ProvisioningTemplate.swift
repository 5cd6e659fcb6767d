// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The body of a provisioning template: what AWS IoT makes for a device, from parameters.
///
/// The same form serves fleet provisioning, just-in-time provisioning (JITP), bulk registration and RegisterThing ("Provisioning templates",
/// developer guide). ``init(parsing:)`` reads its JSON form and ``text()`` writes it.
public struct ProvisioningTemplate: Hashable, Sendable {
    /// A parameter, which is always a text.
    public struct Parameter: Hashable, Sendable {
        /// Its value where the caller gives none.
        public var defaultValue: String?

        /// Makes a parameter.
        ///
        /// - Parameter defaultValue: its value where the caller gives none.
        public init(default defaultValue: String? = nil) { self.defaultValue = defaultValue }
    }

    /// What happens to a property of something that exists already.
    public struct Override: RawRepresentable, Hashable, Sendable {
        /// The setting as the template has it.
        public let rawValue: String

        /// The setting of a text.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// It stays as it is.
        public static let doNothing = Override(rawValue: "DO_NOTHING")
        /// It becomes what the template says.
        public static let replace = Override(rawValue: "REPLACE")
        /// The registration fails.
        public static let fail = Override(rawValue: "FAIL")
        /// What the template says is added; for attributes.
        public static let merge = Override(rawValue: "MERGE")
    }

    /// The thing of the device.
    public struct Thing: Hashable, Sendable {
        /// The name by which answers know the resource.
        public var logicalName = "thing"
        /// The thing's name.
        public var name: Value
        /// Its attributes.
        public var attributes: [String: Value] = [:]
        /// The name of its type.
        public var typeName: Value?
        /// The names of the groups it is put into.
        public var groups: [Value] = []
        /// The name of its billing group.
        public var billingGroup: Value?
        /// What happens to the attributes of a thing that exists.
        public var attributesOverride: Override?
        /// What happens to the type of a thing that exists.
        public var typeNameOverride: Override?
        /// What happens to the groups of a thing that exists.
        public var groupsOverride: Override?

        /// Makes a thing.
        ///
        /// - Parameters:
        ///   - name: the thing's name.
        ///   - attributes: its attributes.
        ///   - typeName: the name of its type.
        ///   - groups: the names of the groups it is put into.
        public init(name: Value, attributes: [String: Value] = [:], typeName: Value? = nil, groups: [Value] = []) {
            self.name = name
            self.attributes = attributes
            self.typeName = typeName
            self.groups = groups
        }
    }

    /// The certificate of the device.
    public struct Certificate: Hashable, Sendable {
        /// Where the certificate comes from.
        public enum Source: Hashable, Sendable {
            /// It is registered already, under an id.
            case id(Value)
            /// AWS issues it for a signing request in PEM form.
            case signingRequest(Value)
            /// It is registered from its PEM form, with that of its CA where it is needed.
            case pem(Value, ca: Value? = nil)
        }

        /// The name by which answers know the resource.
        public var logicalName = "certificate"
        /// Where the certificate comes from.
        public var source: Source
        /// Its status; `ACTIVE` where there is none.
        public var status: Value?
        /// What happens to the status of a certificate that is registered.
        public var statusOverride: Override?

        /// Makes a certificate.
        ///
        /// - Parameters:
        ///   - source: where the certificate comes from.
        ///   - status: its status.
        public init(_ source: Source, status: Value? = nil) {
            self.source = source
            self.status = status
        }
    }

    /// A policy that is attached to the certificate.
    public struct Policy: Hashable, Sendable {
        /// Which policy.
        public enum Source: Hashable, Sendable {
            /// One that exists, by its name.
            case name(Value)
            /// One that AWS makes from a document in JSON.
            case document(Value)
        }

        /// The name by which answers know the resource.
        public var logicalName = "policy"
        /// Which policy.
        public var source: Source

        /// Makes a policy.
        ///
        /// - Parameters:
        ///   - source: which policy.
        ///   - logicalName: the name by which answers know the resource; each of several needs its own.
        public init(_ source: Source, logicalName: String = "policy") {
            self.source = source
            self.logicalName = logicalName
        }
    }

    /// The parameters, by their names.
    public var parameters: [String: Parameter]
    /// Values to look up, by the names of a mapping, of a first key and of a second one.
    public var mappings: [String: [String: [String: String]]] = [:]
    /// The thing of the device.
    public var thing: Thing?
    /// The certificate of the device.
    public var certificate: Certificate?
    /// The policies that are attached to the certificate.
    public var policies: [Policy]
    /// What a device is told when fleet provisioning has registered it.
    public var deviceConfiguration: [String: Value] = [:]

    /// Makes a template.
    ///
    /// - Parameters:
    ///   - parameters: the parameters, by their names.
    ///   - thing: the thing of the device.
    ///   - certificate: the certificate of the device.
    ///   - policies: the policies that are attached to the certificate.
    public init(parameters: [String: Parameter] = [:], thing: Thing? = nil, certificate: Certificate? = nil, policies: [Policy] = []) {
        self.parameters = parameters
        self.thing = thing
        self.certificate = certificate
        self.policies = policies
    }
}
