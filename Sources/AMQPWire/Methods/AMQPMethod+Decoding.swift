// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension AMQPMethod {
    /// Decodes a method frame's payload: the method's identifier, then its arguments.
    ///
    /// - Throws: ``AMQPWireError/Code/unknownMethod``, or what is wrong with the arguments.
    public init(decoding payload: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        let id = AMQPMethodID(classID: try cursor.readUInt16(from: payload), methodID: try cursor.readUInt16(from: payload))
        let arguments = payload.extracting(cursor.offset..<payload.count)
        switch id.classID {
        case 10:
            switch id.methodID {
            case 10: self = .connectionStart(try ConnectionStart(decoding: arguments))
            case 11: self = .connectionStartOk(try ConnectionStartOk(decoding: arguments))
            case 20: self = .connectionSecure(try ConnectionSecure(decoding: arguments))
            case 21: self = .connectionSecureOk(try ConnectionSecureOk(decoding: arguments))
            case 30: self = .connectionTune(try ConnectionTune(decoding: arguments))
            case 31: self = .connectionTuneOk(try ConnectionTuneOk(decoding: arguments))
            case 40: self = .connectionOpen(try ConnectionOpen(decoding: arguments))
            case 41: self = .connectionOpenOk(try ConnectionOpenOk(decoding: arguments))
            case 50: self = .connectionClose(try ConnectionClose(decoding: arguments))
            case 51: self = .connectionCloseOk(try ConnectionCloseOk(decoding: arguments))
            case 60: self = .connectionBlocked(try ConnectionBlocked(decoding: arguments))
            case 61: self = .connectionUnblocked(try ConnectionUnblocked(decoding: arguments))
            case 70: self = .connectionUpdateSecret(try ConnectionUpdateSecret(decoding: arguments))
            case 71: self = .connectionUpdateSecretOk(try ConnectionUpdateSecretOk(decoding: arguments))
            default: throw .unknownMethod(id)
            }
        case 20:
            switch id.methodID {
            case 10: self = .channelOpen(try ChannelOpen(decoding: arguments))
            case 11: self = .channelOpenOk(try ChannelOpenOk(decoding: arguments))
            case 20: self = .channelFlow(try ChannelFlow(decoding: arguments))
            case 21: self = .channelFlowOk(try ChannelFlowOk(decoding: arguments))
            case 40: self = .channelClose(try ChannelClose(decoding: arguments))
            case 41: self = .channelCloseOk(try ChannelCloseOk(decoding: arguments))
            default: throw .unknownMethod(id)
            }
        case 30:
            switch id.methodID {
            case 10: self = .accessRequest(try AccessRequest(decoding: arguments))
            case 11: self = .accessRequestOk(try AccessRequestOk(decoding: arguments))
            default: throw .unknownMethod(id)
            }
        case 40:
            switch id.methodID {
            case 10: self = .exchangeDeclare(try ExchangeDeclare(decoding: arguments))
            case 11: self = .exchangeDeclareOk(try ExchangeDeclareOk(decoding: arguments))
            case 20: self = .exchangeDelete(try ExchangeDelete(decoding: arguments))
            case 21: self = .exchangeDeleteOk(try ExchangeDeleteOk(decoding: arguments))
            case 30: self = .exchangeBind(try ExchangeBind(decoding: arguments))
            case 31: self = .exchangeBindOk(try ExchangeBindOk(decoding: arguments))
            case 40: self = .exchangeUnbind(try ExchangeUnbind(decoding: arguments))
            case 51: self = .exchangeUnbindOk(try ExchangeUnbindOk(decoding: arguments))
            default: throw .unknownMethod(id)
            }
        case 50:
            switch id.methodID {
            case 10: self = .queueDeclare(try QueueDeclare(decoding: arguments))
            case 11: self = .queueDeclareOk(try QueueDeclareOk(decoding: arguments))
            case 20: self = .queueBind(try QueueBind(decoding: arguments))
            case 21: self = .queueBindOk(try QueueBindOk(decoding: arguments))
            case 30: self = .queuePurge(try QueuePurge(decoding: arguments))
            case 31: self = .queuePurgeOk(try QueuePurgeOk(decoding: arguments))
            case 40: self = .queueDelete(try QueueDelete(decoding: arguments))
            case 41: self = .queueDeleteOk(try QueueDeleteOk(decoding: arguments))
            case 50: self = .queueUnbind(try QueueUnbind(decoding: arguments))
            case 51: self = .queueUnbindOk(try QueueUnbindOk(decoding: arguments))
            default: throw .unknownMethod(id)
            }
        case 60:
            switch id.methodID {
            case 10: self = .basicQos(try BasicQos(decoding: arguments))
            case 11: self = .basicQosOk(try BasicQosOk(decoding: arguments))
            case 20: self = .basicConsume(try BasicConsume(decoding: arguments))
            case 21: self = .basicConsumeOk(try BasicConsumeOk(decoding: arguments))
            case 30: self = .basicCancel(try BasicCancel(decoding: arguments))
            case 31: self = .basicCancelOk(try BasicCancelOk(decoding: arguments))
            case 40: self = .basicPublish(try BasicPublish(decoding: arguments))
            case 50: self = .basicReturn(try BasicReturn(decoding: arguments))
            case 60: self = .basicDeliver(try BasicDeliver(decoding: arguments))
            case 70: self = .basicGet(try BasicGet(decoding: arguments))
            case 71: self = .basicGetOk(try BasicGetOk(decoding: arguments))
            case 72: self = .basicGetEmpty(try BasicGetEmpty(decoding: arguments))
            case 80: self = .basicAck(try BasicAck(decoding: arguments))
            case 90: self = .basicReject(try BasicReject(decoding: arguments))
            case 100: self = .basicRecoverAsync(try BasicRecoverAsync(decoding: arguments))
            case 110: self = .basicRecover(try BasicRecover(decoding: arguments))
            case 111: self = .basicRecoverOk(try BasicRecoverOk(decoding: arguments))
            case 120: self = .basicNack(try BasicNack(decoding: arguments))
            default: throw .unknownMethod(id)
            }
        case 85:
            switch id.methodID {
            case 10: self = .confirmSelect(try ConfirmSelect(decoding: arguments))
            case 11: self = .confirmSelectOk(try ConfirmSelectOk(decoding: arguments))
            default: throw .unknownMethod(id)
            }
        case 90:
            switch id.methodID {
            case 10: self = .txSelect(try TxSelect(decoding: arguments))
            case 11: self = .txSelectOk(try TxSelectOk(decoding: arguments))
            case 20: self = .txCommit(try TxCommit(decoding: arguments))
            case 21: self = .txCommitOk(try TxCommitOk(decoding: arguments))
            case 30: self = .txRollback(try TxRollback(decoding: arguments))
            case 31: self = .txRollbackOk(try TxRollbackOk(decoding: arguments))
            default: throw .unknownMethod(id)
            }
        default: throw .unknownMethod(id)
        }
    }
}

extension AMQPWireError {
    @inline(never)
    fileprivate static func unknownMethod(_ id: AMQPMethodID) -> AMQPWireError {
        AMQPWireError(.unknownMethod, message: "a method frame names the unknown method \(id)")
    }
}
