// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension FunctionPackage {
    /// Packs a folder with all that is in it; links are followed, and folders without a file leave nothing behind.
    ///
    /// This reads the disk while the caller waits.
    ///
    /// - Parameter path: where the folder is.
    /// - Throws: ``LambdaError`` of code ``LambdaError/Code/invalidPackage`` when something cannot be read, or a folder is within itself;
    ///   ``LambdaError/Code/packageTooLarge`` beyond ``maximumBytes``.
    public init(folder path: String) throws(LambdaError) {
        var reader = FolderReader()
        try reader.read(path, as: nil, depth: 0)
        try self.init(files: reader.files)
    }

    /// Packs one file.
    ///
    /// This reads the disk while the caller waits.
    ///
    /// - Parameters:
    ///   - path: where the file is.
    ///   - name: where it is in the package, such as `index.py`.
    /// - Throws: ``LambdaError`` of code ``LambdaError/Code/invalidPackage`` when it cannot be read; ``LambdaError/Code/packageTooLarge``
    ///   beyond ``maximumBytes``.
    public init(file path: String, as name: String) throws(LambdaError) {
        var reader = FolderReader()
        let mode = try FolderReader.mode(of: path)
        try reader.readFile(path, as: name, mode: mode)
        try self.init(files: reader.files)
    }
}

/// Reads the files of a folder, as far as a package may be long.
private struct FolderReader {
    /// More levels than a folder has that is not within itself.
    private static let maximumDepth = 32

    private(set) var files: [FunctionFile] = []
    private var bytes = 0

    /// Reads a file or folder.
    mutating func read(_ path: String, as name: String?, depth: Int) throws(LambdaError) {
        let mode = try Self.mode(of: path)
        switch mode & S_IFMT {
        case S_IFDIR:
            guard depth <= Self.maximumDepth else {
                throw LambdaError(.invalidPackage, message: "the folder \(path) is too deep, or within itself by a link")
            }
            for entry in try Self.entries(of: path) {
                try self.read("\(path)/\(entry)", as: name.map { "\($0)/\(entry)" } ?? entry, depth: depth + 1)
            }
        case S_IFREG where name != nil: try self.readFile(path, as: name ?? "", mode: mode)
        default: throw LambdaError(.invalidPackage, message: "\(path) is neither a folder nor a file that can be packed")
        }
    }

    mutating func readFile(_ path: String, as name: String, mode: mode_t) throws(LambdaError) {
        guard let file = unsafe fopen(path, "rb") else { throw Self.unreadable(path) }
        defer { unsafe fclose(file) }
        var content: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe piece.withUnsafeMutableBytes { unsafe fread($0.baseAddress, 1, $0.count, file) }
            guard count > 0 else { break }
            content += piece[..<count]
            self.bytes += count
            guard self.bytes <= FunctionPackage.maximumBytes else {
                throw LambdaError(
                    .packageTooLarge, message: "the files have more than \(FunctionPackage.maximumBytes) bytes: put the package into S3")
            }
        }
        guard unsafe ferror(file) == 0 else { throw Self.unreadable(path) }
        self.files.append(FunctionFile(path: name, bytes: content, isExecutable: mode & S_IXUSR != 0))
    }

    static func mode(of path: String) throws(LambdaError) -> mode_t {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw self.unreadable(path) }
        return status.st_mode
    }

    /// The names in a folder.
    private static func entries(of path: String) throws(LambdaError) -> [String] {
        guard let folder = unsafe opendir(path) else { throw self.unreadable(path) }
        defer { unsafe closedir(folder) }
        var entries: [String] = []
        errno = 0
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) {
                    unsafe String(validatingCString: $0)
                }
            }
            guard let name else { throw LambdaError(.invalidPackage, message: "a name in \(path) is no UTF-8") }
            if name != "." && name != ".." { entries.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw self.unreadable(path) }
        return entries.sorted()
    }

    private static func unreadable(_ path: String) -> LambdaError {
        LambdaError(.invalidPackage, message: "\(path) cannot be read: error \(errno) of the system")
    }
}
