// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import LambdaClient
import Testing
import Transport

/// What a deployment does next, and which calls it makes of that.
@Suite struct DeployingTests {
    static func wish() throws -> FunctionDeployment {
        let package = try FunctionPackage(files: [FunctionFile(path: "index.py", bytes: [0x61])])
        var wish = FunctionDeployment("f", package: package, role: "r", runtime: .python3_12, handler: "index.handler")
        wish.timeout = .seconds(10)
        return wish
    }

    /// The function as Lambda tells it when all is as it is to be.
    static func found(_ change: (inout FunctionConfiguration) -> Void = { _ in }) throws -> FunctionConfiguration {
        var found = FunctionConfiguration()
        found.codeSHA256 = try Self.wish().package.sha256
        found.role = "r"
        found.runtime = .python3_12
        found.handler = "index.handler"
        found.timeout = 10
        found.memorySize = 128
        found.state = .active
        found.lastUpdateStatus = .successful
        change(&found)
        return found
    }

    static func json(_ change: (inout FunctionConfiguration) -> Void = { _ in }) throws -> ScriptedTransport.Step {
        let found = try Self.found(change)
        let members = [
            ("CodeSha256", found.codeSHA256), ("Role", found.role), ("Runtime", found.runtime?.rawValue), ("Handler", found.handler),
            ("State", found.state?.rawValue), ("LastUpdateStatus", found.lastUpdateStatus?.rawValue),
            ("LastUpdateStatusReason", found.lastUpdateStatusReason), ("Version", found.version),
        ]
        let texts = members.compactMap { name, value in value.map { #""\#(name)": "\#($0)""# } }
        return .answer(200, "{\(texts.joined(separator: ", ")), \"Timeout\": \(found.timeout ?? 3)}")
    }

    static let gone = ScriptedTransport.Step.answer(404, #"{"Message": "m"}"#, ["x-amzn-errortype": "ResourceNotFoundException"])
    static let conflict = ScriptedTransport.Step.answer(409, #"{"Message": "m"}"#, ["x-amzn-errortype": "ResourceConflictException"])

    static func calls(_ transport: ScriptedTransport) -> [String] {
        transport.requests.map { "\($0.head.method.rawValue) \($0.head.path?.split(separator: "/", maxSplits: 1).last ?? "")" }
    }

    @Test func `a function that is as it is to be is left alone, whatever it has besides`() throws {
        #expect(try FunctionPlan.step(for: Self.wish(), found: Self.found()) == .done)
        #expect(try FunctionPlan.step(for: Self.wish(), found: nil) == .create)
    }

    static let differences: [(String, FunctionPlan.Step, @Sendable (inout FunctionConfiguration) -> Void)] = [
        ("code", .updateCode, { $0.codeSHA256 = "x" }),
        ("role", .updateConfiguration, { $0.role = "x" }),
        ("runtime", .updateConfiguration, { $0.runtime = "x" }),
        ("handler", .updateConfiguration, { $0.handler = nil }),
        ("timeout", .updateConfiguration, { $0.timeout = 3 }),
        ("pending", .wait, { $0.state = .pending }),
        ("updated by somebody", .wait, { ($0.lastUpdateStatus, $0.codeSHA256) = (.inProgress, "x") }),
        ("failed", .fail("why"), { ($0.state, $0.stateReason) = (.failed, "why") }),
        ("failed to be updated", .fail("why"), { ($0.lastUpdateStatus, $0.lastUpdateStatusReason) = (.failed, "why") }),
        ("failed before, with other code", .updateCode, { ($0.lastUpdateStatus, $0.codeSHA256) = (.failed, "x") }),
    ]

    @Test(arguments: differences.indices) func `what differs says what is next`(index: Int) throws {
        let (name, step, change) = Self.differences[index]
        #expect(try FunctionPlan.step(for: Self.wish(), found: Self.found(change)) == step, "\(name)")
    }

    @Test func `settings are compared where they are given`() throws {
        var wish = try Self.wish()
        for change: (inout FunctionDeployment) -> Void in [
            { $0.memorySize = 256 }, { $0.environment = Environment(variables: ["a": "b"]) }, { $0.layers = ["l"] },
            { $0.description = "d" },
        ] {
            wish = try Self.wish()
            change(&wish)
            #expect(try FunctionPlan.step(for: wish, found: Self.found()) == .updateConfiguration)
        }
        (wish.memorySize, wish.environment, wish.layers, wish.description) = (128, Environment(), [], "")
        #expect(try FunctionPlan.step(for: wish, found: Self.found()) == .done)
        wish.architecture = .arm64
        #expect(try FunctionPlan.step(for: wish, found: Self.found()) == .updateCode)
    }

    @Test func `what a function is given is not told`() throws {
        var wish = try Self.wish()
        wish.environment = Environment(variables: ["key": "secret"])
        #expect(!"\(wish)".contains("secret"))
        #expect(!"\(FunctionFailure(payload: Array("secret".utf8), logTail: "secret"))".contains("secret"))
    }

    @Test func `a function is made, waited for, published and shown by an alias`() async throws {
        let transport = ScriptedTransport([
            Self.gone, try Self.json(), try Self.json { $0.state = .pending }, try Self.json { $0.state = .pending }, try Self.json(),
            try Self.json(), try Self.json { $0.version = "1" }, try Self.json(), Self.gone, .answer(201, #"{"FunctionVersion": "1"}"#),
        ])
        var wish = try Self.wish()
        wish.alias = "live"
        let deployed = try await LambdaClient(.scripted(transport)).deploy(wish)
        #expect(deployed.changes == [.created, .alias])
        #expect(deployed.version == "1")
        #expect(
            Self.calls(transport) == [
                "GET functions/f/configuration", "POST functions", "GET functions/f/configuration", "GET functions/f/configuration",
                "GET functions/f/configuration", "GET functions/f/configuration", "POST functions/f/versions",
                "GET functions/f/configuration?Qualifier=1", "GET functions/f/aliases/live", "POST functions/f/aliases",
            ])
    }

    @Test func `nothing but looking is done where all is as it is to be`() async throws {
        let transport = ScriptedTransport([try Self.json()])
        #expect(try await LambdaClient(.scripted(transport)).deploy(Self.wish()).changes == [])
        #expect(Self.calls(transport) == ["GET functions/f/configuration"])
    }

    @Test func `who meets with another deployment looks again, and does not do what is done`() async throws {
        let transport = ScriptedTransport([
            Self.gone, Self.conflict, try Self.json { $0.codeSHA256 = "x" }, Self.conflict, try Self.json(),
        ])
        #expect(try await LambdaClient(.scripted(transport)).deploy(Self.wish()).changes == [])
        #expect(transport.requests.count == 5)
    }

    @Test func `who meets with another deployment while publishing looks again`() async throws {
        let transport = ScriptedTransport([
            try Self.json(), Self.conflict, try Self.json(), try Self.json { $0.version = "3" }, try Self.json(),
            .answer(200, #"{"FunctionVersion": "3"}"#),
        ])
        var wish = try Self.wish()
        wish.alias = "live"
        let deployed = try await LambdaClient(.scripted(transport)).deploy(wish)
        #expect(deployed.version == "3" && deployed.changes == [])
        #expect(Self.calls(transport).filter { $0 == "POST functions/f/versions" }.count == 2)
    }

    @Test func `an update that Lambda could not carry out is an error with Lambda's reason, and is not made again`() async throws {
        let failed = try Self.json { ($0.codeSHA256, $0.lastUpdateStatus, $0.lastUpdateStatusReason) = ("x", .failed, "no such layer") }
        let transport = ScriptedTransport([try Self.json { $0.codeSHA256 = "x" }, try Self.json(), failed, failed, failed])
        do {
            _ = try await LambdaClient(.scripted(transport)).deploy(Self.wish())
            Issue.record("the update has failed")
        } catch {
            #expect(error as? LambdaError == LambdaError(.deploymentFailed, message: ""))
            #expect("\(error)".contains("no such layer"))
        }
        #expect(Self.calls(transport) == ["GET functions/f/configuration", "PUT functions/f/code", "GET functions/f/configuration"])
    }

    @Test func `a role that cannot be assumed yet is waited for`() async throws {
        let early = ScriptedTransport.Step.answer(
            400, #"{"Message": "The role defined for the function cannot be assumed by Lambda."}"#,
            ["x-amzn-errortype": "InvalidParameterValueException"])
        let transport = ScriptedTransport([Self.gone, early, try Self.json(), try Self.json()])
        #expect(try await LambdaClient(.scripted(transport)).deploy(Self.wish()).changes == [.created])
    }

    @Test func `a function that Lambda cannot make usable is an error with Lambda's reason`() async throws {
        let answer = ScriptedTransport.Step.answer(
            200,
            #"{"CodeSha256": "\#(try Self.wish().package.sha256)", "Role": "r", "Runtime": "python3.12", "Handler": "index.handler", "Timeout": 10, "State": "Failed", "StateReason": "no such layer"}"#
        )
        do {
            _ = try await LambdaClient(.scripted(ScriptedTransport([answer]))).deploy(Self.wish())
            Issue.record("the function is not usable")
        } catch {
            #expect(error as? LambdaError == LambdaError(.deploymentFailed, message: ""))
            #expect("\(error)".contains("no such layer"))
        }
    }

    @Test func `a version that Lambda cannot make usable is an error with Lambda's reason, and no alias shows it`() async throws {
        let failed = ScriptedTransport.Step.answer(200, #"{"Version": "2", "State": "Failed", "StateReason": "no such subnet"}"#)
        let transport = ScriptedTransport([try Self.json(), try Self.json { $0.version = "2" }, failed])
        var wish = try Self.wish()
        wish.alias = "live"
        do {
            _ = try await LambdaClient(.scripted(transport)).deploy(wish)
            Issue.record("the version is not usable")
        } catch {
            #expect(error == LambdaError(.deploymentFailed, message: ""))
            #expect("\(error)".contains("no such subnet"))
        }
        #expect(Self.calls(transport).last == "GET functions/f/configuration?Qualifier=2")
    }

    @Test func `who finds other code while publishing looks again`() async throws {
        let other = ScriptedTransport.Step.answer(
            400, #"{"Message": "CodeSHA256 (a) is different from current CodeSHA256 in $LATEST (b)."}"#,
            ["x-amzn-errortype": "InvalidParameterValueException"])
        let transport = ScriptedTransport([
            try Self.json(), other, try Self.json(), try Self.json { $0.version = "3" }, try Self.json(),
            .answer(200, #"{"FunctionVersion": "3"}"#),
        ])
        var wish = try Self.wish()
        wish.alias = "live"
        #expect(try await LambdaClient(.scripted(transport)).deploy(wish).version == "3")
    }

    @Test func `an alias that shows two versions shows one afterwards`() async throws {
        let split = #"{"FunctionVersion": "2", "RevisionId": "x", "RoutingConfig": {"AdditionalVersionWeights": {"1": 0.1}}}"#
        let transport = ScriptedTransport([.answer(200, split), .answer(200, "{}")])
        #expect(try await LambdaClient(.scripted(transport)).move("live", of: "f", to: "2"))
        let body = transport.requests.last.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(body == #"{"FunctionVersion":"2","RoutingConfig":{"AdditionalVersionWeights":{}},"RevisionId":"x"}"#)
    }

    @Test func `an alias is moved to another version only`() async throws {
        let transport = ScriptedTransport([
            .answer(200, #"{"FunctionVersion": "2", "RevisionId": "x"}"#), .answer(200, #"{"FunctionVersion": "1", "RevisionId": "x"}"#),
            .answer(200, "{}"),
        ])
        let lambda = LambdaClient(.scripted(transport))
        #expect(try await !lambda.move("live", of: "f", to: "2"))
        #expect(try await lambda.move("live", of: "f", to: "2"))
        #expect(Self.calls(transport) == Array(repeating: "GET functions/f/aliases/live", count: 2) + ["PUT functions/f/aliases/live"])
    }
}
