// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import CloudFormationClient
import Testing

@Suite struct WaiterTests {
    static func output(_ statuses: StackStatus?...) -> DescribeStacks.Output {
        var output = DescribeStacks.Output()
        output.stacks = statuses.map { status in
            var stack = Stack()
            stack.stackStatus = status
            return stack
        }
        return output
    }

    @Test func `all stacks must be in the state that is waited for`() {
        let waiter = AWSWaiter<DescribeStacks>.stackCreateComplete
        #expect(waiter.acceptor(.success(Self.output(.createComplete))) == .success)
        #expect(waiter.acceptor(.success(Self.output(.createComplete, .createInProgress))) == .retry)
        #expect(waiter.acceptor(.success(Self.output(.createInProgress))) == .retry)
        #expect(waiter.acceptor(.success(Self.output())) == .retry)
        #expect(waiter.acceptor(.success(Self.output(nil))) == .retry)
        #expect(waiter.minimumDelay == .seconds(30))
    }

    @Test func `one stack that failed is enough`() {
        let waiter = AWSWaiter<DescribeStacks>.stackCreateComplete
        #expect(waiter.acceptor(.success(Self.output(.createInProgress, .createFailed))) == .failure)
    }

    @Test func `an error may mean the state, or that it will not come`() {
        let error = AWSError(.service, code: .validationError, message: "")
        #expect(AWSWaiter<DescribeStacks>.stackDeleteComplete.acceptor(.failure(error)) == .success)
        #expect(AWSWaiter<DescribeStacks>.stackExists.acceptor(.failure(error)) == .retry)
        #expect(AWSWaiter<DescribeStacks>.stackExists.acceptor(.success(Self.output())) == .success)
        #expect(AWSWaiter<DescribeStacks>.stackCreateComplete.acceptor(.failure(error)) == .failure)
        let other = AWSError(.service, code: "AccessDenied", message: "")
        #expect(AWSWaiter<DescribeStacks>.stackExists.acceptor(.failure(other)) == .failure)
    }
}
