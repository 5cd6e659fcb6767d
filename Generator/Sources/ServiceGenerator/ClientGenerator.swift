// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Writes the generated files of all clients.
public enum ClientGenerator {
    /// Writes the files of every service, and removes the ones of before.
    ///
    /// - Parameters:
    ///   - models: the models.
    ///   - sources: the folder of the sources of all targets.
    /// - Returns: the number of files.
    public static func generate(_ models: ModelFolder, into sources: String) throws -> Int {
        let sources = URL(filePath: sources, directoryHint: .isDirectory)
        var count = 0
        for settings in ServiceSettings.all {
            let emitter = try ServiceEmitter(try models.model(of: settings.folder), settings, botocore: models.version)
            let files = try emitter.files()
            try? FileManager.default.removeItem(at: sources.appending(path: settings.output))
            for (path, text) in files {
                let url = sources.appending(path: path)
                try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: url)
            }
            count += files.count
        }
        return count
    }
}

extension ClientGenerator {
    /// Writes what the comparison with botocore needs, which is no part of a client.
    ///
    /// - Parameters:
    ///   - models: the models.
    ///   - folder: the folder to write into.
    /// - Returns: the number of files.
    public static func generateGlue(_ models: ModelFolder, into folder: String) throws -> Int {
        let folder = URL(filePath: folder, directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for settings in ServiceSettings.all {
            let emitter = try ServiceEmitter(try models.model(of: settings.folder), settings, botocore: models.version)
            try Data(try GlueEmitter(emitter: emitter).file().utf8).write(to: folder.appending(path: "\(settings.folder).swift"))
        }
        return ServiceSettings.all.count
    }
}
