// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The schema of a payload: what the CloudEvents attribute `dataschema` names.
///
/// Written `schema://lamassu.io/ctx/schema/<name>/v<version>`: a name, not an address. Members may come to a schema under the same
/// version; whatever a consumer of that version would misread makes another one.
public struct EventSchema: Hashable, Sendable, CustomStringConvertible {
    /// What every schema begins with.
    public static let prefix = "schema://lamassu.io/ctx/schema/"

    /// What the payload is, such as `ca-certificate`.
    public var name: String
    /// The version, from 1.
    public var version: Int

    /// Makes a schema.
    ///
    /// - Parameters:
    ///   - name: what the payload is: lower-case words, joined by `-`.
    ///   - version: the version, from 1.
    public init(_ name: String, version: Int = 1) {
        self.name = name
        self.version = version
    }

    /// Reads the attribute `dataschema`.
    ///
    /// - Parameter text: the attribute.
    /// - Returns: the schema; `nil` where the attribute names one of somebody else.
    public init?(parsing text: String) {
        guard text.hasPrefix(Self.prefix) else { return nil }
        let parts = text.dropFirst(Self.prefix.count).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[1].hasPrefix("v"), let version = Int(parts[1].dropFirst()), version > 0 else {
            return nil
        }
        self.init(String(parts[0]), version: version)
    }

    /// The attribute `dataschema`.
    public var description: String { "\(Self.prefix)\(self.name)/v\(self.version)" }
}
