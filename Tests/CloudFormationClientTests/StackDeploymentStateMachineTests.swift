// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudFormationClient
import Testing

@Suite struct StackDeploymentStateMachineTests {
    static let deployment = StackDeployment(
        stackName: "lamassu", templateBody: "{}", timeout: .seconds(60), pollInterval: .seconds(2))

    static func stack(_ status: StackStatus) -> Stack {
        var stack = Stack()
        stack.stackID = "arn:1"
        stack.stackName = "lamassu"
        stack.stackStatus = status
        return stack
    }

    static func event(_ resource: String, _ status: ResourceStatus, reason: String? = nil) -> StackEvent {
        var event = StackEvent()
        event.logicalResourceID = resource
        event.resourceStatus = status
        event.resourceStatusReason = reason
        return event
    }

    static func error(_ code: StackDeploymentError.Code) -> StackDeploymentStateMachine.Action {
        .fail(StackDeploymentError(code, message: ""))
    }

    @Test(arguments: [nil, stack(.deleteComplete)]) func `a stack that is not there is made and waited for`(absent: Stack?) {
        var machine = StackDeploymentStateMachine(Self.deployment)
        #expect(machine.described(absent, elapsed: .zero) == .create)
        #expect(machine.submitted() == .describe(after: .zero))
        #expect(machine.described(Self.stack(.createInProgress), elapsed: .seconds(1)) == .describe(after: .seconds(2)))
        #expect(machine.describeFailed(elapsed: .seconds(3)) == .describe(after: .seconds(2)))
        #expect(machine.described(Self.stack(.createComplete), elapsed: .seconds(5)) == .succeed(Self.stack(.createComplete)))
    }

    @Test(arguments: [StackStatus.createComplete, .updateComplete, .updateRollbackComplete])
    func `a stack that is there is updated`(status: StackStatus) {
        var machine = StackDeploymentStateMachine(Self.deployment)
        #expect(machine.described(Self.stack(status), elapsed: .zero) == .update)
        #expect(machine.submitted() == .describe(after: .zero))
        #expect(machine.described(Self.stack(.updateComplete), elapsed: .zero) == .succeed(Self.stack(.updateComplete)))
    }

    @Test(arguments: [StackStatus.updateComplete, .updateRollbackComplete])
    func `a stack that needs no update is as it should be`(status: StackStatus) {
        var machine = StackDeploymentStateMachine(Self.deployment)
        #expect(machine.described(Self.stack(status), elapsed: .zero) == .update)
        #expect(machine.foundUnchanged() == .describe(after: .zero))
        #expect(machine.described(Self.stack(status), elapsed: .zero) == .succeed(Self.stack(status)))
    }

    @Test func `work of others on the stack is waited for`() {
        var machine = StackDeploymentStateMachine(Self.deployment)
        #expect(machine.described(Self.stack(.updateInProgress), elapsed: .zero) == .describe(after: .seconds(2)))
        #expect(machine.described(Self.stack(.updateComplete), elapsed: .seconds(2)) == .update)
    }

    @Test func `a stack that somebody made meanwhile is updated`() {
        var machine = StackDeploymentStateMachine(Self.deployment)
        #expect(machine.described(nil, elapsed: .zero) == .create)
        #expect(machine.existedAlready(elapsed: .zero) == .describe(after: .seconds(2)))
        #expect(machine.described(Self.stack(.createInProgress), elapsed: .seconds(2)) == .describe(after: .seconds(2)))
        #expect(machine.described(Self.stack(.createComplete), elapsed: .seconds(4)) == .update)
    }

    @Test(arguments: [
        StackStatus.createFailed, .rollbackComplete, .rollbackFailed, .reviewInProgress, StackStatus(rawValue: "DELETE_FAILED"),
    ])
    func `a stack that can only be deleted is an error that says so`(status: StackStatus) {
        var machine = StackDeploymentStateMachine(Self.deployment)
        guard case .fail(let error) = machine.described(Self.stack(status), elapsed: .zero) else {
            Issue.record("no failure")
            return
        }
        #expect(error.code == .notUpdatable)
        #expect(error.status == status)
        #expect(error.message.contains("delete it"))
    }

    /// Why a stack failed that had these events, the newest first.
    static func reason(_ events: [StackEvent], statusReason: String? = nil) -> String? {
        var machine = StackDeploymentStateMachine(Self.deployment)
        _ = machine.described(nil, elapsed: .zero)
        _ = machine.submitted()
        var failed = Self.stack(.rollbackComplete)
        failed.stackStatusReason = statusReason
        #expect(machine.described(failed, elapsed: .zero) == .readEvents)
        guard case .fail(let error) = machine.eventsRead(events) else { return nil }
        #expect(error.code == .failed)
        #expect(error.status == .rollbackComplete)
        return error.message
    }

    @Test func `the first resource that failed is named with its reason`() {
        let events = [
            Self.event("lamassu", "ROLLBACK_COMPLETE"),
            Self.event("lamassu", "CREATE_FAILED", reason: "of others"),
            Self.event("Role", "CREATE_FAILED", reason: "Resource creation cancelled"),
            Self.event("Queue", "CREATE_FAILED", reason: "bad name"),
            Self.event("Role", "CREATE_FAILED", reason: "Resource creation cancelled"),
            Self.event("Queue", "CREATE_IN_PROGRESS"),
        ]
        #expect(Self.reason(events)?.contains("Queue (unknown type): bad name") == true)
    }

    @Test func `without events the stack's own reason counts`() {
        #expect(Self.reason([], statusReason: "quota")?.contains("quota") == true)
        #expect(Self.reason([])?.contains("gave no reason") == true)
    }

    @Test func `the time to wait is bounded`() {
        var machine = StackDeploymentStateMachine(Self.deployment)
        _ = machine.described(nil, elapsed: .zero)
        _ = machine.submitted()
        #expect(machine.described(Self.stack(.createInProgress), elapsed: .seconds(57)) == .describe(after: .seconds(2)))
        #expect(machine.described(Self.stack(.createInProgress), elapsed: .seconds(59)) == Self.error(.timedOut))
        var unreachable = StackDeploymentStateMachine(Self.deployment)
        #expect(unreachable.describeFailed(elapsed: .seconds(60)) == Self.error(.timedOut))
    }

    @Test func `a stack that vanishes is a failure`() {
        var machine = StackDeploymentStateMachine(Self.deployment)
        _ = machine.described(nil, elapsed: .zero)
        _ = machine.submitted()
        #expect(machine.described(nil, elapsed: .zero) == Self.error(.failed))
    }

    @Test func `steps out of order are an error`() {
        var machine = StackDeploymentStateMachine(Self.deployment)
        #expect(machine.eventsRead([]) == Self.error(.failed))
        #expect(machine.described(nil, elapsed: .zero) == Self.error(.failed))
    }
}
