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

    static let conflict = ScriptedTransport.Step.refusal(409, "ConflictingResourceUpdateException")

    @Test func `a template that another changes or deletes meanwhile is read anew`() async throws {
        let noVersions = ScriptedTransport.Step.answer(200, #"{"versions": []}"#)
        let made = ScriptedTransport.Step.answer(200, #"{"versionId": 5}"#)
        let version = Script(Self.present("{}"), noVersions, Self.conflict, Self.present("{}"), noVersions, made)
        #expect(try await version.iot.putProvisioningTemplate(Self.definition()).versionID == 5)

        let other = Self.present(try Self.body.text())
        let update = Script(other, Self.conflict, other, .done)
        #expect(try await update.iot.putProvisioningTemplate(Self.definition(isEnabled: false)).change == .updated)

        let created = ScriptedTransport.Step.answer(200, #"{"templateArn": "arn", "defaultVersionId": 1}"#)
        let deleted = Script(Self.present("{}"), .notFound, .notFound, created)
        #expect(try await deleted.iot.putProvisioningTemplate(Self.definition()).change == .created)
    }

    @Test func `a version that another is about to delete makes room, or the next round does`() async throws {
        let versions = ScriptedTransport.Step.answer(
            200, #"{"versions": [{"versionId": 1}, {"versionId": 2}, {"versionId": 3}, {"versionId": 4}, {"versionId": 5}]}"#)
        let script = Script(
            Self.present("{}"), versions, Self.conflict, .refusal(409, "VersionsLimitExceededException"), Self.present("{}"), versions,
            .done,
            .answer(200, #"{"versionId": 6}"#))
        #expect(try await script.iot.putProvisioningTemplate(Self.definition()).versionID == 6)
        #expect(script.calls.count == 8)
    }
}
