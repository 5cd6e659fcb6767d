// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

@Suite struct ArgumentsTests {
    @Test func `an exchange names its alternate`() {
        #expect(AMQPExchangeArguments.alternateExchange("other") == ["alternate-exchange": "other"])
    }

    @Test(arguments: [
        (AMQPBindingArguments.HeadersMatch.all, "all"), (.any, "any"), (.allWithX, "all-with-x"), (.anyWithX, "any-with-x"),
    ])
    func `a headers binding says how it matches`(match: AMQPBindingArguments.HeadersMatch, name: String) {
        #expect(AMQPBindingArguments.headers(["a": 1], match: match) == ["a": 1, "x-match": .string(name)])
    }

    @Test func `a consumer of a queue asks for its priority and its end`() {
        #expect(AMQPConsumerArguments.queue() == [:])
        #expect(AMQPConsumerArguments.queue(priority: -3) == ["x-priority": -3])
        #expect(
            AMQPConsumerArguments.queue(priority: 3, cancelsOnFailover: true) == ["x-priority": 3, "x-cancel-on-ha-failover": true])
    }

    @Test(arguments: [
        (AMQPStreamOffset.first, AMQPValue.string("first")), (.last, "last"), (.next, "next"), (.offset(7), 7),
        (.offset(.max), .int64(.max)), (.timestamp(1_700_000_000), .timestamp(1_700_000_000)), (.interval(.seconds(3_600)), "3600s"),
    ])
    func `a consumer of a stream says where it begins`(offset: AMQPStreamOffset, value: AMQPValue) throws {
        #expect(try AMQPConsumerArguments.stream(from: offset) == ["x-stream-offset": value])
    }

    @Test func `a consumer of a stream may filter`() throws {
        #expect(
            try AMQPConsumerArguments.stream(from: .first, filter: ["a", "b"], matchesUnfiltered: true)
                == ["x-stream-offset": "first", "x-stream-filter": ["a", "b"], "x-stream-match-unfiltered": true])
    }

    @Test(arguments: [Duration.zero, .seconds(-1), .milliseconds(1_500)])
    func `an interval that is none is an error that names the argument`(interval: Duration) {
        let error = #expect(throws: AMQPError.self) { try AMQPConsumerArguments.stream(from: .interval(interval)) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.contains("x-stream-offset") == true)
    }
}
