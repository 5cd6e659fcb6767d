// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The limits that both sides agreed on.
package struct ConnectionTuning: Hashable, Sendable {
    package var channelMaximum: UInt16
    package var frameMaximum: UInt32
    /// In seconds; 0 for none.
    package var heartbeatSeconds: UInt16

    package init(channelMaximum: UInt16, frameMaximum: UInt32, heartbeatSeconds: UInt16) {
        self.channelMaximum = channelMaximum
        self.frameMaximum = frameMaximum
        self.heartbeatSeconds = heartbeatSeconds
    }

    /// What follows from the broker's proposal and this side's wishes, where 0 means that one side sets no limit.
    init(proposal: ConnectionTune, settings: ConnectionSettings) throws(AMQPFailure) {
        func agreed<Number: UnsignedInteger>(_ theirs: Number, _ ours: Number) -> Number {
            theirs == 0 || ours == 0 ? max(theirs, ours) : min(theirs, ours)
        }
        self.channelMaximum = agreed(proposal.channelMax, settings.channelMaximum)
        self.frameMaximum = agreed(proposal.frameMax, settings.frameMaximum)
        // Who wants no heartbeats gets none: zero is a wish here, not the absence of a limit.
        self.heartbeatSeconds = settings.heartbeatSeconds == 0 ? 0 : agreed(proposal.heartbeat, settings.heartbeatSeconds)
        guard self.frameMaximum >= 4096 else {
            throw .tuningNotAcceptable(
                "the broker takes frames of \(proposal.frameMax) bytes, the protocol asks for 4096 at least: raise frame_max there")
        }
    }
}
