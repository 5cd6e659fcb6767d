// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// What an operator does with lamassu-cloud from a shell.
///
/// AWS is found as every AWS SDK finds it: `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_ENDPOINT_URL`.
@main
struct LamassuCloudCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lamassu-cloud", abstract: "Sets up the AWS side of Lamassu, and plays events in.",
        subcommands: [TemplateCommand.self, DeployCommand.self, PlayCommand.self, StoryCommand.self])
}
