// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// States a CloudFormation template in Swift, and renders it as JSON.

import CFNTemplates

let template = Template(description: "Where answers go") {
    let queue = SQS.Queue("Responses", messageRetentionPeriod: 1_209_600)
    queue
    Output("QueueURL", value: queue.ref)
}
let body = try template.rendered()
print(String(decoding: body, as: UTF8.self))

let resource: Value<String> = "arn:\(.partition):iot:\(.region):\(.accountID):cert/*"
print(resource)
