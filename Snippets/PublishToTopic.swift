// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Publishes a message to a topic of Amazon SNS, with an attribute that subscriptions can filter by.

import CurlTransport
import Logging
import SNSClient

let sns = SNSClient(AWSClient(try AWSConfiguration(), transport: .curl, logger: Logger(label: "aws")))

if let topic = try await sns.send(CreateTopic(name: "lamassu-events")).topicARN {
    let attributes = ["type": MessageAttributeValue(string: "ca.create")]
    let published = try await sns.send(Publish(topicARN: topic, message: "{}", messageAttributes: attributes))
    print(published.messageID ?? "")
}
