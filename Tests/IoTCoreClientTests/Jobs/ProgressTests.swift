// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import IoTCoreClient
import Testing
import Transport

@Suite struct ProgressTests {
    static func task(_ status: String, _ percentage: Int) -> ScriptedTransport.Step {
        .answer(200, #"{"taskId": "t", "status": "\#(status)", "successCount": \#(percentage), "percentageProgress": \#(percentage)}"#)
    }

    static func job(_ status: String, succeeded: Int) -> ScriptedTransport.Step {
        .answer(
            200,
            """
            {"job": {"jobId": "j", "status": "\(status)", "targets": ["arn"], "targetSelection": "SNAPSHOT",
            "jobProcessDetails": {"numberOfSucceededThings": \(succeeded), "numberOfCanceledThings": 1, "numberOfRemovedThings": 2}}}
            """)
    }

    @Test func `a bulk registration tells each state once, until it has ended`() async throws {
        let script = Script(
            Self.task("InProgress", 0), Self.task("InProgress", 0), Self.task("InProgress", 50), Self.task("Completed", 100))
        var states: [BulkRegistrationProgress] = []
        for try await state in script.iot.progress(ofBulkRegistration: "t", every: .zero) { states.append(state) }
        #expect(states.map(\.percentage) == [0, 50, 100])
        #expect(states.map(\.hasEnded) == [false, false, true])
        #expect(script.calls.count == 4)
    }

    @Test func `a job tells how many devices are how far`() async throws {
        let script = Script(Self.job("IN_PROGRESS", succeeded: 1), Self.job("COMPLETED", succeeded: 2))
        var states: [JobProgress] = []
        for try await state in script.iot.progress(ofJob: "j", every: .zero) { states.append(state) }
        #expect(states.map(\.succeeded) == [1, 2])
        #expect(states.last?.withdrawn == 3)
        #expect(states.last?.status == .completed)
    }

    @Test func `an error ends the sequence`() async throws {
        let script = Script(Self.job("IN_PROGRESS", succeeded: 1), .notFound)
        var iterator = script.iot.progress(ofJob: "j", every: .zero).makeAsyncIterator()
        #expect(try await iterator.next(isolation: nil)?.succeeded == 1)
        await #expect(throws: IoTCoreError(.notFound, message: "")) { _ = try await iterator.next(isolation: nil) }
        #expect(try await iterator.next(isolation: nil) == nil)
    }

    @Test func `a wait for progress ends when the task is cancelled`() async throws {
        let script = Script(Self.job("IN_PROGRESS", succeeded: 1))
        let (seen, isSeen) = AsyncStream<Void>.makeStream()
        let task = Task {
            for try await _ in script.iot.progress(ofJob: "j", every: .seconds(3_600)) { isSeen.finish() }
        }
        for await _ in seen {}
        task.cancel()
        await #expect(throws: IoTCoreError(.cancelled, message: "")) { try await task.value }
    }

    static let registration = BulkRegistration(
        template: ProvisioningTemplate(thing: .init(name: "a")), bucket: "b", key: "k", roleARN: "role")

    static func described(_ status: String, key: String = "k") throws -> ScriptedTransport.Step {
        let body = try Self.registration.template.text().replacing("\"", with: "\\\"")
        return .answer(
            200,
            #"{"status": "\#(status)", "inputFileBucket": "b", "inputFileKey": "\#(key)", "roleArn": "role", "templateBody": "\#(body)"}"#)
    }

    @Test func `a bulk registration that is under way is not started again`() async throws {
        let script = Script(
            .answer(200, #"{"taskIds": ["1", "2", "3"]}"#), try Self.described("InProgress", key: "other"), try Self.described("Failed"),
            try Self.described("InProgress"))
        let started = try await script.iot.startBulkRegistration(Self.registration)
        #expect(started.taskID == "3" && !started.isNew)
        #expect(script.calls.count == 4)
    }

    @Test func `a bulk registration whose start was not answered is looked for`() async throws {
        let script = Script(
            attempts: 2, .answer(200, #"{"taskIds": []}"#), .fail(.timedOut), .answer(200, #"{"taskIds": ["1"]}"#),
            try Self.described("InProgress"))
        #expect(try await script.iot.startBulkRegistration(Self.registration).taskID == "1")
        #expect(script.calls.count == 4)
    }

    @Test func `a bulk registration that has ended is not stopped`() async throws {
        let script = Script(Self.task("Completed", 100), Self.task("InProgress", 1), .done)
        #expect(try await script.iot.stopBulkRegistration("t") == false)
        #expect(try await script.iot.stopBulkRegistration("t"))
    }

    @Test func `a job is made once, and another one with its id is refused`() async throws {
        let job = CreateJob(jobID: "j", targets: ["arn"], document: "{}")
        let made = Script(.notFound, .answer(200, #"{"jobId": "j"}"#))
        #expect(try await made.iot.putJob(job) == .created)
        let same = Script(Self.job("IN_PROGRESS", succeeded: 0), .answer(200, #"{"document": " {} "}"#))
        #expect(try await same.iot.putJob(job) == .unchanged)
        let otherDocument = Script(Self.job("IN_PROGRESS", succeeded: 0), .answer(200, #"{"document": "[]"}"#))
        let failure = await error { () throws(IoTCoreError) in _ = try await otherDocument.iot.putJob(job) }
        #expect(failure?.code == .notChangeable)
        let otherTargets = Script(Self.job("IN_PROGRESS", succeeded: 0))
        let refusal = await error { () throws(IoTCoreError) in
            _ = try await otherTargets.iot.putJob(CreateJob(jobID: "j", targets: ["arn2"], document: "{}"))
        }
        #expect(refusal?.code == .notChangeable)
    }

    @Test func `a job that has ended is not cancelled`() async throws {
        let script = Script(Self.job("COMPLETED", succeeded: 1), Self.job("IN_PROGRESS", succeeded: 1), .done)
        #expect(try await script.iot.cancelJob("j") == false)
        #expect(try await script.iot.cancelJob("j"))
    }

    @Test func `a job or bulk registration that ended when it was to be stopped, or by a lost call, is not stopped again`() async throws {
        let refusal = ScriptedTransport.Step.refusal(400, "InvalidRequestException")
        let job = Script(Self.job("IN_PROGRESS", succeeded: 1), refusal, Self.job("CANCELED", succeeded: 1))
        #expect(try await job.iot.cancelJob("j"))
        let task = Script(Self.task("InProgress", 1), refusal, Self.task("Cancelled", 1))
        #expect(try await task.iot.stopBulkRegistration("t"))
    }

    @Test func `what AWS refuses for another reason than that it has ended is an error`() async throws {
        let refusal = ScriptedTransport.Step.refusal(400, "InvalidRequestException")
        let job = Script(Self.job("IN_PROGRESS", succeeded: 1), refusal, Self.job("IN_PROGRESS", succeeded: 1), refusal)
        let failure = await error { () throws(IoTCoreError) in try await job.iot.cancelJob("j", comment: "too long") }
        #expect(failure?.cause?.code == .invalidRequest)
        let task = Script(Self.task("InProgress", 1), refusal, Self.task("InProgress", 1), refusal)
        let other = await error { () throws(IoTCoreError) in try await task.iot.stopBulkRegistration("t") }
        #expect(other?.cause?.code == .invalidRequest)
    }

    @Test func `the fleet index is searched page by page`() async throws {
        let script = Script(
            .answer(200, #"{"things": [{"thingName": "a"}, {"thingName": "b"}], "nextToken": "n"}"#), .answer(200, #"{"things": []}"#))
        var names: [String?] = []
        for try await thing in script.iot.searchThings("thingName:*", pageSize: 2) { names.append(thing.thingName) }
        #expect(names == ["a", "b"])
        #expect(try script.body(1) == ["indexName": "AWS_Things", "queryString": "thingName:*", "nextToken": "n", "maxResults": 2])
    }

    @Test func `a device that is not connected needs no disconnecting`() async throws {
        let script = Script(.done, .notFound)
        #expect(try await script.iot.disconnect("device", endsSession: true))
        #expect(try await script.iot.disconnect("device") == false)
        #expect(script.transport.requests.first?.head.path == "/connections/device?cleanSession=true")
        let failure = await error { () throws(IoTCoreError) in _ = try await script.iot.disconnect("$a") }
        #expect(failure?.code == .invalidInput)
    }
}
