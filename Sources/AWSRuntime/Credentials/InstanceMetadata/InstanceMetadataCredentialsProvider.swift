// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSSigner
import HTTPTypes
import Synchronization
public import Transport

/// Gives the credentials of the role of an EC2 instance, by the second version of its metadata service alone.
///
/// The session with the metadata service lasts six hours, and its token is used until then or until the service refuses it. Where the
/// service fails, or gives credentials that are over, those given last are given again with their expiry put off by ten to fifteen
/// minutes, as AWS asks for, so that an outage of the service stops nobody (AWS SDKs and Tools Reference, "IMDS credential provider").
///
/// Read are `AWS_EC2_METADATA_DISABLED`, `AWS_EC2_METADATA_SERVICE_ENDPOINT`, `AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE` (`IPv4`, `IPv6`),
/// `AWS_METADATA_SERVICE_TIMEOUT` (seconds, by default 1) and `AWS_METADATA_SERVICE_NUM_ATTEMPTS` (by default 1).
public final class InstanceMetadataCredentialsProvider: AWSCredentialsProvider {
    private struct Session {
        var token: String
        /// The uptime at which it is over.
        var end: Duration
    }

    private struct State {
        var session: Session?
        var last: AWSCredentials?
    }

    private static let source = "the instance metadata service"
    private static let rolePath = "/latest/meta-data/iam/security-credentials/"
    private static let tokenLifetime = 21_600

    private let environment: CredentialsEnvironment
    private let transport: any HTTPTransport
    private let clock: CredentialsClock
    private let state = Mutex(State())

    /// Makes a provider.
    ///
    /// - Parameters:
    ///   - environment: the variables; by default those of the process, read now.
    ///   - transport: what carries the requests; it must not send them through a proxy.
    public convenience init(environment: [String: String] = ProcessEnvironment.variables, transport: any HTTPTransport) {
        self.init(environment: environment, transport: transport, clock: .system)
    }

    package init(environment: [String: String], transport: any HTTPTransport, clock: CredentialsClock) {
        self.environment = CredentialsEnvironment(environment)
        self.transport = transport
        self.clock = clock
    }

    /// Asks the metadata service.
    ///
    /// - Throws: ``AWSErrorCode/noCredentials`` where the service is disabled, is not there, or knows no role of the instance.
    public func credentials() async throws(AWSError) -> AWSCredentials {
        guard self.environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() != "true" else {
            throw .noCredentials("AWS_EC2_METADATA_DISABLED is set: the instance metadata service was not asked")
        }
        let endpoint = try self.endpoint()
        do throws(AWSError) {
            var credentials = try await self.fetch(from: endpoint)
            if let expiration = credentials.expiration, expiration <= self.clock.time() {
                credentials.expiration = self.extendedExpiration()
            }
            self.state.withLock { $0.last = credentials }
            return credentials
        } catch {
            return try self.lastCredentials(after: error)
        }
    }

    /// Gives the credentials no more when the service fails.
    public func invalidate(_ credentials: AWSCredentials) {
        self.state.withLock { state in
            if state.last?.accessKeyID == credentials.accessKeyID { state.last = nil }
        }
    }

