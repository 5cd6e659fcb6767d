// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The arguments of one method: what the types named after the methods have in common.
///
/// Fields that the specification reserves are not shown: they are sent as zero, and what came in them is passed over.
public protocol AMQPMethodArguments: Equatable, Sendable {
    /// The method that these are the arguments of.
    static var id: AMQPMethodID { get }

    /// Whether a content header and a body follow the method.
    static var hasContent: Bool { get }

    /// Decodes the arguments as a method frame carries them behind the method's identifier.
    ///
    /// - Parameter bytes: the arguments, all of them and nothing else.
    /// - Throws: ``AMQPWireError/Code/malformedFrame`` when the bytes are too few or too many; what is wrong with a value.
    init(decoding bytes: Span<UInt8>) throws(AMQPWireError)

    /// Appends the arguments as a method frame carries them behind the method's identifier.
    ///
    /// - Parameter output: what they are appended to; after an error it ends with a part of them.
    /// - Throws: ``AMQPWireError/Code/valueTooLong``, ``AMQPWireError/Code/nestingTooDeep``.
    func encode(into output: inout [UInt8]) throws(AMQPWireError)
}

extension AMQPMethodArguments {
    /// No content follows most methods.
    public static var hasContent: Bool { false }
}
