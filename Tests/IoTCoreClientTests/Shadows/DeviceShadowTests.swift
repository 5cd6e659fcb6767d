// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import IoTCoreClient
import Testing
import Transport

@Suite struct DeviceShadowTests {
    static func present(_ state: String, version: Int) -> ScriptedTransport.Step {
        .answer(200, #"{"state": \#(state), "metadata": {}, "version": \#(version), "timestamp": 1700000000}"#)
    }

    static let conflict = ScriptedTransport.Step.refusal(409, "ConflictException")

    @Test func `a shadow is read, with its sections as types of the caller`() async throws {
        let script = Script(Self.present(#"{"desired": {"a": 1}, "reported": {"a": 2}, "delta": {"a": 1}}"#, version: 7))
        let document = try #require(try await script.iot.shadow(of: "device").get())
        #expect(try document.desired(as: [String: Int].self) == ["a": 1])
        #expect(try document.reported(as: [String: Int].self) == ["a": 2])
        #expect(try document.delta(as: [String: Int].self) == ["a": 1])
        #expect(throws: JSONError.self) { try document.delta(as: [String: String].self) }
        #expect(document.delta == ["a": 1] && document.state.delta == document.delta)
        #expect(document.version == 7 && document.timestamp == 1_700_000_000)
    }

    @Test func `a shadow of which all is reported has no delta`() async throws {
        let script = Script(Self.present(#"{"desired": {"a": 1}, "reported": {"a": 1}}"#, version: 7))
        let document = try #require(try await script.iot.shadow(of: "device").get())
        #expect(try document.delta(as: [String: Int].self) == nil)
    }

    @Test func `a named shadow is asked for by its name`() async throws {
        let script = Script(.notFound)
        #expect(try await script.iot.shadow(of: "device", named: "config").get() == nil)
        #expect(script.transport.requests.first?.head.path == "/things/device/shadow?name=config")
    }

    @Test func `a change is sent with the version it was decided on`() async throws {
        let script = Script(Self.present(#"{"desired": {"a": 1}}"#, version: 7), .answer(200, #"{"version": 8, "state": {}}"#))
        let result = try await script.iot.shadow(of: "device").desire(["b": 2])
        #expect(result == ShadowUpdateResult(change: .updated, version: 8))
        #expect(try script.body(1) == ["state": ["desired": ["b": 2]], "version": 7])
    }

    @Test func `a change that changes nothing is not sent`() async throws {
        let script = Script(Self.present(#"{"reported": {"a": {"b": 1}}}"#, version: 7))
        let result = try await script.iot.shadow(of: "device").merge(ShadowState(reported: ["a": ["b": 1], "c": .null]))
        #expect(result == ShadowUpdateResult(change: .unchanged, version: 7))
        #expect(script.calls.count == 1)
    }

    @Test func `after a conflict the caller decides anew on the newer state`() async throws {
        let script = Script(
            Self.present(#"{"desired": {"count": 1}}"#, version: 7), Self.conflict, Self.present(#"{"desired": {"count": 5}}"#, version: 8),
            .answer(200, #"{"version": 9}"#))
        let result = try await script.iot.shadow(of: "device").update { document in
            let count = document?.state.desired?["count"]?.numberValue?.integer(as: Int.self) ?? 0
            return ShadowState(desired: ["count": .number(JSONNumber(count + 1))])
        }
        #expect(result.version == 9)
        #expect(try script.body(3) == ["state": ["desired": ["count": 6]], "version": 8])
    }

    @Test func `a shadow that never was is made with version 0, and one that was deleted without a version`() async throws {
        let never = Script(.notFound, .answer(200, #"{"version": 1}"#))
        #expect(try await never.iot.shadow(of: "device").report(["a": 1]) == ShadowUpdateResult(change: .created, version: 1))
        #expect(try never.body(1)["version"] == 0)

        let deleted = Script(.notFound, Self.conflict, .notFound, .answer(200, #"{"version": 4}"#))
        #expect(try await deleted.iot.shadow(of: "device").report(["a": 1]).version == 4)
        #expect(try deleted.body(3)["version"] == nil)
    }

    @Test func `an update whose answer is lost is looked for before it is sent again`() async throws {
        let script = Script(
            attempts: 3, Self.present("{}", version: 1), .fail(.connectionClosed), Self.present(#"{"desired": {"a": 1}}"#, version: 2))
        #expect(try await script.iot.shadow(of: "device").desire(["a": 1]) == ShadowUpdateResult(change: .unchanged, version: 2))
        #expect(script.calls.count == 3)
    }

    @Test func `nothing is sent that would make the shadow too large`() async throws {
        let half = String(repeating: "x", count: 5_000)
        let script = Script(Self.present(#"{"desired": {"a": "\#(half)"}}"#, version: 1))
        let failure = await error { () throws(IoTCoreError) in _ = try await script.iot.shadow(of: "device").desire(["b": half]) }
        #expect(failure?.code == .invalidInput)
        #expect(script.calls.count == 1)
    }

    @Test func `a shadow is deleted once`() async throws {
        let script = Script(.answer(200, #"{"version": 1}"#), .notFound)
        #expect(try await script.iot.shadow(of: "device").delete())
        #expect(try await script.iot.shadow(of: "device").delete() == false)
    }

    @Test(arguments: [("", nil), ("a b", nil), ("a", ""), ("a", "b/c"), ("a", String(repeating: "n", count: 65))] as [(String, String?)])
    func `the names of things and shadows have the characters of AWS`(thing: String, name: String?) async {
        let script = Script()
        let failure = await error { () throws(IoTCoreError) in _ = try await script.iot.shadow(of: thing, named: name).get() }
        #expect(failure?.code == .invalidInput)
    }

    @Test(arguments: ["", "[]", "{}", #"{"state": {}}"#, #"{"state": 1, "version": 1}"#, #"{"state": {}, "version": "1"}"#, "<html>"])
    func `what is no shadow is an error`(answer: String) async {
        let script = Script(.answer(200, answer))
        let failure = await error { () throws(IoTCoreError) in _ = try await script.iot.shadow(of: "device").get() }
        #expect(failure?.code == .malformedAnswer)
    }
}
