// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The keys of what the client's log messages carry.
enum AMQPLogKeys {
    static let attempt = "amqp.attempt"
    static let channel = "amqp.channel"
    static let duration = "amqp.duration"
    static let entity = "amqp.entity"
    static let error = "amqp.error"
    static let frameMaximum = "amqp.frame_max"
    static let heartbeat = "amqp.heartbeat"
    static let host = "amqp.host"
    static let port = "amqp.port"
    static let reason = "amqp.reason"
    static let server = "amqp.server"
    static let virtualHost = "amqp.virtual_host"
}
