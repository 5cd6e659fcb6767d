// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import LambdaClient
import Testing
import Transport

/// Which calls it takes to put an event source mapping.
@Suite struct EventSourceTests {
    static let wish = CreateEventSourceMapping(eventSourceARN: "arn:aws:sqs:eu-west-1:1:q", functionName: "f", enabled: true, batchSize: 5)

    static func mapping(_ state: String, batchSize: Int) -> String { #"{"UUID": "u", "State": "\#(state)", "BatchSize": \#(batchSize)}"# }

    static func list(_ mappings: String...) -> ScriptedTransport.Step {
        .answer(200, #"{"EventSourceMappings": [\#(mappings.joined(separator: ", "))]}"#)
    }

    static func calls(_ steps: [ScriptedTransport.Step]) async throws -> [String] {
        let transport = ScriptedTransport(steps)
        try await LambdaClient(.scripted(transport)).put(Self.wish)
        return transport.requests.map { $0.head.method.rawValue }
    }

    @Test func `a mapping is made where there is none, and left alone where it is as it is to be`() async throws {
        #expect(try await Self.calls([Self.list(), .answer(202, Self.mapping("Creating", batchSize: 5))]) == ["GET", "POST"])
        #expect(try await Self.calls([Self.list(Self.mapping("Enabled", batchSize: 5))]) == ["GET"])
    }

    @Test(arguments: [("Enabled", 10), ("Disabled", 5)])
    func `one that differs is updated`(state: String, batchSize: Int) async throws {
        let steps = [Self.list(Self.mapping(state, batchSize: batchSize)), .answer(202, Self.mapping("Updating", batchSize: 5))]
        #expect(try await Self.calls(steps) == ["GET", "PUT"])
    }

    @Test func `one that is about to change is waited for`() async throws {
        let steps: [ScriptedTransport.Step] = [
            Self.list(Self.mapping("Creating", batchSize: 5)), .answer(200, Self.mapping("Creating", batchSize: 5)),
            .answer(200, Self.mapping("Enabled", batchSize: 5)), Self.list(Self.mapping("Enabled", batchSize: 5)),
        ]
        #expect(try await Self.calls(steps) == ["GET", "GET", "GET", "GET"])
    }

    @Test func `one that somebody else has made or changed at the same time is looked at again`() async throws {
        let exists = ScriptedTransport.Step.answer(409, "{}", ["x-amzn-errortype": "ResourceConflictException"])
        #expect(try await Self.calls([Self.list(), exists, Self.list(Self.mapping("Enabled", batchSize: 5))]) == ["GET", "POST", "GET"])
        let isInUse = ScriptedTransport.Step.answer(400, "{}", ["x-amzn-errortype": "ResourceInUseException"])
        let other = Self.list(Self.mapping("Enabled", batchSize: 10))
        let steps = [
            other, isInUse, other, .answer(200, Self.mapping("Enabled", batchSize: 10)), other,
            .answer(202, Self.mapping("Updating", batchSize: 5)),
        ]
        #expect(try await Self.calls(steps) == ["GET", "PUT", "GET", "GET", "GET", "PUT"])
    }

    @Test func `a function that is not there is an error`() async throws {
        let gone = ScriptedTransport.Step.answer(404, "{}", ["x-amzn-errortype": "ResourceNotFoundException"])
        await #expect(throws: LambdaError(.callFailed, message: "")) { try await Self.calls([Self.list(), gone]) }
    }

    @Test func `a mapping without an event source ARN is refused, since it would be any mapping of the function`() async throws {
        let transport = ScriptedTransport([Self.list(Self.mapping("Enabled", batchSize: 10)), .answer(202, "{}")])
        await #expect(throws: LambdaError(.eventSourceMissing, message: "")) {
            try await LambdaClient(.scripted(transport)).put(CreateEventSourceMapping(functionName: "f", batchSize: 5))
        }
        #expect(transport.requests.isEmpty)
    }

    @Test func `what is compared is what the wish names`() {
        var found = EventSourceMappingConfiguration()
        (found.uuid, found.state, found.batchSize) = ("u", "Enabled", 5)
        (found.maximumBatchingWindowInSeconds, found.functionResponseTypes) = (3, [.reportBatchItemFailures])
        guard case .done = EventSourceMappingPlan.step(for: Self.wish, found: found) else {
            Issue.record("it is as it is to be")
            return
        }
        var wish = Self.wish
        wish.filterCriteria = FilterCriteria(filters: [Filter(pattern: "{}")])
        guard case .update(let update) = EventSourceMappingPlan.step(for: wish, found: found) else {
            Issue.record("it has no filter")
            return
        }
        #expect(update.uuid == "u" && update.filterCriteria?.filters?.count == 1 && update.functionResponseTypes == nil)
    }

    @Test(
        arguments: [
            { $0.kmsKeyARN = "k" }, { $0.metricsConfig = EventSourceMappingMetricsConfig(metrics: [.eventCount]) },
            { $0.scalingConfig = ScalingConfig(maximumConcurrency: 2) },
            { $0.provisionedPollerConfig = ProvisionedPollerConfig(minimumPollers: 2) },
            { $0.destinationConfig = DestinationConfig(onFailure: OnFailure(destination: "d")) },
        ] as [@Sendable (inout CreateEventSourceMapping) -> Void])
    func `each setting that the wish names is brought to it, and then left alone`(
        change: @Sendable (inout CreateEventSourceMapping) -> Void
    ) {
        var found = EventSourceMappingConfiguration()
        (found.uuid, found.state, found.batchSize) = ("u", "Enabled", 5)
        var wish = Self.wish
        change(&wish)
        guard case .update(let update) = EventSourceMappingPlan.step(for: wish, found: found) else {
            Issue.record("it is not as it is to be")
            return
        }
        (found.kmsKeyARN, found.metricsConfig, found.scalingConfig) = (update.kmsKeyARN, update.metricsConfig, update.scalingConfig)
        found.destinationConfig = update.destinationConfig
        // Lambda fills in what was not asked for.
        found.provisionedPollerConfig = update.provisionedPollerConfig
        found.provisionedPollerConfig?.maximumPollers = 200
        guard case .done = EventSourceMappingPlan.step(for: wish, found: found) else {
            Issue.record("it is as it is to be")
            return
        }
    }

    @Test func `nothing is as good as what is not there`() {
        var found = EventSourceMappingConfiguration()
        (found.uuid, found.state, found.batchSize) = ("u", "Enabled", 5)
        var wish = Self.wish
        (wish.filterCriteria, wish.functionResponseTypes, wish.kmsKeyARN) = (FilterCriteria(filters: []), [], "")
        (wish.destinationConfig, wish.scalingConfig) = (DestinationConfig(), ScalingConfig())
        guard case .done = EventSourceMappingPlan.step(for: wish, found: found) else {
            Issue.record("nothing is asked for")
            return
        }
    }
}
