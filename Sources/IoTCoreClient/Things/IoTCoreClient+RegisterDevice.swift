// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import SystemCrypto

extension IoTCoreClient {
    /// Registers a device by single calls: its certificate, the policies, the thing, and what ties them together.
    ///
    /// Each part is read first and written only where it differs, so that an interrupted registration is completed by running it again.
    /// Where AWS has the certificate as revoked, that stays, and the rest is brought about all the same. Cancelling the task breaks it off
    /// between two calls.
    ///
    /// - Parameters:
    ///   - registration: the device as it should be.
    ///   - onEffect: told at the end what was written, in order, also where an error ends it on the way; by default nobody is.
    /// - Returns: what was done.
    /// - Throws: ``IoTCoreError``; ``IoTCoreError/Code/notFound`` where a policy without a document does not exist.
    @discardableResult
    public func registerDevice(
        _ registration: DeviceRegistration, onEffect: (RegisterDeviceResult.Effect) -> Void = { _ in }
    ) async throws(IoTCoreError) -> RegisterDeviceResult {
        try registration.validate()
        var effects: [RegisterDeviceResult.Effect] = []
        defer { for effect in effects { onEffect(effect) } }
        let certificateID = registration.certificate.iotCertificateID
        let (arn, status) = try await self.putCertificate(registration, certificateID: certificateID, &effects)
        for policy in registration.policies {
            if let document = policy.document, try await self.putPolicy(policy.name, document: document).change != .unchanged {
                effects.append(.policyPut(policy.name))
            }
            if try await self.attach(policy: policy.name, to: arn) { effects.append(.policyAttached(policy.name)) }
        }
        if let thingName = registration.thingName {
            try await self.putThing(thingName, registration, &effects)
            if try await self.attach(certificateARN: arn, to: thingName) { effects.append(.certificateAttached) }
        }
        return RegisterDeviceResult(certificateARN: arn, certificateID: certificateID, status: status, effects: effects)
    }

    // MARK: The certificate

    private func putCertificate(
        _ registration: DeviceRegistration, certificateID: String, _ effects: inout [RegisterDeviceResult.Effect]
    ) async throws(IoTCoreError) -> (arn: String, status: CertificateStatus) {
        var done: [RegisterDeviceResult.Effect] = []
        let result = try await self.settle("certificate \(certificateID)") {
            () async throws(IoTCoreError) -> (arn: String, status: CertificateStatus)? in
            let description = try await self.find(DescribeCertificate(certificateID: certificateID), \.certificateDescription)
            guard let description else {
                guard let arn = try await self.register(registration) else { return nil }
                done.append(.certificateRegistered)
                return (arn, registration.status)
            }
            let arn = try Self.require(description.certificateARN, of: DescribeCertificate.self)
            guard registration.changesStatus else {
                return (arn, try Self.require(description.status, of: DescribeCertificate.self))
            }
            guard let result = try await self.bring(description, to: registration.status) else { return nil }
            if case .changed = result { done.append(.certificateStatusChanged) }
            return (arn, result == .staysRevoked ? .revoked : registration.status)
        }
        effects += done
        return result
    }

    /// Registers a certificate that AWS does not know.
    ///
    /// - Returns: its ARN; `nil` where another was faster.
    private func register(_ registration: DeviceRegistration) async throws(IoTCoreError) -> String? {
        let pem = registration.certificate.pem
        switch registration.authority {
        case .registered, .oneOf:
            var operation = RegisterCertificate(certificatePEM: pem, status: registration.status)
            if case .oneOf(let authority) = registration.authority { operation.caCertificatePEM = authority.pem }
            guard let made = try await self.call(operation, unless: .resourceAlreadyExists) else { return nil }
            return try Self.require(made.certificateARN, of: RegisterCertificate.self)
        case .notRegistered:
            let operation = RegisterCertificateWithoutCA(certificatePEM: pem, status: registration.status)
            guard let made = try await self.call(operation, unless: .resourceAlreadyExists) else { return nil }
            return try Self.require(made.certificateARN, of: RegisterCertificateWithoutCA.self)
        }
    }

    // MARK: The thing

    private func putThing(
        _ name: String, _ registration: DeviceRegistration, _ effects: inout [RegisterDeviceResult.Effect]
    ) async throws(IoTCoreError) {
        let effect = try await self.settle("thing \(name)") { () async throws(IoTCoreError) -> RegisterDeviceResult.Effect?? in
            guard let present = try await self.find(DescribeThing(thingName: name)) else {
                let operation = CreateThing(
                    thingName: name, thingTypeName: registration.thingTypeName,
                    attributePayload: registration.attributes.map { AttributePayload(attributes: $0) })
                guard try await self.call(operation, unless: .resourceAlreadyExists) != nil else { return nil }
                return .some(.thingCreated)
            }
            guard let attributes = registration.attributes, attributes != present.attributes ?? [:] else { return .some(nil) }
            let operation = UpdateThing(
                thingName: name, attributePayload: AttributePayload(attributes: attributes, merge: false), expectedVersion: present.version)
            guard try await self.callOnce(operation, unless: "VersionConflictException", .resourceNotFound) != nil else { return nil }
            return .some(.thingUpdated)
        }
        if let effect { effects.append(effect) }
    }

    // MARK: What ties them together

    /// Attaches a policy unless it is attached.
    private func attach(policy name: String, to certificateARN: String) async throws(IoTCoreError) -> Bool {
        try await self.settle("policies of \(certificateARN)") { () async throws(IoTCoreError) -> Bool? in
            let attached = try await self.list(ListAttachedPolicies(target: certificateARN))
            guard !attached.contains(where: { $0.policyName == name }) else { return false }
            guard try await self.find(AttachPolicy(policyName: name, target: certificateARN)) != nil else {
                throw IoTCoreError(.notFound, message: "there is no policy \(name), or its certificate is gone")
            }
            return true
        }
    }

    /// Attaches a certificate unless it is attached.
    private func attach(certificateARN: String, to thingName: String) async throws(IoTCoreError) -> Bool {
        try await self.settle("principals of \(thingName)") { () async throws(IoTCoreError) -> Bool? in
            let attached = try await self.list(ListThingPrincipals(thingName: thingName))
            guard !attached.contains(certificateARN) else { return false }
            _ = try await self.call(AttachThingPrincipal(thingName: thingName, principal: certificateARN))
            return true
        }
    }
}

extension DeviceRegistration {
    fileprivate func validate() throws(IoTCoreError) {
        if let thingName = self.thingName { try NameRule.thing.check(thingName, of: "thing") }
        for policy in self.policies {
            try PolicyDocument.validateName(policy.name)
            try policy.document?.validate()
        }
    }
}
