// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import IoTCoreClient

extension CloudSyncError {
    /// What an error of AWS means for the event.
    ///
    /// Throttling, a server's fault and a lost connection pass. So does what is wrong with the caller and not with the event: credentials
    /// that are missing, wrong or late, and a task that was cancelled; no event is given up for those. All else that AWS refuses it will
    /// refuse again.
    package init<Operation: AWSOperation>(_ error: AWSError, calling operation: Operation.Type) {
        self.init(Self.code(of: error), message: "\(Operation.name): \(error)")
    }

    /// What it means for the event that a resource could not be brought to its state.
    ///
    /// A device certificate whose CA is unknown may only be early, and so may what is attached to something that is not there. What others
    /// keep changing, and a proof that is none, may come right, but not for ever.
    package init(_ error: IoTCoreError, isOfDevice: Bool = false) {
        let code: Code
        switch error.code {
        case .notProven:
            if let failure = error.signerError as? CloudSyncError {
                self = failure
                return
            }
            code = .notYet
        case .service where isOfDevice && (error.cause?.code == .certificateValidation || error.cause?.code == .resourceNotFound):
            code = .notYet
        case .service: code = error.cause.map { Self.code(of: $0) } ?? .awsUnavailable
        case .malformedAnswer, .cancelled: code = .awsUnavailable
        case .notFound, .contended: code = .notYet
        case .notAnAuthority: code = .notAnAuthority
        default: code = .refusedByAWS
        }
        self.init(code, message: error.message)
    }

    private static func code(of error: AWSError) -> Code {
        if error.isRetryable || self.callersKinds.contains(error.kind) || self.callersCodes.contains(error.code) { return .awsUnavailable }
        return error.code == .limitExceeded ? .limitReached : .refusedByAWS
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
