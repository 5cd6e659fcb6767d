// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSSigner

/// What a request of a case is signed in: the members that every file has, and those of one file.
@dynamicMemberLookup struct VectorContext<Options: Decodable & Sendable>: Decodable, Sendable {
    private struct Scope: Decodable, Sendable {
        let credentials: VectorCredentials
        let region: String
        let service: String
        let timestamp: String
    }

    private let scope: Scope
    private let options: Options

    init(from decoder: any Decoder) throws {
        self.scope = try Scope(from: decoder)
        self.options = try Options(from: decoder)
    }

    subscript<Value>(dynamicMember member: KeyPath<Options, Value>) -> Value { self.options[keyPath: member] }

    var credentials: AWSCredentials { self.scope.credentials.credentials }
    var service: String { self.scope.service }

    func signingContext(algorithm: SigningAlgorithm = .v4, options: SigningOptions? = nil) throws -> SigningContext {
        SigningContext(
            credentials: self.credentials, region: self.scope.region, service: self.scope.service,
            timestamp: try AWSTimestamp(self.scope.timestamp), algorithm: algorithm, options: options)
    }
}

/// The options of a file that has none.
struct NoVectorOptions: Decodable {}
