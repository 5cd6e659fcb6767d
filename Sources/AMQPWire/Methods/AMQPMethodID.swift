// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The two numbers that name a method on the wire.
public struct AMQPMethodID: Hashable, Sendable, CustomStringConvertible {
    /// The class, such as 60 for `basic`.
    public var classID: UInt16
    /// The method within the class.
    public var methodID: UInt16

    /// Makes an identifier.
    ///
    /// - Parameters:
    ///   - classID: the class.
    ///   - methodID: the method within the class.
    public init(classID: UInt16, methodID: UInt16) {
        self.classID = classID
        self.methodID = methodID
    }

    /// Class and method: `60.40`.
    public var description: String { "\(self.classID).\(self.methodID)" }
}
