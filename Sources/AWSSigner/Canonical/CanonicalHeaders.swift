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
    /// A bit for each length of those names: most names need not be looked up.
    private static let lengthsNeverSigned = neverSigned.reduce(0 as UInt64) { $0 | 1 << UInt64($1.utf8.count) }

    /// The lines, each a name, a colon, the values and a line feed.
    let lines: [UInt8]
    /// The names, joined by semicolons.
    let names: [UInt8]

    /// Takes the fields of a request.
    ///
    /// - Parameters:
    ///   - fields: the header fields.
    ///   - host: the value of `host`.
    init(_ fields: HTTPFields, host: String) {
        let order = Self.order(of: fields)
        var lines: [UInt8] = []
        lines.reserveCapacity(512)
        var names: [UInt8] = []
        names.reserveCapacity(128)
        var previous: String?
        for (name, position) in order {
            if name == previous {
                lines[lines.count - 1] = UInt8(ascii: ",")
            } else {
                if previous != nil { names.append(UInt8(ascii: ";")) }
                names.append(name)
                lines.append(name)
                lines.append(UInt8(ascii: ":"))
            }
            if let position { Self.appendCollapsed(fields[position], to: &lines) } else { lines.append(host) }
            lines.append(UInt8(ascii: "\n"))
            previous = name
        }
        self.lines = lines
        self.names = names
    }

    /// The names in their order, with the positions of their fields; the host has none.
    ///
    /// The fields are few and come nearly sorted, which is what sorting by insertion is best at; it leaves the values of a name in their order.
    private static func order(of fields: HTTPFields) -> [(name: String, position: Int?)] {
        var order: [(name: String, position: Int?)] = []
        order.reserveCapacity(fields.count + 1)
        order.append(("host", nil))
        for position in fields.indices {
            let name = fields[position].name.canonicalName
            if self.isNeverSigned(name) { continue }
            // Names are ASCII, which Swift compares by its bytes.
            var place = order.count
            while place > 0, name < order[place - 1].name { place -= 1 }
            order.insert((name, position), at: place)
        }
        return order
    }

    private static func isNeverSigned(_ name: String) -> Bool {
        let count = name.utf8.count
        return count < 64 && self.lengthsNeverSigned & 1 << UInt64(count) != 0 && self.neverSigned.contains(name)
    }

    /// Appends a value without white space at its ends, and with one space for each run of it within.
    private static func appendCollapsed(_ field: HTTPField, to lines: inout [UInt8]) {
        unsafe field.withUnsafeBytesOfValue { bytes in
            guard unsafe !self.isCollapsed(bytes) else { return unsafe lines.append(contentsOf: bytes) }
            let start = lines.count
            var isAfterSpace = false
            for index in 0..<bytes.count {
                let byte = unsafe bytes[index]
                if self.isSpace(byte) {
                    isAfterSpace = true
                } else {
                    if isAfterSpace, lines.count > start { lines.append(0x20) }
                    isAfterSpace = false
                    lines.append(byte)
                }
            }
        }
    }

    /// Whether a value has no white space but single spaces within, as nearly every value.
    private static func isCollapsed(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var wasSpace = true
        for index in 0..<bytes.count {
            let byte = unsafe bytes[index]
            let isSpace = self.isSpace(byte)
            if isSpace && (wasSpace || byte != 0x20) { return false }
            wasSpace = isSpace
        }
        return bytes.isEmpty || !wasSpace
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
}
