// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import IoTCoreClient
import SystemCrypto
import Testing

/// An operation that may be run any number of times, with what the ledger of the emulator has to show then.
struct IdempotentOperation: Sendable, CustomTestStringConvertible {
    /// A call that it makes, and how a fault of that call is kept to one subject.
    struct Call: Sendable {
        var operation: String
        var service = "iot"
        /// A text in the path, the query or the body.
        var text: @Sendable (IoTSubject) -> String = { $0.name }
        /// Two in which the call has its effect and its answer is lost, and one in which it is refused for now.
        var faults = ["cut-after", "500-after", "429"]

        static func of(_ operations: String...) -> [Call] { operations.map { Call(operation: $0) } }

        /// Calls that are also refused where another changes the same.
        static func contended(_ operations: String...) -> [Call] {
            operations.map { Call(operation: $0, faults: ["cut-after", "500-after", "429", "conflict"]) }
        }

        /// Calls that name the device's certificate by its id.
        static func ofCertificate(_ operations: String...) -> [Call] {
            operations.map { Call(operation: $0) { $0.certificate.iotCertificateID } }
        }

        /// A line of a certificate in PEM form.
        static func line(of certificate: X509Certificate) -> String { String(certificate.pem.split(separator: "\n")[2]) }
    }

    let testDescription: String
    /// The calls it makes, where there is nothing yet.
    let calls: [Call]
    /// What has changed when it was prepared and run, however often.
    let changes: [String]
    var prepare: @Sendable (IoTCoreClient, IoTSubject) async throws -> Void = { _, _ in }
    let run: @Sendable (IoTCoreClient, IoTSubject) async throws -> Void

    static let document = PolicyDocument([.allow(.connect, on: .all)])
    static let role = "arn:aws:iam::123456789012:role/provisioning"

