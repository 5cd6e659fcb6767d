// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How long a body is that goes out in pieces.
public enum HTTPBodyLength: Hashable, Sendable {
    /// So many bytes, which `Content-Length` says.
    case known(Int)
    /// Nobody knows before its end: the transport frames it, in HTTP/1.1 as chunks.
    case unknown
}
