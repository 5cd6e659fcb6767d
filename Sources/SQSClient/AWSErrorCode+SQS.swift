// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

extension AWSErrorCode {
    /// There is no such queue.
    public static let queueDoesNotExist: AWSErrorCode = "QueueDoesNotExist"
    /// The receipt handle is not one, or not one of this queue.
    public static let receiptHandleIsInvalid: AWSErrorCode = "ReceiptHandleIsInvalid"
}
