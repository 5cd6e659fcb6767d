// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A function that was deployed.
public struct DeployedFunction: Sendable {
    /// What a deployment has done.
    public struct Changes: OptionSet, Hashable, Sendable {
        /// One bit for each change.
        public let rawValue: Int

        /// Makes a set of its bits.
        ///
        /// - Parameter rawValue: one bit for each change.
        public init(rawValue: Int) { self.rawValue = rawValue }

        /// The function was made.
        public static let created = Changes(rawValue: 1)
        /// The function has got other code.
        public static let code = Changes(rawValue: 2)
        /// The function has got other settings.
        public static let configuration = Changes(rawValue: 4)
        /// The alias was made, or shows another version.
        public static let alias = Changes(rawValue: 8)
    }

    /// The function as Lambda has it.
    public var configuration: FunctionConfiguration
    /// What was done; empty when all was as it is to be.
    public var changes: Changes
    /// The version that was published, or was so already; `nil` where none is to be.
    public var version: String?

    /// Makes one.
    ///
    /// - Parameters:
    ///   - configuration: the function as Lambda has it.
    ///   - changes: what was done.
    ///   - version: the version that was published.
    public init(configuration: FunctionConfiguration, changes: Changes, version: String? = nil) {
        self.configuration = configuration
        self.changes = changes
        self.version = version
    }
}
