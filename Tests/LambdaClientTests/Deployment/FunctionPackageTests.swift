// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LambdaClient
import TestSupport
import Testing

/// Packages, and what Python's reader of ZIP archives says of them.
@Suite struct FunctionPackageTests {
    static let files = [
        FunctionFile(path: "lib/é.py", bytes: Array("x = 1\n".utf8)), FunctionFile(path: "bootstrap", bytes: [0x7f], isExecutable: true),
        FunctionFile(path: "empty", bytes: []), FunctionFile(path: "all", bytes: Array(0...255)),
    ]

    @Test func `a package is an archive that Python reads, with contents, modes and the date that never changes`() async throws {
        let package = try FunctionPackage(files: Self.files)
        let file = FileManager.default.temporaryDirectory.appending(path: "package-\(UInt64.random(in: .min ... .max)).zip")
        try Data(package.bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let script = """
            import sys, zipfile
            with zipfile.ZipFile(sys.argv[1]) as archive:
                assert archive.testzip() is None
                for entry in archive.infolist():
                    mode = oct(entry.external_attr >> 16)
                    print(ascii(entry.filename), mode, entry.date_time[:3], archive.read(entry).hex())
            """
        let told = try await TestCommand.run(["python3", "-c", script, file.path])
        let all = (0...255).map { String(format: "%02x", $0) }.joined()
        #expect(
            told.split(separator: "\n").map { String($0) } == [
                "'all' 0o100644 (1980, 1, 1) \(all)", "'bootstrap' 0o100755 (1980, 1, 1) 7f", "'empty' 0o100644 (1980, 1, 1) ",
                "'lib/\\xe9.py' 0o100644 (1980, 1, 1) 78203d20310a",
            ])
    }

    @Test func `the same files give the same bytes, in whatever order, and other files others`() throws {
        let package = try FunctionPackage(files: Self.files)
        #expect(try FunctionPackage(files: Self.files.reversed()) == package)
        var changed = Self.files
        changed[1].isExecutable = false
        #expect(try FunctionPackage(files: changed).sha256 != package.sha256)
        #expect(try FunctionPackage(archive: package.bytes) == package)
    }

    @Test(arguments: ["", "/a", "a/", "a//b", "../a", "a/./b", "a/..", "a\u{0}", String(repeating: "a", count: 1_025)])
    func `a path that is no relative one is refused`(path: String) {
        #expect(throws: LambdaError(.invalidPackage, message: "")) {
            try FunctionPackage(files: [FunctionFile(path: path, bytes: [])])
        }
    }

    @Test func `no file, a path twice and too many bytes are refused`() {
        #expect(throws: LambdaError(.invalidPackage, message: "")) { try FunctionPackage(files: []) }
        let file = FunctionFile(path: "a", bytes: [])
        #expect(throws: LambdaError(.invalidPackage, message: "")) { try FunctionPackage(files: [file, file]) }
        let long = FunctionFile(path: "a", bytes: Array(repeating: 0, count: FunctionPackage.maximumBytes))
        #expect(throws: LambdaError(.packageTooLarge, message: "")) { try FunctionPackage(files: [long]) }
        #expect(throws: LambdaError(.packageTooLarge, message: "")) { try FunctionPackage(archive: long.bytes + [0]) }
    }

    @Test func `a folder is packed with all that is in it, by relative paths`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "folder-\(UInt64.random(in: .min ... .max))")
        try FileManager.default.createDirectory(at: folder.appending(path: "lib"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for file in Self.files {
            try Data(file.bytes).write(to: folder.appending(path: file.path))
            let mode = file.isExecutable ? 0o755 : 0o600
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.appending(path: file.path).path)
        }
        #expect(try FunctionPackage(folder: folder.path) == FunctionPackage(files: Self.files))
        #expect(
            try FunctionPackage(file: folder.appending(path: "all").path, as: "index.py")
                == FunctionPackage(files: [FunctionFile(path: "index.py", bytes: Array(0...255))]))
        #expect(throws: LambdaError(.invalidPackage, message: "")) { try FunctionPackage(folder: folder.path + "-gone") }
        #expect(throws: LambdaError(.invalidPackage, message: "")) { try FunctionPackage(file: folder.path + "/gone", as: "a") }
    }

    @Test func `a folder with itself in it, by a link, is refused`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "folder-\(UInt64.random(in: .min ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createSymbolicLink(at: folder.appending(path: "loop"), withDestinationURL: folder)
        #expect(throws: LambdaError(.invalidPackage, message: "")) { try FunctionPackage(folder: folder.path) }
    }
}
