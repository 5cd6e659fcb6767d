// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import LambdaClient
import SQSClient
import Testing

/// Deploys functions to the emulator, which runs them, and invokes them.
@Suite struct FunctionTests {
    static let source = """
        def handler(event, context):
            if event == "fail":
                print("about to fail")
                raise KeyError("missing")
            return {"got": event, "by": context.function_version}
        """

    static func wish(_ name: String, source: String = source) async throws -> FunctionDeployment {
        let role = try await AWSEmulator.makeRole(name, trusting: "lambda.amazonaws.com")
        let package = try FunctionPackage(files: [FunctionFile(path: "index.py", bytes: Array(source.utf8))])
        var wish = FunctionDeployment(name, package: package, role: role, runtime: .python3_12, handler: "index.handler")
        wish.alias = "live"
        return wish
    }

    static func name() -> String { "test-\(UInt64.random(in: .min ... .max))" }

    @Test func `a function is deployed once, again where its code or a setting changes, and its alias follows`() async throws {
        let lambda = LambdaClient(try AWSEmulator.client())
        let name = Self.name()
        var wish = try await Self.wish(name)
        let first = try await lambda.deploy(wish)
        #expect(first.changes == [.created, .alias])
        let before = try await AWSEmulator.changes(naming: name).count
        #expect(try await lambda.deploy(wish).changes == [])
        #expect(try await AWSEmulator.changes(naming: name).count == before)

        wish.package = try FunctionPackage(files: [FunctionFile(path: "index.py", bytes: Array((Self.source + "\n").utf8))])
        wish.description = "notifies"
        let second = try await lambda.deploy(wish)
        #expect(second.changes == [.code, .configuration, .alias])
        #expect(second.version != first.version)
        let answer = try await lambda.invoke(name, qualifier: "live", with: ["a": 1], returning: JSONValue.self)
        #expect(answer["got"]?["a"]?.encodedText == "1")
    }

    @Test(arguments: ["CreateFunction", "PublishVersion", "CreateAlias"])
    func `a deployment whose answer is lost goes on where it has stopped`(operation: String) async throws {
        let name = Self.name()
        let wish = try await Self.wish(name)
        try await AWSEmulator.fail(operation, of: "lambda", with: "500-after", naming: name)
        let lambda = LambdaClient(try AWSEmulator.client())
        await #expect(throws: LambdaError(.callFailed, message: "")) { try await lambda.deploy(wish) }
        let deployed = try await lambda.deploy(wish)
        #expect(deployed.version == "1")
        #expect(try await lambda.deploy(wish).changes == [])
        let changes = try await AWSEmulator.changes(naming: name).map(\.change)
        #expect(changes.filter { $0 == "function-created" }.count == 1)
        #expect(changes.filter { $0 == "function-version-published" }.count == 1)
    }

