// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A decimal number of a field table: ``unscaled`` divided by ten to the power of ``scale``.
public struct AMQPDecimal: Hashable, Sendable {
    /// How many of the digits stand behind the decimal point.
    public var scale: UInt8
    /// The digits as a whole number.
    public var unscaled: Int32

    /// Makes a decimal number.
    ///
    /// - Parameters:
    ///   - unscaled: the digits as a whole number.
    ///   - scale: how many of them stand behind the decimal point.
    public init(unscaled: Int32, scale: UInt8) {
        self.unscaled = unscaled
        self.scale = scale
    }
}
