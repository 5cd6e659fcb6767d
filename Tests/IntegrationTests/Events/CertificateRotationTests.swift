// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
import TestSupport
import Testing

/// Certificates are replaced while events flow: neither side is started again, and no event is lost.
@Suite(.timeLimit(.minutes(5))) struct CertificateRotationTests {
    private let topology = TestBroker.freshTopology()
    private let user = "lamassu-client"

    private func withFlow(_ body: (EventFlow, RotatingCertificates) async throws -> Void) async throws {
        try await TestBroker.declare(self.topology)
        let certificates = try RotatingCertificates()
        let flow = EventFlow(try certificates.configuration(), self.topology, user: self.user)
        try await flow.run {
            try await flow.waitUntilThrough()
            try await body(flow, certificates)
            try await flow.waitUntilThrough()
        }
        #expect(flow.handledIDs == flow.sentIDs)
        #expect(flow.publisher.statistics.confirmed == flow.sentIDs.count)
        #expect(flow.publisher.statistics.dropped == 0)
        #expect(flow.publisher.statistics.parked == 0)
        #expect(try await TestBroker.depth(of: self.topology.queue) == 0)
        #expect(try await TestBroker.depth(of: self.topology.deadLetterQueue) == 0)
        try await TestBroker.remove(self.topology)
        try certificates.remove()
    }

    /// Ends the user's connections as an operator does who will not wait until they end by themselves.
    private func closeConnections() async throws {
        _ = try await TestBroker.control("close_all_user_connections", self.user, "certificates were replaced")
    }

    /// The names in the certificates by which the user's connections came in.
    private func subjects() async throws -> [String] {
        try await TestBroker.control("list_connections", "--no-table-headers", "user", "peer_cert_subject", "peer_cert_issuer")
            .split(separator: "\n").filter { $0.hasPrefix(self.user) }.map { String($0) }
    }

    @Test func `a client certificate that is replaced is the one of the next connection`() async throws {
        try await self.withFlow { flow, certificates in
            for unit in ["second", "third"] {
                try await certificates.issueClient(unit)
                try await flow.waitUntilThrough()
                #expect(try await !self.subjects().contains { $0.contains(unit) })
                try await self.closeConnections()
                try await eventually("both connections show the new certificate") {
                    try await self.subjects().count { $0.contains(unit) } == 2
                }
                try await flow.waitUntilThrough()
            }
            #expect(flow.publisher.statistics.lastError == nil)
        }
    }

    enum Fault: CaseIterable {
        case expired, otherAuthority, otherKey, cut, missing

        /// Whether it is for the broker to notice.
        var isBrokers: Bool { self == .expired || self == .otherAuthority }
    }

    @Test(arguments: Fault.allCases)
    func `a client certificate that will not do holds events back until the right one is there`(fault: Fault) async throws {
        try await self.withFlow { flow, certificates in
            switch fault {
            case .expired: try await certificates.issueClient("expired", days: -1)
            case .otherAuthority: try await certificates.issueClient("other", by: .second)
            case .otherKey: try await certificates.replaceKeyAlone()
            case .cut: try certificates.cutClientCertificate()
            case .missing: try certificates.removeClientCertificate()
            }
            try await self.closeConnections()
            let errors = try await flow.waitUntilHeldBack()
            // What the broker does not accept ends the connection after it was made (TLS 1.3); what cannot be used prevents it.
            #expect(errors.allSatisfy { $0.code == .connectionFailed })
            #expect(fault.isBrokers || errors.allSatisfy { $0.message.contains("tlsConfigurationInvalid") })
            try await certificates.issueClient("right")
            try await flow.waitUntilThrough()
            #expect(try await self.subjects().count { $0.contains("right") } == 2)
        }
    }

    @Test func `authorities are replaced on both sides, by way of trusting both`() async throws {
        try await self.withFlow { flow, certificates in
            do {
                // Too early: the clients do not trust who vouches for the broker now.
                try await certificates.replaceBroker(by: .second, trusting: [.first, .second])
                try await self.closeConnections()
                let errors = try await flow.waitUntilHeldBack()
                #expect(errors.allSatisfy { $0.code == .connectionFailed && $0.message.contains("tlsVerificationFailed") })
                try certificates.trust([.first, .second])
                try await flow.waitUntilThrough()

                try await certificates.issueClient("new", by: .second)
                try await certificates.replaceBroker(by: .second, trusting: [.second])
                try certificates.trust([.second])
                try await self.closeConnections()
                try await eventually("both connections show the new authority") {
                    try await self.subjects().count { $0.contains("CN=Lamassu Wrong CA") } == 2
                }
                try await flow.waitUntilThrough()
            } catch {
                try await certificates.restoreBroker()
                throw error
            }
            try await certificates.restoreBroker()
            try await certificates.issueClient("old again")
            try certificates.trust([.first])
            try await self.closeConnections()
        }
    }
}
