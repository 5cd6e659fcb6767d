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

    /// What an answer says nothing about.
    package static var unansweredBatchEntry: AWSError {
        AWSError(
            .malformedResponse, code: "UnansweredEntry", message: "the answer to a batch names neither success nor failure of an entry")
    }
}

extension AWSErrorCode {
    /// A message is longer than a message may be; it was not sent.
    public static let messageTooLong: AWSErrorCode = "MessageTooLong"
}
