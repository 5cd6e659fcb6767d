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
        // No dictionary: the fields are few, and this runs for every request.
        var entries: [(name: String, field: HTTPField?)] = [("host", nil)]
        entries.reserveCapacity(fields.count + 1)
        for field in fields where !Self.neverSigned.contains(field.name.canonicalName) { entries.append((field.name.canonicalName, field)) }
        // Sorting is stable, so that the values of a name keep their order; names are ASCII, which Swift compares by its bytes.
        entries.sort { $0.name < $1.name }
        var lines: [UInt8] = []
        lines.reserveCapacity(512)
        var names: [UInt8] = []
        names.reserveCapacity(128)
        var previous: String?
        for (name, field) in entries {
            if name == previous {
                lines[lines.count - 1] = UInt8(ascii: ",")
            } else {
                if previous != nil { names.append(UInt8(ascii: ";")) }
                names += name.utf8
                lines += name.utf8
                lines.append(UInt8(ascii: ":"))
            }
            if let field { Self.appendCollapsed(field, to: &lines) } else { lines += host.utf8 }
            lines.append(UInt8(ascii: "\n"))
            previous = name
        }
        self.lines = lines
        self.names = String(decoding: names, as: UTF8.self)
    }

    /// Appends a value without white space at its ends, and with one space for each run of it within.
    private static func appendCollapsed(_ field: HTTPField, to lines: inout [UInt8]) {
        unsafe field.withUnsafeBytesOfValue { bytes in
            let start = lines.count
            var isAfterSpace = false
            for index in 0..<bytes.count {
                let byte = unsafe bytes[index]
                if byte == 0x20 || (0x09...0x0d).contains(byte) {
                    isAfterSpace = true
                } else {
                    if isAfterSpace, lines.count > start { lines.append(0x20) }
                    isAfterSpace = false
                    lines.append(byte)
                }
            }
        }
    }
}
