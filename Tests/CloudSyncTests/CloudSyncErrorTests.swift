// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudSync
import IoTCoreClient
import Testing

@Suite struct CloudSyncErrorTests {
    @Test(arguments: [
        (CloudSyncError.Code.awsUnavailable, CloudSyncError.Recovery.retried), (.hostFailed, .retried), (.notYet, .retriedWithLimit),
        (.functionFailed, .retriedWithLimit), (.unknownEventType, .none), (.undecodablePayload, .none), (.notACertificate, .none),
        (.notAnAuthority, .none), (.refusedByHost, .none), (.refusedByAWS, .none), (.limitReached, .none),
    ])
    func `each code says whether the event is tried again`(code: CloudSyncError.Code, recovery: CloudSyncError.Recovery) {
        let error = CloudSyncError(code, message: "why")
        #expect(error.recovery == recovery)
        #expect(error.isRetryable == (recovery != .none))
        #expect(error.description == "\(code): why")
    }

    @Test(arguments: [
        (AWSError(.transport, code: "timedOut", message: "", isRetryable: true), CloudSyncError.Code.awsUnavailable),
        (AWSError(.service, code: "ThrottlingException", message: "", isRetryable: true, status: 429), .awsUnavailable),
        (AWSError(.cancelled, code: "Cancelled", message: ""), .awsUnavailable),
        (AWSError(.credentials, code: "NoCredentials", message: ""), .awsUnavailable),
        (AWSError(.configuration, code: "NoRegion", message: ""), .awsUnavailable),
        (AWSError(.service, code: "UnrecognizedClientException", message: "", status: 403), .awsUnavailable),
        (AWSError(.service, code: "InvalidSignatureException", message: "", status: 403), .awsUnavailable),
        (AWSError(.service, code: "AccessDeniedException", message: "", status: 403), .refusedByAWS),
        (AWSError(.service, code: "InvalidRequestException", message: "", status: 400), .refusedByAWS),
        (AWSError(.service, code: .limitExceeded, message: "", status: 410), .limitReached),
        (AWSError(.service, code: .certificateValidation, message: "", status: 400), .refusedByAWS),
    ])
    func `no event is given up for what is wrong with the caller or with the moment`(error: AWSError, code: CloudSyncError.Code) {
        #expect(CloudSyncError(error, calling: RegisterCACertificate.self).code == code)
        #expect(CloudSyncError(IoTCoreError(.service, message: "", cause: error)).code == code)
    }

    @Test(arguments: [
        (IoTCoreError.Code.contended, CloudSyncError.Code.notYet), (.malformedAnswer, .awsUnavailable),
        (.cancelled, .awsUnavailable), (.service, .awsUnavailable), (.notFound, .notYet), (.notAnAuthority, .notAnAuthority),
        (.notProven, .notYet), (.invalidInput, .refusedByAWS), (.notChangeable, .refusedByAWS),
    ])
    func `each failure of an operation says what becomes of the event`(failure: IoTCoreError.Code, code: CloudSyncError.Code) {
        let error = CloudSyncError(IoTCoreError(failure, message: "why"))
        #expect(error.code == code)
        #expect(error.message == "why")
    }

    @Test(arguments: [AWSErrorCode.certificateValidation, .resourceNotFound])
    func `only what is of a device can be too early`(code: AWSErrorCode) {
        let cause = AWSError(.service, code: code, message: "", status: 400)
        let error = IoTCoreError(.service, message: "", cause: cause)
        #expect(CloudSyncError(error, isOfDevice: true).code == .notYet)
        #expect(CloudSyncError(error).code == .refusedByAWS)
    }

    @Test func `why the service did not sign counts more than that nothing was signed`() {
        var error = IoTCoreError(.notProven, message: "")
        error.signerError = CloudSyncError(.refusedByHost, message: "why")
        #expect(CloudSyncError(error).code == .refusedByHost)
        #expect(CloudSyncError(error).message == "why")
    }
}
