// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CoreMetrics

/// What the client counts, all as counters.
struct AMQPMetrics: Sendable {
    /// Connections that were opened.
    let connections = Counter(label: "amqp.client.connections")
    /// Times that a broker has blocked a connection.
    let blocked = Counter(label: "amqp.client.blocked")
    /// Messages that were given to a publisher.
    let published = Counter(label: "amqp.client.published")
    /// Messages that the broker has confirmed.
    let confirmed = Counter(label: "amqp.client.confirmed")
    /// Messages that no queue took.
    let returned = Counter(label: "amqp.client.returned")
    /// Messages that the broker refused.
    let nacked = Counter(label: "amqp.client.nacked")
    /// Messages that were delivered.
    let deliveries = Counter(label: "amqp.client.deliveries")
    /// Replies that came when nobody waited for them any more.
    let lateReplies = Counter(label: "amqp.client.late_replies")
    /// Connections that were lost, and were to be made anew.
    let losses = Counter(label: "amqp.client.losses")
    /// Connections that were made anew.
    let recoveries = Counter(label: "amqp.client.recoveries")
    /// How long connections were away that were made anew.
    let recoveryDuration = Timer(label: "amqp.client.recovery.duration")
    /// Attempts to make a connection anew that failed, each endpoint by itself.
    let failedAttempts = Counter(label: "amqp.client.recovery.failed_attempts")
    /// Exchanges, queues, bindings, consumers and channels that could not be made anew.
    let notRecovered = Counter(label: "amqp.client.recovery.refused")
    /// Messages without a confirm that were to be sent again.
    let republished = Counter(label: "amqp.client.republished")
    /// Settlements of deliveries that came on a lost connection; nothing was sent for them.
    let staleSettlements = Counter(label: "amqp.client.stale_settlements")
}
