// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How a client meets with throttling (AWS SDKs and Tools Reference, "Retry behavior").
public enum AWSRetryMode: String, Hashable, Sendable {
    /// Calls that fail are attempted again, under a quota.
    case standard
    /// As ``standard``, and every attempt, the first one too, waits for a token of a bucket that is filled as fast as AWS has answered
    /// without throttling.
    ///
    /// For clients that all call the same resource: throttling of one call slows down all others of the client.
    case adaptive
}
