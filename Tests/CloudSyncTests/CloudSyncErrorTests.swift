// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudSync
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
}
