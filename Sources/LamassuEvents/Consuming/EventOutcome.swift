// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a handler says about an event when it returns.
public enum EventOutcome: Hashable, Sendable {
    /// The effect is done, or there is none: the event is acknowledged.
    case done
    /// The effect may succeed later: the same event is handled again after this time, or after the consumer's backoff where
    /// there is none. Later events of the same subject wait; those of other subjects do not.
    case retry(reason: String, after: Duration? = nil)
    /// The effect can never succeed: the message goes to the dead-letter queue with this reason.
    ///
    /// The reason is for a person; no secret belongs in it. It is cut at 1,024 bytes.
    case deadLetter(reason: String)
}
