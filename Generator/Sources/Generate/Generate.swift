// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ServiceGenerator

/// Writes the operations of the clients, `Generate MODELS SOURCES`, or what the comparison needs, `Generate --comparison MODELS FOLDER`.
@main enum Generate {
    static func main() {
        var arguments = Array(CommandLine.arguments.dropFirst())
        let isComparison = arguments.first == "--comparison"
        if isComparison { arguments.removeFirst() }
        guard arguments.count == 2 else {
            FileHandle.standardError.write(Data("usage: Generate [--comparison] MODELS FOLDER\n".utf8))
            exit(64)
        }
        do {
            let models = try ModelFolder(arguments[0])
            let count =
                try isComparison
                ? ClientGenerator.generateGlue(models, into: arguments[1]) : ClientGenerator.generate(models, into: arguments[1])
            print("\(count) files")
        } catch {
            FileHandle.standardError.write(Data("error: \(error)\n".utf8))
            exit(1)
        }
    }
}
