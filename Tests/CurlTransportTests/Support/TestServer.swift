// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Testing
import Transport

/// The peer of these tests: `Server/server.py`, in a process of its own.
struct TestServer: Sendable {
    private let values: [String: String]

    fileprivate init(_ values: [String: String]) { self.values = values }

    /// The port of a listener, by the name that the server gives it.
    func port(_ name: String) -> Int { self.values[name].flatMap(Int.init) ?? 0 }

    /// The path of a file of the server's certificates and keys.
    func path(_ name: String) -> String { "\(self.values["folder"] ?? "")/\(name)" }

    /// The content of such a file.
    func pem(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(fileURLWithPath: self.path(name)))) }

    /// Trusts the server's authority, and may show a client certificate.
    func tls(client: String? = nil, minimumVersion: TLSConfiguration.Version = .tls12) -> TLSConfiguration {
        TLSConfiguration(
            trustRoots: .custom(.file(self.path("ca.pem"))),
            identity: client.map {
                TLSConfiguration.Identity(
                    certificateChain: .file(self.path("\($0).pem")), privateKey: .file(self.path("\($0).key")))
            },
            minimumVersion: minimumVersion)
    }
}

/// Runs a server for as long as the body runs.
func withServer<Value: Sendable>(tls: Bool = false, http2: Bool = false, _ body: (TestServer) async throws -> Value) async throws -> Value {
    let script = try #require(Bundle.module.url(forResource: "server", withExtension: "py", subdirectory: "Server"))
    let process = Process()
    let input = Pipe()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = [script.path] + (tls || http2 ? ["--tls"] : []) + (http2 ? ["--http2"] : [])
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let values = await withCheckedContinuation { continuation in
        // Reading a pipe blocks, which no thread of the cooperative pool may do.
        DispatchQueue.global().async { continuation.resume(returning: readValues(from: output.fileHandleForReading)) }
    }
    defer {
        // The server ends with its standard input, also when this process dies.
        try? input.fileHandleForWriting.close()
    }
    return try await body(TestServer(values))
}

/// Reads lines of a name and a value until the server is ready.
private func readValues(from handle: FileHandle) -> [String: String] {
    var values: [String: String] = [:]
    var text = ""
    while values["ready"] == nil {
        let data = handle.availableData
        guard !data.isEmpty else { break }
        text += String(decoding: data, as: UTF8.self)
        while let end = text.firstIndex(of: "\n") {
            let words = text[..<end].split(separator: " ", maxSplits: 1)
            if words.count == 2 { values[String(words[0])] = String(words[1]) }
            text = String(text[text.index(after: end)...])
        }
    }
    return values
}
