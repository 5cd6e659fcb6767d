// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A file of a function.
public struct FunctionFile: Sendable, Hashable {
    /// Where the file is in the package, such as `lib/index.py`: relative, its parts set apart by `/`.
    public var path: String
    /// What the file holds.
    public var bytes: [UInt8]
    /// Whether the file can be run, as the `bootstrap` of a custom runtime must.
    public var isExecutable: Bool

    /// Makes a file.
    ///
    /// - Parameters:
    ///   - path: where the file is in the package.
    ///   - bytes: what it holds.
    ///   - isExecutable: whether it can be run.
    public init(path: String, bytes: [UInt8], isExecutable: Bool = false) {
        self.path = path
        self.bytes = bytes
        self.isExecutable = isExecutable
    }
}