    static let all: [IdempotentOperation] = [
        IdempotentOperation(
            testDescription: "put a new policy", calls: Call.of("GetPolicy", "CreatePolicy"), changes: ["policy-created"]
        ) { iot, subject in try await iot.putPolicy(subject.name, document: Self.document) },
        IdempotentOperation(
            testDescription: "put another policy at five versions",
            calls: Call.of("GetPolicy", "ListPolicyVersions", "DeletePolicyVersion", "CreatePolicyVersion"),
            changes: ["policy-created"] + Array(repeating: "policy-version-created", count: 4)
                + ["policy-version-deleted", "policy-version-created"],
            prepare: { iot, subject in
                for action in 1...5 {
                    let document = PolicyDocument([.allow(.init(rawValue: "iot:Action\(String(repeating: "x", count: action))"), on: .all)])
                    try await iot.putPolicy(subject.name, document: document)
                }
            }
        ) { iot, subject in try await iot.putPolicy(subject.name, document: Self.document) },
        IdempotentOperation(
            testDescription: "put a new provisioning template",
            calls: Call.of("DescribeProvisioningTemplate", "CreateProvisioningTemplate"), changes: ["provisioning-template-created"]
        ) { iot, subject in try await iot.putProvisioningTemplate(Self.template(subject)) },
        IdempotentOperation(
            testDescription: "put another provisioning template",
            calls: Call.of("DescribeProvisioningTemplate", "ListProvisioningTemplateVersions")
                + Call.contended("UpdateProvisioningTemplate") + [Self.createTemplateVersion],
            changes: ["provisioning-template-created", "provisioning-template-version-created", "provisioning-template-updated"],
            prepare: { iot, subject in
                var template = Self.template(subject, thingName: "other")
                template.isEnabled = false
                try await iot.putProvisioningTemplate(template)
            }
        ) { iot, subject in try await iot.putProvisioningTemplate(Self.template(subject)) },
        IdempotentOperation(
            testDescription: "put another provisioning template at five versions",
            calls: Call.contended("DeleteProvisioningTemplateVersion") + [Self.createTemplateVersion],
            changes: ["provisioning-template-created"] + Array(repeating: "provisioning-template-version-created", count: 4)
                + ["provisioning-template-version-deleted", "provisioning-template-version-created"],
            prepare: { iot, subject in
                for number in 1...5 { try await iot.putProvisioningTemplate(Self.template(subject, thingName: "other-\(number)")) }
            }
        ) { iot, subject in try await iot.putProvisioningTemplate(Self.template(subject)) },
        IdempotentOperation(
            testDescription: "revoke a certificate", calls: Call.ofCertificate("DescribeCertificate", "UpdateCertificate"),
            changes: ["certificate-registered", "certificate-status-changed"],
            prepare: { iot, subject in
                _ = try await iot.send(RegisterCertificateWithoutCA(certificatePEM: subject.certificate.pem, status: .active))
            }
        ) { iot, subject in try await iot.updateCertificateStatus(to: .revoked, of: subject.certificate.iotCertificateID) },
        IdempotentOperation(
            testDescription: "register a CA with its handshake", calls: Self.registerCA, changes: ["ca-certificate-registered"]
        ) { iot, subject in
            try await iot.registerCA(CARegistration(subject.authority, as: .primary(subject.signer)))
        },
        IdempotentOperation(
            testDescription: "register a CA of several accounts", calls: Self.registerCA, changes: ["ca-certificate-registered"]
        ) { iot, subject in try await iot.registerCA(CARegistration(subject.authority, as: .sniOnly)) },
        IdempotentOperation(
            testDescription: "activate a CA",
            calls: ["DescribeCACertificate", "UpdateCACertificate"].map { Call(operation: $0) { $0.authority.iotCertificateID } },
            changes: ["ca-certificate-registered", "ca-certificate-updated"],
            prepare: { iot, subject in try await iot.registerCA(CARegistration(subject.authority, as: .sniOnly, status: .inactive)) }
        ) { iot, subject in try await iot.registerCA(CARegistration(subject.authority, as: .sniOnly)) },
        IdempotentOperation(
            testDescription: "give a thing other attributes", calls: Call.of("DescribeThing", "UpdateThing"),
            changes: ["certificate-registered", "thing-created", "principal-attached", "thing-updated"],
            prepare: { iot, subject in try await iot.registerDevice(Self.device(subject, model: "a")) }
        ) { iot, subject in try await iot.registerDevice(Self.device(subject, model: "b")) },
        IdempotentOperation(
            testDescription: "register a device by single calls",
            calls: Call.ofCertificate("DescribeCertificate", "ListAttachedPolicies", "AttachPolicy")
                + Call.of("GetPolicy", "CreatePolicy", "DescribeThing", "CreateThing", "ListThingPrincipals", "AttachThingPrincipal")
                + [Call(operation: "RegisterCertificate") { Call.line(of: $0.certificate) }],
            changes: [
                "ca-certificate-registered", "certificate-registered", "policy-created", "policy-attached", "thing-created",
                "principal-attached",
            ],
            prepare: { iot, subject in try await iot.registerCA(CARegistration(subject.authority, as: .primary(subject.signer))) }
        ) { iot, subject in
            try await iot.registerDevice(
                DeviceRegistration(
                    subject.certificate, thingName: subject.name, attributes: ["model": "a"],
                    policies: [.init(subject.name, document: Self.document)]))
        },
        IdempotentOperation(
            testDescription: "register a device by a template", calls: Call.contended("RegisterThing"),
            changes: ["ca-certificate-registered", "certificate-registered", "thing-created", "principal-attached"],
            prepare: { iot, subject in try await iot.registerCA(CARegistration(subject.authority, as: .primary(subject.signer))) }
        ) { iot, subject in
            let template = ProvisioningTemplate(
                parameters: ["Name": .init(), "Certificate": .init()], thing: .init(name: .parameter("Name")),
                certificate: .init(.pem(.parameter("Certificate"))))
            _ = try await iot.registerThing(
                by: template, parameters: ["Name": subject.name, "Certificate": subject.certificate.pem])
        },
        IdempotentOperation(
            testDescription: "make a shadow", calls: Self.updateShadow, changes: ["shadow-updated"]
        ) { iot, subject in try await iot.shadow(of: subject.name).desire(["on": true]) },
        IdempotentOperation(
            testDescription: "make a named shadow anew", calls: Self.updateShadow,
            changes: ["shadow-updated", "shadow-deleted", "shadow-updated"],
            prepare: { iot, subject in
                try await iot.shadow(of: subject.name, named: "config").desire(["on": false])
                try await iot.shadow(of: subject.name, named: "config").delete()
            }
        ) { iot, subject in try await iot.shadow(of: subject.name, named: "config").desire(["on": true]) },
        IdempotentOperation(
            testDescription: "delete a shadow", calls: [Call(operation: "DeleteThingShadow", service: "iotdata")],
            changes: ["shadow-updated", "shadow-deleted"],
            prepare: { iot, subject in try await iot.shadow(of: subject.name).desire(["on": true]) }
        ) { iot, subject in try await iot.shadow(of: subject.name).delete() },
        IdempotentOperation(
            testDescription: "disconnect a device", calls: [Call(operation: "DeleteConnection", service: "iotdata")],
            changes: ["connection-deleted"], prepare: { _, subject in try await AWSEmulator.connect(subject.name) }
        ) { iot, subject in try await iot.disconnect(subject.name, endsSession: true) },
        IdempotentOperation(
            testDescription: "put a job", calls: Call.of("DescribeJob", "CreateJob"), changes: ["thing-created", "job-created"],
            prepare: { iot, subject in _ = try await iot.send(CreateThing(thingName: subject.name)) }
        ) { iot, subject in
            try await iot.putJob(
                CreateJob(
                    jobID: subject.name, targets: ["arn:aws:iot:eu-west-1:123456789012:thing/\(subject.name)"], document: #"{"a": 1}"#))
        },
        IdempotentOperation(
            testDescription: "cancel a job", calls: Call.of("DescribeJob", "CancelJob"),
            changes: ["thing-created", "job-created", "job-canceled", "job-execution-updated"],
            prepare: { iot, subject in
                _ = try await iot.send(CreateThing(thingName: subject.name))
                try await iot.putJob(
                    CreateJob(
                        jobID: subject.name, targets: ["arn:aws:iot:eu-west-1:123456789012:thing/\(subject.name)"],
                        document: #"{"a": 1}"#))
            }
        ) { iot, subject in try await iot.cancelJob(subject.name) },
        IdempotentOperation(
            testDescription: "start a bulk registration", calls: [Self.startBulkRegistration],
            changes: ["registration-task-started", "thing-created", "registration-task-completed"],
            prepare: { _, subject in
                try await AWSEmulator.store(#"{"Name": "\#(subject.name)"}"#, in: "registrations", as: subject.name)
            }
        ) { iot, subject in
            let task = try await iot.startBulkRegistration(Self.bulkRegistration(subject)).taskID
            for try await _ in iot.progress(ofBulkRegistration: task, every: .zero) {}
        },
        IdempotentOperation(
            testDescription: "stop a bulk registration",
            calls: ["DescribeThingRegistrationTask", "StopThingRegistrationTask"].map { Call(operation: $0) { $0.task.value } },
            changes: ["registration-task-started", "registration-task-stopped"],
            prepare: { iot, subject in
                // The emulator goes on by a quarter of the lines whenever it is asked how far it is.
                try await AWSEmulator.store(String(repeating: "no parameters\n", count: 100), in: "registrations", as: subject.name)
                subject.task.value = try await iot.startBulkRegistration(Self.bulkRegistration(subject)).taskID
            }
        ) { iot, subject in try await iot.stopBulkRegistration(subject.task.value) },
    ]

    /// Has no token either, and is therefore cut likewise.
    private static let startBulkRegistration = Call(
        operation: "StartThingRegistrationTask", faults: ["cut-body", "500-after", "429"])

    private static func bulkRegistration(_ subject: IoTSubject) -> BulkRegistration {
        BulkRegistration(
            template: ProvisioningTemplate(parameters: ["Name": .init()], thing: .init(name: .parameter("Name"))),
            bucket: "registrations", key: subject.name, roleARN: Self.role)
    }

    private static func device(_ subject: IoTSubject, model: String) -> DeviceRegistration {
        DeviceRegistration(
            subject.certificate, thingName: subject.name, attributes: ["model": model], policies: [], authority: .notRegistered)
    }

    /// libcurl sends a request once more whose kept connection is closed without a byte of an answer, and AWS has no token for this one: so its
    /// connection is cut in the middle of the answer.
    private static let createTemplateVersion = Call(
        operation: "CreateProvisioningTemplateVersion", faults: ["cut-body", "500-after", "429", "conflict"])

    private static let registerCA: [Call] = [
        Call(operation: "DescribeCACertificate") { $0.authority.iotCertificateID },
        Call(operation: "RegisterCACertificate") { Call.line(of: $0.authority) },
    ]

    private static let updateShadow = [
        Call(operation: "GetThingShadow", service: "iotdata"), Call(operation: "UpdateThingShadow", service: "iotdata"),
    ]

    private static func template(_ subject: IoTSubject, thingName: String? = nil) -> ProvisioningTemplateDefinition {
        ProvisioningTemplateDefinition(
            name: subject.name,
            body: ProvisioningTemplate(
                parameters: ["Serial": .init()], thing: .init(name: .text(thingName ?? subject.name)),
                certificate: .init(.id(.certificateID))),
            provisioningRoleARN: self.role)
    }
}
