// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension AMQPMethod {
    /// The class and the method.
    public var id: AMQPMethodID { type(of: self.arguments).id }

    /// Whether a content header and a body follow the method.
    public var hasContent: Bool { type(of: self.arguments).hasContent }

    /// The method's arguments, whatever the method.
    public var arguments: any AMQPMethodArguments {
        switch self {
        case .connectionStart(let arguments): arguments
        case .connectionStartOk(let arguments): arguments
        case .connectionSecure(let arguments): arguments
        case .connectionSecureOk(let arguments): arguments
        case .connectionTune(let arguments): arguments
        case .connectionTuneOk(let arguments): arguments
        case .connectionOpen(let arguments): arguments
        case .connectionOpenOk(let arguments): arguments
        case .connectionClose(let arguments): arguments
        case .connectionCloseOk(let arguments): arguments
        case .connectionBlocked(let arguments): arguments
        case .connectionUnblocked(let arguments): arguments
        case .connectionUpdateSecret(let arguments): arguments
        case .connectionUpdateSecretOk(let arguments): arguments
        case .channelOpen(let arguments): arguments
        case .channelOpenOk(let arguments): arguments
        case .channelFlow(let arguments): arguments
        case .channelFlowOk(let arguments): arguments
        case .channelClose(let arguments): arguments
        case .channelCloseOk(let arguments): arguments
        case .accessRequest(let arguments): arguments
        case .accessRequestOk(let arguments): arguments
        case .exchangeDeclare(let arguments): arguments
        case .exchangeDeclareOk(let arguments): arguments
        case .exchangeDelete(let arguments): arguments
        case .exchangeDeleteOk(let arguments): arguments
        case .exchangeBind(let arguments): arguments
        case .exchangeBindOk(let arguments): arguments
        case .exchangeUnbind(let arguments): arguments
        case .exchangeUnbindOk(let arguments): arguments
        case .queueDeclare(let arguments): arguments
        case .queueDeclareOk(let arguments): arguments
        case .queueBind(let arguments): arguments
        case .queueBindOk(let arguments): arguments
        case .queueUnbind(let arguments): arguments
        case .queueUnbindOk(let arguments): arguments
        case .queuePurge(let arguments): arguments
        case .queuePurgeOk(let arguments): arguments
        case .queueDelete(let arguments): arguments
        case .queueDeleteOk(let arguments): arguments
        case .basicQos(let arguments): arguments
        case .basicQosOk(let arguments): arguments
        case .basicConsume(let arguments): arguments
        case .basicConsumeOk(let arguments): arguments
        case .basicCancel(let arguments): arguments
        case .basicCancelOk(let arguments): arguments
        case .basicPublish(let arguments): arguments
        case .basicReturn(let arguments): arguments
        case .basicDeliver(let arguments): arguments
        case .basicGet(let arguments): arguments
        case .basicGetOk(let arguments): arguments
        case .basicGetEmpty(let arguments): arguments
        case .basicAck(let arguments): arguments
        case .basicReject(let arguments): arguments
        case .basicNack(let arguments): arguments
        case .basicRecoverAsync(let arguments): arguments
        case .basicRecover(let arguments): arguments
        case .basicRecoverOk(let arguments): arguments
        case .confirmSelect(let arguments): arguments
        case .confirmSelectOk(let arguments): arguments
        case .txSelect(let arguments): arguments
        case .txSelectOk(let arguments): arguments
        case .txCommit(let arguments): arguments
        case .txCommitOk(let arguments): arguments
        case .txRollback(let arguments): arguments
        case .txRollbackOk(let arguments): arguments
        }
    }
}
