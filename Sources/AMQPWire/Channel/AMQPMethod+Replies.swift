// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension AMQPMethod {
    /// Whether this is the reply that the specification foresees for a request.
    func isReply(to request: AMQPMethod) -> Bool {
        switch (request, self) {
        case (.exchangeDeclare, .exchangeDeclareOk), (.exchangeDelete, .exchangeDeleteOk), (.exchangeBind, .exchangeBindOk),
            (.exchangeUnbind, .exchangeUnbindOk), (.queueDeclare, .queueDeclareOk), (.queueBind, .queueBindOk),
            (.queueUnbind, .queueUnbindOk), (.queuePurge, .queuePurgeOk), (.queueDelete, .queueDeleteOk),
            (.basicQos, .basicQosOk), (.basicGet, .basicGetOk), (.basicGet, .basicGetEmpty), (.basicRecover, .basicRecoverOk),
            (.confirmSelect, .confirmSelectOk), (.txSelect, .txSelectOk), (.txCommit, .txCommitOk), (.txRollback, .txRollbackOk):
            true
        case (.basicConsume(let request), .basicConsumeOk(let reply)):
            request.consumerTag == reply.consumerTag
        case (.basicCancel(let request), .basicCancelOk(let reply)):
            request.consumerTag == reply.consumerTag
        default:
            false
        }
    }
}
