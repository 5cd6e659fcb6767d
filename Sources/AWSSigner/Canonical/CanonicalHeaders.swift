// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes

/// The header fields in the form that is signed: names in lower case and sorted, the values of a name joined by commas.
struct CanonicalHeaders {
    /// The fields that proxies and transports may change, so that they are never signed.
    private static let neverSigned: Set<String> = [
        "authorization", "baggage", "connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "traceparent",
        "tracestate", "trailer", "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id",
    ]

    /// The lines, each a name, a colon, the values and a line feed.
    let lines: [UInt8]
    /// The names, joined by semicolons.
    let names: String

    /// Takes the fields of a request.
    ///
    /// - Parameters:
    ///   - fields: the header fields.
    ///   - host: the value of `host`.
    init(_ fields: HTTPFields, host: String) {
        var values: [String: [[UInt8]]] = ["host": [Array(host.utf8)]]
        for field in fields where !Self.neverSigned.contains(field.name.canonicalName) {
            values[field.name.canonicalName, default: []].append(Self.collapsed(field))
        }
        let names = values.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        var lines: [UInt8] = []
        for name in names {
            lines += Array(name.utf8) + [UInt8(ascii: ":")]
            lines += values[name, default: []].joined(separator: [UInt8(ascii: ",")])
            lines.append(UInt8(ascii: "\n"))
        }
        self.lines = lines
        self.names = names.joined(separator: ";")
    }

    /// The value without blanks at its ends and with one space for each run of them.
    private static func collapsed(_ field: HTTPField) -> [UInt8] {
        let bytes = unsafe field.withUnsafeBytesOfValue { unsafe Array($0) }
        return Array(bytes.split { $0 == 0x20 || (0x09...0x0d).contains($0) }.joined(separator: [0x20]))
    }
}
