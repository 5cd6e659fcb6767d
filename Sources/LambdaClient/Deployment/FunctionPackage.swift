// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import SystemCrypto

/// The code of a function as Lambda takes it: an archive whose bytes depend on nothing but paths, contents and who may run what.
///
/// The same files give the same bytes, on any machine and at any time, so that ``LambdaClient/deploy(_:timeout:)`` knows code that has not
/// changed by its checksum. Files are stored as they are, not compressed.
public struct FunctionPackage: Sendable, Hashable {
    /// The archive, in the ZIP format.
    public let bytes: [UInt8]
    /// The archive's SHA-256 in Base64, as Lambda tells it (`CodeSha256`).
    public let sha256: String

    /// The most bytes that Lambda takes in a call (Lambda developer guide, "Lambda quotas").
    public static let maximumBytes = 50 * 1024 * 1024

    /// Makes a package of files.
    ///
    /// - Parameter files: the files; their order does not matter.
    /// - Throws: ``LambdaError`` of code ``LambdaError/Code/invalidPackage`` when there is none, or a path is no relative one or comes twice;
    ///   ``LambdaError/Code/packageTooLarge`` beyond ``maximumBytes``.
    public init(files: [FunctionFile]) throws(LambdaError) {
        guard !files.isEmpty else { throw LambdaError(.invalidPackage, message: "there is no file to deploy") }
        var paths: Set<String> = []
        for file in files {
            let parts = file.path.split(separator: "/", omittingEmptySubsequences: false)
            guard !file.path.isEmpty, file.path.utf8.count <= 1_024, !file.path.utf8.contains(0),
                parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." })
            else {
                throw LambdaError(.invalidPackage, message: "a package cannot hold the path \(file.path.debugDescription)")
            }
            guard paths.insert(file.path).inserted else {
                throw LambdaError(.invalidPackage, message: "the path \(file.path.debugDescription) comes twice")
            }
        }
        let size = files.reduce(0) { $0 + $1.bytes.count + 2 * $1.path.utf8.count + ZIPArchive.overheadOfFile } + ZIPArchive.overhead
        guard size <= Self.maximumBytes, files.count <= ZIPArchive.maximumFiles else {
            throw LambdaError(
                .packageTooLarge,
                message: "the package has \(files.count) files and \(size) bytes, more than the \(ZIPArchive.maximumFiles) and "
                    + "\(Self.maximumBytes) that it may have: put it into S3")
        }
        try self.init(archive: ZIPArchive.bytes(of: files))
    }

    /// Takes an archive that was made elsewhere.
    ///
    /// - Parameter archive: the bytes of the ZIP file.
    /// - Throws: ``LambdaError`` of code ``LambdaError/Code/packageTooLarge`` beyond ``maximumBytes``.
    public init(archive: [UInt8]) throws(LambdaError) {
        guard archive.count <= Self.maximumBytes else {
            throw LambdaError(
                .packageTooLarge,
                message: "the archive has \(archive.count) bytes, more than the \(Self.maximumBytes) of a call: put it into S3")
        }
        do {
            self.sha256 = try SHA256.hash(archive).base64
        } catch {
            throw LambdaError(.invalidPackage, message: "the archive cannot be digested: \(error)")
        }
        self.bytes = archive
    }
}
