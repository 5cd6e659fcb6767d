// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes

/// Where a request goes.
struct SigningTarget {
    /// The value of `host`.
    let host: String
    /// The path on the wire, without the query.
    let path: ArraySlice<UInt8>
    /// The query on the wire, without `?`.
    let query: ArraySlice<UInt8>

    /// Reads the target of a request.
    init(of request: HTTPRequest) throws(AWSSignerError) {
        guard let authority = request.authority, !authority.isEmpty else {
            throw AWSSignerError(.invalidRequest, message: "the request has no authority to sign as its host")
        }
        guard !request.headerFields.contains(where: { $0.name.canonicalName == "host" }) else {
            throw AWSSignerError(.invalidRequest, message: "the request has a Host field; the host belongs into its authority")
        }
        let bytes = Array((request.path ?? "").utf8)
        guard bytes.isEmpty || bytes.first == UInt8(ascii: "/") || bytes.first == UInt8(ascii: "?") else {
            throw AWSSignerError(.invalidRequest, message: "the path of the request does not start with /")
        }
        let end = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
        self.host = Self.host(authority, scheme: request.scheme)
        self.path = bytes[..<end]
        self.query = bytes[end...].dropFirst()
    }

    /// The authority without the port where it is the scheme's own.
    private static func host(_ authority: String, scheme: String?) -> String {
        let port: String.UTF8View
        // Hardly any authority has a port.
        guard authority.utf8.contains(UInt8(ascii: ":")) else { return authority }
        switch scheme?.lowercased() {
        case "http", "ws": port = ":80".utf8
        case "https", "wss": port = ":443".utf8
        default: return authority
        }
        return authority.utf8.suffix(port.count).elementsEqual(port) ? String(authority.dropLast(port.count)) : authority
    }
}
