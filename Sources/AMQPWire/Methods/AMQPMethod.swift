// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A method of AMQP 0-9-1 with its arguments: every one of the specification, and RabbitMQ's additions.
///
/// The classes and methods are those of the specification's XML (section 1.3 of its PDF has them in words).
public enum AMQPMethod: Equatable, Sendable {
    /// See ``ConnectionStart``.
    case connectionStart(ConnectionStart)
    /// See ``ConnectionStartOk``.
    case connectionStartOk(ConnectionStartOk)
    /// See ``ConnectionSecure``.
    case connectionSecure(ConnectionSecure)
    /// See ``ConnectionSecureOk``.
    case connectionSecureOk(ConnectionSecureOk)
    /// See ``ConnectionTune``.
    case connectionTune(ConnectionTune)
    /// See ``ConnectionTuneOk``.
    case connectionTuneOk(ConnectionTuneOk)
    /// See ``ConnectionOpen``.
    case connectionOpen(ConnectionOpen)
    /// See ``ConnectionOpenOk``.
    case connectionOpenOk(ConnectionOpenOk)
    /// See ``ConnectionClose``.
    case connectionClose(ConnectionClose)
    /// See ``ConnectionCloseOk``.
    case connectionCloseOk(ConnectionCloseOk)
    /// See ``ConnectionBlocked``.
    case connectionBlocked(ConnectionBlocked)
    /// See ``ConnectionUnblocked``.
    case connectionUnblocked(ConnectionUnblocked)
    /// See ``ConnectionUpdateSecret``.
    case connectionUpdateSecret(ConnectionUpdateSecret)
    /// See ``ConnectionUpdateSecretOk``.
    case connectionUpdateSecretOk(ConnectionUpdateSecretOk)

    /// See ``ChannelOpen``.
    case channelOpen(ChannelOpen)
    /// See ``ChannelOpenOk``.
    case channelOpenOk(ChannelOpenOk)
    /// See ``ChannelFlow``.
    case channelFlow(ChannelFlow)
    /// See ``ChannelFlowOk``.
    case channelFlowOk(ChannelFlowOk)
    /// See ``ChannelClose``.
    case channelClose(ChannelClose)
    /// See ``ChannelCloseOk``.
    case channelCloseOk(ChannelCloseOk)

    /// See ``AccessRequest``.
    case accessRequest(AccessRequest)
    /// See ``AccessRequestOk``.
    case accessRequestOk(AccessRequestOk)

    /// See ``ExchangeDeclare``.
    case exchangeDeclare(ExchangeDeclare)
    /// See ``ExchangeDeclareOk``.
    case exchangeDeclareOk(ExchangeDeclareOk)
    /// See ``ExchangeDelete``.
    case exchangeDelete(ExchangeDelete)
    /// See ``ExchangeDeleteOk``.
    case exchangeDeleteOk(ExchangeDeleteOk)
    /// See ``ExchangeBind``.
    case exchangeBind(ExchangeBind)
    /// See ``ExchangeBindOk``.
    case exchangeBindOk(ExchangeBindOk)
    /// See ``ExchangeUnbind``.
    case exchangeUnbind(ExchangeUnbind)
    /// See ``ExchangeUnbindOk``.
    case exchangeUnbindOk(ExchangeUnbindOk)

    /// See ``QueueDeclare``.
    case queueDeclare(QueueDeclare)
    /// See ``QueueDeclareOk``.
    case queueDeclareOk(QueueDeclareOk)
    /// See ``QueueBind``.
    case queueBind(QueueBind)
    /// See ``QueueBindOk``.
    case queueBindOk(QueueBindOk)
    /// See ``QueueUnbind``.
    case queueUnbind(QueueUnbind)
    /// See ``QueueUnbindOk``.
    case queueUnbindOk(QueueUnbindOk)
    /// See ``QueuePurge``.
    case queuePurge(QueuePurge)
    /// See ``QueuePurgeOk``.
    case queuePurgeOk(QueuePurgeOk)
    /// See ``QueueDelete``.
    case queueDelete(QueueDelete)
    /// See ``QueueDeleteOk``.
    case queueDeleteOk(QueueDeleteOk)

    /// See ``BasicQos``.
    case basicQos(BasicQos)
    /// See ``BasicQosOk``.
    case basicQosOk(BasicQosOk)
    /// See ``BasicConsume``.
    case basicConsume(BasicConsume)
    /// See ``BasicConsumeOk``.
    case basicConsumeOk(BasicConsumeOk)
    /// See ``BasicCancel``.
    case basicCancel(BasicCancel)
    /// See ``BasicCancelOk``.
    case basicCancelOk(BasicCancelOk)
    /// See ``BasicPublish``.
    case basicPublish(BasicPublish)
    /// See ``BasicReturn``.
    case basicReturn(BasicReturn)
    /// See ``BasicDeliver``.
    case basicDeliver(BasicDeliver)
    /// See ``BasicGet``.
    case basicGet(BasicGet)
    /// See ``BasicGetOk``.
    case basicGetOk(BasicGetOk)
    /// See ``BasicGetEmpty``.
    case basicGetEmpty(BasicGetEmpty)
    /// See ``BasicAck``.
    case basicAck(BasicAck)
    /// See ``BasicReject``.
    case basicReject(BasicReject)
    /// See ``BasicNack``.
    case basicNack(BasicNack)
    /// See ``BasicRecoverAsync``.
    case basicRecoverAsync(BasicRecoverAsync)
    /// See ``BasicRecover``.
    case basicRecover(BasicRecover)
    /// See ``BasicRecoverOk``.
    case basicRecoverOk(BasicRecoverOk)

    /// See ``ConfirmSelect``.
    case confirmSelect(ConfirmSelect)
    /// See ``ConfirmSelectOk``.
    case confirmSelectOk(ConfirmSelectOk)

    /// See ``TxSelect``.
    case txSelect(TxSelect)
    /// See ``TxSelectOk``.
    case txSelectOk(TxSelectOk)
    /// See ``TxCommit``.
    case txCommit(TxCommit)
    /// See ``TxCommitOk``.
    case txCommitOk(TxCommitOk)
    /// See ``TxRollback``.
    case txRollback(TxRollback)
    /// See ``TxRollbackOk``.
    case txRollbackOk(TxRollbackOk)
}
