// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Testing

@Suite struct ChannelTransactionTests {
    private let start = ChannelFixture.start
    private let later = ChannelFixture.later
    private let selected = AMQPMethod.txSelectOk(TxSelectOk())
    private let committed = AMQPMethod.txCommitOk(TxCommitOk())
    private let rolledBack = AMQPMethod.txRollbackOk(TxRollbackOk())

    /// A channel with deliveries of these tags in a running transaction.
    private func transaction(
        _ tags: ClosedRange<UInt64>, _ acknowledgement: ConsumerRequest.Acknowledgement = .explicit
    ) -> ChannelStateMachine {
        var machine = ChannelFixture.consuming(prefetch: 100, acknowledgement: acknowledgement)
        for tag in tags { _ = machine.deliver(tag) }
        _ = machine.transactionRequested(RequestID(10), deadline: self.later)
        _ = machine.received(self.selected)
        return machine
    }

    @Test func `the mode is selected once, and each transaction is committed or rolled back`() {
        var machine = ChannelFixture.opened()
        #expect(machine.transactionRequested(RequestID(1), deadline: self.later) == .send([.txSelect(TxSelect())]))
        #expect(machine.received(self.selected) == .reply(RequestID(1), self.selected, send: []))
        #expect(machine.commitRequested(RequestID(2), deadline: self.later) == .send([.txCommit(TxCommit())]))
        #expect(machine.received(self.committed) == .reply(RequestID(2), self.committed, send: []))
        #expect(machine.transactionEnded() == nil)
        #expect(machine.transactionRequested(RequestID(3), deadline: self.later) == .succeed)
        #expect(machine.rollbackRequested(RequestID(4), deadline: self.later) == .send([.txRollback(TxRollback())]))
        #expect(machine.received(self.rolledBack) == .reply(RequestID(4), self.rolledBack, send: []))
        #expect(machine.transactionEnded() == nil)
        #expect(ChannelFixture.isViolation(machine.received(self.committed)))
    }