    /// Where the service is.
    private func endpoint() throws(AWSError) -> AWSEndpoint {
        if let url = self.environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] { return try AWSEndpoint(url: url) }
        let mode = self.environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"] ?? ""
        switch mode.lowercased() {
        case "", "ipv4": return try AWSEndpoint(url: "http://169.254.169.254")
        case "ipv6": return try AWSEndpoint(url: "http://[fd00:ec2::254]")
        default:
            throw .invalidCredentialsConfiguration("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE is IPv4 or IPv6, and not '\(mode.prefix(40))'")
        }
    }

    private func fetch(from endpoint: AWSEndpoint) async throws(AWSError) -> AWSCredentials {
        let exchange = self.exchange()
        do throws(AWSError) {
            return try await self.fetch(from: endpoint, over: exchange)
        } catch {
            guard error.status == 401 else { throw error }
            // The service has forgotten the session, as it does when the instance is started again.
            self.state.withLock { $0.session = nil }
            return try await self.fetch(from: endpoint, over: exchange)
        }
    }

    private func fetch(from endpoint: AWSEndpoint, over exchange: CredentialsExchange) async throws(AWSError) -> AWSCredentials {
        let fields = [(HTTPField.Name("X-aws-ec2-metadata-token"), Optional(try await self.token(from: endpoint, over: exchange)))]
        let role: String
        do throws(AWSError) {
            role = try await exchange.send(HTTPRequest(.get, endpoint, path: Self.rolePath, fields: fields)) { response throws(AWSError) in
                try Self.word(in: response, "role")
            }
        } catch {
            guard error.status == 404 else { throw error }
            var absence = AWSError.noCredentials("the instance has no role: attach an instance profile")
            absence.status = error.status
            throw absence
        }
        let path = Self.rolePath + PercentEncoding.encode(role)
        return try await exchange.send(HTTPRequest(.get, endpoint, path: path, fields: fields)) { response throws(AWSError) in
            try CredentialsDocument.metadata.credentials(in: response.body, from: Self.source)
        }
    }

    private func token(from endpoint: AWSEndpoint, over exchange: CredentialsExchange) async throws(AWSError) -> String {
        let now = self.clock.uptime()
        if let session = self.state.withLock({ $0.session }), session.end > now { return session.token }
        let lifetime = (HTTPField.Name("X-aws-ec2-metadata-token-ttl-seconds"), Optional(String(Self.tokenLifetime)))
        let request = HTTPRequest(.put, endpoint, path: "/latest/api/token", fields: [lifetime])
        let token: String
        do throws(AWSError) {
            token = try await exchange.send(request) { response throws(AWSError) in try Self.word(in: response, "token") }
        } catch {
            guard error.kind == .credentials, error.code != .malformedCredentials else { throw error }
            // Nobody answers at this address but on an instance; 403 means that the service was turned off for it.
            guard error.status == nil || [403, 404, 405].contains(error.status) else { throw error }
            var absence = error
            absence.code = .noCredentials
            throw absence
        }
        self.state.withLock { $0.session = Session(token: token, end: now + .seconds(Self.tokenLifetime - 60)) }
        return token
    }

    /// An answer that is one word.
    private static func word(in response: AWSResponse, _ what: String) throws(AWSError) -> String {
        let lines = response.body.split(separator: UInt8(ascii: "\n"), maxSplits: 1)
        guard let line = lines.first, line.count <= 1_024, line.allSatisfy({ (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "<") }) else {
            throw .malformedCredentials(of: self.source, because: "is no \(what) (\(response.body.count) bytes)")
        }
        return String(decoding: line, as: UTF8.self)
    }

    /// What was given last, unless the service said that there is no role, with which it ends for good, or the task was cancelled.
    private func lastCredentials(after error: AWSError) throws(AWSError) -> AWSCredentials {
        if error.status == 404 { self.state.withLock { $0.last = nil } }
        guard error.kind != .cancelled, var credentials = self.state.withLock({ $0.last }) else { throw error }
        let extended = self.extendedExpiration()
        if let expiration = credentials.expiration, expiration < extended { credentials.expiration = extended }
        return credentials
    }

    private func extendedExpiration() -> AWSTimestamp {
        AWSTimestamp(secondsSinceEpoch: self.clock.time().secondsSinceEpoch + .random(in: 600...900))
    }

    private func exchange() -> CredentialsExchange {
        let seconds = self.environment["AWS_METADATA_SERVICE_TIMEOUT"].flatMap { Double($0) }.map { min(max($0, 0.001), 60) } ?? 1
        let attempts = self.environment["AWS_METADATA_SERVICE_NUM_ATTEMPTS"].flatMap { Int($0) }.map { min(max($0, 1), 10) } ?? 1
        return CredentialsExchange(
            transport: self.transport, source: Self.source, connectTimeout: .seconds(seconds), attemptTimeout: .seconds(seconds),
            retry: AWSRetryPolicy(maximumAttempts: attempts), clock: self.clock)
    }
}
