// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Testing
import Transport

extension ByteStream {
    /// Writes bytes or text.
    @discardableResult
    func write(_ bytes: some Sequence<UInt8>) -> ByteStreamWritability { self.write(Array(bytes).span) }
}

extension TestServer {
    /// Connects to a listener and gives it a command.
    func stream(
        _ command: String, to listener: String = "stream", handler: RecordingHandler, tls: TLSConfiguration? = nil
    ) async throws -> any ByteStream {
        let target = ByteStreamTarget(host: "127.0.0.1", port: self.port(listener), tls: tls)
        let stream = try await CurlByteStreamTransport.curl.connect(to: target, handler: handler)
        stream.write("\(command)\n".utf8)
        return stream
    }

    /// Waits for the next thing that the server has seen.
    func expectResult(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let result = try await self.ask("result")
        #expect(result == text, sourceLocation: sourceLocation)
    }

    /// Sends a command whose answer is one line.
    func ask(_ command: String) async throws -> String {
        let handler = RecordingHandler()
        let stream = try await self.stream(command, handler: handler)
        defer { stream.abort() }
        return String(decoding: await handler.receiveUntilClosed().bytes, as: UTF8.self)
    }
}

/// The bytes that the server sends and expects.
func pattern(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](0..<251)
    while bytes.count < count { bytes += bytes }
    return [UInt8](bytes[..<count])
}
