// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import IoTCoreClient
import Testing
import Transport

@Suite struct PutProvisioningTemplateTests {
    static let body = ProvisioningTemplate(thing: .init(name: "a"))

    static func definition(hook: ProvisioningHook? = nil, isEnabled: Bool = true) -> ProvisioningTemplateDefinition {
        ProvisioningTemplateDefinition(
            name: "t", body: Self.body, provisioningRoleARN: "role", isEnabled: isEnabled, preProvisioningHook: hook)
    }

    static func present(_ body: String, more: String = "") -> ScriptedTransport.Step {
        let text = body.replacing("\"", with: "\\\"")
        return .answer(
            200,
            #"{"templateArn": "arn", "defaultVersionId": 4, "enabled": true, "provisioningRoleArn": "role", "templateBody": "\#(text)"\#(more)}"#
        )
    }

    @Test func `a template that is not there is made`() async throws {
        let script = Script(.notFound, .answer(200, #"{"templateArn": "arn", "templateName": "t", "defaultVersionId": 1}"#))
        let result = try await script.iot.putProvisioningTemplate(Self.definition(hook: .init(targetARN: "function")))
        #expect(result == PutProvisioningTemplateResult(change: .created, arn: "arn", versionID: 1))
        #expect(script.calls == ["GET /provisioning-templates/t", "POST /provisioning-templates"])
        #expect(try script.body(1)["preProvisioningHook"] == ["targetArn": "function"])
        #expect(try script.body(1)["templateBody"]?.stringValue == Self.body.text())
    }

    @Test func `a template that is as it should be stays`() async throws {
        let script = Script(Self.present(try Self.body.text() + " "))
        let result = try await script.iot.putProvisioningTemplate(Self.definition())
        #expect(result == PutProvisioningTemplateResult(change: .unchanged, arn: "arn", versionID: 4))
        #expect(script.calls == ["GET /provisioning-templates/t"])
    }

    @Test func `another body becomes the default version, and at five the oldest that is not the default is dropped`() async throws {
        let versions = """
            {"versions": [{"versionId": 4, "isDefaultVersion": true}, {"versionId": 2, "isDefaultVersion": false},
            {"versionId": 12}, {"versionId": 3}, {"versionId": 5}]}
            """
        let script = Script(Self.present("{}"), .answer(200, versions), .done, .answer(200, #"{"versionId": 13}"#))
        let result = try await script.iot.putProvisioningTemplate(Self.definition())
        #expect(result == PutProvisioningTemplateResult(change: .updated, arn: "arn", versionID: 13))
        #expect(
            script.calls == [
                "GET /provisioning-templates/t", "GET /provisioning-templates/t/versions", "DELETE /provisioning-templates/t/versions/2",
                "POST /provisioning-templates/t/versions",
            ])
    }

    @Test func `what differs besides the body is updated, and nothing else`() async throws {
        let hook = #", "preProvisioningHook": {"payloadVersion": "2020-04-01", "targetArn": "function"}"#
        let script = Script(Self.present(try Self.body.text(), more: hook), .done)
        let result = try await script.iot.putProvisioningTemplate(Self.definition(isEnabled: false))
        #expect(result.change == .updated)
        #expect(try script.body(1) == ["enabled": false, "removePreProvisioningHook": true])
    }

    @Test func `a hook that is there with the version that AWS gave it stays`() async throws {
        let hook = #", "preProvisioningHook": {"payloadVersion": "2020-04-01", "targetArn": "function"}"#
        let script = Script(Self.present(try Self.body.text(), more: hook))
        #expect(try await script.iot.putProvisioningTemplate(Self.definition(hook: .init(targetARN: "function"))).change == .unchanged)
    }

    @Test func `a template of another type cannot be changed`() async throws {
        let script = Script(Self.present(try Self.body.text(), more: #", "type": "JITP""#))
        let failure = await error { () throws(IoTCoreError) in _ = try await script.iot.putProvisioningTemplate(Self.definition()) }
        #expect(failure?.code == .notChangeable)
    }

    @Test func `a version whose answer is lost is looked for before it is made again`() async throws {
        let script = Script(
            attempts: 2, Self.present("{}"), .answer(200, #"{"versions": []}"#), .serverFault, Self.present(try Self.body.text()))
        #expect(try await script.iot.putProvisioningTemplate(Self.definition()).versionID == 4)
        #expect(script.calls.count == 4)
    }
}
