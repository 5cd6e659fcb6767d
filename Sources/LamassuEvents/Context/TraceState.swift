// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The header `tracestate`: members `key=value` of vendors, the latest first (W3C Trace Context).
enum TraceState {
    private static let maximumMembers = 32
    /// A vendor has to pass on as many bytes at least; no more are passed on here.
    private static let maximumBytes = 512
    /// Longer members are the first to go.
    private static let longMember = 128

    /// The header within its limits, without empty members and white space between them.
    ///
    /// Members beyond 512 bytes go as "tracestate Limits" says: first those of more than 128 bytes, then from the end.
    ///
    /// - Parameter text: the header as it came.
    /// - Returns: the header, or `nil` where it is malformed, has more than 32 members, or has none.
    static func shortened(_ text: String) -> String? {
        guard text.utf8.count <= Self.maximumMembers * 2 * Self.maximumBytes else { return nil }
        var members = text.utf8.split(separator: UInt8(ascii: ",")).map(Self.trimmed).filter { !$0.isEmpty }
        guard !members.isEmpty, members.count <= Self.maximumMembers, members.allSatisfy(Self.isValid) else { return nil }
        while Self.length(members) > Self.maximumBytes {
            members.remove(at: members.lastIndex { $0.count > Self.longMember } ?? members.endIndex - 1)
        }
        return members.isEmpty ? nil : members.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ",")
    }

    private static func length(_ members: [[UInt8]]) -> Int { members.reduce(members.count - 1) { $0 + $1.count } }

    private static func trimmed(_ member: Substring.UTF8View) -> [UInt8] {
        let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let start = member.drop(while: isSpace)
        return Array(start.reversed().drop(while: isSpace).reversed())
    }

    /// Whether a member is a key of 1 to 256 allowed characters, and a value of as many.
    private static func isValid(_ member: [UInt8]) -> Bool {
        guard let equals = member.firstIndex(of: UInt8(ascii: "=")) else { return false }
        let (key, value) = (member[..<equals], member[(equals + 1)...])
        return (1...256).contains(key.count) && key.allSatisfy(Self.isOfKey) && (1...256).contains(value.count)
            && value.allSatisfy(Self.isOfValue)
    }

    private static func isOfKey(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "@"):
            true
        default: false
        }
    }

    private static func isOfValue(_ byte: UInt8) -> Bool { (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "=") }
}
