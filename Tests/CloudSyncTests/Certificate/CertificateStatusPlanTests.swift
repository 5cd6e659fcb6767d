// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudSync
import IoTCoreClient
import Testing

@Suite struct CertificateStatusPlanTests {
    @Test(arguments: [CertificateStatus.active, .inactive, .revoked]) func `a certificate that is as it should be is left alone`(
        status: CertificateStatus
    ) {
        #expect(CertificateStatusPlan(present: status, desired: status) == .keep)
    }

    @Test(arguments: [CertificateStatus.active, .inactive]) func `a revoked certificate never comes alive again`(desired: CertificateStatus)
    {
        #expect(CertificateStatusPlan(present: .revoked, desired: desired) == .keepRevoked)
    }

    @Test(arguments: [
        (CertificateStatus.active, CertificateStatus.revoked), (.active, .inactive), (.inactive, .active), (.inactive, .revoked),
        (CertificateStatus(rawValue: "PENDING_ACTIVATION"), .active),
    ])
    func `a certificate that is otherwise is updated`(present: CertificateStatus, desired: CertificateStatus) {
        #expect(CertificateStatusPlan(present: present, desired: desired) == .update(to: desired))
    }

    @Test func `a revocation that comes before the certificate is kept in AWS, so that the binding cannot undo it`() {
        #expect(CertificateStatusPlan(present: nil, desired: .revoked) == .registerRevoked)
    }

    @Test(arguments: [CertificateStatus.active, .inactive]) func `another status of a certificate that AWS does not know is nothing to do`(
        desired: CertificateStatus
    ) {
        #expect(CertificateStatusPlan(present: nil, desired: desired) == .nothingToUpdate)
    }

    @Test func `after what is planned was done, the same event plans nothing, in whatever state it began`() {
        let statuses: [CertificateStatus] = [.active, .inactive, .revoked]
        for start in [nil] + statuses.map(Optional.some) {
            for desired in statuses {
                var present = start
                switch CertificateStatusPlan(present: present, desired: desired) {
                case .update(let status): present = status
                case .registerRevoked: present = .revoked
                case .keep, .keepRevoked, .nothingToUpdate: break
                }
                let again = CertificateStatusPlan(present: present, desired: desired)
                #expect([.keep, .keepRevoked, .nothingToUpdate].contains(again), "from \(String(describing: start)) to \(desired)")
            }
        }
    }
}
