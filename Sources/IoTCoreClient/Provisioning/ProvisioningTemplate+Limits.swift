// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension ProvisioningTemplate {
    /// The longest body, in characters (CreateProvisioningTemplate, `templateBody`).
    public static let maximumLength = 10_240

    /// How many versions of one template AWS keeps ("AWS IoT Core quotas", versions per fleet provisioning template).
    public static let maximumVersions = 5

    /// Checks the template against the rules and limits of AWS IoT, as far as they can be known without asking.
    ///
    /// - Throws: ``IoTCoreError/Code/invalidInput``, with the first rule that is broken.
    public func validate() throws(IoTCoreError) {
        guard self.thing != nil || self.certificate != nil else { throw Self.malformed("it has no resources") }
        guard self.policies.isEmpty || self.certificate != nil else {
            throw Self.malformed("a policy needs a certificate that it is attached to")
        }
        var names = Set<String>()
        for name in self.logicalNames where !names.insert(name).inserted {
            throw Self.malformed("two resources have the name \(name)")
        }
        for name in self.values.flatMap(\.references)
        where self.parameters[name] == nil && !name.hasPrefix(Value.certificateParameters) {
            throw Self.malformed("the parameter \(name) is not declared")
        }
        let length = try self.text().unicodeScalars.count
        guard length <= Self.maximumLength else {
            throw Self.malformed("it has \(length) characters, and may have \(Self.maximumLength)")
        }
    }

    private var logicalNames: [String] {
        [self.thing?.logicalName, self.certificate?.logicalName].compactMap { $0 } + self.policies.map(\.logicalName)
    }

    /// All values of the resources.
    private var values: [Value] {
        var values = Array(self.deviceConfiguration.values)
        if let thing {
            values += [thing.name] + thing.attributes.values + thing.groups
            values += [thing.typeName, thing.billingGroup].compactMap { $0 }
        }
        switch self.certificate?.source {
        case .id(let value), .signingRequest(let value): values.append(value)
        case .pem(let value, let ca): values += [value] + (ca.map { [$0] } ?? [])
        case nil: break
        }
        if let status = self.certificate?.status { values.append(status) }
        for policy in self.policies {
            switch policy.source {
            case .name(let value), .document(let value): values.append(value)
            }
        }
        return values
    }
}
