// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CFNTemplates

/// The command `lamassu-cloud template`.
struct TemplateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "template", abstract: "Prints the CloudFormation template of the AWS side.")

    func run() throws {
        print(String(decoding: try CloudSyncStack().template.rendered(), as: UTF8.self))
    }
}
