// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import IoTCoreClient

extension CloudSyncError {
    /// What an error of AWS means for the event.
    ///
    /// Throttling, a server's fault and a lost connection pass. So does what is wrong with the caller and not with the event: credentials
    /// that are missing, wrong or late, and a task that was cancelled; no event is given up for those. A certificate whose CA
    /// is unknown may only be early. All else that AWS refuses it will refuse again.
    package init<Operation: AWSOperation>(_ error: AWSError, calling operation: Operation.Type) {
        let code: Code =
            if error.isRetryable || Self.callersKinds.contains(error.kind) || Self.callersCodes.contains(error.code) {
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

    private static let callersKinds: Set<AWSError.Kind> = [.cancelled, .credentials, .configuration]

    /// What AWS answers, whatever is asked for, when it does not take the caller's signature or credentials (AWS general reference, "Common
    /// error types").
    private static let callersCodes: Set<AWSErrorCode> = [
        "InvalidClientTokenId", "UnrecognizedClientException", "InvalidSignatureException", "SignatureDoesNotMatch",
        "IncompleteSignature", "IncompleteSignatureException", "MissingAuthenticationToken", "MissingAuthenticationTokenException",
        "RequestTimeTooSkewed", "RequestExpired", "ExpiredToken", "ExpiredTokenException",
    ]
}
