// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import IoTCoreClient

extension CloudSyncError {
    /// What an error of AWS means for the event.
    ///
    /// A certificate whose CA is unknown, or a function that is busy being deployed, can be a matter of time; throttling, a server's fault and a
    /// lost connection are; all else that AWS refuses will be refused again.
    init<Operation: AWSOperation>(_ error: AWSError, calling operation: Operation.Type) {
        let code: Code =
            if error.isRetryable {
                .awsUnavailable
            } else if error.code == .certificateValidation, operation is RegisterCertificate.Type {
                .notYet
            } else if error.code == .limitExceeded || error.code == .versionsLimitExceeded {
                .limitReached
            } else {
                .refusedByAWS
            }
        self.init(code, message: "\(Operation.name): \(error)")
    }
}
