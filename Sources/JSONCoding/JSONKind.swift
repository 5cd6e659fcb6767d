// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The six kinds of JSON value (RFC 8259 §3), `true` and `false` taken as one.
public enum JSONKind: String, Hashable, Sendable, CaseIterable {
    /// Members between braces.
    case object
    /// Elements between brackets.
    case array
    /// Text between quotation marks.
    case string
    /// A decimal number.
    case number
    /// `true` or `false`.
    case bool
    /// `null`.
    case null
}
