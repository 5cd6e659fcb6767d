// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Foundation
import TestSupport
import Transport

/// The certificates of one side, in files that are replaced while they are in use, as an operator would.
struct RotatingCertificates: Sendable {
    /// Two certification authorities, of which the broker trusts the first alone at the beginning.
    enum Authority: String, CaseIterable {
        case first = "ca"
        case second = "wrong-ca"
    }

    private let folder: URL
    private let pki: URL

    /// The side of the clients begins with what the broker knows.
    init() throws {
        self.pki = URL(filePath: try TestServers.certificates)
        self.folder = FileManager.default.temporaryDirectory.appending(path: TestBroker.freshName("certificates"))
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        try self.trust([.first])
        try self.replace("client.pem", with: Data(contentsOf: self.pki.appending(path: "client.pem")))
        try self.replace("client.key", with: Data(contentsOf: self.pki.appending(path: "client.key")))
    }

    func remove() throws { try FileManager.default.removeItem(at: self.folder) }

    /// The broker, for the user whom the client certificate names.
    func configuration() throws -> AMQPConfiguration {
        let tls = TLSConfiguration(
            trustRoots: .custom(.file(self.path("ca.pem"))),
            identity: TLSConfiguration.Identity(
                certificateChain: .file(self.path("client.pem")), privateKey: .file(self.path("client.key"))))
        return AMQPConfiguration(host: "localhost", port: try TestServers.amqpsPort, credentials: .external, tls: tls)
    }

    private func path(_ name: String) -> String { self.folder.appending(path: name).path }

    /// Renames a new file over the old one, so that nobody reads half of it.
    private func replace(_ name: String, with content: Data) throws {
        try content.write(to: self.folder.appending(path: name), options: .atomic)
    }

    // MARK: The clients

    /// Makes a certificate for the broker's user, and puts it in the place of the one before.
    ///
    /// - Parameters:
    ///   - unit: what tells it from others: a part of its name beside that of the user.
    ///   - authority: who issues it.
    ///   - days: for how long it is valid.
    func issueClient(_ unit: String, by authority: Authority = .first, days: Int = 2) async throws {
        let issued = try await self.issue("lamassu-client/OU=\(unit)", "clientAuth", "DNS:lamassu-client", by: authority, days: days)
        try self.replace("client.pem", with: issued.certificate)
        try self.replace("client.key", with: issued.key)
    }

    /// Puts a key in place that is not the certificate's.
    func replaceKeyAlone() async throws {
        try self.replace("client.key", with: await self.issue("other", "clientAuth", "DNS:other").key)
    }

    /// Leaves the first half of the certificate's file.
    func cutClientCertificate() throws {
        let whole = try Data(contentsOf: self.folder.appending(path: "client.pem"))
        try self.replace("client.pem", with: whole.prefix(whole.count / 2))
    }

    func removeClientCertificate() throws { try FileManager.default.removeItem(at: self.folder.appending(path: "client.pem")) }

    /// Whom the clients trust to vouch for the broker.
    func trust(_ authorities: [Authority]) throws { try self.replace("ca.pem", with: self.certificates(of: authorities)) }

    // MARK: The broker

    /// Gives the broker another certificate, and other authorities to trust; it goes on without a restart.
    func replaceBroker(by authority: Authority, trusting authorities: [Authority]) async throws {
        let issued = try await self.issue("localhost", "serverAuth", "DNS:localhost,IP:127.0.0.1", by: authority)
        try await self.overwriteBroker(certificate: issued.certificate, key: issued.key, authorities)
    }

    /// Gives the broker back what it had before the test.
    func restoreBroker() async throws {
        try await self.overwriteBroker(
            certificate: Data(contentsOf: self.pki.appending(path: "server.pem")),
            key: Data(contentsOf: self.pki.appending(path: "server.key")), [.first])
    }

    private func overwriteBroker(certificate: Data, key: Data, _ authorities: [Authority]) async throws {
        for (setting, content) in [("certfile", certificate), ("keyfile", key), ("cacertfile", try self.certificates(of: authorities))] {
            let path = try await TestServers.control([
                "eval",
                "{ok, Options} = application:get_env(rabbit, ssl_options), io:format(\"~s~n\", [proplists:get_value(\(setting), Options)]).",
            ])
            // In place, because the file belongs to the broker's user.
            try content.write(to: URL(filePath: String(path.prefix { $0 != "\n" })))
        }
        try await TestServers.control(["eval", "ssl:clear_pem_cache()."])
    }

    // MARK: Issuing

    private func certificates(of authorities: [Authority]) throws -> Data {
        try authorities.map { try Data(contentsOf: self.pki.appending(path: "\($0.rawValue).pem")) }.reduce(Data(), +)
    }

    /// Issues a certificate with the functions that made those of the whole run.
    private func issue(
        _ commonName: String, _ usage: String, _ alternativeNames: String, by authority: Authority = .first, days: Int = 2
    ) async throws -> (certificate: Data, key: Data) {
        let scripts = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Scripts/lib/certificates.sh")
        let name = TestBroker.freshName("rotated")
        _ = try await TestCommand.run([
            "bash", "-euc", "source \"$1\"; shift; issue_certificate \"$@\"", "bash", scripts.path, self.pki.path, authority.rawValue, name,
            commonName, usage, alternativeNames, String(days),
        ])
        let files = ["pem", "key"].map { self.pki.appending(path: "\(name).\($0)") }
        defer { for file in files { try? FileManager.default.removeItem(at: file) } }
        return (try Data(contentsOf: files[0]), try Data(contentsOf: files[1]))
    }
}
