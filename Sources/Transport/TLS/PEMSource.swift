// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Where certificates or a key in PEM form come from.
///
/// A file is read again at each connect, so that a rotated certificate is used without a restart. The description never
/// shows the content.
public struct PEMSource: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The two forms, for a transport to switch over.
    package enum Storage: Hashable, Sendable {
        case file(String)
        case bytes([UInt8])
    }

    package let storage: Storage

    /// The PEM file at a path, read at each connect.
    ///
    /// - Parameter path: the file's path.
    /// - Returns: the source.
    public static func file(_ path: String) -> PEMSource { PEMSource(storage: .file(path)) }

    /// PEM text held in memory.
    ///
    /// - Parameter pem: the bytes of the text.
    /// - Returns: the source.
    public static func bytes(_ pem: [UInt8]) -> PEMSource { PEMSource(storage: .bytes(pem)) }

    /// The path, or that the text is in memory; never the text.
    public var description: String {
        switch self.storage {
        case .file(let path): "file \(path)"
        case .bytes: "PEM in memory"
        }
    }

    /// The same as ``description``.
    public var debugDescription: String { self.description }

    /// An empty mirror, so that a dump shows no key.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
