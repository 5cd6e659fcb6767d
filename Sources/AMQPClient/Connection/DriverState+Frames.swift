// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire

extension DriverState {
    /// Decodes what arrived and carries out what the machines make of it.
    mutating func received(_ bytes: Span<UInt8>, at now: MonotonicInstant, _ aftermath: inout Aftermath) {
        guard !self.isOver else { return }
        self.connection.bytesReceived(at: now)
        var offset = 0
        do throws(AMQPWireError) {
            while !self.isOver {
                if self.receivedDelivery(bytes, &offset, at: now, &aftermath) { continue }
                guard let frame = try self.decoder.next(in: bytes, at: &offset) else { break }
                self.received(frame, at: now, &aftermath)
            }
        } catch {
            self.carryOut(self.connection.violated(ProtocolViolation(error)), &aftermath)
        }
        self.flush(at: now)
        if let ending = self.connection.backlogExceeded() { self.end(ending, &aftermath) }
    }

    /// Takes a delivery the short way, where its frames came together and its names need no translation; says whether it did.
    private mutating func receivedDelivery(
        _ bytes: Span<UInt8>, _ offset: inout Int, at now: MonotonicInstant, _ aftermath: inout Aftermath
    ) -> Bool {
        guard self.topologyChannel == nil, self.topology.names.isEmpty,
            let delivery = self.decoder.nextDelivery(in: bytes, at: &offset)
        else { return false }
        let action = self.connection.frameReceived(onChannel: delivery.channel)
        if case .route = action, let record = self.channels[Int(delivery.channel)] {
            self.carryOut(record.machine.received(delivery), on: record, at: now, &aftermath)
        } else {
            self.carryOut(action, at: now, &aftermath)
        }
        return true
    }

    private mutating func received(_ frame: AMQPFrame, at now: MonotonicInstant, _ aftermath: inout Aftermath) {
        let action: ConnectionStateMachine.FrameAction
        switch (frame.channel, frame.payload) {
        case (_, .protocolHeader(let version)): action = self.connection.protocolHeaderReceived(version)
        case (let channel, .heartbeat): action = self.connection.heartbeatReceived(onChannel: channel)
        case (0, .method(let method)): action = self.connection.received(method, at: now)
        case (0, _): action = self.connection.contentReceived()
        case (let channel, _): action = self.connection.frameReceived(onChannel: channel)
        }
        guard case .route = action, let record = self.topologyChannel ?? self.channels[Int(frame.channel)] else {
            return self.carryOut(action, at: now, &aftermath)
        }
        switch frame.payload {
        case .method(let method) where !self.topology.names.isEmpty:
            self.carryOut(record.machine.received(self.topology.names.incoming(method)), on: record, at: now, &aftermath)
        case .method(let method): self.carryOut(record.machine.received(method), on: record, at: now, &aftermath)
        case .header(let header): self.carryOut(record.machine.received(header), on: record, at: now, &aftermath)
        case .body(let part): self.carryOut(record.machine.received(body: part), on: record, at: now, &aftermath)
        case .heartbeat, .protocolHeader: break
        }
    }

    /// Carries out what the connection's machine says.
    mutating func carryOut(
        _ action: ConnectionStateMachine.FrameAction, at now: MonotonicInstant? = nil, _ aftermath: inout Aftermath
    ) {
        switch action {
        case .none, .route:
            break
        case .send(let method):
            self.write(method, channel: 0, &aftermath)
        case .tune(let tuning, let methods):
            self.tune(tuning)
            for method in methods { self.write(method, channel: 0, &aftermath) }
        case .opened(let method):
            if let method { self.write(method, channel: 0, &aftermath) }
            self.arm(self.connection.nextDeadline)
            if let now { self.opened(at: now, &aftermath) }
            aftermath.resume(self.openContinuation.take(), failing: nil)
        case .secretUpdated(let id):
            if let id { aftermath.resume(self.secretContinuations.removeValue(forKey: id), failing: nil) }
        case .blocked(let reason):
            aftermath.report(.blocked(reason: reason))
        case .unblocked:
            aftermath.report(.unblocked)
            if let now { self.pumpAll(at: now, &aftermath) }
        case .end(let ending):
            self.end(ending, &aftermath)
        }
    }

    /// Carries out what a channel's machine says.
    private mutating func carryOut(
        _ action: ChannelStateMachine.FrameAction, on record: ChannelRecord, at now: MonotonicInstant,
        _ aftermath: inout Aftermath
    ) {
        let number = record.reference.number
        switch action {
        case .none:
            break
        case .send(let method):
            self.write(method, channel: number, &aftermath)
        case .reply(let id, let method, let methods):
            self.agreed(method, on: record)
            self.recovery.channelAdvanced(number, at: now)
            for method in methods { self.write(method, channel: number, &aftermath) }
            if let id { aftermath.resume(record.replies.removeValue(forKey: id), with: .success(method)) }
            if case .confirmSelectOk = method { self.pump(record, at: now, &aftermath) }
        case .deliver(let id, let message):
            aftermath.deliveryCount += 1
            aftermath.resume(record.deliveries.removeValue(forKey: id), with: .success(message))
        case .got(let id, let message, let methods):
            for method in methods { self.write(method, channel: number, &aftermath) }
            if let id {
                if message != nil { aftermath.deliveryCount += 1 }
                aftermath.resume(record.deliveries.removeValue(forKey: id), with: .success(message))
            }
        case .lateReply:
            aftermath.lateReplyCount += 1
        case .failCall(let id, let failure):
            self.fail(.delivery(id), of: record, with: AMQPError(failure: failure), &aftermath)
        case .stopReading:
            self.stopReading(for: record, at: now)
        case .settle(let settlements):
            for settlement in settlements {
                self.settle(settlement.id, of: record, failing: settlement.failure.map(AMQPError.init(failure:)), &aftermath)
            }
            self.pump(record, at: now, &aftermath)
        case .resumePublishing(let method):
            self.write(method, channel: number, &aftermath)
            self.pump(record, at: now, &aftermath)
        case .consumerCancelled(let tag, let waiting, let method):
            self.topology.consumerCancelledByPeer(tag, on: record.reference.serial)
            if let method { self.write(method, channel: number, &aftermath) }
            for waiter in waiting { self.fail(waiter, of: record, with: AMQPError(failure: .consumerCancelledByPeer), &aftermath) }
        case .restored(let methods):
            for method in methods { self.write(method, channel: number, &aftermath) }
            self.settled(record, at: now, &aftermath)
        case .restoringAgain(let tag, let failure, let waiting, let methods):
            for method in methods { self.write(method, channel: number, &aftermath) }
            self.topology.consumerCancelledByPeer(tag, on: record.reference.serial)
            let error = AMQPError(failure: failure)
            for waiter in waiting { self.fail(waiter, of: record, with: error, &aftermath) }
            self.recovery.channelAdvanced(number, at: now)
            self.notRecovered("consumer '\(tag)' of channel \(number)", error, &aftermath)
        case .startOver(let failure):
            self.abandonRecovery(failure, &aftermath)
        case .end(let ending):
            self.end(ending, of: record, at: now, &aftermath)
        case .closed(let id):
            self.connection.channelReleased(number)
            if let id { aftermath.resume(record.replies.removeValue(forKey: id), with: .success(.channelCloseOk(ChannelCloseOk()))) }
        case .violation(let violation):
            self.carryOut(self.connection.violated(violation), &aftermath)
        }
    }

    /// The broker's product and version, as far as it has told them.
    var serverName: String {
        ["product", "version"].compactMap { self.connection.serverProperties[$0]?.stringValue }.joined(separator: " ")
    }
}
