// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import AWSSigner
import XMLCoding

/// An operation of AWS STS that gives credentials.
package protocol STSCredentialsOperation: AWSOperation where Output == AWSCredentials {}

extension STSCredentialsOperation {
    package static var service: AWSService { AWSService(name: "STS", endpointPrefix: "sts", wireProtocol: .query(version: "2011-06-15")) }

    /// Reads the answer; unlike those of other operations, no part of one that cannot be read is in the error, since it may be a secret.
    package static func decode(_ response: AWSResponse) throws(AWSError) -> AWSCredentials {
        let credentials: AWSCredentials?
        do throws(XMLError) {
            credentials = try Self.read(response.body)
        } catch {
            throw .malformedCredentials(of: "AWS STS", because: "is no XML (\(error.code), \(response.body.count) bytes)")
        }
        guard let credentials else { throw .malformedCredentials(of: "AWS STS", because: "to \(Self.name) has no whole credentials") }
        return credentials
    }

    private static func read(_ body: [UInt8]) throws(XMLError) -> AWSCredentials? {
        var members: [String: String] = [:]
        var xml = try XMLReader(body)
        guard try xml.nextElement() == "\(Self.name)Response" else { return nil }
        while let element = try xml.nextElement() {
            guard element == "\(Self.name)Result" else {
                try xml.skip()
                continue
            }
            while let element = try xml.nextElement() {
                guard element == "Credentials" else {
                    try xml.skip()
                    continue
                }
                while let name = try xml.nextElement() { members[name] = try xml.readText() }
            }
        }
        _ = try xml.nextElement()
        guard let accessKeyID = members["AccessKeyId"], !accessKeyID.isEmpty, let secret = members["SecretAccessKey"], !secret.isEmpty,
            let token = members["SessionToken"], !token.isEmpty,
            let expiration = members["Expiration"].flatMap({ AWSTimestamp($0) })
        else { return nil }
        return AWSCredentials(accessKeyID: accessKeyID, secretAccessKey: secret, sessionToken: token, expiration: expiration)
    }
}
