// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CFNTemplates
import Foundation
import JSONCoding
import Testing

/// The notify function as the template carries it, run by Python beside a stand-in for boto3.
struct NotifyFunction {
    /// What a call came to.
    struct Outcome {
        var status: Int32
        var errors: String
        /// The body of the message that was sent, if one was.
        var message: JSONValue?
    }

    /// What AWS knows: `cert/` or `cacert/` and an id.
    var known = "cert/a1b2"
    var status = "REVOKED"
    /// The name of the certificate in the folder `Fixtures/certificates`.
    var certificate = "one"
    var queueURL = "https://sqs.example/responses"

    static func source() throws -> String {
        let template = try json(CloudSyncStack().template)
        return try #require(template["Resources"]?["NotifyFunction"]?["Properties"]?["Code"]?["ZipFile"]?.stringValue)
    }

    static func fixture(_ path: String) throws -> URL {
        try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil)).appending(path: path)
    }

    func call(_ event: JSONValue) throws -> Outcome {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lamassu-notify-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(Self.source().utf8).write(to: folder.appending(path: "index.py"))
        try FileManager.default.copyItem(at: Self.fixture("python/boto3.py"), to: folder.appending(path: "boto3.py"))
        try Data(event.encoded()).write(to: folder.appending(path: "event.json"))

        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", "import index, json; index.handler(json.load(open('event.json')), None)"]
        process.currentDirectoryURL = folder
        process.environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1",
            "KNOWN": self.known, "STATUS": self.status, "QUEUE_URL": self.queueURL,
            "CERTIFICATE": try Self.fixture("certificates/\(self.certificate).pem").path(),
        ]
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let errorText = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()

        let sent = try? Data(contentsOf: folder.appending(path: "sent.json"))
        return Outcome(
            status: process.terminationStatus, errors: errorText, message: try sent.map { try JSONValue(parsing: [UInt8]($0)) })
    }
}
