// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension AWSError {
    /// Why one entry of a batch failed where others may not have; it has no status, which is that of the batch.
    ///
    /// - Parameters:
    ///   - code: the service's code.
    ///   - message: the service's message.
    ///   - isSenderFault: whether the entry is at fault, so that sending it again is of no use.
    package init(batchEntry code: String?, message: String?, isSenderFault: Bool?) {
        self.init(
            .service, code: code.map { AWSErrorCode(rawValue: $0) } ?? .unknown, message: message ?? "an entry of a batch failed",
            isRetryable: isSenderFault != true)
    }

    /// Whether a call with several entries was refused for what may be the fault of one of them.
    ///
    /// It is not where every call of the kind would be: they come too fast, there is no such queue, or the caller may not use it.
    package var mayBeForOneEntry: Bool {
        self.status == 400 && self.retryReason == nil && !self.code.isRefusalOfEveryCall
    }

    /// What an answer says nothing about.
    package static var unansweredBatchEntry: AWSError {
        AWSError(
            .malformedResponse, code: "UnansweredEntry", message: "the answer to a batch names neither success nor failure of an entry")
    }
}

extension AWSErrorCode {
    /// A message is longer than a message may be; it was not sent.
    public static let messageTooLong: AWSErrorCode = "MessageTooLong"

    /// Codes of refusals with the status 400 that have nothing to do with what a call holds.
    private static let refusalsOfEveryCall: Set<AWSErrorCode> = [
        "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", "InvalidAddress", "InvalidSecurity", "AccessDenied",
        "AccessDeniedException", "InvalidClientTokenId", "UnrecognizedClientException", "OverLimit",
    ]

    fileprivate var isRefusalOfEveryCall: Bool {
        Self.refusalsOfEveryCall.contains(self) || self.isClockSkew || self.mayBeClockSkew
            || self.rawValue.hasPrefix("Kms") || self.rawValue.hasPrefix("KMS")
    }
}
