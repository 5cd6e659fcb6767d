// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import LamassuEvents
internal import SQSClient

extension LamassuEventsError {
    /// What a client of AWS reported.
    init(_ error: AWSError) {
        let code: Code =
            switch error.kind {
            case .cancelled: .cancelled
            case .credentials: .accessRefused
            case .transport, .malformedResponse: .connectionFailed
            case .service where error.isRetryable: .connectionFailed
            case .service where error.status == 403 || error.code == .authorizationError: .accessRefused
            case .invalidRequest: .encodingFailed
            default: .refusedByBroker
            }
        self.init(code, message: "\(error)")
    }
}
