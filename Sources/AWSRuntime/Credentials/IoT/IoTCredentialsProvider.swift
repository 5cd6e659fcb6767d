// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSSigner
import HTTPTypes
public import Transport

/// Gives the credentials of a role alias of AWS IoT to who shows a registered X.509 certificate: a device, or a connector.
///
/// One request over mutual TLS to the account's credential provider endpoint, which `aws iot describe-endpoint --endpoint-type
/// iot:CredentialProvider` tells (AWS IoT Core Developer Guide, "Authorizing direct calls to AWS services using AWS IoT Core credential
/// provider"). Certificate and key may be files: they are read at each connect, so that a renewed certificate is used without a restart.
public struct IoTCredentialsProvider: AWSCredentialsProvider {
    private static let source = "the credential provider of AWS IoT"

    private let endpoint: AWSEndpoint
    private let roleAlias: String
    private let thingName: String?
    private let tls: TLSConfiguration
    private let transport: any HTTPTransport
    private let clock: CredentialsClock

    /// Makes a provider.
    ///
    /// - Parameters:
    ///   - endpoint: the account's credential provider endpoint, such as `https://c123.credentials.iot.eu-west-1.amazonaws.com`.
    ///   - roleAlias: the name of the role alias.
    ///   - thingName: the thing that the certificate is attached to, where the policies use variables of the thing; by default none.
    ///   - tls: the client certificate with its key, and who is trusted to be AWS.
    ///   - transport: what carries the requests.
    /// - Throws: ``AWSErrorCode/invalidCredentialsConfiguration`` where the endpoint is not of TLS, there is no client certificate, or a name
    ///   is empty or has a character that none has.
    public init(
        endpoint: AWSEndpoint, roleAlias: String, thingName: String? = nil, tls: TLSConfiguration, transport: any HTTPTransport
    ) throws(AWSError) {
        guard endpoint.scheme == "https", tls.identity != nil else {
            throw .invalidCredentialsConfiguration("the credential provider of AWS IoT is asked over https with a client certificate")
        }
        guard Self.isName(roleAlias, "=,@-_"), thingName.map({ Self.isName($0, ":-_") }) ?? true else {
            throw .invalidCredentialsConfiguration("a role alias or a thing has 1 to 128 letters, digits and few signs in its name")
        }
        self.endpoint = endpoint
        self.roleAlias = roleAlias
        self.thingName = thingName
        self.tls = tls
        self.transport = transport
        self.clock = .system
    }

    /// Asks the endpoint; an attempt may take 10 seconds, and there are three.
    ///
    /// - Throws: ``AWSError`` with status 403 where the certificate is not active or its policy does not allow `iot:AssumeRoleWithCertificate`,
    ///   and with status 404 where there is no such alias.
    public func credentials() async throws(AWSError) -> AWSCredentials {
        let exchange = CredentialsExchange(
            transport: self.transport, source: Self.source, tls: self.tls, connectTimeout: .seconds(5), clock: self.clock)
        let request = HTTPRequest(
            .get, self.endpoint, path: "/role-aliases/\(PercentEncoding.encode(self.roleAlias))/credentials",
            fields: [(HTTPField.Name("x-amzn-iot-thingname"), self.thingName), (.accept, "application/json")])
        return try await exchange.send(request) { response throws(AWSError) in
            try CredentialsDocument.iot.credentials(in: response.body, from: Self.source)
        }
    }

    private static func isName(_ name: String, _ signs: String) -> Bool {
        (1...128).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: signs.utf8.contains(byte)
                }
            }
    }
}
