// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SystemCrypto
import Testing

/// A token of SoftHSM, which is PKCS #11 without hardware, in a folder of its own.
///
/// A module and its environment belong to a whole process, so each test that uses one runs in a process of its own.
final class SoftToken {
    static let pin = "12 3&4;%"
    /// Where Debian's package softhsm2 has the module.
    private static let module = "/usr/lib/softhsm/libsofthsm2.so"

    let folder: URL
    private let environment: [String: String]

    /// Makes a token named `lamassu`, and lets this process find it.
    init() throws {
        self.folder = FileManager.default.temporaryDirectory.appendingPathComponent("token-\(UUID().uuidString)")
        let tokens = self.folder.appendingPathComponent("tokens")
        try FileManager.default.createDirectory(at: tokens, withIntermediateDirectories: true)
        let configuration = self.folder.appendingPathComponent("softhsm2.conf")
        try Data("directories.tokendir = \(tokens.path)\nlog.level = ERROR\n".utf8).write(to: configuration)
        self.environment = [
            "SOFTHSM2_CONF": configuration.path, "PKCS11_MODULE_PATH": Self.module, "PKCS11_PROVIDER_MODULE": Self.module,
        ]
        for (name, value) in self.environment { unsafe setenv(name, value, 1) }
        try self.run(["--init-token", "--free", "--label", "lamassu", "--pin", Self.pin, "--so-pin", "so-pin"])
    }

    deinit { try? FileManager.default.removeItem(at: self.folder) }

    /// Puts a key into the token.
    func add(_ key: PrivateKey, label: String, id: String) throws {
        let files = ["key.pem": Array(try key.pem().utf8)]
        try self.run(["--import", "key.pem", "--token", "lamassu", "--label", label, "--id", id, "--pin", Self.pin], files: files)
    }

    private func run(_ arguments: [String], files: [String: [UInt8]] = [:]) throws {
        let command = try Command.run(["softhsm2-util"] + arguments, files: files, environment: self.environment)
        try #require(command.status == 0, "softhsm2-util: \(command.text) \(command.errors)")
    }
}
