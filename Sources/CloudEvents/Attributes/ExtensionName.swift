// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The name of an extension attribute: one or more of `a` to `z` and `0` to `9`, and none of the names that the specification gives a
/// meaning.
public struct ExtensionName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name.
    public let description: String

    /// Makes a name.
    ///
    /// - Parameter text: the name. More than 20 characters or a digit at the start are allowed, though the specification advises against.
    /// - Throws: ``CloudEventError/Code/invalidAttributeName``.
    public init(_ text: String) throws(CloudEventError) {
        guard !text.isEmpty, text.utf8.allSatisfy(Self.isAllowed) else {
            throw CloudEventError(.invalidAttributeName, message: "a name consists of the characters a to z and 0 to 9")
        }
        guard !Self.reserved.contains(text) else {
            throw CloudEventError(.invalidAttributeName, attribute: text, message: "the name has a meaning of its own")
        }
        self.description = text
    }

    /// Makes a name that is known to be valid.
    package init(documented text: String) { self.description = text }

    private static let reserved: Set<String> = [
        "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "data",
    ]

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }

    /// Orders names by their bytes.
    public static func < (left: ExtensionName, right: ExtensionName) -> Bool { left.description < right.description }
}

// The extensions that the specification documents, as far as a publisher or a consumer of this project meets them.
extension ExtensionName {
    /// How the principal that caused the event was authenticated (Auth Context).
    public static let authType = ExtensionName(documented: "authtype")
    /// The principal that caused the event (Auth Context).
    public static let authID = ExtensionName(documented: "authid")
    /// Claims of the principal as a JSON text, without credentials (Auth Context).
    public static let authClaims = ExtensionName(documented: "authclaims")
    /// The key by which a broker may partition (Partitioning).
    public static let partitionKey = ExtensionName(documented: "partitionkey")
    /// The place of the event among those of its source (Sequence).
    public static let sequence = ExtensionName(documented: "sequence")
    /// The trace that the event belongs to (Distributed Tracing, W3C Trace Context).
    public static let traceParent = ExtensionName(documented: "traceparent")
    /// What vendors add to the trace (Distributed Tracing, W3C Trace Context).
    public static let traceState = ExtensionName(documented: "tracestate")
}