    @Test func `a channel has confirms or transactions, and one transaction at a time`() {
        var confirming = ChannelFixture.confirming(window: 1)
        #expect(confirming.transactionRequested(RequestID(1), deadline: self.later) == .fail(.confirmModeMixed))
        var unconfirmed = ChannelFixture.opened()
        _ = unconfirmed.sendRequested(RequestID(1), deadline: self.later, isGateOpen: false)
        #expect(
            unconfirmed.transactionRequested(RequestID(2), deadline: self.later) == .fail(.confirmModeMixed), "it would become part of it")
        var machine = ChannelFixture.opened()
        _ = machine.transactionRequested(RequestID(1), deadline: self.later)
        #expect(machine.confirmsRequested(RequestID(2), window: 1, deadline: self.later) == .fail(.transactionalChannel))
        #expect(machine.transactionRequested(RequestID(3), deadline: self.later) == .fail(.transactionRunning))
    }

    @Test func `without a running transaction, nothing is published or settled`() {
        var machine = self.transaction(1...1)
        #expect(machine.sendRequested(isGateOpen: true) == .write)
        _ = machine.transactionEnded()
        #expect(machine.sendRequested(isGateOpen: true) == .fail(.transactionMissing))
        #expect(machine.sendRequested(RequestID(1), deadline: self.later, isGateOpen: true) == .fail(.transactionMissing))
        #expect(machine.acknowledge(1) == .transactionMissing)
    }

    @Test func `a mode whose selection nobody waits for any more is selected anew`() {
        var machine = ChannelFixture.opened()
        _ = machine.transactionRequested(RequestID(1), deadline: self.later)
        _ = machine.requestCancelled(RequestID(1))
        _ = machine.transactionEnded()
        #expect(machine.transactionRequested(RequestID(2), deadline: self.later) == .wait)
        #expect(machine.received(self.selected) == .reply(nil, self.selected, send: [.txSelect(TxSelect())]))
        #expect(machine.received(self.selected) == .reply(RequestID(2), self.selected, send: []))
    }

    @Test func `what is committed is settled`() {
        var machine = self.transaction(1...2)
        #expect(machine.acknowledge(1) == nil)
        _ = machine.commitRequested(RequestID(11), deadline: self.later)
        #expect(machine.acknowledge(2) == nil, "it belongs to the next")
        _ = machine.received(self.committed)
        _ = machine.rollbackRequested(RequestID(12), deadline: self.later)
        _ = machine.received(self.rolledBack)
        #expect(machine.acknowledge(1) == .deliverySettled)
        #expect(machine.acknowledge(2) == nil)
    }

    @Test func `what is rolled back is to be settled anew`() {
        var machine = ChannelFixture.consuming(prefetch: 2)
        _ = machine.deliver(1)
        _ = machine.deliver(2)
        _ = machine.transactionRequested(RequestID(10), deadline: self.later)
        _ = machine.received(self.selected)
        #expect(machine.acknowledge(1) == nil)
        #expect(
            machine.settleRequested(2, epoch: 0, .reject(requeue: false), at: self.start)
                == .send(.basicReject(BasicReject(deliveryTag: 2, requeue: false))))
        #expect(machine.acknowledge(1) == .deliverySettled)
        _ = machine.rollbackRequested(RequestID(11), deadline: self.later)
        #expect(machine.acknowledge(1) == .deliverySettled)
        _ = machine.received(self.rolledBack)
        #expect(machine.acknowledge(1) == nil)
        #expect(machine.acknowledge(2) == nil)
    }

    @Test func `acknowledgements that wait are told within the transaction they belong to`() {
        var machine = self.transaction(1...4, .batched(count: 50, delay: .seconds(1)))
        _ = machine.acknowledge(1)
        _ = machine.acknowledge(2)
        let acknowledgement = AMQPMethod.basicAck(BasicAck(deliveryTag: 2, multiple: true))
        #expect(machine.rollbackRequested(RequestID(11), deadline: self.later) == .send([acknowledgement, .txRollback(TxRollback())]))
        _ = machine.received(self.rolledBack)
        for tag in 1...3 as ClosedRange<UInt64> { #expect(machine.acknowledge(tag) == nil) }
        let all = AMQPMethod.basicAck(BasicAck(deliveryTag: 3, multiple: true))
        #expect(machine.commitRequested(RequestID(12), deadline: self.later) == .send([all, .txCommit(TxCommit())]))
        var before = ChannelFixture.consuming(prefetch: 100, acknowledgement: .batched(count: 50, delay: .seconds(1)))
        _ = before.deliver(1)
        _ = before.acknowledge(1)
        #expect(
            before.transactionRequested(RequestID(1), deadline: self.later)
                == .send([.basicAck(BasicAck(deliveryTag: 1)), .txSelect(TxSelect())]))
    }

    @Test func `a recovery within a transaction leaves what was settled in it`() {
        var machine = self.transaction(1...3)
        _ = machine.acknowledge(1)
        _ = machine.requested(RequestID(11), .basicRecover(BasicRecover(requeue: true)), deadline: self.later)
        _ = machine.received(.basicRecoverOk(BasicRecoverOk()))
        #expect(machine.acknowledge(2) == .deliverySettled)
        _ = machine.rollbackRequested(RequestID(12), deadline: self.later)
        _ = machine.received(self.rolledBack)
        #expect(machine.acknowledge(1) == nil)
    }

    @Test func `the first message that no queue took is known at the end`() {
        var machine = self.transaction(1...1)
        #expect(machine.bounce(routingKey: "a", messageID: nil) == .none)
        #expect(machine.bounce(routingKey: "b", messageID: nil) == .none)
        #expect(
            machine.transactionEnded()
                == ReturnedMessage(replyCode: .noRoute, replyText: "NO_ROUTE", exchange: "x", routingKey: "a"))
        _ = machine.transactionRequested(RequestID(11), deadline: self.later)
        #expect(machine.transactionEnded() == nil)
    }

    @Test func `a transaction is lost with its connection, and the next begins anew`() {
        var machine = self.transaction(1...2)
        _ = machine.acknowledge(1)
        #expect(machine.sendRequested(RequestID(11), deadline: self.later, isGateOpen: false) == .wait)
        _ = machine.requested(RequestID(12), ChannelFixture.declare("a"), deadline: self.later)
        _ = machine.commitRequested(RequestID(13), deadline: self.later)
        let suspension = machine.connectionLost(.streamEnded, isRepublishing: true)
        #expect(suspension.waiters == [.request(RequestID(12)), .request(RequestID(13)), .publish(RequestID(11), wasSent: false)])
        #expect(machine.sendRequested(isGateOpen: true) == .fail(.transactionLost))
        #expect(machine.commitRequested(RequestID(14), deadline: self.later) == .fail(.transactionLost))
        #expect(machine.rollbackRequested(RequestID(15), deadline: self.later) == .succeed)
        _ = machine.transactionEnded()
        _ = machine.reopenRequested()
        #expect(machine.transactionRequested(RequestID(16), deadline: self.later) == .wait)
        _ = machine.received(.channelOpenOk(ChannelOpenOk()))
        _ = machine.received(.basicQosOk(BasicQosOk()))
        #expect(
            machine.received(.basicConsumeOk(BasicConsumeOk(consumerTag: "lamassu-1"))) == .restored(send: [.txSelect(TxSelect())]))
        #expect(machine.received(self.selected) == .reply(RequestID(16), self.selected, send: []))
        #expect(machine.deliver(1) == .none)
        #expect(machine.acknowledge(1) == nil)
    }
}
