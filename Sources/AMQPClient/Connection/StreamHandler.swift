// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import Transport

/// Hands on what happens on one stream of a connection, so that what comes late from an earlier stream is told apart.
final class StreamHandler: ByteStreamHandler {
    private let driver: ConnectionDriver
    private let stream: UInt64

    init(driver: ConnectionDriver, stream: UInt64) {
        self.driver = driver
        self.stream = stream
    }

    func streamReceived(_ bytes: Span<UInt8>) { self.driver.streamReceived(bytes, on: self.stream) }

    func streamBecameWritable() { self.driver.streamBecameWritable(self.stream) }

    func streamDeadlinePassed() { self.driver.streamDeadlinePassed(self.stream) }

    func streamClosed(_ error: TransportError?) { self.driver.streamClosed(error, on: self.stream) }
}
