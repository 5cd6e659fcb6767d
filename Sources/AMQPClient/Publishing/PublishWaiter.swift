// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire

/// Who is told what became of a message.
enum PublishWaiter {
    /// One who waits for the outcome of a publish: `nil` is success.
    typealias Continuation = Suspension<AMQPError?>

    /// The call that published it, when it is confirmed.
    case confirm(Continuation)
    /// The call that published it without a confirm, when it is written.
    case write(Continuation)
}
