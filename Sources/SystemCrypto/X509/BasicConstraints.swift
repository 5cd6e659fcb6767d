// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Whether a certificate's subject may sign certificates (RFC 5280 section 4.2.1.9).
public enum BasicConstraints: Hashable, Sendable {
    /// It may not.
    case endEntity
    /// It may; `pathLength` is how many authorities may stand between it and an end entity, `nil` for any number.
    case certificateAuthority(pathLength: UInt8?)

    /// The constraints in the notation of OpenSSL's configuration files.
    var configuration: String {
        switch self {
        case .endEntity: "critical,CA:FALSE"
        case .certificateAuthority(nil): "critical,CA:TRUE"
        case .certificateAuthority(let pathLength?): "critical,CA:TRUE,pathlen:\(pathLength)"
        }
    }
}
