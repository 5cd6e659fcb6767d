// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Prints the CloudFormation template of CloudSync's stack, for `aws cloudformation` or a linter to read.

import CFNTemplates

let template = try CloudSyncStack().template.rendered()
print(String(decoding: template, as: UTF8.self))