    @Test(arguments: ["UpdateFunctionCode", "UpdateFunctionConfiguration", "PublishVersion", "UpdateAlias"])
    func `a deployment of a change whose answer is lost, or that meets another change, has one effect`(operation: String) async throws {
        let lambda = LambdaClient(try AWSEmulator.client())
        for fault in ["500-after", "conflict"] {
            let name = Self.name()
            var wish = try await Self.wish(name)
            _ = try await lambda.deploy(wish)
            let before = try await AWSEmulator.changes(naming: name).count
            wish.package = try FunctionPackage(files: [FunctionFile(path: "index.py", bytes: Array((Self.source + "\n").utf8))])
            wish.description = "notifies"
            try await AWSEmulator.fail(operation, of: "lambda", with: fault, naming: name)
            if fault == "500-after" {
                await #expect(throws: LambdaError(.callFailed, message: "")) { try await lambda.deploy(wish) }
            }
            #expect(try await lambda.deploy(wish).version == "2")
            #expect(try await lambda.deploy(wish).changes == [])
            #expect(try await !AWSEmulator.hasFault(naming: name), "\(operation) is not called")
            #expect(
                try await AWSEmulator.changes(naming: name).dropFirst(before).map(\.change) == [
                    "function-code-updated", "function-configuration-updated", "function-version-published", "function-alias-updated",
                ])
        }
    }

    @Test(arguments: ["UpdateFunctionCode", "UpdateFunctionConfiguration"])
    func `an update that Lambda cannot carry out is an error, and deploying again tries again`(operation: String) async throws {
        let lambda = LambdaClient(try AWSEmulator.client())
        let name = Self.name()
        var wish = try await Self.wish(name)
        _ = try await lambda.deploy(wish)
        wish.package = try FunctionPackage(files: [FunctionFile(path: "index.py", bytes: Array((Self.source + "\n").utf8))])
        wish.description = "notifies"
        try await AWSEmulator.fail(operation, of: "lambda", with: "fail-later", naming: name)
        let error = await #expect(throws: LambdaError.self) { try await lambda.deploy(wish) }
        #expect(error?.code == .deploymentFailed)
        #expect(error?.message.contains("asked for by a test") == true)
        #expect(try await lambda.deploy(wish).version == "2")
    }

    @Test func `deployments of the same at a time make one function`() async throws {
        let name = Self.name()
        let wish = try await Self.wish(name)
        let lambda = LambdaClient(try AWSEmulator.client())
        let versions = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<3 { group.addTask { try await lambda.deploy(wish).version } }
            return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(versions == ["1"])
        #expect(try await AWSEmulator.changes(naming: name).filter { $0.change == "function-created" }.count == 1)
    }

    @Test func `a function that fails is an error with the end of its log`() async throws {
        let name = Self.name()
        let lambda = LambdaClient(try AWSEmulator.client())
        _ = try await lambda.deploy(Self.wish(name))
        do {
            _ = try await lambda.invoke(name, with: "fail", returning: JSONValue.self)
            Issue.record("the function fails")
        } catch {
            #expect(error == LambdaError(.functionFailed, message: ""))
            #expect(error.failure?.type == "KeyError")
            #expect(error.failure?.logTail?.contains("about to fail") == true)
        }
        try await lambda.checkInvocation(of: name, with: "fail")
        try await lambda.sendEvent(to: name, "event")
    }

    @Test func `a function is read while it is still at it, until it returns or fails`() async throws {
        let name = Self.name()
        let lambda = LambdaClient(try AWSEmulator.client())
        let source = """
            def handler(event, context):
                yield "one "
                yield "two"
                if event == "fail":
                    raise KeyError("missing")
            """
        _ = try await lambda.deploy(Self.wish(name, source: source))
        for input in ["succeed", "fail"] {
            let (text, failure) = try await lambda.withResponseStream(of: name, qualifier: "live", with: input) { pieces in
                var bytes: [UInt8] = []
                do throws(LambdaError) {
                    for try await piece in pieces { bytes += piece }
                    return (String(decoding: bytes, as: UTF8.self), FunctionFailure?.none)
                } catch {
                    return (String(decoding: bytes, as: UTF8.self), error.failure)
                }
            }
            #expect(text == "one two")
            #expect(failure?.type == (input == "fail" ? "KeyError" : nil))
            #expect(failure?.executedVersion == (input == "fail" ? "1" : nil))
        }
        await #expect(throws: LambdaError(.callFailed, message: "")) {
            try await lambda.withResponseStream(of: "\(name)-other", with: "succeed") { _ in }
        }
    }

    @Test func `an event source mapping is put once, whoever puts it`() async throws {
        let name = Self.name()
        let aws = try AWSEmulator.client()
        let lambda = LambdaClient(aws)
        _ = try await lambda.deploy(Self.wish(name))
        let (queueName, queue) = try await QueueTests.queue(SQSClient(aws))
        let names: [QueueAttributeName] = [.queueARN]
        let attributes = try await SQSClient(aws).send(GetQueueAttributes(queueURL: queue, attributeNames: names)).attributes
        var wish = CreateEventSourceMapping(eventSourceARN: try #require(attributes?["QueueArn"]), functionName: name, batchSize: 5)
        let uuids = try await withThrowingTaskGroup(of: String?.self) { [wish] group in
            for _ in 0..<3 { group.addTask { try await lambda.put(wish).uuid } }
            return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(uuids.count == 1)
        wish.batchSize = 2
        try await lambda.put(wish)
        #expect(try await lambda.put(wish).batchSize == 2)
        let changes = try await AWSEmulator.changes(naming: queueName).map(\.change)
        #expect(
            changes.filter { $0.hasPrefix("event-source-mapping") } == ["event-source-mapping-created", "event-source-mapping-updated"])
    }

    @Test(arguments: ["CreateEventSourceMapping", "UpdateEventSourceMapping"])
    func `a mapping that is put again, because the answer was lost or another change is in progress, is changed once`(
        operation: String
    ) async throws {
        let aws = try AWSEmulator.client()
        let lambda = LambdaClient(aws)
        let name = Self.name()
        _ = try await lambda.deploy(Self.wish(name))
        for fault in ["500-after", "conflict"] {
            let (queueName, queue) = try await QueueTests.queue(SQSClient(aws))
            let names: [QueueAttributeName] = [.queueARN]
            let attributes = try await SQSClient(aws).send(GetQueueAttributes(queueURL: queue, attributeNames: names)).attributes
            let source = try #require(attributes?["QueueArn"])
            var wish = CreateEventSourceMapping(eventSourceARN: source, functionName: name, batchSize: 5)
            var text = name
            if operation == "UpdateEventSourceMapping" {
                // An update names neither source nor function.
                text = try #require(try await lambda.put(wish).uuid)
                wish.batchSize = 2
            }
            try await AWSEmulator.fail(operation, of: "lambda", with: fault, naming: text)
            if fault == "500-after" {
                await #expect(throws: LambdaError(.callFailed, message: "")) { try await lambda.put(wish) }
            }
            #expect(try await lambda.put(wish).batchSize == wish.batchSize)
            #expect(try await !AWSEmulator.hasFault(naming: text), "\(operation) is not called")
            let changes = try await AWSEmulator.changes(naming: queueName).map(\.change).filter { $0.hasPrefix("event-source-mapping") }
            let created = "event-source-mapping-created"
            #expect(changes == (operation == "UpdateEventSourceMapping" ? [created, "event-source-mapping-updated"] : [created]))
        }
    }
}

extension JSONValue {
    /// The value's JSON text.
    fileprivate var encodedText: String? { (try? self.encoded()).map { String(decoding: $0, as: UTF8.self) } }
}
