// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire
internal import CoreMetrics
internal import Logging

extension ConnectionDriver {
    /// Counts the connection, and tells the log: on the task that asked for it, whose metadata the logger then finds.
    func reportConnected() {
        self.metrics.connections.increment()
        let (server, tuning) = self.withState { state, _, _ in (state.serverName, state.tuning) }
        var metadata = self.broker
        metadata[AMQPLogKeys.virtualHost] = "\(self.configuration.virtualHost)"
        metadata[AMQPLogKeys.server] = "\(server)"
        if let tuning {
            metadata[AMQPLogKeys.frameMaximum] = "\(tuning.frameMaximum)"
            metadata[AMQPLogKeys.heartbeat] = "\(tuning.heartbeatSeconds)"
        }
        self.logger.info("Connected to the broker", metadata: metadata)
    }

    /// Counts what happened, and tells the log.
    func report(_ event: Aftermath.Event) {
        switch event {
        case .blocked(let reason):
            self.metrics.blocked.increment()
            self.logger.info("The broker takes no messages for now", metadata: [AMQPLogKeys.reason: "\(reason)"])
        case .unblocked:
            self.logger.info("The broker takes messages again")
        case .channelEnded(let number, let error):
            self.logger.debug("A channel ended", metadata: [AMQPLogKeys.channel: "\(number)", AMQPLogKeys.error: "\(error)"])
        case .ended(let error):
            self.logger.log(
                level: error.code == .connectionClosed && error.replyCode == nil ? .debug : .info, "The connection to the broker ended",
                metadata: self.metadata(for: error))
        case .lost(let error):
            self.metrics.losses.increment()
            self.logger.warning("The connection to the broker is lost, and will be made anew", metadata: self.metadata(for: error))
        case .attemptFailed(let error):
            self.metrics.failedAttempts.increment()
            self.logger.log(
                level: error.isOfPermission ? .warning : .info, "No connection to the broker yet", metadata: self.metadata(for: error))
        case .recovered(let summary):
            self.metrics.recoveries.increment()
            self.metrics.recoveryDuration.recordNanoseconds(Int64(summary.duration / .nanoseconds(1)))
            var metadata = self.broker
            metadata[AMQPLogKeys.attempt] = "\(summary.attempts)"
            metadata[AMQPLogKeys.duration] = "\(summary.duration)"
            self.logger.info("The connection to the broker is there again", metadata: metadata)
        case .notRecovered(let description, let error):
            self.metrics.notRecovered.increment()
            self.logger.warning(
                "Something could not be made anew", metadata: [AMQPLogKeys.entity: "\(description)", AMQPLogKeys.error: "\(error)"])
        case .republished(let count):
            self.metrics.republished.increment(by: count)
        case .staleSettlement(let number):
            self.metrics.staleSettlements.increment()
            self.logger.debug(
                "A delivery of a lost connection was settled: it is with its queue again",
                metadata: [AMQPLogKeys.channel: "\(number)"])
        }
    }

    private func metadata(for error: AMQPError) -> Logger.Metadata {
        var metadata = self.broker
        metadata[AMQPLogKeys.error] = "\(error)"
        return metadata
    }

    private var broker: Logger.Metadata {
        let endpoint = self.currentState.endpoint
        return [AMQPLogKeys.host: "\(endpoint.host)", AMQPLogKeys.port: "\(endpoint.port(with: self.configuration.tls))"]
    }
}

extension AMQPError {
    /// Whether a person has to do something about it, if it goes on.
    fileprivate var isOfPermission: Bool { self.code == .authenticationFailed || self.code == .accessRefused }
}
