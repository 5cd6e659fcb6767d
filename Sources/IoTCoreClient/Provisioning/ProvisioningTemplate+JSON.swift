// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

extension ProvisioningTemplate {
    /// How deep a template may be nested: far above what AWS takes, and far below what a stack holds.
    private static let maximumDepth = 64

    /// Reads a template.
    ///
    /// - Parameter text: the template as JSON.
    /// - Throws: ``IoTCoreError/Code/invalidInput`` where it is no template, or has something that this type does not know.
    public init(parsing text: String) throws(IoTCoreError) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: Array(text.utf8), maximumDepth: Self.maximumDepth)
        } catch {
            throw Self.malformed("\(error)")
        }
        let members = try Self.members(
            of: value, "the template", known: ["Parameters", "Mappings", "Resources", "DeviceConfiguration"])
        self.init()
        for (name, parameter) in try Self.members(of: members["Parameters"], "Parameters") {
            let members = try Self.members(of: parameter, name, known: ["Type", "Default"])
            guard members["Type"]?.stringValue == "String" else { throw Self.malformed("the type of the parameter \(name) is not String") }
            self.parameters[name] = Parameter(default: try members["Default"].map { (value) throws(IoTCoreError) in try Self.text(value) })
        }
        for (name, mapping) in try Self.members(of: members["Mappings"], "Mappings") {
            for (first, entries) in try Self.members(of: mapping, name) {
                for (second, value) in try Self.members(of: entries, first) {
                    self.mappings[name, default: [:]][first, default: [:]][second] = try Self.text(value)
                }
            }
        }
        let resources = try Self.members(of: members["Resources"], "Resources").sorted { $0.key < $1.key }
        for (name, resource) in resources { try self.read(resource, named: name) }
        self.deviceConfiguration = try Self.values(of: members["DeviceConfiguration"], "DeviceConfiguration")
    }

    /// The template as JSON without white space, the same text for equal templates.
    ///
    /// - Returns: the text.
    /// - Throws: ``IoTCoreError/Code/invalidInput`` where a text has no JSON form.
    public func text() throws(IoTCoreError) -> String {
        do {
            return String(decoding: try self.json.encoded(), as: UTF8.self)
        } catch {
            throw Self.malformed("it has no JSON form: \(error)")
        }
    }

    // MARK: Writing

    private var json: JSONValue {
        var members: [(String, JSONValue?)] = []
        members.append(
            (
                "Parameters",
                Self.object(
                    self.parameters.map { name, parameter in
                        (name, Self.object([("Type", "String"), ("Default", parameter.defaultValue.map { .string($0) })]))
                    }, isSorted: true)
            ))
        if !self.mappings.isEmpty {
            members.append(
                (
                    "Mappings",
                    Self.object(
                        self.mappings.map { name, mapping in
                            (
                                name,
                                Self.object(
                                    mapping.map { first, entries in
                                        (first, Self.object(entries.map { ($0.key, .string($0.value)) }, isSorted: true))
                                    }, isSorted: true)
                            )
                        }, isSorted: true)
                ))
        }
        var resources: [(String, JSONValue?)] = []
        if let thing { resources.append((thing.logicalName, thing.json)) }
        if let certificate { resources.append((certificate.logicalName, certificate.json)) }
        for policy in self.policies { resources.append((policy.logicalName, policy.json)) }
        members.append(("Resources", Self.object(resources)))
        if !self.deviceConfiguration.isEmpty {
            members.append(("DeviceConfiguration", Self.object(self.deviceConfiguration.map { ($0.key, $0.value.json) }, isSorted: true)))
        }
        return Self.object(members)
    }

    /// An object of the members that have a value.
    fileprivate static func object(_ members: [(String, JSONValue?)], isSorted: Bool = false) -> JSONValue {
        let present = members.compactMap { name, value in value.map { JSONValue.Member(key: name, value: $0) } }
        return .object(isSorted ? present.sorted { $0.key < $1.key } : present)
    }

    /// An object of the members that have a value; `nil` where none has.
    fileprivate static func objectUnlessEmpty(_ members: [(String, JSONValue?)]) -> JSONValue? {
        // A literal `nil` would be JSON's null here and below.
        members.contains { $0.1 != .none } ? .some(self.object(members)) : .none
    }

    // MARK: Reading

    private mutating func read(_ resource: JSONValue, named name: String) throws(IoTCoreError) {
        let members = try Self.members(of: resource, name, known: ["Type", "Properties", "OverrideSettings"])
        let overrides = try Self.members(of: members["OverrideSettings"], "OverrideSettings")
        func override(_ property: String) throws(IoTCoreError) -> Override? {
            try overrides[property].map { (value) throws(IoTCoreError) in Override(rawValue: try Self.text(value)) }
        }
        switch members["Type"]?.stringValue {
        case "AWS::IoT::Thing" where self.thing == nil:
            var thing = try Thing(properties: members["Properties"])
            thing.logicalName = name
            thing.attributesOverride = try override("AttributePayload")
            thing.typeNameOverride = try override("ThingTypeName")
            thing.groupsOverride = try override("ThingGroups")
            self.thing = thing
        case "AWS::IoT::Certificate" where self.certificate == nil:
            var certificate = try Certificate(properties: members["Properties"])
            certificate.logicalName = name
            certificate.statusOverride = try override("Status")
            self.certificate = certificate
        case "AWS::IoT::Policy":
            self.policies.append(Policy(try Policy.Source(properties: members["Properties"]), logicalName: name))
        case let type:
            throw Self.malformed("\(type ?? "what has no type") is no type of a resource, or is there twice")
        }
    }

    /// The members of an object; of nothing, none.
    fileprivate static func members(
        of value: JSONValue?, _ name: String, known: Set<String>? = nil
    ) throws(IoTCoreError) -> [String: JSONValue] {
        guard let value else { return [:] }
        guard let members = value.objectValue else { throw self.malformed("\(name) is not an object") }
        var values: [String: JSONValue] = [:]
        for member in members {
            guard known?.contains(member.key) ?? true, values.updateValue(member.value, forKey: member.key) == nil else {
                throw self.malformed("\(name) cannot have \(member.key), or has it twice")
            }
        }
        return values
    }

    fileprivate static func values(of value: JSONValue?, _ name: String) throws(IoTCoreError) -> [String: Value] {
        var values: [String: Value] = [:]
        for (key, value) in try self.members(of: value, name) { values[key] = try Value(value) }
        return values
    }

    private static func text(_ value: JSONValue) throws(IoTCoreError) -> String {
        guard let text = value.stringValue else { throw self.malformed("a value that has to be a text is none") }
        return text
    }
}

