// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

/// What RegisterThing came to.
public struct RegisterThingResult: Sendable {
    /// The certificate in PEM form, where the template has one and AWS said it.
    public var certificatePEM: String?
    /// The ARNs of the resources, by their logical names in the template.
    public var resourceARNs: [String: String]
}

extension IoTCoreClient {
    /// Registers a device as a provisioning template says, in one call of AWS.
    ///
    /// AWS itself looks for the thing, the certificate and the policies first. So it is safe to repeat but for two things, which are refused: a
    /// certificate from a signing request, of which every call would issue another one, and an override that fails where the thing exists.
    ///
    /// - Parameters:
    ///   - template: the template, which is checked against the limits of AWS first.
    ///   - parameters: the values of its parameters.
    /// - Returns: the resources.
    /// - Throws: ``IoTCoreError``.
    public func registerThing(
        by template: ProvisioningTemplate, parameters: [String: String]
    ) async throws(IoTCoreError) -> RegisterThingResult {
        try template.validate()
        if case .signingRequest = template.certificate?.source {
            throw IoTCoreError(
                .invalidInput, message: "a template with a signing request issues a certificate at each call: send RegisterThing for that")
        }
        let overrides = [
            template.thing?.attributesOverride, template.thing?.typeNameOverride, template.thing?.groupsOverride,
            template.certificate?.statusOverride,
        ]
        guard !overrides.contains(.fail) else {
            throw IoTCoreError(
                .invalidInput, message: "a template that fails where something exists cannot be repeated: send RegisterThing")
        }
        for (name, parameter) in template.parameters.sorted(by: { $0.key < $1.key })
        where parameter.defaultValue == nil && parameters[name] == nil {
            throw IoTCoreError(.invalidInput, message: "the parameter \(name) of the template has no value")
        }
        let body = try template.text()
        let resource = "things of \(parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ","))"
        // What the parameters hold may be secret.
        return try await self.settle(resource, named: "things of a template") { () async throws(IoTCoreError) -> RegisterThingResult? in
            let output = try await self.call(
                RegisterThing(templateBody: body, parameters: parameters), unless: .conflictingResourceUpdate)
            return output.map { RegisterThingResult(certificatePEM: $0.certificatePEM, resourceARNs: $0.resourceARNs ?? [:]) }
        }
    }
}
