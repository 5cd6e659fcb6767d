// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Writes ZIP archives of stored files that depend on nothing but the files (APPNOTE 6.3.10, sections 4.3 to 4.5).
enum ZIPArchive {
    /// The bytes that an archive has for each file, besides its content and twice its path.
    static let overheadOfFile = 30 + 46
    /// The bytes that an archive has at its end.
    static let overhead = 22
    /// The most files of an archive without the extensions of ZIP64.
    static let maximumFiles = 65_535

    /// The first moment that the format can tell, 1980-01-01.
    private static let date: UInt16 = 1 << 5 | 1
    /// Names are in UTF-8.
    private static let flags: UInt16 = 1 << 11
    private static let versionNeeded: UInt16 = 10
    /// Made as on Unix, so that the modes of files count.
    private static let versionMadeBy: UInt16 = 3 << 8 | 20

    /// Writes an archive.
    ///
    /// - Parameter files: at most ``maximumFiles``, of less than 4 GiB together.
    /// - Returns: the archive, its files in the order of their paths' bytes.
    static func bytes(of files: [FunctionFile]) -> [UInt8] {
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        for file in files.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
            let offset = archive.count
            let checksum = self.checksum(file.bytes)
            archive.append(little: UInt32(0x0403_4b50))
            self.describe(file, checksum, into: &archive)
            archive += file.path.utf8
            archive += file.bytes

            directory.append(little: UInt32(0x0201_4b50))
            directory.append(little: self.versionMadeBy)
            self.describe(file, checksum, into: &directory)
            directory.append(little: UInt16(0))  // the length of a comment
            directory.append(little: UInt16(0))  // the number of the disk
            directory.append(little: UInt16(0))  // internal attributes
            directory.append(little: UInt32(file.isExecutable ? 0o100755 : 0o100644) << 16)
            directory.append(little: UInt32(truncatingIfNeeded: offset))
            directory += file.path.utf8
        }
        let offset = archive.count
        archive += directory
        archive.append(little: UInt32(0x0605_4b50))
        archive.append(little: UInt32(0))  // the numbers of this disk and of the directory's
        archive.append(little: UInt16(truncatingIfNeeded: files.count))
        archive.append(little: UInt16(truncatingIfNeeded: files.count))
        archive.append(little: UInt32(truncatingIfNeeded: directory.count))
        archive.append(little: UInt32(truncatingIfNeeded: offset))
        archive.append(little: UInt16(0))  // the length of a comment
        return archive
    }

    /// Writes what the headers of a file and its entry in the directory have in common.
    private static func describe(_ file: FunctionFile, _ checksum: UInt32, into bytes: inout [UInt8]) {
        bytes.append(little: self.versionNeeded)
        bytes.append(little: self.flags)
        bytes.append(little: UInt16(0))  // stored
        bytes.append(little: UInt16(0))  // midnight
        bytes.append(little: self.date)
        bytes.append(little: checksum)
        bytes.append(little: UInt32(truncatingIfNeeded: file.bytes.count))
        bytes.append(little: UInt32(truncatingIfNeeded: file.bytes.count))
        bytes.append(little: UInt16(truncatingIfNeeded: file.path.utf8.count))
        bytes.append(little: UInt16(0))  // the length of extra fields
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
    }

    /// The checksum of 32 bits by the polynomial of IEEE 802.3.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var value = ~UInt32(0)
        for byte in bytes { value = value >> 8 ^ Self.table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] }
        return ~value
    }
}

extension [UInt8] {
    /// Appends a number, its lowest byte first.
    fileprivate mutating func append<Number: FixedWidthInteger>(little number: Number) {
        for index in 0..<Number.bitWidth / 8 { self.append(UInt8(truncatingIfNeeded: number >> (8 * index))) }
    }
}