extension ProvisioningTemplate.Thing {
    fileprivate var json: JSONValue {
        ProvisioningTemplate.object([
            ("Type", "AWS::IoT::Thing"),
            (
                "Properties",
                ProvisioningTemplate.object([
                    ("ThingName", self.name.json),
                    (
                        "AttributePayload",
                        self.attributes.isEmpty
                            ? .none : .some(ProvisioningTemplate.object(self.attributes.map { ($0.key, $0.value.json) }, isSorted: true))
                    ),
                    ("ThingTypeName", self.typeName?.json),
                    ("ThingGroups", self.groups.isEmpty ? .none : .some(.array(self.groups.map(\.json)))),
                    ("BillingGroup", self.billingGroup?.json),
                ])
            ),
            (
                "OverrideSettings",
                ProvisioningTemplate.objectUnlessEmpty([
                    ("AttributePayload", self.attributesOverride.map { .string($0.rawValue) }),
                    ("ThingTypeName", self.typeNameOverride.map { .string($0.rawValue) }),
                    ("ThingGroups", self.groupsOverride.map { .string($0.rawValue) }),
                ])
            ),
        ])
    }

    fileprivate init(properties: JSONValue?) throws(IoTCoreError) {
        let known: Set = ["ThingName", "AttributePayload", "ThingTypeName", "ThingGroups", "BillingGroup"]
        let members = try ProvisioningTemplate.members(of: properties, "Properties", known: known)
        guard let name = members["ThingName"] else { throw ProvisioningTemplate.malformed("a thing has no name") }
        self.init(
            name: try .init(name), attributes: try ProvisioningTemplate.values(of: members["AttributePayload"], "AttributePayload"),
            typeName: try members["ThingTypeName"].map(ProvisioningTemplate.Value.init))
        guard case .list(let groups) = try members["ThingGroups"].map(ProvisioningTemplate.Value.init) ?? .list([]) else {
            throw ProvisioningTemplate.malformed("ThingGroups is not a list")
        }
        self.groups = groups
        self.billingGroup = try members["BillingGroup"].map(ProvisioningTemplate.Value.init)
    }
}

extension ProvisioningTemplate.Certificate {
    fileprivate var json: JSONValue {
        var properties: [(String, JSONValue?)] =
            switch self.source {
            case .id(let id): [("CertificateId", id.json)]
            case .signingRequest(let request): [("CertificateSigningRequest", request.json)]
            case .pem(let pem, let ca): [("CACertificatePem", ca?.json), ("CertificatePem", pem.json)]
            }
        properties.append(("Status", self.status?.json))
        return ProvisioningTemplate.object([
            ("Type", "AWS::IoT::Certificate"), ("Properties", ProvisioningTemplate.object(properties)),
            ("OverrideSettings", ProvisioningTemplate.objectUnlessEmpty([("Status", self.statusOverride.map { .string($0.rawValue) })])),
        ])
    }

    fileprivate init(properties: JSONValue?) throws(IoTCoreError) {
        let known: Set = ["CertificateId", "CertificateSigningRequest", "CertificatePem", "CACertificatePem", "Status"]
        let members = try ProvisioningTemplate.members(of: properties, "Properties", known: known)
        let source: Source
        switch (members["CertificateId"], members["CertificateSigningRequest"], members["CertificatePem"]) {
        case (let id?, nil, nil): source = .id(try .init(id))
        case (nil, let request?, nil): source = .signingRequest(try .init(request))
        case (nil, nil, let pem?):
            source = .pem(try .init(pem), ca: try members["CACertificatePem"].map(ProvisioningTemplate.Value.init))
        default:
            throw ProvisioningTemplate.malformed("a certificate needs one of CertificateId, CertificateSigningRequest and CertificatePem")
        }
        self.init(source, status: try members["Status"].map(ProvisioningTemplate.Value.init))
    }
}

extension ProvisioningTemplate.Policy {
    fileprivate var json: JSONValue {
        let property: (String, JSONValue?) =
            switch self.source {
            case .name(let name): ("PolicyName", name.json)
            case .document(let document): ("PolicyDocument", document.json)
            }
        return ProvisioningTemplate.object([("Type", "AWS::IoT::Policy"), ("Properties", ProvisioningTemplate.object([property]))])
    }
}

extension ProvisioningTemplate.Policy.Source {
    fileprivate init(properties: JSONValue?) throws(IoTCoreError) {
        let members = try ProvisioningTemplate.members(of: properties, "Properties", known: ["PolicyName", "PolicyDocument"])
        switch (members["PolicyName"], members["PolicyDocument"]) {
        case (let name?, nil): self = .name(try .init(name))
        case (nil, let document?): self = .document(try .init(document))
        default: throw ProvisioningTemplate.malformed("a policy needs either PolicyName or PolicyDocument")
        }
    }
}
