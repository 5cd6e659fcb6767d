// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import HTTPTypes

/// A request whose URL carries its signature: as secret as a password until it expires.
///
/// The description, the debug description and the mirror leave the query out.
public struct PresignedRequest: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The request; its path has the signature, and its header fields must be sent with it.
    public let request: HTTPRequest

    /// The URL: a secret.
    public var url: String { "\(self.origin)\(self.request.path ?? "/")" }

    private var origin: String { "\(self.request.scheme ?? "https")://\(self.request.authority ?? "")" }

    /// The method and the URL without its query.
    public var description: String {
        let path = self.request.path ?? "/"
        return "PresignedRequest(\(self.request.method) \(self.origin)\(path.prefix { $0 != "?" }), redacted)"
    }

    /// The same as ``description``.
    public var debugDescription: String { self.description }

    /// An empty mirror, so that a dump shows no signature.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
