// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Why nothing was generated: the model has something that this generator does not know, or is not what it should be.
public struct GeneratorError: Error, CustomStringConvertible {
    /// What is wrong, for a person.
    public let description: String

    init(_ description: String) { self.description = description }
}
