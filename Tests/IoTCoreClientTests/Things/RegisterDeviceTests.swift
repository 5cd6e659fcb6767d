// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import IoTCoreClient
import Testing
import Transport

@Suite struct RegisterDeviceTests {
    let device: TestDevice

    init() throws { self.device = try TestDevice() }

    func certificate(_ status: String) -> ScriptedTransport.Step {
        let id = self.device.certificate.iotCertificateID
        return .answer(200, #"{"certificateDescription": {"certificateId": "\#(id)", "certificateArn": "arn", "status": "\#(status)"}}"#)
    }

    func registration(_ attributes: [String: String]? = nil) -> DeviceRegistration {
        DeviceRegistration(self.device.certificate, thingName: "thing", attributes: attributes, policies: [.init("policy")])
    }

    @Test func `what is missing is made and tied together`() async throws {
        let script = Script(
            .notFound, .answer(200, #"{"certificateArn": "arn"}"#), .answer(200, #"{"policies": []}"#), .done, .notFound, .done,
            .answer(200, #"{"principals": []}"#), .done)
        let result = try await script.iot.registerDevice(self.registration(["a": "1"]))
        #expect(result.certificateARN == "arn" && result.status == .active)
        #expect(result.effects == [.certificateRegistered, .policyAttached("policy"), .thingCreated, .certificateAttached])
        #expect(
            script.calls == [
                "GET /certificates/\(result.certificateID)", "POST /certificate/register", "POST /attached-policies/arn",
                "PUT /target-policies/policy", "GET /things/thing", "POST /things/thing", "GET /things/thing/principals",
                "PUT /things/thing/principals",
            ])
        #expect(try script.body(5)["attributePayload"] == ["attributes": ["a": "1"]])
    }

    @Test func `what is as it should be stays`() async throws {
        let script = Script(
            self.certificate("ACTIVE"), .answer(200, #"{"policies": [{"policyName": "policy"}]}"#),
            .answer(200, #"{"thingName": "thing", "attributes": {"a": "1"}, "version": 3}"#), .answer(200, #"{"principals": ["arn"]}"#))
        #expect(try await script.iot.registerDevice(self.registration(["a": "1"])).effects.isEmpty)
        #expect(script.calls.count == 4)
    }

    @Test func `an attachment that stands on a later page is seen`() async throws {
        let script = Script(
            self.certificate("ACTIVE"), .answer(200, #"{"policies": [{"policyName": "x"}], "nextMarker": "m"}"#),
            .answer(200, #"{"policies": [{"policyName": "policy"}]}"#), .answer(200, #"{"thingName": "thing"}"#),
            .answer(200, #"{"principals": [], "nextToken": "n"}"#), .answer(200, #"{"principals": ["arn"]}"#))
        #expect(try await script.iot.registerDevice(self.registration()).effects.isEmpty)
    }

    @Test func `a revoked certificate stays revoked, and the result says so`() async throws {
        let script = Script(self.certificate("REVOKED"))
        let result = try await script.iot.registerDevice(DeviceRegistration(self.device.certificate, thingName: nil))
        #expect(result.status == .revoked)
        #expect(result.effects.isEmpty)
    }

    @Test func `a status that is to stay stays, and a new certificate gets the one that is asked for`() async throws {
        var registration = DeviceRegistration(self.device.certificate, thingName: nil)
        registration.changesStatus = false
        let known = Script(self.certificate("INACTIVE"))
        let result = try await known.iot.registerDevice(registration)
        #expect(result.status == .inactive)
        #expect(result.effects.isEmpty)
        let unknown = Script(.notFound, .answer(200, #"{"certificateArn": "arn"}"#))
        #expect(try await unknown.iot.registerDevice(registration).status == .active)
        #expect(try unknown.body(1)["status"] == "ACTIVE")
    }

    @Test func `what was written before an error is told`() async throws {
        let script = Script(.notFound, .answer(200, #"{"certificateArn": "arn"}"#), .answer(200, #"{"policies": []}"#), .notFound)
        var effects: [RegisterDeviceResult.Effect] = []
        let failure = await error { () throws(IoTCoreError) in
            _ = try await script.iot.registerDevice(self.registration()) { effects.append($0) }
        }
        #expect(failure?.code == .notFound)
        #expect(effects == [.certificateRegistered])
    }

    @Test func `a certificate whose CA is not registered is registered without it`() async throws {
        let script = Script(.notFound, .answer(200, #"{"certificateArn": "arn"}"#))
        let result = try await script.iot.registerDevice(
            DeviceRegistration(self.device.certificate, thingName: nil, authority: .notRegistered))
        #expect(result.effects == [.certificateRegistered])
        #expect(script.calls.last == "POST /certificate/register-no-ca")
    }

    @Test func `attributes are changed on the version they were read with`() async throws {
        let thing = #"{"thingName": "thing", "attributes": {"a": "2"}, "version": 3}"#
        let script = Script(
            self.certificate("ACTIVE"), .answer(200, thing), .refusal(409, "VersionConflictException"), .answer(200, thing), .done,
            .answer(200, #"{"principals": ["arn"]}"#))
        let registration = DeviceRegistration(self.device.certificate, thingName: "thing", attributes: ["a": "1"])
        #expect(try await script.iot.registerDevice(registration).effects == [.thingUpdated])
        #expect(try script.body(4) == ["attributePayload": ["attributes": ["a": "1"], "merge": false], "expectedVersion": 3])
    }

    @Test func `a policy that does not exist is an error`() async throws {
        let script = Script(self.certificate("ACTIVE"), .answer(200, #"{"policies": []}"#), .notFound)
        let failure = await error { () throws(IoTCoreError) in _ = try await script.iot.registerDevice(self.registration()) }
        #expect(failure?.code == .notFound)
    }

    @Test func `a template that cannot be repeated is not sent`() async throws {
        var failing = ProvisioningTemplate(thing: .init(name: "a"))
        failing.thing?.groupsOverride = .fail
        for template in [ProvisioningTemplate(certificate: .init(.signingRequest("csr"))), failing] {
            let script = Script()
            let failure = await error { () throws(IoTCoreError) in _ = try await script.iot.registerThing(by: template, parameters: [:]) }
            #expect(failure?.code == .invalidInput)
        }
    }

    @Test func `a template is sent with its parameters, each of which has a value`() async throws {
        let template = ProvisioningTemplate(
            parameters: ["Name": .init(), "Type": .init(default: "t")], thing: .init(name: .parameter("Name")))
        let script = Script(.answer(200, #"{"resourceArns": {"thing": "arn"}}"#))
        let missing = await error { () throws(IoTCoreError) in _ = try await script.iot.registerThing(by: template, parameters: [:]) }
        #expect(missing?.code == .invalidInput)
        let result = try await script.iot.registerThing(by: template, parameters: ["Name": "a"])
        #expect(result.resourceARNs == ["thing": "arn"])
        #expect(try script.body(0)["parameters"] == ["Name": "a"])
    }

    @Test func `a template whose resources another call is changing is sent again`() async throws {
        let script = Script(.refusal(409, "ConflictingResourceUpdateException"), .answer(200, #"{"resourceArns": {"thing": "arn"}}"#))
        let template = ProvisioningTemplate(thing: .init(name: "a"))
        #expect(try await script.iot.registerThing(by: template, parameters: [:]).resourceARNs == ["thing": "arn"])
        #expect(script.calls.count == 2)
    }

    @Test func `an error about a template does not tell its parameters`() async throws {
        let client = AWSClient.scripted(
            ScriptedTransport(Array(repeating: .refusal(409, "ConflictingResourceUpdateException"), count: 10)), sleep: { _ in })
        let template = ProvisioningTemplate(parameters: ["Name": .init()], thing: .init(name: .parameter("Name")))
        let failure = await error { () throws(IoTCoreError) in
            _ = try await IoTCoreClient(client).registerThing(by: template, parameters: ["Name": "secret"])
        }
        #expect(failure?.code == .contended)
        #expect(failure.map { "\($0)" }?.contains("secret") == false)
    }
}
