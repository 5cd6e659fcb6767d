// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire
internal import FuzzSupport

extension Script {
    /// A method that a broker may send on channel 0, at the right time or not; now and then one that makes no sense there at all.
    mutating func connectionMethod() -> AMQPMethod? {
        switch self.number(below: 16) {
        case 0: self.start()
        case 1:
            .connectionTune(
                ConnectionTune(
                    channelMax: self.integer(of: UInt16.self, bytes: 2), frameMax: self.integer(of: UInt32.self, bytes: 4),
                    heartbeat: self.integer(of: UInt16.self, bytes: 2)))
        case 2: .connectionTune(ConnectionTune(channelMax: 0, frameMax: 0, heartbeat: 0))
        case 3: .connectionOpenOk(ConnectionOpenOk())
        case 4: .connectionSecure(ConnectionSecure(challenge: self.counted()))
        case 5: .connectionBlocked(ConnectionBlocked(reason: "memory"))
        case 6: .connectionUnblocked(ConnectionUnblocked())
        case 7:
            .connectionClose(
                ConnectionClose(replyCode: AMQPReplyCode(rawValue: 300 + UInt16(self.byte())), replyText: "", classID: 0, methodID: 0))
        case 8: .connectionClose(ConnectionClose(replyCode: .accessRefused, replyText: "refused"))
        case 9: .connectionCloseOk(ConnectionCloseOk())
        case 10: .channelOpenOk(ChannelOpenOk())
        case 11: .connectionUpdateSecretOk(ConnectionUpdateSecretOk())
        default: try? AMQPMethod(decoding: self.counted().span)
        }
    }

    private mutating func start() -> AMQPMethod {
        let capabilities: AMQPTable = ["authentication_failure_close": .bool(self.flag())]
        return .connectionStart(
            ConnectionStart(
                versionMajor: self.flag() ? 0 : self.byte(), versionMinor: self.flag() ? 9 : self.byte(),
                serverProperties: ["capabilities": .table(capabilities)],
                mechanisms: self.choice(["PLAIN EXTERNAL", "PLAIN", "EXTERNAL AMQPLAIN", "", "PLAINER"]), locales: "en_US"))
    }
}
